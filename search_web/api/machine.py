"""What programs ask for: the feed of a search, the description for browsers, readiness, metrics."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from flask import Blueprint, Response, current_app, render_template, request, url_for

from indexer.errors import BangfuError
from search_web import metrics
from search_web.api.endpoints import answer
from search_web.pages.links import link
from search_web.pages.parameters import State
from search_web.service import SearchService

machine = Blueprint("machine", __name__)

ENTRIES = 30
# A build is named by the moment it was begun: build-20261122T020914-fdd7fd.1
_BUILT = re.compile(r"(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)")
# Atom wants a moment where nothing is known of it.
_NEVER = "1970-01-01T00:00:00Z"


def _service() -> SearchService:
    service: SearchService = current_app.extensions["bangfu"]
    return service


@machine.get("/search.atom")
def feed() -> Response:
    """The newest reports of a search, for a feed reader."""
    state = replace(State.of(request.args), page=1, sort="newest")
    found = _service().search(replace(state.question, limit=ENTRIES, offset=0))
    built = moment(_service().searcher().commit)
    entries: list[dict[str, Any]] = [
        hit | {"updated": _moment_of_day(hit["published"]) or built,
               "summary": "".join(piece["text"] for piece in hit["snippet"]),
               "href": _absolute(url_for("pages.report", report_id=hit["id"]))} for hit in found["hits"]]
    text = render_template("feed.xml", state=state, total=found["total"], built=built, entries=entries,
                           here=_absolute(link("machine.feed", state)),
                           there=_absolute(link("pages.search", state)))
    return Response(text, content_type="application/atom+xml; charset=utf-8")


def moment(commit: str) -> str:
    """When the build of a commit was begun, as Atom writes it.

    >>> moment("build-20261122T020914-fdd7fd.1"), moment("other")
    ('2026-11-22T02:09:14Z', '1970-01-01T00:00:00Z')
    """
    found = _BUILT.search(commit)
    return "{}-{}-{}T{}:{}:{}Z".format(*found.groups()) if found else _NEVER


def _moment_of_day(published: str | None) -> str | None:
    """A date of any precision as the first moment of it."""
    return f"{(published + '-01-01')[:10]}T00:00:00Z" if published else None


def _absolute(path: str) -> str:
    return request.host_url.rstrip("/") + path


@machine.get("/opensearch.xml")
def opensearch() -> Response:
    """The description by which a browser adds the archive to its search engines."""
    base = request.host_url.rstrip("/")
    text = render_template("opensearch.xml", base=base)
    return Response(text, content_type="application/opensearchdescription+xml; charset=utf-8")


@machine.get("/robots.txt")
def robots() -> Response:
    """What crawlers may read: reports and the pages about the archive, no searches, counts or API."""
    searches = ("pages.search", "study.kwic", "study.trends", "alike.similar", "machine.feed")
    closed = (*map(url_for, searches), "/api/", "/report/*/source", "/report/*/raw")
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in closed)]
    return Response("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


@machine.get("/readyz")
def readyz() -> Response:
    """Can searches be answered? 503 with the reason where they cannot."""
    try:
        searcher = _service().searcher()
        reports = searcher.count()
    except BangfuError as error:
        return answer({"status": "not ready", "reason": type(error).__name__}, 503)
    return answer({"status": "ready", "reports": reports, "commit": searcher.commit})


@machine.get("/metrics")
def prometheus() -> Response:
    """Counts of all workers for Prometheus."""
    with_reports()
    return metrics.exposition()


def with_reports() -> None:
    """Count the reports of the last commit, if there is one."""
    try:
        metrics.seen(_service().searcher().count())
    except BangfuError:
        metrics.seen(0)
