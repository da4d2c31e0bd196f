"""Traditional and Simplified: the script of a text, and the one form that both sides are searched in.

The *search form* of a text is width-folded, lower-cased and converted to Simplified, character for
character: it has the length of the displayed text, so an offset in one is an offset in the other.
"""

from __future__ import annotations

import functools
from importlib import resources

from indexer.model import Script

# A script is called by its name when at least this share of the telling characters belongs to it;
# quotations and names in the other script stay well below a tenth on the pages of the archive.
DOMINANCE = 0.9


def _dictionary(name: str) -> dict[str, tuple[str, ...]]:
    """One of OpenCC's dictionaries: key -> candidates."""
    text = (resources.files("opencc") / "dictionary" / name).read_text(encoding="utf-8")
    rows = (line.split("\t") for line in text.splitlines() if "\t" in line)
    return {key: tuple(value.split()) for key, value in rows}


def _variants() -> dict[str, str]:
    """The reviewed table of what t2s leaves, from `lexicon/variants.tsv`."""
    text = (resources.files("indexer.lexicon") / "variants.tsv").read_text(encoding="utf-8")
    rows = [line.split("\t") for line in text.splitlines() if line and not line.startswith("#")]
    return {row[0]: row[1] for row in rows}


@functools.cache
def _to_simplified() -> dict[int, str]:
    """What OpenCC's t2s does to a character that stands alone."""
    return {
        ord(key): values[0]
        for key, values in _dictionary("TSCharacters.txt").items()
        if len(key) == 1 and len(values[0]) == 1 and values[0] != key
    }


@functools.cache
def _folds() -> dict[int, str]:
    """Full width to ASCII, upper to lower case, and the variants: one character to one."""
    table = {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
    table[0x3000] = " "
    for code in range(0x250, 0x2C00):
        _add_lower(table, code)
    for code in [*range(0x41, 0x250), *range(0xFF21, 0xFF3B)]:
        _add_lower(table, code)
    return table | {ord(key): value for key, value in _variants().items()}


def _add_lower(table: dict[int, str], code: int) -> None:
    char = table.get(code, chr(code))
    if len(char.lower()) == 1 and char.lower() != chr(code):
        table[code] = char.lower()


def to_simplified(text: str) -> str:
    """Each character as OpenCC's t2s converts it alone: the result has the length of `text`.

    Without t2s's phrases (乾坤 stays 乾坤): by them the same character would be folded in one place
    and not in another, and a string cut out of a text would no longer be found in it.

    >>> to_simplified("國際論壇"), to_simplified("后山")
    ('国际论坛', '后山')
    """
    return text.translate(_to_simplified())


def fold(text: str) -> str:
    """The search form of `text`, of the same length.

    >>> fold("２０２１年ＡＢ幫扶，著力")
    '2021年ab帮扶,着力'
    """
    folded = to_simplified(text).translate(_folds())
    if len(folded) != len(text):  # pragma: no cover - the tables are one to one
        raise AssertionError("the search form must have the length of the text")
    return folded


@functools.cache
def _telling() -> tuple[frozenset[str], frozenset[str]]:
    """Characters that only a Traditional, and that only a Simplified text holds."""
    traditional = {k for k, v in _dictionary("TSCharacters.txt").items() if k not in v}
    simplified = {k for k, v in _dictionary("STCharacters.txt").items() if k not in v}
    return frozenset(traditional - simplified), frozenset(simplified - traditional)


def script_of(text: str) -> Script:
    """`hans`, `hant` or `mixed`, by the characters that only one of the scripts has.

    >>> script_of("鄉村振興"), script_of("乡村振兴"), script_of("三人")
    ('hant', 'hans', 'hans')
    """
    traditional, simplified = _telling()
    hant = sum(char in traditional for char in text)
    hans = sum(char in simplified for char in text)
    if hant == 0 or hans >= DOMINANCE * (hant + hans):
        return "hans"
    return "hant" if hant >= DOMINANCE * (hant + hans) else "mixed"
