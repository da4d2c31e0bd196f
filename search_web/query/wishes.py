"""What makes one report a better answer than another: the wishes that come with plain words, weighted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise

from indexer.store.query import Area, Exact, Near, Query, Term
from search_web.query.plain import Phrase, Wanted

# Pairs of letters that are wished for, in each part of a query.
MAX_BIGRAMS = 48

Wish = tuple[Query, float]


@dataclass(frozen=True, slots=True)
class Weights:
    """What a wish adds to a report's score, as a factor of the wish's own BM25; 0 leaves it out.

    Measured on judged queries (tests/evaluation/tuning.py): each number is the best of those tried on
    the half that it was tuned on, or within 0.001 of it, and no other is better by 0.004 on the half
    that confirms.
    """

    word: float = 1.0  # a word, as the segmenter sees it
    title: float = 2.0  # a word in the title
    bigram: float = 0.5  # each pair of neighbouring letters, whatever the words
    string: float = 4.0  # what was typed between two blanks, or all of it, in a row
    string_in_title: float = 2.0
    near: float = 1.0  # neighbouring words of the query close together
    near_distance: int = 10  # how many letters further apart than in a row that may be
    synonym: float = 0.5  # the factor of a word that was not typed itself


WEIGHTS = Weights()


def wishes(phrases: Sequence[Phrase], area: Area | None, weights: Weights) -> list[Wish]:
    """What is wished for with the plain words of a query, or of one field of it."""
    found = [wish for phrase in phrases for wish in _phrase(phrase, area, weights)]
    if len(phrases) > 1:
        found.append((Exact("".join(phrase.letters for phrase in phrases), area), weights.string))
    words = [word for phrase in phrases for word in phrase.words]
    for one, other in pairwise(words):
        if one.text != other.text:
            found.append((Near((one.text, other.text), weights.near_distance, area=area), weights.near))
    return [(query, weight) for query, weight in dict.fromkeys(found) if weight]


def _phrase(phrase: Phrase, area: Area | None, weights: Weights) -> Iterator[Wish]:
    for word in phrase.words:
        yield from _word(word, area, weights)
    for first, second in islice(pairwise(phrase.letters), MAX_BIGRAMS):
        yield Exact(first + second, area, unbroken=True), weights.bigram
    if len(phrase.words) > 1:
        yield Exact(phrase.letters, area), weights.string
        if area is None:
            yield Exact(phrase.letters, "title"), weights.string_in_title


def _word(word: Wanted, area: Area | None, weights: Weights) -> Iterator[Wish]:
    for text in (word.text, *word.synonyms):
        factor = 1.0 if text == word.text else weights.synonym
        # A name that the segmenter cuts (杨|建|强) is no dictionary word: as a string it scores by itself.
        if len(word.pieces) == 1 or text != word.text:
            yield Term(text, area), weights.word * factor
        if area is None:
            yield Exact(text, "title", unbroken=True), weights.title * factor
