"""Repair of what needs a whole page: mojibake, pieces, page numbers, wrapped and flattened lines."""

from __future__ import annotations

import pytest

from indexer.text.repair import repair
from indexer.text.repair.mojibake import mojibake
from indexer.text.repair.steps import apply

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


def numbered(pieces: list[str], numbers: list[int], form: str = "{} ") -> str:
    """The pieces with a page number between each two."""
    text = pieces[0]
    for number, piece in zip(numbers, pieces[1:], strict=True):
        text += form.format(number) + piece
    return text


LONG = "".join(PARAGRAPHS[1::2] + PARAGRAPHS[5:]) * 5


@pytest.mark.parametrize("form", ["{} ", " {}"])
@pytest.mark.parametrize("numbers", [[1, 2, 3], [1, 2, 4], [5, 6, 7], [1, 2, 1]])
def test_page_numbers_are_judged_together(numbers: list[int], form: str) -> None:
    """A number may be missing, the first pages may be, the count may begin anew."""
    steps = [later - before for before, later in zip([numbers[0] - 1, *numbers], numbers, strict=False)]
    at, pieces = 0, []
    for step in (1, *steps[1:], 1):
        size = 400 * (step if step > 0 else 1)
        pieces.append(LONG[at:at + size])
        at += size
    if numbers == [1, 2, 1]:  # two alone, where the page ends; the third begins another sequence
        pieces = pieces[:3]
        numbers = numbers[:2]
    assert repair(numbered(pieces, numbers, form)).text == repair("".join(pieces)).text


@pytest.mark.parametrize("text", [
    "抽调2 名干部" + LONG[:600] + "落实 5项措施",
    LONG[:400] + "安排 3名同志" + LONG[400:900] + "整理1 篇信息" + LONG[900:1300],
    LONG[:420] + "每1 人" + LONG[420:700],
])
def test_numbers_that_count_something_are_no_page_numbers(text: str) -> None:
    assert [c for c in repair(text).text if c.isdigit()] == [c for c in text if c.isdigit()]


def test_markup_between_the_bytes_of_a_character() -> None:
    """Editors put tags into a text that they hold for Latin letters or for rare characters."""
    line = "石坡村扶贫工作汇报"
    western = "".join(chr(byte) for byte in line.encode())
    for at in range(1, len(western)):
        torn = f'{western[:at]}<span lang="EN">{western[at:]}</span>'
        assert apply(torn, mojibake(torn).edits).replace('<span lang="EN">', "") == f"{line}</span>"
    chinese = "全村扶贫工作汇报".encode().decode("gbk")
    for at in range(1, len(chinese)):
        torn = f"{chinese[:at]}<b>{chinese[at:]}</b>"
        assert apply(torn, mojibake(torn).edits).replace("<b>", "") == "全村扶贫工作汇报</b>"


def test_a_byte_that_is_lost_costs_one_character() -> None:
    broken = "扶贫工作汇报情况".encode().decode("latin-1")
    assert repair(broken[:7] + broken[8:]).text.startswith("扶贫")
    assert repair(broken[:7] + broken[8:]).text.endswith("作汇报情况")


@pytest.mark.parametrize("indent", ["　　　　", "        "])
def test_the_first_line_may_have_an_indent_of_its_own(indent: str) -> None:
    assert repair(indent + wrapped(32, "　　").lstrip("　")).text == TEXT


def test_lines_wrapped_behind_pinyin_notes_are_joined() -> None:
    text = "今年以來，工作隊堅(jiān)持入戶(hù)走訪(fǎng)，為(wèi)群眾(zhòng)辦(bàn)實(shí)事，" * 6 + "成效明顯。"
    wrapped = "\n".join(text[at:at + 33] for at in range(0, len(text), 33))
    assert repair(wrapped).text == repair(text).text


def test_lines_of_code_are_no_wrapped_prose() -> None:
    lines = ("rm -rf ./tmp{0} && mkdir ./x{0}", "sed -i 's/旧{0}/新{0}/g' ./a.txt", "g++ -O2 a.cc -o a{0} 2>&1")
    text = "\n".join(line.format(number) for number in range(6) for line in lines)
    assert repair(text).text == text


FLAT = " ".join(PARAGRAPHS)


@pytest.mark.parametrize(("where", "broken"), [
    ("县城东部", "县城 东部"), ("种植玉米", "种植 玉米"), ("每一户的", "每一户 的"), ("通组公路", "通组 公路"),
    ("帮扶工作总结", "帮扶 工作总结"),
])
def test_a_blank_inside_a_sentence_is_no_paragraph_break(where: str, broken: str) -> None:
    damaged = FLAT.replace("拍手叫好", "拍手叫 好").replace(where, broken)
    assert repair(damaged).text == TEXT


def test_a_title_and_its_repetition_stand_in_lines_of_their_own() -> None:
    title = "石坡村深入开展道路硬化活动"
    assert repair(f"第一篇：{title} {title} {FLAT[FLAT.index(' ') + 1:]}").text.split("\n")[:3] == [
        f"第一篇：{title}", title, PARAGRAPHS[1]]
