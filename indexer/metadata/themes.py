"""Themes: the kinds of assistance that a report is about, by the words of an editable lexicon."""

from __future__ import annotations

import functools
import re
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib import resources
from itertools import islice

from indexer.errors import BangfuError
from indexer.lexicon.beginnings import Beginnings
from indexer.metadata.evident import Evident, Fold
from indexer.model import Evidence, Found
from indexer.text.script import fold as search_form

LEXICON = "themes.tsv"
SHIELD = "-"
NAMING, STRONG, WEAK = 3, 2, 1

# What a word of weight 1 counts in the title, in a heading, in the text.
IN_TITLE, IN_HEADING, IN_TEXT = 4, 2, 1
# How often the same word counts where it is repeated in the text.
REPEATS = 3
# Points that make a theme: more in a longer text, where every theme is mentioned sooner or later.
# Set on the 109 reports of the sample archive and on made pages: one sentence of 饮水 (蓄水池, 管道,
# 吃水难: 6 points) is no theme of a summary of 2,000 letters, a section of its own (15 points) is.
MIN_POINTS, LETTERS_A_POINT, MAX_POINTS = 6, 300, 18
# Where all words of a theme lie within so many letters, or within so small a part of a short text,
# one sentence speaks of it, however richly.
SENTENCE, PART = 80, 3
# A report that has this many themes more strongly than another is not about the other too.
MAX_THEMES = 8
SHOWN_WORDS = 8
SUBTITLE_LINES = 3

# What makes a word part of an office's name: 县教育和体育局, 交通运输局, 光伏发电有限公司, 党建工作领导小组.
_OFFICE = re.compile(
    r"[\u4e00-\u9fff]{0,4}?(?:局(?![势面部限域])|厅|委员会|有限公司|公司|集团|学院|研究院|协会|学会|领导小组|"
    r"办公室|工作专班|专班|股份)")
# Words that cannot stand inside of such a name: 产业的公司, 搬迁和教育局.
_BROKEN = re.compile("[的了在到把被为是等由从对向]")


# Themes with the weights that a word has for them.
Uses = tuple[tuple[str, int], ...]


@dataclass(slots=True)
class _Tally:
    """What speaks for one theme: how often each word stands in the title, in headings, in the text."""

    title: Counter[str] = field(default_factory=Counter)
    headings: Counter[str] = field(default_factory=Counter)
    text: Counter[str] = field(default_factory=Counter)
    weights: dict[str, int] = field(default_factory=dict)
    first: int | None = None
    last: int = 0

    @property
    def points(self) -> int:
        """Title and headings count more, repetitions not without end."""
        return (
            sum(IN_TITLE * self.weights[word] for word in self.title)
            + sum(IN_HEADING * self.weights[word] for word in self.headings)
            + sum(IN_TEXT * self.weights[word] * min(count, REPEATS) for word, count in self.text.items())
        )

    @property
    def spread(self) -> int:
        """How many letters lie between the first word and the last."""
        return self.last - (self.first or 0)

    @property
    def named(self) -> bool:
        """The title names the theme: 饮水安全工程实施方案; or by a word that the text takes up: 中药材."""
        return any(self.weights[word] == NAMING
                   or (self.weights[word] == STRONG and (word in self.headings or word in self.text))
                   for word in self.title)

    def evidence(self) -> Evidence:
        """Where the theme shows most, and the words with their numbers, strongest first."""
        rule = "title" if self.title else "headings" if self.headings else "text"
        total = self.title + self.headings + self.text
        strongest = sorted(total, key=lambda word: (-self.weights[word] * min(total[word], REPEATS), word))
        return Evidence(rule, " ".join(self._counted(word, total[word]) for word in strongest[:SHOWN_WORDS]))

    def _counted(self, word: str, total: int) -> str:
        """自来水×5（标题1、小标题2): where nothing is said, the word stands in the text."""
        places = [f"{name}{count[word]}" for name, count in (("标题", self.title), ("小标题", self.headings))
                  if count[word]]
        return f"{word}×{total}" + (f"（{'、'.join(places)}）" if places else "")


def find_themes(evident: Evident, fold: Fold, title: str | None) -> tuple[Found[str], ...]:
    """The themes of a report, strongest first, each with the words that show it.

    `title` is the report's title, which counts most; () where no theme is more than mentioned.
    Linear in the text.
    """
    tallies: defaultdict[str, _Tally] = defaultdict(_Tally)
    heading = fold(title) if title else ""
    for word, uses, _ in _words(heading):
        for theme, weight in uses:
            tallies[theme].title[word] += 1
            tallies[theme].weights[word] = weight
    heads = _heads(evident)
    starts = [start for start, _ in heads]
    skipped = _title_line(evident.folded, heading)
    for word, uses, start in _words(evident.folded):
        if start < skipped:
            continue
        head = bisect_right(starts, start) - 1
        in_head = head >= 0 and start < heads[head][1]
        for theme, weight in uses:
            tally = tallies[theme]
            (tally.headings if in_head else tally.text)[word] += 1
            tally.weights[word] = weight
            tally.first, tally.last = start if tally.first is None else tally.first, start
    return _strongest(tallies, len(evident.folded))


def _strongest(tallies: dict[str, _Tally], length: int) -> tuple[Found[str], ...]:
    needed = min(MIN_POINTS + length // LETTERS_A_POINT, MAX_POINTS)
    found = [(theme, tally) for theme, tally in tallies.items() if _is_theme(tally, needed, length)]
    found.sort(key=lambda item: (-item[1].points, item[0]))
    return tuple(Found(theme, tally.evidence()) for theme, tally in found[:MAX_THEMES])


def _is_theme(tally: _Tally, needed: int, length: int) -> bool:
    """Named in the title; or enough points by several words, and by more than one sentence."""
    if tally.named:
        return True
    weights = sorted(tally.weights.values(), reverse=True)
    several = len(weights) > 1 and weights[0] + weights[1] >= NAMING + WEAK
    passing = not tally.title and not tally.headings and tally.spread < min(SENTENCE, length // PART)
    return several and not passing and tally.points >= needed


def _words(folded: str) -> Iterator[tuple[str, Uses, int]]:
    """The words of the lexicon in a text with their themes and weights, and where they start: of those that
    overlap the first, of those that begin together the longest."""
    known, beginnings = lexicon(), _beginnings()
    behind, near_end = 0, len(folded) - _longest()
    for start in beginnings.places(folded):
        if start < behind:
            continue
        for length in beginnings.lengths(folded[start:start + 2]):
            word = folded[start:start + length]
            if word in known:
                behind = start + len(word)
                uses = known[word][1]
                if uses and not _in_name(folded, behind):
                    yield word, uses, start
                break
        else:
            if start > near_end and folded[start:] in _unfinished():
                return  # the text breaks off inside of a word, whatever that word holds


def _in_name(folded: str, end: int) -> bool:
    office = _OFFICE.match(folded, end, end + 10)
    return office is not None and not _BROKEN.search(office.group())


def _heads(evident: Evident) -> list[tuple[int, int]]:
    """Start and end of headings, and of a subtitle: ——塗坊鎮2023年義診幫扶工作總結."""
    # A search asks for the names of themes alone, and does not wait for the patterns of the repairs.
    from indexer.text.compilation import sections  # noqa: PLC0415

    heads = [(item.start, item.start + len(item.heading)) for item in sections(evident.body)]
    start = 0
    for line in islice(evident.folded.split("\n"), SUBTITLE_LINES):
        if line.lstrip().startswith(("—", "─", "--")):
            heads.append((start, start + len(line)))
        start += len(line) + 1
    return sorted(heads)


def _title_line(folded: str, title: str) -> int:
    """Where the text begins behind a first line that is the title once more: it counts once."""
    line, _, _ = folded.partition("\n")
    return len(line) if title and line.strip() == title else 0


@functools.cache
def _beginnings() -> Beginnings:
    return Beginnings(lexicon())


@functools.cache
def _longest() -> int:
    return max(map(len, lexicon()))


@functools.cache
def _unfinished() -> frozenset[str]:
    """The beginnings of words."""
    return frozenset(word[:size] for word in lexicon() for size in range(1, len(word)))


@functools.cache
def lexicon() -> dict[str, tuple[str, Uses]]:
    """The words of `lexicon/themes.tsv`: word -> the word and its themes with their weights.

    Raises BangfuError, with the line, where the file cannot be meant.
    """
    uses: dict[str, Uses] = {}
    text = (resources.files("indexer.lexicon") / LEXICON).read_text(encoding="utf-8")
    rows = [(number, line.split("\t")) for number, line in enumerate(text.splitlines(), 1)
            if line and not line.startswith("#")]
    for number, row in rows[1:]:
        if len(row) != 3 or row[1] not in ("0", "1", "2", "3") or (row[1] == "0") != (row[0] == SHIELD):
            raise BangfuError(f"{LEXICON}, line {number}: a line is theme, weight (1 to 3), words; "
                              f"or {SHIELD}, 0, words")
        for word in search_form(row[2]).split():
            own = uses.setdefault(word, ())
            if any(theme == row[0] for theme, _ in own):
                raise BangfuError(f"{LEXICON}, line {number}: {word} stands twice under {row[0]}")
            uses[word] = (*own, (row[0], int(row[1])))
    return {word: (word, tuple(use for use in known if use[0] != SHIELD)) for word, known in uses.items()}
