"""The page of similar practice: to a paragraph, to a pasted text, and to what cannot be compared."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from flask.testing import FlaskClient

from tests.web.pages_read import soup


def test_similar_practice_to_a_paragraph_and_to_a_text(reprinting: FlaskClient) -> None:
    hits = reprinting.get("/api/v1/search?q=" + quote("猕猴桃")).get_json()["hits"]
    report = soup(reprinting, f"/report/{hits[0]['id']}")
    choosing = soup(reprinting, next(link["href"] for link in report.select(".similar a") if link["href"].startswith("/similar")))
    assert not choosing.select("ol.hits")
    links = [link["href"] for link in choosing.select("ul.hits a")]
    assert len(links) >= 2
    found = soup(reprinting, links[0])
    titles = [one.get_text() for one in found.select("ol.hits h2")]
    assert "镇安县油坊坪村2020年土地入股分红情况汇报" in titles
    assert not [title for title in titles if "苍溪" in title], "its own county"
    assert "猕猴桃" in found.textarea.get_text()
    assert found.select(".snippet mark")
    marked = soup(reprinting, found.select_one("ol.hits h2 a")["href"])
    assert marked.select(".body mark")
    pasted = soup(reprinting, "/similar?text=" + quote("贫困户以土地入股合作社，年底按股分红"))
    of_api = reprinting.get("/api/v1/similar", query_string={"text": "贫困户以土地入股合作社，年底按股分红", "limit": 10}).get_json()
    assert [one.get_text() for one in pasted.select("ol.hits h2")] == [hit["title"] for hit in of_api["hits"]]


@pytest.mark.parametrize(("path", "status"), [
    ("/similar", 200), ("/similar?text=" + quote("，。"), 200), ("/similar?of=nothing", 404), ("/similar?text=" + "x" * 2001, 400),
    ("/similar?text=<script>alert(1)</script>", 200),
])
def test_similar_practice_to_what_cannot_be(client: FlaskClient, path: str, status: int) -> None:
    page = soup(client, path, status)
    assert not page.select("main script")


def test_a_passage_that_lies_outside_of_its_report(client: FlaskClient) -> None:
    known = client.get("/api/v1/search?limit=1").get_json()["hits"][0]["id"]
    for bounds in ("start=5&end=2", "start=0&end=9999999", "start=-1&end=5", "start=a&end=5"):
        assert soup(client, f"/similar?of={known}&{bounds}", 400).h1.get_text() == "请换一种问法"
