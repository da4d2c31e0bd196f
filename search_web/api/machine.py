"""What programs ask for: the feed of a search, the description for browsers, readiness, metrics."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, render_template, request, url_for

from indexer.errors import BangfuError
from search_web import metrics
from search_web.api.endpoints import answer
from search_web.current import index_folder, service
from search_web.pages.links import link
from search_web.pages.parameters import State

machine = Blueprint("machine", __name__)

ENTRIES = 30
# Atom wants a moment where nothing is known of it.
_NEVER = "1970-01-01T00:00:00Z"


@machine.get("/search.atom")
def feed() -> Response:
    """The newest reports of a search, for a feed reader."""
    state = replace(State.of(request.args), page=1, sort="newest")
    found = service().search(replace(state.question, limit=ENTRIES, offset=0))
    built = committed(index_folder(), service().searcher().commit)
    entries: list[dict[str, Any]] = [
        hit | {"updated": _moment_of_day(hit["published"]) or built,
               "summary": "".join(piece["text"] for piece in hit["snippet"]),
               "href": _absolute(url_for("pages.report", report_id=hit["id"]))} for hit in found["hits"]]
    text = render_template("feed.xml", state=state, total=found["total"], built=built, entries=entries,
                           here=_absolute(link("machine.feed", state)),
                           there=_absolute(link("pages.search", state)))
    return Response(text, content_type="application/atom+xml; charset=utf-8")


def committed(index: Path, commit: str) -> str:
    """When a commit of an index became visible, as Atom writes it: its table of contents is written then."""
    build, _, number = commit.rpartition(".")
    for contents in (index / "builds" / build).glob(f"*_{number}.toc"):
        with suppress(OSError):
            return datetime.fromtimestamp(contents.stat().st_mtime, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return _NEVER


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


@machine.get("/suggestions")
def suggestions() -> Response:
    """How a query may go on, in the shape that the address bar of a browser reads."""
    asked = request.args.get("q", "")
    found = [one["query"] for one in service().suggest(asked)["completions"]]
    return Response(json.dumps([asked[:200], found], ensure_ascii=False) + "\n",
                    content_type="application/x-suggestions+json; charset=utf-8")


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
        searcher = service().searcher()
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
        metrics.seen(service().searcher().count())
    except BangfuError:
        metrics.seen(0)
