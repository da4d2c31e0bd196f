"""The fixer for full-width punctuation that a crawler mapped to ASCII."""

from __future__ import annotations

import re
from collections.abc import Iterator

from indexer.model import Edit
from indexer.text.repair.characters import HAN
from indexer.text.repair.glosses import MISALIGNED
from indexer.text.repair.signs import ASCII_MARKS, holds
from indexer.text.repair.steps import Proposal

_WIDE = {",": "，", ":": "：", ";": "；", "!": "！", "?": "？"}
_NEAR = re.compile(rf"[{HAN}“”‘’《》、。，：；！？（）……—·%％℃]")
_MARKS = re.compile(r"[,:;!?]+")
_BRACKET = re.compile(r"[()]")
_HAN = re.compile(rf"[{HAN}]")

# What prose never holds: assignments, calls with straight quotes, braces, terminated statements.
_CODE = re.compile(
    r"[\w)\]]\s*(?:[+*/-]?=|==|!=|<=|>=|=>|->|&&|\|\|)\s*[\w\"'`$\[({]|\w\([^()\n]{0,80}[\"'`=]|"
    r"[;{}]\s*(?://.*|#.*)?$|"
    r"[\"'][\w\u3400-\u9fff]{1,30}[\"']\s*[:：]\s*[\"'\d\[{]|^\s*(?:#include|import |"
    r"from \w+ import|def |class |return\b|for |if |while |else\b|"
    r"print|echo|SELECT|INSERT|UPDATE|CREATE|<[a-zA-Z!/]|//|/\*|\* )|</?[a-z][a-z0-9]*[ >/]|`[^`\n]+`",
    re.IGNORECASE,
)
MAX_HAN_IN_CODE = 0.6

# A quotation without Han keeps the marks of its own language.
_LATIN_HEAD = re.compile("[“‘][ -~]*$")
_LATIN_TAIL = re.compile("[ -~]{0,60}[”’]")
MAX_QUOTED = 60

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
    if not holds(text, ASCII_MARKS) or not _HAN.search(text):
        return Proposal()
    edits = [Edit(at, at + 1, _WIDE[text[at]])
             for match in _MARKS.finditer(text) for at in _widened(text, match.start(), match.end())]
    edits += _brackets(text)
    if not edits:
        return Proposal()
    edits.sort(key=lambda edit: edit.start)
    return Proposal(tuple(_outside(edits, _code_spans(text))))


def _code_spans(text: str) -> list[tuple[int, int]]:
    """Lines of program code, markup, formulas for machines: there ASCII marks are themselves."""
    spans = []
    start = 0
    for line in text.split("\n"):
        if _CODE.search(line) and len(_HAN.findall(line)) < MAX_HAN_IN_CODE * len(line):
            spans.append((start, start + len(line)))
        start += len(line) + 1
    return spans


def _outside(edits: list[Edit], spans: list[tuple[int, int]]) -> Iterator[Edit]:
    """The edits that lie in none of the spans (both ascending)."""
    following = iter(spans)
    span = next(following, None)
    for edit in edits:
        while span is not None and span[1] <= edit.start:
            span = next(following, None)
        if span is None or edit.start < span[0]:
            yield edit


def _widened(text: str, start: int, end: int) -> list[int]:
    """Which of the marks in a row are Chinese; one that is carries its neighbours: `好????,`."""
    around = ["\n" if start == 0 else text[start - 1], *text[start:end],
              text[end] if end < len(text) else "\n"]
    wide = [False] * (end - start)
    for order in (range(end - start), range(end - start - 1, -1, -1)):
        for place in order:
            at = start + place
            if not wide[place] and _beside_han(text, at, around[place], around[place + 2]) and (
                    not MISALIGNED.match(text, at)):
                wide[place] = True
                around[place + 1] = _WIDE[text[at]]
    return [start + place for place, chosen in enumerate(wide) if chosen]


def _beside_han(text: str, at: int, before: str, after: str) -> bool:
    """Is the mark at `at` part of a Chinese sentence, by its nearest neighbours?"""
    if text[at] == ":" and after in "/\\":
        return False
    if _LATIN_HEAD.search(text[max(0, at - MAX_QUOTED):at]) and _LATIN_TAIL.match(text, at + 1):
        return False  # “Yes!”, “?:”
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
