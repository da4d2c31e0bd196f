"""What a user typed becomes a query tree, and an account of how it was read."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from indexer.errors import UsageError
from indexer.store.exact import bare, is_punctuation, tight
from indexer.store.query import All, And, Area, Exact, Near, Not, Or, Query, Tag, Wildcard
from indexer.text.script import fold
from search_web.query.account import Filter, Leaf, Plan, Reading, preferring, relaxed
from search_web.query.conditions import Resolver, condition, values
from search_web.query.lexer import AREAS, Note
from search_web.query.plain import Phrase, Rules, Wanted, aligned, forms, read_plain
from search_web.query.syntax import AllOf, AnyOf, InField, Node, Quoted, Without, Words, parse
from search_web.query.wishes import WEIGHTS, Weights, Wish, wishes

__all__ = ["MAX_CLAUSES", "MAX_QUERY", "WEIGHTS", "Filter", "Note", "Reading", "Resolver", "Weights",
           "fold_width", "read_query", "relaxed"]

MAX_QUERY = 1000
MAX_CLAUSES = 64
# A * inside a string stands for at most so many letters: 四个*摘 finds 四个不摘.
MAX_GAP = 10
# What "…"~ means without a number, and the most that it may mean: a page or two.
NEAR_DISTANCE = 20
MAX_DISTANCE = 1000
# Longer than any word of the dictionary that is worth a * at its edge (帮扶*).
MAX_STEM = 8

_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
# Copied along from web pages, and seen by nobody.
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
# What stands near each other is parted by blanks or commas; not the comma of 1,200.
_NEAR_PARTS = re.compile(r"(?:[^\s、;*,]|,(?=[0-9]{3}))+")
_STAR_PARTS = re.compile(r"[^*]+")
_NEAR_UNQUOTED = re.compile(r"[~〜∼][0-9]{1,9}$")
# What would have been right, where a field takes one form only.
_RIGHT = {
    "year": ("no-year", " Write a year as 2012, 2012..2015, 2012.. or ..2015."),
    "published": ("no-date", " Write a date as 2012-03-05, 2012-03, 2012 or 2012-03..2013."),
    "length": ("no-length", " Write a length as 500..2000, 500.. or ..2000."),
}
_NO_STAR = {ord("*"): " ", ord("＊"): " "}


def read_query(typed: str, *, own_script: bool = False,
               without_synonyms: frozenset[str] = frozenset(), weights: Weights = WEIGHTS,
               resolvers: Mapping[str, Resolver] | None = None) -> Reading:
    """Read a query in the language of `syntax.py`.

    `own_script`: strings must stand in the characters that were typed.  `without_synonyms`: words
    that get no synonyms, and synonyms that are not used.  `resolvers` say for a facet (`region`, …)
    which of its values a name means; without one the name is the value.

    Everything typed is used or named in the notes; nothing raises but a query over the limits
    (UsageError).  An empty query browses.
    """
    if len(typed) > MAX_QUERY:
        raise UsageError(f"A query may have at most {MAX_QUERY:,} characters; this one has "
                         f"{len(typed):,}. Shorten it, or put its most telling sentence in quotes.",
                         "query-too-long", limit=MAX_QUERY, length=len(typed))
    cleaned = _CONTROLS.sub(" ", _INVISIBLE.sub("", typed)).strip()
    if not cleaned:
        return Reading(All(), browsing=True)
    parsed = parse(cleaned)
    reader = _Reader(Rules(own_script, without_synonyms), weights, resolvers or {}, list(parsed.notes))
    return reader.reading(parsed.tree)


def fold_width(text: str) -> str:
    """Width and case folded, script kept: differs from `fold` when the script was converted."""
    return "".join(fold(char) if char.isascii() or "\uff00" <= char <= "\uffef" or char == "\u3000"
                   else char for char in text)


@dataclass(frozen=True, slots=True)
class _Scope:
    """Where in the query a part stands: inside which field, and whether it is asked for."""

    field: str = ""
    label: str = ""
    wanted: bool = True

    @property
    def area(self) -> Area | None:
        return "title" if self.field == "title" else "body" if self.field == "body" else None

    @property
    def filters(self) -> bool:
        return bool(self.field) and self.field not in AREAS


class _Reader:
    """Reads one syntax tree; gathers the account as it goes."""

    def __init__(self, rules: Rules, weights: Weights, resolvers: Mapping[str, Resolver],
                 notes: list[Note]) -> None:
        self._rules, self._weights, self._resolvers, self._notes = rules, weights, resolvers, notes
        self._words: list[str] = []
        self._exact: list[str] = []
        self._patterns: list[str] = []
        self._excluded: list[str] = []
        self._filters: list[Filter] = []
        self._synonyms: dict[str, tuple[str, ...]] = {}
        self._conversions: list[tuple[str, str]] = []
        self._wishes: list[Wish] = []
        self._leaves: dict[Query, Leaf] = {}
        self._clauses = 0

    def reading(self, tree: Node | None) -> Reading:
        """The whole query: its plain words apart, for they may be relaxed."""
        phrases: list[Phrase] = []
        strict: list[Query] = []
        parts = tree.parts if isinstance(tree, AllOf) else (tree,) if tree else ()
        typed: set[str] = set()
        for part in parts:
            if isinstance(part, Words) and part.text in typed:
                continue  # 驻村 驻村
            if isinstance(part, Words):
                typed.add(part.text)
            if isinstance(part, Words) and "*" not in fold(part.text):
                phrase = self._read_plain(part.text)
                phrases += [phrase] if phrase else []
            elif (query := self._read(part, _Scope())) is not None:
                strict.append(query)
        required = [self._phrase(phrase, None) for phrase in phrases]
        self._wishes = list(dict.fromkeys([*wishes(phrases, None, self._weights), *self._wishes]))
        if self._clauses > MAX_CLAUSES:
            raise UsageError(f"A query may have at most {MAX_CLAUSES} words; put what belongs together in "
                             "quotes.", "too-many-words", limit=MAX_CLAUSES)
        if not required and not strict:
            self._note("no-words", "The query holds no word that can be searched.", "")
        strict = list(dict.fromkeys(strict))
        return self._account(_whole(required, strict), self._plan(phrases, strict))

    def _plan(self, phrases: Sequence[Phrase], strict: Sequence[Query]) -> Plan:
        words = tuple(dict.fromkeys(self._word(word, None) for phrase in phrases for word in phrase.words))
        least = min(sum(phrase.minimum for phrase in phrases), len(words))
        return Plan(words, least, tuple(strict), tuple(self._wishes))

    def _account(self, query: Query, plan: Plan) -> Reading:
        return Reading(
            query=preferring(query, self._wishes), words=tuple(dict.fromkeys(self._words)),
            exact=tuple(dict.fromkeys(self._exact)), patterns=tuple(dict.fromkeys(self._patterns)),
            excluded=tuple(dict.fromkeys(self._excluded)), filters=tuple(dict.fromkeys(self._filters)),
            synonyms=self._synonyms, converted=bool(self._conversions),
            conversions=tuple(dict.fromkeys(self._conversions)), own_script=self._rules.own_script,
            notes=tuple(dict.fromkeys(self._notes)),
            browsing=not (self._words or self._exact or self._patterns), plan=plan, leaves=self._leaves)

    def _note(self, code: str, text: str, part: str) -> None:
        self._notes.append(Note(code, text, part))

    def _convert(self, typed: str) -> None:
        folded = fold(typed)
        if folded != fold_width(typed):
            self._conversions.append((typed, folded))

    # Nodes.

    def _read(self, node: Node, scope: _Scope) -> Query | None:
        match node:
            case Words(text) if scope.filters:
                return self._filter(values(text, scope.field) or [text], scope)
            case Words(text):
                return self._plain(text, scope)
            case Quoted(text) if scope.filters:
                return self._filter([text], scope)
            case Quoted():
                return self._quoted(node, scope)
            case InField(name, label, part):
                return self._read(part, _Scope(name, label, scope.wanted))
            case Without(part):
                query = self._read(part, replace(scope, wanted=not scope.wanted))
                return Not(query) if query is not None else None
            case AllOf(parts):
                return _joined(And, (self._read(part, scope) for part in parts))
            case AnyOf(parts):
                return _joined(self._any, (self._read(part, scope) for part in parts))

    # Plain words.

    def _read_plain(self, typed: str) -> Phrase | None:
        self._convert(typed)
        if _NEAR_UNQUOTED.search(fold(typed)):
            self._note("near-unquoted", f"The ~ of {typed} tells a distance only behind quotation marks: "
                       "“产业 合作社”~20.", typed)
        return read_plain(typed, self._rules, self._notes)

    def _plain(self, typed: str, scope: _Scope) -> Query | None:
        if "*" in fold(typed):
            return self._starred(typed, scope)
        if not scope.wanted:
            # What must not occur is all of it, in a row, and nothing that was not typed.
            return self._string(typed, bare(tight(fold(typed))), scope, self._excluded, "word")
        phrase = self._read_plain(typed)
        if phrase is None:
            return None
        self._wishes += wishes([phrase], scope.area, self._weights)
        return self._phrase(phrase, scope.area)

    def _phrase(self, phrase: Phrase, area: Area | None) -> Query:
        """The words of a part, so many of which must occur."""
        for word in phrase.words:
            self._words.append(word.text)
            if word.synonyms:
                self._synonyms[word.text] = word.synonyms
        queries = tuple(dict.fromkeys(self._word(word, area) for word in phrase.words))
        self._clauses += len(queries)
        if len(queries) == 1:
            return queries[0]
        return Or(queries, phrase.minimum) if phrase.minimum < len(queries) else And(queries)

    def _word(self, word: Wanted, area: Area | None) -> Query:
        found = [*self._unbroken(word.text, word.typed, area),
                 *(one for text in word.synonyms for one in self._unbroken(text, text, area))]
        query = Or(tuple(found)) if len(found) > 1 else found[0]
        return self._leaf(query, "word", word.text, area, synonyms=list(word.synonyms))

    def _leaf(self, query: Query, kind: str, text: str, area: Area | None, **more: Any) -> Query:
        """Keep what a part of the query was when it was typed."""
        self._leaves.setdefault(query, {kind: text, "in": area, **more})
        return query

    def _unbroken(self, text: str, typed: str, area: Area | None) -> Iterator[Exact]:
        """A word in the forms that it may be written in: 会议 is not found in 开会，议定."""
        for form in forms(text):
            shown = typed if form == text else _parted_as(form, typed)
            yield Exact(form, area, shown if self._rules.own_script else None, unbroken=True)

    def _exactly(self, text: str, typed: str, area: Area | None) -> Exact:
        return Exact(text, area, typed if self._rules.own_script else None)

    # Strings.

    def _string(self, typed: str, text: str, scope: _Scope, account: list[str],
                kind: str = "string") -> Query | None:
        """`text`, the search form of `typed`, in a row; a note when there is nothing in it."""
        self._convert(typed)
        if not text:
            self._note("no-word", f"{typed} holds no word and was left out.", typed)
            return None
        account.append(text)
        self._clauses += 1
        shown = aligned(text, fold(typed), typed)
        more: dict[str, Any] = {"synonyms": []} if kind == "word" else {}
        query: Query = self._exactly(text, shown, scope.area)
        # -会议 is a word too; -开会，议定 was typed with its mark, and leaves out both.
        if kind == "word" and text == tight(fold(typed)):
            found = tuple(self._unbroken(text, shown, scope.area))
            query = Or(found) if len(found) > 1 else found[0]
        return self._leaf(query, kind, text, scope.area, **more)

    def _quoted(self, node: Quoted, scope: _Scope) -> Query | None:
        folded = fold(node.text)
        if node.near is not None:
            return self._near(node, node.near, scope)
        if "*" in folded:
            return self._starred(node.text, scope, quoted=True)
        if not tight(folded):
            self._note("empty-quote", "Quotation marks with nothing inside were left out.", f"“{node.text}”")
            return None
        return self._string(node.text, tight(folded), scope, self._exact if scope.wanted else self._excluded)

    def _near(self, node: Quoted, distance: int, scope: _Scope) -> Query | None:
        """“产业 合作社”~20: the parts in any order, so many letters apart at most."""
        if distance < 0:
            self._note("near-no-number", f"~ without a number is read as ~{NEAR_DISTANCE}.",
                       f"~{NEAR_DISTANCE}")
            distance = NEAR_DISTANCE
        if distance > MAX_DISTANCE:
            self._note("near-too-far", f"~{distance} is read as ~{MAX_DISTANCE}, the most there is.",
                       f"~{distance}")
            distance = MAX_DISTANCE
        if "*" in fold(node.text):
            self._note("star-in-near", "In a string with ~ a * parts words as a blank does.", node.text)
        found = [node.text[match.start():match.end()] for match in _NEAR_PARTS.finditer(fold(node.text))]
        return self._together(found, distance, False, scope, node.text)

    def _starred(self, typed: str, scope: _Scope, quoted: bool = False) -> Query | None:
        """四个*摘: what stands around each *, in order. A * at the edge of a plain word: 帮扶*."""
        folded = tight(fold(typed))
        found = [typed[match.start():match.end()] for match in _STAR_PARTS.finditer(fold(typed))]
        stems = [stem for part in found if (stem := bare(tight(fold(part))))]
        if not quoted and len(stems) == 1 and len(stems[0]) <= MAX_STEM:
            phrase = read_plain(stems[0], self._rules, [])
            if phrase is not None and len(phrase.words) == 1:
                return self._words_like(typed, stems[0], scope)
        if stems and "*" in (folded[0], folded[-1]):
            self._note("edge-star", "A * at the end of a string adds nothing: it is found inside "
                       "longer ones.", typed)
        if len(stems) == 1:
            node = Quoted(typed.translate(_NO_STAR), 0, 0)
            return self._quoted(node, scope) if quoted else self._plain(node.text, scope)
        return self._together(found, MAX_GAP, True, scope, typed)

    def _words_like(self, typed: str, stem: str, scope: _Scope) -> Query:
        """帮扶*, *合作社: the words of the dictionary that begin or end so."""
        self._convert(typed)
        folded = tight(fold(typed))
        pattern = "*" * folded.startswith("*") + stem + "*" * folded.endswith("*")
        (self._patterns if scope.wanted else self._excluded).append(pattern)
        self._clauses += 1
        return self._leaf(Wildcard(pattern, scope.area), "pattern", pattern, scope.area)

    def _together(self, found: Sequence[str], distance: int, ordered: bool, scope: _Scope,
                  typed: str) -> Query | None:
        """Strings near each other, by their letters."""
        parts = [(stem, part) for part in found if (stem := bare(tight(fold(part))))]
        stems = tuple(stem for stem, _ in parts)
        if len(stems) == 1:
            self._note("near-one-part", "~ and * want two strings or more: this is searched as one.", typed)
            account = self._exact if scope.wanted else self._excluded
            return self._string(typed, "".join(stems), scope, account)
        if not stems:
            self._note("no-word", f"{typed} holds no word and was left out.", typed)
            return None
        self._convert(typed)
        if any(stem != tight(fold(part)) for stem, part in parts):
            self._note("marks-ignored", "Where letters are counted, punctuation is of no account.", typed)
        shown = "*".join(stems) if ordered else f"{' '.join(stems)}~{distance}"
        (self._patterns if scope.wanted else self._excluded).append(shown)
        self._clauses += len(stems)
        near = Near(stems, distance, ordered, scope.area)
        if not self._rules.own_script:
            return self._leaf(near, "pattern", shown, scope.area)
        # Near compares letters whatever the script: so each part must stand somewhere as typed.
        both = And((near, *(self._exactly(stem, aligned(stem, fold(part), part), scope.area)
                            for stem, part in dict.fromkeys(parts))))
        return self._leaf(both, "pattern", shown, scope.area)

    # Fields.

    def _filter(self, found: Iterable[str], scope: _Scope) -> Query | None:
        return _joined(self._any, (self._condition(value.strip(), scope) for value in found))

    def _condition(self, value: str, scope: _Scope) -> Query | None:
        """A field's value as a condition; what is no value of it is read as plain words, with a note."""
        query = condition(value, scope.field, self._resolvers, self._notes)
        if query is None:
            typed = f"{scope.label}:{value}"
            code, right = _RIGHT.get(scope.field, ("value-as-word", ""))
            self._note(code, f"{typed} names nothing that the field knows: {value} is searched "
                       f"as plain words.{right}", typed)
            return self._plain(value, _Scope(wanted=scope.wanted))
        self._convert(value)
        self._clauses += 1
        named = tuple(sorted(query.values)) if isinstance(query, Tag) and scope.field != "year" else (value,)
        self._filters.append(Filter(scope.field, value, named, not scope.wanted))
        self._leaves.setdefault(query, {"field": scope.field, "values": list(named)})
        return query

    def _any(self, queries: tuple[Query, ...]) -> Query:
        """One of them; values of one facet together."""
        tags = [query for query in queries if isinstance(query, Tag)]
        if len(tags) < len(queries) or len({tag.facet for tag in tags}) > 1:
            return Or(queries)
        whole = Tag(tags[0].facet, frozenset().union(*(tag.values for tag in tags)))
        values = dict.fromkeys(value for tag in tags for value in self._leaves[tag]["values"])
        self._leaves.setdefault(whole, {"field": self._leaves[tags[0]]["field"], "values": list(values)})
        return whole


def _parted_as(form: str, typed: str) -> str:
    """How a form with marks inside is shown, whose letters are shown as `typed`."""
    letters = iter(typed)
    return "".join(char if is_punctuation(char) else next(letters) for char in form)


def _joined(join: Callable[[tuple[Query, ...]], Query], found: Iterable[Query | None]) -> Query | None:
    queries = tuple(query for query in found if query is not None)
    return join(queries) if len(queries) > 1 else queries[0] if queries else None


def _whole(required: Sequence[Query], strict: Sequence[Query]) -> Query:
    """All of it; nothing at all where nothing is left to be asked."""
    flat = [part for query in required for part in (query.parts if isinstance(query, And) else (query,))]
    return And((*dict.fromkeys(flat), *strict)) if flat or strict else Or(())
