"""The archive's own words, found by their beginning, by their sound and by what is nearly them."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from heapq import nlargest

from search_web.suggest.sounds import Unit, fits, look_alike, near, readings, spells

# What it costs to take a typed syllable for another; below what two single characters cost (2.0).
SAME_SOUND = 0.4
NEAR_SOUND = 0.8
LOOK_ALIKE = 0.5
OTHER_SHAPE = 1.1
SWAPPED = 0.6
MISSING = 1.0
EXTRA = 0.9
# A rare word costs up to so much more than a frequent one.
RARE = 0.4

_LAST = chr(0x10FFFF)


class Vocabulary:
    """Words with their numbers of reports. Made from a mapping in one sort; the rest when first needed.

    `fuzzy_from`: in words so long any one character may be another (of two, half the word would be).
    """

    def __init__(self, counts: Mapping[str, int], fuzzy_from: int = 3) -> None:
        self._counts, self._fuzzy_from = counts, fuzzy_from
        self._words = sorted(counts)
        self._most = math.log1p(max(counts.values(), default=1))

    def __len__(self) -> int:
        return len(self._words)

    def count(self, word: str) -> int:
        """In how many reports a word stands; 0 for one that there is not."""
        return self._counts.get(word, 0)

    def starting_with(self, text: str, limit: int) -> list[tuple[str, int]]:
        """The words that begin with a text and are longer, most reports first."""
        found = self._range(text)
        return self._top((word for word in found if word != text), limit)

    def spelled(self, letters: str, limit: int) -> list[tuple[str, int]]:
        """The words whose pinyin (whole, or initials) begins with these letters, most reports first."""
        if len(letters) == 1:
            return self._top(self._by_initial.get(letters, ()), limit)
        # zhu is no more than begun: the next character may be any.
        begun = {word for reading, chars in self._by_reading.items() if reading.startswith(letters)
                 for char in chars for word in self._range(char)}
        return self._top(begun.union(word for word in self._near_initials(letters) if fits(letters, word)),
                         limit)

    def whole(self, letters: str, limit: int) -> list[tuple[str, int]]:
        """The words whose pinyin is these letters, no more and no less, most reports first."""
        if len(letters) < 2:
            return []
        return self._top({word for word in self._near_initials(letters) if spells(letters, word)}, limit)

    def _near_initials(self, letters: str) -> Iterator[str]:
        """Words that letters may stand for, by the first of them and one that follows."""
        yield from self._by_initials.get(letters[0], ())
        for pair in {letters[0] + letters[at] for at in range(1, min(len(letters), 7))}:
            yield from self._by_initials.get(pair, ())

    def abbreviated(self, letters: str) -> list[tuple[str, int]]:
        """The two most frequent words of exactly these initials (zc: 驻村)."""
        words = self._by_initials.get(letters[:2], ())
        return self._top((word for word in words if len(word) == len(letters) and fits(letters, word)), 2)

    @cached_property
    def syllables(self) -> frozenset[str]:
        """All syllables of the words, as pinyin without tones."""
        return frozenset(reading for char in self._chars for reading in readings(char))

    def similar(self, units: Sequence[Unit]) -> Iterator[tuple[str, float]]:
        """Words that may have been meant by what was typed, each with its cost; a word may come twice."""
        for word in self._of_length(self._firsts(units[0]), len(units)):
            cost = _distance(units, word)
            if cost is not None:
                yield word, cost + self.rarity(word)
        if len(units) > 1 and all(unit.char for unit in units):
            typed = "".join(unit.char for unit in units)
            yield from ((word, cost + self.rarity(word)) for word, cost in self._misshaped(typed))

    def rarity(self, word: str) -> float:
        """0 for the most frequent word, up to RARE for one in a single report."""
        return RARE * (1 - math.log1p(self.count(word)) / self._most)

    def _misshaped(self, typed: str) -> Iterator[tuple[str, float]]:
        """One character too many, too few, another one, or two swapped."""
        for at in range(len(typed)):
            swapped = typed[:at] + typed[at:at + 2][::-1] + typed[at + 2:]
            if swapped != typed and swapped in self._counts:
                yield swapped, SWAPPED
            shorter = typed[:at] + typed[at + 1:]
            if len(shorter) > 1 and shorter in self._counts:
                # 驻村村: a character typed twice is the likeliest of all slips.
                yield shorter, SAME_SOUND if typed[at:at + 1] == typed[at - 1:at] else EXTRA
        ends = [*self._range(typed[0]), *self._by_last.get(typed[-1], ())]
        for word in ends:
            if len(word) == len(typed) + 1 and _lacks_one(typed, word):
                yield word, MISSING
            elif len(word) == len(typed) >= self._fuzzy_from and sum(map(str.__ne__, word, typed)) == 1:
                yield word, OTHER_SHAPE

    def _range(self, text: str) -> list[str]:
        return self._words[bisect_left(self._words, text):bisect_right(self._words, text + _LAST)]

    def _top(self, words: Iterator[str] | Sequence[str] | set[str], limit: int) -> list[tuple[str, int]]:
        return nlargest(limit, ((word, self._counts[word]) for word in words),
                        key=lambda pair: (pair[1], -len(pair[0]), pair[0]))

    def _firsts(self, unit: Unit) -> set[str]:
        """First characters of words that may be what a unit means."""
        found = {unit.char} if unit.char else set()
        for sound in unit.near:
            found |= self._by_sound.get(sound, set())
        return found | {char for char in self._first_chars if unit.char and look_alike(unit.char, char)}

    def _of_length(self, firsts: set[str], length: int) -> Iterator[str]:
        return (word for first in sorted(firsts) for word in self._range(first) if len(word) == length)

    @cached_property
    def _chars(self) -> frozenset[str]:
        return frozenset(char for word in self._words for char in word)

    @cached_property
    def _first_chars(self) -> frozenset[str]:
        return frozenset(word[0] for word in self._words)

    @cached_property
    def _by_sound(self) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for char in self._first_chars:
            for reading in readings(char):
                found.setdefault(near(reading), set()).add(char)
        return found

    @cached_property
    def _by_reading(self) -> dict[str, set[str]]:
        """First characters by what they are read as."""
        found: dict[str, set[str]] = {}
        for char in self._first_chars:
            for reading in readings(char):
                found.setdefault(reading, set()).add(char)
        return found

    @cached_property
    def _by_last(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for word in self._words:
            found.setdefault(word[-1], []).append(word)
        return found

    @cached_property
    def _by_initials(self) -> dict[str, list[str]]:
        """Words by the initials of their first two characters; those of one character by theirs."""
        initials = {char: {reading[0] for reading in readings(char)} for char in self._chars}
        found: dict[str, list[str]] = {}
        for word in self._words:
            second = initials[word[1]] if len(word) > 1 else {""}
            for one in initials[word[0]]:
                for other in second:
                    found.setdefault(one + other, []).append(word)
        return found

    @cached_property
    def _by_initial(self) -> dict[str, list[str]]:
        """The most frequent words of each initial letter: what a single letter is completed to."""
        found: dict[str, set[str]] = {}
        for pair, words in self._by_initials.items():
            found.setdefault(pair[0], set()).update(word for word, _ in self._top(words, 20))
        return {letter: [word for word, _ in self._top(words, 20)] for letter, words in found.items()}


def _distance(units: Sequence[Unit], word: str) -> float | None:
    """What it costs to have typed these units for a word of their length; None when it is no likeness."""
    cost = 0.0
    for unit, char in zip(units, word, strict=True):
        if unit.char == char:
            continue
        sounds = readings(char)
        if sounds & unit.sounds:
            cost += SAME_SOUND if unit.char else 0
        elif unit.char and look_alike(unit.char, char):
            cost += LOOK_ALIKE
        elif any(near(sound) in unit.near for sound in sounds):
            cost += NEAR_SOUND
        else:
            return None
    return cost


def _lacks_one(typed: str, word: str) -> bool:
    """Whether a word is what was typed and one character more."""
    at = next((at for at, (one, other) in enumerate(zip(typed, word, strict=False)) if one != other),
              len(typed))
    return typed[at:] == word[at + 1:]
