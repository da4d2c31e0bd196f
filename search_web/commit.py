"""One commit of the index with what is made from it once: its names, its suggestions, how it reads."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, TypeVar, cast

from indexer.store.engine import Hits, Searcher
from indexer.store.exact import bare, tight
from indexer.store.query import And, Not, Or, Query, Request, Sort, Tag
from indexer.text.script import fold
from search_web.query.account import partly
from search_web.query.question import SORTS, Filters, Names, Question
from search_web.query.reader import Reading, read_query, relaxed
from search_web.suggest.suggestions import Suggester

# Answers that took long (sorted concordances, similar reports) and may be asked for again: page 2.
KEPT = 8

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Found:
    """What a question found: how it was read in the end, its request, and the hits.

    `first` is the reading before `steps` words were given up; without a relaxation it is `reading`.
    """

    reading: Reading
    filters: Filters
    request: Request
    hits: Hits
    first: Reading
    steps: int = 0


class Commit:
    """A searcher and what was derived from it.  Safe for several threads."""

    def __init__(self, searcher: Searcher) -> None:
        self.searcher = searcher
        self.names = Names(searcher)
        self._kept: OrderedDict[Any, Any] = OrderedDict()
        self._lock = threading.Lock()

    @cached_property
    def suggester(self) -> Suggester:
        """Did you mean, and completion; its words are read when first asked."""
        return Suggester(self.searcher, lambda typed: self.read(Question(typed)))

    def once(self, key: Any, make: Callable[[], T]) -> T:
        """What `make` gives, kept for whoever asks for `key` again."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return cast(T, self._kept[key])
        value = make()
        with self._lock:
            self._kept[key] = value
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return value

    def read(self, question: Question) -> Reading:
        """How a question's words are read: names of places and sources as this index knows them."""
        without = frozenset(bare(tight(fold(word))) for word in question.no_synonyms)
        reading = read_query(question.query, own_script=question.own_script, without_synonyms=without,
                             resolvers=self.names.resolvers)
        remarks = self.names.remarks(reading.filters)
        return replace(reading, notes=tuple(dict.fromkeys((*reading.notes, *remarks))))

    def find(self, question: Question, facets: tuple[str, ...] = (), relax: bool = True) -> Found:
        """The hits of a question; where nothing holds all words, or `partly` asks so, what holds most.

        Raises UsageError for a value that cannot be meant.
        """
        filters = self.names.filters(question)
        reading = first = self.read(question)
        steps = 0
        if question.partly:
            reading, steps = self.partly(reading, filters)
        request = Request(reading.query, filters.values, facets, order(question, reading), question.offset,
                          question.limit, question.collapse)
        hits = self.searcher.search(request)
        if not hits.reports and relax and not question.partly:
            reading, steps = self._relaxed(reading, filters)
            if steps:
                request = replace(request, query=reading.query)
                hits = self.searcher.search(request)
        return Found(reading, filters, request, hits, first, steps)

    def _relaxed(self, reading: Reading, filters: Filters) -> tuple[Reading, int]:
        """The reading with as many words given up as must be, and how many; itself where none helps."""
        steps, last = 0, reading
        while (less := relaxed(last)) is not None:
            steps, last = steps + 1, less
            if self.searcher.count(under(less.query, filters.values)):
                return less, steps
        return reading, 0

    def partly(self, reading: Reading, filters: Filters) -> tuple[Reading, int]:
        """What holds fewer words than a reading asks for, and how many fewer; nothing where nothing does."""
        steps = 1
        while (less := partly(reading, steps)) is not None:
            if self.searcher.count(under(less.query, filters.values)):
                return less, steps
            steps += 1
        return replace(reading, query=Or(())), 0

    def by_conversion(self, question: Question, found: Found) -> int:
        """How many reports are found only because one script is read as the other."""
        reading = found.reading
        if question.own_script or not (reading.words or reading.exact or reading.patterns):
            return 0
        own = self.read(replace(question, own_script=True))
        if question.partly and found.steps:
            own = partly(own, found.steps) or own
        else:
            for _ in range(found.steps):
                own = relaxed(own) or own
        if own.query == reading.query:
            return 0
        return self.searcher.count(under(And((reading.query, Not(own.query))), found.filters.values))


def under(query: Query, filters: Mapping[str, frozenset[str]]) -> Query:
    """A query under the filters of a request, for counting."""
    tags = tuple(Tag(facet, values) for facet, values in filters.items())
    return And((query, *tags)) if tags else query


def order(question: Question, reading: Reading) -> Sort:
    """Relevance once words are typed, newest first when browsing, unless asked otherwise."""
    asked = next((sort for sort in SORTS if sort == question.sort), None)
    return asked or ("newest" if reading.browsing else "relevance")
