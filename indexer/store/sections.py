"""A file of named arrays: written once, mapped into memory, every block checked when first read."""

from __future__ import annotations

import json
import mmap
import zlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from indexer.errors import IndexDamaged

MAGIC = b"BANGFU\x00\x01"
# What is checked at once. A flipped bit costs the reader at most this much reading to be found.
BLOCK_BITS = 14
# Arrays begin at multiples of this, so that they can be used where they lie.
ALIGNMENT = 64

Bytes = NDArray[np.uint8]


class Sink(Protocol):
    """What arrays are written to."""

    def add(self, name: str, array: NDArray[Any]) -> None:
        """Append an array of one dimension."""

    def add_parts(self, name: str, kind: Any, parts: Iterable[NDArray[Any]]) -> None:
        """Append an array that comes in parts."""


class Gathered:
    """Arrays made in one thread, to be written by another."""

    def __init__(self) -> None:
        self._arrays: list[tuple[str, Any, list[NDArray[Any]]]] = []

    def add(self, name: str, array: NDArray[Any]) -> None:
        """Append an array of one dimension."""
        self.add_parts(name, array.dtype, [array])

    def add_parts(self, name: str, kind: Any, parts: Iterable[NDArray[Any]]) -> None:
        """Append an array that comes in parts."""
        self._arrays.append((name, kind, list(parts)))

    def write(self, file: Sink) -> None:
        """Write them all, in the order in which they were added."""
        for name, kind, parts in self._arrays:
            file.add_parts(name, kind, parts)


class SectionsWriter:
    """Writes arrays one behind the other, then their directory.

        magic | array | padding | array | … | checks | directory (JSON) | tail

    `checks` holds a CRC-32 for each block of everything before it; the tail holds the place and
    the CRC-32 of the directory, and the magic once more: a file cut anywhere is recognised.
    """

    def __init__(self, path: Path) -> None:
        self._file = path.open("xb")
        self._directory: dict[str, tuple[int, str, int]] = {}
        self._checks: list[int] = []
        self._pending = bytearray()
        self._position = 0
        self._write(MAGIC)

    def add(self, name: str, array: NDArray[Any]) -> None:
        """Append an array of one dimension, little-endian."""
        self.add_parts(name, array.dtype, [array])

    def add_parts(self, name: str, kind: Any, parts: Iterable[NDArray[Any]]) -> None:
        """Append an array that comes in parts."""
        self._write(bytes(-self._position % ALIGNMENT))
        start, count, kind = self._position, 0, np.dtype(kind).newbyteorder("<")
        for part in parts:
            data = np.ascontiguousarray(part).astype(kind, copy=False)
            count += len(data)
            if data.nbytes:
                self._write(data.view(np.uint8).data)
        self._directory[name] = (start, kind.str, count)

    def close(self, about: dict[str, Any]) -> None:
        """Write checks, directory and tail. `about` is kept in the directory."""
        self._write(bytes(-self._position % ALIGNMENT))
        if self._pending:
            self._checks.append(zlib.crc32(self._pending))
        checks = np.array(self._checks, "<u4").tobytes()
        self._file.write(checks)
        directory = json.dumps({"sections": self._directory, "checks": len(self._checks),
                                "data": self._position, "about": about}).encode()
        self._file.write(directory)
        self._file.write(_tail(directory, checks))
        self._file.close()

    def abandon(self) -> None:
        """Close the file unfinished; nothing names it."""
        self._file.close()

    def _write(self, data: bytes | memoryview) -> None:
        self._file.write(data)
        self._position += len(data)
        size = 1 << BLOCK_BITS
        at = 0
        if self._pending:
            at = min(size - len(self._pending), len(data))
            self._pending += data[:at]
            if len(self._pending) < size:
                return
            self._checks.append(zlib.crc32(self._pending))
            self._pending.clear()
        while at + size <= len(data):
            self._checks.append(zlib.crc32(data[at:at + size]))
            at += size
        self._pending += data[at:]


_TAIL = 4 + 4 + 4 + len(MAGIC)


def _tail(directory: bytes, checks: bytes) -> bytes:
    numbers = (len(directory), zlib.crc32(directory), zlib.crc32(checks))
    return b"".join(number.to_bytes(4, "little") for number in numbers) + MAGIC


class Sections:
    """A file of arrays, open for reading. Safe for several threads; stays readable when unlinked.

    Raises IndexDamaged when the file is not whole, at once or when a damaged block is first read.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        with path.open("rb") as file:
            try:
                self._map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
            except ValueError:
                raise self._damaged() from None
        self._bytes: Bytes = np.frombuffer(self._map, np.uint8)
        directory = self._read_directory()
        self._directory: dict[str, tuple[int, str, int]] = directory["sections"]
        self.about: dict[str, Any] = directory["about"]
        self._data: int = directory["data"]
        # 1 for every block that was found as it was written. Setting a byte is atomic; two
        # threads may check the same block twice, which does no harm.
        self._seen = bytearray(len(self._checks))

    def _read_directory(self) -> dict[str, Any]:
        data = self._map
        tail = data[-_TAIL:]
        if len(data) < _TAIL + len(MAGIC) or tail[-len(MAGIC):] != MAGIC or data[:len(MAGIC)] != MAGIC:
            raise self._damaged()
        length, check, checks_check = (int.from_bytes(tail[i:i + 4], "little") for i in (0, 4, 8))
        text = data[max(0, len(data) - _TAIL - length):len(data) - _TAIL]
        if zlib.crc32(text) != check:
            raise self._damaged()
        directory: dict[str, Any] = json.loads(text)
        start = directory["data"]
        checks = data[start:start + 4 * directory["checks"]]
        if zlib.crc32(checks) != checks_check or start + len(checks) + length + _TAIL != len(data):
            raise self._damaged()
        self._checks = np.frombuffer(checks, "<u4")
        return directory

    def __contains__(self, name: str) -> bool:
        return name in self._directory

    def size(self, name: str) -> int:
        """How many numbers an array holds; 0 for one that is not there."""
        return self._directory[name][2] if name in self._directory else 0

    def bytes_by_section(self) -> dict[str, int]:
        """What takes how much space."""
        return {name: np.dtype(kind).itemsize * count
                for name, (_, kind, count) in self._directory.items()}

    def read(self, name: str, start: int = 0, stop: int | None = None) -> NDArray[Any]:
        """The numbers `start`..`stop` of an array, where they lie in the file, checked."""
        offset, kind, count = self._directory[name]
        stop = count if stop is None else stop
        width = np.dtype(kind).itemsize
        first, last = offset + start * width, offset + stop * width
        if last > first:
            self._check(first >> BLOCK_BITS, ((last - 1) >> BLOCK_BITS) + 1)
        return self._bytes[first:last].view(kind)

    def _check(self, block: int, end: int) -> None:
        seen = self._seen
        while (block := seen.find(0, block, end)) >= 0:
            start = block << BLOCK_BITS
            data = self._bytes[start:min(start + (1 << BLOCK_BITS), self._data)]
            if zlib.crc32(data.data) != int(self._checks[block]):
                raise self._damaged()
            seen[block] = 1

    def _damaged(self) -> IndexDamaged:
        return IndexDamaged(f"{self.path} is not what was written: bytes were lost or changed. "
                            "Rebuild it with: bangfu index PATH --rebuild")
