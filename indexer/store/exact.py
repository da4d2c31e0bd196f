"""Exact strings, whatever the segmenter thinks: the forms that are compared, and their index terms.

Two forms of a search form (`script.fold`) are compared, both without blanks and paragraph breaks:
*tight* keeps punctuation, *bare* drops it.  A query that holds punctuation is sought in the tight
form, any other in the bare one: punctuation is significant only when typed.  A mark between two
digits (`12.5`, `2022-2023`, `10:30`) is part of the number and stays in both.

The index keeps both forms as one row of letters with the marks between them (`letters.py`); a
needle becomes a pattern of letters and marks.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

# Parts the title from the body in the text that exact strings are sought in: no report holds it.
BORDER = "\0"
# Between two digits these are part of the number.
NUMBER_MARKS = frozenset(".,:/-")

_BLANK = re.compile(r"\s+")
MARK_IN_NUMBER = re.compile(r"(?<=\d)[.,:/\-](?=\d)")
# Signs that belong to the figure in front of them although Unicode calls them punctuation.
_SIGNS = frozenset("%‰℃°#&@")


def is_punctuation(char: str) -> bool:
    """Does `char` only part or frame words?

    >>> [is_punctuation(char) for char in "、（%元"]
    [True, True, False, False]
    """
    return char not in _SIGNS and unicodedata.category(char)[0] in "PS" and char not in "+=<>$¥"


# Most characters are letters: one translate table, filled when a punctuation mark is first met.
class _Punctuation(dict[int, str | None]):
    def __missing__(self, code: int) -> str | None:
        char = chr(code)
        self[code] = None if is_punctuation(char) else char
        return self[code]


_DROP = _Punctuation()


def tight(folded: str) -> str:
    """Without blanks and breaks.

    >>> tight("联村联户、 为民\\n富民")
    '联村联户、为民富民'
    """
    return _BLANK.sub("", folded)


def bare(tight_text: str) -> str:
    """A tight form without punctuation, numbers kept whole.

    >>> bare("“双联”行动,增收12.5%,(10:30)")
    '双联行动增收12.5%10:30'
    """
    kept: list[str] = []
    position = 0
    for match in MARK_IN_NUMBER.finditer(tight_text):
        kept += (tight_text[position:match.start()].translate(_DROP), match.group())
        position = match.end()
    kept.append(tight_text[position:].translate(_DROP))
    return "".join(kept)


class Needle:
    """A string to be found exactly: which of the two forms it is compared with, and its own form."""

    def __init__(self, folded: str) -> None:
        text = tight(folded)
        self.marked = any(is_punctuation(char) for char in text)
        self.text = text if self.marked else bare(text)


@dataclass(frozen=True, slots=True)
class Pattern:
    """A needle as letters with marks between them: what is sought in the rows of `letters.py`.

    `runs[i]` are the marks before letter `i`, the last ones those behind all letters; what stands
    first and last may be part of a longer run.  Without `marked` the marks are of no account.
    `shown[i]` is the character that letter `i` must be shown as; empty where any will do.
    """

    letters: str
    runs: tuple[str, ...] = ()
    marked: bool = False
    shown: str = ""


@lru_cache(1000)
def patterns(folded: str, typed: str = "", unbroken: bool = False) -> tuple[Pattern, ...]:
    """The patterns of an exact string, of which an occurrence has one.

    A mark at an end of the string may be part of a number in the text: `5.` is found in `5.3`
    too, as Ctrl-F finds it.  `typed` is the string as it must be shown, of the same length.
    `unbroken`: marks count although none was typed.

    >>> [pattern.letters for pattern in patterns("（一）加强")]
    ['一加强']
    >>> [pattern.letters for pattern in patterns("增收5.")]
    ['增收5', '增收5.']
    """
    if BORDER in folded:
        return ()
    kept = [i for i, char in enumerate(folded) if not char.isspace()]
    text = "".join(folded[i] for i in kept)
    shown = "".join(typed[i] for i in kept) if typed else ""
    if not text:
        return ()
    marked = unbroken or any(map(is_punctuation, text))
    numeric = {match.start() for match in MARK_IN_NUMBER.finditer(text)}
    first, last = text[0] in NUMBER_MARKS, text[-1] in NUMBER_MARKS and len(text) > 1
    found = [_pattern(text, shown, numeric, marked)]
    if first and (len(text) == 1 or text[1].isdecimal()):
        found.append(_pattern(text, shown, numeric | {0}, marked))
    if last and text[-2].isdecimal():
        found += [_pattern(text, shown, numeric | {len(text) - 1}, marked)]
        if first and text[1].isdecimal():
            found.append(_pattern(text, shown, numeric | {0, len(text) - 1}, marked))
    return tuple(pattern for pattern in found if pattern.letters or pattern.marked)


def _pattern(text: str, shown: str, numeric: set[int], marked: bool) -> Pattern:
    letters, runs, variants = [], [""], []
    for i, char in enumerate(text):
        if is_punctuation(char) and i not in numeric:
            runs[-1] += char
        else:
            letters.append(char)
            variants.append(shown[i] if shown else "")
            runs.append("")
    return Pattern("".join(letters), tuple(runs), marked, "".join(variants))
