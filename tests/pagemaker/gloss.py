"""Forward model of the pinyin glosses of converted mirrors (classes A and B), on GBK bytes.

The generator held the page as GBK, and for each character C of its table replaced the bytes of C by
C + `(pinyin)` without regard to where characters begin. Where C straddles two characters, the lead
byte before the bracket swallows it (`?`) and the text behind is read one byte late; pairs of the
user-defined zones vanish; the text was also split on the bytes of some separators.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from random import Random

from pypinyin.constants import PINYIN_DICT

from tests.pagemaker.damage import Change, Damaged, apply
from tests.pagemaker.traditional import traditional_character

Table = Sequence[tuple[str, str]]
OPEN, CLOSE = 0x28, 0x29
# The separators that hosts split at: none, ？！ and in places ； and ，.
SEPARATORS = ("", "", "？！", "？！；", "？！；，")


@cache
def annotated_characters() -> tuple[str, ...]:
    """Traditional characters that such tables hold: outside GB2312, simplified form inside it."""
    found = []
    for lead in range(0xB0, 0xD8):
        for trail in range(0xA1, 0xFF):
            try:
                plain = bytes((lead, trail)).decode("gb2312")
            except UnicodeDecodeError:
                continue
            made = traditional_character(plain)
            if made != plain and not _in_gb2312(made) and ord(made) in PINYIN_DICT:
                found.append(made)
    return tuple(found)


def _in_gb2312(character: str) -> bool:
    try:
        character.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


def gloss_table(rng: Random, size: int) -> tuple[tuple[str, str], ...]:
    """A table of `size` characters with one reading each, in the order in which it is applied."""
    pool = annotated_characters()
    chosen = rng.sample(pool, min(size, len(pool)))
    if rng.random() < 0.5:
        chosen.sort()
    return tuple((c, PINYIN_DICT[ord(c)].split(",")[0]) for c in chosen)


def user_defined(lead: int, trail: int) -> bool:
    """Whether a pair lies in a zone of GBK that became private use and was stripped."""
    return (
        (0xAA <= lead <= 0xAF and trail >= 0xA1)
        or (lead >= 0xF8 and trail >= 0xA1)
        or (0xA1 <= lead <= 0xA7 and trail < 0xA1)
    )


def gloss(clean: str, table: Table, separators: str = "") -> Damaged:
    """The text as such a mirror shows it.

    Half-width brackets of the clean text are read as full-width ones, so that every bracket byte
    is a note's; the later mapping to ASCII makes them half-width again.
    """
    source = clean.replace("(", "（").replace(")", "）")
    data = source.encode("gbk", "replace")
    for character, reading in table:
        key = character.encode("gbk")
        if key in data:
            data = data.replace(key, key + b"(" + reading.encode("gbk") + b")")
    changes: list[Change] = []
    at = 0
    lines = zip(source.split("\n"), data.split(b"\n"), strict=True)
    for line, broken in lines:
        changes += [Change(at + c.start, at + c.end, c.new) for c in _changes(line, broken, separators)]
        at += len(line) + 1
    return apply("gloss", clean, changes)


def _changes(line: str, broken: bytes, separators: str) -> Iterator[Change]:
    """Where the decoded bytes differ from the line, from one point in step to the next."""
    starts = _character_starts(line, broken)
    out: list[str] = []
    clean_from = 0
    for offset, text in _decoded(broken, separators):
        index = starts.get(offset)
        if index is not None and index > clean_from:
            yield from _difference(line, clean_from, index, "".join(out))
            out, clean_from = [], index
        out.append(text)
    yield from _difference(line, clean_from, len(line), "".join(out))


def _difference(line: str, start: int, end: int, shown: str) -> Iterator[Change]:
    """The change that turns `line[start:end]` into `shown`, without its common beginning."""
    plain = line[start:end]
    if plain == shown:
        return
    while start < end and shown and line[start] == shown[0]:
        start, shown = start + 1, shown[1:]
    yield Change(start, end, shown)


def _character_starts(line: str, broken: bytes) -> dict[int, int]:
    """For each byte that begins a character of the line: offset in `broken` → index in the line."""
    starts: dict[int, int] = {}
    offset = 0
    for index, character in enumerate(line):
        offset = _past_notes(broken, offset)
        starts[offset] = index
        for _ in range(1 if ord(character) < 0x80 else _width(character)):
            offset = _past_notes(broken, offset) + 1
    return starts


@cache
def _width(character: str) -> int:
    return len(character.encode("gbk", "replace"))


def _past_notes(broken: bytes, offset: int) -> int:
    """The first offset from here on that is not inside an inserted note (notes may nest)."""
    depth = 0
    while offset < len(broken) and (depth or broken[offset] == OPEN):
        depth += (broken[offset] == OPEN) - (broken[offset] == CLOSE)
        offset += 1
    return offset


def _decoded(data: bytes, separators: str) -> Iterator[tuple[int, str]]:
    """(offset, what is shown) for each step of the faulty decoder."""
    offset = 0
    parts = [data]
    if separators:
        pattern = b"|".join(re.escape(s.encode("gbk")) for s in separators)
        parts = re.split(b"(" + pattern + b")", data)
    for part in parts:
        at = 0
        while at < len(part):
            size, text = _step(part, at)
            yield offset + at, text
            at += size
        offset += len(part)


def _step(data: bytes, at: int) -> tuple[int, str]:
    """One step: its length in bytes and what is shown for it."""
    lead = data[at]
    if lead < 0x80:
        return 1, chr(lead)
    if at + 1 >= len(data):
        return 1, "?"
    trail = data[at + 1]
    if trail < 0x40 or trail == 0x7F:
        return 2, "?"
    if user_defined(lead, trail):
        return 2, ""
    try:
        return 2, data[at : at + 2].decode("gb18030")
    except UnicodeDecodeError:
        return 2, "?"
