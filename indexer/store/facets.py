"""Facets of a whole snapshot as arrays: filters as masks, counts as sums over numbers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from indexer.store.engine import FacetCounts
from indexer.store.lists import run_lengths, run_starts, spread
from indexer.store.segment import Column, Docs

Mask = NDArray[np.bool_]


# Below this share of a facet's values, hits are sorted by their values instead of counting them all;
# below this share of the further values, they are looked up.
_SPARSE = 4
_SPARSE_FURTHER = 8
# So few hits are counted without arrays.
_FEW = 8


@dataclass(frozen=True, slots=True)
class _Further:
    """The second and further values of documents that have several, ancestors spelled out, in order.

    Those of a document stand at `starts[doc]`..`starts[doc + 1]`.
    """

    docs: Docs
    codes: NDArray[np.int64]
    starts: NDArray[np.int64]

    def of(self, docs: Docs) -> NDArray[np.int64]:
        """Where those of `docs` (ascending or not, each once) stand."""
        if len(docs) * _SPARSE_FURTHER < len(self.docs):
            starts = self.starts[docs]
            return spread(starts, self.starts[docs + 1] - starts)
        wanted = np.zeros(len(self.starts) - 1, bool)
        wanted[docs] = True
        return np.flatnonzero(wanted[self.docs])


class Facet:
    """One facet of all documents.  `甘肃省` counts and finds what has `甘肃省/酒泉市`.

    Almost every document has one value, and most values are villages that nothing lies in.  These are
    counted by themselves, the few others with what lies in them; only the further values of documents
    that have several are counted one by one.
    """

    def __init__(self, columns: Sequence[Column]) -> None:
        self.values = _with_ancestors(value for column in columns for value in column.values)
        self.codes = {value: code for code, value in enumerate(self.values)}
        self._chains = self._find_chains()
        parts = [np.array([self.codes[value] for value in column.values], np.int64)[column.codes]
                 for column in columns]
        flat = np.concatenate([np.zeros(0, np.int64), *parts])
        counts = np.concatenate([np.zeros(0, np.int64), *(column.counts for column in columns)])
        counts = counts.astype(np.int64)
        starts = np.cumsum(counts) - counts
        self.size = len(counts)
        # The number behind all values stands for none.
        self.first = np.full(self.size, len(self.values), np.int32)
        self.first[counts > 0] = flat[starts[counts > 0]]
        self._further = self._find_further(flat, starts, counts)

    def _find_chains(self) -> NDArray[np.int64]:
        """For each value, itself and all that it lies in, then -1."""
        depths = np.fromiter((value.count("/") for value in self.values), np.int64, len(self.values))
        parents = np.full(len(self.values) + 1, -1)
        for depth in range(1, int(depths.max(initial=0)) + 1):
            own, above = np.flatnonzero(depths == depth), np.flatnonzero(depths == depth - 1)
            parents[own] = above[np.searchsorted(above, own) - 1]
        chains = [np.arange(len(self.values))]
        while (chains[-1] >= 0).any():
            chains.append(parents[chains[-1]])
        return np.stack(chains, axis=1)

    def _find_further(self, flat: NDArray[np.int64], starts: Docs, counts: NDArray[np.int64]) -> _Further:
        """Of the documents with several values: what these and their ancestors are, but for those that
        follow from the first one."""
        several = np.flatnonzero(counts > 1)
        others = counts[several] - 1
        places = spread(starts[several] + 1, others)
        docs, chains = np.repeat(several, others), self._chains[flat[places]]
        pairs = np.unique((docs[:, np.newaxis] << 32 | chains)[chains >= 0])
        docs, codes = pairs >> 32, pairs & 0xFFFFFFFF
        new = (self._chains[self.first[docs]] != codes[:, np.newaxis]).all(axis=1)
        return _Further(docs[new], codes[new], np.searchsorted(docs[new], np.arange(self.size + 1)))

    @cached_property
    def _ends(self) -> NDArray[np.int64]:
        """For each value, the number behind its last descendant: in order, these follow it."""
        ends = np.arange(1, len(self.values) + 1)
        for ancestors in self._chains.T[1:]:
            np.maximum.at(ends, ancestors[ancestors >= 0], np.flatnonzero(ancestors >= 0) + 1)
        return ends

    @cached_property
    def _parents(self) -> NDArray[np.int64]:
        """The values that others lie in, in order."""
        return np.flatnonzero(self._ends > np.arange(1, len(self.values) + 1))

    @cached_property
    def _parent_ends(self) -> NDArray[np.int64]:
        """For each of these, which of them is the first that does not lie in it."""
        return np.searchsorted(self._parents, self._ends[self._parents])

    @cached_property
    def _leaves(self) -> NDArray[np.int32]:
        """The first value of each document, where nothing lies in it."""
        leaves = self.first.copy()
        leaves[np.isin(leaves, self._parents)] = len(self.values)
        return leaves

    @cached_property
    def _nearest(self) -> NDArray[np.int32]:
        """Which of the parents the first value of each document is, or lies in; behind all: none."""
        nearest = np.full(len(self.values) + 1, len(self._parents), np.int32)
        # What comes later in a chain is further up.
        for ancestors in self._chains.T[1::-1]:
            at = np.searchsorted(self._parents, ancestors)
            there = np.append(self._parents, -1)[at] == ancestors
            nearest[:-1][there] = at[there]
        return nearest[self.first]

    def mask(self, wanted: frozenset[str]) -> Mask:
        """Documents that have one of the wanted values."""
        chosen = np.zeros(len(self.values) + 1, bool)
        for code in (self.codes[value] for value in wanted if value in self.codes):
            chosen[code:self._ends[code]] = True
        mask: Mask = chosen[self.first]
        mask[self._further.docs[chosen[self._further.codes]]] = True
        return mask

    def count(self, docs: Docs) -> ArrayCounts:
        """How many of `docs` (each once) have each value."""
        if len(docs) <= _FEW:
            return self._count_few(docs.tolist())
        if len(docs) * _SPARSE < len(self.values):
            return self._count_sparse(docs)
        sums = self.sums(docs)
        codes = np.flatnonzero(sums > 0)
        return ArrayCounts(self.values, codes, sums[codes])

    def _count_sparse(self, docs: Docs) -> ArrayCounts:
        """The same by sorting, where an array of all values would be mostly empty."""
        leaves = self._leaves[docs]
        leaves.sort()
        leaves = leaves[:leaves.searchsorted(np.int32(len(self.values)))]
        sums = self._parent_sums(docs)
        parents = (sums > 0).nonzero()[0]
        counts = ArrayCounts(self.values, self._parents[parents], sums[parents], leaves)
        if not len(self._further.docs):
            return counts
        return counts.with_further(self._further.codes[self._further.of(docs)])

    def _parent_sums(self, docs: Docs, weights: NDArray[np.int64] | None = None) -> NDArray[np.int64]:
        """`sums` for each of the parents, but for further values."""
        size = len(self._parents)
        below = np.zeros(size + 1, np.int64)
        np.cumsum(np.bincount(self._nearest[docs], weights, minlength=size + 1)[:size], out=below[1:])
        return below[self._parent_ends] - below[:-1]

    def _count_few(self, docs: list[int]) -> ArrayCounts:
        """The same for so few that a dictionary is faster than an array."""
        found: dict[int, int] = {}
        none, further = len(self.values), self._further
        for doc in docs:
            if (code := self.first.item(doc)) < none:
                for one in self._chains[code].tolist():
                    if one >= 0:
                        found[one] = found.get(one, 0) + 1
            for at in range(further.starts.item(doc), further.starts.item(doc + 1)):
                one = further.codes.item(at)
                found[one] = found.get(one, 0) + 1
        codes = sorted(found)
        return ArrayCounts(self.values, np.array(codes, np.int64),
                           np.array([found[code] for code in codes], np.int64))

    def sums(self, docs: Docs, weights: NDArray[np.int64] | None = None) -> NDArray[np.int64]:
        """For each value, the weights of those of `docs` that have it added up; 1 each without any."""
        size = len(self.values)
        sums: NDArray[np.int64] = np.bincount(self.first[docs], weights, minlength=size + 1)[:size].astype(
            np.int64, copy=False)
        if len(self._parents):
            sums[self._parents] = self._parent_sums(docs, weights)
        if len(self._further.docs):
            at = self._further.of(docs)
            further = None
            if weights is not None:
                of_doc = np.zeros(self.size, np.int64)
                of_doc[docs] = weights
                further = of_doc[self._further.docs[at]]
            sums += np.bincount(self._further.codes[at], further, minlength=size).astype(np.int64, copy=False)
        return sums


def _with_ancestors(values: Iterable[str]) -> list[str]:
    """Paths and all paths above them, each once, ancestors first.

    >>> _with_ancestors(["甘肃省/酒泉市", "四川省"])
    ['四川省', '甘肃省', '甘肃省/酒泉市']
    """
    named = dict.fromkeys(values)
    for value in list(named):
        end = value.rfind("/")
        while end >= 0 and value[:end] not in named:
            named[value[:end]] = None
            end = value.rfind("/", 0, end)
    # No other value may stand between a path and what lies in it.  Each segment's values are in order
    # but for rare signs, so that this only merges them.
    return sorted(named, key=lambda value: value.replace("/", "\0"))


class ArrayCounts(FacetCounts):
    """The values of a facet that occur, by their codes in any order, with their numbers of reports.

    Thousands of places may be counted where ten are shown: only what is asked for is spelled out, and
    `leaves`, values in order as often as they occur, are not even counted while others are more frequent.
    """

    def __init__(self, values: Sequence[str], codes: NDArray[np.int64], counts: NDArray[np.int64],
                 leaves: NDArray[np.int32] | None = None) -> None:
        self._values = values
        self._counted = codes, counts
        self._leaves = leaves

    @property
    def nbytes(self) -> int:
        """What it takes in memory, leaves counted."""
        leaves = 0 if self._leaves is None else 5 * self._leaves.nbytes
        return sum(one.nbytes for one in self._counted) + leaves

    @cached_property
    def _everything(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The codes of all values and their numbers of reports."""
        codes, counts = self._counted
        if self._leaves is None:
            return codes, counts
        starts = run_starts(self._leaves)
        return (np.concatenate([codes, self._leaves[starts]]),
                np.concatenate([counts, run_lengths(starts, len(self._leaves))]))

    def with_further(self, further: NDArray[np.int64]) -> ArrayCounts:
        """The same, and one more for each of some codes."""
        codes, counts = self._everything
        # One number holds a value and how often it occurs: sorting it is faster than sorting by it.
        pairs = np.concatenate([codes << 32 | counts, further << 32 | 1])
        pairs.sort()
        starts = run_starts(pairs >> 32)
        if not len(starts):
            return self
        return ArrayCounts(self._values, pairs[starts] >> 32, np.add.reduceat(pairs & 0xFFFFFFFF, starts))

    def top(self, number: int) -> list[tuple[str, int]]:
        """The most frequent values."""
        if number <= 0:
            return []
        codes, counts = self._everything if self._leaves_matter(number) else self._counted
        if number < len(codes):
            likely = counts >= _least_of(counts, number)
            codes, counts = codes[likely], counts[likely]
        order = np.lexsort((codes, -counts))[:number]
        return [(self._values[code], count) for code, count in
                zip(codes[order].tolist(), counts[order].tolist(), strict=True)]

    def _leaves_matter(self, number: int) -> bool:
        """Can one of the leaves be among the most frequent values?"""
        counts, leaves = self._counted[1], self._leaves
        if leaves is None or number > len(counts):
            return True
        least = _least_of(counts, number)
        return least < 2 or bool((leaves[least - 1:] == leaves[:1 - least]).any())

    def __iter__(self) -> Iterator[str]:
        return iter([value for value, _ in self.top(len(self))])

    def __getitem__(self, value: str) -> int:
        return self._all[value]

    def __len__(self) -> int:
        return len(self._everything[0])

    @cached_property
    def _all(self) -> dict[str, int]:
        codes, counts = self._everything
        return {self._values[code]: count
                for code, count in zip(codes.tolist(), counts.tolist(), strict=True)}


def _least_of(counts: NDArray[np.int64], number: int) -> int:
    """The smallest of the `number` largest counts."""
    # From the front: most values occur once, and where equals end a partition is slow.
    return -int(np.partition(-counts, number - 1)[number - 1])
