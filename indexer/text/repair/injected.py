"""The fixer for lines that a mirror put between the paragraphs: its address, appeals, its title."""

from __future__ import annotations

import re
from collections import Counter

from indexer.model import Edit
from indexer.text.repair.steps import Proposal

_ADDRESS = (
    r"(?:https?[:：]//|[wWｗＷ]{3}\s?[.．。])[\w.．/-]+|"
    r"[\w-]{2,40}[.．](?:com|cn|net|org|cc|info|xyz|top|vip|club|tv|la|me|co|site|example)\b"
)
_URL = re.compile(_ADDRESS)
# What only a site says about itself.
_APPEAL = re.compile(
    "最新域名|备用域名|永久域名|域名|请收藏|請收藏|收藏本站|收藏本页|记住本站|記住本站|本站|"
    "本文(?:来自|來自|来源|來源|转自|轉自|由|出自|链接|地址)|"
    "转载(?:请|自|于)|轉載(?:請|自|於)|更多(?:精彩|范文|範文|内容|內容|资料|資料|文章|相关|好文|"
    "信息|资讯)|首发|首發|手机阅读|手機閱讀|"
    "免费(?:下载|阅读|范文)|全文(?:阅读|下载)|无弹窗|最新章节|尽在|盡在|欢迎(?:访问|光临|收藏)|"
    "歡迎(?:訪問|光臨|收藏)|"
    "文档(?:来自|下载|由)|资料(?:来自|下载|由)|内容(?:来自|由)|整理(?:发布|提供|于)|提供(?:下载|"
    "阅读)|关注(?:我们|公众号|微信)|公众号|扫码|掃碼"
)
_SITE = (
    "(?:网站|網站|网|網|论坛|論壇|文库|文庫|社区|社區|贴吧|吧|平台|公众号|公眾號|频道|頻道|"
    "APP|app|园地|之家|资料库|大全)"
)
# Whole lines of one kind that need no address: a request to name the source, an appeal to go on.
_WHOLE_LINE = re.compile(
    rf"^[【\[（(〖★☆●◆\s]*(?:第\d{{1,4}}[页頁]\s?[/,，]?\s?共\d{{1,4}}[页頁]|转载请注明[^。，]{{0,30}}|轉載請注明[^。，]{{0,30}}|轉載請註明[^。，]{{0,30}}|"
    rf"更多[^。，；]{{1,16}}[,，]?(?:请|請|尽在|盡在|就在)[^。；]{{0,24}}{_SITE}|"
    rf"(?:本文|本文章|文章|内容|资料|文档)(?:来自|來自|来源于|來源於|转自|轉自|转载自|出自|"
    rf"由)[^。，；]{{0,24}}{_SITE}(?:整理|提供|收集|发布|"
    rf"发表|原创|首发)?|"
    rf"(?:欢迎|歡迎|敬请|请)(?:关注|關注|访问|訪問|登录|登錄|收藏|光临)[^。，；]{{0,20}}{_SITE})"
    r"[】\])）〗★☆●◆！!。.\s]*$"
)
_BRACKETED = re.compile(r"[【〖\[(（][^【】〖〗\[\]()（）\n]{4,60}[】〗\])）]")

# A line of a site is no paragraph.
MAX_LINE = 80
# A title that stands so often heads the pages of a print, not the text.
MIN_TITLES = 3


def injected_lines(text: str) -> Proposal:
    """Take out lines between paragraphs that speak for a site, and titles repeated on every page.

    A line goes when it is short and carries an address together with words of advertising, or when
    the whole of it asks to name or to visit a site.  An address in a paragraph or in a list of
    contacts stays.
    """
    lines = text.split("\n")
    bare = [line.strip() for line in lines]
    counts = Counter(bare)
    title = next(filter(None, bare), "")
    edits: list[Edit] = []
    start, seen = 0, False
    for line, stripped in zip(lines, bare, strict=True):
        repeated = counts[stripped] >= MIN_TITLES and stripped == title and len(title) >= 8
        if stripped and (_is_injected(stripped) or (repeated and seen and title[-1] not in "。！？")):
            end = min(start + len(line) + 1, len(text))
            begin = start - 1 if end == len(text) and start and end == start + len(line) else start
            edits.append(Edit(max(begin, edits[-1].end if edits else 0), end, ""))
        elif stripped:
            edits += [Edit(start + m.start(), start + m.end(), "") for m in _BRACKETED.finditer(line)
                      if _APPEAL.search(m.group()) and _URL.search(m.group())]
            seen = True
        start += len(line) + 1
    return Proposal(tuple(edits))


def _is_injected(line: str) -> bool:
    if len(line) > MAX_LINE:
        return False
    if _APPEAL.search(line) and _URL.search(line):
        # A sentence may name an address; a site's line is little more than the address.
        return not re.search("[。；].", line)
    return bool(_WHOLE_LINE.match(line))
