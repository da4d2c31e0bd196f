"""Search form in, words out: the one segmentation that index and query share."""

from __future__ import annotations

import functools
import importlib
import logging
import os
import re
import sys
import tempfile
from collections.abc import Iterator, Mapping
from importlib import resources
from importlib.metadata import PackageNotFoundError, version
from math import log
from pathlib import Path
from typing import TYPE_CHECKING, Any

from indexer.errors import BangfuError
from indexer.model import Word

if TYPE_CHECKING:
    from jieba import Tokenizer

# 县 names and sums that the site made unreadable (XX县, xxx元): visible, but no word to be found.
ANONYMISED = re.compile(r"(?<![a-z])x{2,}(?![a-z])")
_WORD = re.compile(r"\w")

# The accelerator, in the version whose cuts are proven equal to jieba's (`tests/text/test_accelerator.py`).
ACCELERATOR = ("rjieba", "0.2.2")
# Filling it takes as long as cutting so many letters without it: who cuts a query does without.
ACCELERATED_AFTER = 500_000
# What jieba cuts into words, a stretch at a time; all else stands for itself.
_STRETCH = re.compile(r"([\u4E00-\u9FD5a-zA-Z0-9+#&._%\-]+)")
_SINGLE = re.compile(r"\r\n|.", re.DOTALL)
# Rare Han, of which the accelerator makes stretches and jieba does not; halves of characters, which
# it does not take.
_RARE = re.compile(r"[\u3400-\u4DBF\u9FD6-\u9FFF\uD800-\uDFFF\uF900-\uFAFF\U00020000-\U0003FFFF]")


class LexiconError(BangfuError):
    """A dictionary of the project cannot be used; the message names the file and the line."""


def user_words() -> tuple[str, ...]:
    """The campaign vocabulary of `lexicon/user_words.txt`, checked."""
    return check_words((resources.files("indexer.lexicon") / "user_words.txt").read_text(encoding="utf-8"))


def check_words(text: str) -> tuple[str, ...]:
    """The words of a dictionary text, one a line.

    Raises LexiconError on a byte order mark, a blank inside a word or a word given twice: jieba
    would take them without a sound and cut differently.
    """
    words: dict[str, int] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if not line or line.startswith("#"):
            continue
        if not line.isalnum():
            raise LexiconError(f"user_words.txt line {number}: {line!r} is not one plain word")
        if line in words:
            raise LexiconError(f"user_words.txt line {number}: {line} stands on line {words[line]}")
        words[line] = number
    return tuple(words)


def cache_folder() -> Path:
    """Where jieba keeps its compiled dictionary: a folder of the user's own, not the shared /tmp."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "bangfu"


def dictionary() -> Mapping[str, int]:
    """The words that the segmenter knows, with their frequencies; 0 for what only begins a word."""
    tokenizer = segmenter()
    tokenizer.initialize()
    words: dict[str, int] = tokenizer.FREQ
    return words


@functools.cache
def segmenter() -> Tokenizer:
    """jieba with the campaign vocabulary, loaded once a process."""
    # A run that finds nothing new cuts nothing: it does not wait for jieba.  And jieba need not wait
    # for pkg_resources, which it takes where it finds it, to open files: that is a tenth of a second.
    absent = sys.modules.setdefault("pkg_resources", None)  # type: ignore[arg-type]
    from jieba import Tokenizer, setLogLevel  # noqa: PLC0415

    if absent is None:
        del sys.modules["pkg_resources"]
    setLogLevel(logging.CRITICAL)
    tokenizer = Tokenizer()
    folder = cache_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        tokenizer.tmp_dir = str(folder)
        tokenizer.initialize()
    except OSError:
        # A home that cannot be written. The system's shared folder is no place for a file that is
        # loaded again: somebody else may have put it there.
        with tempfile.TemporaryDirectory() as private:
            tokenizer.tmp_dir = private
            tokenizer.initialize()
    for word in user_words():
        tokenizer.add_word(word, tokenizer.suggest_freq(word, tune=False))
    return tokenizer


@functools.cache
def accelerator() -> Any:
    """rjieba (the extra `fast`) with jieba's dictionary and our words; None where it is not installed.

    Another version than the proven one is not used: the words of an index must not depend on who
    made it.
    """
    name, proven = ACCELERATOR
    try:
        if version(name) != proven:
            return None
        module = importlib.import_module(name)
    except (ImportError, PackageNotFoundError):
        return None
    module.clear()  # the dictionary that it comes with, 30 MB
    fast, own = module.Jieba.empty(), segmenter()
    for word, frequency in own.FREQ.items():
        if frequency:  # else the beginning of a word
            fast.add_word(word, frequency, None)
    # The logarithm of the sum is in every weight, and jieba counts a word twice that it was given
    # twice: a filler that is in no stretch makes the sums equal.
    fast.add_word("\0", own.total - sum(own.FREQ.values()), None)
    return fast


def cut_stretch(stretch: str) -> list[str]:
    """jieba's likeliest way through a stretch, of equal ones that with the longer word, in one pass.

    The same sums in the same order as jieba's own, which takes twice as long; single Latin letters
    and digits in a row are one word.
    """
    own, size = segmenter(), len(stretch)
    frequency, total = own.FREQ.get, log(own.total)
    score, ends = [0.0] * (size + 1), [0] * size
    for start in range(size - 1, -1, -1):
        best, best_end, end = None, start + 1, start + 1
        count = frequency(stretch[start])
        while count is not None:  # else no word begins so
            if count:
                weight = log(count) - total + score[end]
                if best is None or weight >= best:
                    best, best_end = weight, end
            if end == size:
                break
            end += 1
            count = frequency(stretch[start:end])
        score[start] = score[best_end] - total if best is None else best
        ends[start] = best_end
    return _words_between(stretch, ends)


def _words_between(stretch: str, ends: list[int]) -> list[str]:
    found: list[str] = []
    start, size = 0, len(stretch)
    while start < size:
        end = ends[start]
        if end == start + 1 and _is_latin(stretch[start]):
            while end < size and ends[end] == end + 1 and _is_latin(stretch[end]):
                end += 1
        found.append(stretch[start:end])
        start = end
    return found


def _is_latin(char: str) -> bool:
    return char.isascii() and char.isalnum()


def cut_by(fast: Any, text: str) -> list[str]:
    """`text` in pieces (see `cut`) by the accelerator, or without it where `fast` is None."""
    if fast is not None and not _RARE.search(text):
        return list(fast.cut(text, False))
    found: list[str] = []
    for number, piece in enumerate(_STRETCH.split(text)):
        if number % 2:
            found += cut_stretch(piece) if fast is None else fast.cut(piece, False)
        else:
            found += _SINGLE.findall(piece)
    return found


class _Cut:
    """Without the accelerator, until so much has been cut that filling it pays."""

    def __init__(self) -> None:
        self._letters = 0

    def __call__(self, text: str) -> list[str]:
        self._letters += len(text)
        return cut_by(accelerator() if self._letters > ACCELERATED_AFTER else None, text)


_cut = _Cut()


def cut(text: str) -> list[str]:
    """`text` in pieces as jieba cuts it: words, runs of Latin letters and digits, single characters.

    The new-word guess of jieba (HMM) is off: it would cut the same string differently from one
    context to the next.

    >>> cut("驻村工作队, 3人")
    ['驻村工作队', ',', ' ', '3', '人']
    """
    return _cut(text)


@functools.lru_cache(maxsize=1 << 16)
def _is_word(text: str) -> bool:
    return _WORD.search(text) is not None and not ANONYMISED.fullmatch(text)


def words(folded: str) -> list[str]:
    """The words of `tokenise` without their offsets, which an index has no use for."""
    return [text for text in cut(folded) if _is_word(text)]


def tokenise(folded: str) -> Iterator[Word]:
    """Words of a search form (see `script.fold`) with their offsets, in order.

    Single characters and single digits are words; punctuation and anonymised places (`xxx`) are
    not.

    >>> [word.text for word in tokenise("驻村工作队帮扶3人,xx县增收12.5%")]
    ['驻村工作队', '帮扶', '3', '人', '县', '增收', '12', '5']
    """
    start = 0
    for text in cut(folded):
        if _is_word(text):
            yield Word(text, start)
        start += len(text)
