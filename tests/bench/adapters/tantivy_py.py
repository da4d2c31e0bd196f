"""tantivy by way of tantivy-py: given tokens in one field of words, facets as fast fields, one thread."""

from __future__ import annotations

import json
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import tantivy
from tantivy import Occur, Query

from tests.bench.adapters import FACETS, HITS, VALUES, Answer, display, words
from tests.bench.questions import WORDS, Question

if TYPE_CHECKING:
    from indexer.store.engine import Document

HEAP_BYTES = 256_000_000
# More values than any facet has in a segment: every count is exact, and only those shown are spelled out.
ALL_VALUES = 65_000
AGGREGATIONS = {name: {"terms": {"field": name, "size": VALUES, "segment_size": ALL_VALUES}} for name in FACETS}


def schema() -> tantivy.Schema:
    """Title and body in one field, its simplest and fastest set-up; the display record stored."""
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("id", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("words", tokenizer_name="blanks", index_option="position")
    for name in FACETS:
        builder.add_text_field(name, fast=True, tokenizer_name="raw", index_option="basic")
    builder.add_bytes_field("stored", stored=True)
    return builder.build()


def _open(folder: Path) -> tantivy.Index:
    index = tantivy.Index(schema(), path=str(folder))
    blanks = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build()
    index.register_tokenizer("blanks", blanks)
    return index


class Tantivy:
    """Adapter of tantivy-py."""

    kinds = frozenset(WORDS)
    background = True

    def version(self) -> str:
        """Of the Python package; the library inside has its own."""
        return version("tantivy")

    def prepare(self, documents: Sequence[Document]) -> list[Any]:
        """Words as text with blanks in between; the display record as JSON."""
        return [(document.id, words(document),
                 display(document).encode(),
                 {name: list(document.facets[name]) for name in FACETS}) for document in documents]

    def start(self, folder: Path) -> None:
        """A writer with one indexing thread."""
        folder.mkdir(parents=True, exist_ok=True)
        self._index = _open(folder)
        self._writer = self._index.writer(heap_size=HEAP_BYTES, num_threads=1)

    def add(self, prepared: Sequence[Any]) -> None:
        """One document after the other; the thread takes them from a queue."""
        for report_id, text, stored, facets in prepared:
            document = tantivy.Document(id=report_id, words=text, **facets)
            document.add_bytes("stored", stored)
            self._writer.add_document(document)

    def commit(self) -> None:
        """Flush and wait; merging goes on in the background and is not waited for."""
        self._writer.commit()

    def merge(self) -> bool:
        """tantivy-py cannot be told to merge."""
        return False

    def stop(self) -> None:
        """Wait for what the writer merges by itself."""
        self._writer.wait_merging_threads()

    def open(self, folder: Path) -> None:
        """The schema is taken from the folder."""
        self._index = _open(folder)
        self._schema = self._index.schema
        self._searcher = self._index.searcher()

    def reports(self) -> int:
        """Documents of the snapshot."""
        return self._searcher.num_docs

    def ask(self, question: Question, facets: bool) -> Answer:
        """Search, load the ten display records, and aggregate."""
        query = self._query(question)
        found = self._searcher.search(query, limit=HITS)
        stored = [json.loads(self._searcher.doc(address)["stored"][0]) for _, address in found.hits]
        counts = self._searcher.aggregate(query, AGGREGATIONS) if facets else None
        return Answer(found.count, stored, counts)  # type: ignore[attr-defined]

    def _query(self, question: Question) -> Query:
        if question.kind == "phrase_2":
            return Query.phrase_query(self._schema, "words", list(question.parts))
        parts = [Query.term_query(self._schema, "words", part) for part in question.parts]
        if len(parts) == 1:
            return parts[0]
        occur = Occur.Must if question.kind == "and_2" else Occur.Should
        return Query.boolean_query([(occur, part) for part in parts])

    def forget(self) -> bool:
        """It keeps no answers."""
        return False

    def counts(self, answer: Answer) -> dict[str, dict[str, int]]:
        """From the buckets."""
        return {name: {bucket["key"]: bucket["doc_count"] for bucket in answer.facets[name]["buckets"]}
                for name in FACETS}

    def close(self) -> None:
        """Nothing holds the snapshot any longer."""
        del self._searcher, self._index
