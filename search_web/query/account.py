"""How a query was read: the account for people and programs, and what to give up when nothing matches."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from indexer.store.query import All, And, Exact, Near, Not, Or, Prefer, Query, Range, Tag, Term, Wildcard
from search_web.query.lexer import Note

# A part of a query as JSON values (`structure`).
Leaf = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Filter:
    """A condition that was typed as a field: which, as typed, and the values that it means."""

    field: str
    typed: str
    values: tuple[str, ...]
    excluded: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """What a relaxation needs: the words that may be missing, what may not, and the wishes."""

    words: tuple[Query, ...] = ()
    required: int = 0
    strict: tuple[Query, ...] = ()
    wishes: tuple[tuple[Query, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """How a query was read.

    `words` must occur, `exact` are the quoted strings, `patterns` those with * and those that must
    stand near each other, `excluded` must not occur; all in the search form.  `converted` is there
    for whoever asks in Traditional; `conversions` are the parts concerned.  `synonyms` maps a word
    to what may stand in its place.
    `missing` is set by `relaxed`: at least so many of so many words.  `browsing`: nothing to rank by.
    `leaves` say what parts of the query were when they were typed, for `structure`.
    """

    query: Query
    words: tuple[str, ...] = ()
    exact: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    filters: tuple[Filter, ...] = ()
    synonyms: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    converted: bool = False
    conversions: tuple[tuple[str, str], ...] = ()
    own_script: bool = False
    notes: tuple[Note, ...] = ()
    browsing: bool = False
    missing: tuple[int, int] | None = None
    plan: Plan = Plan()
    leaves: Mapping[Query, Leaf] = field(default_factory=dict)

    def describe(self) -> dict[str, Any]:
        """The account as JSON values, one way to say it for each meaning."""
        return {
            "words": list(self.words), "exact": list(self.exact), "patterns": list(self.patterns),
            "excluded": list(self.excluded), "typed_filters": [asdict(one) for one in self.filters],
            "synonyms": {word: list(others) for word, others in self.synonyms.items()},
            "converted": self.converted,
            "conversions": [{"typed": typed, "searched": searched} for typed, searched in self.conversions],
            "own_script": self.own_script,
            "relaxed": {"at_least": self.missing[0], "of": self.missing[1]} if self.missing else None,
            "tree": outline(self.query), "structure": structure(self.query, self.leaves),
            "notes": [asdict(note) for note in self.notes],
        }


def relaxed(reading: Reading) -> Reading | None:
    """The reading with one word less required; None when nothing is left to give up.

    Asked again and again until something is found, it gives what matches most.  Only plain words
    are given up, never quoted strings, fields, exclusions or what brackets hold.
    """
    plan = reading.plan
    least = (reading.missing[0] if reading.missing else plan.required) - 1
    if least < 1:
        return None
    telling = tuple(word for word in plan.words if _tells(word))
    if not telling:
        return None
    # A report that holds 2015 and 个 of what was asked is no find.
    anchor = Or(telling) if len(telling) > 1 else telling[0]
    anchored = (anchor,) if least <= len(plan.words) - len(telling) else ()
    query = preferring(And((Or(plan.words, least), *anchored, *plan.strict)), plan.wishes)
    part = f"{least}/{len(plan.words)}"
    note = Note("relaxed", f"No report holds all of it: these hold at least {least} of the "
                           f"{len(plan.words)} words.", part)
    kept = tuple(note for note in reading.notes if note.code != "relaxed")
    return replace(reading, query=query, missing=(least, len(plan.words)), notes=(*kept, note))


def partly(reading: Reading, steps: int = 1) -> Reading | None:
    """What holds so many words less than a query asks for, and not all that it asks for; None where no
    word can be given up.  So what matches in part is never mixed with what matches."""
    less: Reading | None = reading
    for _ in range(steps):
        less = relaxed(less) if less is not None else None
    if less is None or less.missing is None:
        return None
    inner = less.query.query if isinstance(less.query, Prefer) else less.query
    least, of = less.missing
    note = Note("partly", f"These hold at least {least} of the {of} words, and fewer than the search asks "
                          f"for ({reading.plan.required}).", f"{least}/{of}")
    kept = tuple(note for note in less.notes if note.code != "relaxed")
    query = preferring(And((inner, Not(reading.query))), reading.plan.wishes)
    return replace(less, query=query, notes=(*kept, note))


def _tells(word: Query) -> bool:
    """Whether a plain word, or what may stand in its place, is more than one character or a number."""
    match word:
        case Or(parts):
            return any(map(_tells, parts))
        case Exact(text):
            return len(text) > 1 and any(map(str.isalpha, text))
    return True


def structure(query: Query, leaves: Mapping[Query, Leaf]) -> Any:
    """The parts of a query as they were typed, joined by all, any and not; None when nothing is asked.

    Beside `outline`, which is what the index is asked: a word is one part with its synonyms, and a
    field has the values that were typed.
    """
    if (leaf := leaves.get(query)) is not None:
        return dict(leaf)
    match query:
        case Prefer(inner, _):
            return structure(inner, leaves)
        case And((only,)):
            return structure(only, leaves)
        case And(parts) if parts:
            return {"all": [structure(part, leaves) for part in parts]}
        case Or(parts, minimum) if parts:
            return {"any": [structure(part, leaves) for part in parts], "at_least": minimum}
        case Not(part):
            return {"not": structure(part, leaves)}
        case All() | And() | Or():
            return None
    return outline(query)


def outline(query: Query) -> Any:
    """A query tree as JSON values, its wishes left out."""
    match query:
        case Prefer(inner, _):
            return outline(inner)
        case All():
            return {"everything": True}
        case And(parts):
            return {"all": [outline(part) for part in parts]}
        case Or(parts, minimum):
            return {"any": [outline(part) for part in parts], "at_least": minimum}
        case Not(part):
            return {"not": outline(part)}
        case Tag(facet, values):
            return {"field": facet, "values": sorted(values)}
        case Range(column, low, high):
            return {"field": column, "from": low, "to": high}
        case Near(parts, distance, ordered, area):
            return {"near": list(parts), "within": distance, "ordered": ordered, "in": area}
        case Wildcard(text, area):
            return {"words_like": text, "in": area}
        case Term(text, area):
            return {"word": text, "in": area}
        case Exact(text, area, typed):
            return {"string": text, "in": area} | ({"as_shown": typed} if typed is not None else {})


def preferring(query: Query, wishes: Sequence[tuple[Query, float]]) -> Query:
    """The query with its wishes, where there are any."""
    return Prefer(query, tuple(wishes)) if wishes else query
