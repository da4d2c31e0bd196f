"""What a user typed becomes a query tree, and an account of how it was read."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from indexer.errors import UsageError
from indexer.store.exact import bare, tight
from indexer.store.query import All, And, Exact, Not, Or, Prefer, Query, Term
from indexer.text.script import fold
from indexer.text.tokenise import ANONYMISED, tokenise

MAX_QUERY = 1000
MAX_CLAUSES = 64

# Weights of the wishes, beside 1 for each word found: a word in the title counts for more than one
# in the body, the typed string as a whole for more than its words.
TITLE_WEIGHT = 2.0
BODY_WEIGHT = 1.0
STRING_WEIGHT = 2.0

# A blank-separated part up to this length is meant as one string even where the segmenter cuts it.
MAX_STRING = 4

_QUOTES = {'"': '"', "“": "”", "「": "」", "『": "』", "”": "”", "＂": "＂"}
_CONTROLS = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")
_EXCLUDES = "-－−"

# Words that a question is full of and that no report is about; a query of nothing else keeps them.
_COMMON = frozenset("的了在是和与及或对把被为以从到由于而且哪谁吗呢么怎其所个有就也都这那")


@dataclass(frozen=True, slots=True)
class Note:
    """A remark on how a query was read: an English sentence, and a code for other languages."""

    code: str
    text: str
    part: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """How a query was read."""

    query: Query
    words: tuple[str, ...] = ()
    exact: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    converted: bool = False
    notes: tuple[Note, ...] = ()
    browsing: bool = False

    @property
    def needles(self) -> tuple[str, ...]:
        """The strings that are marked in what is shown, longest first."""
        return tuple(sorted({*self.words, *self.exact}, key=lambda text: (-len(text), text)))


@dataclass(slots=True)
class _Parts:
    required: list[Query] = field(default_factory=list)
    wishes: list[tuple[Query, float]] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    exact: list[str] = field(default_factory=list)
    excluded: list[str] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)


def read_query(typed: str) -> Reading:
    """Read a query: blanks part words, all of which must occur; quotes ask for an exact string.

    `-word` excludes.  Everything typed is used or named in the notes; nothing raises but a query
    over the limit (UsageError).  An empty query browses.
    """
    if len(typed) > MAX_QUERY:
        raise UsageError(f"A query may have at most {MAX_QUERY:,} characters; this one has "
                         f"{len(typed):,}. Shorten it, or put its most telling sentence in quotes.",
                         "query-too-long", limit=MAX_QUERY, length=len(typed))
    cleaned = _CONTROLS.sub(" ", typed).strip()
    if not cleaned:
        return Reading(All(), browsing=True)
    parts = _Parts()
    for text, quoted, excluded in _pieces(cleaned, parts.notes):
        _add(text, quoted, excluded, parts)
    if len(parts.required) > MAX_CLAUSES:
        raise UsageError(f"A query may have at most {MAX_CLAUSES} words; put what belongs together in "
                         "quotes.", "too-many-words", limit=MAX_CLAUSES)
    return _reading(cleaned, parts)


def _reading(typed: str, parts: _Parts) -> Reading:
    query: Query
    if not parts.required:
        parts.notes.append(Note("no-words", "The query holds no word that can be searched."))
        query = Or(())
    else:
        query = And(tuple(parts.required))
        if parts.wishes:
            query = Prefer(query, tuple(parts.wishes))
    folded = fold(typed)
    converted = folded != fold_width(typed)
    return Reading(query, tuple(dict.fromkeys(parts.words)), tuple(dict.fromkeys(parts.exact)),
                   tuple(parts.excluded), converted, tuple(parts.notes))


def fold_width(text: str) -> str:
    """Width and case folded, script kept: differs from `fold` when the script was converted."""
    return "".join(fold(char) if char.isascii() or "\uff00" <= char <= "\uffef" or char == "\u3000"
                   else char for char in text)


def _pieces(typed: str, notes: list[Note]) -> list[tuple[str, bool, bool]]:
    """(text, quoted?, excluded?) of every part, in order; an unclosed quote is read as a blank."""
    pieces: list[tuple[str, bool, bool]] = []
    at = 0
    while at < len(typed):
        char = typed[at]
        if char.isspace():
            at += 1
            continue
        excluded = char in _EXCLUDES and at + 1 < len(typed) and not typed[at + 1].isspace()
        start = at + excluded
        closing = _QUOTES.get(typed[start])
        end = typed.find(closing, start + 1) if closing else -1
        if closing and end < 0:
            notes.append(Note("open-quote", f"The quotation mark {typed[start]} is not closed: what "
                              "follows is searched as plain words.", typed[start]))
            at = start + 1
        elif closing:
            pieces.append((typed[start + 1:end], True, excluded))
            at = end + 1
        else:
            at = _word_end(typed, start)
            pieces.append((typed[start:at], False, excluded))
    return pieces


def _word_end(typed: str, start: int) -> int:
    at = start
    while at < len(typed) and not typed[at].isspace() and typed[at] not in _QUOTES:
        at += 1
    return at


def _add(text: str, quoted: bool, excluded: bool, parts: _Parts) -> None:
    folded = fold(text)
    letters = bare(tight(folded))
    if quoted and tight(folded):
        wanted = tight(folded)
    elif letters:
        wanted = letters
    else:
        if text.strip():
            parts.notes.append(Note("no-word", f"{text} holds no word and was left out.", text))
        return
    if excluded:
        parts.excluded.append(wanted)
        parts.required.append(Not(Exact(wanted)))
    elif quoted:
        parts.exact.append(wanted)
        parts.required.append(Exact(wanted))
    else:
        _add_words(folded, wanted, parts)


def _add_words(folded: str, letters: str, parts: _Parts) -> None:
    """Words that must occur; those that come with them are wished for as one string."""
    if ANONYMISED.search(letters):
        parts.notes.append(Note("anonymised", "xxx stands for a name that the site hid: it is not searched.",
                                letters))
        letters = ANONYMISED.sub("", letters)
    words = [word.text for word in tokenise(folded)]
    if len(letters) <= MAX_STRING or len(words) <= 1:
        words = [letters]
    if not letters:
        return
    telling = [word for word in words if word not in _COMMON] or words
    if len(telling) < len(words):
        common = " ".join(dict.fromkeys(word for word in words if word in _COMMON))
        parts.notes.append(Note("common", f"Words such as {common} are in every report: not required.",
                                common))
    for word in telling:
        parts.required.append(Exact(word))
        parts.words.append(word)
        parts.wishes += [(Term("title", word), TITLE_WEIGHT), (Term("body", word), BODY_WEIGHT)]
    if len(words) > 1:
        parts.wishes.append((Exact(letters), STRING_WEIGHT))
