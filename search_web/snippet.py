"""The best passages of a report for a query, by our own offsets on the displayed text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from indexer.store.exact import spans

# Characters of a passage, and how far its ends may move to meet the end of a sentence.
WIDTH = 110
REACH = 24
PASSAGES = 2
_SENTENCE_ENDS = "。！？；\n"

Segment = dict[str, Any]


def hit_spans(folded: str, needles: Sequence[str]) -> list[tuple[int, int]]:
    """Where the strings occur in a folded text: merged, ascending (start, end)."""
    merged: list[tuple[int, int]] = []
    for start, end in sorted(span for needle in needles for span in spans(folded, needle)):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def segments(text: str, marked: Sequence[tuple[int, int]], start: int = 0, end: int | None = None,
             ) -> list[Segment]:
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


def snippet(body: str, folded: str, needles: Sequence[str]) -> list[Segment]:
    """Up to two passages of `body` that hold the most different needles, as plain and hit pieces.

    `folded` is the search form of `body`, of the same length.  Without a hit: the beginning.
    """
    marked = hit_spans(folded, needles)
    windows = _windows(body, folded, marked) or [(0, _right_edge(body, 0, WIDTH))]
    pieces: list[Segment] = []
    for number, (start, end) in enumerate(windows):
        if start > 0 or number:
            pieces.append({"text": "…", "hit": False})
        pieces += segments(body, marked, start, end)
    if windows[-1][1] < len(body):
        pieces.append({"text": "…", "hit": False})
    return [piece | {"text": piece["text"].replace("\n", " ").replace("\t", " ")} for piece in pieces]


def _windows(body: str, folded: str, marked: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The best passages in the order of the text, not overlapping."""
    scored = []
    last = 0
    for first, (start, _) in enumerate(marked):
        while last < len(marked) and marked[last][1] <= start + WIDTH:
            last += 1
        inside = marked[first:last]
        different = {folded[a:b] for a, b in inside}
        scored.append((-len(different), -len(inside), start))
    chosen: list[tuple[int, int]] = []
    for _, _, start in sorted(scored):
        left = _left_edge(body, start)
        right = _right_edge(body, left, WIDTH)
        right = next((b for a, b in marked if a < right < b), right)
        if all(right <= a or left >= b for a, b in chosen):
            chosen.append((left, right))
        if len(chosen) == PASSAGES:
            break
    return sorted(chosen)


def _left_edge(body: str, start: int) -> int:
    """The beginning of the sentence when it is near, else a little in front of the hit."""
    for at in range(start - 1, max(start - REACH, 0) - 1, -1):
        if body[at] in _SENTENCE_ENDS:
            return at + 1
    return 0 if start <= REACH else start - REACH // 2


def _right_edge(body: str, left: int, width: int) -> int:
    """The end of a sentence when one is near the full width, else the full width."""
    end = min(left + width, len(body))
    for at in range(end, min(end + REACH, len(body))):
        if body[at - 1] in _SENTENCE_ENDS:
            return at
    return end
