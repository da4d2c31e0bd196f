"""The JSON interface: the same answers as the pages, for programs."""

from __future__ import annotations

import json
from typing import Any

from flask import Blueprint, Response, current_app, request

from search_web.parameters import question
from search_web.service import SearchService

api = Blueprint("api", __name__)


def answer(value: Any, status: int = 200) -> Response:
    """A JSON response in UTF-8, Chinese left as it is."""
    return Response(json.dumps(value, ensure_ascii=False) + "\n", status,
                    content_type="application/json; charset=utf-8")


def failure(code: str, message: str, status: int) -> Response:
    """An error as every path of the API gives it."""
    return answer({"error": {"code": code, "message": message}}, status)


def _service() -> SearchService:
    service: SearchService = current_app.extensions["bangfu"]
    return service


@api.get("/api/v1/search")
def search() -> Response:
    """The answer of `SearchService.search`, as it is."""
    return answer(_service().search(question(request.args)))


@api.get("/api/v1/report/<report_id>")
def report(report_id: str) -> Response:
    """One report, the words of `q` marked. Where the page lies on the server's disk is left out."""
    found = _service().report(report_id, request.args.get("q", ""))
    if found is None:
        return failure("unknown-report", "There is no such report in the index.", 404)
    page = {name: value for name, value in found["page"].items() if name != "source"}
    return answer(found | {"page": page})


@api.get("/healthz")
def healthz() -> Response:
    """Is the process alive? Says nothing about the index."""
    return answer({"status": "ok"})
