"""Whoosh as it comes out of the box: TEXT of given tokens, KEYWORD facets, its own searcher."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from whoosh import fields, index, sorting
from whoosh.analysis.tokenizers import SpaceSeparatedTokenizer
from whoosh.query.compound import And, Or
from whoosh.query.positional import Phrase
from whoosh.query.qcore import Query
from whoosh.query.terms import Term

from tests.bench.adapters import FACETS, HITS, Answer, display, words
from tests.bench.questions import WORDS, Question

if TYPE_CHECKING:
    from indexer.store.engine import Document

BUFFER_MB = 256


def schema() -> fields.Schema:
    """Tokens are given with blanks in between; regions hold no commas."""
    return fields.Schema(id=fields.ID(unique=True), words=fields.TEXT(analyzer=SpaceSeparatedTokenizer()),
                         region=fields.KEYWORD(commas=True), year=fields.KEYWORD(commas=True),
                         stored=fields.STORED())


class PlainWhoosh:
    """Adapter of Whoosh without any code of ours."""

    kinds = frozenset(WORDS)
    background = False

    def version(self) -> str:
        """Of the maintained fork."""
        return version("whoosh3")

    def prepare(self, documents: Sequence[Document]) -> list[dict[str, Any]]:
        """The arguments of `add_document`."""
        return [{"id": document.id, "words": words(document), "stored": display(document),
                 **{name: ",".join(document.facets[name]) for name in FACETS}} for document in documents]

    def start(self, folder: Path) -> None:
        """A plain writer."""
        if index.exists_in(str(folder)):
            self._index = index.open_dir(str(folder))
        else:
            folder.mkdir(parents=True, exist_ok=True)
            self._index = index.create_in(str(folder), schema())
        self._writer: Any = None

    def add(self, prepared: Sequence[Mapping[str, Any]]) -> None:
        """One document after the other."""
        self._writer = self._writer or self._index.writer(limitmb=BUFFER_MB)
        for document in prepared:
            self._writer.add_document(**document)

    def commit(self) -> None:
        """With Whoosh's own choice of what to merge."""
        self._writer.commit()
        self._writer = None

    def merge(self) -> bool:
        """Into one segment."""
        self._index.writer(limitmb=BUFFER_MB).commit(optimize=True)
        return True

    def stop(self) -> None:
        """Give the folder back."""
        self._index.close()

    def open(self, folder: Path) -> None:
        """A searcher on the last commit."""
        self._index = index.open_dir(str(folder))
        self._searcher = self._index.searcher()

    def reports(self) -> int:
        """Documents of the snapshot."""
        return int(self._searcher.doc_count())

    def ask(self, question: Question, facets: bool) -> Answer:
        """Whoosh's own search, groups and length."""
        groups = [sorting.FieldFacet(name, allow_overlap=True, maptype=sorting.Count) for name in FACETS]
        found = self._searcher.search(_query(question), limit=HITS, groupedby=groups if facets else None)
        return Answer(len(found), [json.loads(hit["stored"]) for hit in islice(found, HITS)], found)

    def forget(self) -> bool:
        """It keeps no answers."""
        return False

    def counts(self, answer: Answer) -> dict[str, dict[str, int]]:
        """From the groups."""
        return {name: dict(answer.facets.groups(name)) for name in FACETS}

    def close(self) -> None:
        """Close the searcher."""
        self._searcher.close()


def _query(question: Question) -> Query:
    if question.kind == "phrase_2":
        return Phrase("words", list(question.parts))
    parts = [Term("words", part) for part in question.parts]
    if len(parts) == 1:
        return parts[0]
    return And(parts) if question.kind == "and_2" else Or(parts)
