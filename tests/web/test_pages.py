"""The pages: every state in the URL, every error a sentence, everything escaped."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient

from indexer.indexing import Options, run
from search_web.app import create_app
from search_web.pages.parameters import State
from tests.conftest import write_archive
from tests.web.conftest import PAGES
from tests.web.pages_read import hrefs, reports, search, soup, total


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
