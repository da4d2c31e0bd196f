"""The engine-neutral query tree: what is asked, without a word about how it is found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Sort = Literal["relevance", "newest", "oldest"]

# The two texts of a report. None in their place means either of them.
Area = Literal["title", "body"]


@dataclass(frozen=True, slots=True)
class All:
    """Every report."""


@dataclass(frozen=True, slots=True)
class Term:
    """Reports that hold the dictionary word `text`; its weight is BM25F of title and body."""

    text: str
    area: Area | None = None


@dataclass(frozen=True, slots=True)
class Wildcard:
    """Reports that hold a dictionary word of the shape `pattern`: `*` any letters, `?` one."""

    pattern: str
    area: Area | None = None


@dataclass(frozen=True, slots=True)
class Exact:
    """Reports that hold the string `text`, whatever the words (see `exact.py`).

    `text` is a search form (`script.fold`).  Where `typed` is given (of the same length), the
    report must show those very Chinese characters: typed 貧困 then does not find 贫困.  `unbroken`:
    no mark stands between its letters, as in a word; 会议 is then not found in 开会，议定.
    """

    text: str
    area: Area | None = None
    typed: str | None = None
    unbroken: bool = False

    def __post_init__(self) -> None:
        if self.typed is not None and len(self.typed) != len(self.text):
            raise ValueError(f"{self.typed!r} cannot be how {self.text!r} is shown: their lengths differ.")


@dataclass(frozen=True, slots=True)
class Near:
    """Reports that hold all strings of `parts` close together; letters count, marks and blanks do not.

    `ordered`: each part behind the one before, at most `distance` letters in between.  Else: in
    any order, in a passage that is at most `distance` letters longer than the parts together.
    """

    parts: tuple[str, ...]
    distance: int
    ordered: bool = False
    area: Area | None = None


@dataclass(frozen=True, slots=True)
class Tag:
    """Reports that have one of `values` in a facet."""

    facet: str
    values: frozenset[str]


@dataclass(frozen=True, slots=True)
class Range:
    """Reports whose number in `column` (`published` as YYYYMMDD, `length` in letters) lies in
    `low`..`high`, both included; None is open.  A report without a number is in no range."""

    column: Literal["published", "length"]
    low: int | None = None
    high: int | None = None


@dataclass(frozen=True, slots=True)
class And:
    """Reports that all `parts` find; no part finds every report."""

    parts: tuple[Query, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """Reports that at least `minimum` of `parts` find; no part finds nothing."""

    parts: tuple[Query, ...]
    minimum: int = 1


@dataclass(frozen=True, slots=True)
class Not:
    """Reports that `part` does not find. Does not score."""

    part: Query


@dataclass(frozen=True, slots=True)
class Prefer:
    """The reports of `query`; those that a wish finds too come first, by the wish's weight."""

    query: Query
    wishes: tuple[tuple[Query, float], ...]


Query = All | Term | Wildcard | Exact | Near | Tag | Range | And | Or | Not | Prefer


@dataclass(frozen=True, slots=True)
class Request:
    """A query with everything around it.

    `filters` maps a facet to the values of which one must hold; facets are combined with AND.
    `facets` are the facets to count: each for the query under all filters but its own.
    `collapse` shows reprints once, as the earliest of the group that is found.
    """

    query: Query
    filters: Mapping[str, frozenset[str]] = field(default_factory=dict)
    facets: tuple[str, ...] = ()
    sort: Sort = "relevance"
    offset: int = 0
    limit: int = 10
    collapse: bool = False
