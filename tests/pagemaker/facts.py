"""What a page shows of a report: the gold of dates, source, author and period that a reader can know."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from tests.pagemaker.gold import Report

DIGITS = dict(zip("〇零一二三四五六七八九", (0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9), strict=True))
DAY = re.compile(r"(20\d\d)年(\d{1,2})月(?:(\d{1,2})日)?")
NUMERAL = "[一二三四五六七八九十廿]{1,3}"
CHINESE_DAY = re.compile(rf"二([〇零])([〇零一二])([〇零一二三四五六七八九])年({NUMERAL})月({NUMERAL})日")
WEATHER = "晴|阴|雨|雪|小雨|中雨|多云|大雾|阵雨|小雪|晴转多云|多云转晴"
DATE_LINE = re.compile(
    rf"[（(]?(?:20\d\d年\d{{1,2}}月(?:\d{{1,2}}日)?|二[〇零][〇零一二].年{NUMERAL}月{NUMERAL}日)"
    rf"[ ，,　]*(?:(?:星期|周).)?[ ，,　]*(?:{WEATHER})?[）)]?\Z"
)
BYLINE = r"(?:记者|通讯员|作者|撰稿|撰稿人|文/|供稿)[^，。]{0,12}"
NO_OFFICE = re.compile(r"[，。；：！？、]|\d|XX")


@dataclass(frozen=True, slots=True)
class Shown:
    """Which facts the page prints beside the text."""

    published: str | None = None
    source: bool = False
    author: bool = False


def small_number(text: str) -> int:
    """A Chinese numeral below 100: 二十六 → 26."""
    tens, ten, ones = text.replace("廿", "二十").rpartition("十")
    if not ten:
        return DIGITS[ones]
    return (DIGITS[tens] if tens else 1) * 10 + (DIGITS[ones] if ones else 0)


def day_in(line: str) -> str | None:
    """The date that a line prints, as ISO in the precision printed."""
    plain = DAY.search(line)
    if plain:
        year, month, day = plain.groups()
        return f"{year}-{int(month):02d}" + (f"-{int(day):02d}" if day else "")
    spelt = CHINESE_DAY.search(line)
    if spelt:
        year = "2" + "".join(str(DIGITS[c]) for c in spelt.groups()[:3])
        return f"{year}-{small_number(spelt[4]):02d}-{small_number(spelt[5]):02d}"
    return None


def dated_line(report: Report) -> tuple[int, str] | None:
    """Index and date of a line that is nothing but a date: the signature, else below the title.

    A diary of several entries has several such lines on top of its parts: none of them dates it.
    """
    dated = [
        (n, found)
        for n, line in enumerate(report.paragraphs)
        if DATE_LINE.match(line.strip()) and (found := day_in(line))
    ]
    last = len(report.paragraphs) - 1
    if dated and dated[-1][0] >= max(last - 2, 2):
        return dated[-1]
    return dated[0] if len(dated) == 1 and dated[0][0] < min(2, last) else None


def signing_office(report: Report) -> str | None:
    """The organisation on the line before a closing date line, or on the last line."""
    dated = dated_line(report)
    if dated is None or dated[0] < 2:
        return None
    line = report.paragraphs[dated[0] - 1].strip()
    return line if 4 <= len(line) <= 30 and not NO_OFFICE.search(line.upper()) else None


def as_shown(report: Report, shown: Shown) -> Report:
    """The gold of `report` on a page that prints `shown` beside the text."""
    dated = dated_line(report)
    published = shown.published or (dated[1] if dated else None)
    text = "\n".join((report.title, report.subtitle or "", *report.paragraphs))
    spelt = {y: "".join("〇一二三四五六七八九"[int(d)] for d in str(y)) for y in report.period}
    year_shown = published is not None and int(published[:4]) in report.period
    period = tuple(y for y in report.period if year_shown or str(y) in text or spelt[y] in text)
    author = report.author
    if author and not shown.author and not re.search(BYLINE + re.escape(author), text):
        author = None
    source = report.source if shown.source else signing_office(report)
    return replace(report, published=published, period=period, source=source, author=author)


def anonymised(report: Report) -> Report:
    """F9: the site masked the places (`XX县区`, `xx镇`). The report's region can no longer be known."""
    mark = "XX" if len(report.title) % 2 else "xx"
    masks: list[tuple[str, str]] = []
    for region in report.regions:
        for name in reversed(region.path):
            stem = name.rstrip("省市县区乡镇村旗盟州")
            masks += [(name, mark + name[-1])] + ([(stem, mark)] if len(stem) >= 2 else [])

    def mask(text: str) -> str:
        for name, masked in masks:
            text = text.replace(name, masked)
        return text

    return replace(
        report,
        title=mask(report.title),
        subtitle=mask(report.subtitle) if report.subtitle else None,
        paragraphs=tuple(map(mask, report.paragraphs)),
        regions=(),
        source=None,
    )


def truncated(report: Report, share: float) -> Report:
    """F12: the document breaks off in mid-sentence; nobody can know the rest."""
    keep = max(2, round(len(report.paragraphs) * share))
    if keep >= len(report.paragraphs):
        return report
    last = report.paragraphs[keep]
    return replace(report, paragraphs=(*report.paragraphs[:keep], last[: max(8, len(last) * 2 // 3)]))


def without_symbols(report: Report) -> Report:
    """F8: every CJK symbol but `、。“”` is lost: `兰政办发200828号`, titles without 《》."""
    table = str.maketrans("", "", "《》〔〕【】℃㎡·")
    return replace(
        report,
        title=report.title.translate(table),
        paragraphs=tuple(p.translate(table) for p in report.paragraphs),
    )
