"""Similar practice elsewhere: from a report or a passage to passages of other counties, by telling words."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from typing import Any

from indexer.errors import UsageError
from indexer.lexicon.names import division_stem
from indexer.metadata.themes import lexicon
from indexer.store.engine import UNKNOWN, Hit
from indexer.store.query import And, Exact, Not, Or, Prefer, Query, Request, Tag, Term
from indexer.text.script import fold
from indexer.text.tokenise import tokenise
from search_web.answer.occurrences import Leaf, marks, occurrences
from search_web.answer.shape import listed, texts
from search_web.answer.snippet import passages, segments, shown
from search_web.commit import Commit

LIMIT, MAX_LIMIT = 5, 50
# What a passage in an address may hold.
MAX_PASSAGE = 2000
# Letters of a text that are read for its words; what a report is about it says by then.
MAX_LETTERS = 20_000
# The favoured and the most frequent words of a text are looked up in the index; so many tell.
CANDIDATES = 100
WORDS = 24
# Favoured are the words of the report's themes, and of its title and headings. Others are merely
# rare (本子, 早晨, 多少): they only fill up to so many, where little is favoured.
THEME_WORD, NAMED_WORD = 3.0, 2.0
FEW_WORDS = 8
# What a common theme adds to a report's score, as a part of it.
SAME_THEME = 1.0
# The share of these words that a similar report holds, but never fewer than so many.
LEAST_SHARE = 0.25
LEAST_WORDS = 2
# A word in a larger share of all reports tells nothing, unless so few reports hold it altogether.
MAX_SHARE, FEW_REPORTS = 0.4, 20
# Paths of so many names are counties (甘肃省/定西市/临洮县); what lies deeper belongs to the county.
COUNTY_DEPTH = 3

_WORD = re.compile(r"[㐀-鿿]{2,}")
# A number with its measure word: 两口, 几户, 七年.
_NUMBER = re.compile("[一二两三四五六七八九十百千几数][㐀-鿿]")


@dataclass(frozen=True, slots=True)
class Subject:
    """What the like is sought of: its search form, its title and headings, themes, place, and reports."""

    text: str
    named: str = ""
    themes: frozenset[str] = frozenset()
    path: Sequence[str] = ()
    own: frozenset[str] = frozenset()


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
    title, body = texts(hit)
    whole = start == 0 and end is None
    end = len(body.folded) if end is None else end
    if not 0 <= start < max(end, 1) <= max(len(body.folded), 1):
        raise UsageError(f"A passage lies between 0 and {len(body.folded)}, its start before its end.",
                         "bad-passage", length=len(body.folded))
    path = hit.stored["region"] or []
    county = "/".join(path[:COUNTY_DEPTH]) if len(path) >= 2 else None
    _check(limit)
    headings = (fold(section["heading"]) for section in hit.stored.get("sections") or ())
    part = body.folded[start:end]
    subject = Subject(
        f"{title.folded}\n{part}" if whole else part, "\n".join((title.folded, *headings)),
        frozenset(hit.stored["themes"]), path, frozenset(commit.searcher.reprints(report_id)) | {report_id})
    key = ("similar", report_id, limit, start, end, whole)
    return commit.once(key, lambda: {"report": report_id} | _similar(commit, subject, limit, county))


def to_text(commit: Commit, text: str, limit: int) -> dict[str, Any]:
    """What is similar to a text, wherever it happened. Raises UsageError."""
    _check(limit)
    return {"report": None} | _similar(commit, Subject(fold(text)), limit, None)


def bounded(text: str) -> str:
    """A passage as an address may hold it. Raises UsageError for one that is empty or too long."""
    if not text.strip() or len(text) > MAX_PASSAGE:
        raise UsageError(f"Give a text of 1 to {MAX_PASSAGE:,} characters.", "bad-text", limit=MAX_PASSAGE)
    return text


def _check(limit: int) -> None:
    if not 1 <= limit <= MAX_LIMIT:
        raise UsageError(f"Between 1 and {MAX_LIMIT} similar reports can be asked for.", "bad-limit",
                         limit=MAX_LIMIT)


def _similar(commit: Commit, subject: Subject, limit: int, county: str | None) -> dict[str, Any]:
    words = telling_words(commit, subject)
    found: list[Hit] = []
    at_least = LEAST_WORDS
    for least, query in _queries(words, subject.themes):
        at_least = least
        asked = And((query, Not(Tag("region", frozenset({county, UNKNOWN}))))) if county else query
        request = Request(asked, limit=limit + len(subject.own), collapse=True)
        hits = commit.searcher.search(request).hits
        found = [hit for hit in hits if hit.id not in subject.own][:limit]
        if found:
            break
    return {"not_in": county, "at_least": at_least,
            "words": [{"word": one.word, "weight": one.weight, "reports": one.reports} for one in words],
            "hits": [_hit(hit, words) for hit in found]}


def _queries(words: Sequence[Telling], themes: frozenset[str]) -> Iterator[tuple[int, Query]]:
    """What is asked in turn until something is found: many words, best with a common theme; then,
    within the themes alone, fewer words.  With each, how many words a report must hold."""
    terms = tuple(Term(one.word) for one in words)
    least = max(LEAST_WORDS, math.ceil(LEAST_SHARE * len(words)))
    within = Tag("theme", themes)
    if len(terms) >= LEAST_WORDS:
        yield least, Prefer(Or(terms, least), ((And((Or(terms), within)), SAME_THEME),) if themes else ())
    for fewer in (LEAST_WORDS, 1):
        if themes and fewer < least and len(terms) >= fewer:
            yield fewer, And((Or(terms, fewer), within))


def telling_words(commit: Commit, subject: Subject) -> list[Telling]:
    """The words that tell what a text is about, the most telling first; its own places are none.

    A word that no report but its own holds leads nowhere.
    """
    places = "".join((*subject.path, *(division_stem(name) for name in subject.path)))
    counts = Counter(word.text for word in tokenise(subject.text[:MAX_LETTERS]) if _WORD.fullmatch(word.text))
    named = {word.text for word in tokenise(subject.named)}
    favours = {word: _favour(word, subject.themes, named) for word in counts if word not in places}
    candidates = sorted(favours, key=lambda word: (-favours[word], -counts[word], word))[:CANDIDATES]
    reports = commit.searcher.count()
    found = []
    for word in candidates:
        holding = commit.searcher.count(Term(word))
        if favours[word] and len(subject.own) < holding <= max(MAX_SHARE * reports, FEW_REPORTS):
            weight = favours[word] * (1 + math.log(counts[word])) * math.log(1 + reports / holding)
            found.append(Telling(word, round(weight, 3), holding))
    found.sort(key=lambda one: (-one.weight, one.word))
    favoured = [one for one in found if favours[one.word] > 1][:WORDS]
    others = [one for one in found if favours[one.word] <= 1]
    return favoured + others[:max(FEW_WORDS - len(favoured), 0)]


def _favour(word: str, themes: frozenset[str], named: Set[str]) -> float:
    """How much more a word tells than its frequency says; 0 for one that tells nothing.

    Where no theme is known, the words of every theme are favoured.
    """
    _, uses = lexicon().get(word, (word, ()))
    if uses and (not themes or any(theme in themes for theme, _ in uses)):
        return THEME_WORD
    if _NUMBER.fullmatch(word):
        return 0
    return NAMED_WORD if word in named else 1


def _hit(hit: Hit, words: Sequence[Telling]) -> dict[str, Any]:
    """A similar report: its best passage, and the words in common."""
    title, body = texts(hit)
    common = [one.word for one in words
              if any(occurrences(Exact(one.word, unbroken=True), text) for text in (title, body))]
    leaves: tuple[Leaf, ...] = tuple(Exact(word, unbroken=True) for word in common)
    marked = marks(leaves, body)
    best = passages(body.shown, body.folded, marked, 1)
    return listed(hit) | {
        "score": round(hit.score, 4), "reprints": hit.reprints, "common": common,
        "marked_title": segments(title.shown, marks(leaves, title)),
        "passage": {"start": best[0].start, "end": best[0].end,
                    "segments": shown(body.shown, marked, best[0])} if best else None,
    }
