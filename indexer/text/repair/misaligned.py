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

import functools
import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from importlib import resources
from typing import NamedTuple

import numpy as np

from indexer.lexicon.ngrams import ORDER, Floats, Ids, model
from indexer.model import Edit, Left
from indexer.text.repair.glosses import (
    MISALIGNED,
    NOTE,
    frequency,
    generated_notes,
    in_table,
    readings,
)
from indexer.text.repair.steps import Proposal
from indexer.text.script import fold, script_of, to_simplified

FIXER = "misaligned-runs"

# The best reading must be this much likelier than all others together (natural logarithm).
MIN_MARGIN = 1.5
# The same where pairs vanished: the true characters may be none of those that were tried.
MIN_MARGIN_GAPS = 2.75
# Mean log probability of a character of the reading: below this it is no Chinese sentence.
MIN_CHANCE = -7.5
# The same where no pair vanished: the bytes leave little else.
MIN_CHANCE_WHOLE = -10.0
# Readings kept after every piece of the page, and how far behind the best they may lie.
BEAM = 36
BEHIND = 12.0
# Pieces of the page that one run may take, and sound characters behind it that help to judge it.
MAX_PIECES = 90
# No run reaches farther: the longest piece is a note of eight characters.
FARTHEST = MAX_PIECES * 9
TAIL = 4
# Pairs that vanish in one run, and readings that are followed through one of them.
MAX_GAPS = 6
GAP_BEAM = 80
GAP_PARENTS = 20
FEW = 8
# Where a byte is wholly unknown, only characters that are more frequent than this are tried.
RARE_LETTER = -13.5
# All characters that the model does not know share one probability: some thousands of them.
STRANGE = 9.0
# What it costs to end a line with a mark, with a Han character (a title does), with anything else.
LINE_END = {"。": 0.5, "”": 1.5, "！": 2.0, "？": 2.0, "：": 2.0, "；": 2.0, "）": 2.0}
BEFORE_END = 2.0
STOPS = "。，；：、"
# Marks that come in pairs, and how far around a run the partner is looked for.
PAIRED = (("“", "”"), ("《", "》"), ("（(", "）)"))
QUOTES = "“”《》（）()"
QUOTED = 400
NO_END = 8.0
# What a mark costs behind the same mark; the web's 。。。 is not the reports'.
DOUBLED = 6.0
# Stands in a reading for a digit or blank that was eaten together with half a character.
EATEN = "\x00"
# What a sentence with a real `?！` costs on a page whose text was split at these bytes.
REAL_MARKS = 8.0
# Nearly every split begins behind a full stop.
FULL_STOP = 2.5
# Costs in natural logarithms: a law of the generator broken, a form that the page's script has not.
AGAINST_LAW = 9.0
WRONG_SCRIPT = 9.0
INVENTED = 15.0
RARE_FORM = 4.0
KEPT_FORM = 1.0
OTHER_READING = 2.0
WRITERS = 10.0
# Rarer characters are not expected in a generator's table (log frequency).
RARE_NOTED = -12.0
# What a quotation costs that is closed without being opened, or opened and never closed.
UNPAIRED = 5.0
# Sound text near a start may be part of the run: it says nothing about the generator's table.
NEAR = 40
# How much the page's own words count against the model: pseudo-counts by length of context.
PAGE_TRUST = (30.0, 3.0, 1.5)
# A character that the page uses more or less than the model expects is likelier or rarer by this
# power of the ratio; the page counts against so many characters of the model.
PAGE_POWER = 0.4
PAGE_WEIGHT = 500.0

_HAN = "\u3400-\u9fff"
_SPLIT = re.compile(r"\?(?=[?!;,？！；，])")
_AT = re.compile(rf"(?P<eaten>{MISALIGNED.pattern})|(?P<note>\(([^()\n]{{1,6}})\))|"
                 r"(?P<split>\?[?!;,？！；，])")
_WIDE_MARK = {mark: chr(ord(mark) + 0xFEE0) for mark in ",;:!?()"}


def user_defined(lead: int, trail: int) -> bool:
    """Is the pair in a zone of GBK without characters, whose private-use codes sites strip?"""
    if lead in range(0xA1, 0xA8) and trail < 0xA1:
        return True
    return (lead in range(0xAA, 0xB0) or lead >= 0xF8) and trail >= 0xA1


_VANISHING = (*range(0xA1, 0xA8), *range(0xAA, 0xB0), *range(0xF8, 0xFF))


@functools.cache
def _characters() -> dict[tuple[int, int], str]:
    """The characters of GBK by their two bytes."""
    found = {}
    for lead in range(0x81, 0xFF):
        for trail in (*range(0x40, 0x7F), *range(0x80, 0xFF)):
            try:
                found[lead, trail] = bytes((lead, trail)).decode("gbk")
            except UnicodeDecodeError:
                continue
    return found


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
def _letter(char: str) -> int:
    """The character as a letter of the language model."""
    return model().ids(fold(char))[0]


@functools.lru_cache(maxsize=4096)
def _keys(first: int, reading: str) -> tuple[int, ...]:
    """Second bytes that make, with `first`, a character of a generator's table read so.

    An eaten byte stood as a lead byte before the bracket, so it is 80 (還 is DF 80) or more.
    """
    return tuple(
        second for second in range(0x80, 0xFF)
        if (char := _characters().get((first, second))) and reading in readings(char) and in_table(char)
    )


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


UNKNOWN = -1


class Gap(NamedTuple):
    """Characters of which a byte vanished: their two bytes, their letters and costs."""

    chars: list[tuple[int, int, str]]
    letters: Ids
    costs: Floats


class _Page:
    """What the sound text of the page says: its script, the generator's table, its own words."""

    def __init__(self, text: str, notes: list[re.Match[str]], starts: list[int]) -> None:
        self.model = model()
        self.table = {match.group(1): match.group(2) for match in notes}
        self.wide = not re.search("[\uff01-\uff5e]", text)
        sound = _sound(text, starts)
        noted = NOTE.sub(lambda match: "\n", sound)
        self.plain = frozenset(re.findall(f"[{_HAN}]", noted)) - self.table.keys()
        clean = NOTE.sub(lambda match: match.group(1), sound)
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
        everywhere = np.exp(self.model.chances(
            np.ones((self.model.size, ORDER - 1), dtype=np.int64),
            np.arange(self.model.size, dtype=np.int64)))
        ids = np.array([i for i in self.model.ids(folded) if i > 1], dtype=np.int64)
        here = np.bincount(ids, minlength=self.model.size) + PAGE_WEIGHT * everywhere
        self.favour = PAGE_POWER * np.log(here / (len(ids) + PAGE_WEIGHT) / everywhere)
        self.leads, self.trails = self._ordinary()
        self._before: dict[int, Gap] = {}
        self._between: dict[int, Gap] = {}
        self._behind: dict[tuple[int, int], list[tuple[int, str]]] = {}

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

    def chances(self, contexts: Ids, nexts: Ids) -> Floats:
        """Log probabilities by the model, adapted to what the page itself says."""
        chance = np.exp(self.model.chances(contexts, nexts))
        for length in range(1, ORDER):
            trust = PAGE_TRUST[length - 1]
            above = _key([contexts[:, ORDER - 1 - length + i] for i in range(length)], self.model.size)
            total = _looked_up(self._sums[length - 1], above)
            seen = _looked_up(self._counts[length - 1], above * self.model.size + nexts)
            chance = (seen + trust * chance) / (total + trust)
        result: Floats = np.log(chance)
        return result

    def letter(self, char: str) -> tuple[int, float]:
        """The letter of a character and the cost of its form."""
        if char not in self._letters:
            letter = _letter("0" if char == EATEN else char)
            cost = self.cost(char) + (STRANGE if letter == 1 else -float(self.favour[letter]))
            self._letters[char] = (letter, cost)
        return self._letters[char]

    def cost(self, char: str) -> float:
        """How little this form of a character fits the script and the habits of the page."""
        if char not in self._cost:
            self._cost[char] = self._form_cost(char)
        return self._cost[char]

    def _form_cost(self, char: str) -> float:
        if "０" <= char <= "９" or "Ａ" <= char <= "ｚ":
            return INVENTED
        if char in self.plain or char in self.table or not "\u3400" <= char <= "\u9fff":
            return 0.0
        plain = to_simplified(char)
        if plain != char:
            if not self.traditional:
                return WRONG_SCRIPT
            forms = _forms().get(plain, ())
            return RARE_FORM if char not in forms else 0.0 if forms[0] == char else 2 * KEPT_FORM
        forms = _forms().get(char, (char,))
        if self.traditional and char not in forms:
            return WRONG_SCRIPT
        return 0.0 if forms[0] == char or not self.traditional else KEPT_FORM

    def _ordinary(self) -> tuple[dict[int, dict[int, str]], dict[int, dict[int, str]]]:
        """Ordinary characters, by trail and lead byte and by lead and trail byte."""
        leads: dict[int, dict[int, str]] = defaultdict(dict)
        trails: dict[int, dict[int, str]] = defaultdict(dict)
        likely = self.model.chances(np.ones((self.model.size, ORDER - 1), dtype=np.int64),
                                    np.arange(self.model.size, dtype=np.int64))
        for (lead, trail), char in _characters().items():
            letter = _letter(char)
            if "０" <= char <= "９" or "Ａ" <= char <= "ｚ":
                continue  # never invented
            if char in self.plain or char in self.table or (
                    letter != 1 and likely[letter] > RARE_LETTER and self.cost(char) < RARE_FORM):
                leads[trail][lead] = char
                trails[lead][trail] = char
        return leads, trails

    def before_gap(self, lead: int) -> Gap:
        """Ordinary characters whose trail byte may have vanished as the first of a pair."""
        if lead not in self._before:
            known = self.trails[lead]
            self._before[lead] = self._gap(
                [(lead, byte, known[byte]) for byte in _VANISHING if byte in known])
        return self._before[lead]

    def behind_gaps(self, gap: int) -> Gap:
        """Ordinary characters between two pairs that vanished, the one in front with byte `gap`."""
        key = self._zone(gap)
        if key not in self._between:
            self._between[key] = self._gap([(lead, first, char) for first in _VANISHING
                                            for lead, char in self.behind_gap(gap, first)])
        return self._between[key]

    def _gap(self, chars: list[tuple[int, int, str]]) -> Gap:
        known = [self.letter(char) for _, _, char in chars]
        return Gap(chars, np.array([letter for letter, _ in known], dtype=np.int64),
                   np.array([cost for _, cost in known], dtype=np.float64))

    @staticmethod
    def _zone(gap: int) -> int:
        """Bytes behind which the same second bytes vanish."""
        return 0 if gap == 0x80 else 1 if gap < 0xA8 else 2

    def behind_gap(self, gap: int, trail: int) -> list[tuple[int, str]]:
        """Ordinary characters whose lead byte may have vanished behind the byte `gap`."""
        key = (self._zone(gap), trail)
        if key not in self._behind:
            self._behind[key] = [(lead, char) for lead, char in self.leads[trail].items()
                                 if gap == 0x80 or user_defined(gap, lead)]
        return self._behind[key]

    def law(self, reading: Reading) -> float:
        """Cost of the last two bytes without a note, when the table holds their character."""
        if reading.noted or reading.noted_before:
            return 0.0
        return self.bare(_characters().get(reading.last))

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
    return "\n".join((*pieces, text[position:]))


def _encoded(char: str) -> bytes:
    """The bytes of a character in GBK, or none; pairs that GBK leaves undefined are private use."""
    try:
        code = char.encode("gb18030")
    except UnicodeEncodeError:
        return b""
    return code if len(code) <= 2 else b""


class _Next(NamedTuple):
    """One way to go on from a reading: cheap to make, judged together with all others."""

    old: Reading
    chars: str  # characters that are whole now
    pending: int
    last: tuple[int, int]
    cost: float = 0.0
    noted: bool = False
    noted_before: bool = False
    gap: int = 0
    ends: bool = False  # the bytes are in step again


class _Search:
    """One search: the readings that survive, piece by piece of the page."""

    def __init__(self, page: _Page, text: str, start: int, left: str) -> None:
        self.page, self.text, self.at = page, text, start
        most = min(len(text), start + FARTHEST)
        stop = text.find("\n", start, most)
        self.stop = most if stop < 0 else stop
        self.before = left
        self.unpaired: dict[str, int] = {}
        context = (0, 0, 0, *page.model.ids(fold(left[-3:])))[-3:]
        self.readings = [Reading(last=_last_bytes(left), context=context, end=start)]

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
        whole = [self._repeated(reading) for reading in self.readings if not reading.pending]
        whole.sort(key=lambda reading: -reading.score)
        if self.at >= self.stop:
            return sorted((self._ended(reading) for reading in whole), key=lambda r: -r.score)
        return [] if self.readings[0].pending else whole

    def _ended(self, reading: Reading) -> Reading:
        """`reading` with the cost of its last character at the end of a line."""
        last = reading.text[-1:]
        cost = LINE_END.get(last, NO_END)
        if "\u3400" <= last <= "\u9fff":  # no word ends in the middle: 人民政府, not 人民政
            stops = np.array(self.page.model.ids(STOPS), dtype=np.int64)
            context = np.array([reading.context] * len(stops), dtype=np.int64)
            cost = BEFORE_END - float(np.logaddexp.reduce(self.page.model.chances(context, stops)))
        return reading._replace(score=reading.score - cost)

    def _unpaired(self, text: str) -> int:
        """Quotation marks and brackets of the line that have no partner, with `text` as the run."""
        rest = self.text[self.at:min(self.stop, self.at + QUOTED)]
        broken = re.search(r"\?", rest)
        line = self.before + text + (rest[:broken.start()] if broken else rest)
        number = 0
        for opens, closes in PAIRED:
            depth = 0
            for char in line:
                if char in opens:
                    depth += 1
                elif char in closes:
                    depth, number = (depth - 1, number) if depth else (0, number + 1)
            number += 0 if broken else depth
        return number

    def _repeated(self, reading: Reading) -> Reading:
        """Phrases that the page repeats (三號橋) speak for a reading, also read backwards."""
        text = fold(reading.text)
        gain = sum(math.log1p(self.page.phrases[text[at:at + 3]]) for at in range(len(text) - 2))
        marks = "".join(char for char in reading.text if char in QUOTES)
        if marks not in self.unpaired:
            self.unpaired[marks] = self._unpaired(marks)
        gain -= UNPAIRED * self.unpaired[marks]
        return reading._replace(score=reading.score + gain)

    def _piece(self) -> list[Reading]:
        """Read one piece of the page into every reading."""
        match = _AT.match(self.text, self.at)
        olds = self.readings
        self.at = match.end() if match else self.at + 1
        if match and match["note"]:
            return [new for old in olds for new in self._noted(old, match)]
        ways: Iterator[_Next]
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
        return self._best(list(ways), BEAM)

    def _open(self, few: int = GAP_BEAM) -> list[Reading]:
        """The readings, and those in which pairs of a user-defined zone vanished here."""
        found = list(self.readings)
        fresh = found
        for most in (few, few // 2, few // 4):
            fresh = self._gaps([old for old in fresh[:GAP_PARENTS]
                                if old.pending and old.gaps < MAX_GAPS], most, found[0].score)
            found = found + fresh
        return found

    def _gaps(self, olds: list[Reading], most: int, than: float) -> list[Reading]:
        """A pair's first byte ends a character; its second begins one and is not known yet."""
        if not olds:
            return []
        ways = [self.page.behind_gaps(old.gap) if old.pending == UNKNOWN
                else self.page.before_gap(old.pending) for old in olds]
        sizes = [len(way.chars) for way in ways]
        parent = np.repeat(np.arange(len(olds)), sizes)
        base = np.array([old.score - (0.0 if old.pending == UNKNOWN else self.page.law(old))
                         for old in olds])
        contexts = np.array([old.context for old in olds], dtype=np.int64)
        letters = np.concatenate([way.letters for way in ways])
        known = base[parent] - np.concatenate([way.costs for way in ways])
        near = np.flatnonzero(known >= max(than, float(base.max()) - BEHIND) - BEHIND)
        scores = known[near] + self.page.chances(contexts[parent[near]], letters[near])
        if not len(scores):
            return []
        least = max(float(scores.max()), than) - BEHIND
        found, offsets = [], np.cumsum([0, *sizes])
        for place in np.argsort(-scores, kind="stable")[:most]:
            if scores[place] < least:
                break
            number = int(parent[near[place]])
            at = int(near[place] - offsets[number])
            old, (lead, first, char) = olds[number], ways[number].chars[at]
            found.append(old._replace(
                text=old.text + char, pending=UNKNOWN, last=(lead, first), noted=False,
                noted_before=old.noted if old.pending != UNKNOWN else False, gap=first,
                score=float(scores[place]), gaps=old.gaps + 1,
                context=(*old.context[1:], int(letters[near[place]]))))
        return found

    def _closed(self, old: Reading, trail: int) -> Iterator[_Next]:
        """The half character completed by a trail byte."""
        if old.pending == UNKNOWN:
            for lead, char in self.page.behind_gap(old.gap, trail):
                yield _Next(old, char, 0, (lead, trail))
        elif char := _characters().get((old.pending, trail), ""):
            yield _Next(old, char, 0, (old.pending, trail), self.page.law(old), noted_before=old.noted)

    def _shown(self, old: Reading, char: str, pairs: list[bytes]) -> Iterator[_Next]:
        """A character of the page: in step it stands for itself."""
        if not old.pending:
            code = _encoded(_WIDE_MARK.get(char, char) if self.page.wide else char)
            law = self.page.law(old)
            if code and not old.noted:
                straddled = _characters().get((old.last[1], code[0]))
                law += self.page.bare(straddled)
            last = (code[-2], code[-1]) if len(code) > 1 else (0, code[0] if code else 0)
            yield _Next(old, char, 0, last, law)
            return
        for pair in pairs:
            for way in self._closed(old, pair[0]):
                if len(pair) == 1:
                    yield way._replace(ends=True)
                else:
                    yield self._begun(way, pair[1])

    def _undefined(self, old: Reading) -> Iterator[_Next]:
        """A pair that is none is shown as `?`: a digit behind half a character, or a byte 80 (個)."""
        if not old.pending:
            yield from self._shown(old, "?", [])
            return
        for last, char in self._halves(old):
            law = 0.0 if old.pending == UNKNOWN else self.page.law(old)
            yield _Next(old, char + EATEN, 0, (0, 0), law, True, True, ends=True)
            if last[1] == 0x80:
                yield _Next(old, char, UNKNOWN, last, law, noted_before=old.noted, gap=0x80)

    def _halves(self, old: Reading) -> Iterator[tuple[tuple[int, int], str]]:
        """The ordinary characters that half a character may be, with their bytes."""
        leads = [old.pending] if old.pending != UNKNOWN else [
            lead for lead in range(0x81, 0xFF) if old.gap == 0x80 or user_defined(old.gap, lead)]
        for lead in leads:
            for trail, char in self.page.trails[lead].items():
                yield (lead, trail), char

    def _begun(self, way: _Next, byte: int) -> _Next:
        """A byte behind a whole character: the lead byte of the next one, or an ASCII character."""
        straddled = _characters().get((way.last[1], byte))
        law = self.page.bare(straddled)
        # Whether that pair was noted is said by what comes next: `law` of the reading judges it then.
        if byte >= 0x80:
            return way._replace(pending=byte, last=(way.last[1], byte))
        return way._replace(chars=way.chars + chr(byte), last=(way.last[1], byte), ends=True,
                            cost=way.cost + law)

    def _pairs(self, char: str) -> Iterator[bytes]:
        """The bytes that are shown so, out of step."""
        if char >= "\x80":
            if pair := _encoded(char):
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
                    for byte in _keys(lead, note):
                        char = _characters()[lead, byte]
                        yield _Next(old, char, 0, (lead, byte), self.page.note(char, note) or 0.0,
                                    noted=True, ends=True)
            return
        for byte in _keys(old.last[1], note):
            char, last = _characters()[old.last[1], byte], (old.last[1], byte)
            cost = self.page.note(char, note) or 0.0
            if old.pending:
                yield _Next(old, char, 0, last, cost, True, old.noted, ends=True)
            else:
                yield _Next(old, "", byte, last, cost, True, old.noted)

    def _noted(self, old: Reading, match: re.Match[str]) -> Iterator[Reading]:
        """A whole note: the two bytes in front are its character, in step or not."""
        if old.pending == UNKNOWN:
            return
        cost = self.page.note(_characters().get(old.last), match.group(4))
        if cost is not None:
            here = not old.pending and old.length == len(old.text)
            yield old._replace(noted=True, score=old.score - cost, end=self.at if here else old.end)
        elif not old.pending:  # a writer's own note: 郫(pí)县
            yield old._replace(text=old.text + match.group(), noted=True, score=old.score - WRITERS)

    def _parted(self, old: Reading, mark: str) -> Iterator[_Next]:
        """The text was split at the bytes of a mark: a lone lead byte in front is shown as `?`."""
        wide = _WIDE_MARK.get(mark, mark) if self.page.wide else mark
        code = _encoded(wide)
        if len(code) != 2:
            return
        last, law = (code[0], code[1]), 0.0 if old.pending == UNKNOWN else self.page.law(old)
        if old.pending:
            for _, char in self._halves(old):
                yield _Next(old, char + wide, 0, last, law, ends=True)
            return
        yield _Next(old, "?" + mark, 0, last, law + REAL_MARKS, noted_before=True)
        for char in self.page.leads[code[0]].values():
            yield _Next(old, char, code[1], last, law - (FULL_STOP if char == "。" else 0.0))

    def _cut(self, old: Reading) -> Iterator[_Next]:
        """A lone lead byte at the end of a line is shown as `?`."""
        if not old.pending:
            yield _Next(old, "?", 0, (0, 0))
        else:
            for last, char in self._halves(old):
                yield _Next(old, char, 0, last, ends=True)

    def _best(self, ways: list[_Next], most: int, than: float = -1e9) -> list[Reading]:
        """Judge what is new in every way and go the best ones."""
        if not ways:
            return []
        scores = self._judged(ways)
        least = max(float(scores.max()), than) - BEHIND
        order = np.argsort(-scores, kind="stable")[:most]
        return [self._gone(ways[i], float(scores[i])) for i in order if scores[i] >= least]

    def _judged(self, ways: list[_Next]) -> Floats:
        """Scores: what the reading had, what the way costs, how likely its characters are."""
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
        return letter, cost + (DOUBLED if char == before and char in "。，、；：！？" else 0.0)

    def _gone(self, way: _Next, score: float) -> Reading:
        """The reading that a way leads to."""
        old = way.old
        text = old.text + way.chars
        context = (*old.context, *map(_letter, way.chars))[-3:]
        end, length = (self.at, len(text)) if way.ends else (old.end, old.length)
        return Reading(text, way.pending, way.last, way.noted, way.noted_before, score, end, length,
                       way.gap, old.gaps + (way.pending == UNKNOWN), context)


def misaligned_runs(text: str) -> Proposal:
    """Bring runs of bytes that are out of step back into step, where one reading is clearly the best.

    Acts on pages of a gloss generator only; elsewhere, and where the bytes leave a doubt or a digit
    was eaten, the run stays as it is and is reported.  A real question mark before another mark
    (`真的?！`) is one of the readings and competes with the others.
    """
    markers = [match.start() for match in MISALIGNED.finditer(text)]
    notes = generated_notes(text)
    if not notes:
        return Proposal(left=tuple(_left(text, at, "no other notes on the page") for at in markers))
    starts = sorted({*markers, *(match.start() for match in _SPLIT.finditer(text))})
    if not starts:
        return Proposal()
    page = _Page(text, notes, starts)
    edits: list[Edit] = []
    left: list[Left] = []
    done = 0
    for start in starts:
        if start < done:
            continue
        found = _judged(page, text, start, _before(text, start, edits))
        if isinstance(found, Edit):
            edits.append(found)
            done = found.end
        elif found:
            left.append(_left(text, start, found))
            done = start + 1  # a later run may be clear by itself
    return Proposal(tuple(edits), left=tuple(left))


def _judged(page: _Page, text: str, start: int, before: str) -> Edit | str | None:
    """The edit of one run, or the reason why there is none; None where nothing is broken."""
    readings_found = _Search(page, text, start, before).run()
    if not readings_found:
        return "no reading of the bytes was found"
    best = readings_found[0]
    if not best.length:
        return None
    if EATEN in best.text[:best.length]:
        return "a digit or a blank was eaten: it is not invented"  # 幫助?7戶 was 幫助17戶
    others = [other.score for other in readings_found[1:] if other.text != best.text]
    margin = MIN_MARGIN_GAPS if best.gaps else MIN_MARGIN
    if others and best.score - float(np.logaddexp.reduce(others)) < margin:
        return "several readings of the bytes are likely"
    least = MIN_CHANCE if best.gaps else MIN_CHANCE_WHOLE
    if best.score / max(len(best.text), 1) < least:
        return "the likeliest reading of the bytes makes no sense"
    new = best.text[:best.length]
    if new == NOTE.sub(lambda match: match.group(1), text[start:best.end]):
        return "it may be as it was written"
    return Edit(start, best.end, new)


def _before(text: str, start: int, edits: list[Edit]) -> str:
    """The clean characters in front of a run, in its line."""
    begin = max(0, start - QUOTED)
    begin = max(begin, text.rfind("\n", begin, start) + 1)
    pieces, position = [], start
    for edit in reversed(edits):
        if edit.end <= begin:
            break
        pieces += [text[edit.end:position], edit.new]
        position = edit.start
    pieces.append(text[begin:max(begin, position)])
    return NOTE.sub(lambda match: match.group(1), "".join(reversed(pieces)))


def _last_bytes(left: str) -> tuple[int, int]:
    """The last two bytes of the text in front of a run; ASCII marks were full-width ones."""
    code = b"".join(_encoded(_WIDE_MARK.get(char, char)) for char in left[-2:])
    return (code[-2], code[-1]) if len(code) >= 2 else (0, code[-1] if code else 0)


def _left(text: str, start: int, reason: str) -> Left:
    """What to report: from the mark to the end of what may be out of step."""
    end = start
    for match in MISALIGNED.finditer(text, start, start + NEAR):
        end = match.end()
    return Left(FIXER, start, max(end, start + 1), f"bytes out of step behind a pinyin note: {reason}")
