"""The page as received beside what was made of it, read again from where it lies; nothing of it runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from indexer.archive import reread
from indexer.errors import UnreadablePage
from indexer.inspection import Row, Spot, rows, spots, visible
from indexer.model import Problem, Processed, RawPage, Source
from indexer.pipeline import process
from indexer.text.decode import decode

# A longer page is not cleaned again while a reader waits (this one takes about a second); letters that
# are shown of its source, and of the comparison.
MAX_BYTES = 300_000
MAX_LETTERS = 50_000
# Repairs of one rule that are listed.
MAX_SPOTS = 200


@dataclass(frozen=True, slots=True)
class Cell:
    """A piece of a line: kept, or gone from the left side, or new on the right."""

    text: str
    changed: bool


@dataclass(frozen=True, slots=True)
class Line:
    """The same words before and after, with the numbers of the lines that begin here (0: none does)."""

    left_number: int
    left: tuple[Cell, ...]
    right_number: int
    right: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Sides:
    """Both sides of a page.

    `trouble` says why the page cannot be shown; `changed`: its bytes are not those that were
    indexed.  `by_rule` lists every repair where it was made; `cut` and `long` say that the source or
    the comparison is not shown to its end, `whole` how many bytes the page has.
    """

    trouble: str = ""
    changed: bool = False
    source: str = ""
    cut: bool = False
    lines: tuple[Line, ...] = ()
    long: bool = False
    whole: int = 0
    by_rule: Mapping[str, tuple[Spot, ...]] = field(default_factory=dict)
    left: tuple[tuple[str, str, str], ...] = ()


def side_by_side(report: Mapping[str, Any]) -> Sides:
    """Read the page of a report again and compare. Never raises for what it finds there."""
    page = report["page"]
    if page["source"] is None:
        return Sides("索引没有记下原始网页的位置。")
    raw = received(report)
    if raw is None:
        return Sides("原始网页已不在原处，无法并列对照；以下是编入索引时的记录。")
    return _compared(raw, raw.sha256 != page["sha256"])


def received(report: Mapping[str, Any]) -> RawPage | None:
    """The page of a report as it lies there now; None where it cannot be read any more."""
    where = report["page"]["source"]
    if where is None:
        return None
    raw = reread(Source(where["file"], where["member"], where["record"]), path=report["page"]["path"])
    return None if isinstance(raw, Problem) else raw


def _compared(raw: RawPage, changed: bool) -> Sides:
    try:
        text = decode(raw).text
    except UnreadablePage:
        return Sides("原处的文件已变，无法再读成文字。", changed)
    source, cut, whole = text[:MAX_LETTERS], len(text) > MAX_LETTERS, len(raw.content)
    if whole > MAX_BYTES:
        return Sides("", changed, source, cut, long=True, whole=whole)
    processed = process(raw)
    if isinstance(processed, Problem):
        return Sides("", changed, source, cut, whole=whole)
    lines, long = _first(processed)
    found: dict[str, list[Spot]] = {}
    for spot in spots(processed):
        found.setdefault(spot.fixer, []).append(spot)
    clean = processed.repaired.text
    return Sides("", changed, source, cut, lines, long, whole,
                 {name: tuple(some[:MAX_SPOTS]) for name, some in found.items()},
                 tuple((one.fixer, visible(clean[one.start:one.end])[:60], one.reason)
                       for one in processed.repaired.left))


def _first(processed: Processed) -> tuple[tuple[Line, ...], bool]:
    """The lines of the comparison up to MAX_LETTERS on a side; are there more?"""
    lines: list[Line] = []
    letters = 0
    for row in rows(processed):
        if letters > MAX_LETTERS:
            return tuple(lines), True
        lines.append(_line(row))
        letters += max(sum(len(text) for text, _ in runs) for runs in (row.left, row.right))
    return tuple(lines), False


def _line(row: Row) -> Line:
    left, right = (tuple(Cell(text, bool(style)) for text, style in runs) for runs in (row.left, row.right))
    return Line(row.left_line, left, row.right_line, right)
