"""The oracle of scores: BM25F by plain Python over each report's texts, straight from the formula."""

from __future__ import annotations

import math
from collections.abc import Sequence

from indexer.store.engine import Document
from indexer.store.query import And, Exact, Near, Or, Prefer, Query, Term, Wildcard
from indexer.store.scoring import BODY_B, BODY_WEIGHT, K1, TITLE_B, TITLE_WEIGHT
from tests.store.exact_oracle import letters, spans
from tests.store.oracle import fits, holds, shown, starts, words

AREAS = ("title", "body")


class Relevance:
    """Scores over a fixed set of reports."""

    def __init__(self, documents: Sequence[Document]) -> None:
        self._documents = documents
        self._lengths = {document.id: [len(letters(text)) for text in shown(document, None)]
                         for document in documents}
        self._average = [sum(lengths[area] for lengths in self._lengths.values()) / max(len(documents), 1)
                         for area in range(2)]

    def scores(self, query: Query) -> dict[str, float]:
        """The score of every report that the query finds, by id."""
        found = [document for document in self._documents if holds(document, query)]
        match query:
            case Term() | Wildcard() | Exact() | Near():
                total, holding = len(self._documents), len(found)
                idf = math.log(1 + (total - holding + 0.5) / (holding + 0.5))
                return {document.id: idf * self._saturated(document, query) for document in found}
            case And(parts) | Or(parts):
                tables = [self.scores(part) for part in parts]
                return {document.id: sum(table.get(document.id, 0.0) for table in tables) for document in found}
            case Prefer(inner, wishes):
                table = self.scores(inner)
                for wish, weight in wishes:
                    for report_id, score in self.scores(wish).items():
                        if report_id in table:
                            table[report_id] += weight * score
                return table
        return {document.id: 0.0 for document in found}

    def _saturated(self, document: Document, leaf: Term | Wildcard | Exact | Near) -> float:
        frequency = 0.0
        for number, (weight, b) in enumerate(((TITLE_WEIGHT, TITLE_B), (BODY_WEIGHT, BODY_B))):
            if leaf.area in (None, AREAS[number]):
                length = self._lengths[document.id][number] / max(self._average[number], 1.0)
                frequency += weight * times(document, leaf, number) / (1 - b + b * length)
        return frequency / (K1 + frequency)


def times(document: Document, leaf: Term | Wildcard | Exact | Near, area: int) -> int:
    """How often title (0) or body (1) of a report has what a leaf asks for."""
    text = shown(document, None)[area]
    match leaf:
        case Term(word):
            return words(document, AREAS[area]).count(word)  # type: ignore[arg-type]
        case Wildcard(pattern):
            return sum(fits(word, pattern) for word in words(document, AREAS[area]))  # type: ignore[arg-type]
        case Exact(string, _, typed):
            return len(spans(text, string, typed))
        case Near(parts, distance, ordered):
            return _passages(letters(text), list(map(letters, parts)), distance, ordered)


def _passages(text: str, parts: list[str], distance: int, ordered: bool) -> int:
    if ordered:
        return sum(_ends_at(text, parts, distance, at) for at in starts(parts[-1], text))
    together = sum(map(len, parts))
    count = 0
    for left in {at for part in parts for at in starts(part, text)}:
        ends = [min((at + len(part) for at in starts(part, text) if at >= left), default=10**9)
                for part in parts]
        count += max(ends) - left - together <= distance
    return count


def _ends_at(text: str, parts: list[str], distance: int, at: int) -> bool:
    """Does a chain of the parts end with the last part at `at`?"""
    if len(parts) == 1:
        return text.startswith(parts[0], at)
    return text.startswith(parts[-1], at) and any(
        0 <= at - (before + len(parts[-2])) <= distance and _ends_at(text, parts[:-1], distance, before)
        for before in starts(parts[-2], text))
