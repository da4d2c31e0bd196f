"""The embedded engine: a Whoosh index in one build folder. The only module that imports Whoosh."""

from __future__ import annotations

import json
import threading
import zlib
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property, wraps
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar, cast

import numpy as np
from numpy.typing import NDArray
from whoosh import columns, fields, formats
from whoosh.filedb.filestore import FileStorage
from whoosh.index import TOC, FileIndex, LockError
from whoosh.reading import IndexReader, TermNotFound
from whoosh.writing import SegmentWriter

from indexer.errors import BangfuError, IndexBusy, IndexDamaged
from indexer.store.checksums import damaged_files, drop_former_sums, write_sums
from indexer.store.engine import FACETS, Document, Hit, Hits, Made, PageState
from indexer.store.evaluate import Docs, Evaluator, Facet, Scores, Statistics
from indexer.store.exact import bare, index_terms, tight
from indexer.store.location import cannot_write, sync
from indexer.store.query import Query, Request

# Postings and texts of one snapshot that are kept in memory once they were read.
CACHED_TERMS = 4096
CACHED_CHARACTERS = 30_000_000


class Tokens(fields.FieldType):
    """A Whoosh field of ready-made tokens. Pickled into every index: keep name and place."""

    def __init__(self, positions: bool) -> None:
        self.format = formats.Positions() if positions else formats.Existence()
        self.analyzer = None
        self.scorable = positions
        self.set_sortable(False)


def schema() -> fields.Schema:
    """The fields of an index, one place for all of them."""
    return fields.Schema(
        id=fields.ID(sortable=True),
        page_id=fields.ID(),
        title=Tokens(positions=True),
        body=Tokens(positions=True),
        grams=Tokens(positions=False),
        published=fields.COLUMN(columns.NumericColumn("I")),
        length=fields.COLUMN(columns.NumericColumn("I")),
        state=fields.COLUMN(columns.VarBytesColumn()),
        stored=fields.STORED(),
        **{name: Tokens(positions=False) for name in FACETS},
    )


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
        for path in (*files, sums):
            sync(path)
        super().rename_file(oldname, newname, safe=safe)  # type: ignore[no-untyped-call]
        sync(folder)
        drop_former_sums(folder, newname)


def _is_data(name: str) -> bool:
    """A segment or a table of contents, no lock and no temporary file of somebody's."""
    return name.startswith(("MAIN_", "_MAIN_")) and not name.endswith(("LOCK", ".sums"))


class WhooshEngine:
    """An index in `folder`, one Whoosh index that was created by `create`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @classmethod
    def create(cls, folder: Path) -> Self:
        """Make an empty index. Raises IndexWriteFailed."""
        try:
            FileIndex.create(DurableStorage(folder), schema())
        except OSError as error:
            raise cannot_write(folder, error) from error
        return cls(folder)

    def commit(self) -> str:
        """The build's name and Whoosh's generation number."""
        storage = FileStorage(str(self._folder), readonly=True)
        return f"{self._folder.name}.{TOC._latest_generation(storage, 'MAIN')}"

    def size(self) -> int:
        """Bytes on disk."""
        return sum(path.stat().st_size for path in self._folder.rglob("*") if path.is_file())

    def searcher(self) -> WhooshSearcher:
        """A snapshot of the last commit."""
        return WhooshSearcher(self._folder)

    def writer(self) -> WhooshWriter:
        """The one writer."""
        return WhooshWriter(self._folder)


class WhooshWriter:
    """Adds and deletes in one Whoosh segment writer after the other, one a commit."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._index = _open(folder)
        self._segment: SegmentWriter | None = None

    def _writing(self) -> SegmentWriter:
        if self._segment is None:
            try:
                self._segment = SegmentWriter(self._index)
            except LockError as error:
                raise IndexBusy(f"Another process writes to {self._folder}.") from error
        return self._segment

    def add(self, document: Document) -> None:
        """Put a report in."""
        tight_text = tight(document.text)
        bare_text = bare(tight_text)
        try:
            self._writing().add_document(
                id=document.id, page_id=document.state.page_id, title=document.title_words,
                body=document.body_words, grams=index_terms(tight_text, bare_text),
                published=document.published, length=len(bare_text), state=_pack_state(document.state),
                stored=zlib.compress(_json({"record": document.stored, "text": document.text})),
                **dict(document.facets),
            )
        except OSError as error:
            raise cannot_write(self._folder, error) from error

    def delete_page(self, page_id: str) -> None:
        """Take all committed reports of a page out."""
        try:
            self._writing().delete_by_term("page_id", page_id)
        except OSError as error:
            raise cannot_write(self._folder, error) from error

    def commit(self) -> None:
        """Flush the segment, then replace the table of contents: that rename is the commit."""
        if self._segment is None:
            return
        try:
            self._segment.commit()
        except OSError as error:
            raise cannot_write(self._folder, error) from error
        self._segment = None

    def close(self) -> None:
        """Forget what was not committed."""
        if self._segment is not None and not self._segment.is_closed:
            try:
                self._segment.cancel()
            except (OSError, ValueError, AttributeError):
                # A writer that a full disk stopped half-way cannot always tidy up; its files are
                # named nowhere, and Whoosh sweeps them at the next commit.
                _release(self._segment)
        self._segment = None


def _release(segment: SegmentWriter) -> None:
    if segment.writelock:
        segment.writelock.release()


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _pack_state(state: PageState) -> bytes:
    return _json([state.page_id, state.origin, state.path, state.made.digest, state.made.cleaning,
                  state.made.tokens, state.reports])


def _open(folder: Path) -> FileIndex:
    """Open Whoosh's table of contents.

    It is a pickle, so only folders that carry our own format mark get here (`location.py`); what
    a damaged one makes pickle raise can be anything, and all of it means damage.
    """
    try:
        return FileIndex(DurableStorage(folder), schema=schema())
    except Exception as error:
        raise IndexDamaged(f"The index at {folder} cannot be opened ({_say(error)}). "
                           "Rebuild it with: bangfu index PATH --rebuild") from error


def _say(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__


Method = TypeVar("Method", bound=Callable[..., Any])


def _reads(method: Method) -> Method:
    """For methods that read Whoosh's files: one thread at a time, and whatever a damaged file makes
    Whoosh raise comes out as IndexDamaged."""

    @wraps(method)
    def wrapped(self: WhooshSearcher, *arguments: Any) -> Any:
        with self._reading:
            try:
                return method(self, *arguments)
            except BangfuError:
                raise
            except Exception as error:
                raise self._damaged(error) from error

    return cast(Method, wrapped)


class WhooshSearcher:
    """One commit, read as arrays and kept as long as the searcher lives."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        index = _open(folder)
        try:
            contents = index._read_toc()
            self._segments = [segment.segment_id() for segment in contents.segments]
            self._reader: IndexReader = FileIndex._reader(
                index.storage, contents.schema, contents.segments, contents.generation)
            self._leaves = [(leaf, base) for leaf, base in self._reader.leaf_readers()
                            if leaf.doc_count_all()]
        except Exception as error:
            raise IndexDamaged(f"A segment of the index at {folder} cannot be read ({_say(error)}). "
                               "Rebuild it with: bangfu index PATH --rebuild") from error
        # Whoosh's files have one position each: one thread at a time may read from them.
        self._reading = threading.RLock()
        self._commit = f"{folder.name}.{contents.generation}"
        self._terms: OrderedDict[tuple[str, str], tuple[Docs, Scores]] = OrderedDict()
        self._texts: OrderedDict[int, tuple[str, str]] = OrderedDict()
        self._characters = 0
        self._facets: dict[str, Facet] = {}
        self._values: dict[str, dict[str, int]] = {}

    def _damaged(self, error: Exception) -> IndexDamaged:
        return IndexDamaged(f"The index at {self._folder} is damaged ({_say(error)}). "
                            "Rebuild it with: bangfu index PATH --rebuild")

    @property
    def commit(self) -> str:
        """The build's name and Whoosh's generation number."""
        return self._commit

    # -- what the evaluation needs (evaluate.Postings)

    @cached_property
    @_reads
    def live(self) -> NDArray[np.bool_]:
        """Which documents are there."""
        mask = np.zeros(self._reader.doc_count_all(), dtype=bool)
        for leaf, base in self._leaves:
            mask[np.fromiter(leaf.all_doc_ids(), np.int64) + base] = True
        return mask

    @cached_property
    @_reads
    def lengths(self) -> NDArray[np.float64]:
        """Characters of each document's bare form."""
        return self._numbers("length").astype(np.float64)

    @cached_property
    @_reads
    def statistics(self) -> Statistics:
        """What BM25 needs of the whole snapshot."""
        return Statistics.of(self.live, self.lengths)

    @_reads
    def term(self, field: str, text: str) -> tuple[Docs, Scores]:
        """Live documents of a term with its frequency in each."""
        key = (field, text)
        found = self._terms.get(key)
        if found is None:
            found = self._terms[key] = self._read_term(field, text)
            if len(self._terms) > CACHED_TERMS:
                self._terms.popitem(last=False)
        return found

    def _read_term(self, field: str, text: str) -> tuple[Docs, Scores]:
        docs: list[int] = []
        weights: list[float] = []
        for leaf, base in self._leaves:
            try:
                matcher = leaf.postings(field, text.encode())
            except TermNotFound:
                continue
            while matcher.is_active():
                docs.append(matcher.id() + base)
                weights.append(matcher.weight())
                matcher.next()
        found = np.array(docs, np.int64), np.array(weights, np.float64)
        keep = self.live[found[0]]
        return found[0][keep], found[1][keep]

    @_reads
    def positions(self, field: str, text: str) -> Mapping[int, tuple[int, ...]]:
        """Word positions of a term in each live document."""
        found: dict[int, tuple[int, ...]] = {}
        for leaf, base in self._leaves:
            try:
                matcher = leaf.postings(field, text.encode())
            except TermNotFound:
                continue
            while matcher.is_active():
                if self.live[matcher.id() + base]:
                    found[matcher.id() + base] = tuple(matcher.value_as("positions"))
                matcher.next()
        return found

    @_reads
    def forms(self, doc: int) -> tuple[str, str]:
        """Tight and bare form of a document, the most recently used ones kept."""
        found = self._texts.get(doc)
        if found is None:
            text = tight(self._load(doc)["text"])
            found = self._texts[doc] = (text, bare(text))
            self._characters += 2 * len(text)
            while self._characters > CACHED_CHARACTERS and len(self._texts) > 1:
                _, (dropped, _) = self._texts.popitem(last=False)
                self._characters -= 2 * len(dropped)
        return found

    @_reads
    def facet(self, name: str) -> Facet:
        """A facet as arrays, read once a commit."""
        if name not in self._facets:
            values: list[str] = []
            docs: list[NDArray[np.int64]] = []
            codes: list[NDArray[np.int64]] = []
            for text in self._reader.lexicon(name):
                found, _ = self._read_term(name, text.decode())
                if len(found):
                    docs.append(found)
                    codes.append(np.full(len(found), len(values), np.int64))
                    values.append(text.decode())
            empty = np.zeros(0, np.int64)
            self._facets[name] = Facet(tuple(values), np.concatenate([empty, *docs]),
                                       np.concatenate([empty, *codes]))
        return self._facets[name]

    # -- what the service needs (engine.Searcher)

    @cached_property
    @_reads
    def _published(self) -> NDArray[np.int64]:
        return self._numbers("published")

    @cached_property
    @_reads
    def _ranks(self) -> NDArray[np.int64]:
        """The rank of each document's report id: a tie-breaker that survives merges and rebuilds."""
        ids = np.array([leaf.column_reader("id")[doc] for leaf, _ in self._leaves
                        for doc in range(leaf.doc_count_all())], dtype=object)
        ranks = np.empty(len(ids), np.int64)
        ranks[np.argsort(ids)] = np.arange(len(ids))
        return ranks

    def _numbers(self, field: str) -> NDArray[np.int64]:
        values = [value for leaf, _ in self._leaves
                  for column in [leaf.column_reader(field)]
                  for value in (column[doc] for doc in range(leaf.doc_count_all()))]
        return np.array(values, np.int64)

    def search(self, request: Request) -> Hits:
        """The hits of a request."""
        total, docs, scores, counts = Evaluator(self).search(request, self._ranks, self._published)
        hits = []
        for doc, score in zip(docs.tolist(), scores.tolist(), strict=True):
            hits.append(self._hit(doc, score))
        return Hits(total, tuple(hits), counts)

    def count(self, query: Query | None = None) -> int:
        """How many reports a query finds."""
        return int(self.live.sum()) if query is None else len(Evaluator(self).match(query).docs)

    def get(self, report_id: str) -> Hit | None:
        """One report by its id."""
        docs, _ = self.term("id", report_id)
        return self._hit(int(docs[0]), 0.0) if len(docs) else None

    def _hit(self, doc: int, score: float) -> Hit:
        loaded = self._load(doc)
        return Hit(loaded["record"]["id"], score, loaded["record"], loaded["text"])

    @_reads
    def _load(self, doc: int) -> dict[str, Any]:
        value: dict[str, Any] = json.loads(zlib.decompress(self._reader.stored_fields(doc)["stored"]))
        return value

    def reports(self) -> Iterator[Mapping[str, Any]]:
        """The display records of all reports, one at a time, in the order of their ids."""
        live = np.flatnonzero(self.live)
        for doc in live[np.argsort(self._ranks[live])].tolist():
            yield self._load(doc)["record"]

    def texts(self) -> Iterator[tuple[str, str]]:
        """Id and exact-search text of all reports, for checks."""
        for doc in np.flatnonzero(self.live).tolist():
            loaded = self._load(doc)
            yield loaded["record"]["id"], loaded["text"]

    def pages(self) -> Iterator[PageState]:
        """What is known of every page in the index, each once."""
        return iter(self._states().values())

    @_reads
    def _states(self) -> dict[str, PageState]:
        found: dict[str, PageState] = {}
        for leaf, base in self._leaves:
            column = leaf.column_reader("state")
            for doc in range(leaf.doc_count_all()):
                if self.live[doc + base]:
                    page_id, origin, path, digest, cleaning, tokens, reports = json.loads(column[doc])
                    state = PageState(page_id, origin, path, Made(digest, cleaning, tokens), reports)
                    found.setdefault(page_id, state)
        return found

    def values(self, facet: str) -> Mapping[str, int]:
        """All values of a facet with their numbers of reports, counted once a commit."""
        if facet not in self._values:
            self._values[facet] = dict(self.facet(facet).count(self.live))
        return self._values[facet]

    def check(self) -> list[str]:
        """Compare the files with their checksums, then the counts; re-read every stored report."""
        generation = self._commit.rpartition(".")[2]
        segments = [f"{name}." for name in self._segments]
        problems = damaged_files(self._folder, f"_MAIN_{generation}.toc", segments)
        try:
            return problems or _contradictions(self)
        except IndexDamaged as error:
            return [str(error)]

    def close(self) -> None:
        """Close Whoosh's files."""
        self._reader.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        self.close()


def _contradictions(searcher: WhooshSearcher) -> list[str]:
    """What does not fit together in an index; empty when everything does."""
    problems = []
    size = len(searcher.live)
    for name, array in (("length", searcher.lengths), ("published", searcher._published),
                        ("id", searcher._ranks)):
        if len(array) != size:
            problems.append(f"The column {name} holds {len(array)} values for {size} reports.")
    parts: dict[str, int] = {}
    seen: set[str] = set()
    for report_id, text in searcher.texts():
        if report_id in seen:
            problems.append(f"Report {report_id} is in the index twice.")
        seen.add(report_id)
        page = report_id.rsplit("-", 1)[0]
        parts[page] = parts.get(page, 0) + 1
        missing = [term for term in _sample(text) if not _holds(searcher, term, report_id)]
        if missing:
            problems.append(f"Report {report_id} is not found by its own {missing[0]!r}.")
    problems += [
        f"Page {state.path} should have {state.reports} reports and has {parts.get(state.page_id, 0)}."
        for state in searcher.pages() if parts.get(state.page_id, 0) != state.reports
    ]
    return problems


def _sample(text: str) -> list[str]:
    """A few index terms spread over a report's text."""
    letters = bare(tight(text))
    step = max(1, len(letters) // 4)
    return [letters[i:i + 2] for i in range(0, max(len(letters) - 1, 0), step)][:4]


def _holds(searcher: WhooshSearcher, term: str, report_id: str) -> bool:
    ids, _ = searcher.term("id", report_id)
    docs, _ = searcher.term("grams", term)
    return bool(len(ids)) and bool(np.isin(ids, docs).all())
