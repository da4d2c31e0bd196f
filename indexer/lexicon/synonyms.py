"""Which words of the campaigns mean the same: the groups of `synonyms.tsv`, checked when loaded."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from importlib import resources

from indexer.errors import BangfuError

BOTH_WAYS, ONE_WAY = "=", ">"


class SynonymError(BangfuError):
    """The synonym lexicon cannot be used; the message names the line."""


@functools.cache
def synonyms() -> Mapping[str, tuple[str, ...]]:
    """Each word of the lexicon that has synonyms, with them, in the order of the file."""
    return read((resources.files("indexer.lexicon") / "synonyms.tsv").read_text(encoding="utf-8"))


def read(text: str) -> Mapping[str, tuple[str, ...]]:
    """The words of a synonym table with their synonyms.

    Raises SynonymError for a line of another form, and for a word in two groups: nobody could say
    what it finds.

    >>> read("=\\t双联\\t联村联户\\n>\\t驻村第一书记\\t村第一书记")
    {'双联': ('联村联户',), '联村联户': ('双联',), '驻村第一书记': ('村第一书记',)}
    """
    found: dict[str, tuple[str, ...]] = {}
    lines: dict[str, int] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if not line or line.startswith("#"):
            continue
        direction, *words = line.split("\t")
        if direction not in (BOTH_WAYS, ONE_WAY) or len(words) < 2 or not all(map(str.isalnum, words)):
            raise SynonymError(f"synonyms.tsv line {number}: expected = or > and two words or more, "
                               "parted by tabs")
        for word in words if direction == BOTH_WAYS else words[:1]:
            if word in lines:
                raise SynonymError(f"synonyms.tsv line {number}: {word} stands on line {lines[word]}")
            lines[word] = number
            found[word] = tuple(other for other in words if other != word)
    return found
