"""Places: one primary region or none, from cases kept as data."""

from __future__ import annotations

import pytest

from indexer.metadata.evident import Evident
from indexer.metadata.places import find_places
from indexer.model import Place
from tests.metadata.conftest import fold_text, read_cases


def places_of(body: str, title: str | None = None, **more: str) -> tuple[Place, ...]:
    evident = Evident(body=body, folded=fold_text(body), url=more.get("url"))
    return find_places(evident, fold_text, title, more.get("source"))


def primary(places: tuple[Place, ...]) -> str:
    found = ["/".join(place.path) for place in places if place.role == "primary"]
    assert len(found) <= 1
    return found[0] if found else ""


@pytest.mark.parametrize(("title", "body", "expected", "why"), read_cases("cases_places.tsv"))
def test_primary_region(title: str, body: str, expected: str, why: str) -> None:
    assert primary(places_of(body, title or None)) == expected, why


def test_helper_and_helped_have_their_roles() -> None:
    body = "绥德县义合镇的小杂粮卖出去了。江苏省扬州市对口帮扶绥德县。绥德县满堂川镇也来学。"
    roles = {"/".join(place.path): place.role for place in places_of(body, "绥德县帮扶工作总结")}
    assert roles["陕西省/榆林市/绥德县"] == "primary"
    assert roles["江苏省/扬州市"] == "helper"
    assert roles["陕西省/榆林市/绥德县/满堂川镇"] == "helped"


@pytest.mark.parametrize("body", [
    "昭化区红岩镇变了样。昭化区召开会议。市政府驻成都办事处派人驻村。",
    "榆中县召开会议。榆中县东与定西市接壤，北邻皋兰县。",
    "修文县召开会议。修文县落实北京·贵阳合作，北京都市头条报道。",
])
def test_traps_become_no_region_at_all(body: str) -> None:
    names = {name for place in places_of(body) for name in place.path}
    assert not names & {"成都市", "定西市", "皋兰县", "北京市"}


def test_host_of_the_page_decides_between_provinces() -> None:
    body = "长安区组织干部下村帮扶，长安区委高度重视。"
    assert primary(places_of(body, url="http://www.hebei.gov.cn/a.html")) == "河北省/石家庄市/长安区"


def test_source_names_the_region() -> None:
    assert primary(places_of("我区大力推进驻村帮扶。", source="秦州區鄉村振興局")) == "甘肃省/天水市/秦州区"


def test_evidence_quotes_the_text_and_codes_are_given() -> None:
    place = places_of("陇西县召开会议。", "陇西县帮扶总结")[0]
    assert (place.code, place.level) == ("621122", "county")
    assert place.evidence.rule == "title"
    assert place.evidence.words == "陇西县"


def test_nothing_is_found_in_nothing() -> None:
    assert places_of("") == ()
    assert places_of("\n\n。？") == ()
