"""The pages for research, help and about: pictures, their tables, and the same numbers as CSV."""

from __future__ import annotations

import csv
import io
import json
import re
from urllib.parse import quote

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient

from search_web.query.examples import HELP
from search_web.study import kwic
from search_web.study.trend import split
from tests.web.pages_read import soup, total


def table(client: FlaskClient, path: str) -> list[list[str]]:
    """A CSV answer as rows; it opens in a spreadsheet."""
    response = client.get(path)
    assert response.status_code == 200
    assert response.content_type == "text/csv; charset=utf-8"
    assert response.data.startswith(b"\xef\xbb\xbf")
    assert "attachment" in response.headers["Content-Disposition"]
    return list(csv.reader(io.StringIO(response.data.decode("utf-8-sig"))))


def parted(client: FlaskClient, path: str) -> tuple[list[list[str]], dict[str, str]]:
    """A CSV answer as its table and its receipt."""
    rows = table(client, path)
    end = next(at for at, row in enumerate(rows) if not any(row))
    assert all(row[0].startswith("# ") for row in rows[end + 1:])
    return rows[:end], {row[0].removeprefix("# "): row[1] for row in rows[end + 1:]}


def test_every_occurrence_in_its_context(client: FlaskClient) -> None:
    page = soup(client, "/kwic?q=" + quote("駐村"))
    lines = page.select("table.kwic tbody tr")
    assert {line.mark.get_text() for line in lines} <= {"驻村", "駐村"}
    assert "处" in page.h1.get_text()
    rows, receipt = parted(client, next(link["href"] for link in page.select(".remark a") if "CSV" in link.get_text()))
    assert rows[0][:3] == ["left", "hit", "right"]
    assert (receipt["query"], receipt["end"]) == ("駐村", f"{len(rows) - 1} of {len(rows) - 1} occurrences written")
    assert json.loads(receipt["interpretation"])["words"] == ["驻村"]
    assert page.h1.get_text().replace(",", "").split()[1].startswith(f"{len(rows) - 1} ") or str(
        len(rows) - 1) in page.h1.get_text()
    for link in [lines[0].a, *page.select("a[rel~=next]")]:
        soup(client, link["href"])


@pytest.mark.parametrize("order", ["position", "left", "right", "year", "region"])
def test_orders_of_a_concordance(client: FlaskClient, order: str) -> None:
    page = soup(client, f"/kwic?q={quote('驻村')}&order={order}&width=10")
    assert page.select_one("option[selected]")["value"] == order
    rights = [cell.get_text() for cell in page.select("td.r")]
    assert all(len(right) <= 10 for right in rights)


@pytest.mark.parametrize("path", [
    "/kwic?q=x&width=abc", "/kwic?q=x&width=9999", "/kwic?q=x&order=size", "/kwic?q=" + quote("，。"),
    "/kwic?q=x&page=0", "/trends?terms=x&by=size", "/trends?terms=" + quote("长" * 300),
    "/trends?terms=x&by=region&under=" + quote("亚特兰蒂斯"), "/coverage?under=" + quote("亚特兰蒂斯"),
    "/kwic?q=x&year=abc", "/trends?terms=" + quote("，".join("甲乙丙丁戊己庚辛壬癸子丑寅")), "/trends?terms=x&region=" + quote("亚特兰蒂斯"),
])
def test_what_cannot_be_meant_gets_a_sentence(client: FlaskClient, path: str) -> None:
    page = soup(client, path, 400)
    assert page.h1.get_text() == "请换一种问法"


@pytest.mark.parametrize("path", ["/kwic", "/trends", "/kwic?q=%00", "/trends?terms=,,,", "/kwic?q=" + quote("没有这个词"),
                                  "/trends?terms=<script>&by=year", "/kwic?q=<b>", "/coverage?under="])


def test_nothing_asked_and_nothing_found(client: FlaskClient, path: str) -> None:
    soup(client, path)


def test_trends_over_the_years(client: FlaskClient) -> None:
    page = soup(client, "/trends?terms=" + quote("驻村，蜂蜜"))
    assert len(page.select("svg.lines polyline")) == 2
    assert [term.get_text() for term in page.select("thead th[colspan]")] == ["驻村", "蜂蜜"]
    rows, receipt = parted(client, next(link["href"] for link in page.select(".remark a") if "CSV" in link.get_text()))
    assert (receipt["query"], receipt["end"]) == ("驻村，蜂蜜", f"{len(rows) - 1} rows written")
    shown = {row.th.get_text(): [cell.get_text() for cell in row.select("td")] for row in page.select(".figures tbody tr")}
    for row in rows[1:]:
        if row[0].isdecimal() and row[1] == "驻村":
            assert shown[row[0]][2:4] == [row[2], row[3]]
            assert shown[row[0]][0] == row[4]


@pytest.mark.parametrize("by", ["region", "theme", "kind"])
def test_trends_as_bars(client: FlaskClient, by: str) -> None:
    page = soup(client, f"/trends?terms={quote('驻村')}&by={by}&measure=reports")
    assert page.select(".bar-table tr")
    assert bool(page.select("table.heat")) == (by == "region")
    if by == "region":
        below = page.select_one(".bar-table a")
        assert "定西市" in soup(client, below["href"]).main.get_text() or below.get_text() != "甘肃省"


def test_the_terms_of_a_search_become_those_of_its_trend(client: FlaskClient) -> None:
    results = soup(client, "/search?q=" + quote("驻村 蜂蜜") + "&region=" + quote("甘肃省"))
    link = next(link for link in results.select(".tools a") if link.get_text() == "按年计数")
    page = soup(client, link["href"])
    assert [term.get_text() for term in page.select("thead th[colspan]")] == ["驻村", "蜂蜜"]
    assert "甘肃省" in page.select_one(".chips").get_text()


def terms_of(page: BeautifulSoup) -> list[str]:
    """The terms that a page of counts compares."""
    return [term.get_text() for term in page.select("thead th[colspan]")]


def test_typed_conditions_and_synonyms_are_counted_with_and_the_rest_is_named(client: FlaskClient) -> None:
    page = soup(client, "/trends?by=region&q=" + quote("地区:甘肃 年份:2014..2016 贫困户 (驻村|蜂蜜) 标题:工作 -扶贫"))
    assert terms_of(page) == ["贫困户|建档立卡户|建档立卡贫困户", "驻村|蜂蜜", "工作"]
    chips = page.select_one(".chips").get_text()
    assert "甘肃省" in chips
    assert "2014–2016" in chips
    notice = page.select_one("main p.note").get_text()
    assert "标题:工作" in notice
    assert "-扶贫" in notice
    assert "甘肃" not in notice
    assert [row.th.get_text() for row in page.select(".figures tbody tr")] == ["甘肃省"]
    again = soup(client, "/trends?by=region&region=" + quote("甘肃省") + "&year=2014..2016&terms=" + quote("，".join(terms_of(page))))
    assert again.select_one(".figures").get_text() == page.select_one(".figures").get_text()
    _, receipt = parted(client, "/trends.csv?q=" + quote("地区:甘肃 驻村 -扶贫"))
    assert json.loads(receipt["filters"]) == {"region": ["甘肃省"]}
    assert json.loads(receipt["interpretation"])["not_counted_by"] == ["-扶贫"]


@pytest.mark.parametrize(("asked", "chips", "left"), [
    ("q=地区:甘肃 驻村&region=甘肃省/定西市", ["甘肃省 定西市"], ""), ("q=地区:定西市 驻村&region=甘肃省", ["甘肃省 定西市"], ""),
    ("q=地区:甘肃 驻村&region=四川省", ["四川省"], "地区:甘肃"), ("q=年份:2014..2016 驻村&year=2015..2018", ["2015–2018"], "年份:2014..2016"),
    ("q=年份:2015..2014 驻村", ["2014–2015"], ""), ("q=年份:2014 驻村&year_by=published", [], "年份:2014"),
    ("q=地区:甘肃 地区:四川 驻村", ["甘肃省"], "地区:四川"), ("q=-地区:甘肃 驻村", [], "-地区:甘肃"), ("q=<b> -<i>", [], "-<i>"),
])
def test_a_typed_condition_never_widens_what_is_chosen(client: FlaskClient, asked: str, chips: list[str],
                                                       left: str) -> None:
    page = soup(client, "/trends?" + quote(asked, safe="=&"))
    assert [chip.get_text().split(" ", 1)[1].removesuffix(" ×") for chip in page.select(".chips a")] == chips
    notice = page.select_one("main p.note")
    assert left in notice.get_text() if left else notice is None


@pytest.mark.parametrize(("typed", "terms"), [
    ("驻村，蜂蜜;驻村", ["驻村", "蜂蜜"]), ("“产业，合作社”、1,200户", ["“产业，合作社”", "1,200户"]),
    ("2012,2013", ["2012", "2013"]), ("“没有成对，蜂蜜", ["“没有成对", "蜂蜜"]), ("，,;", []), ("“" * 5000, ["“" * 5000]),
])
def test_terms_are_parted_outside_quotes_and_figures(typed: str, terms: list[str]) -> None:
    assert split(typed) == terms
    assert split("，".join(terms)) == terms


def test_a_quoted_string_with_a_comma_stays_one_term(client: FlaskClient) -> None:
    page = soup(client, "/trends?q=" + quote("“修路引水，驻村”"))
    assert len(terms_of(page)) == 1
    assert terms_of(soup(client, "/trends?terms=" + quote(page.select_one("input[name=terms]")["value"]))) == terms_of(page)


def test_the_heat_table_keeps_to_the_chosen_regions(client: FlaskClient) -> None:
    path = f"/trends?terms={quote('驻村')}&by=region&measure=reports"
    assert len(soup(client, path).select("table.heat tbody tr")) == 3
    rows = soup(client, path + "&region=" + quote("甘肃省/定西市/临洮县")).select("table.heat tbody tr")
    assert [row.th.get_text() for row in rows] == ["甘肃省"]
    below = client.get("/api/v1/trend", query_string={"term": "驻村", "region": "甘肃省/定西市/临洮县"}).get_json()
    known = sum(row["counts"][0]["reports"] for row in below["rows"] if row["value"] != "unknown")
    assert sum(int(cell.get_text() or 0) for cell in rows[0].select("td")) == known


@pytest.mark.parametrize("asked", ["terms=驻村，蜂蜜|土豆", "terms=合作社&fold=1&measure=occurrences", "terms=驻村 蜂蜜~60&region=甘肃省",
                                   "terms=驻村*作队&measure=reports&year_by=published", "terms=驻村*作队&measure=reports", "terms=“产业，合作社”，驻村&measure=per_letters"])


def test_a_cell_of_the_heat_table_opens_the_reports_that_it_counts(reprinting: FlaskClient, client: FlaskClient, asked: str) -> None:
    for archive in (reprinting, client):
        page = soup(archive, f"/trends?by=region&{asked}")
        for cell in page.select("table.heat td")[:60]:
            if cell.a:
                counted = re.search(r"(\d+) 篇中 (\d+) 篇", cell["title"])
                fold = "" if "fold=" in asked else "&fold=0"
                assert "fold=" in cell.a["href"] or "fold=1" in asked
                assert total(soup(archive, cell.a["href"])) == int(counted[2]), cell.a["href"] + fold
                without = re.sub(r"q=[^&]*&?", "", cell.a["href"])
                assert total(soup(archive, without)) == int(counted[1])


def test_the_heat_table_as_a_file(client: FlaskClient) -> None:
    page = soup(client, "/trends?by=region&terms=" + quote("驻村，蜂蜜") + "&measure=reports")
    tables = page.select("table.heat")
    assert [one.find_parent("details").summary.get_text() for one in tables] == ["驻村", "蜂蜜"]
    rows, receipt = parted(client, page.select_one("[aria-labelledby=heat-h] .remark a")["href"])
    assert rows[0][:4] == ["region", "year", "term", "occurrences"]
    assert receipt["end"] == f"{len(rows) - 1} rows written"
    held = {(row[0], row[1]): row for row in rows[1:] if row[2] == "驻村"}
    years = [head.get_text() for head in tables[0].select("thead th")[1:]]
    for row in tables[0].select("tbody tr"):
        for year, cell in zip(years, row.select("td"), strict=True):
            if cell.get("title"):
                assert held[row.th.get_text(), year][4] == cell.get_text()
    assert table(client, "/trends-by-province.csv")[0] == rows[0]


def test_reprints_are_aligned_as_the_api_aligns_them(reprinting: FlaskClient) -> None:
    differing = 0
    for word in ("羊", "合作社", "村"):
        of_api = reprinting.get("/api/v1/kwic", query_string={"q": word, "limit": 500}).get_json()
        folded = reprinting.get("/api/v1/kwic", query_string={"q": word, "limit": 500, "fold": 1}).get_json()
        rows, _ = parted(reprinting, f"/kwic.csv?width=30&q={quote(word)}")
        assert [(row[6], int(row[7])) for row in rows[1:]] == [(line["report"], line["offset"]) for line in of_api["lines"]]
        page = soup(reprinting, f"/kwic?q={quote(word)}")
        assert page.h1.get_text().split()[1] == str(of_api["occurrences"])
        assert not [link for link in page.select("a[href^='/kwic.csv'], a[href^='/search']") if "fold" in link["href"]]
        asked = soup(reprinting, f"/kwic?q={quote(word)}&fold=1")
        assert asked.h1.get_text().split()[1] == str(folded["occurrences"])
        assert "fold=1" in asked.select_one("a[href^='/kwic.csv']")["href"]
        differing += of_api["occurrences"] != folded["occurrences"]
    assert differing


def test_a_table_says_where_it_is_cut(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kwic, "MAX_SORTED", 3)
    rows, receipt = parted(client, "/kwic.csv?order=left&q=" + quote("驻村"))
    assert len(rows) == 4
    assert receipt["end"] == f"3 of {receipt['occurrences']} occurrences written; cut: a table in this order holds at most 3"


def test_in_the_order_of_the_reports_nothing_is_cut(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """The page says so where another order is cut; its table comes in batches and with the same lines."""
    whole, _ = parted(client, "/kwic.csv?q=" + quote("驻村"))
    monkeypatch.setattr(kwic, "MAX_SORTED", 3)
    monkeypatch.setattr(kwic, "MAX_LINES", 7)
    rows, receipt = parted(client, "/kwic.csv?q=" + quote("驻村"))
    assert rows == whole
    assert receipt["end"] == f"{len(rows) - 1} of {receipt['occurrences']} occurrences written"
    assert len(rows) - 1 == int(receipt["occurrences"]) > 3 * 7


def test_lines_of_a_concordance_have_no_last_page_but_their_own(client: FlaskClient) -> None:
    """A page of lines is no page of hits: what is behind hit 10,000 can be asked for."""
    for page in ("1001", "99999"):
        assert f"没有第 {page} 页" in soup(client, f"/kwic?page={page}&q=" + quote("驻村")).select_one(".empty").get_text()


def test_one_deadline_for_all_that_a_page_asks(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    found = client.get("/api/v1/search?q=" + quote("驻村")).get_json()["hits"][0]["id"]
    monkeypatch.setattr("search_web.app.PATIENCE", -1.0)
    for path in (f"/report/{found}?n=1&q=" + quote("驻村*工作"), "/coverage?under=" + quote("甘肃省"), "/kwic.csv?q=" + quote("一户*策"),
                 "/trends?by=region&terms=" + quote("以购*捐"), "/api/v1/search?q=" + quote("矛盾*纠纷")):
        assert client.get(path).status_code == 503, path
    monkeypatch.undo()
    assert client.get("/coverage").status_code == 200


def test_what_a_parameter_cannot_mean_is_told(client: FlaskClient) -> None:
    found = client.get("/api/v1/search?q=" + quote("驻村")).get_json()["hits"][0]["id"]
    for path, name in (("/trends?measure=zz&terms=" + quote("驻村"), "measure"), (f"/report/{found}?read=zz", "read"), (f"/report/{found}?n=x", "n")):
        assert f"“{name}”的值" in soup(client, path).select_one("main > .note").get_text()


def test_a_page_that_there_is_not_is_said(client: FlaskClient) -> None:
    page = soup(client, "/kwic?page=999&q=" + quote("驻村"))
    assert "没有第 999 页" in page.select_one(".empty").get_text()
    assert soup(client, page.select_one(".empty a")["href"]).select("table.kwic tbody tr")


def test_a_relaxed_search_has_its_concordance(client: FlaskClient) -> None:
    results = soup(client, "/search?q=" + quote("驻村 蜂蜜 外星人"))
    page = soup(client, next(link["href"] for link in results.select(".tools a") if link.get_text() == "语境列表"))
    assert {"驻村", "蜂蜜"} <= {mark.get_text() for mark in page.select("table.kwic mark")}
    assert "至少含其中 2 个" in page.select_one(".read").get_text()


def test_how_a_query_was_read_is_changed_on_the_page_that_says_it(client: FlaskClient) -> None:
    page = soup(client, "/kwic?width=12&order=right&q=" + quote("貧困戶 驻村"))
    links = {link.get_text(): link["href"] for link in page.select(".read a")}
    assert len(links) >= 3
    for text, href in links.items():
        assert href.startswith("/kwic?"), text
        assert {"width=12", "order=right"} <= set(href.split("?")[1].split("&")), text
        soup(client, href)
    results = soup(client, "/search?q=" + quote("貧困戶 驻村"))
    assert all(link["href"].startswith("/search?") for link in results.select(".read a"))


def test_counts_of_reports_and_of_groups(reprinting: FlaskClient) -> None:
    path = f"/trends?by=region&terms={quote('养羊，双联')}&region={quote('甘肃省')}"
    single = soup(reprinting, path)
    other = next(link for link in single.select("main .remark a") if link.get_text() == "只计一次")
    folded = soup(reprinting, other["href"])
    assert [page.select_one(".figures tfoot td").get_text() for page in (single, folded)] == ["3", "2"]
    for page, count, said in ((single, "3", False), (folded, "2", True)):
        csv_link = page.select_one("a[href^='/trends.csv']")["href"]
        rows, receipt = parted(reprinting, csv_link)
        assert (receipt["reports"], json.loads(receipt["interpretation"])["collapsed"]) == (count, said)
        assert [row[4] for row in rows if row[0] == "total"] == [count, count]
        assert all(("fold=1" in link["href"]) == said for link in page.select(".bar-table a, .chips a"))
    back = next(link for link in folded.select("main .remark a") if link.get_text() == "各计各的")
    assert soup(reprinting, back["href"]).select_one(".figures").get_text() == single.select_one(".figures").get_text()
    api = reprinting.get("/api/v1/trend", query_string={"term": "养羊", "by": "region", "fold": 1}).get_json()
    assert (api["collapsed"], api["total"]["all_reports"]) == (True, 5)
    lines = soup(reprinting, "/kwic?q=" + quote("养羊"))
    once = next(link for link in lines.select("main .remark a") if link.get_text() == "只计一次")
    assert int(soup(reprinting, once["href"]).h1.get_text().split()[1]) < int(lines.h1.get_text().split()[1])


def test_a_term_that_no_report_holds_is_named(client: FlaskClient) -> None:
    told = soup(client, "/trends?terms=" + quote("驻村，火星")).select_one(".note").get_text()
    assert "没有一篇报告含：火星" in told
    assert not soup(client, "/trends?terms=" + quote("驻村")).select(".note")


def test_coverage_counts_what_searches_find(client: FlaskClient) -> None:
    page = soup(client, "/coverage")
    for link in page.select("td.sum a, .cloud a"):
        count = int((link.select_one(".count") or link).get_text())
        assert total(soup(client, link["href"] + "&fold=0")) == count, link["href"]
    for known in page.select("#unknown-h + ul li"):
        assert bool(known.a) == bool(int(known.select_one(".count").get_text())), "what there is can be opened"
    rows, receipt = parted(client, "/coverage.csv?under=" + quote("甘肃"))
    assert rows[0] == ["table", "value", "year", "reports"]
    assert rows[1] == ["reports", "甘肃省", "", receipt["reports"]]
    assert (json.loads(receipt["filters"]), receipt["end"]) == ({"region": ["甘肃省"]}, f"{len(rows) - 1} rows written")
    assert {"index", "made_by", "time"} <= set(receipt)
    below = soup(client, page.select_one(".heat tbody th a")["href"])
    assert "回到全部地区" in below.main.get_text()


def test_every_example_of_the_help_page_runs(client: FlaskClient) -> None:
    page = soup(client, "/help")
    links = page.select(".examples a")
    assert [link.get_text() for link in links] == [example.query for topic in HELP for example in topic.examples]
    for link in links:
        soup(client, link["href"])


def test_about_names_what_made_the_index(client: FlaskClient) -> None:
    text = soup(client, "/about").main.get_text()
    for expected in ("jieba", "themes.tsv", "版次", "没有。每一页都收入了。"):
        assert expected in text
