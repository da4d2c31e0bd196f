"""The served description against the running application: schemathesis draws requests and judges the answers."""

from __future__ import annotations

from pathlib import Path

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import negative_data_rejection, positive_data_acceptance

from search_web.api import openapi
from search_web.app import create_app

# Requests drawn for each address; derandomised, so that every run draws the same.
DRAWN = 40
# What no schema can say: which places, years, themes there are, and what a query holds.
ONLY_THE_ARCHIVE_KNOWS = {
    "unknown-region", "ambiguous-region", "bad-year", "bad-range", "unknown-theme", "unknown-kind", "empty-term",
    "kwic-no-words", "under-without-region", "page-and-offset", "bad-offset", "bad-text", "too-many-words", "bad-passage",
}
DRAWING = settings(max_examples=DRAWN, derandomize=True, database=None, phases=(Phase.generate,),
                   suppress_health_check=list(HealthCheck))
# The test client of an application does not unpack.
PLAIN = {"Accept-Encoding": "identity"}
PATHS = openapi.document()["paths"]


@pytest.fixture(scope="session")
def described(web_index: Path) -> schemathesis.BaseSchema:
    """The description as the application serves it, with the application behind it."""
    return schemathesis.openapi.from_wsgi("/api/v1/openapi.json", create_app(web_index))


@pytest.mark.parametrize("path", PATHS)
def test_what_the_description_allows_is_answered_as_it_says(described: schemathesis.BaseSchema, path: str) -> None:
    answered = set()

    @DRAWING
    @given(described[path]["GET"].as_strategy(generation_mode=GenerationMode.POSITIVE))
    def judge(case: schemathesis.Case) -> None:
        response = case.call(headers=PLAIN)
        answered.add(response.status_code)
        case.validate_response(response, excluded_checks=[positive_data_acceptance])
        if response.status_code == 400:
            assert response.json()["error"]["code"] in ONLY_THE_ARCHIVE_KNOWS, response.text

    judge()
    assert answered & {200, 404}


@pytest.mark.parametrize("path", [path for path, described in PATHS.items() if described["get"]["parameters"]])
def test_what_the_description_forbids_is_refused(described: schemathesis.BaseSchema, path: str) -> None:
    """By 400 with a code; an empty value is an absent one, whatever its type."""

    @DRAWING
    @given(described[path]["GET"].as_strategy(generation_mode=GenerationMode.NEGATIVE))
    def judge(case: schemathesis.Case) -> None:
        given = [one for value in case.query.values() for one in (value if isinstance(value, list) else [value])]
        empty = any(one == {} or not str(one).strip() for one in given)
        response = case.call(headers=PLAIN)
        case.validate_response(response, excluded_checks=[negative_data_rejection] if empty else [])

    judge()
