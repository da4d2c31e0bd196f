"""Pictures of counts as plain geometry: where bars, tiles and lines stand; templates write the SVG."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

# Classes of darkness above zero.
SHADES = 5
# Years without a report are shown between others up to this many columns.
MAX_YEARS = 60
# Lines told apart by colour, dash and the shape of their points.
MAX_LINES = 6

# A line chart in its own units: the plot and the room for its labels.
WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 720, 300, 56, 16, 16, 32

# Every province in its rough place: row, column, name on the tile.
PROVINCES: Mapping[str, tuple[int, int, str]] = {
    "黑龙江省": (0, 8, "黑龙江"), "内蒙古自治区": (1, 5, "内蒙古"), "吉林省": (1, 8, "吉林"),
    "新疆维吾尔自治区": (2, 0, "新疆"), "北京市": (2, 6, "北京"), "天津市": (2, 7, "天津"),
    "辽宁省": (2, 8, "辽宁"), "青海省": (3, 1, "青海"), "甘肃省": (3, 2, "甘肃"),
    "宁夏回族自治区": (3, 3, "宁夏"), "陕西省": (3, 4, "陕西"), "山西省": (3, 5, "山西"),
    "河北省": (3, 6, "河北"), "山东省": (3, 7, "山东"), "西藏自治区": (4, 1, "西藏"),
    "四川省": (4, 3, "四川"), "重庆市": (4, 4, "重庆"), "河南省": (4, 5, "河南"),
    "安徽省": (4, 6, "安徽"), "江苏省": (4, 7, "江苏"), "云南省": (5, 3, "云南"),
    "贵州省": (5, 4, "贵州"), "湖北省": (5, 5, "湖北"), "江西省": (5, 6, "江西"),
    "浙江省": (5, 7, "浙江"), "上海市": (5, 8, "上海"), "广西壮族自治区": (6, 4, "广西"),
    "湖南省": (6, 5, "湖南"), "福建省": (6, 6, "福建"), "台湾省": (6, 8, "台湾"),
    "广东省": (7, 5, "广东"), "香港特别行政区": (7, 6, "香港"), "澳门特别行政区": (7, 7, "澳门"),
    "海南省": (8, 4, "海南"),
}


@dataclass(frozen=True, slots=True)
class Tile:
    """A province on the map: `shade` from 0 (no report) to SHADES."""

    value: str
    label: str
    row: int
    column: int
    count: int
    shade: int


@dataclass(frozen=True, slots=True)
class Column:
    """A bar of a histogram; `share` is its height in percent of the highest."""

    value: int
    count: int
    share: float


@dataclass(frozen=True, slots=True)
class Point:
    """A point of a line: where it stands, and what it says."""

    x: float
    y: float
    label: str
    value: float


@dataclass(frozen=True, slots=True)
class Line:
    """A line with its name; `runs` are its unbroken pieces as SVG point lists, gaps left open."""

    name: str
    points: tuple[Point, ...]
    runs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark on an axis."""

    at: float
    label: str


@dataclass(frozen=True, slots=True)
class LineChart:
    """Lines over years with both axes."""

    lines: tuple[Line, ...]
    years: tuple[Tick, ...]
    values: tuple[Tick, ...]


def shade(value: float, largest: float, *, share: bool = False) -> int:
    """The darkness of a value; of counts by the root, for one province often has most of all reports.

    >>> [shade(value, 100) for value in (0, 1, 20, 50, 100)]
    [0, 1, 3, 4, 5]
    >>> [shade(value, 100, share=True) for value in (0, 1, 20, 50, 100)]
    [0, 1, 2, 3, 5]
    """
    if value <= 0 or largest <= 0:
        return 0
    part = value / largest
    return min(SHADES, 1 + int((part if share else math.sqrt(part)) * SHADES))


def tiles(counts: Mapping[str, int]) -> tuple[Tile, ...]:
    """All provinces on their places, row by row."""
    largest = max((counts.get(name, 0) for name in PROVINCES), default=0)
    return tuple(Tile(name, label, row, column, counts.get(name, 0), shade(counts.get(name, 0), largest))
                 for name, (row, column, label) in PROVINCES.items())


def columns(counts: Mapping[int, int]) -> tuple[Column, ...]:
    """Years in order, those without a report between them included as long as they are few."""
    if not counts:
        return ()
    span = range(min(counts), max(counts) + 1)
    shown = span if len(span) <= MAX_YEARS else sorted(counts)
    largest = max(counts.values())
    return tuple(Column(year, counts.get(year, 0), round(100 * counts.get(year, 0) / largest, 1))
                 for year in shown)


def line_chart(series: Mapping[str, Mapping[int, float | None]]) -> LineChart | None:
    """Lines of the same years; None where there is no year at all.

    None as a value (nothing to divide by) leaves a gap.  At most MAX_LINES lines.
    """
    years = sorted({year for values in series.values() for year in values})
    if not years:
        return None
    largest = max((value for values in series.values() for value in values.values() if value), default=1.0)
    steps = ticks(largest)
    top = steps[-1]
    width, height = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM
    span = max(years[-1] - years[0], 1)

    def place(year: int, value: float) -> tuple[float, float]:
        return (round(LEFT + width * (year - years[0]) / span, 1), round(TOP + height * (1 - value / top), 1))

    lines = tuple(_line(name, {year: (place(year, value), value) if value is not None else None
                               for year, value in sorted(values.items())})
                  for name, values in list(series.items())[:MAX_LINES])
    every = max(1, math.ceil((years[-1] - years[0] + 1) / 14))
    return LineChart(
        lines, tuple(Tick(place(year, 0)[0], str(year)) for year in range(years[0], years[-1] + 1, every)),
        tuple(Tick(place(years[0], step)[1], f"{step:,.10g}") for step in steps))


def _line(name: str, placed: Mapping[int, tuple[tuple[float, float], float] | None]) -> Line:
    points: list[Point] = []
    runs: list[list[str]] = []
    run: list[str] = []
    for year, found in placed.items():
        if found is None:
            runs.append(run)
            run = []
            continue
        (x, y), value = found
        points.append(Point(x, y, str(year), value))
        run.append(f"{x},{y}")
    runs.append(run)
    return Line(name, tuple(points), tuple(" ".join(run) for run in runs if len(run) > 1))


def ticks(largest: float, about: int = 4) -> tuple[float, ...]:
    """Round numbers from 0 to beyond the largest value.

    >>> ticks(37), ticks(0.8)
    ((0.0, 10.0, 20.0, 30.0, 40.0), (0.0, 0.2, 0.4, 0.6, 0.8))
    """
    raw = largest / about
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(factor * power for factor in (1, 2, 2.5, 5, 10) if factor * power >= raw * (1 - 1e-9))
    return tuple(round(step * number, 10) for number in range(math.ceil(largest / step - 1e-9) + 1))


@dataclass(frozen=True, slots=True)
class Heat:
    """A table shaded by its values: rows by name, a cell (value, shade) for each column."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[tuple[float, int], ...]], ...]


def heat(names: Sequence[str], rows: Mapping[str, Mapping[str, float]]) -> Heat:
    """Shade a table; the darkest cell is the largest of all."""
    largest = max((value for row in rows.values() for value in row.values()), default=0)
    return Heat(tuple(names), tuple(
        (name, tuple((row.get(column, 0), shade(row.get(column, 0), largest)) for column in names))
        for name, row in rows.items()))
