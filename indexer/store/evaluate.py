"""A query tree becomes documents, scores and counts, as operations on whole arrays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from indexer.store.exact import Needle
from indexer.store.query import All, And, Exact, Not, Or, Phrase, Prefer, Query, Request, Term

Docs = NDArray[np.int64]
Scores = NDArray[np.float64]

# BM25 (Robertson & Zaragoza 2009, "The Probabilistic Relevance Framework"), Lucene's idf.
# Reports are long and their words repeat by genre, so term frequency saturates early.
K1 = 1.2
B = 0.75


class Postings(Protocol):
    """What the evaluation needs of an engine's snapshot; documents are numbered from 0."""

    @property
    def live(self) -> NDArray[np.bool_]:
        """Which documents are there (not deleted)."""

    @property
    def statistics(self) -> Statistics:
        """What BM25 needs of the whole snapshot."""

    def term(self, field: str, text: str) -> tuple[Docs, Scores]:
        """Live documents of a term, ascending, with its frequency in each."""

    def positions(self, field: str, text: str) -> Mapping[int, tuple[int, ...]]:
        """Word positions of a term in each live document."""

    def forms(self, doc: int) -> tuple[str, str]:
        """Tight and bare form of a document (see `exact.py`)."""

    def facet(self, name: str) -> Facet:
        """A facet as arrays."""


@dataclass(frozen=True, slots=True)
class Facet:
    """A multi-valued facet: `docs[i]` has the value `values[codes[i]]`."""

    values: tuple[str, ...]
    docs: Docs
    codes: NDArray[np.int64]

    def mask(self, wanted: frozenset[str], size: int) -> NDArray[np.bool_]:
        """Documents that have one of the wanted values."""
        codes = [code for code, value in enumerate(self.values) if value in wanted]
        mask = np.zeros(size, dtype=bool)
        mask[self.docs[np.isin(self.codes, codes)]] = True
        return mask

    def count(self, mask: NDArray[np.bool_]) -> tuple[tuple[str, int], ...]:
        """Documents of `mask` for each value that occurs, most first, then by value."""
        counts = np.bincount(self.codes[mask[self.docs]], minlength=len(self.values))
        found = [(self.values[code], int(counts[code])) for code in np.flatnonzero(counts)]
        return tuple(sorted(found, key=lambda item: (-item[1], item[0])))


@dataclass(frozen=True, slots=True)
class Statistics:
    """Live documents, ascending, and BM25's length norm of every document: made once a snapshot."""

    live: Docs
    norm: Scores

    @classmethod
    def of(cls, live: NDArray[np.bool_], lengths: NDArray[np.float64]) -> Statistics:
        """From which documents are there, and how many characters each has."""
        docs = np.flatnonzero(live)
        average = float(lengths[docs].mean()) if len(docs) else 1.0
        return cls(docs, K1 * (1 - B + B * lengths / max(average, 1.0)))


@dataclass(frozen=True, slots=True)
class Matched:
    """Documents that a query finds, ascending, with their scores."""

    docs: Docs
    scores: Scores


class Evaluator:
    """Evaluates query trees over one snapshot."""

    def __init__(self, postings: Postings) -> None:
        self._postings = postings
        self._live, self._norm = postings.statistics.live, postings.statistics.norm

    def match(self, query: Query) -> Matched:
        """All documents of a query with their scores."""
        match query:
            case All():
                return Matched(self._live, np.zeros(len(self._live)))
            case Term(field, text):
                return self._weigh(*self._postings.term(field, text))
            case Exact(text):
                return self._weigh(*self._exact(Needle(text)))
            case Phrase():
                return self._weigh(*self._phrase(query))
            case And(parts):
                return self._all_of(parts)
            case Or(parts):
                return self._any_of(parts)
            case Not(part):
                docs = np.setdiff1d(self._live, self.match(part).docs, assume_unique=True)
                return Matched(docs, np.zeros(len(docs)))
            case Prefer(inner, wishes):
                return self._prefer(self.match(inner), wishes)

    def _weigh(self, docs: Docs, frequencies: Scores) -> Matched:
        """BM25 of one term."""
        if not len(docs):
            return Matched(docs, np.zeros(0))
        total = len(self._live)
        idf = np.log1p((total - len(docs) + 0.5) / (len(docs) + 0.5))
        return Matched(docs, idf * frequencies * (K1 + 1) / (frequencies + self._norm[docs]))

    def _exact(self, needle: Needle) -> tuple[Docs, Scores]:
        """Candidates by characters and pairs, then one look at each candidate's text."""
        if not needle.terms:
            return np.zeros(0, np.int64), np.zeros(0)
        lists = sorted((self._postings.term("grams", term)[0] for term in needle.terms), key=len)
        docs = lists[0]
        for other in lists[1:]:
            docs = np.intersect1d(docs, other, assume_unique=True)
        if needle.proven:
            return docs, np.ones(len(docs))
        counts = np.array([needle.count(*self._postings.forms(int(doc))) for doc in docs], np.float64)
        kept = counts > 0 if len(docs) else np.zeros(0, bool)
        return docs[kept], counts[kept]

    def _phrase(self, phrase: Phrase) -> tuple[Docs, Scores]:
        if not phrase.words:
            return np.zeros(0, np.int64), np.zeros(0)
        lists = [self._postings.positions(phrase.field, word) for word in phrase.words]
        docs = sorted(set(lists[0]).intersection(*lists[1:]))
        counts = [_runs([positions[doc] for positions in lists], phrase.slop) for doc in docs]
        found = [(doc, count) for doc, count in zip(docs, counts, strict=True) if count]
        return (np.array([doc for doc, _ in found], np.int64),
                np.array([count for _, count in found], np.float64))

    def _all_of(self, parts: tuple[Query, ...]) -> Matched:
        result: Matched | None = None
        # What is not wanted is taken away last: it never has to be counted out of everything.
        for part in sorted(parts, key=lambda part: isinstance(part, Not)):
            if isinstance(part, Not) and result is not None:
                keep = ~np.isin(result.docs, self.match(part.part).docs, assume_unique=True)
                result = Matched(result.docs[keep], result.scores[keep])
            else:
                found = self.match(part)
                result = found if result is None else _intersection(result, found)
            if not len(result.docs):
                return result
        return result if result is not None else self.match(All())

    def _any_of(self, parts: tuple[Query, ...]) -> Matched:
        found = [self.match(part) for part in parts]
        if not found:
            return Matched(np.zeros(0, np.int64), np.zeros(0))
        docs, places = np.unique(np.concatenate([m.docs for m in found]), return_inverse=True)
        scores = np.bincount(places, np.concatenate([m.scores for m in found]), len(docs))
        return Matched(docs, scores.astype(np.float64))

    def _prefer(self, result: Matched, wishes: tuple[tuple[Query, float], ...]) -> Matched:
        scores = result.scores.copy()
        for wish, weight in wishes:
            found = self.match(wish)
            _, here, there = np.intersect1d(
                result.docs, found.docs, assume_unique=True, return_indices=True)
            scores[here] += weight * found.scores[there]
        return Matched(result.docs, scores)

    def search(self, request: Request, ids: NDArray[np.int64], published: NDArray[np.int64],
               ) -> tuple[int, Docs, Scores, dict[str, tuple[tuple[str, int], ...]]]:
        """Total, the page of documents in order with scores, and the facet counts.

        `ids` ranks the documents by report id (the last tie-breaker), `published` holds YYYYMMDD.
        """
        size = len(self._postings.live)
        matched = self.match(request.query)
        masks = {name: self._postings.facet(name).mask(values, size)
                 for name, values in request.filters.items()}
        counts = {}
        for name in request.facets:
            mask = _mask(matched.docs, size, [m for other, m in masks.items() if other != name])
            counts[name] = self._postings.facet(name).count(mask)
        kept = _mask(matched.docs, size, list(masks.values()))[matched.docs]
        docs, scores = matched.docs[kept], matched.scores[kept]
        order = _order(request.sort, scores, published[docs], ids[docs])
        page = order[request.offset:request.offset + request.limit]
        return len(docs), docs[page], scores[page], counts


def _mask(docs: Docs, size: int, filters: list[NDArray[np.bool_]]) -> NDArray[np.bool_]:
    mask = np.zeros(size, dtype=bool)
    mask[docs] = True
    for other in filters:
        mask &= other
    return mask


def _order(sort: str, scores: Scores, published: NDArray[np.int64], ids: NDArray[np.int64],
           ) -> NDArray[np.int64]:
    """Positions in the order asked for; reports without a date come last either way."""
    if sort == "newest":
        return np.lexsort((ids, -published))
    if sort == "oldest":
        return np.lexsort((ids, np.where(published > 0, published, 99_999_999)))
    return np.lexsort((ids, -published, -scores.round(9)))


def _intersection(a: Matched, b: Matched) -> Matched:
    docs, in_a, in_b = np.intersect1d(a.docs, b.docs, assume_unique=True, return_indices=True)
    return Matched(docs, a.scores[in_a] + b.scores[in_b])


def _runs(positions: list[tuple[int, ...]], slop: int) -> int:
    """How many starts of a phrase there are: each word behind the one before, within `slop`."""
    count = 0
    for start in positions[0]:
        at = start
        left = slop
        for places in positions[1:]:
            following = next((p for p in places if at < p <= at + 1 + left), None)
            if following is None:
                break
            left -= following - at - 1
            at = following
        else:
            count += 1
    return count
