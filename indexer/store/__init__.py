"""The search engine protocol and the engines behind it."""

from __future__ import annotations

from pathlib import Path

from indexer.store.engine import SearchEngine, Searcher
from indexer.store.location import IndexFolder
from indexer.store.whoosh_engine import WhooshEngine

__all__ = ["IndexFolder", "WhooshEngine", "open_engine", "open_searcher"]


def open_engine(path: Path) -> SearchEngine:
    """The engine of the build that readers of the index at `path` see.

    Raises IndexNotFound or IndexDamaged.
    """
    return WhooshEngine(IndexFolder(path).current())


def open_searcher(path: Path) -> Searcher:
    """A snapshot of the last commit of the index at `path`.

    A rebuild may swap and remove the build between reading the pointer and opening the files: then
    the pointer has changed, and the new build is opened.  Raises IndexNotFound or IndexDamaged.
    """
    folder = IndexFolder(path)
    build = folder.current()
    while True:
        try:
            return WhooshEngine(build).searcher()
        except Exception:
            following = folder.current()
            if following == build:
                raise
            build = following
