"""Did you mean, and completion while typing: from the archive's own words, places and titles."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from indexer.lexicon.names import division_short, division_stem
from indexer.store.engine import UNKNOWN, Searcher
from indexer.store.exact import bare, tight
from indexer.store.query import And, Exact, Or, Prefer, Query, Request, Tag
from indexer.text.script import fold
from indexer.text.tokenise import tokenise
from search_web.query.account import Reading
from search_web.query.lexer import FIELDS
from search_web.query.plain import COMMON
from search_web.query.reader import read_query
from search_web.suggest.guess import Guesser
from search_web.suggest.sounds import MAX_PINYIN, spoken, toneless
from search_web.suggest.vocabulary import Vocabulary

# A query that finds so many reports was no slip.
ENOUGH = 10
# Beside few hits, only what finds many times as many is worth an interruption.
MANY_TIMES = 5
SUGGESTIONS = 3
# Candidates whose reports are counted, best first: each costs a look into the index.
COUNTED = 12
# One report in so many must hold a word before it is offered: of 100,000 reports, three.
ONE_IN = 40_000
# What is so much dearer than the best (see `vocabulary.py`) is far-fetched beside it.
FAR_FETCHED = 0.6
# 临桃县 and 临泽县 differ by one character and are two counties: only long names may.
FUZZY_NAMES = 5
# Titles that are read for a completion: of these the shortest come first.
TITLES_READ = 8
TITLES_SHOWN = 3
# Longer ones are sentences that a page printed as its title; and each letter costs time.
MAX_TITLE = 40
# So many letters must be typed before they are sought in titles too.
MIN_PINYIN = 3
PHRASES_COUNTED = 4
PHRASES_BEGUN = 2
# Longer runs are sentences, which need not stand in any report.
MAX_UNHEARD = 8

_HEAD = re.compile(r"(.*\s)?([\"“「『(（|｜\-－]*)(?:([^\W\d_]{1,12})([:：]))?(\S*)", re.DOTALL)
_LETTERS = re.compile(r"[^\W\d_\u3400-\u9fff](?:[^\W\d_\u3400-\u9fff]|['’:1-5\u0300-\u030c])*")
_RUN = re.compile(r"[\u3400-\u9fff]{3,}")
_WORD = re.compile(r"[\u3400-\u9fff]{2,12}")
_QUOTES = (("“", "”"), ("「", "」"), ("『", "』"), ('"', '"'))

Kind = Literal["word", "place", "phrase", "title"]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Another query that finds `reports` reports; `changes` are its new parts as (typed, meant)."""

    query: str
    reports: int
    changes: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Completion:
    """A query as it may go on. `shown` is its new part; `count`: the reports that this part finds.

    A word is counted where it stands as a word of its own (驻村 not within 驻村工作队): its search
    finds `at_least` so many.  Counting its strings takes milliseconds for each, too long at a key stroke.
    """

    query: str
    shown: str
    kind: Kind
    count: int
    detail: str = ""
    at_least: bool = False


class Suggester:
    """Suggestions from one commit; made at once, its words are read when first needed.

    `read` reads a query as the service does (with its resolvers). Safe for several threads: what is
    made lazily is made alike by each.
    """

    def __init__(self, searcher: Searcher, read: Callable[[str], Reading] = read_query) -> None:
        self._searcher, self._read = searcher, read

    def warm(self) -> None:
        """Make all that is made lazily: for a thread of its own, when a commit is opened."""
        self.complete("zhu")
        list(self._vocabulary.similar([spoken(char) for char in "帮抚"]))
        list(self._place_names.similar([spoken(char) for char in "帮抚"]))

    def did_you_mean(self, typed: str, reading: Reading,
                     filters: Mapping[str, frozenset[str]] | None = None) -> list[Suggestion]:
        """Queries that may have been meant, best first, for one that finds few reports or none.

        `reading` is how `typed` was read; `filters` are those of the request, under which all is
        counted.  Every suggestion finds more reports than what was typed, and is something else.
        """
        # With every word required: a long stretch also finds reports that lack the mistyped one.
        found = self._count(_strictly(reading.query), filters)
        unheard = self.unheard(typed)
        if found >= ENOUGH and not unheard:
            return []
        # 乡, 村, 正 and 兴 anywhere in a report are no find of 乡村正兴.
        found = 0 if unheard else found
        suggestions: list[Suggestion] = []
        best = float("inf")
        for guess in self._guesser.guesses(typed, unheard)[:COUNTED]:
            if guess.cost > best + FAR_FETCHED:
                break
            other = self._read(guess.text)
            if fold(guess.text) == fold(typed) or other.query == reading.query:
                continue
            if unheard and not all(self._searcher.count(Exact(fold(meant))) for _, meant in guess.changes):
                continue
            reports = self._count(_strictly(other.query), filters)
            if reports > found * MANY_TIMES:
                best = min(best, guess.cost)
                suggestions.append(Suggestion(guess.text, reports, guess.changes))
                if len(suggestions) == SUGGESTIONS:
                    break
        return suggestions

    def unheard(self, typed: str) -> tuple[str, ...]:
        """Runs of Chinese that no report holds, cut into pieces that are no words of the reports.

        Single characters (以|构|代|捐), or words of the dictionary only (乡村|正兴).  Such a query finds
        its pieces here and there, and looks as if it had found something.
        """
        runs = (run for run in _RUN.findall(fold(typed)) if len(run) <= MAX_UNHEARD)
        return tuple(run for run in runs if not self._searcher.count(Exact(run))
                     and any(self._is_no_word(word.text) for word in tokenise(run)))

    def _is_no_word(self, piece: str) -> bool:
        if piece in COMMON:
            return False
        return len(piece) == 1 or not (self._vocabulary.count(piece) or self._place_names.count(piece))

    def complete(self, prefix: str, limit: int = 8) -> list[Completion]:
        """How the last part of what is being typed may go on; the parts before it stay as they are.

        Words and places come first, then phrases, then titles, each kind with the most reports
        first, and none of them crowds out the others.  Latin letters are read as pinyin.
        """
        match = _HEAD.fullmatch(prefix)
        if match is None or not match[5] or limit < 1:
            return []
        before, marks, label, colon, piece = (part or "" for part in match.groups())
        field = FIELDS.get(fold(label)) if label else None
        if label and field is None:
            return []
        head = before + marks
        folded = fold(piece)
        if field == "region":
            return self._places(head, folded, limit)
        if field not in {None, "title", "body"}:
            return []
        head += label + colon
        places = self._places(before, folded, limit) if not field and not marks else []
        named = {place.shown for place in places}
        words = [word for word in self._words(head, folded, limit) if word.shown not in named]
        titles = self._titles(before, folded, limit) if not marks and field != "body" else []
        return _shared(limit, (words, places, self._phrases(head, folded), titles))

    # Completion.

    def _words(self, head: str, folded: str, limit: int) -> list[Completion]:
        if letters := _letters(folded):
            found = self._vocabulary.spelled(letters, limit)
        else:
            found = self._vocabulary.starting_with(folded, limit)
        return [Completion(head + word, word, "word", count, at_least=True) for word, count in found]

    def _places(self, head: str, folded: str, limit: int) -> list[Completion]:
        names = self._place_names
        if letters := _letters(folded):
            found = names.spelled(letters, limit)
        else:
            found = names.starting_with(folded, limit)
            found += [(folded, names.count(folded))] if names.count(folded) else []
        officials = dict.fromkeys(path.rpartition("/")[2] for name, _ in found for path in self._paths[name])
        return [self._place(head, name) for name in officials][:limit]

    def _place(self, head: str, name: str) -> Completion:
        """An official name; `detail` says where it lies, unless there are several of the name."""
        paths = [path for path in self._paths[fold(name)] if path.rpartition("/")[2] == name]
        detail = paths[0].rpartition("/")[0] if len(paths) == 1 else ""
        return Completion(f"{head}地区:{name}", name, "place", self._reports(paths), detail)

    def _phrases(self, head: str, folded: str) -> list[Completion]:
        """What was typed up to its last word, and that word completed: 帮扶驻, bangfuzhu → 帮扶驻村."""
        if letters := _letters(folded):
            phrases = self._spelled_phrases(letters)
        else:
            words = list(tokenise(folded)) if len(folded) <= 30 else []
            begun, last = (folded[:words[-1].start], words[-1].text) if len(words) > 1 else ("", "")
            phrases = [begun + word for word, _ in self._vocabulary.starting_with(last, PHRASES_COUNTED)
                       if begun]
        found = [(phrase, self._searcher.count(Exact(phrase))) for phrase in phrases]
        return [Completion(head + phrase, phrase, "phrase", count)
                for phrase, count in sorted(found, key=lambda pair: -pair[1]) if count]

    def _spelled_phrases(self, letters: str) -> list[str]:
        """The longest word that letters begin with, each with words that the others begin."""
        for cut in range(min(len(letters) - 1, MAX_PINYIN), MIN_PINYIN, -1):
            ends = self._vocabulary.spelled(letters[cut:], PHRASES_COUNTED)
            if ends and (begun := self._vocabulary.whole(letters[:cut], PHRASES_BEGUN)):
                return [word + end for word, _ in begun for end, _ in ends]
        return []

    def _titles(self, head: str, folded: str, limit: int) -> list[Completion]:
        """Titles that hold what was typed, or the likeliest word that is spelled so."""
        if letters := _letters(folded):
            folded = next((word for word, _ in self._vocabulary.spelled(letters, 1)), "")
            folded = folded if len(letters) >= MIN_PINYIN else ""
        if not 2 <= len(tight(folded)) <= MAX_TITLE:
            return []
        hits = self._searcher.search(Request(Exact(folded, "title"), sort="newest", limit=TITLES_READ)).hits
        titles = dict.fromkeys(" ".join((hit.stored["title"] or "").split()) for hit in hits)
        shortest = sorted((title for title in titles if len(title) <= MAX_TITLE),
                          key=lambda title: (not fold(title).startswith(folded), len(title)))
        found = ((title, quoted(title)) for title in shortest[:min(limit, TITLES_SHOWN)])
        return [Completion(head + query, title, "title", self._searcher.count(Exact(fold(title))))
                for title, query in found if bare(tight(fold(title))) != bare(tight(folded))]

    # What is known.

    @cached_property
    def _vocabulary(self) -> Vocabulary:
        """Words of two Chinese characters and more."""
        return Vocabulary({word: count for word, count in self._searcher.words(self._least)
                           if _WORD.fullmatch(word)})

    @cached_property
    def _least(self) -> int:
        return 1 + self._searcher.count() // ONE_IN

    @cached_property
    def _paths(self) -> dict[str, list[str]]:
        """The regions that a name means: official names and everyday ones, folded."""
        found: dict[str, list[str]] = {}
        for path, count in self._regions.items():
            if path != UNKNOWN and count >= self._least:
                name = path.rpartition("/")[2]
                forms = {name}
                if path.count("/") < 3:  # Only provinces, cities and counties go by less than their names.
                    forms |= {division_short(name) or name, division_stem(name)}
                for form in forms:
                    if len(form) > 1:
                        found.setdefault(fold(form), []).append(path)
        return found

    @cached_property
    def _place_names(self) -> Vocabulary:
        return Vocabulary({name: self._reports(paths) for name, paths in self._paths.items()}, FUZZY_NAMES)

    def _reports(self, paths: Iterable[str]) -> int:
        return sum(map(self._regions.__getitem__, paths))

    @cached_property
    def _regions(self) -> Mapping[str, int]:
        return self._searcher.values("region")

    @cached_property
    def _guesser(self) -> Guesser:
        return Guesser(self._vocabulary, self._place_names)

    def _count(self, query: Query, filters: Mapping[str, frozenset[str]] | None) -> int:
        tags = tuple(Tag(facet, values) for facet, values in (filters or {}).items())
        return self._searcher.count(And((query, *tags)) if tags else query)


def quoted(text: str) -> str:
    """A text in quotes that it does not hold itself; as it is when it holds all of them.

    >>> quoted("一户一策"), quoted("“双联”纪实")
    ('“一户一策”', '「“双联”纪实」')
    """
    closing = "".join(mark for pair in _QUOTES for mark in pair if mark in text)
    for opens, closes in _QUOTES:
        if opens not in closing and closes not in closing:
            return f"{opens}{text}{closes}"
    return text


def _letters(folded: str) -> str:
    """The letters of what may be pinyin; empty when it is anything else."""
    return toneless(folded) if _LETTERS.fullmatch(folded) else ""


def _shared(limit: int, kinds: Iterable[list[Completion]]) -> list[Completion]:
    """So many of all, taken in turn where there are too many, and put in the order of the kinds."""
    rows = [list(kind) for kind in kinds]
    seen: dict[str, None] = {}
    taken: list[list[Completion]] = [[] for _ in rows]
    while sum(map(len, taken)) < limit and any(rows):
        for row, own in zip(rows, taken, strict=True):
            if row and sum(map(len, taken)) < limit:
                one = row.pop(0)
                if one.query not in seen:
                    seen[one.query] = None
                    own.append(one)
    return [one for own in taken for one in own]


def _strictly(query: Query) -> Query:
    """The query with all words of a long stretch required, where most would do."""
    match query:
        case Or(parts, minimum) if minimum > 1:
            return And(tuple(map(_strictly, parts)))
        case And(parts):
            return And(tuple(map(_strictly, parts)))
        case Prefer(inner, _):
            return _strictly(inner)
    return query
