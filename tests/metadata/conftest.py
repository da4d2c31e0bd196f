"""Shared by the tests of descriptions: cases as data and a small search form of their own."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import pytest
from opencc import OpenCC

from indexer.model import Label

HERE = Path(__file__).parent
GOLD = HERE.parents[2] / "shared" / "gold"
_T2S = OpenCC("t2s")
_WIDTH = {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)} | {0x3000: " "}


def fold_text(text: str) -> str:
    """The search form of a text, of the same length."""
    folded: str = _T2S.convert(text).translate(_WIDTH).lower()
    assert len(folded) == len(text)
    return folded


def read_cases(name: str) -> list[tuple[str, ...]]:
    """Rows of a case file without its head; `\\n` in a cell is a line break."""
    with (HERE / name).open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    width = len(rows[0])
    assert all(len(row) == width for row in rows), f"a row of {name} has another width"
    return [tuple(cell.replace("\\n", "\n") for cell in row) for row in rows[1:]]


def read_labels(cell: str) -> tuple[Label, ...]:
    """`发布时间=2020-11-10|来源=…` as labels."""
    pairs = [item.partition("=") for item in cell.split("|") if item]
    return tuple(Label(name, value, f"{name}:{value}") for name, _, value in pairs)


@pytest.fixture
def fold() -> Callable[[str], str]:
    return fold_text
