"""The fixer for what belongs to the site and not to the report: head lines, buttons, footers, ads."""

from __future__ import annotations

import re
from collections.abc import Collection
from importlib import resources

from indexer.model import Edit, Label
from indexer.text.labels import form_line, labels_of
from indexer.text.repair.steps import Proposal
from indexer.text.script import fold

# So many lines of the text may stand between an end of the page and a line of chrome: a title, a
# subtitle, an office in front of the labels. In the middle, 来源 and 电话 are prose.
HEAD_LINES = 4
FOOT_LINES = 2
# A head or foot line is short; longer lines are paragraphs whatever they begin with.
MAX_LINE = 160

# All patterns are of the search form: Simplified, half width, lower case.


def _read_buttons() -> str:
    """The names of buttons in `lexicon/buttons.txt` as one pattern."""
    text = (resources.files("indexer.lexicon") / "buttons.txt").read_text(encoding="utf-8")
    return "|".join(line for line in text.splitlines() if line and not line.startswith("#"))


_BETWEEN = r"[\s|>\[\]【】()<«»›·,:/&;、_+-]*"
_BUTTON_LINE = re.compile(
    rf"^(?>{_BETWEEN}(?:{_read_buttons()})(?=$|[^\w]|打印|关闭|收藏|分享|返回|推荐|缩小|默认|中|小))++"
    rf"{_BETWEEN}$")
# A button's name that is a word too needs company or brackets to be one: 支持, 大, 正文.
_ALONE = re.compile(r"^(?:[一-龥]{1,2}|政府信息公开|信息公开|政务公开|新闻中心|正文)$")
# The name of a site's part over everything else.
_SITE_HEAD = re.compile(r"^(?:政府信息公开|信息公开|政务公开|新闻中心|网站首页|首页)$")
_CRUMBS = re.compile(
    r"^(?:(?:您|你)?(?:的|现在|当前|目前|所在){0,3}位置(?:是|为)?\s*[:>»›]|"
    r"(?:网站)?首页\s*(?:>|»|›|--|/|-\s?[一-龥]{2,6}\s?-)|"
    r"[^>»›。;,]{2,20}(?:\s?(?:>{1,2}|»|›)\s?[^>»›。;,]{2,60}){2,8}$)")
_NEIGHBOUR = re.compile(r"^[【\[(]?(?:上|下)一(?:篇|条|页|则|主题)(?:文章|信息|新闻)?[】\])]?\s*[::>]")
_LIST_HEAD = re.compile(
    r"^[【\[]?(?:相关|往期|精彩|热门|最新|推荐|热点|同类|近期|延伸|猜你|更多|随机|其他|其它|今日|本类|本栏目?|"
    r"阅读|点击|浏览|24小时)的?"
    r"(?:文章|新闻|链接|信息|阅读|资讯|专题|推荐|内容|报道|公告|资源|文档|文档推荐|解读|回顾|精选|喜欢|排行|通知公告|栏目|"
    r"发布|动态|热点|图片|视频)(?:排行榜?)?[】\]]?(?::?$|:(?=.{8,150}$)(?!.*[。;]))")
_WRITER = re.compile(
    r"^[(\[【]?\s{0,2}(?:责任 ?编辑|责编|编辑|(?:网络|实习|本文)编辑|"
    r"[初复终一二三]审|审核|校对|监制|排版|美编|编审)"
    r"\s?[:|丨/]\s?[^,。]{0,24}[)\]】]?$")
# What stands in a site's footer and nowhere else …
# (every way in the pattern begins with a character of its own: the search is for these alone) …
_FOOTER = re.compile(
    r"icp[备证]|网安备|公网[备安]|公安机关备案号|网站标识码|版权所有|©|copyright|"
    r"all rights reserved|powered by|"
    + "".join(rf"{work}(?:单位)?\s*:|" for work in (
        "主办", "承办", "运行维护", "运维", "技术支持", "维护", "网站建设", "设计制作", "制作", "网站管理"))
    + r"互联网新闻信息服务许可|未经许可不得转载|"
    r"您是第.{0,12}位访(?:客|问者)|总访问量|"
    r"建议(?:使用|用).{0,20}(?:浏览|分辨率)|不良信息举报")
# … and what stands there beside it, but in a notice too: alone it is text.
_ADDRESS = re.compile(r"^(?:(?:联系|单位|办公|办公室|机关|通信)?(?:地址|电话|传真|邮编|邮政编码|邮箱|"
                      r"电子邮箱|e-?mail|qq|客服\S{0,4}|值班电话))\s*:")
_ORIGIN = re.compile(r"^(?:本文(?:网址|地址|链接|来源|转自)|原文(?:网址|地址|链接|出处)|文章链接|"
                     r"页面地址)\s*[:是]?\s*(?:https?://|www\.)\S*\s*$")
_SHARING_BEGINS = re.compile(
    r"文档来自于网络|本文档由.{0,40}(?:上传|分享)|.{0,12}(?:积分|金币|vip).{0,20}下载|下载文档到电脑|"
    r"第\d+页 ?/ ?共\d+页$")
_SHARING = re.compile(
    r"由会员分享,可在线阅读|更多相关.{0,200}请在.{0,80}上搜索|还剩\d+页未读|点击继续阅读|超出免费预览范围|"
    r"喜欢就下载吧|网友上传.{0,60}侵权|会员上传.{0,60}侵权|用户上传.{0,60}侵权")
_STATEMENT = re.compile(
    r"^[【\[(]?(?:免责|版权|郑重|特别)?声明[】\])]?\s*:?.{0,60}(?:并不意味着|不代表|仅供参考|版权归)|"
    r"(?:观点|言论|内容)仅?代表(?:该?作者|其)?(?:或机构)?(?:本人|个人|观点)|不代表.{1,20}(?:观点|立场)|"
    r"仅提供信息(?:发布|存储)(?:平台|空间)|转载.{0,30}目的在于传递更多信息")
# What may stand below a row of buttons and is of the report: an enclosure, a signature with its date.
_BELONGS = re.compile(r"^附|\d年|\d月|(?:政府|委员会|办公室|局|工作队|村委会|公司)$")
# The name under which a text was uploaded, over the text: a title, but no line of it.
_FILE_NAME = re.compile(r"^([\w\s()《》“”·、,—–-]{4,60})\.(?:docx?|pdf|pptx?|wps|rtf|txt)$")
# A line of such a list is short and no sentence; a longer list is a register, which belongs to the text.
LIST_LINES, LIST_LINE = 12, 60
_PROSE_END = "。!;?"


def chrome(text: str) -> Proposal:
    """Take site lines off both ends of the text; metadata lines become labels.

    Judged by the shape of a line (short, labelled, a row of buttons, a footer), and only at the ends of
    the text: prose that merely holds 发布, 来源 or 电话 stays.  Lines that go do not count, so that what
    is left has nothing more to take.
    """
    spans = _lines(text)
    gone: dict[int, list[Label]] = {}
    for numbers, foot in ((range(len(spans)), False), (range(len(spans) - 1, -1, -1), True)):
        kept = 0
        for number in numbers:
            if number in gone:
                continue
            found = _judge(text, spans, number, foot, first=not kept)
            if found is not None:
                gone[number] = found
            elif kept == (FOOT_LINES if foot else HEAD_LINES):
                break
            else:
                kept += 1
    _address_lines(text, spans, gone)
    _related_list(text, spans, gone)
    _beside_chrome(text, spans, gone)
    labels = [label for number in sorted(gone) for label in gone[number]]
    return Proposal(tuple(_edits(text, spans, gone)), tuple(labels))


def _judge(
    text: str, spans: list[tuple[int, int]], number: int, foot: bool, first: bool
) -> list[Label] | None:
    """The labels of a line that goes, [] when it has none; None for a line that stays."""
    start, end = spans[number]
    if end - start > 3 * MAX_LINE:
        return None
    line = text[start:end].strip()
    if not foot and len(line) > MAX_LINE and not _is_sharing(fold(line)):
        return None
    found = labels_of(line) if not foot or len(line) <= 60 else []
    if found and not _form(text, spans, number):
        return found
    if first and not foot and _SITE_HEAD.match(fold(line)):
        return []
    if not foot and len(spans) > number + 2 and (name := _FILE_NAME.match(fold(line))):
        return [Label("标题", line[:name.end(1)], line)]
    return [] if is_chrome(line, foot) else None


def _form(text: str, spans: list[tuple[int, int]], number: int) -> bool:
    """Does the line stand among lines of a form, such as the head of minutes?"""
    near = [spans[place] for place in range(max(0, number - 2), min(len(spans), number + 3))]
    return any(form_line(text[start:end]) for start, end in near)


def is_chrome(line: str, foot: bool) -> bool:
    """Has `line` the shape of a site's line: buttons, crumbs, advertising, at the `foot` a footer?"""
    folded = fold(line.strip())
    if not folded:
        return False
    if _is_sharing(folded):
        return True
    if len(folded) > MAX_LINE or folded[-1] in _PROSE_END:
        footer = len(folded) <= MAX_LINE and folded[-1] != "。" and _FOOTER.search(folded)
        return foot and bool(footer or (len(folded) <= 2 * MAX_LINE and _STATEMENT.search(folded)))
    if _BUTTON_LINE.match(folded) and not _ALONE.match(folded):
        return True
    if _CRUMBS.match(folded):
        return True
    return foot and bool(_NEIGHBOUR.match(folded) or _FOOTER.search(folded) or _ORIGIN.match(folded)
                         or _LIST_HEAD.match(folded) or _WRITER.match(folded) or _STATEMENT.search(folded))


def _is_sharing(folded: str) -> bool:
    return bool(_SHARING_BEGINS.match(folded) or _SHARING.search(folded))


def is_list_head(line: str) -> bool:
    """Is the line the head of a list of other pages: 相关文章：, 点击排行?"""
    return len(line) <= 16 and bool(_LIST_HEAD.match(fold(line)))


def _address_lines(text: str, spans: list[tuple[int, int]], gone: dict[int, list[Label]]) -> None:
    """Addresses and telephone numbers at the end go where a footer stands among them; a notice's stay."""
    number = len(spans) - 1
    block: list[int] = []
    while number >= 0 and (number in gone or _is_address(text, spans[number])):
        block.append(number)
        number -= 1
    if any(number in gone and _FOOTER.search(fold(text[slice(*spans[number])])) for number in block):
        for number in block:
            gone.setdefault(number, [])


def _related_list(text: str, spans: list[tuple[int, int]], gone: dict[int, list[Label]]) -> None:
    """A list of other pages at the end goes from its head on: 往期推荐, 相关资源 and titles below it."""
    head, kept = len(spans), 0
    for number in range(len(spans) - 1, 0, -1):
        line = fold(text[slice(*spans[number])].strip())
        if _LIST_HEAD.match(line):
            head = number
        elif number not in gone:
            kept += 1
            if kept > LIST_LINES or len(line) > LIST_LINE or line[-1] in _PROSE_END:
                break
    below = [number for number in range(head, len(spans)) if number not in gone]
    if len(spans) - len(gone) > 2 * len(below):
        gone.update((number, []) for number in below)


def _beside_chrome(text: str, spans: list[tuple[int, int]], gone: dict[int, list[Label]]) -> None:
    """A short line in the last lines, right below two that went, is of their kind: 热评 below 我要举报."""
    for number in range(max(2, len(spans) - LIST_LINES), len(spans)):
        line = fold(text[slice(*spans[number])].strip())
        above = number - 1 in gone and number - 2 in gone
        if (above and number not in gone and len(line) <= LIST_LINE and line[-1] not in _PROSE_END
                and not _BELONGS.search(line) and any(other not in gone for other in range(number))):
            gone[number] = []


def _is_address(text: str, span: tuple[int, int]) -> bool:
    return span[1] - span[0] <= MAX_LINE and bool(_ADDRESS.match(fold(text[slice(*span)].strip())))


def _lines(text: str) -> list[tuple[int, int]]:
    """Start and end of every line that is not blank."""
    spans = []
    start = 0
    for line in text.split("\n"):
        if line.strip():
            spans.append((start, start + len(line)))
        start += len(line) + 1
    return spans


def _edits(text: str, spans: list[tuple[int, int]], gone: Collection[int]) -> list[Edit]:
    """One edit for each run of lines that go, with the line feed behind it, at the end that in front."""
    edits: list[Edit] = []
    for number in sorted(gone):
        start, end = spans[number]
        if edits and number - 1 in gone:
            start = edits.pop().start
        edits.append(Edit(start, min(end + 1, len(text)), ""))
    if edits and edits[-1].end == len(text) and edits[-1].start and text[-1] != "\n":
        edits[-1] = Edit(edits[-1].start - 1, len(text), "")
    return edits
