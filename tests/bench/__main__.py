"""Command line of the benchmark: `python -m tests.bench`, or `make bench`."""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

import click
from rich.console import Console

from tests.bench import making, tables
from tests.bench.adapters import ENGINES
from tests.bench.comparison import disagreements
from tests.bench.floors import judge
from tests.bench.run import ROOT, Plan, measure

ARTEFACTS = ROOT / "artefacts"


@click.command()
@click.option("--reports", default=10_000, show_default=True, help="How many pages are made; most hold one report.")
@click.option("--seed", default=7, show_default=True, help="Which made archive.")
@click.option("--engines", default=",".join(ENGINES), show_default=True, help="Which engines, parted by commas.")
@click.option("--work", type=click.Path(path_type=Path), show_default="a folder in the system's temporary one",
              default=Path(tempfile.gettempdir()) / "bangfu-bench",
              help="Where made pages and tokenised reports are kept from one run to the next.")
@click.option("--seconds", default=1.0, show_default=True, help="How long each kind of question is asked again.")
@click.option("--raw-pages", default=2000, show_default=True,
              help="Raw pages to be indexed by both builds, in thousands rounded up; 0 for none.")
@click.option("--jobs", default=2, show_default=True, help="Processes that prepare texts and index raw pages.")
@click.option("--out", type=click.Path(path_type=Path), show_default="artefacts/bench-REPORTS.json",
              help="File for all figures.")
@click.option("--prepare", is_flag=True, help="Only make, clean and tokenise the texts.")
@click.option("--floors", is_flag=True, help="Compare with tests/bench/floors.toml; exit with 1 below a floor.")
@click.option("--table", type=click.Path(path_type=Path, exists=True),
              help="Measure nothing: print the tables of this file as Markdown (with --floors: judge it).")
def main(reports: int, seed: int, engines: str, work: Path, seconds: float, raw_pages: int, jobs: int,
         out: Path | None, prepare: bool, floors: bool, table: Path | None) -> None:
    """Measure this engine beside its peers; exit with 1 where engines that should agree do not.

    Example: python -m tests.bench --reports 2000 --engines bangfu,tantivy
    """
    if table:
        _read_again(table, floors)
    wrong = sorted(set(engines.split(",")) - set(ENGINES))
    if wrong:
        raise click.BadParameter(f"there is no engine {wrong[0]!r}; there are {', '.join(ENGINES)}")
    plan = Plan(reports, seed, work, tuple(engines.split(",")), seconds, raw_pages, jobs)
    if prepare:
        making.prepare(plan.texts(), jobs)
        return
    result = measure(plan)
    file = out or ARTEFACTS / f"bench-{reports}.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    result["disagreements"] = disagreements(result)
    file.write_text(json.dumps(result, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    console = _console()
    tables.show(console, result)
    for name, reason in result["skipped"].items():
        console.print(f"{name}: skipped, {reason}")
    if result["cleaned_by"] != result["cleaning_now"]:
        console.print(f"note: the texts were cleaned by an earlier version; remove {plan.texts().folder} to start anew")
    for sentence in result["disagreements"]:
        console.print(f"ERROR: {sentence}", markup=False)
    refused = floors and _below(console, result)
    console.print(f"kept in {file}")
    sys.exit(1 if result["disagreements"] or refused else 0)


def _console() -> Console:
    return Console(width=None if sys.stdout.isatty() else 140, highlight=False)


def _below(console: Console, result: dict[str, object]) -> bool:
    judged = judge(result)
    tables.show_floors(console, judged)
    return any(one.met is False for one in judged)


def _read_again(file: Path, floors: bool) -> None:
    """Print what a former run kept, and end."""
    result = json.loads(file.read_text(encoding="utf-8"))
    if floors:
        sys.exit(1 if _below(_console(), result) else 0)
    click.echo(tables.markdown(result), nl=False)
    sys.exit(0)


if __name__ == "__main__":
    main()
