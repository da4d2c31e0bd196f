"""The search for the bytes of a misaligned run: all that may have stood there, judged piece by piece.

Every piece of the page says what the bytes were, or leaves a few possibilities: an eaten byte makes,
with the byte in front, a character that is read as the note says; a vanished pair lay in a
user-defined zone.  What bytes cannot decide, language does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from indexer.lexicon.ngrams import Floats, Ids
from indexer.text.repair.forms import letter_of
from indexer.text.repair.gbk import WIDE_MARK, characters, encoded, keys, last_bytes, user_defined
from indexer.text.repair.glosses import MISALIGNED
from indexer.text.repair.ordinary import SENTENCE_MARKS, Candidates
from indexer.text.repair.page_evidence import EATEN, PageEvidence
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
# Nearly every split begins behind a full stop.
FULL_STOP = 2.0
# What a sentence with a real `?！` costs on a page whose text was split at these bytes.
REAL_MARKS = 8.0
# What a note costs that a writer put himself.
WRITERS = 10.0
_AT = re.compile(rf"(?P<eaten>{MISALIGNED.pattern})|(?P<note>\(([^()\n]{{1,6}})\))|"
                 r"(?P<split>\?[?!;,？！；，])")
UNKNOWN = -1


class Reading(NamedTuple):
    """What the bytes so far may have been: whole characters, and perhaps the half of a next one."""

    text: str = ""
    pending: int = 0  # a lead byte whose trail byte is still to come; UNKNOWN after a vanished pair
    last: tuple[int, int] = (0, 0)  # the two bytes before the next one
    noted: bool = True  # a note stands behind the last byte
    noted_before: bool = True  # a note stands behind the byte before it
    score: float = 0.0
    end: int = 0  # offset in the page where the last run ended
    length: int = 0  # characters of `text` up to there
    gap: int = 0  # the first byte of the pair that vanished last
    gaps: int = 0  # pairs that vanished
    context: tuple[int, ...] = (0, 0, 0)


class _Next(NamedTuple):
    """One way to go on from a reading: cheap to make, judged together with all others."""

    old: Reading
    chars: str  # characters that are whole now
    pending: int = 0
    last: tuple[int, int] = (0, 0)
    cost: float = 0.0
    noted: bool = False
    noted_before: bool = False
    gap: int = 0
    ends: bool = False  # the bytes are in step again


class _Choice(NamedTuple):
    """Ways that differ in one character alone: `way` says what stands behind it, at most a letter."""

    way: _Next
    halves: Candidates
    own: bool = False  # the bytes of the character are the last ones


class Realignment:
    """One search: the readings that survive, piece by piece of the page."""

    def __init__(self, page: PageEvidence, text: str, start: int, left: str) -> None:
        self.page, self.text, self.at = page, text, start
        most = min(len(text), start + FARTHEST)
        stop = text.find("\n", start, most)
        self.stop = most if stop < 0 else stop
        self.before = left
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
            return [new for old in olds for new in self._noted(old, match)]
        ways: Iterator[_Next | _Choice]
        if match and match["eaten"]:
            ways = (way for old in self._open() for way in self._eaten(old, match.group(2)))
        elif match:
            ways = (way for old in self._open(FEW) for way in self._parted(old, match.group()[-1]))
        elif self.text[self.at - 1] == "?" and self.at == self.stop:
            ways = (way for old in self._open(FEW) for way in self._cut(old))
        elif self.text[self.at - 1] == "?":
            ways = (way for old in self._open(FEW) for way in self._undefined(old))
        else:
            char = self.text[self.at - 1]
            pairs = list(self._pairs(char))
            ways = (way for old in self._open() for way in self._shown(old, char, pairs))
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
        base = np.array([old.score - (0.0 if old.pending == UNKNOWN else self._law(old))
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

    def _law(self, old: Reading) -> float:
        """Cost of the last two bytes without a note, when the table holds their character."""
        if old.noted or old.noted_before:
            return 0.0
        return self.page.bare(characters().get(old.last))

    def _closed(self, old: Reading, pair: bytes) -> Iterator[_Next | _Choice]:
        """The half character completed by a trail byte, and the byte behind it, if any."""
        trail, law = pair[0], 0.0 if old.pending == UNKNOWN else self._law(old)
        char = characters().get((old.pending, trail), "")
        if not char and old.pending != UNKNOWN:
            return
        way = _Next(old, char, 0, (max(old.pending, 0), trail), law,
                    noted_before=old.noted and old.pending != UNKNOWN)
        way = way._replace(ends=True) if len(pair) == 1 else self._begun(way, pair[1])
        if old.pending == UNKNOWN:
            yield _Choice(way, self.page.ordinary.behind_gap(old.gap, trail), own=len(pair) == 1)
        else:
            yield way

    def _shown(self, old: Reading, char: str, pairs: list[bytes]) -> Iterator[_Next | _Choice]:
        """A character of the page: in step it stands for itself."""
        if not old.pending:
            code = encoded(WIDE_MARK.get(char, char) if self.page.wide else char)
            law = self._law(old)
            if code and not old.noted:
                straddled = characters().get((old.last[1], code[0]))
                law += self.page.bare(straddled)
            last = (code[-2], code[-1]) if len(code) > 1 else (0, code[0] if code else 0)
            yield _Next(old, char, 0, last, law)
            return
        for pair in pairs:
            yield from self._closed(old, pair)

    def _undefined(self, old: Reading) -> Iterator[_Next | _Choice]:
        """A pair that is none is shown as `?`: a digit behind half a character, or a byte 80 (個)."""
        if not old.pending:
            yield from self._shown(old, "?", [])
            return
        halves, law = self._halves(old), 0.0 if old.pending == UNKNOWN else self._law(old)
        yield _Choice(_Next(old, EATEN, 0, (0, 0), law, True, True, ends=True), halves)
        for lead, trail, char in self.page.ordinary.ending_in_80(halves):
            yield _Next(old, char, UNKNOWN, (lead, trail), law, noted_before=old.noted, gap=0x80)

    def _halves(self, old: Reading) -> Candidates:
        """The ordinary characters that half a character may be."""
        unknown = old.pending == UNKNOWN
        ordinary = self.page.ordinary
        return ordinary.halves_behind(old.gap) if unknown else ordinary.halves(old.pending)

    def _begun(self, way: _Next, byte: int) -> _Next:
        """A byte behind a whole character: the lead byte of the next one, or an ASCII character."""
        straddled = characters().get((way.last[1], byte))
        law = self.page.bare(straddled)
        # Whether that pair was noted is said by what comes next: `law` of the reading judges it then.
        if byte >= 0x80:
            return way._replace(pending=byte, last=(way.last[1], byte))
        return way._replace(chars=way.chars + chr(byte), last=(way.last[1], byte), ends=True,
                            cost=way.cost + law)

    def _pairs(self, char: str) -> Iterator[bytes]:
        """The bytes that are shown so, out of step."""
        if char >= "\x80":
            if pair := encoded(char):
                yield pair
        elif char == " ":
            yield b"\xa1\xa1"
        else:
            if char >= "@":
                yield char.encode()
            if self.page.wide and char != "?":
                yield bytes((0xA3, ord(char) + 0x80))

    def _eaten(self, old: Reading, note: str) -> Iterator[_Next]:
        """A byte and a bracket were shown as `?`; the note says what the byte made."""
        if old.pending == UNKNOWN:
            for lead in range(0x81, 0xFF):
                if old.gap == 0x80 or user_defined(old.gap, lead):
                    for byte in keys(lead, note):
                        char = characters()[lead, byte]
                        yield _Next(old, char, 0, (lead, byte), self.page.note(char, note) or 0.0,
                                    noted=True, ends=True)
            return
        for byte in keys(old.last[1], note):
            char, last = characters()[old.last[1], byte], (old.last[1], byte)
            cost = self.page.note(char, note) or 0.0
            if old.pending:
                yield _Next(old, char, 0, last, cost, True, old.noted, ends=True)
            else:
                yield _Next(old, "", byte, last, cost, True, old.noted)

    def _noted(self, old: Reading, match: re.Match[str]) -> Iterator[Reading]:
        """A whole note: the two bytes in front are its character, in step or not."""
        if old.pending == UNKNOWN:
            return
        cost = self.page.note(characters().get(old.last), match.group(4))
        if cost is not None:
            here = not old.pending and old.length == len(old.text)
            yield old._replace(noted=True, score=old.score - cost, end=self.at if here else old.end)
        elif not old.pending:  # a writer's own note: 郫(pí)县
            yield old._replace(text=old.text + match.group(), noted=True, score=old.score - WRITERS)

    def _parted(self, old: Reading, mark: str) -> Iterator[_Next | _Choice]:
        """The text was split at the bytes of a mark: a lone lead byte in front is shown as `?`."""
        wide = WIDE_MARK.get(mark, mark) if self.page.wide else mark
        code = encoded(wide)
        if len(code) != 2:
            return
        last, law = (code[0], code[1]), 0.0 if old.pending == UNKNOWN else self._law(old)
        if old.pending:
            yield _Choice(_Next(old, wide, 0, last, law, ends=True), self._halves(old))
            return
        yield _Next(old, "?" + mark, 0, last, law + REAL_MARKS, noted_before=True)
        for char in self.page.ordinary.with_trail(code[0]):
            yield _Next(old, char, code[1], last, law - (FULL_STOP if char == "。" else 0.0))

    def _cut(self, old: Reading) -> Iterator[_Next | _Choice]:
        """A lone lead byte at the end of a line is shown as `?`."""
        if old.pending:
            yield _Choice(_Next(old, "", ends=True), self._halves(old), own=True)
        else:
            yield _Next(old, "?")

    def _best(self, ways: list[_Next | _Choice]) -> list[Reading]:
        """Judge what is new in every way and go the best ones."""
        single = [way for way in ways if isinstance(way, _Next)]
        scores = self._judged(single)
        choices = [way for way in ways if isinstance(way, _Choice) and len(way.halves.rows)]
        if choices:
            found, more = self._chosen(choices)
            single, scores = single + found, np.concatenate((scores, more))
        if not single:
            return []
        return [self._gone(single[i], float(scores[i]))
                for i in _ranked(scores, BEAM, float(scores.max()) - BEHIND)]

    def _chosen(self, choices: list[_Choice]) -> tuple[list[_Next], Floats]:
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

    def _tail(self, way: _Next) -> tuple[int, float]:
        """The letter behind the character that is chosen, and its cost; -1 and 0 for none."""
        return self.page.letter(way.chars) if way.chars else (-1, 0.0)

    def _judged(self, ways: list[_Next]) -> Floats:
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

    def _priced(self, way: _Next, number: int) -> tuple[int, float]:
        """The letter of a character that is whole now, and what it costs there."""
        char = way.chars[number]
        letter, cost = self.page.letter(char)
        before = way.chars[number - 1] if number else way.old.text[-1:]
        return letter, cost + (DOUBLED if char == before and char in SENTENCE_MARKS else 0.0)

    def _gone(self, way: _Next, score: float) -> Reading:
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
