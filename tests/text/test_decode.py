"""Encodings: every one that pages come in, declared rightly, wrongly and not at all, and damaged."""

from __future__ import annotations

import codecs
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.errors import UnreadablePage
from indexer.model import Media, RawPage, Source
from indexer.text.decode import decode

SIMPLIFIED = """驻村工作队逐户走访，了解群众生产生活情况，制定帮扶计划。全村共有建档立卡贫困户八十七户。
第一书记带领党员干部修建产业道路，硬化通组公路12公里；发展苹果、花椒、中药材等特色产业。
我办积极协调资金30万元，用于改善村小学的办学条件，为学生送去书包和文具。
一是加强组织领导，明确工作责任；二是宣传惠农政策，做到家喻户晓；三是开展技能培训。
截至2019年底，贫困发生率由14.32%下降到0.8%，群众满意度明显提高，实现整村脱贫退出。
“硐”感文化大讲堂、积分超市和光伏电站是乡村振兴的新做法（详见附件）。
下一步，我们将继续巩固脱贫成果，防止返贫，让老百姓的日子越过越好！""".split("\n")
TRADITIONAL = """駐村工作隊逐戶走訪，了解群眾生產生活情況，制定幫扶計劃。全村共有建檔立卡貧困戶八十七戶。
第一書記帶領黨員幹部修建產業道路，硬化通組公路12公里；發展蘋果、花椒、中藥材等特色產業。
我辦積極協調資金30萬元，用於改善村小學的辦學條件，為學生送去書包和文具。
一是加強組織領導，明確工作責任；二是宣傳惠農政策，做到家喻戶曉；三是開展技能培訓。
截至2019年底，貧困發生率由14.32%下降到0.8%，群眾滿意度明顯提高，實現整村脫貧退出。
下一步，我們將繼續鞏固脫貧成果，防止返貧，讓老百姓的日子越過越好！許功蓋。""".split("\n")

NAMES = {"utf-8": "utf-8", "utf-8-sig": "utf-8", "gb2312": "gb18030", "gbk": "gb18030",
         "gb18030": "gb18030", "big5": "big5hkscs", "big5hkscs": "big5hkscs",
         "utf-16-le": "utf-16-le", "utf-16-be": "utf-16-be"}
LABELS = ["utf-8", "UTF8", "gb2312", "GBK", "gb18030", "Big5", "big5-hkscs", "utf-16", "iso-8859-1",
          "windows-1252", "x-nonsense", "rot13", "hex"]


def page(content: bytes, *, media: Media = "html", charset: str | None = None,
         unicode: bool = False) -> RawPage:
    return RawPage("a.html", content, media, Source("/a.html"), charset=charset, unicode=unicode)


def document(body: str, declaration: str = "") -> str:
    return f"<html><head>{declaration}<title>{body[:12]}</title></head><body><p>{body}</p></body></html>"


bodies = st.one_of(*(st.lists(st.sampled_from(lines), min_size=8, max_size=16).map("\n".join)
                     for lines in (SIMPLIFIED, TRADITIONAL)))
declarations = st.one_of(
    st.just(""),
    st.sampled_from(LABELS).map(lambda label: f'<meta charset="{label}">'),
    st.sampled_from(LABELS).map(
        lambda label: f"<META content='text/html; charset = {label}' http-equiv=Content-Type />"),
    st.sampled_from(LABELS).map(lambda label: f'<?xml version="1.0" encoding="{label}"?>'))


@settings(max_examples=400, deadline=None)
@given(bodies, declarations, st.sampled_from(sorted(NAMES)), st.none() | st.sampled_from(LABELS),
       st.booleans())
def test_whatever_is_declared_the_bytes_decide(body: str, declaration: str, encoding: str,
                                               charset: str | None, markup: bool) -> None:
    text = document(body, declaration) if markup else body
    try:
        content = text.encode(encoding)
    except UnicodeEncodeError:  # simplified text has no place in Big5, traditional none in GB2312
        return
    decoded = decode(page(content, charset=charset, media="html" if markup else "text"))
    assert decoded.text == text
    assert decoded.encoding == NAMES[encoding]
    assert decoded.undecodable == 0
    assert not charset or f"transport says {charset}" in decoded.evidence


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=400), st.sampled_from([None, *LABELS]), st.sampled_from(["html", "text"]))
def test_no_bytes_raise_anything_but_unreadable_page(content: bytes, charset: str | None,
                                                     media: Media) -> None:
    try:
        decoded = decode(page(content, media=media, charset=charset))
    except UnreadablePage:
        return
    assert decoded.undecodable >= 0
    assert decoded.evidence
    decoded.text.encode()  # no surrogate gets through


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(["utf-8", "gb18030", "big5hkscs"]), st.integers(0, 2**32))
def test_a_few_bad_bytes_change_neither_the_encoding_nor_the_rest(encoding: str, seed: int) -> None:
    text = document("\n".join((TRADITIONAL if "big5" in encoding else SIMPLIFIED) * 3))
    content = bytearray(text.encode(encoding))
    chance = random.Random(seed)
    for _ in range(5):
        content[chance.randrange(len(content))] = 0xFF
    decoded = decode(page(bytes(content)))
    assert decoded.encoding in (encoding, {"big5hkscs": "cp950"}.get(encoding))
    assert 0 < decoded.undecodable <= 15  # a character of three bytes may become three places
    assert f"{decoded.undecodable} byte sequences undecodable" in decoded.evidence
    kept = sum(line in decoded.text for line in text.split("\n"))
    assert kept >= len(text.split("\n")) - 5


@pytest.mark.parametrize("cut", [1, 2])
def test_a_truncated_end_is_still_utf8(cut: int) -> None:
    decoded = decode(page("帮扶工作总结".encode()[:-cut], charset="gbk"))
    assert (decoded.text, decoded.encoding, decoded.undecodable) == ("帮扶工作总�", "utf-8", 1)


def test_the_evidence_is_recorded_strongest_first() -> None:
    content = codecs.BOM_UTF8 + document("帮扶", '<meta charset="gb2312">').encode()
    decoded = decode(page(content, charset="Big5"))
    assert not decoded.text.startswith("\ufeff")
    assert decoded.evidence == (
        "bytes are valid UTF-8 (4 multibyte sequences)", "byte order mark says utf-8",
        "transport says Big5", "meta says gb2312")
    wrong = decode(page(document(SIMPLIFIED[0], '<meta charset="utf-8">').encode("gbk")))
    assert wrong.encoding == "gb18030"
    assert wrong.evidence[0].startswith("bytes read as gb18030: ")
    assert wrong.evidence[1].startswith("bytes are not UTF-8 (")
    assert wrong.evidence[2] == "meta says utf-8"


def test_a_byte_order_mark_may_lie() -> None:
    content = codecs.BOM_UTF8 + "\n".join(SIMPLIFIED).encode("gbk")
    decoded = decode(page(content))
    assert decoded.encoding == "gb18030"
    assert decoded.text.endswith("\n".join(SIMPLIFIED)[2:])


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("text", [document("plain ASCII"), document(SIMPLIFIED[0]), "".join(
    character for line in TRADITIONAL for character in line if character > "\x7f")])
def test_utf16_with_and_without_its_mark(encoding: str, mark: str, text: str) -> None:
    decoded = decode(page((mark + text).encode(encoding), media="text"))
    assert (decoded.text, decoded.encoding) == (text, encoding)
    odd = decode(page((mark + text).encode(encoding) + b"\x3c", media="text"))
    assert odd.text == text + "�"


def test_utf16_declared_within_ascii_bytes_is_not_believed() -> None:
    decoded = decode(page(document("report", '<meta charset="utf-16">').encode()))
    assert (decoded.encoding, decoded.evidence) == (
        "utf-8", ("bytes are plain ASCII", "meta says utf-16"))


def test_the_whole_of_gb18030_hides_behind_gb2312() -> None:
    text = "“硐”感文化、峰垭村、镕、㎡、€、𠮷" + SIMPLIFIED[0]
    decoded = decode(page(text.encode("gb18030"), charset="gb2312"))
    assert (decoded.text, decoded.encoding) == (text, "gb18030")


def test_big5_of_hong_kong_and_of_microsoft() -> None:
    hong_kong = TRADITIONAL[0] + "深水埗、嘅、咗、喺"
    assert decode(page(hong_kong.encode("big5hkscs"))).text == hong_kong
    euro = "\n".join(TRADITIONAL[:2]) + "恒碁裏"
    assert decode(page(euro.encode("cp950"))).text == euro


@pytest.mark.parametrize("text", ["帮扶工作", "乡村振兴局", "驻村第一书记", "幫扶工作", "總結"])
@pytest.mark.parametrize("encoding", ["utf-8", "gbk"])
def test_short_texts(text: str, encoding: str) -> None:
    assert decode(page(text.encode(encoding), media="text")).text == text


def test_short_utf8_sequences_and_gbk() -> None:
    assert decode(page("© 2020 · office".encode())).text == "© 2020 · office"
    road = "路".encode("gbk")  # the bytes of `·` in UTF-8
    assert decode(page(road, charset="gbk")).text == "路"
    assert decode(page(road)).text == "·"
    united = "一样一样的联通".encode("gbk")
    assert decode(page(united, media="text")).text == "一样一样的联通"


def test_foreign_encodings() -> None:
    french = "Les r\u00e9sultats du comit\u00e9 \u00e9taient tr\u00e8s \u00e9lev\u00e9s. " * 9
    declared = decode(page(french.encode("cp1252"), charset="windows-1252"))
    assert (declared.text, declared.encoding) == (french, "cp1252")
    undeclared = decode(page(french.encode("cp1252")))
    assert undeclared.text == french
    assert undeclared.evidence[0] == "charset-normalizer believes in cp1252"
    japanese = "これは日本語のページです。ひらがなとカタカナがあります。" * 9
    assert decode(page(japanese.encode("shift_jis"), charset="Shift_JIS")).text == japanese


def test_a_json_record_is_already_text() -> None:
    text = document("帮扶", '<meta charset="gb2312">')
    decoded = decode(page(text.encode(), charset="gbk", unicode=True))
    assert (decoded.text, decoded.encoding) == (text, "utf-8")
    assert decoded.evidence == ("the record holds Unicode text", "record says gbk",
                                "meta says gb2312")


def test_only_line_ends_and_the_mark_are_changed() -> None:
    decoded = decode(page(("\ufeff帮\r\n扶\r工\n作\0　 \x0b结 \ufeff" + "帮" * 9).encode()))
    assert decoded.text == "帮\n扶\n工\n作\0　 \x0b结 \ufeff" + "帮" * 9
    assert decode(page("村。�繉�".encode())).undecodable == 0  # damaged before it came to us


@pytest.mark.parametrize(("content", "what"), [
    (b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(range(256)), "a JPEG picture"),
    (b"%PDF-1.4\n%\xe2\xe3", "a PDF document"), (b"PK\x03\x04\x14\x00", "a zip file"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Microsoft Office document"),
    (b"\x1f\x8b\x08\x00", "a gzip file"), (b"RIFF\x00\x10\x00\x00WEBPVP8 ", "a picture"),
    (bytes(range(256)) * 8, "not text"), (b"\0\1\2" * 50 + b"text", "not text")])
def test_what_is_no_text_is_refused_with_a_sentence(content: bytes, what: str) -> None:
    with pytest.raises(UnreadablePage, match=what):
        decode(page(content))


def test_nul_bytes_do_not_refuse_a_page() -> None:
    text = SIMPLIFIED[0]
    assert decode(page(text.replace("，", "\0，").encode())).text == text.replace("，", "\0，")
    crashed = decode(page(text.encode("gbk") + b"\0" * 4096))
    assert crashed.text == text + "\0" * 4096


def test_thirty_megabytes_on_one_line_and_a_deep_page() -> None:
    line = (SIMPLIFIED[0].replace("\n", "") * 150_000).encode("gbk")
    assert decode(page(line)).encoding == "gb18030"
    deep = b"<div>" * 10_000 + SIMPLIFIED[1].encode("gbk") + b"<meta " * 100_000
    assert SIMPLIFIED[1] in decode(page(deep)).text
