"""Texts as one row of letters, with the marks that stand between them: `exact.py`'s forms as arrays.

The row holds the bare form of every area: title, NUL, body, NUL, then the next report.  What the
bare form leaves out, the tight form keeps: the runs of marks, each with the letter before which
it stands.  Where a letter is shown as a variant (贫 shown as 貧), its shown form is kept too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from indexer.store.exact import BORDER, NUMBER_MARKS, is_punctuation

Codes = NDArray[np.uint32]
Places = NDArray[np.int64]

_CODE_POINTS = 0x110000
# Texts that are taken apart together.
_TOGETHER = 64
# Marks come last; one of a number may stand between digits.
_UNKNOWN, _LETTER, _DIGIT, _BLANK, _MARK, _NUMBER_MARK = range(6)


class _Classes:
    """What each character is, looked up once a character and kept."""

    def __init__(self) -> None:
        self._table = np.zeros(_CODE_POINTS, np.uint8)

    def __call__(self, codes: Codes) -> NDArray[np.uint8]:
        classes: NDArray[np.uint8] = self._table.take(codes)
        if not classes.all():
            for code in np.unique(codes[classes == _UNKNOWN]).tolist():
                self._table[code] = _class_of(chr(code))
            classes = self._table.take(codes)
        return classes


def _class_of(char: str) -> int:
    if char.isspace():
        return _BLANK
    if is_punctuation(char):
        return _NUMBER_MARK if char in NUMBER_MARKS else _MARK
    return _DIGIT if char.isdecimal() else _LETTER


_classes = _Classes()


@dataclass(frozen=True, slots=True)
class Letters:
    """The letters of several reports.

    `areas[2 * i]` and `areas[2 * i + 1]` are where title and body of report `i` begin in `codes`;
    the last one is the end.  `marks` are the marks that stand between letters, `behind` the letter
    that follows each of them.  `variants` are the characters that are shown instead of the letters
    at `variant_places`.
    """

    codes: Codes
    areas: Places
    marks: Codes
    behind: Places
    variants: Codes
    variant_places: Places

    @property
    def marked(self) -> NDArray[np.bool_]:
        """Of each letter: do marks stand before it?"""
        marked = np.zeros(len(self.codes), bool)
        marked[self.behind] = True
        return marked

    @property
    def run_starts(self) -> Places:
        """Where in `marks` each run begins: the marks before one letter."""
        return np.flatnonzero(np.diff(self.behind, prepend=-1))

    @property
    def runs(self) -> list[str]:
        """The runs of marks as strings, in order."""
        edges, text = [*self.run_starts.tolist(), len(self.marks)], as_text(self.marks)
        return [text[start:end] for start, end in pairwise(edges)]


def letters_of(texts: Sequence[str], displays: Sequence[str]) -> Letters:
    """The letters of search texts (folded title, NUL, folded body) that are shown as `displays`.

    Some at a time: arrays that stay in the processor's cache are worked on several times faster.
    """
    parts = [_letters_of(texts[start:start + _TOGETHER], displays[start:start + _TOGETHER])
             for start in range(0, len(texts), _TOGETHER)] or [_letters_of((), ())]
    bases = np.cumsum([0, *(len(part.codes) for part in parts)]).tolist()

    def joined(places: Callable[[Letters], Places]) -> Places:
        return np.concatenate([places(part) + base for part, base in zip(parts, bases, strict=False)])

    return Letters(
        codes=np.concatenate([part.codes for part in parts]),
        areas=np.append(joined(lambda part: part.areas[:-1]), bases[-1]),
        marks=np.concatenate([part.marks for part in parts]), behind=joined(lambda part: part.behind),
        variants=np.concatenate([part.variants for part in parts]),
        variant_places=joined(lambda part: part.variant_places),
    )


def _letters_of(texts: Sequence[str], displays: Sequence[str]) -> Letters:
    codes, shown = _row(map(_one_border, texts)), _row(displays)
    classes = _classes(codes)
    differing = np.flatnonzero(codes != shown)
    differing = differing[_is_han(codes[differing]) & (classes[differing] < _MARK)]
    variants = shown[differing]
    blanks = np.flatnonzero(classes == _BLANK)
    if len(blanks):
        kept = classes != _BLANK
        codes, classes = codes[kept], classes[kept]
        differing -= np.searchsorted(blanks, differing)
    is_mark = _marks(classes)
    marks = np.flatnonzero(is_mark)
    letters = codes.compress(~is_mark)
    # Every text ends with its border: a letter always follows a mark.
    return Letters(
        codes=letters, areas=np.concatenate([[0], np.flatnonzero(letters == 0) + 1]),
        marks=codes[marks], behind=marks - np.arange(len(marks)),
        variants=variants, variant_places=differing - np.searchsorted(marks, differing),
    )


def _row(texts: Iterable[str]) -> Codes:
    """Texts one behind the other, a border behind each."""
    return codes_of(BORDER.join([*texts, ""]))


def _one_border(text: str) -> str:
    """Title and body, parted by the one border; any other NUL is as good as a blank."""
    if text.count(BORDER) == 1:
        return text
    title, _, body = text.partition(BORDER)
    return f"{title}{BORDER}{body.replace(BORDER, ' ')}"


def codes_of(text: str) -> Codes:
    """The code points of a text."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)


def as_text(codes: Codes) -> str:
    """What `codes_of` took apart."""
    return codes.tobytes().decode("utf-32-le", "surrogatepass")


def blanks_of(codes: Codes) -> NDArray[np.bool_]:
    """Which characters are blanks, as `str.split` sees them."""
    return np.asarray(_classes(codes) == _BLANK)


def _marks(classes: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Which are marks; one between two digits is none: the point of 12.5 is a letter of the number."""
    marks = classes >= _MARK
    digit = classes == _DIGIT
    marks[1:-1] &= ~((classes[1:-1] == _NUMBER_MARK) & digit[:-2] & digit[2:])
    return marks


def _is_han(codes: Codes) -> NDArray[np.bool_]:
    """Chinese characters: what has a script. Width and case are no scripts."""
    return ((codes >= 0x2E80) & (codes <= 0x2FDF) | (codes >= 0x3400) & (codes <= 0x9FFF)
            | (codes >= 0xF900) & (codes <= 0xFAFF) | (codes >= 0x20000) & (codes <= 0x3FFFF))
