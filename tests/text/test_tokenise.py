"""Words: offsets that fit, no single character lost, one cut for index and query."""

from __future__ import annotations

from importlib import resources

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.text.script import fold
from indexer.text.tokenise import LexiconError, check_words, tokenise, user_words

TEXT = st.text(st.sampled_from("帮扶驻村工作队的3人x,。 12.5%户abc贫困\n四个不摘"), max_size=60)


@given(TEXT)
def test_offsets_point_at_the_words(text: str) -> None:
    folded = fold(text)
    words = list(tokenise(folded))
    assert all(folded[word.start:word.start + len(word.text)] == word.text for word in words)
    assert [word.start for word in words] == sorted({word.start for word in words})


@given(TEXT)
def test_every_character_of_a_word_is_in_some_token(text: str) -> None:
    folded = fold(text)
    covered = {i for w in tokenise(folded) for i in range(w.start, w.start + len(w.text))}
    missed = [c for i, c in enumerate(folded) if i not in covered and c.isalnum() and c != "x"]
    assert not missed


@pytest.mark.parametrize("word", user_words())
def test_campaign_words_are_one_token(word: str) -> None:
    assert [token.text for token in tokenise(word)] == [word]


def test_common_words_are_not_split_by_the_user_words() -> None:
    cut = [word.text for word in tokenise("我们认真学习贯彻会议精神,帮助群众解决实际困难")]
    assert cut == ["我们", "认真学习", "贯彻", "会议", "精神", "帮助", "群众", "解决", "实际困难"]


def test_anonymised_places_are_no_words() -> None:
    assert [word.text for word in tokenise("xx县xxx乡")] == ["县", "乡"]


@pytest.mark.parametrize(("text", "reason"), [
    ("帮 扶\n", "not one plain word"),
    ("\ufeff帮扶\n", "not one plain word"),
    ("帮扶\n驻村\n帮扶\n", "stands on line 1"),
])
def test_a_damaged_dictionary_is_refused_with_its_line(text: str, reason: str) -> None:
    with pytest.raises(LexiconError, match=reason):
        check_words(text)


def test_the_dictionary_is_plain() -> None:
    raw = (resources.files("indexer.lexicon") / "user_words.txt").read_bytes()
    assert b"\r" not in raw
    assert not raw.startswith(b"\xef\xbb\xbf")
