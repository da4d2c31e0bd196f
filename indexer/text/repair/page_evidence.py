"""What a page says of itself where bytes are in step: its script, the generator's table, its words."""

from __future__ import annotations

import functools
import math
import re
from collections import Counter, defaultdict
from importlib import resources
from typing import NamedTuple

import numpy as np

from indexer.lexicon.ngrams import ORDER, Floats, Ids, model
from indexer.text.repair.gbk import VANISHING, characters, codes_of_characters, user_defined
from indexer.text.repair.glosses import NOTE, frequency, in_table, readings
from indexer.text.script import fold, script_of, to_simplified

# Where a byte is wholly unknown, only characters that are more frequent than this are tried.
RARE_LETTER = -13.5
# All characters that the model does not know share one letter and its probability.
UNKNOWN_LETTER = 1
STRANGE = 11.0
# A character beyond the three thousand common ones (log frequency), where the page has it nowhere.
UNCOMMON = -11.0
UNUSUAL = 3.0
# Costs in natural logarithms: a law of the generator broken, a form that the page's script has not.
AGAINST_LAW = 9.0
WRONG_SCRIPT = 9.0
INVENTED = 15.0
RARE_FORM = 4.0
KEPT_FORM = 1.0
# A form beside another of the same character that the page uses: 种 where it has 種.
OTHER_FORM = 4.0
OTHER_READING = 2.0
# Rarer characters are not expected in a generator's table (log frequency).
RARE_NOTED = -12.0
# Sound text near a start may be part of the run: it says nothing about the generator's table.
NEAR = 40
# How much the page's own words count against the model: pseudo-counts by length of context.
PAGE_TRUST = (30.0, 3.0, 1.5)
# A character that the page uses more or less than the model expects is likelier or rarer by this
# power of the ratio; the page counts against so many characters of the model.
PAGE_POWER = 0.25
PAGE_WEIGHT = 500.0
# Stands for what is left out of the sound text; no letter of the model, and no end of a line.
UNSAID = "\ufffd"
# Stands in a reading for a digit or blank that was eaten together with half a character.
EATEN = "\x00"
SENTENCE_MARKS = "。，、；：！？"

_HAN = "\u3400-\u9fff"
# Full-width marks; the same turned into ASCII by the crawl, where a Han character stands in front.
_WIDE = re.compile("[，；：！（）]")
_NARROW = re.compile(f"(?<=[{_HAN}])[,;:!](?![0-9])")


@functools.cache
def _forms() -> dict[str, tuple[str, ...]]:
    """Simplified character -> its Traditional forms, the usual one first."""
    usual = _dictionary("TWVariants.txt")  # 峯 is 峰 nearly everywhere
    return {
        key: (*forms, *(form for old in forms for form in usual.get(old, ())))
        for key, forms in _dictionary("STCharacters.txt").items()
    }


def _dictionary(name: str) -> dict[str, tuple[str, ...]]:
    text = (resources.files("opencc") / "dictionary" / name).read_text(encoding="utf-8")
    rows = (line.split("\t") for line in text.splitlines() if "\t" in line)
    return {key: tuple(value.split()) for key, value in rows}


@functools.lru_cache(maxsize=65536)
def letter_of(char: str) -> int:
    """The character as a letter of the language model."""
    return model().ids(fold(char))[0]


class Candidates(NamedTuple):
    """Characters that may stand at a place: their two bytes, their letters and costs."""

    chars: list[tuple[int, int, str]]
    letters: Ids
    costs: Floats
    marks: dict[str, int]  # where the marks of SENTENCE_MARKS stand among them


class PageEvidence:
    """What the sound text of the page says: its script, the generator's table, its own words."""

    def __init__(self, text: str, notes: list[re.Match[str]], starts: list[int]) -> None:
        self.model = model()
        self.table = {match.group(1): match.group(2) for match in notes}
        self.wide = len(_NARROW.findall(text)) >= len(_WIDE.findall(text))
        sound = _sound(text, starts)
        noted = NOTE.sub(lambda match: "\n", sound)
        self.plain = frozenset(re.findall(f"[{_HAN}]", noted)) - self.table.keys()
        clean = NOTE.sub(lambda match: match.group(1), sound)
        self.shown = self.plain | self.table.keys()
        self.traditional = script_of(clean) != "hans"
        self._counts, self._sums = self._own_words(clean)
        folded = fold(clean)
        self.phrases = Counter(folded[at:at + 3] for at in range(len(folded) - 2))
        self._cost: dict[str, float] = {}
        self._bare: dict[str, float] = {}
        bare = sum(in_table(char) for char in self.plain)
        # Of the characters that a table may hold, how many does this generator's hold?
        self.share = (len(self.table) + 0.5) / (len(self.table) + bare + 1.0)
        self._letters: dict[str, tuple[int, float]] = {}
        everywhere = np.exp(self.model.anywhere)
        ids = np.array([i for i in self.model.ids(folded) if i > 1], dtype=np.int64)
        here = np.bincount(ids, minlength=self.model.size) + PAGE_WEIGHT * everywhere
        self.favour = PAGE_POWER * np.log(here / (len(ids) + PAGE_WEIGHT) / everywhere)
        self.leads, self.trails = self._ordinary()
        self._before: dict[int, Candidates] = {}
        self._between: dict[int, Candidates] = {}
        self._behind: dict[tuple[int, int], Candidates] = {}
        self._halves: dict[int, Candidates] = {}

    def _own_words(self, clean: str) -> tuple[list[tuple[Ids, Floats]], list[tuple[Ids, Floats]]]:
        ids = np.array(self.model.ids(fold(clean)) or [0], dtype=np.int64)
        counts, sums = [], []
        for length in range(1, ORDER):
            if len(ids) <= length:
                key, above = np.zeros(1, dtype=np.int64), np.zeros(1, dtype=np.int64)
            else:
                above = _key([ids[i:len(ids) - length + i] for i in range(length)], self.model.size)
                key = above * self.model.size + ids[length:]
            counts.append(_tally(key))
            sums.append(_tally(above))
        return counts, sums

    def chances(self, contexts: Ids, nexts: Ids, parents: Ids | None = None) -> Floats:
        """Log probabilities by the model, adapted to what the page itself says; each letter of
        `nexts` behind the row of `contexts` of its number, or the one that `parents` names."""
        rows = np.arange(len(nexts)) if parents is None else parents
        chance = np.exp(self.model.chances(contexts, nexts, rows))
        for length in range(1, ORDER):
            trust = PAGE_TRUST[length - 1]
            above = _key([contexts[:, ORDER - 1 - length + i] for i in range(length)], self.model.size)
            total = _looked_up(self._sums[length - 1], above)
            fit = np.flatnonzero(total[rows])
            behind = rows[fit]
            seen = _looked_up(self._counts[length - 1], above[behind] * self.model.size + nexts[fit])
            chance[fit] = (seen + trust * chance[fit]) / (total[behind] + trust)
        result: Floats = np.log(chance)
        return result

    def letter(self, char: str) -> tuple[int, float]:
        """The letter of a character and the cost of its form."""
        if char not in self._letters:
            letter = letter_of("0" if char == EATEN else char)
            cost = self.cost(char) + (STRANGE if letter == UNKNOWN_LETTER else -float(self.favour[letter]))
            self._letters[char] = (letter, cost)
        return self._letters[char]

    def cost(self, char: str) -> float:
        """How little this form of a character fits the script and the habits of the page."""
        if char not in self._cost:
            self._cost[char] = self._form_cost(char)
        return self._cost[char]

    def _form_cost(self, char: str) -> float:
        if (char in self.plain or char in self.table) and not _invented(char):
            return 0.0
        plain = to_simplified(char)
        cost = UNUSUAL if "\u3400" <= char <= "\u9fff" and frequency(char) < UNCOMMON else 0.0
        if any(form != char and form in self.shown for form in (plain, *_forms().get(plain, ()))):
            return cost + max(OTHER_FORM, _usual_cost(char, self.traditional))
        return cost + _usual_cost(char, self.traditional)

    def _ordinary(self) -> tuple[dict[int, dict[int, str]], dict[int, dict[int, str]]]:
        """Ordinary characters, by trail and lead byte and by lead and trail byte: the usual ones of
        the page's script, and those that the page uses."""
        leads, trails = (defaultdict(dict, {byte: dict(row) for byte, row in table.items()})
                         for table in _usual(self.traditional))
        codes = codes_of_characters()
        for char in sorted(self.plain | self.table.keys()):
            if char in codes:
                lead, trail = codes[char]
                leads[trail][lead] = char
                trails[lead][trail] = char
        return leads, trails

    def before_gap(self, lead: int) -> Candidates:
        """Ordinary characters whose trail byte may have vanished as the first of a pair."""
        if lead not in self._before:
            known = self.trails[lead]
            self._before[lead] = self._candidates(
                [(lead, byte, known[byte]) for byte in VANISHING if byte in known])
        return self._before[lead]

    def behind_gaps(self, gap: int) -> Candidates:
        """Ordinary characters between two pairs that vanished, the one in front with byte `gap`."""
        key = self._zone(gap)
        if key not in self._between:
            self._between[key] = self._candidates([
                found for first in VANISHING for found in self.behind_gap(gap, first).chars])
        return self._between[key]

    def _candidates(self, chars: list[tuple[int, int, str]]) -> Candidates:
        known = [self.letter(char) for _, _, char in chars]
        marks = {char: at for at, (_, _, char) in enumerate(chars) if char in SENTENCE_MARKS}
        return Candidates(chars, np.array([letter for letter, _ in known], dtype=np.int64),
                          np.array([cost for _, cost in known], dtype=np.float64), marks)

    @staticmethod
    def _zone(gap: int) -> int:
        """Bytes behind which the same second bytes vanish."""
        return 0 if gap == 0x80 else 1 if gap < 0xA8 else 2

    def behind_gap(self, gap: int, trail: int) -> Candidates:
        """Ordinary characters whose lead byte may have vanished behind the byte `gap`."""
        key = (self._zone(gap), trail)
        if key not in self._behind:
            self._behind[key] = self._candidates([
                (lead, trail, char) for lead, char in self.leads[trail].items()
                if gap == 0x80 or user_defined(gap, lead)])
        return self._behind[key]

    def halves(self, lead: int) -> Candidates:
        """Ordinary characters whose trail byte is unknown."""
        if lead not in self._halves:
            self._halves[lead] = self._candidates(
                [(lead, trail, char) for trail, char in self.trails[lead].items()])
        return self._halves[lead]

    def halves_behind(self, gap: int) -> Candidates:
        """Ordinary characters whose lead byte vanished behind the byte `gap`, and whose trail byte
        is unknown too."""
        key = 0x100 + self._zone(gap)
        if key not in self._halves:
            self._halves[key] = self._candidates([
                found for lead in range(0x81, 0xFF) if gap == 0x80 or user_defined(gap, lead)
                for found in self.halves(lead).chars])
        return self._halves[key]

    def bare(self, char: str | None) -> float:
        """Cost of two bytes that make `char` and bear no note."""
        if char is None:
            return 0.0
        if char not in self._bare:
            cost = 0.0
            if char in self.table:
                cost = AGAINST_LAW
            elif char not in self.plain and in_table(char) and frequency(char) > RARE_NOTED:
                cost = -math.log(1.0 - self.share)
            self._bare[char] = cost
        return self._bare[char]

    def note(self, char: str | None, note: str) -> float | None:
        """Cost of a note behind `char`; None when no generator would write it."""
        if char is None or note not in readings(char) or not in_table(char):
            return None
        known = self.table.get(char)
        cost = AGAINST_LAW if char in self.plain or (known and known != note) else 0.0
        if not known:
            cost -= math.log(self.share) - (0.0 if frequency(char) > RARE_NOTED else RARE_FORM / 2)
        return cost + (0.0 if known == note or first_reading(char) == note else OTHER_READING)


def _invented(char: str) -> bool:
    """Full-width digits and Latin letters are never put where the page has none."""
    return "０" <= char <= "９" or "Ａ" <= char <= "ｚ"


@functools.lru_cache(maxsize=65536)
def _usual_cost(char: str, traditional: bool) -> float:
    """How little this form fits the script, on a page that does not have the character."""
    if _invented(char):
        return INVENTED
    if not "\u3400" <= char <= "\u9fff":
        return 0.0
    plain = to_simplified(char)
    if plain != char:
        if not traditional:
            return WRONG_SCRIPT
        forms = _forms().get(plain, ())
        return RARE_FORM if char not in forms else 0.0 if forms[0] == char else 2 * KEPT_FORM
    forms = _forms().get(char, (char,))
    if traditional and char not in forms:
        return WRONG_SCRIPT
    return 0.0 if forms[0] == char or not traditional else KEPT_FORM


@functools.cache
def _usual(traditional: bool) -> tuple[dict[int, dict[int, str]], dict[int, dict[int, str]]]:
    """The usual characters of a script, by trail and lead byte and by lead and trail byte."""
    leads: dict[int, dict[int, str]] = defaultdict(dict)
    trails: dict[int, dict[int, str]] = defaultdict(dict)
    likely = model().anywhere
    for (lead, trail), char in characters().items():
        letter = letter_of(char)
        if letter != UNKNOWN_LETTER and likely[letter] > RARE_LETTER and (
                _usual_cost(char, traditional) < RARE_FORM):
            leads[trail][lead] = char
            trails[lead][trail] = char
    return leads, trails


def first_reading(char: str) -> str:
    """The reading that dictionaries name first."""
    from pypinyin.constants import PINYIN_DICT  # noqa: PLC0415

    return str(PINYIN_DICT.get(ord(char), "")).split(",")[0]


def _key(columns: list[Ids], size: int) -> Ids:
    key = columns[0]
    for column in columns[1:]:
        key = key * size + column
    return key


def _tally(keys: Ids) -> tuple[Ids, Floats]:
    found, number = np.unique(keys, return_counts=True)
    return found, number.astype(np.float64)


def _looked_up(table: tuple[Ids, Floats], keys: Ids) -> Floats:
    index = np.minimum(np.searchsorted(table[0], keys), len(table[0]) - 1)
    result: Floats = np.where(table[0][index] == keys, table[1][index], 0.0)
    return result


def _sound(text: str, starts: list[int]) -> str:
    """The text without what stands behind the starts of runs."""
    pieces, position = [], 0
    for start in starts:
        pieces.append(text[position:max(position, start)])
        end = text.find("\n", start, start + NEAR)
        position = max(position, start + NEAR if end < 0 else end)
    return UNSAID.join((*pieces, text[position:]))
