"""Asks the index and shapes the answer: one service behind the pages, the API and the terminal."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, replace
from datetime import datetime
from functools import wraps
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

from indexer.errors import UsageError
from indexer.store import open_engine, open_searcher
from indexer.store.engine import UNKNOWN, Searcher
from indexer.store.patience import within
from search_web import otherwise
from search_web.answer import shape as answer
from search_web.answer.occurrences import marks, strings
from search_web.answer.snippet import segments
from search_web.cite.export import receipt, write
from search_web.commit import Commit, Found
from search_web.query.question import MAX_LIMIT, MAX_OFFSET, SCRIPTS, SORTS, YEARS_BY, Question
from search_web.study import kwic, trend
from search_web.study.similar import LIMIT, to_report, to_text

__all__ = ["MAX_LIMIT", "MAX_OFFSET", "SCRIPTS", "SORTS", "YEARS_BY", "Question", "SearchService"]

# Other members of a group of reprints that a report lists; the number of all is told.
MAX_REPRINTS = 50
MAX_COMPLETIONS = 20

P = ParamSpec("P")
T = TypeVar("T")


def _patiently(method: Callable[Concatenate[SearchService, P], T],
               ) -> Callable[Concatenate[SearchService, P], T]:
    """A method that takes no longer than the service has patience."""
    @wraps(method)
    def wrapped(self: SearchService, /, *args: P.args, **named: P.kwargs) -> T:
        with within(self._patience):
            return method(self, *args, **named)
    return wrapped


class SearchService:
    """Searches the index at `index`; opens it once a commit and follows new commits by itself.

    Safe to be used by several threads.  Raises IndexNotFound and IndexDamaged when asked, not when
    made, so that a server starts before its index is there.  Every method raises UsageError, with a
    sentence and a code, for a value that cannot be meant, and TookTooLong for what takes longer than
    `patience` (seconds; None: as long as it takes).
    """

    def __init__(self, index: Path, patience: float | None = None) -> None:
        self._index, self._patience = index, patience
        self._lock = threading.Lock()
        self._commit: Commit | None = None

    # -- searching

    @_patiently
    def search(self, question: Question) -> dict[str, Any]:
        """The answer to a question: the object of `/api/v1/search` and `bangfu search --json`."""
        started = time.perf_counter()
        commit = self.commit()
        found = commit.find(question, answer.FACETS)
        reading, hits = found.reading, found.hits
        leaves = strings(reading.query)
        shown = answer.facets(hits, found.filters, commit.names, question)
        following = question.offset + len(hits.hits)
        return {
            "query": question.query,
            "interpretation": answer.interpretation(reading, question, found.filters, found.request.sort),
            "total": hits.total, "reports": hits.reports, "groups": self._groups(commit, found),
            "only_by_conversion": commit.by_conversion(question, found),
            "relaxed": otherwise.given_up(commit, found),
            "did_you_mean": otherwise.meant(commit, question, found),
            "partly": otherwise.in_part(commit, question, found),
            "without": otherwise.without(commit, question, found),
            "hits": [answer.hit_values(hit, reading, leaves) for hit in hits.hits],
            "next_offset": following if following < min(hits.total, MAX_OFFSET) and hits.hits else None,
            "max_offset": MAX_OFFSET, "facets": shown, "facets_more": answer.not_shown(hits, shown),
            "took_ms": round((time.perf_counter() - started) * 1000, 2),
        }

    @staticmethod
    def _groups(commit: Commit, found: Found) -> int:
        """How many hits there are when reprints count once."""
        if found.request.collapse:
            return found.hits.total
        counting = replace(found.request, collapse=True, facets=(), offset=0, limit=0)
        return commit.searcher.search(counting).total

    @_patiently
    def facet(self, question: Question, name: str, limit: int = 1000) -> dict[str, Any]:
        """All values of one facet for a question, most first, up to `limit`."""
        if name not in answer.FACETS:
            raise UsageError(f"There is no facet {name[:40]!r}: use one of {', '.join(answer.FACETS)}.",
                             "unknown-facet", value=name)
        found = self.commit().find(replace(question, limit=0, offset=0), (name,))
        counts = found.hits.facets[name]
        return {"facet": name, "reports": found.hits.reports, "total": len(counts),
                "values": [{"value": value, "count": count} for value, count in counts.top(limit)]}

    @_patiently
    def neighbours(self, question: Question, position: int) -> dict[str, Any]:
        """The hit at a place (from 1) in the list of a question, and those before and behind it."""
        first = max(position - 2, 0)
        found = self.commit().find(replace(question, offset=first, limit=3))
        hits = found.hits.hits
        at = position - 1 - first
        before = hits[position - 2 - first] if position >= 2 and len(hits) > position - 2 - first else None
        behind = hits[position - first] if len(hits) > position - first else None
        return {"position": position, "total": found.hits.total,
                "current": answer.listed(hits[at]) if 0 <= at < len(hits) else None,
                "previous": answer.listed(before) if before else None,
                "next": answer.listed(behind) if behind and position < MAX_OFFSET else None}

    @_patiently
    def export(self, format_name: str, question: Question, text: bool = False) -> Iterator[str]:
        """All hits of a question as a file, piece by piece, with its receipt (`export.write`)."""
        commit = self.commit()
        # With one hit, so that what ranking takes is bounded too: the rest is streamed.
        found = commit.find(replace(question, offset=0, limit=1))
        leaves = strings(found.reading.query)
        read = answer.interpretation(found.reading, question, found.filters, found.request.sort)
        now = datetime.now().astimezone()
        made = receipt(question.query, read, found.filters.values, found.request.sort, found.hits.total,
                       commit.searcher.commit, now, found.hits.reports if question.collapse else None)
        return write(format_name, commit.searcher.stream(found.request), made, text=text,
                     snippet=lambda hit: answer.passage_text(hit, leaves))

    # -- one report

    @_patiently
    def report(self, report_id: str, question: Question | str = "") -> dict[str, Any] | None:
        """One report with what a question finds in it marked; None when there is no such report."""
        asked = Question(question) if isinstance(question, str) else question
        commit = self.commit()
        hit = commit.searcher.get(report_id)
        if hit is None:
            return None
        leaves = strings(commit.read(asked).query)
        title, body = answer.texts(hit)
        marked, in_title = marks(leaves, body), marks(leaves, title)
        group = [one for one in commit.searcher.reprints(report_id) if one != report_id]
        others = (commit.searcher.get(one) for one in group[:MAX_REPRINTS])
        return dict(hit.stored) | {
            "marked_title": segments(title.shown, in_title),
            "marked_body": answer.paragraphs(body, marked),
            "occurrences": len(marked) + len(in_title),
            "reprints": [answer.listed(one) for one in others if one is not None],
            "reprints_total": len(group),
        }

    @_patiently
    def similar(self, report_id: str, limit: int = LIMIT, start: int = 0,
                end: int | None = None) -> dict[str, Any] | None:
        """Reports of other counties that solved the like; from a passage where offsets are given."""
        return to_report(self.commit(), report_id, limit, start, end)

    @_patiently
    def similar_to_text(self, text: str, limit: int = LIMIT) -> dict[str, Any]:
        """Reports that solved the like of what a passage tells."""
        return to_text(self.commit(), text, limit)

    # -- for research

    @_patiently
    def kwic(self, question: Question, width: int = kwic.WIDTH, sort: str = "position") -> dict[str, Any]:
        """Every occurrence of a question's strings in its context (`kwic.concordance`)."""
        return kwic.concordance(self.commit(), question, width, sort)

    @_patiently
    def trend(self, terms: Sequence[str], by: str = "year", question: Question | None = None,
              under: str | None = None) -> dict[str, Any]:
        """How often terms occur by year, region, theme or kind (`trend.trend`)."""
        return trend.trend(self.commit(), terms, by, question or Question(collapse=False), under)

    # -- while typing

    @_patiently
    def suggest(self, prefix: str, limit: int = 8) -> dict[str, Any]:
        """How a query may go on."""
        if not 1 <= limit <= MAX_COMPLETIONS:
            raise UsageError(f"Between 1 and {MAX_COMPLETIONS} completions can be asked for.",
                             "bad-limit", limit=MAX_COMPLETIONS)
        found = self.commit().suggester.complete(prefix[:200], limit)
        return {"prefix": prefix[:200], "completions": [asdict(one) for one in found]}

    # -- the index

    @_patiently
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
        """The searcher of the last commit."""
        return self.commit().searcher

    def commit(self) -> Commit:
        """The last commit.

        A former one is not closed here: requests of other threads may still read from it; its
        files close when the last of them lets go.
        """
        name = open_engine(self._index).commit()
        commit = self._commit
        if commit is None or commit.searcher.commit != name:
            with self._lock:
                # Asked again: while this thread waited another may have opened a newer one.
                name = open_engine(self._index).commit()
                if self._commit is None or self._commit.searcher.commit != name:
                    self._commit = Commit(open_searcher(self._index))
                commit = self._commit
        return commit

