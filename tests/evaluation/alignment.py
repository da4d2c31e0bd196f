"""Where two versions of a text agree and where they differ: by lines first, then by characters."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher


@dataclass(frozen=True, slots=True)
class Difference:
    """`gold[start:end]` stands in the other text as `other`, at offset `at` there."""

    start: int
    end: int
    other: str
    at: int


def differences(gold: str, other: str) -> list[Difference]:
    """The places where `other` differs from `gold`, ascending; touching places are one.

    >>> differences("幫扶單位的責任", "幫扶單位責 任")
    [Difference(start=4, end=5, other='', at=4), Difference(start=6, end=6, other=' ', at=5)]
    """
    if gold == other:
        return []
    found: list[Difference] = []
    a, b = gold.splitlines(keepends=True), other.splitlines(keepends=True)
    at, bt = _offsets(a), _offsets(b)
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        if tag != "equal":
            found += _by_characters(gold[at[i1]:at[i2]], other[bt[j1]:bt[j2]], at[i1], bt[j1])
    return _joined(found)


def agreeing(gold: str, other: str) -> int:
    """How many characters of `gold` stand in `other`, in order."""
    return len(gold) - sum(place.end - place.start for place in differences(gold, other))


def similarity(gold: str, other: str) -> float:
    """Twice the agreeing characters over the length of both texts: 1.0 for equal ones."""
    length = len(gold) + len(other)
    return 2 * agreeing(gold, other) / length if length else 1.0


def _offsets(lines: list[str]) -> list[int]:
    offsets = [0]
    for line in lines:
        offsets.append(offsets[-1] + len(line))
    return offsets


def _by_characters(a: str, b: str, start: int, at: int) -> Iterator[Difference]:
    """Differences of two stretches; what they share at both ends is taken off first."""
    head = _shared(a, b)
    tail = _shared(a[head:][::-1], b[head:][::-1])
    a_core, b_core = a[head:len(a) - tail], b[head:len(b) - tail]
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, a_core, b_core, autojunk=False).get_opcodes():
        if tag != "equal":
            yield Difference(start + head + i1, start + head + i2, b_core[j1:j2], at + head + j1)


def _shared(a: str, b: str) -> int:
    count = 0
    for x, y in zip(a, b, strict=False):
        if x != y:
            break
        count += 1
    return count


def _joined(found: list[Difference]) -> list[Difference]:
    out: list[Difference] = []
    for one in found:
        last = out[-1] if out else None
        if last and last.end == one.start and last.at + len(last.other) == one.at:
            out[-1] = Difference(last.start, one.end, last.other + one.other, last.at)
        else:
            out.append(one)
    return out
