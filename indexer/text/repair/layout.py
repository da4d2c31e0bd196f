"""Fixers for lines and blanks: paragraphs that became blanks, blanks inside words, empty lines."""

from __future__ import annotations

import re

from indexer.model import Edit
from indexer.text.repair.characters import HAN
from indexer.text.repair.steps import Proposal, substitute
from indexer.text.repair.words import cuts_word

# A text is flattened when blanks stand where its paragraphs ended: this many sentence ends followed
# by a blank, on lines that are longer than a paragraph of the archive usually is.
MIN_FLAT_BREAKS = 2
MIN_FLAT_LINE = 200
# Where nearly every sentence has its blank, the blanks part sentences.
MAX_BLANK_STOPS = 0.8
# Where nearly all breaks are several blanks wide, a single blank is none.
MIN_WIDE_SHARE = 0.8
# A heading without a full stop is not longer than this.
MAX_HEADING = 40
MIN_TITLE = 6
MAX_ITEM = 20
MAX_BYLINE = 24

_END_BLANK = re.compile(r"[。：；！？:;!?”）)】] +(?=\S)")
HEADING = re.compile(
    r"(?:第[一二三四五六七八九十百]{1,3}[篇章节部分][:：、 ]?|[一二三四五六七八九十]{1,3}、|"
    r"[（(][一二三四五六七八九十]{1,3}[)）]|"
    r"\d{1,2}[、.．](?!\d))"
)
_DATE = (
    r"(?:19|20)\d\d年\d{1,2}月(?:\d{1,2}日)?|"
    r"[一二][〇○o0零一二三四五六七八九]{2,3}年[一二三四五六七八九十]{1,3}月[一二三四五六七八九十 ]{0,4}日?"
)
# The weather of a diary's date belongs to it: 2021年1月27日 大雾.
_SKY = (
    r" +(?:星期.|周.|晴|阴|陰|多云|多雲|小雨|中雨|大雨|阵雨|陣雨|雨|小雪|大雪|雪|大雾|雾|霧|"
    r"大霧|风|風)(?=[ 转]|$)"
)
_WEATHER = re.compile(_SKY)
_DATE_LINE = re.compile(rf"[（(]?(?:{_DATE})[)）]?(?:{_SKY})?(?= |$)")
_DATED = re.compile(rf"(?:{_DATE})$")
_DATE_GOES_ON = re.compile(r"[一二三四五六七八九十廿]{0,3}[日号]|\d{1,2}[日号]")
_NUMBER_OF_PAPER = re.compile(r"[〕\]）)]\d{1,4}号$")
_LEAD = re.compile("第[一二三四五六七八九十]，")
_ENDED = re.compile(r"[。：；！？:;!?】]$|[。！？…][”’）)]$")
# How the titles of reports end: what stands behind the blank is the text.
_TITLE_END = re.compile(
    "(?:汇报|報告|报告|总结|情况|方案|意见|通知|讲话|纪实|体会|材料|计划|打算|发言|简报|信息|经验|"
    "建议|规划|调研|心得|说明|综述|工作|"
    r"做法|措施|成效|问题|事迹|日记|方法|决定|公告|要点|职责|思考|探索|启示|講話|總結|"
    r"侧记|见闻|案例|手记|札记|印象|纪要|公示|倡议书|感言|随笔|"
    r"匯報)(?:[（(][^（）()]{1,8}[)）]|\d)?$"
)
# How the first sentence behind a title begins: 五举措抓好道路硬化 2019年1月，……
_BEGINS = re.compile(
    r"(?:19|20)\d\d年(?:以来|，|\d{1,2}月|上半年|下半年)|近年来|近日|日前|今年以来|去年以来|一年来|几年来|"
    r"为(?:了|进一步|深入|全面|认真|贯彻|切实|确保|做好)|根据|按照|同志们|各位"
)
_LEADS_ON = re.compile("[在从自到至于和与及截对把将的之]$")
_OPENS = re.compile(r"——|【|第[一二三四五六七八九十]{1,3}篇|篇[一二三四五六七八九十]{1,3}[:：]")
_PARTS = re.compile(r" +|(?<=[^\s《“（(])(?=第[一二三四五六七八九十]{1,3}篇[:：])")
# The second part of a title: 花椒卖了好价钱 烂泥沟门村笑了.
_SHORT_PART = re.compile(rf"[{HAN}“”]{{4,24}} ")
# A few characters up to the next blank are the rest of a heading: 一、药材 变药财.
_CONTINUES = re.compile(r"[^\s，。；：]{1,6} ")
_ITEM = re.compile(r"\d")
_MARKS = re.compile("[，。；]")
_STOP = re.compile("[。！？]")
_BLANKS = re.compile(" +")
_BYLINE = re.compile("记者|記者|通讯员|通訊員|作者|编辑|編輯")
_NEAR = re.compile(rf"[{HAN}“”《》、，；：（）,;:()]")
# Lines of code keep their indents.
_CODE_LINE = re.compile(
    r"(?=[A-Za-z_{}\[\]<>#/*@$\"'`.&|;+=-])[^\u3400-\u9fff\n]{3}|[})\]];?,?$", re.MULTILINE)
_EDGE_BLANKS = re.compile(r"^[ \t]+|[ \t]+$", re.MULTILINE)
_EMPTY_LINES = re.compile(r"\A\n+|\n+\Z|(?<=\n)\n+")


def flattened_paragraphs(text: str) -> Proposal:
    """In a text whose paragraphs became blanks: breaks put back, blanks inside sentences removed.

    A blank after a sentence end, around a heading or around a date line was a paragraph break; one
    between two Han characters cuts a sentence.  Lines of other texts keep their blanks:
    `千名干部驻农村 助推美丽乡村建设`, `（方磊 记者 王梓菡）`.
    """
    edits: list[Edit] = []
    start = 0
    for line in text.split("\n"):
        if _is_flat(line):
            edits += [Edit(start + e.start, start + e.end, e.new) for e in _line_breaks(line)]
        start += len(line) + 1
    return Proposal(tuple(edits))


def _is_flat(line: str) -> bool:
    """Does one line hold many paragraphs?  Someone who sets a blank after every stop writes one."""
    if len(line) < MIN_FLAT_LINE or "\t" in line:
        return False
    breaks = len(_END_BLANK.findall(line))
    headings = sum(1 for match in _BLANKS.finditer(line) if HEADING.match(line, match.end()))
    stops = len(_STOP.findall(line))
    return breaks >= MIN_FLAT_BREAKS and (headings > 1 or breaks <= stops * MAX_BLANK_STOPS)


def _line_breaks(line: str) -> list[Edit]:
    edits = []
    begin = 0  # where the paragraph that is being read begins
    wide = [len(match.group()) - 1 for match in _END_BLANK.finditer(line)]
    only_wide = sum(1 for width in wide if width > 1) > MIN_WIDE_SHARE * len(wide)
    for match in _PARTS.finditer(line):
        at, after = match.span()
        if not at or after == len(line):
            continue
        if at == after:  # a heading that lost even the blank
            edits.append(Edit(at, at, "\n"))
            begin = after
        elif _in_byline(line, at) or (
                _DATED.search(line, max(begin, at - MAX_HEADING), at) and _WEATHER.match(line, at)):
            continue
        elif _parts_paragraphs(line, begin, at, after, only_wide):
            edits.append(Edit(at, after, "\n"))
            begin = after
        elif not (begin == 0 and not _MARKS.search(line, 0, at)) and _joins_sentence(line, at, after):
            edits.append(Edit(at, after, ""))
    return edits


def _parts_paragraphs(line: str, begin: int, at: int, after: int, only_wide: bool) -> bool:
    if only_wide and after - at > 1:
        return True
    if HEADING.match(line, after) or _DATE_LINE.match(line, after) or _OPENS.match(line, after):
        return line[at - 1] not in "、，,"
    before = line[begin:at] if at - begin <= MAX_HEADING else line[at - MAX_HEADING:at]
    if _ENDED.search(before) or _NUMBER_OF_PAPER.search(before):
        return True
    if _DATED.search(before) or _DATE_LINE.fullmatch(before):
        # 二〇一九年七月六 日, 二〇一二年十二月 十四日: the blank is inside the date.
        return before[-1] == "日" or not _DATE_GOES_ON.match(line, after)
    if at - begin > MAX_HEADING or before[-1] in "，、," or cuts_word(line, at, after):
        return False
    if begin == 0 and not _MARKS.search(line, 0, at):
        return at >= MIN_TITLE and not _SHORT_PART.match(line, after)
    untouched = at - begin >= MIN_TITLE and not _MARKS.search(line, begin, at)
    if untouched and _BEGINS.match(line, after) and not _LEADS_ON.search(before):
        return True
    if _CONTINUES.match(line, after):
        return False
    if _ITEM.match(before):
        return MIN_TITLE <= len(before) <= MAX_ITEM and "，" not in before
    return bool(HEADING.match(before) or _LEAD.match(before) or _TITLE_END.search(before))


def _in_byline(line: str, at: int) -> bool:
    """Does a blank part the names of （方磊 记者 王梓菡）?"""
    start = max(line.rfind("（", max(0, at - MAX_BYLINE), at), line.rfind("(", max(0, at - MAX_BYLINE), at))
    if start < 0 or re.search("[）)]", line[start:at]):
        return False
    return bool(_BYLINE.search(line, start, at + MAX_BYLINE))


def _joins_sentence(line: str, at: int, after: int) -> bool:
    return bool(_NEAR.match(line[at - 1]) and _NEAR.match(line[after]))


def lines(text: str) -> Proposal:
    """One paragraph a line: no blanks at the ends of lines, no empty lines.

    >>> from indexer.text.repair.steps import apply
    >>> apply("\\n  一、基本情况  \\n\\n\\n正文", lines("\\n  一、基本情况  \\n\\n\\n正文").edits)
    '\\n一、基本情况\\n\\n\\n正文'
    """
    found = substitute(_EDGE_BLANKS, "", text)
    return Proposal(tuple(
        edit for edit in found.edits
        if not (edit.start == 0 or text[edit.start - 1] == "\n") or not _CODE_LINE.match(text, edit.end)
    ))


def empty_lines(text: str) -> Proposal:
    """Empty lines between paragraphs, and at both ends of the text, go."""
    return substitute(_EMPTY_LINES, "", text)
