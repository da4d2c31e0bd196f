"""Ten thousand results: counted, paged through to a disclosed end, narrowed, lined up, counted by year; light pages."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Browser, expect

from search_web.app import create_app
from search_web.service import MAX_OFFSET
from tests.web.many import REPORTS
from tests.web.pages_read import search, soup, total
from tests.web.visitor import SIZES, Visitor, address, needs_chromium

PAGES = {
    "many-home": ("/", {}), "many-results": ("/search", {"q": "驻村"}), "many-browse-100": ("/search", {"size": "100"}),
    "many-region": ("/search", {"q": "合作社", "region": "河北省", "year": "2015..2020"}), "many-last": ("/search", {"q": "驻村", "page": "1000"}),
    "many-place": ("/search", {"q": "驻村", "place": "县"}), "many-kwic": ("/kwic", {"q": "合作社"}),
    "many-trends": ("/trends", {"terms": "合作社，光伏电站，助学金"}), "many-coverage": ("/coverage", {}),
    "many-trends-regions": ("/trends", {"terms": "合作社，光伏电站", "by": "region"}),
}


@pytest.fixture(scope="module")
def client(many_index: Path) -> FlaskClient:
    """The application over the ten thousand, without a server."""
    return create_app(many_index).test_client()


@needs_chromium
@pytest.mark.parametrize("size", SIZES)
def test_ten_thousand_results_on_screen(browser: Browser, many: str, size: str) -> None:
    """A picture of each page in both sizes; nothing sticks out, nothing complains."""
    visitor = Visitor(browser, many, size)
    page = visitor.page
    for name, (path, fields) in PAGES.items():
        page.goto(address(many, path, **fields))
        visitor.look(name)
    page.goto(address(many, "/search", q="驻村"))
    visitor.check_with_axe()
    expect(page.locator("h1 .total")).to_have_text(f"{REPORTS:,} 篇")
    page.locator(".pager").get_by_role("link", name="第 1000 页").click()
    expect(page.locator(".hits")).to_have_attribute("start", "9991")
    expect(page.locator(".found > .remark")).to_contain_text(f"前 {MAX_OFFSET:,} 篇")
    expect(page.locator(".pager a[rel~=next]")).to_have_count(0)
    page.locator(".hits h2 a").last.click()
    expect(page.locator(".steps")).to_contain_text(f"第 10,000 篇，共 {REPORTS:,} 篇")
    expect(page.locator(".steps a[rel=next]")).to_have_count(0)
    assert visitor.complaints == []


def test_the_end_of_the_list_is_told_and_what_is_behind_it_refused(client: FlaskClient) -> None:
    last = soup(client, search("驻村", page=str(MAX_OFFSET // 10)))
    assert len(last.select(".hits > li")) == 10
    assert f"只显示前 {MAX_OFFSET:,} 篇" in last.main.get_text()
    assert "第 10,000 篇" in soup(client, search("驻村", page=str(MAX_OFFSET // 10 + 1)), 400).main.get_text()
    assert len(soup(client, search("", size="100", page="100")).select(".hits > li")) == 100


def test_facets_of_ten_thousand(client: FlaskClient) -> None:
    """Every count is what its link finds, the deepest place too; what is left out is counted."""
    page = soup(client, search("驻村", region="河北省"))
    assert total(page) > 100
    links = page.select("#narrow .tree a, #narrow .plain a")
    assert len(links) > 40
    for link in [links[0], links[len(links) // 2], links[-1]]:
        found = total(soup(client, link["href"] + "&fold=0"))
        assert found == int(link.i.get_text().replace(",", "")) or link.get("aria-current"), link["href"]
    sources = page.select_one("#narrow [aria-labelledby=f-source]").get_text()
    assert re.search(r"另有 [\d,]+ 项", sources)


# What is asked, and the most bytes of HTML that the answer may have.  Ten hits on a page always stay below
# 60,000 as long as what is asked has 120 letters or less; packed, every page there is does.
WEIGHTS = {
    "browsing": (search(), 40_000), "a word": (search("驻村"), 45_000), "a deep region": (search("驻村", region="河北省/石家庄市/正定县"), 60_000),
    "open branches": (search("驻村") + "".join(f"&region={name}" for name in ("河北省/石家庄市", "山西省", "内蒙古自治区", "辽宁省")), 60_000),
    "a place sought": (search("驻村", place="县"), 60_000), "years": (search("驻村", year="2005..2020", theme="产业", kind="总结"), 60_000),
    "a sentence": (search("全村种植核桃合作社按股分红硬化道路安装路灯新修水渠驻村干部帮助学生申请助学金村里办起扶贫车间吸纳就业"), 60_000),
    "many words": (search("驻村工作队 " * 8 + "合作社 蜂蜜 土豆 道路 " * 6), 60_000),
    "fifty hits": (search("驻村", size="50"), 90_000), "a hundred hits": (search("驻村 合作社", size="100"), 140_000),
    "a quotation as long as may be": (search("“" + "走访群众" * 249 + "”"), 60_000),
    "every year by itself": (search("驻村") + "".join(f"&year={year}" for year in range(1998, 2026)), 120_000),
    "concordance": ("/kwic?q=合作社", 60_000), "counts by region": ("/trends?by=region&terms=合作社，光伏", 200_000),
    "coverage": ("/coverage", 150_000), "home": ("/", 40_000),
}


@pytest.mark.parametrize("name", WEIGHTS)
def test_the_weight_of_pages(client: FlaskClient, name: str, record_property: Callable[[str, object], None]) -> None:
    path, limit = WEIGHTS[name]
    plain = client.get(path)
    packed = client.get(path, headers={"Accept-Encoding": "gzip"})
    assert plain.status_code == packed.status_code == 200
    record_property("figure", f"{name}: {len(plain.data):,} bytes, packed {len(packed.data):,}")
    assert len(plain.data) < limit
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data)[:15] == plain.data[:15] == b"<!doctype html>"
    assert len(packed.data) < 25_000
    assert {"Accept-Encoding", "Accept-Language"} <= set(packed.headers["Vary"].split(", "))
