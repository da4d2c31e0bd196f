"""One segment of an index as arrays: its words, letters, marks, facets, numbers and records."""

from __future__ import annotations

import json
import zlib
from bisect import bisect_left
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.errors import IndexDamaged
from indexer.store.lists import Integers, Lists
from indexer.store.records import DETAILS, RECORDS, Blocks
from indexer.store.reprints import BINS, Signatures
from indexer.store.sections import Sections

FORMAT = 2
EXTENSION = ".arrays"
AREAS = ("title", "body")
# Of so many texts of a lexicon, one is kept in memory.
_APART = 4
# Of so many letters, it is known of one in which area it stands; so few are sought among all areas.
_STEP_BITS = 7
_FEW_PLACES = 100
# A term of two letters is one number: the code points, 21 bits each.
CODE_BITS = 21

Docs = NDArray[np.int64]


class Lexicon:
    """Texts, found by binary search over their UTF-8 bytes, or read by number."""

    def __init__(self, sections: Sections, name: str) -> None:
        self._bytes: NDArray[np.uint8] = sections.read(f"{name}.bytes")
        self._ends: NDArray[Any] = sections.read(f"{name}.ends")

    def __len__(self) -> int:
        return len(self._ends)

    def bytes_at(self, index: int) -> bytes:
        """The text with a number, as it is kept."""
        start = self._ends.item(index - 1) if index else 0
        return self._bytes[start:self._ends.item(index)].tobytes()

    def __getitem__(self, index: int) -> str:
        return self.bytes_at(index).decode("utf-8", "surrogatepass")

    def __iter__(self) -> Iterator[str]:
        text = self._bytes.tobytes().decode("utf-8", "surrogatepass")
        # Where texts end in characters: every byte but those that continue one begins one.
        upto = np.concatenate([[0], np.cumsum(self._bytes & 0xC0 != 0x80)])
        start = 0
        for end in upto[self._ends].tolist():
            yield text[start:end]
            start = end

    def rows(self) -> NDArray[np.uint8]:
        """The bytes of each text as a row, filled up with zeros."""
        lengths = np.diff(self._ends.astype(np.int64), prepend=0)
        rows = np.zeros((len(lengths), int(lengths.max(initial=0))), np.uint8)
        rows[np.arange(rows.shape[1]) < lengths[:, np.newaxis]] = self._bytes
        return rows


class SortedLexicon(Lexicon):
    """A lexicon whose texts stand in order, each once."""

    @cached_property
    def _every(self) -> list[bytes]:
        """Every so many texts, so that the search in Python's own list leaves only a few to look at."""
        data, starts = self._bytes.tobytes(), [0, *self._ends[_APART - 1:-1:_APART].tolist()]
        return [data[start:end] for start, end in zip(starts, self._ends[::_APART].tolist(), strict=False)]

    def lower_bound(self, key: bytes) -> int:
        """The number of the first text that is not before `key`."""
        high = min(bisect_left(self._every, key) * _APART, len(self))
        low = max(high - _APART + 1, 0)
        while low < high:
            middle = (low + high) // 2
            if self.bytes_at(middle) < key:
                low = middle + 1
            else:
                high = middle
        return low

    def find(self, text: str) -> int:
        """The number of a text, -1 where it is not."""
        key = text.encode("utf-8", "surrogatepass")
        index = self.lower_bound(key)
        return index if index < len(self) and self.bytes_at(index) == key else -1

    def starting_with(self, text: str) -> tuple[int, int]:
        """The numbers of the texts that begin with `text`: from, and up to but without."""
        key = text.encode("utf-8", "surrogatepass")
        return self.lower_bound(key), self.lower_bound(key + b"\xff")


class Words:
    """The dictionary words of one area: in which documents, how often."""

    def __init__(self, sections: Sections, area: str) -> None:
        self.lexicon = SortedLexicon(sections, f"{area}.terms")
        self.docs = Lists(sections, f"{area}.docs")
        self.frequencies = Lists(sections, f"{area}.frequencies", ascending=False)


class Places:
    """Terms that are numbers (pairs of letters, variants), and the places where each stands."""

    def __init__(self, sections: Sections, name: str) -> None:
        self.keys: NDArray[np.uint64] = sections.read(f"{name}.keys")
        self.lists = Lists(sections, f"{name}.places")

    def find(self, key: int) -> int:
        """The number of a term, -1 where it is not."""
        index = int(self.keys.searchsorted(np.uint64(key)))
        return index if index < len(self.keys) and self.keys.item(index) == key else -1

    def find_all(self, keys: NDArray[np.uint64]) -> list[int]:
        """The numbers of some terms; empty where one of them is not."""
        numbers = np.searchsorted(self.keys, keys)
        if not len(self.keys) or (self.keys[np.minimum(numbers, len(self.keys) - 1)] != keys).any():
            return []
        found: list[int] = numbers.tolist()
        return found


class Column:
    """A facet of one segment: the values of each document by number, several or none each."""

    def __init__(self, sections: Sections, name: str) -> None:
        self.values = list(Lexicon(sections, f"{name}.values"))
        self.codes: Integers = sections.read(f"{name}.codes")
        self.counts: NDArray[np.uint8] = sections.read(f"{name}.counts")


class Segment:
    """The arrays of one segment, each opened when first asked for.

    Raises IndexDamaged where bytes were lost or changed, when they are first read.
    """

    def __init__(self, path: Path) -> None:
        self.sections = Sections(path)
        about = self.sections.about
        if about.get("format") != FORMAT:
            raise IndexDamaged(f"{path} was written by another version of the program. "
                               "Rebuild the index with: bangfu index PATH --rebuild")
        self.size: int = about["documents"]
        self.letters: int = about["letters"]

    @cached_property
    def words(self) -> dict[str, Words]:
        """The words of title and body."""
        return {area: Words(self.sections, area) for area in AREAS}

    @cached_property
    def pairs(self) -> Places:
        """Every pair of neighbouring letters; the last letter of an area pairs with NUL."""
        return Places(self.sections, "pairs")

    @cached_property
    def variants(self) -> Places:
        """Characters shown instead of their letters: the key is shown character, letter."""
        return Places(self.sections, "variants")

    @cached_property
    def marks(self) -> list[str]:
        """The runs of marks, in order."""
        return list(Lexicon(self.sections, "marks.terms"))

    @cached_property
    def mark_places(self) -> Lists:
        """Where each run of marks stands: the letter behind it."""
        return Lists(self.sections, "marks.places")

    @cached_property
    def marked(self) -> NDArray[np.uint8]:
        """A bit for each letter: do marks stand before it?"""
        bits: NDArray[np.uint8] = self.sections.read("marked")
        return bits

    @cached_property
    def areas(self) -> Docs:
        """Where title and body of each document begin in the row of letters, and its end."""
        return self.sections.read("areas").astype(np.int64)

    @cached_property
    def lengths(self) -> Docs:
        """Letters of title and body of each document, a row each."""
        return (np.diff(self.areas) - 1).reshape(-1, 2)

    @cached_property
    def _area_at(self) -> NDArray[np.int32]:
        """The area of every so many letters."""
        places = np.arange(0, self.letters + (1 << _STEP_BITS), 1 << _STEP_BITS)
        return (np.searchsorted(self.areas, places, "right") - 1).astype(np.int32)

    def area_of(self, places: NDArray[Any]) -> NDArray[Any]:
        """The area (twice the document, one more for the body) that each letter stands in."""
        if len(places) < _FEW_PLACES:
            return np.searchsorted(self.areas, places.astype(np.int64), "right") - 1
        places, starts = places.astype(np.uint32, copy=False), self.sections.read("areas")
        areas = self._area_at.take(places >> np.uint32(_STEP_BITS))
        # An area or two may have begun since the letter that is known; most are longer than a step.
        late = (starts.take(areas + 1) <= places).nonzero()[0]
        while len(late):
            areas[late] += 1
            late = late[starts[areas[late] + 1] <= places[late]]
        return areas

    def column(self, name: str) -> Column:
        """A facet."""
        return Column(self.sections, name)

    @cached_property
    def published(self) -> Docs:
        """YYYYMMDD of each document, 0 where unknown."""
        return self.sections.read("published").astype(np.int64)

    @cached_property
    def signatures(self) -> Signatures:
        """What tells reprints, a row for each document."""
        rows: Signatures = self.sections.read("signatures").reshape(-1, BINS)
        return rows

    # -- what is shown

    @cached_property
    def ids(self) -> Lexicon:
        """The id of each document."""
        return Lexicon(self.sections, "ids")

    def lexicon(self, name: str) -> Lexicon:
        """Texts in the order of the documents: `ids` or `page_ids`."""
        return Lexicon(self.sections, name)

    def documents_of(self, name: str, text: str) -> list[int]:
        """The documents whose `ids` or `page_ids` entry is `text`, by binary search."""
        entries = self.ids if name == "ids" else self._page_ids
        order = self.sections.read(f"{name}.order")
        key = text.encode("utf-8", "surrogatepass")
        low, high = 0, len(order)
        while low < high:
            middle = (low + high) // 2
            if entries.bytes_at(int(order[middle])) < key:
                low = middle + 1
            else:
                high = middle
        found = []
        while low < len(order) and entries.bytes_at(int(order[low])) == key:
            found.append(int(order[low]))
            low += 1
        return found

    @cached_property
    def _page_ids(self) -> Lexicon:
        return Lexicon(self.sections, "page_ids")

    @cached_property
    def records(self) -> Blocks:
        """What a hit shows of each document."""
        return Blocks(self.sections, RECORDS)

    @cached_property
    def details(self) -> Blocks:
        """What is known of each document beyond that."""
        return Blocks(self.sections, DETAILS)

    def states(self) -> Iterator[list[Any]]:
        """What is known of each document's page, in the order of the documents."""
        start = 0
        for end in self.sections.read("states.ends").tolist():
            block = zlib.decompress(self.sections.read("states.bytes", start, end).tobytes())
            # The states of a block, parted by commas; earlier versions parted them by line breaks.
            yield from json.loads(f"[{block.decode('utf-8', 'surrogatepass').replace(chr(10), ',')}]")
            start = end
