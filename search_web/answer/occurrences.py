"""Where the strings of a query stand in a report that is shown: the engine's rules, in one text.

Offsets are those of the displayed text, which its search form shares.  One pass of a compiled
pattern for each string: a hit at character 900,000 of a report is found in milliseconds.
"""

from __future__ import annotations

import re
import sys
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from indexer.store.exact import MARK_IN_NUMBER, Needle, bare, is_punctuation, tight
from indexer.store.query import And, Area, Exact, Near, Or, Prefer, Query, Wildcard

Span = tuple[int, int]
Leaf = Exact | Near

# Blanks and marks between two letters of a string: no sign that counts as a letter (`exact`), so that
# what is looked through behind one letter is not looked through again behind the next.  It is a
# little more than is passed over (marks of other scripts): what was found is looked at again.
_BETWEEN = r"(?:[^\w%‰℃°#&@+=<>$¥\ue000-\uf8ff\u0300-\u036f]|_){0,1000}?"


@dataclass(frozen=True, slots=True)
class Text:
    """A title or a body: its search form, and how it is shown, of the same length."""

    area: Area
    folded: str
    shown: str


def strings(query: Query) -> tuple[Leaf, ...]:
    """The strings that a report is found by, in the order of the query.

    Wishes do not find, and what is excluded must not be there; a word with * counts as its stem.
    """
    return tuple(dict.fromkeys(_leaves(query)))


def _leaves(query: Query) -> Iterator[Leaf]:
    match query:
        case Prefer(inner, _):
            yield from _leaves(inner)
        case And(parts) | Or(parts, _):
            for part in parts:
                yield from _leaves(part)
        case Wildcard(pattern, area):
            for stem in filter(None, re.split(r"[*?]+", pattern)):
                yield Exact(stem, area, unbroken=True)
        case Exact() | Near():
            yield query
        case _:
            return


def distinct(leaves: Sequence[Leaf]) -> tuple[Leaf, ...]:
    """Those whose occurrences are not occurrences of another one already.

    贫困户 counts every 建档立卡贫困户.
    """
    return tuple(leaf for leaf in leaves if not any(
        isinstance(leaf, Exact) and isinstance(other, Exact) and other != leaf
        and other.area in (None, leaf.area) and other.typed is None
        and (not other.unbroken or leaf.unbroken or Needle(leaf.text).marked)
        and _form(other.text) in _form(leaf.text) and _form(other.text) != _form(leaf.text)
        for other in leaves))


def _form(text: str) -> str:
    return Needle(text).text


def occurrences(leaf: Leaf, text: Text) -> list[Span]:
    """Every occurrence of a string in a text, as the engine counts them: start and end, in order."""
    if leaf.area not in (None, text.area):
        return []
    if isinstance(leaf, Exact):
        return list(_exact(leaf, text))
    return [(chain[0][0], max(end for _, end in chain)) for chain in _near(leaf, text.folded)]


def marks(leaves: Iterable[Leaf], text: Text) -> list[Span]:
    """What is marked: every occurrence, of strings near each other their parts; merged, in order."""
    found: list[Span] = []
    for leaf in leaves:
        if isinstance(leaf, Exact):
            found += occurrences(leaf, text)
        elif leaf.area in (None, text.area):
            found += (span for chain in _near(leaf, text.folded) for span in chain)
    merged: list[Span] = []
    for start, end in sorted(found):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _exact(leaf: Exact, text: Text) -> Iterator[Span]:
    finder = _finder(leaf.text, leaf.unbroken)
    for span in finder.spans(text.folded) if finder else ():
        if leaf.typed is None or _as_typed(leaf.text, leaf.typed, text, span):
            yield span


def _as_typed(letters: str, typed: str, text: Text, span: Span) -> bool:
    """Do the Chinese characters stand there as they were typed? Width and case are no matter."""
    at = span[0]
    for letter, wanted in zip(letters, typed, strict=True):
        if letter.isspace():
            continue
        at = text.folded.index(letter, at, span[1])
        if text.shown[at] != wanted and _has_script(letter):
            return False
        at += 1
    return True


def _has_script(letter: str) -> bool:
    return ord(letter) >= 0x2E80


@dataclass(frozen=True, slots=True)
class _Finder:
    """Finds an exact string: a pattern that passes over whatever is no letter, and what it must mean."""

    letters: str
    pattern: re.Pattern[str]
    marked: bool

    def spans(self, folded: str, overlapping: bool = False) -> Iterator[Span]:
        """Where the string stands, each occurrence behind the one before, or all of them.

        >>> list(_finder("富民行动").spans("“联村联户、为民富民” 行动"))
        [(8, 14)]
        >>> list(_finder("125").spans("增收12.5%")), list(_finder("哈哈").spans("哈哈哈", overlapping=True))
        ([], [(0, 2), (1, 3)])
        """
        match = self.pattern.search(folded)
        while match is not None:
            start, end = match.span()
            found = self.marked or end - start == len(self.letters) or self.letters == bare(
                tight(folded[start:end]))
            if found:
                yield start, end
            match = self.pattern.search(folded, end if found and not overlapping else start + 1)


@lru_cache(maxsize=4096)
def _finder(text: str, unbroken: bool = False) -> _Finder | None:
    """What finds an exact string in a search form; None where it holds nothing.

    `unbroken`: over blanks it passes, over marks not.
    """
    needle = Needle(text)
    if not needle.text:
        return None
    marked = needle.marked or unbroken
    between = r"\s*" if marked else _BETWEEN
    return _Finder(needle.text, re.compile(between.join(map(re.escape, needle.text))), marked)


@cache
def _no_letter() -> re.Pattern[str]:
    """A character that is no letter: a blank or a punctuation mark. Costly to make: for `Near` only."""
    codes = [code for code in range(min(sys.maxunicode, 0x2FFFF)) if is_punctuation(chr(code))]
    return re.compile("[\\s" + "".join(f"\\U{code:08x}" for code in codes) + "]")


# -- strings near each other

class _Ranks:
    """Places counted in letters: marks and blanks are passed over."""

    def __init__(self, folded: str) -> None:
        in_numbers = {match.start() for match in MARK_IN_NUMBER.finditer(folded)}
        self._passed = [match.start() for match in _no_letter().finditer(folded)
                        if match.start() not in in_numbers]

    def __call__(self, at: int) -> int:
        return at - bisect_left(self._passed, at)


@dataclass(frozen=True, slots=True)
class _Part:
    """An occurrence of a part: in letters, and in the text."""

    start: int
    end: int
    span: Span


Chain = tuple[Span, ...]


def _near(leaf: Near, folded: str) -> list[Chain]:
    """The passages of strings near each other, each as the spans of its parts."""
    parts = [bare(tight(part)) for part in leaf.parts]
    finders = [_finder(part) for part in parts]
    spans = [list(finder.spans(folded, overlapping=True)) if finder else [] for finder in finders]
    if not spans or not all(spans):
        return []
    rank = _Ranks(folded)
    found = [[_Part(rank(start), rank(end - 1) + 1, (start, end)) for start, end in one] for one in spans]
    if leaf.ordered:
        return _in_order(found, leaf.distance)
    return _close(found, leaf.distance + sum(map(len, parts)))


def _in_order(parts: Sequence[Sequence[_Part]], gap: int) -> list[Chain]:
    """Each part behind the one before; of the chains that end at one place the one that starts last."""
    reached: list[tuple[int, Chain]] = [(part.end, (part.span,)) for part in parts[0]]
    for following in parts[1:]:
        ends = [end for end, _ in reached]
        further: list[tuple[int, Chain]] = []
        for part in following:
            at = bisect_right(ends, part.start) - 1
            if at >= 0 and part.start - ends[at] <= gap:
                further.append((part.end, (*reached[at][1], part.span)))
        reached = further
    return [chain for _, chain in reached]


def _close(parts: Sequence[Sequence[_Part]], length: int) -> list[Chain]:
    """From the start of any part, the next of each, where all lie within so many letters."""
    starts = [[part.start for part in one] for one in parts]
    chains = []
    for start in sorted({start for one in starts for start in one}):
        at = [bisect_left(one, start) for one in starts]
        if any(place == len(one) for place, one in zip(at, starts, strict=True)):
            break
        chosen = [one[place] for place, one in zip(at, parts, strict=True)]
        if max(part.end for part in chosen) - start <= length:
            chains.append(tuple(sorted(part.span for part in chosen)))
    return chains
