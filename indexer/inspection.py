"""What was repaired and what was left, for a person: a list by rule, and raw and clean side by side."""

from __future__ import annotations

import os
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from indexer.model import Edit, Processed
from indexer.text.provenance import WRITTEN, origins, raw_places
from indexer.text.repair import FIXERS
from indexer.text.repair.steps import apply

# Edits of a rule that are listed unless all are asked for; letters around each; letters of one shown.
LISTED = 10
AROUND = 8
SHOWN = 60
# Where the output is no terminal and nobody says how wide it is.
PLAIN_COLUMNS = 160
NUMBER_COLUMNS = 5
# An edit of at most so many columns is not broken over two lines.
WHOLE = 16
BORDER = " │ "

GONE, WRITTEN_STYLE, QUIET, RULE = "red", "green", "dim", "cyan"
# Where there are no colours, as wdiff marks them.
_PLAIN_MARKS = {GONE: ("[-", "-]"), WRITTEN_STYLE: ("{+", "+}")}
_VISIBLE = {"\n": "⏎", "\t": "⇥", "\u3000": "␣", "\u00a0": "␣"}
# Must not begin a line; what stands in front goes down with it.
_NOT_FIRST = frozenset("，。、；：？！”’）】》〉」』…,.;:?!)]}%⏎")

Run = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Spot:
    """One edit for the list: its rule, line and column in the extracted text, and the words around."""

    fixer: str
    line: int
    column: int
    head: str
    before: str
    after: str
    tail: str


@dataclass(slots=True)
class Row:
    """A row of the two columns; `left_line` and `right_line` number the lines that begin here, else 0."""

    left: list[Run] = field(default_factory=list)
    right: list[Run] = field(default_factory=list)
    left_line: int = 0
    right_line: int = 0


def print_repairs(console: Console, processed: Processed, every: bool = False) -> None:
    """List what was repaired: by which rule, at which line and column, from what to what; and what was
    left and why.  `every` lists all edits, else the first LISTED of each rule."""
    by_rule: dict[str, list[Spot]] = {}
    for spot in spots(processed):
        by_rule.setdefault(spot.fixer, []).append(spot)
    if by_rule:
        console.print(Text("repairs, by line and letter of the extracted text", style="bold"))
    rules = {name: _first_sentence(fixer.__doc__ or "") for name, fixer in FIXERS}
    for name, found in by_rule.items():
        _print_line(console, Text.assemble((f"  {name} ×{len(found)}", RULE), f"  {rules.get(name, '')}"))
        for spot in found if every else found[:LISTED]:
            _print_line(console, _listed(spot))
        if not every and len(found) > LISTED:
            console.print(Text(f"    … and {len(found) - LISTED:,} more (--all lists them)", style=QUIET))
    _print_left(console, processed)


def spots(processed: Processed) -> Iterator[Spot]:
    """Every edit of the page in the order in which it was made."""
    text, steps = processed.extracted, processed.repaired.steps
    lines = _line_starts(text)
    for step, places in zip(steps, raw_places(text, steps), strict=True):
        for edit, place in zip(step.edits, places, strict=True):
            yield Spot(step.fixer, *_line_and_column(lines, place), *_around(text, edit))
        text = apply(text, step.edits)


def _around(text: str, edit: Edit) -> tuple[str, str, str, str]:
    return (visible(text[max(0, edit.start - AROUND):edit.start]),
            visible(_short(text[edit.start:edit.end]), blanks=True), visible(_short(edit.new), blanks=True),
            visible(text[edit.end:edit.end + AROUND]))


def _listed(spot: Spot) -> Text:
    return Text.assemble(
        (f"    {spot.line}:{spot.column}  ", QUIET), spot.head, ("⟦", QUIET), (spot.before, GONE),
        (" → ", QUIET), (spot.after, WRITTEN_STYLE), ("⟧", QUIET), spot.tail)


def _print_left(console: Console, processed: Processed) -> None:
    text, left = processed.repaired.text, processed.repaired.left
    if left:
        console.print(Text("left as it is, by line and letter of the clean text", style="bold"))
    lines = _line_starts(text)
    for item in left:
        line, column = _line_and_column(lines, item.start)
        _print_line(console, Text.assemble(
            (f"    {line}:{column}  ", QUIET), visible(text[max(0, item.start - AROUND):item.start]),
            ("⟦", QUIET), (visible(_short(text[item.start:item.end]), blanks=True), "yellow"), ("⟧", QUIET),
            visible(text[item.end:item.end + AROUND]), (f"  {item.fixer}: {item.reason}", "yellow")))


def print_diff(console: Console, processed: Processed) -> None:
    """Print the extracted text and the clean text side by side, as the recorded steps made one from
    the other: red went, green came; in brackets where there are no colours.  Below: what was left."""
    columns = _columns(console)
    plain = not console.is_terminal or console.no_color or console.color_system is None
    width = max((columns - cell_len(BORDER)) // 2 - NUMBER_COLUMNS, NUMBER_COLUMNS)
    _print_line(console, _joined(Text("extracted", style="bold"), Text("clean", style="bold"), width, 0, 0))
    for row in rows(processed):
        left, right = (wrapped(_marked(runs) if plain else runs, width) for runs in (row.left, row.right))
        for number in range(max(len(left), len(right), 1)):
            _print_line(console, _joined(
                left[number] if number < len(left) else Text(),
                right[number] if number < len(right) else Text(), width,
                0 if number else row.left_line, 0 if number else row.right_line))
    _print_left(console, processed)


def rows(processed: Processed) -> Iterator[Row]:
    """The two texts cut at every line break of either, so that the same words stand side by side."""
    row, left, right = Row(left_line=1, right_line=1), 1, 1
    for went, came, kept in _pieces(processed):
        gone, new = went.split("\n"), came.split("\n")
        for number in range(max(len(gone), len(new))):
            if number:
                waiting = _taken_back(row)
                yield row
                left, right = left + (number < len(gone)), right + (number < len(new))
                row = Row(left_line=left if number < len(gone) else waiting[0],
                          right_line=right if number < len(new) else waiting[1])
            _add(row.left, _line_of(gone, number), GONE)
            _add(row.right, _line_of(new, number), WRITTEN_STYLE)
        if kept == "\n":
            yield row
            left, right = left + 1, right + 1
            row = Row(left_line=left, right_line=right)
        else:
            _add(row.left, visible(kept), "")
            _add(row.right, visible(kept), "")
    if row.left or row.right:
        yield row


def _taken_back(row: Row) -> tuple[int, int]:
    """The numbers of lines that have nothing in this row: they go to the row where the line begins."""
    waiting = 0 if row.left else row.left_line, 0 if row.right else row.right_line
    row.left_line -= waiting[0]
    row.right_line -= waiting[1]
    return waiting


def _line_of(lines: list[str], number: int) -> str:
    """One line of what went or came, with a mark where its break went or came too."""
    if number >= len(lines):
        return ""
    return visible(lines[number]) + ("⏎" if number < len(lines) - 1 else "")


def _pieces(processed: Processed) -> Iterator[tuple[str, str, str]]:
    """What went, what came, and the letters behind that stayed: a stretch, or one line break."""
    raw, clean = processed.extracted, processed.repaired.text
    found = origins(raw, processed.repaired.steps)
    position = at = 0
    while at < len(clean):
        start = at
        while at < len(clean) and found[at] == WRITTEN:
            at += 1
        came, behind = clean[start:at], found[at] if at < len(clean) else len(raw)
        went, kept = raw[position:behind], at
        while at < len(clean) and found[at] == behind + at - kept and clean[at] != "\n":
            at += 1
        if at == kept and at < len(clean):
            at += 1  # a line break that stayed
        yield went, came, clean[kept:at]
        position = behind + at - kept
    if position < len(raw):
        yield raw[position:], "", ""


def _add(runs: list[Run], text: str, style: str) -> None:
    if text:
        runs.append((text, style))


def _marked(runs: Iterable[Run]) -> list[Run]:
    """Runs with brackets instead of colours."""
    marked: list[Run] = []
    for text, style in runs:
        opening, closing = _PLAIN_MARKS.get(style, ("", ""))
        marked.append((f"{opening}{text}{closing}", style))
    return marked


def wrapped(runs: Sequence[Run], width: int) -> list[Text]:
    """Runs in lines of at most `width` columns, a Chinese character counting two.

    Lines break between any two Chinese characters, not inside of Latin words and numbers that fit on
    a line, and no line begins with a closing mark.

    >>> [line.plain for line in wrapped([("硬化道路12.5公里，好。", "")], 10)]
    ['硬化道路', '12.5公里，', '好。']
    """
    lines: list[list[Run]] = [[]]
    used = 0
    for unit in _units(runs, width):
        size = cell_len(unit[0])
        if used + size > width and lines[-1]:
            carried: list[Run] = []
            if _closes(unit) and len(lines[-1]) > 1 and not _closes(lines[-1][-1]):
                carried = [lines[-1].pop()]
            lines.append(carried)
            used = sum(cell_len(text) for text, _ in carried)
        lines[-1].append(unit)
        used += size
    return [Text.assemble(*line) for line in lines if line]


def _closes(unit: Run) -> bool:
    return unit[0].lstrip("[{-+")[:1] in _NOT_FIRST


def _units(runs: Sequence[Run], width: int) -> Iterator[Run]:
    """What stays together on a line: a short edit, a Latin word or number, else a single character."""
    for text, style in runs:
        if style and cell_len(text) <= min(width, WHOLE):
            yield text, style
            continue
        at = 0
        while at < len(text):
            end = at + 1
            while end < len(text) and end - at < width and _sticks(text[end - 1], text[end]):
                end += 1
            yield text[at:end], style
            at = end


def _sticks(char: str, following: str) -> bool:
    both_latin = char.isascii() and following.isascii() and not char.isspace() and not following.isspace()
    return both_latin or unicodedata.combining(following) != 0


def _joined(left: Text, right: Text, width: int, left_line: int, right_line: int) -> Text:
    """A line of the output: number, left, border, number, right."""
    padding = " " * max(0, width - cell_len(left.plain))
    return Text.assemble((_number(left_line), QUIET), left, padding, (BORDER, QUIET),
                         (_number(right_line), QUIET), right)


def _number(line: int) -> str:
    return f"{line or '':>{NUMBER_COLUMNS - 1}} "


def _columns(console: Console) -> int:
    return console.width if console.is_terminal or "COLUMNS" in os.environ else PLAIN_COLUMNS


def _print_line(console: Console, line: Text) -> None:
    """One line as it is: not wrapped again, no trailing blanks."""
    line.rstrip()
    console.print(line, soft_wrap=True, highlight=False)


def visible(text: str, blanks: bool = False) -> str:
    """Line breaks, controls and invisible characters as something that can be seen; `blanks` too.

    >>> visible("甲\\n\\u200b乙")
    '甲⏎‹U+200B›乙'
    """
    return "".join(_seen(char, blanks) for char in text)


def _seen(char: str, blanks: bool) -> str:
    if char in _VISIBLE:
        return _VISIBLE[char]
    if char == " ":
        return "␣" if blanks else " "
    return f"‹U+{ord(char):04X}›" if unicodedata.category(char)[0] == "C" else char


def _short(text: str) -> str:
    return text if len(text) <= SHOWN else f"{text[:SHOWN // 2]}…{text[-SHOWN // 2:]}"


def _line_starts(text: str) -> list[int]:
    return [0, *(at + 1 for at, char in enumerate(text) if char == "\n")]


def _line_and_column(starts: Sequence[int], offset: int) -> tuple[int, int]:
    """Line and column of an offset, both from 1."""
    line = bisect_right(starts, offset)
    return line, offset - starts[line - 1] + 1


def _first_sentence(doc: str) -> str:
    return " ".join(doc.strip().split("\n\n")[0].split())
