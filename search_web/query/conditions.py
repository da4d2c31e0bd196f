"""Fields typed in a query (地区:酒泉, 年份:2012..2015) become conditions on facets, dates and lengths."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping

from indexer.store.engine import UNKNOWN
from indexer.store.exact import bare, tight
from indexer.store.query import Query, Range, Tag
from indexer.text.script import fold, to_simplified
from search_web.query import ranges
from search_web.query.lexer import Note

# Facet values that a name means; none when there is no such thing.
Resolver = Callable[[str], frozenset[str]]

_SEPARATORS = re.compile(r"[、，,;；]")
_UNKNOWN = frozenset({"不详", "未知", "不明", UNKNOWN})
_SCRIPTS = {"简体": "hans", "简": "hans", "hans": "hans", "繁体": "hant", "繁": "hant", "hant": "hant",
            "混合": "mixed", "mixed": "mixed"}


def values(typed: str, field: str) -> list[str]:
    """The values of a field, of which one must hold: 甘肃、四川.

    >>> values("甘肃、四川", "region"), values("1,000..2,000", "length")
    (['甘肃', '四川'], ['1,000..2,000'])
    """
    if field == "length":
        return [typed]
    return [value for part in _SEPARATORS.split(typed) if (value := part.strip())]


def condition(value: str, field: str, resolvers: Mapping[str, Resolver], notes: list[Note]) -> Query | None:
    """The condition that a value of a field states; None when the field has no such value.

    Without a resolver for the field, the value is the facet value (in Simplified).
    """
    folded = tight(fold(value))
    if not bare(folded):
        return None
    if folded in _UNKNOWN and field != "length":
        return Tag("published_year" if field == "published" else field, frozenset({UNKNOWN}))
    match field:
        case "year":
            span = _turned(ranges.years(value), value, notes)
            return Tag("year", _single_years(span)) if span else None
        case "published":
            span = _turned(ranges.dates(value), value, notes)
            return Range("published", span.low, span.high) if span else None
        case "length":
            span = _turned(ranges.lengths(value), value, notes)
            return Range("length", span.low, span.high) if span else None
        case "script":
            return Tag(field, frozenset({_SCRIPTS[folded]})) if folded in _SCRIPTS else None
    resolver = resolvers.get(field)
    named = resolver(value) if resolver else frozenset({to_simplified(value)})
    return Tag(field, named) if named else None


def named(known: Iterable[str]) -> Resolver:
    """A resolver over the values that a facet has: the value of that name, else all that hold it.

    >>> resolve = named(["产业", "临洮县扶贫办", "陇西县扶贫办"])
    >>> sorted(resolve("臨洮縣扶貧辦")), len(resolve("扶贫办")), resolve("税务局")
    (['临洮县扶贫办'], 2, frozenset())
    """
    by_name = {tight(fold(value)): value for value in known}

    def resolve(text: str) -> frozenset[str]:
        wanted = tight(fold(text))
        if wanted in by_name:
            return frozenset({by_name[wanted]})
        return frozenset(value for name, value in by_name.items() if len(wanted) > 1 and wanted in name)

    return resolve


def _single_years(span: ranges.Span) -> frozenset[str]:
    if span.low is not None and span.low == span.high:
        return frozenset({str(span.low)})
    low = ranges.FIRST_YEAR if span.low is None else max(span.low, ranges.FIRST_YEAR)
    high = ranges.LAST_YEAR if span.high is None else min(span.high, ranges.LAST_YEAR)
    return frozenset(map(str, range(low, high + 1)))


def _turned(span: ranges.Span | None, typed: str, notes: list[Note]) -> ranges.Span | None:
    if span is not None and span.turned:
        notes.append(Note("range-turned", f"{typed} ends before it begins: it was turned round.", typed))
    return span
