"""One page may hold several reports: find where each begins, and the headings inside one."""

from __future__ import annotations

import re
from itertools import pairwise

from indexer.model import Section
from indexer.text.repair.layout import HEADING, MAX_HEADING

_NUMERALS = "一二三四五六七八九十"
# How document-sharing sites count the reports that they put together: 第一篇：, 篇二：, 范文3：.
_PART = re.compile(
    r"^[【（(]?(?:第(?P<a>[一二三四五六七八九十]{1,3}|\d{1,2})篇|(?:篇|范文|範文)"
    r"(?P<b>[一二三四五六七八九十]{1,3}|\d{1,2}))[】）)]?[:：]", re.MULTILINE)
# A run-in heading ends with its first full stop: 一、成立领导小组，靠实工作责任。文管委成立了……
_RUN_IN_END = re.compile("[。：；]")


def split_reports(text: str) -> tuple[tuple[int, int], ...]:
    """Start and end of every report of a page, in characters; one span for an ordinary page.

    A compilation says 第一篇：, 第二篇：… (or 篇一：…) at the start of lines, in order.  What stands
    in front of the first (the compiler's title) goes with the first report: nothing is lost.

    >>> split_reports("汇编\\n第一篇：甲\\n文\\n第二篇：乙\\n文")
    ((0, 11), (11, 18))
    """
    starts: list[int] = []
    for match in _PART.finditer(text):
        if _number(match["a"] or match["b"]) == len(starts) + 1:
            starts.append(match.start())
    if len(starts) < 2:
        return ((0, len(text)),)
    bounds = [0, *starts[1:], len(text)]
    return tuple(pairwise(bounds))


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
