"""The searcher of one commit: what the protocol asks, answered by the evaluation over arrays."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator, Mapping
from functools import wraps
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar, cast

import numpy as np

from indexer.errors import IndexDamaged
from indexer.store.cache import Cache
from indexer.store.checking import contradictions
from indexer.store.checksums import damaged_files
from indexer.store.engine import Hit, Hits, PageState, Tally, unpack, unpack_details
from indexer.store.evaluate import ArrayConcordance, Evaluator, Matched
from indexer.store.query import Exact, Near, Query, Request, Term
from indexer.store.snapshot import Snapshot
from indexer.store.whoosh_codec import ArraySegment
from indexer.store.whoosh_contents import NAME, commit_name, contents_of, latest_generation, say

# Bytes of records that a searcher keeps as they were last shown.
RECORDS_BYTES = 32_000_000

Method = TypeVar("Method", bound=Callable[..., Any])


def _reads(method: Method) -> Method:
    """For methods that read: whatever damaged bytes make others raise comes out as IndexDamaged."""

    @wraps(method)
    def wrapped(self: WhooshSearcher, *arguments: Any, **named: Any) -> Any:
        try:
            return method(self, *arguments, **named)
        except (ValueError, IndexError, zlib.error) as error:
            raise IndexDamaged(f"The index at {self._folder} is damaged ({say(error)}). "
                               "Rebuild it with: bangfu index PATH --rebuild") from error

    return cast(Method, wrapped)


class WhooshSearcher:
    """One commit. Safe for several threads; stays readable when another process merges."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        contents = contents_of(folder)
        self._commit = commit_name(folder, contents.generation)
        self._segments: list[ArraySegment] = contents.segments
        try:
            arrays = [segment.arrays(folder) for segment in self._segments]
        except OSError as error:
            raise IndexDamaged(f"A segment of the index at {folder} cannot be read ({say(error)}). "
                               "Rebuild it with: bangfu index PATH --rebuild") from error
        self._snapshot = Snapshot(arrays, [sorted(segment.deleted) for segment in self._segments])
        self._evaluator = Evaluator(self._snapshot)
        self._values: dict[str, dict[str, int]] = {}
        self._records = Cache(RECORDS_BYTES)

    @property
    def commit(self) -> str:
        """The build's name and Whoosh's generation number."""
        return self._commit

    def forget(self) -> None:
        """Keep no results of earlier requests; records and places that were decoded stay."""
        self._snapshot.results.clear()

    @_reads
    def search(self, request: Request) -> Hits:
        """The hits of a request."""
        answer = self._evaluator.search(request)
        hits = tuple(self._shown(doc, score, reprints) for doc, score, reprints in zip(
            answer.docs.tolist(), answer.scores.tolist(), answer.reprints.tolist(), strict=True))
        return Hits(answer.total, answer.reports, hits, answer.facets)

    def stream(self, request: Request) -> Iterator[Hit]:
        """Every hit of a request in its order, one at a time, whatever its offset and limit."""
        matched = _reads(WhooshSearcher._ordered)(self, request)
        scores = np.zeros(len(matched.docs)) if matched.scores is None else matched.scores
        for doc, score in zip(matched.docs.tolist(), scores.tolist(), strict=True):
            yield self._hit(doc, score)

    def _ordered(self, request: Request) -> Matched:
        return self._evaluator.ordered(request)

    @_reads
    def concordance(self, request: Request, strings: tuple[Exact | Near, ...]) -> ArrayConcordance:
        """Where strings occur among the hits of a request."""
        docs = self._evaluator.ordered(request).docs
        counts = self._evaluator.occurrences(strings)[docs]
        return ArrayConcordance(self._hit, docs[counts > 0], counts[counts > 0])

    @_reads
    def tally(self, strings: tuple[Exact | Near | Term, ...], facet: str,
              filters: Mapping[str, frozenset[str]], collapse: bool = False) -> list[Tally]:
        """What strings amount to by the values of a facet."""
        return self._evaluator.tally(strings, facet, filters, collapse)

    @_reads
    def reprints(self, report_id: str) -> list[str]:
        """The ids of a report and its reprints, earliest first."""
        doc = self._find(report_id)
        if doc is None:
            return []
        snapshot = self._snapshot
        docs = snapshot.docs[snapshot.groups[snapshot.docs] == snapshot.groups[doc]]
        return [self._id(one) for one in docs[np.argsort(snapshot.oldest[docs])].tolist()]

    def words(self, least: int) -> Iterator[tuple[str, int]]:
        """The words that at least so many reports hold in their bodies."""
        return iter(_reads(WhooshSearcher._words)(self, least))

    def _words(self, least: int) -> list[tuple[str, int]]:
        found = self._snapshot.words()
        return [(word, count) for word, count in sorted(found.items()) if count >= least]

    @_reads
    def count(self, query: Query | None = None) -> int:
        """How many reports a query finds."""
        return len(self._snapshot.docs) if query is None else self._evaluator.count(query)

    @_reads
    def get(self, report_id: str) -> Hit | None:
        """One report by its id."""
        doc = self._find(report_id)
        if doc is None:
            return None
        record, text = self._whole(doc)
        return Hit(report_id, 0.0, record, text)

    def _find(self, report_id: str) -> int | None:
        """The living document of a report."""
        for base, arrays in zip(self._snapshot.bases, self._snapshot.segments, strict=False):
            for doc in arrays.documents_of("ids", report_id):
                if self._snapshot.live[base + doc]:
                    return int(base + doc)
        return None

    @_reads
    def _hit(self, doc: int, score: float = 0.0) -> Hit:
        return self._shown(doc, score)

    def _shown(self, doc: int, score: float, reprints: int = 0) -> Hit:
        record, text = self._load(doc)
        return Hit(record["id"], score, record, text, reprints)

    def _load(self, doc: int) -> tuple[dict[str, Any], str]:
        """Record and search text, which nobody may change: they are kept for the next request."""
        def make() -> tuple[dict[str, Any], str]:
            arrays, own = self._snapshot.locate(doc)
            return unpack(arrays.records.line(own))

        return self._records.get(doc, make, lambda loaded: 8 * len(loaded[1]))

    @_reads
    def _whole(self, doc: int) -> tuple[dict[str, Any], str]:
        """Record with details, and search text."""
        arrays, own = self._snapshot.locate(doc)
        record, text = unpack(arrays.records.line(own))
        return record | unpack_details(arrays.details.line(own)), text

    def reports(self) -> Iterator[Mapping[str, Any]]:
        """The records of all reports with their details, one at a time, in the order of their ids."""
        docs = self._snapshot.docs
        ids = [self._id(doc) for doc in docs.tolist()]
        for number in sorted(range(len(ids)), key=ids.__getitem__):
            yield self._whole(int(docs[number]))[0]

    def stored(self) -> Iterator[tuple[Mapping[str, Any], str]]:
        """Display record and search text of all reports, as they lie: neighbours share a block."""
        for doc in self._snapshot.docs.tolist():
            yield self._whole(doc)

    def _id(self, doc: int) -> str:
        arrays, own = self._snapshot.locate(doc)
        return arrays.ids[own]

    @_reads
    def _states(self) -> dict[str, PageState]:
        found: dict[str, PageState] = {}
        for base, arrays in zip(self._snapshot.bases, self._snapshot.segments, strict=False):
            live = self._snapshot.live[base:base + arrays.size].tolist()
            for values, alive in zip(arrays.states(), live, strict=True):
                if alive and values[0] not in found:
                    found[values[0]] = PageState.of(values)
        return found

    def pages(self) -> Iterator[PageState]:
        """What is known of every page in the index, each once."""
        return iter(self._states().values())

    @_reads
    def values(self, facet: str) -> Mapping[str, int]:
        """All values of a facet with their numbers of reports, counted once a commit."""
        if facet not in self._values:
            counts = self._snapshot.facet(facet).count(self._snapshot.docs)
            self._values[facet] = dict(counts.items())
        return self._values[facet]

    def space(self) -> Mapping[str, int]:
        """Bytes by kind of data."""
        found: dict[str, int] = {}
        for arrays in self._snapshot.segments:
            for name, size in arrays.sections.bytes_by_section().items():
                kind = name.split(".")[0]
                found[kind] = found.get(kind, 0) + size
        return dict(sorted(found.items(), key=lambda item: -item[1]))

    def check(self) -> list[str]:
        """Compare the files with their checksums, then the counts; re-read every stored report.

        Where another process has committed meanwhile, it is the newer commit that is looked at.
        """
        problems = self._problems()
        if problems and commit_name(self._folder, latest_generation(self._folder)) != self._commit:
            return WhooshSearcher(self._folder).check()
        return problems

    def _problems(self) -> list[str]:
        generation = self._commit.rpartition(".")[2]
        segments = [f"{segment.segment_id()}." for segment in self._segments]
        problems = damaged_files(self._folder, f"_{NAME}_{generation}.toc", segments)
        try:
            return problems or contradictions(self)
        except IndexDamaged as error:
            return [str(error)]

    def close(self) -> None:
        """Nothing to do: the files are unmapped when the last answer that refers to them is gone."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        self.close()
