"""An index folder on disk: its format mark, the pointer to the build in use, and the writer's lock.

    DIR/FORMAT          what this folder is, and the version of its layout
    DIR/CACHEDIR.TAG    says to others that everything here can be made again
    DIR/CURRENT         the name of the build that readers see; replaced atomically
    DIR/builds/NAME/    one build: the files of the engine
    DIR/writer.lock     held by the one writer; writer.json says who holds it
    DIR/failures.jsonl  pages of the last run that could not be taken in, and why
    DIR/last-run.json   the summary of the last run
    DIR/files.json      what files looked like when they were read; without it they are read again
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from indexer.errors import IndexBusy, IndexDamaged, IndexNotFound, IndexWriteFailed

# Raised whenever an older program could not read what a newer one writes.
LAYOUT_VERSION = 3
# Marks a folder whose contents can be made again (bford.info/cachedir): backups and our own reader of
# archives pass over it.
CACHE_TAG = "Signature: 8a477f597d28d172789f06886806bc55"
_KIND = "bangfu-index"
_BUILD_PREFIX = "build-"


class IndexFolder:
    """The folder of one index."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def failures(self) -> Path:
        """Where the failures of the last run are kept."""
        return self.path / "failures.jsonl"

    @property
    def summary(self) -> Path:
        """Where the summary of the last run is kept."""
        return self.path / "last-run.json"

    @property
    def files(self) -> Path:
        """Where it is kept what files looked like when they were read."""
        return self.path / "files.json"

    def exists(self) -> bool:
        """Is there an index (readable or not)?"""
        return (self.path / "FORMAT").exists() or (self.path / "CURRENT").exists()

    def check(self) -> None:
        """Raise IndexNotFound or IndexDamaged unless this program can read the folder."""
        if not self.path.exists() or (self.path.is_dir() and not any(self.path.iterdir())):
            raise IndexNotFound(f"There is no index at {self.path}. "
                                f"Make one with: bangfu index PATH --index {self.path}")
        if (version := self._version()) > LAYOUT_VERSION:
            raise IndexDamaged(f"The index at {self.path} was made by a newer Bangfu (layout {version}, "
                               f"this one reads {LAYOUT_VERSION}). Update Bangfu, or rebuild into "
                               "another folder with: bangfu index PATH --index DIR")

    def current(self) -> Path:
        """The build that readers see. Raises IndexNotFound or IndexDamaged."""
        self.check()
        if self._version() < LAYOUT_VERSION:
            raise IndexDamaged(f"The index at {self.path} was made by an older Bangfu (layout "
                               f"{self._version()}, this one reads {LAYOUT_VERSION}). Rebuild it with: "
                               f"bangfu index PATH --index {self.path} --rebuild")
        try:
            name = (self.path / "CURRENT").read_text(encoding="utf-8").strip()
        except FileNotFoundError:
            raise IndexNotFound(f"The index at {self.path} was never committed. "
                                f"Run: bangfu index PATH --index {self.path}") from None
        except (OSError, ValueError) as error:
            raise IndexDamaged(f"The pointer {self.path / 'CURRENT'} cannot be read ({error}). "
                               "Rebuild with: bangfu index PATH --rebuild") from error
        build = self.path / "builds" / name
        if not name.startswith(_BUILD_PREFIX) or "/" in name or not build.is_dir():
            raise IndexDamaged(f"The pointer {self.path / 'CURRENT'} names no build. "
                               "Rebuild with: bangfu index PATH --rebuild")
        return build

    def _version(self) -> int:
        """The layout of what lies here. Raises IndexDamaged where the format mark does not say."""
        try:
            mark = json.loads((self.path / "FORMAT").read_text(encoding="utf-8"))
            kind, version = mark["kind"], int(mark["version"])
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise IndexDamaged(f"{self.path} is not a Bangfu index (its FORMAT file is missing or "
                               "unreadable). Name another folder with --index.") from error
        if kind != _KIND:
            raise IndexDamaged(f"{self.path} holds something else than a Bangfu index. "
                               "Name another folder with --index.")
        return version

    def create(self) -> None:
        """Make the folder and its format mark where they are not yet.

        Refuses a folder that holds other files. Raises IndexDamaged or IndexWriteFailed.
        """
        if self.exists():
            self.check()
            self._sweep()
            return
        try:
            _make_folder(self.path)
            self._sweep()
            strangers = [p.name for p in self.path.iterdir() if p.name not in _OWN_FILES]
            if strangers:
                raise IndexDamaged(f"{self.path} is not empty and not a Bangfu index (it holds "
                                   f"{sorted(strangers)[0]}). Name an empty or new folder with --index.")
            (self.path / "builds").mkdir(exist_ok=True)
            write_atomically(self.path / "CACHEDIR.TAG", CACHE_TAG + "\n")
            self._mark()
        except OSError as error:
            raise cannot_write(self.path, error) from error

    def _mark(self) -> None:
        """Say what lies here, and in which layout."""
        write_atomically(self.path / "FORMAT", json.dumps({"kind": _KIND, "version": LAYOUT_VERSION}) + "\n")

    def _sweep(self) -> None:
        """Remove small files that a killed process was about to put in place."""
        for leftover in self.path.glob("*.tmp"):
            if leftover.name.split(".", 1)[0] in {name.split(".", 1)[0] for name in _OWN_FILES}:
                leftover.unlink(missing_ok=True)

    def new_build(self) -> Path:
        """A new, empty folder for a build that nobody sees yet."""
        try:
            name = f"{_BUILD_PREFIX}{time.strftime('%Y%m%dT%H%M%S', time.gmtime())}-{secrets.token_hex(3)}"
            build = self.path / "builds" / name
            _make_folder(build)
        except OSError as error:
            raise cannot_write(self.path, error) from error
        return build

    def publish(self, build: Path) -> None:
        """Let readers see `build` from now on; the pointer is replaced in one step."""
        try:
            if self._version() < LAYOUT_VERSION:
                self._mark()
            write_atomically(self.path / "CURRENT", build.name + "\n")
        except OSError as error:
            raise cannot_write(self.path, error) from error

    def clean(self) -> None:
        """Remove builds that nobody points to: left by killed rebuilds, or replaced ones."""
        current = self.current().name
        for build in (self.path / "builds").iterdir():
            if build.name != current:
                shutil.rmtree(build, ignore_errors=True)

    @contextmanager
    def locked(self, timeout: float) -> Iterator[None]:
        """Hold the writer's lock; the system frees it when the process dies.

        Raises IndexBusy after `timeout` seconds, naming the process that holds it.
        """
        lock = FileLock(self.path / "writer.lock")
        try:
            lock.acquire(timeout=timeout)
        except Timeout:
            raise IndexBusy(f"Another process is writing to {self.path}: {self._holder()}. Wait for it, "
                            "or give it more time with --lock-timeout SECONDS.") from None
        except OSError as error:
            raise cannot_write(self.path, error) from error
        try:
            self._say_who()
            yield
        finally:
            lock.release()

    def _say_who(self) -> None:
        who = {"pid": os.getpid(), "host": socket.gethostname(),
               "since": time.strftime("%Y-%m-%d %H:%M:%S")}
        try:
            write_atomically(self.path / "writer.json", json.dumps(who) + "\n")
        except OSError as error:
            raise cannot_write(self.path, error) from error

    def _holder(self) -> str:
        try:
            who = json.loads((self.path / "writer.json").read_text(encoding="utf-8"))
            return f"process {who['pid']} on {who['host']}, since {who['since']}"
        except (OSError, ValueError, KeyError, TypeError):
            return "a process that did not leave its name"


_OWN_FILES = frozenset(("FORMAT", "CURRENT", "CACHEDIR.TAG", "builds", "writer.lock", "writer.json",
                        "failures.jsonl", "last-run.json", "files.json"))


def cannot_write(path: Path, error: OSError) -> IndexWriteFailed:
    """The sentence for a failed write: no space, read only, or what the system said."""
    return IndexWriteFailed(f"The index at {path} could not be written: {error.strerror or error}. "
                            "What was committed before is untouched; run the same command again "
                            "when there is room and permission.")


def write_atomically(path: Path, text: str) -> None:
    """Replace a small file so that a reader, or a crash, finds the old or the new one."""
    temporary = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    try:
        with temporary.open("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise
    sync(path.parent)


def _make_folder(path: Path) -> None:
    """Make a folder, and those above it that are missing, durably: each entry lies in its parent."""
    missing = [folder for folder in (path, *path.parents) if not folder.exists()]
    path.mkdir(parents=True, exist_ok=True)
    for folder in missing:
        sync(folder.parent)


def sync(path: Path) -> None:
    """Make the contents of a file, or the renames in a folder, durable."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
