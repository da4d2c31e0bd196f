"""What is shown of each report, compressed: the record of a hit alone, the details in blocks.

A record is short, so it is compressed against a dictionary made of other records of its index.
Details (where each repair acted, the evidence) are read for one report at a time and seldom:
neighbours are compressed together.
"""

from __future__ import annotations

import os
import zlib
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.store.sections import Sections, SectionsWriter

# As far back as deflate looks.
DICTIONARY_BYTES = 32_000
# Of fewer records a dictionary would weigh more than it saves.
DICTIONARY_RECORDS = 64
DETAILS_IN_BLOCK = 32
# Records that one thread compresses before it asks for more.
RECORDS_IN_TASK = 256
# Bytes that are copied at once when segments are merged.
CHUNK = 4_000_000

# Between 1 and 9: from here on, what is saved in space costs more in time than all the rest of indexing.
_LEVEL = 4


class Records:
    """The records of one segment."""

    def __init__(self, sections: Sections) -> None:
        self.sections = sections

    @cached_property
    def ends(self) -> NDArray[Any]:
        """Where each record ends."""
        return self.sections.read("records.ends")

    @cached_property
    def used(self) -> NDArray[np.uint8]:
        """The dictionary of each record; 0 is none."""
        return self.sections.read("records.dictionary")

    @cached_property
    def dictionaries(self) -> list[bytes]:
        """The dictionaries, the first one empty."""
        return [b"", *blobs(self.sections, "dictionaries")]

    def display(self, doc: int) -> bytes:
        """The record of a hit."""
        start = int(self.ends[doc - 1]) if doc else 0
        data = self.sections.read("records.bytes", start, int(self.ends[doc]))
        dictionary = self.dictionaries[int(self.used[doc])]
        return zlib.decompressobj(zdict=dictionary).decompress(data.data)

    @cached_property
    def block_ends(self) -> NDArray[Any]:
        """Where each block of details ends."""
        return self.sections.read("details.ends")

    @cached_property
    def blocks(self) -> NDArray[np.uint32]:
        """The block of each document's details."""
        return self.sections.read("details.block")

    @cached_property
    def lines(self) -> NDArray[np.uint8]:
        """The line of each document's details in its block."""
        return self.sections.read("details.line")

    def details(self, doc: int) -> bytes:
        """What is known of a report beyond what a hit shows."""
        block = int(self.blocks[doc])
        start = int(self.block_ends[block - 1]) if block else 0
        data = self.sections.read("details.bytes", start, int(self.block_ends[block]))
        return zlib.decompress(data.data).split(b"\n")[int(self.lines[doc])]


def dictionary_of(records: Sequence[bytes]) -> bytes:
    """A dictionary of records from all over a segment; empty where there are too few."""
    if len(records) < DICTIONARY_RECORDS:
        return b""
    step = max(1, len(records) // 24)
    return b"".join(records[::step])[:DICTIONARY_BYTES]


def write_records(file: SectionsWriter, records: Sequence[bytes], details: Sequence[bytes],
                  dictionary: bytes) -> None:
    """Compress and write records and details; neither may hold a line break of its own."""
    compressor = zlib.compressobj(_LEVEL, zdict=dictionary) if dictionary else zlib.compressobj(_LEVEL)

    def compress(record: bytes) -> bytes:
        own = compressor.copy()
        return own.compress(record) + own.flush()

    def compress_some(start: int) -> list[bytes]:
        return [compress(record) for record in records[start:start + RECORDS_IN_TASK]]

    def compress_block(start: int) -> bytes:
        return zlib.compress(b"\n".join(details[start:start + DETAILS_IN_BLOCK]), _LEVEL)

    # zlib lets other threads run meanwhile.
    with ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        tasks = pool.map(compress_some, range(0, len(records), RECORDS_IN_TASK))
        packed = [record for some in tasks for record in some]
        blocks = list(pool.map(compress_block, range(0, len(details), DETAILS_IN_BLOCK)))
    numbers = np.arange(len(records))
    write_blobs(file, "records", packed)
    file.add("records.dictionary", np.full(len(records), bool(dictionary), np.uint8))
    write_blobs(file, "dictionaries", [dictionary] if dictionary else [])
    write_blobs(file, "details", blocks)
    file.add("details.block", (numbers // DETAILS_IN_BLOCK).astype(np.uint32))
    file.add("details.line", (numbers % DETAILS_IN_BLOCK).astype(np.uint8))


def merge_records(file: SectionsWriter, sources: Sequence[tuple[Records, NDArray[np.bool_]]]) -> None:
    """Write the records and details of the living documents of several segments, as they are.

    Nothing is compressed again: a block of details stays while one of its documents lives.
    """
    dictionaries: dict[bytes, int] = {b"": 0}
    used, sizes, block_sizes, blocks, lines = [], [], [], [], []
    copies: list[_Copy] = []
    base = 0
    for records, live in sources:
        own = np.array([dictionaries.setdefault(one, len(dictionaries)) for one in records.dictionaries])
        used.append(own[records.used[live]])
        sizes.append(np.diff(records.ends, prepend=0)[live])
        kept = np.zeros(len(records.block_ends), bool)
        kept[records.blocks[live]] = True
        block_sizes.append(np.diff(records.block_ends, prepend=0)[kept])
        blocks.append((np.cumsum(kept) - 1)[records.blocks[live]] + base)
        lines.append(records.lines[live])
        copies.append(_Copy(records, live, kept))
        base += int(kept.sum())
    file.add("records.ends", narrowest(np.cumsum(np.concatenate(sizes))))
    file.add_parts("records.bytes", np.uint8, (part for copy in copies for part in copy.records()))
    file.add("records.dictionary", np.concatenate(used).astype(np.uint8))
    write_blobs(file, "dictionaries", list(dictionaries)[1:])
    file.add("details.ends", narrowest(np.cumsum(np.concatenate(block_sizes))))
    file.add_parts("details.bytes", np.uint8, (part for copy in copies for part in copy.details()))
    file.add("details.block", np.concatenate(blocks).astype(np.uint32))
    file.add("details.line", np.concatenate(lines))


@dataclass(frozen=True, slots=True)
class _Copy:
    """What is copied of a segment: documents that live, blocks that are kept."""

    source: Records
    live: NDArray[np.bool_]
    kept: NDArray[np.bool_]

    def records(self) -> Iterator[NDArray[np.uint8]]:
        return self._parts("records.bytes", self.source.ends, self.live)

    def details(self) -> Iterator[NDArray[np.uint8]]:
        return self._parts("details.bytes", self.source.block_ends, self.kept)

    def _parts(self, name: str, ends: NDArray[Any], kept: NDArray[np.bool_]) -> Iterator[NDArray[np.uint8]]:
        """The bytes of what is kept, neighbours together, some at a time."""
        edges = np.flatnonzero(np.diff(kept.astype(np.int8), prepend=0, append=0)).tolist()
        for first, last in zip(edges[::2], edges[1::2], strict=True):
            start, stop = int(ends[first - 1]) if first else 0, int(ends[last - 1])
            for at in range(start, stop, CHUNK):
                yield self.source.sections.read(name, at, min(at + CHUNK, stop))


def write_blobs(file: SectionsWriter, name: str, items: Sequence[bytes]) -> None:
    """Strings of bytes one behind the other, and where each ends."""
    ends = np.cumsum(np.fromiter(map(len, items), np.int64, len(items)))
    file.add(f"{name}.ends", narrowest(ends))
    file.add(f"{name}.bytes", np.frombuffer(b"".join(items), np.uint8))


def blobs(sections: Sections, name: str) -> list[bytes]:
    """What `write_blobs` wrote."""
    start, found = 0, []
    for end in sections.read(f"{name}.ends").tolist():
        found.append(sections.read(f"{name}.bytes", start, end).tobytes())
        start = end
    return found


def narrowest(values: NDArray[Any]) -> NDArray[Any]:
    """The same numbers in four bytes each where these are enough."""
    return values.astype(np.uint32 if not len(values) or int(values.max()) < 1 << 32 else np.uint64)
