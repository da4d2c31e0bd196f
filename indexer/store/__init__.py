"""The search engine protocol and the engines behind it."""

from __future__ import annotations

import time
from pathlib import Path

from indexer.errors import IndexDamaged
from indexer.store.engine import SearchEngine, Searcher
from indexer.store.location import IndexFolder
from indexer.store.whoosh_engine import WhooshEngine

__all__ = ["IndexFolder", "WhooshEngine", "open_engine", "open_searcher"]


# How often, and with what pause in seconds, opening is tried against a busy writer.
ATTEMPTS = 6
PAUSE = 0.03


def open_engine(path: Path) -> SearchEngine:
    """The engine of the build that readers of the index at `path` see.

    Raises IndexNotFound or IndexDamaged.
    """
    return WhooshEngine(IndexFolder(path).current())


def open_searcher(path: Path) -> Searcher:
    """A snapshot of the last commit of the index at `path`.

    A commit or a rebuild may take files away between reading the pointer and opening them: then the
    last commit has another name, and is tried instead.  Raises IndexNotFound or IndexDamaged.
    """
    folder = IndexFolder(path)
    commit = ""
    for attempt in range(ATTEMPTS):
        engine = WhooshEngine(folder.current())
        try:
            commit = engine.commit()
            return engine.searcher()
        except (IndexDamaged, OSError):
            time.sleep(PAUSE)
            unchanged = WhooshEngine(folder.current()).commit() == commit
            if unchanged and attempt >= ATTEMPTS // 2:
                raise
    return WhooshEngine(folder.current()).searcher()
