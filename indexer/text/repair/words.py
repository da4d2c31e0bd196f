"""Does a gap cut a word, or a sentence? Judged by the frequencies of words and of characters."""

from __future__ import annotations

import functools
import math

import numpy as np

from indexer.lexicon.ngrams import BREAK, ORDER, model
from indexer.text.script import to_simplified
from indexer.text.tokenise import cut, segmenter

# Characters on either side of a gap that are looked at: longer words are rare, and cost is bounded.
REACH = 6
# How much likelier (natural logarithm) the joined reading must be before a gap is held to cut a word.
CUT = 4.0
# So much likelier as a continuation than as the beginning of a line must be what follows: of the
# breaks between paragraphs not one in a hundred comes so far, of the gaps inside sentences half.
RUNS_ON = 3.0
# Letters behind the gap that are looked at.
AHEAD = 4


def cuts_word(text: str, at: int, after: int) -> bool:
    """Is `text[at:after]` (a blank, a number, a line feed) a gap inside a word?

    >>> cuts_word("进一步提 高水平", 4, 5), cuts_word("驻农村 助推建设", 3, 4)
    (True, False)
    """
    left = _han_end(text[max(0, at - REACH):at])
    right = _han_start(text[after:after + REACH])
    return bool(left and right) and gain(left, right) >= CUT


def cuts_sentence(text: str, at: int, after: int) -> bool:
    """Is `text[at:after]` (a blank) a gap inside a sentence, however long its words?

    >>> cuts_sentence("有关事 项通知如下", 3, 4), cuts_sentence("工作总结 近年来，我村", 4, 5)
    (True, False)
    """
    return runs_on(text[max(0, at - 2 * ORDER):at], text[after:after + 2 * AHEAD]) >= RUNS_ON


@functools.lru_cache(maxsize=16384)
def runs_on(left: str, right: str) -> float:
    """Log-odds of `right` as the continuation of `left` over `right` as the beginning of a line."""
    letters = model()
    left = to_simplified(left.replace(" ", ""))[-ORDER + 1:].rjust(ORDER - 1, BREAK)
    right = to_simplified(right.replace(" ", ""))[:AHEAD]
    if not right:
        return 0.0
    rows = [(left + right)[place:place + ORDER] for place in range(len(right))]
    rows += [(BREAK * (ORDER - 1) + right)[place:place + ORDER] for place in range(len(right))]
    ids = np.array([letters.ids(row) for row in rows], dtype=np.int64)
    chances = letters.chances(ids[:, :-1], ids[:, -1])
    return float(chances[:len(right)].sum() - chances[len(right):].sum())


@functools.lru_cache(maxsize=65536)
def gain(left: str, right: str) -> float:
    """Log-odds of `left + right` read as words over `left` and `right` read apart; 0 where a word
    ends at the gap."""
    left, right = to_simplified(left), to_simplified(right)
    return _best(left + right) - _best(left) - _best(right)


@functools.cache
def _frequencies() -> tuple[dict[str, int], float]:
    segmenter().initialize()
    return segmenter().FREQ, math.log(segmenter().total)


def _best(text: str) -> float:
    """Log-probability of the likeliest segmentation."""
    frequency, total = _frequencies()
    best = [0.0]
    for end in range(1, len(text) + 1):
        best.append(max(
            best[start] + math.log(count) - total
            for start in range(max(0, end - REACH), end)
            if (count := frequency.get(text[start:end], 0) or (1 if end - start == 1 else 0))
        ))
    return best[-1]


def _han_end(text: str) -> str:
    at = len(text)
    while at and _is_han(text[at - 1]):
        at -= 1
    return text[at:]


def _han_start(text: str) -> str:
    at = 0
    while at < len(text) and _is_han(text[at]):
        at += 1
    return text[:at]


def _is_han(char: str) -> bool:
    return "\u3400" <= char <= "\u9fff"


def share_in_words(text: str) -> float:
    """How much of `text` (Han) belongs to words of several characters, from 0 to 1.

    >>> share_in_words("基层党组织") > share_in_words("桌跑红三")
    True
    """
    return sum(len(word) for word in cut(to_simplified(text)) if len(word) > 1) / max(1, len(text))
