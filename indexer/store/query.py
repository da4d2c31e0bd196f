"""The engine-neutral query tree: what is asked, without a word about how it is found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Sort = Literal["relevance", "newest", "oldest"]


@dataclass(frozen=True, slots=True)
class All:
    """Every report."""


@dataclass(frozen=True, slots=True)
class Term:
    """Reports that hold the word `text` in the word field `field` (`title` or `body`)."""

    field: str
    text: str


@dataclass(frozen=True, slots=True)
class Phrase:
    """Reports that hold `words` of a word field in this order, at most `slop` words in between."""

    field: str
    words: tuple[str, ...]
    slop: int = 0


@dataclass(frozen=True, slots=True)
class Exact:
    """Reports whose title or body holds the string `text`, whatever the words (see `exact.py`)."""

    text: str


@dataclass(frozen=True, slots=True)
class And:
    """Reports that all `parts` find; no part finds every report."""

    parts: tuple[Query, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """Reports that at least one of `parts` finds; no part finds nothing."""

    parts: tuple[Query, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """Reports that `part` does not find. Does not score."""

    part: Query


@dataclass(frozen=True, slots=True)
class Prefer:
    """The reports of `query`; those that a wish finds too come first, by the wish's weight."""

    query: Query
    wishes: tuple[tuple[Query, float], ...]


Query = All | Term | Phrase | Exact | And | Or | Not | Prefer


@dataclass(frozen=True, slots=True)
class Request:
    """A query with everything around it.

    `filters` maps a facet to the values of which one must hold; facets are combined with AND.
    `facets` are the facets to count: each for the query under all filters but its own.
    """

    query: Query
    filters: Mapping[str, frozenset[str]] = field(default_factory=dict)
    facets: tuple[str, ...] = ()
    sort: Sort = "relevance"
    offset: int = 0
    limit: int = 10
