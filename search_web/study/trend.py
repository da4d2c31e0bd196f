"""Counts over time and place: how often terms occur by year, region, theme or kind, with denominators."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from indexer.errors import UsageError
from indexer.store.engine import UNKNOWN, Tally
from indexer.store.exact import bare, tight
from indexer.store.query import And, Exact, Tag
from indexer.text.script import fold
from search_web.answer.occurrences import Leaf, distinct, strings
from search_web.commit import Commit
from search_web.query import ranges
from search_web.query.lexer import Note
from search_web.query.plain import forms
from search_web.query.question import MAX_NAMED, Question
from search_web.query.reader import Reading
from search_web.query.syntax import AllOf, AnyOf, InField, Node, Quoted, Words, parse

BY = ("year", "published_year", "region", "theme", "kind")
MAX_TERMS = 12
MAX_TERM = 200
# What a rate by letters is given for.
LETTERS = 10_000

NOTE = ("A report may be about several years and have several themes: it counts under each. Rates divide "
        "by all reports of the value, and by their letters.")
FOLDED = "Reports that are nearly the same text count once, as the earliest of them, in the denominators too."
SINGLY = "Reports that are nearly the same text count one by one."

_UNQUOTED_NEAR = re.compile(r'([^"“「『~]*[^"”」』~])~([0-9]+)')
_QUOTES = re.compile("[\"＂“”„「」『』]")
# Terms as they are listed: a quoted one whole, and the comma of 1,200 belongs to it.
_LISTED = re.compile(r'(?:"[^"]{0,200}"|“[^”]{0,200}”|「[^」]{0,200}」|『[^』]{0,200}』'
                     r"|(?<=\d)[,，](?=\d{3}(?!\d))|[^,，;；、\n])+")
# The fields of a query that a filter can stand for.
_FILTERS = frozenset({"region", "year", "source", "theme", "kind", "script"})
# Every report has one script: its tallies add up to all reports.
_WHOLE = "script"


@dataclass(frozen=True, slots=True)
class Term:
    """A term as typed, and the strings that it stands for."""

    typed: str
    strings: tuple[Leaf, ...]


@dataclass(frozen=True, slots=True)
class Carried:
    """What of a search can be counted: its terms, its conditions by facet (as typed, and their
    values), and the parts, as typed, that the counts leave out of account."""

    terms: tuple[str, ...]
    filters: Mapping[str, tuple[str, tuple[str, ...]]]
    left: tuple[str, ...]


def split(typed: str) -> list[str]:
    """The terms of a list parted by commas; not those in quotes, nor the comma of a figure.

    >>> split("驻村，“产业，合作社”;1,200户")
    ['驻村', '“产业，合作社”', '1,200户']
    """
    return list(dict.fromkeys(filter(None, map(str.strip, _LISTED.findall(typed)))))


def carried(commit: Commit, question: Question) -> Carried:
    """The words and conditions of a search as terms and filters of counts; synonyms count with a word."""
    typed = question.query
    terms: list[str] = []
    filters: dict[str, tuple[str, tuple[str, ...]]] = {}
    left: list[str] = []
    for part in _parts(parse(typed).tree):
        piece = typed[part.start:part.end]
        reading = commit.read(replace(question, query=piece))
        values = _condition(part, reading, question)
        if values and isinstance(part, InField) and part.name not in filters:
            filters[part.name] = (piece, values)
            continue
        found, whole = _countable(commit, question, part, reading)
        fitting = [term for term in found if len(term) <= MAX_TERM]
        terms += fitting
        if not whole or len(fitting) < len(found):
            left.append(piece)
    counted = tuple(dict.fromkeys(terms))
    return Carried(counted[:MAX_TERMS], filters, tuple(dict.fromkeys((*left, *counted[MAX_TERMS:]))))


def _parts(node: Node | None) -> list[Node]:
    """What must all hold, brackets opened."""
    if isinstance(node, AllOf):
        return [one for part in node.parts for one in _parts(part)]
    return [node] if node else []


def _condition(part: Node, reading: Reading, question: Question) -> tuple[str, ...]:
    """The values of a condition that a filter can state; none where it cannot."""
    match reading.query:
        case And((Tag(facet, values),)) if isinstance(part, InField) and facet == part.name in _FILTERS:
            if facet == "year":
                by_period = question.years_by == "period"
                return tuple(_span(one.typed) for one in reading.filters) if by_period else ()
            few = len(values) <= MAX_NAMED
            return tuple(sorted(values)) if few else tuple(one.typed for one in reading.filters)
    return ()


def _span(typed: str) -> str:
    """A year or a range as a filter writes it, one that ends before it begins turned round."""
    span = ranges.years(typed)
    if span is None:
        return UNKNOWN
    low, high = ("" if year is None else str(year) for year in (span.low, span.high))
    return low if low == high else f"{low}..{high}"


def _countable(commit: Commit, question: Question, part: Node, reading: Reading) -> tuple[list[str], bool]:
    """The terms in a part of a search, and whether they are all that it says."""
    if isinstance(part, AnyOf) and all(isinstance(one, Words | Quoted) for one in part.parts):
        texts = (question.query[one.start:one.end] for one in part.parts)
        found = [_listed(commit.read(replace(question, query=text))) for text in texts]
        if all(len(one) == 1 and not re.search("[~*]", one[0]) for one in found):
            return ["|".join(dict.fromkeys(one[0] for one in found))], True
    plain = isinstance(part, Words | Quoted)
    return _listed(reading), plain and not any("|" in text for text in reading.exact)


def _listed(reading: Reading) -> list[str]:
    """The words of a reading as terms, such that `split` gives each back."""
    words = ["|".join((word, *reading.synonyms.get(word, ()))) for word in reading.words]
    exact = [f"“{text}”" for text in reading.exact]
    return [*exact, *words, *reading.patterns]


def trend(commit: Commit, terms: Sequence[str], by: str, question: Question,
          under: str | None) -> dict[str, Any]:
    """What each term amounts to for every value of a facet: the object of `/api/v1/trend`.

    A term is a string, found exactly whatever the words; 双联|联村联户 counts both together,
    "产业 合作社"~20 what stands near each other.  `question` gives filters; its words do not count.
    Where it collapses, a group of reprints is one report, in the denominators too.
    Regions are provinces, or the regions directly `under` one.  Raises UsageError.
    """
    if by not in BY:
        raise UsageError(f"Nothing can be counted by {by[:40]!r}: use {', '.join(BY)}.", "unknown-by",
                         value=by)
    read = [_term(commit, typed) for typed in dict.fromkeys(map(str.strip, terms)) if typed]
    if not 1 <= len(read) <= MAX_TERMS:
        raise UsageError(f"Give one term or more, at most {MAX_TERMS}.", "bad-terms", limit=MAX_TERMS)
    filters = commit.names.filters(question)
    parent, remarks = _parent(commit, by, under)
    values = dict(filters.values)
    if parent:
        inside = (value for value in values.get("region", ()) if f"{value}/".startswith(f"{parent}/"))
        values["region"] = frozenset(inside) or frozenset({parent})
    folded, tally = question.collapse, commit.searcher.tally
    tallies = [_rows(tally(term.strings, by, values, folded), by, parent) for term in read]
    totals = [_total(tally(term.strings, _WHOLE, values, folded)) for term in read]
    return {
        "by": by, "under": parent, "letters": LETTERS, "collapsed": folded,
        "note": f"{NOTE} {FOLDED if folded else SINGLY}",
        "terms": [{"term": term.typed, "strings": [_shown(leaf) for leaf in term.strings]} for term in read],
        "filters": {facet: filters.kept(facet) for facet in filters.meant},
        "notes": [asdict(note) for note in dict.fromkeys((*filters.notes, *remarks))],
        "rows": [_row(value, [tally[value] for tally in tallies]) for value in _order(tallies[0], by)],
        "total": _row("", totals),
    }


def _term(commit: Commit, typed: str) -> Term:
    if len(typed) > MAX_TERM:
        raise UsageError(f"A term may have at most {MAX_TERM} characters.", "term-too-long", limit=MAX_TERM)
    if re.search("[~～*＊]", typed):
        # 产业 合作社~20, as `Reading.patterns` says it, is “产业 合作社”~20.
        leaves = strings(commit.read(Question(_UNQUOTED_NEAR.sub(r'"\1"~\2', typed))).query)
    else:
        parts = re.split("[|｜]", typed)
        leaves = tuple(dict.fromkeys(leaf for part in parts for leaf in _strings(part)))
    if not leaves:
        raise UsageError(f"{typed!r} holds no letter that can be counted.", "empty-term", value=typed)
    return Term(typed, distinct(leaves))


def _strings(part: str) -> Iterator[Exact]:
    """What a part of a term stands for: a word, or between quotation marks any string."""
    text = tight(fold(_QUOTES.sub("", part)))
    if not bare(text):
        return
    if _QUOTES.search(part):
        yield Exact(text)
    else:
        yield from (Exact(form, unbroken=True) for form in forms(text))


def _shown(leaf: Leaf) -> str:
    return leaf.text if isinstance(leaf, Exact) else " … ".join(leaf.parts)


def _parent(commit: Commit, by: str, under: str | None) -> tuple[str | None, tuple[Note, ...]]:
    """The one region that is looked into, and what is to be said of it."""
    if not under:
        return None, ()
    if by != "region":
        raise UsageError("`under` belongs to counts by region; choose a region as a filter instead.",
                         "under-without-region")
    filters = commit.names.filters(Question(regions=(under,)))
    values = filters.values["region"]
    if len(values) > 1:
        raise UsageError(f"Several regions are called {under!r}: {'、'.join(sorted(values))}.",
                         "ambiguous-region", value=under, known="、".join(sorted(values)))
    return next(iter(values)), filters.notes


def _rows(tallies: Sequence[Tally], by: str, parent: str | None) -> dict[str, Tally]:
    """The tallies that are shown; under a region, what is not known more closely is `unknown`."""
    found = {tally.value: tally for tally in tallies}
    if by != "region":
        return found
    if parent is None:
        return {value: tally for value, tally in found.items() if "/" not in value}
    rows = {value: tally for value, tally in found.items() if value.rpartition("/")[0] == parent}
    whole = found.get(parent)
    if whole is not None:
        rest = _less(whole, list(rows.values()))
        if rest.all_reports:
            rows[UNKNOWN] = rest
    return rows


def _less(whole: Tally, parts: Sequence[Tally]) -> Tally:
    return Tally(
        UNKNOWN, whole.occurrences - sum(part.occurrences for part in parts),
        whole.reports - sum(part.reports for part in parts),
        whole.all_reports - sum(part.all_reports for part in parts),
        whole.all_letters - sum(part.all_letters for part in parts))


def _total(tallies: Sequence[Tally]) -> Tally:
    return Tally("", sum(tally.occurrences for tally in tallies), sum(tally.reports for tally in tallies),
                 sum(tally.all_reports for tally in tallies), sum(tally.all_letters for tally in tallies))


def _order(rows: Mapping[str, Tally], by: str) -> list[str]:
    """Years in order; other values by their reports, most first; the unknown last."""
    if by in ("year", "published_year"):
        return sorted(rows, key=lambda value: (value == UNKNOWN, value))
    return sorted(rows, key=lambda value: (value == UNKNOWN, -rows[value].all_reports, value))


def _row(value: str, tallies: Sequence[Tally]) -> dict[str, Any]:
    """One value: the denominators, which are the same for all terms, and each term's counts."""
    first = tallies[0]
    return {
        "value": value, "label": value.rpartition("/")[2], "all_reports": first.all_reports,
        "all_letters": first.all_letters,
        "counts": [{
            "occurrences": tally.occurrences, "reports": tally.reports,
            "per_letters": _rate(LETTERS * tally.occurrences, tally.all_letters),
            "per_report": _rate(tally.occurrences, tally.all_reports),
            "share": _rate(tally.reports, tally.all_reports),
        } for tally in tallies],
    }


def _rate(number: int, of: int) -> float | None:
    return round(number / of, 4) if of else None
