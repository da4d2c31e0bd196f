"""What a search engine must do for Bangfu: the protocol, and the records that cross it."""

from __future__ import annotations

import json
from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Protocol, Self

from indexer.store.query import Exact, Near, Query, Request, Term

# The facets that every engine keeps.  A value with `/` is a path: it counts for those above it too.
FACETS = ("region", "year", "published_year", "source", "script", "theme", "kind", "helper")
UNKNOWN = "unknown"
# From so many characters on that are folded, one pass over a text is faster than a pass for each.
_MANY = 40


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

    def values(self) -> list[Any]:
        """As JSON values; `of` reads them back."""
        made = self.made
        return [self.page_id, self.origin, self.path, made.digest, made.cleaning, made.tokens, self.reports]

    @classmethod
    def of(cls, values: list[Any]) -> Self:
        """From what `values` gave."""
        page_id, origin, path, digest, cleaning, tokens, reports = values
        return cls(page_id, origin, path, Made(digest, cleaning, tokens), reports)


@dataclass(frozen=True, slots=True)
class Document:
    """A report ready to be indexed: tokenised, its facets named, its display record packed.

    Words are parted by blanks.  `text` is the folded title, a NUL and the folded body: what exact
    strings are sought in; `display` is the same as it is shown, of the same length.
    `published` is YYYYMMDD with zeros for what is not known, 0 when nothing is.  `stored` is what
    a hit shows, made by `pack`; `details`, made by `pack_details`, is what is kept besides.
    All of it is text and bytes, which cross from process to process as they are.
    """

    id: str
    state: PageState
    title_words: str
    body_words: str
    text: str
    display: str
    facets: Mapping[str, tuple[str, ...]]
    published: int
    stored: bytes
    details: bytes = b"{}"


def pack(record: Mapping[str, Any], text: str) -> bytes:
    """A display record and the search text as bytes.

    Where the record shows the text, only the characters that are searched as others are kept.
    """
    pairs = {one: other for one, other in zip(_shown(record), text, strict=False) if one != other}
    folds = ["".join(pairs), "".join(pairs.values())]
    whole = _folded(record, folds) != text
    return f"{_json(record)}\t{_json(text if whole else folds)}".encode("utf-8", "surrogatepass")


def unpack(stored: bytes) -> tuple[dict[str, Any], str]:
    """What `pack` made into record and search text again. Raises ValueError."""
    shown, _, kept = stored.decode("utf-8", "surrogatepass").partition("\t")
    record, text = json.loads(shown), json.loads(kept)
    return record, text if isinstance(text, str) else _folded(record, text)


def _shown(record: Mapping[str, Any]) -> str:
    """Title and body as a record shows them, in the form of `Document.display`."""
    return f"{record.get('title') or ''}\0{record.get('body') or ''}"


def _folded(record: Mapping[str, Any], folds: list[str]) -> str:
    """What a record shows, with each of some characters as another one."""
    shown, (before, after) = _shown(record), folds
    if len(before) > _MANY:
        return shown.translate(str.maketrans(before, after))
    for one, other in zip(before, after, strict=True):
        shown = shown.replace(one, other)
    return shown


def pack_details(details: Mapping[str, Any]) -> bytes:
    """Details as bytes."""
    return _json(details).encode("utf-8", "surrogatepass")


def unpack_details(stored: bytes) -> dict[str, Any]:
    """What `pack_details` made into details again. Raises ValueError."""
    details: dict[str, Any] = json.loads(stored.decode("utf-8", "surrogatepass"))
    return details


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


@dataclass(frozen=True, slots=True)
class Hit:
    """One report found: its display record as it was stored, its search text, and its score.

    `text` is `Document.text`; the score is 0 when browsing; `reprints` are the other reports of the
    list that are folded into this one.  A report that was asked for by its id
    has its details in `stored` too.
    """

    id: str
    score: float
    stored: Mapping[str, Any]
    text: str
    reprints: int = 0


class FacetCounts(Mapping[str, int]):
    """The values of a facet that occur, with their numbers of reports: most first, then in order."""

    @abstractmethod
    def top(self, number: int) -> list[tuple[str, int]]:
        """The first so many; cheaper than all."""


@dataclass(frozen=True, slots=True)
class Hits:
    """One page of hits, the exact number of all, and the facet counts that were asked for.

    `total` counts what the list shows: reports, or groups of reprints where these are collapsed;
    `reports` always counts reports.
    """

    total: int
    reports: int
    hits: tuple[Hit, ...]
    facets: Mapping[str, FacetCounts] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Tally:
    """What strings amount to in the reports that have one value of a facet.

    `occurrences` of the strings in `reports` reports that hold one; `all_reports` and `all_letters`
    are the denominators: all reports of the request's filters with this value, and their letters.
    """

    value: str
    occurrences: int
    reports: int
    all_reports: int
    all_letters: int


class Concordance(Protocol):
    """The reports of a request that hold some strings, in order, and how often each does."""

    @property
    def counts(self) -> Sequence[int]:
        """Occurrences in each report, in the order of the request."""

    @property
    def total(self) -> int:
        """All occurrences."""

    def hit(self, number: int) -> Hit:
        """The report at a place of the order."""


class Searcher(Protocol):
    """A snapshot of the last commit. Close it, or use it in a `with` statement."""

    @property
    def commit(self) -> str:
        """A name of the commit that is seen; another name means other contents."""

    def search(self, request: Request) -> Hits:
        """The hits of a request; ties in score are broken by report id."""

    def stream(self, request: Request) -> Iterator[Hit]:
        """Every hit of a request in its order, one at a time, whatever its offset and limit."""

    def concordance(self, request: Request, strings: tuple[Exact | Near, ...]) -> Concordance:
        """Where strings occur among the hits of a request."""

    def tally(self, strings: tuple[Exact | Near | Term, ...], facet: str,
              filters: Mapping[str, frozenset[str]], collapse: bool = False) -> list[Tally]:
        """What strings amount to by the values of a facet, every value that has a report.

        With `collapse` a group of reprints is one report in every number: it counts under the values of
        its earliest one, as often as the earliest one that holds a string does.
        """

    def reprints(self, report_id: str) -> list[str]:
        """The ids of the reports that are nearly the same text, this one among them, earliest first."""

    def words(self, least: int) -> Iterator[tuple[str, int]]:
        """The dictionary words that at least so many reports hold in their bodies, with how many."""

    def count(self, query: Query | None = None) -> int:
        """How many reports a query finds; all reports without one."""

    def get(self, report_id: str) -> Hit | None:
        """One report by its id."""

    def reports(self) -> Iterator[Mapping[str, Any]]:
        """The records of all reports with their details, one at a time."""

    def pages(self) -> Iterator[PageState]:
        """What is known of every page in the index."""

    def values(self, facet: str) -> Mapping[str, int]:
        """All values of a facet with their numbers of reports."""

    def space(self) -> Mapping[str, int]:
        """What takes how many bytes, for people."""

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

    def commit(self, *, merge: bool = False) -> None:
        """Make everything since the last commit visible, all or nothing. The writer goes on.

        `merge` also makes one segment of all: smallest and fastest, but everything is written anew.
        """

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
