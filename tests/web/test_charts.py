"""Charts as numbers for templates: shades, tiles, columns, lines and their gaps, ticks, heat."""

from __future__ import annotations

import pytest

from search_web.pages.charts import MAX_LINES, columns, heat, line_chart, shade, ticks, tiles


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
