"""Search form in, words out: the one segmentation that index and query share."""

from __future__ import annotations

import functools
import logging
import os
import re
import sys
import tempfile
from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

from indexer.errors import BangfuError
from indexer.model import Word

if TYPE_CHECKING:
    from jieba import Tokenizer

# 县 names and sums that the site made unreadable (XX县, xxx元): visible, but no word to be found.
ANONYMISED = re.compile(r"(?<![a-z])x{2,}(?![a-z])")
_WORD = re.compile(r"\w")


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


def tokenise(folded: str) -> Iterator[Word]:
    """Words of a search form (see `script.fold`) with their offsets, in order.

    Single characters and single digits are words; punctuation and anonymised places (`xxx`) are
    not.  The new-word guess of jieba (HMM) is off: it would cut the same string differently from
    one context to the next.

    >>> [word.text for word in tokenise("驻村工作队帮扶3人,xx县增收12.5%")]
    ['驻村工作队', '帮扶', '3', '人', '县', '增收', '12', '5']
    """
    start = 0
    for text in segmenter().cut(folded, HMM=False):
        if _WORD.search(text) and not ANONYMISED.fullmatch(text):
            yield Word(text, start)
        start += len(text)
