"""A `.jsonl` or `.jsonl.gz` file becomes its pages: one JSON object a line."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from indexer.archive.entry import RECORD_KEYS, DamagedArchive, Entry
from indexer.archive.streams import is_blank, lines, plain, too_large
from indexer.model import Problem, RawPage

_UTF8_MARK = b"\xef\xbb\xbf"


def read_records(entry: Entry, stream: io.BufferedReader, limit: int,
                 only: int | None = None) -> Iterator[RawPage | Problem]:
    """The pages of the file in order; a line that holds none is a `Problem` with its number.

    Lines count from 1, blank ones too; `only` asks for the page of one line. A file that was come
    upon in a folder and whose first record has neither html, text nor url is no part of the archive
    (a table of expected results beside the pages, say) and gives nothing.
    """
    first = True
    for number, line in enumerate(lines(plain(stream, entry), limit), 1):
        if only is not None and number < only:
            first = False
            continue
        if line is not None and number == 1:
            line = _without_mark(line)  # noqa: PLW2901
        if line is not None and is_blank(line):
            if number == only:
                return
            continue
        value = _parsed(line, limit)
        if first and entry.found and isinstance(value, dict) and not _is_record(value):
            return
        first = False
        yield _page(entry, number, value, line or b"")
        if number == only:
            return
    if first:
        yield entry.problem("is empty")


def _without_mark(line: bytes) -> bytes:
    if line.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise DamagedArchive("is UTF-16; records are read as UTF-8")
    return line.removeprefix(_UTF8_MARK)


def _is_record(value: dict[str, Any]) -> bool:
    return any(key in value for key in RECORD_KEYS)


def _parsed(line: bytes | None, limit: int) -> dict[str, Any] | str:
    """The object on the line, or the reason why there is none."""
    if line is None:
        return too_large(limit)
    try:
        # Bytes that are no UTF-8 are carried through, so that the page itself can be decoded later.
        value = json.loads(line.decode("utf-8", "surrogateescape"))
    except (ValueError, RecursionError):
        return "is not JSON"
    return value if isinstance(value, dict) else "is JSON but not an object"


def _page(entry: Entry, number: int, value: dict[str, Any] | str,
          line: bytes) -> RawPage | Problem:
    if isinstance(value, str):
        return entry.problem(f"line {number} {value}", number)
    html, text = _string(value, "html"), _string(value, "text")
    if html is None and text is None:
        return entry.problem(f"line {number} has neither html nor text", number)
    body = html if html is not None and html.strip() else text or html or ""
    try:
        content, decoded = body.encode("utf-8"), True
    except UnicodeEncodeError:  # undecodable bytes of the line, or a lone \ud83d of the JSON
        decoded = _is_utf8(line)
        content = body.encode("utf-8", "surrogatepass" if decoded else "surrogateescape")
    if is_blank(content):
        return entry.problem(f"line {number} is empty: its page has no content", number)
    return RawPage(
        path=f"{entry.path}#{number}", content=content,
        media="html" if body is html else "text",
        source=replace(entry.source, record=number),
        url=_line(value, "url"), charset=_line(value, "encoding"), unicode=decoded,
        fetched_at=_line(value, "fetched_at"), title=_line(value, "title"))


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _string(value: dict[str, Any], key: str) -> str | None:
    found = value.get(key)
    return found if isinstance(found, str) else None


def _line(value: dict[str, Any], key: str) -> str | None:
    """A field as text that can be written anywhere, None where it is absent or blank."""
    found = (_string(value, key) or "").strip()
    return found.encode("utf-8", "replace").decode("utf-8") or None
