"""What a search engine must do for Bangfu: the protocol, and the records that cross it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Protocol, Self

from indexer.store.query import Query, Request

# The facets that every engine keeps; `region` holds a path and each of its ancestors.
FACETS = ("region", "year", "published_year", "source", "script")
UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Made:
    """What a record was made from and by: the page's digest and the fingerprints of the makers."""

    digest: str
    cleaning: str
    tokens: str


@dataclass(frozen=True, slots=True)
class PageState:
    """What an index knows of a page, enough to decide whether it must be read again."""

    page_id: str
    origin: str
    path: str
    made: Made
    reports: int

    @property
    def file(self) -> str:
        """The file that the page lies in (see `model.Source.origin`)."""
        return self.origin.rsplit("|", 2)[0]


@dataclass(frozen=True, slots=True)
class Document:
    """A report ready to be indexed: tokenised, its facets named, its display record packed.

    `text` is the folded title, a NUL and the folded body: what exact strings are sought in.
    `published` is YYYYMMDD with zeros for what is not known, 0 when nothing is.
    """

    id: str
    state: PageState
    title_words: tuple[str, ...]
    body_words: tuple[str, ...]
    text: str
    facets: Mapping[str, tuple[str, ...]]
    published: int
    stored: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Hit:
    """One report found: its display record as it was stored, its search text, and its score.

    `text` is `Document.text`; the score is 0 when browsing.
    """

    id: str
    score: float
    stored: Mapping[str, Any]
    text: str


@dataclass(frozen=True, slots=True)
class Hits:
    """One page of hits, the exact number of all, and the facet counts that were asked for."""

    total: int
    hits: tuple[Hit, ...]
    facets: Mapping[str, tuple[tuple[str, int], ...]] = field(default_factory=dict)


class Searcher(Protocol):
    """A snapshot of the last commit. Close it, or use it in a `with` statement."""

    @property
    def commit(self) -> str:
        """A name of the commit that is seen; another name means other contents."""

    def search(self, request: Request) -> Hits:
        """The hits of a request; ties in score are broken by report id."""

    def count(self, query: Query | None = None) -> int:
        """How many reports a query finds; all reports without one."""

    def get(self, report_id: str) -> Hit | None:
        """One report by its id."""

    def reports(self) -> Iterator[Mapping[str, Any]]:
        """The display records of all reports, one at a time."""

    def pages(self) -> Iterator[PageState]:
        """What is known of every page in the index."""

    def values(self, facet: str) -> Mapping[str, int]:
        """All values of a facet with their numbers of reports."""

    def check(self) -> list[str]:
        """Sentences about whatever is damaged or contradictory; empty when all is well."""

    def close(self) -> None:
        """Give back files and memory."""

    def __enter__(self) -> Self: ...

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None: ...


class Writer(Protocol):
    """The one writer of an index. What is not committed is lost, and only that."""

    def add(self, document: Document) -> None:
        """Put a report in; a page's former reports must have been deleted before."""

    def delete_page(self, page_id: str) -> None:
        """Take all committed reports of a page out."""

    def commit(self) -> None:
        """Make everything since the last commit visible, all or nothing. The writer goes on."""

    def close(self) -> None:
        """Commit nothing more, release the lock. What was not committed is forgotten."""


class SearchEngine(Protocol):
    """One kind of index: creates, opens, writes."""

    def writer(self) -> Writer:
        """Start writing. Raises IndexBusy when another writer holds the index."""

    def searcher(self) -> Searcher:
        """See the last commit. Raises IndexDamaged when it cannot be read."""

    def commit(self) -> str:
        """The name of the last commit, cheap enough to be asked at every request."""

    def size(self) -> int:
        """Bytes on disk."""
