"""Themes and kinds: from cases kept as data, with negatives; on the sample archive's gold; and their lexicons."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from time import perf_counter

import pytest

from indexer.metadata.evident import Evident
from indexer.metadata.kind import find_kind, signs
from indexer.metadata.themes import SHIELD, find_themes, lexicon
from indexer.text.script import fold
from tests.metadata.conftest import read_cases

ROOT = Path(__file__).resolve().parents[2]
# What the gold of the sample archive calls its themes, by the lexicon's names. The rest (一户一策,
# 结对帮扶, 驻村工作队日常) are ways of helping, not fields of it.
THEME_OF_GOLD = {
    "产业合作社": "产业", "消费帮扶以购代捐": "消费帮扶", "就业扶贫车间": "就业", "教育助学": "教育",
    "医疗健康义诊": "医疗健康", "易地搬迁住房": "易地搬迁", "饮水安全": "饮水", "道路硬化": "道路",
    "抓党建促脱贫": "党建", "矛盾纠纷调解": "治理与纠纷", "人居环境整治": "人居环境", "积分超市": "治理与纠纷",
    "光伏扶贫": "光伏", "金融小额信贷": "金融保险", "防返贫监测": "防返贫监测", "东西部协作": "东西部协作",
    "电商直播带货": "电商", "中药材种植": "产业", "养羊养牛": "产业", "文化活动": "文化",
    "科技培训": "科技培训", "养老照料": "救助与关爱",
}


def themes_of(body: str, title: str | None = None) -> dict[str, str]:
    """Themes with the words that showed them."""
    found = find_themes(Evident(body, fold(body)), fold, title)
    return {theme.value: theme.evidence.words for theme in found}


def kind_of(body: str, title: str | None = None, source: str | None = None) -> str | None:
    found = find_kind(Evident(body, fold(body)), fold, title, source)
    return found.value if found else None


@pytest.mark.parametrize(("title", "body", "themes", "absent", "why"), read_cases("cases_themes.tsv"))
def test_themes(title: str, body: str, themes: str, absent: str, why: str) -> None:
    found = themes_of(body, title or None)
    assert set(filter(None, themes.split("|"))) <= set(found), (why, found)
    assert not set(filter(None, absent.split("|"))) & set(found), (why, found)


@pytest.mark.parametrize(("title", "body", "source", "kind", "why"), read_cases("cases_kind.tsv"))
def test_kind(title: str, body: str, source: str, kind: str, why: str) -> None:
    assert (kind_of(body, title or None, source or None) or "") == kind, why


def test_there_are_enough_cases_of_both_sorts() -> None:
    themes, kinds = read_cases("cases_themes.tsv"), read_cases("cases_kind.tsv")
    assert len(themes) >= 60
    assert sum(bool(case[3]) for case in themes) >= 25
    assert len(kinds) >= 60
    assert sum(not case[3] for case in kinds) >= 12
    named = {theme for _, uses in lexicon().values() for theme, _ in uses}
    assert named == {theme for case in themes for theme in case[2].split("|") if theme}


def test_evidence_says_which_words_how_often_and_where() -> None:
    body = "供水\n一、饮水安全\n修了蓄水池三座，蓄水池都满了，水质合格。"
    found = find_themes(Evident(body, fold(body)), fold, "某村饮水安全工程")[0]
    assert found.value == "饮水"
    assert found.evidence.rule == "title"
    assert "饮水安全×2（标题1、小标题1）" in found.evidence.words
    assert "蓄水池×2" in found.evidence.words


def test_the_strongest_theme_comes_first() -> None:
    body = "养羊的合作社有存栏母羊三百只，育苗大棚十座，分红两次，新品种出栏。\n修了村道和便民桥，硬化路面两公里，通车了。"
    assert next(iter(themes_of(body, "发展特色产业"))) == "产业"


def test_the_title_on_the_first_line_counts_once() -> None:
    body = "某村饮水安全工程\n工程已经完工。"
    assert themes_of(body, "某村饮水安全工程")["饮水"] == "饮水安全×1（标题1）"


def test_both_scripts_and_widths_show_the_same_theme() -> None:
    assert themes_of("", "產業幫扶") == themes_of("", "产业帮扶") != {}
    assert "基础设施" in themes_of("４Ｇ網絡通了，路燈亮了，水渠修了，變壓器換了。光纖也通到了各組。" * 2, None)


def test_the_lexicon_has_its_themes_and_shields() -> None:
    themes = {theme for _, uses in lexicon().values() for theme, _ in uses}
    assert 15 <= len(themes) <= 22
    assert SHIELD not in themes
    assert all(word == fold(word) and len(word) > 1 for word in lexicon())
    assert len({sign.kind for sign in signs()}) >= 12


def reports_of_the_gold() -> list[dict[str, str]]:
    lines = (ROOT / "corpus" / "expected.jsonl").read_text(encoding="utf-8").splitlines()
    return [report for line in lines for report in json.loads(line)["reports"]]


def test_the_main_theme_of_the_sample_archive_is_found() -> None:
    told = [(report, THEME_OF_GOLD.get(report["theme"])) for report in reports_of_the_gold()]
    found = [wanted in themes_of(report["body"], report["title"]) for report, wanted in told if wanted]
    assert sum(found) >= 0.93 * len(found)


def test_the_kind_of_the_sample_archive_is_right_or_unknown() -> None:
    outcome = Counter(
        "unknown" if kind is None else "right" if kind == report["kind"] else "wrong"
        for report in reports_of_the_gold()
        for kind in [kind_of(report["body"], report["title"], report["source"])])
    assert outcome["wrong"] <= 1
    assert outcome["right"] >= 0.83 * outcome.total()


@pytest.mark.parametrize("piece", ["饮水安全", "县教育和", "（记者", "现将", "同志们：\n", "1月2日，晴\n", "第", "((((", "——", "总结", "十", "(1)", "材料"])
def test_time_grows_no_faster_than_the_text(piece: str) -> None:
    body = piece * (400_000 // len(piece))
    evident = Evident(body, fold(body))
    started = perf_counter()
    find_themes(evident, fold, piece * 50)
    find_kind(evident, fold, piece * 50 + "甲", piece)
    assert perf_counter() - started < 5
