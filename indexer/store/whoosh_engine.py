"""The embedded engine: a Whoosh index of array segments in one build folder."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from functools import wraps
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar, cast

import numpy as np
from numpy.typing import NDArray
from whoosh.filedb.filestore import FileStorage
from whoosh.index import TOC, clean_files

from indexer.errors import BangfuError, IndexBusy, IndexDamaged
from indexer.store.build import SegmentBuilder
from indexer.store.cache import Cache
from indexer.store.checking import contradictions
from indexer.store.checksums import damaged_files, drop_former_sums, write_sums
from indexer.store.engine import Document, Hit, Hits, PageState, Tally, unpack, unpack_details
from indexer.store.evaluate import ArrayConcordance, Evaluator, Matched
from indexer.store.location import cannot_write, sync
from indexer.store.merge import merge as merge_segments
from indexer.store.merging import to_merge
from indexer.store.query import Exact, Near, Query, Request, Term
from indexer.store.segment import EXTENSION, Segment
from indexer.store.snapshot import Snapshot
from indexer.store.whoosh_codec import ArraySegment, schema

NAME = "MAIN"
# A segment is written when so many characters have come together: what a writer holds in memory.
FLUSH_CHARACTERS = 16_000_000
# Bytes of records that a searcher keeps as they were last shown.
RECORDS_BYTES = 32_000_000
# Places of letters are numbers of 32 bits.
MAX_LETTERS = (1 << 32) - 1


class DurableStorage(FileStorage):
    """A folder in which a commit survives a power cut: what the new table of contents names is on
    disk before the rename that makes it the current one, and so is the rename itself."""

    def __init__(self, folder: Path) -> None:
        super().__init__(str(folder))  # type: ignore[no-untyped-call]

    def rename_file(self, oldname: str, newname: str, safe: bool = False) -> None:
        """Whoosh renames one file only: the finished table of contents. That is the commit."""
        folder = Path(self.folder)
        files = [path for path in folder.iterdir() if path.is_file() and _is_data(path.name)]
        contents = folder / oldname
        sums = write_sums(folder, contents, newname, [path for path in files if path != contents])
        for path in (*files, sums, folder):
            sync(path)
        super().rename_file(oldname, newname, safe=safe)  # type: ignore[no-untyped-call]
        sync(folder)
        drop_former_sums(folder, newname)


def _is_data(name: str) -> bool:
    """A segment or a table of contents, no lock and no temporary file of somebody's."""
    return name.startswith((f"{NAME}_", f"_{NAME}_")) and not name.endswith(("LOCK", ".sums"))


class WhooshEngine:
    """An index in `folder`, one Whoosh index that was created by `create`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @classmethod
    def create(cls, folder: Path) -> Self:
        """Make an empty index. Raises IndexWriteFailed."""
        try:
            TOC.create(DurableStorage(folder), schema(), NAME)
        except OSError as error:
            raise cannot_write(folder, error) from error
        return cls(folder)

    def commit(self) -> str:
        """The build's name and Whoosh's generation number."""
        storage = FileStorage(str(self._folder), readonly=True)
        return f"{self._folder.name}.{TOC._latest_generation(storage, NAME)}"

    def size(self) -> int:
        """Bytes on disk."""
        return sum(path.stat().st_size for path in self._folder.rglob("*") if path.is_file())

    def searcher(self) -> WhooshSearcher:
        """A snapshot of the last commit."""
        return WhooshSearcher(self._folder)

    def writer(self) -> WhooshWriter:
        """The one writer."""
        return WhooshWriter(self._folder)


def _contents(folder: Path) -> TOC:
    """Whoosh's table of contents.

    It is a pickle, so only folders that carry our own format mark get here (`location.py`), and
    only bytes with the digest that was kept when they were written; whatever else a damaged one
    makes pickle raise means damage too.
    """
    storage = FileStorage(str(folder), readonly=True)
    generation = TOC._latest_generation(storage, NAME)
    try:
        problems = damaged_files(folder, TOC._filename(NAME, generation), ()) if generation >= 0 else []
        if problems:
            raise IndexDamaged(f"{problems[0]} Rebuild it with: bangfu index PATH --rebuild")
        contents: TOC = TOC.read(storage, NAME, gen=generation, schema=schema())
        if not all(isinstance(segment, ArraySegment) for segment in contents.segments):
            raise IndexDamaged(f"Another program wrote to the index at {folder}. "
                               "Rebuild it with: bangfu index PATH --rebuild")
        return contents
    except BangfuError:
        raise
    except Exception as error:
        raise IndexDamaged(f"The index at {folder} cannot be opened ({_say(error)}). "
                           "Rebuild it with: bangfu index PATH --rebuild") from error


def _say(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__


def _live(segment: ArraySegment) -> NDArray[np.bool_]:
    mask = np.ones(segment.documents, bool)
    mask[list(segment.deleted)] = False
    return mask


Method = TypeVar("Method", bound=Callable[..., Any])


def _writes(method: Method) -> Method:
    """For methods that write: what the system refuses comes out as IndexWriteFailed."""

    @wraps(method)
    def wrapped(self: WhooshWriter, *arguments: Any, **named: Any) -> Any:
        try:
            return method(self, *arguments, **named)
        except OSError as error:
            raise cannot_write(self._folder, error) from error

    return cast(Method, wrapped)


class WhooshWriter:
    """Gathers documents into segments, merges them, and commits by Whoosh's table of contents."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._storage = DurableStorage(folder)
        self._generation = -1
        self._lock: Any = None
        self._committed: list[ArraySegment] = []
        self._fresh: list[ArraySegment] = []
        self._deleted = 0
        self._open: dict[str, Segment] = {}
        self._builder = SegmentBuilder()

    def _begin(self) -> None:
        """Take Whoosh's lock and see the last commit."""
        if self._lock is not None:
            return
        lock = self._storage.lock(f"{NAME}_WRITELOCK")  # type: ignore[no-untyped-call]
        if not lock.acquire():
            raise IndexBusy(f"Another process writes to {self._folder}.")
        self._lock = lock
        contents = _contents(self._folder)
        self._committed, self._generation = list(contents.segments), contents.generation
        self._builder = SegmentBuilder(self._dictionary())

    def _arrays(self, segment: ArraySegment) -> Segment:
        if segment.segid not in self._open:
            try:
                self._open[segment.segid] = segment.arrays(self._folder)
            except FileNotFoundError as error:
                raise IndexDamaged(f"A segment of the index at {self._folder} is missing ({_say(error)}). "
                                   "Rebuild it with: bangfu index PATH --rebuild") from error
        return self._open[segment.segid]

    @_writes
    def add(self, document: Document) -> None:
        """Put a report in."""
        self._begin()
        self._builder.add(document)
        if self._builder.characters >= FLUSH_CHARACTERS:
            self._flush()

    @_writes
    def delete_page(self, page_id: str) -> None:
        """Take all committed reports of a page out."""
        self._begin()
        for segment in self._committed:
            for doc in self._arrays(segment).documents_of("page_ids", page_id):
                if doc not in segment.deleted:
                    segment.delete_document(doc)
                    self._deleted += 1

    def _flush(self) -> None:
        """Write what was gathered as a segment, which no table of contents names yet."""
        if len(self._builder):
            segment = ArraySegment(NAME)
            segment.documents, segment.letters = self._builder.write(segment.path(self._folder))
            self._fresh.append(segment)
            self._builder = SegmentBuilder(self._dictionary())

    def _dictionary(self) -> bytes:
        """What the records of the largest segment are compressed with: one for all is enough."""
        largest = max((*self._committed, *self._fresh), key=lambda one: one.documents, default=None)
        return self._arrays(largest).records.dictionaries[-1] if largest is not None else b""

    @_writes
    def commit(self, *, merge: bool = False) -> None:
        """Write and merge segments, then replace the table of contents: that rename is the commit."""
        if merge:
            self._begin()
        if self._lock is None:
            return
        self._flush()
        segments = [segment for segment in (*self._committed, *self._fresh) if segment.doc_count()]
        segments = self._merged(segments, everything=merge)
        if segments == self._committed and not self._deleted:
            return
        self._generation += 1
        TOC(schema(), segments, self._generation).write(self._storage, NAME)
        clean_files(self._storage, NAME, self._generation, segments)
        self._committed, self._fresh, self._deleted = segments, [], 0
        names = {segment.segid for segment in segments}
        self._open = {name: arrays for name, arrays in self._open.items() if name in names}

    def _merged(self, segments: list[ArraySegment], everything: bool) -> list[ArraySegment]:
        """The segments, merged until the policy is content."""
        while True:
            sizes = [(int(segment.letters * segment.doc_count() / segment.documents), segment.letters)
                     for segment in segments]
            chosen = to_merge(sizes, MAX_LETTERS, everything)
            everything = False
            if not chosen:
                return segments
            merged = self._merge([segments[number] for number in chosen])
            segments = [merged if number == chosen[0] else segment
                        for number, segment in enumerate(segments)
                        if number == chosen[0] or number not in chosen]

    def _merge(self, segments: list[ArraySegment]) -> ArraySegment:
        merged = ArraySegment(NAME)
        merged.documents, merged.letters = merge_segments(
            [(self._arrays(segment), _live(segment)) for segment in segments], merged.path(self._folder))
        return merged

    def close(self) -> None:
        """Forget what was not committed; release the lock."""
        if self._lock is not None:
            self._sweep()
            self._lock.release()
            self._lock = None
        self._fresh, self._committed, self._deleted = [], [], 0
        self._builder = SegmentBuilder()
        self._open.clear()

    def _sweep(self) -> None:
        """Remove the segments that no table of contents names.

        What it names is asked anew: an interruption may have come when the commit was made and this
        writer did not know it yet.  Where it cannot be read, nothing is removed.
        """
        with suppress(BangfuError, OSError):
            named = {segment.path(self._folder) for segment in _contents(self._folder).segments}
            for path in self._folder.glob(f"{NAME}_*{EXTENSION}"):
                if path not in named:
                    path.unlink()


def _reads(method: Method) -> Method:
    """For methods that read: whatever damaged bytes make others raise comes out as IndexDamaged."""

    @wraps(method)
    def wrapped(self: WhooshSearcher, *arguments: Any, **named: Any) -> Any:
        try:
            return method(self, *arguments, **named)
        except (ValueError, IndexError, zlib.error) as error:
            raise IndexDamaged(f"The index at {self._folder} is damaged ({_say(error)}). "
                               "Rebuild it with: bangfu index PATH --rebuild") from error

    return cast(Method, wrapped)


class WhooshSearcher:
    """One commit. Safe for several threads; stays readable when another process merges."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        contents = _contents(folder)
        self._commit = f"{folder.name}.{contents.generation}"
        self._segments: list[ArraySegment] = contents.segments
        try:
            arrays = [segment.arrays(folder) for segment in self._segments]
        except OSError as error:
            raise IndexDamaged(f"A segment of the index at {folder} cannot be read ({_say(error)}). "
                               "Rebuild it with: bangfu index PATH --rebuild") from error
        self._snapshot = Snapshot(arrays, [sorted(segment.deleted) for segment in self._segments])
        self._evaluator = Evaluator(self._snapshot)
        self._values: dict[str, dict[str, int]] = {}
        self._records = Cache(RECORDS_BYTES)

    @property
    def commit(self) -> str:
        """The build's name and Whoosh's generation number."""
        return self._commit

    @_reads
    def search(self, request: Request) -> Hits:
        """The hits of a request."""
        answer = self._evaluator.search(request)
        hits = tuple(self._hit(doc, score, reprints) for doc, score, reprints in zip(
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
              filters: Mapping[str, frozenset[str]]) -> list[Tally]:
        """What strings amount to by the values of a facet."""
        return self._evaluator.tally(strings, facet, filters)

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
    def _hit(self, doc: int, score: float = 0.0, reprints: int = 0) -> Hit:
        record, text = self._load(doc)
        return Hit(record["id"], score, record, text, reprints)

    def _load(self, doc: int) -> tuple[dict[str, Any], str]:
        """Record and search text, which nobody may change: they are kept for the next request."""
        def make() -> tuple[dict[str, Any], str]:
            arrays, own = self._snapshot.locate(doc)
            return unpack(arrays.records.display(own))

        return self._records.get(doc, make, lambda loaded: 8 * len(loaded[1]))

    @_reads
    def _whole(self, doc: int) -> tuple[dict[str, Any], str]:
        """Record with details, and search text."""
        arrays, own = self._snapshot.locate(doc)
        record, text = unpack(arrays.records.display(own))
        return record | unpack_details(arrays.records.details(own)), text

    def reports(self) -> Iterator[Mapping[str, Any]]:
        """The records of all reports with their details, one at a time, in the order of their ids."""
        for record, _ in self.stored():
            yield record

    def stored(self) -> Iterator[tuple[Mapping[str, Any], str]]:
        """Display record and search text of all reports, in the order of their ids."""
        docs = self._snapshot.docs
        ids = [self._id(doc) for doc in docs.tolist()]
        for number in sorted(range(len(ids)), key=ids.__getitem__):
            yield self._whole(int(docs[number]))

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
        if problems and WhooshEngine(self._folder).commit() != self._commit:
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
