"""Fixers for lines and blanks: paragraphs that became blanks, blanks inside words, empty lines."""

from __future__ import annotations

import re

from indexer.model import Edit
from indexer.text.repair.characters import HAN
from indexer.text.repair.steps import Proposal, substitute

# A text is flattened when blanks stand where its paragraphs ended: this many sentence ends followed
# by a blank, on lines that are longer than a paragraph of the archive usually is.
MIN_FLAT_BREAKS = 4
MIN_FLAT_LINE = 600
# A heading without a full stop is not longer than this.
MAX_HEADING = 40

_END_BLANK = re.compile(r"[。：；！？:;!?”）)] +(?=\S)")
HEADING = re.compile(
    r"(?:第[一二三四五六七八九十百]{1,3}[篇章节部分][:：、 ]?|[一二三四五六七八九十]{1,3}、|"
    r"[（(][一二三四五六七八九十]{1,3}[)）]|"
    r"\d{1,2}[、.．](?!\d))"
)
_DATE = (
    r"(?:19|20)\d\d年\d{1,2}月(?:\d{1,2}日)?|"
    r"二[〇○o0零一]{1,2}[一二三四五六七八九]年[一二三四五六七八九十]{1,3}月[一二三四五六七八九十 ]{0,4}日?"
)
_DATE_LINE = re.compile(rf"[（(]?(?:{_DATE})[)）]?(?= |$)")
_BLANK = re.compile(r" +")
_STRAY_PERCENT = re.compile(r"(?<=\d) (?=[%％℃])")
_EDGE_BLANKS = re.compile(r"^[ \t]+|[ \t]+$", re.MULTILINE)
_EMPTY_LINES = re.compile(r"\A\n+|\n+\Z|(?<=\n)\n+")


def flattened_paragraphs(text: str) -> Proposal:
    """In a text whose paragraphs became blanks: breaks put back, blanks inside sentences removed.

    A blank after a sentence end, around a heading or around a date line was a paragraph break; one
    between two Han characters cuts a sentence.  Lines of other texts keep their blanks:
    `千名干部驻农村 助推美丽乡村建设`, `（方磊 记者 王梓菡）`.
    """
    edits: list[Edit] = []
    start = 0
    for line in text.split("\n"):
        if len(line) >= MIN_FLAT_LINE and len(_END_BLANK.findall(line)) >= MIN_FLAT_BREAKS:
            edits += [Edit(start + e.start, start + e.end, e.new) for e in _line_breaks(line)]
        start += len(line) + 1
    return Proposal(tuple(edits))


def _line_breaks(line: str) -> list[Edit]:
    edits = []
    begin = 0  # where the paragraph that is being read begins
    for match in _BLANK.finditer(line):
        at, after = match.span()
        if not at or after == len(line):
            continue
        if _parts_paragraphs(line, begin, at, after):
            edits.append(Edit(at, after, "\n"))
            begin = after
        elif _joins_sentence(line[at - 1], line[after]):
            edits.append(Edit(at, after, ""))
    return edits


def _parts_paragraphs(line: str, begin: int, at: int, after: int) -> bool:
    before = line[begin:at] if at - begin <= MAX_HEADING else line[at - MAX_HEADING:at]
    if before[-1] in "。：；！？:;!?" or HEADING.match(line, after) or _DATE_LINE.match(line, after):
        return True
    if _DATE_LINE.fullmatch(before):
        return True
    return at - begin <= MAX_HEADING and bool(HEADING.match(before)) and before[-1] not in "，、,"


def _joins_sentence(before: str, after: str) -> bool:
    near = re.compile(rf"[{HAN}“”《》、，；：（）,;:()]")
    return bool(near.match(before) and near.match(after))


def stray_blanks(text: str) -> Proposal:
    """A blank between a number and its per-cent sign: `14.32 %`.

    >>> from indexer.text.repair.steps import apply
    >>> apply("下降14.32 %", stray_blanks("下降14.32 %").edits)
    '下降14.32%'
    """
    return substitute(_STRAY_PERCENT, "", text)


def lines(text: str) -> Proposal:
    """One paragraph a line: no blanks at the ends of lines, no empty lines.

    >>> from indexer.text.repair.steps import apply
    >>> apply("\\n  一、基本情况  \\n\\n\\n正文", lines("\\n  一、基本情况  \\n\\n\\n正文").edits)
    '\\n一、基本情况\\n\\n\\n正文'
    """
    return substitute(_EDGE_BLANKS, "", text)


def empty_lines(text: str) -> Proposal:
    """Empty lines between paragraphs, and at both ends of the text, go."""
    return substitute(_EMPTY_LINES, "", text)
