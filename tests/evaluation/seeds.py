"""The seed pages against what a careful editor made of them, either accepted form."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from indexer.model import Problem, RawPage, Report, Source
from indexer.pipeline import process
from tests.evaluation.alignment import differences, similarity

Facts = dict[str, Any]

# Reasons in `.unsure.txt` that speak of a byte-misaligned run.
RUN = re.compile("mojibake|eaten character")


@dataclass(frozen=True, slots=True)
class Seed:
    """One seed page: its similarity with the gold, its misaligned runs, what differs.

    `misdescribed` lists (fact, wanted, got) of titles, dates, years, sources, authors and regions.
    """

    name: str
    similarity: float
    runs: int
    runs_right: int
    differences: tuple[tuple[str, str], ...]
    misdescribed: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Accepted:
    """A row of an `.unsure.txt` file: the gold's own form, and others that are as good."""

    kept: str
    others: tuple[str, ...]
    run: bool


def measure(shared: Path) -> list[Seed] | None:
    """All seeds below `shared`; None where there are none."""
    files = sorted((shared / "seeds").glob("*.txt"))
    return [measure_seed(file, shared / "gold") for file in files] or None


def measure_seed(file: Path, gold: Path) -> Seed:
    """Clean one seed and compare it with its gold."""
    wanted = (gold / file.name).read_text(encoding="utf-8").strip("\n")
    rows = read_accepted(gold / f"{file.stem}.unsure.txt")
    reports = cleaned(file)
    got = "\n".join(report.body for report in reports)
    wanted = closest(wanted, got, rows)
    runs = [row for row in rows if row.run]
    right = sum(any(form in got for form in (row.kept, *row.others)) for row in runs)
    shown = tuple(
        (wanted[max(0, d.start - 6):d.end + 6][:80],
         (wanted[max(0, d.start - 6):d.start] + d.other + wanted[d.end:d.end + 6])[:80])
        for d in differences(wanted, got)
    )
    facts = json.loads((gold / f"{file.stem}.json").read_text(encoding="utf-8"))
    return Seed(file.stem, similarity(wanted, got), len(runs), right, shown, misdescribed(facts, reports))


def cleaned(file: Path) -> tuple[Report, ...]:
    """The reports of a page."""
    raw = RawPage(file.name, file.read_bytes(), "text", Source(str(file)))
    processed = process(raw)
    return () if isinstance(processed, Problem) else processed.reports


def misdescribed(facts: Facts, reports: tuple[Report, ...]) -> tuple[tuple[str, str, str], ...]:
    """(fact, wanted, got) of everything in the gold that the description does not say."""
    if facts.get("is_compilation"):
        text = "\n".join(report.body for report in reports)
        parts = [_of_part(part, text) for part in facts["reports"]]
    else:
        parts = [_of_page(facts)]
    if len(parts) != len(reports):
        return (("reports", str(len(parts)), str(len(reports))),)
    traps = {item["path"] for item in facts["regions"] if item["status"] == "trap"}
    found = []
    for number, (accepted, report) in enumerate(zip(parts, reports, strict=True), 1):
        got = _described(report)
        found += [(f"{number} {name}", " / ".join(map(str, values)), str(got[name]))
                  for name, values in accepted.items() if got[name] not in values]
        caught = traps & {"/".join(place.path) for place in report.places}
        found += [(f"{number} trap", "no region", path) for path in sorted(caught)]
        primary = [place for place in report.places if place.role == "primary"]
        if any(place.role == "helper" and place.path == primary[0].path for place in report.places):
            found.append((f"{number} helper", "no primary region", str(primary[0].path)))
    return tuple(found)


def _of_page(facts: Facts) -> dict[str, list[Any]]:
    """What is right for a page of one report.  The value of a label is right as it is printed."""
    labels = [source for words in ("publisher", "publisher_printed", "source_org", "source_org_printed")
              for source in re.split(r" / |[:：]", facts.get(words) or "") if source]
    author = facts["author"] and facts["author"].replace("（记者）", "")
    return {
        "title": [facts["title"], *([] if facts["title"] else facts.get("title_acceptable", []))],
        "published": [facts["publication_date"]],
        "period": [facts["report_years"]],
        "source": labels or [None],
        "author": [author],
        "region": [facts["primary_region"]],
    }


def _of_part(part: Facts, text: str) -> dict[str, list[Any]]:
    """What is right for a part of a compilation.  An office that is nowhere printed may be missing."""
    source = part["source_org"]
    signs = all(office in text for office in source.split("、"))
    return {
        "title": [part["title"]],
        "published": [part["date"]],
        "period": [[part["year"]]],
        "source": [source] if signs else [source, None],
        "region": [part["region"]],
    }


def _described(report: Report) -> dict[str, Any]:
    return {
        "title": report.title and report.title.value,
        "published": report.published and report.published.value,
        "period": [year.value for year in report.period],
        "source": report.source and report.source.value,
        "author": report.author and report.author.value,
        "region": "/".join(report.region) if report.region else None,
    }


def read_accepted(file: Path) -> list[Accepted]:
    """The rows of an `.unsure.txt` file."""
    rows = []
    for line in file.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            kept, others, kind, reason = [*line.replace("\\n", "\n").split("\t"), "", "", ""][:4]
            forms = tuple(_form(other.strip(), kept) for other in others.split(" / ") if other.strip())
            rows.append(Accepted(kept, forms, kind == "restored" and bool(RUN.search(reason))))
    return rows


def _form(other: str, kept: str) -> str:
    """An alternative as it would stand in the text (`DEL`: not at all; `… in front`: lines before)."""
    if other == "DEL":
        return ""
    if other.endswith(" in front"):
        return "\n".join([*other.removesuffix(" in front").split(" and "), kept])
    return other


def closest(gold: str, got: str, rows: list[Accepted]) -> str:
    """The gold with every accepted alternative that brings it nearer to `got`."""
    for row in rows:
        # The gold's own form may be a stretch longer than what is in doubt; lines may be in front.
        if not row.others or (row.kept in got and not any(form in got for form in row.others)):
            continue
        forms = (gold.replace(row.kept, other, 1) for other in row.others)
        gold = max((gold, *forms), key=lambda form: similarity(form, got))
    return gold
