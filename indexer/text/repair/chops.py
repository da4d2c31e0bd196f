"""The fixer for texts that a document-sharing site cut into numbered pieces of constant length."""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise

from indexer.model import Edit
from indexer.text.repair.steps import Proposal

# How sites number their pieces: `2、`, `2.`, `(2)`, `【2】`, `第2页 `, `2/47 `.
_NUMBERED = tuple(re.compile(rf"^[ \t]*{form}(.*)$", re.MULTILINE) for form in (
    r"(\d{1,4})、", r"(\d{1,4})[.．](?!\d)", r"[(（](\d{1,4})[)）]", r"【(\d{1,4})】",
    r"第 ?(\d{1,4}) ?页[:：、 ]?", r"(\d{1,4})/\d{1,4} ?",
))
_SENTENCE_END = re.compile(r"[。！？；：.!?;:”）)]\s*$")
_FLAT_BREAK = re.compile(r"[。：；！？:;!?”）)]( +)(?=\S)")
_NEXT = re.compile(r"(?:^|[。；;\s])2、")

# Shorter pieces are items of a list; the sites' pieces are hundreds of characters long.
MIN_SIZE = 150
# Blanks that a site or a browser swallowed shorten a piece, never by more than this share.
MAX_SHORTER = 0.2
# Of the pieces of uneven length, so many must end inside a sentence: the items of a list do not.
MIN_TORN = 0.6


def chopped_pieces(text: str) -> Proposal:
    """Join `…作格局⏎2、。下面将`: lines numbered 1, 2, 3 … whose text has one constant length.

    The number and the line break go; nothing is put in their place, as the cut may lie inside a
    word.  Where a piece is a little short, the site trimmed a blank that parted two paragraphs:
    there a blank comes back.  Lists of a person have uneven items that end with a sentence, and stay.
    """
    for form in _NUMBERED:
        pieces = _run_from_one(list(form.finditer(text)), text)
        if len(pieces) > 1 and _constant([match.group(2) for match in pieces]):
            return Proposal(tuple(_joined(pieces)))
    return _only_piece(text)


def _constant(pieces: list[str]) -> bool:
    """Were the pieces cut by counting?  All but the last of a length, and torn inside sentences."""
    lengths = [len(piece.rstrip()) for piece in pieces]
    size = max(lengths[:-1])
    if size < MIN_SIZE or lengths[-1] > 2 * size or min(lengths[:-1]) < (1 - MAX_SHORTER) * size:
        return False
    torn = sum(1 for piece in pieces[:-1] if not _SENTENCE_END.search(piece))
    # An item of a list is one paragraph; a piece that was cut by counting holds flattened ones.
    flat = sum(len(_FLAT_BREAK.findall(piece)) for piece in pieces)
    return torn >= MIN_TORN * (len(pieces) - 1) or flat >= len(pieces)


def _joined(pieces: list[re.Match[str]]) -> list[Edit]:
    flat, shown = _width_of_breaks([match.group(2) for match in pieces])
    lengths = [_length(match.group(2), flat, shown) for match in pieces[:-1]]
    size, votes = Counter(lengths).most_common(1)[0]
    trusted = votes >= max(2, len(lengths) / 2)
    edits = [Edit(pieces[0].start(), pieces[0].start(2), "")]
    begun = 0  # blanks that this piece lost at its start, as the cut went through a break
    for (before, match), length in zip(pairwise(pieces), lengths, strict=True):
        lacking = size - length - begun
        trimmed = trusted and 0 < lacking <= flat and not before.group(2).endswith(" ")
        begun = flat - lacking if trimmed and flat > 1 else 0
        starts_blank = match.group(2).startswith(" ")
        edits.append(Edit(before.end(), match.start(2),
                          " " * (flat if shown else 1) if trimmed and not starts_blank else ""))
    return edits


def _length(piece: str, flat: int, shown: bool) -> int:
    """The length that the piece had before a browser made one blank of several."""
    return len(piece) if shown else len(piece) + (flat - 1) * len(_FLAT_BREAK.findall(piece))


def _width_of_breaks(pieces: list[str]) -> tuple[int, bool]:
    """How many blanks the site put for a paragraph break, and whether they are shown: otherwise
    the width that makes the pieces even."""
    widths = Counter(len(blanks) for piece in pieces for blanks in _FLAT_BREAK.findall(piece))
    if widths and widths.most_common(1)[0][0] > 1:
        return widths.most_common(1)[0][0], True

    def agreement(flat: int) -> int:
        return Counter(_length(piece, flat, False) for piece in pieces[:-1]).most_common(1)[0][1]

    return max((1, 2, 4), key=agreement), False


def _run_from_one(matches: list[re.Match[str]], text: str) -> list[re.Match[str]]:
    """The first run of directly following lines that count 1, 2, 3 …"""
    run: list[re.Match[str]] = []
    for match in matches:
        number = int(match.group(1))
        follows = not run or not text[run[-1].end():match.start()].strip()
        if number == len(run) + 1 and follows:
            run.append(match)
        elif len(run) < 2:
            run = [match] if number == 1 else []
        else:
            break
    return run


def _only_piece(text: str) -> Proposal:
    """A text shorter than one piece: `1、` before a whole flattened text that never comes to 2."""
    lines = [m for m in re.finditer(r"^.+$", text, re.MULTILINE) if len(m.group().strip()) >= MIN_SIZE]
    if len(lines) != 1:
        return Proposal()
    first = _NUMBERED[0].match(text, lines[0].start(), lines[0].end())
    if first is None or first.group(1) != "1":
        return Proposal()
    own_list = _NEXT.search(first.group(2)) and not re.search("[。：；;:] *1、", first.group(2))
    if own_list or len(_FLAT_BREAK.findall(first.group(2))) < 2:
        return Proposal()
    return Proposal((Edit(first.start(), first.start(2), ""),))
