"""The door of the archive: given paths become raw pages, and a pointer becomes its page again."""

from __future__ import annotations

import io
import os
import struct
import zipfile
import zlib
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from indexer.archive.entry import (
    DamagedArchive,
    Entry,
    Kind,
    kind_by_bytes,
    kind_by_ending,
    located,
    named_entry,
    printable,
)
from indexer.archive.folder import walk
from indexer.archive.quick_check import Known, stamp_of_open, unless_unchanged
from indexer.archive.records import read_records
from indexer.archive.streams import GZIP_MAGIC, explain, gunzipped, is_blank, read_capped
from indexer.archive.warc import read_responses
from indexer.archive.zipped import members
from indexer.errors import UsageError
from indexer.model import Problem, RawPage, Source, Unopened

MAX_BYTES = 20_000_000
_SAMPLE = 1 << 20
# Threads that read files, and files that are held before their turn: at most so many times `max_bytes`.
READERS, AHEAD = 4, 16

# What stands in the place of a file that is not read.
Instead = TypeVar("Instead", bound=Problem | Unopened)

# All that reading a damaged or hostile file brings up in the standard library.
_DAMAGE = (DamagedArchive, zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, struct.error,
           OSError, EOFError, ValueError, NotImplementedError, OverflowError, IndexError)


def read_archive(paths: Sequence[Path], *,
                 max_bytes: int = MAX_BYTES) -> Iterator[RawPage | Problem]:
    """The pages of the given files and folders, one at a time, always in the same order.

    Paths in the order given, folders sorted by name. `max_bytes` is the limit for one page or
    record, uncompressed. Whatever cannot be read is a `Problem` in its place. Raises `UsageError`,
    at once, for a path that does not exist.
    """
    require(paths)
    return _read_ahead(_entries(paths), max_bytes)


def read_changed(paths: Sequence[Path], known: Known, *,
                 max_bytes: int = MAX_BYTES) -> Iterator[RawPage | Unopened | Problem]:
    """The same, but a file that is one page is not opened where it looks as it did when it was read.

    A path that does not exist is a `Problem` too.
    """
    return _read_ahead(unless_unchanged(_entries(paths), known, max_bytes), max_bytes)


def require(paths: Sequence[Path]) -> None:
    """Raise `UsageError` for a path that does not exist."""
    for path in paths:
        if not os.path.exists(path):
            raise UsageError(f"There is no file or folder {printable(str(path))}.")


def _read_ahead(entries: Iterable[Entry | Instead], limit: int) -> Iterator[RawPage | Problem | Instead]:
    """The pages of the files in their order; of files that are one page, some are read ahead.

    An archive is many small files: opening the next ones while the last is judged halves the wait.
    """
    with ThreadPoolExecutor(READERS) as readers:
        ahead: deque[Future[list[RawPage | Problem]] | Entry | Instead] = deque()
        for entry in entries:
            ahead.append(readers.submit(_whole, entry, limit)
                         if isinstance(entry, Entry) and entry.is_page else entry)
            if len(ahead) > AHEAD:
                yield from _due(ahead.popleft(), limit)
        while ahead:
            yield from _due(ahead.popleft(), limit)


def _whole(entry: Entry, limit: int) -> list[RawPage | Problem]:
    return list(_read(entry, limit))


def _due(item: Future[list[RawPage | Problem]] | Entry | Instead,
         limit: int) -> Iterable[RawPage | Problem | Instead]:
    if isinstance(item, Future):
        return item.result()
    return _read(item, limit) if isinstance(item, Entry) else (item,)


def reread(source: Source, *, path: str | None = None,
           max_bytes: int = MAX_BYTES) -> RawPage | Problem:
    """The page that `source` points to, as its file holds it now.

    `path` is the path the page was first known by (a pointer does not hold it); without it, it is
    the file's name with member and record. A `Problem` where it is no longer there.
    """
    place = located(source.file)
    name = path or printable(place.name)
    if not place.is_file():
        return Problem(name, "is no longer there", source.file)
    entry = named_entry(place)
    if isinstance(entry, Entry):
        for item in _read(entry, max_bytes, source):
            if isinstance(item, Problem) or item.source == source:
                return replace(item, path=path) if path is not None else item
    return Problem(name, "does not hold this page any more", source.file)


def estimate_pages(paths: Sequence[Path]) -> int | None:
    """About how many pages there are, from names and sizes alone; None where only reading can tell.

    Zip members are counted by their directory, records by the length of the first lines.
    """
    total = 0
    for entry in _entries([path for path in paths if os.path.exists(path)]):
        count = 0 if isinstance(entry, Problem) else _estimate(entry)
        if count is None:
            return None
        total += count
    return total


def _entries(paths: Sequence[Path]) -> Iterator[Entry | Problem]:
    for path in paths:
        try:
            if path.is_dir():
                yield from walk(path)
            else:
                yield named_entry(path)
        except OSError as error:  # gone since the check
            yield Problem(printable(path.name), explain(error), printable(os.path.abspath(path)))


def _read(entry: Entry | Problem, limit: int,
          want: Source | None = None) -> Iterator[RawPage | Problem]:
    """The pages of one file; the damage that ends it, if any, is the last thing it gives.

    With `want`, other members and records than that pointer's are skipped.
    """
    if isinstance(entry, Problem):
        yield entry
        return
    try:
        with entry.open() as stream:
            if entry.kind in ("html", "text"):
                yield _page(entry, stream, limit)
            else:
                yield from _pages(entry, stream, limit, want)
    except _DAMAGE as error:
        yield entry.problem(explain(error))


def _page(entry: Entry, stream: io.BufferedReader, limit: int) -> RawPage | Problem:
    """A file that is one page."""
    stamp = stamp_of_open(stream) if entry.is_page else None
    content = read_capped(stream, limit)
    return entry.problem("is empty") if is_blank(content) else entry.page(content, stamp)


def _pages(entry: Entry, stream: io.BufferedReader, limit: int,
           want: Source | None) -> Iterator[RawPage | Problem]:
    if entry.kind == "unknown":
        entry, stream = _recognised(entry, stream)
    only = want.record if want else None
    if entry.kind == "records":
        yield from read_records(entry, stream, limit, only)
    elif entry.kind == "warc":
        yield from read_responses(entry, stream, limit, only)
    elif entry.kind == "zip":
        for item in members(entry, stream):
            if want is None:
                yield from _read(item, limit)
            elif isinstance(item, Entry) and item.source.member == want.member:
                yield from _read(replace(item, found=False), limit, want)
    else:
        yield _page(entry, stream, limit)


def _recognised(entry: Entry, stream: io.BufferedReader) -> tuple[Entry, io.BufferedReader]:
    """A file given by name whose ending says nothing: its bytes tell what it is."""
    kind: Kind | None = None
    if stream.peek(2).startswith(GZIP_MAGIC):
        stream = gunzipped(stream)
        kind = kind_by_ending(entry.path.lower().removesuffix(".gz"))
        if kind_by_bytes(stream) == "zip":
            raise DamagedArchive("is a zip inside a gzip file, which is not opened")
    return replace(entry, kind=kind or kind_by_bytes(stream), status=None), stream


def _estimate(entry: Entry) -> int | None:
    if entry.kind in ("html", "text", "unknown"):
        return 1
    try:
        with entry.open() as stream:
            if entry.kind == "zip":
                return _estimate_zip(entry, stream)
            if entry.kind == "warc" or entry.path.lower().endswith(".gz"):
                return None
            return _estimate_lines(stream)
    except _DAMAGE:
        return 0


def _estimate_zip(entry: Entry, stream: io.BufferedReader) -> int | None:
    inner = [item for item in members(entry, stream) if isinstance(item, Entry)]
    return len(inner) if all(item.kind in ("html", "text") for item in inner) else None


def _estimate_lines(stream: io.BufferedReader) -> int:
    sample = stream.read(_SAMPLE)
    count = sample.count(b"\n") + (not sample.endswith(b"\n"))
    size = stream.seek(0, os.SEEK_END)
    return round(count * size / len(sample)) if sample else 0


