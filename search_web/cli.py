"""The `bangfu` command: searching and serving, beside the archivist's commands of the indexer."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable
from dataclasses import fields
from functools import wraps
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import click
from rich.console import Console

from indexer.cli import COMMANDS, index_option, print_json, sentences
from indexer.errors import UsageError
from search_web.answer.shape import FACETS
from search_web.cite.export import FORMATS
from search_web.printing import print_answer, print_concordance, print_similar, print_trend
from search_web.query.question import MAX_LIMIT, SCRIPTS, SORTS, YEARS_BY, Question
from search_web.service import SearchService
from search_web.study import kwic, trend
from search_web.study.similar import LIMIT as SIMILAR
from search_web.study.similar import MAX_LIMIT as MAX_SIMILAR

P = ParamSpec("P")
R = TypeVar("R")


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


_FILTERS = (
    click.option("--region", "regions", multiple=True, metavar="R",
                 help="甘肃省/酒泉市, 酒泉 or 620900; repeat for OR."),
    click.option("--year", "years", multiple=True, metavar="Y|Y1..Y2",
                 help="2012 or 2012..2015; repeat for OR."),
    click.option("--year-by", "years_by", type=click.Choice(YEARS_BY), default="period", show_default=True,
                 help="Years that a report is about, or the one it was published in."),
    click.option("--source", "sources", multiple=True, metavar="S",
                 help="Issuing organisation; repeat for OR."),
    click.option("--theme", "themes", multiple=True, metavar="T", help="产业, 就业, …; repeat for OR."),
    click.option("--kind", "kinds", multiple=True, metavar="K", help="总结, 通知, …; repeat for OR."),
    click.option("--script", "scripts", multiple=True, type=click.Choice(SCRIPTS),
                 help="Only reports in this script; repeat for OR."),
)
_WORDS = (
    click.option("--own-script", is_flag=True, help="Characters must stand as typed: 貧困 is not 贫困."),
    click.option("--no-synonym", "no_synonyms", multiple=True, metavar="W",
                 help="A word that gets no synonyms, or a synonym that is not wanted; repeatable."),
    click.option("--partly", is_flag=True,
                 help="Only what holds most of the words, but fewer than are asked for."),
)
_FOLD = click.option("--fold/--no-fold", "collapse", default=None,
                     help="Reprints count once, as the earliest of them, or each by itself.")
_JSON = click.option("--json", "as_json", is_flag=True, help="Print the object that the API gives.")


def _options(*options: Callable[[Any], Any]) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Several options in the order in which they are given."""
    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        for option in reversed(options):
            function = option(function)
        return function
    return decorate


def _asks(collapse: bool) -> Callable[[Callable[..., R]], Callable[..., R]]:
    """Gathers what was given of words and filters into `question`; reprints are folded by default or not."""
    names = {field.name for field in fields(Question)}

    def decorate(function: Callable[..., R]) -> Callable[..., R]:
        @wraps(function)
        def wrapped(*, query: tuple[str, ...] = (), **given: Any) -> R:
            asked = {name: given.pop(name) for name in list(given) if name in names}
            if asked.get("collapse") is None:
                asked["collapse"] = collapse
            for name in ("regions", "years", "sources", "themes", "kinds", "no_synonyms"):
                asked[name] = tuple(map(typed_on_terminal, asked.get(name, ())))
            return function(question=Question(typed_on_terminal(" ".join(query)), **asked), **given)
        return wrapped
    return decorate


def typed_on_terminal(argument: str) -> str:
    """What was typed on a terminal of another encoding: its bytes, read as UTF-8 or as GB18030."""
    if argument.isascii() or not any("\ud800" <= char <= "\udfff" for char in argument):
        return argument
    raw = os.fsencode(argument)
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("gb18030", errors="replace")


@main.command("search")
@click.argument("query", nargs=-1)
@index_option
@_options(*_FILTERS, *_WORDS, _FOLD)
@click.option("--sort", type=click.Choice(SORTS), help="Default: relevance; newest without words.")
@click.option("--facet", "shown", multiple=True, type=click.Choice(FACETS),
              help="Count the hits by this; repeatable.  [default: region, year]")
@click.option("--limit", type=click.IntRange(0, MAX_LIMIT), default=10, show_default=True)
@click.option("--offset", type=click.IntRange(min=0), default=0, show_default=True)
@_JSON
@sentences
@_asks(collapse=True)
def search_command(question: Question, index: Path, shown: tuple[str, ...], as_json: bool) -> None:
    """Search an index. An empty QUERY with filters browses.

    Words separated by spaces must all occur; "…" finds the exact string; -word excludes (put -- in
    front of a query that begins with -).  How the query was read is said above the hits.

    \b
    Example:
      bangfu search '"四个不摘" 驻村' --region 甘肃省 --year 2019..2022 --facet theme
    """
    answer = SearchService(index).search(question)
    if as_json:
        print_json(answer)
    else:
        print_answer(Console(soft_wrap=True), answer, shown or ("region", "year"))


@main.command("kwic")
@click.argument("query", nargs=-1, required=True)
@index_option
@_options(*_FILTERS, *_WORDS, _FOLD)
@click.option("--width", type=click.IntRange(kwic.MIN_WIDTH, kwic.MAX_WIDTH), default=kwic.WIDTH,
              show_default=True, help="Characters of context on either side.")
@click.option("--sort", "by", type=click.Choice(kwic.SORTS), default="position", show_default=True)
@click.option("--limit", type=click.IntRange(0, kwic.MAX_LINES), default=50, show_default=True)
@click.option("--offset", type=click.IntRange(min=0), default=0, show_default=True)
@_JSON
@sentences
@_asks(collapse=False)
def kwic_command(question: Question, index: Path, width: int, by: str, as_json: bool) -> None:
    """Every occurrence of a query's strings, aligned, with the report that it stands in.

    \b
    Example:
      bangfu kwic '"驻村工作队"' --sort right --width 20
    """
    answer = SearchService(index).kwic(question, width, by)
    if as_json:
        print_json(answer)
    else:
        print_concordance(Console(soft_wrap=True), answer)


@main.command("trend")
@click.argument("terms", nargs=-1, required=True, metavar="TERM...")
@index_option
@_options(*_FILTERS, _FOLD)
@click.option("--by", type=click.Choice(trend.BY), default="year", show_default=True)
@click.option("--under", metavar="REGION", help="With --by region: the regions inside of this one.")
@_JSON
@sentences
@_asks(collapse=False)
def trend_command(question: Question, index: Path, terms: tuple[str, ...], by: str, under: str | None,
                  as_json: bool) -> None:
    """How often terms occur by year, region, theme or kind, with the denominators.

    A TERM is an exact string; 双联|联村联户 counts both together.

    \b
    Example:
      bangfu trend 双联 '驻村|包村' --by region --under 甘肃省
    """
    under = typed_on_terminal(under) if under else None
    answer = SearchService(index).trend(tuple(map(typed_on_terminal, terms)), by, question, under)
    if as_json:
        print_json(answer)
    else:
        print_trend(Console(soft_wrap=True), answer)


@main.command("similar")
@click.argument("report", required=False)
@index_option
@click.option("--text", help="Look for the like of this passage instead of a report.")
@click.option("--passage", metavar="START..END",
              help="Only of this part of the report, by offsets as `kwic` prints them.")
@click.option("--limit", type=click.IntRange(1, MAX_SIMILAR), default=SIMILAR, show_default=True)
@_JSON
@sentences
def similar_command(report: str | None, index: Path, text: str | None, passage: str | None, limit: int,
                    as_json: bool) -> None:
    """Reports of other counties that solved the like, with their best passages.

    REPORT is an id as `bangfu search` prints it.

    \b
    Example:
      bangfu similar --text 贫困户以土地入股合作社，年底按股分红
    """
    if (report is None) == (text is None):
        raise UsageError("Give either the id of a report or --text.")
    bounds = re.fullmatch(r"([0-9]{1,9})\.\.([0-9]{1,9})", passage) if passage and report else None
    if passage and bounds is None:
        raise UsageError("A passage of a report is given as START..END: 120..340.", "bad-passage")
    service = SearchService(index)
    start, end = (int(bounds[1]), int(bounds[2])) if bounds else (0, None)
    answer = (service.similar(report, limit, start, end) if report is not None
              else service.similar_to_text(typed_on_terminal(text or ""), limit))
    if answer is None:
        raise UsageError(f"There is no report {report} in the index.", "unknown-report")
    if as_json:
        print_json(answer)
    else:
        print_similar(Console(soft_wrap=True), answer)


@main.command("export")
@click.argument("query", nargs=-1)
@index_option
@_options(*_FILTERS, *_WORDS, _FOLD)
@click.option("--sort", type=click.Choice(SORTS), help="Default: relevance; newest without words.")
@click.option("--format", "form", type=click.Choice(tuple(FORMATS)), default="csv", show_default=True)
@click.option("--text", is_flag=True, help="With the whole text of each report (csv, jsonl).")
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
              help="Where to write; standard output without it.")
@sentences
@_asks(collapse=False)
def export_command(question: Question, index: Path, form: str, text: bool, output: Path | None) -> None:
    """Write all hits of a query as a file, with a receipt of what was asked of which index.

    \b
    Example:
      bangfu export 驻村 --region 甘肃省 --format jsonl
    """
    pieces = SearchService(index).export(form, question, text)
    try:
        with click.open_file(str(output or "-"), "wb") as file:
            for piece in pieces:
                file.write(piece.encode("utf-8"))
    except OSError as error:
        raise UsageError(f"{output or 'The output'} cannot be written: {error.strerror or error}.") from error


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
