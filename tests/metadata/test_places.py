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


@pytest.mark.parametrize(("title", "body", "helper", "helped", "why"), read_cases("cases_helpers.tsv"))
def test_helper_and_helped_have_their_roles(
    title: str, body: str, helper: str, helped: str, why: str
) -> None:
    found = places_of(body, title)
    roles = {"/".join(place.path): place.role for place in found}
    helpers = {path for path, role in roles.items() if role == "helper"}
    assert {helper} <= helpers if helper else not helpers, why
    assert roles[helped] in ("helped", "primary"), why
    assert primary(found) not in helpers, why
    for place in found:
        assert place.evidence.words


SITED = "选派5名干部到滩歌镇野峪村驻村，逐户走访86户贫困户。"


@pytest.mark.parametrize(("titles", "body", "region"), [
    (("武山县人民政府--部门动态--县水务局帮扶工作",), SITED, "甘肃省/天水市/武山县/滩歌镇/野峪村"),
    (("县水务局帮扶工作 - 武山县人民政府门户网站",), "县水务局扎实做好帮扶工作。", "甘肃省/天水市/武山县"),
    (("武山县人民政府门户网站_要闻",), "定西市陇西县组织干部驻村。陇西县委高度重视。", "甘肃省/定西市/陇西县"),
    (("县水务局帮扶工作",), "县水务局扎实做好帮扶工作。", ""),
    (("某某新闻网 - 县水务局帮扶工作",), "县水务局扎实做好帮扶工作。", ""),
])
def test_the_site_speaks_where_the_report_does_not(titles: tuple[str, ...], body: str, region: str) -> None:
    found = find_places(Evident(body, fold_text(body), titles=titles), fold_text, "县水务局帮扶工作", None)
    assert primary(found) == region


@pytest.mark.parametrize("body", [
    "昭化区红岩镇变了样。昭化区召开会议。市政府驻成都办事处派人驻村。",
    "榆中县召开会议。榆中县东与定西市接壤，北邻皋兰县。",
    "修文县召开会议。修文县落实北京·贵阳合作，北京都市头条报道。",
])
def test_traps_become_no_region_at_all(body: str) -> None:
    names = {name for place in places_of(body) for name in place.path}
    assert not names & {"成都市", "定西市", "皋兰县", "北京市"}


@pytest.mark.parametrize(("year", "region"), [
    (2008, ""), (2012, ""), (2022, "甘肃省/临夏回族自治州/东乡族自治县"),
    (None, ""),
])
def test_names_are_read_as_they_were_used_then(year: int | None, region: str) -> None:
    """A 东乡县 lay in 江西 until 2016; since then it can only be the everyday name of 甘肃's."""
    body = "东乡县组织干部下村帮扶，东乡县委高度重视。"
    found = find_places(Evident(body, fold_text(body)), fold_text, "东乡县帮扶工作总结", None, year)
    assert primary(found) == region


def test_host_of_the_page_decides_between_provinces() -> None:
    body = "长安区组织干部下村帮扶，长安区委高度重视。"
    assert primary(places_of(body, url="http://www.hebei.gov.cn/a.html")) == "河北省/石家庄市/长安区"


def test_source_names_the_region() -> None:
    assert primary(places_of("我区大力推进驻村帮扶。", source="秦州區鄉村振興局")) == "甘肃省/天水市/秦州区"


def test_a_source_that_helps_is_not_the_region() -> None:
    body = "南京市对口帮扶商州区，派来医生。商州区麻街镇的路修好了。商州区感谢帮扶干部。"
    found = places_of(body, "山海情深", source="南京市发展和改革委员会")
    assert primary(found).startswith("陕西省/商洛市/商州区")
    assert [place.path for place in found if place.role == "helper"] == [("江苏省", "南京市")]


def test_evidence_quotes_the_text_and_codes_are_given() -> None:
    place = places_of("陇西县召开会议。", "陇西县帮扶总结")[0]
    assert (place.code, place.level) == ("621122", "county")
    assert place.evidence.rule == "title"
    assert place.evidence.words == "陇西县"


def test_nothing_is_found_in_nothing() -> None:
    assert places_of("") == ()
    assert places_of("\n\n。？") == ()
