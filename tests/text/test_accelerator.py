"""Our cuts, with and without the accelerator, are jieba's to the last piece; it leaves no trace in an index."""

from __future__ import annotations

import random
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from indexer import fingerprint
from indexer.archive import read_archive
from indexer.model import Problem, RawPage
from indexer.text import tokenise
from indexer.text.decode import decode
from indexer.text.script import fold
from tests.conftest import ROOT
from tests.pagemaker.render import make_pages

LETTERS = 1_000_000


@pytest.fixture(scope="module", params=["without", "with"])
def fast(request: pytest.FixtureRequest) -> Any:
    """What `cut_by` is given: nothing, or the accelerator where it is installed."""
    if request.param == "without":
        return None
    found = tokenise.accelerator()
    if found is None:
        pytest.skip("rjieba {1} is not installed (pip install bangfu[fast])".format(*tokenise.ACCELERATOR))
    return found


def by_jieba(text: str) -> list[str]:
    return list(tokenise.segmenter().cut(text, HMM=False))


def made_pages() -> Iterator[str]:
    """Raw pages of the page maker: text, mark-up, scripts, damage."""
    for page in make_pages(200, seed=20_261_122):
        yield fold(page.content.decode("utf-8", "surrogateescape"))


def corpus_pages() -> Iterator[str]:
    for page in read_archive([ROOT / "corpus" / "pages"]):
        if isinstance(page, RawPage):
            text = decode(page)
            yield fold(text.text) if not isinstance(text, Problem) else ""


def mixtures() -> Iterator[str]:
    """Dictionary words, their halves, any Han, any character at all, Latin, numbers, line ends."""
    dice = random.Random(5)
    known = [word for word, frequency in tokenise.segmenter().FREQ.items() if frequency]
    own = tokenise.user_words()
    kinds: list[Callable[[], str]] = [
        lambda: dice.choice(known), lambda: dice.choice(known)[:2], lambda: dice.choice(own),
        lambda: chr(dice.randrange(0x4E00, 0xA000)), lambda: chr(dice.randrange(0x3400, 0x4E00)),
        lambda: chr(dice.randrange(0x20, 0x7F)), lambda: chr(dice.randrange(0x110000)),
        lambda: str(dice.randrange(10_000)), lambda: dice.choice(["km", "xx", "%", ".", "-5g", "\r\n", "\n", "　"]),
    ]
    while True:
        length = dice.randrange(1, 300)
        yield "".join(dice.choice(kinds)() for _ in range(length))


def some(texts: Iterator[str], letters: int) -> Iterator[str]:
    for text in texts:
        yield text
        letters -= len(text)
        if letters <= 0:
            return


@pytest.mark.parametrize(("texts", "letters"), [
    (made_pages, LETTERS // 2), (corpus_pages, LETTERS // 5), (mixtures, LETTERS // 2)])
def test_a_million_letters_are_cut_alike(fast: Any, texts: Callable[[], Iterator[str]], letters: int) -> None:
    seen = 0
    for text in some(texts(), letters):
        seen += len(text)
        assert tokenise.cut_by(fast, text) == by_jieba(text)
    assert seen >= letters


def test_weights_are_equal_where_two_ways_to_cut_are_nearly_as_likely(fast: Any) -> None:
    """Every short dictionary word beside every user word: ambiguous overlaps, cut by the last bits of a sum."""
    known = [word for word, frequency in tokenise.segmenter().FREQ.items() if frequency and len(word) == 2]
    for user in tokenise.user_words():
        text = ",".join(user[:-1] + user[-1] + word[1:] for word in known[::200])
        assert tokenise.cut_by(fast, text) == by_jieba(text)


def test_words_are_the_same_before_and_after_it_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    text = fold("驻村工作队帮扶３人，xx县增收12.5%；㐀㐁村：𠀀。")
    monkeypatch.setattr(tokenise, "_cut", tokenise._Cut())
    before = list(tokenise.tokenise(text))
    tokenise.cut("驻村" * tokenise.ACCELERATED_AFTER)
    assert list(tokenise.tokenise(text)) == before
    assert tokenise.words(text) == [word.text for word in before]


def test_another_version_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokenise, "ACCELERATOR", ("rjieba", "0.0.0"))
    assert tokenise.accelerator.__wrapped__() is None
    monkeypatch.setattr(tokenise, "ACCELERATOR", ("no-such-package", "1"))
    assert tokenise.accelerator.__wrapped__() is None


def test_without_it_the_fingerprint_and_the_words_are_the_same() -> None:
    program = ("import sys; sys.modules['rjieba'] = None\n"
               "from indexer import fingerprint\nfrom indexer.text import tokenise\n"
               "assert tokenise.accelerator() is None\n"
               "tokenise._cut._letters = tokenise.ACCELERATED_AFTER\n"
               "print(fingerprint.tokens(), fingerprint.cleaning(), *tokenise.words('驻村工作队帮扶贫困户'))")
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, encoding="utf-8", cwd=ROOT, check=True)
    words = tokenise.words("驻村工作队帮扶贫困户")
    assert told.stdout.split() == [fingerprint.tokens(), fingerprint.cleaning(), *words]
