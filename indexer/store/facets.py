"""Facets of a whole snapshot as arrays: filters as masks, counts as sums over numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from indexer.store.engine import FacetCounts
from indexer.store.segment import Column, Docs

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class _Extra:
    """The second and further values of documents that have several, ancestors spelled out."""

    docs: Docs
    codes: NDArray[np.int64]


class Facet:
    """One facet of all documents.  `甘肃省` counts and finds what has `甘肃省/酒泉市`.

    Almost every document has one value.  It is counted by its deepest path, which is added to its
    ancestors afterwards; only the further values of the others are counted one by one.
    """

    def __init__(self, columns: Sequence[Column]) -> None:
        named = {ancestor for column in columns for value in column.values for ancestor in _paths(value)}
        self.values = sorted(named, key=lambda value: value.split("/"))
        self.codes = {value: code for code, value in enumerate(self.values)}
        parts = [np.array([self.codes[value] for value in column.values], np.int64)[column.codes]
                 for column in columns]
        flat = np.concatenate([np.zeros(0, np.int64), *parts])
        counts = np.concatenate([np.zeros(0, np.int64), *(column.counts for column in columns)])
        counts = counts.astype(np.int64)
        starts = np.cumsum(counts) - counts
        self.size = len(counts)
        # The number behind all values stands for none.
        self.first = np.full(self.size, len(self.values), np.int64)
        self.first[counts > 0] = flat[starts[counts > 0]]
        self._extra = self._extras(flat, starts, counts)

    def _extras(self, flat: NDArray[np.int64], starts: Docs, counts: NDArray[np.int64]) -> _Extra:
        docs: list[int] = []
        codes: list[int] = []
        for doc in np.flatnonzero(counts > 1).tolist():
            own = flat[starts[doc]:starts[doc] + counts[doc]].tolist()
            implied = set(self._ancestors(own[0]))
            further = {code for value in own[1:] for code in self._ancestors(value)} - implied
            docs += [doc] * len(further)
            codes += sorted(further)
        return _Extra(np.array(docs, np.int64), np.array(codes, np.int64))

    def _ancestors(self, code: int) -> list[int]:
        """The number of a value and those of all paths above it."""
        return [self.codes[path] for path in _paths(self.values[code])]

    @cached_property
    def _ends(self) -> NDArray[np.int64]:
        """For each value, the number behind its last descendant: in order, these follow it."""
        ends = np.arange(1, len(self.values) + 1)
        for code in reversed(range(len(self.values))):
            parent = self.codes.get(self.values[code].rpartition("/")[0])
            if parent is not None:
                ends[parent] = max(ends[parent], ends[code])
        return ends

    def mask(self, wanted: frozenset[str]) -> Mask:
        """Documents that have one of the wanted values."""
        chosen = np.zeros(len(self.values) + 1, bool)
        for code in (self.codes[value] for value in wanted if value in self.codes):
            chosen[code:self._ends[code]] = True
        mask: Mask = chosen[self.first]
        mask[self._extra.docs[chosen[self._extra.codes]]] = True
        return mask

    def count(self, docs: Docs) -> ArrayCounts:
        """How many of `docs` (each once) have each value."""
        return ArrayCounts(self.values, self.sums(docs))

    def sums(self, docs: Docs, weights: NDArray[np.int64] | None = None) -> NDArray[np.int64]:
        """For each value, the weights of those of `docs` that have it added up; 1 each without any."""
        size = len(self.values)
        codes = self.first if len(docs) == self.size else self.first[docs]
        leaves = np.bincount(codes, weights, minlength=size + 1)
        below = np.zeros(size + 1, np.int64)
        np.cumsum(leaves[:size].astype(np.int64), out=below[1:])
        sums: NDArray[np.int64] = below[self._ends] - below[:-1]
        if len(self._extra.docs):
            of_doc = np.zeros(self.size, np.int64)
            of_doc[docs] = 1 if weights is None else weights
            further = np.bincount(self._extra.codes, of_doc[self._extra.docs], minlength=size)
            sums += further.astype(np.int64)
        return sums


def _paths(value: str) -> list[str]:
    """A path and the paths above it.

    >>> _paths("甘肃省/酒泉市")
    ['甘肃省', '甘肃省/酒泉市']
    """
    return list(accumulate(value.split("/"), "{}/{}".format)) if "/" in value else [value]


class ArrayCounts(FacetCounts):
    """The values of a facet that occur, with their numbers of reports.

    Thousands of places may be counted where ten are shown: only what is asked for is spelled out.
    """

    def __init__(self, values: Sequence[str], counts: NDArray[np.int64]) -> None:
        self._values = values
        self._counts = counts

    def top(self, number: int) -> list[tuple[str, int]]:
        """The most frequent values."""
        if number <= 0:
            return []
        filled = np.flatnonzero(self._counts)
        if number < len(filled):
            least = np.partition(self._counts, len(self._counts) - number)[len(self._counts) - number]
            filled = np.flatnonzero(self._counts >= max(least, 1))
        # The values stand in order, so a stable sort leaves equals in order.
        order = filled[np.argsort(-self._counts[filled], kind="stable")][:number]
        return [(self._values[code], int(self._counts[code])) for code in order.tolist()]

    def __iter__(self) -> Iterator[str]:
        return iter([value for value, _ in self.top(len(self._counts))])

    def __getitem__(self, value: str) -> int:
        count = self._all.get(value)
        if not count:
            raise KeyError(value)
        return count

    def __len__(self) -> int:
        return int(np.count_nonzero(self._counts))

    @cached_property
    def _all(self) -> dict[str, int]:
        return dict(zip(self._values, self._counts.tolist(), strict=True))
