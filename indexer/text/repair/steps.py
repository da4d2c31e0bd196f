"""Edits and steps: how a fixer says what it changes, and how that is applied, replayed and shown."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from indexer.model import Edit, Fix, Label, Left, Step

# Characters of context on both sides of an example, and examples kept for a fixer.
CONTEXT = 6
EXAMPLES = 3


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
        shown.append((head + before[edit.start:edit.end] + tail, head + edit.new + tail))
    return tuple(shown)


def summarise(raw: str, steps: Sequence[Step]) -> tuple[Fix, ...]:
    """One line a fixer for the reader: how often it acted, with examples."""
    counts: dict[str, int] = {}
    shown: dict[str, tuple[tuple[str, str], ...]] = {}
    for step in steps:
        counts[step.fixer] = counts.get(step.fixer, 0) + len(step.edits)
        shown[step.fixer] = (shown.get(step.fixer, ()) + examples(raw, step))[:EXAMPLES]
        raw = apply(raw, step.edits)
    return tuple(Fix(name, count, shown[name]) for name, count in counts.items())
