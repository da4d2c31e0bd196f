"""The fixer for pinyin notes that a page generator put behind characters: 實(shí), 鄉(xiāng)村."""

from __future__ import annotations

import functools
import re

from indexer.model import Edit, Left
from indexer.text.repair.steps import Proposal
from indexer.text.script import to_simplified

PINYIN_LETTERS = "a-zāáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜüńňǹḿ"
_NOTE = re.compile(rf"([\u3400-\u9fff])[(（]([{PINYIN_LETTERS}]{{1,6}})[)）]")
# A note whose bracket was eaten together with half a character: 當?shù)弥?hào)橋. Never legitimate.
MISALIGNED = re.compile(rf"\?([{PINYIN_LETTERS}]{{1,6}})\)")

# A generator glosses every occurrence of its characters, a person a word or two: the smallest
# glossed page has hundreds of notes on dozens of characters.
MIN_NOTES = 5
MIN_CHARACTERS = 3


@functools.lru_cache(maxsize=8192)
def readings(char: str) -> frozenset[str]:
    """All readings of a character with tone marks, as pypinyin lists them."""
    return frozenset((_pinyin().get(ord(char)) or "").split(","))


@functools.cache
def _pinyin() -> dict[int, str]:
    # Loading pypinyin takes a sixth of a second: only pages with notes need it.
    from pypinyin.constants import PINYIN_DICT  # noqa: PLC0415

    table: dict[int, str] = PINYIN_DICT
    return table


@functools.lru_cache(maxsize=8192)
def in_table(char: str) -> bool:
    """Could the generator's table hold this character: a Traditional form outside GB2312?"""
    try:
        char.encode("gb2312")
    except UnicodeEncodeError:
        return to_simplified(char) != char
    return False


def pinyin_notes(text: str) -> Proposal:
    """Remove the notes of a gloss generator; keep the notes that a writer put.

    A note goes when the character in front is a Traditional form outside GB2312, the note is one
    of its readings, and the page has enough such notes.  Asides survive, also with notes inside;
    so do 郫(pí)县 and 歙(shè)县, whose characters stand in GB2312, and a lone 單(shàn)縣.
    """
    notes = [
        match for match in _NOTE.finditer(text)
        if match.group(2) in readings(match.group(1)) and in_table(match.group(1))
    ]
    if len(notes) < MIN_NOTES or len({match.group(1) for match in notes}) < MIN_CHARACTERS:
        return Proposal()
    return Proposal(tuple(Edit(match.start(2) - 1, match.end(), "") for match in notes))


def misaligned_runs(text: str) -> Proposal:
    """Report `家?guī)头鰡挝坏`: the bytes of a run of characters are out of step behind a note."""
    return Proposal(left=tuple(
        Left("misaligned-runs", match.start(), match.end(), "bytes out of step behind a pinyin note")
        for match in MISALIGNED.finditer(text)
    ))
