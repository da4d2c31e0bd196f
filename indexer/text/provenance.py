"""Provenance: where in the clean text every repair acted, and which letters stood there from the start."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from indexer.model import Change, Edit, Left, Step
from indexer.text.repair.steps import Told

# Edits of one fixer that a report keeps; the count of all stands in its summary. Ordinary pages
# stay far below; a page of 10,000 hard-wrapped lines would otherwise weigh more than its text.
KEPT = 500
# Letters of a stretch that was replaced or written that are kept; beyond, its two ends.
LONGEST = 400
# In `origins`: a letter that a fixer wrote.
WRITTEN = -1


def changes(told: Sequence[Told]) -> tuple[Change, ...]:
    """Every edit of every step (see `steps.history`) in order, with its offset in the final text.

    >>> from indexer.text.repair.steps import history
    >>> steps = [Step("g", (Edit(0, 1, "0"),)), Step("b", (Edit(3, 4, ""),))]
    >>> [change.start for change in changes(history("o.6 米", steps))]
    [0, 3]
    """
    found: list[Change] = []
    for raw, step, places in told:
        found += (_change(step.fixer, at, raw[edit.start:edit.end], edit.new)
                  for edit, at in zip(step.edits, places, strict=True))
    return tuple(found)


def _change(fixer: str, start: int, before: str, after: str) -> Change:
    if len(before) <= LONGEST and len(after) <= LONGEST:
        return Change(fixer, start, before, after)
    cut = sum(max(0, len(text) - LONGEST) for text in (before, after))
    return Change(fixer, start, _ends(before), _ends(after), cut)


def _ends(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST // 2]}…{text[-LONGEST // 2:]}"


def of_report(found: Sequence[Change], start: int, end: int, shift: int, length: int) -> tuple[Change, ...]:
    """The edits between `start` and `end` of the page's text, by their offsets in a report's body.

    The body begins at `shift` and has `length` letters.  At most KEPT edits of one fixer, by place.
    """
    kept: Counter[str] = Counter()
    inside: list[Change] = []
    for change in found:
        if start <= change.start <= end and kept[change.fixer] < KEPT:
            kept[change.fixer] += 1
            at = _within(change.start - shift, length)
            inside.append(Change(change.fixer, at, change.before, change.after, change.cut))
    return tuple(sorted(inside, key=lambda change: change.start))


def left_in_report(left: Sequence[Left], start: int, end: int, shift: int, length: int) -> tuple[Left, ...]:
    """What was left unrepaired between `start` and `end`, by its offsets in a report's body."""
    return tuple(
        replace(item, start=_within(item.start - shift, length), end=_within(item.end - shift, length))
        for item in left if start <= item.start < end)


def _within(offset: int, length: int) -> int:
    return min(max(offset, 0), length)


def origins(raw: str, steps: Sequence[Step]) -> list[int]:
    """For every letter of the clean text: its offset in `raw`, or WRITTEN.

    Letters that stayed keep their order, so offsets ascend.

    >>> origins("o.6 米", [Step("glyphs", (Edit(0, 1, "0"),)), Step("blanks", (Edit(3, 4, ""),))])
    [-1, 1, 2, 4]
    """
    found = list(range(len(raw)))
    for step in steps:
        found = _moved(found, step.edits)
    return found


def raw_places(raw: str, steps: Sequence[Step]) -> Iterator[tuple[int, ...]]:
    """For every step: the offsets in `raw` at which its edits act (the next letter that was there)."""
    found = list(range(len(raw)))
    for step in steps:
        yield tuple(_next_known(found, edit.start, len(raw)) for edit in step.edits)
        found = _moved(found, step.edits)


def _moved(found: list[int], edits: Sequence[Edit]) -> list[int]:
    pieces: list[int] = []
    position = 0
    for edit in edits:
        pieces += found[position:edit.start]
        pieces += [WRITTEN] * len(edit.new)
        position = edit.end
    pieces += found[position:]
    return pieces


def _next_known(found: list[int], start: int, end: int) -> int:
    """The offset of the first letter from `start` on that was not written by a fixer."""
    return next((found[at] for at in range(start, len(found)) if found[at] != WRITTEN), end)
