"""The fixer for byte-misaligned runs: 家?guī)头鰡挝坏牡酱鍘头鲐?zé)任 was 家幫扶單位的到村幫扶責任.

A gloss generator put its notes behind the *bytes* of its characters, also where those bytes belong to
two neighbours: 家幫 is BC D2 8E CD, D2 8E is 規, so `(guī)` came between 8E and CD.  The decoder ate 8E
together with the bracket (`?`) and read all that follows one byte late, until the next such accident
or a trail byte below 80.  Pairs of user-defined zones vanished; some sites also split their text at
the bytes of ？！；，, wherever those stood: `。靠` became `?？繉`.

The way back is a search over the bytes of the original, from left to right.  Every piece of the page
says what the bytes were, or leaves a few possibilities: an eaten byte makes, with the byte in front,
a character that is read as the note says; a vanished pair lay in a user-defined zone.  What bytes
cannot decide, language does: the lexicon's model, adapted to the page's own sound text, and the
generator's own law that a character is noted everywhere or nowhere.
"""

from __future__ import annotations

import re
from bisect import bisect_left, insort
from dataclasses import dataclass

import numpy as np

from indexer.lexicon.ngrams import ORDER
from indexer.model import Edit, Left
from indexer.text.repair.forms import UNKNOWN_LETTER, letter_of
from indexer.text.repair.glosses import (
    MISALIGNED,
    NOTE,
    frequency,
    generated_notes,
    has_notes,
    in_table,
    readings,
)
from indexer.text.repair.page_evidence import EATEN, NEAR, PageEvidence
from indexer.text.repair.realignment import FARTHEST, Realignment
from indexer.text.repair.steps import Proposal, apply
from indexer.text.repair.ways import Reading
from indexer.text.repair.whole_readings import QUOTED
from indexer.text.script import fold

FIXER = "misaligned-runs"
# The best reading must be this much likelier than all those with other words together (natural
# logarithm).
MIN_MARGIN = 1.5
# The same where a pair vanished, and for every further pair: each is guessed by its neighbours.
MIN_MARGIN_GAP = 0.3
MIN_MARGIN_MORE = 0.5
# There too, than all those that differ in marks alone: language does not tell 自來水，入戶率 from
# 自來水入戶率.
MIN_MARGIN_MARKS = 2.0
# The same in a run that begins with a split: no note says what was eaten there.
MIN_MARGIN_SPLIT = 2.0
# Mean log probability of a character of the reading: below this it is no Chinese sentence.
MIN_CHANCE = -7.5
# The same where no pair vanished: the bytes leave little else.
MIN_CHANCE_WHOLE = -10.0
# The same right behind a run that was left: what begins there may be in the middle of it.
MIN_CHANCE_DOUBTFUL = -6.0
# Behind so many characters of sound Chinese (mean log probability) bytes are in step again.
IN_STEP = 6
IN_STEP_CHANCE = -6.5
# A rarer character (log frequency) is believed where the page has it in its sound text too.
RAREST = -13.0
# Among so many characters behind a split one that is rarer (log frequency) is a sign of bytes out of step.
LOOKED_AT = 3
STRANGE_BEHIND = -11.0
# Verdicts that are remembered, for a run that a page repeats.
REMEMBERED = 256
# The reason of a run that nobody can repair.
DIGIT = "a digit or a blank was eaten: it is not invented"
_MARKS = re.compile("[，。、；：,.;:!?！？“”‘’『』「」《》（）()]")
_SPLIT = re.compile(r"\?(?=[?!;,？！；，])")
_BROKEN = re.compile(f"{MISALIGNED.pattern}|{_SPLIT.pattern}")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of one run: `new` in its place, or the `reason` why it stays; neither where
    nothing is broken.  `size`: the characters of the page that the likeliest reading takes."""

    size: int
    new: str | None = None
    reason: str = ""


def misaligned_runs(text: str) -> Proposal:
    """Bring runs of bytes that are out of step back into step, where one reading is clearly the best.

    Acts on pages of a gloss generator only, known by its notes, or by a note and splits; elsewhere,
    and where the bytes leave a doubt or a digit was eaten, the run stays as it is and is reported.
    A real question mark before another mark (`真的?！`) is one of the readings and competes with the others.
    """
    markers = [match.start() for match in MISALIGNED.finditer(text)]
    notes = generated_notes(text) or _few_notes(text)
    if not notes:
        return Proposal(left=tuple(_left(text, at, "no other notes on the page") for at in markers))
    starts = sorted({*markers, *(match.start() for match in _SPLIT.finditer(text))})
    if not starts:
        return Proposal()
    edits, left = _Judge(PageEvidence(text, notes, starts), text, []).run(starts)
    doubts = [item.start for item in left if DIGIT not in item.reason]
    if edits and doubts:  # what was repaired speaks for the rest
        mended = apply(text, edits)
        again = [match.start() for match in _BROKEN.finditer(mended)]
        evidence = PageEvidence(mended, generated_notes(mended) or notes, again)
        edits, still = _Judge(evidence, text, edits).run(doubts)
        left = sorted([*still, *(item for item in left if DIGIT in item.reason)],
                      key=lambda item: item.start)
    return Proposal(tuple(edits), left=tuple(left))


class _Judge:
    """The runs of a page one after the other; equal runs are read once."""

    def __init__(self, page: PageEvidence, text: str, edits: list[Edit]) -> None:
        self.page, self.text = page, text
        self.edits = edits  # what is decided already, ascending
        self.verdicts: dict[tuple[str, str, bool], Verdict] = {}
        self.in_step: dict[str, bool] = {}

    def run(self, starts: list[int]) -> tuple[list[Edit], list[Left]]:
        """All edits, with those that were decided before, and what is left with its reason."""
        left: list[Left] = []
        done = doubtful = 0
        for start in starts:
            if start < done:
                continue
            before = _before(self.text, start, self.edits)
            verdict = self._verdict(start, before, start < doubtful and not self._in_step(before))
            if verdict.new is not None:
                insort(self.edits, Edit(start, start + verdict.size, verdict.new),
                       key=lambda edit: edit.start)
                done = start + verdict.size
            elif verdict.reason:
                left.append(_left(self.text, start, verdict.reason))
                done = start + max(1, verdict.size)
                if verdict.reason != DIGIT:  # behind a digit bytes are in step
                    doubtful = done + NEAR
        return self.edits, left

    def _in_step(self, before: str) -> bool:
        """Is what stands in front of a run Chinese? What is out of step is a row of rare characters."""
        last = before[-IN_STEP:]
        if last not in self.in_step:
            if len(self.in_step) >= REMEMBERED:
                self.in_step.clear()
            self.in_step[last] = len(last) == IN_STEP and not any(map(self._rare, last)) and (
                self._chance(last) > IN_STEP_CHANCE)
        return self.in_step[last]

    def _chance(self, words: str) -> float:
        """Mean log probability of the characters."""
        row = np.array([*(1,) * (ORDER - 1), *self.page.model.ids(fold(words))], dtype=np.int64)
        rows = np.lib.stride_tricks.sliding_window_view(row, ORDER)
        return float(self.page.chances(rows[:, :-1], rows[:, -1]).mean())

    def _verdict(self, start: int, before: str, doubtful: bool) -> Verdict:
        key = (before, self.text[start:start + FARTHEST + QUOTED], doubtful)
        if key not in self.verdicts:
            if len(self.verdicts) >= REMEMBERED:
                self.verdicts.clear()
            readings = Realignment(self.page, self.text, start, before).run()
            self.verdicts[key] = self._judged(readings, start, doubtful)
        return self.verdicts[key]

    def _judged(self, readings: list[Reading], start: int, doubtful: bool) -> Verdict:
        if not readings:
            return Verdict(0, reason="no reading of the bytes was found")
        best = readings[0]
        size = best.end - start
        if not best.length:
            return Verdict(0)
        if EATEN in best.text[:best.length]:  # 幫助?7戶 was 幫助17戶
            return Verdict(size, reason=DIGIT)
        if not self._clear(best, [other for other in readings[1:] if other.text != best.text], start):
            return Verdict(size, reason="several readings of the bytes are likely")
        least = MIN_CHANCE_DOUBTFUL if doubtful else MIN_CHANCE if best.gaps else MIN_CHANCE_WHOLE
        if best.score / max(len(best.text), 1) < least:
            return Verdict(size, reason="the likeliest reading of the bytes makes no sense")
        new = best.text[:best.length]
        if any(self._rare(char) for char in new):
            return Verdict(size, reason="the likeliest reading of the bytes has a rare character")
        if new == NOTE.sub(lambda match: match.group(1), self.text[start:best.end]):
            return Verdict(size, reason="it may be as it was written")
        return Verdict(size, new)

    def _clear(self, best: Reading, others: list[Reading], start: int) -> bool:
        """Is the best reading so much likelier than all others?"""
        words, margin = _MARKS.sub("", best.text), self._margin(best, start)
        marked = [other.score for other in others if _MARKS.sub("", other.text) == words]
        worded = [other.score for other in others if _MARKS.sub("", other.text) != words]
        between = max(margin, MIN_MARGIN_MARKS if best.gaps else 0.0)
        return all(not scores or best.score - float(np.logaddexp.reduce(scores)) >= least
                   for least, scores in ((between, marked), (margin, worded)))

    def _margin(self, best: Reading, start: int) -> float:
        """How much likelier than the readings with other words the best reading must be."""
        if not best.gaps:
            return MIN_MARGIN
        margin = MIN_MARGIN_GAP + MIN_MARGIN_MORE * (best.gaps - 1)
        return margin if MISALIGNED.match(self.text, start) else max(margin, MIN_MARGIN_SPLIT)

    def _rare(self, char: str) -> bool:
        """Is it a character that neither the model knows well nor the page has elsewhere?"""
        if char in self.page.plain or char in self.page.table or not "\u3400" <= char <= "\u9fff":
            return False
        return letter_of(char) == UNKNOWN_LETTER or frequency(char) < RAREST


def _few_notes(text: str) -> list[re.Match[str]]:
    """Notes too few to show a generator at work, where splits show it: behind one of them the text is
    out of step, as in 解決不了？？谔柡暗迷 (。口號喊得).  None where a writer may have put one."""
    behind = (text[split.end() + 1:split.end() + 1 + LOOKED_AT] for split in _SPLIT.finditer(text))
    if not has_notes(text) or not any(map(_strange, behind)):
        return []
    read = [note for note in NOTE.finditer(text) if note.group(2) in readings(note.group(1))]
    return read if all(in_table(note.group(1)) for note in read) else []


def _strange(words: str) -> bool:
    """Is there a character that hardly any text has?"""
    return any("\u3400" <= char <= "\u9fff" and (
        letter_of(char) == UNKNOWN_LETTER or frequency(char) < STRANGE_BEHIND) for char in words)


def _before(text: str, start: int, edits: list[Edit]) -> str:
    """The clean characters in front of a run, in its line; `edits` are ascending."""
    begin = max(0, start - QUOTED)
    begin = max(begin, text.rfind("\n", begin, start) + 1)
    pieces, position = [], start
    for number in reversed(range(bisect_left(edits, start, key=lambda edit: edit.start))):
        edit = edits[number]
        if edit.end <= begin:
            break
        pieces += [text[edit.end:position], edit.new]
        position = edit.start
    pieces.append(text[begin:max(begin, position)])
    return NOTE.sub(lambda match: match.group(1), "".join(reversed(pieces)))


def _left(text: str, start: int, reason: str) -> Left:
    """What to report: from the mark to the end of what may be out of step."""
    end = start
    for match in MISALIGNED.finditer(text, start, start + NEAR):
        end = match.end()
    return Left(FIXER, start, max(end, start + 1), f"bytes out of step behind a pinyin note: {reason}")
