"""Asks the index and shapes the answer: one service behind the pages, the API and the terminal."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from indexer.errors import UsageError
from indexer.store import open_engine, open_searcher
from indexer.store.engine import UNKNOWN, Hit, Hits, Searcher
from indexer.store.query import Request, Sort
from indexer.text.script import fold, to_simplified
from search_web.query import Note, Reading, read_query
from search_web.snippet import hit_spans, segments, snippet

FACETS = ("region", "year", "source", "script")
SORTS = ("relevance", "newest", "oldest")
SCRIPTS = ("hans", "hant", "mixed")
MAX_LIMIT = 100
# Beyond this a list is no longer read but exported; the answer says so.
MAX_OFFSET = 10_000
# Sources are many and most are named once or twice.
SHOWN_SOURCES = 50

_YEARS = re.compile(r"(\d{4})?(?:(\.\.)(\d{4})?)?")


@dataclass(frozen=True, slots=True)
class Question:
    """What a user asks, as typed: words, filters, order and place in the list."""

    query: str = ""
    regions: tuple[str, ...] = ()
    years: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    script: str | None = None
    sort: str | None = None
    limit: int = 10
    offset: int = 0


class SearchService:
    """Searches the index at `index`; opens it once a commit and follows new commits by itself.

    Safe to be used by several threads.  Raises IndexNotFound and IndexDamaged when asked, not when
    made, so that a server starts before its index is there.
    """

    def __init__(self, index: Path) -> None:
        self._index = index
        self._lock = threading.Lock()
        self._searcher: Searcher | None = None
        self._names: tuple[str, dict[str, list[str]]] = ("", {})

    def search(self, question: Question) -> dict[str, Any]:
        """The answer to a question: the object of `/api/v1/search` and `bangfu search --json`.

        Raises UsageError, with a sentence, for a value that cannot be meant.
        """
        searcher = self.searcher()
        reading = read_query(question.query)
        started = time.perf_counter()
        filters = self._filters(searcher, question)
        sort = _sort(question, reading)
        _check_page(question)
        request = Request(reading.query, filters, FACETS, sort, question.offset, question.limit)
        found = searcher.search(request)
        return {
            "query": question.query,
            "interpretation": _interpretation(reading, question, filters, sort, _remarks(searcher, filters)),
            "total": found.total, "took_ms": round((time.perf_counter() - started) * 1000, 2),
            "hits": [_hit(hit, reading) for hit in found.hits], "facets": _facets(found),
        }

    def report(self, report_id: str, query: str = "") -> dict[str, Any] | None:
        """One report with the words of `query` marked; None when there is no such report."""
        hit = self.searcher().get(report_id)
        if hit is None:
            return None
        title, body = _folded(hit)
        needles = read_query(query).needles
        values = dict(hit.stored)
        values["marked_title"] = segments(values["title"] or "", hit_spans(title, needles))
        values["marked_body"] = _paragraphs(values["body"], hit_spans(body, needles))
        return values

    def overview(self) -> dict[str, Any]:
        """What the archive holds: numbers of reports, by province and by year, and the unknowns."""
        searcher = self.searcher()
        regions, years = searcher.values("region"), searcher.values("year")
        provinces = {value: count for value, count in regions.items()
                     if "/" not in value and value != UNKNOWN}
        return {
            "reports": searcher.count(), "commit": searcher.commit,
            "regions": [{"value": value, "count": count} for value, count in provinces.items()],
            "years": [{"value": int(value), "count": count} for value, count in sorted(years.items())
                      if value != UNKNOWN],
            "unknown_region": regions.get(UNKNOWN, 0), "unknown_year": years.get(UNKNOWN, 0),
            "places": sum("/" in value for value in regions),
        }

    def searcher(self) -> Searcher:
        """The searcher of the last commit.

        A former one is not closed here: requests of other threads may still read from it; its
        files close when the last of them lets go.
        """
        commit = open_engine(self._index).commit()
        searcher = self._searcher
        if searcher is None or searcher.commit != commit:
            with self._lock:
                if self._searcher is None or self._searcher.commit != commit:
                    self._searcher = open_searcher(self._index)
                searcher = self._searcher
        return searcher

    def _region_names(self, searcher: Searcher) -> dict[str, list[str]]:
        """The region values of the index with their folded names, made once a commit."""
        commit, names = self._names
        if commit != searcher.commit:
            names = {value: fold(value).split("/") for value in searcher.values("region")}
            self._names = (searcher.commit, names)
        return names

    def _filters(self, searcher: Searcher, question: Question) -> dict[str, frozenset[str]]:
        filters: dict[str, frozenset[str]] = {}
        if question.regions:
            known = self._region_names(searcher)
            filters["region"] = frozenset(
                value for name in question.regions for value in _regions(name, known))
        if question.years:
            years = searcher.values("year")
            filters["year"] = frozenset(value for text in question.years for value in _years(text, years))
        if question.sources:
            filters["source"] = frozenset(
                UNKNOWN if name == UNKNOWN else to_simplified(name) for name in question.sources)
        if question.script:
            if question.script not in SCRIPTS:
                raise UsageError(f"Unknown script {question.script!r}: use hans (Simplified) or hant "
                                 "(Traditional).", "unknown-script", value=question.script)
            filters["script"] = frozenset({question.script})
        return filters


def _sort(question: Question, reading: Reading) -> Sort:
    """Relevance once words are typed, newest first when browsing, unless asked otherwise."""
    if question.sort is None:
        return "newest" if reading.browsing else "relevance"
    if question.sort not in SORTS:
        raise UsageError(f"Unknown order {question.sort!r}: use relevance, newest or oldest.",
                         "unknown-sort", value=question.sort)
    sorts: dict[str, Sort] = {"relevance": "relevance", "newest": "newest", "oldest": "oldest"}
    return sorts[question.sort]


def _check_page(question: Question) -> None:
    if not 0 <= question.limit <= MAX_LIMIT:
        raise UsageError(f"The number of hits on a page must lie between 0 and {MAX_LIMIT}.",
                         "bad-limit", limit=MAX_LIMIT)
    if not 0 <= question.offset <= MAX_OFFSET:
        raise UsageError(f"The list can be read up to hit {MAX_OFFSET:,}; narrow the search by place, "
                         "year or words to reach the others.", "bad-offset", limit=MAX_OFFSET)


def _regions(name: str, known: Mapping[str, list[str]]) -> set[str]:
    """Facet values that a region's name means: a full path, or the end of one.

    Either script; `甘肃省/酒泉市`, `酒泉市` and `酒泉` all work.  Raises UsageError for a region
    that no report has.
    """
    if name == UNKNOWN:
        return {UNKNOWN}
    wanted = fold(name).strip("/ ").split("/")
    matches = {value for value, path in known.items() if _ends(path, wanted)}
    if not matches:
        raise UsageError(f"No report is about a region {name!r}. Write it as 甘肃省, 酒泉市 or "
                         "甘肃省/酒泉市/敦煌市.", "unknown-region", value=name)
    shortest = min(len(value.split("/")) for value in matches)
    return {value for value in matches if len(value.split("/")) == shortest}


def _ends(path: Sequence[str], wanted: Sequence[str]) -> bool:
    tail = path[-len(wanted):]
    return len(tail) == len(wanted) and all(
        have == want or (len(want) >= 2 and have.startswith(want))
        for have, want in zip(tail, wanted, strict=True)
    )


def _years(text: str, known: Mapping[str, int]) -> set[str]:
    """Years of `2012`, `2012..2015`, `2012..`, `..2015` or `unknown`. Raises UsageError."""
    if text == UNKNOWN:
        return {UNKNOWN}
    match = _YEARS.fullmatch(text.strip())
    if not match or not (match.group(1) or match.group(3)):
        raise UsageError(f"{text!r} is no year. Write 2012, or 2012..2015 for a range.",
                         "bad-year", value=text)
    first = int(match.group(1) or 0)
    last = int(match.group(3) or 9999) if match.group(2) else first
    if first > last:
        raise UsageError(f"The range {text!r} ends before it begins: write {last}..{first}.",
                         "bad-range", value=text, right=f"{last}..{first}")
    return {value for value in known if value != UNKNOWN and first <= int(value) <= last} or {text}


def _remarks(searcher: Searcher, filters: Mapping[str, frozenset[str]]) -> list[Note]:
    """What a user should know who finds nothing for another reason than the words."""
    if not searcher.count():
        return [Note("empty-index", "The index holds no report yet.")]
    strangers = sorted(filters.get("source", frozenset()) - searcher.values("source").keys())
    return [Note("unknown-source", f"No report names the source {name}.", name) for name in strangers]


def _interpretation(reading: Reading, question: Question, filters: Mapping[str, frozenset[str]],
                    sort: Sort, remarks: Sequence[Note]) -> dict[str, Any]:
    """How the query was read, as JSON values."""
    return {
        "words": list(reading.words), "exact": list(reading.exact), "excluded": list(reading.excluded),
        "converted": reading.converted, "sort": sort,
        "filters": {"region": sorted(filters.get("region", ())), "year": list(question.years),
                    "source": sorted(filters.get("source", ())), "script": question.script},
        "year_counts": "the years that a report is about; its publication year where they are unknown",
        "notes": [{"code": note.code, "text": note.text, "part": note.part}
                  for note in (*reading.notes, *remarks)],
    }


def _folded(hit: Hit) -> tuple[str, str]:
    """The search forms of title and body, as they were made when indexing."""
    title = hit.stored["title"] or ""
    return hit.text[:len(title)], hit.text[len(title) + 1:]


def _hit(hit: Hit, reading: Reading) -> dict[str, Any]:
    stored = hit.stored
    title, body = _folded(hit)
    return {
        "id": hit.id, "page_id": stored["page"]["id"], "path": stored["page"]["path"],
        "url": stored["url"], "title": stored["title"],
        "marked_title": segments(stored["title"] or "", hit_spans(title, reading.needles)),
        "source": stored["source"], "published": stored["published"], "period": stored["period"],
        "region": stored["region"], "script": stored["script"], "score": round(hit.score, 4),
        "snippet": snippet(stored["body"], body, reading.needles),
    }


def _facets(found: Hits) -> dict[str, Any]:
    years = [{"value": UNKNOWN if value == UNKNOWN else int(value), "count": count}
             for value, count in found.facets["year"]]
    return {
        "region": _tree(found.facets["region"]),
        "year": sorted(years, key=lambda item: (item["value"] != UNKNOWN, str(item["value"])),
                       reverse=True),
        "source": [{"value": value, "count": count}
                   for value, count in found.facets["source"][:SHOWN_SOURCES]],
        "script": [{"value": value, "count": count} for value, count in found.facets["script"]],
    }


def _tree(counts: Sequence[tuple[str, int]]) -> list[dict[str, Any]]:
    """Region counts as a tree; `value` is the path that a filter takes, `label` its last name."""
    nodes: dict[str, dict[str, Any]] = {}
    roots: list[dict[str, Any]] = []
    for value, count in sorted(counts, key=lambda item: item[0].count("/")):
        parent, _, label = value.rpartition("/")
        nodes[value] = {"value": value, "label": label, "count": count, "children": []}
        (nodes[parent]["children"] if parent in nodes else roots).append(nodes[value])
    for node in nodes.values():
        node["children"].sort(key=lambda child: (-child["count"], child["value"]))
    return sorted(roots, key=lambda node: (node["value"] == UNKNOWN, -node["count"], node["value"]))


def _paragraphs(body: str, marked: list[tuple[int, int]]) -> list[dict[str, Any]]:
    """The paragraphs of a report with their offsets, as plain and hit pieces."""
    found = []
    start = 0
    for line in body.split("\n"):
        end = start + len(line)
        found.append({"start": start, "segments": segments(body, marked, start, end)})
        start = end + 1
    return found
