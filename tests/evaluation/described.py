"""Metadata of made pages against their gold: exact, wrong, not found, or found where there is none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import cache
from typing import Any

from indexer.lexicon.gazetteer import gazetteer
from indexer.model import Report
from tests.evaluation.figures import Figure, ratio
from tests.pagemaker.gold import Report as Gold

FIELDS = ("title", "published", "period", "source", "author", "region")
# The region cut at the county; the partners that help; reports of pages that hold several.
COUNTY, HELPER, SPLIT = "county", "helper", "split"
ROWS = (*FIELDS, COUNTY, HELPER, SPLIT)
EXACT, WRONG, MISSED, INVENTED, UNKNOWN = "exact", "wrong", "missed", "invented", "unknown"
Counts = dict[str, Counter[str]]
Path = tuple[str, ...]


def compare(reports: tuple[Report, ...], gold: tuple[Gold, ...]) -> tuple[Counts, list[tuple[str, str, str]]]:
    """Outcomes by field over the reports of a page, and (field, got, want) of what is not exact.

    A page split into another number of reports than it has counts all its fields as wrong.
    """
    counts: Counts = {name: Counter() for name in ROWS}
    failures = []
    whole = len(reports) == len(gold)
    if len(reports) > 1 or len(gold) > 1:
        counts[SPLIT][EXACT if whole else WRONG] += len(gold)
    for number, want in enumerate(gold):
        wanted = _wanted(want)
        got = _got(reports[number]) if whole else None
        for name in FIELDS:
            found = got[name] if got else None
            outcome = outcome_of(found, wanted[name]) if got else WRONG
            counts[name][outcome] += 1
            if outcome not in (EXACT, UNKNOWN):
                failures.append((name, str(found), str(wanted[name])))
        counts[COUNTY][county_outcome(got["region"], wanted["region"]) if got else WRONG] += 1
        if whole:
            counts[HELPER].update(_helpers(reports[number], want))
    return counts, failures


def outcome_of(got: Any, want: Any) -> str:
    """One word for a value found and the value wanted (None or () for unknown)."""
    if not want:
        return INVENTED if got else UNKNOWN
    if not got:
        return MISSED
    return EXACT if got == want else WRONG


def county_outcome(got: Path | None, want: Path | None) -> str:
    """The same for regions cut at the county: one that stops above the county is not wrong, but missed.

    >>> county_outcome(("重庆市", "忠县", "石宝镇"), ("重庆市", "忠县"))
    'exact'
    >>> county_outcome(("重庆市",), ("重庆市", "忠县")), county_outcome(("重庆市", "云阳县"), ("重庆市", "忠县"))
    ('missed', 'wrong')
    """
    found, wanted = county(got or ()), county(want or ())
    outcome = outcome_of(found, wanted)
    return MISSED if outcome == WRONG and found == wanted[: len(found)] else outcome


def county(path: Path) -> Path:
    """A path without its township and village."""
    return next((path[:end] for end in range(len(path), 0, -1) if path[:end] in _divisions()), path)


@cache
def _divisions() -> frozenset[Path]:
    places = gazetteer()
    return frozenset(places.path(code) for code in places.divisions)


def _helpers(report: Report, gold: Gold) -> Counter[str]:
    """Partners found, missed and invented.  The gold need not name a partner's province besides it."""
    wanted = {region.path for region in gold.regions if region.role == "helper"}
    found = {place.path for place in report.places if place.role == "helper"}
    named = {path[:end] for path in wanted for end in range(1, len(path))}
    return Counter({EXACT: len(wanted & found), MISSED: len(wanted - found),
                    INVENTED: len(found - wanted - named)})


def described_figures(part: str, pages: Sequence[Counts]) -> dict[str, Figure]:
    """The figures of a part: of what is known or was claimed, how much is exact; and what is wrong.

    A rightly unknown value counts for nothing; unknown where something is known is not exact, and
    not wrong either.
    """
    names = {"title": "title", "published": "published", "period": "period", "source": "source",
             "region": "region", COUNTY: "county", SPLIT: "split"}
    figures = {f"{part}.{short}": ratio([_share(page[name]) for page in pages])
               for name, short in names.items()}
    figures[f"{part}.county_wrong"] = ratio([
        (page[COUNTY][WRONG] + page[COUNTY][INVENTED], page[COUNTY].total()) for page in pages])
    figures[f"{part}.helpers_found"] = ratio([
        (page[HELPER][EXACT], page[HELPER][EXACT] + page[HELPER][MISSED]) for page in pages])
    figures[f"{part}.helpers_right"] = ratio([
        (page[HELPER][EXACT], page[HELPER][EXACT] + page[HELPER][INVENTED]) for page in pages])
    return figures


def _share(counts: Counter[str]) -> tuple[float, float]:
    return counts[EXACT], counts.total() - counts[UNKNOWN]


def total(pages: Sequence[Counts]) -> Counts:
    """The outcomes of all pages together."""
    found: Counts = {name: Counter() for name in ROWS}
    for page in pages:
        for name, counts in page.items():
            found[name].update(counts)
    return found


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
