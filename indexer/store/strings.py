"""Exact strings in a segment: places of pairs of letters laid over one another, marks compared."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.store.cache import Cache
from indexer.store.exact import Pattern, bare, patterns, tight
from indexer.store.letters import codes_of
from indexer.store.lists import run_lengths, run_starts
from indexer.store.query import Area, Exact, Near
from indexer.store.segment import CODE_BITS, Docs, Segment

# In the row of letters of a segment.
Places = NDArray[np.uint32]
_NONE: Places = np.zeros(0, np.uint32)


@dataclass(frozen=True, slots=True)
class Occurrences:
    """Where a string stands in the row of letters: from, and up to but without, in order."""

    starts: NDArray[np.int64]
    ends: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.starts)

    def only(self, kept: NDArray[Any]) -> Occurrences:
        """Those that a mask or an index array picks."""
        return Occurrences(self.starts[kept], self.ends[kept])


NOWHERE = Occurrences(np.zeros(0, np.int64), np.zeros(0, np.int64))


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
        whole = _together(found)
        if len(found) > 1 or (found and _may_overlap(wanted[0])):
            whole = _without_overlaps(whole, self._too_short(wanted[0]))
        return self._in_area(whole, query.area)

    def _too_short(self, pattern: Pattern) -> Places:
        """Letters behind marks too few to end one occurrence and begin the next (、人、 in 、人、人、)."""
        if not (pattern.letters and pattern.runs and pattern.runs[0] and pattern.runs[-1]):
            return _NONE
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
        places = starts.astype(np.int64)
        return Occurrences(places, places + len(pattern.letters))

    # -- letters

    def _letters(self, letters: str) -> Places:
        """Where a string of letters begins, in order."""
        if len(letters) == 1:
            return self._one(ord(letters))
        if len(letters) == 2:
            number = self._segment.pairs.find(ord(letters[0]) << CODE_BITS | ord(letters[1]))
            return self._pair(number) if number >= 0 else _NONE
        codes = codes_of(letters).astype(np.uint64)
        numbers = self._segment.pairs.find_all(codes[:-1] << np.uint64(CODE_BITS) | codes[1:])
        if not numbers:
            return _NONE
        costs = self._segment.pairs.lists.counts[numbers].tolist()
        rarest, *others = sorted(_cover(costs), key=costs.__getitem__)
        # A start before the first letter wraps round to where no letter is: the first pair is in every
        # cover, and does not stand there.
        starts = self._pair(numbers[rarest]) - np.uint32(rarest)
        for at in others:
            if not len(starts):
                break
            starts = starts[_are_in(starts + np.uint32(at), self._pair(numbers[at]))]
        return starts

    def _pair(self, number: int) -> Places:
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
        return np.sort(self._segment.pairs.lists.read_range(first, last)[0])

    # -- marks

    def _with_marks(self, starts: Places, pattern: Pattern) -> Places:
        """Starts of letters between which stand the marks of the pattern, and no others."""
        lead, *inner, tail = pattern.runs
        for offset, run in enumerate(inner, 1):
            if not len(starts):
                return starts
            at = starts + np.uint32(offset)
            starts = starts[_are_in(at, self._run(run)) if run else ~self._is_marked(at)]
        if lead:
            starts = starts[_are_in(starts, self._runs(lambda run: run.endswith(lead)))]
        if tail:
            behind = starts + np.uint32(len(pattern.letters))
            starts = starts[_are_in(behind, self._runs(lambda run: run.startswith(tail)))]
        return starts

    def _is_marked(self, places: Places) -> NDArray[np.bool_]:
        bits = self._segment.marked[places >> np.uint32(3)] >> (places & np.uint32(7)).astype(np.uint8)
        return np.asarray(bits & 1, bool)

    def _run(self, run: str) -> Places:
        return self._runs(run.__eq__)

    def _runs(self, chosen: Any) -> Places:
        """The letters behind all runs of marks that `chosen` accepts, in order."""
        lists = [self._segment.mark_places.read(number)
                 for number, run in enumerate(self._segment.marks) if chosen(run)]
        return np.sort(np.concatenate([_NONE, *lists]))

    def _only_marks(self, marks: str) -> Occurrences:
        """A string of nothing but marks, within runs; it has no letters, so it ends where it starts."""
        places = [np.repeat(self._segment.mark_places.read(number), run.count(marks))
                  for number, run in enumerate(self._segment.marks) if marks in run]
        starts = np.sort(np.concatenate([_NONE, *places])).astype(np.int64)
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
                starts = starts[_are_in(starts + np.uint32(offset), variants.lists.read(number))]
            elif shown != letter and is_variant(shown, letter):
                return _NONE
            else:
                for number in np.flatnonzero(letters_of == ord(letter)).tolist():
                    starts = starts[~_are_in(starts + np.uint32(offset), variants.lists.read(number))]
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


def _are_in(values: NDArray[Any], ordered: NDArray[Any]) -> NDArray[np.bool_]:
    """Which of `values` occur among `ordered`, which is of the same type: it is not to be copied."""
    if not len(ordered):
        return np.zeros(len(values), bool)
    found: NDArray[np.bool_] = ordered.take(ordered.searchsorted(values), mode="clip") == values
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


def _may_overlap(pattern: Pattern) -> bool:
    """Can an occurrence begin before the one before it ends, or touch it in the marks between them?

    Only if the string ends as it begins.

    >>> [_may_overlap(Pattern(letters)) for letters in ("哈哈", "研究研", "研究")]
    [True, True, False]
    """
    letters, runs = pattern.letters, pattern.runs
    return bool(runs and runs[0] and runs[-1]) or any(
        letters.startswith(letters[at:]) for at in range(1, len(letters)))


def _without_overlaps(found: Occurrences, shared: Places) -> Occurrences:
    """From left to right, what does not overlap the one before: as Ctrl-F steps (哈哈 in 哈哈哈).

    Those that touch at a letter of `shared` overlap too, in the marks before it.
    """
    touching = _are_in(found.starts, shared.astype(np.int64))
    anew = np.ones(len(found) + 1, bool)
    before, after = np.maximum.accumulate(found.ends)[:-1], found.starts[1:]
    anew[1:-1] = (after > before) | ((after == before) & ~touching[1:])
    kept = anew[:-1] & anew[1:]
    end = -1
    for number in np.flatnonzero(~kept).tolist():
        start = found.starts.item(number)
        if start > end or (start == end and not touching[number]):
            kept[number] = True
            end = found.ends.item(number)
    return found.only(kept)


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


def per_document(segment: Segment, found: Occurrences) -> tuple[Docs, NDArray[np.int64], NDArray[np.int64]]:
    """The documents in which occurrences start, in order, and how many in the title and body of each."""
    areas = segment.area_of(found.starts)
    docs = areas >> 1
    begins = run_starts(docs)
    counts = run_lengths(begins, len(docs))
    bodies = areas & 1
    # Most strings stand in no title.
    of_bodies = counts if bodies.all() else np.add.reduceat(bodies, begins, dtype=np.int64)
    return docs[begins].astype(np.int64), counts - of_bodies, of_bodies
