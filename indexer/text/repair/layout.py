"""Fixers for lines and blanks: paragraphs that became blanks, blanks inside words, empty lines."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass, field

from indexer.model import Edit
from indexer.text.repair.characters import HAN
from indexer.text.repair.steps import Proposal, substitute
from indexer.text.repair.words import cuts_sentence, cuts_word

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
MIN_HEADING = 3
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
_NUMBER_OF_PAPER = re.compile(r"(?:[〕\]）)]第?\d{1,4}|[发發字办辦函](?:19|20)\d{3,6})[号號]$")
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
# Of these endings, those that name a kind of paper: no title goes on behind them.
_KIND_END = re.compile("(?:汇报|報告|报告|总结|方案|通知|讲话|发言|体会|简报|日记|纪实|侧记|案例|公告|"
                       "講話|總結|匯報)$")
# How the first sentence behind a title begins: 五举措抓好道路硬化 2019年1月，……
_BEGINS = re.compile(
    r"(?:19|20)\d\d年(?:以来|，|\d{1,2}月|上半年|下半年)|近年来|近日|日前|今年以来|去年以来|一年来|几年来|"
    r"为(?:了|进一步|深入|全面|认真|贯彻|切实|确保|做好)|根据|按照|同志们|各位"
)
_LEADS_ON = re.compile("[在从自到至于和与及截对把将的之]$")
_OPENS = re.compile(
    r"——|【|第[一二三四五六七八九十]{1,3}篇|篇[一二三四五六七八九十]{1,3}[:：]|本[报報][讯訊]|"
    r"[（(](?:本报|本報|特约|特約)?(?:记者|記者|通讯员|通訊員)[ ：:]|"
    rf"[{HAN}]{{2,8}}(?:[〔\[（(](?:19|20)\d\d[〕\]）)]第?\d{{1,4}}|(?:19|20)\d{{3,6}})[号號](?= )"
)
# Where the title of a report stands: at the start, and behind its number in a compilation.
_TITLE_PLACE = re.compile(
    r"\A|(?:第[一二三四五六七八九十]{1,3}篇|(?<![^\s。])篇[一二三四五六七八九十]{1,3})[:：]")
# Headings without a number.
_SECTION = re.compile(
    "【?(?:基本情况|主要做法|工作成效|取得成效|主要成效|存在问题|存在的问题|下一步打算|下一步工作|下步打算|工作打算|"
    "背景|做法|成效|启示|经验启示|体会|几点体会|目标任务|重点工作|保障措施|工作要求|总体要求|指导思想|问题和不足|"
    "基本情況|存在問題|存在的問題|啟示|經驗啟示|體會|幾點體會|目標任務|重點工作|總體要求|指導思想)】?"
)
# The office that signs, in front of its date.
_SIGNED = re.compile(
    rf"[{HAN}A-Za-z]{{2,30}}(?: [{HAN}]{{1,20}})?"
    r"(?:政府|[办辦]公室|局|委|[会會]|小[组組]|[办辦]|中心|[馆館]|院|站|公司|[联聯]|"
    rf"[队隊]|校|[团團]|[厅廳]|社|所|部|行)[^\s，。；：]{{0,4}} +(?={_DATE})"
)
_CLAUSE = re.compile("[，：；,:;]")
_NEVER_FIRST = "的地得了着過过们們和与與及"
# The end of a run-in heading behind a blank inside it: 补齐道路 短板。
_TAIL = re.compile(r"[^\s，。；：！？,;:]{1,10}[。！？!?]")
_HEADING_END = re.compile(r"[。！？!?]| (?=\S)")
_PARTS = re.compile(r" +|(?<=[^\s《“（(])(?=第[一二三四五六七八九十]{1,3}篇[:：])")
# The second part of a title: 花椒卖了好价钱 烂泥沟门村笑了.
_SHORT_PART = re.compile(rf"[{HAN}“”]{{4,24}} ")
_TITLE_PART = re.compile(rf"([{HAN}“”]{{1,24}}) ")
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


@dataclass(slots=True)
class _Flat:
    """A line of many paragraphs, with what is asked of it again and again."""

    line: str
    stops: list[int]  # where sentences end
    first_mark: int  # before it, there is nothing but a title
    only_wide: bool  # nearly all breaks are several blanks wide
    strays: bool = False  # blanks stand inside of its sentences too
    repeated: set[int] = field(default_factory=set)  # where a title and its repetition end
    headings: dict[str, list[tuple[int, bool]]] = field(default_factory=dict)  # by form of the number

    def stopped(self, begin: int, at: int) -> bool:
        """Does a sentence end between two places?"""
        following = bisect_left(self.stops, begin)
        return following < len(self.stops) and self.stops[following] < at


def _read_flat(line: str) -> _Flat:
    wide = [len(match.group()) - 1 for match in _END_BLANK.finditer(line)]
    mark = _MARKS.search(line)
    flat = _Flat(line, [match.start() for match in _STOP.finditer(line)],
                 mark.start() if mark else len(line),
                 sum(1 for width in wide if width > 1) > MIN_WIDE_SHARE * len(wide))
    for match in _BLANKS.finditer(line):
        if not flat.strays and match.start() and match.end() < len(line) and not (
                flat.only_wide and match.end() - match.start() > 1):
            flat.strays = _joins_sentence(line, match.start(), match.end()) and not (
                _ENDED.search(line, max(0, match.start() - 2), match.start())) and (
                cuts_word(line, *match.span()) or cuts_sentence(line, *match.span()))
        heading = HEADING.match(line, match.end())
        if heading:
            form = re.sub("[一二三四五六七八九十0-9]+", "1", heading.group())
            end = _HEADING_END.search(line, heading.end(), heading.end() + MAX_HEADING)
            if end:
                flat.headings.setdefault(form, []).append((match.end(), end.group() == " "))
    for match in _TITLE_PLACE.finditer(line):
        flat.repeated.update(_repetition(line, match.end()))
    return flat


def _repetition(line: str, start: int) -> tuple[int, ...]:
    """Where the title that begins at `start` and its repetition end: 第一篇：甲乡总结 甲乡总结 2018年…"""
    words = line[start:start + 4 * MAX_HEADING]
    letters = [at for at, char in enumerate(words) if char != " "]
    joined = words.replace(" ", "")
    for blank in _BLANKS.finditer(words):
        size = len(words[:blank.start()].replace(" ", ""))
        if size >= MIN_TITLE - 1 and joined.startswith(joined[:size], size):
            end = letters[2 * size - 1] + 1
            if words[end:end + 1] in (" ", ""):
                return start + blank.start(), start + end
    return ()


def _line_breaks(line: str) -> list[Edit]:
    edits = []
    flat = _read_flat(line)
    begin = 0  # where the paragraph that is being read begins
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
        elif _parts_paragraphs(flat, begin, at, after):
            edits.append(Edit(at, after, "\n"))
            begin = after
        elif _joins_sentence(line, at, after) and not _in_title(flat, begin, at, after):
            edits.append(Edit(at, after, ""))
    return edits


def _in_title(flat: _Flat, begin: int, at: int, after: int) -> bool:
    """Does the blank part the two halves of a title: 百香果红了 瓦窑桥村笑了?"""
    titled = _TITLE_PLACE.match(flat.line, begin)
    if not titled and at > flat.first_mark:
        return False
    start = titled.end() if titled else begin
    if at - start > MAX_HEADING or _MARKS.search(flat.line, start, at):
        return False
    if not flat.strays:
        return True
    part = _SHORT_PART.match(flat.line, after)
    if cuts_word(flat.line, at, after) or cuts_sentence(flat.line, at, after) or not part:
        return False
    left, right = flat.line[start:at], part.group().rstrip()
    if right[0] in _NEVER_FIRST:
        return False
    return left[-1] == right[-1] or abs(len(left) - len(right)) <= (not _TITLE_END.search(right))


def _parts_paragraphs(flat: _Flat, begin: int, at: int, after: int) -> bool:
    line = flat.line
    if (flat.only_wide and after - at > 1) or at in flat.repeated:
        return True
    if HEADING.match(line, after) or _DATE_LINE.match(line, after) or _OPENS.match(line, after):
        return line[at - 1] not in "、，,"
    before = line[max(begin, at - MAX_HEADING):at]
    if _ENDED.search(before) or _NUMBER_OF_PAPER.search(before):
        return True
    if _DATED.search(before) or _DATE_LINE.fullmatch(before):
        # 二〇一九年七月六 日, 二〇一二年十二月 十四日: the blank is inside the date.
        return before[-1] == "日" or not _DATE_GOES_ON.match(line, after)
    if before[-1] in "，、," or flat.stopped(begin, at):
        return False
    if _SIGNED.match(line, after) and (_CLAUSE.search(before) or not flat.strays):
        return True
    if at - begin > MAX_HEADING or cuts_word(line, at, after) or (
            flat.strays and _goes_on(flat, before, at, after)):
        return False
    return _ends_heading(flat, begin, at, after)


def _goes_on(flat: _Flat, before: str, at: int, after: int) -> bool:
    """Does a sentence or a title go on behind the blank, on a line that has blanks inside them?"""
    line = flat.line
    if cuts_sentence(line, at, after) or _LEADS_ON.search(before) or line[after] in _NEVER_FIRST:
        return True
    if any(before.count(left) > before.count(right) for left, right in ("《》", "（）", "()", "【】")):
        return True
    part = _TITLE_PART.match(line, after)
    return bool(part and _TITLE_END.search(part.group(1)) and not _TITLE_END.search(before)
                and not _CLAUSE.search(before))


def _ends_heading(flat: _Flat, begin: int, at: int, after: int) -> bool:
    """Is what stands between the last break and the blank a title or a heading?"""
    line, before = flat.line, flat.line[begin:at]
    if begin == 0 and at <= flat.first_mark:
        part = _SHORT_PART.match(line, after)
        ended = _KIND_END.search(before) and part and not _TITLE_END.search(part.group().rstrip())
        return at >= MIN_TITLE and (not part or bool(ended))
    untouched = at - begin >= MIN_TITLE and not _MARKS.search(before)
    if untouched and _BEGINS.match(line, after) and not _LEADS_ON.search(before):
        return True
    if _CONTINUES.match(line, after) or (flat.strays and _TAIL.match(line, after)):
        return False
    heading = HEADING.match(before)
    if heading and flat.strays and not _SECTION.fullmatch(before, heading.end()) and not (
            at - begin - heading.end() >= MIN_HEADING and _stands_alone(flat, heading, begin)):
        return False
    if _ITEM.match(before):
        return MIN_TITLE <= len(before) <= MAX_ITEM and "，" not in before
    return bool(heading or _LEAD.match(before) or _TITLE_END.search(before) or _SECTION.fullmatch(before))


def _stands_alone(flat: _Flat, heading: re.Match[str], begin: int) -> bool:
    """Do the headings around, numbered in the same form, stand in lines of their own?

    In other reports they begin their paragraphs: （二）补齐短板。驻村工作队…
    """
    form = re.sub("[一二三四五六七八九十0-9]+", "1", heading.group())
    found = flat.headings.get(form, [])
    place = bisect_left(found, (begin, False))
    near = [alone for start, alone in found[max(0, place - 2):place + 3] if start != begin]
    return 2 * sum(near) >= len(near)


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
