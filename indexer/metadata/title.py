"""The title of a report: from the page's markup, else from the first lines of the text, else None."""

from __future__ import annotations

import re

from indexer.metadata.dates import is_document_host
from indexer.metadata.evident import Evident, Fold
from indexer.model import Evidence, Found

LONGEST = 80
SEARCHED_LINES = 4

_FILE_ENDING = re.compile(r"\s*\.(?:docx?|pdf|txt|wps|pptx?|xlsx?|rtf|html?)\s*$", re.I)
_YEAR_IN_FRONT = re.compile(r"^(?:19|20)\d\d(?=[\u4e00-\u9fffXx“《])(?![年届级版度])")
# 汇报 ends a heading unless the word goes on: 汇报会, 汇报材料, 总结表彰, 方案的通知.
_GENRE_END = re.compile(r"(?:汇报|匯報|总结|總結|报告|報告|方案|讲话|講話|简报|簡報)(?:\d|[(（]\d{1,2}[)）])?"
                        r"(?=[\u4e00-\u9fffXx“\"《 ])(?![会會材的稿后時时前提文制及和与暨表并，、 ]{1,2})")
_WIRE_INSIDE = re.compile(r"(?:本[报報网網台刊][讯訊])[ （(]")
# …家门口好就业今年以来，记者来到…; …会上的发言建始县长梁镇…村近年来…: the break behind the title was lost.
_OPENING_INSIDE = re.compile(
    r"([^。；;！!，,]{6,50}(?:[，,][^。；;！!，,]{4,30})?(?<![，,、：:的在自从于到]))"
    r"(?=(?:今年以来|近年来|近日|日前|(?:19|20)\d\d年以来|同志们|各位领导)[，,：:])")
_PLACE_INSIDE = re.compile(
    r"([^。；;！!，,]{6,60}?(?:会上的发言|会上的讲话|交流材料|交流发言|情况汇报|工作总结|典型案例|实施方案))"
    r"(?=[\u4e00-\u9fff]{1,8}[省市县区旗州镇乡村])")
_COPY_NUMBER = re.compile(r"\s*[(（]\d{1,2}[)）]\s*$")
_MARKS = re.compile(r"[\[【(（](?:图|视频|視頻|图文|圖文|组图|組圖|音频|转载|轉載|转帖|轉帖|原创|原創|转|"
    r"轉|荐)[\]】)）]\s*|^\[[\u4e00-\u9fff]{2,4}\]\s*")
# Print views: 文章打印 - …, 打印预览：…; or nothing but the separator is left in front.
_PRINTED = re.compile(
    r"^(?:(?:文章|网页|網頁|页面|本页|本文)?打印(?:预览|預覽|本页|本頁|页面|版)?\s*[-_:：—|]+|"
    r"[:：_|]|[-–](?![-–]))\s*")
_PAGES = re.compile(r"[(（](?:共?\d+页|全文|精选\d*篇?|最新)[^()（）]{0,8}[)）]\s*$")
_LABEL = re.compile(r"^(?:标题|標題|题目|題目|文章标题)\s*[:：]\s*")
# 甘肃省… - 定西市人民政府: the part behind the last separator names the site.
_SEPARATOR = re.compile(r"\s*(?:[_|｜]|\s[-–—]+\s|--+|-(?=[^-]{2,20}$)|>>?|»)\s*")
_SITE = re.compile(r"社[区區]$|公室$|委[员員][会會]$|[贴貼]吧$|"
                   r"网$|網$|网站|網站|门户|政府$|频道|頻道|日报|日報|新闻|新聞|首页|首頁|文库|文庫|信息公开|"
                   r"论坛|論壇|中心$|局$|办$|com$|cn$|动态|動態|文档|文檔|资讯|在线|专题|頭條|头条|栏目|"
                   r"powered by", re.I)
# … and where a site puts itself in front, what ends as only sites end: 某某文库 - 2014年工作总结.
_SITE_IN_FRONT = re.compile(r"^.{2,20}(?:[文題题]库|文庫|网|網|网站|網站|论坛|論壇|人民政府|首页|首頁)$")
_GENERIC = re.compile(r"^(?:政府信息公开|政務公開|政务公开|信息公开|信息公開|首页|首頁|正文|"
    r"详情页?|内容页?|文章内容|"
                      r"无标题.*|untitled.*|index|home|新闻中心|工作动态|通知公告|打印.*|\W*)$", re.I)
_COMPILER = re.compile(r"^[【（(]?(?:第[一二三四五六七八九十百\d]{1,3}[篇章部]|"
                       r"(?:篇|范文|範文)[一二三四五六七八九十\d]{1,3}(?=[】）):：]))"
                       r"[】）)]?[:：\s、]*")
_COUNTED = re.compile(rf"{_COMPILER.pattern}|.{{4,30}}(?:范文|範文|篇|例文|[(（])[一1][)）]?[:：]?$")
_SUBTITLE = re.compile(r"^[—─－-]{1,4}")
_SENTENCE = re.compile(r"[。；;！!]|[，,][^，,]{0,60}[，,].{10}|[:：]$")
_WIRE = re.compile(r"^(?:本报讯|本網訊|本网讯|.{0,10}[讯訊电電][ (（]|各.{1,20}[:：]$|同志们)")
_GENRE = re.compile(r"总结|總結|汇报|匯報|报告|報告|方案|通知|简报|簡報|讲话|講話|计划|計劃|"
    r"意见|意見|经验|經驗|"
                    r"日记|日記|案例|纪实|紀實|侧记|发言|典型|材料|概述|情况|情況|工作")
_ORGANISATION = re.compile(r"(?:局|委员会|委員會|政府|办公室|辦公室|办|辦|厅|廳|中心|公司|支部|"
    r"党委|工作队|工作隊|部)$")


def find_title(evident: Evident, fold: Fold) -> Found[str] | None:
    """The title as printed, without site name, file ending and marks; None where there is none."""
    lines = [line.strip() for line in evident.body.split("\n")[: SEARCHED_LINES + 4] if line.strip()]
    lines = lines[:SEARCHED_LINES]
    if evident.labels_apply:
        heads = {fold(line) for line in lines}
        shared = is_document_host(evident.url)
        cleaned = [_without_upload_year(clean_title(title), title, heads, fold, shared)
                   for title in evident.titles]
        good = [title for title in cleaned if title and not _GENERIC.match(title)]
        for title in good:
            if fold(title) in heads:
                return Found(title, Evidence("markup and text", title))
        for title in good:
            longer = _unshortened(title, good)
            if longer is not None and not _is_site(title):
                return Found(longer, Evidence("markup", longer))
        labelled = [label for label in evident.labels if fold(label.name) in ("标题", "题目", "articletitle")]
        if labelled and clean_title(labelled[0].value):
            return Found(clean_title(labelled[0].value), Evidence("label", labelled[0].words))
    if evident.parts > 1:  # the compiler's own title stands above the first report's
        first = next((place for place, line in enumerate(lines) if _COUNTED.match(line)), 0)
        lines = lines[first:]
    return _from_text(lines)


def clean_title(title: str) -> str:
    """Site name, file ending, copy number, marks and repetition taken off."""
    title = _LABEL.sub("", " ".join(title.split()))
    title = _MARKS.sub("", _PRINTED.sub("", title))
    parts = [part for part in _SEPARATOR.split(title) if part]
    while len(parts) > 1 and (_SITE.search(parts[-1]) and len(parts[-1]) <= 24):
        title = title[: title.rindex(parts.pop())]
        title = re.sub(r"[\s_|｜>»–—-]+$", "", title)
    if len(parts) > 1 and _SITE_IN_FRONT.match(parts[0]) and len(parts[-1]) >= 6:
        title = title[title.index(parts[1], len(parts[0])):]
    ending = _FILE_ENDING.search(title)
    if ending:
        title = title[: ending.start()]
    title = _COPY_NUMBER.sub("", _PAGES.sub("", title)).strip()
    half = len(title) // 2
    for middle in (half, half + 1):  # "X X" or "XX": the same title twice
        left, right = title[:middle].strip(" _-|"), title[middle:].strip(" _-|")
        if left == right and len(left) >= 6:
            return left
    return title


def _without_upload_year(
    title: str, printed: str, heads: set[str], fold: Fold, shared: bool
) -> str:
    """2022泉湖乡…汇报.doc without the year that the site put in front of the file's name."""
    rest = _YEAR_IN_FRONT.sub("", title)
    if rest == title or len(rest) < 5:
        return title
    named = shared or _FILE_ENDING.search(printed) or _FILE_ENDING.search(title)
    return rest if named or fold(rest) in heads or _begins(heads, fold(rest)) else title


def _begins(heads: set[str], title: str) -> bool:
    """Whether a line of the text begins with the title (the break behind it was lost)."""
    return any(head.startswith(title) for head in heads)


def segments(line: str) -> list[str]:
    """A compiler's heading apart from the title and the offices that lost their line breaks.

    第四篇：行动进展汇报甘草店镇行动进展情况汇报中共甘草店镇委员会…: three lines in one.
    """
    heading = _COMPILER.match(line)
    if heading is None or len(line) > 160:
        return [line]
    parts: list[str] = []
    start = 0
    for hit in _GENRE_END.finditer(line, heading.end()):
        if len(parts) < 2 and hit.end() < len(line):
            parts.append(line[start : hit.end()].strip())
            start = hit.end()
    return [*parts, line[start:].strip()]


def _unglued(line: str) -> str:
    """The title in front of 本报讯（记者 …）, of 今年以来，…, or of its own repetition."""
    wire = _WIRE_INSIDE.search(line)
    opening = _OPENING_INSIDE.match(line) or _PLACE_INSIDE.match(line) if len(line) > 60 else None
    if wire:
        line = line[: wire.start()]
    elif opening:
        return _unglued(opening[1])
    elif len(line) > 24:
        start = line.find(line[:8], 8)
        if start > 0 and line[:start] == line[start : 2 * start]:
            return line[:start]
    return line


def _unshortened(title: str, others: list[str]) -> str | None:
    """A title that was cut (千名干部驻…) completed by a longer candidate, None where there is none."""
    stump = re.sub(r"(?:…+|\.{2,})$", "", title).strip()
    if stump == title:
        return title
    return next((other for other in others if other != title and other.startswith(stump)), None)


def _is_site(title: str) -> bool:
    return bool(re.fullmatch(r".{2,14}(?:网|網|网站|門戶|门户|日报|政府|文库)", title))


def _from_text(lines: list[str]) -> Found[str] | None:
    """The first title-like line; 第N篇 headings and an organisation's line above the title pass."""
    compiled = None
    lines = [part for line in lines for part in segments(line)]
    lines = [line if _WIRE.match(line) else _unglued(line) for line in lines]
    for place, line in enumerate(lines):
        if _COMPILER.match(line):
            compiled = compiled or re.sub(r"\d$", "", clean_title(_unglued(_COMPILER.sub("", line))))
            continue
        if compiled and line.startswith(compiled):
            return Found(compiled, Evidence("first line", line[: len(compiled)]))
        following = lines[place + 1] if place + 1 < len(lines) else ""
        if _ORGANISATION.search(line) and _title_like(following) and _GENRE.search(following):
            continue
        if _title_like(line):
            return Found(clean_title(line), Evidence("first line", line))
        break
    return Found(compiled, Evidence("heading of the compilation", compiled)) if compiled else None


# Lines that stand where a title might: a diary's date, the number of a document, 【基本情况】.
_NO_TITLE = re.compile(
    r"[（(]?(?:19|20)\d\d ?年 ?\d{1,2} ?月(?: ?\d{1,2} ?日)?[）)]?[\s,，]*(?:(?:星期|周).)?[\s,，]*.{0,5}|"
    r"【[^】]{2,10}】|"
    r"[\u4e00-\u9fff]{1,12}[〔\[（(]?(?:19|20)\d\d[〕\]）)]?第?\d{1,4}号")


def _title_like(line: str) -> bool:
    if not 5 <= len(line) <= LONGEST or _SENTENCE.search(line) or _SUBTITLE.match(line):
        return False
    if _NO_TITLE.fullmatch(line):
        return False
    return not _WIRE.match(line) and not re.match(r"^[（(]?[一二三四五六七八九十\d][、.）)]", line)
