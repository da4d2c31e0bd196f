"""Reading with a limit: capped pages, bounded lines, and decompression that no bomb can abuse."""

from __future__ import annotations

import gzip
import io
import os
import zlib
from collections.abc import Callable, Iterator
from typing import IO, Protocol

from indexer.archive.entry import DamagedArchive, Entry

# A file may expand to 200 times its size, and always to 100 MB.  HTML packs 5 to 20 fold, pages of
# one template up to some 100 fold; deflate at its worst reaches 1,032.
EXPANSION = 200
FREE_EXPANSION = 100_000_000

GZIP_MAGIC = b"\x1f\x8b"
_BLANK = b" \t\r\n\f\v\0\xef\xbb\xbf\xff\xfe"  # white space, NUL and byte order marks
_SKIP = 1 << 20
_FIRST = 1 << 18


class TooLarge(DamagedArchive):
    """A page or record is over the limit."""


class Bomb(DamagedArchive):
    """A compressed file expands beyond all that an honest one does."""


class _Readable(Protocol):
    def read(self, size: int = -1, /) -> bytes: ...


class _Metered:
    """Counts the compressed bytes that pass."""

    def __init__(self, stream: _Readable) -> None:
        self.stream = stream
        self.count = 0

    def read(self, size: int = -1) -> bytes:
        data = self.stream.read(size)
        self.count += len(data)
        return data


class Budget:
    """How many bytes may still come out of an archive of `size` packed bytes."""

    def __init__(self, size: int) -> None:
        self.left = max(FREE_EXPANSION, EXPANSION * size)

    def spend(self, count: int) -> None:
        """Take `count` bytes from the budget; raises `Bomb` when it is used up."""
        self.left -= count
        if self.left < 0:
            raise Bomb(f"expands more than {EXPANSION} fold (a zip bomb?); the rest was not read")


class Expanding(io.RawIOBase):
    """Decompressed bytes as they come, one step of decompression at a time, each accounted for.

    One step at a time, because everything that was read before damage is to count.
    """

    def __init__(self, read: Callable[[int], bytes], account: Callable[[int], None],
                 close: Callable[[], None] = lambda: None) -> None:
        self._read = read
        self._account = account
        self._close = close

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        data = self._read(len(buffer))
        self._account(len(data))
        buffer[:len(data)] = data
        return len(data)

    def close(self) -> None:
        if not self.closed:
            self._close()
        super().close()


def gunzipped(stream: IO[bytes]) -> io.BufferedReader:
    """The content of a gzip stream (one member or many), guarded against bombs."""
    packed = _Metered(stream)
    unpacked = gzip.GzipFile(fileobj=packed, mode="rb")  # type: ignore[call-overload]
    total = 0

    def account(count: int) -> None:
        nonlocal total
        total += count
        if total > max(FREE_EXPANSION, EXPANSION * packed.count):
            raise Bomb(f"expands more than {EXPANSION} fold (a gzip bomb?); the rest was not read")

    return io.BufferedReader(Expanding(unpacked.read1, account, unpacked.close), 65_536)


def plain(stream: io.BufferedReader, entry: Entry) -> io.BufferedReader:
    """The stream of a `.jsonl[.gz]` or `.warc[.gz]` without its gzip layer: the bytes, not the
    ending, say whether there is one. Raises `DamagedArchive` for a `.gz` that is neither.
    """
    head = stream.peek(16)
    if head.startswith(GZIP_MAGIC):
        return gunzipped(stream)
    if head and entry.path.lower().endswith(".gz") \
            and not head.lstrip(_BLANK).startswith((b"{", b"WARC/")):
        raise DamagedArchive("is not a gzip file, though its name says so")
    return stream


def read_capped(stream: _Readable, limit: int) -> bytes:
    """The whole stream; raises `TooLarge` as soon as there is more than `limit` bytes of it."""
    content = stream.read(min(_FIRST, limit + 1))
    if len(content) == _FIRST:  # asking at once for all that is allowed would reserve it for every page
        content += stream.read(limit + 1 - _FIRST)
    if len(content) > limit:
        raise TooLarge(too_large(limit))
    return content


def too_large(limit: int) -> str:
    """The sentence about something over the limit."""
    return f"is larger than the limit of {limit:,} bytes"


def lines(stream: io.BufferedReader, limit: int) -> Iterator[bytes | None]:
    """The lines of the stream one by one; None for a line over `limit` bytes, which is skipped."""
    while line := stream.readline(limit + 1):
        if len(line) <= limit or line.endswith(b"\n"):
            yield line
            continue
        while (rest := stream.readline(_SKIP)) and not rest.endswith(b"\n"):
            pass
        yield None


def is_blank(content: bytes) -> bool:
    """Whether there is nothing but white space, NUL bytes and byte order marks."""
    return not content.strip(_BLANK)


def inflated(content: bytes, window: int, limit: int) -> bytes:
    """Decompress bytes in memory (`window` as zlib's wbits), never to more than `limit` bytes."""
    machine = zlib.decompressobj(window)
    result = machine.decompress(content, limit + 1)
    if len(result) > limit:
        raise TooLarge(too_large(limit))
    if not machine.eof:
        raise EOFError
    return result


def explain(error: Exception) -> str:
    """The reason to report for an error that came up while reading."""
    if isinstance(error, DamagedArchive):
        return str(error)
    if isinstance(error, EOFError):
        return "is damaged: the compressed data ends too early"
    if isinstance(error, OSError) and error.errno is not None:
        return f"cannot be read: {os.strerror(error.errno)}"
    return f"is damaged: {error}"


