"""Texts as one row of letters, with the marks that stand between them: `exact.py`'s forms as arrays.

The row holds the bare form of every area: title, NUL, body, NUL, then the next report.  What the
bare form leaves out, the tight form keeps: the runs of marks, each with the letter before which
it stands.  Where a letter is shown as a variant (贫 shown as 貧), its shown form is kept too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.store.exact import BORDER, NUMBER_MARKS, is_punctuation

Codes = NDArray[np.uint32]
Places = NDArray[np.int64]

_CODE_POINTS = 0x110000
_UNKNOWN, _LETTER, _BLANK, _MARK, _DIGIT = range(5)


class _Classes:
    """What each character is, looked up once a character and kept."""

    def __init__(self) -> None:
        self._table = np.zeros(_CODE_POINTS, np.uint8)

    def __call__(self, codes: Codes) -> NDArray[np.uint8]:
        classes = self._table[codes]
        if not classes.all():
            met = np.zeros(_CODE_POINTS, bool)
            met[codes[classes == _UNKNOWN]] = True
            for code in np.flatnonzero(met).tolist():
                self._table[code] = _class_of(chr(code))
            classes = self._table[codes]
        return classes


def _class_of(char: str) -> int:
    if char.isspace():
        return _BLANK
    if is_punctuation(char):
        return _MARK
    return _DIGIT if char.isdecimal() else _LETTER


_classes = _Classes()


@dataclass(frozen=True, slots=True)
class Letters:
    """The letters of several reports.

    `areas[2 * i]` and `areas[2 * i + 1]` are where title and body of report `i` begin in `codes`;
    the last one is the end.  `marked` says for each letter whether marks stand before it; `runs`
    are these marks, `run_places` the letters behind them.  `variants` are the characters that are
    shown instead of the letters at `variant_places`.
    """

    codes: Codes
    areas: Places
    marked: NDArray[np.bool_]
    runs: list[str]
    run_places: Places
    variants: Codes
    variant_places: Places


def letters_of(texts: Sequence[str], displays: Sequence[str]) -> Letters:
    """The letters of search texts (folded title, NUL, folded body) that are shown as `displays`."""
    codes = _decode("".join(f"{text}{BORDER}" for text in map(_one_border, texts)))
    shown = _decode("".join(f"{text}{BORDER}" for text in displays))
    classes = _classes(codes)
    tight = np.flatnonzero(classes != _BLANK)
    codes, shown, classes = codes[tight], shown[tight], classes[tight]
    is_mark = classes == _MARK
    is_mark &= ~_inside_numbers(codes, classes)
    is_letter = ~is_mark
    behind = np.cumsum(is_letter)[is_mark]  # the letter that follows a mark
    letters = codes[is_letter]
    marked = np.zeros(len(letters), bool)
    marked[behind] = True  # every text ends with its border: a letter always follows
    variant = np.flatnonzero((shown[is_letter] != letters) & _is_han(letters))
    ends = np.flatnonzero(letters == 0) + 1
    return Letters(
        codes=letters, areas=np.concatenate([[0], ends]).astype(np.int64), marked=marked,
        runs=_runs(codes[is_mark], behind), run_places=np.flatnonzero(marked),
        variants=shown[is_letter][variant], variant_places=variant,
    )


def _one_border(text: str) -> str:
    """Title and body, parted by the one border; any other NUL is as good as a blank."""
    title, _, body = text.partition(BORDER)
    return f"{title}{BORDER}{body.replace(BORDER, ' ')}" if BORDER in body else f"{title}{BORDER}{body}"


def _decode(text: str) -> Codes:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)


def _inside_numbers(codes: Codes, classes: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Marks between two digits: the point of 12.5 is a letter of the number."""
    inside = np.zeros(len(codes), bool)
    digit = classes == _DIGIT
    inside[1:-1] = digit[:-2] & digit[2:] & np.isin(codes[1:-1], _NUMBER_MARKS)
    return inside


_NUMBER_MARKS = np.array([ord(char) for char in sorted(NUMBER_MARKS)], np.uint32)


def _runs(marks: Codes, behind: NDArray[Any]) -> list[str]:
    """The marks before each letter as one string, in order."""
    if not len(marks):
        return []
    starts = np.flatnonzero(np.diff(behind, prepend=-1)).tolist()
    text = marks.tobytes().decode("utf-32-le", "surrogatepass")
    return [text[start:end] for start, end in zip(starts, [*starts[1:], len(text)], strict=True)]


def _is_han(codes: Codes) -> NDArray[np.bool_]:
    """Chinese characters: what has a script. Width and case are no scripts."""
    return ((codes >= 0x2E80) & (codes <= 0x2FDF) | (codes >= 0x3400) & (codes <= 0x9FFF)
            | (codes >= 0xF900) & (codes <= 0xFAFF) | (codes >= 0x20000) & (codes <= 0x3FFFF))
