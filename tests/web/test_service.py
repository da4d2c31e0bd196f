"""The service: filters, counts, scripts, synonyms, reprints and relaxation, each said in the answer."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from indexer.errors import TookTooLong, UsageError
from indexer.store import open_engine
from search_web.query.question import MAX_OFFSET, Question
from search_web.service import SearchService
from tests.web.service_archive import make_service


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> SearchService:
    """The service over six reports, two of them reprints."""
    return make_service(tmp_path_factory.mktemp("service"))


def found(service: SearchService, query: str = "", **changes: Any) -> set[str]:
    """The files of the reports that a question finds, reprints each by itself."""
    answer = service.search(Question(query, collapse=False, limit=50, **changes))
    assert answer["reports"] == answer["total"] == len(answer["hits"])
    return {hit["path"].removesuffix(".html") for hit in answer["hits"]}


@pytest.mark.parametrize(("filters", "expected"), [
    ({"regions": ("甘肃省",)}, {"sheep", "sheep-again", "road"}),
    ({"regions": ("甘肅",)}, {"sheep", "sheep-again", "road"}),
    ({"regions": ("定西",)}, {"sheep", "sheep-again", "road"}),
    ({"regions": ("甘肃省/定西市/陇西县", "川")}, {"road", "orchard"}),
    ({"regions": ("620000",)}, {"sheep", "sheep-again", "road"}),
    ({"regions": ("海南省",)}, set()),
    ({"years": ("2012..2016",)}, {"road", "orchard", "bees"}),
    ({"years": ("..2012", "2020")}, {"road", "shares"}),
    ({"years": ("2020",), "years_by": "published"}, {"shares", "sheep-again"}),
    ({"years": ("unknown",)}, set()),
    ({"sources": ("雷山县人民政府",)}, {"bees"}),
    ({"sources": ("扶贫",)}, {"sheep", "orchard", "shares"}),
    ({"sources": ("没有的单位",)}, set()),
    ({"themes": ("道路",)}, {"road"}),
    ({"themes": ("道路", "unknown")}, {"road", "bees"}),
    ({"kinds": ("總結",), "scripts": ("hant", "mixed")}, {"bees"}),
    ({"regions": ("甘肃",), "years": ("2019",), "themes": ("产业",)}, {"sheep", "sheep-again"}),
])
def test_values_of_a_facet_add_and_facets_narrow(service: SearchService, filters: dict[str, Any], expected: set[str]) -> None:
    assert found(service, **filters) == expected


@pytest.mark.parametrize(("typed", "expected"), [
    ("地区:甘肃 双联", {"road"}), ("地区:川|黔", {"orchard", "bees"}), ("来源:扶贫", {"sheep", "orchard", "shares"}),
    ("主题:道路", {"road"}), ("体裁:总结 -养羊", {"orchard", "bees"}), ("地区:海南省", set()),
])
def test_fields_typed_know_the_index(service: SearchService, typed: str, expected: set[str]) -> None:
    assert found(service, typed) == expected


def test_a_region_without_reports_is_said(service: SearchService) -> None:
    notes = service.search(Question(regions=("海南省",)))["interpretation"]["notes"]
    assert [note["code"] for note in notes] == ["no-report-of-region"]
    notes = service.search(Question(sources=("没有的单位",)))["interpretation"]["notes"]
    assert [note["code"] for note in notes] == ["unknown-source"]


@pytest.mark.parametrize(("changes", "code"), [
    ({"regions": ("亚特兰蒂斯",)}, "unknown-region"), ({"years": ("2015..2012",)}, "bad-range"),
    ({"years": ("近年",)}, "bad-year"), ({"scripts": ("latin",)}, "unknown-script"),
    ({"themes": ("没有",)}, "unknown-theme"), ({"kinds": ("没有",)}, "unknown-kind"),
    ({"years_by": "scraped"}, "unknown-year-by"), ({"sort": "random"}, "unknown-sort"),
    ({"limit": 101}, "bad-limit"), ({"offset": MAX_OFFSET + 1}, "bad-offset"), ({"query": "村" * 1001}, "query-too-long"),
])
def test_what_cannot_be_meant_is_refused(service: SearchService, changes: dict[str, Any], code: str) -> None:
    with pytest.raises(UsageError) as error:
        service.search(Question(**changes))
    assert error.value.code == code


def test_a_facet_counts_as_if_it_were_not_chosen(service: SearchService) -> None:
    answer = service.search(Question(regions=("甘肃",), themes=("道路",), collapse=False))
    facets = answer["facets"]
    assert {item["value"]: item["count"] for item in facets["theme"]} == {"产业": 2, "道路": 1}
    assert [(node["value"], node["count"]) for node in facets["region"]] == [("甘肃省", 1)]
    for item in service.search(Question(collapse=False))["facets"]["kind"]:
        assert len(found(service, kinds=(item["value"],))) == item["count"]


def test_the_tree_is_opened_along_the_chosen_regions(service: SearchService) -> None:
    def depth(nodes: list[dict[str, Any]]) -> int:
        return 1 + max((depth(node["children"]) for node in nodes), default=0) if nodes else 0

    def node(answer: dict[str, Any], *path: str) -> dict[str, Any]:
        nodes = answer["facets"]["region"]
        for label in path:
            one = next(node for node in nodes if node["label"] == label)
            nodes = one["children"]
        return one

    closed = service.search(Question())
    assert depth(closed["facets"]["region"]) == 2
    assert node(closed, "甘肃省", "定西市")["more"]
    opened = service.search(Question(regions=("定西市",)))
    assert {child["label"] for child in node(opened, "甘肃省", "定西市")["children"]} == {"临洮县", "陇西县"}
    assert node(opened, "四川省", "广元市")["children"] == []
    assert depth(service.search(Question(whole_tree=True))["facets"]["region"]) >= 3


def test_a_source_that_is_chosen_is_listed(service: SearchService) -> None:
    answer = service.search(Question("双联", sources=("定西日报",)))
    assert {"value": "定西日报", "count": 0} in answer["facets"]["source"]


def test_reprints_are_one_hit_and_both_counts_are_told(service: SearchService) -> None:
    folded, every = service.search(Question("养羊")), service.search(Question("养羊", collapse=False))
    assert [(a["total"], a["reports"], a["groups"]) for a in (folded, every)] == [(1, 2, 1), (2, 2, 1)]
    assert folded["hits"][0]["path"] == "sheep.html"
    assert folded["hits"][0]["reprints"] == 1
    report = service.report(folded["hits"][0]["id"])
    assert report is not None
    assert [one["path"] for one in report["reprints"]] == ["sheep-again.html"]


def test_either_script_finds_both_and_the_answer_says_how_many(service: SearchService) -> None:
    for query, other in (("贫困户", 1), ("貧困戶", 4)):
        answer = service.search(Question(query, collapse=False, no_synonyms=("贫困户",)))
        assert answer["reports"] == 5
        assert answer["only_by_conversion"] == other
    assert found(service, "貧困戶", own_script=True) == {"bees"}
    assert service.search(Question("貧困戶", own_script=True))["only_by_conversion"] == 0
    assert service.search(Question())["only_by_conversion"] == 0


def test_synonyms_are_shown_and_can_be_removed(service: SearchService) -> None:
    read = service.search(Question("联村联户"))["interpretation"]
    assert "双联" in read["synonyms"]["联村联户"]
    assert found(service, "建档立卡户") == {"sheep", "sheep-again", "orchard", "bees", "shares"}
    assert found(service, "建档立卡户", no_synonyms=("建档立卡户",)) == {"sheep", "sheep-again"}
    assert found(service, "建档立卡户", no_synonyms=("貧困戶",)) == {"sheep", "sheep-again"}
    assert found(service, '"建档立卡户"') == {"sheep", "sheep-again"}


def test_what_matches_most_is_shown_and_labelled(service: SearchService) -> None:
    answer = service.search(Question("养羊 蟠桃 分红"))
    assert answer["relaxed"]["at_least"] == 2
    assert answer["relaxed"]["nowhere"] == ["蟠桃"]
    assert answer["hits"][0]["missing"] == ["蟠桃"]
    assert answer["interpretation"]["relaxed"] == {"at_least": 2, "of": 3}
    assert service.search(Question("养羊 分红"))["relaxed"] is None
    assert service.search(Question('养羊 "蟠桃"'))["total"] == 0


def test_a_slip_gets_a_suggestion_that_is_not_mixed_in(service: SearchService) -> None:
    answer = service.search(Question("养峰"))
    assert answer["total"] == 0
    assert all(one["reports"] > 0 for one in answer["did_you_mean"])
    assert service.search(Question("产业"))["did_you_mean"] == []
    assert "养羊" in {one["shown"] for one in service.suggest("养")["completions"]}


@pytest.mark.parametrize("collapse", [True, False])
def test_pages_of_a_list_make_up_the_list(service: SearchService, collapse: bool) -> None:
    question = Question("合作社 OR 道路", collapse=collapse, limit=50)
    whole = [hit["id"] for hit in service.search(question)["hits"]]
    paged, offset = [], 0
    while offset is not None:
        answer = service.search(Question("合作社 OR 道路", collapse=collapse, limit=2, offset=offset))
        paged += [hit["id"] for hit in answer["hits"]]
        offset = answer["next_offset"]
    assert paged == whole
    for position, report in enumerate(whole, 1):
        beside = service.neighbours(question, position)
        assert (beside["total"], beside["current"]["id"]) == (len(whole), report)
        assert (beside["previous"] or {}).get("id") == (whole[position - 2] if position > 1 else None)
        assert (beside["next"] or {}).get("id") == (whole[position] if position < len(whole) else None), report


def test_orders(service: SearchService) -> None:
    dates = [hit["published"] for hit in service.search(Question(sort="newest", collapse=False))["hits"]]
    assert dates == sorted(dates, reverse=True)
    assert [hit["published"] for hit in service.search(Question(collapse=False))["hits"]] == dates
    assert [hit["published"] for hit in service.search(Question(sort="oldest", collapse=False))["hits"]] == dates[::-1]


def test_only_what_was_asked_is_marked(service: SearchService) -> None:
    def marked(query: str, **changes: Any) -> set[str]:
        hit = service.search(Question(query, **changes))["hits"][0]
        report = service.report(hit["id"], Question(query, **changes))
        assert report is not None
        pieces = [*report["marked_title"], *(piece for line in report["marked_body"] for piece in line["segments"])]
        assert "".join(piece["text"] for line in report["marked_body"] for piece in line["segments"]) == report["body"].replace("\n", "")
        assert report["occurrences"] == sum(piece["hit"] for piece in pieces)
        return {piece["text"] for piece in pieces if piece["hit"]}

    assert marked("养蜂") == {"養蜂"}
    assert marked('"产业 按股分红"~40 -养羊') == {"产业", "按股分红"}
    assert marked("标题:入股") == {"入股"}
    assert marked("联村联户") == {"联村联户", "双联"}
    assert marked("干部 -修路 地区:四川") == {"干部"}
    title_only = service.search(Question("标题:入股"))["hits"][0]
    assert title_only["occurrences"] == 0


def test_all_values_of_a_facet(service: SearchService) -> None:
    facet = service.facet(Question(themes=("产业",)), "source", 2)
    assert (facet["total"], len(facet["values"]), facet["reports"]) == (4, 2, 4)
    with pytest.raises(UsageError, match="no facet"):
        service.facet(Question(), "colour")


@pytest.mark.parametrize("form", ["csv", "jsonl", "ris", "bibtex", "gb7714"])
def test_an_export_holds_every_hit(service: SearchService, form: str) -> None:
    text = "".join(service.export(form, Question("合作社", collapse=False, limit=1)))
    for title in ("养羊富了一村人", "养羊产业工作总结", "苍溪县青石沟村", "镇安县油坊坪村"):
        assert title in text
    assert "陇西县2012年" not in text
    assert "合作社" in text
    with pytest.raises(UsageError):
        service.export("doc", Question())


@pytest.mark.parametrize(("collapse", "rows", "said"), [(False, 4, "each by itself"), (True, 3, "they stand for 4 reports")])
def test_a_receipt_counts_the_rows(service: SearchService, collapse: bool, rows: int, said: str) -> None:
    first, *lines, last = map(json.loads, service.export("jsonl", Question("合作社", collapse=collapse)))
    assert len(lines) == rows == first["receipt"]["reports"] == last["end"]["reports"]
    assert said in first["receipt"]["reprints"]
    sheet = "".join(service.export("csv", Question("合作社", collapse=collapse)))
    assert f"# end,{rows} rows written" in sheet


def test_no_answer_takes_longer_than_there_is_patience(service: SearchService, tmp_path: Path) -> None:
    make_service(tmp_path)
    hasty = SearchService(tmp_path / "index", patience=0.0)
    for ask in (lambda: hasty.search(Question("合作社 养羊")), lambda: hasty.trend(["合作社"]), lambda: hasty.kwic(Question("合作社")),
                lambda: hasty.export("csv", Question("合作社")), lambda: hasty.similar_to_text("合作社统一销售，按股分红")):
        with pytest.raises(TookTooLong) as error:
            ask()
        assert error.value.code == "search-too-long"
    assert SearchService(tmp_path / "index", patience=60.0).search(Question("合作社 养羊")) | {"took_ms": 0} == service.search(
        Question("合作社 养羊")) | {"took_ms": 0}


def test_a_commit_is_opened_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A thread that asked for the name before another opened something newer opens nothing again."""
    service = make_service(tmp_path)
    first = service.commit()
    real = open_engine(tmp_path / "index").commit()
    names = iter(["a name of yesterday", real])

    class Late:
        def commit(self) -> str:
            return next(names, real)

    monkeypatch.setattr("search_web.service.open_engine", lambda index: Late())
    assert service.commit() is first
    monkeypatch.undo()
    again = SearchService(tmp_path / "index")
    with ThreadPoolExecutor(8) as threads:
        assert len(set(map(id, threads.map(lambda _: again.commit(), range(64))))) == 1


def test_a_new_commit_is_seen(tmp_path: Path) -> None:
    service = make_service(tmp_path)
    first = service.searcher().commit
    assert service.commit() is service.commit()
    assert service.search(Question())["reports"] == 6
    assert service.searcher().commit == first
