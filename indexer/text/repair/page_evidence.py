"""What a page says of itself where bytes are in step: its script, the generator's table, its words."""

from __future__ import annotations

import functools
import math
import re
from collections import Counter

import numpy as np

from indexer.lexicon.ngrams import Floats, Ids, model
from indexer.text.repair.forms import UNKNOWN_LETTER, alone, beside, letter_of, others
from indexer.text.repair.gbk import characters, keys, user_defined
from indexer.text.repair.glosses import NOTE, frequency, in_table, readings
from indexer.text.repair.ordinary import STRANGE, Ordinary
from indexer.text.repair.page_words import PageWords
from indexer.text.script import fold, script_of

# Costs in natural logarithms: a law of the generator broken, a rare character or reading noted.
AGAINST_LAW = 9.0
RARE_CHARACTER = 2.0
OTHER_READING = 2.0
# Rarer characters are not expected in a generator's table (log frequency).
RARE_NOTED = -12.0
# Sound text near a start may be part of the run: it says nothing about the generator's table.
NEAR = 40
# A character that the page uses more or less than the model expects is likelier or rarer by this
# power of the ratio; the page counts against so many characters of the model.
PAGE_POWER = 0.25
PAGE_WEIGHT = 500.0
# Stands for what is left out of the sound text; no letter of the model, and no end of a line.
UNSAID = "\ufffd"
# Stands in a reading for a digit or blank that was eaten together with half a character.
EATEN = "\x00"

_HAN = "\u3400-\u9fff"
# Full-width marks; the same turned into ASCII by the crawl, where a Han character stands in front.
_WIDE = re.compile("[，；：！（）]")
_NARROW = re.compile(f"(?<=[{_HAN}])[,;:!](?![0-9])")


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
        folded = fold(clean)
        letters = self.model.ids(folded)
        self._words = PageWords(letters)
        self.phrases = Counter(folded[at:at + 3] for at in range(len(folded) - 2))
        self._cost: dict[str, float] = {}
        self._bare: dict[str, float] = {}
        self._read: dict[tuple[int, str], list[tuple[str, tuple[int, int], float]]] = {}
        bare = sum(in_table(char) for char in self.plain)
        # Of the characters that a table may hold, how many does this generator's hold?
        self.share = (len(self.table) + 0.5) / (len(self.table) + bare + 1.0)
        self._letters: dict[str, tuple[int, float]] = {}
        everywhere = _everywhere()
        ids = np.array([i for i in letters if i > 1], dtype=np.int64)
        here = np.bincount(ids, minlength=self.model.size) + PAGE_WEIGHT * everywhere
        self.favour = PAGE_POWER * np.log(here / (len(ids) + PAGE_WEIGHT) / everywhere)
        self.ordinary = Ordinary(self.shown, self.favour, traditional=self.traditional)

    def chances(self, contexts: Ids, nexts: Ids, parents: Ids | None = None) -> Floats:
        """Log probabilities by the model and the page's own words, as `PageWords.chances` gives them."""
        return self._words.chances(contexts, nexts, parents)

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
        if char in self.shown:
            return 0.0
        other = any(form in self.shown for form in others(char))
        return beside(char, self.traditional) if other else alone(char, self.traditional)

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
            cost -= math.log(self.share) - (0.0 if frequency(char) > RARE_NOTED else RARE_CHARACTER)
        return cost + (0.0 if known == note or readings(char)[0] == note else OTHER_READING)

    def read_behind(self, gap: int, note: str) -> list[tuple[str, tuple[int, int], float]]:
        """The characters that are read so and whose first byte vanished behind the byte `gap`, with their
        bytes and costs."""
        if (gap, note) not in self._read:
            codes = [(lead, byte) for lead in range(0x81, 0xFF) if gap == 0x80 or user_defined(gap, lead)
                     for byte in keys(lead, note)]
            self._read[gap, note] = [
                (characters()[code], code, self.note(characters()[code], note) or 0.0) for code in codes]
        return self._read[gap, note]


@functools.cache
def _everywhere() -> Floats:
    """The chance of each letter where nothing is known of what stands in front."""
    chances: Floats = np.exp(model().anywhere)
    return chances


def _sound(text: str, starts: list[int]) -> str:
    """The text without what stands behind the starts of runs."""
    pieces, position = [], 0
    for start in starts:
        pieces.append(text[position:max(position, start)])
        end = text.find("\n", start, start + NEAR)
        position = max(position, start + NEAR if end < 0 else end)
    return UNSAID.join((*pieces, text[position:]))
