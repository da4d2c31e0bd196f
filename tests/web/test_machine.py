"""What machines ask of a server: packed pages, feeds, robots, health, counts of all workers, the page as received."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import time
import urllib.request
from datetime import datetime
from pathlib import Path
from xml.etree import ElementTree

import pytest
from flask.testing import FlaskClient

from indexer.indexing import Options, run
from indexer.store import open_searcher
from indexer.store.location import IndexFolder
from indexer.text.repair import FIXERS
from search_web.app import create_app
from search_web.language import findings
from search_web.pages import raw_view
from tests.conftest import html_page
from tests.web.conftest import PAGES, serving
from tests.web.pages_read import search, soup, total
from tests.web.visitor import address

HAN = re.compile(r"[\u3400-\u9fff]")


@pytest.fixture(scope="module")
def sampled(sample_index: Path) -> FlaskClient:
    """The application over the sample archive, without a server."""
    return create_app(sample_index).test_client()


def first_id(client: FlaskClient, query: str = "") -> str:
    return str(client.get("/api/v1/search", query_string={"q": query}).get_json()["hits"][0]["id"])


# -- packed

@pytest.mark.parametrize("path", ["/", search("驻村"), "/api/v1/search?q=驻村", "/search.atom?q=驻村", "/static/style.css", "/static/bangfu.js"])
def test_pages_are_packed_for_those_who_take_it(client: FlaskClient, path: str) -> None:
    def body(**headers: str) -> tuple[bytes, dict[str, str]]:
        with client.get(path, headers=headers) as response:
            assert response.status_code == 200
            return response.data, dict(response.headers)

    plain, _ = body()
    for refused in ("", "identity", "gzip;q=0", "br"):
        data, headers = body(**{"Accept-Encoding": refused})
        assert "Content-Encoding" not in headers
        assert len(data) == len(plain) or b"took_ms" in data or "毫秒".encode() in data
    data, headers = body(**{"Accept-Encoding": "br;q=0.5, gzip"})
    assert headers["Content-Encoding"] == "gzip"
    assert int(headers["Content-Length"]) == len(data) < len(plain) / 2
    assert "Accept-Encoding" in headers["Vary"]
    assert gzip.decompress(data)[:100] == plain[:100]


def test_a_packed_file_is_not_sent_twice(client: FlaskClient) -> None:
    with client.get("/static/style.css", headers={"Accept-Encoding": "gzip"}) as first:
        tag = first.headers["ETag"]
    with client.get("/static/style.css", headers={"Accept-Encoding": "gzip", "If-None-Match": tag}) as again:
        assert (again.status_code, again.data) == (304, b"")


def test_what_is_streamed_stays_streamed(client: FlaskClient) -> None:
    with client.get("/api/v1/export?q=驻村", headers={"Accept-Encoding": "gzip"}) as response:
        assert "Content-Encoding" not in response.headers
        assert "Content-Length" not in response.headers


# -- crawlers and watchdogs

def test_crawlers_leave_searches_alone(client: FlaskClient) -> None:
    response = client.get("/robots.txt")
    assert response.content_type == "text/plain; charset=utf-8"
    lines = response.get_data(as_text=True).split("\n")
    assert lines[0] == "User-agent: *"
    closed = [line.removeprefix("Disallow: ") for line in lines if line.startswith("Disallow: ")]
    patterns = [re.compile(re.escape(path).replace(r"\*", ".*")) for path in closed]
    for path in ("/search?q=x", "/kwic?q=x", "/trends", "/search.atom", "/api/v1/search", "/report/1-1/source", "/report/1-1/raw"):
        assert any(pattern.match(path) for pattern in patterns), path
    for path in ("/", "/report/1-1", "/help", "/about", "/coverage", "/static/style.css"):
        assert not any(pattern.match(path) for pattern in patterns), path


def read(url: str) -> str:
    with urllib.request.urlopen(url, timeout=60) as response:
        return str(response.read().decode())


def test_counts_are_those_of_all_workers(web_index: Path) -> None:
    """A server of two processes: whichever is asked tells the requests that both have answered."""
    with serving(web_index) as server:
        for _ in range(40):
            read(address(server, "/search", q="驻村"))
        counted = {int(float(re.search(r'bangfu_requests_total\{page="pages.search",status="200"\} (\S+)', read(f"{server}/metrics"))[1]))
                   for _ in range(12)}
        assert counted == {40}
        assert json.loads(read(f"{server}/readyz"))["status"] == "ready"
        assert 'le="0.1"' in read(f"{server}/metrics")


# -- the index

def test_answering_writes_nothing_into_the_index(web_index: Path) -> None:
    """Every address there is, asked of an index that must be the same afterwards, file by file."""
    def contents() -> dict[str, tuple[int, str]]:
        return {str(path.relative_to(web_index)): (path.stat().st_mtime_ns, hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "")
                for path in (web_index, *sorted(web_index.rglob("*")))}

    before = contents()
    client = create_app(web_index).test_client()
    found = first_id(client, "驻村")
    asked = 0
    for rule in client.application.url_map.iter_rules():
        if rule.endpoint == "static":
            continue
        path = rule.rule.replace("<report_id>", found)
        for query in ("", "?q=驻村", "?terms=驻村&by=region", "?text=驻村工作队", "?term=驻村"):
            with client.get(path + query) as response:
                asked += response.status_code == 200 and bool(response.data)
    assert asked > 40
    assert contents() == before


def test_a_build_is_named_by_the_time_everywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine in China and one elsewhere name a build of this moment alike."""
    folder = IndexFolder(tmp_path / "index")
    folder.create()
    try:
        monkeypatch.setenv("TZ", "Asia/Shanghai")
        time.tzset()
        named = datetime.strptime(folder.new_build().name[:21] + "+0000", "build-%Y%m%dT%H%M%S%z")
    finally:
        monkeypatch.undo()
        time.tzset()
    assert abs(named.timestamp() - time.time()) < 600


# -- the page as received

def test_the_page_as_received_can_be_kept_and_is_never_shown(sampled: FlaskClient) -> None:
    for hit in sampled.get("/api/v1/search?limit=100").get_json()["hits"]:
        response = sampled.get(f"/report/{hit['id']}/raw")
        assert response.status_code == 200
        assert response.content_type == "application/octet-stream"
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.headers["Content-Disposition"].startswith("attachment; filename=")
        report = sampled.get(f"/api/v1/reports/{hit['id']}").get_json()
        assert hashlib.sha256(response.data).hexdigest() == report["page"]["sha256"]
    assert sampled.get("/report/nothing/raw").status_code == 404


def test_a_very_long_page_is_compared_in_part_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [f"第{number}户养羊{number * 7 % 97}只，种植核桃{number * 3 % 89}亩，年底增收{number * 11 % 9973}元，合作社按股分红。" for number in range(2600)]
    (tmp_path / "long.html").write_text(html_page("红土湾村2019年产业账目", lines), encoding="utf-8")
    run(Options((tmp_path / "long.html",), tmp_path / "index", jobs=1))
    client = create_app(tmp_path / "index").test_client()
    path = f"/report/{first_id(client)}/source"
    page = soup(client, path)
    assert len(client.get(path).data) < 1_000_000
    assert "只对照开头约 50,000 字" in page.main.get_text()
    assert "只显示开头 50,000 字" in page.main.get_text()
    assert len(page.select_one("pre.raw").get_text()) == raw_view.MAX_LETTERS
    assert len(client.get(page.select_one("a[download]")["href"]).data) == (tmp_path / "long.html").stat().st_size
    monkeypatch.setattr(raw_view, "MAX_BYTES", 1000)
    short = soup(client, path)
    assert "不逐行对照" in short.main.get_text()
    assert not short.select("table.sides")


# -- the indexer's own words

def test_every_repair_has_its_name_and_is_explained() -> None:
    for name, _ in FIXERS:
        assert HAN.search(findings.fixer(name)), name
        assert findings.fixer_explained(name, "")[1] == "zh-Hans", name


def test_whatever_the_indexer_says_of_the_sample_is_said_in_chinese(sample_index: Path) -> None:
    told = 0
    with open_searcher(sample_index) as searcher:
        for report in searcher.reports():
            evidence = [one for value in report["evidence"].values() for one in (value if isinstance(value, list) else [value]) if one]
            for rule in {one["rule"] for one in (*evidence, *(place["evidence"] for place in report["regions"])) if "rule" in one}:
                assert HAN.search(findings.rule(rule)), rule
            page = report["page"]
            for sentence in (*page["encoding_evidence"], *page["warnings"], *(left["reason"] for left in report["left"])):
                assert findings.said(sentence)[1] == "zh-Hans", sentence
                told += 1
    assert told > 200


@pytest.mark.parametrize(("language", "expected"), [("zh-Hans", "按 big5hkscs 读"), ("zh-Hant", "以 big5hkscs 讀"), ("en", "bytes read as")])
def test_where_a_text_comes_from_is_told_in_every_language(sampled: FlaskClient, language: str, expected: str) -> None:
    path = f"/report/{first_id(sampled, '“關於做好2016年產業扶貧合作社規範建設工作的通知”')}/source?lang={language}"
    text = soup(sampled, path, lang=language).main
    assert expected in text.get_text()
    if language != "en":
        assert not text.select("[lang=en]"), "the indexer's English stands on a Chinese page"


# -- addresses that cannot be meant

@pytest.mark.parametrize(("query", "told"), [
    ("q=驻村&regoin=甘肃省", "“regoin”这里用不上"), ("q=驻村&q=养羊", "“q”不止一个"), ("q=驻村&<script>=1", "“<script>”这里用不上"),
    ("q=驻村&page=1&page=2", "“page”不止一个"), ("q=驻村&%ff=1", "这里用不上"), ("q=驻村&" + "x" * 300 + "=1", "x" * 40 + "”这里用不上"),
])
def test_what_an_address_names_in_vain_is_told(client: FlaskClient, query: str, told: str) -> None:
    page = soup(client, "/search?" + query)
    assert told in page.select_one("main > .note").get_text()
    assert "驻村" in page.select_one("h1").get_text()


def test_nothing_is_told_where_all_is_used(client: FlaskClient) -> None:
    for path in (search("驻村", region="甘肃省", year="2015", place="定西", lang="en"), "/kwic?q=驻村&width=9&order=left&page=1",
                 "/trends?terms=驻村&by=region&measure=share", "/coverage?under=甘肃省", "/search?q=驻村&region=甘肃省&region=四川省", "/"):
        assert not soup(client, path, lang="en" if "lang" in path else "zh-Hans").select("main > .note"), path


@pytest.mark.parametrize(("query", "code"), [
    ("q=驻村&regoin=甘肃省", "unknown-parameter"), ("q=驻村&q=养羊", "repeated-parameter"), ("&".join(["year=2015"] * 51), "too-many-values"),
    ("q=驻村&%ff=1", "unknown-parameter"),
])
def test_a_program_that_misspells_is_told(client: FlaskClient, query: str, code: str) -> None:
    for path in ("search", "export", "facets", "kwic"):
        response = client.get(f"/api/v1/{path}?{query}")
        assert (response.status_code, response.get_json()["error"]["code"]) == (400, code), path


def test_a_feed_of_a_search(client: FlaskClient, web_index: Path) -> None:
    page = soup(client, search("驻村", region="甘肃省"))
    response = client.get(page.select_one("link[type='application/atom+xml']")["href"])
    assert response.content_type == "application/atom+xml; charset=utf-8"
    feed = ElementTree.fromstring(response.data)
    atom = "{http://www.w3.org/2005/Atom}"
    entries = feed.findall(f"{atom}entry")
    assert len(entries) == total(page)
    seconds = datetime.fromisoformat(feed.findtext(f"{atom}updated")).timestamp()
    assert abs(seconds - (web_index / "CURRENT").stat().st_mtime) < 600
    assert seconds <= time.time()
    for needed in ("id", "title", "updated"):
        assert feed.findtext(f"{atom}{needed}")
        assert all(entry.findtext(f"{atom}{needed}") for entry in entries)
    assert client.get(entries[0].findtext(f"{atom}id").removeprefix("http://localhost")).status_code == 200


def test_what_browsers_and_watchdogs_ask_for(client: FlaskClient, tmp_path: Path) -> None:
    described = ElementTree.fromstring(client.get("/opensearch.xml").data)
    urls = described.findall("{http://a9.com/-/spec/opensearch/1.1/}Url")
    assert "http://localhost/search?q={searchTerms}" in [url.get("template") for url in urls]
    completing = next(url for url in urls if url.get("rel") == "suggestions")
    completed = client.get(completing.get("template").removeprefix("http://localhost").replace("{searchTerms}", "驻"))
    assert completed.mimetype == completing.get("type") == "application/x-suggestions+json"
    asked, found = json.loads(completed.data)
    assert asked == "驻"
    assert "驻村" in found
    assert client.get("/readyz").get_json()["reports"] == PAGES + 2
    client.get(search("秘密的词"))
    counts = client.get("/metrics").get_data(as_text=True)
    assert 'bangfu_requests_total{page="pages.search",status="200"}' in counts
    assert f"bangfu_reports {PAGES + 2}.0" in counts
    assert "秘密" not in counts
    nothing = create_app(tmp_path / "none").test_client()
    assert nothing.get("/readyz").status_code == 503
    assert nothing.get("/healthz").status_code == 200


def test_a_token_keeps_strangers_out(web_index: Path) -> None:
    guarded = create_app(web_index, token="开门 sesame").test_client()
    for path in ("/", "/search?q=驻村", "/api/v1/search", "/metrics", "/readyz", "/nothing"):
        refused = guarded.get(path)
        assert refused.status_code == 401, path
        assert "Basic" in refused.headers["WWW-Authenticate"]
        assert refused.headers["X-Content-Type-Options"] == "nosniff"
    assert guarded.get("/api/v1/search").get_json()["error"]["code"] == "unauthorized"
    assert guarded.get("/healthz").status_code == 200
    assert guarded.get("/", auth=("reader", "wrong")).status_code == 401
    assert guarded.get("/", auth=("reader", "开门 sesame")).status_code == 200
    plain = create_app(web_index, token="sesame").test_client()
    assert plain.get("/", headers={"Authorization": "Bearer sesame"}).status_code == 200
    for odd in ("Bearer", "Bearer wrong", "Basic !!!", "Digest x=1", "\x00"):
        assert plain.get("/", headers={"Authorization": odd}).status_code == 401
