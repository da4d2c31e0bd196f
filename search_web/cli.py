"""The `bangfu` command: searching and serving, beside the archivist's commands of the indexer."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.text import Text

from indexer.cli import COMMANDS, index_option, print_json, sentences
from search_web.service import MAX_LIMIT, SCRIPTS, SORTS, Question, SearchService


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="bangfu")
def main() -> None:
    """Bangfu (帮扶文库): full-text search over an archive of Chinese assistance reports.

    \b
    Example:
      bangfu index corpus && bangfu search 驻村工作队 && bangfu serve
    """
    # A terminal without UTF-8 must not make Chinese output a traceback.
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


@main.command("search")
@click.argument("query", nargs=-1)
@index_option
@click.option("--region", multiple=True, metavar="R", help="甘肃省/酒泉市 or 酒泉市; repeat for OR.")
@click.option("--year", multiple=True, metavar="Y|Y1..Y2", help="2012 or 2012..2015; repeat for OR.")
@click.option("--source", multiple=True, metavar="S", help="Issuing organisation; repeat for OR.")
@click.option("--script", type=click.Choice(SCRIPTS), help="Only reports in this script.")
@click.option("--sort", type=click.Choice(SORTS), help="Default: relevance; newest without words.")
@click.option("--limit", type=click.IntRange(0, MAX_LIMIT), default=10, show_default=True)
@click.option("--offset", type=click.IntRange(min=0), default=0, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Print the object that the API gives.")
@sentences
def search_command(query: tuple[str, ...], index: Path, region: tuple[str, ...], year: tuple[str, ...],
                   source: tuple[str, ...], script: str | None, sort: str | None, limit: int,
                   offset: int, as_json: bool) -> None:
    """Search an index. An empty QUERY with filters browses.

    Blanks part words that must all occur; "…" finds the exact string; -word excludes (put -- in
    front of a query that begins with -).

    \b
    Example:
      bangfu search '"四个不摘" 驻村' --region 甘肃省 --year 2019..2022
    """
    question = Question(_typed(" ".join(query)), tuple(map(_typed, region)), year, tuple(map(_typed, source)),
                        script, sort, limit, offset)
    answer = SearchService(index).search(question)
    if as_json:
        print_json(answer)
    else:
        print_answer(Console(soft_wrap=True), answer)


def _typed(argument: str) -> str:
    """What was typed on a terminal of another encoding: its bytes, read as UTF-8 or as GB18030."""
    if argument.isascii() or not any("\ud800" <= char <= "\udfff" for char in argument):
        return argument
    raw = os.fsencode(argument)
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("gb18030", errors="replace")


def print_answer(console: Console, answer: Mapping[str, Any]) -> None:
    """The hits and the strongest facets, readable on a terminal."""
    noun = "report" if answer["total"] == 1 else "reports"
    console.print(f"{answer['total']:,} {noun}, {answer['took_ms']} ms", style="bold", highlight=False)
    for note in answer["interpretation"]["notes"]:
        console.print(Text(note["text"], style="yellow"))
    for hit in answer["hits"]:
        title = Text(style="bold")
        for piece in hit["marked_title"] or [{"text": "(no title)", "hit": False}]:
            title.append(piece["text"], style="reverse" if piece["hit"] else "")
        console.print()
        console.print(title)
        facts = (" / ".join(hit["region"] or ("region unknown",)), hit["published"] or "no date",
                 hit["source"], hit["path"])
        console.print(Text("  ".join(fact for fact in facts if fact), style="dim"))
        passage = Text("  ")
        for piece in hit["snippet"]:
            passage.append(piece["text"], style="bold red" if piece["hit"] else "")
        console.print(passage)
    for name in ("region", "year"):
        counted = "  ".join(f"{item['value']} {item['count']}" for item in answer["facets"][name][:12])
        if counted:
            console.print(Text(f"\n{name}: {counted}", style="cyan"))


@main.command("serve")
@index_option
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True)
@click.option("--workers", type=click.IntRange(min=1), default=2, show_default=True,
              help="Processes that answer.")
@sentences
def serve_command(index: Path, host: str, port: int, workers: int) -> None:
    """Serve the pages and the API of an index.

    \b
    Example:
      bangfu serve --index index --port 8000
    """
    from search_web.server import serve  # noqa: PLC0415 - a search on the terminal needs no web server

    serve(index, host, port, workers)


for command in COMMANDS:
    main.add_command(command)
