"""Command line of the evaluation: `python -m tests.evaluation`, or `make evaluate`."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import click
from rich.console import Console
from rich.table import Table

from tests.evaluation import archive, clean_text, exactness, indexed, pages, queries, ranking, seeds
from tests.evaluation.figures import FLOORS, raised, read_pins, refusals
from tests.evaluation.measures import Measured, tables

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared"
SEARCHING = ("queries", "ranking", "exactness")
PARTS = ("seeds", "pages", "harm", "corpus", *SEARCHING)


@click.command()
@click.option("--pages", "count", default=2000, show_default=True, help="Damaged pages to make.")
@click.option("--seed", default=7, show_default=True, help="Which made archive.")
@click.option("--harm", "size", default=1_200_000, show_default=True, help="Characters of clean text.")
@click.option("--jobs", default=2, show_default=True, help="Processes.")
@click.option("--only", type=click.Choice(PARTS), multiple=True, help="Only these parts; floors of others rest.")
@click.option("--json", "as_json", is_flag=True, help="Print figures, tables and failures as JSON.")
@click.option("--failures", type=click.Path(path_type=Path), help="Write examples of every failure here.")
@click.option("--raise-floors", is_flag=True, help="Move floors up to what was measured, never down.")
def main(count: int, seed: int, size: int, jobs: int, only: tuple[str, ...], as_json: bool,
         failures: Path | None, raise_floors: bool) -> None:
    """Measure cleaning and searching against their floors; exit with 1 when a figure is below its floor.

    Example: python -m tests.evaluation --pages 2000
    """
    parts = only or PARTS
    measured = measure(parts, count, seed, size, jobs)
    figures, pins = measured.figures(), read_pins()
    other = [name for name in pins if not figures.get(name) and not _asked(name, parts, measured)]
    refused = refusals(figures, pins, skipped=other)
    if as_json:
        click.echo(json.dumps(as_values(measured, refused), ensure_ascii=False, indent=1))
    else:
        show(measured, refused)
    if failures:
        failures.write_text(listed(measured), encoding="utf-8")
    if raise_floors and not refused:
        FLOORS.write_text(raised(FLOORS.read_text(encoding="utf-8"), figures, pins), encoding="utf-8")
    sys.exit(1 if refused else 0)


def _asked(name: str, parts: tuple[str, ...], measured: Measured) -> bool:
    """Whether a pinned figure should have come out of this run."""
    part = name.split(".", maxsplit=1)[0]
    part = part if part in PARTS else "pages"
    return part in parts and part not in measured.skipped


def measure(parts: tuple[str, ...], count: int, seed: int, size: int, jobs: int) -> Measured:
    """Run the parts that were asked for."""
    measured = Measured()
    if "seeds" in parts:
        measured.seeds = seeds.measure(SHARED)
        if measured.seeds is None:
            measured.skipped["seeds"] = f"no seed pages below {os.path.relpath(SHARED, ROOT)}"
    if "corpus" in parts:
        measured.corpus = archive.measure(ROOT / "corpus")
        if measured.corpus is None:
            measured.skipped["corpus"] = "corpus/expected.jsonl is not there"
    if "harm" in parts:
        print("clean text …", file=sys.stderr)
        measured.harm = clean_text.measure(size, jobs)
    if "pages" in parts:
        measured.pages = pages.measure(count, seed, jobs, progress=True)
    if set(parts) & set(SEARCHING):
        with TemporaryDirectory() as folder:
            _search(measured, parts, jobs, Path(folder))
    return measured


def _search(measured: Measured, parts: tuple[str, ...], jobs: int, folder: Path) -> None:
    """The parts that want an index; the exactness comes last, for it changes the archive."""
    if "queries" in parts:
        measured.queries = queries.measure(SHARED, folder / "seeds")
        if measured.queries is None:
            measured.skipped["queries"] = f"no seed pages or queries below {os.path.relpath(SHARED, ROOT)}"
    if not {"ranking", "exactness"} & set(parts):
        return
    print("an archive to search …", file=sys.stderr)
    made = indexed.build(folder, jobs)
    if "ranking" in parts:
        measured.ranking = ranking.measure(made)
    if "exactness" in parts:
        measured.exactness = exactness.measure(made, jobs=jobs)


def show(measured: Measured, refused: list[str]) -> None:
    """Print the tables, what was skipped, and the judgement."""
    console = Console(width=None if sys.stdout.isatty() else 132, highlight=False)
    for title, heads, rows in tables(measured, read_pins()):
        if not rows:
            continue
        table = Table(title=title, title_justify="left", box=None, pad_edge=False)
        for number, head in enumerate(heads):
            right = number and rows[0][number][:1].isdigit()
            table.add_column(head, justify="right" if right else "left", overflow="fold")
        for row in rows:
            table.add_row(*(cell.replace("[", "\\[") for cell in row))
        console.print(table)
        console.print()
    for part, reason in measured.skipped.items():
        console.print(f"{part}: skipped, {reason}")
    for sentence in refused:
        console.print(f"REFUSED: {sentence}")
    console.print("below the floors" if refused else "no figure below its floor")


def as_values(measured: Measured, refused: list[str]) -> dict[str, object]:
    """Everything as JSON values."""
    return {
        "figures": {name: {"value": f.value, "error": f.error, "pages": f.pages}
                    for name, f in measured.figures().items()},
        "tables": [{"title": title, "heads": heads, "rows": rows}
                   for title, heads, rows in tables(measured, read_pins())],
        "failures": measured.pages.failures if measured.pages else {},
        "skipped": measured.skipped,
        "refused": refused,
    }


def listed(measured: Measured, most: int = 40) -> str:
    """Examples of every failure as lines: page, what the page shows → what came out → what is wanted."""
    lines = []
    for name, found in sorted((measured.pages.failures if measured.pages else {}).items()):
        lines.append(f"## {name} ({len(found)})")
        lines += [f"- {page}: {raw!r} → {got!r} → {want!r}" for page, raw, got, want in found[:most]]
    for place in measured.harm.places if measured.harm else ():
        lines.append("- harm " + " | ".join(place.row()))
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
