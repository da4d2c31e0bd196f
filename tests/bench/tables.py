"""A run as tables, for a terminal and as Markdown for the README."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from rich.console import Console
from rich.markup import escape
from rich.table import Table as RichTable

from tests.bench.adapters import TITLES
from tests.bench.floors import OURS, Judged
from tests.bench.pace import TOLERANCE
from tests.bench.questions import KINDS

NAMES = {
    "term_rare": "rare word (2–10 reports)", "term_mid": "middling word (about 1 %)",
    "term_common": "common word (> 20 %)", "and_2": "AND of 2", "or_3": "OR of 3",
    "phrase_2": "phrase of 2 common words", "exact_2": "exact string, 2 characters",
    "exact_4": "exact string, 4 characters", "exact_8": "exact string, 8 characters",
    "exact_20": "exact string, 20 characters",
}
# Runs that were kept before the first of these was measured are printed without it.
STATES = (("warm", "evaluated with the data in memory"), ("hot", "asked again"),
          ("cold", "asked for the first time"))
WAYS = {"plain": "ten hits and the number of all", "facets": "with region and year counted",
        "passages": "with region and year counted and passages cut"}
NONE = "–"


class Table(NamedTuple):
    """A title, the heads of the columns, and the rows."""

    title: str
    heads: list[str]
    rows: list[list[str]]


def tables(result: Mapping[str, Any]) -> list[Table]:
    """What a run measured."""
    engines = result["engines"]
    heads = ["", *(f"{TITLES[name]} {sheet['build']['version']}" for name, sheet in engines.items())]
    found = [Table("Index", heads, _index_rows(list(engines.values())))]
    for way, title in WAYS.items():
        for state, when in STATES:
            if not any(state in times for sheet in engines.values() for times in _of_way(sheet, way)):
                continue
            rows = [[NAMES[kind], *(_times(sheet["ask"].get(kind, {}).get(way, {}).get(state))
                                    for sheet in engines.values())] for kind in KINDS]
            found.append(Table(f"Queries, {title}, {when}: ms p50 / p95", heads, rows))
    found += [Table(title, ["", unit], [[name, f"{value:,.2f}"] for name, value in rows.items() if value >= least])
              for title, unit, least, rows in _inside(engines)]
    if "raw" in result:
        found.append(_raw(result))
    return found


def _of_way(sheet: Mapping[str, Any], way: str) -> list[Mapping[str, Any]]:
    """The times of all kinds of questions, asked in one way."""
    return [sheet["ask"][kind][way] for kind in KINDS if way in sheet["ask"].get(kind, {})]


def _inside(engines: Mapping[str, Any]) -> list[tuple[str, str, float, dict[str, float]]]:
    """Of this engine: its build and its index by their parts; title, unit, smallest figure, figures."""
    build = engines.get(OURS, {}).get("build", {})
    parts = (("Build from tokens: of which", "µs of processor time a report", 0.0, "stages"),
             ("Index: of which", "bytes a byte of text", 0.01, "space"))
    return [(title, unit, least, build[name]) for title, unit, least, name in parts if name in build]


def _index_rows(sheets: Sequence[Mapping[str, Any]]) -> list[list[str]]:
    def row(name: str, *path: str, form: str = "{:,.0f}") -> list[str]:
        return [name, *(_shown(sheet, path, form) for sheet in sheets)]

    sizes = sorted({size for sheet in sheets for size in sheet["write"]["commit_ms"]}, key=int)
    return [
        row("reports", "build", "reports"),
        row("build from tokens, reports/s", "build", "reports_per_second"),
        row("… reports a second of processor time", "build", "reports_per_processor_second"),
        row("index bytes per byte of text", "build", "bytes_per_byte", form="{:.2f}"),
        row("memory while serving, MB", "memory", "serving", "resident"),
        row("… of it not mapped files, MB", "memory", "serving", "anonymous"),
        row("open in a fresh process, ms", "memory", "open_ms", form="{:.1f}"),
        row("first answer there, ms", "memory", "first_answer_ms", form="{:.1f}"),
        row("open again, ms", "ask", "open_ms", form="{:.1f}"),
        row("queries/s with facets, 1 process", "throughput", "1"),
        row("queries/s with facets, 2 processes", "throughput", "2"),
        *(row(f"commit of {size} reports, ms", "write", "commit_ms", size, form="{:,.1f}") for size in sizes),
        row("full merge, s", "write", "merge_seconds", form="{:.2f}"),
        row("unchanged rerun over the pages, s", "rerun", "seconds", form="{:.1f}"),
    ]


def _shown(sheet: Mapping[str, Any], path: Sequence[str], form: str) -> str:
    value: Any = sheet
    for name in path:
        value = value.get(name) if isinstance(value, Mapping) else None
    return NONE if value is None else form.format(value)


def _times(sheet: Mapping[str, float] | None) -> str:
    return f"{_ms(sheet['p50'])} / {_ms(sheet['p95'])}" if sheet else NONE


def _ms(value: float) -> str:
    """Two telling digits.

    >>> _ms(0.0431), _ms(4.312), _ms(431.2)
    ('0.043', '4.3', '431')
    """
    return f"{value:.3f}" if value < 0.1 else f"{value:.2f}" if value < 1 else f"{value:.1f}" if value < 10 else \
        f"{value:,.0f}"


def _raw(result: Mapping[str, Any]) -> Table:
    raw = result["raw"]
    heads = ["", "Bangfu", "get_text + jieba + plain Whoosh"]
    row = [f"pages/s, {raw['pages']:,} pages, {raw['jobs']} processes",
           *(f"{raw[name]['pages_per_second']:,.0f}" for name in ("bangfu", "naive"))]
    return Table("Raw HTML to searchable", heads, [row])


def about(result: Mapping[str, Any]) -> str:
    """One sentence about machine, date and texts."""
    machine = result["machine"]
    sheet = next(iter(result["engines"].values()))["build"]
    return (f"{result['date']}, {machine['processor']}, {machine['cores']} cores, {machine['memory_gb']} GB, "
            f"Python {result['versions']['python']}, commit {result['versions']['commit'] or 'unknown'}; "
            f"{sheet['reports']:,} made reports, {sheet['text_bytes'] / 1e6:,.1f} MB of clean text"
            + (f"; the machine was busy (load {machine['load']:.1f} at the start)" if machine["load"] > 1 else "")
            + _slow(result))


def _slow(result: Mapping[str, Any]) -> str:
    """How much of it was measured while the machine was slower than it had been."""
    found = [times["slowness"] for sheet in result["engines"].values() for way in WAYS
             for times in _of_way(sheet, way) if "slowness" in times]
    slow = [one for one in found if one > TOLERANCE]
    return f"; {len(slow)} of {len(found)} kinds of questions were asked while it was slow" if slow else ""


def markdown(result: Mapping[str, Any]) -> str:
    """The tables for a README."""
    parts = [about(result) + "."]
    for table in tables(result):
        rows = [table.heads, ["---", *["---:"] * (len(table.heads) - 1)], *table.rows]
        parts.append(f"**{table.title}**\n\n" + "\n".join("| " + " | ".join(row) + " |" for row in rows))
    return "\n\n".join(parts) + "\n"


def show(console: Console, result: Mapping[str, Any]) -> None:
    """The tables on a terminal."""
    console.print(about(result), "\n")
    for table in tables(result):
        _print(console, table)


def show_floors(console: Console, judged: Sequence[Judged]) -> None:
    """Which floors are met."""
    words = {True: "met", False: "NOT MET", None: NONE}
    rows = [[one.name, one.bound, one.measured, words[one.met], one.remark] for one in judged]
    _print(console, Table("Floors", ["figure", "floor", "measured", "", ""], rows))
    for one in judged:
        if one.met is False and one.profile:
            console.print(f"{one.name}: {one.profile}", markup=False)


def _print(console: Console, table: Table) -> None:
    shown = RichTable(title=table.title, title_justify="left", box=None, pad_edge=False)
    for number, head in enumerate(table.heads):
        shown.add_column(head, justify="right" if number else "left", overflow="fold")
    for row in table.rows:
        shown.add_row(*map(escape, row))
    console.print(shown)
    console.print()
