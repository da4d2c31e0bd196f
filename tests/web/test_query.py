"""The query language: hand-written readings, their meaning on small reports, and any input at all."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.errors import UsageError
from indexer.indexing import Options, run
from indexer.lexicon.synonyms import SynonymError, read, synonyms
from indexer.store.engine import Document, Made, PageState
from indexer.store.exact import is_punctuation
from indexer.store.query import (
    All,
    And,
    Exact,
    Near,
    Not,
    Or,
    Prefer,
    Query,
    Range,
    Tag,
    Term,
    Wildcard,
)
from indexer.text.script import fold
from indexer.text.tokenise import tokenise
from search_web.app import create_app
from search_web.language.messages import note as in_chinese
from search_web.query.examples import HELP, Example
from search_web.query.lexer import FIELDS
from search_web.query.plain import COMMON
from search_web.query.reader import (
    MAX_CLAUSES,
    MAX_QUERY,
    WEIGHTS,
    Filter,
    Note,
    Reading,
    Weights,
    read_query,
    relaxed,
)
from search_web.query.syntax import MAX_DEPTH, parse
from tests.conftest import html_page
from tests.store.oracle import holds

WEB = Path(__file__).parents[2] / "search_web"
CASES = Path(__file__).with_name("cases_query.tsv")
PLACES = {"甘肃": "甘肃省", "四川": "四川省", "临洮": "甘肃省/临洮县"}


def resolve_region(text: str) -> frozenset[str]:
    name = fold(text).removesuffix("省").removesuffix("县")
    return frozenset({PLACES[name]}) if name in PLACES else frozenset()


def reading(typed: str, own_script: bool = False, without: Iterable[str] = (), weights: Weights = WEIGHTS) -> Reading:
    return read_query(typed, own_script=own_script, without_synonyms=frozenset(without), weights=weights,
                      resolvers={"region": resolve_region})


# A notation for trees that can be written by hand.

def tree(query: Query) -> str:
    """The tree as the cases write it, without its wishes and the brackets around all of it."""
    text = _tree(query)
    return text[1:-1] if text.startswith("(") and _closes_at_end(text) else text


def _closes_at_end(text: str) -> bool:
    depth = 0
    for at, char in enumerate(text):
        depth += (char == "(") - (char == ")")
        if not depth:
            return at == len(text) - 1
    return False


def _tree(query: Query) -> str:
    match query:
        case Prefer(inner, _):
            return _tree(inner)
        case All():
            return "everything"
        case And((only,)):
            return _tree(only)
        case And(parts):
            return "(" + " & ".join(map(_tree, parts)) + ")"
        case Or(()):
            return "nothing"
        case Or(parts, minimum):
            return (f"{minimum}:" if minimum > 1 else "") + "(" + " / ".join(map(_tree, parts)) + ")"
        case Not(part):
            return "!" + _tree(part)
        case Tag(facet, values):
            return f"{facet}={','.join(sorted(values))}"
        case Range(column, low, high):
            return f"{column}={low or ''}..{high or ''}"
    return (f"{query.area}:" if query.area else "") + _leaf(query)


def _leaf(query: Term | Wildcard | Exact | Near) -> str:
    match query:
        case Near(parts, distance, ordered):
            return "<" + f" {'*' if ordered else '~'}{distance} ".join(parts) + ">"
        case Wildcard(pattern):
            return f"like:{pattern}"
        case Exact(text, _, str(typed)):
            return f"{text}[{typed}]"
        case Exact(text):
            return text
    raise AssertionError(query)


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


# What queries mean, on reports.

def report(name: str, title: str, body: str, published: int = 20150406, **facets: str) -> Document:
    """A small report; facets are single values, a region stands with its ancestors."""
    folded = fold(title), fold(body)
    region = facets.pop("region", "unknown").split("/")
    values: dict[str, tuple[str, ...]] = {facet: (value,) for facet, value in facets.items()}
    values["region"] = tuple("/".join(region[:n + 1]) for n in range(len(region)))
    return Document(
        id=name, state=PageState(name, "", "", Made("", "", ""), 1),
        title_words=" ".join(word.text for word in tokenise(folded[0])),
        body_words=" ".join(word.text for word in tokenise(folded[1])),
        text="\0".join(folded), display=f"{title}\0{body}", facets=values, published=published, stored=b"")


REPORTS = [
    report("A", "临洮县驻村帮扶工作总结", "驻村工作队落实“四个不摘”要求，帮助贫困户养羊，户均增收12.5%。合作社发展苹果产业。",
           region="甘肃省/临洮县", year="2014", kind="总结"),
    report("B", "產業幫扶見成效", "合作社帶動貧困戶種植核桃、花椒，\n不種蘋果。", 20120300, region="四川省", year="2012", kind="新闻"),
    report("C", "双联行动简报", "联村联户、为民富民行动开展以来，干部为建档立卡户硬化道路3公里。产业发展很快，农户很多，养蜂也多，"
           "办起了一家又一家的专业合作社。", 0, region="甘肃省", year="unknown", kind="简报"),
]


@pytest.mark.parametrize(("typed", "names"), [
    ("驻村", "A"), ("合作社", "ABC"), ("产业 合作社", "ABC"), ('"产业 合作社"~3', ""), ('"产业 合作社"~30', "AC"),
    ('"合作社 产业"~4', "A"), ('"合作社*产业"', "A"), ('"产业*合作社"', ""), ("四不摘", "A"), ('"四不摘"', ""),
    ('"四个*摘"', "A"), ('"“四个不摘”要求"', "A"), ('"四个不摘要求"', "A"), ('"四个不摘，要求"', ""),
    ("双联", "C"), ("联村联户", "C"), ('"双联"', "C"), ("贫困户", "ABC"), ('"贫困户"', "AB"), ("貧困戶 -苹果", "C"),
    ("苹果 OR 道路", "ABC"), ("苹果 花椒 OR 道路", "BC"), ("合作社 核桃|道路", "BC"), ("合作社 -(核桃|道路)", "A"),
    ("标题:驻村", "A"), ("标题:合作社", ""), ("正文:双联", "C"), ("标题:产业 正文:核桃", "B"), ("标题:(双联 OR 产业)", "BC"),
    ("地区:甘肃", "AC"), ("地区:临洮县 养羊", "A"), ("地区:甘肃|四川 -驻村", "BC"), ("年份:2012..2013", "B"), ("年份:..2014", "AB"),
    ("年份:不详", "C"), ("发布:2012", "B"), ("发布:2012-03", "B"), ("发布:2012-03-01..", "A"), ("发布:2015", "A"),
    ("体裁:总结|新闻", "AB"), ("-体裁:总结", "BC"), ('"12.5%"', "A"), ("增收12.5%", "A"), ("125", ""), ("3公里", "C"),
    ("NOT 合作社", ""), ("不种苹果", "B"), ('"花椒，不种苹果"', "B"), ('"核桃花椒不种"', "B"), ("种植*", "B"),
    ("篇幅:60..", "C"), ("驻村 火星", ""), ("合作社 贫困户养", "A"), ("开来", ""), ("摘要", ""), ('"摘要"', "A"),
    ("联村联户为民富民", "C"), ("-摘要 驻村", "A"), ('-"摘要" 驻村', ""), ("苹果 NOT (贫困户 AND 核桃)", "A"),
    ("哪些合作社带动贫困户种植核桃、花椒和苹果", "B"),
])
def test_what_a_query_finds(typed: str, names: str) -> None:
    query = reading(typed).query
    assert "".join(one.id for one in REPORTS if holds(one, query)) == names


@pytest.mark.parametrize(("typed", "names"), [
    ("贫困户", "AC"), ("貧困戶", "B"), ("合作社", "ABC"), ('"種植核桃"', "B"), ('"种植核桃"', ""), ("合作社 -蘋果", "AC"),
    ('"貧困戶*核桃"', "B"), ('"贫困户*核桃"', ""), ('"种植 核桃"~5', ""), ("產業", "B"),
])
def test_own_script_finds_only_the_characters_that_were_typed(typed: str, names: str) -> None:
    query = reading(typed, own_script=True).query
    assert "".join(one.id for one in REPORTS if holds(one, query)) == names


# Brackets, operators and their precedence: random expressions, written in random spellings.

LEAVES = ("苹果", "核桃", "驻村", "双联", "花椒", "道路")


def expression(dice: random.Random, depth: int = 4) -> tuple[str, Callable[[str], bool], int]:
    """A query, what it means, and how loosely it binds: 0 a word, 1 a minus, 2 |, 3 a blank, 4 OR."""
    level = dice.randint(0, 4) if depth else 0
    if level == 0:
        word = dice.choice(LEAVES)
        return dice.choice((word, f'"{word}"', f"“{word}”")), lambda text: f'"{word}"' in text, 0
    parts = [expression(dice, depth - 1) for _ in range(1 if level == 1 else dice.randint(2, 3))]
    typed = [text if binds < level else dice.choice(("({})", "（{}）", "( {} )")).format(text)
             for text, _, binds in parts]
    if level == 1:
        return dice.choice(("-", "－", "NOT ", "ＮＯＴ　")) + typed[0], lambda text: not parts[0][1](text), 1
    between = {2: ("|", "｜", " | "), 3: (" ", "　", " AND "), 4: (" OR ", "　ＯＲ　")}[level]
    join = all if level == 3 else any
    query = typed[0] + "".join(dice.choice(between) + text for text in typed[1:])
    return query, lambda text: join(means(text) for _, means, _ in parts), level


def test_random_expressions_mean_what_they_say() -> None:
    dice = random.Random(6)
    texts = [[word for word in LEAVES if dice.random() < 0.4] for _ in range(20)]
    reports = [report("x", "", "，".join(words)) for words in texts]
    for _ in range(150):
        typed, means, _ = expression(dice)
        read_as = read_query(typed, without_synonyms=frozenset(LEAVES))
        assert not read_as.notes, typed
        for words, one in zip(texts, reports, strict=True):
            assert holds(one, read_as.query) == means(" ".join(f'"{word}"' for word in words)), (typed, words)


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


# Wishes and relaxation.

def wishes_of(read_as: Reading) -> dict[Query, float]:
    assert isinstance(read_as.query, Prefer)
    return dict(read_as.query.wishes)


def test_wishes_put_the_better_report_first() -> None:
    wished = wishes_of(reading("苹果种植 农户"))
    assert wished[Term("苹果")] == WEIGHTS.word
    assert wished[Exact("苹果", "title", unbroken=True)] == WEIGHTS.title
    assert wished[Exact("果种", unbroken=True)] == WEIGHTS.bigram
    assert wished[Exact("苹果种植")] == wished[Exact("苹果种植农户")] == WEIGHTS.string
    assert wished[Near(("苹果", "种植"), WEIGHTS.near_distance)] == WEIGHTS.near
    assert wished[Near(("种植", "农户"), WEIGHTS.near_distance)] == WEIGHTS.near
    assert wishes_of(reading("贫困户"))[Term("建档立卡户")] == WEIGHTS.word * WEIGHTS.synonym


def test_a_weight_of_nothing_is_no_wish() -> None:
    words = wishes_of(reading("苹果种植 农户", weights=Weights(bigram=0, string=0, string_in_title=0, near=0, title=0)))
    assert set(words) == {Term("苹果"), Term("种植"), Term("农户")}
    pairs = wishes_of(reading("苹果种植", weights=Weights(word=0, string=0, string_in_title=0, near=0, title=0)))
    assert set(pairs) == {Exact(pair, unbroken=True) for pair in ("苹果", "果种", "种植")}


def test_wishes_change_nothing_of_what_is_found() -> None:
    for typed in ("产业 合作社", "四不摘", "哪些合作社带动贫困户种植核桃、花椒和苹果"):
        query = reading(typed).query
        assert isinstance(query, Prefer)
        for one in REPORTS:
            assert holds(one, query) == holds(one, query.query)


def found_after_relaxing(typed: str) -> tuple[str, Reading]:
    read_as: Reading | None = reading(typed)
    while read_as is not None:
        names = "".join(one.id for one in REPORTS if holds(one, read_as.query))
        if names:
            return names, read_as
        last, read_as = read_as, relaxed(read_as)
    return "", last


@pytest.mark.parametrize(("typed", "names", "missing"), [
    ("驻村 养羊", "A", None), ("驻村 核桃", "AB", (1, 2)), ("驻村 养羊 核桃 花椒 道路", "AB", (2, 5)),
    ("驻村 火星", "A", (1, 2)), ("火星 木星", "", (1, 2)), ("火星", "", None), ('"驻村核桃"', "", None),
    ('驻村 核桃 "四个不摘"', "A", (1, 2)), ("驻村 核桃 地区:四川", "B", (1, 2)), ("驻村 核桃 -花椒", "A", (1, 2)),
    ("(驻村 核桃) OR 火星", "", None),
])
def test_when_nothing_holds_all_what_holds_most_is_shown(typed: str, names: str, missing: tuple[int, int] | None) -> None:
    found, read_as = found_after_relaxing(typed)
    assert (found, read_as.missing) == (names, missing)
    assert [note.code for note in read_as.notes].count("relaxed") == (missing is not None)
    assert (read_as.describe()["relaxed"] is not None) == (missing is not None)


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
