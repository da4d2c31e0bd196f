"""The engines that are compared, each spoken to in its own best way behind one protocol."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from tests.bench.questions import Question

# For types only: the process that measures a peer's memory loads nothing of ours.
if TYPE_CHECKING:
    from indexer.store.engine import Document

# Name → module and class. A module is imported only in the process that measures its engine.
ENGINES = {
    "bangfu": ("tests.bench.adapters.bangfu", "Bangfu"),
    "tantivy": ("tests.bench.adapters.tantivy_py", "Tantivy"),
    "fts5": ("tests.bench.adapters.fts5", "Fts5"),
    "whoosh": ("tests.bench.adapters.plain_whoosh", "PlainWhoosh"),
}
# Engines that are measured on so many pages at most: more would take hours.
LIMITS = {"whoosh": 10_000}
# What each engine is called in tables.
TITLES = {"bangfu": "Bangfu", "tantivy": "tantivy-py", "fts5": "SQLite FTS5 trigram", "whoosh": "plain Whoosh"}
# Stands between title and body in the words of a peer with one field: no phrase reaches over it.
BORDER = "‖"
# The facets that are counted, how many of their values are shown, and how many hits.
FACETS = ("region", "year")
VALUES = 20
HITS = 10


@dataclass(frozen=True, slots=True)
class Answer:
    """How many reports were found, the display records of the first ten, the engine's own counts; the
    search texts of the ten where it keeps them."""

    total: int
    hits: Sequence[Mapping[str, Any]]
    facets: Any = None
    texts: Sequence[str] = ()


class Adapter(Protocol):
    """One engine. Writing: `start`, `add`, `commit`, `merge`, `stop`; reading: `open`, `ask`, `close`."""

    kinds: frozenset[str]
    # Whether threads of the engine go on working after `add` has returned.
    background: bool

    def version(self) -> str:
        """The library's version."""

    def prepare(self, documents: Sequence[Document]) -> list[Any]:
        """Reports in the form that this engine takes, made off the clock."""

    def start(self, folder: Path) -> None:
        """Begin to write, into a new index where there is none yet."""

    def add(self, prepared: Sequence[Any]) -> None:
        """Put reports in."""

    def commit(self) -> None:
        """Make them durable and searchable."""

    def merge(self) -> bool:
        """Merge everything into one piece; False where the engine offers no such thing."""

    def stop(self) -> None:
        """End writing; background work is waited for."""

    def open(self, folder: Path) -> None:
        """A fresh searcher on the last commit."""

    def reports(self) -> int:
        """How many reports the searcher sees."""

    def ask(self, question: Question, facets: bool) -> Answer:
        """The exact number, the first ten hits with their display records, and facet counts if wanted."""

    def forget(self) -> bool:
        """Give up kept answers, so that a question is evaluated again; False where none are kept."""

    def counts(self, answer: Answer) -> dict[str, dict[str, int]]:
        """The facet counts of an answer by facet and value, at least of the `VALUES` most frequent."""

    def close(self) -> None:
        """Give the searcher back."""


def words(document: Document) -> str:
    """The words of a report with blanks in between, for engines that are given one field."""
    return f"{document.title_words} {BORDER} {document.body_words}"


def display(document: Document) -> str:
    """The record that a hit shows, as JSON."""
    from tests.bench.texts import display_record  # noqa: PLC0415 - not in the serving process

    return json.dumps(display_record(document), ensure_ascii=False)


def load(name: str) -> Adapter:
    """The adapter of an engine. Raises ImportError where its library is not installed."""
    module, class_name = ENGINES[name]
    adapter: Adapter = getattr(import_module(module), class_name)()
    return adapter
