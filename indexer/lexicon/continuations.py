"""Which letters go on which strings of a language model, found for many at once.

The strings of n + 1 letters are sorted keys, BEYOND the last of them: the place of their first n letters
among the strings of that length, times the size of the alphabet, and the last letter.  Of the letters that
are asked for few go on, and a search among a million keys is dear: so nearly all are turned away before it.
"""

from __future__ import annotations

import functools
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

Ids = npt.NDArray[np.int64]
Bytes = npt.NDArray[np.uint8]

# Behind all keys, so that a search ends at one.
BEYOND = np.iinfo(np.int64).max
# Bits of a sieve, as a power of two: a tenth of them are set, and they fit into a processor's cache.
_BITS = 23
_MIX = np.uint64(0x9E37_79B9_7F4A_7C15)  # 2⁶⁴ divided by the golden ratio


class Continuations(Protocol):
    """The longer strings of one length, with a byte of each."""

    def find(self, strings: Ids, nexts: Ids, parents: Ids | None) -> tuple[Ids, npt.NDArray[Any]]:
        """Which of `nexts` go on their string: their places, and the bytes of the longer strings.

        `strings` are places among the strings in front, or -1; the one of each letter is that of the same
        number, or the one that `parents` names.
        """


class Pairs:
    """What goes on a single letter: a table of all pairs, its rows filled when they are asked for."""

    def __init__(self, size: int, keys: Ids, values: npt.NDArray[np.generic]) -> None:
        """`values`: a byte for each key, below 255."""
        self._size, self._keys, self._values = size, keys, values
        # The keys of each letter lie between two of these.
        self._begins = keys.searchsorted(np.arange(size + 1) * size)
        self._filled = np.zeros(size, dtype=np.bool_)
        # The value and 1, or 0 for no such pair. What is never written to takes no memory.
        self._table = np.zeros(size * size, dtype=np.uint8)

    def find(self, strings: Ids, nexts: Ids, parents: Ids | None) -> tuple[Ids, Bytes]:
        for letter in set(strings[~self._filled[strings]].tolist()):
            row = slice(self._begins[letter], self._begins[letter + 1])
            self._table[self._keys[row]] = self._values[row] + 1
            self._filled[letter] = True
        found = self._table[each(strings * self._size, parents) + nexts]
        places = found.nonzero()[0]
        return places, found[places] - 1


class Longer:
    """What goes on strings of several letters: a sieve, and a search for what passes it."""

    def __init__(self, size: int, keys: Ids, values: npt.NDArray[np.generic],
                 children: npt.NDArray[Any]) -> None:
        """`values`: a byte for each key; `children`: how many letters go on each string in front."""
        self._size, self._keys, self._values = size, keys, values
        self._goes_on = np.append(children > 0, False)  # -1: no string

    def find(self, strings: Ids, nexts: Ids, parents: Ids | None) -> tuple[Ids, npt.NDArray[Any]]:
        if not self._goes_on[strings].any():
            return np.zeros(0, dtype=np.int64), self._values[:0]
        wanted = each(strings * self._size, parents) + nexts  # below 0 for a string that is not there
        number = _hashed(wanted)
        bit = self._sieve[number >> np.uint64(3)] >> (number & np.uint64(7)).astype(np.uint8)
        passed = (bit & 1).nonzero()[0]
        index = find(self._keys, wanted[passed])
        there = index >= 0
        return passed[there], self._values[index[there]]

    @functools.cached_property
    def _sieve(self) -> Bytes:
        """A bit for each hash: has any key this one?"""
        bits = np.zeros(1 << _BITS, dtype=np.bool_)
        bits[_hashed(self._keys[:-1])] = True
        return np.packbits(bits, bitorder="little")


def _hashed(keys: Ids) -> npt.NDArray[np.uint64]:
    hashes: npt.NDArray[np.uint64] = (keys.view(np.uint64) * _MIX) >> np.uint64(64 - _BITS)
    return hashes


def find(keys: Ids, wanted: Ids) -> Ids:
    """Places among the sorted keys, the last of which is BEYOND; -1 for what is not there."""
    places: Ids = keys.searchsorted(wanted)
    places[keys[places] != wanted] = -1
    return places


def each(values: npt.NDArray[Any], parents: Ids | None) -> npt.NDArray[Any]:
    """The value of each row's parent, or the values as they are."""
    return values if parents is None else values[parents]
