"""A `.warc` or `.warc.gz` file becomes its pages: the answers of web servers that are HTML."""

from __future__ import annotations

import io
import re
import zlib
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from warcio.archiveiterator import ArchiveIterator
from warcio.bufferedreaders import ChunkedDataReader

from indexer.archive.entry import DamagedArchive, Entry
from indexer.archive.streams import (
    GZIP_MAGIC,
    TooLarge,
    explain,
    inflated,
    is_blank,
    plain,
    read_capped,
    too_large,
)
from indexer.model import Problem, RawPage

_TYPES = ("text/html", "application/xhtml+xml")
_CHARSET = re.compile(r"""charset\s*=\s*["']?([\w:.+-]{1,40})""", re.IGNORECASE)
_HEADERS = 1 << 20  # one record's headers; real ones are a few kilobytes
_BLOCK = 1 << 16


class _Guarded:
    """The plain bytes of the file; refuses endless headers, which warcio would load whole."""

    def __init__(self, stream: io.BufferedReader) -> None:
        self.stream = stream
        self.left: int | None = None

    def read(self, size: int = _BLOCK) -> bytes:
        data = self.stream.read1(size)
        if self.left is not None:
            self.left -= len(data)
            if self.left < 0:
                raise DamagedArchive("is damaged: a record's headers have no end")
        return data


def read_responses(entry: Entry, stream: io.BufferedReader, limit: int,
                   only: int | None = None) -> Iterator[RawPage | Problem]:
    """The pages of the file in order: response records of status 2xx whose content type is HTML.

    All records count from 1, of whatever type; `only` asks for the page of one of them. Damage ends
    the file with `DamagedArchive`.
    """
    source = _Guarded(plain(stream, entry))
    if not source.stream.peek(1):
        raise DamagedArchive("is empty")
    records = ArchiveIterator(source)
    records.INC_RECORD = ""  # its message to stderr; we report `err_count` ourselves
    number = 0
    while (record := _next(records, source)) is not None:
        number += 1
        if only in (None, number) and _is_page(record):
            yield _page(entry, number, record, limit)
        if number == only:
            return
        _drain(record, number)


def _next(records: Any, source: _Guarded) -> Any:
    """The next record, None at the end. Raises `DamagedArchive`."""
    source.left = _HEADERS
    try:
        record = next(records, None)
    except (DamagedArchive, OSError, EOFError, zlib.error):
        raise
    except Exception as error:  # a parser of hostile bytes: AttributeError, ValueError, …
        reason = " ".join(str(error).split())[:120]
        raise DamagedArchive(f"is damaged: {reason or type(error).__name__}") from error
    if records.err_count:
        raise DamagedArchive("is damaged: a record is longer than its Content-Length")
    if record is not None and record.length is None:
        raise DamagedArchive("is damaged: a record has no Content-Length")
    source.left = None
    return record


def _drain(record: Any, number: int) -> None:
    """Read what is left of a record, so that a record cut off is seen for what it is."""
    while record.raw_stream.read(_BLOCK):
        pass
    if record.raw_stream.limit > 0:
        raise DamagedArchive(f"is damaged: it ends in the middle of record {number}")


def _is_page(record: Any) -> bool:
    http = record.http_headers
    if record.rec_type != "response" or http is None:
        return False
    return (http.get_statuscode() or "").startswith("2") and _header(http, "content-type").lower() \
        .partition(";")[0].strip() in _TYPES


def _header(http: Any, name: str) -> str:
    return str(http.get_header(name) or "").strip()


def _page(entry: Entry, number: int, record: Any, limit: int) -> RawPage | Problem:
    http = record.http_headers
    try:
        body = _body(record, limit)
    except TooLarge as error:
        return entry.problem(f"record {number} {error}", number)
    if record.raw_stream.limit > 0:
        raise DamagedArchive(f"is damaged: it ends in the middle of record {number}")
    try:
        content = _unpacked(body, _header(http, "content-encoding").lower(), limit)
    except (DamagedArchive, EOFError, zlib.error) as error:
        return entry.problem(f"record {number} {explain(error)}", number)
    if is_blank(content):
        return entry.problem(f"record {number} is empty", number)
    charset = _CHARSET.search(_header(http, "content-type"))
    headers = record.rec_headers
    return RawPage(
        path=f"{entry.path}#{number}", content=content, media="html",
        source=replace(entry.source, record=number),
        url=headers.get_header("WARC-Target-URI"), charset=charset[1] if charset else None,
        fetched_at=headers.get_header("WARC-Date"))


def _body(record: Any, limit: int) -> bytes:
    """The body of the answer as it was sent, without chunks."""
    if record.payload_length > limit:
        raise TooLarge(too_large(limit))
    body = record.raw_stream
    if _header(record.http_headers, "transfer-encoding").lower() == "chunked":
        body = ChunkedDataReader(body)  # takes a body that is chunked no more as it is
    content = read_capped(body, limit)
    while record.raw_stream.read(_BLOCK):  # what may follow the last chunk
        pass
    return content


def _unpacked(content: bytes, encoding: str, limit: int) -> bytes:
    """The body without the compression of the transport."""
    if encoding in ("gzip", "x-gzip"):
        # Some crawlers undo the compression and keep the header.
        return inflated(content, 31, limit) if content.startswith(GZIP_MAGIC) else content
    if encoding == "deflate":
        return _deflated(content, limit)
    if encoding not in ("", "identity", "none", "utf-8") and not content.lstrip().startswith(b"<"):
        raise DamagedArchive(f"is compressed as {encoding[:20]!r}, which cannot be read")
    return content


def _deflated(content: bytes, limit: int) -> bytes:
    """`deflate` means zlib by the standard, bare deflate by habit, and sometimes nothing."""
    for window in (15, -15):
        try:
            return inflated(content, window, limit)
        except zlib.error:
            continue
    if content.lstrip().startswith(b"<"):
        return content
    raise DamagedArchive("is damaged: its deflate data cannot be unpacked")
