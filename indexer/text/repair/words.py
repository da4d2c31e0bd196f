"""Does a gap cut a word? Judged by the word frequencies of the segmenter's dictionary."""

from __future__ import annotations

import functools
import math

from indexer.text.script import to_simplified
from indexer.text.tokenise import segmenter

# Characters on either side of a gap that are looked at: longer words are rare, and cost is bounded.
REACH = 6
# How much likelier (natural logarithm) the joined reading must be before a gap is held to cut a word.
CUT = 4.0


def cuts_word(text: str, at: int, after: int) -> bool:
    """Is `text[at:after]` (a blank, a number, a line feed) a gap inside a word?

    >>> cuts_word("进一步提 高水平", 4, 5), cuts_word("驻农村 助推建设", 3, 4)
    (True, False)
    """
    left = _han_end(text[max(0, at - REACH):at])
    right = _han_start(text[after:after + REACH])
    return bool(left and right) and gain(left, right) >= CUT


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

    >>> share_in_words("基层党组织") > share_in_words("甲乙丙丁")
    True
    """
    words = segmenter().cut(to_simplified(text), HMM=False)
    return sum(len(word) for word in words if len(word) > 1) / max(1, len(text))
