"""A small text grammar: templates with alternatives, numbers and named parts, expanded by chance.

`{a|b|c}` is one of its alternatives, `{3-40}` a whole number, `{1.2-9.8}` a number with one
decimal, `{name}` a given value or one expansion of the rule of that name. Braces nest.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random

RANGE = re.compile(r"(\d+(?:\.\d)?)-(\d+(?:\.\d)?)\Z")

Value = str | Callable[[Random], str]


@dataclass(frozen=True, slots=True)
class Slot:
    """`{name}`."""

    name: str


@dataclass(frozen=True, slots=True)
class Number:
    """`{low-high}`, with `digits` decimals."""

    low: float
    high: float
    digits: int


@dataclass(frozen=True, slots=True)
class Choice:
    """`{a|b}`."""

    options: tuple[Sequence[Node], ...]


Node = str | Slot | Number | Choice


@dataclass(frozen=True, slots=True)
class Rule:
    """The expansions of a name in the years `first`..`last`."""

    first: int
    last: int
    expansions: tuple[str, ...]


@cache
def parse(template: str) -> tuple[Node, ...]:
    """The template as a tree. Raises ValueError where the braces do not match."""
    options, end = _sequence(template, 0, outermost=True)
    if end != len(template):
        raise ValueError(f"unbalanced braces: {template}")
    return tuple(options[0])


def _sequence(text: str, start: int, *, outermost: bool) -> tuple[list[list[Node]], int]:
    """The alternatives from `start` on, and where their closing brace stands."""
    options: list[list[Node]] = [[]]
    at = start
    while at < len(text) and text[at] != "}":
        if text[at] == "{":
            inner, at = _sequence(text, at + 1, outermost=False)
            if at >= len(text):
                raise ValueError(f"unbalanced braces: {text}")
            options[-1].append(_brace(inner))
            at += 1
        elif text[at] == "|" and not outermost:
            options.append([])
            at += 1
        else:
            stop = at
            while stop < len(text) and text[stop] not in "{}" and (outermost or text[stop] != "|"):
                stop += 1
            options[-1].append(text[at:stop])
            at = stop
    return options, at


def _brace(options: list[list[Node]]) -> Node:
    """What one pair of braces means."""
    if len(options) > 1 or any(not isinstance(node, str) for node in options[0]):
        return Choice(tuple(options))
    inside = "".join(str(node) for node in options[0])
    numbers = RANGE.match(inside)
    if numbers:
        digits = 1 if "." in inside else 0
        return Number(float(numbers[1]), float(numbers[2]), digits)
    return Slot(inside)


class Grammar:
    """Rules and the way to expand templates with them."""

    def __init__(self, rules: Mapping[str, Sequence[Rule]]) -> None:
        self.rules = rules

    def expand(self, template: str, values: Mapping[str, Value], year: int, rng: Random) -> str:
        """`template` with everything in braces filled. Raises KeyError for an unknown name."""
        out: list[str] = []
        self._emit(parse(template), values, year, rng, out)
        return "".join(out)

    def _emit(
        self, nodes: Sequence[Node], values: Mapping[str, Value], year: int, rng: Random, out: list[str]
    ) -> None:
        for node in nodes:
            if isinstance(node, str):
                out.append(node)
            elif isinstance(node, Number):
                out.append(_number(node, rng))
            elif isinstance(node, Choice):
                self._emit(rng.choice(node.options), values, year, rng, out)
            elif (value := values.get(node.name)) is not None:
                out.append(value if isinstance(value, str) else value(rng))
            else:
                chosen = rng.choice(self.expansions(node.name, year))
                self._emit(parse(chosen), values, year, rng, out)

    def expansions(self, name: str, year: int) -> tuple[str, ...]:
        """The expansions of rule `name` that were in use in `year`."""
        return next(r.expansions for r in self.rules[name] if r.first <= year <= r.last)


def _number(node: Number, rng: Random) -> str:
    if node.digits:
        return f"{rng.randint(round(node.low * 10), round(node.high * 10)) / 10:.1f}"
    return str(rng.randint(int(node.low), int(node.high)))


def read_rules(file: Path) -> dict[str, list[Rule]]:
    """The rules of a rule file: `@name [from-to]`, then one expansion a line."""
    rules: dict[str, list[Rule]] = {}
    for block in file.read_text(encoding="utf-8").split("\n@")[1:]:
        head, *lines = block.rstrip("\n").split("\n")
        name, *years = head.split()
        first, last = (int(y) for y in years[0].split("-")) if years else (0, 9999)
        rules.setdefault(name, []).append(Rule(first, last, tuple(lines)))
    return rules
