"""What a user asks: words, filters, order and place in the list, as typed; checked against the index."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from functools import cache, cached_property
from typing import Any, Literal

from indexer.errors import UsageError
from indexer.metadata.kind import signs
from indexer.metadata.regions import resolve_region
from indexer.metadata.themes import lexicon
from indexer.store.engine import UNKNOWN, Searcher
from indexer.store.query import Sort
from indexer.text.script import fold, to_simplified
from search_web.query import ranges
from search_web.query.account import Filter
from search_web.query.conditions import Resolver, named
from search_web.query.lexer import Note

SORTS: tuple[Sort, ...] = ("relevance", "newest", "oldest")
SCRIPTS = ("hans", "hant", "mixed")
# Which years are meant: those that a report is about, or the one it was published in.
YEARS_BY = ("period", "published")
MAX_LIMIT = 100
# Beyond this a list is no longer read but exported; the answer says so.
MAX_OFFSET = 10_000
# A name that so many sources hold is looked up, not spelled out in links.
MAX_NAMED = 20

Field = Literal["region", "year", "source", "theme", "kind", "script"]


@dataclass(frozen=True, slots=True)
class Selection:
    """Which reports are wanted, and in what order, as typed.

    `regions`, `years`, `sources`, `themes`, `kinds`, `scripts`: one value of each must hold;
    `unknown` is a value.  `years_by` says which years are meant.  `own_script`: strings must stand
    in the characters that were typed.  `no_synonyms`: words that get none, and synonyms that are
    not wanted.  `collapse`: reprints are one hit.  `partly`: only what holds most of the words, but
    fewer than are asked.
    """

    query: str = ""
    regions: tuple[str, ...] = ()
    years: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    scripts: tuple[str, ...] = ()
    themes: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    years_by: str = "period"
    own_script: bool = False
    no_synonyms: tuple[str, ...] = ()
    collapse: bool = True
    partly: bool = False
    sort: str | None = None

    @property
    def values(self) -> dict[str, Any]:
        """What is selected, by name: for another of its kinds."""
        return {field.name: getattr(self, field.name) for field in fields(Selection)}


@dataclass(frozen=True, slots=True)
class Question(Selection):
    """A selection, and which part of its list is asked for.  `whole_tree`: every region is counted, not
    only those along the chosen ones.
    """

    limit: int = 10
    offset: int = 0
    whole_tree: bool = False

    def check(self) -> None:
        """Raises UsageError for a value that cannot be meant whatever the index holds."""
        _check_choice("sort", self.sort or SORTS[0], SORTS, "unknown-sort")
        _check_choice("year_by", self.years_by, YEARS_BY, "unknown-year-by")
        for script in self.scripts:
            _check_choice("script", script, SCRIPTS, "unknown-script")
        if not 0 <= self.limit <= MAX_LIMIT:
            raise UsageError(f"The number of hits on a page must lie between 0 and {MAX_LIMIT}.",
                             "bad-limit", limit=MAX_LIMIT)
        if not 0 <= self.offset <= MAX_OFFSET:
            raise UsageError(f"The list can be read up to hit {MAX_OFFSET:,}; narrow the search by place, "
                             "year or words to reach the others.", "bad-offset", limit=MAX_OFFSET)


def _check_choice(name: str, value: str, choices: Sequence[str], code: str) -> None:
    if value not in choices:
        raise UsageError(f"Unknown {name} {value[:40]!r}: use {', '.join(choices[:-1])} or {choices[-1]}.",
                         code, name=name, value=value)


@dataclass(frozen=True, slots=True)
class Meant:
    """What a name that was typed as a filter means: facet values, and by what kind of name.

    `ambiguous`: several places bear the name, and any of them is searched.
    """

    typed: str
    values: frozenset[str]
    understood: str = ""
    ambiguous: bool = False

    @property
    def kept(self) -> tuple[str, ...]:
        """What a link carries: the values, or the name where they would be too many."""
        return tuple(sorted(self.values)) if len(self.values) <= MAX_NAMED else (self.typed,)


@dataclass(frozen=True, slots=True)
class Filters:
    """The filters of a question as facet values, what each name meant, and remarks."""

    values: Mapping[str, frozenset[str]] = field(default_factory=dict)
    meant: Mapping[str, tuple[Meant, ...]] = field(default_factory=dict)
    notes: tuple[Note, ...] = ()

    def kept(self, facet: str) -> list[str]:
        """The values of a facet as a link carries them, in order."""
        return sorted({value for meant in self.meant.get(facet, ()) for value in meant.kept})


class Names:
    """The facet values of one commit, and what people call them."""

    def __init__(self, searcher: Searcher) -> None:
        self.searcher = searcher

    @cached_property
    def regions(self) -> Mapping[str, str]:
        """Region values by their search forms."""
        return {fold(value): value for value in self.searcher.values("region")}

    @cached_property
    def branches(self) -> Mapping[str, tuple[str, ...]]:
        """The regions directly below each region, those of the first level below the empty name."""
        found: dict[str, list[str]] = {}
        for value in self.searcher.values("region"):
            found.setdefault(value.rpartition("/")[0], []).append(value)
        return {value: tuple(below) for value, below in found.items()}

    @cached_property
    def resolvers(self) -> Mapping[str, Resolver]:
        """For `read_query`: the facet values that a name typed behind a field means."""
        return {"region": lambda name: self.region(name).values,
                **{facet: self._when_asked(facet) for facet in ("source", "theme", "kind")}}

    def _when_asked(self, facet: str) -> Resolver:
        """A resolver that reads the values of its facet when it is first used."""
        def resolve(name: str) -> frozenset[str]:
            return self._named(facet)(name)
        return resolve

    def _named(self, facet: str) -> Resolver:
        if facet not in self._by_name:
            self._by_name[facet] = named(self._known(facet))
        return self._by_name[facet]

    @cached_property
    def _by_name(self) -> dict[str, Resolver]:
        return {}

    def _known(self, facet: str) -> frozenset[str]:
        known = frozenset(self.searcher.values(facet)) - {UNKNOWN}
        return known | _vocabulary(facet)

    def region(self, name: str) -> Meant:
        """The regions that a name means: as the index has them, else as the gazetteer does.

        A village is known to the index alone.  No values: nobody knows a place of that name.
        """
        wanted = fold(name).strip("/ ")
        if wanted in self.regions:
            return Meant(name, frozenset({self.regions[wanted]}), "path")
        found = resolve_region(name)
        paths = frozenset("/".join(path) for path in found.paths)
        known = frozenset(paths & self.searcher.values("region").keys())
        if known:
            return Meant(name, known, found.understood, found.ambiguous and len(known) > 1)
        below = frozenset(value for path in paths for value in self._below(path))
        ends = below or (frozenset() if paths else self._ending(wanted))
        if ends:
            return Meant(name, ends, "village", len(ends) > 1)
        return Meant(name, paths, found.understood, found.ambiguous)

    def _below(self, path: str) -> list[str]:
        """Regions of the name that a path ends with, anywhere inside of what it begins with."""
        whole, _, last = path.rpartition("/")
        return [value for value in self.regions.values()
                if whole and value.startswith(f"{whole}/") and value.endswith(f"/{last}")]

    def _ending(self, wanted: str) -> frozenset[str]:
        """Regions whose path ends so, the highest level of them."""
        found = [value for form, value in self.regions.items() if wanted and form.endswith(f"/{wanted}")]
        least = min((value.count("/") for value in found), default=0)
        return frozenset(value for value in found if value.count("/") == least)

    def filters(self, question: Question) -> Filters:
        """The filters of a question. Raises UsageError for a value that cannot be meant."""
        question.check()
        asked: dict[str, tuple[Callable[[str], Meant], tuple[str, ...]]] = {
            "region": (self._region, question.regions),
            year_facet(question): (lambda text: self._year(text, year_facet(question)), question.years),
            "source": (self._source, question.sources),
            "theme": (lambda name: self._listed("theme", name), question.themes),
            "kind": (lambda name: self._listed("kind", name), question.kinds),
            "script": (lambda name: Meant(name, frozenset({name})), question.scripts),
        }
        meant = {facet: tuple(map(read, typed)) for facet, (read, typed) in asked.items() if typed}
        values = {facet: frozenset().union(*(one.values for one in found)) for facet, found in meant.items()}
        return Filters(values, meant, self._notes(meant))

    def _region(self, name: str) -> Meant:
        if name == UNKNOWN:
            return Meant(name, frozenset({UNKNOWN}))
        meant = self.region(name)
        if not meant.values:
            raise UsageError(f"No region is called {name[:60]!r}. Write it as 甘肃省, 酒泉市 or "
                             "甘肃省/酒泉市/敦煌市.", "unknown-region", value=name)
        return meant

    def _year(self, text: str, facet: str) -> Meant:
        if text == UNKNOWN:
            return Meant(text, frozenset({UNKNOWN}))
        span = ranges.years(text)
        if span is None:
            raise UsageError(f"{text[:40]!r} is no year. Write 2012, or 2012..2015 for a range.",
                             "bad-year", value=text)
        if span.turned:
            right = f"{span.low}..{span.high}"
            raise UsageError(f"The range {text!r} ends before it begins: write {right}.",
                             "bad-range", value=text, right=right)
        low, high = span.low or 0, 9999 if span.high is None else span.high
        known = self.searcher.values(facet)
        return Meant(text, frozenset(value for value in known
                                     if value != UNKNOWN and low <= int(value) <= high))

    def _source(self, name: str) -> Meant:
        """A source of that name, else all whose names hold it; one that nobody knows finds nothing."""
        value = to_simplified(name)
        if value in self.searcher.values("source"):
            return Meant(name, frozenset({value}))
        return Meant(name, self._named("source")(name) or frozenset({value}))

    def _listed(self, facet: Literal["theme", "kind"], name: str) -> Meant:
        """A theme or a kind: there is a list of them."""
        if name == UNKNOWN:
            return Meant(name, frozenset({UNKNOWN}))
        values = self._named(facet)(name)
        if not values:
            raise UsageError(f"There is no {facet} {name[:40]!r}. Those there are: "
                             f"{'、'.join(sorted(self._known(facet)))}.", f"unknown-{facet}", value=name,
                             known="、".join(sorted(self._known(facet))))
        return Meant(name, values)

    def _notes(self, meant: Mapping[str, tuple[Meant, ...]]) -> tuple[Note, ...]:
        """What a user should know who finds nothing for another reason than the words."""
        if not self.searcher.count():
            return (Note("empty-index", "The index holds no report yet."),)
        notes: list[Note] = []
        for source in meant.get("source", ()):
            if not source.values & self.searcher.values("source").keys():
                notes.append(Note("unknown-source", f"No report names the source {source.typed}.",
                                  source.typed))
        return tuple(notes) + self._of_regions(meant.get("region", ()))

    def _of_regions(self, regions: Iterable[Meant]) -> tuple[Note, ...]:
        notes = []
        for region in regions:
            if not region.values & self.searcher.values("region").keys():
                notes.append(Note("no-report-of-region", f"No report is about {region.typed}.",
                                  region.typed))
            elif region.ambiguous:
                notes.append(Note("several-regions", f"Several regions are called {region.typed}: all are "
                                  "searched.", region.typed))
        return tuple(notes)

    def remarks(self, typed: Iterable[Filter]) -> tuple[Note, ...]:
        """The same remarks on regions that were typed in the query as a field."""
        named = (one.typed for one in typed if one.field == "region" and one.values != (UNKNOWN,))
        return self._of_regions(map(self.region, named))


def year_facet(question: Question) -> str:
    """The facet that the years of a question filter.

    >>> year_facet(Question(years_by="published"))
    'published_year'
    """
    return "published_year" if question.years_by == "published" else "year"


@cache
def _vocabulary(facet: str) -> frozenset[str]:
    """The themes or kinds that there are, whether a report has them or not."""
    if facet == "kind":
        return frozenset(sign.kind for sign in signs())
    if facet == "theme":
        return frozenset(theme for _, uses in lexicon().values() for theme, _ in uses)
    return frozenset()
