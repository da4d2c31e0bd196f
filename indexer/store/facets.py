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
        self.values = sorted(named)
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
    def _roll_up(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """(value, ancestor or itself) for every value."""
        pairs = [(code, ancestor) for code in range(len(self.values)) for ancestor in self._ancestors(code)]
        array = np.array(pairs, np.int64).reshape(-1, 2)
        return array[:, 0], array[:, 1]

    def mask(self, wanted: frozenset[str]) -> Mask:
        """Documents that have one of the wanted values."""
        chosen = np.zeros(len(self.values) + 1, bool)
        chosen[[self.codes[value] for value in wanted if value in self.codes]] = True
        direct = chosen.copy()
        value, ancestor = self._roll_up
        direct[value[chosen[ancestor]]] = True
        mask: Mask = direct[self.first]
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
        value, ancestor = self._roll_up
        sums = np.bincount(ancestor, leaves[value], minlength=size).astype(np.int64)
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
        filled = np.flatnonzero(self._counts)
        counts = self._counts[filled]
        if number < len(filled):
            least = np.partition(counts, len(counts) - number)[len(counts) - number]
            filled = filled[counts >= least]
        # The values stand in order, so the number of a value decides between equals.
        order = filled[np.lexsort((filled, -self._counts[filled]))][:number]
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
