"""Where little is found: what each condition costs, what holds most of the words, and remarks on what was typed."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient

from search_web.app import create_app
from search_web.otherwise import conditions
from search_web.printing import account, beside, told
from search_web.query.question import Question
from search_web.service import SearchService
from tests.web.pages_read import soup, total
from tests.web.service_archive import make_service


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the index lies."""
    return tmp_path_factory.mktemp("otherwise")


@pytest.fixture(scope="module")
def service(folder: Path) -> SearchService:
    """The service over six reports, two of them reprints."""
    return make_service(folder)


@pytest.fixture(scope="module")
def pages(service: SearchService, folder: Path) -> FlaskClient:
    """The pages over the same index."""
    return create_app(folder / "index").test_client()


def paths(service: SearchService, query: str, **changes: Any) -> set[str]:
    hits = service.search(Question(query, collapse=False, limit=100, **changes))["hits"]
    return {hit["path"].removesuffix(".html") for hit in hits}


# -- what a condition costs

@pytest.mark.parametrize(("query", "chosen", "expected"), [
    ("双联 地区:四川", {}, [("region", True, "双联", 1)]),
    ("双联 -地区:甘肃 年份:2019", {}, [("region", True, "双联 年份:2019", 0), ("year", True, "双联 -地区:甘肃", 0), ("", False, "双联", 1)]),
    ("双联", {"regions": ("四川省",)}, [("region", False, "双联", 1)]),
    ("双联 年份:2012", {"regions": ("四川省",)}, [("region", False, "双联 年份:2012", 1), ("year", True, "双联", 0),
                                                  ("", False, "双联", 1)]),
    ("双联 没有这个词 地区:四川", {}, [("region", True, "双联 没有这个词", 0)]),
    ("地区:四川 年份:2012", {}, [("region", True, "年份:2012", 1), ("year", True, "地区:四川", 1), ("", False, "", 6)]),
    ("双联", {}, []), ("没有这个词", {}, []), ("标题:没有", {}, []), ("(双联 地区:四川) OR 没有", {}, []),
])
def test_without_a_condition(service: SearchService, query: str, chosen: dict[str, Any],
                             expected: list[tuple[str, bool, str, int]]) -> None:
    answer = service.search(Question(query, **chosen))
    assert [(one["field"], one["typed"], one["query"], one["reports"]) for one in answer["without"]] == expected
    for one in answer["without"]:
        less = Question(one["query"], collapse=False, **(chosen if one["typed"] else {}))
        found = service.search(less)
        assert one["reports"] == (0 if found["relaxed"] else found["reports"])


def test_the_page_offers_to_leave_a_typed_condition_out(pages: FlaskClient) -> None:
    page = soup(pages, "/search?q=" + quote("双联 地区:四川"))
    link = next(link for link in page.select(".empty a") if "去掉条件“地区：四川”" in link.get_text())
    assert link.find_next(class_="count").get_text() == "1 篇"
    assert total(soup(pages, link["href"])) == 1
    chosen = soup(pages, "/search?q=" + quote("双联") + "&region=" + quote("四川省") + "&region=" + quote("贵州省"))
    link = next(link for link in chosen.select(".empty a") if "去掉条件“地区：四川省、贵州省”" in link.get_text())
    assert total(soup(pages, link["href"])) == 1


def test_conditions_inside_brackets_stay(service: SearchService) -> None:
    assert [field for field, _ in conditions("苹果 (地区:甘肃 OR 驻村) -主题:产业")] == ["theme"]


# -- what holds most of the words

def test_what_matches_in_part_is_told_and_never_mixed(service: SearchService) -> None:
    whole, part = paths(service, "合作社 板栗 入股"), paths(service, "合作社 板栗 入股", partly=True)
    answer = service.search(Question("合作社 板栗 入股", collapse=False))
    assert answer["partly"] == {"at_least": 2, "of": 3, "reports": len(part)}
    assert whole == {"shares"}
    assert part == {"orchard", "sheep", "sheep-again"}
    asked = service.search(Question("合作社 板栗 入股", collapse=False, partly=True))
    assert [note["code"] for note in asked["interpretation"]["notes"]] == ["partly"]
    assert all(hit["missing"] for hit in asked["hits"])
    assert (asked["partly"], asked["without"], asked["did_you_mean"]) == (None, [], [])


@pytest.mark.parametrize("query", ["合作社", "“合作社” 地区:甘肃", "没有 这些", "", "双联 外星人"])
def test_there_is_no_part_to_offer(service: SearchService, query: str) -> None:
    assert service.search(Question(query))["partly"] is None


@pytest.mark.parametrize("query", ["合作社", "“合作社” 地区:甘肃", ""])
def test_a_part_that_there_is_not_is_nothing(service: SearchService, query: str) -> None:
    assert service.search(Question(query, partly=True))["reports"] == 0


def test_the_page_links_to_what_matches_in_part(pages: FlaskClient) -> None:
    page = soup(pages, "/search?fold=0&q=" + quote("合作社 板栗 入股"))
    link = page.select_one("p.partly a")
    assert "另有 3 篇" in link.get_text()
    other = soup(pages, link["href"])
    assert total(other) == 3
    assert "不够这次检索要求的个数" in other.select_one(".read").get_text()
    back = next(link for link in other.select(".read a") if link.get_text() == "回到全部符合的报告")
    assert total(soup(pages, back["href"])) == 1
    assert not other.select("form.search input[name=partly]"), "a new search would begin in part"


# -- remarks

@pytest.mark.parametrize(("query", "codes"), [
    ("双联 地区:海南省", ["no-report-of-region"]), ("双联 -地区:海南省", ["no-report-of-region"]), ("地区:甘肃 双联", []),
    ("年份:12", ["no-year"]), ("地区:不详", []), ("发布:去年", ["no-date"]), ("篇幅:很长", ["no-length"]),
])
def test_remarks_on_what_was_typed_as_a_field(service: SearchService, query: str, codes: list[str]) -> None:
    assert [note["code"] for note in service.search(Question(query))["interpretation"]["notes"]
            if note["code"] != "relaxed"] == codes


def test_a_region_that_is_looked_into_and_has_no_report(service: SearchService) -> None:
    answer = service.trend(["双联"], "region", None, "海南省")
    assert [note["code"] for note in answer["notes"]] == ["no-report-of-region"]


# -- on the terminal

@pytest.mark.parametrize(("query", "said"), [
    ("苹果 OR 核桃", "苹果 OR 核桃"), ("双联 -(苹果 OR 核桃)", "双联 AND NOT (苹果 OR 核桃)"),
    ("(苹果 OR 核桃) 双联 标题:“工作”", "双联 AND (苹果 OR 核桃) AND “工作” in the title"),
    ("地区:甘肃、四川 -年份:2012", "region 甘肃省 or 四川省 AND NOT year 2012"),
    ("哪些村通过种植苹果增加了集体经济收入", "at least 4 of (村, 通过, 种植, 苹果, 增加, 集体经济, 收入)"),
    ("“产业 合作社”~20 四个*摘", "“产业 合作社”~20 AND 四个*摘"),
])
def test_a_terminal_says_how_the_parts_are_joined(service: SearchService, query: str, said: str) -> None:
    read = service.commit().read(Question(query)).describe()
    assert told(read["structure"]) == said


def test_a_terminal_says_what_else_to_ask(service: SearchService) -> None:
    answer = service.search(Question("双联 地区:四川", years=("2012", "2016")))
    said = [*account(answer["interpretation"]), *beside(answer)]
    assert "Read as: 双联 AND region 四川省" in said
    assert "Only: year 2012 or 2016" in said
    assert "Without 地区:四川: 1" in said
    assert "Without year 2012 or 2016: 0" in said
    assert "Without any condition: 1" in said
    part = service.search(Question("合作社 板栗 入股", collapse=False))
    assert any(line.startswith("3 more hold only a part of the words, at least 2 of 3") for line in beside(part))
