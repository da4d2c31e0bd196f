"""A `.zip` file becomes its members: names put right, dangers reported, expansion metered."""

from __future__ import annotations

import io
import re
import stat
import zipfile
from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import cast

from indexer.archive.entry import DamagedArchive, Entry, kind_by_ending
from indexer.archive.streams import Budget, Expanding
from indexer.model import Problem, Source

_DRIVE = re.compile(r"[A-Za-z]:")
_UTF8_FLAG = 0x800
_ENCRYPTED = 0x1
_SMALL = 4096
# Only these does the standard library unpack in bounded steps; 4 KB of bzip2 can hold gigabytes.
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


def members(entry: Entry, stream: io.BufferedReader) -> Iterator[Entry | Problem]:
    """The files in a zip that have an ending of the archive, in the order of the zip.

    Each one's stream is open only while the next one has not been asked for. Raises
    `DamagedArchive` and zipfile's errors where the zip as a whole cannot be read.
    """
    if not stream.peek(1):
        raise DamagedArchive("is empty")
    size = stream.seek(0, io.SEEK_END)
    stream.seek(0)
    with zipfile.ZipFile(stream) as packed:
        budget = Budget(size)
        seen: set[str] = set()
        for info, name in zip(packed.infolist(), _names(packed.infolist()), strict=True):
            item = _member(entry, packed, info, name, budget)
            if item is None:
                continue
            if name in seen:
                item = _problem(entry, name, "has the same name as another file in this zip")
            seen.add(name)
            yield item
            if budget.left < 0:
                break
        if not seen:
            yield entry.problem("holds no page that can be read")


def _member(entry: Entry, packed: zipfile.ZipFile, info: zipfile.ZipInfo, name: str,
            budget: Budget) -> Entry | Problem | None:
    """One member: an entry, a problem, or None for what is passed over."""
    parts = name.split("/")
    if name.startswith("/") or _DRIVE.match(name) or ".." in parts:
        return _problem(entry, name, "has a path that leads out of the zip, and was not read")
    kind = kind_by_ending(name)
    if kind is None or name.endswith("/"):
        return None
    if any(part.startswith(".") or part == "__MACOSX" for part in parts):
        return None
    reason = _refusal(info) or ("is a zip inside a zip, which is not opened" * (kind == "zip"))
    if reason:
        return _problem(entry, name, reason)
    return Entry(f"{entry.path}/{name}", Source(entry.source.file, name), kind,
                 lambda: _opened(packed, info, budget))


def _refusal(info: zipfile.ZipInfo) -> str:
    if info.flag_bits & _ENCRYPTED:
        return "is encrypted"
    if stat.S_ISLNK(info.external_attr >> 16):
        return "is a symbolic link inside a zip, which is not followed"
    if info.compress_type not in _METHODS:
        return "is packed by a method that is not read here (stored and deflate are)"
    return ""


def _opened(packed: zipfile.ZipFile, info: zipfile.ZipInfo,
            budget: Budget) -> AbstractContextManager[io.BufferedReader]:
    member = cast(zipfile.ZipExtFile, packed.open(info))
    return io.BufferedReader(Expanding(member.read1, budget.spend, member.close), _SMALL * 16)


def _problem(entry: Entry, name: str, reason: str) -> Problem:
    return Problem(f"{entry.path}/{name.lstrip('/')}", reason, entry.source.file)


def _names(infos: list[zipfile.ZipInfo]) -> list[str]:
    """The members' names in the order of `infos`.

    A zip written by a Chinese Windows holds names in GBK (or Big5) with nothing to say so, one by
    many a tool UTF-8 without its flag; Python reads both as cp437: `┤σ.html` is 村.html.
    """
    raw = [None if info.flag_bits & _UTF8_FLAG else _raw(info.filename) for info in infos]
    # The tables of the encodings are for those who read pages: a search loads this module too.
    from indexer.text.decode import likely_chinese  # noqa: PLC0415

    chinese = likely_chinese(b"\n".join(
        name for name in raw if name is not None and not _decodes(name, "utf-8")))
    return [_tidy(info.filename if name is None else _decoded(name, chinese))
            for info, name in zip(infos, raw, strict=True)]


def _raw(name: str) -> bytes | None:
    try:
        return name.encode("cp437")
    except UnicodeEncodeError:  # a Unicode name from an extra field
        return None


def _decodes(name: bytes, encoding: str) -> bool:
    try:
        name.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _decoded(name: bytes, chinese: str | None) -> str:
    for encoding in ("utf-8", chinese):
        if encoding is not None and _decodes(name, encoding):
            return name.decode(encoding)
    return name.decode("cp437")


def _tidy(name: str) -> str:
    r"""`/` for the `\` of Windows (after decoding: 0x5C is half of many a GBK character)."""
    parts = name.replace("\\", "/").split("/")
    kept = [part for place, part in enumerate(parts)
            if part not in ("", ".") or (part == "" and place in (0, len(parts) - 1))]
    return "/".join(kept)
