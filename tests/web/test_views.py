"""What is shown of facets and of a report's text, worked out without a page around it."""

from __future__ import annotations

import ast
import re
from itertools import pairwise
from pathlib import Path
from string import Formatter
from typing import Any

import pytest

from indexer.errors import UsageError
from search_web.answer.snippet import segments
from search_web.language import messages
from search_web.language.messages import usage
from search_web.pages.facet_view import MAX_BRANCH, MAX_REGIONS, Choice, region_choices, year_choices
from search_web.pages.parameters import State
from search_web.pages.report_view import reading
from tests.conftest import ROOT


def node(value: str, count: int, children: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    return {"value": value, "label": value.rpartition("/")[2], "count": count, "children": children or []}


def branch(prefectures: int, counties: int) -> list[dict[str, Any]]:
    """A province with that many prefectures of so many counties."""
    return [node("甘肃省", 9, [
        node(f"甘肃省/{p}市", 3, [node(f"甘肃省/{p}市/{c}县", 1) for c in range(counties)])
        for p in range(prefectures)])]


def count(choices: tuple[Choice, ...]) -> int:
    return sum(1 + count(choice.children) for choice in choices)


def test_a_tree_that_is_too_long_waits_to_be_opened() -> None:
    (short,) = region_choices(branch(3, 3), State())
    assert count((short,)) == 13
    (long,) = region_choices(branch(20, 20), State())
    assert count((long,)) == 21 <= MAX_REGIONS
    (opened,) = region_choices(branch(20, 20), State(regions=("甘肃省/7市",)))
    assert count((opened,)) == 41
    assert [choice.label for choice in opened.children if choice.open] == ["7市"]


def test_a_wide_branch_is_cut_but_what_is_chosen_stays() -> None:
    chosen = f"甘肃省/0市/{MAX_BRANCH + 20}县"
    (province,) = region_choices(branch(1, 300), State(regions=(chosen,)))
    (prefecture,) = province.children
    assert len(prefecture.children) == MAX_BRANCH + 1
    assert prefecture.more == 300 - MAX_BRANCH - 1
    assert prefecture.children[-1].chosen


def test_years_in_a_chosen_range_are_marked_and_replace_it() -> None:
    items = [{"value": "unknown", "count": 2}, {"value": 2016, "count": 1}, {"value": 2013, "count": 4}]
    recent, older, unknown = year_choices(items, State(years=("2012..2015",)))
    assert (recent.chosen, older.chosen, unknown.chosen) == (False, True, False)
    assert (recent.href, older.href) == ("?year=2012..2015&year=2016", "?year=2013")
    assert (unknown.label, unknown.share, older.share) == ("年份不详", 50.0, 100.0)


def report(body: str, title: str, headings: list[str], hits: list[tuple[int, int]]) -> dict[str, Any]:
    """A report as the service gives it."""
    lines, start = [], 0
    for line in body.split("\n"):
        lines.append({"start": start, "segments": segments(body, hits, start, start + len(line))})
        start += len(line) + 1
    return {"title": title, "body": body, "marked_title": segments(title, []), "marked_body": lines,
            "sections": [{"heading": heading, "start": body.index(heading)} for heading in headings]}


def test_headings_never_skip_a_level() -> None:
    body = "（一）修路。全村修路三公里。\n二、产业\n1.养蜂\n养蜂百箱。\n（二）种药\n三、打算"
    shown = reading(report(body, "总结", ["（一）修路", "二、产业", "1.养蜂", "（二）种药", "三、打算"], []))
    levels = [paragraph.level for paragraph in shown.paragraphs if paragraph.level]
    assert levels[0] == 2
    assert all(b <= a + 1 for a, b in pairwise(levels))
    assert [piece.text for piece in shown.paragraphs[0].pieces if piece.strong] == ["（一）修路。"]


def test_nothing_of_the_text_is_lost_but_the_repeated_title() -> None:
    body = "某县\n驻村工作总结\n——二〇一九年\n正文驻村第一段。\n\n第二段驻村。"
    hits = [(body.index("驻村", 8), body.index("驻村", 8) + 2)]
    shown = reading(report(body, "某县驻村工作总结", [], hits))
    text = "\n".join("".join(piece.text for piece in paragraph.pieces) for paragraph in shown.paragraphs)
    assert text == "——二〇一九年\n正文驻村第一段。\n第二段驻村。"
    assert shown.paragraphs[0].subtitle
    assert (shown.hits, shown.first) == (1, 1)


@pytest.mark.parametrize("title", ["", None])
def test_a_report_without_a_title(title: str | None) -> None:
    given = report("一句话。", "", [], [])
    shown = reading(given | {"title": title})
    assert len(shown.paragraphs) == 1


def test_a_code_without_a_chinese_sentence_falls_back_to_english() -> None:
    assert usage(UsageError("Something new.", "brand-new")) == "Something new."


COVERAGE = ROOT / "indexer" / "coverage.py"


def made(name: str, *paths: Path) -> list[tuple[str, set[str]]]:
    """The codes that modules (by default all that a page may ask) give to `name(sentence, code, …)`, with their values."""
    found = []
    for path in paths or (*(ROOT / "search_web").rglob("*.py"), COVERAGE):
        if path.name == "cli.py":  # says it on the terminal, in English
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name:
                codes = [one.value for one in node.args[:2] if isinstance(one, ast.Constant) and isinstance(one.value, str)
                         and re.fullmatch("[a-z]+(-[a-z]+)+|common|anonymised|relaxed", one.value)]
                found += [(code, {one.arg or "" for one in node.keywords}) for code in codes]
    return found


def test_everything_that_is_said_by_a_code_is_said_in_chinese() -> None:
    codes = made("UsageError")
    assert len(made("UsageError", COVERAGE)) == COVERAGE.read_text(encoding="utf-8").count("raise UsageError(") > 0
    assert len(codes) > 25
    for code, values in codes:
        if code in {"unknown-report", "bad-address"}:  # said on the terminal only
            continue
        template = messages._USAGE[code]
        assert {field for _, field, _, _ in Formatter().parse(template) if field} <= values, code
    notes = made("Note")
    assert len(notes) > 10
    for code, _ in notes:
        assert code in messages._NOTES, code
