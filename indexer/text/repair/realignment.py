"""The search for the bytes of a misaligned run: all that may have stood there, judged piece by piece.

A piece of the page leaves a few ways to go on (`ways`), and before it pairs of a user-defined zone may
have vanished.  What bytes cannot decide, language does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from indexer.lexicon.ngrams import Floats, Ids
from indexer.text.repair.forms import letter_of
from indexer.text.repair.gbk import last_bytes
from indexer.text.repair.glosses import MISALIGNED
from indexer.text.repair.ordinary import SENTENCE_MARKS
from indexer.text.repair.page_evidence import PageEvidence
from indexer.text.repair.ways import UNKNOWN, Choice, Reading, Way, Ways
from indexer.text.repair.whole_readings import QUOTED, WholeReadings
from indexer.text.script import fold

# Readings kept after every piece of the page, and how far behind the best they may lie.
BEAM = 48
BEHIND = 12.0
# Pieces of the page that one run may take, and sound characters behind it that help to judge it.
MAX_PIECES = 90
# No run reaches farther: the longest piece is a note of eight characters.
FARTHEST = MAX_PIECES * 9
TAIL = 4
# Pairs that vanish in one run, and readings that are followed through one of them.
MAX_GAPS = 6
GAP_BEAM = 160
GAP_PARENTS = 20
FEW = 8
# Characters of a choice whose letter behind is judged.
MOST_CHOSEN = 1024
# The most that the end of a line costs: lines are also cut where no sentence ends.
NO_END = 8.0
# No line of a report ends in one of these, also where the model has not seen enough lines.
OPEN_MARKS = ("，", "、", "“", "《", "（")
# What a mark costs behind the same mark; the web's 。。。 is not the reports'.
DOUBLED = 6.0
_AT = re.compile(rf"(?P<eaten>{MISALIGNED.pattern})|(?P<note>\(([^()\n]{{1,6}})\))|"
                 r"(?P<split>\?[?!;,？！；，])")


class Realignment:
    """One search: the readings that survive, piece by piece of the page."""

    def __init__(self, page: PageEvidence, text: str, start: int, left: str) -> None:
        self.page, self.text, self.at = page, text, start
        most = min(len(text), start + FARTHEST)
        stop = text.find("\n", start, most)
        self.stop = most if stop < 0 else stop
        self.before = left
        self.ways = Ways(page)
        context = (0, 0, 0, *page.model.ids(fold(left[-3:])))[-3:]
        self.readings = [Reading(last=last_bytes(left), context=context, end=start)]

    def run(self) -> list[Reading]:
        """The readings of the run, best first; none when the bytes allow none."""
        for _ in range(MAX_PIECES):
            if self.at >= self.stop:
                break
            self.readings = self._piece()
            if not self.readings:
                return []
            best = self.readings[0]
            if not best.pending and len(best.text) - best.length >= TAIL:
                break
        whole = self._weighed([reading for reading in self.readings if not reading.pending])
        whole.sort(key=lambda reading: -reading.score)
        if self.at >= self.stop:
            return sorted(self._ended(whole), key=lambda reading: -reading.score)
        return [] if self.readings[0].pending else whole

    def _weighed(self, readings: list[Reading]) -> list[Reading]:
        """The readings, each judged as a whole."""
        rest = self.text[self.at:min(self.stop, self.at + QUOTED)]
        gains = WholeReadings(self.page, self.before, rest).gains([reading.text for reading in readings])
        return [reading._replace(score=reading.score + gain)
                for reading, gain in zip(readings, gains, strict=True)]

    def _ended(self, readings: list[Reading]) -> list[Reading]:
        """The readings, each with the cost of its last character at the end of a line."""
        contexts = np.array([reading.context for reading in readings], dtype=np.int64).reshape(-1, 3)
        end = np.zeros(len(readings), dtype=np.int64)  # the letter of the end of a line
        chances = self.page.chances(contexts, end).tolist()
        return [reading._replace(score=reading.score - (
                    NO_END if reading.text[-1:] in OPEN_MARKS else min(-chance, NO_END)))
                for reading, chance in zip(readings, chances, strict=True)]

    def _piece(self) -> list[Reading]:
        """Read one piece of the page into every reading."""
        match = _AT.match(self.text, self.at)
        olds = self.readings
        self.at = match.end() if match else self.at + 1
        if match and match["note"]:
            return [new for old in olds for new in self.ways.noted(old, match, self.at)]
        ways: Iterator[Way | Choice]
        if match and match["eaten"]:
            ways = (way for old in self._open() for way in self.ways.eaten(old, match.group(2)))
        elif match:
            ways = (way for old in self._open(FEW) for way in self.ways.parted(old, match.group()[-1]))
        elif self.text[self.at - 1] == "?" and self.at == self.stop:
            ways = (way for old in self._open(FEW) for way in self.ways.cut(old))
        elif self.text[self.at - 1] == "?":
            ways = (way for old in self._open(FEW) for way in self.ways.undefined(old))
        else:
            char = self.text[self.at - 1]
            pairs = list(self.ways.pairs(char))
            ways = (way for old in self._open() for way in self.ways.shown(old, char, pairs))
        return self._best(list(ways))

    def _open(self, few: int = GAP_BEAM) -> list[Reading]:
        """The readings, and those in which pairs of a user-defined zone vanished here."""
        found = list(self.readings)
        fresh = found
        for most in (few, few, few // 4):
            fresh = self._gaps([old for old in fresh[:GAP_PARENTS]
                                if old.pending and old.gaps < MAX_GAPS], most, found[0].score)
            found = found + fresh
        return found

    def _gaps(self, olds: list[Reading], most: int, than: float) -> list[Reading]:
        """A pair's first byte ends a character; its second begins one and is not known yet."""
        if not olds:
            return []
        ways = [self.page.ordinary.between_gaps(old.gap) if old.pending == UNKNOWN
                else self.page.ordinary.before_gap(old.pending) for old in olds]
        sizes = [len(way.rows) for way in ways]
        parent = np.repeat(np.arange(len(olds)), sizes)
        base = np.array([old.score - (0.0 if old.pending == UNKNOWN else self.ways.law(old))
                         for old in olds])
        contexts = np.array([old.context for old in olds], dtype=np.int64)
        letters = np.concatenate([way.letters for way in ways])
        known = base[parent] - np.concatenate([way.costs for way in ways])
        near = np.flatnonzero(known >= max(than, float(base.max()) - BEHIND) - BEHIND)
        if not len(near):
            return []
        scores = known[near] + self.page.chances(contexts, letters[near], parent[near])
        found, offsets = [], np.cumsum([0, *sizes])
        for place in _ranked(scores, most, max(float(scores.max()), than) - BEHIND):
            number = int(parent[near[place]])
            at = int(near[place] - offsets[number])
            old, (lead, first, char) = olds[number], self.page.ordinary.rows[ways[number].rows[at]]
            found.append(old._replace(
                text=old.text + char, pending=UNKNOWN, last=(lead, first), noted=False,
                noted_before=old.noted if old.pending != UNKNOWN else False, gap=first,
                score=float(scores[place]), gaps=old.gaps + 1,
                context=(*old.context[1:], int(letters[near[place]]))))
        return found

    def _best(self, ways: list[Way | Choice]) -> list[Reading]:
        """Judge what is new in every way and go the best ones."""
        single = [way for way in ways if isinstance(way, Way)]
        scores = self._judged(single)
        choices = [way for way in ways if isinstance(way, Choice) and len(way.halves.rows)]
        if choices:
            found, more = self._chosen(choices)
            single, scores = single + found, np.concatenate((scores, more))
        if not single:
            return []
        return [self._gone(single[i], float(scores[i]))
                for i in _ranked(scores, BEAM, float(scores.max()) - BEHIND)]

    def _chosen(self, choices: list[Choice]) -> tuple[list[Way], Floats]:
        """The best ways of all choices, with their scores."""
        sizes = [len(choice.halves.rows) for choice in choices]
        offsets = np.cumsum([0, *sizes])
        parents = np.repeat(np.arange(len(choices)), sizes)
        contexts = np.array([choice.way.old.context for choice in choices], dtype=np.int64)
        letters = np.concatenate([choice.halves.letters for choice in choices])
        tails = [self._tail(choice.way) for choice in choices]
        base = np.array([choice.way.old.score - choice.way.cost - cost
                         for choice, (_, cost) in zip(choices, tails, strict=True)])
        scores = base[parents] - np.concatenate([choice.halves.costs for choice in choices])
        scores += self.page.chances(contexts, letters, parents)
        for number, (way, halves, _) in enumerate(choices):
            for mark in (way.old.text[-1:], way.chars):
                if mark in halves.marks:
                    scores[offsets[number] + halves.marks[mark]] -= DOUBLED
        behind = np.array([letter for letter, _ in tails], dtype=np.int64)
        # A letter behind can only make a way less likely: what lies far behind stays there.
        near = _ranked(scores, MOST_CHOSEN)
        rows = near[behind[parents[near]] >= 0]
        after = np.column_stack((contexts[parents[rows], 1:], letters[rows]))
        scores[rows] += self.page.chances(after, behind[parents[rows]])
        near = near[_ranked(scores[near], BEAM)]
        found = []
        for place in near.tolist():
            way, halves, own = choices[parents[place]]
            row = halves.rows[place - offsets[parents[place]]]
            lead, trail, char = self.page.ordinary.rows[row]
            found.append(way._replace(chars=char + way.chars, last=(lead, trail) if own else way.last))
        return found, scores[near]

    def _tail(self, way: Way) -> tuple[int, float]:
        """The letter behind the character that is chosen, and its cost; -1 and 0 for none."""
        return self.page.letter(way.chars) if way.chars else (-1, 0.0)

    def _judged(self, ways: list[Way]) -> Floats:
        """Scores: what the reading had, what the way costs, how likely its characters are."""
        if not ways:
            return np.zeros(0)
        scores = np.array([way.old.score - way.cost for way in ways])
        contexts = np.array([way.old.context for way in ways])
        place = np.arange(len(ways))
        for number in range(max(len(way.chars) for way in ways)):
            fit = [i for i in place.tolist() if len(ways[i].chars) > number]
            known = [self._priced(ways[i], number) for i in fit]
            place = np.array(fit)
            letters = np.array([letter for letter, _ in known], dtype=np.int64)
            scores[place] -= np.array([cost for _, cost in known])
            scores[place] += self.page.chances(contexts[place], letters)
            contexts[place] = np.column_stack((contexts[place, 1:], letters))
        return scores

    def _priced(self, way: Way, number: int) -> tuple[int, float]:
        """The letter of a character that is whole now, and what it costs there."""
        char = way.chars[number]
        letter, cost = self.page.letter(char)
        before = way.chars[number - 1] if number else way.old.text[-1:]
        return letter, cost + (DOUBLED if char == before and char in SENTENCE_MARKS else 0.0)

    def _gone(self, way: Way, score: float) -> Reading:
        """The reading that a way leads to."""
        old = way.old
        text = old.text + way.chars
        context = (*old.context, *map(letter_of, way.chars))[-3:]
        end, length = (self.at, len(text)) if way.ends else (old.end, old.length)
        return Reading(text, way.pending, way.last, way.noted, way.noted_before, score, end, length,
                       way.gap, old.gaps + (way.pending == UNKNOWN), context)


def _ranked(scores: Floats, most: int, least: float = -np.inf) -> Ids:
    """The places of the best scores, best first and of equal ones the first: `most` of them, none below
    `least`."""
    if len(scores) > most:
        least = max(least, float(np.partition(scores, -most)[-most]))
    near = (scores >= least).nonzero()[0]
    return near[np.argsort(-scores[near], kind="stable")[:most]]
