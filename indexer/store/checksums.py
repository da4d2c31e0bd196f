"""Sizes and SHA-256 digests of the files of a commit: how damage is told from data."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

_ENDING = ".sums"
# A segment ends with checksums of all the rest: two files of one size are told apart by their ends.
_END_BYTES = 32
_ADVICE = "Rebuild it with: bangfu index PATH --rebuild"


def write_sums(folder: Path, contents: Path, commit_file: str, files: Iterable[Path]) -> Path:
    """Record sizes, digests and ends of `files` and of the table of contents; returns the record.

    `contents` will be renamed to `commit_file`, which makes the commit.  Files that never change
    (segments) keep the digest of the record before, at the same size.
    """
    former = _latest(folder)
    sums: dict[str, list[Any]] = {commit_file: _sum_of(contents)}
    for path in files:
        known = former.get(path.name)
        sums[path.name] = known if known and known[0] == path.stat().st_size else _sum_of(path)
    record = folder / f"{commit_file}{_ENDING}"
    listed = json.dumps(sums)
    record.write_text(f"{_digest_of(listed)}\n{listed}\n", encoding="utf-8")
    return record


def drop_former_sums(folder: Path, commit_file: str) -> None:
    """Remove the records of earlier commits, once the one of `commit_file` is made."""
    for record in folder.glob(f"*{_ENDING}"):
        if record.name != f"{commit_file}{_ENDING}":
            record.unlink()


def damaged_files(folder: Path, commit_file: str, needed: Iterable[str], *, glance: bool = False,
                  ) -> list[str]:
    """Sentences about files of a commit that are missing or no longer what was written.

    `needed` are the beginnings of the names of files that the commit cannot do without.  At a
    `glance` these are told by their sizes and ends: what was cut, or stands in another's place, is
    found without reading all of it.
    """
    sums = _read(folder / f"{commit_file}{_ENDING}")
    if sums is None:
        return [f"The checksums of the last commit in {folder} are missing or unreadable. {_ADVICE}"]
    problems = []
    for start in (commit_file, *needed):
        names = [name for name in sums if name.startswith(start)]
        if not names:
            problems.append(f"No file of the segment {start} is left in {folder}. {_ADVICE}")
        for name in names:
            # The table of contents is a pickle: nobody reads it before its digest was compared.
            fault = _fault(folder / name, sums[name], glance and start != commit_file)
            if fault:
                problems.append(f"{folder / name} {fault}. {_ADVICE}")
    return problems


def _fault(path: Path, known: list[Any], glance: bool) -> str:
    """What is wrong with a file; empty when nothing is."""
    size, digest, *end = known
    try:
        whole = path.stat().st_size == size and (
            (not end or _end(path) == end[0]) if glance else _digest(path) == digest)
    except OSError as error:
        return f"cannot be read: {error.strerror}"
    return "" if whole else "is not what was written: bytes were lost or changed"


def _latest(folder: Path) -> dict[str, list[Any]]:
    sums: dict[str, list[Any]] = {}
    for record in folder.glob(f"*{_ENDING}"):
        sums.update(_read(record) or {})
    return sums


def _read(record: Path) -> dict[str, list[Any]] | None:
    """A record whose own digest, on its first line, is right; else None."""
    try:
        digest, listed, rest = record.read_text(encoding="utf-8").split("\n")
    except (OSError, ValueError):
        return None
    if rest or digest != _digest_of(listed):
        return None
    sums: dict[str, list[Any]] = json.loads(listed)
    return sums


def _sum_of(path: Path) -> list[Any]:
    return [path.stat().st_size, _digest(path), _end(path)]


def _digest_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _end(path: Path) -> str:
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - _END_BYTES))
        return file.read().hex()
