"""The pages: home, results, one report."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from flask import Blueprint, abort, current_app, render_template, request, url_for

from search_web import facet_view
from search_web.parameters import PAGE_SIZES, State
from search_web.report_view import reading
from search_web.service import MAX_OFFSET, SORTS, Question, SearchService

pages = Blueprint("pages", __name__)

NEWEST = 5
# Years without a report are shown in the chart of the home page up to this many columns.
MAX_COLUMNS = 60
# Page numbers on either side of the current one.
NEIGHBOURS = 2


def _service() -> SearchService:
    service: SearchService = current_app.extensions["bangfu"]
    return service


@pages.get("/")
def home() -> str:
    """What the archive holds, every number a search."""
    overview = _service().overview()
    newest = _service().search(Question(sort="newest", limit=NEWEST))["hits"]
    return render_template("home.html", state=State(), overview=overview, newest=newest,
                           provinces=_shares(overview["regions"]), years=_columns(overview["years"]))


def _shares(items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    largest = max((item["count"] for item in items), default=1)
    ordered = sorted(items, key=lambda item: (-item["count"], item["value"]))
    return [item | {"share": round(100 * item["count"] / largest, 1)} for item in ordered]


def _columns(years: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The years in order, those without a report between them included."""
    counts = {item["value"]: item["count"] for item in years}
    if not counts:
        return []
    span = range(min(counts), max(counts) + 1)
    shown = span if len(span) <= MAX_COLUMNS else sorted(counts)
    return sorted(_shares([{"value": year, "count": counts.get(year, 0)} for year in shown]),
                  key=lambda item: int(item["value"]))


@pages.get("/search")
def search() -> str:
    """A page of results, with the facets that narrow it."""
    asked = State.of(request.args)
    answer = _service().search(asked.question)
    read = answer["interpretation"]
    # From here on a region goes by its path: 酒泉 was typed, 甘肃省/酒泉市 is what is chosen.
    state = replace(asked, regions=tuple(read["filters"]["region"]), sources=tuple(read["filters"]["source"]))
    facets = answer["facets"]
    return render_template(
        "results.html", state=state, answer=answer, read=read, chips=facet_view.chips(state),
        first=(state.page - 1) * state.size + 1, pager=_pager(answer["total"], state),
        sorts=SORTS, sizes=PAGE_SIZES,
        regions=facet_view.region_choices(facets["region"], state),
        years=facet_view.year_choices(facets["year"], state),
        sources=facet_view.source_choices(facets["source"], state),
        scripts=facet_view.script_choices(facets["script"], state), api=_api_link(state))


def _api_link(state: State) -> str:
    pairs = [("q", state.query), *((name, value) for name, value in state.kept if name != "size"),
             ("limit", str(state.size)), ("offset", str((state.page - 1) * state.size))]
    return url_for("api.search") + "?" + urlencode(pairs, quote_via=quote)


def _pager(total: int, state: State) -> dict[str, Any]:
    """The pages of a list as far as it can be read: the last one, and the numbers that are linked."""
    last = max(1, -(-min(total, MAX_OFFSET) // state.size))
    near = range(max(1, state.page - NEIGHBOURS), min(last, state.page + NEIGHBOURS) + 1)
    numbers = sorted({1, last, *near})
    return {"last": last, "numbers": numbers, "cut": total > MAX_OFFSET}


@pages.get("/report/<report_id>")
def report(report_id: str) -> str:
    """One report: its text with hits marked, what is known of it, and why."""
    state = State.of(request.args)
    found = _service().report(report_id, state.query)
    if found is None:
        abort(404)
    return render_template("report.html", state=state, report=found, text=reading(found),
                           link=safe_link(found["url"]))


def safe_link(url: str | None) -> str | None:
    """The address of a page where it can be followed: a scraped `javascript:` cannot.

    >>> safe_link("https://www.example.gov.cn/1.html"), safe_link("javascript:alert(1)")
    ('https://www.example.gov.cn/1.html', None)
    """
    try:
        parts = urlsplit(url or "")
    except ValueError:
        return None
    return url if parts.scheme in ("http", "https") and parts.netloc else None
