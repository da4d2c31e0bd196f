"""Small grammars for clean text: pieces with lots drawn in «…» and lines to choose from.

A file holds pieces, each under a head line `# whole` (the lines as they stand) or `# pick LOW-HIGH`
(so many of the lines, in any order, below the lines marked `^` and above those marked `$`).  A head
that ends in `one-script` keeps the file in the script it is written in.  `«a|b»` is one of its
parts, `«name»` one line of that list in `_vocabulary.txt`, `«3-40»` a number.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random

LOT = re.compile("«([^«»]*)»")
RANGE = re.compile(r"(\d+)-(\d+)")
HEAD = re.compile(r"# (whole|pick (\d+)-(\d+))( one-script)?")
DEEPEST = 6
Vocabulary = dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece: fixed first lines, lines to choose from, fixed last lines."""

    first: tuple[str, ...]
    lines: tuple[str, ...]
    last: tuple[str, ...]
    picked: tuple[int, int] | None
    one_script: bool

    def text(self, rng: Random, words: Vocabulary) -> str:
        """The piece with its lots drawn."""
        lines = list(self.lines)
        if self.picked:
            lines = rng.sample(lines, min(len(lines), rng.randint(*self.picked)))
        drawn = [draw(line, rng, words) for line in (*self.first, *lines, *self.last)]
        return "\n".join(drawn)


def draw(template: str, rng: Random, words: Vocabulary) -> str:
    """The template with every lot drawn, the innermost first."""
    def one(match: re.Match[str]) -> str:
        inside = match.group(1)
        number = RANGE.fullmatch(inside)
        if number:
            return str(rng.randint(int(number[1]), int(number[2])))
        choices: list[str] = words[inside] if inside in words else inside.split("|")
        return rng.choice(choices)

    for _ in range(DEEPEST):
        drawn: str = LOT.sub(one, template)
        if drawn == template:
            break
        template = drawn
    return template


def read_pieces(file: Path) -> list[Piece]:
    """The pieces of a file. Raises ValueError where one has no head."""
    pieces = []
    for block in re.split(r"^(?=# (?:whole|pick))", file.read_text(encoding="utf-8"), flags=re.MULTILINE):
        if not block.strip():
            continue
        head, *lines = block.strip("\n").split("\n")
        match = HEAD.fullmatch(head)
        if not match:
            raise ValueError(f"{file.name}: {head!r} is no head of a piece")
        picked = (int(match[2]), int(match[3])) if match[2] else None
        lines = [line for line in lines if line]
        fixed = bool(picked)
        pieces.append(Piece(
            tuple(line[1:] for line in lines if fixed and line[0] == "^"),
            tuple(line for line in lines if not fixed or line[0] not in "^$"),
            tuple(line[1:] for line in lines if fixed and line[0] == "$"),
            picked, bool(match[4])))
    return pieces


@cache
def vocabulary() -> Vocabulary:
    """The lists of `_vocabulary.txt`: `name: words, parted by blanks`, or lines under `name:`."""
    words: Vocabulary = {}
    name = ""
    file = Path(__file__).parent / "harm" / "_vocabulary.txt"
    for line in file.read_text(encoding="utf-8").split("\n"):
        head = re.fullmatch(r"([a-z_0-9]+):(.*)", line)
        if head:
            name = head[1]
            words[name] = head[2].split()
        elif line:
            words[name].append(line)
    return words
