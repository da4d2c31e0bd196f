"""The fixer for full-width punctuation that a crawler mapped to ASCII."""

from __future__ import annotations

import re

from indexer.model import Edit
from indexer.text.repair.characters import HAN
from indexer.text.repair.glosses import MISALIGNED
from indexer.text.repair.steps import Proposal

_WIDE = {",": "，", ":": "：", ";": "；", "!": "！", "?": "？"}
_NEAR = re.compile(rf"[{HAN}“”‘’《》、。，：；！？（）……—·%％℃]")
_MARK = re.compile(r"[,:;!?]")
_BRACKET = re.compile(r"[()]")
_HAN = re.compile(rf"[{HAN}]")

# An aside longer than this is no aside: its opening or closing bracket is missing.
MAX_ASIDE = 400


def punctuation(text: str) -> Proposal:
    """Widen `, : ; ! ?` beside Han characters and brackets that hold Han.

    `10:30`, `14.32%`, `(1)`, English and code have no Han beside them and stay as they are.

    >>> from indexer.text.repair.steps import apply
    >>> raw = "下降14.32%,共3户(困难户):开会10:30(1)"
    >>> apply(raw, punctuation(raw).edits)
    '下降14.32%，共3户（困难户）：开会10:30(1)'
    """
    if not _HAN.search(text):
        return Proposal()
    edits = [
        Edit(match.start(), match.end(), _WIDE[match.group()])
        for match in _MARK.finditer(text)
        if _beside_han(text, match.start()) and not MISALIGNED.match(text, match.start())
    ]
    edits += _brackets(text)
    return Proposal(tuple(sorted(edits, key=lambda edit: edit.start)))


def _beside_han(text: str, at: int) -> bool:
    """Is the mark at `at` part of a Chinese sentence, by its nearest neighbours?"""
    before = text[at - 1] if at else "\n"
    after = text[at + 1] if at + 1 < len(text) else "\n"
    if text[at] == ":" and after in "/\\":
        return False
    if _NEAR.match(after):
        return before != " " or bool(_HAN.match(after))
    if before.isascii() and after.isascii() and before.isalnum() and after.isalnum():
        return False
    return bool(_NEAR.match(before))


def _brackets(text: str) -> list[Edit]:
    """Widen both brackets of a pair that holds Han; a lone one only beside Han, in a line of its own."""
    edits: list[Edit] = []
    opened: list[int] = []
    for match in _BRACKET.finditer(text):
        at = match.start()
        if match.group() == "(":
            opened.append(at)
        elif opened:
            start = opened.pop()
            if at - start <= MAX_ASIDE and _HAN.search(text, start, at):
                edits += (Edit(start, start + 1, "（"), Edit(at, at + 1, "）"))
    return edits
