"""A decoded page becomes its main text, its title and its metadata lines: the chrome stays behind."""

from __future__ import annotations

import html
import re
from itertools import accumulate

from indexer.model import Decoded, Extracted, RawPage
from indexer.text.head import find_labels, find_titles, join_labels
from indexer.text.main_text import MainText, find_main_text, navigation
from indexer.text.markup import Line, Markup, han_count, read_markup
from indexer.text.script import fold

_TAG = re.compile(r"<[a-zA-Z!/?]")
# Elements that hide all that follows where nothing closes them.
_HIDING = (("<!--", "-->"), ("<script", "</script"), ("<style", "</style"), ("<title", "</title"),
           ("<textarea", "</textarea"), ("<noscript", "</noscript"), ("<select", "</select"))
# Markup that is shown as text because it was escaped once too often.
_SHOWN_TAG = re.compile(r"</?(?:p|br|div|span|font|table|tr|td|strong|section|h[1-6])\b[^<>]{0,400}>", re.I)
MIN_SHOWN_TAGS = 3
# Text inside of scripts and hidden fields is taken where it is so many times what the page shows.
CARRIED_TIMES = 3
MIN_CARRIED_HAN = 100
_STRING = re.compile(r"\"((?:[^\"\\]|\\.){40,})\"|'((?:[^'\\]|\\.){40,})'|`((?:[^`\\]|\\.){40,})`", re.DOTALL)
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(.))", re.DOTALL)
_CONTROL = {"n": "\n", "r": "", "t": " ", "b": "", "f": ""}


def extract(page: RawPage, decoded: Decoded) -> Extracted:
    """The main text of `page`, one block a line, with title candidates and metadata.

    Text pages and JSON records of text come back as they are.  An HTML page that holds no text at
    all gives an empty text and a warning; nothing raises.
    """
    if page.media == "text" or not _TAG.search(decoded.text):
        return Extracted(decoded.text, tuple(filter(None, (page.title,))))
    read, main = _read(decoded.text)
    texts = [read.lines[number].text for number in main.text]
    if read.carried and (carried := _carried_text(read, sum(map(han_count, texts)))):
        texts = carried
    elif "<" in "".join(texts[:3]):
        texts = _read_again(texts)
    texts = _without_repeated_heading(texts, read, main)
    text = "\n".join(texts)
    warning = () if text.strip() else ("no text was found in the markup",)
    return Extracted(text, find_titles(read, main, page.title), find_labels(read, main), warning)


def _read(markup: str) -> tuple[Markup, MainText]:
    """The lines of a page and which of them are its text."""
    read = read_markup(markup)
    read.lines = join_labels(read.lines)
    main = find_main_text(read.lines, read.blocks)
    if not _holds_han(read.lines, MIN_CARRIED_HAN) and (rest := _behind_unclosed(markup)):
        again = read_markup(rest)
        if _holds_han(again.lines, MIN_CARRIED_HAN + 1):
            return again, find_main_text(again.lines, again.blocks)
    return read, main


def _holds_han(lines: list[Line], least: int) -> bool:
    """Do the lines hold so many Han characters?  They are counted until they do."""
    found = accumulate(han_count(line.text) for line in lines)
    return any(count >= least for count in found)


def _behind_unclosed(markup: str) -> str:
    """What stands behind a comment, script or title that is never closed and so hides the page."""
    lower = markup.lower()
    starts = [at for opener, closer in _HIDING if (at := lower.rfind(opener)) > lower.rfind(closer)]
    if not starts:
        return ""
    at = min(starts)
    return markup[at + (4 if lower.startswith("<!--", at) else lower.find(">", at) + 1 - at):]


def _without_repeated_heading(texts: list[str], read: Markup, main: MainText) -> list[str]:
    """The text without a heading over it that only repeats the page's own: 《…》, 资源描述."""
    if not main.text or not texts:
        return texts
    first: Line = read.lines[main.text[0]]
    if not first.heading or first.text != texts[0] or len(texts) < 2:
        return texts
    bare = fold(first.text).strip("《》 ")
    above = [fold(heading) for heading in read.headings if heading != first.text]
    repeated = len(bare) >= 6 and any(bare in heading for heading in above)
    return texts[1:] if repeated or bare in _SECTION_NAMES else texts


# What sites call the box that holds a text.
_SECTION_NAMES = frozenset(
    "资源描述 资源简介 文档介绍 文档描述 文档简介 文档内容 文本内容 内容介绍 内容简介 "
    "内容描述 内容提要 文章内容 正文 全文 正文内容 "
    "文本预览 文档预览 资料简介 资料介绍 文章正文 详细内容 信息内容".split()
)


def _read_again(texts: list[str]) -> list[str]:
    """Text that shows its own markup (`&lt;p&gt;…`) read as the markup that it is."""
    joined = "\n".join(texts)
    tags = _SHOWN_TAG.findall(joined)
    if len(tags) < MIN_SHOWN_TAGS or not _SHOWN_TAG.match(joined.lstrip()):
        return texts
    return _lines_of(joined) or texts


def _lines_of(markup: str) -> list[str]:
    return [line.text for line in read_markup(markup).lines if not navigation(line)]


def _carried_text(read: Markup, shown: int) -> list[str]:
    """The text that a script, a hidden field or an unclosed comment holds instead of the page."""
    best: list[str] = []
    most = max(CARRIED_TIMES * shown, MIN_CARRIED_HAN)
    for carrier in read.carried:
        if len(carrier) < most:
            continue
        for candidate in _candidates(carrier):
            han = han_count(candidate)
            if han > most:
                lines = _lines_of(candidate)
                best, most = (lines, han) if lines else (best, most)
    return best


def _candidates(carrier: str) -> list[str]:
    """Strings that may be the text: those of a script, or the field itself."""
    strings = [_unescaped(next(filter(None, match.groups()))) for match in _STRING.finditer(carrier)]
    found = [text for text in strings if han_count(text) >= MIN_CARRIED_HAN]
    if not found and not re.search(r"\bfunction\b|\bvar\b|[{;]\s*$", carrier):
        found = [carrier]
    return [html.unescape(text) if "&lt;" in text else text for text in found]


def _unescaped(text: str) -> str:
    r"""A string literal of JavaScript or JSON as the text that it means.

    >>> _unescaped(r"\u5e2e\u6276<\/p>\n")
    '帮扶</p>\n'
    """
    if "\\" not in text:
        return text

    def plain(match: re.Match[str]) -> str:
        code = match.group(1) or match.group(2)
        return chr(int(code, 16)) if code else _CONTROL.get(match.group(3), match.group(3))

    return _ESCAPE.sub(plain, text)
