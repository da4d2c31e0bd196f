"""References: GB/T 7714—2015 by hand for every kind of unknown, RIS, BibTeX and CSL-JSON by their own grammars."""

from __future__ import annotations

import json
import re
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search_web.cite.citation import bibtex, csl, csl_json, gb7714, key, meta_tags, ris, tex

TODAY = date(2026, 11, 22)
RECORD: dict[str, Any] = {
    "id": "9a6dfd0ae94e7abb", "part": 0, "title": "驻村帮扶工作情况", "body": "正文。", "script": "hans",
    "published": "2012-03-05", "period": [2011], "source": "临洮县扶贫办", "author": None,
    "url": "http://www.lintao.gov.cn/a.html", "regions": [], "region": ["甘肃省", "定西市", "临洮县"],
    "themes": ["产业", "驻村"], "kind": "总结", "sections": [],
    "page": {"id": "9a6dfd0ae94e7abb", "path": "pages/a.html"},
}
URL = "http://www.lintao.gov.cn/a.html"


def record(**changes: Any) -> dict[str, Any]:
    return RECORD | changes


GB = [
    # Who: author, else the office that is the source, else 佚名.
    ({}, f"临洮县扶贫办. 驻村帮扶工作情况[EB/OL]. (2012-03-05)[2026-11-22]. {URL}."),
    ({"author": "张三"}, f"张三. 驻村帮扶工作情况[EB/OL]. 临洮县扶贫办,2012(2012-03-05)[2026-11-22]. {URL}."),
    ({"author": "张 三"}, f"张三. 驻村帮扶工作情况[EB/OL]. 临洮县扶贫办,2012(2012-03-05)[2026-11-22]. {URL}."),
    ({"author": "张三、李四", "source": None}, f"张三,李四. 驻村帮扶工作情况[EB/OL]. (2012-03-05)[2026-11-22]. {URL}."),
    ({"author": "张三 李四 王五", "source": None}, f"张三,李四,王五. 驻村帮扶工作情况[EB/OL]. (2012-03-05)[2026-11-22]. {URL}."),
    ({"author": "张三，李四，王五，赵六", "source": None}, f"张三,李四,王五,等. 驻村帮扶工作情况[EB/OL]. (2012-03-05)[2026-11-22]. {URL}."),
    ({"author": "本报记者 张三", "source": "甘肃日报"}, f"张三. 驻村帮扶工作情况[EB/OL]. 甘肃日报,2012(2012-03-05)[2026-11-22]. {URL}."),
    ({"author": "本报记者", "source": "甘肃日报"}, f"本报记者. 驻村帮扶工作情况[EB/OL]. 甘肃日报,2012(2012-03-05)[2026-11-22]. {URL}."),
    ({"source": None}, f"佚名. 驻村帮扶工作情况[EB/OL]. (2012-03-05)[2026-11-22]. {URL}."),
    ({"source": "甘肃日报"}, f"佚名. 驻村帮扶工作情况[EB/OL]. 甘肃日报,2012(2012-03-05)[2026-11-22]. {URL}."),
    ({"source": "中国定西网"}, f"佚名. 驻村帮扶工作情况[EB/OL]. 中国定西网,2012(2012-03-05)[2026-11-22]. {URL}."),
    ({"source": "县融媒体中心"}, f"佚名. 驻村帮扶工作情况[EB/OL]. 县融媒体中心,2012(2012-03-05)[2026-11-22]. {URL}."),
    ({"author": "临洮县扶贫办"}, f"临洮县扶贫办. 驻村帮扶工作情况[EB/OL]. (2012-03-05)[2026-11-22]. {URL}."),
    ({"author": "John Smith", "source": None}, f"John Smith. 驻村帮扶工作情况[EB/OL]. (2012-03-05)[2026-11-22]. {URL}."),
    # When: to the day, the month, the year, or not at all; the period is no date of publication.
    ({"published": "2012-03"}, f"临洮县扶贫办. 驻村帮扶工作情况[EB/OL]. (2012-03)[2026-11-22]. {URL}."),
    ({"published": "2012"}, f"临洮县扶贫办. 驻村帮扶工作情况[EB/OL]. (2012)[2026-11-22]. {URL}."),
    ({"published": None}, f"临洮县扶贫办. 驻村帮扶工作情况[EB/OL]. [2026-11-22]. {URL}."),
    ({"published": None, "source": "甘肃日报"}, f"佚名. 驻村帮扶工作情况[EB/OL]. 甘肃日报[2026-11-22]. {URL}."),
    # What and where.
    ({"title": None}, f"临洮县扶贫办. [无题名][EB/OL]. (2012-03-05)[2026-11-22]. {URL}."),
    ({"title": "千名干部\n驻农村——概述"}, f"临洮县扶贫办. 千名干部 驻农村——概述[EB/OL]. (2012-03-05)[2026-11-22]. {URL}."),
    ({"title": "駐村工作概述", "script": "hant"}, f"临洮县扶贫办. 駐村工作概述[EB/OL]. (2012-03-05)[2026-11-22]. {URL}."),
    ({"url": None}, "临洮县扶贫办. 驻村帮扶工作情况[EB/OL]. (2012-03-05)[2026-11-22]."),
    ({"url": "javascript:alert(1)"}, "临洮县扶贫办. 驻村帮扶工作情况[EB/OL]. (2012-03-05)[2026-11-22]."),
    ({"url": "file:///a.html"}, "临洮县扶贫办. 驻村帮扶工作情况[EB/OL]. (2012-03-05)[2026-11-22]."),
    ({"url": "http://[bad"}, "临洮县扶贫办. 驻村帮扶工作情况[EB/OL]. (2012-03-05)[2026-11-22]."),
    ({"url": "https://x.cn/帮扶 {1}?a=%E5&b#c"}, "临洮县扶贫办. 驻村帮扶工作情况[EB/OL]. (2012-03-05)[2026-11-22]. https://x.cn/%E5%B8%AE%E6%89%B6%20%7B1%7D?a=%E5&b#c."),
    ({"title": None, "source": None, "published": None, "url": None}, "佚名. [无题名][EB/OL]. [2026-11-22]."),
]


@pytest.mark.parametrize(("changes", "expected"), GB)
def test_gb7714(changes: dict[str, Any], expected: str) -> None:
    assert gb7714(record(**changes), TODAY) == expected


def test_ris() -> None:
    assert ris(record(author="张三、李四", source="甘肃日报"), TODAY) == (
        "TY  - ELEC\r\nID  - bangfu-9a6dfd0ae94e7abb\r\nTI  - 驻村帮扶工作情况\r\nAU  - 张三\r\nAU  - 李四\r\n"
        "PB  - 甘肃日报\r\nPY  - 2012\r\nDA  - 2012/03/05\r\nY2  - 2026/11/22\r\n"
        f"UR  - {URL}\r\nLA  - zh-Hans\r\nKW  - 产业\r\nKW  - 驻村\r\n"
        "N1  - Bangfu 9a6dfd0ae94e7abb, pages/a.html\r\nER  - \r\n")


def test_bibtex() -> None:
    assert bibtex(record(title="增收12.5% & {双联}_1", themes=[]), TODAY) == (
        "@online{bangfu-9a6dfd0ae94e7abb,\n"
        r"  title = {{增收12.5\% \& \textbraceleft{}双联\textbraceright{}\_1}}," "\n"
        "  author = {{临洮县扶贫办}},\n  date = {2012-03-05},\n  year = {2012},\n"
        f"  url = {{{URL}}},\n  urldate = {{2026-11-22}},\n  language = {{chinese}},\n  langid = {{chinese}},\n"
        "  note = {Bangfu 9a6dfd0ae94e7abb, pages/a.html},\n}\n")


def test_csl() -> None:
    item = csl(record(published="2012-03"), TODAY)
    assert item["type"] == "webpage"
    assert item["author"] == [{"literal": "临洮县扶贫办"}]
    assert item["issued"] == {"date-parts": [[2012, 3]]}
    assert item["accessed"] == {"date-parts": [[2026, 11, 22]]}
    unknown = csl(record(published=None, source=None, title=None, url=None), TODAY)
    assert not {"issued", "author", "title", "URL", "publisher"} & unknown.keys()
    assert json.loads(csl_json(record(), TODAY))["URL"] == URL


def test_meta_tags() -> None:
    tags = meta_tags(record(author="张三、李四"))
    assert ("citation_title", "驻村帮扶工作情况") in tags
    assert [content for name, content in tags if name == "citation_author"] == ["张三", "李四"]
    assert ("citation_publication_date", "2012/03/05") in tags
    assert ("citation_publisher", "临洮县扶贫办") in tags
    assert ("DC.date", "2012-03-05") in tags
    assert ("DC.language", "zh-Hans") in tags
    assert ("DC.coverage", "甘肃省定西市临洮县") in tags
    assert meta_tags(record(title=None, source=None, published=None, url="javascript:alert(1)", themes=[], region=None)) == [
        ("citation_language", "zh-Hans"), ("DC.language", "zh-Hans"), ("DC.identifier", "bangfu-9a6dfd0ae94e7abb"), ("DC.type", "Text")]


def test_keys_are_ascii_and_depend_on_the_id_alone() -> None:
    assert key("9a6d-01#2") == "bangfu-9a6d-01-2"
    changed = record(title="别的", author="别人", published=None)
    assert bibtex(changed, TODAY).split(",")[0] == bibtex(record(), TODAY).split(",")[0]
    assert re.fullmatch("[A-Za-z0-9-]+", key("页 1/甲#乙"))


TEXTS = st.text(st.one_of(st.sampled_from("{}\\%#&_~^$@\"'\n\r\t= -ER双联"), st.characters()), max_size=40)


@given(TEXTS, TEXTS, TEXTS, TEXTS)
def test_bibtex_stays_one_entry_whatever_it_holds(title: str, author: str, source: str, url: str) -> None:
    entry = bibtex(record(title=title, author=author, source=source, url=f"http://a.cn/{url}"), TODAY)
    depth, ends = 0, []
    for at, char in enumerate(entry):
        depth += (char == "{") - (char == "}")
        assert depth >= 0
        if depth == 0 and char == "}":
            ends.append(at)
    assert ends == [len(entry) - 2]
    assert not re.search(r"(?<!\\)[%#&$]", re.sub("url = .*", "", entry))


@given(TEXTS)
def test_tex_can_be_read_back(text: str) -> None:
    back = tex(text)
    for char, name in (("{", "braceleft"), ("}", "braceright"), ("~", "asciitilde"), ("^", "asciicircum")):
        back = back.replace(f"\\text{name}{{}}", f"\0{ord(char)}\0")
    back = re.sub(r"\\([#$%&_])", r"\1", back.replace("\\textbackslash{}", "\0092\0"))
    back = re.sub("\0(\\d+)\0", lambda match: chr(int(match[1])), back)
    assert back == " ".join(re.sub("[\x00-\x1f\x7f-\x9f\ud800-\udfff\u2028\u2029]", " ", text).split())


@given(TEXTS, TEXTS, TEXTS)
def test_every_line_of_ris_is_a_tag(title: str, author: str, source: str) -> None:
    lines = ris(record(title=title, author=author, source=source), TODAY).split("\r\n")
    assert lines[0] == "TY  - ELEC"
    assert lines[-2:] == ["ER  - ", ""]
    assert all(re.match("[A-Z][A-Z0-9]  - .", line) for line in lines[:-2])
    assert all(len(line.splitlines()) == 1 for line in lines[:-2])
    gb7714(record(title=title, author=author, source=source), TODAY).encode()
