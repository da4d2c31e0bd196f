"""One page may hold several reports: find where each begins, and the headings inside one."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import pairwise

from indexer.model import Section
from indexer.text.repair.layout import HEADING, MAX_HEADING

_NUMERALS = "一二三四五六七八九十"
_COUNT = r"(?P<count>[一二三四五六七八九十]{1,3}|\d{1,2})"
# How document-sharing sites count the reports that they put together: 第一篇：, 【篇二】, 范文3：; without a
# colon or a bracket only a short line counts, since prose may begin with 第一篇 too.
_PART = re.compile(
    rf"^[【\[（(]?(?:第{_COUNT}篇|(?:篇|范文|範文){_COUNT.replace('count', 'other')})"
    r"(?:[】\])）]\s*[:：]?|\s*[:：]|(?=[ \u3000]?[^，。；\n]{0,40}$))", re.MULTILINE)
# … or behind one name for all of them: 驻村工作总结范文一, 帮扶工作汇报（二）, 心得体会篇3.
_NAMED_PART = re.compile(
    r"^(?P<name>[^，。；：:\n]{0,24}(?:总结|總結|汇报|匯報|报告|報告|体会|體會|材料|讲话|講話|发言|發言|方案|计划|計劃|"
    rf"日志|日誌|心得))(?:范文|範文|篇|例文|[(（])\s?{_COUNT}[)）]?\s*[:：]?$", re.MULTILINE)
# A part of fewer characters is an entry of a list of contents, or a section.
MIN_PART = 100
# A run-in heading ends with its first full stop: 一、成立领导小组，靠实工作责任。文管委成立了……
_RUN_IN_END = re.compile("[。：；]")


def split_reports(text: str) -> tuple[tuple[int, int], ...]:
    """Start and end of every report of a page, in characters; one span for an ordinary page.

    A compilation says 第一篇：, 第二篇：… (or 篇一：…, or 工作总结范文一 …) at the start of lines, in
    order.  What stands in front of the first (the compiler's title) goes with the first report:
    nothing is lost.

    >>> split_reports("汇编\\n第一篇：甲\\n文\\n第二篇：乙\\n文")
    ((0, 11), (11, 18))
    """
    parts = [(match["count"] or match["other"], match.start()) for match in _PART.finditer(text)]
    starts = _counted(parts, len(text)) or _named_parts(text)
    if len(starts) < 2:
        return ((0, len(text)),)
    bounds = [0, *starts[1:], len(text)]
    return tuple(pairwise(bounds))


def _counted(numerals: Iterable[tuple[str, int]], end: int) -> list[int]:
    """The places of those numerals that count 1, 2, 3 …; of several such rows that with the longest
    parts: the first may be a list of contents."""
    rows: list[list[int]] = []
    for numeral, start in numerals:
        if _number(numeral) == 1:
            rows.append([start])
        elif rows and _number(numeral) == len(rows[-1]) + 1:
            rows[-1].append(start)
    rows = [row for row in rows if len(row) > 1]
    return max(rows, key=lambda row: _shortest(row, end), default=[])


def _shortest(starts: list[int], end: int) -> int:
    return min(stop - start for start, stop in pairwise([*starts, end]))


def _named_parts(text: str) -> list[int]:
    """Where the parts begin that one name counts; headings of sections, which are short, are none."""
    named: dict[str, list[tuple[str, int]]] = {}
    for match in _NAMED_PART.finditer(text):
        named.setdefault(match["name"], []).append((match["count"], match.start()))
    rows = filter(None, (_counted(places, len(text)) for places in named.values()))
    return next((row for row in rows if _shortest(row, len(text)) >= MIN_PART), [])


def _number(numeral: str) -> int:
    """The value of a numeral up to 99 (十二 → 12)."""
    if numeral.isdecimal():
        return int(numeral)
    tens, ten, ones = numeral.rpartition("十")
    value = (_NUMERALS.index(tens[0]) + 1 if tens else 1) * 10 if ten else 0
    return value + (_NUMERALS.index(ones[0]) + 1 if ones else 0)


def sections(body: str) -> tuple[Section, ...]:
    """Numbered headings of a report, standing alone or run in, with their offsets.

    >>> [s.heading for s in sections("前言\\n一、抓组织，促落实。成立了小组。\\n二、成效\\n正文")]
    ['一、抓组织，促落实', '二、成效']
    """
    found = []
    start = 0
    for line in body.split("\n"):
        if HEADING.match(line):
            end = _RUN_IN_END.search(line)
            heading = line[:end.start()] if end else line
            if len(heading) <= MAX_HEADING:
                found.append(Section(heading.strip(), start))
        start += len(line) + 1
    return tuple(found)
