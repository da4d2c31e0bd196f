"""Documents become a segment: everything sorted and written as whole arrays."""

from __future__ import annotations

import json
import zlib
from array import array
from collections.abc import Iterable, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.store.engine import FACETS, Document
from indexer.store.letters import Letters, letters_of
from indexer.store.lists import Counts, ListsWriter
from indexer.store.records import dictionary_of, write_blobs, write_records
from indexer.store.reprints import signatures
from indexer.store.sections import SectionsWriter
from indexer.store.segment import AREAS, CODE_BITS, FORMAT

# Page states that are compressed together: read one after the other, never one alone.
STATES_IN_BLOCK = 256
_PLACE_BITS = np.uint64(32)
_PLACE = np.uint64(0xFFFFFFFF)


class _Vocabulary(dict[str, int]):
    """Numbers words in the order in which they are met."""

    def __missing__(self, word: str) -> int:
        number = self[word] = len(self)
        return number


class SegmentBuilder:
    """Gathers documents, then writes them as one segment.

    `dictionary` is what an earlier segment compressed its records with.
    """

    def __init__(self, dictionary: bytes = b"") -> None:
        self._dictionary = dictionary
        self._documents: list[Document] = []
        self._vocabularies = {area: _Vocabulary() for area in AREAS}
        self._words = {area: array("I") for area in AREAS}
        self._counts = {area: array("I") for area in AREAS}
        self.characters = 0

    def __len__(self) -> int:
        return len(self._documents)

    def add(self, document: Document) -> None:
        """Put a document behind the others."""
        self._documents.append(document)
        self.characters += len(document.text) + 2
        for area, text in (("title", document.title_words), ("body", document.body_words)):
            words = text.split()
            self._words[area].extend(map(self._vocabularies[area].__getitem__, words))
            self._counts[area].append(len(words))

    def write(self, path: Path) -> tuple[int, int]:
        """Write the segment; returns the numbers of its documents and letters."""
        file = SectionsWriter(path)
        try:
            letters = letters_of([document.text for document in self._documents],
                                 [document.display for document in self._documents])
            self._write_words(file)
            write_letters(file, letters)
            file.add("signatures", signatures(letters).reshape(-1))
            self._write_columns(file)
            self._write_records(file)
            file.close(about(len(self._documents), len(letters.codes)))
        finally:
            file.abandon()
        return len(self._documents), len(letters.codes)

    def _write_words(self, file: SectionsWriter) -> None:
        for area in AREAS:
            vocabulary = self._vocabularies[area]
            terms = sorted(vocabulary)
            ranks = np.empty(len(terms), np.uint64)
            ranks[[vocabulary[term] for term in terms]] = np.arange(len(terms), dtype=np.uint64)
            docs = np.repeat(np.arange(len(self._documents), dtype=np.uint64),
                             np.frombuffer(self._counts[area], np.uint32))
            keys = ranks[np.frombuffer(self._words[area], np.uint32)] << _PLACE_BITS | docs
            keys.sort()
            starts = _starts(keys)
            frequencies = np.diff(starts, append=len(keys))
            keys = keys[starts]
            counts = np.bincount((keys >> _PLACE_BITS).astype(np.int64), minlength=len(terms))
            write_texts(file, f"{area}.terms", terms)
            write_lists(file, f"{area}.docs", keys & _PLACE, counts)
            write_lists(file, f"{area}.frequencies", frequencies, counts, ascending=False)

    def _write_columns(self, file: SectionsWriter) -> None:
        file.add("published", np.array([document.published for document in self._documents], np.uint32))
        for name in FACETS:
            column = [deepest(document.facets.get(name, ())) for document in self._documents]
            write_column(file, name, column)

    def _write_records(self, file: SectionsWriter) -> None:
        write_ids(file, "ids", [document.id for document in self._documents])
        write_ids(file, "page_ids", [document.state.page_id for document in self._documents])
        write_states(file, (document.state.values() for document in self._documents))
        records = [document.stored for document in self._documents]
        write_records(file, records, [document.details for document in self._documents],
                      self._dictionary or dictionary_of(records))


def about(documents: int, letters: int) -> dict[str, int]:
    """What a segment's file says of itself."""
    return {"format": FORMAT, "documents": documents, "letters": letters}


def deepest(values: Sequence[str]) -> tuple[str, ...]:
    """Without the ancestors: `甘肃省` goes where `甘肃省/酒泉市` is, for it follows from it.

    >>> deepest(("甘肃省", "甘肃省/酒泉市", "四川省"))
    ('甘肃省/酒泉市', '四川省')
    """
    above = {value[:at] for value in values for at, char in enumerate(value) if char == "/"}
    return tuple(value for value in values if value not in above)


def _starts(keys: NDArray[Any]) -> NDArray[np.int64]:
    """Where a new value begins in a sorted array."""
    if not len(keys):
        return np.zeros(0, np.int64)
    return np.flatnonzero(np.concatenate([[True], keys[1:] != keys[:-1]]))


def write_letters(file: SectionsWriter, letters: Letters) -> None:
    """Pairs of letters, marks and variants with their places."""
    file.add("areas", letters.areas.astype(np.uint32))
    codes = letters.codes
    known = np.zeros(1 << CODE_BITS, bool)
    known[codes] = True
    alphabet = np.flatnonzero(known).astype(np.uint64)
    numbers = np.zeros(1 << CODE_BITS, np.uint64)
    numbers[alphabet.astype(np.int64)] = np.arange(len(alphabet), dtype=np.uint64)
    ranks = numbers[codes]
    # A pair that begins with the border is sought by nobody.
    places = np.flatnonzero(codes[:-1])
    size = np.uint64(max(len(alphabet), 1))
    pairs, places = _sorted_pairs(ranks[places] * size + ranks[places + 1], places, int(size))
    starts = _starts(pairs)
    terms = pairs[starts]
    keys = (alphabet[(terms // size).astype(np.int64)] << np.uint64(CODE_BITS)
            | alphabet[(terms % size).astype(np.int64)])
    file.add("pairs.keys", keys)
    write_lists(file, "pairs.places", places, np.diff(starts, append=len(pairs)))
    _write_variants(file, letters)
    write_marks(file, letters.runs, letters.run_places)
    file.add("marked", np.packbits(letters.marked, bitorder="little"))


def _sorted_pairs(pairs: NDArray[np.uint64], places: NDArray[Any], size: int,
                  ) -> tuple[NDArray[np.uint64], NDArray[Any]]:
    """Pairs in order, the places of each in order: one sort of both as one number."""
    if size * size < 1 << 32:
        keys = pairs << _PLACE_BITS | places.astype(np.uint64)
        keys.sort()
        return keys >> _PLACE_BITS, keys & _PLACE
    order = np.lexsort((places, pairs))  # more than 65,536 different characters: no real archive
    return pairs[order], places[order]


def _write_variants(file: SectionsWriter, letters: Letters) -> None:
    keys = (letters.variants.astype(np.uint64) << np.uint64(CODE_BITS)
            | letters.codes[letters.variant_places].astype(np.uint64))
    order = np.argsort(keys, kind="stable")
    keys = keys[order]
    starts = _starts(keys)
    file.add("variants.keys", keys[starts])
    write_lists(file, "variants.places", letters.variant_places[order], np.diff(starts, append=len(keys)))


def write_marks(file: SectionsWriter, runs: Sequence[str], places: NDArray[Any]) -> None:
    """Runs of marks, and the letters before which each stands."""
    numbers = _Vocabulary()
    met = np.fromiter((numbers[run] for run in runs), np.int64, len(runs))
    terms = sorted(numbers)
    ranks = np.empty(len(terms), np.int64)
    ranks[[numbers[term] for term in terms]] = np.arange(len(terms))
    met = ranks[met]
    order = np.argsort(met, kind="stable")
    write_texts(file, "marks.terms", terms)
    write_lists(file, "marks.places", places[order], np.bincount(met, minlength=len(terms)))


def write_lists(file: SectionsWriter, name: str, values: NDArray[Any], counts: Counts, *,
                ascending: bool = True) -> None:
    """All lists of a field at once."""
    writer = ListsWriter(name, ascending=ascending)
    writer.add(values, counts.astype(np.int64))
    writer.write(file)


def write_texts(file: SectionsWriter, name: str, texts: Iterable[str]) -> None:
    """Texts one behind the other, and where each ends."""
    encoded = [text.encode("utf-8", "surrogatepass") for text in texts]
    write_blobs(file, name, encoded)


def write_column(file: SectionsWriter, name: str, column: Sequence[tuple[str, ...]]) -> None:
    """A facet: its values in order, how many each document has, and which."""
    values = sorted(set(chain.from_iterable(column)))
    numbers = {value: number for number, value in enumerate(values)}
    codes = np.fromiter((numbers[value] for entry in column for value in entry), np.uint32)
    write_texts(file, f"{name}.values", values)
    write_codes(file, name, codes, np.fromiter(map(len, column), np.uint32, len(column)), len(values))


def write_codes(file: SectionsWriter, name: str, codes: NDArray[Any], counts: NDArray[Any],
                values: int) -> None:
    """The numbers of a facet's values, in as few bytes as they need."""
    file.add(f"{name}.codes", codes.astype(np.min_scalar_type(max(values, 1))))
    file.add(f"{name}.counts", counts.astype(np.min_scalar_type(int(counts.max(initial=0)))))


def write_ids(file: SectionsWriter, name: str, ids: Sequence[str]) -> None:
    """Ids in the order of the documents, and the documents in the order of their ids."""
    write_texts(file, name, ids)
    encoded = [text.encode("utf-8", "surrogatepass") for text in ids]
    file.add(f"{name}.order", np.array(sorted(range(len(ids)), key=encoded.__getitem__), np.uint32))


def write_states(file: SectionsWriter, states: Iterable[list[Any]]) -> None:
    """What is known of each document's page, compressed in blocks."""
    blocks: list[bytes] = []
    lines: list[str] = []
    for state in chain(states, [None]):
        if state is not None:
            lines.append(json.dumps(state, ensure_ascii=False, separators=(",", ":")))
        if lines and (state is None or len(lines) == STATES_IN_BLOCK):
            blocks.append(zlib.compress("\n".join(lines).encode("utf-8", "surrogatepass")))
            lines = []
    write_blobs(file, "states", blocks)

