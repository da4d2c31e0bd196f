"""Exact strings, whatever the segmenter thinks: the forms that are compared, and their index terms.

Two forms of a search form (`script.fold`) are compared, both without blanks and paragraph breaks:
*tight* keeps punctuation, *bare* drops it.  A query that holds punctuation is sought in the tight
form, any other in the bare one: punctuation is significant only when typed.  A mark between two
digits (`12.5`, `2022-2023`, `10:30`) is part of the number and stays in both.

The index holds every character of the tight form and every pair of neighbours of the bare form.
A report that holds the string holds all its characters and pairs; the others are never looked at.
"""

from __future__ import annotations

import re
import unicodedata
from itertools import pairwise

_BLANK = re.compile(r"\s+")
_MARK_IN_NUMBER = re.compile(r"(?<=\d)[.,:/\-](?=\d)")
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
    for match in _MARK_IN_NUMBER.finditer(tight_text):
        kept += (tight_text[position:match.start()].translate(_DROP), match.group())
        position = match.end()
    kept.append(tight_text[position:].translate(_DROP))
    return "".join(kept)


def index_terms(tight_text: str, bare_text: str) -> list[str]:
    """Every character of the tight form, every neighbouring pair of the bare form, once each."""
    pairs = map("".join, pairwise(bare_text))
    return list({*tight_text, *pairs})


class Needle:
    """A string to be found exactly, prepared once a query."""

    def __init__(self, folded: str) -> None:
        text = tight(folded)
        letters = bare(text)
        self.marked = any(is_punctuation(char) for char in text)
        self.text = text if self.marked else letters
        signs = {char for char in text if is_punctuation(char)} if self.marked else set()
        pairs = {letters[i:i + 2] for i in range(len(letters) - 1)}
        self.terms: tuple[str, ...] = tuple(sorted(pairs or set(letters)) + sorted(signs))
        # One character or one pair of letters is an index term itself: nothing to check.
        self.proven = not self.marked and len(letters) <= 2

    def count(self, tight_text: str, bare_text: str) -> int:
        """How often the string occurs, occurrences not overlapping."""
        return (tight_text if self.marked else bare_text).count(self.text)


def spans(folded: str, needle: str) -> list[tuple[int, int]]:
    """Start and end in `folded` of every occurrence of the exact string `needle` (folded too).

    >>> spans("“联村联户、为民富民” 行动", "富民行动")
    [(8, 14)]
    """
    wanted = Needle(needle)
    if not wanted.text:
        return []
    kept = [i for i, char in enumerate(folded) if not char.isspace()]
    if not wanted.marked:
        kept = _letters(folded, kept)
    haystack = "".join(folded[i] for i in kept)
    found = []
    at = haystack.find(wanted.text)
    while at >= 0:
        end = at + len(wanted.text)
        found.append((kept[at], kept[end - 1] + 1))
        at = haystack.find(wanted.text, end)
    return found


def _letters(folded: str, kept: list[int]) -> list[int]:
    """Of the positions that are no blanks, those that the bare form keeps."""
    text = "".join(folded[i] for i in kept)
    numeric = {match.start() for match in _MARK_IN_NUMBER.finditer(text)}
    return [i for n, i in enumerate(kept) if n in numeric or _DROP[ord(folded[i])] is not None]
