"""The array segments as a Whoosh codec: Whoosh's own readers and queries work on them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from whoosh import fields, formats
from whoosh.codec import base
from whoosh.matching.mcore import ListMatcher
from whoosh.reading import TermInfo

from indexer.store.engine import FACETS
from indexer.store.facets import Facet
from indexer.store.segment import AREAS, EXTENSION, Segment, SortedLexicon

# Every place in which Whoosh's own code is leaned on beyond its documented interface:
# tests/store/test_whoosh_internals.py fails when one of them changes.
INTERNALS = (
    "whoosh.codec.base.Codec", "whoosh.codec.base.Segment", "whoosh.codec.base.TermsReader",
    "whoosh.codec.base.PerDocumentReader", "whoosh.codec.base.FieldCursor",
    "whoosh.index.TOC.read", "whoosh.index.TOC.write", "whoosh.index.TOC._latest_generation",
    "whoosh.index.clean_files", "whoosh.matching.mcore.ListMatcher.__init__", "whoosh.reading.TermInfo",
    "whoosh.filedb.filestore.FileStorage",
)

# Classes below that a table of contents names by module and name: both must stay.


class Tokens(fields.FieldType):
    """A Whoosh field of ready-made tokens."""

    def __init__(self, counted: bool) -> None:
        self.format = formats.Frequency() if counted else formats.Existence()
        self.analyzer = None
        self.scorable = counted
        self.set_sortable(False)


class ArrayCodec(base.Codec):
    """Segments of one file of arrays. Written by `build.py` and `merge.py`, in bulk."""

    def new_segment(self, storage: Any, indexname: str) -> ArraySegment:
        """A segment of which nothing is written yet."""
        return ArraySegment(indexname)

    def terms_reader(self, storage: Any, segment: ArraySegment) -> ArrayTermsReader:
        """The words and facets of a segment."""
        return ArrayTermsReader(segment.arrays(Path(storage.folder)))

    def per_document_reader(self, storage: Any, segment: ArraySegment) -> ArrayDocumentReader:
        """The documents of a segment."""
        return ArrayDocumentReader(segment.arrays(Path(storage.folder)), segment)

    def _only_in_bulk(self, *arguments: Any) -> Any:
        raise NotImplementedError("Array segments are written in bulk, by indexer.store.WhooshEngine: "
                                  "Whoosh's own writer cannot add to them.")

    per_document_writer = field_writer = postings_writer = postings_reader = _only_in_bulk


class ArraySegment(base.Segment):
    """What the table of contents knows of a segment: its name, size and deleted documents."""

    def __init__(self, indexname: str) -> None:
        super().__init__(indexname)  # type: ignore[no-untyped-call]
        self.documents = 0
        self.letters = 0
        self.deleted: set[int] = set()

    def path(self, folder: Path) -> Path:
        """Where its arrays are."""
        return folder / f"{self.segment_id()}{EXTENSION}"

    def arrays(self, folder: Path) -> Segment:
        """Its arrays, open. Raises IndexDamaged."""
        return Segment(self.path(folder))

    def segment_id(self) -> str:
        """Its name, which its files begin with."""
        return f"{self.indexname}_{self.segid}"

    def doc_count(self) -> int:
        """Its documents that are not deleted."""
        return self.documents - len(self.deleted)

    def codec(self) -> ArrayCodec:
        """What reads it."""
        return ArrayCodec()

    def doc_count_all(self) -> int:
        """Its documents, deleted or not."""
        return self.documents

    def deleted_count(self) -> int:
        """How many of them are deleted."""
        return len(self.deleted)

    def deleted_docs(self) -> Iterator[int]:
        """Which of them are deleted."""
        return iter(self.deleted)

    def is_deleted(self, docnum: int) -> bool:
        """Is this one deleted?"""
        return docnum in self.deleted

    def delete_document(self, docnum: int, delete: bool = True) -> None:
        """Mark a document as deleted, or as not deleted."""
        (self.deleted.add if delete else self.deleted.discard)(docnum)

    def should_assemble(self) -> bool:
        """It is one file already."""
        return False


class ArrayTermsReader(base.TermsReader):
    """Words with their frequencies, facet values with their documents."""

    def __init__(self, segment: Segment) -> None:
        self._segment = segment
        self._facets: dict[str, Facet] = {}

    def indexed_field_names(self) -> list[str]:
        """All fields that have terms."""
        return sorted((*AREAS, *FACETS))

    def _facet(self, name: str) -> Facet:
        if name not in self._facets:
            self._facets[name] = Facet([self._segment.column(name)])
        return self._facets[name]

    def _texts(self, name: str) -> SortedLexicon | list[str]:
        if name in AREAS:
            return self._segment.words[name].lexicon
        return self._facet(name).values

    def _postings(self, name: str, text: bytes) -> tuple[list[int], list[float]] | None:
        """Documents and weights of a term; None where it is not."""
        if name in AREAS:
            words = self._segment.words[name]
            number = words.lexicon.find(text.decode())
            if number < 0:
                return None
            return words.docs.read(number).tolist(), words.frequencies.read(number).astype(float).tolist()
        if name not in FACETS or text.decode() not in self._facet(name).codes:
            return None
        docs = np.flatnonzero(self._facet(name).mask(frozenset({text.decode()}))).tolist()
        return docs, [1.0] * len(docs)

    def __contains__(self, term: tuple[str, bytes]) -> bool:
        return self._postings(*term) is not None

    def terms(self) -> Iterator[tuple[str, bytes]]:
        """Every field and term, in order."""
        return self.terms_from("", b"")

    def terms_from(self, fieldname: str, prefix: bytes) -> Iterator[tuple[str, bytes]]:
        """Every field and term from one on."""
        for name in self.indexed_field_names():
            for text in self._texts(name) if name >= fieldname else ():
                if name > fieldname or text.encode() >= prefix:
                    yield name, text.encode()

    def items(self) -> Iterator[tuple[tuple[str, bytes], TermInfo]]:
        """Every term with what is known of it."""
        return self.items_from("", b"")

    def items_from(self, fieldname: str, prefix: bytes) -> Iterator[tuple[tuple[str, bytes], TermInfo]]:
        """Every term from one on with what is known of it."""
        for term in self.terms_from(fieldname, prefix):
            yield term, self.term_info(*term)

    def term_info(self, fieldname: str, text: bytes) -> TermInfo:
        """Frequencies of a term. Raises KeyError, as Whoosh expects, where it is not."""
        found = self._postings(fieldname, text)
        if not found or not found[0]:
            raise KeyError(f"No term {fieldname}:{text!r}")
        docs, weights = found
        lengths = [_length(self._segment, doc, fieldname) for doc in docs]
        return TermInfo(weight=sum(weights), df=len(docs), minlength=min(lengths), maxlength=max(lengths),
                        maxweight=max(weights), minid=docs[0], maxid=docs[-1])

    def frequency(self, fieldname: str, text: bytes) -> float:
        """How often a term occurs. Raises KeyError where it does not."""
        return float(self.term_info(fieldname, text).weight())

    def doc_frequency(self, fieldname: str, text: bytes) -> int:
        """In how many documents a term occurs. Raises KeyError where it is in none."""
        return int(self.term_info(fieldname, text).doc_frequency())

    def matcher(self, fieldname: str, text: bytes, format_: Any, scorer: Any = None) -> ListMatcher:
        """The documents of a term, one after the other."""
        info = self.term_info(fieldname, text)
        docs, weights = self._postings(fieldname, text) or ([], [])
        return ListMatcher(docs, weights, format=format_, scorer=scorer, term=(fieldname, text),
                           terminfo=info)

    def cursor(self, fieldname: str, fieldobj: Any) -> base.FieldCursor:
        """Walks over the terms of a field."""
        return ArrayCursor([text.encode() for text in self._texts(fieldname)])


class ArrayCursor(base.FieldCursor):
    """Walks over terms in order."""

    def __init__(self, terms: list[bytes]) -> None:
        self._terms = sorted(terms)
        self._at = 0

    def first(self) -> bytes | None:
        """Go to the first term."""
        self._at = 0
        return self.term()

    def find(self, string: bytes) -> bytes | None:
        """Go to the first term that is not before `string`."""
        self._at = next((i for i, term in enumerate(self._terms) if term >= string), len(self._terms))
        return self.term()

    def next(self) -> bytes | None:
        """Go to the next term."""
        self._at += 1
        return self.term()

    def term(self) -> bytes | None:
        """The term here; None behind the last."""
        return self._terms[self._at] if self._at < len(self._terms) else None


class ArrayDocumentReader(base.PerDocumentReader):
    """Stored fields, lengths and deletions."""

    def __init__(self, arrays: Segment, segment: ArraySegment) -> None:
        self._arrays = arrays
        self._segment = segment

    def doc_count(self) -> int:
        """Documents that are not deleted."""
        return self._segment.doc_count()

    def doc_count_all(self) -> int:
        """Documents, deleted or not."""
        return self._segment.doc_count_all()

    def has_deletions(self) -> bool:
        """Is any document deleted?"""
        return bool(self._segment.deleted)

    def is_deleted(self, docnum: int) -> bool:
        """Is this one deleted?"""
        return self._segment.is_deleted(docnum)

    def deleted_docs(self) -> Iterator[int]:
        """The deleted ones."""
        return self._segment.deleted_docs()

    def stored_fields(self, docnum: int) -> dict[str, Any]:
        """The id and the packed record (`engine.unpack` reads it)."""
        return {"id": self._arrays.ids[docnum], "stored": self._arrays.records.line(docnum)}

    def doc_field_length(self, docnum: int, fieldname: str, default: int = 0) -> int:
        """Letters of an area of a document."""
        return _length(self._arrays, docnum, fieldname) if fieldname in AREAS else default

    def field_length(self, fieldname: str) -> int:
        """Letters of an area of all documents."""
        return int(self._lengths(fieldname).sum())

    def min_field_length(self, fieldname: str) -> int:
        """Letters of the shortest."""
        return int(self._lengths(fieldname).min(initial=0))

    def max_field_length(self, fieldname: str) -> int:
        """Letters of the longest."""
        return int(self._lengths(fieldname).max(initial=0))

    def _lengths(self, fieldname: str) -> Any:
        if fieldname not in AREAS:
            return np.zeros(0, np.int64)
        return self._arrays.lengths[:, AREAS.index(fieldname)]


def _length(arrays: Segment, doc: int, fieldname: str) -> int:
    return int(arrays.lengths[doc, AREAS.index(fieldname)]) if fieldname in AREAS else 1


def schema() -> fields.Schema:
    """The fields of an index as Whoosh sees them."""
    return fields.Schema(
        id=fields.STORED(), stored=fields.STORED(), title=Tokens(counted=True), body=Tokens(counted=True),
        **{name: Tokens(counted=False) for name in FACETS},
    )
