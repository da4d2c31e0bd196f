"""Cuts a query into brackets, operators, fields, strings and words, each with its place."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from indexer.text.script import fold
from search_web.query.ranges import SPACED

# What a field may be called, and its own name: `title` and `body` say where words must stand, the
# others name a facet or a number of the report.
FIELDS: Mapping[str, str] = {
    "标题": "title", "题名": "title", "题目": "title", "title": "title",
    "正文": "body", "内容": "body", "body": "body", "text": "body",
    "地区": "region", "地点": "region", "地域": "region", "region": "region", "place": "region",
    "年份": "year", "年度": "year", "year": "year",
    "来源": "source", "发布单位": "source", "source": "source",
    "主题": "theme", "theme": "theme", "topic": "theme",
    "体裁": "kind", "文种": "kind", "类型": "kind", "kind": "kind", "genre": "kind",
    "文字": "script", "script": "script",
    "发布": "published", "发布日期": "published", "发布时间": "published", "published": "published",
    "篇幅": "length", "字数": "length", "length": "length",
}
AREAS = frozenset({"title", "body"})

# What opens a string, and what closes it.
_QUOTES = {'"': '"', "＂": "＂", "“": "”", "”": "”", "„": "”", "「": "」", "『": "』", "﹁": "﹂", "﹃": "﹄",
           "〝": "〞"}
# Input methods mix these: “四个不摘" is closed all the same.
_DOUBLE = frozenset('"＂“”„')
_MARKS = {"(": "(", "（": "(", ")": ")", "）": ")", "|": "|", "｜": "|", "︱": "|", "¦": "|"}
# Typing programs make any of these of a minus; — is a dash of Chinese prose and is none.
_MINUS = frozenset("-－−–‐‑‒﹣")
# What some engines read as "must occur", as every word must here; not the + of c++ and 饮水+扶贫.
_PLUS = frozenset("+＋﹢")
_WORD_OPERATORS = {"AND": "and", "OR": "or", "NOT": "not", "ＡＮＤ": "and", "ＯＲ": "or", "ＮＯＴ": "not",
                   "&&": "and", "＆＆": "and"}
# Written small they are words: who types them may mean something else.
SMALL_OPERATORS = frozenset({"and", "or", "not"})
# Fields whose values may be ranges with blanks in them: 年份:2012 .. 2015.
_RANGED = frozenset({"year", "published", "length"})
_FIELD = re.compile(r"([^\W\d_]{1,12})[:：]")
# Something like a field that there is none of (作者:张三, 帮扶单位：天津); not 会议指出： nor http://.
_LIKE_FIELD = re.compile(r"(?:[\u4e00-\u9fff]{2}|[A-Za-z]{2,12})[:：](?!//)|[\u4e00-\u9fff]{3,6}(?::|"
                         r"(?<=单位|部门|机构|名称|姓名|时间|日期|地点|类别|级别|编号)：)")
_NEAR = re.compile(r"[~～〜∼](\d{0,9})")

Kind = Literal["(", ")", "|", "and", "or", "not", "-", "field", "string", "word"]
STARTS = frozenset(("(", "not", "-", "field", "string", "word"))


@dataclass(frozen=True, slots=True)
class Note:
    """A remark on how a query was read: an English sentence, and a code for other languages."""

    code: str
    text: str
    part: str = ""


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of the query; `text` is the content of a string, the name of a field."""

    kind: Kind
    text: str
    start: int
    end: int
    near: int | None = None


def tokens(typed: str, notes: list[Note]) -> list[Token]:
    """The pieces of a query, in order; what is odd about them goes into `notes`."""
    found: list[Token] = []
    at = 0
    while at < len(typed):
        char = typed[at]
        if char.isspace():
            at += 1
            continue
        if char in _MARKS:
            token = Token(_MARKS[char], char, at, at + 1)  # type: ignore[arg-type]
        elif char in _QUOTES:
            end = _closing(typed, at)
            if end < 0:
                notes.append(Note("open-quote", f"The quotation mark {char} is not closed: what "
                                  "follows is searched as plain words.", char))
                at += 1
                continue
            token = _string(typed, at, end)
        elif char in _MINUS and _stands_before(typed, at, found):
            token = Token("-", char, at, at + 1)
        elif char in _PLUS and _stands_before(typed, at, found):
            notes.append(Note("plus", f"The {char} was left out: every word must occur anyway.", char))
            at += 1
            continue
        else:
            token = _word(typed, at, notes)
            if token.kind == "word" and found and _takes_range(found[-1]):
                token = _whole_range(typed, token)
        at = token.end
        # || is what programmers write for |.
        if not (token.kind == "|" and found and found[-1].kind == "|" and found[-1].end == token.start):
            found.append(token)
        else:
            found[-1] = Token("|", token.text, found[-1].start, token.end)
    return found


def _takes_range(token: Token) -> bool:
    return token.kind == "field" and FIELDS[fold(token.text)] in _RANGED


def _whole_range(typed: str, token: Token) -> Token:
    """A value with what follows behind blanks and a mark of ranges: 2012 .. 2015."""
    match = SPACED.match(typed, token.end)
    if match is None or not (token.text[-1:].isdecimal() or token.text.endswith("年")):
        return token
    end = _end_of_word(typed, match.end())
    return Token("word", typed[token.start:end], token.start, end)


def _end_of_word(typed: str, at: int) -> int:
    while at < len(typed) and not (typed[at].isspace() or typed[at] in _QUOTES or typed[at] in _MARKS):
        at += 1
    return at


def _closing(typed: str, at: int) -> int:
    """Where the string that is opened at `at` is closed, -1 when it is not."""
    opening, closing = typed[at], _QUOTES[typed[at]]
    end = typed.find(closing, at + 1) if opening == closing else _balanced(typed, at, opening, closing)
    if end < 0 and opening in _DOUBLE:
        end = next((n for n in range(at + 1, len(typed)) if typed[n] in _DOUBLE), -1)
    return end


def _balanced(typed: str, at: int, opening: str, closing: str) -> int:
    depth = 0
    for n in range(at, len(typed)):
        depth += (typed[n] == opening) - (typed[n] == closing)
        if not depth:
            return n
    return -1


def _string(typed: str, start: int, end: int) -> Token:
    near = _NEAR.match(typed, end + 1)
    if near is None:
        return Token("string", typed[start + 1:end], start, end + 1)
    return Token("string", typed[start + 1:end], start, near.end(), int(near[1]) if near[1] else -1)


def _stands_before(typed: str, at: int, tokens: list[Token]) -> bool:
    """Is this a sign in front of a word (-苹果, +苹果), not one inside a word (2012-2013)?"""
    before = tokens[-1] if tokens and tokens[-1].end == at else None
    if before is not None and before.kind not in ("(", "|", "-", "field"):
        return False
    following = typed[at + 1:at + 2]
    return bool(following) and not following.isspace() and _MARKS.get(following, "(") == "("


def _word(typed: str, start: int, notes: list[Note]) -> Token:
    """A word, an operator or the name of a field with its colon."""
    end = _end_of_word(typed, start + 1)
    text = typed[start:end]
    if text in _WORD_OPERATORS:
        return Token(_WORD_OPERATORS[text], text, start, end)  # type: ignore[arg-type]
    match = _FIELD.match(text)
    if match:
        if fold(match[1]) in FIELDS:
            return Token("field", match[1], start, start + match.end())
        if _LIKE_FIELD.match(text) and (match.end() < len(text) or typed[end:end + 1] in _QUOTES):
            notes.append(Note("unknown-field", f"There is no field {match[1]}: it is searched as plain "
                              "words.", match[1]))
    return Token("word", text, start, end)
