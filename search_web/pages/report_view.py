"""A report as it is read on screen: headings with their levels, numbered marks, folded title lines."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count
from typing import Any

from opencc import OpenCC

# The scripts that a report can be read in, by OpenCC's name for the conversion.
READINGS = {"hans": "t2s", "hant": "s2t"}

# A line up to this length that does not end like a sentence is a heading of its own: 五、不足：哪些没有做成
MAX_HEADING = 40
# A run-in heading up to this length is set off from its paragraph: （一）种苗关。统一由3家合作社育苗…
MAX_RUN_IN = 24
# Lines at the beginning that may be the title once more, broken or with its place and year.
TITLE_LINES = 4

_SENTENCE_ENDS = "。！？；：，、,;:.…"
_BLANKS = re.compile(r"\s+")
_NUMERALS = "一二三四五六七八九十百〇零0-9０-９"
# The usual ranks of headings in official writing, in no fixed order: a report may begin with （一）.
_RANKS = tuple(re.compile(pattern) for pattern in (
    rf"第[{_NUMERALS}]+[编篇章部]", rf"第[{_NUMERALS}]+[节條条]", rf"[{_NUMERALS}]+、",
    rf"[（(][{_NUMERALS}]+[）)]", r"[0-9０-９]+[.．]", rf"[{_NUMERALS}]+是"))


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text: a hit (numbered from 1) or not, strong as part of a run-in heading or not."""

    text: str
    hit: int = 0
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph with its offset in the body; `level` 2 to 6 makes it a heading, 0 does not."""

    start: int
    pieces: tuple[Piece, ...]
    level: int = 0
    subtitle: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the outline: a section, the paragraph it lies in, and its depth from 1."""

    heading: str
    start: int
    depth: int


@dataclass(frozen=True, slots=True)
class Reading:
    """Everything of a report's text that the page shows; `first` is the first hit in the body, or 0."""

    title: tuple[Piece, ...]
    paragraphs: tuple[Paragraph, ...]
    outline: tuple[Entry, ...]
    hits: int
    first: int


def reading(report: Mapping[str, Any]) -> Reading:
    """Lay out a report as `SearchService.report` gives it."""
    marks = count(1)
    lines = [line for line in report["marked_body"] if _plain(line).strip()]
    title = report["title"] or ""
    folded = _title_lines(lines, title)
    depths = _depths([section["heading"] for section in report["sections"]])
    starts = [line["start"] for line in lines]
    sections = {section["start"]: (section["heading"], depth)
                for section, depth in zip(report["sections"], depths, strict=True)}
    heading = tuple(_piece(segment, marks) for segment in report["marked_title"])
    paragraphs = [_paragraph(line, sections, marks) for line in lines[folded:]]
    if folded and paragraphs and paragraphs[0].pieces[0].text.lstrip().startswith(("—", "─", "-")):
        paragraphs[0] = replace(paragraphs[0], subtitle=True)
    outline = tuple(Entry(text, max((at for at in starts if at <= start), default=0), depth)
                    for start, (text, depth) in sections.items())
    first = next((piece.hit for one in paragraphs for piece in one.pieces if piece.hit), 0)
    return Reading(heading, tuple(_in_order(paragraphs)), outline, next(marks) - 1, first)


def _plain(line: Mapping[str, Any]) -> str:
    return "".join(segment["text"] for segment in line["segments"])


def _piece(segment: Mapping[str, Any], marks: count[int]) -> Piece:
    return Piece(segment["text"], next(marks) if segment["hit"] else 0)


def _title_lines(lines: Sequence[Mapping[str, Any]], title: str) -> int:
    """How many of the first lines are the title once more, as one line or broken into several."""
    wanted = _BLANKS.sub("", title)
    said = ""
    for number, line in enumerate(lines[:TITLE_LINES], 1):
        said += _BLANKS.sub("", _plain(line))
        if wanted and said == wanted:
            return number
    return 0


def _depths(headings: Sequence[str]) -> list[int]:
    """The depth of each heading from 1: a rank not met yet opens a level, a known one returns to it.

    >>> _depths(["一、成效", "（一）路", "（二）水", "二、不足"])
    [1, 2, 2, 1]
    """
    open_ranks: list[int] = []
    depths = []
    for heading in headings:
        rank = next((number for number, pattern in enumerate(_RANKS) if pattern.match(heading)), -1)
        if rank in open_ranks:
            del open_ranks[open_ranks.index(rank) + 1:]
        else:
            open_ranks.append(rank)
        depths.append(len(open_ranks))
    return depths


def _paragraph(line: Mapping[str, Any], sections: Mapping[int, tuple[str, int]],
               marks: count[int]) -> Paragraph:
    start, text = line["start"], _plain(line)
    pieces = tuple(_piece(segment, marks) for segment in line["segments"])
    if start not in sections:
        return Paragraph(start, pieces)
    heading, depth = sections[start]
    rest = text[len(heading):].strip()
    if not text.startswith(heading):
        return Paragraph(start, pieces)
    if not rest or (len(text) <= MAX_HEADING and text[-1] not in _SENTENCE_ENDS):
        return Paragraph(start, pieces, level=min(depth + 1, 6))
    if len(rest) > 1 and len(heading) <= MAX_RUN_IN:
        return Paragraph(start, _strong(pieces, len(heading) + (rest[0] in _SENTENCE_ENDS)))
    return Paragraph(start, pieces)


def _strong(pieces: Sequence[Piece], length: int) -> tuple[Piece, ...]:
    """The first `length` characters set off."""
    found: list[Piece] = []
    for piece in pieces:
        head, tail = piece.text[:max(length, 0)], piece.text[max(length, 0):]
        found += [Piece(text, piece.hit, strong)
                  for text, strong in ((head, True), (tail, False)) if text]
        length -= len(piece.text)
    return tuple(found)


def _in_order(paragraphs: Sequence[Paragraph]) -> list[Paragraph]:
    """No heading skips a level: where its superior ran into a paragraph, it and its like move up."""
    found: list[Paragraph] = []
    superiors: list[int] = []
    for paragraph in paragraphs:
        if not paragraph.level:
            found.append(paragraph)
            continue
        while superiors and superiors[-1] >= paragraph.level:
            superiors.pop()
        superiors.append(paragraph.level)
        found.append(replace(paragraph, level=len(superiors) + 1))
    return found


def converted(shown: Reading, script: str) -> Reading:
    """The same text in the characters of another script, for the eye only: marks and places stay.

    `script` is one of READINGS. Piece by piece, so that a mark keeps what it marks.
    """
    change = _converter(READINGS[script])

    def pieces(given: Sequence[Piece]) -> tuple[Piece, ...]:
        return tuple(replace(piece, text=change(piece.text)) for piece in given)

    return replace(
        shown, title=pieces(shown.title),
        paragraphs=tuple(replace(one, pieces=pieces(one.pieces)) for one in shown.paragraphs),
        outline=tuple(replace(one, heading=change(one.heading)) for one in shown.outline))


@functools.cache
def _converter(name: str) -> Callable[[str], str]:
    """OpenCC's conversion of that name, its dictionaries loaded once."""
    convert: Callable[[str], str] = OpenCC(name).convert
    return convert
