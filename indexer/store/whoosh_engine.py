"""The embedded engine: a Whoosh index of array segments in one build folder."""

from __future__ import annotations

from pathlib import Path
from typing import Self

from whoosh.index import TOC

from indexer.store.location import cannot_write
from indexer.store.whoosh_codec import schema
from indexer.store.whoosh_contents import NAME, DurableStorage, commit_name, latest_generation
from indexer.store.whoosh_searcher import WhooshSearcher
from indexer.store.whoosh_writer import WhooshWriter


class WhooshEngine:
    """An index in `folder`, one Whoosh index that was created by `create`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @classmethod
    def create(cls, folder: Path) -> Self:
        """Make an empty index. Raises IndexWriteFailed."""
        try:
            TOC.create(DurableStorage(folder), schema(), NAME)
        except OSError as error:
            raise cannot_write(folder, error) from error
        return cls(folder)

    def commit(self) -> str:
        """The build's name and Whoosh's generation number."""
        return commit_name(self._folder, latest_generation(self._folder))

    def size(self) -> int:
        """Bytes on disk."""
        return sum(path.stat().st_size for path in self._folder.rglob("*") if path.is_file())

    def searcher(self) -> WhooshSearcher:
        """A snapshot of the last commit."""
        return WhooshSearcher(self._folder)

    def writer(self) -> WhooshWriter:
        """The one writer."""
        return WhooshWriter(self._folder)
