"""Sizes and SHA-256 digests of the files of a commit: how damage is told from data."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path

_ENDING = ".sums"


def write_sums(folder: Path, contents: Path, commit_file: str, files: Iterable[Path]) -> Path:
    """Record the digests of `files` and of the table of contents; returns the record.

    `contents` will be renamed to `commit_file`, which makes the commit.  Files that never change
    (segments) keep the digest of the record before, at the same size.
    """
    former = _latest(folder)
    sums: dict[str, list[object]] = {commit_file: [contents.stat().st_size, _digest(contents)]}
    for path in files:
        size = path.stat().st_size
        known = former.get(path.name)
        sums[path.name] = known if known and known[0] == size else [size, _digest(path)]
    record = folder / f"{commit_file}{_ENDING}"
    listed = json.dumps(sums)
    record.write_text(f"{_digest_of(listed)}\n{listed}\n", encoding="utf-8")
    return record


def drop_former_sums(folder: Path, commit_file: str) -> None:
    """Remove the records of earlier commits, once the one of `commit_file` is made."""
    for record in folder.glob(f"*{_ENDING}"):
        if record.name != f"{commit_file}{_ENDING}":
            record.unlink()


def damaged_files(folder: Path, commit_file: str, needed: Iterable[str]) -> list[str]:
    """Sentences about files of a commit that are missing or no longer what was written.

    `needed` are the beginnings of the names of files that the commit cannot do without.
    """
    sums = _read(folder / f"{commit_file}{_ENDING}")
    if sums is None:
        return [f"The checksums of the last commit in {folder} are missing or unreadable."]
    problems = [f"No file of the segment {start} is left in {folder}."
                for start in needed if not any(name.startswith(start) for name in sums)]
    for name, (size, digest) in sums.items():
        if name != commit_file and not any(name.startswith(start) for start in needed):
            continue  # a leftover of a killed run, swept when the commit was made
        path = folder / name
        try:
            if path.stat().st_size != size or _digest(path) != digest:
                problems.append(f"{path} is not what was written: bytes were lost or changed.")
        except OSError as error:
            problems.append(f"{path} cannot be read: {error.strerror}.")
    return problems


def _latest(folder: Path) -> dict[str, list[object]]:
    sums: dict[str, list[object]] = {}
    for record in folder.glob(f"*{_ENDING}"):
        sums.update(_read(record) or {})
    return sums


def _read(record: Path) -> dict[str, list[object]] | None:
    """A record whose own digest, on its first line, is right; else None."""
    try:
        digest, listed, rest = record.read_text(encoding="utf-8").split("\n")
    except (OSError, ValueError):
        return None
    if rest or digest != _digest_of(listed):
        return None
    sums: dict[str, list[object]] = json.loads(listed)
    return sums


def _digest_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
