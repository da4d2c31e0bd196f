"""Lists of integers in few bytes: gaps of one to four bytes, decoded as whole arrays.

A field has a list for each of its terms: the documents that hold it, or the places where it
stands.  Most gaps of a list are of one size, so a list has one width, and the gaps that do not
fit stand apart as exceptions (the idea of PForDelta: Zukowski et al. 2006, "Super-Scalar
RAM-CPU Cache Compression"), whole bytes instead of bits, because numpy reads whole bytes fast.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.store.sections import Sections, Sink

Integers = NDArray[np.uint32]
Counts = NDArray[np.int64]

WIDTHS = (0, 1, 2, 3, 4)
# The largest gap that each holds.
_LARGEST = tuple(np.uint32((1 << 8 * width) - 1) for width in WIDTHS)
# What is known of each list: how many values, the first, how wide its gaps are.
_TABLES = (("counts", "u4"), ("firsts", "u4"), ("widths", "u1"))
# Bytes of an exception: where it is, and the whole gap.
_EXCEPTION = 8
# Values that are encoded together: arrays that stay in the processor's cache.
_TOGETHER = 1 << 17


class ListsWriter:
    """Encodes lists; `ascending` ones by their gaps (each value above the one before), others
    as they are (values from 1 on).  A list is never empty."""

    def __init__(self, name: str, *, ascending: bool = True) -> None:
        self._name = name
        self._ascending = ascending
        self._tables: list[tuple[Counts, Integers, NDArray[np.uint8]]] = []
        self._data: dict[int, list[NDArray[Any]]] = {width: [] for width in WIDTHS}
        self._exceptions: dict[int, list[tuple[Integers, Integers]]] = {width: [] for width in WIDTHS}
        self._written = dict.fromkeys(WIDTHS, 0)

    def add(self, values: NDArray[Any], counts: Counts) -> None:
        """Append lists: their values one behind the other, and how many each has.

        Raises ValueError where these do not agree.
        """
        if len(values) != counts.sum():
            raise ValueError(f"{self._name}: {len(values)} values for lists of {counts.sum()}")
        for first, last, start, stop in _pieces(counts):
            self._add(values[start:stop], counts[first:last])

    def _add(self, values: NDArray[Any], counts: Counts) -> None:
        starts = exclusive_sum(counts)
        values = values.astype(np.uint32, copy=False)
        gaps = np.empty(len(values), np.uint32)
        if self._ascending:
            np.subtract(values[1:], values[:-1], out=gaps[1:])
            gaps -= np.uint32(1)
            gaps[starts] = 0
            sizes, firsts = counts - 1, values[starts]
        else:
            np.subtract(values, np.uint32(1), out=gaps)
            sizes, firsts = counts, np.zeros(0, np.uint32)
        widths = _widths(gaps, sizes, starts)
        self._append(gaps, counts, starts, widths)
        self._tables.append((counts, firsts, widths))

    def _append(self, gaps: Integers, counts: Counts, starts: Counts, widths: NDArray[np.uint8]) -> None:
        """Put the gaps of every list behind those of its width."""
        for width in WIDTHS:
            chosen = widths == width
            if not chosen.any():
                continue
            own = gaps
            if self._ascending or not chosen.all():
                taken = np.repeat(chosen, counts)
                if self._ascending:  # the first value of a list is in a table of its own
                    taken[starts] = False
                own = gaps[taken]
            base = self._written[width]
            self._written[width] += len(own)
            if width < 4:
                at = np.flatnonzero(own > _LARGEST[width])
                self._exceptions[width].append(((at + base).astype(np.uint32), own[at]))
            if width:
                self._data[width].append(_narrow(own, width))

    def write(self, file: Sink) -> None:
        """Write everything that was added."""
        for number, (part, kind) in enumerate(_TABLES):
            file.add_parts(f"{self._name}.{part}", kind, (table[number] for table in self._tables))
        for width in WIDTHS[1:]:
            file.add_parts(f"{self._name}.gaps{width}", "u1", self._data[width])
        for width in WIDTHS[:-1]:
            places, gaps = (zip(*self._exceptions[width], strict=True) if self._exceptions[width]
                            else ((), ()))
            file.add_parts(f"{self._name}.exception_places{width}", "u4", places)
            file.add_parts(f"{self._name}.exceptions{width}", "u4", gaps)


def _pieces(counts: Counts) -> Iterator[tuple[int, int, int, int]]:
    """From and up to which list, from and up to which value: some lists after the other."""
    ends = np.cumsum(counts)
    first = start = 0
    while first < len(counts):
        last = max(first + 1, int(np.searchsorted(ends, start + _TOGETHER, "right")))
        stop = int(ends[last - 1])
        yield first, last, start, stop
        first, start = last, stop


def exclusive_sum(counts: Counts) -> Counts:
    """Where each of several runs begins when they stand one behind the other.

    >>> exclusive_sum(np.array([3, 1, 2])).tolist()
    [0, 3, 4]
    """
    starts = np.zeros(len(counts), np.int64)
    np.cumsum(counts[:-1], out=starts[1:])
    return starts


def spread(starts: Counts, counts: Counts) -> Counts:
    """All places of several runs, each from its start on.

    >>> spread(np.array([7, 2]), np.array([2, 3])).tolist()
    [7, 8, 2, 3, 4]
    """
    return np.repeat(starts - exclusive_sum(counts), counts) + np.arange(counts.sum())


def run_starts(values: NDArray[Any]) -> Counts:
    """Where each run of equal neighbours begins.

    >>> run_starts(np.array([4, 4, 7, 4])).tolist()
    [0, 2, 3]
    """
    begins = np.empty(len(values), bool)
    begins[:1] = True
    np.not_equal(values[1:], values[:-1], out=begins[1:])
    return begins.nonzero()[0]


def run_lengths(starts: Counts, total: int) -> Counts:
    """How long each run is, of `total` values in all.

    >>> run_lengths(np.array([0, 2, 3]), 4).tolist()
    [2, 1, 1]
    """
    lengths = np.empty_like(starts)
    np.subtract(starts[1:], starts[:-1], out=lengths[:-1])
    lengths[-1:] = total - starts[-1:]
    return lengths


def _widths(gaps: Integers, sizes: Counts, starts: Counts) -> NDArray[np.uint8]:
    """The width at which each list takes the fewest bytes, its exceptions included.

    Lists begin at `starts`; where a gap more than its size belongs to a list, it is 0.
    """
    widths = np.zeros(len(sizes), np.uint8)
    largest = int(gaps.max(initial=0))
    if not largest:
        return widths
    least = _EXCEPTION * _counts_of(gaps > 0, starts)
    for width in WIDTHS[1:]:
        costs = width * sizes
        if largest > _LARGEST[width]:
            costs += _EXCEPTION * _counts_of(gaps > _LARGEST[width], starts)
        better = costs < least
        widths[better], least[better] = width, costs[better]
        if largest <= _LARGEST[width]:
            break
    return widths


def _counts_of(chosen: NDArray[np.bool_], starts: Counts) -> Counts:
    """How many are chosen of each of several runs that stand one behind the other, none empty."""
    return np.add.reduceat(chosen.view(np.uint8), starts, dtype=np.uint32).astype(np.int64)


def _narrow(values: Integers, width: int) -> NDArray[np.uint8]:
    if width == 3:
        rows = values.astype("<u4", copy=False).view(np.uint8).reshape(-1, 4)
        return np.ascontiguousarray(rows[:, :3]).reshape(-1)
    return values.astype(f"<u{width}", copy=False).view(np.uint8)


class Lists:
    """The lists of a field of one segment, decoded when asked for."""

    def __init__(self, sections: Sections, name: str, *, ascending: bool = True) -> None:
        self._sections = sections
        self._name = name
        self._ascending = ascending
        self.counts: Integers = sections.read(f"{name}.counts")
        self._firsts: Integers = sections.read(f"{name}.firsts")
        self._widths: NDArray[np.uint8] = sections.read(f"{name}.widths")
        self._places = self._find_places()

    @cached_property
    def _exceptions(self) -> list[Integers]:
        """Where the gaps are that do not fit, by width."""
        return [self._sections.read(f"{self._name}.exception_places{width}") for width in WIDTHS[:-1]]

    def _find_places(self) -> Integers:
        """Where the gaps of each list begin among those of its width."""
        places = np.empty(len(self.counts), np.uint32)
        for width in WIDTHS:
            chosen = np.flatnonzero(self._widths == width)
            sizes = self.counts[chosen].astype(np.int64) - self._ascending
            places[chosen] = np.cumsum(sizes) - sizes
        return places

    def __len__(self) -> int:
        return len(self.counts)

    def read(self, index: int) -> Integers:
        """The values of one list."""
        count, place, width = self.counts.item(index), self._places.item(index), self._widths.item(index)
        if not self._ascending:
            return self._gaps(width, place, count) + np.uint32(1)
        values = np.empty(count, np.uint32)
        values[0] = self._firsts[index]
        if count > 1:
            np.add(self._gaps(width, place, count - 1), np.uint32(1), out=values[1:])
            np.cumsum(values, out=values)
        return values

    def read_range(self, start: int, stop: int) -> tuple[Integers, Counts]:
        """The values of the lists `start`..`stop`, one behind the other, and how many each has."""
        counts = self.counts[start:stop].astype(np.int64)
        sizes = counts - 1 if self._ascending else counts
        widths = self._widths[start:stop]
        gaps = np.empty(int(sizes.sum()), np.uint32)
        for width in np.unique(widths):
            chosen = widths == width
            total = int(sizes[chosen].sum())
            first = int(self._places[start + int(np.argmax(chosen))])
            own = self._gaps(int(width), first, total)
            if chosen.all():
                gaps = own
            else:
                gaps[np.repeat(chosen, sizes)] = own
        gaps = gaps + np.uint32(1)
        return (self._ascend(gaps, counts, self._firsts[start:stop]) if self._ascending else gaps), counts

    @staticmethod
    def _ascend(gaps: Integers, counts: Counts, firsts: Integers) -> Integers:
        starts = exclusive_sum(counts)
        values = np.empty(int(counts.sum()), np.int64)
        inner = np.ones(len(values), bool)
        inner[starts] = False
        values[inner] = gaps
        values[starts] = firsts
        summed = np.cumsum(values)
        summed -= np.repeat(summed[starts] - values[starts], counts)
        return summed.astype(np.uint32)

    def _gaps(self, width: int, place: int, count: int) -> Integers:
        """`count` gaps from `place` on among those of one width."""
        if width == 0:
            gaps = np.zeros(count, np.uint32)
        else:
            data = self._sections.read(f"{self._name}.gaps{width}", place * width, (place + count) * width)
            gaps = _widen(data, width)
        if width < 4 and len(places := self._exceptions[width]):
            low, high = places.searchsorted(np.array([place, place + count], np.uint32)).tolist()
            if high > low:
                values = self._sections.read(f"{self._name}.exceptions{width}", low, high)
                gaps[places[low:high] - np.uint32(place)] = values
        return gaps


def _widen(data: NDArray[np.uint8], width: int) -> Integers:
    if width == 1:
        return data.astype(np.uint32)
    if width == 2:
        return data.view("<u2").astype(np.uint32) if data.ctypes.data % 2 == 0 else _bytewise(data, 2)
    return _bytewise(data, width)


def _bytewise(data: NDArray[np.uint8], width: int) -> Integers:
    rows = np.zeros((len(data) // width, 4), np.uint8)
    rows[:, :width] = data.reshape(-1, width)
    values: Integers = rows.view("<u4").reshape(-1)
    return values
