"""The pages about the archive itself: how to search it, and what this index was made of."""

from __future__ import annotations

import json
from contextlib import suppress
from importlib.metadata import version
from itertools import islice
from pathlib import Path
from typing import Any

from flask import Blueprint, render_template

from indexer import fingerprint
from indexer.indexing import last_summary
from indexer.store import IndexFolder, open_engine
from search_web.current import index_folder, service
from search_web.pages.parameters import State
from search_web.query.examples import HELP

about = Blueprint("about", __name__)

# Pages that could not be taken in: so many are listed, the number of all is told.
MAX_FAILURES = 200


@about.get("/help")
def guide() -> str:
    """The query language, every example a link that runs."""
    return render_template("help.html", state=State(), topics=HELP)


@about.get("/about")
def index() -> str:
    """Build, versions, dictionaries and failures of the index."""
    folder, searcher = index_folder(), service().searcher()
    failures, more = _failures(folder)
    return render_template(
        "about.html", state=State(), reports=searcher.count(), commit=searcher.commit,
        size=open_engine(folder).size(), run=last_summary(folder) or {}, version=version("bangfu"),
        parts=fingerprint.parts(), failures=failures, more=more)


def _failures(folder: Path) -> tuple[list[dict[str, Any]], int]:
    """The pages that the last run could not take in, by name and reason, and how many are not listed."""
    found: list[dict[str, Any]] = []
    more = 0
    with suppress(OSError), IndexFolder(folder).failures.open(encoding="utf-8") as lines:
        for line in islice(lines, MAX_FAILURES):
            with suppress(ValueError):
                found.append(json.loads(line))
        more = sum(1 for _ in lines)
    return found, more
