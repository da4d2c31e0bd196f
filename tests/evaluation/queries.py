"""The gold queries on an index of the seed pages: what must be found is found, and nothing else."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from indexer.indexing import Options, run
from indexer.store import open_searcher
from indexer.store.engine import Searcher
from indexer.store.query import All, Query, Request
from search_web.query.question import Names
from search_web.query.reader import read_query
from tests.evaluation.exactness import quoted
from tests.evaluation.figures import Figure


@dataclass(frozen=True, slots=True)
class Answered:
    """A query, filter or passage of the gold, and what is wrong with its answer (empty: nothing)."""

    id: str
    asked: str
    wrong: str


def answers(searcher: Searcher, gold: dict[str, Any]) -> list[Answered]:
    """Every query, every passage that it must find, and every check of a facet."""
    found = []
    for row in gold["queries"]:
        found.append(_query(searcher, row))
        found += [_passage(searcher, row["id"], page, text) for page, text in row["passages"].items()]
    for row in gold["facet_checks"]:
        found += _facet(searcher, row)
    return found


def _query(searcher: Searcher, row: dict[str, Any]) -> Answered:
    """A phrase is asked in quotation marks, all others as they stand; no word is given up."""
    typed = quoted(row["query"]) if row["match"] == "phrase" else row["query"]
    got, expected = pages(searcher, read_query(typed).query), set(row["expected"])
    return Answered(row["id"], typed, _differ(expected - got, got - expected))


def _passage(searcher: Searcher, id_: str, page: str, text: str) -> Answered:
    """The passage as the page prints it, quoted, finds its page."""
    typed = quoted(text)
    got = pages(searcher, read_query(typed).query)
    return Answered(f"{id_} passage", typed, _differ({page} - got, set()))


def _facet(searcher: Searcher, row: dict[str, Any]) -> list[Answered]:
    """The filter as a facet and as a typed field: both give the same."""
    filters = {name: frozenset({str(value)}) for name, value in row["filters"].items()}
    typed = " ".join(f"{name}:{value}" for name, value in row["filters"].items())
    reading = read_query(typed, resolvers=Names(searcher).resolvers)
    by_facet = pages(searcher, All(), filters)
    answered = []
    for how, got in (("facet", by_facet), ("field", pages(searcher, reading.query))):
        missing = set(row["must_include"]) - got
        answered.append(Answered(f"{row['id']} {how}", typed, _differ(missing, got & set(row["must_exclude"]))))
    return answered


def _differ(missing: set[str], surplus: set[str]) -> str:
    parts = [f"not found: {', '.join(sorted(missing))}"] if missing else []
    return "; ".join(parts + ([f"found wrongly: {', '.join(sorted(surplus))}"] if surplus else []))


def pages(searcher: Searcher, query: Query, filters: dict[str, frozenset[str]] | None = None) -> set[str]:
    """The names of the pages whose reports a query finds, without their ending."""
    hits = searcher.search(Request(query, filters or {}, limit=searcher.count() or 1)).hits
    return {Path(hit.stored["page"]["path"]).stem for hit in hits}


def measure(shared: Path, folder: Path) -> list[Answered] | None:
    """Index the seeds below `folder` and ask everything; None where there are no seeds or queries."""
    file = shared / "gold" / "queries.json"
    if not file.is_file() or not (shared / "seeds").is_dir():
        return None
    run(Options((shared / "seeds",), folder / "index", jobs=1))
    with open_searcher(folder / "index") as searcher:
        return answers(searcher, json.loads(file.read_text(encoding="utf-8")))


def query_figures(answered: list[Answered]) -> dict[str, Figure]:
    """The share of queries, passages and checks that are right."""
    return {"queries.right": Figure(sum(not one.wrong for one in answered) / len(answered))}
