"""Similar practice elsewhere: from a report or a passage to passages of other counties, by telling words."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from indexer.errors import UsageError
from indexer.lexicon.names import division_stem
from indexer.store.engine import UNKNOWN, Hit
from indexer.store.query import And, Exact, Not, Or, Query, Request, Tag, Term
from indexer.text.script import fold
from indexer.text.tokenise import tokenise
from search_web.answer import listed, texts
from search_web.commit import Commit
from search_web.occurrences import Leaf, marks, occurrences
from search_web.snippet import passages, segments, shown

LIMIT, MAX_LIMIT = 5, 50
# Letters of a text that are read for its words; what a report is about it says by then.
MAX_LETTERS = 20_000
# The most frequent words of a text are looked up in the index; so many tell what it is about.
CANDIDATES = 100
WORDS = 24
# The share of these words that a similar report holds, but never fewer than so many.
LEAST_SHARE = 0.25
LEAST_WORDS = 2
# A word in a larger share of all reports tells nothing, unless so few reports hold it altogether.
MAX_SHARE, FEW_REPORTS = 0.4, 20
# Paths of so many names are counties (甘肃省/定西市/临洮县); what lies deeper belongs to the county.
COUNTY_DEPTH = 3

_WORD = re.compile(r"[㐀-鿿]{2,}")


@dataclass(frozen=True, slots=True)
class Telling:
    """A word that tells what a text is about: its weight (tf-idf), and how many reports hold it."""

    word: str
    weight: float
    reports: int


def to_report(commit: Commit, report_id: str, limit: int, start: int,
              end: int | None) -> dict[str, Any] | None:
    """What is similar to a report, or to `body[start:end]` of it; None when there is no such report.

    Neither its own county nor its own reprints are found, nor what may be of that county because
    its place is not known.  Raises UsageError.
    """
    hit = commit.searcher.get(report_id)
    if hit is None:
        return None
    _, body = texts(hit)
    end = len(body.folded) if end is None else end
    if not 0 <= start < max(end, 1) <= max(len(body.folded), 1):
        raise UsageError(f"A passage lies between 0 and {len(body.folded)}, its start before its end.",
                         "bad-passage", length=len(body.folded))
    path = hit.stored["region"] or []
    county = "/".join(path[:COUNTY_DEPTH]) if len(path) >= 2 else None
    own = frozenset(commit.searcher.reprints(report_id)) | {report_id}
    _check(limit)
    key = ("similar", report_id, limit, start, end)
    return commit.once(key, lambda: {"report": report_id} | _similar(
        commit, body.folded[start:end], limit, path, county, own))


def to_text(commit: Commit, text: str, limit: int) -> dict[str, Any]:
    """What is similar to a text, wherever it happened. Raises UsageError."""
    _check(limit)
    return {"report": None} | _similar(commit, fold(text), limit, (), None, frozenset())


def _check(limit: int) -> None:
    if not 1 <= limit <= MAX_LIMIT:
        raise UsageError(f"Between 1 and {MAX_LIMIT} similar reports can be asked for.", "bad-limit",
                         limit=MAX_LIMIT)


def _similar(commit: Commit, folded: str, limit: int, path: Sequence[str], county: str | None,
             own: frozenset[str]) -> dict[str, Any]:
    words = telling_words(commit, folded[:MAX_LETTERS], path, len(own))
    least = max(LEAST_WORDS, math.ceil(LEAST_SHARE * len(words)))
    found: list[Hit] = []
    if len(words) >= LEAST_WORDS:
        query: Query = Or(tuple(Term(one.word) for one in words), least)
        if county:
            query = And((query, Not(Tag("region", frozenset({county, UNKNOWN})))))
        request = Request(query, limit=limit + len(own), collapse=True)
        found = [hit for hit in commit.searcher.search(request).hits if hit.id not in own][:limit]
    return {"not_in": county, "at_least": least,
            "words": [{"word": one.word, "weight": one.weight, "reports": one.reports} for one in words],
            "hits": [_hit(hit, words) for hit in found]}


def telling_words(commit: Commit, folded: str, path: Sequence[str], own: int) -> list[Telling]:
    """The words that tell what a text is about, the most telling first; its own places are none.

    `own` reports are the text itself: a word that no other report holds leads nowhere.
    """
    places = "".join((*path, *(division_stem(name) for name in path)))
    counts = Counter(word.text for word in tokenise(folded) if _WORD.fullmatch(word.text))
    reports = commit.searcher.count()
    found = []
    for word, often in counts.most_common(CANDIDATES):
        if word in places:
            continue
        holding = commit.searcher.count(Term(word))
        if own < holding <= max(MAX_SHARE * reports, FEW_REPORTS):
            weight = (1 + math.log(often)) * math.log(1 + reports / holding)
            found.append(Telling(word, round(weight, 3), holding))
    return sorted(found, key=lambda one: (-one.weight, one.word))[:WORDS]


def _hit(hit: Hit, words: Sequence[Telling]) -> dict[str, Any]:
    """A similar report: its best passage, and the words in common."""
    title, body = texts(hit)
    common = [one.word for one in words
              if any(occurrences(Exact(one.word), text) for text in (title, body))]
    leaves: tuple[Leaf, ...] = tuple(Exact(word) for word in common)
    marked = marks(leaves, body)
    best = passages(body.shown, body.folded, marked, 1)
    return listed(hit) | {
        "score": round(hit.score, 4), "reprints": hit.reprints, "common": common,
        "marked_title": segments(title.shown, marks(leaves, title)),
        "passage": {"start": best[0].start, "end": best[0].end,
                    "segments": shown(body.shown, marked, best[0])} if best else None,
    }
