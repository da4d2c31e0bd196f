"""What queries mean, on small reports: what they find, what is preferred, what is given up."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from indexer.store.query import Exact, Near, Prefer, Query, Term
from search_web.query.reader import WEIGHTS, Reading, Weights, read_query, relaxed
from tests.store.oracle import holds
from tests.web.query_notation import REPORTS, reading, report


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
