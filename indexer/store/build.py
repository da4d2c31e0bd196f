"""Documents become a segment: everything sorted and written as whole arrays."""

from __future__ import annotations

import json
import os
import zlib
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import chain, islice
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.store.engine import FACETS, Document
from indexer.store.inversion import Vocabulary, write_letters, write_texts, write_words
from indexer.store.letters import letters_of
from indexer.store.lists import exclusive_sum, spread
from indexer.store.records import Packing, dictionary_of, write_blobs
from indexer.store.reprints import signatures
from indexer.store.sections import Gathered, SectionsWriter, Sink
from indexer.store.segment import FORMAT

# Page states that are compressed together: read one after the other, never one alone.
STATES_IN_BLOCK = 256
_STATES_LEVEL = 3


class SegmentBuilder:
    """Gathers documents, then writes them as one segment.

    `dictionary` is what an earlier segment compressed its records with.
    """

    def __init__(self, dictionary: bytes = b"") -> None:
        self._dictionary = dictionary
        self._documents: list[Document] = []
        self.characters = 0

    def __len__(self) -> int:
        return len(self._documents)

    def add(self, document: Document) -> None:
        """Put a document behind the others."""
        self._documents.append(document)
        self.characters += len(document.text) + 2

    def write(self, path: Path) -> tuple[int, int]:
        """Write the segment; returns the numbers of its documents and letters.

        In as many threads as there are cores: sorting and compressing let each other run.
        """
        documents = self._documents
        records = [document.stored for document in documents]
        dictionary = self._dictionary or dictionary_of(records)
        file = SectionsWriter(path)
        pool = ThreadPoolExecutor(len(os.sched_getaffinity(0)))
        try:
            parts = [pool.submit(_gathered, part) for part in (
                self._write_letters, self._write_body, self._write_columns, self._write_title)]
            packing = Packing(pool, records, [document.details for document in documents], dictionary)
            for part in parts:
                part.result()[0].write(file)
            packing.write(file)
            letters = parts[0].result()[1]
            file.close(about(len(documents), letters))
        finally:
            pool.shutdown(cancel_futures=True)
            file.abandon()
        return len(documents), letters

    def _write_letters(self, file: Sink) -> int:
        """Exact strings and reprints; returns the number of letters."""
        letters = letters_of([document.text for document in self._documents],
                             [document.display for document in self._documents])
        write_letters(file, letters)
        file.add("signatures", signatures(letters).reshape(-1))
        return len(letters.codes)

    def _write_title(self, file: Sink) -> int:
        return write_words(file, "title", [document.title_words for document in self._documents])

    def _write_body(self, file: Sink) -> int:
        return write_words(file, "body", [document.body_words for document in self._documents])

    def _write_columns(self, file: Sink) -> int:
        """Facets, dates, names and page states; returns how many facets there are."""
        file.add("published", np.array([document.published for document in self._documents], np.uint32))
        for name in FACETS:
            write_column(file, name, [document.facets.get(name, ()) for document in self._documents])
        self._write_names(file)
        return len(FACETS)

    def _write_names(self, file: Sink) -> None:
        write_ids(file, "ids", [document.id for document in self._documents])
        write_ids(file, "page_ids", [document.state.page_id for document in self._documents])
        write_states(file, (document.state.values() for document in self._documents))


def _gathered(part: Callable[[Sink], int]) -> tuple[Gathered, int]:
    """What a part of a segment writes, and what it returns."""
    gathered = Gathered()
    return gathered, part(gathered)


def about(documents: int, letters: int) -> dict[str, int]:
    """What a segment's file says of itself."""
    return {"format": FORMAT, "documents": documents, "letters": letters}


def deepest(values: tuple[str, ...]) -> tuple[str, ...]:
    """Without the ancestors: `甘肃省` goes where `甘肃省/酒泉市` is, for it follows from it.

    >>> deepest(("甘肃省", "甘肃省/酒泉市", "四川省"))
    ('甘肃省/酒泉市', '四川省')
    """
    above = {value.rpartition("/")[0] for value in values if "/" in value}
    if not above.issubset(values):  # a step is not among them
        above = {value[:at] for value in values for at, char in enumerate(value) if char == "/"}
    return tuple(value for value in values if value not in above)


def write_column(file: Sink, name: str, column: Sequence[tuple[str, ...]]) -> None:
    """A facet: its values in order, how many each document has, and which; ancestors follow from them."""
    met = Vocabulary()
    numbers = met.numbers(column)
    entries = [deepest(entry) for entry in met]
    values = sorted(set(chain.from_iterable(entries)))
    ranks = {value: number for number, value in enumerate(values)}
    flat = np.fromiter(map(ranks.__getitem__, chain.from_iterable(entries)), np.uint32)
    sizes = np.fromiter(map(len, entries), np.int64, len(entries))
    counts = sizes[numbers]
    places = spread(exclusive_sum(sizes)[numbers], counts)
    write_texts(file, f"{name}.values", values)
    write_codes(file, name, flat[places], counts, len(values))


def write_codes(file: Sink, name: str, codes: NDArray[Any], counts: NDArray[Any],
                values: int) -> None:
    """The numbers of a facet's values, in as few bytes as they need."""
    file.add(f"{name}.codes", codes.astype(np.min_scalar_type(max(values, 1))))
    file.add(f"{name}.counts", counts.astype(np.min_scalar_type(int(counts.max(initial=0)))))


def write_ids(file: Sink, name: str, ids: Sequence[str]) -> None:
    """Ids in the order of the documents, and the documents in the order of their ids."""
    write_texts(file, name, ids)
    encoded = [text.encode("utf-8", "surrogatepass") for text in ids]
    file.add(f"{name}.order", np.array(sorted(range(len(ids)), key=encoded.__getitem__), np.uint32))


def write_states(file: Sink, states: Iterable[list[Any]]) -> None:
    """What is known of each document's page, compressed in blocks."""
    states, blocks = iter(states), []
    while block := list(islice(states, STATES_IN_BLOCK)):
        text = json.dumps(block, ensure_ascii=False, separators=(",", ":"))[1:-1]
        blocks.append(zlib.compress(text.encode("utf-8", "surrogatepass"), _STATES_LEVEL))
    write_blobs(file, "states", blocks)
