"""Counts over time and place: how often terms occur by year, region, theme or kind, with denominators."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from indexer.errors import UsageError
from indexer.store.engine import UNKNOWN, Tally
from indexer.store.exact import bare, tight
from indexer.store.query import Exact
from indexer.text.script import fold
from search_web.commit import Commit
from search_web.occurrences import Leaf, distinct, strings
from search_web.question import Question

BY = ("year", "published_year", "region", "theme", "kind")
MAX_TERMS = 12
MAX_TERM = 200
# What a rate by letters is given for.
LETTERS = 10_000

NOTE = ("A report may be about several years and have several themes: it counts under each. Rates divide "
        "by all reports of the value, and by their letters.")

_UNQUOTED_NEAR = re.compile(r'([^"“「『~]*[^"”」』~])~([0-9]+)')
_QUOTES = re.compile("[\"＂“”„「」『』]")
# Every report has one script: its tallies add up to all reports.
_WHOLE = "script"


@dataclass(frozen=True, slots=True)
class Term:
    """A term as typed, and the strings that it stands for."""

    typed: str
    strings: tuple[Leaf, ...]


def trend(commit: Commit, terms: Sequence[str], by: str, question: Question,
          under: str | None) -> dict[str, Any]:
    """What each term amounts to for every value of a facet: the object of `/api/v1/trend`.

    A term is a string, found exactly whatever the words; 双联|联村联户 counts both together,
    "产业 合作社"~20 what stands near each other.  `question` gives filters; its words do not count.
    Regions are provinces, or the regions directly `under` one.  Raises UsageError.
    """
    if by not in BY:
        raise UsageError(f"Nothing can be counted by {by[:40]!r}: use {', '.join(BY)}.", "unknown-by",
                         value=by)
    read = [_term(commit, typed) for typed in dict.fromkeys(map(str.strip, terms)) if typed]
    if not 1 <= len(read) <= MAX_TERMS:
        raise UsageError(f"Give one term or more, at most {MAX_TERMS}.", "bad-terms", limit=MAX_TERMS)
    filters = commit.names.filters(question)
    parent = _parent(commit, by, under)
    values = dict(filters.values)
    if parent:
        inside = (value for value in values.get("region", ()) if f"{value}/".startswith(f"{parent}/"))
        values["region"] = frozenset(inside) or frozenset({parent})
    tallies = [_rows(commit.searcher.tally(term.strings, by, values), by, parent) for term in read]
    totals = [_total(commit.searcher.tally(term.strings, _WHOLE, values)) for term in read]
    return {
        "by": by, "under": parent, "note": NOTE, "letters": LETTERS,
        "terms": [{"term": term.typed, "strings": [_shown(leaf) for leaf in term.strings]} for term in read],
        "filters": {facet: filters.kept(facet) for facet in filters.meant},
        "notes": [{"code": note.code, "text": note.text, "part": note.part} for note in filters.notes],
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
        forms = (tight(fold(_QUOTES.sub("", part))) for part in re.split("[|｜]", typed))
        leaves = tuple(dict.fromkeys(Exact(form) for form in forms if bare(form)))
    if not leaves:
        raise UsageError(f"{typed!r} holds no letter that can be counted.", "empty-term", value=typed)
    return Term(typed, distinct(leaves))


def _shown(leaf: Leaf) -> str:
    return leaf.text if isinstance(leaf, Exact) else " … ".join(leaf.parts)


def _parent(commit: Commit, by: str, under: str | None) -> str | None:
    """The one region that is looked into."""
    if not under:
        return None
    if by != "region":
        raise UsageError("`under` belongs to counts by region; choose a region as a filter instead.",
                         "under-without-region")
    values = commit.names.filters(Question(regions=(under,))).values["region"]
    if len(values) > 1:
        raise UsageError(f"Several regions are called {under!r}: {'、'.join(sorted(values))}.",
                         "ambiguous-region", value=under, known="、".join(sorted(values)))
    return next(iter(values))


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
