"""The seed pages against what a careful editor made of them, either accepted form."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from indexer.model import Problem, RawPage, Source
from indexer.pipeline import process
from tests.evaluation.alignment import differences, similarity

# Reasons in `.unsure.txt` that speak of a byte-misaligned run.
RUN = re.compile("mojibake|eaten character")


@dataclass(frozen=True, slots=True)
class Seed:
    """One seed page: its similarity with the gold, its misaligned runs, what differs."""

    name: str
    similarity: float
    runs: int
    runs_right: int
    differences: tuple[tuple[str, str], ...]


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
    got = cleaned(file)
    wanted = closest(wanted, got, rows)
    runs = [row for row in rows if row.run]
    right = sum(any(form in got for form in (row.kept, *row.others)) for row in runs)
    shown = tuple(
        (wanted[max(0, d.start - 6):d.end + 6][:80],
         (wanted[max(0, d.start - 6):d.start] + d.other + wanted[d.end:d.end + 6])[:80])
        for d in differences(wanted, got)
    )
    return Seed(file.stem, similarity(wanted, got), len(runs), right, shown)


def cleaned(file: Path) -> str:
    """The bodies of all reports of a page, joined by line feeds."""
    raw = RawPage(file.name, file.read_bytes(), "text", Source(str(file)))
    processed = process(raw)
    return "" if isinstance(processed, Problem) else "\n".join(r.body for r in processed.reports)


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
