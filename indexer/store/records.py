"""What is shown of each report, compressed: the records of hits, and the details of single reports.

A record is short, so a few neighbours are compressed together, against a dictionary made of other
records of their index.  Details (where each repair acted, the evidence) are read for one report at
a time and seldom: more of them are compressed together, without a dictionary.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.store.sections import Sections, Sink

# As far back as deflate looks.
DICTIONARY_BYTES = 32_000
# Of fewer records a dictionary would weigh more than it saves.
DICTIONARY_RECORDS = 64
# Reports that one task compresses.
REPORTS_IN_TASK = 256
# Bytes that are copied at once when segments are merged.
CHUNK = 4_000_000


@dataclass(frozen=True, slots=True)
class Kind:
    """How many reports' lines share a block, and how hard deflate tries, between 1 and 9.

    Hits are read one by one, so that their blocks are small.  Below these levels the index grows
    by a tenth, above them compression takes longer than all the rest of indexing.
    """

    name: str
    together: int
    level: int


RECORDS = Kind("records", 4, 2)
DETAILS = Kind("details", 32, 3)


class Blocks:
    """Lines of bytes by document, compressed in blocks. Safe for several threads."""

    def __init__(self, sections: Sections, kind: Kind) -> None:
        self.sections = sections
        self.kind = kind
        self._last: tuple[int, list[bytes]] = (-1, [])

    def _read(self, what: str) -> NDArray[Any]:
        return self.sections.read(f"{self.kind.name}.{what}")

    @cached_property
    def ends(self) -> NDArray[Any]:
        """Where each block ends."""
        return self._read("ends")

    @cached_property
    def used(self) -> NDArray[Any]:
        """The dictionary of each block; 0 is none."""
        return self._read("dictionary")

    @cached_property
    def blocks(self) -> NDArray[np.uint32]:
        """The block of each document."""
        return self._read("block")

    @cached_property
    def lines(self) -> NDArray[np.uint8]:
        """The line of each document in its block."""
        return self._read("line")

    @cached_property
    def dictionaries(self) -> list[bytes]:
        """The dictionaries, the first one empty."""
        return [b"", *blobs(self.sections, "dictionaries")]

    def line(self, doc: int) -> bytes:
        """What is kept of a document; the block is kept for its neighbours, which are often next."""
        block = int(self.blocks[doc])
        number, lines = self._last
        if number != block:
            lines = self._block(block)
            self._last = block, lines
        return lines[int(self.lines[doc])]

    def _block(self, block: int) -> list[bytes]:
        start = int(self.ends[block - 1]) if block else 0
        data = self.sections.read(f"{self.kind.name}.bytes", start, int(self.ends[block]))
        dictionary = self.dictionaries[int(self.used[block])]
        return zlib.decompressobj(zdict=dictionary).decompress(data.data).split(b"\n")


def dictionary_of(records: Sequence[bytes]) -> bytes:
    """A dictionary of records from all over a segment; empty where there are too few."""
    if len(records) < DICTIONARY_RECORDS:
        return b""
    step = max(1, len(records) // 24)
    return b"".join(records[::step])[:DICTIONARY_BYTES]


def compressed(kind: Kind, lines: Iterable[bytes], dictionary: bytes = b"") -> Iterator[bytes]:
    """Lines in blocks; none may hold a line break of its own."""
    # To copy an object that knows the dictionary is faster than to make one of it.
    known = (zlib.compressobj(kind.level, zdict=dictionary) if dictionary else
             zlib.compressobj(kind.level))
    lines = iter(lines)
    while block := list(islice(lines, kind.together)):
        own = known.copy()
        yield own.compress(b"\n".join(block)) + own.flush()


class Packing:
    """Compresses records and details in the threads of a pool (zlib lets others run) until they are
    written."""

    def __init__(self, pool: Executor, records: Sequence[bytes], details: Sequence[bytes],
                 dictionary: bytes) -> None:
        self._dictionary = dictionary
        self._count = len(records)
        self._tasks = {kind: [pool.submit(list, compressed(kind, some, own)) for some in _tasks(lines)]
                       for kind, lines, own in ((RECORDS, records, dictionary), (DETAILS, details, b""))}

    def write(self, file: Sink) -> None:
        """Wait for what is not compressed yet, and write it."""
        numbers = np.arange(self._count)
        for kind, tasks in self._tasks.items():
            blocks = [block for task in tasks for block in task.result()]
            write_blobs(file, kind.name, blocks)
            known = kind is RECORDS and bool(self._dictionary)
            _write_tables(file, kind, np.full(len(blocks), known), numbers // kind.together,
                          numbers % kind.together)
        write_blobs(file, "dictionaries", [self._dictionary] if self._dictionary else [])


def _tasks(lines: Sequence[bytes]) -> Iterator[Sequence[bytes]]:
    return (lines[start:start + REPORTS_IN_TASK] for start in range(0, len(lines), REPORTS_IN_TASK))


def _write_tables(file: Sink, kind: Kind, used: NDArray[Any], blocks: NDArray[Any],
                  lines: NDArray[Any]) -> None:
    """The dictionary of each block, and where each document's line is."""
    file.add(f"{kind.name}.dictionary", used.astype(np.min_scalar_type(int(used.max(initial=0)))))
    file.add(f"{kind.name}.block", blocks.astype(np.uint32))
    file.add(f"{kind.name}.line", lines.astype(np.uint8))


@dataclass(frozen=True, slots=True)
class Kept:
    """What a merge takes of a segment: the blocks that are half full of living lines, as they are,
    and the living lines of the others."""

    source: Blocks
    live: NDArray[np.bool_]
    dense: NDArray[np.bool_]

    @classmethod
    def of(cls, source: Blocks, live: NDArray[np.bool_]) -> Kept:
        """Of the living documents of a segment."""
        living = np.bincount(source.blocks[live], minlength=len(source.ends))
        return cls(source, live, 2 * living >= source.kind.together)

    @property
    def moved(self) -> NDArray[np.bool_]:
        """Which of the living documents are in a block that is not taken."""
        return ~self.dense[self.source.blocks[self.live]]

    def sparse(self) -> Iterator[bytes]:
        """The lines of these."""
        return map(self.source.line, np.flatnonzero(self.live)[self.moved].tolist())

    def parts(self) -> Iterator[NDArray[np.uint8]]:
        """The bytes of the blocks that are taken, neighbours together, some at a time."""
        ends, name = self.source.ends, f"{self.source.kind.name}.bytes"
        edges = np.flatnonzero(np.diff(self.dense.astype(np.int8), prepend=0, append=0)).tolist()
        for first, last in zip(edges[::2], edges[1::2], strict=True):
            start, stop = int(ends[first - 1]) if first else 0, int(ends[last - 1])
            for at in range(start, stop, CHUNK):
                yield self.source.sections.read(name, at, min(at + CHUNK, stop))


def merge_records(file: Sink, sources: Sequence[tuple[Sections, NDArray[np.bool_]]]) -> None:
    """Write the records and details of the living documents of several segments."""
    dictionaries: dict[bytes, int] = {b"": 0}
    for kind in (RECORDS, DETAILS):
        _merge_blocks(file, [Kept.of(Blocks(sections, kind), live) for sections, live in sources],
                      dictionaries)
    write_blobs(file, "dictionaries", list(dictionaries)[1:])


def _merge_blocks(file: Sink, taken: Sequence[Kept], dictionaries: dict[bytes, int]) -> None:
    """Hardly anything is compressed again: what shared its block with nobody, or with deleted reports."""
    kind = taken[0].source.kind
    lengths, used, blocks, lines = [], [], [], []
    base = 0
    for kept in taken:
        source = kept.source
        own = np.array([dictionaries.setdefault(one, len(dictionaries)) for one in source.dictionaries])
        lengths.append(np.diff(source.ends.astype(np.int64), prepend=0)[kept.dense])
        used.append(own[source.used[kept.dense]])
        blocks.append((np.cumsum(kept.dense) - 1)[source.blocks[kept.live]] + base)
        lines.append(source.lines[kept.live])
        base += len(used[-1])
    largest = max(taken, key=lambda kept: len(kept.live)).source.dictionaries[-1]
    known = largest if kind is RECORDS else b""
    packed = list(compressed(kind, chain.from_iterable(kept.sparse() for kept in taken), known))
    moved = np.concatenate([kept.moved for kept in taken])
    block, line, number = np.concatenate(blocks), np.concatenate(lines), np.arange(moved.sum())
    block[moved], line[moved] = base + number // kind.together, number % kind.together
    lengths.append(np.fromiter(map(len, packed), np.int64, len(packed)))
    used.append(np.full(len(packed), dictionaries[known]))
    file.add(f"{kind.name}.ends", narrowest(np.cumsum(np.concatenate(lengths))))
    copied = chain.from_iterable(kept.parts() for kept in taken)
    file.add_parts(f"{kind.name}.bytes", np.uint8,
                   chain(copied, (np.frombuffer(one, np.uint8) for one in packed)))
    _write_tables(file, kind, np.concatenate(used), block, line)


def write_blobs(file: Sink, name: str, items: Sequence[bytes]) -> None:
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
