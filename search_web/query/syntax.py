"""The query language: what was typed becomes a small syntax tree. It never fails: it explains itself.

    query     = sequence { OR sequence }            OR binds loosest
    sequence  = choice { [AND] choice }             a blank is an AND
    choice    = negation { "|" negation }           "|" joins its two neighbours only
    negation  = { NOT | "-" } part
    part      = "(" query ")" | field ["-"] value { "|" value } | string | word
    string    = "…" ["~" letters]                   also “…” 「…」 『…』

Every operator may be typed in full width.  What cannot be meant (a bracket without its fellow, an
OR that joins nothing) is left out or read as a plain word, and a `Note` says so.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from indexer.text.script import fold

# Brackets inside brackets beyond this depth are ignored; nobody reads such a query either.
MAX_DEPTH = 20

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
_MINUS = frozenset("-－−")
_WORD_OPERATORS = {"AND": "and", "OR": "or", "NOT": "not", "ＡＮＤ": "and", "ＯＲ": "or", "ＮＯＴ": "not"}
_FIELD = re.compile(r"([^\W\d_]{1,12})[:：]")
# Something like a field that there is none of (作者:张三); not 会议指出： nor http://.
_LIKE_FIELD = re.compile(r"(?:[\u4e00-\u9fff]{2}|[A-Za-z]{2,12})[:：](?!//)")
_NEAR = re.compile(r"[~～〜∼](\d{0,9})")

Kind = Literal["(", ")", "|", "and", "or", "not", "-", "field", "string", "word"]
_STARTS = frozenset(("(", "not", "-", "field", "string", "word"))


@dataclass(frozen=True, slots=True)
class Note:
    """A remark on how a query was read: an English sentence, and a code for other languages."""

    code: str
    text: str
    part: str = ""


@dataclass(frozen=True, slots=True)
class Words:
    """What stands between blanks, as typed."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Quoted:
    """What stands between quotation marks; `near` where ~ followed: its number, or -1 without one."""

    text: str
    start: int
    end: int
    near: int | None = None


@dataclass(frozen=True, slots=True)
class InField:
    """What is asked of one field; `name` as in FIELDS, `typed` as it was typed."""

    name: str
    typed: str
    part: Node
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class AllOf:
    """All parts."""

    parts: tuple[Node, ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one of the parts."""

    parts: tuple[Node, ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Without:
    """Not the part."""

    part: Node
    start: int
    end: int


Node = Words | Quoted | InField | AllOf | AnyOf | Without


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of the query; `text` is the content of a string, the name of a field."""

    kind: Kind
    text: str
    start: int
    end: int
    near: int | None = None


@dataclass(frozen=True, slots=True)
class Parsed:
    """The tree (None: nothing is asked) and the remarks."""

    tree: Node | None
    notes: tuple[Note, ...]


def parse(typed: str) -> Parsed:
    """The syntax tree of a query without control characters; positions are those in `typed`."""
    notes: list[Note] = []
    tokens = _tokens(typed, notes)
    if tokens and not any(token.kind in ("string", "word", "field") for token in tokens):
        words = [token for token in tokens if token.kind in ("and", "or", "not")]
        # OR alone can only be meant as a word.
        if words:
            tokens = [Token("word", token.text, token.start, token.end) for token in words]
    parser = _Parser(tokens, typed, notes)
    return Parsed(parser.query(0), tuple(dict.fromkeys(notes)))


# The lexer.

def _tokens(typed: str, notes: list[Note]) -> list[Token]:
    tokens: list[Token] = []
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
        elif char in _MINUS and _excludes(typed, at, tokens):
            token = Token("-", char, at, at + 1)
        else:
            token = _word(typed, at, notes)
        tokens.append(token)
        at = token.end
    return tokens


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


def _excludes(typed: str, at: int, tokens: list[Token]) -> bool:
    """Is this minus one that excludes (-苹果), not one inside a word (2012-2013)?"""
    before = tokens[-1] if tokens and tokens[-1].end == at else None
    if before is not None and before.kind not in ("(", "|", "-", "field"):
        return False
    following = typed[at + 1:at + 2]
    return bool(following) and not following.isspace() and _MARKS.get(following, "(") == "("


def _word(typed: str, start: int, notes: list[Note]) -> Token:
    """A word, an operator or the name of a field with its colon."""
    end = start + 1
    while end < len(typed) and not (typed[end].isspace() or typed[end] in _QUOTES or typed[end] in _MARKS):
        end += 1
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


# The parser.

class _Parser:
    def __init__(self, tokens: list[Token], typed: str, notes: list[Note]) -> None:
        self._tokens, self._typed, self._notes = tokens, typed, notes
        self._at = 0

    def query(self, depth: int) -> Node | None:
        """Sequences joined by OR, up to the end or the bracket that closes."""
        branches: list[list[Node]] = [[]]
        while (token := self._next()) is not None:
            if token.kind == ")":
                if depth:
                    break
                self._note("stray-bracket", "closes nothing and was left out", token)
            elif token.kind in ("and", "or", "|"):
                if not branches[-1] or not self._operand_follows():
                    self._stray(token)
                elif token.kind == "or":
                    branches.append([])
                self._at += 1
                continue
            else:
                node = self._choice(depth)
                if node is not None:
                    branches[-1].append(node)
                continue
            self._at += 1
        return _any([node for parts in branches if (node := _all(parts)) is not None])

    def _choice(self, depth: int) -> Node | None:
        nodes = [self._negation(depth)]
        while (token := self._next()) is not None and token.kind == "|":
            if nodes[0] is None or not self._operand_follows():
                self._stray(token)
                self._at += 1
                break
            self._at += 1
            nodes.append(self._negation(depth))
        return _any([node for node in nodes if node is not None])

    def _negation(self, depth: int) -> Node | None:
        negated, start = False, None
        while (token := self._next()) is not None and token.kind in ("not", "-"):
            if not self._operand_follows():
                self._stray(token)
            else:
                negated, start = not negated, token.start if start is None else start
            self._at += 1
        if token is None or token.kind not in _STARTS:
            return None
        node = self._part(depth)
        return Without(node, start or 0, node.end) if node is not None and negated else node

    def _part(self, depth: int) -> Node | None:
        token = self._take()
        if token.kind == "(":
            return self._bracket(token, depth)
        if token.kind == "field":
            return self._field(token, depth)
        if token.kind == "string":
            return Quoted(token.text, token.start, token.end, token.near)
        return Words(token.text, token.start, token.end)

    def _bracket(self, opening: Token, depth: int) -> Node | None:
        if depth >= MAX_DEPTH:
            self._note("too-deep", f"lies in more than {MAX_DEPTH} others and was left out", opening)
            return None
        node = self.query(depth + 1)
        closing = self._next()
        if closing is None:
            self._note("open-bracket", "is not closed: it reaches to the end", opening)
        else:
            self._at += 1
        if node is None:
            self._notes.append(Note("empty-bracket", "Brackets with nothing inside were left out.", "( )"))
        return node

    def _field(self, field: Token, depth: int) -> Node:
        """A field with its value, or values that "|" joins without blanks (地区:甘肃|四川)."""
        minus = self._next()
        negated = minus is not None and minus.kind == "-"
        self._at += negated
        values: list[Node] = []
        while (token := self._next()) is not None and token.kind in ("word", "string", "("):
            node = self._part(depth)
            if node is None:
                break
            values.append(node)
            if not self._glued_choice():
                break
            self._at += 1
        part = _any(values)
        if part is None:
            self._notes.append(Note("empty-field", f"Nothing stands behind {field.text}: it is searched as "
                                    "a plain word.", field.text))
            return Words(field.text, field.start, field.end)
        node = InField(FIELDS[fold(field.text)], field.text, part, field.start, part.end)
        return Without(node, field.start, part.end) if negated else node

    def _glued_choice(self) -> bool:
        """Does a | with a value on either side follow without blanks?"""
        if self._at + 1 >= len(self._tokens):
            return False
        before, mark, after = self._tokens[self._at - 1:self._at + 2]
        return (mark.kind == "|" and before.end == mark.start and mark.end == after.start
                and after.kind in ("word", "string"))

    def _next(self) -> Token | None:
        return self._tokens[self._at] if self._at < len(self._tokens) else None

    def _take(self) -> Token:
        self._at += 1
        return self._tokens[self._at - 1]

    def _operand_follows(self) -> bool:
        return self._at + 1 < len(self._tokens) and self._tokens[self._at + 1].kind in _STARTS

    def _stray(self, token: Token) -> None:
        self._note("stray-operator", "joins nothing and was left out", token)

    def _note(self, code: str, sentence: str, token: Token) -> None:
        self._notes.append(Note(code, f"This {token.text} {sentence}.", token.text))


def _all(parts: list[Node]) -> Node | None:
    if len(parts) < 2:
        return parts[0] if parts else None
    return AllOf(tuple(parts), parts[0].start, parts[-1].end)


def _any(parts: list[Node]) -> Node | None:
    if len(parts) < 2:
        return parts[0] if parts else None
    return AnyOf(tuple(parts), parts[0].start, parts[-1].end)
