"""Key words in context: every occurrence of a query's strings, aligned, sorted, with its reference."""

from __future__ import annotations

import time
from bisect import bisect_right
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import Any

from indexer.errors import TookTooLong, UsageError
from indexer.store.engine import Concordance, Hit
from indexer.store.exact import bare, tight
from search_web.answer.occurrences import Leaf, Text, distinct, occurrences, strings
from search_web.answer.shape import interpretation, texts
from search_web.commit import Commit
from search_web.query.question import Question

SORTS = ("position", "left", "right", "year", "region")
# Letters of context on either side.
WIDTH, MIN_WIDTH, MAX_WIDTH = 30, 5, 200
# Sorting by what stands beside the hits reads all of them: so many at most, and the answer says so.
MAX_SORTED = 20_000
MAX_LINES = 500
# Seconds that reading them may take: one reader does not keep the others waiting.
MAX_SECONDS = 5.0

_BREAKS = {ord("\n"): " ", ord("\t"): " "}


@dataclass(frozen=True, slots=True)
class Line:
    """An occurrence with its context, and where it stands."""

    left: str
    hit: str
    right: str
    report: str
    title: str | None
    year: str | None
    region: list[str] | None
    area: str
    offset: int
    before: str = ""
    after: str = ""

    def values(self) -> dict[str, Any]:
        """As JSON values."""
        return {"left": self.left, "hit": self.hit, "right": self.right, "report": self.report,
                "title": self.title, "year": self.year, "region": self.region, "area": self.area,
                "offset": self.offset}


def concordance(commit: Commit, question: Question, width: int, sort: str) -> dict[str, Any]:
    """The lines `offset` to `offset + limit` of the concordance of a question.

    `position` follows the reports in the question's order; the other orders are alphabetic by the
    letters beside the hit, without punctuation.  Raises UsageError, and TookTooLong where sorting
    would last longer than MAX_SECONDS.
    """
    _check(question, width, sort)
    # As the search reads it: where no report holds all words, what holds most of them is aligned.
    asked = commit.find(replace(question, limit=0, offset=0))
    reading, filters, request = asked.reading, asked.filters, asked.request
    leaves = distinct(strings(reading.query))
    if not leaves:
        raise UsageError("A concordance needs a word or a string to look for.", "kwic-no-words")
    found = commit.searcher.concordance(request, leaves)
    end = question.offset + question.limit
    if sort == "position":
        lines, is_sorted = _in_place(found, leaves, width, question.offset, end), found.total
    else:
        key = ("kwic", replace(question, limit=0, offset=0), width, sort)
        every = commit.once(key, lambda: _sorted(found, leaves, width, sort))
        lines, is_sorted = every[question.offset:end], len(every)
    return {
        "query": question.query, "strings": [_shown(leaf) for leaf in leaves],
        "interpretation": interpretation(reading, question, filters, request.sort),
        "occurrences": found.total, "reports": len(found.counts), "width": width, "sort": sort,
        "sorted": is_sorted, "max_sorted": MAX_SORTED, "complete": is_sorted >= found.total,
        "offset": question.offset, "lines": [line.values() for line in lines],
    }


def _check(question: Question, width: int, sort: str) -> None:
    if sort not in SORTS:
        raise UsageError(f"Unknown order {sort[:40]!r}: use {', '.join(SORTS)}.", "unknown-kwic-sort",
                         value=sort)
    if not MIN_WIDTH <= width <= MAX_WIDTH:
        raise UsageError(f"The width of the context must lie between {MIN_WIDTH} and {MAX_WIDTH} letters.",
                         "bad-width", least=MIN_WIDTH, limit=MAX_WIDTH)
    if not 0 <= question.limit <= MAX_LINES:
        raise UsageError(f"The number of lines must lie between 0 and {MAX_LINES}.", "bad-limit",
                         limit=MAX_LINES)
    if question.offset < 0:
        raise UsageError("Lines are counted from 0.", "negative-offset")


def _shown(leaf: Leaf) -> str:
    return getattr(leaf, "text", None) or " … ".join(getattr(leaf, "parts", ()))


def _in_place(found: Concordance, leaves: tuple[Leaf, ...], width: int, start: int, end: int) -> list[Line]:
    """A stretch of the lines in the order of the reports: only the reports it touches are read."""
    ends = list(accumulate(found.counts))
    number = bisect_right(ends, start)
    lines: list[Line] = []
    skipped = start - (ends[number - 1] if number else 0)
    while number < len(ends) and len(lines) < skipped + end - start:
        lines += _lines(found.hit(number), leaves, width)
        number += 1
    return lines[skipped:skipped + end - start]


def _sorted(found: Concordance, leaves: tuple[Leaf, ...], width: int, sort: str) -> list[Line]:
    lines: list[Line] = []
    deadline = time.monotonic() + MAX_SECONDS
    for number in range(len(found.counts)):
        if len(lines) >= MAX_SORTED:
            break
        if time.monotonic() > deadline:
            raise TookTooLong("Sorting so many occurrences takes too long: narrow the search by region, year "
                              "or more words, or read them in the order of the reports.", "took-too-long")
        lines += _lines(found.hit(number), leaves, width)
    del lines[MAX_SORTED:]
    keys = {
        "left": lambda line: line.before[::-1], "right": lambda line: line.after,
        "year": lambda line: line.year or "9999", "region": lambda line: line.region or ["\U0010ffff"],
    }
    return sorted(lines, key=keys[sort])


def _lines(hit: Hit, leaves: tuple[Leaf, ...], width: int) -> list[Line]:
    """The occurrences in one report, those of the title first."""
    stored = hit.stored
    year = str(stored["period"][0]) if stored["period"] else (stored["published"] or "")[:4] or None
    lines = []
    for text in texts(hit):
        for start, end in sorted(span for leaf in leaves for span in occurrences(leaf, text)):
            lines.append(Line(
                _context(text, start - width, start), text.shown[start:end].translate(_BREAKS),
                _context(text, end, end + width), hit.id, stored["title"], year, stored["region"],
                text.area, start, _letters(text, start - width, start), _letters(text, end, end + width)))
    return lines


def _context(text: Text, start: int, end: int) -> str:
    return text.shown[max(start, 0):end].translate(_BREAKS)


def _letters(text: Text, start: int, end: int) -> str:
    return bare(tight(text.folded[max(start, 0):end]))
