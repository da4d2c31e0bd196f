"""The passages that a page of hits shows, cut for every engine by the code of this product."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from indexer.store.engine import Hit
from indexer.store.exact import BORDER
from indexer.store.query import Exact
from indexer.text.script import fold
from search_web.answer.shape import passage_text
from tests.bench.adapters import Answer
from tests.bench.questions import Question


def passages(question: Question, answer: Answer) -> list[str]:
    """The best passages of each hit, its words marked; an engine that keeps no search text has it folded."""
    whole = question.kind.startswith("exact") or question.kind == "phrase_2"
    leaves = tuple(map(Exact, ["".join(question.parts)] if whole else question.parts))
    texts = answer.texts or [_search_form(record) for record in answer.hits]
    return [passage_text(Hit(record["id"], 0.0, record, text), leaves)
            for record, text in zip(answer.hits, texts, strict=True)]


def _search_form(record: Mapping[str, Any]) -> str:
    return f"{fold(record['title'] or '')}{BORDER}{fold(record['body'])}"
