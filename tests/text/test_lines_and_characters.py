"""Repair of what needs a whole page: mojibake, pieces, page numbers, wrapped and flattened lines."""

from __future__ import annotations

import pytest

from indexer.text.repair import repair
from indexer.text.repair.mojibake import mojibake

PARAGRAPHS = [
    "石坡村二〇一七年帮扶工作总结",
    "石坡村地处县城东部，距镇政府十二公里，全村辖六个村民小组，共有三百二十户一千二百余人，群众收入主要靠外出务工和种植玉米。",
    "一、基本情况",
    "驻村工作队进村以后，先后召开群众会二十多场，逐户走访，摸清了每一户的家底和想法，制定了三年帮扶规划，并张榜公示听取意见。",
    "二、主要做法",
    "协调县交通部门投资硬化通组公路四公里，又争取水利项目修建蓄水池两座，解决了旱季吃水难的问题，群众拍手叫好，干劲更足了。",
    "组织留守妇女参加刺绣培训，联系城里的商店代销产品，当年人均增收一千多元，许多人第一次拿到了自己挣的工钱，笑得合不拢嘴。",
    "下一步，我们将继续抓好产业发展，扩大种植规模，完善利益联结机制，让群众持续稳定增收，同时加强基层组织建设，改进工作作风。",
]
TEXT = "\n".join(PARAGRAPHS)


def wrapped(width: int, indent: str) -> str:
    lines: list[str] = []
    for paragraph in PARAGRAPHS:
        whole = indent + paragraph
        lines += [whole[at:at + width] for at in range(0, len(whole), width)]
    return "\n".join(lines)


def test_utf8_read_as_latin1_is_read_again() -> None:
    assert repair(TEXT.encode().decode("latin-1")).text == TEXT


def test_utf8_read_as_gbk_is_read_again() -> None:
    """Windows reads the byte 80, which GBK does not have, as the euro sign."""
    assert repair("鍏ㄦ潙鎵惰传宸ヤ綔姹囨姤").text == "全村扶贫工作汇报"
    assert repair("涓€浜屼笁鍥涗簲").text == "一二三四五"


def test_what_a_conversion_destroyed_is_reported() -> None:
    assert [item.reason for item in mojibake("帮扶锟斤拷锟斤拷工作").left]


def test_accented_letters_are_no_mojibake() -> None:
    text = "Ça va? «Le café é» und über Straße, naïve façade: mañana"
    assert repair(text).text == text


@pytest.mark.parametrize("width", [26, 32, 40])
def test_lines_of_one_width_become_paragraphs(width: int) -> None:
    assert repair(wrapped(width, "　　")).text == TEXT


@pytest.mark.parametrize("form", ["{}、", "{}.", "（{}）", "第{}页 "])
def test_numbered_pieces_become_paragraphs(form: str) -> None:
    flat = "  ".join(PARAGRAPHS)
    size = 160
    chopped = "\n".join(form.format(n) + flat[at:at + size]
                        for n, at in enumerate(range(0, len(flat), size), 1))
    assert repair(chopped).text == TEXT


def test_page_numbers_are_a_sequence() -> None:
    body = TEXT.replace("\n", "") * 5
    cut = [300, 900, 1500]
    broken = body
    for number, at in reversed(list(enumerate(cut, 1))):
        broken = f"{broken[:at]}{number} {broken[at:]}"
    assert repair(broken).text == repair(body).text
