"""The pages for research: every occurrence in its context, counts over time and place, what is covered."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any
from urllib.parse import quote

from flask import Blueprint, Response, current_app, render_template, request

from indexer.coverage import as_csv, coverage
from indexer.store.engine import UNKNOWN
from search_web import charts, facet_view, kwic, trend
from search_web.i18n import gettext
from search_web.links import link
from search_web.parameters import State, number
from search_web.service import SearchService

study = Blueprint("study", __name__)

LINES = 50
# Letters on either side that fit on a wide screen.
WIDTH = 24
# Regions of the heat table, those with the most reports.
HEAT_ROWS = 16

KWIC_SORTS = {"position": "按报告", "left": "按左文", "right": "按右文", "year": "按年份", "region": "按地区"}
BY = {"year": "所述年份", "published_year": "发布年份", "region": "地区", "theme": "主题", "kind": "体裁"}
MEASURES = {"share": "出现的报告所占比例", "per_letters": "每万字次数", "reports": "出现的报告数",
            "occurrences": "出现次数"}
_BETWEEN_TERMS = re.compile(r"[,，;；、\n]+")


def _service() -> SearchService:
    service: SearchService = current_app.extensions["bangfu"]
    return service


def _csv(rows: Iterable[Sequence[Any]], name: str) -> Response:
    """A table for spreadsheets: UTF-8 with a byte order mark."""
    out = io.StringIO()
    csv.writer(out).writerows([[_inert(cell) for cell in row] for row in rows])
    return _download(out.getvalue(), name)


def _inert(cell: Any) -> Any:
    """No cell is a formula: spreadsheets would run what a page began with = or @."""
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell


def _download(text: str, name: str) -> Response:
    return Response(text.encode("utf-8-sig"), content_type="text/csv; charset=utf-8", headers={
        "Content-Disposition": f"attachment; filename=\"{name}.csv\"; filename*=UTF-8''{quote(name)}.csv"})


# -- key words in context

@study.get("/kwic", endpoint="kwic")
def concordance() -> str:
    """Every occurrence, aligned."""
    state, width, sort, page = _kwic_asked()
    answer = None
    if state.query.strip():
        answer = _service().kwic(replace(state.question, limit=LINES, offset=(page - 1) * LINES), width, sort)
    last = max(1, -(-min(answer["sorted"], answer["occurrences"]) // LINES)) if answer else 1
    return render_template(
        "kwic.html", state=state, answer=answer, width=width, sort=sort, page=page, last=last,
        sorts=[(name, gettext(label)) for name, label in KWIC_SORTS.items()],
        chips=facet_view.chips(state, lambda other: link("study.kwic", other, width=width, order=sort)))


def _kwic_asked() -> tuple[State, int, str, int]:
    state = State.of(request.args)
    width = number(request.args, "width", WIDTH)
    return replace(state, page=1), width, request.args.get("order", "").strip() or "position", state.page


@study.get("/kwic.csv")
def kwic_csv() -> Response:
    """All lines of a concordance up to the limit of sorting, as a table."""
    state, width, sort, _ = _kwic_asked()
    rows: list[Sequence[Any]] = [("left", "hit", "right", "title", "year", "region", "report", "offset")]
    offset = 0
    while True:
        answer = _service().kwic(replace(state.question, limit=kwic.MAX_LINES, offset=offset), width, sort)
        rows += [(line["left"], line["hit"], line["right"], line["title"] or "", line["year"] or "",
                  "/".join(line["region"] or ()), line["report"], line["offset"]) for line in answer["lines"]]
        offset += kwic.MAX_LINES
        if offset >= min(answer["occurrences"], kwic.MAX_SORTED):
            return _csv(rows, "kwic")


# -- counts over time and place

def _terms(query: str) -> list[str]:
    """The terms to compare: of `terms`, parted by commas; else what the search asked for."""
    found = [term.strip() for term in _BETWEEN_TERMS.split(request.args.get("terms", "")) if term.strip()]
    if not found and query.strip():
        read = _service().commit().read(State(query=query).question)
        found = [*read.exact, *read.words][:charts.MAX_LINES]
    return list(dict.fromkeys(found))


def _trend_asked() -> tuple[State, list[str], str, str, dict[str, Any] | None]:
    state = State.of(request.args)
    by, under = request.args.get("by", "").strip() or "year", request.args.get("under", "").strip()[:100]
    terms = _terms(state.query)
    answer = _service().trend(terms, by, state.question, under or None) if terms else None
    return state, terms, by, under, answer


@study.get("/trends")
def trends() -> str:
    """Several terms as lines over the years, or as bars by region, theme or kind."""
    state, terms, by, under, answer = _trend_asked()
    measure = request.args.get("measure", "").strip()
    measure = measure if measure in MEASURES else "share"
    return render_template(
        "trends.html", state=state, terms=terms, by=by, under=under, answer=answer, measure=measure,
        bys=[(name, gettext(label)) for name, label in BY.items()], by_name=gettext(BY.get(by, by)),
        measures=[(name, gettext(label)) for name, label in MEASURES.items()],
        lines=_lines(answer, measure) if answer else None, bars=_bars(answer, measure) if answer else (),
        heat=_heat(state, terms) if answer and by == "region" and not under else None,
        limit=trend.MAX_TERMS, chips=facet_view.chips(state, lambda other: link(
            "study.trends", other, terms="，".join(terms), by=by, measure=measure)))


def _lines(answer: Mapping[str, Any], measure: str) -> charts.LineChart | None:
    if answer["by"] not in ("year", "published_year"):
        return None
    rows = [row for row in answer["rows"] if row["value"] != UNKNOWN]
    return charts.line_chart({
        term["term"]: {int(row["value"]): _value(row, at, measure) for row in rows}
        for at, term in enumerate(answer["terms"])})


def _value(row: Mapping[str, Any], at: int, measure: str) -> float | None:
    value: float | None = row["counts"][at][measure]
    return round(100 * value, 2) if measure == "share" and value is not None else value


def _bars(answer: Mapping[str, Any], measure: str) -> list[dict[str, Any]]:
    """Rows with a bar for each term, as long in percent as the value is of the largest."""
    if answer["by"] in ("year", "published_year"):
        return []
    largest = max((_value(row, at, measure) or 0 for row in answer["rows"]
                   for at in range(len(answer["terms"]))), default=0) or 1
    found = []
    for row in answer["rows"]:
        values = [_value(row, at, measure) for at in range(len(answer["terms"]))]
        found.append({"label": _name(row["value"], answer["by"]), "value": row["value"],
                      "bars": [{"value": value, "share": round(100 * (value or 0) / largest, 1)}
                               for value in values]})
    return found


def _name(value: str, by: str) -> str:
    if value == UNKNOWN:
        return gettext("不详")
    return gettext(value) if by in ("theme", "kind") else value.rpartition("/")[2]


def _heat(state: State, terms: Sequence[str]) -> charts.Heat | None:
    """Reports that hold the first term, by province and year."""
    counts = _service().searcher().values("region")
    provinces = sorted((value for value in counts if "/" not in value and value != UNKNOWN),
                       key=lambda value: (-counts[value], value))[:HEAT_ROWS]
    rows: dict[str, dict[str, float]] = {}
    for province in provinces:
        answer = _service().trend(terms[:1], "year", replace(state.question, regions=(province,)))
        rows[province] = {row["value"]: row["counts"][0]["reports"] for row in answer["rows"]
                          if row["value"] != UNKNOWN}
    years = [int(year) for row in rows.values() for year, value in row.items() if value]
    if not years:
        return None
    return charts.heat([str(year) for year in range(min(years), max(years) + 1)], rows)


@study.get("/trends.csv")
def trends_csv() -> Response:
    """The numbers of the picture, a line for each value and term, denominators included."""
    _, _, by, _, answer = _trend_asked()
    head = (by, "term", "occurrences", "reports", "all_reports", "all_letters", "per_10000_letters",
            "per_report", "share_of_reports")
    rows: list[Sequence[Any]] = [head]
    for row in [*answer["rows"], {**answer["total"], "value": "total"}] if answer else ():
        rows += [(row["value"], term["term"], count["occurrences"], count["reports"], row["all_reports"],
                  row["all_letters"], count["per_letters"], count["per_report"], count["share"])
                 for term, count in zip(answer["terms"], row["counts"], strict=True)] if answer else ()
    return _csv(rows, f"trends-{by}-{date.today().isoformat()}")


# -- coverage

@study.get("/coverage", endpoint="coverage")
def covered() -> str:
    """How many reports there are by region and year: what every count must be divided by."""
    under = request.args.get("under", "").strip()[:100]
    found = coverage(_service().searcher(), under or None)
    years = [year for year in found.years if year != UNKNOWN]
    rows = {region: {year: float(count) for year, count in found.by_region[region].items()}
            for region in found.regions}
    return render_template(
        "coverage.html", state=State(), found=found, under=found.under or "",
        heat=charts.heat([*years, *([UNKNOWN] if UNKNOWN in found.years else [])], rows),
        names={value: _name(value, "region") for value in found.regions},
        facets=[(gettext("主题"), "theme", found.themes), (gettext("体裁"), "kind", found.kinds)],
        unknowns=[(gettext(facet_view.NAMES.get(name, "发布年份")), name, count)
                  for name, count in found.unknowns.items()])


@study.get("/coverage.csv")
def coverage_csv() -> Response:
    """The same as a table."""
    under = request.args.get("under", "").strip()[:100]
    return _download(as_csv(coverage(_service().searcher(), under or None)), "coverage")
