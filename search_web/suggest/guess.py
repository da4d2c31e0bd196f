"""What may have been meant by what was typed: the cheapest ways to read it as the archive's own words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice, product

from indexer.text.script import fold
from indexer.text.tokenise import segmenter
from search_web.query.lexer import FIELDS
from search_web.suggest.sounds import Unit, sounded, spoken, syllables, toneless
from search_web.suggest.vocabulary import Vocabulary

# Longer runs without a blank are sentences: nobody mistypes one and wants it guessed.
MAX_RUN = 24
MAX_WORD = 7
# Of a long query so many runs are looked at, and of those that may be wrong so many changed at once.
MAX_RUNS = 16
MAX_DOUBTFUL = 4
# Ways that are kept up to each place of a run, and whole readings that are offered.
BEAM = 8
MAX_GUESSES = 60

# What it costs to leave things as they are: a word of the archive, a word that only the dictionary
# has, a single character. So 帮抚 (two characters, 2.0) gives way to 帮扶 (one word, one same sound).
KNOWN_WORD = 0.1
OTHER_WORD = 0.75
LONE_CHARACTER = 1.0
# And beyond its words, to leave a run that stands in no report: 乡村|正兴 gives way to 乡村振兴.
UNHEARD = 0.5
# Pinyin that can be read as words is hardly meant as letters.
LEFT_AS_LETTERS = 20.0
# How many times more frequent an abbreviation's word must be than the next, which counts as one report
# at least: zc is 驻村 only where 政策 is rare.
UNAMBIGUOUS = 3

_LETTER = r"[^\W\d_\u3400-\u9fff]"
# A Chinese character, or letters with the marks and numbers of tones: 驻, zhùcūn, zhu4cun1, lü, xi'an.
_TOKEN = re.compile(rf"[\u3400-\u9fff]|{_LETTER}"
                    rf"(?:{_LETTER}|[\u0300-\u030c]|[1-5](?![0-9])|['’:](?={_LETTER}))*")
_OPERATORS = frozenset({"AND", "OR", "NOT"})


@dataclass(frozen=True, slots=True)
class Guess:
    """A whole query that may have been meant; `changes` are its new parts as (typed, meant)."""

    text: str
    cost: float
    changes: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class _Way:
    """A reading of a run's first units: text, its cost, whether it is what was typed."""

    cost: float
    text: str
    same: bool = True


@dataclass(frozen=True, slots=True)
class _Run:
    """A stretch of the query that is read as a whole."""

    start: int
    end: int
    text: str


class Guesser:
    """Guesses from two vocabularies: the words of the reports, and the names of their places."""

    def __init__(self, words: Vocabulary, places: Vocabulary) -> None:
        self._vocabularies = (words, places)
        self._similar = lru_cache(4096)(self._all_similar)

    def guesses(self, typed: str, unheard: Sequence[str] = ()) -> list[Guess]:
        """Readings of a query other than itself, the likeliest first.

        `unheard`: folded runs that no report holds, which are the likelier to be slips.
        """
        read = ((run, self._readings(run.text, UNHEARD if fold(run.text) in unheard else 0.0))
                for run in _runs(typed)[:MAX_RUNS] if _open(typed, run))
        doubtful = [(run, ways) for run, ways in read if len(ways) > 1][:MAX_DOUBTFUL]
        runs = [run for run, _ in doubtful]
        most = MAX_GUESSES if len(runs) == 1 else MAX_DOUBTFUL
        guesses = []
        for choice in product(*(ways[:most] for _, ways in doubtful)):
            changes = tuple((run.text, text) for run, (_, text) in zip(runs, choice, strict=True)
                            if text != run.text)
            if changes:
                texts = [text for _, text in choice]
                guesses.append(Guess(_replaced(typed, runs, texts), sum(cost for cost, _ in choice), changes))
        return sorted(guesses, key=lambda guess: (guess.cost, guess.text))

    def _readings(self, run: str, more: float = 0.0) -> list[tuple[float, str]]:
        """What a run may mean, itself (at `more` than its words cost) among it: (cost, text)."""
        ways = self._units(run)
        own = min((self._cost_as_typed(units) for units in ways), default=0.0) + more
        found = {run: own}
        for units in ways:
            for way in self._ways(units):
                if not way.same and way.cost <= own and way.cost < found.get(way.text, own + 1):
                    found[way.text] = way.cost
        if len(found) == 1 and (word := self._abbreviated(run)):
            found[word] = 0.0
        return sorted((cost, text) for text, cost in found.items())[:MAX_GUESSES]

    def _units(self, run: str) -> list[tuple[Unit, ...]]:
        """The ways to read a run as syllables; none when it is too long or holds what is no pinyin."""
        tokens = _TOKEN.findall(run)
        if len(tokens) > MAX_RUN:
            return []
        choices: list[list[tuple[Unit, ...]]] = []
        for token in tokens:
            if _is_han(token[0]):
                choices.append([(spoken(fold(token)),)])
            else:
                choices.append([tuple(map(sounded, way)) for way in syllables(token, self._syllables())])
        combined = (sum(choice, ()) for choice in islice(product(*choices), BEAM))
        return [units for units in combined if len(units) <= MAX_RUN]

    def _syllables(self) -> frozenset[str]:
        words, places = self._vocabularies
        return words.syllables | places.syllables

    def _ways(self, units: tuple[Unit, ...]) -> list[_Way]:
        """The cheapest readings of the units as words."""
        best: list[list[_Way]] = [[_Way(0.0, "")]] + [[] for _ in units]
        for end in range(1, len(units) + 1):
            found: dict[str, _Way] = {}
            for start in range(max(0, end - MAX_WORD), end):
                for piece in self._pieces(units[start:end]):
                    for way in best[start]:
                        whole = _Way(way.cost + piece.cost, way.text + piece.text, way.same and piece.same)
                        if whole.text not in found or whole.cost < found[whole.text].cost:
                            found[whole.text] = whole
            best[end] = sorted(found.values(), key=lambda way: (way.cost, way.text))[:BEAM * 2]
        return best[-1]

    def _pieces(self, units: tuple[Unit, ...]) -> list[_Way]:
        """What one word's worth of units may stand for: itself, and what is like it."""
        typed = "".join(unit.char for unit in units)
        pieces = []
        if len(typed) == len(units):
            cost = self._cost_of(typed)
            if cost is not None:
                pieces.append(_Way(cost, typed))
        if len(units) > 1:
            pieces += [_Way(cost, word, False) for word, cost in self._similar(units) if word != typed]
        return pieces

    def _all_similar(self, units: tuple[Unit, ...]) -> list[tuple[str, float]]:
        """The likeliest words for units, cheapest first, each once."""
        found: dict[str, float] = {}
        for vocabulary in self._vocabularies:
            for word, cost in vocabulary.similar(units):
                found[word] = min(cost + KNOWN_WORD, found.get(word, cost + KNOWN_WORD))
        return sorted(found.items(), key=lambda pair: (pair[1], pair[0]))[:BEAM]

    def _cost_of(self, typed: str) -> float | None:
        """What it costs to leave a word as it is; None for what is no word at all."""
        if len(typed) > 1 and any(words.count(typed) for words in self._vocabularies):
            return KNOWN_WORD
        if len(typed) == 1:
            return LONE_CHARACTER
        return OTHER_WORD if segmenter().FREQ.get(typed) else None

    def _cost_as_typed(self, units: tuple[Unit, ...]) -> float:
        """What it costs to leave a run as it is; much where pinyin can be read."""
        if any(not unit.char for unit in units):
            return LEFT_AS_LETTERS
        typed = "".join(unit.char for unit in units)
        best = [0.0] + [float("inf")] * len(typed)
        for end in range(1, len(typed) + 1):
            for start in range(max(0, end - MAX_WORD), end):
                cost = self._cost_of(typed[start:end])
                if cost is not None:
                    best[end] = min(best[end], best[start] + cost)
        return best[-1]

    def _abbreviated(self, run: str) -> str | None:
        """The word of some initials, when no other is nearly as frequent."""
        letters = toneless(run)
        if not 2 <= len(letters) <= 6 or run.strip().lower() != letters:
            return None
        found = sorted((pair for words in self._vocabularies for pair in words.abbreviated(letters)),
                       key=lambda pair: -pair[1])
        if not found or found[0][1] < UNAMBIGUOUS * max([1, *(count for _, count in found[1:2])]):
            return None
        return found[0][0]


def _is_han(char: str) -> bool:
    return "\u3400" <= char <= "\u9fff"


def _runs(typed: str) -> list[_Run]:
    """Stretches of Chinese and pinyin; blanks part them, but those between letters (zhu cun) do not."""
    runs: list[_Run] = []
    for match in _TOKEN.finditer(typed):
        if runs:
            gap = typed[runs[-1].end:match.start()]
            letters = not _is_han(match.group()[0]) and not _is_han(typed[runs[-1].end - 1])
            operator = match.group() in _OPERATORS or runs[-1].text in _OPERATORS
            if not operator and (not gap or (gap.isspace() and letters)):
                first = runs.pop().start
                runs.append(_Run(first, match.end(), typed[first:match.end()]))
                continue
        runs.append(_Run(match.start(), match.end(), match.group()))
    return runs


def _open(typed: str, run: _Run) -> bool:
    """Whether a run may be changed: no field's name, no operator, nothing that is excluded."""
    labels = typed[run.end:run.end + 1] in {":", "："} and fold(run.text) in FIELDS
    excluded = run.start > 0 and typed[run.start - 1] in "-－"
    return not labels and not excluded and run.text not in _OPERATORS


def _replaced(typed: str, runs: Sequence[_Run], texts: Sequence[str]) -> str:
    """The query with its runs replaced by texts."""
    pieces, at = [], 0
    for run, text in zip(runs, texts, strict=True):
        pieces += [typed[at:run.start], text]
        at = run.end
    return "".join([*pieces, typed[at:]])
