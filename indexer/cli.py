"""The archivist's commands: index, inspect, stats, verify."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import click
from rich.console import Console
from rich.filesize import decimal

from indexer import fingerprint
from indexer.archive import MAX_BYTES, estimate_pages, read_archive
from indexer.console import RunProgress, print_page, print_summary
from indexer.coverage import as_csv as csv_of
from indexer.coverage import coverage, print_coverage
from indexer.errors import BangfuError, UsageError
from indexer.indexing import COMMIT_PAGES, Options, last_summary, run
from indexer.model import Problem, Processed
from indexer.record import inspected, not_read
from indexer.store import IndexFolder, open_engine, open_searcher
from indexer.store.segment import EXTENSION
from indexer.wording import counted

P = ParamSpec("P")
R = TypeVar("R")

# Exit codes: all well; something failed and was reported; used wrongly.
FAILED, WRONG_USE, INTERRUPTED = 1, 2, 130


def index_option(function: Callable[P, R]) -> Callable[P, R]:
    """`--index DIR`, from BANGFU_INDEX where it is absent, else ./index."""
    return click.option("--index", "index", type=click.Path(path_type=Path), default=Path("index"),
                        envvar="BANGFU_INDEX", show_default="$BANGFU_INDEX or ./index",
                        help="Folder of the index.")(function)


def sentences(function: Callable[P, R]) -> Callable[P, R]:
    """Errors that a user can meet end a command with one sentence and an exit code."""

    @wraps(function)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return function(*args, **kwargs)
        except BangfuError as error:
            click.echo(f"bangfu: {error}", err=True)
            sys.exit(WRONG_USE if isinstance(error, UsageError) else FAILED)
        except KeyboardInterrupt:
            click.echo("bangfu: stopped. What was committed stays; run the same command to go on.",
                       err=True)
            sys.exit(INTERRUPTED)

    return wrapped


def print_json(values: Any) -> None:
    """One line of JSON that is valid whatever the terminal can show."""
    plain = (sys.stdout.encoding or "").lower().replace("-", "") != "utf8"
    click.echo(json.dumps(values, ensure_ascii=plain))


def _paths(function: Callable[P, R]) -> Callable[P, R]:
    return click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))(function)


@click.command("index")
@_paths
@index_option
@click.option("--jobs", type=click.IntRange(min=1), default=None, show_default="all cores",
              help="Processes that clean pages.")
@click.option("--rebuild", is_flag=True, help="Build anew beside the index in use, verify, then swap.")
@click.option("--dry-run", is_flag=True, help="Do everything but write.")
@click.option("--prune", is_flag=True, help="Take out pages below PATHS whose source is gone.")
@click.option("--merge", is_flag=True,
              help="At the end make one segment of all: smallest, fastest, and everything is written anew.")
@click.option("--checksum", is_flag=True,
              help="Read every file, also those that look as they did when they were read.")
@click.option("--lock-timeout", type=click.FloatRange(min=0), default=10.0, show_default=True,
              metavar="SECONDS", help="How long to wait for another writer.")
@click.option("--max-bytes", type=click.IntRange(min=1), default=MAX_BYTES, show_default=True,
              help="Largest page that is read.")
@click.option("--commit-pages", type=click.IntRange(min=1), default=COMMIT_PAGES, show_default=True,
              help="Pages between commits: what a killed run can lose.")
@click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON.")
@sentences
def index_command(paths: tuple[Path, ...], index: Path, jobs: int | None, rebuild: bool, dry_run: bool,
                  prune: bool, merge: bool, checksum: bool, lock_timeout: float, max_bytes: int,
                  commit_pages: int, as_json: bool) -> None:
    """Read archives (folders, files, .jsonl, .warc, .zip) into the index.

    Unchanged pages are passed over.  Exit code 0: all pages went in; 1: some failed (they are
    listed by name and reason); 2: wrong use.

    \b
    Example:
      bangfu index corpus --index index
    """
    options = Options(paths, index, jobs or 0, rebuild, dry_run, prune, lock_timeout, max_bytes,
                      commit_pages, merge, checksum)
    console = Console(stderr=as_json, soft_wrap=True)
    progress = RunProgress(console, estimate_pages(paths))
    try:
        summary = run(options, progress)
    finally:
        progress.close()
    if as_json:
        print_json(summary.values())
    else:
        print_summary(console, summary, dry_run, str(IndexFolder(index).failures))
    if summary.failed:
        sys.exit(FAILED)


@click.command("inspect")
@_paths
@click.option("--json", "as_json", is_flag=True, help="One JSON object a page, one a line.")
@click.option("--diff", is_flag=True, help="Print the extracted and the clean text side by side.")
@click.option("--all", "every", is_flag=True, help="List every repair, not the first ten of each rule.")
@click.option("--max-bytes", type=click.IntRange(min=1), default=MAX_BYTES, show_default=True,
              help="Largest page that is read.")
@sentences
def inspect_command(paths: tuple[Path, ...], as_json: bool, diff: bool, every: bool,
                    max_bytes: int) -> None:
    """Show what the pipeline makes of pages, and why, without an index.

    What was repaired, where, by which rule; what was left and why; each fact with the words that
    gave it.  A page that cannot be read has no reports, and its warning says why; the exit code is
    then 1.

    \b
    Example:
      bangfu inspect corpus/pages/mirror --diff
    """
    from indexer.inspection import print_diff, print_repairs  # noqa: PLC0415
    from indexer.pipeline import process  # noqa: PLC0415 - the other commands start sooner without

    if as_json and (diff or every):
        raise UsageError("--json has every edit already: use it without --diff and --all.")
    console = Console()
    failed = False
    for page in read_archive(paths, max_bytes=max_bytes):
        result = page if isinstance(page, Problem) else process(page)
        record = not_read(result) if isinstance(result, Problem) else inspected(result)
        if isinstance(result, Problem):
            failed = True
            click.echo(f"bangfu: {result.path}: {result.reason}", err=True)
        if as_json:
            print_json(record)
        elif isinstance(result, Processed):
            print_page(console, record)
            if diff:
                print_diff(console, result)
            else:
                print_repairs(console, result, every)
    if failed:
        sys.exit(FAILED)


@click.command("stats")
@index_option
@click.option("--coverage", "covered", is_flag=True,
              help="Reports by region and year, by theme, by kind, and how many are unknown.")
@click.option("--under", metavar="REGION", help="With --coverage: the regions inside of this one.")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
@click.option("--csv", "as_csv", is_flag=True,
              help="With --coverage: print as CSV (UTF-8 with a byte order mark, as spreadsheets want it).")
@sentences
def stats_command(index: Path, covered: bool, under: str | None, as_json: bool, as_csv: bool) -> None:
    """Count what an index holds, and say what made it.

    \b
    Example:
      bangfu stats --index index --coverage
    """
    if (under or as_csv) and not covered:
        raise UsageError("--under and --csv belong to --coverage: add it.")
    if as_json and as_csv:
        raise UsageError("Choose one of --json and --csv.")
    if covered:
        _show_coverage(index, under, as_json, as_csv)
        return
    values = stats(index)
    if as_json:
        print_json(values)
        return
    for name in ("reports", "pages", "commit"):
        click.echo(f"{name}: {values[name]}")
    _show_space(values)
    for name in ("region", "year", "script"):
        counted = ", ".join(f"{value} {count}" for value, count in values[name].items())
        click.echo(f"{name}: {counted}")
    for name, value in values["made_by"].items():
        click.echo(f"made by {name} {value}")


def _show_space(values: dict[str, Any]) -> None:
    click.echo(f"segments: {values['segments']}")
    click.echo(f"space: {decimal(values['bytes'])}")
    for name, size in values["space"].items():
        click.echo(f"  {name}: {decimal(size)}, {size / max(1, values['bytes']):.1%}")


def _segments(index: Path) -> int:
    """Files of segments: those too that a running writer has not committed yet."""
    return sum(1 for _ in IndexFolder(index).current().glob(f"*{EXTENSION}"))


def _show_coverage(index: Path, under: str | None, as_json: bool, as_csv: bool) -> None:
    with open_searcher(index) as searcher:
        found = coverage(searcher, under)
    if as_json:
        print_json(found.values())
    elif as_csv:
        click.echo(csv_of(found).encode("utf-8-sig"), nl=False)
    else:
        print_coverage(Console(), found)


def stats(index: Path) -> dict[str, Any]:
    """What `bangfu stats` tells, as JSON values. Raises IndexNotFound or IndexDamaged."""
    with open_searcher(index) as searcher:
        states = list(searcher.pages())
        current = (fingerprint.cleaning(), fingerprint.tokens())
        regions = {value: count for value, count in searcher.values("region").items() if "/" not in value}
        return {
            "reports": searcher.count(), "pages": len(states), "bytes": open_engine(index).size(),
            "segments": _segments(index), "space": dict(searcher.space()),
            "commit": searcher.commit, "region": regions,
            "year": dict(sorted(searcher.values("year").items())),
            "script": searcher.values("script"), "source": searcher.values("source"),
            "made_by_other_program": sum((s.made.cleaning, s.made.tokens) != current for s in states),
            "made_by": fingerprint.parts(), "last_run": last_summary(index),
        }


@click.command("verify")
@index_option
@sentences
def verify_command(index: Path) -> None:
    """Open every segment, compare counts, read every report again; exit 1 with the reason on damage.

    \b
    Example:
      bangfu verify --index index
    """
    with open_searcher(index) as searcher:
        problems = searcher.check()
        count = 0 if problems else searcher.count()
    for problem in problems:
        click.echo(f"bangfu: {problem}", err=True)
    if problems:
        sys.exit(FAILED)
    click.echo(f"The index at {index} is whole: {counted(count, 'report')}.")


COMMANDS = (index_command, inspect_command, stats_command, verify_command)
