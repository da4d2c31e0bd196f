"""The fixer for pinyin notes that a page generator put behind characters: 實(shí), 鄉(xiāng)村."""

from __future__ import annotations

import functools
import json
import re
from collections import Counter
from importlib.util import find_spec
from pathlib import Path

from indexer.lexicon.ngrams import model
from indexer.model import Edit
from indexer.text.repair.steps import Proposal
from indexer.text.script import to_simplified

PINYIN_LETTERS = "a-zāáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜüńňǹḿ"
_NOTE_ALONE = re.compile(rf"[(（][{PINYIN_LETTERS}]{{1,6}}[)）]")
NOTE = re.compile(rf"([\u3400-\u9fff])[(（]([{PINYIN_LETTERS}]{{1,6}})[)）]")
# A note whose bracket was eaten together with half a character: 當?shù)弥?hào)橋. Never legitimate.
MISALIGNED = re.compile(rf"\?([{PINYIN_LETTERS}]{{1,6}})\)")

# A generator glosses every occurrence of its characters, a person a word or two: the smallest
# glossed page has hundreds of notes on dozens of characters.
MIN_NOTES = 5
MIN_CHARACTERS = 3
# A generator never notes what the scripts share; for one such note of a writer, this many of its own.
MIN_SHARE = 4
# A short page, or a short table: so many everyday characters (log frequency) are enough, or one that
# nobody needs to be told how to read (給, 員), noted twice.
FEW_CHARACTERS = 2
EVERYDAY, COMMONEST = -9.6, -8.5


@functools.lru_cache(maxsize=8192)
def readings(char: str) -> tuple[str, ...]:
    """All readings of a character with tone marks, as pypinyin lists them, the first first."""
    return tuple(_pinyin().get(str(ord(char)), "").split(","))


@functools.cache
def _pinyin() -> dict[str, str]:
    """pypinyin's readings by the number of the character.  The file alone: the package, which every worker
    would load, takes a fifth of a second for the dictionary of phrases."""
    package = find_spec("pypinyin")
    assert package is not None
    file = Path(package.origin or "").with_name("pinyin_dict.json")
    table: dict[str, str] = json.loads(file.read_text(encoding="utf-8"))
    return table


@functools.lru_cache(maxsize=8192)
def in_table(char: str) -> bool:
    """Could the generator's table hold this character: a Traditional form outside GB2312?"""
    try:
        char.encode("gb2312")
    except UnicodeEncodeError:
        return to_simplified(char) != char
    return False


@functools.lru_cache(maxsize=8192)
def frequency(char: str) -> float:
    """Log probability of the character in modern Chinese."""
    return model().frequency(to_simplified(char))


def has_notes(text: str) -> bool:
    """Does Latin stand in brackets behind a character?"""
    return bool(_notes(text))


def _notes(text: str) -> list[re.Match[str]]:
    """All matches of NOTE, sought by their brackets, which are fewer than characters."""
    found = (NOTE.match(text, alone.start() - 1) for alone in _NOTE_ALONE.finditer(text) if alone.start())
    return [match for match in found if match is not None]


def generated_notes(text: str) -> list[re.Match[str]]:
    """The notes of a gloss generator, none where the page shows no generator at work."""
    found = _notes(text)
    counts = Counter((note[1], note[2]) for note in found)  # (character, note): judged once
    read = {pair for pair in counts if pair[1] in readings(pair[0])}
    noted = {pair for pair in read if in_table(pair[0])}
    number = sum(counts[pair] for pair in noted)
    if number < MIN_SHARE * sum(counts[pair] for pair in read - noted):  # a textbook: 我(wǒ)們(men)
        return []
    kinds = {char for char, _ in noted}
    if len(noted) > len(kinds):  # 長（zhǎng）輩、長（cháng）短
        return []
    broken = len(MISALIGNED.findall(text))
    many = number + broken >= MIN_NOTES and len(kinds) + broken >= MIN_CHARACTERS
    few = len(kinds) + broken >= FEW_CHARACTERS or (
        number >= FEW_CHARACTERS and all(frequency(char) > COMMONEST for char in kinds))
    if many or (few and number == len(found) and _of_a_table(text, noted, number)):
        return [note for note in found if (note[1], note[2]) in noted]
    return []


def _of_a_table(text: str, noted: set[tuple[str, str]], number: int) -> bool:
    """Are even these few notes a generator's? A person explains rare characters and unusual
    readings, once; a generator everyday ones (萬, 國), in the first reading, every time."""
    return bool(noted) and number == sum(text.count(char) for char, _ in noted) and all(
        readings(char)[0] == note and frequency(char) > EVERYDAY for char, note in noted)


def pinyin_notes(text: str) -> Proposal:
    """Remove the notes of a gloss generator; keep the notes that a writer put.

    A note goes when the character in front is a Traditional form outside GB2312, the note is one
    of its readings, and the page has enough such notes.  Asides survive, also with notes inside;
    so do 郫(pí)县 and 歙(shè)县, whose characters stand in GB2312, and a lone 單(shàn)縣.
    """
    return Proposal(tuple(
        Edit(match.start(2) - 1, match.end(), "") for match in generated_notes(text)))
