"""The JSON interface: the answers of the service, and errors with a code and a sentence."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from search_web.app import create_app
from search_web.service import Question, SearchService
from tests.web.conftest import PAGES


def get(client: FlaskClient, path: str, status: int = 200) -> Any:
    """A JSON answer."""
    response = client.get(path)
    assert response.status_code == status, response.get_data(as_text=True)
    assert response.content_type == "application/json; charset=utf-8"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    return json.loads(response.get_data(as_text=True))


def untimed(answer: dict[str, Any]) -> dict[str, Any]:
    assert answer.pop("took_ms") >= 0
    return answer


def test_search_is_the_answer_of_the_service(client: FlaskClient, web_index: Path) -> None:
    path = "/api/v1/search?q=驻村&region=甘肃省&region=四川省&year=2014..2016&sort=oldest&limit=3&offset=1"
    question = Question("驻村", ("甘肃省", "四川省"), ("2014..2016",), sort="oldest", limit=3, offset=1)
    assert untimed(get(client, path)) == untimed(SearchService(web_index).search(question))
    assert "驻村" in client.get(path).get_data(as_text=True), "Chinese is not escaped"


def test_a_report(client: FlaskClient) -> None:
    hit = get(client, "/api/v1/search?q=引水入户")["hits"][0]
    report = get(client, f"/api/v1/report/{hit['id']}?q=引水入户")
    assert report["title"] == hit["title"]
    assert any(piece["hit"] for line in report["marked_body"] for piece in line["segments"])
    assert report["page"]["path"] == "traditional.txt"
    assert "source" not in report["page"], "the place on the server's disk is told"


def test_browsing_without_a_query(client: FlaskClient) -> None:
    assert get(client, "/api/v1/search")["total"] == PAGES + 2
    assert get(client, "/api/v1/search?limit=0")["hits"] == []


@pytest.mark.parametrize(("query", "code"), [
    ("year=abc", "bad-year"), ("year=2015..2012", "bad-range"), ("region=亚特兰蒂斯", "unknown-region"),
    ("script=latin", "unknown-script"), ("sort=random", "unknown-sort"), ("limit=abc", "bad-number"),
    ("limit=1.5", "bad-number"), ("limit=-1", "bad-limit"), ("limit=101", "bad-limit"),
    ("offset=x", "bad-number"), ("offset=-1", "bad-offset"), ("offset=1000000000", "bad-offset"),
    ("offset=" + "9" * 5000, "bad-number"), ("q=" + "村" * 10_000, "query-too-long"),
    ("&".join(f"region=r{n}" for n in range(51)), "too-many-values"),
])
def test_bad_parameters(client: FlaskClient, query: str, code: str) -> None:
    error = get(client, "/api/v1/search?" + query, 400)["error"]
    assert error["code"] == code
    assert error["message"].endswith(".")


@pytest.mark.parametrize("query", ["q=%00%ff", "q=驻村&unknown=1", "q='\"<script>", "year=&region=&limit="])
def test_odd_parameters(client: FlaskClient, query: str) -> None:
    get(client, "/api/v1/search?" + query)


def test_unknown_addresses(client: FlaskClient) -> None:
    assert get(client, "/api/v1/report/nothing", 404)["error"]["code"] == "unknown-report"
    assert get(client, "/api/v1/nothing", 404)["error"]["code"] == "not-found"
    assert client.post("/api/v1/search").status_code == 405


def test_a_report_with_a_query_that_is_too_long(client: FlaskClient) -> None:
    hit = get(client, "/api/v1/search?limit=1")["hits"][0]
    assert get(client, f"/api/v1/report/{hit['id']}?q=" + "村" * 1001, 400)["error"]["code"] == "query-too-long"


def test_without_an_index(tmp_path: Path) -> None:
    client = create_app(tmp_path / "nowhere").test_client()
    error = get(client, "/api/v1/search?q=驻村", 503)["error"]
    assert error["code"] == "index-not-found"
    assert str(tmp_path) not in error["message"]
    assert get(client, "/healthz") == {"status": "ok"}


def test_a_foreign_folder(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("not an index", encoding="utf-8")
    client = create_app(tmp_path).test_client()
    assert get(client, "/api/v1/search", 503)["error"]["code"] == "index-damaged"


def test_a_failure_that_nobody_foresaw_is_a_sentence(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    app = create_app(tmp_path)

    @app.get("/api/v1/broken")
    def broken() -> str:
        raise RuntimeError("internals")

    @app.get("/broken")
    def broken_page() -> str:
        raise RuntimeError("internals")

    client = app.test_client()
    assert get(client, "/api/v1/broken?q=secret", 500)["error"]["code"] == "internal"
    response = client.get("/broken?q=secret")
    assert response.status_code == 500
    assert "internals" not in response.get_data(as_text=True)
    assert "internals" in caplog.text
    assert "secret" not in caplog.text
