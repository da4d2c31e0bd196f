"""Ranking, on judged queries: MRR@10 and nDCG@10 by kind of query, and what each idea is worth.

The judgements (`judged.jsonl`) are conditions on the gold of the pages, not lists of what some
engine returned: every report of the archive is judged, and the judgements outlive it.  A line:

    {"id", "kind", "query", "grades": [[3, condition], [1, condition], …], "why"}

The first condition that a report meets gives its grade; a report that meets none has 0.  All parts
of a condition must hold: `title` and `text` (title, subtitle and body) hold one of the strings,
whatever the script and the punctuation; `theme` is the report's main theme; `region` is one level
of its primary region, by its full name.

MRR@10: one over the rank of the first hit of grade 2 or 3, 0 beyond rank 10 (Voorhees 1999, "The
TREC-8 Question Answering Track Report").  nDCG@10: the sum of (2^grade - 1) / log2(rank + 1) over
the first ten hits, over that sum for the best possible order (Järvelin & Kekäläinen 2002, "Cumulated
gain-based evaluation of IR techniques", in the form of Burges et al. 2005, "Learning to rank using
gradient descent").  Searched as a user does, one word after the other given up where nothing
matches all; reprints are not folded.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from math import log2
from pathlib import Path
from typing import Any

from indexer.lexicon.synonyms import synonyms
from indexer.store import scoring
from indexer.store.engine import Searcher
from indexer.store.exact import bare, tight
from indexer.store.query import And, Exact, Not, Or, Prefer, Query, Request, Term
from indexer.text.script import fold
from indexer.text.tokenise import tokenise
from search_web.query import plain
from search_web.query.account import Reading
from search_web.query.question import Names
from search_web.query.reader import read_query, relaxed
from search_web.query.wishes import WEIGHTS, Weights
from tests.evaluation.figures import Figure, mean
from tests.evaluation.indexed import Indexed
from tests.pagemaker.gold import Page, Report, read_jsonl

JUDGED = Path(__file__).with_name("judged.jsonl")
KINDS = ("known-item", "theme", "place", "slogan", "question")
DEPTH = 10
# From this grade on a hit is what was looked for.
RELEVANT = 2
HALVES = ("tuning", "confirming")

Grades = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Judged:
    """A query with the conditions of its grades, best first, and why it is there."""

    id: str
    kind: str
    query: str
    grades: tuple[tuple[int, Mapping[str, Any]], ...]
    why: str

    @property
    def half(self) -> str:
        """Numbers are tuned on the odd queries of each kind and confirmed on the even ones."""
        return HALVES[int(self.id[1:]) % 2 == 0]


def read_judged(file: Path = JUDGED) -> list[Judged]:
    """The judged queries."""
    return [Judged(row["id"], row["kind"], row["query"],
                   tuple((grade, condition) for grade, condition in row["grades"]), row["why"])
            for row in read_jsonl(file)]


# Judgements: gold → grades of report ids.

@dataclass(frozen=True, slots=True)
class Facts:
    """What a condition may ask of a report."""

    title: str
    text: str
    theme: str
    region: tuple[str, ...]


def facts(report: Report) -> Facts:
    """The gold of a report in the form that is compared."""
    text = " ".join((report.title, report.subtitle or "", *report.paragraphs))
    return Facts(_letters(report.title), _letters(text), report.theme or "", report.region or ())


def _letters(text: str) -> str:
    return bare(tight(fold(text)))


def meets(report: Facts, condition: Mapping[str, Any]) -> bool:
    """Does the report meet all parts of the condition?  Raises KeyError for a part that there is none of."""
    for part, value in condition.items():
        values = [value] if isinstance(value, str) else value
        held = {"title": lambda one: _letters(one) in report.title,
                "text": lambda one: _letters(one) in report.text,
                "theme": lambda one: one == report.theme,
                "region": lambda one: one in report.region}[part]
        if not any(map(held, values)):
            return False
    return True


def grade(report: Facts, judged: Judged) -> int:
    """The grade of a report for a query, 0 to 3."""
    return next((grade for grade, condition in judged.grades if meets(report, condition)), 0)


def gold_by_id(searcher: Searcher, gold: Mapping[str, Page]) -> dict[str, list[Facts]]:
    """The gold of each indexed report.  A page that was split into too few reports has the rest on its last."""
    parts: dict[str, list[tuple[int, str]]] = {}
    for record in searcher.reports():
        parts.setdefault(record["page"]["path"], []).append((record["part"], record["id"]))
    found: dict[str, list[Facts]] = {}
    for path, ids in parts.items():
        ids.sort()
        for number, report in enumerate(gold[path].reports):
            found.setdefault(ids[min(number, len(ids) - 1)][1], []).append(facts(report))
    return found


# Variants: the ranking as it is, and with one idea less.

@dataclass(frozen=True, slots=True)
class Variant:
    """Numbers that differ from those in use; `shape` remakes the query that was read."""

    name: str
    weights: Weights = WEIGHTS
    constants: Mapping[str, Any] = field(default_factory=dict)
    synonyms: bool = True
    shape: str = ""


def weights(**changed: float) -> Weights:
    """The weights in use with some changed."""
    values = {name: getattr(WEIGHTS, name) for name in Weights.__dataclass_fields__}
    return Weights(**(values | changed))


_NO_STRINGS = {"string": 0.0, "string_in_title": 0.0, "near": 0.0}
AS_IT_IS = Variant("as it is")
ABLATIONS = (
    AS_IT_IS,
    Variant("words only", weights(bigram=0, **_NO_STRINGS)),
    Variant("bigrams only", weights(word=0, title=0, **_NO_STRINGS), shape="unscored"),
    Variant("words and bigrams", weights(**_NO_STRINGS)),
    Variant("no bigrams", weights(bigram=0)),
    Variant("no strings", weights(string=0, string_in_title=0)),
    Variant("no proximity", weights(near=0)),
    Variant("no title weight", weights(title=0, string_in_title=0), {"TITLE_WEIGHT": 1.0}),
    Variant("no synonyms", synonyms=False),
    Variant("more words required", constants={"MINIMUM_SHARES": ((5, 1.0), (9, 0.8), (10_000, 0.65))}),
    Variant("no length", constants={"BODY_B": 0.0, "TITLE_B": 0.0}),
    Variant("any word, BM25 alone", shape="any word"),
    Variant("any bigram, BM25 alone", shape="any bigram"),
    Variant("any word or bigram, BM25 alone", shape="any word or bigram"),
)


@contextmanager
def constants(changed: Mapping[str, Any]) -> Iterator[None]:
    """Constants of `indexer.store.scoring` and `search_web.query.plain` with other values for a while."""
    homes = {name: next(home for home in (scoring, plain) if hasattr(home, name)) for name in changed}
    before = {name: getattr(home, name) for name, home in homes.items()}
    try:
        for name, value in changed.items():
            setattr(homes[name], name, value)
        yield
    finally:
        for name, value in before.items():
            setattr(homes[name], name, value)


def shaped(reading: Reading, shape: str) -> Query:
    """The query of a reading: as it is, its set unscored, or what a plain engine would make of its words."""
    query = reading.query
    if shape.startswith("any"):
        words = reading.words or reading.exact
        parts: list[Query] = []
        if "word" in shape:
            parts += [Term(token.text) for word in words for token in tokenise(word)]
        if "bigram" in shape:
            parts += [Exact(a + b) for a, b in pairwise("".join(words))]
        return And((Or(tuple(dict.fromkeys(parts))), *reading.plan.strict))
    if shape == "unscored" and isinstance(query, Prefer):
        return Prefer(Not(Not(query.query)), query.wishes)
    return query


def ask(searcher: Searcher, names: Names, query: str, variant: Variant) -> list[str]:
    """The ids of the first ten hits."""
    without = frozenset(() if variant.synonyms else synonyms())
    reading: Reading | None = read_query(query, without_synonyms=without, weights=variant.weights,
                                         resolvers=names.resolvers)
    while reading is not None:
        hits = searcher.search(Request(shaped(reading, variant.shape), limit=DEPTH)).hits
        if hits:
            return [hit.id for hit in hits]
        reading = relaxed(reading)
    return []


# Figures.

@dataclass(frozen=True, slots=True)
class Outcome:
    """What a query came to."""

    judged: Judged
    mrr: float
    ndcg: float
    grades: tuple[int, ...]


def outcome(judged: Judged, grades: Grades, ids: Sequence[str]) -> Outcome:
    """The two figures of one query, out of the grades of all reports and the ids of the hits."""
    got = tuple(grades.get(id_, 0) for id_ in ids[:DEPTH])
    best = sorted(grades.values(), reverse=True)[:DEPTH]
    rank = next((rank for rank, one in enumerate(got, 1) if one >= RELEVANT), 0)
    return Outcome(judged, 1 / rank if rank else 0.0, gain(got) / gain(best) if best else 0.0, got)


def gain(grades: Sequence[int]) -> float:
    """Discounted cumulated gain.

    >>> gain([3, 0, 1]), gain([])
    (7.5, 0.0)
    """
    return float(sum((2 ** one - 1) / log2(rank + 1) for rank, one in enumerate(grades, 1)))


class Bench:
    """Judged queries over one archive: every variant is asked in a searcher of its own."""

    def __init__(self, archive: Indexed, judged: Sequence[Judged]) -> None:
        self._archive, self.judged = archive, judged
        with archive.searcher() as searcher:
            gold = gold_by_id(searcher, archive.gold)
        self.grades: dict[str, dict[str, int]] = {}
        for one in judged:
            found = {id_: max(grade(report, one) for report in reports) for id_, reports in gold.items()}
            self.grades[one.id] = {id_: value for id_, value in found.items() if value}

    def outcomes(self, variant: Variant = AS_IT_IS) -> list[Outcome]:
        """What every query came to."""
        with constants(variant.constants), self._archive.searcher() as searcher:
            names = Names(searcher)
            return [outcome(one, self.grades[one.id], ask(searcher, names, one.query, variant))
                    for one in self.judged]


@dataclass(slots=True)
class Ranking:
    """The outcomes of every query, by variant."""

    outcomes: dict[str, list[Outcome]]

    def figures(self) -> dict[str, Figure]:
        """MRR@10 and nDCG@10 of the ranking as it is, overall and by kind."""
        found = {}
        for kind in ("", *KINDS):
            some = [one for one in self.outcomes[AS_IT_IS.name] if kind in ("", one.judged.kind)]
            prefix = f"ranking.{kind}." if kind else "ranking."
            # A fixed set of queries and no sample: without an error.
            found[f"{prefix}mrr"] = Figure(mean([one.mrr for one in some]).value)
            found[f"{prefix}ndcg"] = Figure(mean([one.ndcg for one in some]).value)
        return found

    def mrr(self, name: str) -> float:
        """MRR@10 of a variant, of all queries."""
        return mean([one.mrr for one in self.outcomes[name]]).value

    def ndcg(self, name: str, half: str = "") -> float:
        """nDCG@10 of a variant, of all queries or of one half."""
        return mean([one.ndcg for one in self.outcomes[name] if half in ("", one.judged.half)]).value

    def rows(self) -> list[tuple[str, ...]]:
        """A row of figures for each variant: MRR and nDCG overall, on both halves, nDCG by kind."""
        rows = []
        for name, outcomes in self.outcomes.items():
            halves = [[one for one in outcomes if one.judged.half == half] for half in HALVES]
            kinds = [[one for one in outcomes if one.judged.kind == kind] for kind in KINDS]
            rows.append((name, _mean(outcomes, "mrr"), _mean(outcomes, "ndcg"),
                         *(_mean(some, "ndcg") for some in (*halves, *kinds))))
        return rows

    def worst(self, count: int = 25) -> list[tuple[str, ...]]:
        """The queries that are answered worst, with the grades of their hits."""
        found = sorted(self.outcomes[AS_IT_IS.name], key=lambda one: one.ndcg)[:count]
        return [(one.judged.id, one.judged.query, f"{one.ndcg:.3f}", "".join(map(str, one.grades)) or "nothing")
                for one in found]


HEADS = ("variant", "MRR@10", "nDCG@10", *HALVES, *KINDS)


def _mean(outcomes: Sequence[Outcome], name: str) -> str:
    return f"{mean([getattr(one, name) for one in outcomes]).value:.4f}"


def measure(archive: Indexed, variants: Sequence[Variant] = ABLATIONS) -> Ranking:
    """All judged queries, under each of the variants."""
    bench = Bench(archive, read_judged())
    return Ranking({variant.name: bench.outcomes(variant) for variant in variants})
