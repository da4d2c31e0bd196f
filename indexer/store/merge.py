"""Several segments become one, without what was deleted, in passes over whole arrays."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.store.build import (
    about,
    write_codes,
    write_ids,
    write_states,
)
from indexer.store.engine import FACETS
from indexer.store.inversion import write_texts
from indexer.store.lists import Lists, ListsWriter, exclusive_sum, spread
from indexer.store.records import merge_records
from indexer.store.sections import SectionsWriter
from indexer.store.segment import AREAS, Places, Segment, SortedLexicon

# Numbers that are in memory at once: few, so that they stay near the processor.
CHUNK = 1_000_000

# New numbers, and which of them live; None where all do.
Translated = tuple[NDArray[Any], NDArray[np.bool_] | None]


@dataclass(frozen=True)
class Source:
    """A segment on its way into another: which documents live, and what they become."""

    segment: Segment
    live: NDArray[np.bool_]
    docs: NDArray[np.int64]
    shifts: NDArray[np.int64]

    @cached_property
    def whole(self) -> bool:
        """Do all documents live?"""
        return bool(self.live.all())

    def doc(self, docs: NDArray[Any]) -> Translated:
        """New numbers of documents, and which of them live."""
        if self.whole:
            return docs + self.docs[:1].astype(np.uint32), None
        return self.docs[docs], self.live[docs]

    def place(self, places: NDArray[Any]) -> Translated:
        """New places of letters, and which of them belong to a document that lives."""
        if self.whole:
            return places + self.shifts[:1].astype(np.uint32), None
        docs = self.segment.area_of(places) >> 1
        return places + self.shifts[docs], self.live[docs]

    def texts(self, lexicon: Any) -> list[str]:
        """The texts of the documents that live."""
        return [text for text, live in zip(lexicon, self.live.tolist(), strict=True) if live]


def merge(segments: Sequence[tuple[Segment, NDArray[np.bool_]]], path: Path) -> tuple[int, int]:
    """Write the living documents of `segments` as one segment; returns its documents and letters."""
    sources = _sources(segments)
    documents = sum(int(source.live.sum()) for source in sources)
    file = SectionsWriter(path)
    try:
        for area in AREAS:
            _merge_words(file, area, sources)
        areas = _merge_areas(file, sources)
        _merge_places(file, "pairs", [source.segment.pairs for source in sources], sources)
        _merge_places(file, "variants", [source.segment.variants for source in sources], sources)
        _merge_marks(file, sources, int(areas[-1]))
        _merge_columns(file, sources)
        file.add("signatures", np.concatenate([source.segment.signatures[source.live].reshape(-1)
                                               for source in sources]))
        _merge_records(file, sources)
        file.close(about(documents, int(areas[-1])))
    finally:
        file.abandon()
    return documents, int(areas[-1])


def _sources(segments: Sequence[tuple[Segment, NDArray[np.bool_]]]) -> list[Source]:
    sources = []
    base = letters = 0
    for segment, live in segments:
        starts = segment.areas[:-1:2]
        sizes = np.where(live, np.diff(segment.areas[::2]), 0)
        new = letters + np.cumsum(sizes) - sizes
        sources.append(Source(segment, live, base + np.cumsum(live) - 1, new - starts))
        base += int(live.sum())
        letters += int(sizes.sum())
    return sources


def _merge_words(file: SectionsWriter, area: str, sources: Sequence[Source]) -> None:
    words = [source.segment.words[area] for source in sources]
    terms, numbers = _union_of_texts([word.lexicon for word in words])
    docs, frequencies = ListsWriter(f"{area}.docs"), ListsWriter(f"{area}.frequencies", ascending=False)
    kept = np.zeros(len(terms), bool)
    parts = [_Part(word.docs, own, source.doc, word.frequencies)
             for word, own, source in zip(words, numbers, sources, strict=True)]
    for first, values, payload, counts in _merged(parts, len(terms)):
        filled = counts > 0
        kept[first:first + len(counts)] = filled
        docs.add(values, counts[filled])
        frequencies.add(payload, counts[filled])
    write_texts(file, f"{area}.terms", [terms[i] for i in np.flatnonzero(kept).tolist()])
    docs.write(file)
    frequencies.write(file)


def _merge_places(file: SectionsWriter, name: str, fields: Sequence[Places],
                  sources: Sequence[Source]) -> None:
    keys = np.unique(np.concatenate([field.keys for field in fields]))
    parts = [_Part(field.lists, np.searchsorted(keys, field.keys), source.place)
             for field, source in zip(fields, sources, strict=True)]
    kept = _write_merged(file, f"{name}.places", parts, len(keys))
    file.add(f"{name}.keys", keys[kept])


def _merge_marks(file: SectionsWriter, sources: Sequence[Source], letters: int) -> None:
    terms = sorted({run for source in sources for run in source.segment.marks})
    numbered = {run: number for number, run in enumerate(terms)}
    parts = [_Part(source.segment.mark_places,
                   np.array([numbered[run] for run in source.segment.marks], np.int64), source.place)
             for source in sources]
    marked = np.zeros(letters, bool)
    writer = ListsWriter("marks.places")
    kept = np.zeros(len(terms), bool)
    for first, values, _, counts in _merged(parts, len(terms)):
        kept[first:first + len(counts)] = counts > 0
        writer.add(values, counts[counts > 0])
        marked[values] = True
    write_texts(file, "marks.terms", [terms[i] for i in np.flatnonzero(kept).tolist()])
    writer.write(file)
    file.add("marked", np.packbits(marked, bitorder="little"))


def _write_merged(file: SectionsWriter, name: str, parts: Sequence[_Part], terms: int,
                  ) -> NDArray[np.bool_]:
    """Merge one field; returns which of its terms are left."""
    writer = ListsWriter(name)
    kept = np.zeros(terms, bool)
    for first, values, _, counts in _merged(parts, terms):
        kept[first:first + len(counts)] = counts > 0
        writer.add(values, counts[counts > 0])
    writer.write(file)
    return kept


def _union_of_texts(lexicons: Sequence[SortedLexicon]) -> tuple[list[str], list[NDArray[np.int64]]]:
    """All texts in order, and the numbers that those of each lexicon have among them."""
    owned = [list(lexicon) for lexicon in lexicons]
    terms = sorted(set().union(*owned))
    numbered = {term: number for number, term in enumerate(terms)}
    return terms, [np.fromiter((numbered[term] for term in own), np.int64, len(own)) for own in owned]


@dataclass(frozen=True, slots=True)
class _Part:
    """The lists of one segment: their terms among all terms, and what becomes of their values."""

    lists: Lists
    numbers: NDArray[np.int64]
    translate: Callable[[NDArray[Any]], Translated]
    payload: Lists | None = None

    def read(self, first: int, last: int) -> tuple[NDArray[np.int64], NDArray[Any], NDArray[Any]]:
        """How many living entries each of some terms has, their new values, and their payload."""
        low, high = np.searchsorted(self.numbers, [first, last]).tolist()
        values, counts = self.lists.read_range(low, high)
        new, live = self.translate(values)
        payload = np.zeros(0, np.uint32)
        if self.payload is not None:
            payload = self.payload.read_range(low, high)[0]
        owned = np.zeros(last - first, np.int64)
        if live is None:
            owned[self.numbers[low:high] - first] = counts
            return owned, new, payload
        owner = np.repeat(self.numbers[low:high] - first, counts)[live]
        owned = np.bincount(owner, minlength=last - first)
        return owned, new[live], payload if self.payload is None else payload[live]


def _merged(parts: Sequence[_Part], terms: int,
            ) -> Iterator[tuple[int, NDArray[np.uint32], NDArray[np.uint32], NDArray[np.int64]]]:
    """(first term, values, payload, values of each term) of some terms after the other."""
    totals = np.zeros(terms, np.int64)
    for part in parts:
        totals[part.numbers] += part.lists.counts
    for first, last in _chunks(totals):
        counts = np.zeros(last - first, np.int64)
        read = [part.read(first, last) for part in parts]
        for owned, _, _ in read:
            counts += owned
        value = np.empty(counts.sum(), np.uint32)
        # `is not None`: the lists of a segment that holds no word are there, but empty.
        paid = parts[0].payload is not None
        payload = np.empty(len(value) if paid else 0, np.uint32)
        # Of each term stand first the values of the first segment, which are the smallest.
        starts = exclusive_sum(counts)
        for owned, own_value, own_payload in read:
            places = spread(starts, owned)
            value[places] = own_value
            if paid:
                payload[places] = own_payload
            starts += owned
        yield first, value, payload, counts


def _chunks(totals: NDArray[np.int64]) -> Iterator[tuple[int, int]]:
    first = 0
    ends = np.cumsum(totals)
    while first < len(totals):
        done = int(ends[first - 1]) if first else 0
        last = max(first + 1, int(np.searchsorted(ends, done + CHUNK)))
        yield first, min(last, len(totals))
        first = last


def _merge_areas(file: SectionsWriter, sources: Sequence[Source]) -> NDArray[np.int64]:
    sizes = [np.diff(source.segment.areas).reshape(-1, 2)[source.live].reshape(-1) for source in sources]
    areas = np.concatenate([[0], np.cumsum(np.concatenate(sizes))]).astype(np.int64)
    file.add("areas", areas.astype(np.uint32))
    return areas


def _merge_columns(file: SectionsWriter, sources: Sequence[Source]) -> None:
    file.add("published", np.concatenate([source.segment.published[source.live] for source in sources])
             .astype(np.uint32))
    for name in FACETS:
        columns = [source.segment.column(name) for source in sources]
        values = sorted({value for column in columns for value in column.values})
        numbered = {value: number for number, value in enumerate(values)}
        codes, counts = [], []
        for column, source in zip(columns, sources, strict=True):
            own = np.array([numbered[value] for value in column.values], np.int64)
            codes.append(own[column.codes[np.repeat(source.live, column.counts)]])
            counts.append(column.counts[source.live])
        write_texts(file, f"{name}.values", values)
        write_codes(file, name, np.concatenate(codes), np.concatenate(counts), len(values))


def _merge_records(file: SectionsWriter, sources: Sequence[Source]) -> None:
    for name in ("ids", "page_ids"):
        write_ids(file, name, [text for source in sources
                               for text in source.texts(source.segment.lexicon(name))])
    write_states(file, (state for source in sources
                        for state, live in zip(source.segment.states(), source.live.tolist(), strict=True)
                        if live))
    merge_records(file, [(source.segment.sections, source.live) for source in sources])
