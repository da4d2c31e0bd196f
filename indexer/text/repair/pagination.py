"""The fixer for page numbers that a conversion left inside of sentences: `进行了1 全面动员部署`."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from indexer.model import Edit
from indexer.text.repair.steps import Proposal
from indexer.text.repair.words import cuts_word

# A page number has a blank on one side and is glued on the other, perhaps to a number of the text.
_BLANK_BEFORE = re.compile(r"(?<=[^\s\d]) (\d{1,4})(?=[^\s%％.\d]|[.．、][^\d\s]| ?[(（])")
_BLANK_BEHIND = re.compile(r"(?<=[^\s\d.,，:：/-])(\d{1,3}) (?=[^\s\d])")
_REPORT = re.compile(r"(?:^|(?<=[\s。]))(?:第[一二三四五六七八九十]{1,3}篇|"
    r"篇[一二三四五六七八九十]{1,3})[:：]")
_MARKS = (".", "．", "、")
_YEAR = re.compile("(?:19|20)[0-9]{2}年")
# What follows a number that counts something: 3名, 2个, 5月; such a number stays when alone.
_COUNTED = re.compile(
    "[名个個户戶人万萬亿億千百十元亩畝公里米吨噸年月日号號时時分秒天次项項条條家村组組座处處所间間"
    "头頭只隻台臺辆輛"
    "场場期批届屆种種类類位件份套本册冊篇章节節段字词詞句页頁张張根棵株斤克升毫平立方角度倍成级級"
    "层層楼樓栋棟室班支队隊"
    "对對双雙口岁歲世代周週季余餘多来來几幾组組站点點线線车車路街区區县縣镇鎮乡鄉省市社员員]"
)
# Behind a round number these say that there are some more; behind 1 to 9 they count nothing.
_SOME_MORE = "多来來余餘几幾"
_ORDINAL = re.compile("[第约約共达達近超逾为為计計有增减減至到于於各每前后後]$")

# Page lengths of a document differ by a table or a heading: so much from one page to the next.
SPREAD = 0.16
MIN_PAGE, MAX_PAGE = 250, 1100
# Longer numbers are years and sums.
MAX_DIGITS = 3
# A page number is rare: where loose numbers stand as close as this, there is a table.
MIN_LETTERS = 30
CROWD = 8
# What a number is worth as evidence: one that can count something, one glued to a number of the
# text, one that counts nothing, one that cuts a word.
COUNTING, GLUED, IDLE, CUTTING = 0.5, 0.4, 1.7, 2.5
# A page whose number is not seen costs so much.
MISSING = 0.5
# A sequence needs three numbers and this much evidence; two need more, and a first one where the
# first page ends.
MIN_CHAIN, MIN_CHAIN_WORTH = 3, 2.8
MIN_ALONE_WORTH, MIN_PAIR_WORTH, SURE_PAIR_WORTH = 0.9, 2.2, 3.4
# So many numbers that look alike may stand between those of a sequence, for each of these.
MAX_RIVALS = 1.5
# Pages that are looked at as the next one, nearest first: more do not stand in a text.
MAX_EDGES = 6


@dataclass(frozen=True, slots=True)
class _Candidate:
    """Digits at `start`–`end`, of which the first (`head`) or the last may be a page number."""

    start: int
    end: int
    digits: str
    head: bool
    marker: bool = False  # a dot follows, as behind the number of an item: `115.文化站`

    def numbers(self) -> Iterator[int]:
        """The page numbers that can be read here: 82台 may be page 8 and two machines."""
        if self.digits[0] == "0":
            return
        if len(self.digits) <= MAX_DIGITS and not self.marker:
            yield int(self.digits)
        for size in range(1, min(len(self.digits), MAX_DIGITS + 1) if self.head else 0):
            if self.digits[size] != "0":
                yield int(self.digits[:size])


@dataclass(slots=True)
class _Edge:
    """From one number to the next, at `distance` a page; `worth` is that of the best chain from here."""

    start: tuple[_Candidate, int]
    end: tuple[_Candidate, int]
    distance: float
    worth: float = 0.0
    following: _Edge | None = None


def page_numbers(text: str) -> Proposal:
    """Remove page numbers, found as a sequence: 1, 2, 3 … at one distance; a number may be missing,
    and the count may begin anew in another report of a compilation.

    The numbers are judged together: those that cut a word or count nothing carry those that might
    count something (`配4 套服装`).  A lone number is never touched: nobody can know what it counts.
    """
    candidates = _uncrowded(sorted(_candidates(text), key=lambda item: item.start))
    if not candidates:
        return Proposal()
    bounds = [0, *(m.start() for m in _REPORT.finditer(text)), len(text)]
    chosen: list[tuple[_Candidate, int]] = []
    for chain in _chains(text, candidates, bounds):
        chosen += chain
    chosen.sort(key=lambda found: found[0].start)
    return Proposal(tuple(_removal(text, item, number) for item, number in chosen))


def _candidates(text: str) -> list[_Candidate]:
    before = [_Candidate(m.start(1), m.end(), m.group(1), True, text[m.end():m.end() + 1] in _MARKS)
              for m in _BLANK_BEFORE.finditer(text) if not _YEAR.match(text, m.start(1))]
    behind = [_Candidate(m.start(1), m.end(1), m.group(1), False) for m in _BLANK_BEHIND.finditer(text)]
    return [item for item in before + behind if any(item.numbers())]


def _uncrowded(items: list[_Candidate]) -> list[_Candidate]:
    """The candidates without those of tables and of pages that part all numbers by blanks."""
    kept = []
    for at, item in enumerate(items):
        first = max(0, min(at - CROWD // 2, len(items) - CROWD))
        near = items[first:first + CROWD]
        if len(near) < CROWD or near[-1].start - near[0].start >= CROWD * MIN_LETTERS:
            kept.append(item)
    return kept


def _chains(text: str, items: list[_Candidate],
            bounds: list[int]) -> Iterator[list[tuple[_Candidate, int]]]:
    """The sequences that can be believed, best first; no two of them overlap."""
    edges = _weighed(text, _edges(items))
    edges.sort(key=lambda edge: -edge.worth)
    starts = [item.start for item in items]
    begins: list[int] = []
    ends: list[int] = []  # of the stretches that sequences have taken, ascending
    for edge in edges:
        if edge.worth < MIN_ALONE_WORTH:
            break
        chain, step = [edge.start, edge.end], edge.following
        while step is not None:
            chain.append(step.end)
            step = step.following
        first, last = chain[0][0].start, chain[-1][0].start
        before = bisect_right(begins, last)
        if before and ends[before - 1] >= first:
            continue
        begins.insert(before, first)
        ends.insert(before, last)
        rivals = bisect_right(starts, last) - bisect_left(starts, first) - len(chain)
        if rivals <= MAX_RIVALS * len(chain) and _believed(chain, edge.worth, bounds,
                                                           alone=len(chain) == len(items)):
            yield chain


def _edges(items: list[_Candidate]) -> list[_Edge]:
    """All ways to go from a number to the next one or the next but one, a page or two behind it."""
    by_number: dict[int, list[_Candidate]] = {}
    for item in items:
        for number in item.numbers():
            by_number.setdefault(number, []).append(item)
    edges = []
    for number, sources in by_number.items():
        for step in (1, 2):
            targets = by_number.get(number + step, [])
            starts = [item.start for item in targets]
            for source in sources:
                first = bisect_left(starts, source.start + step * MIN_PAGE)
                for target in targets[first:first + MAX_EDGES]:
                    distance = (target.start - source.start) / step
                    if distance <= MAX_PAGE:
                        edges.append(_Edge((source, number), (target, number + step), distance))
    return sorted(edges, key=lambda edge: -edge.start[0].start)


def _weighed(text: str, edges: list[_Edge]) -> list[_Edge]:
    """The edges (last first) with the best chain that goes on from each at the same distance."""
    from_node: dict[tuple[_Candidate, int], list[_Edge]] = {}
    worth: dict[tuple[_Candidate, int], float] = {}
    for edge in edges:
        for node in (edge.start, edge.end):
            if node not in worth:
                worth[node] = _worth(text, *node)
        edge.worth = worth[edge.end]
        for further in from_node.get(edge.end, ()):
            even = abs(further.distance - edge.distance) <= SPREAD * min(further.distance, edge.distance)
            if even and further.worth > edge.worth:
                edge.worth, edge.following = further.worth, further
        edge.worth += worth[edge.start]
        if edge.end[1] - edge.start[1] > 1:
            edge.worth -= MISSING
        from_node.setdefault(edge.start, []).append(edge)
    return edges


def _worth(text: str, item: _Candidate, number: int) -> float:
    """How little a number can belong to the text."""
    if item.digits != str(number):
        return GLUED
    at, after = (item.start - 1, item.end) if item.head else (item.start, item.end + 1)
    if cuts_word(text, at, after):
        return CUTTING
    return COUNTING if _counts(text, item, at, after) else IDLE


def _counts(text: str, item: _Candidate, at: int, after: int) -> bool:
    """Can the number belong to what stands beside it: 3名, 第3, 10多?"""
    if len(item.digits) == 1 and text[after:after + 1] in _SOME_MORE:
        return False
    return bool(_COUNTED.match(text, after) or _ORDINAL.search(text, max(0, at - 1), at))


def _believed(chain: list[tuple[_Candidate, int]], worth: float, bounds: list[int], *,
              alone: bool) -> bool:
    """Three numbers with some evidence; two where the first page ends as far from the start of its
    report as the second from the first, the less evidence they have the more exactly.  Where they
    are all the loose numbers of the text, their distance is enough evidence."""
    if len(chain) >= MIN_CHAIN:
        return alone or worth >= MIN_CHAIN_WORTH
    (first, number), (second, following) = chain
    distance = (second.start - first.start) / (following - number)
    slack = 2 * SPREAD if worth >= SURE_PAIR_WORTH else SPREAD if worth >= MIN_PAIR_WORTH else (
        SPREAD / 2 if alone else 0)
    place = bisect_right(bounds, first.start) - 1
    return number <= 2 and abs((first.start - bounds[place]) / number - distance) <= slack * distance


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
