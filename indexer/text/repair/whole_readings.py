"""What speaks for a reading as a whole: phrases of the page, pairs of marks, characters said twice, names.

The search sees four letters at a time.  When it is done, a few whole readings are left, and more can be
asked of each: is a phrase of the page in it, are its brackets paired, does it say a character again
(定人、定時、定標准), is a name of the gazetteer in it (花溪區)?
"""

from __future__ import annotations

import math
import re

import numpy as np

from indexer.lexicon.gazetteer import gazetteer
from indexer.lexicon.ngrams import BREAK, ORDER, Floats
from indexer.text.repair.page_evidence import PageEvidence
from indexer.text.script import fold

# Marks that come in pairs, and how far around a run the partner is looked for.
PAIRED = (("“", "”"), ("《", "》"), ("（(", "）)"), ("『", "』"), ("「", "」"))
QUOTES = "“”《》（）()『』「」"
QUOTED = 400
# What a quotation costs that is closed without being opened, or opened and never closed.
UNPAIRED = 5.0
# So much of the chance of a character is that it was said among the last ones before.
SAID = 0.03
LATELY = 24
# Log chance that a text names this division here, or this township; names in all: 4,000 and 40,000.
DIVISION = -13.5
TOWNSHIP = -16.0
# No name is longer.
LONGEST_NAME = 15
_HAN = re.compile("[\u3400-\u9fff]")


class WholeReadings:
    """The readings of one run, behind `before` and before `rest`, the text of their line."""

    def __init__(self, page: PageEvidence, before: str, rest: str) -> None:
        self.page, self.before = page, before
        broken = rest.find("?")
        self.rest, self.broken = (rest[:broken], True) if broken >= 0 else (rest, False)
        self.folded = fold(before)
        self._marks: dict[str, int] = {}

    def gains(self, texts: list[str]) -> list[float]:
        """What each reading gains in natural logarithms (or loses)."""
        folded = [fold(text) for text in texts]
        return [self._repeated(new) - UNPAIRED * self._unpaired(text) + self._said(new, chances)
                + self._names(new, chances)
                for text, new, chances in zip(texts, folded, self._chances(folded), strict=True)]

    def _chances(self, folded: list[str]) -> list[Floats]:
        """Log chance of each letter of each reading behind those in front of it."""
        front = self.folded[1 - ORDER:].rjust(ORDER - 1, BREAK)
        row = np.array(self.page.model.ids("".join(front + text for text in folded)), dtype=np.int64)
        sizes = np.array([len(text) for text in folded], dtype=np.int64)
        # Where each letter stands in the row: in front of the texts up to its own stand so many fronts.
        places = np.arange(sizes.sum()) + np.repeat(np.arange(1, len(folded) + 1) * (ORDER - 1), sizes)
        contexts = np.column_stack([row[places - back] for back in range(ORDER - 1, 0, -1)])
        return np.split(self.page.chances(contexts, row[places]), np.cumsum(sizes))[:-1]

    def _repeated(self, new: str) -> float:
        """Phrases that the page repeats (三號橋) speak for a reading, also read backwards."""
        phrases = self.page.phrases
        return sum(math.log1p(times) for at in range(len(new) - 2) if (times := phrases.get(new[at:at + 3])))

    def _said(self, new: str, chances: Floats) -> float:
        """Characters that were said just before are likelier: 買牛看牛."""
        said = self.folded[-LATELY:]
        whole, gain = said + new, 0.0
        for here, (char, chance) in enumerate(zip(new, chances.tolist(), strict=True), len(said)):
            times = whole.count(char, max(0, here - LATELY), here)
            if times and _HAN.match(char):
                gain += math.log(1.0 - SAID + SAID * times / LATELY / math.exp(chance))
        return gain

    def _names(self, new: str, chances: Floats) -> float:
        """Names of divisions and townships: the gazetteer knows them, the model hardly."""
        front = self.folded[-LONGEST_NAME:]
        whole, begin, gain = front + new, len(front), 0.0
        known = gazetteer()
        for chance, found in ((DIVISION, known.matches(whole)), (TOWNSHIP, known.township_matches(whole))):
            for match in found:
                if match.end <= begin or match.end - match.start < 3:
                    continue
                first, last = max(match.start, begin) - begin, match.end - begin
                by_letters = float(chances[first:last].sum())
                by_name = chance * (last - first) / (match.end - match.start)
                gain += float(np.logaddexp(by_letters, by_name)) - by_letters
        return gain

    def _unpaired(self, text: str) -> int:
        """Quotation marks and brackets of the line that have no partner, with `text` as the run."""
        marks = "".join(char for char in text if char in QUOTES)
        if marks not in self._marks:
            self._marks[marks] = self._count(marks)
        return self._marks[marks]

    def _count(self, marks: str) -> int:
        number = 0
        for opens, closes in PAIRED:
            depth = 0
            for char in self.before + marks + self.rest:
                if char in opens:
                    depth += 1
                elif char in closes:
                    depth, number = (depth - 1, number) if depth else (0, number + 1)
            number += 0 if self.broken else depth
        return number
