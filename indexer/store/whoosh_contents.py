"""Whoosh's table of contents: the commit of an index, written durably and read with its digest."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from whoosh.filedb.filestore import FileStorage
from whoosh.index import TOC

from indexer.errors import BangfuError, IndexDamaged
from indexer.store.checksums import damaged_files, drop_former_sums, write_sums
from indexer.store.location import sync
from indexer.store.segment import EXTENSION
from indexer.store.whoosh_codec import ArraySegment, schema

NAME = "MAIN"


class DurableStorage(FileStorage):
    """A folder in which a commit survives a power cut: what the new table of contents names is on
    disk before the rename that makes it the current one, and so is the rename itself."""

    def __init__(self, folder: Path) -> None:
        super().__init__(str(folder))  # type: ignore[no-untyped-call]

    def rename_file(self, oldname: str, newname: str, safe: bool = False) -> None:
        """Whoosh renames one file only: the finished table of contents. That is the commit."""
        folder = Path(self.folder)
        contents, segments = folder / oldname, sorted(folder.glob(f"{NAME}_*{EXTENSION}"))
        sums = write_sums(folder, contents, newname, segments)
        for path in (*segments, contents, sums, folder):
            sync(path)
        super().rename_file(oldname, newname, safe=safe)  # type: ignore[no-untyped-call]
        sync(folder)
        drop_former_sums(folder, newname)


def sweep(folder: Path, segments: Iterable[ArraySegment]) -> None:
    """Remove what a writer that failed or was killed left: the files of no commit.

    `segments` are those of the last commit.  Only for who holds the writer's lock.
    """
    named = {segment.path(folder) for segment in segments}
    unnamed = [path for path in folder.glob(f"{NAME}_*{EXTENSION}") if path not in named]
    tables = [path for path in folder.glob(f"_{NAME}_*.toc.*") if path.suffix != ".sums"]
    for path in (*unnamed, *tables):
        path.unlink(missing_ok=True)


def latest_generation(folder: Path) -> int:
    """The number of the last commit; below 0 where there is none."""
    return int(TOC._latest_generation(FileStorage(str(folder), readonly=True), NAME))


def commit_name(folder: Path, generation: int) -> str:
    """What a commit is called: the build's name and Whoosh's generation number."""
    return f"{folder.name}.{generation}"


def contents_of(folder: Path) -> TOC:
    """Whoosh's table of contents.

    It is a pickle, so only folders that carry our own format mark get here (`location.py`), and
    only bytes with the digest that was kept when they were written; whatever else a damaged one
    makes pickle raise means damage too.
    """
    storage = FileStorage(str(folder), readonly=True)
    generation = latest_generation(folder)
    try:
        if generation >= 0:
            _refuse(damaged_files(folder, TOC._filename(NAME, generation), ()))
        contents: TOC = TOC.read(storage, NAME, gen=generation, schema=schema())
        if not all(isinstance(segment, ArraySegment) for segment in contents.segments):
            raise IndexDamaged(f"Another program wrote to the index at {folder}. "
                               "Rebuild it with: bangfu index PATH --rebuild")
        _refuse(damaged_files(folder, TOC._filename(NAME, generation),
                              [f"{segment.segment_id()}." for segment in contents.segments], glance=True))
        return contents
    except BangfuError:
        raise
    except Exception as error:
        raise IndexDamaged(f"The index at {folder} cannot be opened ({say(error)}). "
                           "Rebuild it with: bangfu index PATH --rebuild") from error


def _refuse(problems: list[str]) -> None:
    if problems:
        raise IndexDamaged(problems[0])


def say(error: BaseException) -> str:
    """The kind of an error, and what it says where it says anything."""
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
