"""The fixer for page numbers that a conversion left inside of sentences: `进行了1 全面动员部署`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from indexer.model import Edit
from indexer.text.repair.characters import HAN
from indexer.text.repair.steps import Proposal
from indexer.text.repair.words import cuts_word

# A page number has a blank on one side and is glued on the other, perhaps to a number of the text.
_BLANK_BEFORE = re.compile(r"(?<=[^\s\d]) (\d{1,4})(?=[^\s%％.\d]|[.．、][^\d\s]| ?[(（])")
_BLANK_BEHIND = re.compile(r"(?<=[^\s\d.,，:：/-])(\d{1,3}) (?=[^\s\d])")
_REPORT = re.compile(r"(?:^|(?<=[\s。]))(?:第[一二三四五六七八九十]{1,3}篇|"
    r"篇[一二三四五六七八九十]{1,3})[:：]")
_HAN = re.compile(f"[{HAN}]")
# What follows a number that counts something: 3名, 2个, 5月; such a number stays when alone.
_COUNTED = re.compile(
    "[名个個户戶人万萬亿億千百十元亩畝公里米吨噸年月日号號时時分秒天次项項条條家村组組座处處所间間"
    "头頭只隻台臺辆輛"
    "场場期批届屆种種类類位件份套本册冊篇章节節段字词詞句页頁张張根棵株斤克升毫平立方角度倍成级級"
    "层層楼樓栋棟室班支队隊"
    "对對双雙口岁歲世代周週季余餘多来來几幾组組站点點线線车車路街区區县縣镇鎮乡鄉省市社员員]"
)
_NUMERAL = re.compile("[一二三四五六七八九十]")
_ORDINAL = re.compile("[第约約共达達近超逾为為计計有增减減至到于於各每前后後]$")

# Page lengths of a document differ by a table or a heading; this is how much.
SPREAD = 0.12
MIN_PAGE, MAX_PAGE = 250, 1100
# As many numbers in a row, a page apart, are no chance.
MIN_CHAIN = 3
# A page number is rare: a text with a loose number every few characters is a table.
MIN_LETTERS = 30
# So many of the first loose numbers may be the first page number.
MOST_FIRST = 40


@dataclass(frozen=True, slots=True)
class _Candidate:
    """Digits at `start`–`end`, of which the first (`head`) or the last may be a page number."""

    start: int
    end: int
    digits: str
    head: bool

    def shows(self, number: int) -> bool:
        """Can the page number `number` be read here?"""
        text = str(number)
        return self.digits == text or (self.head and self.digits.startswith(text))


def page_numbers(text: str) -> Proposal:
    """Remove page numbers, found as a sequence: 1, 2, 3 … at one distance, counted anew in every
    report of a compilation; a number may be missing.

    A lone number goes only where it cannot belong to the text: a 1 or 2, one or two pages from the
    start, that stands inside a word or counts nothing.
    """
    candidates = sorted(_candidates(text), key=lambda item: item.start)
    if not candidates:
        return Proposal()
    bounds = [0, *(m.start() for m in _REPORT.finditer(text)), len(text)]
    edits: list[Edit] = []
    chosen: list[tuple[_Candidate, int]] = []
    for begin, end in pairwise(bounds):
        inside = [item for item in candidates if begin <= item.start < end]
        if len(inside) * MIN_LETTERS <= end - begin:
            chosen += _chain(text, inside, begin)
    for item, number in chosen:
        edits.append(_removal(text, item, number))
    return Proposal(tuple(edits))


def _candidates(text: str) -> list[_Candidate]:
    before = [_Candidate(m.start(1), m.end(), m.group(1), True) for m in _BLANK_BEFORE.finditer(text)]
    return before + [_Candidate(m.start(1), m.end(1), m.group(1), False)
                     for m in _BLANK_BEHIND.finditer(text)]


def _chain(text: str, items: list[_Candidate], begin: int) -> list[tuple[_Candidate, int]]:
    """The longest ascending chain at one distance; or lone numbers that cannot be the text's."""
    best: list[tuple[_Candidate, int]] = []
    for at, first in enumerate(items[:MOST_FIRST]):
        for number in (1, 2):
            if first.shows(number):
                best = max(best, *_chains(items[at:], number), key=len)
    if len(best) >= MIN_CHAIN or (len(best) == 2 and _from_start(best, begin)):
        return best if len(best) >= _rivals(items, best) / 2 else []
    return [(item, number) for item in items for number in (1, 2) if _impossible(text, item, number, begin)]


def _chains(items: list[_Candidate], number: int) -> Iterator[list[tuple[_Candidate, int]]]:
    """The chains that begin with the first of `items` as page `number`."""
    first = items[0]
    yield []
    for at, second in enumerate(items):
        if second.start > first.start + 2 * MAX_PAGE:
            break
        for step in (1, 2):
            distance = (second.start - first.start) / step
            if second.shows(number + step) and MIN_PAGE <= distance <= MAX_PAGE:
                yield _follow(items[at + 1:], [(first, number), (second, number + step)], distance)


def _follow(items: list[_Candidate], chain: list[tuple[_Candidate, int]],
            distance: float) -> list[tuple[_Candidate, int]]:
    """Extend a chain by the numbers that stand where the next pages end."""
    chain = list(chain)
    for item in items:
        last, number = chain[-1]
        if item.start > last.start + 2 * (1 + SPREAD) * distance:
            break
        for step in (1, 2):
            gap = (item.start - last.start) / step
            if abs(gap - distance) <= SPREAD * distance and item.shows(number + step):
                chain.append((item, number + step))
                distance += (gap - distance) / len(chain)
                break
    return chain


def _from_start(chain: list[tuple[_Candidate, int]], begin: int) -> bool:
    """Does the first number of a short chain stand about one page from the report's start?"""
    (first, number), (second, following) = chain
    distance = (second.start - first.start) / (following - number)
    return abs((first.start - begin) / number - distance) <= 2 * SPREAD * distance


def _rivals(items: list[_Candidate], chain: list[tuple[_Candidate, int]]) -> int:
    """How many numbers look like page numbers between the first and the last of the chain."""
    return sum(1 for item in items if chain[0][0].start <= item.start <= chain[-1][0].start)


def _impossible(text: str, item: _Candidate, number: int, begin: int) -> bool:
    """Can a lone number not belong to the text?  It cuts a word, or counts nothing."""
    if item.digits != str(number) or not MIN_PAGE * number <= item.start - begin <= MAX_PAGE * number:
        return False
    at, after = (item.start - 1, item.end) if item.head else (item.start, item.end + 1)
    if not (_HAN.match(text, at - 1) and _HAN.match(text, after)):
        return False
    if cuts_word(text, at, after):
        return True
    if _NUMERAL.match(text, at - 1):
        return True
    return not _COUNTED.match(text, after) and not _ORDINAL.search(text[max(0, at - 1):at])


def _removal(text: str, item: _Candidate, number: int) -> Edit:
    """The number with its blank; behind the end of a sentence the blank stands for a break."""
    size = len(str(number))
    if not item.head:
        return Edit(item.end - size, item.end + 1, "")
    start, end = item.start - 1, item.start + size
    if text[start - 1] in "。！？!?：:；;”）)":
        start += 1
        end += 1 if text[end:end + 1] == " " else 0
    return Edit(start, end, "")
