"""The pages: every state in the URL, every error a sentence, everything escaped."""

from __future__ import annotations

import json
import re
import time
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from urllib.parse import parse_qs, quote
from xml.etree import ElementTree

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient

from indexer.indexing import Options, last_summary, run
from search_web.app import create_app
from search_web.pages.parameters import State
from tests.conftest import html_page, write_archive
from tests.web.conftest import PAGES


def soup(client: FlaskClient, path: str, status: int = 200, lang: str = "zh-Hans") -> BeautifulSoup:
    """A page, parsed; on every one the things that must hold everywhere are checked."""
    response = client.get(path)
    assert response.status_code == status, response.get_data(as_text=True)
    assert response.content_type == "text/html; charset=utf-8"
    for header, value in (("X-Content-Type-Options", "nosniff"), ("X-Frame-Options", "DENY"),
                          ("Referrer-Policy", "no-referrer")):
        assert response.headers[header] == value
    policy = response.headers["Content-Security-Policy"]
    assert policy == ("default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
                      "form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
    text = response.get_data(as_text=True)
    assert "Traceback" not in text
    page = BeautifulSoup(text, "lxml")
    assert not page.find_all(["style", "iframe", "img"])
    assert all(tag["src"].startswith("/static/") and not tag.get_text() for tag in page.find_all("script"))
    assert all(tag["href"].startswith(("/", "#", "?")) for tag in page.find_all("link") if "canonical" not in tag["rel"])
    assert not page.find_all(style=True)
    assert not [tag for tag in page.find_all(True) if any(name.startswith("on") for name in tag.attrs)]
    assert page.html["lang"] == lang
    levels = [int(tag.name[1]) for tag in page.find_all(re.compile("^h[1-6]$"))]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(b <= a + 1 for a, b in pairwise(levels)), levels
    ids = [tag["id"] for tag in page.find_all(id=True)]
    assert len(ids) == len(set(ids))
    assert page.select_one("a.skip")["href"] == "#main"
    assert page.select_one("main#main")
    assert page.select_one("form[role=search] label[for=q]")
    for tag in page.select("input:not([type=hidden]), select, textarea"):
        assert tag.find_parent("label") or page.select_one(f"label[for={tag['id']}]"), tag
    assert all(tag.get_text(strip=True) or tag.get("aria-label") for tag in page.select("a[href], button, summary")), path
    for region in page.select("nav, aside, [role=group]"):
        assert region.get("aria-label") or region.get("aria-labelledby"), region
    return page


@pytest.mark.parametrize("path", ["/search?q=驻村", "/kwic?q=驻村", "/trends?terms=驻村", "/search?q=驻村&page=90", "/search?q=驻村&year=abc",
                                  "/search?q=驻村 没有这个词", "/trends?q=驻村", "/kwic?q=驻村&year=x", "/search?q=驻村&region=甘肃省&lang=en"])
def test_a_page_is_called_by_what_was_asked_and_left_alone_by_crawlers(client: FlaskClient, path: str) -> None:
    text = client.get(path).get_data(as_text=True)
    page = BeautifulSoup(text, "lxml")
    assert "驻村" in page.title.get_text()
    assert page.select_one("meta[name=robots][content=noindex]")
    for link in page.select("main a[href]"):
        path, _, query = link["href"].partition("?")
        narrowing = path in ("/search", "/kwic", "/trends") and len(parse_qs(query)) > 1
        assert not narrowing or "nofollow" in link.get("rel", []), link


def total(page: BeautifulSoup) -> int:
    return int(page.select_one("h1 .total").get_text().split()[0].replace(",", ""))


def reports(client: FlaskClient, href: str) -> int:
    """How many reports, reprints counted each, a link to results finds."""
    return total(soup(client, href + ("&" if "?" in href else "?") + "fold=0"))


def hrefs(page: BeautifulSoup, selector: str) -> dict[str, str]:
    """Link texts of a facet with their targets."""
    return {link.b.get_text() if link.b else link.get_text(" ", strip=True): link["href"]
            for link in page.select(selector)}


def search(text: str = "", **fields: str) -> str:
    """The path of a search; Chinese is escaped as a browser does."""
    pairs = [("q", text), *fields.items()]
    return "/search?" + "&".join(f"{name}={quote(value)}" for name, value in pairs)


def test_home_tells_what_the_archive_holds(client: FlaskClient) -> None:
    page = soup(client, "/")
    text = page.main.get_text()
    assert str(PAGES + 2) in page.select_one(".numbers").get_text()
    assert {"甘肃", "四川", "贵州"} <= {tile.get_text() for tile in page.select(".tiles a text:first-of-type")}
    assert "2014" in text
    counted = [*page.select(".tiles a"), *page.select(".columns a"), *page.select('.numbers a[href*="search"]'),
               *page.select(".cloud a")]
    assert len(counted) > 12
    for link in counted:
        count = int(re.search(r"\d+", (link.select_one(".count, .n, b")).get_text())[0])
        assert reports(client, link["href"]) == count, link["href"]
    for link in page.select(".newest a"):
        soup(client, link["href"])


def test_results_mark_the_words_and_say_how_the_query_was_read(client: FlaskClient) -> None:
    page = soup(client, search('驻村 "一户一策" -養蜂'))
    assert "驻村" in page.title.get_text()
    assert page.select_one('meta[name=robots][content=noindex]')
    assert total(page) == PAGES
    read = page.select_one(".read").get_text()
    assert "一户一策" in read
    assert "不含 养蜂" in read
    assert "已转换：養蜂 → 养蜂" in read
    marks = {mark.get_text() for mark in page.select(".hits mark")}
    assert {"驻村", "一户一策"} <= marks


def test_hits_keep_their_own_script(client: FlaskClient) -> None:
    page = soup(client, search("引水入戶"))
    assert total(page) == 1
    hit = page.select_one(".hits li")
    assert hit.h2["lang"] == "zh-Hant"
    assert "引水入戶" in {mark.get_text() for mark in hit.select(".snippet[lang=zh-Hant] mark")}
    assert "駐農村" in hit.h2.get_text()


def test_facets_add_within_and_narrow_across(client: FlaskClient) -> None:
    page = soup(client, search("驻村"))
    every = total(page)
    regions = hrefs(page, "#narrow [aria-labelledby=f-region] > details > .tree > li > a")
    gansu = soup(client, regions["甘肃省"])
    assert 0 < total(gansu) < every
    more = hrefs(gansu, "#narrow [aria-labelledby=f-region] > details > .tree > li > a")
    both = soup(client, more["四川省"])
    assert total(both) > total(gansu)
    years = hrefs(both, "#narrow [aria-labelledby=f-year] .plain a")
    year = next(name for name in years if name.isdigit())
    narrowed = soup(client, years[year])
    assert 0 < total(narrowed) < total(both)
    chips = narrowed.select(".chips a:not(.all)")
    assert len(chips) == 3
    assert total(soup(client, chips[2]["href"])) == total(both)
    assert total(soup(client, narrowed.select_one(".chips .all")["href"])) == every
    assert all("nofollow" in link["rel"] for link in narrowed.select("#narrow a, .chips a"))


def test_every_facet_count_is_what_its_link_finds(client: FlaskClient) -> None:
    page = soup(client, search("驻村", year="2014..2016"))
    for link in page.select("#narrow [aria-labelledby=f-region] a, #narrow [aria-labelledby=f-source] a"):
        assert reports(client, link["href"]) == int(link.i.get_text()), link["href"]


def test_a_lower_region_replaces_the_one_above_it(client: FlaskClient) -> None:
    page = soup(client, search("驻村", region="甘肃省/定西市"))
    branch = page.select_one("#narrow a[aria-current=true]")
    assert branch.b.get_text() == "定西市"
    assert branch.find_parent("details").has_attr("open")
    lower = hrefs(page, "#narrow details[open] details a")["临洮县"]
    assert parse_qs(lower.partition("?")[2])["region"] == ["甘肃省/定西市/临洮县"]
    up = hrefs(soup(client, lower), "#narrow .tree a")["甘肃省"]
    assert parse_qs(up.partition("?")[2])["region"] == ["甘肃省"]


def test_new_words_keep_the_filters(client: FlaskClient) -> None:
    page = soup(client, search("驻村", region="甘肃省", year="2015", sort="newest", size="20", page="1"))
    hidden = {tag["name"]: tag["value"] for tag in page.select("header form input[type=hidden]")}
    assert hidden == {"region": "甘肃省", "year": "2015", "sort": "newest", "size": "20"}


def test_a_region_typed_by_name_is_shown_by_its_path(client: FlaskClient) -> None:
    page = soup(client, search(region="定西"))
    assert "甘肃省 定西市" in page.select_one(".chips").get_text()


def test_paging(client: FlaskClient) -> None:
    first = soup(client, search("驻村"))
    follow = first.select_one("a[rel~=next]")
    second = soup(client, follow["href"])
    seen = [link["href"].split("?")[0] for page in (first, second) for link in page.select(".hits h2 a")]
    assert len(seen) == len(set(seen)) == 20
    assert second.select_one(".hits")["start"] == "11"
    assert second.select_one("[aria-current=page]").get_text(strip=True).strip("第页 ") == "2"
    large = soup(client, search("驻村", size="50"))
    assert len(large.select(".hits > li")) == PAGES + 1
    assert not large.select(".pager")


def test_a_page_behind_the_last(client: FlaskClient) -> None:
    page = soup(client, search("驻村", page="90"))
    assert "没有第 90 页" in page.select_one(".empty").get_text()
    assert len(soup(client, page.select_one(".empty a")["href"]).select(".hits > li")) == 10


def test_sorting(client: FlaskClient) -> None:
    newest = [time["datetime"] for time in soup(client, search("", size="50")).select(".hits time")]
    assert newest == sorted(newest, reverse=True)
    oldest = [time["datetime"] for time in soup(client, search("驻村", sort="oldest", size="50")).select(".hits time")]
    assert oldest == sorted(oldest)


def test_no_result_gives_advice(client: FlaskClient) -> None:
    page = soup(client, search("驻村 没有这个词", region="甘肃省", year="1999"))
    assert total(page) == 0
    advice = page.select_one(".empty")
    assert "去掉条件" not in advice.get_text(), "without any one condition nothing is found either"
    only = next(link for link in advice.select("a") if link.get_text() == "只检索“驻村”")
    assert parse_qs(only["href"].partition("?")[2])["q"] == ["驻村"]
    spared = soup(client, search("驻村", region="甘肃省", year="1999")).select_one(".empty")
    assert "去掉条件“年份：1999”" in spared.get_text()
    assert "去掉条件“地区：甘肃省”" not in spared.get_text(), "of 1999 there is no report anywhere"
    for link in (*advice.select("li:has(.count) a"), *spared.select("li:has(.count) a")):
        assert total(soup(client, link["href"])) > 0
    assert "不加条件" in only.parent.get_text()
    nowhere = soup(client, search("量子计算机 火星")).select_one(".empty")
    assert not [link for link in nowhere.select("a") if "检索" in link.get_text()], "no advice leads nowhere"


def test_only_punctuation_and_an_open_quote(client: FlaskClient) -> None:
    page = soup(client, search("，。！"))
    assert total(page) == 0
    assert "没有可以检索的字词" in page.select_one(".note, .read").get_text()
    page = soup(client, search('"驻村'))
    assert total(page) > 0
    assert "没有成对" in page.select_one(".read").get_text()


def report_of(client: FlaskClient, query: str, words: str | None = None) -> BeautifulSoup:
    """The report page behind the first hit, with marks of the query or of `words`."""
    link = soup(client, search(query)).select_one(".hits h2 a")["href"]
    return soup(client, link if words is None else link.split("?")[0] + "?q=" + quote(words))


def test_a_report(client: FlaskClient) -> None:
    page = report_of(client, "引水入戶", "驻村")
    title = page.select_one(".report h1")
    assert title["lang"] == "zh-Hant"
    body = page.select_one(".body[lang=zh-Hant]")
    assert [tag.get_text() for tag in body.find_all(["h2", "h3"])] == ["一、修路引水", "二、發展產業"]
    assert "（一）修路。" in {tag.get_text() for tag in body.select("p > b")}
    marks = page.select("mark")
    assert [mark["id"] for mark in marks] == [f"m{number}" for number in range(1, len(marks) + 1)]
    assert {mark.get_text() for mark in marks} == {"駐村"}
    assert f"{len(marks)} 处" in page.select_one(".read").get_text()
    for link in page.select(".outline a"):
        assert page.find(id=link["href"][1:]), link
    about = page.select_one("#about").get_text()
    for expected in ("雷山县", "主述地区", "utf-8", "traditional.txt", "所述年份", "GB/T 7714"):
        assert expected in about


def test_the_title_is_not_shown_twice(client: FlaskClient) -> None:
    page = report_of(client, "引水入戶")
    title = page.select_one(".report h1").get_text()
    assert title not in page.select_one(".body").get_text()
    assert page.select_one(".body p.subtitle").get_text().endswith("駐村工作概述")


def test_the_way_back_leads_to_the_same_results(client: FlaskClient) -> None:
    results = soup(client, search("驻村", region="甘肃省", page="2"))
    report = soup(client, results.select_one(".hits h2 a")["href"])
    back = soup(client, report.select_one(".back a")["href"])
    assert back.select_one(".hits").get_text() == results.select_one(".hits").get_text()


def test_what_a_scraper_brought_along_is_inert(client: FlaskClient) -> None:
    page = report_of(client, "村规民约 村务公开栏")
    assert "alert(1)" in page.select_one(".report h1").get_text()
    assert not page.find_all("img")
    assert not page.select('a[href^="javascript"]')
    assert "javascript:alert(1)" in page.select_one("#about").get_text()


def test_a_query_with_markup_is_inert(client: FlaskClient) -> None:
    query = '"><script>alert(1)</script>'
    page = soup(client, search(query))
    assert page.select_one("#q")["value"] == query


@pytest.mark.parametrize("path", ["/report/nothing", "/report/" + "x" * 500, "/nothing", "/report/", "/report/%00"])
def test_unknown_addresses(client: FlaskClient, path: str) -> None:
    page = soup(client, path, 404)
    assert "没有这一页" in page.h1.get_text()


def test_pages_are_only_read(client: FlaskClient) -> None:
    response = client.post("/search")
    assert response.status_code == 405
    assert "GET" in response.headers["Allow"]
    assert "只供读取" in response.get_data(as_text=True)


BAD = {
    "year=abc": "不是年份", "year=201": "不是年份", "year=..": "不是年份", "year=2015..2012": "2012..2015",
    "region=亚特兰蒂斯": "亚特兰蒂斯", "script=latin": "文字", "sort=random": "排序",
    "page=abc": "须是整数", "page=0": "页码从 1 开始", "page=-1": "页码从 1 开始", "page=1.5": "须是整数",
    "page=1000000000": "只能翻到", "page=" + "9" * 5000: "须是整数", "size=7": "不能是 7 篇",
    "size=x": "须是整数", "size=-10": "不能是", "q=" + "村" * 10_000: "最多 1,000 个字",
    "&".join(f"year={year}" for year in range(1900, 1960)): "最多选 50 个",
}


@pytest.mark.parametrize("query", BAD, ids=lambda query: query[:20])
def test_bad_parameters_get_a_sentence(client: FlaskClient, query: str) -> None:
    page = soup(client, "/search?q=驻村&" + query if not query.startswith("q=") else "/search?" + query, 400)
    assert BAD[query] in page.main.get_text()
    if not query.startswith("q="):
        assert page.select_one("#q")["value"] == "驻村"


@pytest.mark.parametrize("query", [
    "q=%00%01%1f驻村%7f", "q=%ff%fe", "q=驻村&nonsense=1&x=%3Cscript%3E", "q=驻村&year=&region=&source=&page=&size=",
    "q=驻村&region=%00甘肃省%0a", "q=" + "%E6%9D%91" * 60, "q=%F0%9F%8C%BE", "q=驻村&year=２０１５", "source=unknown",
    "q=驻村&year=unknown", "q=驻村&region=unknown", "q='\"`$(;--", "q=-", "q=%22%22",
])
def test_odd_parameters_do_no_harm(client: FlaskClient, query: str) -> None:
    soup(client, "/search?" + query)


def test_static_files_are_cached_by_their_contents(client: FlaskClient) -> None:
    page = soup(client, "/")
    for link in page.select("link[rel=stylesheet], link[rel=icon]"):
        with client.get(link["href"]) as response:
            assert response.status_code == 200
            assert "immutable" in response.headers["Cache-Control"]
        with client.get(link["href"].split("?")[0] + "?v=other") as response:
            assert response.headers["Cache-Control"] == "no-cache"
    assert client.get("/").headers["Cache-Control"] == "no-cache"


def test_a_results_page_is_small(client: FlaskClient) -> None:
    assert len(client.get(search("驻村")).data) < 60_000


def test_sorting_that_takes_too_long_says_so(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("search_web.study.kwic.MAX_SECONDS", 0.0)
    page = soup(client, "/kwic?q=驻村&order=left&width=17", 503)
    assert "请用地区、年份或更多的词缩小范围" in page.main.get_text()
    error = client.get("/api/v1/kwic?q=驻村&sort=left&width=17")
    assert (error.status_code, error.get_json()["error"]["code"]) == (503, "took-too-long")


def test_a_report_says_when_the_index_was_updated(client: FlaskClient, web_index: Path) -> None:
    finished = str((last_summary(web_index) or {})["finished_at"])
    found = client.get("/api/v1/search?q=驻村").get_json()["hits"][0]["id"]
    for path in (f"/report/{found}", f"/report/{found}/source"):
        assert finished in soup(client, path).main.get_text()


def test_a_report_without_similar_practice_says_so(tmp_path: Path) -> None:
    page = html_page("临洮县2019年农村饮水安全工作总结", ["全县新建蓄水池六座，自来水通到每户，饮水安全有了保障。"])
    (tmp_path / "page.html").write_text(page, encoding="utf-8")
    run(Options((tmp_path / "page.html",), tmp_path / "index", jobs=1))
    client = create_app(tmp_path / "index").test_client()
    found = client.get("/api/v1/search").get_json()["hits"][0]
    section = soup(client, f"/report/{found['id']}").select_one("section.similar")
    assert "没有找到别处的类似做法" in section.get_text()
    assert [link.get_text() for link in section.select("a[href^='/search']")] == found["themes"][:3] != []


def test_no_index_yet(tmp_path: Path) -> None:
    client = create_app(tmp_path / "nowhere").test_client()
    for path in ("/", "/search?q=驻村", "/report/x"):
        page = soup(client, path, 503)
        assert "文库还没有建好" in page.h1.get_text()
        assert str(tmp_path) not in page.get_text()


def test_a_damaged_index(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("not an index", encoding="utf-8")
    page = soup(create_app(tmp_path).test_client(), "/search?q=驻村", 503)
    assert "bangfu verify" in page.main.get_text()


def test_an_empty_index_and_then_a_first_page(tmp_path: Path) -> None:
    (tmp_path / "none").mkdir()
    run(Options((tmp_path / "none",), tmp_path / "index", jobs=1))
    client = create_app(tmp_path / "index").test_client()
    assert "还没有报告" in soup(client, "/").main.get_text()
    assert total(soup(client, search("驻村"))) == 0
    run(Options((write_archive(tmp_path / "archive", 3),), tmp_path / "index", jobs=1))
    assert total(soup(client, search("驻村"))) == 3


def test_the_state_survives_its_own_link() -> None:
    state = State("驻村 & \"工作队\" #1+2", ("甘肃省/酒泉市", "unknown"), ("2012..2015",), ("县委 & 县政府",),
                  ("hant",), sort="newest", size=50, page=3, themes=("产业", "unknown"), kinds=("总结",), years_by="published",
                  own_script=True, no_synonyms=("建档立卡户",), collapse=False)
    with create_app(Path("nowhere")).test_request_context("/search" + state.href) as context:
        assert State.of(context.request.args) == state


def test_a_results_page_holds_everything_that_narrows_it(client: FlaskClient) -> None:
    page = soup(client, search("驻村"))
    assert [head.get_text() for head in page.select("#narrow h2")] == ["地区", "年份", "主题", "体裁", "来源", "原文文字"]
    for facet in ("theme", "kind", "source"):
        link = page.select_one(f"#narrow [aria-labelledby=f-{facet}] .plain a")
        assert reports(client, link["href"]) == int(link.i.get_text())
    columns = page.select("#narrow .spark a")
    assert columns
    assert [reports(client, link["href"]) for link in columns] == [
        int(link.get_text().rpartition("：")[2]) for link in columns]


def test_years_from_and_to(client: FlaskClient) -> None:
    response = client.get("/search?q=驻村&region=甘肃省&from=2014&to=2015&lang=en")
    assert response.status_code == 302
    asked = parse_qs(response.headers["Location"].partition("?")[2])
    assert asked == {"q": ["驻村"], "region": ["甘肃省"], "year": ["2014..2015"], "lang": ["en"]}
    assert "2014–2015" in soup(client, "/search?q=驻村&year=2014..2015").select_one(".chips").get_text()
    assert client.get("/search?from=2016&to=2014").headers["Location"].endswith("year=2014..2016")
    assert client.get("/search?from=2016").headers["Location"].endswith("year=2016..")
    page = soup(client, client.get("/search?from=abc").headers["Location"], 400)
    assert "不是年份" in page.main.get_text()


def test_a_region_is_found_among_many(client: FlaskClient) -> None:
    page = soup(client, search("驻村", place="雷山"))
    names = [link.b.get_text() for link in page.select("#narrow .tree a")]
    assert names[0] == "贵州省"
    assert "雷山县" in names
    assert "甘肃省" not in names
    assert "没有这样的地区" in soup(client, search("驻村", place="没有的地方")).select_one("#narrow").get_text()


def test_synonyms_are_shown_and_can_be_left_out(client: FlaskClient) -> None:
    page = soup(client, search("贫困户"))
    drop = page.select_one(".read a.drop")
    assert "建档立卡" in drop["aria-label"]
    without = soup(client, drop["href"])
    assert drop["aria-label"].strip("不用同义词“”") not in [b.get_text() for b in without.select(".read p b")]
    assert "恢复" in without.select_one(".read").get_text()


def test_only_the_typed_characters(client: FlaskClient) -> None:
    page = soup(client, search("駐村"))
    assert "只因转换而找到" in page.select_one(".read").get_text()
    own = next(link for link in page.select(".read a") if "只找这种字形" in link.get_text())
    narrowed = soup(client, own["href"])
    assert total(narrowed) == 1
    assert "简繁都找" in narrowed.select_one(".read").get_text()


def test_the_report_knows_its_place_in_the_list(client: FlaskClient) -> None:
    page = soup(client, search("驻村", sort="newest"))
    links = [link["href"] for link in page.select(".hits h2 a")]
    second = soup(client, links[1])
    steps = second.select_one(".steps")
    assert f"第 2 篇，共 {total(page)} 篇" in steps.get_text(" ", strip=True)
    assert steps.select_one("a[rel=next]")["href"] == links[2]
    assert steps.select_one("a[rel=prev]")["href"] == links[0]
    assert not soup(client, links[0]).select_one(".steps a[rel=prev]")
    # Another report at that place: nothing is said, the way back stays.
    assert not soup(client, links[1].replace("n=2", "n=7")).select_one(".steps")
    for odd in ("n=0", "n=-1", "n=99999999999", "n=x", "n=２"):
        soup(client, links[1].replace("n=2", odd))


def test_reading_in_the_other_script_is_a_view_only(client: FlaskClient) -> None:
    page = report_of(client, "引水入戶", "驻村")
    switch = page.select_one(".scripts a:not([aria-current])")
    converted = soup(client, switch["href"])
    assert converted.select_one(".body[lang=zh-Hans]").get_text().count("驻村") == page.select_one(
        ".body").get_text().count("駐村")
    assert "机器转换" in converted.select_one(".note").get_text()
    assert {mark.get_text() for mark in converted.select("mark")} == {"驻村"}
    about = converted.select_one("#about").get_text()
    assert "千名幹部駐農村" in about, "what is known of the report stays as printed"


def test_where_a_text_comes_from(client: FlaskClient) -> None:
    link = soup(client, search("村务公开栏")).select_one(".hits h2 a")["href"]
    page = soup(client, link.replace("?", "/source?"))
    assert "alert(1)" in page.select_one("pre.raw").get_text()
    assert not page.select("pre.raw *"), "the page is text, none of it markup"
    assert page.select("table.sides tbody tr")
    assert "SHA-256" in page.main.get_text()
    repaired = report_of(client, "引水入戶")
    assert "逐处对照" in repaired.select_one("#about").get_text()


def test_a_page_that_is_no_longer_there(tmp_path: Path) -> None:
    archive = write_archive(tmp_path / "archive", 2)
    run(Options((archive,), tmp_path / "index", jobs=1))
    client = create_app(tmp_path / "index").test_client()
    link = soup(client, "/search").select_one(".hits h2 a")["href"].replace("?", "/source?")
    assert soup(client, link).select("table.sides")
    for path in archive.iterdir():
        path.write_text("<p>另一篇完全不同的文字，讲的是别的事情，与原来的报告没有关系。</p>", encoding="utf-8")
    assert "有过改动" in soup(client, link).main.get_text()
    for path in archive.iterdir():
        path.unlink()
    page = soup(client, link)
    assert "已不在原处" in page.main.get_text()
    assert not page.select("table.sides, pre.raw")


def test_every_citation_and_the_embedded_metadata(client: FlaskClient) -> None:
    page = report_of(client, "引水入戶")
    assert [summary.get_text() for summary in page.select(".citation summary")] == [
        "GB/T 7714—2015", "BibTeX", "RIS"]
    assert "[EB/OL]" in page.select_one(".citation pre").get_text()
    assert "千名幹部駐農村" in page.select_one("meta[name=citation_title]")["content"]


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
