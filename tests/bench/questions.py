"""What is asked: words by their document frequency, pairs, phrases and strings out of the texts."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import TypeVar

T = TypeVar("T")

# Every kind of question, in the order of the tables.
TERMS = ("term_rare", "term_mid", "term_common")
WORDS = (*TERMS, "and_2", "or_3", "phrase_2")
SUBSTRINGS = ("exact_2", "exact_4", "exact_8", "exact_20")
KINDS = (*WORDS, *SUBSTRINGS)

QUESTIONS = 30
# A rare word is in so many reports; a middling and a common one in such shares of them.
RARE = (2, 10)
MID = (0.005, 0.02)
COMMON = 0.2
# Reports out of which phrases and strings are cut, and tries for each string.
SAMPLE = 400
TRIES = 50


@dataclass(frozen=True, slots=True)
class Question:
    """One query: its kind and its words, or its one string."""

    kind: str
    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sampled:
    """A report out of which questions are cut: the words and the bare form of its body."""

    words: tuple[str, ...]
    bare: str


def draw(frequencies: Counter[str], total: int, sample: Sequence[Sampled], seed: int) -> list[Question]:
    """Up to `QUESTIONS` of each kind; fewer where a small archive does not hold so many.

    `frequencies` counts the reports that hold a word, of `total` reports.
    """
    random = Random(f"questions {seed}")
    ranked = sorted((word for word in frequencies if _asked(word)), key=lambda w: (-frequencies[w], w))
    common = [w for w in ranked if frequencies[w] > COMMON * total] or ranked[:QUESTIONS]
    mid = [w for w in ranked if MID[0] * total <= frequencies[w] <= MID[1] * total] or ranked
    rare = [w for w in ranked if RARE[0] <= frequencies[w] <= RARE[1]] or ranked[-QUESTIONS:]
    frequent = set(common)
    pairs = sorted({pair for one in sample for pair in pairwise(one.words) if frequent.issuperset(pair)})
    found = [Question(kind, (word,)) for kind, stock in zip(TERMS, (rare, mid, common), strict=True)
             for word in _some(random, stock)]
    found += _several(random, "and_2", lambda: (random.choice(common), random.choice(common + mid)), 2)
    found += _several(random, "or_3", lambda: tuple(random.choice(common + mid) for _ in range(3)), 3)
    found += [Question("phrase_2", pair) for pair in _some(random, pairs)]
    for kind in SUBSTRINGS:
        found += _several(random, kind, partial(_cut, random, sample, int(kind[6:])), 1)
    return found


def warming(frequencies: Counter[str], total: int) -> Question:
    """A question that is asked before anything is timed: a word between middling and common."""
    ranked = [w for w, df in frequencies.most_common() if _asked(w) and MID[1] * total < df <= COMMON * total]
    return Question("term_mid", (ranked[len(ranked) // 2] if ranked else max(frequencies),))


def _asked(word: str) -> bool:
    """Words as people ask for them: of two Chinese characters or more."""
    return len(word) > 1 and all("一" <= char <= "鿿" for char in word)


def _some(random: Random, stock: Sequence[T]) -> list[T]:
    return random.sample(list(stock), min(QUESTIONS, len(stock)))


def _several(random: Random, kind: str, make: Callable[[], tuple[str, ...]], parts: int) -> list[Question]:
    """Different questions of `parts` different parts each, in the order they were drawn."""
    found: dict[tuple[str, ...], Question] = {}
    for _ in range(QUESTIONS * TRIES):
        made = make()
        if len(set(made)) == parts and all(made):
            found.setdefault(made, Question(kind, made))
        if len(found) == QUESTIONS:
            break
    return list(found.values())


def _cut(random: Random, sample: Sequence[Sampled], size: int) -> tuple[str, ...]:
    """A string of letters and digits out of a report; an empty one where a sign stands in the way."""
    text = random.choice(sample).bare
    if len(text) < size:
        return ("",)
    start = random.randrange(len(text) - size + 1)
    found = text[start:start + size]
    return (found if found.isalnum() else "",)


def write(file: Path, warm: Question, questions: Iterable[Question]) -> None:
    """Keep the questions for the workers."""
    rows = [asdict(question) for question in (warm, *questions)]
    file.write_text(json.dumps(rows, ensure_ascii=False, indent=0), encoding="utf-8")


def read(file: Path) -> tuple[Question, dict[str, list[Question]]]:
    """The question that warms up, and the others by kind."""
    warm, *others = (Question(row["kind"], tuple(row["parts"])) for row in
                     json.loads(file.read_text(encoding="utf-8")))
    return warm, {kind: [q for q in others if q.kind == kind] for kind in KINDS}
