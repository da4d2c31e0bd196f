"""A folder becomes its files: recursive, in order of names, never round in a circle."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from indexer.archive.entry import Entry, found_entry, kind_by_ending, printable, special
from indexer.model import Problem

_Identity = tuple[int, int]


def walk(root: Path) -> Iterator[Entry | Problem]:
    """The files of a folder that have an ending of the archive, depth first, sorted by name.

    Hidden files and folders, other endings and folders of derived data are passed over. Links to
    files are followed; a link to a folder is followed unless it leads in a circle or to what is read
    under its own name.
    """
    top = os.path.realpath(root)
    status = os.stat(top)
    visited = {(status.st_dev, status.st_ino)}
    waiting = [iter(_listing(os.path.abspath(root), "", status))]
    while waiting:  # a stack of our own: folders may lie deeper than Python recurses
        item = next(waiting[-1], None)
        if item is None:
            waiting.pop()
        elif isinstance(item, Problem):
            yield item
        else:
            below, found = item
            yield from _visit(found, below, top, visited, waiting)


_Listed = tuple[str, os.DirEntry[str]] | Problem


def _listing(folder: str, below: str, status: os.stat_result) -> list[_Listed]:
    """What lies in a folder, sorted by name, with each one's path below the root."""
    try:
        with os.scandir(folder) as scan:
            found = sorted(scan, key=lambda entry: entry.name)
    except OSError as error:
        reason = os.strerror(error.errno or 0)
        return [_problem(folder, below or os.path.basename(folder),
                         f"is a folder that cannot be read: {reason}")]
    if any(entry.name == "CACHEDIR.TAG" for entry in found) and _is_cache(folder):
        return []
    if not found and kind_by_ending(below) in ("html", "text"):
        return [_problem(folder, below, "is an empty folder, though named like a page")]
    return [(f"{below}/{entry.name}" if below else entry.name, entry)
            for entry in found if not entry.name.startswith(".")]


def _is_cache(folder: str) -> bool:
    """Is the folder tagged as derived data (bford.info/cachedir), such as an index of ours?"""
    try:
        with open(os.path.join(folder, "CACHEDIR.TAG"), "rb") as tag:
            return tag.read(43) == b"Signature: 8a477f597d28d172789f06886806bc55"
    except OSError:
        return False


def _visit(found: os.DirEntry[str], below: str, top: str, visited: set[_Identity],
           waiting: list[Iterator[_Listed]]) -> Iterator[Entry | Problem]:
    """Yield the file `found`, or put the folder `found` on the stack."""
    try:
        if found.is_file(follow_symlinks=False):  # its folder says so: the file need not be asked
            yield from _file(found, below)
            return
        status = found.stat()
    except OSError as error:
        reason = "is a symbolic link that leads nowhere or in a circle" if found.is_symlink() \
            else f"cannot be read: {os.strerror(error.errno or 0)}"
        yield _problem(found.path, below, reason)
        return
    if stat.S_ISDIR(status.st_mode):
        circle = _circle(found, top) if found.is_symlink() else None
        identity = (status.st_dev, status.st_ino)
        if circle is None and identity in visited:
            circle = "leads to a folder that is already read, and was not followed"
        if circle is not None:
            yield _problem(found.path, below, circle)
            return
        visited.add(identity)
        waiting.append(iter(_listing(found.path, below, status)))
    elif stat.S_ISREG(status.st_mode):
        yield from _file(found, below)
    else:
        yield _problem(found.path, below, special(status.st_mode))


def _file(found: os.DirEntry[str], below: str) -> tuple[Entry, ...]:
    kind = kind_by_ending(found.name)
    return () if kind is None else (found_entry(found, below, kind),)


def _circle(link: os.DirEntry[str], top: str) -> str | None:
    """Why a link to a folder is not followed, or None."""
    target = os.path.realpath(link.path)
    here = os.path.realpath(os.path.dirname(link.path))
    if _within(here, target) or _within(top, target):
        return "is a symbolic link that leads back to a folder it lies in, and was not followed"
    if _within(target, top):
        inside = os.path.relpath(target, top).split(os.sep)
        # `current -> .releases/5`: hidden, so the walk itself would never come there.
        if not any(part.startswith(".") for part in inside):
            return "is a symbolic link to a folder that is read under its own name"
    return None


def _within(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder.rstrip(os.sep) + os.sep)


def _problem(file: str, below: str, reason: str) -> Problem:
    return Problem(printable(below), reason, printable(os.path.abspath(file)))
