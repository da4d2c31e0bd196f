"""The gazetteer: names of today, of the past and of every day, and how it is rebuilt."""

from __future__ import annotations

import pytest

from indexer.lexicon.build_gazetteer import build, main
from indexer.lexicon.gazetteer import Gazetteer, gazetteer
from indexer.lexicon.names import division_short, division_stem, township_stem


def paths(name: str) -> set[str]:
    places = gazetteer()
    return {"/".join(places.path(code)) for reading in places.names.get(name, ()) for code in reading.codes}


@pytest.mark.parametrize(("name", "path"), [
    ("忠县", "重庆市/忠县"), ("仙桃市", "湖北省/仙桃市"), ("元坝区", "四川省/广元市/昭化区"),
    ("昭乌达盟", "内蒙古自治区/赤峰市"), ("涪陵市", "重庆市/涪陵区"),
    ("莫旗", "内蒙古自治区/呼伦贝尔市/莫力达瓦达斡尔族自治旗"),
    ("恩施州", "湖北省/恩施土家族苗族自治州"), ("定西地区", "甘肃省/定西市"), ("广元", "四川省/广元市"),
    ("淮阴市", "江苏省/淮安市"), ("天水县", "甘肃省/天水市/秦州区"), ("贵安新区", "贵州省"),
    ("兰州新区", "甘肃省/兰州市/兰州新区"), ("郑州高新区", "河南省/郑州市/郑州高新技术产业开发区"),
])
def test_names_lead_to_present_day_paths(name: str, path: str) -> None:
    assert path in paths(name)


def test_former_names_keep_their_years() -> None:
    reading = gazetteer().names["元坝区"][0]
    assert (reading.kind, reading.first, reading.last) == ("former", 1989, 2013)
    assert gazetteer().divisions["500233"].since == 1981  # 忠县 under three codes


def test_words_never_stand_for_places() -> None:
    assert not {"同心", "互助", "富民", "平安", "合作", "和平", "振兴", "城区"} & gazetteer().names.keys()


def test_every_division_and_township_has_a_whole_path() -> None:
    places = gazetteer()
    assert len(places.divisions) > 3000
    assert len(places.townships) > 39000
    for code in [*places.divisions, *places.townships]:
        path = places.path(code)
        assert 1 <= len(path) <= 4
        assert not {"市辖区", "县", "省直辖县级行政区划"} & set(path)


def test_longest_name_wins_and_matches_are_disjoint() -> None:
    found = gazetteer().matches("河南县在河南省,甘南州在甘肃")
    assert [match.name for match in found] == ["河南县", "河南省", "甘南州", "甘肃"]


def test_stems() -> None:
    assert division_stem("塔什库尔干塔吉克自治县") == "塔什库尔干"
    assert division_short("双江拉祜族佤族布朗族傣族自治县") == "双江县"
    assert township_stem("呼吉尔特蒙古民族乡") == "呼吉尔特"
    assert township_stem("东固畲族乡") == "东固"
    assert township_stem("某某监狱") is None


AREAS = "代码 一级行政区 二级行政区 名称 级别 状态 启用时间 变更/弃用时间 新代码".split()


def test_rebuild_follows_successors() -> None:
    rows = [
        ("620000", "甘省", "", "甘省", "省级", "在用", "1981", "", ""),
        ("620100", "甘省", "乙市", "乙市", "地级", "在用", "1990", "", ""),
        ("620102", "甘省", "乙市", "丙丁区", "县级", "在用", "2002", "", ""),
        ("622101", "甘省", "乙地区", "戊己县", "县级", "弃用", "1981", "1990", "620121"),
        ("620121", "甘省", "乙市", "戊己县", "县级", "弃用", "1990", "2002", "620102"),
        ("622100", "甘省", "乙地区", "乙地区", "地级", "弃用", "1981", "1990", ""),
    ]
    streets = [
        {"code": "620102001", "name": "庚辛街道", "areaCode": "620102"},
        {"code": "620171401", "name": "壬癸镇", "areaCode": "620171"},
        {"code": "620102400", "name": "某某监狱", "areaCode": "620102"},
    ]
    areas = [dict(zip(AREAS, row, strict=True)) for row in rows]
    places = Gazetteer(build(areas, streets, "today"))
    old = places.names["戊己县"][0]
    assert (old.codes, old.first, old.last) == (("620102",), 1981, 2002)
    assert places.names["乙地区"][0].codes == ("620100",)
    assert places.path("620102001") == ("甘省", "乙市", "丙丁区", "庚辛街道")
    assert places.path("620171401") == ("甘省", "乙市", "壬癸镇")  # a zone without a code of its own
    assert len(places.townships) == 2
    counted = [{"code": "620171", "name": "甘乙新区"}, {"code": "620102", "name": "丙丁区"}]
    places = Gazetteer(build(areas, streets, "today", counted))
    assert places.path("620171401") == ("甘省", "乙市", "乙新区", "壬癸镇")  # one that statistics count


def test_rebuild_says_how_it_is_used(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["build_gazetteer"]) == 2
    assert "AREACODES.csv" in capsys.readouterr().err
