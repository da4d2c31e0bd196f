"""Fixers for single characters: leftovers of markup and encodings, glyphs that stand for others."""

from __future__ import annotations

import html
import re
import unicodedata

from indexer.model import Edit
from indexer.text.repair.signs import (
    BLANKS,
    BOX_LINE,
    COMPATIBILITY,
    CONTROLS,
    GLYPHS,
    IDEOGRAPHIC_BLANK,
    JOINERS,
    LATIN_O,
    RADICALS,
    RETURNS,
    WIDE,
    holds,
    signs_in,
)
from indexer.text.repair.steps import Proposal, substitute
from indexer.text.script import script_of

HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff〇"

_RETURNS = re.compile("\r\n?|[\u2028\u2029]")
_CONTROLS = re.compile(f"[{CONTROLS}]")
_JOINERS = re.compile(f"[{JOINERS}]+")
_BLANK = re.compile(f"[{BLANKS}]|^{IDEOGRAPHIC_BLANK}+|{IDEOGRAPHIC_BLANK}+$", re.MULTILINE)

_TAG_NAMES = (
    "p|font|br|span|div|td|tr|th|table|tbody|b|strong|a|img|em|i|u|o:p|st1:[a-z]+|center|h[1-6]|ul|"
    "li|section"
)
_TAG = re.compile(rf"</?(?:{_TAG_NAMES})(?:\s[^<>\n]{{0,500}})?/?>", re.IGNORECASE)
_BLOCK_TAG = re.compile(r"</?(?:p|br|div|tr|table|center|h[1-6]|ul|li|section)\b", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:amp;){0,4}(?:[a-zA-Z][a-zA-Z0-9]{1,30}|#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6});")
# Pages of code, and pages that speak about markup, show tags and entities on purpose.
_CODE_PAGE = re.compile(
    r"<!DOCTYPE|</?(?:html|head|body|script|style|form|input|button|nav|template)\b|```|"
    r"\b(?:var|let|const|function|return|import|def|class|printf?|echo|include)\b[^\n]{0,80}[;{}()]",
    re.IGNORECASE,
)
_ABOUT_MARKUP = re.compile("HTML|XML|标签|標籤|标记语言|標記語言|网页代码|源代码|转义|轉義|"
    "实体引用|實體引用", re.IGNORECASE)
_QUOTED = "“”‘’\"'`「」『』（）()、《》"
_SPOKEN_OF = re.compile(r"[\s”’\"'`」]{0,2}(?:标签|標籤|元素|标记|標記|实体|實體|属性|屬性|表示|"
    r"代表|转义|轉義|等于|字符)")


_HAN = re.compile(f"[{HAN}]")
_PLAIN = re.compile(f"[ -~\\n\u3000-\u303f\uff00-\uff60—…·“”‘’{HAN}]")
_LOST_INDENT = re.compile(rf"^[ \t]*(?:\?\?)+[ \t]*(?=[{HAN}“‘《（(【〔\d])", re.MULTILINE)
# Where several lines of a page begin so, every line that does has lost its indent.
_ANY_INDENT = re.compile(r"^[ \t]*(?:\?\?)+(?!\?)[ \t]*(?=[^\s?=.]|$)", re.MULTILINE)
MIN_LOST_INDENTS = 3

_NUMERAL = "一二三四五六七八九十百千"
_LATIN_O = re.compile(rf"(?:(?<=[{HAN}，,、；：:（(~～-])|^)[oO](?=\.\d)", re.MULTILINE)
_O_IN_NUMERAL = re.compile(rf"(?<=[{_NUMERAL}〇])[oO]+(?=[{_NUMERAL}〇年月日号號余餘多个個第])")
_LOST_O_IN_YEAR = re.compile(r"(?<![一-鿿〇])二(?=一[一二三四五六七八九]年[一二三四五六七八九十])")
# Kept for text in front of which nothing forbids it: 于二一二年三月.
_LOST_O_BEHIND_HAN = re.compile(r"(?<=[于于在从從至到自止])二(?=一[一二三四五六七八九]年[一二三四"
    r"五六七八九十])")
_SHORT_DASH = re.compile(r"(?<![\u2500-\u259f\s─])─{1,2}(?![\u2500-\u259f])|^──(?=[\w“《])", re.MULTILINE)
_ASCII_DASH = re.compile(rf"(?<=[{HAN}”》）])--(?=[{HAN}“《（])")
_GLYPH = str.maketrans(GLYPHS, "置的并任进规移和把动")
_GLYPHS = re.compile(f"[{GLYPHS}]")
MIN_GLYPHS = 3

_RADICAL = re.compile(f"[{RADICALS}]")
_COMPATIBILITY = re.compile(f"[{COMPATIBILITY}]")
# What the radicals of the supplement are used for by PDF fonts; Unicode gives no decomposition.
_SUPPLEMENT = dict(zip(
    "⺀⺄⺆⺊⺌⺍⺕⺜⺝⺟⺠⺡⺢⺣⺤⺥⺦⺧⺨⺩⺪⺫⺬⺭⺮⺯⺰⺱⺲⺳⺴⺶⺷⺸⺹⺺⺻⺼⺽⺾⺿⻀⻁⻂⻃⻄"
    "⻅⻆⻇⻈⻉⻊⻋⻌⻍⻎⻏⻐⻑⻒⻓⻔⻕⻖⻗⻘⻙⻚⻛⻜⻝⻞⻟⻠⻡⻢⻣⻤⻥⻦⻧⻨⻩⻪⻫⻬⻭⻮⻯⻰⻱⻲⻳",
    "冫乙冂卜小小彐日月母民氵水灬爪爪丬牛犭王疋目示礻竹糸纟网网网网羊羊羊老肀聿肉臼艹艹艹虎衤覀西"
    "见角角讠贝足车辶辶辶阝钅长长长门阜阝雨青韦页风飞食食食饣首马骨鬼鱼鸟卤麦黄黾斉齐歯齿竜龙龟亀龟",
    strict=True,
))

_WIDE = re.compile(f"[{WIDE}]+(?:．(?=[\uff10-\uff19])|[{WIDE}]+)*")
_NARROW = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}


def controls(text: str) -> Proposal:
    """Remove control, zero-width and direction characters; exotic blanks become plain ones.

    Ideographic blanks inside a line set out columns and verses and stay; at a line's ends they go.

    >>> from indexer.text.repair.steps import apply
    >>> apply("帮\\u200b扶\\xa0工作", controls("帮\\u200b扶\\xa0工作").edits)
    '帮扶 工作'
    """
    edits: list[Edit] = []
    if holds(text, RETURNS):
        edits += substitute(_RETURNS, "\n", text).edits
    if holds(text, CONTROLS):
        edits += substitute(_CONTROLS, "", text).edits
    if holds(text, BLANKS + IDEOGRAPHIC_BLANK):
        edits += substitute(_BLANK, lambda match: " " * len(match.group()), text).edits
    if holds(text, JOINERS):
        edits += (Edit(m.start(), m.end(), "") for m in _JOINERS.finditer(text) if _idle(text, m))
    return Proposal(tuple(sorted(edits, key=lambda edit: edit.start)))


def _idle(text: str, joiners: re.Match[str]) -> bool:
    """Do joining characters stand between characters that nothing can join?"""
    around = text[max(0, joiners.start() - 1):joiners.start()] + text[joiners.end():joiners.end() + 1]
    return all(_PLAIN.match(char) for char in around)


def html_residue(text: str) -> Proposal:
    """Tags of a known list and entities that stand in the text; block tags end a paragraph.

    `<1000元` and `<<办法>>` are no tags and stay; so do the tags of a page of code, and those of a
    page that speaks about them (`<br>标签`).

    >>> from indexer.text.repair.steps import apply
    >>> apply("成效</p>&amp;ldquo;<1000元", html_residue("成效</p>&amp;ldquo;<1000元").edits)
    '成效\\n“<1000元'
    """
    found = [*(_TAG.finditer(text) if "<" in text else ()), *(_ENTITY.finditer(text) if "&" in text else ())]
    if not found or not _HAN.search(text) or _CODE_PAGE.search(text):
        return Proposal()
    if _ABOUT_MARKUP.search(text) or any(_spoken_of(text, match) for match in found):
        return Proposal()
    edits = []
    for match in sorted(found, key=re.Match.start):
        value = _markup_value(match.group())
        if value is not None:
            edits.append(Edit(match.start(), match.end(), value))
    return Proposal(tuple(edits))


def _markup_value(markup: str) -> str | None:
    """What a tag or an entity stands for; None where that is not known or not safe."""
    if markup[0] == "<":
        return "\n" if _BLOCK_TAG.match(markup) else ""
    value = markup
    for _ in range(4):
        value = html.unescape(value)
    if value == markup or value.endswith(";"):
        return None
    return " " if value in "\xa0\u2002\u2003\u2009\u3000" else value


def _spoken_of(text: str, match: re.Match[str]) -> bool:
    """Is a tag or an entity named rather than used: quoted, or called a tag?"""
    before, after = text[match.start() - 1:match.start()], text[match.end():match.end() + 1]
    if before and after and before in _QUOTED[:6] + "`「『（(" and after in "”’\"'`」』）)":
        return True
    return bool(_SPOKEN_OF.match(text, match.end())) or text[max(0, match.start() - 2):match.start()] in (
        "标签", "標籤", "实体", "實體")


def lost_indents(text: str) -> Proposal:
    """`????贵阳市` at the start of a line: blanks that an encoder turned into `?`, each in a pair.

    A single `?`, and `？？` inside or at the end of a line, are left alone.

    >>> from indexer.text.repair.steps import apply
    >>> apply("????贵阳市??", lost_indents("????贵阳市??").edits)
    '贵阳市??'
    """
    if "??" not in text:
        return Proposal()
    sure = substitute(_LOST_INDENT, "", text)
    if len(sure.edits) < MIN_LOST_INDENTS:
        return sure
    return substitute(_ANY_INDENT, "", text)


def wrong_glyphs(text: str) -> Proposal:
    """Glyphs that stand for others: 臵→置, `o.6`→0.6, 二o一二年→二〇一二年, box lines for dashes.

    >>> from indexer.text.repair.steps import apply
    >>> raw = "安臵3户,厚o.6米,二o一二年"
    >>> apply(raw, wrong_glyphs(raw).edits)
    '安置3户,厚0.6米,二〇一二年'
    """
    edits: list[Edit] = []
    if holds(text, GLYPHS):
        different = len(_GLYPHS.findall(signs_in(text)))
        edits += (
            edit for edit in substitute(_GLYPHS, lambda match: match.group().translate(_GLYPH), text).edits
            if text[edit.start] == "臵" or different >= MIN_GLYPHS
        )
    latin_o = holds(text, LATIN_O)
    lost_o = "二一" in text
    for seen, pattern, new in ((latin_o, _LATIN_O, "0"), (lost_o, _LOST_O_IN_YEAR, "二〇"),
                               (lost_o, _LOST_O_BEHIND_HAN, "二〇"), ("--" in text, _ASCII_DASH, "——")):
        if seen:
            edits += substitute(pattern, new, text).edits
    if latin_o:
        edits += substitute(_O_IN_NUMERAL, lambda match: "〇" * len(match.group()), text).edits
    if holds(text, BOX_LINE):
        edits += substitute(_SHORT_DASH, lambda match: "—" * len(match.group()), text).edits
    return Proposal(tuple(sorted(edits, key=lambda edit: edit.start)))


def radical_forms(text: str) -> Proposal:
    """Radicals and compatibility forms that PDF fonts put for characters: ⼯作→工作.

    A radical that stands by itself is spoken of (部首“⼯”) and stays.

    >>> from indexer.text.repair.steps import apply
    >>> apply("⼯作", radical_forms("⼯作").edits)
    '工作'
    """
    if not has_forms(text):
        return Proposal()
    radicals = list(_RADICAL.finditer(text))
    used = [m for m in radicals if _HAN.match(text, m.end()) or _HAN.match(text[m.start() - 1:m.start()])]
    chosen = radicals if 2 * len(used) >= len(radicals) else used
    simplified = bool(chosen) and script_of(text) == "hans"
    edits = [
        Edit(m.start(), m.end(), value)
        for m in (*chosen, *_COMPATIBILITY.finditer(text))
        if (value := _whole_character(m.group(), simplified)) != m.group()
    ]
    return Proposal(tuple(sorted(edits, key=lambda edit: edit.start)))


def has_forms(text: str) -> bool:
    """Does the text hold a radical or a compatibility form?"""
    return holds(text, RADICALS + COMPATIBILITY)


def _whole_character(form: str, simplified: bool) -> str:
    """The character that a radical or a compatibility form stands for."""
    if form == "⼾" and simplified:
        return "户"  # Unicode names its Traditional form
    return _SUPPLEMENT.get(form) or unicodedata.normalize("NFKC", form)


def wide_forms(text: str) -> Proposal:
    """Full-width digits and Latin letters become ASCII: ２０１７年→2017年.

    >>> from indexer.text.repair.steps import apply
    >>> apply("２０１７年ＧＤＰ增１．５％", wide_forms("２０１７年ＧＤＰ增１．５％").edits)
    '2017年GDP增1.5％'
    """
    if not holds(text, WIDE):
        return Proposal()
    return substitute(_WIDE, lambda match: match.group().translate(_NARROW), text)
