"""The ordinary characters of a page, by their bytes: one of them stands where a byte is not known."""

from __future__ import annotations

import functools
from collections import defaultdict
from collections.abc import Collection
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from indexer.lexicon.ngrams import Floats, Ids, model
from indexer.text.repair.forms import (
    RARE_FORM,
    UNKNOWN_LETTER,
    alone,
    beside,
    letter_of,
    others,
    usual_cost,
)
from indexer.text.repair.gbk import VANISHING, characters, codes_of_characters

# Where a byte is wholly unknown, only characters that are more frequent than this are tried.
RARE_LETTER = -13.5
# What a character costs that the model does not know.
STRANGE = 11.0
SENTENCE_MARKS = "。，、；：！？"

_VANISHES = np.isin(np.arange(0x100), VANISHING)


class Candidates(NamedTuple):
    """Characters that may stand at a place: their rows in `Ordinary.rows`, their letters and costs."""

    rows: Ids
    letters: Ids
    costs: Floats
    marks: dict[str, int]  # where the marks of SENTENCE_MARKS stand among them


class _Usual(NamedTuple):
    """The usual characters of a script in the order of their bytes, as columns."""

    rows: list[tuple[int, int, str]]  # lead byte, trail byte, character
    number: dict[str, int]  # the row of each
    leads: Ids
    trails: Ids
    relatives: dict[str, list[int]]  # a character -> the rows of its other forms
    letters: Ids
    is_mark: NDArray[np.bool_]
    alone: Floats  # costs where the page shows no form of the character …
    beside: Floats  # … and where it shows another one


@functools.cache
def _usual(traditional: bool) -> _Usual:
    likely = model().anywhere
    rows = []
    for (lead, trail), char in characters().items():
        letter = letter_of(char)
        if letter != UNKNOWN_LETTER and likely[letter] > RARE_LETTER and (
                usual_cost(char, traditional) < RARE_FORM):
            rows.append((lead, trail, char))
    relatives = defaultdict(list)
    for number, (_, _, char) in enumerate(rows):
        for form in others(char):
            relatives[form].append(number)
    return _Usual(
        rows, {char: number for number, (_, _, char) in enumerate(rows)},
        np.array([lead for lead, _, _ in rows]), np.array([trail for _, trail, _ in rows]), dict(relatives),
        np.array([letter_of(char) for _, _, char in rows], dtype=np.int64),
        np.array([char in SENTENCE_MARKS for _, _, char in rows]),
        np.array([alone(char, traditional) for _, _, char in rows]),
        np.array([beside(char, traditional) for _, _, char in rows]))


class Ordinary:
    """The usual characters of the page's script, and behind them those that the page shows besides."""

    def __init__(self, shown: Collection[str], favour: Floats, *, traditional: bool) -> None:
        """`shown`: the Han characters of the page; `favour`: what it gains by each letter."""
        usual, codes = _usual(traditional), codes_of_characters()
        besides = sorted(char for char in shown if char in codes and char not in usual.number)
        self.rows = usual.rows + [(*codes[char], char) for char in besides]
        forms = usual.alone.copy()
        related = [row for char in shown for row in usual.relatives.get(char, ())]
        forms[related] = usual.beside[related]
        forms[[usual.number[char] for char in shown if char in usual.number]] = 0.0
        self._letters = _joined(usual.letters, [letter_of(char) for char in besides])
        self._costs = np.concatenate((forms, np.zeros(len(besides)))) + np.where(
            self._letters == UNKNOWN_LETTER, STRANGE, -favour[self._letters])
        self._leads = _joined(usual.leads, [codes[char][0] for char in besides])
        self._trails = _joined(usual.trails, [codes[char][1] for char in besides])
        self._is_mark = np.concatenate((usual.is_mark, np.zeros(len(besides), dtype=np.bool_)))
        self._by_lead, self._by_trail = _Grouped(self._leads), _Grouped(self._trails)
        self._before: dict[int, Candidates] = {}
        self._between: dict[int, Candidates] = {}
        self._behind: dict[tuple[int, int], Candidates] = {}
        self._halves: dict[int, Candidates] = {}

    def with_trail(self, trail: int) -> list[str]:
        """The characters with this trail byte."""
        return [self.rows[row][2] for row in self._by_trail[trail].tolist()]

    def ending_in_80(self, found: Candidates) -> list[tuple[int, int, str]]:
        """Those of the candidates whose trail byte is 80, with their bytes."""
        return [self.rows[row] for row in found.rows[self._trails[found.rows] == 0x80].tolist()]

    def halves(self, lead: int) -> Candidates:
        """Those with this lead byte, the trail byte being unknown."""
        if lead not in self._halves:
            self._halves[lead] = self._candidates(self._by_lead[lead])
        return self._halves[lead]

    def halves_behind(self, gap: int) -> Candidates:
        """Those whose lead byte vanished behind the byte `gap`, and whose trail byte is unknown too."""
        key = 0x100 + _zone(gap)
        if key not in self._halves:
            self._halves[key] = self._candidates(self._behind_in_zone(gap, self._by_lead.order))
        return self._halves[key]

    def before_gap(self, lead: int) -> Candidates:
        """Those with this lead byte whose trail byte may have vanished as the first of a pair."""
        if lead not in self._before:
            rows = self._by_lead[lead]
            rows = rows[_VANISHES[self._trails[rows]]]
            self._before[lead] = self._candidates(rows[np.argsort(self._trails[rows], kind="stable")])
        return self._before[lead]

    def behind_gap(self, gap: int, trail: int) -> Candidates:
        """Those with this trail byte whose lead byte may have vanished behind the byte `gap`."""
        key = (_zone(gap), trail)
        if key not in self._behind:
            self._behind[key] = self._candidates(self._behind_in_zone(gap, self._by_trail[trail]))
        return self._behind[key]

    def between_gaps(self, gap: int) -> Candidates:
        """Those between two pairs that vanished, the one in front with the byte `gap`."""
        key = _zone(gap)
        if key not in self._between:
            rows = np.concatenate([self._by_trail[first] for first in VANISHING])
            self._between[key] = self._candidates(self._behind_in_zone(gap, rows))
        return self._between[key]

    def _behind_in_zone(self, gap: int, rows: Ids) -> Ids:
        """Those of the rows whose lead byte vanishes behind the byte `gap`."""
        zone = _zone(gap)
        return rows if not zone else rows[(self._leads[rows] >= 0xA1) == (zone == 2)]

    def _candidates(self, rows: Ids) -> Candidates:
        marks = {self.rows[rows[at]][2]: at for at in np.flatnonzero(self._is_mark[rows]).tolist()}
        return Candidates(rows, self._letters[rows], self._costs[rows], marks)


def _zone(gap: int) -> int:
    """Behind the byte `gap` vanish: 0 all lead bytes, 1 those below A1, 2 those from A1."""
    return 0 if gap == 0x80 else 1 if gap < 0xA8 else 2


def _joined(column: Ids, more: list[int]) -> Ids:
    return np.concatenate((column, np.array(more, dtype=np.int64)))


class _Grouped:
    """For each byte the places at which a column has it, ascending."""

    def __init__(self, column: Ids) -> None:
        self.order = np.argsort(column, kind="stable")
        self._ends = np.cumsum(np.bincount(column, minlength=0x100))

    def __getitem__(self, byte: int) -> Ids:
        return self.order[self._ends[byte - 1]:self._ends[byte]]
