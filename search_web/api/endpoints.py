"""The JSON interface: the same answers as the pages, for programs; `openapi.py` describes it."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache
from typing import Any

from flask import Blueprint, Response, request

from indexer.errors import UsageError
from search_web.api import openapi
from search_web.api.openapi import ALIASES, LINES, MAX_FACET_VALUES
from search_web.cite.export import FORMATS
from search_web.current import service
from search_web.pages.parameters import counting, number, optional, question, switch, values
from search_web.study import kwic as concordances
from search_web.study import similar

api = Blueprint("api", __name__)


def answer(value: Any, status: int = 200) -> Response:
    """A JSON response in UTF-8, Chinese left as it is."""
    return Response(json.dumps(value, ensure_ascii=False) + "\n", status,
                    content_type="application/json; charset=utf-8")


def failure(code: str, message: str, status: int) -> Response:
    """An error as every path of the API gives it."""
    return answer({"error": {"code": code, "message": message}}, status)


@api.before_request
def only_what_is_described() -> None:
    """Refuse a parameter that the description does not name, or names once and comes twice: who
    misspells a filter must not take the whole archive for the answer. Raises UsageError."""
    rule = request.url_rule.rule if request.url_rule else ""
    known = _parameters().get(rule.replace("<report_id>", "{id}"))
    if known is None:
        return
    for name, given in request.args.lists():
        limit = known.get(name, 0)
        if not limit:
            raise UsageError(f"There is no parameter {name[:40]!r} here. There are: {', '.join(known)}.",
                             "unknown-parameter", value=name, known="、".join(known))
        if limit == 1 < len(given):
            raise UsageError(f"{name} is given {len(given)} times; give it once.", "repeated-parameter",
                             name=name, count=len(given))
        if limit < len(given):
            raise UsageError(f"At most {limit} values of {name} can be given; these are {len(given)}.",
                             "too-many-values", name=name, limit=limit, count=len(given))


@cache
def _parameters() -> dict[str, dict[str, int]]:
    """The parameters of each described address, and how often each may be given; `lang` is in the
    links of the pages."""
    return {path: {one["name"]: one["schema"].get("maxItems", 1) for one in described["get"]["parameters"]
                   if one["in"] == "query"} | {"lang": 1}
            for path, described in openapi.document()["paths"].items()}


def _no_such_report() -> Response:
    return failure("unknown-report", "There is no such report in the index.", 404)


@api.get("/api/v1/search")
def search() -> Response:
    """The answer of `SearchService.search`, as it is."""
    return answer(service().search(question(request.args)))


@api.get("/api/v1/facets")
def facets() -> Response:
    """All values of one facet for a question."""
    limit = number(request.args, "values", 1000)
    if not 1 <= limit <= MAX_FACET_VALUES:
        raise UsageError(f"Between 1 and {MAX_FACET_VALUES:,} values can be asked for.", "bad-limit",
                         limit=MAX_FACET_VALUES)
    name = optional(request.args, "facet") or "region"
    return answer(service().facet(question(request.args), name, limit))


@api.get("/api/v1/report/<report_id>")
@api.get("/api/v1/reports/<report_id>")
def report(report_id: str) -> Response:
    """One report, what `q` finds marked. Where the page lies on the server's disk is left out."""
    found = service().report(report_id, question(request.args))
    if found is None:
        return _no_such_report()
    page = {name: value for name, value in found["page"].items() if name != "source"}
    return answer(found | {"page": page})


@api.get("/api/v1/reports/<report_id>/similar")
def similar_reports(report_id: str) -> Response:
    """Reports of other counties that solved the like; `start` and `end` choose a passage."""
    args = request.args
    end = number(args, "end", -1) if args.get("end", "").strip() else None
    found = service().similar(report_id, number(args, "limit", similar.LIMIT), number(args, "start", 0), end)
    return _no_such_report() if found is None else answer(found)


@api.get("/api/v1/similar")
def similar_to_text() -> Response:
    """Reports that tell of the like of a passage."""
    text = similar.bounded(request.args.get("text", ""))
    return answer(service().similar_to_text(text, number(request.args, "limit", similar.LIMIT)))


@api.get("/api/v1/kwic")
def kwic() -> Response:
    """Every occurrence in its context."""
    args = request.args
    return answer(service().kwic(counting(args, LINES), number(args, "width", concordances.WIDTH),
                                  optional(args, "sort") or "position"))


@api.get("/api/v1/trend")
def trend() -> Response:
    """How often terms occur by year, region, theme or kind."""
    args = request.args
    return answer(service().trend(values(args, "term"), optional(args, "by") or "year", counting(args),
                                   optional(args, "under")))


@api.get("/api/v1/suggest")
def suggest() -> Response:
    """How a query may go on."""
    return answer(service().suggest(request.args.get("q", ""), number(request.args, "limit", 8)))


@api.get("/api/v1/export")
def export() -> Response:
    """All hits as a file, streamed: nothing is cut off."""
    args = request.args
    asked = optional(args, "format") or "csv"
    name = ALIASES.get(asked, asked)
    asked_for = replace(counting(args), sort=optional(args, "sort"))
    pieces = service().export(name, asked_for, switch(args, "text", False))
    media, ending = FORMATS[name]
    return Response((piece.encode("utf-8") for piece in pieces), content_type=media, headers={
        "Content-Disposition": f'attachment; filename="bangfu.{ending}"'})


@api.get("/api/v1/openapi.json")
def description() -> Response:
    """What this interface offers, in the words of OpenAPI 3.1."""
    return Response(_description(), content_type="application/json; charset=utf-8")


@cache
def _description() -> str:
    return json.dumps(openapi.document(), ensure_ascii=False) + "\n"


@api.get("/healthz")
def healthz() -> Response:
    """Is the process alive? Says nothing about the index."""
    return answer({"status": "ok"})
