"""The oracle: query trees judged by plain Python over each report's texts, slow and obviously right.

Nothing here knows an index.  `store/query.py` says what each node means, `exact_oracle.py` what an
exact string is.  Texts are judged as they are displayed: what the index folds, it must fold rightly.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from indexer.store.engine import Document
from indexer.store.query import (
    All,
    And,
    Area,
    Exact,
    Near,
    Not,
    Or,
    Prefer,
    Query,
    Range,
    Request,
    Sort,
    Tag,
    Term,
    Wildcard,
)
from indexer.text.script import fold, to_simplified
from tests.store.exact_oracle import letters, spans

BORDER = "\0"


# What a report holds.

def texts(document: Document, area: Area | None) -> list[str]:
    """The folded texts that an area means: title, body, or both, one after the other."""
    title, _, body = document.text.partition(BORDER)
    return {"title": [title], "body": [body], None: [title, body]}[area]


def shown(document: Document, area: Area | None) -> list[str]:
    """The same texts as they are displayed; each has the length of its folded text."""
    title = document.text.index(BORDER)
    displayed = [document.display[:title], document.display[title + 1:]]
    return {"title": displayed[:1], "body": displayed[1:], None: displayed}[area]


def words(document: Document, area: Area | None) -> list[str]:
    """The words that an area holds."""
    title, body = document.title_words.split(), document.body_words.split()
    return {"title": title, "body": body, None: title + body}[area]


def length(document: Document) -> int:
    """How long a report is: letters of title and body."""
    return sum(len(letters(text)) for text in shown(document, None))


# Does a report answer a query?

def holds(document: Document, query: Query) -> bool:
    """Does the query find the report?"""
    match query:
        case All():
            return True
        case Term(text, area):
            return text in words(document, area)
        case Wildcard(pattern, area):
            return any(fits(word, pattern) for word in words(document, area))
        case Exact(string, area, typed, unbroken):
            return any(spans(text, string, typed, unbroken) for text in shown(document, area))
        case Near(parts, distance, ordered, area):
            near = in_order if ordered else in_any_order
            return any(near(letters(text), list(map(letters, parts)), distance)
                       for text in shown(document, area))
        case Tag(facet, values):
            return any(value in values for value in document.facets.get(facet, ()))
        case Range(column, low, high):
            number = document.published if column == "published" else length(document)
            return number > 0 and (low is None or low <= number) and (high is None or number <= high)
        case And(parts):
            return all(holds(document, part) for part in parts)
        case Or(parts, minimum):
            return len(parts) > 0 and sum(holds(document, part) for part in parts) >= minimum
        case Not(part):
            return not holds(document, part)
        case Prefer(inner, _):
            return holds(document, inner)


def fits(word: str, pattern: str) -> bool:
    """Is the word of the shape? `*` any letters, none too; `?` one.

    >>> fits("帮扶工作队", "帮扶*"), fits("帮扶", "帮扶*"), fits("帮扶", "帮?"), fits("帮扶", "?帮扶")
    (True, True, True, False)
    """
    if not pattern:
        return not word
    if pattern[0] == "*":
        return any(fits(word[at:], pattern[1:]) for at in range(len(word) + 1))
    return bool(word) and pattern[0] in ("?", word[0]) and fits(word[1:], pattern[1:])


def starts(wanted: str, text: str) -> list[int]:
    """Every position at which `wanted` begins; an empty string is nowhere."""
    return [at for at in range(len(text)) if wanted and text[at:at + len(wanted)] == wanted]


def in_order(text: str, parts: Sequence[str], distance: int) -> bool:
    """Each part behind the one before, at most `distance` letters in between.

    >>> in_order("四个不摘", ["四个", "摘"], 1), in_order("四个不摘", ["四个", "摘"], 0)
    (True, False)
    """
    ends = [at + len(parts[0]) for at in starts(parts[0], text)]
    for part in parts[1:]:
        ends = [at + len(part) for at in starts(part, text)
                if any(0 <= at - end <= distance for end in ends)]
    return bool(ends)


def in_any_order(text: str, parts: Sequence[str], distance: int) -> bool:
    """All parts in a passage that is at most `distance` letters longer than the parts together.

    >>> in_any_order("产业带动合作社", ["合作社", "产业"], 2), in_any_order("产业带动合作社", ["合作社", "产业"], 1)
    (True, False)
    """
    together = sum(map(len, parts))
    for left in {at for part in parts for at in starts(part, text)}:
        # The passages that begin here or later: of each part, the first that is not further left.
        ends = [min((at + len(part) for at in starts(part, text) if at >= left), default=None)
                for part in parts]
        if None not in ends and max(end for end in ends if end is not None) - left - together <= distance:
            return True
    return False


# Answers to whole requests.

def found(documents: Iterable[Document], query: Query,
          filters: Mapping[str, frozenset[str]] | None = None) -> list[Document]:
    """The reports of a query under filters: any value inside a facet, all facets together."""
    conditions = And((query, *(Tag(facet, values) for facet, values in (filters or {}).items())))
    return [document for document in documents if holds(document, conditions)]


def facet_counts(documents: Iterable[Document], request: Request,
                 ) -> dict[str, tuple[tuple[str, int], ...]]:
    """The counts of each facet under all filters but its own; most first, then by value."""
    documents = list(documents)
    counts = {}
    for facet in request.facets:
        others = {name: values for name, values in request.filters.items() if name != facet}
        counted = Counter(value for document in found(documents, request.query, others)
                          for value in set(document.facets.get(facet, ())))
        counts[facet] = tuple(sorted(counted.items(), key=lambda item: (-item[1], item[0])))
    return counts


def in_time(documents: Iterable[Document], sort: Sort) -> list[str]:
    """Report ids, newest or oldest first; reports without a date last, equal dates by id."""
    sign = {"newest": -1, "oldest": 1}[sort]
    ordered = sorted(documents, key=lambda d: (d.published == 0, sign * d.published, d.id))
    return [document.id for document in ordered]


# Random trees over all nodes, leaves cut from the texts of the reports (and some from nowhere).

LEAVES = ("all", "term", "wildcard", "exact", "exact", "typed", "near", "near", "tag", "range")
BRANCHES = ("and", "or", "or", "not", "prefer")


def random_query(dice: random.Random, documents: Sequence[Document], depth: int = 3) -> Query:
    """A random tree of at most `depth` branches one inside the other."""
    kind = dice.choice(LEAVES if depth == 0 else LEAVES + BRANCHES * 2)
    if kind in LEAVES:
        return random_leaf(dice, documents, kind)
    parts = tuple(random_query(dice, documents, depth - 1) for _ in range(dice.randint(1, 4)))
    match kind:
        case "and":
            return And(parts if dice.random() < 0.95 else ())
        case "or":
            return Or(parts, dice.randint(1, len(parts))) if dice.random() < 0.95 else Or(())
        case "not":
            return Not(parts[0])
    return Prefer(parts[0], tuple((part, dice.choice((0.5, 1.0, 2.0))) for part in parts[1:]))


def random_leaf(dice: random.Random, documents: Sequence[Document], kind: str) -> Query:
    """A leaf of a kind, cut from a random report."""
    document = dice.choice(documents)
    area: Area | None = dice.choice((None, "title", "body"))
    match kind:
        case "all":
            return All()
        case "term":
            return Term(random_word(dice, document, area), area)
        case "wildcard":
            return Wildcard(random_pattern(dice, random_word(dice, document, area)), area)
        case "exact":
            return Exact(random_string(dice, document, area)[0], area, unbroken=dice.random() < 0.5)
        case "typed":
            text, typed = random_string(dice, document, area)
            return Exact(text, area, dice.choice((typed, to_simplified(typed))))
        case "near":
            return random_near(dice, document, area)
        case "tag":
            return random_tag(dice, documents)
    return random_range(dice, document)


def random_word(dice: random.Random, document: Document, area: Area | None) -> str:
    return dice.choice([*words(document, area), *words(document, area), "没有这个词"])


def random_pattern(dice: random.Random, word: str) -> str:
    """A word with a stretch of it hidden behind `*`, or letters behind `?`."""
    start, end = sorted((dice.randint(0, len(word)), dice.randint(0, len(word))))
    hidden = dice.choice(("*", "?" * (end - start), "?*", "*?", "?"))
    return word[:start] + hidden + word[end:]


def random_string(dice: random.Random, document: Document, area: Area | None, longest: int = 12,
                  ) -> tuple[str, str]:
    """A piece of a text that holds a letter, folded and as displayed; now and then of no text."""
    choice = dice.randrange(len(texts(document, area)))
    folded, display = texts(document, area)[choice], shown(document, area)[choice]
    if not letters(display) or dice.random() < 0.05:
        return fold("無人認識之語"), "無人認識之語"
    while True:
        start = dice.randrange(len(folded))
        end = start + dice.randint(1, longest)
        if letters(display[start:end]) or (dice.random() < 0.2 and display[start:end].strip()):
            return folded[start:end], display[start:end]


def random_near(dice: random.Random, document: Document, area: Area | None) -> Near:
    """Two to four strings of letters that stand near each other in a text, or not."""
    text = letters(dice.choice(shown(document, area))) or "空"
    at = dice.randrange(len(text))
    parts = []
    for _ in range(dice.randint(1, 4)):
        length = dice.randint(1, 4)
        parts.append(text[at:at + length] or text[:1])
        at += length + dice.randint(0, 6)
    if dice.random() < 0.3:
        dice.shuffle(parts)
    return Near(tuple(parts), dice.choice((0, 1, 3, 5, 10, 20, 50)), dice.random() < 0.5, area)


def random_tag(dice: random.Random, documents: Sequence[Document], facet: str = "") -> Tag:
    facet = facet or dice.choice(sorted(documents[0].facets))
    known = sorted({value for document in documents for value in document.facets.get(facet, ())})
    values = dice.sample([*known, "没有这个值"], dice.randint(1, min(3, len(known))))
    return Tag(facet, frozenset(values))


def random_range(dice: random.Random, document: Document) -> Range:
    column, number = dice.choice((("published", document.published), ("length", length(document))))
    width = dice.choice((0, 1, 10, 10_000))
    low = dice.choice((None, number, number - width))
    high = dice.choice((None, number, number + width))
    return Range(column, low, high)  # type: ignore[arg-type]
