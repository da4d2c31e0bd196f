"""The bytes of GBK as gloss generators and faulty decoders handle them."""

from __future__ import annotations

import functools
from collections import defaultdict

from indexer.text.repair.glosses import in_table, readings

# Full-width marks that the crawl turned into ASCII.
WIDE_MARK = {mark: chr(ord(mark) + 0xFEE0) for mark in ",;:!?()"}
# First bytes of pairs in the user-defined zones.
VANISHING = (*range(0xA1, 0xA8), *range(0xAA, 0xB0), *range(0xF8, 0xFF))


def user_defined(lead: int, trail: int) -> bool:
    """Is the pair in a zone of GBK without characters, whose private-use codes sites strip?"""
    if lead in range(0xA1, 0xA8) and trail < 0xA1:
        return True
    return (lead in range(0xAA, 0xB0) or lead >= 0xF8) and trail >= 0xA1


@functools.cache
def characters() -> dict[tuple[int, int], str]:
    """The characters of GBK by their two bytes."""
    found = {}
    for lead in range(0x81, 0xFF):
        for trail in (*range(0x40, 0x7F), *range(0x80, 0xFF)):
            try:
                found[lead, trail] = bytes((lead, trail)).decode("gbk")
            except UnicodeDecodeError:
                continue
    return found


@functools.cache
def codes_of_characters() -> dict[str, tuple[int, int]]:
    """The two bytes of every character of GBK."""
    return {char: code for code, char in characters().items()}


@functools.lru_cache(maxsize=8192)
def encoded(char: str) -> bytes:
    """The bytes of a character in GBK, or none; pairs that GBK leaves undefined are private use."""
    try:
        code = char.encode("gb18030")
    except UnicodeEncodeError:
        return b""
    return code if len(code) <= 2 else b""


def keys(first: int, reading: str) -> tuple[int, ...]:
    """Second bytes that make, with `first`, a character of a generator's table read so.

    An eaten byte stood as a lead byte before the bracket, so it is 80 (還 is DF 80) or more.
    """
    return tuple(_keys().get((first, reading), ()))


@functools.cache
def _keys() -> dict[tuple[int, str], list[int]]:
    found: dict[tuple[int, str], list[int]] = defaultdict(list)
    for (first, second), char in characters().items():
        if second >= 0x80 and in_table(char):
            for reading in readings(char):
                found[first, reading].append(second)
    return dict(found)


def last_bytes(left: str) -> tuple[int, int]:
    """The last two bytes of the text in front of a run; ASCII marks were full-width ones."""
    code = b"".join(encoded(WIDE_MARK.get(char, char)) for char in left[-2:])
    return (code[-2], code[-1]) if len(code) >= 2 else (0, code[-1] if code else 0)
