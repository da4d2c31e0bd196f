"""Does an index hold together: every report read again and found by what it says of itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Protocol

from indexer.store.engine import Hit, PageState
from indexer.store.exact import bare, is_punctuation, tight
from indexer.store.query import And, Exact, Query, Tag

# Strings of each report that must find it.
SAMPLES = 3


class Checked(Protocol):
    """What the check needs of a searcher."""

    def stored(self) -> Iterator[tuple[Mapping[str, Any], str]]:
        """Display record and search text of all reports."""

    def pages(self) -> Iterator[PageState]:
        """What is known of every page."""

    def count(self, query: Query | None = None) -> int:
        """How many reports a query finds."""

    def get(self, report_id: str) -> Hit | None:
        """One report by its id."""


def contradictions(searcher: Checked) -> list[str]:
    """Sentences about what does not fit together; empty when everything does."""
    problems = []
    parts: dict[str, int] = {}
    wanted: dict[str, int] = {}
    seen: set[str] = set()
    for record, text in searcher.stored():
        report_id = record["id"]
        if report_id in seen:
            problems.append(f"Report {report_id} is in the index twice.")
        seen.add(report_id)
        found = searcher.get(report_id)
        if found is None or found.id != report_id:
            problems.append(f"Report {report_id} is not found by its id.")
        page = report_id.rsplit("-", 1)[0]
        parts[page] = parts.get(page, 0) + 1
        for sample in set(_samples(text)):
            wanted[sample] = wanted.get(sample, 0) + 1
    problems += [f"The string {sample!r} does not find all reports that hold it."
                 for sample, number in wanted.items() if searcher.count(Exact(sample)) < number]
    if searcher.count() != len(seen):
        problems.append(f"The index counts {searcher.count()} reports and holds {len(seen)}.")
    if searcher.count(And(())) != len(seen) or searcher.count(Tag("region", frozenset())):
        problems.append("The index does not count its reports rightly.")
    problems += [
        f"Page {state.path} should have {state.reports} reports and has {parts.get(state.page_id, 0)}."
        for state in searcher.pages() if parts.get(state.page_id, 0) != state.reports
    ]
    return problems


def _samples(text: str) -> list[str]:
    """A few strings spread over a report's text."""
    letters = bare(tight(text))
    step = max(1, len(letters) // SAMPLES)
    found = [letters[i:i + 4] for i in range(0, max(len(letters) - 1, 0), step)][:SAMPLES]
    return [sample for sample in found
            if "\0" not in sample and not any(map(is_punctuation, sample))]
