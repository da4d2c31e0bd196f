"""`bangfu inspect` for a person: what was repaired, where, by which rule; raw and clean side by side."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console

from indexer.inspection import print_diff, print_repairs, rows, spots, visible, wrapped
from indexer.model import Page, Problem, Processed, RawPage, Source
from indexer.pipeline import process
from indexer.text.repair import repair
from search_web.cli import main

TEXT = ("甲县帮扶工作总结\n"
        "甲县實(shí)施項(xiàng)目,落實(shí)到戶(hù),鄉(xiāng)村振興(xīng)工作扎實(shí)推進(jìn)。\n"
        "本年锟斤拷臵办器材o.6万元。")


def processed(text: str = TEXT) -> Processed:
    result = process(RawPage("a.txt", text.encode(), "text", Source("/a.txt")))
    assert not isinstance(result, Problem)
    return result


def bare(text: str) -> Processed:
    """A page of which only the text matters."""
    return Processed(Page("a", "a.txt", None, "utf-8", (), "text", ""), (), (), text, repair(text))


def printed(page: Processed, *, colours: bool = False, width: int = 80, every: bool = False, diff: bool = False) -> str:
    out = io.StringIO()
    console = Console(file=out, width=width, force_terminal=colours, color_system="standard" if colours else None)
    print_diff(console, page) if diff else print_repairs(console, page, every)
    return out.getvalue()


def inspect(path: Path, *options: str) -> Result:
    return CliRunner().invoke(main, ["inspect", str(path), *options])


@pytest.fixture
def page(tmp_path: Path) -> Path:
    file = tmp_path / "a.txt"
    file.write_text(TEXT, encoding="utf-8")
    return file


def test_the_list_names_rule_place_and_words() -> None:
    told = printed(processed())
    assert "pinyin-notes ×8  Remove the notes of a gloss generator" in told
    assert "2:4  工作总结⏎甲县實⟦(shí) → ⟧施項(xiàng" in told
    assert "⟦臵 → 置⟧" in told
    assert "⟦o → 0⟧" in told
    assert "\x1b[" not in told


def test_what_was_left_is_told_with_its_reason() -> None:
    told = printed(processed())
    assert "left as it is" in told
    assert "3:3  " in told
    assert "⟦锟斤拷⟧" in told
    assert "mojibake: characters that a wrong conversion destroyed" in told


def test_places_are_those_of_the_extracted_text() -> None:
    lines = TEXT.split("\n")
    for spot in spots(processed()):
        if "\n" not in spot.before and "⏎" not in spot.before:
            assert lines[spot.line - 1][spot.column - 1:].startswith(spot.before), spot


def test_many_edits_of_a_rule_are_cut_and_all_can_be_had() -> None:
    page = processed("甲县帮扶工作总结\n" + "\n".join(f"第{n}户,落实了措施" for n in range(30)))
    assert "… and 20 more (--all lists them)" in printed(page)
    assert printed(page, every=True).count("⟦, → ，⟧") == 30


def test_side_by_side_plain_marks_what_went_and_came() -> None:
    told = printed(processed(), diff=True, width=100)
    assert "[-(shí)-]" in told
    assert "{+，+}" in told
    assert "\x1b[" not in told
    assert "{+置+}办器材{+0+}" in told


def test_side_by_side_on_a_terminal_is_coloured() -> None:
    told = printed(processed(), diff=True, colours=True, width=100)
    assert "\x1b[31m(shí)\x1b[0m" in told
    assert "\x1b[32m，\x1b[0m" in told
    assert "[-" not in told


@pytest.mark.parametrize("width", [40, 61, 80, 140])
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    told = columns(printed(processed(), diff=True, colours=True, width=width))
    plain = [line for line in told.splitlines() if line]
    console = Console(width=width)
    for line in plain:
        assert cell_len(console.render_str(line).plain if "\x1b" not in line else without_colours(line)) <= width


def columns(told: str) -> str:
    """The two texts side by side, without what is listed below them."""
    found, heading, _ = told.partition("\x1b[1mleft as it is" if "\x1b" in told else "left as it is")
    assert heading
    return found


def without_colours(line: str) -> str:
    import re  # noqa: PLC0415 - one use

    return re.sub("\x1b\\[[0-9;]*m", "", line)


def test_the_columns_stand_one_above_the_other() -> None:
    told = columns(printed(processed(), diff=True, width=100)).splitlines()
    borders = {cell_len(line[:line.index("│")]) for line in told}
    assert len(borders) == 1


@given(st.text(alphabet="甲乙,(shí)县\n 12、。臵o.６?", max_size=100))
def test_both_texts_stand_whole_in_the_rows(text: str) -> None:
    page = bare(text)
    found = list(rows(page))
    left = "".join(run for row in found for run, _ in row.left).replace("⏎", "")
    right = "".join(run for row in found for run, _ in row.right).replace("⏎", "")
    assert left == visible(text.replace("\n", ""))
    assert right == visible(page.repaired.text.replace("\n", ""))
    assert max((row.right_line for row in found), default=1) <= page.repaired.text.count("\n") + 1
    numbers = [row.left_line for row in found if row.left_line]
    assert numbers == sorted(set(numbers))


@given(st.text(alphabet="甲乙，。abc12 （）", max_size=80), st.integers(6, 30))
def test_wrapping_keeps_the_text_and_the_width(text: str, width: int) -> None:
    lines = wrapped([(text, "")], width)
    assert "".join(line.plain for line in lines) == text
    assert all(cell_len(line.plain) <= width for line in lines)


def test_wrapping_follows_the_rules_of_chinese_type() -> None:
    lines = [line.plain for line in wrapped([("全乡共硬化道路12.5公里，群众满意。", "")], 12)]
    assert lines == ["全乡共硬化道", "路12.5公里，", "群众满意。"]
    assert [line.plain for line in wrapped([("一二三四五六，七", "")], 12)] == ["一二三四五", "六，七"]


def test_the_command_prints_facts_repairs_and_diff(page: Path) -> None:
    told = inspect(page)
    assert told.exit_code == 0
    assert "kind" in told.stdout
    assert "总结" in told.stdout
    assert "⟦(shí) → ⟧" in told.stdout
    assert "⟦(shí) → ⟧" not in inspect(page, "--diff").stdout
    assert "[-(shí)-]" in inspect(page, "--diff").stdout


@pytest.mark.parametrize("options", [(), ("--diff",), ("--all",)])
def test_what_was_left_is_told_once(page: Path, options: tuple[str, ...]) -> None:
    told = inspect(page, *options).stdout
    assert told.count("characters that a wrong conversion destroyed") == 1
    assert told.count("left as it is") == 1


def test_the_record_and_the_pictures_are_not_mixed(page: Path) -> None:
    result = inspect(page, "--json", "--diff")
    assert result.exit_code == 2
    assert "--json" in result.output


def test_a_page_without_damage_says_nothing_of_repairs(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_text("甲县帮扶工作总结\n一年来，工作队走访了全部农户。", encoding="utf-8")
    told = inspect(file)
    assert "repairs, by line" not in told.stdout
    assert "left as it is" not in told.stdout
