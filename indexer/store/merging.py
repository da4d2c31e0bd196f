"""Which segments are worth merging: few of each size, and none that is mostly deleted."""

from __future__ import annotations

import math
from collections.abc import Sequence

# So many segments of one size become one of the next (the scheme of Lucene's LogMergePolicy): a
# letter is written again log_10 times, and a query visits a few dozen segments at most.
FACTOR = 10
# Segments below this number of letters are of one size, the smallest.
SMALLEST = 200_000
# A segment of which less than this share is left is written again.
LIVING = 0.5


def to_merge(sizes: Sequence[tuple[int, int]], largest: int, everything: bool = False) -> list[int]:
    """The segments, by number, that should become one now; none when all is well.

    `sizes` are the letters that live and all letters of each; together they stay below `largest`.
    With `everything` all that fit are merged, whatever their sizes.

    >>> to_merge([(9_000_000, 9_000_000)] + [(50_000, 50_000)] * 10, 1 << 32)
    [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]
    >>> to_merge([(900_000, 900_000), (100_000, 900_000)], 1 << 32)
    [1]
    """
    by_level: dict[int, list[int]] = {}
    for number, (living, _) in enumerate(sizes):
        by_level.setdefault(_level(living), []).append(number)
    if everything:
        kept = _within(list(range(len(sizes))), sizes, largest)
        return kept or [number for number, (living, letters) in enumerate(sizes) if living < letters][:1]
    full = [numbers for numbers in by_level.values() if len(numbers) >= FACTOR]
    chosen = set(full[0]) if full else set()
    chosen |= {number for number, (living, letters) in enumerate(sizes) if living < LIVING * letters}
    return _within(sorted(chosen), sizes, largest)


def _level(letters: int) -> int:
    return int(math.log(max(letters, SMALLEST) / SMALLEST, FACTOR))


def _within(numbers: list[int], sizes: Sequence[tuple[int, int]], largest: int) -> list[int]:
    kept: list[int] = []
    total = 0
    for number in numbers:
        total += sizes[number][0]
        if total >= largest:
            break
        kept.append(number)
    alone = len(kept) == 1 and sizes[kept[0]][0] >= LIVING * sizes[kept[0]][1]
    return [] if alone else kept
