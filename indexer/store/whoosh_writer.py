"""The one writer of an index: gathers documents into segments, merges them, commits."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar, cast

import numpy as np
from numpy.typing import NDArray
from whoosh.index import TOC, clean_files

from indexer.errors import BangfuError, IndexBusy, IndexDamaged
from indexer.store.build import SegmentBuilder
from indexer.store.engine import Document
from indexer.store.location import cannot_write
from indexer.store.merge import merge as merge_segments
from indexer.store.merging import to_merge
from indexer.store.segment import Segment
from indexer.store.whoosh_codec import ArraySegment, schema
from indexer.store.whoosh_contents import (
    NAME,
    DurableStorage,
    contents_of,
    latest_generation,
    say,
    sweep,
)

# A segment is written when so many characters have come together: what a writer holds in memory.
FLUSH_CHARACTERS = 16_000_000
# Places of letters are numbers of 32 bits.
MAX_LETTERS = (1 << 32) - 1


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
        # Of what the builder gathered: the reports of each page by number, and those taken out again.
        self._gathered: dict[str, list[int]] = {}
        self._withdrawn: set[int] = set()

    def _begin(self) -> None:
        """Take Whoosh's lock, see the last commit, remove what a killed writer left."""
        if self._lock is not None:
            return
        lock = self._storage.lock(f"{NAME}_WRITELOCK")  # type: ignore[no-untyped-call]
        if not lock.acquire():
            raise IndexBusy(f"Another process writes to {self._folder}.")
        try:
            contents = contents_of(self._folder)
            self._committed, self._generation = list(contents.segments), contents.generation
            sweep(self._folder, self._committed)
            self._start_builder()
        except BaseException:
            # A writer that did not see the commit must not go on: it would write over it.
            self._forget()
            lock.release()
            raise
        self._lock = lock

    def _start_builder(self) -> None:
        # First an empty one: what was written must not be written again if the dictionary is damaged.
        self._builder, self._gathered, self._withdrawn = SegmentBuilder(), {}, set()
        self._builder = SegmentBuilder(self._dictionary())

    def _arrays(self, segment: ArraySegment) -> Segment:
        if segment.segid not in self._open:
            try:
                self._open[segment.segid] = segment.arrays(self._folder)
            except FileNotFoundError as error:
                raise IndexDamaged(f"A segment of the index at {self._folder} is missing ({say(error)}). "
                                   "Rebuild it with: bangfu index PATH --rebuild") from error
        return self._open[segment.segid]

    @_writes
    def add(self, document: Document) -> None:
        """Put a report in; where that fails it is not in, and may be put in again."""
        self._begin()
        if self._builder.characters >= FLUSH_CHARACTERS:
            self._flush()
        self._builder.add(document)
        self._gathered.setdefault(document.state.page_id, []).append(len(self._builder) - 1)

    @_writes
    def delete_page(self, page_id: str) -> None:
        """Take all reports of a page out, those too that are not committed yet."""
        self._begin()
        for segment in (*self._committed, *self._fresh):
            for doc in self._arrays(segment).documents_of("page_ids", page_id):
                if doc not in segment.deleted:
                    segment.delete_document(doc)
                    self._deleted += 1
        self._withdrawn.update(self._gathered.pop(page_id, ()))

    def _flush(self) -> None:
        """Write what was gathered as a segment, which no table of contents names yet."""
        if len(self._builder) > len(self._withdrawn):
            segment = self._written(self._builder.write)
            segment.deleted = self._withdrawn
            self._fresh.append(segment)
        if len(self._builder):
            self._start_builder()

    def _written(self, write: Callable[[Path], tuple[int, int]]) -> ArraySegment:
        """A new segment; where it cannot be written to its end, nothing of it stays on the disk."""
        segment = ArraySegment(NAME)
        path = segment.path(self._folder)
        try:
            segment.documents, segment.letters = write(path)
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        return segment

    def _dictionary(self) -> bytes:
        """What the records of the largest segment that has a dictionary are compressed with.

        One for all is enough, and a merged segment keeps those of all its parts.
        """
        known = (self._arrays(segment).records.dictionaries[-1]
                 for segment in sorted((*self._committed, *self._fresh), key=lambda one: -one.documents))
        return next(filter(None, known), b"")

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
        self._publish(segments)

    def _publish(self, segments: list[ArraySegment]) -> None:
        """Replace the table of contents, then remove what it does not name.

        An error, or Ctrl-C, behind the rename undoes nothing: the commit is made, and is known as such.
        """
        self._generation += 1
        try:
            TOC(schema(), segments, self._generation).write(self._storage, NAME)
            clean_files(self._storage, NAME, self._generation, segments)
        finally:
            if latest_generation(self._folder) == self._generation:
                self._committed, self._fresh, self._deleted = segments, [], 0
                names = {segment.segid for segment in segments}
                self._open = {name: arrays for name, arrays in self._open.items() if name in names}

    def _merged(self, segments: list[ArraySegment], everything: bool) -> list[ArraySegment]:
        """The segments, merged until the policy is content."""
        while True:
            sizes = [(self._living(segment), segment.letters) for segment in segments]
            chosen = to_merge(sizes, MAX_LETTERS, everything)
            everything = False
            if not chosen:
                return segments
            merged = self._merge([segments[number] for number in chosen])
            segments = [merged if number == chosen[0] else segment
                        for number, segment in enumerate(segments)
                        if number == chosen[0] or number not in chosen]

    def _living(self, segment: ArraySegment) -> int:
        """The letters of the documents that are not deleted: not a share of all, reports differ in
        length, and a segment holds no more than MAX_LETTERS."""
        if not segment.deleted:
            return segment.letters
        return int(np.diff(self._arrays(segment).areas[::2])[_live(segment)].sum())

    def _merge(self, segments: list[ArraySegment]) -> ArraySegment:
        sources = [(self._arrays(segment), _live(segment)) for segment in segments]
        return self._written(lambda path: merge_segments(sources, path))

    def close(self) -> None:
        """Forget what was not committed; release the lock."""
        if self._lock is not None:
            self._sweep()
            self._lock.release()
            self._lock = None
        self._forget()

    def _forget(self) -> None:
        self._committed, self._fresh, self._deleted = [], [], 0
        self._builder, self._gathered, self._withdrawn = SegmentBuilder(), {}, set()
        self._open.clear()

    def _sweep(self) -> None:
        """Remove what no commit names.

        What the last one names is asked anew: an interruption may have come when it was made and this
        writer did not know it yet.  Where it cannot be read, nothing is removed.
        """
        with suppress(BangfuError, OSError):
            sweep(self._folder, contents_of(self._folder).segments)
