"""Edits and steps: how a fixer says what it changes, and how that is applied, replayed and shown."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from indexer.model import Edit, Fix, Label, Left, Step

# Characters of context on both sides of an example, and examples kept for a fixer.
CONTEXT = 6
EXAMPLES = 3
# Characters of an edit that an example shows.
SHOWN = 80


@dataclass(frozen=True, slots=True)
class Proposal:
    """What one fixer would do to a text: edits, metadata lines taken out, damage left alone."""

    edits: tuple[Edit, ...] = ()
    labels: tuple[Label, ...] = ()
    left: tuple[Left, ...] = ()


Fixer = Callable[[str], Proposal]


def substitute(pattern: re.Pattern[str], new: str | Callable[[re.Match[str]], str],
               text: str) -> Proposal:
    """The edits of a `re.sub`, leaving out those that would change nothing."""
    edits = []
    for match in pattern.finditer(text):
        value = new if isinstance(new, str) else new(match)
        if value != match.group():
            edits.append(Edit(match.start(), match.end(), value))
    return Proposal(tuple(edits))


def apply(text: str, edits: Iterable[Edit]) -> str:
    """`text` with `edits` (ascending, disjoint) made.

    Raises ValueError when the edits overlap or lie outside the text.

    >>> apply("o.6米", [Edit(0, 1, "0")])
    '0.6米'
    """
    pieces: list[str] = []
    position = 0
    for edit in edits:
        if not position <= edit.start <= edit.end <= len(text):
            raise ValueError(f"edit {edit} is out of order or out of the text")
        pieces += (text[position:edit.start], edit.new)
        position = edit.end
    pieces.append(text[position:])
    return "".join(pieces)


def replay(raw: str, steps: Sequence[Step]) -> str:
    """The clean text again, from the raw one and the recorded steps."""
    for step in steps:
        raw = apply(raw, step.edits)
    return raw


def examples(before: str, step: Step) -> tuple[tuple[str, str], ...]:
    """Up to three places where `step` acted on `before`, as (before, after) with some context."""
    shown = []
    for edit in step.edits[:EXAMPLES]:
        head = before[max(0, edit.start - CONTEXT):edit.start]
        tail = before[edit.end:edit.end + CONTEXT]
        shown.append((head + _shortened(before[edit.start:edit.end]) + tail,
                      head + _shortened(edit.new) + tail))
    return tuple(shown)


def _shortened(text: str) -> str:
    """A long line that was taken out is shown by its two ends."""
    return text if len(text) <= SHOWN else f"{text[:SHOWN // 2]}…{text[-SHOWN // 2:]}"


def landings(steps: Sequence[Step]) -> list[list[int]]:
    """For every edit of every step: the offset in the final text where it acted.

    >>> landings([Step("a", (Edit(0, 2, ""),)), Step("b", (Edit(3, 4, "xy"),))])
    [[0], [3]]
    """
    found: list[list[int]] = []
    for number, step in enumerate(steps):
        at = _after(step.edits, [edit.start for edit in step.edits])
        for later in steps[number + 1:]:
            at = _after(later.edits, at)
        found.append(at)
    return found


# A step with the text that it found, and where in the final text each of its edits acted.
Told = tuple[str, Step, list[int]]


def history(raw: str, steps: Sequence[Step]) -> tuple[Told, ...]:
    """What every step did, for all who tell of it."""
    told: list[Told] = []
    for step, places in zip(steps, landings(steps), strict=True):
        told.append((raw, step, places))
        raw = apply(raw, step.edits)
    return tuple(told)


def _after(edits: Sequence[Edit], positions: Sequence[int]) -> list[int]:
    """Offsets of a text (ascending) as offsets of the text that `edits` make of it.

    An offset inside of what was replaced becomes the start of the replacement.
    """
    moved: list[int] = []
    shift = 0
    following = 0
    for position in positions:
        while following < len(edits) and edits[following].end <= position and (
                edits[following].start < position):
            edit = edits[following]
            shift += len(edit.new) - (edit.end - edit.start)
            following += 1
        inside = following < len(edits) and edits[following].start < position
        moved.append((edits[following].start if inside else position) + shift)
    return moved


def summarise(told: Sequence[Told], start: int = 0, end: int | None = None) -> tuple[Fix, ...]:
    """One line a fixer for the reader: how often it acted between `start` and `end` of the final
    text, with examples."""
    counts: dict[str, int] = {}
    shown: dict[str, tuple[tuple[str, str], ...]] = {}
    for raw, step, places in told:
        inside = tuple(edit for edit, at in zip(step.edits, places, strict=True)
                       if start <= at and (end is None or at <= end))
        if inside:
            counts[step.fixer] = counts.get(step.fixer, 0) + len(inside)
            more = examples(raw, Step(step.fixer, inside))
            shown[step.fixer] = (shown.get(step.fixer, ()) + more)[:EXAMPLES]
    return tuple(Fix(name, count, shown[name]) for name, count in counts.items())
