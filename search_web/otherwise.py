"""What else may be asked where little is found: what was given up or meant, what each condition costs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from indexer.store.query import Query
from search_web.answer.shape import word_of
from search_web.commit import Commit, Found, under
from search_web.query.lexer import AREAS
from search_web.query.question import Question
from search_web.query.syntax import AllOf, InField, Node, Without, parse
from search_web.suggest.suggestions import ENOUGH


def given_up(commit: Commit, found: Found) -> dict[str, Any] | None:
    """What a relaxed query no longer asks for, and which of its words no report holds."""
    missing = found.reading.missing
    if missing is None:
        return None
    counts = {word_of(word): commit.searcher.count(under(word, found.filters.values))
              for word in found.first.plan.words}
    return {"at_least": missing[0], "of": missing[1],
            "words": [{"word": word, "reports": count} for word, count in counts.items()],
            "nowhere": [word for word, count in counts.items() if not count]}


def meant(commit: Commit, question: Question, found: Found) -> list[dict[str, Any]]:
    """What else may have been meant, where little was found."""
    if question.offset or question.partly or not question.query.strip():
        return []
    if found.hits.reports >= ENOUGH and not found.steps and not commit.suggester.unheard(question.query):
        return []
    suggestions = commit.suggester.did_you_mean(question.query, found.first, found.filters.values)
    return [{"query": one.query, "reports": one.reports,
             "changes": [{"typed": typed, "meant": meant} for typed, meant in one.changes]}
            for one in suggestions]


def in_part(commit: Commit, question: Question, found: Found) -> dict[str, Any] | None:
    """Beside few hits: how many reports hold most of the words, though not all that are asked for.

    They are never mixed with the hits: `Question.partly` asks for them alone.
    """
    if question.offset or question.partly or found.steps or not 0 < found.hits.reports < ENOUGH:
        return None
    less, steps = commit.partly(found.first, found.filters)
    if not steps or less.missing is None:
        return None
    return {"at_least": less.missing[0], "of": less.missing[1],
            "reports": commit.searcher.count(under(less.query, found.filters.values))}


def without(commit: Commit, question: Question, found: Found) -> list[dict[str, Any]]:
    """Where nothing holds all that was asked: what each condition costs, chosen or typed as a field.

    For each: its field, its values, whether it was typed, the query without it, and the reports
    that this finds with every word required.  Of several the last entry, without a field, is all.
    """
    if question.offset or question.partly or (found.hits.reports and not found.steps):
        return []
    costs = [*_chosen(commit, question, found), *_typed(commit, question, found)]
    if len(costs) > 1:
        rest = _cut(question.query, [part for _, part in conditions(question.query)])
        reading = commit.read(replace(question, query=rest))
        costs.append({"field": "", "values": [], "typed": False, "query": rest,
                      "reports": commit.searcher.count(reading.query)})
    return costs


def _chosen(commit: Commit, question: Question, found: Found) -> Iterator[dict[str, Any]]:
    filters = found.filters.values
    for facet in filters:
        others = {name: values for name, values in filters.items() if name != facet}
        yield {"field": facet, "values": found.filters.kept(facet), "typed": False, "query": question.query,
               "reports": _count(commit, found.first.query, others)}


def _typed(commit: Commit, question: Question, found: Found) -> Iterator[dict[str, Any]]:
    for field, part in conditions(question.query):
        rest = _cut(question.query, [part])
        reading = commit.read(replace(question, query=rest))
        yield {"field": field, "values": [question.query[part.start:part.end]], "typed": True, "query": rest,
               "reports": _count(commit, reading.query, found.filters.values)}


def _cut(typed: str, parts: Sequence[Node]) -> str:
    """A query without some of its parts."""
    for part in reversed(parts):
        typed = f"{typed[:part.start]} {typed[part.end:]}"
    return " ".join(typed.split())


def _count(commit: Commit, query: Query, filters: Mapping[str, frozenset[str]]) -> int:
    return commit.searcher.count(under(query, filters))


def conditions(typed: str) -> list[tuple[str, Node]]:
    """The fields of a query that filter, each with its part of the syntax tree; not those inside brackets.

    >>> [(field, part.start, part.end) for field, part in conditions("苹果 地区:甘肃 -年份:2012 标题:驻村")]
    [('region', 3, 8), ('year', 9, 17)]
    """
    tree = parse(typed).tree
    found = []
    for part in tree.parts if isinstance(tree, AllOf) else (tree,) if tree else ():
        inner = part.part if isinstance(part, Without) else part
        if isinstance(inner, InField) and inner.name not in AREAS:
            found.append((inner.name, part))
    return found
