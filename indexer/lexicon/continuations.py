"""Which letters go on which strings of a language model, found for many at once.

The strings of n + 1 letters are sorted keys, BEYOND the last of them: the place of their first n letters
among the strings of that length, times the size of the alphabet, and the last letter.  A search among a
million keys is dear: where many letters are asked for behind a few strings, all that goes on these is laid
out in a table, and each letter is one look into it.
"""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

Ids = npt.NDArray[np.int64]
Bytes = npt.NDArray[np.uint8]

# Behind all keys, so that a search ends at one.
BEYOND = np.iinfo(np.int64).max
# In a table 0 says that there is no such string, and a value is one more than it is: the largest that fits.
LARGEST = 254


class Continuations(Protocol):
    """The longer strings of one length, with a byte of each."""

    def find(self, strings: Ids, nexts: Ids, parents: Ids | None) -> tuple[Ids, npt.NDArray[Any]]:
        """Which of `nexts` go on their string: their places, and the bytes of the longer strings.

        `strings` are places among the strings in front, or -1; the one of each letter is that of the same
        number, or the one that `parents` names.
        """


class Pairs:
    """What goes on a single letter: a table of all pairs, its rows filled when they are asked for."""

    def __init__(self, size: int, keys: Ids, values: npt.NDArray[Any]) -> None:
        """`values`: a byte for each key; raises ValueError for one above LARGEST."""
        self._size, self._keys, self._values = size, keys, _checked(values)
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
    """What goes on strings of several letters."""

    def __init__(self, size: int, keys: Ids, values: npt.NDArray[Any]) -> None:
        """`values`: a byte for each key; raises ValueError for one above LARGEST."""
        self._size, self._keys, self._values = size, keys, _checked(values)

    def find(self, strings: Ids, nexts: Ids, parents: Ids | None) -> tuple[Ids, npt.NDArray[Any]]:
        if parents is None:
            index = find(self._keys, strings * self._size + nexts)
            there = (index >= 0).nonzero()[0]
            return there, self._values[index[there]]
        found = self._laid_out(strings)[parents * self._size + nexts]
        places = found.nonzero()[0]
        return places, found[places] - 1

    def _laid_out(self, strings: Ids) -> Bytes:
        """For each string a row of all letters: the value of the longer string and 1, or 0 for none."""
        begins = self._keys.searchsorted(strings * self._size)
        numbers = self._keys.searchsorted((strings + 1) * self._size) - begins
        shifts = begins - numbers.cumsum() + numbers  # from a count over all rows to the keys of a row
        longer = np.arange(numbers.sum()) + shifts.repeat(numbers)
        rows = np.arange(len(strings)) - strings  # from the place of a string to its row
        table = np.zeros(len(strings) * self._size, dtype=np.uint8)
        table[self._keys[longer] + (rows * self._size).repeat(numbers)] = self._values[longer] + 1
        return table


def _checked(values: npt.NDArray[Any]) -> npt.NDArray[Any]:
    if values.max(initial=0) > LARGEST:
        raise ValueError(f"a value of the language model is above {LARGEST}")
    return values


def find(keys: Ids, wanted: Ids) -> Ids:
    """Places among the sorted keys, the last of which is BEYOND; -1 for what is not there."""
    places: Ids = keys.searchsorted(wanted)
    places[keys[places] != wanted] = -1
    return places


def each(values: npt.NDArray[Any], parents: Ids | None) -> npt.NDArray[Any]:
    """The value of each row's parent, or the values as they are."""
    return values if parents is None else values[parents]
