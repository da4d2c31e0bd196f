"""The segments of one commit as one set of documents, numbered from 0, for the evaluation."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from indexer.store.cache import Cache
from indexer.store.engine import FACETS
from indexer.store.facets import Facet, Mask
from indexer.store.lists import exclusive_sum, run_starts
from indexer.store.query import Area, Exact, Near, Term, Wildcard
from indexer.store.reprints import BINS, groups
from indexer.store.segment import AREAS, Docs, Segment
from indexer.store.strings import Strings, per_document

# Bytes of decoded places and of results that a snapshot keeps.
PLACES_BYTES = 64_000_000
RESULTS_BYTES = 96_000_000

Numbers = NDArray[np.float64]
Leaf = Term | Wildcard | Exact | Near


@dataclass(frozen=True, slots=True)
class Frequencies:
    """Documents that hold something, ascending, and how often their title and body do."""

    docs: Docs
    title: NDArray[np.int64]
    body: NDArray[np.int64]


_NOWHERE = Frequencies(*[np.zeros(0, np.int64)] * 3)


class Snapshot:
    """What the evaluation needs of a commit.  Safe for several threads."""

    def __init__(self, segments: Sequence[Segment], deleted: Sequence[Sequence[int]]) -> None:
        self.segments = tuple(segments)
        self.bases = np.cumsum([0, *(segment.size for segment in segments)]).tolist()
        self.size: int = self.bases[-1]
        self._deleted = deleted
        self._places = Cache(PLACES_BYTES)
        self.results = Cache(RESULTS_BYTES)
        self._strings = [Strings(segment, self._places) for segment in self.segments]
        self._facets: dict[str, Facet] = {}
        self._opening = threading.Lock()

    # -- documents

    @cached_property
    def live(self) -> Mask:
        """Which documents are there (not deleted)."""
        mask = np.ones(self.size, bool)
        for base, deleted in zip(self.bases, self._deleted, strict=False):
            mask[np.fromiter(deleted, np.int64) + base] = False
        return mask

    @cached_property
    def docs(self) -> Docs:
        """All documents that are there."""
        return np.flatnonzero(self.live)

    def locate(self, doc: int) -> tuple[Segment, int]:
        """The segment of a document and its number there."""
        number = int(np.searchsorted(self.bases, doc, "right")) - 1
        return self.segments[number], doc - self.bases[number]

    def _joined(self, parts: Callable[[Segment], Docs]) -> Docs:
        return np.concatenate([np.zeros(0, np.int64), *map(parts, self.segments)])

    @cached_property
    def lengths(self) -> tuple[Docs, Docs]:
        """Letters of the title and of the body of each document."""
        return (self._joined(lambda segment: segment.lengths[:, 0]),
                self._joined(lambda segment: segment.lengths[:, 1]))

    @cached_property
    def published(self) -> Docs:
        """YYYYMMDD of each document, 0 where unknown."""
        return self._joined(lambda segment: segment.published)

    @cached_property
    def newest(self) -> Docs:
        """The rank of each document in the list from the newest to the oldest."""
        return self._ranks(-self.published)

    @cached_property
    def oldest(self) -> Docs:
        """The rank of each document in the list from the oldest; what has no date comes last."""
        return self._ranks(np.where(self.published > 0, self.published, 99_999_999))

    def _ranks(self, keys: Docs) -> Docs:
        ranks = np.empty(self.size, np.int64)
        ranks[np.lexsort((self._id_ranks, keys))] = np.arange(self.size)
        return ranks

    @cached_property
    def _id_ranks(self) -> Docs:
        """The rank of each document's id: a tie-breaker that survives merges and rebuilds."""
        rows = [segment.ids.rows() for segment in self.segments]
        # Eight bytes are compared as one number, the first of them the most significant.
        width = -(-max((part.shape[1] for part in rows), default=0) // 8) * 8
        keys = np.zeros((self.size, max(width, 8)), np.uint8)
        for base, part in zip(self.bases, rows, strict=False):
            keys[base:base + len(part), :part.shape[1]] = part
        ranks = np.empty(self.size, np.int64)
        ranks[np.lexsort(keys.view(">u8").T[::-1])] = np.arange(self.size)
        return ranks

    @cached_property
    def groups(self) -> Docs:
        """The group of reprints of each document: the number of its first member."""
        rows = np.concatenate([np.zeros((0, BINS), np.uint8), *(one.signatures for one in self.segments)])
        return groups(rows, np.where(self.live, self.lengths[1], 0))

    @cached_property
    def group_sizes(self) -> Docs:
        """How many living documents the group with a number has."""
        return np.bincount(self.groups[self.docs], minlength=self.size)

    def facet(self, name: str) -> Facet:
        """A facet, opened once a commit."""
        with self._opening:
            if name not in self._facets:
                if name not in FACETS:
                    raise KeyError(name)
                self._facets[name] = Facet([segment.column(name) for segment in self.segments])
            return self._facets[name]

    def words(self) -> dict[str, int]:
        """The dictionary words of all bodies, with how many living documents hold each."""
        found: dict[str, int] = {}
        for number, segment in enumerate(self.segments):
            words = segment.words["body"]
            frequencies = words.docs.counts
            if len(self._deleted[number]) and len(frequencies):
                docs, counts = words.docs.read_range(0, len(words.docs))
                live = self.live[docs.astype(np.int64) + self.bases[number]]
                frequencies = np.add.reduceat(live, exclusive_sum(counts), dtype=np.int64)
            for word, frequency in zip(words.lexicon, frequencies.tolist(), strict=True):
                found[word] = found.get(word, 0) + frequency
        return found

    # -- leaves of the query tree

    def frequencies(self, leaf: Leaf) -> Frequencies:
        """The living documents of a leaf, and how often each holds what it asks for."""
        parts = []
        for number, base in enumerate(self.bases[:-1]):
            part = self._of_segment(number, leaf)
            if len(part.docs):
                parts.append(Frequencies(part.docs + base, part.title, part.body))
        docs, title, body = _joined(parts)
        if len(self.docs) < self.size:
            live = self.live[docs]
            docs, title, body = docs[live], title[live], body[live]
        return Frequencies(docs, title, body)

    def _of_segment(self, number: int, leaf: Leaf) -> Frequencies:
        segment = self.segments[number]
        match leaf:
            case Term(text, area):
                return _words(segment, area, lambda lexicon: [lexicon.find(text)])
            case Wildcard(pattern, area):
                return _words(segment, area, lambda lexicon: _matching(lexicon, pattern))
            case Exact():
                return Frequencies(*per_document(segment, self._strings[number].exact(leaf)))
            case Near():
                return Frequencies(*per_document(segment, self._strings[number].near(leaf)))


def _both(docs: Docs, title: NDArray[np.int64], body: NDArray[np.int64]) -> Frequencies:
    """Ascending documents, each at most a few times, with their parts added up."""
    starts = run_starts(docs)
    if len(starts) == len(docs):
        return Frequencies(docs, title, body)
    return Frequencies(docs[starts], np.add.reduceat(title, starts), np.add.reduceat(body, starts))


def _words(segment: Segment, area: Area | None, choose: Callable[..., list[int]]) -> Frequencies:
    """The documents of some words of a segment."""
    parts = []
    for name in AREAS if area is None else (area,):
        words = segment.words[name]
        for number in choose(words.lexicon):
            if number >= 0:
                often = words.frequencies.read(number).astype(np.int64)
                other = np.zeros_like(often)
                parts.append(Frequencies(words.docs.read(number).astype(np.int64),
                                         *((often, other) if name == "title" else (other, often))))
    if len(parts) <= 1:
        return parts[0] if parts else _NOWHERE
    docs, titles, bodies = _joined(parts)
    order = np.argsort(docs, kind="stable")
    return _both(docs[order], titles[order], bodies[order])


def _joined(parts: Sequence[Frequencies]) -> tuple[Docs, NDArray[np.int64], NDArray[np.int64]]:
    """Documents and frequencies one behind the other."""
    if not parts:
        parts = [_NOWHERE]
    if len(parts) == 1:
        return parts[0].docs, parts[0].title, parts[0].body
    return (np.concatenate([part.docs for part in parts]), np.concatenate([part.title for part in parts]),
            np.concatenate([part.body for part in parts]))


def _matching(lexicon: Sequence[str], pattern: str) -> list[int]:
    """The numbers of the words of a shape: `*` any letters, `?` one."""
    shape = re.compile("".join(".*" if char == "*" else "." if char == "?" else re.escape(char)
                               for char in pattern), re.DOTALL)
    literal = re.split(r"[*?]", pattern, maxsplit=1)[0]
    first, last = lexicon.starting_with(literal) if literal else (0, len(lexicon))  # type: ignore[attr-defined]
    return [number for number in range(first, last) if shape.fullmatch(lexicon[number])]
