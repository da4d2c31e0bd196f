"""How searching is measured: judgements that can be met, figures by hand, and checks that can fail."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from indexer.indexing import Summary
from indexer.store import open_searcher, scoring
from tests.evaluation import exactness
from tests.evaluation.exactness import QUOTES, quoted, scan, texts
from tests.evaluation.indexed import PAGES, made_pages, sample
from tests.evaluation.ranking import (
    HALVES,
    KINDS,
    Judged,
    constants,
    facts,
    grade,
    meets,
    outcome,
    read_judged,
)
from tests.pagemaker.gold import Report

REPORT = facts(Report(title="康縣：扶貧車間復工記", paragraphs=("她的丈夫在“東莞市”打工。",), theme="就业",
                      regions=()))


@pytest.fixture
def small_index(archive: Path, index_it: Callable[..., Summary], tmp_path: Path) -> Path:
    """An index of twelve small pages."""
    index_it(archive)
    return tmp_path / "index"


def test_the_judged_queries_are_many_and_of_every_kind() -> None:
    judged = read_judged()
    assert len({one.id for one in judged}) == len({one.query for one in judged}) == len(judged) >= 120
    assert all(one.why for one in judged)
    assert set(Counter(one.kind for one in judged)) == set(KINDS)
    assert min(Counter((one.kind, one.half) for one in judged).values()) >= 10
    assert {one.half for one in judged} == set(HALVES)


def test_the_gold_has_an_answer_for_every_judged_query() -> None:
    """Where this fails, the page maker makes other pages now: the query wants another report."""
    pages = [page.gold for page in made_pages(PAGES)] + list(sample())
    reports = [facts(report) for page in pages for report in page.reports]
    for judged in read_judged():
        best = sum(grade(report, judged) == 3 for report in reports)
        assert best, f"{judged.id} {judged.query}: no report has grade 3"
        assert judged.kind != "known-item" or best <= 3, f"{judged.id} {judged.query}: {best} reports"


def test_a_condition_is_met_whatever_the_script_and_the_punctuation() -> None:
    assert meets(REPORT, {"title": "扶贫车间", "text": ["没有", "在东莞市打工"], "theme": "就业"})
    assert not meets(REPORT, {"title": "扶贫车间", "theme": "养老"})
    assert not meets(REPORT, {"title": "打工"})
    with pytest.raises(KeyError):
        meets(REPORT, {"titel": "扶贫车间"})


def test_the_figures_by_hand() -> None:
    judged = Judged("K01", "known-item", "康县", (), "")
    grades = {"a": 3, "b": 1}
    assert outcome(judged, grades, ["a", "b"]).ndcg == outcome(judged, grades, ["a", "b"]).mrr == 1.0
    late = outcome(judged, grades, ["b", "x", "a"])
    assert (late.mrr, late.grades) == (1 / 3, (1, 0, 3))
    assert late.ndcg == pytest.approx((1 + 7 / 2) / (7 + 1 / 1.584962500721156))
    assert outcome(judged, grades, []).mrr == outcome(judged, grades, ["x"] * 10 + ["a"]).ndcg == 0.0


def test_constants_are_put_back() -> None:
    before = scoring.K1
    with constants({"K1": 7.0}):
        within = scoring.K1
    assert (within, scoring.K1) == (7.0, before)


def test_marks_are_put_around_marks() -> None:
    assert quoted("“四个不摘”") == "「“四个不摘”」"
    with pytest.raises(ValueError, match="every kind"):
        quoted("".join(QUOTES))


def test_the_scan_finds_what_stands_there(small_index: Path) -> None:
    with open_searcher(small_index) as searcher:
        held = texts(searcher)
        assert len(scan(held, "驻村工作队坚持一户一策")) == len(held)
        assert len(scan(held, "驻村工作队坚持、一户一策")) == 0
        assert exactness.check(searcher, held, 50, random.Random(3)) == (0, [])


def test_a_wrong_answer_is_noticed(small_index: Path) -> None:
    """Texts that the index does not hold, and one that it holds and the scan does not know."""
    with open_searcher(small_index) as searcher:
        held = texts(searcher)
        title, body = held[0].shown
        turned = replace(held[0], shown=(title, body[::-1]), plain=held[0].plain[::-1])
        for false in ([turned], held[1:]):
            assert exactness.check(searcher, false, 50, random.Random(3))[1]
