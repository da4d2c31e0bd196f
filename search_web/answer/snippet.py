"""The best passages of a report for a query, by our own offsets on the displayed text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

# Characters of a passage, and how far its ends may move to meet the end of a sentence, of a clause.
WIDTH = 110
REACH = 40
CLAUSE_REACH = 16
PASSAGES = 3
# Hits that are considered as the beginning of a passage; more than that stand in no report that
# anybody reads for its passages.
MAX_CANDIDATES = 20_000

_SENTENCE_ENDS = frozenset("。！？；!?;\n")
_CLAUSE_ENDS = _SENTENCE_ENDS | frozenset("，,：:、")
# They close what the sentence before said: 。”
_CLOSING = frozenset("”’」』）)》\"")

Segment = dict[str, Any]
Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of a body, and whether its ends are those of a sentence."""

    start: int
    end: int
    opens: bool = True
    closes: bool = True


def segments(text: str, marked: Sequence[Span], start: int = 0, end: int | None = None) -> list[Segment]:
    """`text[start:end]` as plain and hit pieces, in order."""
    end = len(text) if end is None else end
    pieces: list[Segment] = []
    at = start
    for first, last in marked:
        left, right = max(first, start), min(last, end)
        if left >= right:
            continue
        if left > at:
            pieces.append({"text": text[at:left], "hit": False})
        pieces.append({"text": text[left:right], "hit": True})
        at = right
    if at < end:
        pieces.append({"text": text[at:end], "hit": False})
    return pieces


def passages(body: str, folded: str, marked: Sequence[Span], most: int = PASSAGES,
             title: str = "") -> list[Passage]:
    """The passages of `body` that hold the most different hits, at most so many, in order, apart.

    `folded` is the search form of `body`; `marked` are the hits in it, merged and ascending.
    Without a hit: the beginning, behind the title where the text opens with it.
    """
    if not marked:
        start = _behind_title(body, title)
        return [_passage(body, start, start, marked)] if body else []
    chosen: list[Passage] = []
    covered: set[str] = set()
    best = _windows(folded, marked[:MAX_CANDIDATES])
    while best and len(chosen) < most:
        # What no passage has shown yet counts most.
        window = max(best, key=lambda one: (len(one.different - covered), len(one.different), one.hits,
                                            -one.start))
        passage = _passage(body, _left_edge(body, window.start), window.end, marked)
        if all(passage.end <= other.start or other.end <= passage.start for other in chosen):
            chosen.append(passage)
            covered |= window.different
        best = [one for one in best if not any(other.start <= one.start < other.end for other in chosen)
                and one is not window]
    return sorted(chosen, key=lambda passage: passage.start)


def shown(body: str, marked: Sequence[Span], passage: Passage) -> list[Segment]:
    """A passage as plain and hit pieces on one line."""
    return [piece | {"text": piece["text"].replace("\n", " ").replace("\t", " ")}
            for piece in segments(body, _inside(marked, passage), passage.start, passage.end)]


def joined(body: str, marked: Sequence[Span], found: Sequence[Passage]) -> list[Segment]:
    """Passages in a row, with … where the text goes on."""
    gap: Segment = {"text": "…", "hit": False}
    pieces: list[Segment] = []
    for number, passage in enumerate(found):
        pieces += [gap] if number or (passage.start and not passage.opens) else []
        pieces += shown(body, marked, passage)
    return pieces + ([gap] if found and found[-1].end < len(body) else [])


def _inside(marked: Sequence[Span], passage: Passage) -> list[Span]:
    return [span for span in marked if span[0] < passage.end and span[1] > passage.start]


@dataclass(frozen=True, slots=True)
class _Window:
    """Hits that fit into a passage that begins with the first of them."""

    start: int
    end: int
    different: frozenset[str]
    hits: int


# So many windows of the most different hits are looked at again for those that show something new.
_KEPT = 64


def _windows(folded: str, marked: Sequence[Span]) -> list[_Window]:
    """The windows with the most different hits: one pass with two pointers."""
    names = [folded[start:end] for start, end in marked]
    inside: Counter[str] = Counter()
    scored: list[tuple[int, int, int, int]] = []
    last = 0
    for first, (start, _) in enumerate(marked):
        while last < len(marked) and (marked[last][1] <= start + WIDTH or last == first):
            inside[names[last]] += 1
            last += 1
        scored.append((-len(inside), first - last, first, last))
        inside[names[first]] -= 1
        if not inside[names[first]]:
            del inside[names[first]]
    rare = _first_of_each(names)
    kept = {(first, last) for _, _, first, last in sorted(scored)[:_KEPT]}
    kept |= {(first, last) for _, _, first, last in scored if first in rare}
    return [_Window(marked[first][0], marked[last - 1][1], frozenset(names[first:last]), last - first)
            for first, last in sorted(kept)]


def _first_of_each(names: Sequence[str]) -> set[int]:
    """Where each different hit stands first: it may be in no good window, and deserves to be seen."""
    firsts: dict[str, int] = {}
    for number, name in enumerate(names):
        firsts.setdefault(name, number)
    return set(list(firsts.values())[:_KEPT])


def _behind_title(body: str, title: str) -> int:
    start = len(title) if title and body.startswith(title) else 0
    while start < len(body) and body[start].isspace():
        start += 1
    return start if start < len(body) else 0


def _passage(body: str, left: int, needed: int, marked: Sequence[Span]) -> Passage:
    """From `left` past `needed` to the end of a sentence when one is near; no hit is cut."""
    right = _right_edge(body, needed, min(max(left + WIDTH, needed), len(body)))
    right = next((b for a, b in marked if a < right < b), right)
    opens = left == 0 or body[left - 1] in _SENTENCE_ENDS or body[left - 1] in _CLOSING
    closes = right == len(body) or body[right - 1] in _SENTENCE_ENDS or body[right - 1] in _CLOSING
    return Passage(left, right, opens, closes)


def _left_edge(body: str, start: int) -> int:
    """The beginning of the sentence when it is near, else of the clause, else a little before."""
    floor = max(start - REACH, 0)
    for at in range(start - 1, floor - 1, -1):
        if body[at] in _SENTENCE_ENDS:
            return at + 1 + (body[at + 1] in _CLOSING and at + 1 < start)
    if floor == 0:
        return 0
    for at in range(start - 1, start - CLAUSE_REACH - 1, -1):
        if body[at] in _CLAUSE_ENDS:
            return at + 1
    return start - CLAUSE_REACH


def _right_edge(body: str, needed: int, end: int) -> int:
    """The end of a sentence a little behind or before the full width, else of a clause, else `end`."""
    for at in range(end, min(end + REACH, len(body)) + 1):
        if at and body[at - 1] in _SENTENCE_ENDS:
            return at + (at < len(body) and body[at] in _CLOSING)
    if end == len(body):
        return end
    for ends, reach in ((_SENTENCE_ENDS, REACH), (_CLAUSE_ENDS, CLAUSE_REACH)):
        for at in range(end, max(end - reach, needed), -1):
            if body[at - 1] in ends:
                return at
    return end
