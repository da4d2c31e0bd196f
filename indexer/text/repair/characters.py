"""Fixers for single characters: leftovers of markup and encodings, glyphs that stand for others."""

from __future__ import annotations

import html
import re

from indexer.model import Edit
from indexer.text.repair.steps import Proposal, substitute

HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff〇"

# Tab and line feed stay: one parts the cells of a table, the other the paragraphs.
_CONTROLS = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ufe00-\ufe0f]"
)
_TAG = re.compile(
    r"</?(?:p|font|br|span|div|td|tr|th|table|tbody|b|strong|a|img|em|i|u|o:p|center|h[1-6]|ul|li)"
    r"(?:\s[^<>\n]{0,500})?/?>",
    re.IGNORECASE,
)
_BLOCK_TAG = re.compile(r"</?(?:p|br|div|tr|table|center|h[1-6]|ul|li)\b", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:[a-zA-Z][a-zA-Z0-9]{1,30}|#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6});")
_BLANK = re.compile("[\u00a0\u1680\u2000-\u200a\u205f\u3000]")
_LOST_INDENT = re.compile(rf"^(?:[?？]{{2}})+(?=[{HAN}“‘《（(\d])", re.MULTILINE)
_LATIN_O = re.compile(r"(?<![A-Za-z])[oO](?=\.\d)|(?<=\d\.)[oO](?![A-Za-z])")
_YEAR_O = re.compile(r"二[oO○零0〇]?[oO○0零〇一][一二三四五六七八九][年]")
_GLYPHS = re.compile("臵|──")
_GLYPH = {"臵": "置", "──": "——"}


def controls(text: str) -> Proposal:
    """Remove control, zero-width and direction characters; exotic blanks become plain ones.

    >>> from indexer.text.repair.steps import apply
    >>> apply("帮\\u200b扶\\xa0工作", controls("帮\\u200b扶\\xa0工作").edits)
    '帮扶 工作'
    """
    removed = substitute(_CONTROLS, "", text).edits
    blanks = substitute(_BLANK, " ", text).edits
    return Proposal(tuple(sorted((*removed, *blanks), key=lambda edit: edit.start)))


def html_residue(text: str) -> Proposal:
    """Tags of a known list and entities that stand in the text; block tags end a paragraph.

    `<1000元` and `<<办法>>` are no tags and stay.

    >>> from indexer.text.repair.steps import apply
    >>> apply("成效</p>&ldquo;<1000元", html_residue("成效</p>&ldquo;<1000元").edits)
    '成效\\n“<1000元'
    """
    tags = [
        Edit(m.start(), m.end(), "\n" if _BLOCK_TAG.match(m.group()) else "")
        for m in _TAG.finditer(text)
    ]
    entities = [
        Edit(m.start(), m.end(), value)
        for m in _ENTITY.finditer(text)
        if (value := html.unescape(m.group())) != m.group() and value != "<"
    ]
    return Proposal(tuple(sorted((*tags, *entities), key=lambda edit: edit.start)))


def lost_indents(text: str) -> Proposal:
    """`????贵阳市` at the start of a line: blanks that an encoder turned into `?`, each in a pair.

    A single `?`, and `？？` inside or at the end of a line, are left alone.

    >>> from indexer.text.repair.steps import apply
    >>> apply("????贵阳市??", lost_indents("????贵阳市??").edits)
    '贵阳市??'
    """
    return substitute(_LOST_INDENT, "", text)


def wrong_glyphs(text: str) -> Proposal:
    """Glyphs that stand for others: 臵→置, `o.6`→0.6, 二o一二年→二〇一二年, box lines for dashes.

    >>> from indexer.text.repair.steps import apply
    >>> raw = "安臵3户,厚o.6米,二o一二年"
    >>> apply(raw, wrong_glyphs(raw).edits)
    '安置3户,厚0.6米,二〇一二年'
    """
    edits = [
        *substitute(_GLYPHS, lambda match: _GLYPH[match.group()], text).edits,
        *substitute(_LATIN_O, "0", text).edits,
        *substitute(_YEAR_O, _year_in_full, text).edits,
    ]
    return Proposal(tuple(sorted(edits, key=lambda edit: edit.start)))


def _year_in_full(match: re.Match[str]) -> str:
    """二o一二年 and 二一二年 mean 二〇一二年: the century's 〇 was lost or printed as a letter."""
    tail = match.group()[-3:-1]
    ten = tail[0] if tail[0] == "一" else "〇"
    return f"二〇{ten}{tail[1]}年"
