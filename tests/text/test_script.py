"""Script folding: one form for both sides, never another length, the same results as OpenCC."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opencc import OpenCC

from indexer.text import script
from indexer.text.script import LONG, fold, script_of, to_simplified

HAN = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF), max_size=60)
ANYTHING = st.text(max_size=80)
T2S = OpenCC("t2s")


@given(ANYTHING | HAN)
def test_folding_keeps_the_length(text: str) -> None:
    assert len(fold(text)) == len(text)


@given(ANYTHING | HAN)
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.characters(min_codepoint=0x3400, max_codepoint=0x9FFF))
def test_a_character_is_converted_as_opencc_does(char: str) -> None:
    assert to_simplified(char) == T2S.convert(char)


@given(HAN | ANYTHING, st.data())
def test_a_string_cut_out_of_a_text_folds_as_the_text_does(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    assert fold(text[start:end]) == fold(text)[start:end]


def test_the_gold_converts_as_opencc_does(gold: Path) -> None:
    """On the archive's own pages leaving out OpenCC's phrases changes nothing."""
    for path in gold.glob("*.txt"):
        text = path.read_text(encoding="utf-8")
        assert to_simplified(text) == T2S.convert(text), path.name


def test_both_scripts_and_widths_meet() -> None:
    assert fold("聯繫幫扶幹部，著力２０２１ＡＢＣ") == fold("联系帮扶干部,着力2021abc")


def test_the_seeds_are_told_apart(gold: Path) -> None:
    found = {path.name[:3]: script_of(path.read_text(encoding="utf-8"))
             for path in gold.glob("*.txt") if "unsure" not in path.name}
    assert found == {"000": "hant", "001": "hans", "002": "hant", "003": "hant", "004": "hans"}


def test_a_text_of_two_scripts_is_mixed() -> None:
    assert script_of("鄉村振興與幫扶工作，乡村振兴与帮扶工作") == "mixed"


def test_every_character_folds_alone_as_it_does_in_a_long_text() -> None:
    """All of Unicode, lone surrogates too, against the definition: Simplified first, then the folds."""
    every = "".join(map(chr, range(0x110000)))
    simplified = every.translate(script._to_simplified())
    assert to_simplified(every) == simplified
    assert fold(every) == simplified.translate(script._folds())
    assert fold(every) == "".join(fold(char) for char in every)


@pytest.mark.parametrize("length", [LONG - 1, LONG, LONG + 1])
def test_short_and_long_texts_fold_alike(length: int) -> None:
    text = ("驻村㑳\ud800𠁞幫扶ＡÉΣ" * length)[:length]
    assert fold(text) == "".join(map(fold, text))


def test_telling_characters_are_counted_as_the_dictionaries_list_them() -> None:
    traditional = {k for k, v in script._dictionary("TSCharacters.txt").items() if k not in v}
    simplified = {k for k, v in script._dictionary("STCharacters.txt").items() if k not in v}
    for char in traditional ^ simplified:
        assert script_of(char) == ("hant" if char in traditional else "hans")
    assert all(script_of(char) == "hans" for char in traditional & simplified)
