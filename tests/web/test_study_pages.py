"""The pages for research, help and about: pictures, their tables, and the same numbers as CSV."""

from __future__ import annotations

import csv
import io
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient

from search_web.charts import MAX_LINES, columns, heat, line_chart, shade, ticks, tiles
from search_web.query_help import HELP
from tests.web.test_pages import soup, total


def table(client: FlaskClient, path: str) -> list[list[str]]:
    """A CSV answer as rows; it opens in a spreadsheet."""
    response = client.get(path)
    assert response.status_code == 200
    assert response.content_type == "text/csv; charset=utf-8"
    assert response.data.startswith(b"\xef\xbb\xbf")
    assert "attachment" in response.headers["Content-Disposition"]
    return list(csv.reader(io.StringIO(response.data.decode("utf-8-sig"))))


def test_every_occurrence_in_its_context(client: FlaskClient) -> None:
    page = soup(client, "/kwic?q=" + quote("駐村"))
    lines = page.select("table.kwic tbody tr")
    assert {line.mark.get_text() for line in lines} <= {"驻村", "駐村"}
    assert "处" in page.h1.get_text()
    rows = table(client, next(link["href"] for link in page.select(".remark a") if "CSV" in link.get_text()))
    assert rows[0][:3] == ["left", "hit", "right"]
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
    rows = table(client, next(link["href"] for link in page.select(".remark a") if "CSV" in link.get_text()))
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


def test_coverage_counts_what_searches_find(client: FlaskClient) -> None:
    page = soup(client, "/coverage")
    for link in page.select("td.sum a, .cloud a"):
        count = int((link.select_one(".count") or link).get_text())
        assert total(soup(client, link["href"] + "&fold=0")) == count, link["href"]
    rows = table(client, "/coverage.csv")
    assert rows[0] == ["table", "value", "year", "reports"]
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


def test_shades_and_tiles() -> None:
    assert [shade(value, 100) for value in (0, 1, 100)] == [0, 1, 5]
    placed = tiles({"甘肃省": 4})
    assert len(placed) == 34
    assert len({(tile.row, tile.column) for tile in placed}) == 34
    assert [tile.label for tile in placed if tile.shade] == ["甘肃"]


def test_columns_hold_the_years_between() -> None:
    assert [(one.value, one.count) for one in columns({2012: 2, 2014: 1})] == [(2012, 2), (2013, 0), (2014, 1)]
    assert [one.value for one in columns({1912: 2, 2014: 1})] == [1912, 2014]
    assert columns({}) == ()


def test_lines_leave_gaps_where_nothing_can_be_divided() -> None:
    chart = line_chart({"甲": {2012: 1.0, 2013: None, 2014: 2.0, 2015: 0.0}, "乙": {2012: 0.5}})
    assert chart is not None
    first, second = chart.lines
    assert (len(first.runs), len(first.points), len(second.points)) == (1, 3, 1)
    assert line_chart({}) is None
    many = line_chart({str(number): {2012: 1.0} for number in range(20)})
    assert many is not None
    assert len(many.lines) == MAX_LINES


@pytest.mark.parametrize("largest", [0.003, 0.8, 1, 7, 99, 100, 12345, 1e9])
def test_ticks_are_round_and_reach_the_largest(largest: float) -> None:
    found = ticks(largest)
    assert found[0] == 0
    assert found[-1] >= largest * 0.999999
    assert 2 <= len(found) <= 7


def test_heat_keeps_the_order() -> None:
    table = heat(["2012", "2013"], {"甘肃省": {"2013": 4.0}, "四川省": {}})
    assert table.rows == (("甘肃省", ((0, 0), (4.0, 5))), ("四川省", ((0, 0), (0, 0))))
