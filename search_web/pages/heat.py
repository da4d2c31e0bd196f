"""Counts by province and year: a shaded table a term, each cell with its denominator and its search."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from indexer.store.engine import UNKNOWN
from search_web.pages.charts import MAX_LINES, shade
from search_web.pages.links import link
from search_web.pages.parameters import State
from search_web.query.question import Question

# Provinces of a table, those with the most reports; its file holds all.
ROWS = 16
COLUMNS = ("region", "year", "term", "occurrences", "reports", "all_reports", "all_letters",
           "per_10000_letters", "per_report", "share_of_reports")
_QUOTES = ' "“”「」'

# Counts of terms by year for a question: `SearchService.trend` with its terms.
Counting = Callable[[Question], Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Cell:
    """What a province and a year amount to: None where there is no report at all."""

    value: float | None
    reports: int
    all_reports: int
    shade: int
    href: str


@dataclass(frozen=True, slots=True)
class Table:
    """The table of a term: its provinces in order, with a cell for each year."""

    term: str
    years: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Cell, ...]], ...]


@dataclass(frozen=True, slots=True)
class Counts:
    """The provinces that are counted, each with the regions it is counted in, and the answers."""

    regions: Mapping[str, tuple[str, ...]]
    answers: Mapping[str, Mapping[str, Any]]


def counts(counting: Counting, question: Question, provinces: Mapping[str, tuple[str, ...]]) -> Counts:
    """Count in each province: the whole of it, or those of its regions that are chosen."""
    return Counts(provinces, {name: counting(replace(question, regions=regions))
                              for name, regions in provinces.items()})


def provinces(known: Mapping[str, int], chosen: frozenset[str]) -> dict[str, tuple[str, ...]]:
    """The provinces of a table, most reports first, each with the regions to count in.

    >>> provinces({"甘肃省": 5, "四川省": 7}, frozenset({"甘肃省/定西市"}))
    {'甘肃省': ('甘肃省/定西市',)}
    """
    names = {value.partition("/")[0] for value in chosen or known} - {UNKNOWN}
    ordered = sorted(names, key=lambda name: (-known.get(name, 0), name))
    return {name: tuple(sorted(one for one in chosen if f"{one}/".startswith(f"{name}/"))) or (name,)
            for name in ordered}


def tables(counted: Counts, state: State, measure: str) -> list[Table]:
    """A table for each term up to MAX_LINES; terms that no report holds have none."""
    terms = next(iter(counted.answers.values()))["terms"] if counted.answers else ()
    found = (_table(counted, at, term, state, measure) for at, term in enumerate(terms[:MAX_LINES]))
    return [table for table in found if table.years]


def _table(counted: Counts, at: int, term: Mapping[str, Any], state: State, measure: str) -> Table:
    rows = {name: {row["value"]: row for row in answer["rows"] if row["value"] != UNKNOWN}
            for name, answer in counted.answers.items()}
    held = [int(year) for row in rows.values() for year, cell in row.items() if cell["counts"][at]["reports"]]
    years = [str(year) for year in range(min(held), max(held) + 1)] if held else []
    largest = max((cell["counts"][at][measure] or 0 for row in rows.values() for year, cell in row.items()
                   if year in years), default=0)
    asked = state.but(query=as_query(term["term"], term["strings"]), own_script=False, no_synonyms=(),
                      partly=False, sort=None, size=State().size)

    def cell(name: str, year: str) -> Cell:
        row = rows[name].get(year)
        if row is None:
            return Cell(None, 0, 0, 0, "")
        count = row["counts"][at]
        value = count[measure]
        there = link("pages.search", asked.but(regions=counted.regions[name], years=(year,)))
        return Cell(round(100 * value, 1) if measure == "share" and value is not None else value,
                    count["reports"], row["all_reports"],
                    shade(value or 0, largest, share=measure == "share"), there if count["reports"] else "")

    return Table(term["term"], tuple(years), tuple(
        (name, tuple(cell(name, year) for year in years)) for name in rows))


def as_query(typed: str, strings: Sequence[str]) -> str:
    """The query that finds the reports that a term is counted in.

    >>> as_query("双联|联村联户", ["双联", "联村联户"]), as_query("产业 合作社~20", ["产业 … 合作社"])
    ('“双联” OR “联村联户”', '“产业 合作社”~20')
    """
    if "~" in typed or "*" in typed:
        text, near, distance = typed.replace("～", "~").partition("~")
        return f"“{text.strip(_QUOTES)}”{near}{distance}"
    return " OR ".join(f"“{one}”" for one in strings)


def lines(counted: Counts) -> Iterator[Sequence[Any]]:
    """Every number as the line of a file, COLUMNS first."""
    yield COLUMNS
    for name, answer in counted.answers.items():
        for row in answer["rows"]:
            for term, count in zip(answer["terms"], row["counts"], strict=True):
                yield (name, row["value"], term["term"], count["occurrences"], count["reports"],
                       row["all_reports"], row["all_letters"], count["per_letters"], count["per_report"],
                       count["share"])
