"""The query language: hand-written readings, the account of them, limits, and any input at all."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.errors import UsageError
from indexer.indexing import Options, run
from indexer.lexicon.synonyms import SynonymError, read, synonyms
from indexer.store.exact import is_punctuation
from indexer.store.query import (
    And,
    Exact,
    Not,
    Prefer,
)
from indexer.text.script import fold
from search_web.app import create_app
from search_web.language.messages import note as in_chinese
from search_web.query.examples import HELP, Example
from search_web.query.lexer import FIELDS
from search_web.query.plain import COMMON
from search_web.query.reader import (
    MAX_CLAUSES,
    MAX_QUERY,
    Filter,
    Note,
    Reading,
    read_query,
    relaxed,
)
from search_web.query.syntax import MAX_DEPTH, parse
from tests.conftest import html_page
from tests.store.oracle import holds
from tests.web.query_notation import REPORTS, reading, tree

WEB = Path(__file__).parents[2] / "search_web"
CASES = Path(__file__).with_name("cases_query.tsv")


def cases() -> list[tuple[str, str, str]]:
    rows = [line.split("\t") for line in CASES.read_text(encoding="utf-8").splitlines()
            if line and not line.startswith("#")]
    return [(typed, expected, codes) for typed, expected, codes in rows]


def test_there_are_cases_enough() -> None:
    assert len(cases()) >= 80
    assert len({typed for typed, _, _ in cases()}) == len(cases())


@pytest.mark.parametrize(("typed", "expected", "codes"), cases())
def test_a_query_is_read_as_its_author_meant(typed: str, expected: str, codes: str) -> None:
    read_as = reading(typed)
    assert tree(read_as.query) == expected
    assert sorted({note.code for note in read_as.notes}) == [code for code in codes.split(",") if code]


# The account.

def test_the_account_of_a_query() -> None:
    told = reading('貧困戶 "四個不摘" 地区:甘肅 -蘋果 "产业 合作社"~20').describe()
    assert told["words"] == ["贫困户"]
    assert told["exact"] == ["四个不摘"]
    assert told["patterns"] == ["产业 合作社~20"]
    assert told["excluded"] == ["苹果"]
    assert told["synonyms"] == {"贫困户": ["建档立卡户", "建档立卡贫困户"]}
    assert told["typed_filters"] == [{"field": "region", "typed": "甘肅", "values": ("甘肃省",), "excluded": False}]
    assert {"typed": "貧困戶", "searched": "贫困户"} in told["conversions"]
    assert told["converted"]
    assert told["notes"] == []
    assert json.loads(json.dumps(told, ensure_ascii=False))["tree"]["all"]


def test_the_same_meaning_has_the_same_account() -> None:
    one = reading('農戶 AND （標題：蘋果 ｜ 標題：核桃） －“花椒”').describe()["tree"]
    assert one == reading('农户 标题:苹果|核桃 NOT "花椒"').describe()["tree"]


@pytest.mark.parametrize(("typed", "unbroken"), [
    ("会议", True), ("-会议", True), ("标题:会议", True), ("會議", True), ('"会议"', False), ('-"会议"', False),
    ("-作者:张三", False)])


def test_a_word_holds_no_mark_and_a_string_may(typed: str, unbroken: bool) -> None:
    query = reading(typed).query
    inner = query.query if isinstance(query, Prefer) else query
    assert isinstance(inner, And)
    part = inner.parts[0].part if isinstance(inner.parts[0], Not) else inner.parts[0]
    assert isinstance(part, Exact)
    assert part.unbroken is unbroken


def test_synonyms_can_be_taken_away() -> None:
    assert tree(reading("贫困户 四不摘", without={"贫困户"}).query) == "贫困户 & (四不摘 / 四个不摘)"
    assert tree(reading("贫困户", without={"建档立卡户"}).query) == "贫困户 / 建档立卡贫困户"


def test_browsing_is_when_there_is_nothing_to_rank_by() -> None:
    assert [reading(typed).browsing for typed in ("", "\x00 \t", "地区:甘肃", "-苹果", "苹果", '"苹果"', "苹果*")] == [
        True, True, True, True, False, False, False]
    assert tree(reading("　").query) == "everything"


# Limits.

def test_limits_are_told() -> None:
    with pytest.raises(UsageError) as too_long:
        read_query("村" * (MAX_QUERY + 1))
    assert too_long.value.code == "query-too-long"
    with pytest.raises(UsageError) as too_many:
        read_query(" ".join(f"词{n}" for n in range(MAX_CLAUSES + 1)))
    assert too_many.value.code == "too-many-words"
    read_query(" ".join(f"词{n}" for n in range(MAX_CLAUSES)))


@pytest.mark.parametrize("typed", [
    "(" * 1000, "（苹果" * 300, "-" * 1000, "NOT " * 250, "标题:" * 330, "标题:-" * 250, "标题:(" * 250, '"' * 999, "“" * 1000,
    "“”" * 500, "|" * 1000, "a|" * 60, "*" * 1000, '"*' * 500, "~" * 1000, "😀" * 1000, "x" * 1000, "1" * 1000, "年份:" + "1" * 900,
    '"a b"~' + "9" * 900, "a(" * 30 + ")" * 30, "1," * 499, "À" * 1000, "xxx" * 300, "\ud800" * 10, "-(" * 300, "年份:" + "." * 900,
])
def test_the_worst_that_can_be_typed(typed: str) -> None:
    try:
        read_query(typed)
    except UsageError as error:
        assert error.code == "too-many-words"  # noqa: PT017 - either is right


def test_deep_brackets_are_named() -> None:
    codes = [note.code for note in read_query("(" * (MAX_DEPTH + 5) + "苹果").notes]
    assert "too-deep" in codes


# Any input at all.

PIECES = st.sampled_from([
    "苹果", "駐村", "四不摘", "“", "”", '"', "「", "」", "(", ")", "（", "）", "|", "｜", "-", "－", "*", "＊", "~20", "～", " ", "　", " AND ",
    " OR ", " NOT ", "标题:", "地区：", "年份:", "发布:", "2012..2015", "2012-03", "甘肃", "篇幅:", "12.5%", "xx县", "的", "、", "，", "\0",
    "\u200b", "\ud800", "é", "a", "OR", "主题:", "不详", "..", "鑫", "𠮷", "作者:",
])
ANYTHING = st.one_of(st.text(max_size=60), st.lists(PIECES, max_size=25).map("".join))


@settings(max_examples=400)
@given(ANYTHING, st.booleans())
def test_every_part_is_used_or_named(typed: str, own_script: bool) -> None:
    read_as = reading(typed, own_script)
    told = read_as.describe()
    account = fold(json.dumps(told, ensure_ascii=False))
    operators = {"AND": "and", "OR": "or", "NOT": "not"}
    names = {name for field in FIELDS for name in field} | set("".join(operators))
    for char in fold(typed):
        if is_letter(char) and char not in names and not char.isascii():
            assert char in account, (char, typed, told)
    assert all(note.text and in_chinese({"code": note.code, "text": note.text, "part": note.part})
               for note in read_as.notes)
    for one in REPORTS:
        holds(one, read_as.query)
    again = relaxed(read_as)
    assert again is None or again.missing is not None


def is_letter(char: str) -> bool:
    """A character that could be sought: no blank, no control, no mark; common words are named in a note."""
    return char.isalnum() and not is_punctuation(char)


@settings(max_examples=200)
@given(st.lists(st.sampled_from(["苹", "鑫", "村", "(", ")", "|", " ", "-", '"', "“", "”", "OR ", "AND "]), max_size=30).map("".join))
def test_the_tree_holds_every_word_at_its_place(typed: str) -> None:
    parsed = parse(typed)
    if parsed.tree is None:
        assert not any(char in "苹鑫村" for char in typed)
        return
    assert 0 <= parsed.tree.start < parsed.tree.end <= len(typed)


@pytest.mark.parametrize("text", ["农户", "核桃、花椒", "驻村 帮扶", "3公里", "“双联”行动", "12.5%", "a b"])
def test_a_quoted_string_is_sought_as_it_stands(text: str) -> None:
    query = read_query(f'"{text}"').query
    assert query == And((Exact(fold("".join(text.split()))),))


# Data: help, notes, synonyms.

@pytest.mark.parametrize("example", [example for topic in HELP for example in topic.examples], ids=lambda e: e.query)
def test_every_example_of_the_help_page_runs(example: Example) -> None:
    read_as = read_query(example.query)
    assert [note.code for note in read_as.notes] in ([], ["common"])
    assert tree(read_as.query) != "nothing"


def test_the_help_page_names_every_field_and_operator() -> None:
    queries = " ".join(example.query for topic in HELP for example in topic.examples)
    named = {FIELDS[fold(name)] for name in FIELDS if f"{name}:" in queries}
    assert named == set(FIELDS.values())
    for sign in ("AND", "OR", "NOT", "|", " -", "(", "~", "*", '"'):
        assert sign in queries


def test_every_note_has_a_chinese_sentence() -> None:
    sources = "".join(path.read_text(encoding="utf-8") for path in WEB.rglob("*.py"))
    codes = set(re.findall(r"""(?:Note|_note)\(\s*"([a-z-]+)",""", sources))
    assert len(codes) > 15
    for code in codes:
        assert in_chinese({"code": code, "text": "only English", "part": "苹果"}) != "only English", code


def test_names_of_fields_are_in_the_search_form() -> None:
    assert [name for name in FIELDS if fold(name) != name] == []


def test_synonyms_are_in_the_search_form() -> None:
    groups = synonyms()
    lines = [line for line in (Path(__file__).parents[2] / "indexer/lexicon/synonyms.tsv").read_text(
        encoding="utf-8").splitlines() if line and not line.startswith("#")]
    assert len(lines) >= 60
    for word, others in groups.items():
        for text in (word, *others):
            assert fold(text) == text
            assert len(text) >= 2
            assert text not in COMMON


@pytest.mark.parametrize("line", ["双联\t联村联户", "=\t双联", "=\t双联\t“双联”", "=\t双联\t联村\n=\t双联\t联户", "~\ta\tb", "=\t双联\t"])
def test_a_broken_synonym_line_is_named(line: str) -> None:
    with pytest.raises(SynonymError, match="line"):
        read(line)


def test_filters_are_told_apart() -> None:
    assert reading("-年份:2012..2013 地区:不详").filters == (
        Filter("year", "2012..2013", ("2012..2013",), True), Filter("region", "不详", ("unknown",)))


def test_an_unknown_name_is_said_and_searched() -> None:
    read_as = reading("地区:火星")
    assert read_as.words == ("火星",)
    assert read_as.notes == (Note("value-as-word", "地区:火星 names nothing that the field knows: 火星 is searched as "
                                  "plain words.", "地区:火星"),)


# What was typed, part by part.

def word(text: str, area: str | None = None, *synonyms: str) -> dict[str, object]:
    return {"word": text, "in": area, "synonyms": list(synonyms)}


@pytest.mark.parametrize(("typed", "expected"), [
    ("苹果 核桃", {"all": [word("苹果"), word("核桃")]}),
    ("苹果 OR 核桃", {"any": [word("苹果"), word("核桃")], "at_least": 1}),
    ("标题:饮水", word("饮水", "title")),
    ("NOT 标题:饮水", {"not": word("饮水", "title")}),
    ("-(苹果 OR 核桃)", {"not": {"any": [word("苹果"), word("核桃")], "at_least": 1}}),
    ("四不摘", word("四不摘", None, "四个不摘")),
    ("地区:甘肃 OR 地区:四川", {"field": "region", "values": ["甘肃省", "四川省"]}),
    ("年份:2012..2013", {"field": "year", "values": ["2012..2013"]}),
    ("“四不摘” 帮扶*", {"all": [{"pattern": "帮扶*", "in": None}, {"string": "四不摘", "in": None}]}),
    ("", None),
])
def test_the_structure_says_how_the_parts_are_joined(typed: str, expected: object) -> None:
    said = reading(typed).describe()["structure"]
    if isinstance(said, dict) and "all" in said:
        said["all"].sort(key=str)
        expected = {"all": sorted(expected["all"], key=str)} if isinstance(expected, dict) else expected
    assert said == expected


def test_the_page_says_how_the_parts_are_joined(tmp_path: Path) -> None:
    (tmp_path / "archive").mkdir()
    (tmp_path / "archive" / "a.html").write_text(html_page("饮水安全", ["村里通了自来水，苹果园也能浇上水了。"]), "utf-8")
    assert run(Options((tmp_path / "archive",), tmp_path / "index", jobs=1)).failed == 0
    client = create_app(tmp_path / "index").test_client()
    for typed, expected in {"苹果 OR 核桃": "含 苹果 或 核桃", "标题:饮水": "标题含 饮水", "NOT 标题:饮水": "标题不含 饮水",
                            "-(甲虫 OR 乙肝)": "不含（甲虫 或 乙肝）", "(苹果 核桃) OR 正文:“水”": "（含 苹果 且 核桃） 或 正文原样含 “水”",
                            "-(年份:2012 苹果)": "不是（年份：2012 且 含 苹果）"}.items():
        shown = BeautifulSoup(client.get("/search", query_string={"q": typed}).text, "lxml").select_one("div.read")
        assert shown is not None
        assert expected in " ".join(shown.get_text().split())


def test_a_relaxed_query_never_rests_on_numbers_and_single_characters() -> None:
    read_as = reading("饮水 2015 个 户")
    less: Reading | None = read_as
    while less is not None:
        last, less = less, relaxed(less)
    assert last.missing == (1, 4)
    assert tree(last.query) == "(饮水 / 2015 / 个 / 户) & 饮水"
    assert relaxed(reading("2015 84")) is None
