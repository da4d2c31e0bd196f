"""Coverage: how many reports an index holds by region and year, theme and kind, and how many are unknown."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from indexer.errors import UsageError
from indexer.metadata.regions import resolve_region
from indexer.store.engine import UNKNOWN, Searcher
from indexer.store.query import All, Request
from indexer.text.script import fold
from indexer.wording import counted

# The facets whose unknowns a researcher must know before counting.
COUNTED = ("region", "year", "published_year", "source", "theme", "kind")
CSV_HEAD = ("table", "value", "year", "reports")
NOTE = ("A report may be about several years and have several themes: it counts under each, so that rows and "
        "columns may add up to more than the number of reports.")


@dataclass(frozen=True, slots=True)
class Coverage:
    """The denominators of an archive, or of one region.

    `regions` gives for every region of the level below `under`, in falling order, its reports by
    year; `unknown` among regions or years counts what is not known there.  `themes` and `kinds`
    count without regions; `unknowns` says for each facet how many reports have no value.
    """

    under: str | None
    reports: int
    regions: Mapping[str, int]
    years: Mapping[str, int]
    by_region: Mapping[str, Mapping[str, int]]
    themes: Mapping[str, int]
    kinds: Mapping[str, int]
    unknowns: Mapping[str, int]

    def values(self) -> dict[str, Any]:
        """As JSON values."""
        return {
            "under": self.under, "reports": self.reports, "note": NOTE,
            "region_year": [{"region": region, "reports": count, "years": dict(self.by_region[region])}
                            for region, count in self.regions.items()],
            "year": dict(self.years), "theme": dict(self.themes), "kind": dict(self.kinds),
            "unknown": dict(self.unknowns),
        }


def coverage(searcher: Searcher, under: str | None = None) -> Coverage:
    """Count by one query for each region.

    `under` is a region, as its path or its own name where only one has it.  Raises UsageError for a
    region that no report has, and for a name that several have.
    """
    known = searcher.values("region")
    path = _region(under, known) if under else None
    whole = _counts(searcher, path)
    children = {value: count for value, count in whole["region"].items() if _is_child(value, path)}
    regions = dict(sorted(children.items(), key=lambda item: (item[0] == UNKNOWN, -item[1], item[0])))
    by_region = {region: _by_year(_counts(searcher, region)["year"]) for region in regions}
    reports = known[path] if path else searcher.count()
    if path and (rest := reports - sum(regions.values())):
        regions[UNKNOWN] = rest
        by_region[UNKNOWN] = _rest(whole["year"], by_region)
    return Coverage(
        under=path, reports=reports, regions=regions, years=_by_year(whole["year"]), by_region=by_region,
        themes=_unknown_last(whole["theme"]), kinds=_unknown_last(whole["kind"]),
        unknowns={name: whole[name].get(UNKNOWN, 0) for name in COUNTED},
    )


def _counts(searcher: Searcher, region: str | None) -> dict[str, dict[str, int]]:
    """The values of all counted facets with their numbers, in the archive or in a region."""
    if region is None:
        return {name: dict(searcher.values(name)) for name in COUNTED}
    wanted = Request(All(), filters={"region": frozenset({region})}, facets=COUNTED, limit=0)
    counts = {name: dict(found) for name, found in searcher.search(wanted).facets.items()}
    # A facet is counted under all filters but its own: what lies in the region is sorted out here.
    counts["region"] = {value: count for value, count in counts["region"].items()
                        if value == region or value.startswith(f"{region}/")}
    return counts


def _is_child(value: str, path: str | None) -> bool:
    if path is None:
        return "/" not in value
    return value.rpartition("/")[0] == path


def _region(name: str, known: Mapping[str, int]) -> str:
    """The path that a name means: 甘肃省/酒泉市, 酒泉, 620900, 元坝区, in either script; also a village
    that only the reports know."""
    wanted = fold(name).strip("/ ")
    folded = {value: fold(value) for value in known if value != UNKNOWN}
    meant = {"/".join(path) for path in resolve_region(name).paths}
    exact = (
        [value for value in folded if folded[value] == wanted]
        or [value for value in folded if value in meant]
        or [value for value in folded if folded[value].endswith(f"/{wanted}")]
    )
    if not exact:
        raise UsageError(f"No report of the index lies in {name}. The coverage of the whole index lists "
                         "the regions.", "no-report-in-region", value=name)
    if len(exact) > 1:
        raise UsageError(f"{name} is the name of several regions: {', '.join(sorted(exact))}.",
                         "ambiguous-region", value=name, known="、".join(sorted(exact)))
    return exact[0]


def _rest(years: Mapping[str, int], by_region: Mapping[str, Mapping[str, int]]) -> dict[str, int]:
    """Reports that are known to lie in the region, but not where in it, by year."""
    left = {year: count - sum(counted.get(year, 0) for counted in by_region.values())
            for year, count in years.items()}
    return _by_year({year: count for year, count in left.items() if count})


def _by_year(counts: Mapping[str, int]) -> dict[str, int]:
    return dict(sorted(counts.items(), key=lambda item: (item[0] == UNKNOWN, item[0])))


def _unknown_last(counts: Mapping[str, int]) -> dict[str, int]:
    return dict(sorted(counts.items(), key=lambda item: (item[0] == UNKNOWN, -item[1], item[0])))


def table(found: Coverage) -> list[tuple[str | int, ...]]:
    """All tables in one, its head first, a number a row: table, value, year, reports."""
    rows: list[tuple[str | int, ...]] = [CSV_HEAD, ("reports", found.under or "", "", found.reports)]
    for region, count in found.regions.items():
        rows.append(("region", region, "", count))
        rows += [("region_year", region, year, number) for year, number in found.by_region[region].items()]
    for name, counts in (("year", found.years), ("theme", found.themes), ("kind", found.kinds),
                         ("unknown", found.unknowns)):
        rows += [(name, value, value if name == "year" else "", number) for value, number in counts.items()]
    return rows


def as_csv(found: Coverage) -> str:
    """The table as a file, for spreadsheets and pandas."""
    out = io.StringIO()
    csv.writer(out).writerows(table(found))
    return out.getvalue()


def print_coverage(console: Console, found: Coverage) -> None:
    """The tables for a person: region by year, then themes, kinds and unknowns."""
    console.print(Text(f"{found.under or 'all regions'}: {counted(found.reports, 'report')}", style="bold"))
    years = list(found.years)
    rows = [("region", "reports", *years)]
    for region, count in found.regions.items():
        by_year = found.by_region[region]
        rows.append((region.rpartition("/")[2], str(count), *(str(by_year.get(year, "·")) for year in years)))
    rows.append(("together", str(found.reports), *(str(found.years[year]) for year in years)))
    widths = [max(cell_len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        # As wide as it is: a table of years that is squeezed cannot be read.
        numbers = (f"{cell:>{width}}" for cell, width in zip(row[1:], widths[1:], strict=True))
        name = row[0] + " " * (widths[0] - cell_len(row[0]))
        console.print(Text("  ".join((name, *numbers))), soft_wrap=True)
    for name, counts in (("theme", found.themes), ("kind", found.kinds), ("unknown", found.unknowns)):
        values = "  ".join(f"{value} {count:,}" for value, count in counts.items())
        console.print(Text.assemble((f"{name}: ", "bold"), values))
    console.print(Text(NOTE, style="dim"))
