"""Traditional and Simplified: the script of a text, and the one form that both sides are searched in.

The *search form* of a text is width-folded, lower-cased and converted to Simplified, character for
character: it has the length of the displayed text, so an offset in one is an offset in the other.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from importlib import resources

import numpy as np
from numpy.typing import NDArray

from indexer.model import Script

# A script is called by its name when at least this share of the telling characters belongs to it;
# quotations and names in the other script stay well below a tenth on the pages of the archive.
DOMINANCE = 0.9
# From so many letters on a text is converted as an array, at a twentieth of the time a letter.
LONG = 48
_CODES = 0x110000


def _codes(text: str) -> NDArray[np.uint32]:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4")


class _Conversion:
    """Converts texts by a table of one character to one."""

    def __init__(self, table: Mapping[int, str]) -> None:
        self._table = dict(table)
        self._array = np.arange(_CODES, dtype="<u4")
        self._array[list(table)] = [ord(char) for char in table.values()]

    def __call__(self, text: str) -> str:
        if len(text) < LONG:
            return text.translate(self._table)
        return self._array[_codes(text)].tobytes().decode("utf-32-le", "surrogatepass")


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


@functools.cache
def _simplify() -> _Conversion:
    return _Conversion(_to_simplified())


@functools.cache
def _fold() -> _Conversion:
    """Both steps at once: what a character becomes alone, it becomes in every text."""
    simplified, folds = _to_simplified(), _folds()
    return _Conversion(folds | {code: char.translate(folds) for code, char in simplified.items()})


@functools.lru_cache(maxsize=1 << 14)  # lines, names and words come again and again
def _short_folded(text: str) -> str:
    return _fold()(text)


def to_simplified(text: str) -> str:
    """Each character as OpenCC's t2s converts it alone: the result has the length of `text`.

    Without t2s's phrases (乾坤 stays 乾坤): by them the same character would be folded in one place
    and not in another, and a string cut out of a text would no longer be found in it.

    >>> to_simplified("國際論壇"), to_simplified("后山")
    ('国际论坛', '后山')
    """
    return _simplify()(text)


def fold(text: str) -> str:
    """The search form of `text`, of the same length.

    >>> fold("２０２１年ＡＢ幫扶，著力")
    '2021年ab帮扶,着力'
    """
    return _short_folded(text) if len(text) < LONG else _fold()(text)


@functools.cache
def _telling() -> NDArray[np.uint8]:
    """For every character: 1 when only a Traditional, 2 when only a Simplified text holds it, else 0."""
    traditional = {k for k, v in _dictionary("TSCharacters.txt").items() if k not in v}
    simplified = {k for k, v in _dictionary("STCharacters.txt").items() if k not in v}
    kinds = np.zeros(_CODES, np.uint8)
    for kind, chars in ((1, traditional - simplified), (2, simplified - traditional)):
        kinds[[ord(char) for char in chars if len(char) == 1]] = kind
    return kinds


def script_of(text: str) -> Script:
    """`hans`, `hant` or `mixed`, by the characters that only one of the scripts has.

    >>> script_of("鄉村振興"), script_of("乡村振兴"), script_of("三人")
    ('hant', 'hans', 'hans')
    """
    kinds = _telling()[_codes(text)]
    hant, hans = int((kinds == 1).sum()), int((kinds == 2).sum())
    if hant == 0 or hans >= DOMINANCE * (hant + hans):
        return "hans"
    return "hant" if hant >= DOMINANCE * (hant + hans) else "mixed"
