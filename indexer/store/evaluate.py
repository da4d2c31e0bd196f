"""A query tree becomes documents, scores and counts, as operations on whole arrays."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from indexer.store import patience
from indexer.store.engine import Hit, Tally
from indexer.store.facets import ArrayCounts, Mask
from indexer.store.lists import run_lengths, run_starts
from indexer.store.query import (
    All,
    And,
    Exact,
    Near,
    Not,
    Or,
    Prefer,
    Query,
    Range,
    Request,
    Tag,
    Term,
    Wildcard,
)
from indexer.store.scoring import Scorer
from indexer.store.segment import Docs
from indexer.store.snapshot import Numbers, Snapshot

# Decimals in which scores must differ to be different.
_DIGITS = 9
# Below this share of the larger list, looking up is cheaper than marking all.
_SPARSE = 16


@dataclass(frozen=True, slots=True)
class Matched:
    """Documents that a query finds, ascending, with their scores; None where all score 0."""

    docs: Docs
    scores: Numbers | None = None

    def only(self, kept: NDArray[np.bool_] | NDArray[np.int64]) -> Matched:
        """Those that a mask or an index array picks."""
        return Matched(self.docs[kept], None if self.scores is None else self.scores[kept])


NOTHING = Matched(np.zeros(0, np.int64))


@dataclass(frozen=True, slots=True)
class Answer:
    """One page of documents in order, the number of all, and the facet counts."""

    total: int
    reports: int
    docs: Docs
    scores: Numbers
    reprints: Docs
    facets: dict[str, ArrayCounts]


class Evaluator:
    """Evaluates query trees over one snapshot."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._scorer = Scorer(snapshot)

    def match(self, query: Query, scored: bool = True) -> Matched:
        """All documents of a query, with their scores if they are wanted.

        They are kept: the next page, another order, one filter more ask for the same again.
        """
        patience.check()
        if isinstance(query, All):
            return Matched(self._snapshot.docs)
        return self._snapshot.results.get((query, scored), lambda: self._match(query, scored),
                                          lambda matched: 16 * len(matched.docs))

    def _match(self, query: Query, scored: bool) -> Matched:
        match query:
            case All():
                return Matched(self._snapshot.docs)
            case Term() | Wildcard() | Exact() | Near():
                found = self._snapshot.frequencies(query)
                return Matched(found.docs, self._scorer.score(found) if scored else None)
            case Tag() | Range():
                return Matched(np.flatnonzero(self._mask(query)))
            case And(parts):
                return self._all_of(parts, scored)
            case Or(parts, minimum):
                return self._any_of(parts, minimum, scored)
            case Not(part):
                mask = self._snapshot.live.copy()
                mask[self.match(part, scored=False).docs] = False
                return Matched(np.flatnonzero(mask))
            case Prefer(inner, wishes):
                matched = self.match(inner, scored)
                return self._prefer(matched, wishes) if scored else matched

    def _mask(self, query: Tag | Range) -> Mask:
        """The documents of a filter, among all that there are."""
        def make() -> Mask:
            if isinstance(query, Tag):
                return self._snapshot.facet(query.facet).mask(query.values) & self._snapshot.live
            numbers = (self._snapshot.published if query.column == "published"
                       else sum(self._snapshot.lengths))
            mask: Mask = self._snapshot.live & (numbers > 0)
            if query.low is not None:
                mask &= numbers >= query.low
            if query.high is not None:
                mask &= numbers <= query.high
            return mask

        return self._snapshot.results.get(query, make, lambda mask: mask.nbytes)

    def _all_of(self, parts: tuple[Query, ...], scored: bool) -> Matched:
        wanted = [part for part in parts if not isinstance(part, Not | Tag | Range)]
        found = []
        for one in wanted:
            matched = self.match(one, scored)
            if not len(matched.docs):
                return NOTHING
            found.append(matched)
        found.sort(key=lambda matched: len(matched.docs))
        result = found[0] if found else self.match(All())
        for other in found[1:]:
            result = self._intersection(result, other)
        # What only filters or is not wanted comes last: it never has to be spelled out.
        for part in parts:
            if isinstance(part, Tag | Range):
                result = result.only(self._mask(part)[result.docs])
            elif isinstance(part, Not):
                result = result.only(~self._holds(result.docs, self.match(part.part, scored=False).docs))
        return result

    def _holds(self, docs: Docs, others: Docs) -> Mask:
        """Which of `docs` are among `others`; both ascending."""
        if len(docs) * _SPARSE < len(others):
            return _places(docs, others)[1]
        mask = np.zeros(self._snapshot.size, bool)
        mask[others] = True
        return mask[docs]

    def _intersection(self, few: Matched, many: Matched) -> Matched:
        if len(few.docs) * _SPARSE < len(many.docs):
            there, kept = _places(few.docs, many.docs)
            there = there[kept]
        else:
            number = np.full(self._snapshot.size, -1, np.int64)
            number[many.docs] = np.arange(len(many.docs))
            there = number[few.docs]
            kept = there >= 0
            there = there[kept]
        result = few.only(kept)
        if many.scores is None:
            return result
        scores = many.scores[there]
        return Matched(result.docs, scores if result.scores is None else result.scores + scores)

    def _any_of(self, parts: tuple[Query, ...], minimum: int, scored: bool) -> Matched:
        found = [matched for matched in (self.match(part, scored) for part in parts) if len(matched.docs)]
        if len(found) < minimum or not found:
            return NOTHING
        if len(found) == 1 and minimum <= 1:
            return found[0]
        size = self._snapshot.size
        counts = np.zeros(size, np.int32)
        scores = np.zeros(size)
        for matched in found:
            counts[matched.docs] += 1
            if matched.scores is not None:
                scores[matched.docs] += matched.scores
        docs = np.flatnonzero(counts >= max(minimum, 1))
        return Matched(docs, scores[docs] if scored else None)

    def _prefer(self, found: Matched, wishes: tuple[tuple[Query, float], ...]) -> Matched:
        scores = np.zeros(len(found.docs)) if found.scores is None else found.scores.copy()
        for wish, weight in wishes:
            wished = self.match(wish)
            if wished.scores is None or not len(wished.docs):
                continue
            if len(found.docs) <= len(wished.docs):
                there, kept = _places(found.docs, wished.docs)
                scores[kept] += weight * wished.scores[there[kept]]
            else:
                here, kept = _places(wished.docs, found.docs)
                scores[here[kept]] += weight * wished.scores[kept]
        return Matched(found.docs, scores)

    def count(self, query: Query) -> int:
        """How many documents a query finds."""
        return len(self.match(query, scored=False).docs)

    def search(self, request: Request) -> Answer:
        """The page of documents that was asked for, the number of all, and the facet counts."""
        matched = self.match(request.query, request.sort == "relevance" and request.limit > 0)
        masks = {name: self._mask(Tag(name, values)) for name, values in request.filters.items()}
        kept = _filtered(matched, list(masks.values()))
        facets = {name: self._counted(name, request, matched, kept, masks) for name in request.facets}
        shown, folded = self._collapsed(kept) if request.collapse else (kept, None)
        page = self._page(request, shown)
        scores = np.zeros(len(page)) if shown.scores is None else shown.scores[page]
        reprints = np.zeros(len(page), np.int64) if folded is None else folded[page]
        return Answer(len(shown.docs), len(kept.docs), shown.docs[page], scores, reprints, facets)

    def _counted(self, name: str, request: Request, matched: Matched, kept: Matched,
                 masks: Mapping[str, Mask]) -> ArrayCounts:
        """A facet, for the query under all filters but its own; kept for the next page."""
        others = {filter_: values for filter_, values in request.filters.items() if filter_ != name}

        def make() -> ArrayCounts:
            docs = kept.docs
            if name in masks:
                docs = _filtered(Matched(matched.docs), [masks[other] for other in others]).docs
            return self._snapshot.facet(name).count(docs)

        key = (name, request.query, frozenset(others.items()))
        return self._snapshot.results.get(key, make, lambda counts: counts.nbytes)

    def ordered(self, request: Request) -> Matched:
        """All hits of a request in their order, whatever its offset and limit."""
        everything = replace(request, facets=(), offset=0, limit=max(self._snapshot.size, 1))
        answer = self.search(everything)
        return Matched(answer.docs, answer.scores)

    def _collapsed(self, matched: Matched) -> tuple[Matched, Docs]:
        """The earliest of each group of reprints, with the best score of all, and how many it stands
        for besides itself."""
        snapshot = self._snapshot
        group = snapshot.groups[matched.docs]
        several = np.flatnonzero(snapshot.group_sizes[group] > 1)
        folded = np.zeros(len(matched.docs), np.int64)
        if not len(several):
            return matched, folded
        order = several[np.lexsort((snapshot.oldest[matched.docs[several]], group[several]))]
        first = run_starts(group[order])
        earliest = order[first]
        folded[earliest] = run_lengths(first, len(order)) - 1
        kept = np.ones(len(matched.docs), bool)
        kept[order] = False
        kept[earliest] = True
        scores = matched.scores
        if scores is not None:
            scores = scores.copy()
            scores[earliest] = np.maximum.reduceat(scores[order], first)
        return Matched(matched.docs, scores).only(kept), folded[kept]

    def occurrences(self, strings: tuple[Exact | Near | Term, ...]) -> Docs:
        """How often each document holds any of the strings."""
        counts = np.zeros(self._snapshot.size, np.int64)
        for one in dict.fromkeys(strings):
            patience.check()
            found = self._snapshot.frequencies(one)
            counts[found.docs] += found.title + found.body
        return counts

    def tally(self, strings: tuple[Exact | Near | Term, ...], facet: str,
              filters: Mapping[str, frozenset[str]], collapse: bool = False) -> list[Tally]:
        """What strings amount to by the values of a facet (`engine.Searcher.tally`)."""
        docs = _filtered(Matched(self._snapshot.docs), [
            self._mask(Tag(name, values)) for name, values in filters.items()]).docs
        counts = self.occurrences(strings)[docs]
        if collapse:
            docs, counts = self._by_group(docs, counts)
        titles, bodies = self._snapshot.lengths
        sums = self._snapshot.facet(facet).sums
        rows = zip(self._snapshot.facet(facet).values, sums(docs, counts).tolist(),
                   sums(docs[counts > 0]).tolist(), sums(docs).tolist(),
                   sums(docs, (titles + bodies)[docs]).tolist(), strict=True)
        return [Tally(*row) for row in rows if row[3]]

    def _by_group(self, docs: Docs, counts: Docs) -> tuple[Docs, Docs]:
        """The earliest of each group among some documents, and for each the count of the earliest of its
        group that has one: what a list shows where reprints are one hit."""
        groups = self._snapshot.groups
        shown = self._collapsed(Matched(docs))[0].docs
        holding = self._collapsed(Matched(docs[counts > 0]))[0].docs
        own = np.zeros(self._snapshot.size, np.int64)
        own[docs] = counts
        of_group = np.zeros(self._snapshot.size, np.int64)
        of_group[groups[holding]] = own[holding]
        return shown, of_group[groups[shown]]

    def _page(self, request: Request, matched: Matched) -> NDArray[np.int64]:
        """Which of the matched documents stand on the page, in order."""
        if request.limit <= 0 or request.offset >= len(matched.docs):
            return np.zeros(0, np.int64)
        ranks = self._snapshot.oldest if request.sort == "oldest" else self._snapshot.newest
        end = min(request.offset + request.limit, len(matched.docs))
        if matched.scores is None:
            own = ranks[matched.docs]
            best = _smallest(own, end)
            order = best[np.argsort(own[best])]
        else:
            # Ties are told apart by age: scores that are equal when rounded are equal.
            best = _smallest(-matched.scores, end, 2 * 10.0 ** -_DIGITS)
            order = best[np.lexsort((ranks[matched.docs[best]], -matched.scores[best].round(_DIGITS)))]
        return order[request.offset:end]


class ArrayConcordance:
    """The reports of a request that hold some strings, in order (`engine.Concordance`)."""

    def __init__(self, load: Callable[[int], Hit], docs: Docs, counts: Docs) -> None:
        self._load = load
        self._docs = docs
        self.counts = counts.tolist()
        self.total = int(counts.sum())

    def hit(self, number: int) -> Hit:
        """The report at a place of the order."""
        return self._load(int(self._docs[number]))


def _filtered(matched: Matched, masks: list[Mask]) -> Matched:
    for mask in masks:
        matched = matched.only(mask[matched.docs])
    return matched


def _places(values: Docs, ordered: Docs) -> tuple[NDArray[np.int64], Mask]:
    """Where `values` would stand in `ordered`, and which of them do stand there."""
    at = np.searchsorted(ordered, values)
    at[at == len(ordered)] = 0
    return at, ordered[at] == values


def _smallest(keys: NDArray[np.float64] | NDArray[np.int64], number: int,
              margin: float = 0) -> NDArray[np.int64]:
    """Where the `number` smallest keys stand, and all that are at most `margin` above the last of them."""
    if number >= len(keys):
        return np.arange(len(keys))
    limit = np.partition(keys, number - 1)[number - 1]
    return np.flatnonzero(keys <= limit + margin)
