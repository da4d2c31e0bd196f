"""The fixer for texts that a document-sharing site cut into numbered pieces of constant length."""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise

from indexer.model import Edit
from indexer.text.repair.steps import Proposal

_PIECE = re.compile(r"^(\d{1,4})、(.*)$", re.MULTILINE)

# Fewer pieces may be a list that a person numbered; so may pieces of uneven length.
MIN_PIECES = 3
# Some sites trim a blank at the end of a piece, so a few pieces are a little shorter.
MAX_TRIMMED = 3


def chopped_pieces(text: str) -> Proposal:
    """Join `…作格局⏎2、。下面将`: lines numbered 1, 2, 3 … whose text has one constant length.

    The number and the line break go; nothing is put in their place, as the cut may lie inside a
    word.  Where a piece is a character or two short, the site trimmed a blank that parted two
    paragraphs: there a blank comes back.  Lists of a person have uneven items and stay.
    """
    pieces = _run_from_one(list(_PIECE.finditer(text)))
    if len(pieces) < MIN_PIECES:
        return Proposal()
    lengths = [len(match.group(2)) for match in pieces[:-1]]
    size, _ = Counter(lengths).most_common(1)[0]
    if size < 50 or any(not size - MAX_TRIMMED <= length <= size for length in lengths):
        return Proposal()
    edits = [Edit(pieces[0].start(), pieces[0].start(2), "")]
    for before, match in pairwise(pieces):
        trimmed = len(before.group(2)) < size
        edits.append(Edit(before.end(), match.start(2), " " if trimmed else ""))
    return Proposal(tuple(edits))


def _run_from_one(matches: list[re.Match[str]]) -> list[re.Match[str]]:
    """The first run of directly following lines that count 1, 2, 3 …"""
    run: list[re.Match[str]] = []
    for match in matches:
        number = int(match.group(1))
        follows = not run or match.start() == run[-1].end() + 1
        if number == len(run) + 1 and follows:
            run.append(match)
        elif len(run) < MIN_PIECES:
            run = [match] if number == 1 else []
        else:
            break
    return run
