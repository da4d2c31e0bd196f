"""Where time goes: the stages of a build, the functions of a query or of a run."""

from __future__ import annotations

import cProfile
import pstats
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from indexer.store.build import SegmentBuilder
from indexer.store.engine import Document
from indexer.store.inversion import write_letters, write_words
from indexer.store.letters import letters_of
from indexer.store.records import DETAILS, RECORDS, compressed, dictionary_of
from indexer.store.reprints import signatures
from indexer.store.sections import SectionsWriter

# Functions that are named, those that take most time themselves.
NAMED = 6


def stages(documents: Sequence[Document]) -> dict[str, float]:
    """Microseconds of processor time a report that each stage of building takes, one after the other.

    What no peer of the benchmark keeps is told apart: exact strings, reprints, where repairs acted.
    """
    found: dict[str, float] = {}

    @contextmanager
    def timed(name: str) -> Iterator[None]:
        started = time.process_time()
        yield
        found[name] = round((time.process_time() - started) * 1e6 / max(len(documents), 1), 1)

    builder = SegmentBuilder()
    with tempfile.TemporaryDirectory() as folder:
        file = SectionsWriter(Path(folder) / "stages")
        with timed("words"):
            for document in documents:
                builder.add(document)
            for name, texts in (("title", [document.title_words for document in documents]),
                                ("body", [document.body_words for document in documents])):
                write_words(file, name, texts)
        with timed("exact strings"):
            letters = letters_of([document.text for document in documents],
                                 [document.display for document in documents])
            write_letters(file, letters)
        with timed("reprints"):
            signatures(letters)
        with timed("facets, ids, page states"):
            builder._write_columns(file)
        with timed("display records"):
            records = [document.stored for document in documents]
            list(compressed(RECORDS, records, dictionary_of(records)))
        with timed("provenance"):
            list(compressed(DETAILS, [document.details for document in documents]))
        file.abandon()
    return found


def profiled(step: Callable[[], object]) -> list[str]:
    """The functions that take most of a step's processor time, with their shares."""
    profile = cProfile.Profile(time.process_time)
    profile.runcall(step)
    return told(pstats.Stats(profile))


def told(stats: pstats.Stats) -> list[str]:
    """The functions that take most time themselves, with their shares: `name (module) 12 %`."""
    rows = sorted(((own, where) for where, (_, _, own, _, _) in
                   stats.stats.items()), reverse=True)  # type: ignore[attr-defined]
    whole = sum(own for own, _ in rows) or 1.0
    return [f"{name}{_module(path)} {own / whole:.0%}" for own, (path, _, name) in rows[:NAMED]]


def _module(path: str) -> str:
    return "" if path.startswith(("~", "<")) else f" ({Path(path).stem})"
