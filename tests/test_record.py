"""A processed page as values and documents: what stands in a record, what becomes a facet."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from indexer.model import Problem, RawPage, Source
from indexer.pipeline import process
from indexer.record import documents, inspected
from indexer.store.engine import UNKNOWN, Made

HELPED = ("绥德县2021年消费帮扶工作总结\n2021年，陕西省榆林市绥德县与江苏省扬州市开展东西部协作。江苏省扬州市对口帮扶绥德县，"
          "协作资金投入三个项目。\n绥德县的小米在扬州的专柜销售，以购代捐成交40万元，两地互访六次，援派教师三名。\n")
PLAIN = "走访记\n干部走访了农户，群众很高兴，大家都说这样的日子有盼头。\n"


def facets(text: str) -> Mapping[str, tuple[str, ...]]:
    result = process(RawPage("a.txt", text.encode(), "text", Source("/a.txt")))
    assert not isinstance(result, Problem)
    return documents(result, Made("digest", "cleaning", "tokens"))[0].facets


def record(text: str) -> dict[str, Any]:
    result = process(RawPage("a.txt", text.encode(), "text", Source("/a.txt")))
    assert not isinstance(result, Problem)
    found: dict[str, Any] = inspected(result)["reports"][0]
    return found


def test_themes_and_kind_stand_in_the_record_with_their_evidence() -> None:
    report = record(HELPED)
    assert report["kind"] == "总结"
    assert report["evidence"]["kind"] == {"rule": "title", "words": "总结"}
    assert report["themes"] == [item["theme"] for item in report["evidence"]["themes"]]
    assert {"消费帮扶", "东西部协作"} <= set(report["themes"])
    assert all(set(item) == {"theme", "rule", "words"} and "×" in item["words"]
               for item in report["evidence"]["themes"])


def test_what_is_not_known_is_null_in_the_record_and_unknown_as_a_facet() -> None:
    report = record(PLAIN)
    assert report["themes"] == []
    assert report["kind"] is None
    assert report["evidence"]["kind"] is None
    assert facets(PLAIN)["theme"] == facets(PLAIN)["kind"] == (UNKNOWN,)


def test_a_report_counts_under_each_of_its_themes_and_one_kind() -> None:
    found = facets(HELPED)
    assert {"消费帮扶", "东西部协作"} <= set(found["theme"])
    assert found["kind"] == ("总结",)


def test_helpers_are_places_with_all_that_they_lie_in() -> None:
    assert facets(HELPED)["helper"] == ("江苏省", "江苏省/扬州市")
    assert facets(HELPED)["region"][-1].endswith("绥德县")


def test_no_helper_is_no_value() -> None:
    assert facets(PLAIN)["helper"] == ()
