"""The fixer for lines that were broken at a fixed width: joined to paragraphs again."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise

from indexer.model import Edit
from indexer.text.repair.characters import HAN
from indexer.text.repair.chrome import is_chrome
from indexer.text.repair.layout import HEADING
from indexer.text.repair.steps import Proposal
from indexer.text.repair.words import cuts_word

_INDENT = re.compile(r"[ \t\u3000\xa0]*")
_HAN = re.compile(f"[{HAN}]")
_SENTENCE_END = re.compile(r"[。！？：；!?:;”）)…]$")
_IMPOSSIBLE = re.compile(r"[，。、；：！？”》）,.;:!?)%％]|\([a-zà-ǿ]+\)")
_NOTE = re.compile(r"\([a-zà-ǿ]{0,6}(?:\)|$)|^[a-zà-ǿ]{0,6}\)")
_IN_LETTERS = re.compile(r"[a-zà-ǿ]\n[a-zà-ǿ]")
_UNMARKED = re.compile(rf"[{HAN}\w%％]")
_IN_NUMBER = re.compile(r"\d[ \t\u3000]*\n[ \t\u3000]*[\d.]")
# Columns of a table.
_CELLS = re.compile(r"\S(?:\t|\u3000| {3,})\S")
_MARK = re.compile("[，。；,;]")
_LATIN = re.compile(r"[A-Za-z]")

# Narrower lines are verses, addresses or cells; wider ones are paragraphs.
MIN_WIDTH, MAX_WIDTH = 20, 60
# So many lines must have the one width, so large a part of all, and so few may be wider.
MIN_FULL = 2
MIN_FULL_SHARE = 0.2
MAX_WIDER_SHARE = 0.02
# Breaks at a width cut words; breaks that a person makes do not.
MIN_CUT_SHARE = 0.15
# Lines of prose hold so many Han before their end, in nearly all cases; those of code do not.
MIN_HAN, MIN_CHINESE_SHARE = 6, 0.75
# Without such breaks: so many lines, most of them with a mark inside and none at the end, and of
# the paragraphs that come out, so many that end a sentence: the lines of a list do not.
MIN_TORN = 4
MIN_TORN_SHARE = 0.6
MIN_ENDED_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class _Line:
    start: int
    end: int
    indent: int
    width: int  # with the indent
    words: str


def hard_wraps(text: str) -> Proposal:
    """Join the lines of a text that was wrapped at a constant width.

    Recognised by many lines of one width whose breaks cut words.  Lists, verses, addresses,
    signatures and tables have lines of uneven length, or end them with their sense, and stay.
    A line that is not full, an indent, an empty line or a heading ends a paragraph.
    """
    rows = text.split("\n")
    if sum(MIN_WIDTH <= len(row) <= 4 * MAX_WIDTH for row in rows) < MIN_FULL:
        return Proposal()
    words = [row.rstrip() for row in rows]
    prose = [bool(row) and not _has_cells(row) for row in words]
    best: list[Edit] = []
    done: list[int] = []
    for measure in (len, _characters, _columns):
        widths = [measure(row) if word else 0 for row, word in zip(rows, words, strict=True)]
        columns = measure is _columns
        if widths == done and not columns:
            continue  # no line is indented
        done = widths
        width = _width([wide for wide, is_prose in zip(widths, prose, strict=True) if is_prose], 1 + columns)
        if width:
            edits = _joins(text, _lines(rows, words, widths), width, 2 * columns)
            if len(edits) > len(best) and _cuts_words(text, edits):
                best = edits
    return Proposal(tuple(best))


def _has_cells(words: str) -> bool:
    wide = "\t" in words or "\u3000" in words or "   " in words
    return wide and _CELLS.search(words) is not None


def _characters(text: str) -> int:
    """Width in characters, where an indent of plain blanks is half as wide as it has blanks."""
    blanks = _INDENT.match(text).group()  # type: ignore[union-attr]
    return len(text) - (len(blanks) - blanks.count("\u3000")) // 2


def _columns(text: str) -> int:
    """Width on a terminal: what is not ASCII takes two columns."""
    return 2 * len(text) - len(text.encode("ascii", "ignore"))


def _lines(rows: list[str], words: list[str], widths: list[int]) -> list[_Line]:
    lines = []
    start = 0
    for row, word, width in zip(rows, words, widths, strict=True):
        indent = len(_INDENT.match(word).group())  # type: ignore[union-attr]
        lines.append(_Line(start, start + len(row), indent, width, word))
        start += len(row) + 1
    return lines


def _width(widths: list[int], unit: int) -> int:
    """The width that lines were broken at, by the widths of those without cells; 0 where they were not."""
    counts = Counter(width for width in widths if MIN_WIDTH * unit <= width <= MAX_WIDTH * unit)
    if not counts:
        return 0
    slack = 2 * (unit - 1)
    width = max(counts, key=lambda value: (sum(counts[value - d] for d in range(slack + 1)), value))
    full = sum(counts[width - d] for d in range(slack + 1))
    wider = sum(1 for value in widths if value > width)
    if full < MIN_FULL or full < MIN_FULL_SHARE * len(widths):
        return 0
    return width if wider <= max(1, MAX_WIDER_SHARE * len(widths)) else 0


def _joins(text: str, lines: list[_Line], width: int, slack: int) -> list[Edit]:
    """The line breaks that are none."""
    indented = sum(1 for line in lines if line.indent >= 2)
    shows_indent = 0 < indented < 0.8 * len(lines)
    lost_indents = not shows_indent and sum(1 for line in lines if line.width == width - 2 - slack) > (
        0.08 * len(lines))
    edits = []
    opening = True
    for line, following in pairwise(lines):
        full = width - slack <= line.width <= width
        # The browser took the indent: a first line seems two characters short; or the site gave it
        # one of its own.
        full = full or (lost_indents and opening and line.width == width - 2
                        and not _SENTENCE_END.search(line.words))
        full = full or (shows_indent and line.indent >= 2
                        and line.width - line.indent * (1 + (slack > 0)) == width - 2 - slack)
        joined = full and bool(following.words) and not _begins(line, following, shows_indent) and not (
            lost_indents and following.width == width - 2 and _SENTENCE_END.search(line.words)
            and not _SENTENCE_END.search(following.words))
        if joined:
            blank = _LATIN.match(line.words[-1]) and _LATIN.match(text, following.start + following.indent)
            edits.append(Edit(line.end, following.start + following.indent,
                              " " if blank and slack else ""))
        opening = not joined
    return edits


def _begins(line: _Line, following: _Line, shows_indent: bool) -> bool:
    """Does the following line begin a paragraph, though the line before is full?"""
    if not line.words or _has_cells(line.words) or _has_cells(following.words):
        return True
    if _SENTENCE_END.search(line.words) and is_chrome(following.words, foot=True):
        return True
    if shows_indent:
        return following.indent >= 2
    return bool(_SENTENCE_END.search(line.words) and HEADING.match(following.words, following.indent))


def _cuts_words(text: str, edits: list[Edit]) -> bool:
    """Do the breaks stand where no person breaks a line: in words, in numbers, before a comma?"""
    joints = edits[:200]
    chinese = sum(1 for edit in joints if _is_chinese(text, edit.start))
    if chinese < MIN_CHINESE_SHARE * len(joints):
        return False
    cut = sum(1 for edit in joints if cuts_word(text, edit.start, edit.end)
              or _IMPOSSIBLE.match(text, edit.end) or _IN_NUMBER.match(text, edit.start - 1)
              or _IN_LETTERS.match(text, edit.start - 1))
    if cut >= max(1, MIN_CUT_SHARE * len(joints)):
        return True
    torn = sum(1 for edit in joints if _UNMARKED.match(text, edit.start - 1)
               and _UNMARKED.match(text, edit.end)
               and _MARK.search(text, max(0, edit.start - MIN_WIDTH), edit.start))
    return (len(joints) >= MIN_TORN and torn >= MIN_TORN_SHARE * len(joints)
            and _ended(text, joints) >= MIN_ENDED_SHARE)


def _is_chinese(text: str, end: int) -> bool:
    """Is it Chinese prose in front of `end`, notes of pronunciation not counted?"""
    return len(_HAN.findall(_NOTE.sub("", text[max(0, end - 2 * MIN_WIDTH):end])[-MIN_WIDTH:])) >= MIN_HAN


def _ended(text: str, joints: list[Edit]) -> float:
    """Of the paragraphs that the joints make, the share that ends a sentence."""
    ends = []
    for edit, following in zip(joints, [*joints[1:], None], strict=True):
        end = text.find("\n", edit.end)
        if following is None or end != following.start:
            ends.append(bool(_SENTENCE_END.search(text[edit.end:end if end >= 0 else None].rstrip())))
    return sum(ends) / max(1, len(ends))
