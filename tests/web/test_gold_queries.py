"""The gold queries of the five real pages: every one is right, and so is every check of a facet."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from indexer.indexing import Options, run
from indexer.store import open_searcher
from indexer.store.engine import Searcher
from tests.evaluation.queries import answers


@pytest.fixture(scope="module")
def asked(gold: Path) -> dict[str, Any]:
    """The gold queries and checks."""
    rows: dict[str, Any] = json.loads((gold / "queries.json").read_text(encoding="utf-8"))
    return rows


@pytest.fixture(scope="module")
def searcher(seeds: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Searcher]:
    """The five pages, indexed as users do it."""
    index = tmp_path_factory.mktemp("gold") / "index"
    assert run(Options((seeds,), index, jobs=1)).failed == 0
    with open_searcher(index) as opened:
        yield opened


def test_every_query_is_right(searcher: Searcher, asked: dict[str, Any]) -> None:
    """Nothing is given up to find something: what must not be found is not found."""
    answered = answers(searcher, asked)
    assert len(answered) >= len(asked["queries"]) + 2 * len(asked["facet_checks"])
    assert [one for one in answered if one.wrong] == []


def test_a_wrong_expectation_is_noticed(searcher: Searcher, asked: dict[str, Any]) -> None:
    """The checks can fail: with one page too many or too few expected, with a filter turned round."""
    query, check = asked["queries"][0], asked["facet_checks"][0]
    others = {"000_x"} | set(query["expected"])
    turned = check | {"must_include": check["must_exclude"], "must_exclude": check["must_include"]}
    for rows in ({"queries": [query | {"expected": sorted(others)}], "facet_checks": []},
                 {"queries": [query | {"expected": []}], "facet_checks": []},
                 {"queries": [], "facet_checks": [turned]}):
        assert any(one.wrong for one in answers(searcher, rows))
