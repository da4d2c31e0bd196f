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

from dataclasses import dataclass

from indexer.text.script import fold
from search_web.query.lexer import FIELDS, SMALL_OPERATORS, STARTS, Note, Token, tokens

# Brackets inside brackets beyond this depth are ignored; nobody reads such a query either.
MAX_DEPTH = 20


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
class Parsed:
    """The tree (None: nothing is asked) and the remarks."""

    tree: Node | None
    notes: tuple[Note, ...]


def parse(typed: str) -> Parsed:
    """The syntax tree of a query without control characters; positions are those in `typed`."""
    notes: list[Note] = []
    found = tokens(typed, notes)
    if found and not any(token.kind in ("string", "word", "field") for token in found):
        words = [token for token in found if token.kind in ("and", "or", "not")]
        # OR alone can only be meant as a word.
        if words:
            found = [Token("word", token.text, token.start, token.end) for token in words]
    if any(token.text not in SMALL_OPERATORS for token in found):
        notes += [Note("small-operator", f"{token.text} is searched as a word; as an operator it is written "
                       f"{token.text.upper()}.", token.text) for token in found[1:-1]
                  if token.kind == "word" and token.text in SMALL_OPERATORS]
    parser = _Parser(found, typed, notes)
    return Parsed(parser.query(0), tuple(dict.fromkeys(notes)))


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
        if token is None or token.kind not in STARTS:
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
        return self._at + 1 < len(self._tokens) and self._tokens[self._at + 1].kind in STARTS

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
