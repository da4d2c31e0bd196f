"""Counts for Prometheus: requests by page and status, their time, and how many reports are seen."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
import time

from flask import Flask, Response, g, request

# The workers of a server share their counts through files; the library decides so when it is loaded.
if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
    _folder, _owner = tempfile.mkdtemp(prefix="bangfu-metrics-"), os.getpid()
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = _folder

    @atexit.register
    def _remove() -> None:
        if os.getpid() == _owner:
            shutil.rmtree(_folder, ignore_errors=True)

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.values import close_all_multiprocess_files

# What is registered last is done first: the files are closed before their folder is removed.
atexit.register(close_all_multiprocess_files)

_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
_REQUESTS = Counter("bangfu_requests", "Requests by page and status.", ("page", "status"), registry=None)
_SECONDS = Histogram("bangfu_request_seconds", "Time to answer, by page.", ("page",), registry=None,
                     buckets=_BUCKETS)
_REPORTS = Gauge("bangfu_reports", "Reports in the index as last seen.", registry=None,
                 multiprocess_mode="mostrecent")


def count_requests(app: Flask) -> None:
    """Count every request of the application; words that were searched are never part of it."""

    @app.before_request
    def begin() -> None:
        g.begun = time.perf_counter()

    @app.after_request
    def end(response: Response) -> Response:
        page = request.endpoint or "none"
        _REQUESTS.labels(page, response.status_code).inc()
        if "begun" in g:
            _SECONDS.labels(page).observe(time.perf_counter() - g.begun)
        return response


def seen(reports: int) -> None:
    """Remember how many reports the index holds."""
    _REPORTS.set(reports)


def exposition() -> Response:
    """All counts of all workers in the text format."""
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)
