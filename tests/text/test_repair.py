"""Repair: the laws that every fixer keeps, and cases as data."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.text.repair import FIXERS, repair, replay
from indexer.text.repair.steps import apply, landings

CASES = Path(__file__).parent / "cases"
# Characters that the fixers act on, so that random text runs into their rules.
SOUP = st.text(st.sampled_from(
    "幫實國産鄉(shí)xiāng?？,:;!。“”1234567890、 \n\t<p>br/&nbsp;\u200b\xa0臵o.年二一第篇：来源发布时间ICP备打印%"), max_size=120)


@given(SOUP)
@settings(max_examples=300)
def test_repairing_twice_is_repairing_once(text: str) -> None:
    once = repair(text).text
    assert repair(once).text == once


@given(SOUP)
@settings(max_examples=300)
def test_the_steps_replay_to_the_same_text(text: str) -> None:
    result = repair(text)
    assert replay(text, result.steps) == result.text


@given(SOUP)
@settings(max_examples=300)
def test_every_edit_lands_where_its_text_stands(text: str) -> None:
    """What the last step put in stands in the final text where the landing says."""
    result = repair(text)
    places = landings(result.steps)
    assert all(0 <= at <= len(result.text) for step in places for at in step)
    if result.steps:
        for edit, at in zip(result.steps[-1].edits, places[-1], strict=True):
            assert result.text[at:at + len(edit.new)] == edit.new


@given(SOUP)
def test_a_fixer_says_the_same_every_time(text: str) -> None:
    assert all(fixer(text) == fixer(text) for _, fixer in FIXERS)


@given(SOUP)
def test_edits_are_ascending_disjoint_and_change_something(text: str) -> None:
    for _, fixer in FIXERS:
        edits = fixer(text).edits
        apply(text, edits)  # raises when they are not
        assert all(text[edit.start:edit.end] != edit.new for edit in edits)


@pytest.mark.parametrize("unit", ["(", "????", "實(shí)", "2、", "。 ", "<p", "&", "来源：", "?shí)", "一、"])
def test_no_fixer_is_slower_than_linear(unit: str) -> None:
    # A quadratic rule would need hours for this: the suite's time limit is the judge.
    repair(unit * (500_000 // len(unit)))


def _cases(name: str) -> list[tuple[str, str]]:
    with (CASES / name).open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.reader(file, delimiter="\t") if row and not row[0].startswith("#")]
    return [(row[0].replace("\\n", "\n"), row[1].replace("\\n", "\n")) for row in rows]


@pytest.mark.parametrize(("raw", "clean"), _cases("repair.tsv"))
def test_damage_is_repaired(raw: str, clean: str) -> None:
    assert repair(raw).text == clean


@pytest.mark.parametrize(("text", "_why"), _cases("harmless.tsv"))
def test_what_only_looks_like_damage_is_left_alone(text: str, _why: str) -> None:
    assert repair(text).text == text


def test_clean_text_is_a_fixed_point(gold: Path) -> None:
    for path in sorted(gold.glob("*.txt")):
        if "unsure" not in path.name:
            text = path.read_text(encoding="utf-8").strip("\n")
            assert repair(text).text == text, path.name


def test_metadata_lines_become_labels() -> None:
    result = repair("- 時間:2023-06-19\n- 來源:秦州區鄉村振興局\n秦州區幫扶工作堅持落實政策要求。")
    assert [(label.name, label.value) for label in result.labels] == [
        ("時間", "2023-06-19"), ("來源", "秦州區鄉村振興局")]
    assert result.text == "秦州區幫扶工作堅持落實政策要求。"
