"""The pages that everybody uses: home, results, one report and where its text comes from."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from flask import Blueprint, Response, abort, current_app, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from indexer.indexing import last_summary
from indexer.store.engine import UNKNOWN
from search_web.cite import citation
from search_web.current import index_folder, service
from search_web.language.i18n import gettext
from search_web.pages import charts, facet_view
from search_web.pages.links import link
from search_web.pages.parameters import PAGE_SIZES, State
from search_web.pages.raw_view import MAX_LETTERS, received, side_by_side
from search_web.pages.report_view import READINGS, converted, reading
from search_web.pages.similar import with_links
from search_web.pages.wording import cannot_be_read, chosen
from search_web.query import ranges
from search_web.service import MAX_OFFSET, Question

pages = Blueprint("pages", __name__)

NEWEST = 5
# Similar practice that a report's page shows.
SIMILAR = 5
# Words of a search that finds nothing which are tried alone.
SINGLY = 4
# Page numbers on either side of the current one.
NEIGHBOURS = 2
SORTS = {"relevance": "相关", "newest": "最新", "oldest": "最早"}
EXPORTS = {"csv": "CSV 表格", "jsonl": "JSON Lines", "ris": "RIS 题录（Zotero、EndNote）", "bibtex": "BibTeX",
           "gb7714": "GB/T 7714 参考文献"}


def to_results(state: State) -> str:
    """The address of a page of results, the language kept."""
    return link("pages.search", state)


@pages.get("/")
def home() -> str:
    """What the archive holds, every number a search."""
    overview = service().overview()
    searcher = service().searcher()
    counts = {item["value"]: item["count"] for item in overview["regions"]}
    unknowns = (("region", gettext("篇地区不详"), overview["unknown_region"]),
                ("year", gettext("篇年份不详"), overview["unknown_year"]),
                ("theme", gettext("篇主题不详"), searcher.values("theme").get(UNKNOWN, 0)),
                ("source", gettext("篇来源不详"), searcher.values("source").get(UNKNOWN, 0)))
    return render_template(
        "home.html", state=State(), overview=overview, unknowns=unknowns,
        newest=service().search(Question(sort="newest", limit=NEWEST))["hits"],
        tiles=charts.tiles(counts) if counts else (),
        elsewhere=[item for item in overview["regions"] if item["value"] not in charts.PROVINCES],
        years=charts.columns({item["value"]: item["count"] for item in overview["years"]}),
        themes=_named(searcher.values("theme")), kinds=_named(searcher.values("kind")),
        region_href=lambda value: link("pages.search", region=value),
        year_href=lambda value: link("pages.search", year=value))


def _named(counts: Mapping[str, int]) -> list[dict[str, Any]]:
    """Values in falling order with what they are called, the unknown left out."""
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return [{"value": value, "label": gettext(value), "count": count}
            for value, count in ordered if value != UNKNOWN]


@pages.get("/search")
def search() -> str | AnyResponse:
    """A page of results, with the facets that narrow it."""
    asked = State.of(request.args)
    spanned = _with_span(asked)
    if spanned is not None:
        return redirect(to_results(spanned))
    sought = request.args.get("place", "").strip()[:40]
    answer = service().search(replace(asked.question, whole_tree=bool(sought)))
    read = answer["interpretation"]
    # From here on a region goes by its path: 酒泉 was typed, 甘肃省/酒泉市 is what is chosen.
    kept: dict[str, Any] = {facet_view.FIELDS[name]: tuple(values) for name, values in read["filters"].items()
            if name != "year" and isinstance(values, list)}
    state = replace(asked, **kept)
    facets = answer["facets"] | {"year": answer["facets"][read.get("year_facet", "year")]}
    return render_template(
        "results.html", state=state, answer=answer, read=read, chips=facet_view.chips(state, to_results),
        first=(state.page - 1) * state.size + 1, pager=_pager(answer["total"], state),
        sorts=[(sort, gettext(name)) for sort, name in SORTS.items()], sizes=PAGE_SIZES,
        read_browsing=not (read["words"] or read["exact"] or read["patterns"]),
        facets=facet_view.panel(facets, state, to_results, sought, answer["facets_more"]),
        api=_api_link(state),
        spare=_spare(answer["without"], state), here=to_results, studies=_studies(state, read),
        exports=_exports(state), alone=() if answer["total"] else _alone(state, read))


def _spare(without: Sequence[Mapping[str, Any]], state: State) -> list[dict[str, Any]]:
    """The conditions that a search which finds nothing can do without, with the link that does."""
    found = []
    for one in without:
        if not one["reports"]:
            continue
        label = ""
        if not one["field"]:
            left = state.unfiltered.but(query=one["query"])
        elif one["typed"]:
            left = state.but(query=one["query"])
            label = re.split("[:：]", one["values"][0], maxsplit=1)[-1]
        else:
            field = facet_view.FIELDS["year" if one["field"] == "published_year" else one["field"]]
            left = state.but(**{field: ()})
            label = gettext("、").join(chip.label for chip in facet_view.chips(replace(State(), **{
                field: getattr(state, field)})))
        found.append({"field": one["field"], "label": label, "reports": one["reports"],
                      "href": to_results(left)})
    return found


def _with_span(state: State) -> State | None:
    """The state with the years of the `from` and `to` boxes, where one is filled in.

    What is no year goes on as it is, to be refused with a sentence.
    """
    low, high = (request.args.get(name, "").strip()[:20] for name in ("from", "to"))
    if not low and not high:
        return None
    span = low if low == high else f"{low}..{high}"
    found = ranges.years(span)
    if found is not None and found.turned:
        span = f"{found.low}..{found.high}"
    return state.but(years=(span,))


def _alone(state: State, read: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The words of a search that finds nothing, one by one, and all of it as one string: those that find
    something under the same conditions, or else (`bare`) without any."""
    words = [*read["words"], *read["exact"]]
    tried = [(word, False) for word in words[:SINGLY]] if len(words) > 1 else []
    if as_exact := _as_exact(state.query, read):
        tried.append((as_exact, True))
    found = []
    for query, exact in tried:
        for bare in (False, True) if state.filtered else (False,):
            other = (state.unfiltered if bare else state).but(query=query)
            reports = service().search(replace(other.question, limit=0, offset=0))["total"]
            if reports:
                found.append({"query": query, "exact": exact, "bare": bare, "reports": reports,
                              "href": to_results(other)})
                break
    return found


def _as_exact(query: str, read: Mapping[str, Any]) -> str:
    """The query as an exact string, where it is plain words that found nothing together."""
    plain = query.strip()
    if len(read["words"]) < 2 or read["exact"] or any(mark in plain for mark in "\"“”:：()*|"):
        return ""
    return f"“{''.join(plain.split())}”"


def _studies(state: State, read: Mapping[str, Any]) -> list[dict[str, str]]:
    """The other views of the same search."""
    counted = link("study.trends", state.but(size=PAGE_SIZES[0], sort=None))
    found = [{"name": gettext("按年计数"), "href": counted}]
    if read["words"] or read["exact"] or read["patterns"]:
        in_context = link("study.kwic", state.but(size=PAGE_SIZES[0]))
        found.insert(0, {"name": gettext("语境列表"), "href": in_context})
    return found


def _exports(state: State) -> list[dict[str, str]]:
    if "api.export" not in current_app.view_functions:
        return []
    return [{"name": gettext(name), "href": link("api.export", state.but(size=PAGE_SIZES[0]), format=form)}
            for form, name in EXPORTS.items()]


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
    found = _report(report_id, state)
    shown = reading(found)
    script = chosen("read", READINGS, "")
    wanted = script if script != found["script"] else ""
    position = _position()
    return render_template(
        "report.html", state=state, report=found, text=converted(shown, wanted) if wanted else shown,
        wanted=wanted, readings=READINGS, link_to_page=safe_link(found["url"]),
        place=_place_in_list(report_id, state, position), position=position or None,
        edits=sum(one["count"] for one in found["repairs"]), left=found.get("left", ()),
        reprints=found["reprints"], reprints_total=found["reprints_total"],
        citations=_citations(found), metadata=citation.meta_tags(found),
        similar=_similar(report_id), indexed_at=_indexed_at())


def _report(report_id: str, state: State) -> dict[str, Any]:
    found = service().report(report_id, state.question)
    if found is None:
        abort(404)
    return found


def _position() -> int:
    """The place in the list that the link here named; 0 where it named none."""
    text = request.args.get("n", "").strip()
    number = int(text) if text.isascii() and text.isdecimal() and len(text) < 7 else 0
    if text and not 0 < number <= MAX_OFFSET:
        cannot_be_read("n")
        return 0
    return number


def _place_in_list(report_id: str, state: State, position: int) -> dict[str, Any] | None:
    """Where the report stands in the list that led here, with its neighbours; None outside of one.

    Another commit may have moved it: then nothing is said.
    """
    if not position:
        return None
    found = service().neighbours(state.question, position)
    if (found["current"] or {}).get("id") != report_id:
        return None
    return {"number": position, "total": found["total"],
            **{name: {"id": found[name]["id"], "number": at} if found[name] else None
               for name, at in (("previous", position - 1), ("next", position + 1))}}


def _citations(found: Mapping[str, Any]) -> list[dict[str, str]]:
    """The report as a reference in each format."""
    today = date.today()
    return [{"name": gettext(name), "text": write(found, today)} for name, write in (
        ("GB/T 7714—2015", citation.gb7714), ("BibTeX", citation.bibtex), ("RIS", citation.ris))]


def _similar(report_id: str) -> list[dict[str, Any]]:
    """Similar practice elsewhere, each with its best passage and the link that marks the words in common."""
    return with_links(service().similar(report_id, SIMILAR))


@pages.get("/report/<report_id>/source")
def source(report_id: str) -> str:
    """Where the text comes from: the page as received beside what was made of it."""
    state = State.of(request.args)
    found = _report(report_id, state)
    return render_template("source.html", state=state, report=found, sides=side_by_side(found),
                           limit=MAX_LETTERS,
                           link_to_page=safe_link(found["url"]), position=_position() or None,
                           indexed_at=_indexed_at())


@pages.get("/report/<report_id>/raw")
def raw(report_id: str) -> AnyResponse:
    """The page as received, every byte: a file to keep, which no browser shows as a page of this site."""
    page = received(_report(report_id, State()))
    if page is None:
        abort(404)
    ending = "html" if page.media == "html" else "txt"
    return Response(page.content, content_type="application/octet-stream", headers={
        "Content-Disposition": f'attachment; filename="{report_id}.{ending}"'})


def _indexed_at() -> str | None:
    """When the index was last brought up to date, local time; a single report keeps no time of its own,
    so that the same pages always make the same index."""
    run = last_summary(index_folder()) or {}
    return str(run["finished_at"]) if run.get("finished_at") else None


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
