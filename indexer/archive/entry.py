"""An entry: one file of the archive, on disk or inside a zip, before anything of it is read."""

from __future__ import annotations

import io
import json
import os
import re
import stat
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Literal

from indexer.model import Media, Problem, RawPage, Source, Stamp

Kind = Literal["html", "text", "records", "warc", "zip", "unknown"]

# What is read of a folder or a zip; every other ending there is passed over without a word.
ENDINGS: dict[str, Kind] = {
    ".html": "html", ".htm": "html", ".shtml": "html", ".xhtml": "html",
    ".txt": "text",
    ".jsonl": "records", ".jsonl.gz": "records",
    ".warc": "warc", ".warc.gz": "warc",
    ".zip": "zip",
}
_ENDING = re.compile(r"(?:\.jsonl\.gz|\.warc\.gz|\.[^./\\]+)\Z")

_MARKUP = re.compile(
    rb"<(?:!doctype|\?xml|!--|/?(?:html|head|body|meta|title|link|script|div|p|br|table|t[rd]|span|"
    rb"font|h[1-6]|a|ul|li|img|center)\b)", re.IGNORECASE)
_SNIFFED = 65_536

# Keys of which a record of the archive has at least one.
RECORD_KEYS = ("html", "text", "url")


@dataclass(frozen=True, slots=True)
class Entry:
    """A file to be read. `path` is its path below the given root, printable.

    `found` tells that the file was come upon in a folder or zip, not asked for by name; `status` asks
    the system about a file on disk, and is None for a member of a zip.
    """

    path: str
    source: Source
    kind: Kind
    open: Callable[[], AbstractContextManager[io.BufferedReader]]
    found: bool = True
    status: Callable[[], os.stat_result] | None = None

    @property
    def is_page(self) -> bool:
        """Is it a file on disk that is one page?"""
        return self.status is not None and self.kind in ("html", "text")

    def page(self, content: bytes, stamp: Stamp | None = None) -> RawPage:
        """The page that the file is, if it holds this content."""
        media: Media = "text" if self.kind == "text" else "html"
        return RawPage(self.path, content, media, self.source, stamp=stamp)

    def problem(self, reason: str, record: int | None = None) -> Problem:
        """What could not be read of this file (or of its record number `record`), and why."""
        path = self.path if record is None else f"{self.path}#{record}"
        return Problem(path, reason, self.source.file)


class DamagedArchive(Exception):
    """A file cannot be read on; the text of the error is the reason to report."""


def kind_by_ending(name: str) -> Kind | None:
    """The kind of file that the ending of `name` promises; None for one that is not read."""
    ending = _ENDING.search(name.lower())
    return ENDINGS.get(ending.group()) if ending else None


def kind_by_bytes(stream: io.BufferedReader) -> Kind:
    """The kind of a file of unknown ending from its first bytes; the stream does not move."""
    head = stream.peek(_SNIFFED)[:_SNIFFED]
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return "zip"
    if head.startswith(b"WARC/"):
        return "warc"
    if head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{") and _opens_with_record(head):
        return "records"
    return "html" if _MARKUP.search(head.replace(b"\0", b"")) else "text"


def _opens_with_record(head: bytes) -> bool:
    line = head.lstrip(b"\xef\xbb\xbf \t\r\n").partition(b"\n")[0]
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        # A first record longer than what was peeked cannot be parsed: its keys must do.
        return len(line) > 4096 and re.match(rb'\{\s*"(?:html|text|url)"\s*:', line) is not None
    return isinstance(value, dict) and any(key in value for key in RECORD_KEYS)


def printable(name: str) -> str:
    r"""A file name as text that can be written anywhere; undecodable bytes become `\xb4`.

    >>> printable("\udcb4\udce5.html")
    '\\xb4\\xe5.html'
    """
    if name.isascii():
        return name
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def _unprinted(name: str) -> str:
    """The file name that `printable` turned into `name`."""
    raw = re.sub(rb"\\x([89a-f][0-9a-f])", lambda found: bytes([int(found[1], 16)]),
                 name.encode("utf-8"))
    return os.fsdecode(raw)


def found_entry(file: os.DirEntry[str], below: str, kind: Kind) -> Entry:
    """The entry of a regular file come upon in a folder; `below` is its path below the root.

    The folder was listed by its absolute path.
    """
    name = file.path
    return Entry(printable(below), Source(printable(name)), kind, lambda: open(name, "rb"), True, file.stat)


def named_entry(path: Path) -> Entry | Problem:
    """The entry of a file that was given by name, whatever its ending."""
    mode = os.stat(path).st_mode
    below = printable(path.name)
    if not stat.S_ISREG(mode):
        return Problem(below, special(mode), printable(os.path.abspath(path)))
    name = os.path.abspath(path)
    return Entry(below, Source(printable(name)), kind_by_ending(path.name) or "unknown",
                 lambda: open(name, "rb"), False, partial(os.stat, name))


def located(file: str) -> Path:
    """The path on disk of a `Source.file`, whose undecodable bytes were made printable."""
    return Path(file if os.path.lexists(file) else _unprinted(file))


def special(mode: int) -> str:
    """The sentence about something that is neither a file nor a folder."""
    kinds = ((stat.S_ISFIFO, "a named pipe"), (stat.S_ISSOCK, "a socket"),
             (stat.S_ISCHR, "a device"), (stat.S_ISBLK, "a device"))
    what = next((word for test, word in kinds if test(mode)), "something else")
    return f"is {what}, not a file, and was not opened"
