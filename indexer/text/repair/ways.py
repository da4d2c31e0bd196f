"""What a piece of the page may have been: every way to go on from what was read before it.

Every piece says what the bytes were, or leaves a few possibilities: an eaten byte makes, with the byte
in front, a character that is read as the note says; half a character is one of a few.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from indexer.text.repair.gbk import WIDE_MARK, characters, encoded, keys
from indexer.text.repair.ordinary import Candidates
from indexer.text.repair.page_evidence import EATEN, PageEvidence

# Nearly every split begins behind a full stop.
FULL_STOP = 2.0
# What a sentence with a real `?！` costs on a page whose text was split at these bytes.
REAL_MARKS = 8.0
# What a note costs that a writer put himself.
WRITERS = 10.0
# Stands for the half of a character behind a vanished pair.
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


class Way(NamedTuple):
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


class Choice(NamedTuple):
    """Ways that differ in one character alone: `way` says what stands behind it, at most a letter."""

    way: Way
    halves: Candidates
    own: bool = False  # the bytes of the character are the last ones


class Ways:
    """The ways of a page: they know its script, its marks and the laws of its generator."""

    def __init__(self, page: PageEvidence) -> None:
        self.page = page

    def law(self, old: Reading) -> float:
        """Cost of the last two bytes without a note, when the table holds their character."""
        if old.noted or old.noted_before:
            return 0.0
        return self.page.bare(characters().get(old.last))

    def _closed(self, old: Reading, pair: bytes) -> Way | Choice | None:
        """The half character completed by a trail byte, and the byte behind it, if any."""
        trail, unknown = pair[0], old.pending == UNKNOWN
        char = characters().get((old.pending, trail), "")
        if not char and not unknown:
            return None
        law, noted = (0.0, False) if unknown else (self.law(old), old.noted)
        if len(pair) == 1:
            way = Way(old, char, 0, (max(old.pending, 0), trail), law, noted_before=noted, ends=True)
        elif pair[1] >= 0x80:  # a lead byte; whether it was noted with the byte before is not known yet
            way = Way(old, char, pair[1], (trail, pair[1]), law, noted_before=noted)
        else:
            law += self.page.bare(characters().get((trail, pair[1])))
            way = Way(old, char + chr(pair[1]), 0, (trail, pair[1]), law, noted_before=noted, ends=True)
        if not unknown:
            return way
        return Choice(way, self.page.ordinary.behind_gap(old.gap, trail), own=len(pair) == 1)

    def shown(self, old: Reading, char: str, pairs: list[bytes]) -> Iterator[Way | Choice]:
        """A character of the page: in step it stands for itself."""
        if not old.pending:
            code = encoded(WIDE_MARK.get(char, char) if self.page.wide else char)
            law = self.law(old)
            if code and not old.noted:
                straddled = characters().get((old.last[1], code[0]))
                law += self.page.bare(straddled)
            last = (code[-2], code[-1]) if len(code) > 1 else (0, code[0] if code else 0)
            yield Way(old, char, 0, last, law)
            return
        for pair in pairs:
            if way := self._closed(old, pair):
                yield way

    def undefined(self, old: Reading) -> Iterator[Way | Choice]:
        """A pair that is none is shown as `?`: a digit behind half a character, or a byte 80 (個)."""
        if not old.pending:
            yield from self.shown(old, "?", [])
            return
        halves, law = self._halves(old), 0.0 if old.pending == UNKNOWN else self.law(old)
        yield Choice(Way(old, EATEN, 0, (0, 0), law, True, True, ends=True), halves)
        for lead, trail, char in self.page.ordinary.ending_in_80(halves):
            yield Way(old, char, UNKNOWN, (lead, trail), law, noted_before=old.noted, gap=0x80)

    def _halves(self, old: Reading) -> Candidates:
        """The ordinary characters that half a character may be."""
        unknown = old.pending == UNKNOWN
        ordinary = self.page.ordinary
        return ordinary.halves_behind(old.gap) if unknown else ordinary.halves(old.pending)

    def pairs(self, char: str) -> Iterator[bytes]:
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

    def eaten(self, old: Reading, note: str) -> Iterator[Way]:
        """A byte and a bracket were shown as `?`; the note says what the byte made."""
        if old.pending == UNKNOWN:
            for char, last, cost in self.page.read_behind(old.gap, note):
                yield Way(old, char, 0, last, cost, noted=True, ends=True)
            return
        for byte in keys(old.last[1], note):
            char, last = characters()[old.last[1], byte], (old.last[1], byte)
            cost = self.page.note(char, note) or 0.0
            if old.pending:
                yield Way(old, char, 0, last, cost, True, old.noted, ends=True)
            else:
                yield Way(old, "", byte, last, cost, True, old.noted)

    def noted(self, old: Reading, match: re.Match[str], at: int) -> Iterator[Reading]:
        """A whole note: the two bytes in front are its character, in step or not; it ends at `at`."""
        if old.pending == UNKNOWN:
            return
        cost = self.page.note(characters().get(old.last), match.group(4))
        if cost is not None:
            here = not old.pending and old.length == len(old.text)
            yield old._replace(noted=True, score=old.score - cost, end=at if here else old.end)
        elif not old.pending:  # a writer's own note: 郫(pí)县
            yield old._replace(text=old.text + match.group(), noted=True, score=old.score - WRITERS)

    def parted(self, old: Reading, mark: str) -> Iterator[Way | Choice]:
        """The text was split at the bytes of a mark: a lone lead byte in front is shown as `?`."""
        wide = WIDE_MARK.get(mark, mark) if self.page.wide else mark
        code = encoded(wide)
        if len(code) != 2:
            return
        last, law = (code[0], code[1]), 0.0 if old.pending == UNKNOWN else self.law(old)
        if old.pending:
            yield Choice(Way(old, wide, 0, last, law, ends=True), self._halves(old))
            return
        yield Way(old, "?" + mark, 0, last, law + REAL_MARKS, noted_before=True)
        for char in self.page.ordinary.with_trail(code[0]):
            yield Way(old, char, code[1], last, law - (FULL_STOP if char == "。" else 0.0))

    def cut(self, old: Reading) -> Iterator[Way | Choice]:
        """A lone lead byte at the end of a line is shown as `?`."""
        if old.pending:
            yield Choice(Way(old, "", ends=True), self._halves(old), own=True)
        else:
            yield Way(old, "?")
