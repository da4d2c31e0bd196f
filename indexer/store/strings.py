"""Exact strings in a segment: places of pairs of letters laid over one another, marks compared."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.store.cache import Cache
from indexer.store.exact import Pattern, bare, patterns, tight
from indexer.store.letters import codes_of
from indexer.store.query import Area, Exact, Near
from indexer.store.segment import CODE_BITS, Docs, Segment

Places = NDArray[np.int64]
_NONE: Places = np.zeros(0, np.int64)
_NO_MARKS = np.zeros(0, np.uint32)


@dataclass(frozen=True, slots=True)
class Occurrences:
    """Where a string stands in the row of letters: from, and up to but without, in order."""

    starts: Places
    ends: Places

    def __len__(self) -> int:
        return len(self.starts)

    def only(self, kept: NDArray[Any]) -> Occurrences:
        """Those that a mask or an index array picks."""
        return Occurrences(self.starts[kept], self.ends[kept])


NOWHERE = Occurrences(_NONE, _NONE)


class Strings:
    """Finds strings in one segment. `cache` keeps the places of pairs that were decoded."""

    def __init__(self, segment: Segment, cache: Cache) -> None:
        self._segment = segment
        self._cache = cache

    def exact(self, query: Exact) -> Occurrences:
        """Every occurrence of a string, none overlapping another."""
        wanted = patterns(query.text, query.typed or "", query.unbroken)
        found = [self._pattern(pattern) for pattern in wanted]
        found = [occurrences for occurrences in found if len(occurrences)]
        whole = _without_overlaps(_together(found), self._too_short(wanted[0])) if found else NOWHERE
        return self._in_area(whole, query.area)

    def _too_short(self, pattern: Pattern) -> NDArray[np.uint32]:
        """Letters behind marks too few to end one occurrence and begin the next (、人、 in 、人、人、)."""
        if not (pattern.letters and pattern.runs and pattern.runs[0] and pattern.runs[-1]):
            return _NO_MARKS
        needed = len(pattern.runs[0]) + len(pattern.runs[-1])
        return self._runs(lambda run: len(run) < needed)

    def near(self, query: Near) -> Occurrences:
        """Every passage in which all parts stand close together, from its first part's start."""
        parts = [bare(tight(part)) for part in query.parts]
        found = [self._pattern(Pattern(part)) if part else NOWHERE for part in parts]
        if not found or not all(map(len, found)):
            return NOWHERE
        if query.ordered:
            passages = _in_order(found, query.distance)
        else:
            passages = _close(found, query.distance + sum(map(len, parts)))
        area = self._segment.area_of
        return self._in_area(passages.only(area(passages.starts) == area(passages.ends - 1)), query.area)

    def _in_area(self, found: Occurrences, area: Area | None) -> Occurrences:
        if area is None or not len(found):
            return found
        return found.only((self._segment.area_of(found.starts) & 1) == (area == "body"))

    def _pattern(self, pattern: Pattern) -> Occurrences:
        if not pattern.letters:
            return self._only_marks(pattern.runs[0])
        starts = self._letters(pattern.letters)
        if pattern.marked:
            starts = self._with_marks(starts, pattern)
        if pattern.shown:
            starts = self._as_shown(starts, pattern)
        return Occurrences(starts, starts + len(pattern.letters))

    # -- letters

    def _letters(self, letters: str) -> Places:
        """Where a string of letters begins, in order."""
        if len(letters) == 1:
            return self._one(ord(letters))
        codes = codes_of(letters).astype(np.uint64)
        numbers = self._segment.pairs.find_all(codes[:-1] << np.uint64(CODE_BITS) | codes[1:])
        if not numbers:
            return _NONE
        costs = self._segment.pairs.lists.counts[numbers].tolist()
        cover = sorted(_cover(costs), key=costs.__getitem__)
        starts = self._pair(numbers[cover[0]]).astype(np.int64) - cover[0]
        starts = starts[starts >= 0]
        for at in cover[1:]:
            if not len(starts):
                break
            starts = starts[_are_in(starts + at, self._pair(numbers[at]))]
        return starts

    def _pair(self, number: int) -> NDArray[np.uint32]:
        """The places of a pair of letters."""
        return self._cache.get((id(self._segment), number),
                               lambda: self._segment.pairs.lists.read(number), lambda array: array.nbytes)

    def _one(self, code: int) -> Places:
        """The places of one letter: those of all pairs that begin with it."""
        keys = self._segment.pairs.keys
        bounds = np.array([code << CODE_BITS, (code + 1) << CODE_BITS], np.uint64)
        first, last = np.searchsorted(keys, bounds).tolist()
        if first == last:
            return _NONE
        places = self._segment.pairs.lists.read_range(first, last)[0]
        return np.sort(places).astype(np.int64)

    # -- marks

    def _with_marks(self, starts: Places, pattern: Pattern) -> Places:
        """Starts of letters between which stand the marks of the pattern, and no others."""
        lead, *inner, tail = pattern.runs
        for offset, run in enumerate(inner, 1):
            if not len(starts):
                return starts
            at = starts + offset
            starts = starts[_are_in(at, self._run(run)) if run else ~self._is_marked(at)]
        if lead:
            starts = starts[_are_in(starts, self._runs(lambda run: run.endswith(lead)))]
        if tail:
            behind = starts + len(pattern.letters)
            starts = starts[_are_in(behind, self._runs(lambda run: run.startswith(tail)))]
        return starts

    def _is_marked(self, places: Places) -> NDArray[np.bool_]:
        bits = self._segment.marked[places >> 3] >> (places & 7).astype(np.uint8)
        return np.asarray(bits & 1, bool)

    def _run(self, run: str) -> NDArray[np.uint32]:
        return self._runs(run.__eq__)

    def _runs(self, chosen: Any) -> NDArray[np.uint32]:
        """The letters behind all runs of marks that `chosen` accepts, in order."""
        lists = [self._segment.mark_places.read(number)
                 for number, run in enumerate(self._segment.marks) if chosen(run)]
        return np.sort(np.concatenate([np.zeros(0, np.uint32), *lists]))

    def _only_marks(self, marks: str) -> Occurrences:
        """A string of nothing but marks, within runs; it has no letters, so it ends where it starts."""
        places = [np.repeat(self._segment.mark_places.read(number), run.count(marks))
                  for number, run in enumerate(self._segment.marks) if marks in run]
        starts = np.sort(np.concatenate([_NONE, *places]))
        # Marks belong to the area that they end; the letter behind the last ones is its border.
        return Occurrences(starts, starts)

    # -- what is shown

    def _as_shown(self, starts: Places, pattern: Pattern) -> Places:
        """Starts where the characters that are shown are the typed ones."""
        variants = self._segment.variants
        letters_of = (variants.keys & np.uint64((1 << CODE_BITS) - 1)).astype(np.int64)
        for offset, (letter, shown) in enumerate(zip(pattern.letters, pattern.shown, strict=True)):
            if not len(starts):
                break
            if shown != letter and (number := variants.find(ord(shown) << CODE_BITS | ord(letter))) >= 0:
                starts = starts[_are_in(starts + offset, variants.lists.read(number))]
            elif shown != letter and is_variant(shown, letter):
                return _NONE
            else:
                for number in np.flatnonzero(letters_of == ord(letter)).tolist():
                    starts = starts[~_are_in(starts + offset, variants.lists.read(number))]
        return starts


def is_variant(shown: str, letter: str) -> bool:
    """Is a character another way to write a letter, beyond width and case?"""
    return shown != letter and ord(shown) >= 0x2E80 and not 0xFF00 <= ord(shown) <= 0xFFEF \
        and ord(letter) >= 0x2E80


def _cover(costs: list[int]) -> list[int]:
    """The cheapest pairs that touch every letter: pair `i` covers the letters `i` and `i + 1`.

    >>> _cover([5, 1, 9, 1, 5])
    [0, 1, 3, 4]
    >>> _cover([1, 9, 1])
    [0, 2]
    """
    last = len(costs) - 1
    if last == 0:
        return [0]
    best: list[tuple[int, int]] = [(costs[0], -1), (costs[0] + costs[1], 0)]
    for at in range(2, last + 1):
        before = at - 1 if best[at - 1][0] < best[at - 2][0] else at - 2
        best.append((best[before][0] + costs[at], before))
    cover = [last]
    while (before := best[cover[-1]][1]) >= 0:
        cover.append(before)
    return cover[::-1]


def _are_in(values: Places, ordered: NDArray[Any]) -> NDArray[np.bool_]:
    """Which of `values` occur among `ordered`."""
    if not len(ordered):
        return np.zeros(len(values), bool)
    at = np.searchsorted(ordered, values.astype(ordered.dtype))
    at[at == len(ordered)] = 0
    found: NDArray[np.bool_] = ordered[at] == values
    return found


def _together(found: list[Occurrences]) -> Occurrences:
    if not found:
        return NOWHERE
    if len(found) == 1:
        return found[0]
    starts = np.concatenate([occurrences.starts for occurrences in found])
    ends = np.concatenate([occurrences.ends for occurrences in found])
    order = np.lexsort((ends, starts))
    return Occurrences(starts[order], ends[order])


def _without_overlaps(found: Occurrences, shared: NDArray[np.uint32]) -> Occurrences:
    """From left to right, what does not overlap the one before: as Ctrl-F steps (哈哈 in 哈哈哈).

    Those that touch at a letter of `shared` overlap too, in the marks before it.
    """
    if len(found) < 2:
        return found
    touching = found.starts[_are_in(found.starts, shared)]
    if not (found.starts[1:] < found.ends[:-1]).any() and not _are_in(touching, found.ends).any():
        return found
    apart = set(touching.tolist())
    kept = []
    end = -1
    for number, (start, stop) in enumerate(zip(found.starts.tolist(), found.ends.tolist(), strict=True)):
        if start > end or (start == end and start not in apart):
            kept.append(number)
            end = stop
    return found.only(np.array(kept, np.int64))


def _in_order(parts: list[Occurrences], gap: int) -> Occurrences:
    """Passages in which each part follows the one before with at most `gap` letters in between.

    Of the chains that end at one place, the one that starts last is told.
    """
    reached = parts[0]
    for following in parts[1:]:
        # The last chain that ends before the part starts, or the part does not follow any.
        order = np.argsort(reached.ends, kind="stable")
        ends = reached.ends[order]
        at = np.searchsorted(ends, following.starts, "right") - 1
        fits = (at >= 0) & (following.starts - ends[at] <= gap)
        starts = reached.starts[order][at[fits]]
        reached = Occurrences(starts, following.ends[fits])
        if not len(reached):
            return NOWHERE
    return reached


def _close(parts: list[Occurrences], length: int) -> Occurrences:
    """Passages of at most `length` letters that hold every part, each from the start of a part."""
    starts = np.unique(np.concatenate([part.starts for part in parts]))
    ends = starts.copy()
    fits = np.ones(len(starts), bool)
    for part in parts:
        at = np.searchsorted(part.starts, starts)
        fits &= at < len(part)
        at[at == len(part)] = 0
        np.maximum(ends, part.ends[at], out=ends)
    fits &= ends - starts <= length
    return Occurrences(starts[fits], ends[fits])


def per_area(segment: Segment, found: Occurrences) -> tuple[Docs, NDArray[np.int64]]:
    """The areas in which occurrences start, in order, and how many in each."""
    if not len(found):
        return _NONE, _NONE
    areas = segment.area_of(found.starts)
    first = np.flatnonzero(np.concatenate([[True], areas[1:] != areas[:-1]]))
    return areas[first], np.diff(first, append=len(areas))
