"""How a run, a page and an index are told to a person on a terminal."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
)
from rich.table import Table
from rich.text import Text

from indexer.indexing import Summary
from indexer.model import LEFT_WARNING
from indexer.wording import counted

# Without a terminal a line is printed this often, so that a log shows that the run is alive.
PLAIN_SECONDS = 5.0
SHOWN_FAILURES = 20


class RunProgress:
    """Shows a run while it goes: a bar with rate and remaining time, or plain lines in a log."""

    def __init__(self, console: Console, total: int | None) -> None:
        self._console = console
        self._total = total
        self._bar = self._make_bar() if console.is_terminal else None
        self._task = self._bar.add_task("indexing", total=total, rate="") if self._bar else None
        self._started = self._printed = time.monotonic()

    def _make_bar(self) -> Progress:
        columns = (TextColumn("[bold]{task.description}"), BarColumn(), MofNCompleteColumn(),
                   TextColumn("{task.fields[rate]}"), TimeRemainingColumn())
        bar = Progress(*columns, console=self._console, transient=True)
        bar.start()
        return bar

    def __call__(self, summary: Summary) -> None:
        """Told after every page."""
        now = time.monotonic()
        rate = f"{summary.pages / max(now - self._started, 1e-6):,.0f} pages/s"
        if self._bar is not None and self._task is not None:
            self._bar.update(self._task, completed=summary.pages, rate=rate)
        elif now - self._printed >= PLAIN_SECONDS:
            self._printed = now
            of = f"{summary.pages:,} of " if self._total else ""
            pages = counted(self._total or summary.pages, "page")
            self._console.print(f"{of}{pages}, {rate}", highlight=False)

    def close(self) -> None:
        """Take the bar away."""
        if self._bar is not None:
            self._bar.stop()


def print_summary(console: Console, summary: Summary, dry_run: bool, failures: str) -> None:
    """What a run did, in a few lines."""
    for reason in summary.reasons:
        console.print(f"Note: {reason}.", highlight=False)
    counts = [f"{summary.new:,} new", f"{summary.changed:,} changed"]
    if summary.retokenised:
        counts.append(f"{summary.retokenised:,} tokenised again")
    counts += [f"{summary.unchanged:,} unchanged", f"{summary.removed:,} removed",
               f"{summary.failed:,} failed"]
    if summary.repeated:
        counts.append(f"{counted(summary.repeated, 'repeated capture')} passed over")
    head = "Would be: " if dry_run else "Pages: "
    console.print(head + ", ".join(counts) + f". Reports in them: {summary.reports:,}.", highlight=False)
    console.print(f"{summary.seconds:.1f} seconds, {summary.pages_per_second:,.0f} pages per second.",
                  highlight=False)
    for problem in summary.failures[:SHOWN_FAILURES]:
        console.print(Text(f"  failed: {problem.path}: {problem.reason}", style="red"))
    if len(summary.failures) > SHOWN_FAILURES:
        console.print(f"  … and {len(summary.failures) - SHOWN_FAILURES:,} more.", highlight=False)
    if summary.failures and not dry_run:
        console.print(f"All failures: {failures}", highlight=False, soft_wrap=True)


def print_page(console: Console, record: Mapping[str, Any]) -> None:
    """What the pipeline made of one page, for a person.  What was left is told by `inspection.py`, with
    the words around it."""
    page = record["page"]
    console.rule(Text(page["path"], style="bold"), align="left")
    console.print(Text(f"{page['kind']}, {page['encoding']} ({'; '.join(page['encoding_evidence'])})",
                       style="dim"))
    for report in record["reports"]:
        _print_report(console, report)
    for warning in (one for one in record["warnings"] if LEFT_WARNING not in one):
        console.print(Text(f"warning: {warning}", style="yellow"))


def _print_report(console: Console, report: Mapping[str, Any]) -> None:
    table = Table.grid(padding=(0, 2))
    for share in (None, 2, 3):
        table.add_column(overflow="fold", ratio=share)
    evidence = report["evidence"]
    for name in ("title", "kind", "published", "source", "author"):
        table.add_row(name, Text(report[name] or "unknown"), _because(evidence[name]))
    years = "; ".join(f"{item['year']}: {item['words']}" for item in evidence["period"])
    table.add_row("period", ", ".join(map(str, report["period"])) or "unknown", Text(years, style="dim"))
    for place in report["regions"]:
        table.add_row(place["role"], Text(" / ".join(place["path"])), _because(place["evidence"]))
    for theme in evidence["themes"]:
        table.add_row("theme", theme["theme"], _because(theme))
    table.add_row("script", report["script"], "")
    console.print(Text(f"report {report['part']}  {report['id']}", style="bold"), table)
    console.print(Text(report["body"][:200] + ("…" if len(report["body"]) > 200 else "")))


def _because(evidence: Mapping[str, str] | None) -> Text:
    return Text(f"{evidence['rule']}: {evidence['words']}" if evidence else "", style="dim")
