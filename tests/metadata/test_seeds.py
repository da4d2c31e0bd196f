"""The five seed pages described from their clean text, against the hand-made gold."""

from __future__ import annotations

import json
from typing import Any

import pytest

from indexer.metadata import Described, Evident, describe
from tests.metadata.conftest import GOLD, fold_text, read_labels

pytestmark = pytest.mark.skipif(not GOLD.is_dir(), reason=f"no gold pages at {GOLD}")

LABELS = {
    "001_bd3ed90eddab0390": "发布机构=区政府办|发布时间=2020-11-10 10:30",
    "002_93cf2f12fdb298e7": "時間=2023-06-19|來源=秦州區鄉村振興局",
}
SINGLE = ["000_9a6dfd0ae94e7abb", *LABELS, "003_dacad79953a51b85"]
COMPILATION = "004_33efa7429e305dc2"


def gold(seed: str) -> tuple[dict[str, Any], str]:
    facts: dict[str, Any] = json.loads((GOLD / f"{seed}.json").read_text(encoding="utf-8"))
    return facts, (GOLD / f"{seed}.txt").read_text(encoding="utf-8")


def describe_text(body: str, labels: str = "", part: int = 1, parts: int = 1) -> Described:
    titles = ("2022泉湖乡“联村联户、为民富民”行动进展情况汇报(1) .doc",) if parts > 1 else ()
    evident = Evident(body, fold_text(body), titles, read_labels(labels), None, part, parts, 20251201)
    return describe(evident, fold_text)


def region(described: Described) -> str:
    return next("/".join(place.path) for place in described.places if place.role == "primary")


@pytest.mark.parametrize("seed", SINGLE)
def test_single_reports(seed: str) -> None:
    facts, body = gold(seed)
    found = describe_text(body, LABELS.get(seed, ""))
    assert region(found) == facts["primary_region"]
    assert (found.title.value if found.title else None) == facts["title"]
    assert (found.published.value if found.published else None) == facts["publication_date"]
    assert [year.value for year in found.period] == facts["report_years"]
    if facts["author"]:
        assert found.author is not None
        assert found.author.value == facts["author"].replace("（记者）", "")
    traps = {item["path"] for item in facts["regions"] if item["status"] == "trap"}
    assert not traps & {"/".join(place.path) for place in found.places}


@pytest.mark.parametrize("seed", ["003_dacad79953a51b85", "001_bd3ed90eddab0390"])
def test_villages_that_were_helped(seed: str) -> None:
    facts, body = gold(seed)
    helped = {"/".join(place.path) for place in describe_text(body).places if place.role == "helped"}
    wanted = {
        item["path"] for item in facts["regions"]
        if item["role"] == "beneficiary" and "城关镇" not in item["path"]
    }
    assert wanted <= helped


def test_sources_of_the_seeds() -> None:
    found = {seed: describe_text(gold(seed)[1], LABELS.get(seed, "")).source for seed in SINGLE}
    assert [source.value if source else None for source in found.values()] == [
        "敦煌文化產業示范園區管理委員會", "区政府办", "秦州區鄉村振興局", None,
    ]


@pytest.mark.parametrize("number", [1, 2, 3, 4])
def test_reports_of_the_compilation(number: int) -> None:
    facts, body = gold(COMPILATION)
    report = facts["reports"][number - 1]
    text = body[report["char_start"] : report["char_end"]]
    found = describe_text(text, "时间=2022-05-01", number, 4)
    assert region(found) == report["region"]
    assert found.title is not None
    assert found.title.value == report["title"]
    assert (found.published.value if found.published else None) == report["date"]
    if report["date"]:
        assert [year.value for year in found.period] == [2012]
    assert not any("定西市" in place.path for place in found.places)
