"""What an exact string means, from the words of its issue: regular expressions over texts as displayed.

"Script- and width-insensitive, blanks and paragraph breaks ignored, punctuation significant only
when typed, digits and percent signs included": nothing here is taken from `indexer`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import cache, lru_cache

from opencc import OpenCC

# Unicode calls these punctuation or symbols, but they belong to a figure or a name: 12.5%, 25℃, C++.
FIGURE_SIGNS = frozenset("%‰℃°#&@+=<>$¥")
# Between two digits these belong to the number: 12.5 is not 125.
NUMBER_MARKS = frozenset(".,:/-")

_converter = OpenCC("t2s")


@cache
def plain(char: str) -> str:
    """A character without width, case and script.

    >>> "".join(map(plain, "幫扶Ａ，％"))
    '帮扶a,%'
    """
    if unicodedata.east_asian_width(char) == "F":
        char = unicodedata.normalize("NFKC", char)
    simplified: str = _converter.convert(char.lower())
    return simplified


@cache
def is_mark(char: str) -> bool:
    """Is it punctuation, and no sign of a figure?

    >>> is_mark("，"), is_mark("％"), is_mark("〔"), is_mark("号")
    (True, False, True, False)
    """
    return plain(char) not in FIGURE_SIGNS and unicodedata.category(char)[0] in "PS"


def letters(shown: str) -> str:
    """A text as it is compared with strings in which no mark was typed.

    >>> letters("增收 12．5％， 〔2021〕\\n10：30 1. 2 3、4")
    '增收12.5%202110:301.234'
    """
    text = [plain(char) for char in shown if not char.isspace()]
    return "".join(char for at, char in enumerate(text) if not is_mark(char) or (
        0 < at < len(text) - 1 and char in NUMBER_MARKS
        and text[at - 1].isdecimal() and text[at + 1].isdecimal()))


def spans(shown: str, needle: str, typed: str | None = None, unbroken: bool = False,
          ) -> list[tuple[int, int]]:
    """Where in a displayed text the string stands, from left to right, none overlapping another.

    `unbroken`: with no mark between its characters, as a plain word is sought.

    >>> spans("共 3 人", "3人"), spans("人、人人", "人人"), spans("人、人人", "人、人"), spans("1.5", "15")
    ([(2, 5)], [(0, 3)], [(0, 3)], [])
    >>> spans("人、人 人", "人人", unbroken=True)
    [(2, 5)]
    """
    global _met  # noqa: PLW0603
    if not _met.issuperset(shown):
        _met |= set(shown)
    pattern = expression(needle, typed, _met, unbroken)
    return [match.span() for match in pattern.finditer(shown)] if pattern else []


# The characters of all texts so far: one expression serves them all.
_met: frozenset[str] = frozenset()


@lru_cache(10_000)
def expression(needle: str, typed: str | None, alphabet: frozenset[str],
               unbroken: bool = False) -> re.Pattern[str] | None:
    """The string as an expression over the characters of texts; None where it cannot be there."""
    wanted = [(plain(char), typed[at] if typed is not None else "")
              for at, char in enumerate(needle) if not char.isspace()]
    if not wanted:
        return None
    marked = unbroken or any(is_mark(char) for char, _ in wanted)
    marks = _class(char for char in alphabet if is_mark(char))
    number_marks = _class(char for char in alphabet if plain(char) in NUMBER_MARKS)
    found = ""
    for at, (char, as_typed) in enumerate(wanted):
        accepted = [as_typed] if is_chinese(as_typed) else [one for one in alphabet if plain(one) == char]
        if not accepted:
            return None
        if at and marked:
            found += r"\s*"
        elif at:
            # A mark was not typed, so any may stand here; not one that belongs to a number.
            number = rf"(?!\s*{number_marks}\s*\d)" if wanted[at - 1][0].isdecimal() else ""
            found += rf"{number}(?:\s|{marks})*"
        found += _class(accepted)
    return re.compile(found)


def _class(chars: Iterable[str]) -> str:
    """An expression for one of the characters; for none, one that fits nothing."""
    listed = "".join(sorted(map(re.escape, chars)))
    return f"[{listed}]" if listed else r"(?!)"


@cache
def is_chinese(char: str) -> bool:
    """Is it a Han character?"""
    return bool(char) and unicodedata.name(char, "").startswith(
        ("CJK UNIFIED IDEOGRAPH", "CJK COMPATIBILITY IDEOGRAPH"))
