"""The JSON interface: the answers of the service, and errors with a code and a sentence."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from search_web.app import create_app
from search_web.cite.export import FORMATS
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
    ("&".join(f"region=r{n}" for n in range(51)), "too-many-values"), ("year_by=scraped", "unknown-year-by"),
    ("theme=没有", "unknown-theme"), ("kind=没有", "unknown-kind"), ("fold=yes", "bad-switch"), ("size=7", "bad-size"),
    ("page=0", "bad-page"), ("page=2&offset=3", "page-and-offset"), ("page=2000", "bad-offset"),
])
def test_bad_parameters(client: FlaskClient, query: str, code: str) -> None:
    error = get(client, "/api/v1/search?" + query, 400)["error"]
    assert error["code"] == code
    assert error["message"].endswith(".")


@pytest.mark.parametrize("query", ["q=%00%ff", "q=驻村&lang=en", "q='\"<script>", "year=&region=&limit="])
def test_odd_parameters(client: FlaskClient, query: str) -> None:
    get(client, "/api/v1/search?" + query)


@pytest.mark.parametrize(("path", "code"), [
    ("facets?facet=colour", "unknown-facet"), ("facets?values=0", "bad-limit"), ("kwic", "kwic-no-words"),
    ("kwic?q=驻村&width=3", "bad-width"), ("kwic?q=驻村&sort=random", "unknown-kwic-sort"), ("kwic?q=驻村&limit=501", "bad-limit"),
    ("kwic?q=驻村&offset=-1", "negative-offset"), ("kwic?q=驻村&width=x", "bad-number"), ("trend", "bad-terms"),
    ("trend?term=驻村&by=month", "unknown-by"), ("trend?term=，", "empty-term"), ("trend?term=驻村&under=甘肃", "under-without-region"),
    ("similar", "bad-text"), ("similar?text=驻村&limit=0", "bad-limit"), ("suggest?q=驻&limit=0", "bad-limit"),
    ("export?format=doc", "unknown-format"), ("export?year=x", "bad-year"), ("similar?text=" + "村" * 2001, "bad-text"),
])
def test_bad_parameters_of_the_other_addresses(client: FlaskClient, path: str, code: str) -> None:
    assert get(client, f"/api/v1/{path}", 400)["error"]["code"] == code


def test_every_parameter_reaches_the_service(client: FlaskClient, web_index: Path) -> None:
    path = ("/api/v1/search?q=驻村&theme=产业&theme=unknown&kind=unknown&script=hans&script=hant&year=2014..&year_by=published"
            "&own_script=1&no_synonym=驻村&fold=0&all=1&size=20&page=2")
    question = Question("驻村", years=("2014..",), scripts=("hans", "hant"), themes=("产业", "unknown"), kinds=("unknown",),
                        years_by="published", own_script=True, no_synonyms=("驻村",), collapse=False, whole_tree=True,
                        limit=20, offset=20)
    assert untimed(get(client, path)) == untimed(SearchService(web_index).search(question))


@pytest.mark.parametrize("form", sorted([*FORMATS, "gbt7714"]))
def test_an_export_is_streamed_as_a_file(client: FlaskClient, form: str) -> None:
    with client.get(f"/api/v1/export?q=引水入户&format={form}") as response:
        assert response.status_code == 200
        assert response.headers["Content-Disposition"].startswith("attachment; filename=")
        assert "Content-Length" not in response.headers
        assert "駐農村" in response.get_data(as_text=True)


# -- the description

ADDRESSES = [
    "search", "search?q=驻村 养羊 蟠桃&region=甘肃", "search?q=貧困戶", "search?q=没有这个词", "search?limit=0", "facets?facet=year",
    "facets?q=驻村&facet=region", "kwic?q=驻村&limit=3", "kwic?q=没有这个词&sort=left", "trend?term=驻村&term=没有这个词",
    "trend?term=驻村&by=region&under=甘肃", "suggest?q=驻", "similar?text=驻村工作队坚持一户一策", "similar?text=，",
    "reports/{id}?q=驻村", "reports/{id}/similar", "reports/nothing", "search?year=x", "openapi.json",
]


def resolved(schema: dict[str, Any], document: dict[str, Any]) -> dict[str, Any]:
    """A schema, or the one that it refers to."""
    return document["components"]["schemas"][schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema


def contradictions(value: Any, schema: dict[str, Any], document: dict[str, Any], at: str = "") -> list[str]:
    """Where a JSON value is not what a schema says; the words of JSON Schema that the document uses."""
    schema = resolved(schema, document)
    if "oneOf" in schema:
        return min((contradictions(value, one, document, at) for one in schema["oneOf"]), key=len)
    found = [text for one in schema.get("allOf", ()) for text in contradictions(value, one, document, at)]
    kinds = {"string": str, "integer": int, "number": (int, float), "boolean": bool, "null": type(None), "array": list, "object": dict}
    allowed = schema.get("type", [])
    names = [allowed] if isinstance(allowed, str) else allowed
    if names and not any(isinstance(value, kinds[name]) and (name == "boolean" or not isinstance(value, bool)) for name in names):
        return [f"{at} is {value!r}, not {names}"]
    found += [f"{at} is {value!r}"] * ("enum" in schema and value not in schema["enum"])
    found += [f"{at} is {value!r}"] * (isinstance(value, int) and value < schema.get("minimum", value))
    if isinstance(value, list):
        found += [text for n, item in enumerate(value) for text in contradictions(item, schema.get("items", {}), document, f"{at}/{n}")]
    if isinstance(value, dict):
        found += [f"{at} has no {name}" for name in schema.get("required", ()) if name not in value]
        others = schema.get("additionalProperties", {})
        for name, item in value.items():
            found += contradictions(item, schema.get("properties", {}).get(name, others), document, f"{at}/{name}")
    return found


@pytest.mark.parametrize("address", ADDRESSES)
def test_the_answers_are_what_the_description_says(client: FlaskClient, address: str) -> None:
    document = get(client, "/api/v1/openapi.json")
    known = get(client, "/api/v1/search?limit=1")["hits"][0]["id"]
    response = client.get("/api/v1/" + address.replace("{id}", known))
    template = "/api/v1/" + address.partition("?")[0].replace("nothing", "{id}")
    described = document["paths"][template]["get"]["responses"][str(response.status_code)]
    schema = described["content"]["application/json"]["schema"]
    assert contradictions(json.loads(response.get_data(as_text=True)), schema, document) == []


def test_every_property_of_an_answer_is_described(client: FlaskClient) -> None:
    document = get(client, "/api/v1/openapi.json")
    answer = get(client, "/api/v1/search?q=驻村")
    schemas = document["components"]["schemas"]
    assert set(answer) == set(schemas["Answer"]["properties"])
    assert set(answer["interpretation"]) == set(schemas["Interpretation"]["properties"])
    hit = {name for one in schemas["Hit"]["allOf"] for name in resolved(one, document)["properties"]}
    assert set(answer["hits"][0]) == hit


def test_the_description_names_every_address_and_no_other(client: FlaskClient) -> None:
    document = get(client, "/api/v1/openapi.json")
    assert document["openapi"] == "3.1.0"
    rules = {rule.rule.replace("<report_id>", "{id}") for rule in client.application.url_map.iter_rules()
             if rule.rule.startswith("/api/v1/")}
    assert set(document["paths"]) == rules
    for path in document["paths"].values():
        names = [parameter["name"] for parameter in path["get"]["parameters"]]
        assert len(names) == len(set(names))
    references = re.findall(r'"#/components/schemas/(\w+)"', json.dumps(document))
    assert set(references) == set(document["components"]["schemas"])


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


# -- whatever is typed

ODD = st.one_of(st.text(max_size=40), st.text("驻村養羊\"“”「」()（）|-:：~*。，甘肃省/.0129 ＯＲAND\0\n", max_size=30), st.sampled_from(
    ["unknown", "2012..2015", "甘肃", "地区:", "-1", "1e9", "9" * 30, "合作社", "产业", "hans", "1", "0", "left", "theme", "<script>", "'\"><"]))
NAMES = ("q", "region", "year", "source", "theme", "kind", "script", "sort", "limit", "offset", "size", "page", "fold", "own_script",
         "no_synonym", "year_by", "all", "facet", "values", "width", "term", "by", "under", "text", "start", "end", "format")


@settings(max_examples=300)
@given(path=st.sampled_from(["search", "facets", "kwic", "trend", "suggest", "similar", "export", "reports/{id}", "reports/{id}/similar"]),
       pairs=st.lists(st.tuples(st.sampled_from(NAMES), ODD), max_size=5))
def test_no_parameter_makes_a_request_fail(client: FlaskClient, path: str, pairs: list[tuple[str, str]]) -> None:
    known = get(client, "/api/v1/search?limit=1")["hits"][0]["id"]
    query = MultiDict([(name, value.encode("utf-8", "replace").decode()) for name, value in pairs])
    response = client.get("/api/v1/" + path.replace("{id}", known), query_string=query)
    text = response.get_data(as_text=True)
    assert response.status_code in {200, 400}, text
    if response.status_code == 400:
        error = json.loads(text)["error"]
        assert re.fullmatch("[a-z]+(-[a-z]+)*", error["code"])
        assert error["message"].endswith(".")
