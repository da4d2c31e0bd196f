"""This engine, through the protocol that the product uses, in an index folder as `bangfu index` makes it."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import cast

from indexer.store import IndexFolder, WhooshEngine, open_engine, open_searcher
from indexer.store.engine import Document, Writer
from indexer.store.query import And, Exact, Or, Query, Request, Term
from indexer.store.whoosh_searcher import WhooshSearcher
from tests.bench.adapters import FACETS, HITS, VALUES, Answer
from tests.bench.questions import KINDS, Question


def _word(word: str) -> Query:
    return Term(word)


def tree(question: Question) -> Query:
    """The query tree of a question; a phrase is an exact string."""
    if question.kind.startswith("exact") or question.kind == "phrase_2":
        return Exact("".join(question.parts))
    if question.kind == "and_2":
        return And(tuple(map(_word, question.parts)))
    if question.kind == "or_3":
        return Or(tuple(map(_word, question.parts)))
    return _word(question.parts[0])


class Bangfu:
    """Adapter of this engine."""

    kinds = frozenset(KINDS)
    background = False
    _writer: Writer
    _searcher: WhooshSearcher

    def version(self) -> str:
        """Of the package."""
        return version("bangfu")

    def prepare(self, documents: Sequence[Document]) -> list[Document]:
        """Reports as the pipeline hands them over."""
        return list(documents)

    def start(self, folder: Path) -> None:
        """A writer; a new index is made as a first run makes it."""
        index = IndexFolder(folder)
        if not index.exists():
            index.create()
            build = index.new_build()
            WhooshEngine.create(build)
            index.publish(build)
        self._writer = open_engine(folder).writer()

    def add(self, prepared: Sequence[Document]) -> None:
        """One after the other, as the intake does."""
        for document in prepared:
            self._writer.add(document)

    def commit(self) -> None:
        """Durable and seen by the next searcher."""
        self._writer.commit()

    def merge(self) -> bool:
        """Into one segment."""
        self._writer.commit(merge=True)
        return True

    def stop(self) -> None:
        """Release the lock."""
        self._writer.close()

    def open(self, folder: Path) -> None:
        """As a serving process opens an index."""
        self._searcher = cast(WhooshSearcher, open_searcher(folder))

    def reports(self) -> int:
        """All reports of the snapshot."""
        return self._searcher.count()

    def ask(self, question: Question, facets: bool) -> Answer:
        """One request."""
        request = Request(tree(question), facets=FACETS if facets else (), limit=HITS)
        hits = self._searcher.search(request)
        counts = {name: hits.facets[name].top(VALUES) for name in FACETS} if facets else {}
        return Answer(hits.total, [hit.stored for hit in hits.hits], counts, [hit.text for hit in hits.hits])

    def forget(self) -> bool:
        """Of matches and facet counts; what was read and decoded stays, as for the next question."""
        self._searcher.forget()
        return True

    def counts(self, answer: Answer) -> dict[str, dict[str, int]]:
        """As the hits carry them."""
        return {name: dict(answer.facets[name]) for name in FACETS}

    def space(self) -> dict[str, int]:
        """Bytes by kind of data."""
        return dict(self._searcher.space())

    def close(self) -> None:
        """Close the snapshot."""
        self._searcher.close()
