"""Metadata of made pages against their gold: exact, wrong, not found, or found where there is none."""

from __future__ import annotations

from collections import Counter
from typing import Any

from indexer.model import Report
from tests.pagemaker.gold import Report as Gold

FIELDS = ("title", "published", "period", "source", "author", "region")
EXACT, WRONG, MISSED, INVENTED, UNKNOWN = "exact", "wrong", "missed", "invented", "unknown"
Counts = dict[str, Counter[str]]


def compare(reports: tuple[Report, ...], gold: tuple[Gold, ...]) -> tuple[Counts, list[tuple[str, str, str]]]:
    """Outcomes by field over the reports of a page, and (field, got, want) of what is not exact.

    A page split into another number of reports than it has counts all its fields as wrong.
    """
    counts: Counts = {name: Counter() for name in FIELDS}
    failures = []
    whole = len(reports) == len(gold)
    for number, want in enumerate(gold):
        wanted = _wanted(want)
        got = _got(reports[number]) if whole else None
        for name in FIELDS:
            found = got[name] if got else None
            outcome = outcome_of(found, wanted[name]) if got else WRONG
            counts[name][outcome] += 1
            if outcome not in (EXACT, UNKNOWN):
                failures.append((name, str(found), str(wanted[name])))
    return counts, failures


def outcome_of(got: Any, want: Any) -> str:
    """One word for a value found and the value wanted (None or () for unknown)."""
    if not want:
        return INVENTED if got else UNKNOWN
    if not got:
        return MISSED
    return EXACT if got == want else WRONG


def _wanted(gold: Gold) -> dict[str, Any]:
    return {"title": gold.title, "published": gold.published, "period": gold.period,
            "source": gold.source, "author": gold.author, "region": gold.region}


def _got(report: Report) -> dict[str, Any]:
    return {
        "title": report.title and report.title.value,
        "published": report.published and report.published.value,
        "period": tuple(year.value for year in report.period),
        "source": report.source and report.source.value,
        "author": report.author and report.author.value,
        "region": report.region,
    }
