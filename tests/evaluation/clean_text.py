"""Clean text of many genres and both scripts: whatever repair changes there is harm."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import cache
from itertools import groupby
from multiprocessing import get_context
from pathlib import Path
from random import Random

from opencc import OpenCC

from indexer.model import RawPage, Source
from indexer.text.decode import decode
from indexer.text.extract import extract
from indexer.text.repair import repair
from tests.evaluation.alignment import differences
from tests.evaluation.harm_grammar import Piece, read_pieces, vocabulary
from tests.pagemaker.gold import read_jsonl, report_from_row
from tests.pagemaker.texts import make_report

HARM = Path(__file__).parent / "harm"
DRAFTS = Path(__file__).parents[1] / "pagemaker" / "drafts.jsonl"
# Places that are shown of one text.
SHOWN = 12
# One text in this many is also wrapped in plain markup and extracted; not code, whose indents are
# blanks that markup folds.
IN_MARKUP = 5
NOT_IN_MARKUP = frozenset({"code"})


@dataclass(frozen=True, slots=True)
class Changed:
    """A place of clean text that repair changed, and the fixers that acted on the text."""

    genre: str
    clean: str
    became: str
    fixers: str

    def row(self) -> tuple[str, ...]:
        """As a row of a table."""
        return self.genre, self.clean, self.became, self.fixers


@dataclass(slots=True)
class Harm:
    """All clean text together: its size, the characters changed, the first and last lines lost."""

    characters: int = 0
    changed: int = 0
    edges: int = 0
    # (characters changed, characters) of every text, as it stands and in markup.
    plain: list[tuple[float, float]] = field(default_factory=list)
    marked: list[tuple[float, float]] = field(default_factory=list)
    genres: dict[str, tuple[int, int]] = field(default_factory=dict)
    places: list[Changed] = field(default_factory=list)

    def add(self, other: Harm) -> None:
        """Count `other` in."""
        self.characters += other.characters
        self.changed += other.changed
        self.edges += other.edges
        self.plain += other.plain
        self.marked += other.marked
        for name, (size, changed) in other.genres.items():
            before = self.genres.get(name, (0, 0))
            self.genres[name] = before[0] + size, before[1] + changed
        self.places += other.places


def measure(size: int, jobs: int, seed: int = 1) -> Harm:
    """`repair` on clean text of `size` characters or a little more."""
    total = Harm()
    tasks = list(texts(size, seed))
    if jobs == 1:
        results: Iterator[Harm] = map(measure_text, tasks)
        for harm in results:
            total.add(harm)
        return total
    with ProcessPoolExecutor(jobs, get_context("spawn")) as pool:
        for harm in pool.map(measure_text, tasks, chunksize=50):
            total.add(harm)
    return total


def measure_text(task: tuple[str, str, bool]) -> Harm:
    """One clean text: what repair changes, alone and out of plain markup."""
    genre, text, in_markup = task
    harm = Harm(characters=len(text))
    result = repair(text)
    harm.changed, harm.places = _compared(genre, text, result.text,
                                          "+".join(dict.fromkeys(s.fixer for s in result.steps)))
    first, *_, last = [*text.split("\n"), ""] if "\n" not in text else text.split("\n")
    harm.edges = (first not in result.text) + (last not in result.text)
    harm.genres = {genre: (len(text), harm.changed)}
    harm.plain = [(harm.changed, len(text))]
    if in_markup:
        out = _extracted(text)
        changed = 0
        if out != text:
            changed, places = _compared(f"{genre} (markup)", text, out, "extract")
            harm.places += places
        harm.marked = [(changed, len(text))]
    return harm


def _extracted(text: str) -> str:
    """What extraction makes of the text in plain markup; a crash is shown as what came out."""
    page = marked_up(text)
    try:
        return extract(page, decode(page)).text
    except Exception as error:
        return f"{type(error).__name__}: {error}"


def _compared(genre: str, text: str, got: str, fixers: str) -> tuple[int, list[Changed]]:
    changed = 0
    places: list[Changed] = []
    for place in differences(text, got):
        changed += max(place.end - place.start, len(place.other))
        if len(places) < SHOWN:
            left, right = text[max(0, place.start - 8):place.start], text[place.end:place.end + 8]
            places.append(Changed(genre, _line(left + text[place.start:place.end] + right),
                                  _line(left + place.other + right), fixers))
    return changed, places


def _line(text: str) -> str:
    return text.replace("\n", "⏎").replace("\t", "⇥")[:90]


def marked_up(text: str) -> RawPage:
    """The text as the plainest page: a head, a text area, one paragraph a line, rows of a table."""
    lines = "".join(
        "<table>\n" + "".join(map(_table_row, group)) + "</table>\n" if tabbed
        else "".join(f"<p>{html.escape(line)}</p>\n" for line in group)
        for tabbed, group in groupby(text.split("\n"), key=lambda line: "\t" in line))
    page = (f'<html><head><meta charset="utf-8"><title>正文</title></head><body><div class="content">\n'
            f"{lines}</div></body></html>")
    return RawPage("harm.html", page.encode(), "html", Source("harm.html"))


def _table_row(line: str) -> str:
    return "<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in line.split("\t")) + "</tr>\n"


def texts(size: int, seed: int) -> Iterator[tuple[str, str, bool]]:
    """(genre, text, whether to try it in markup) until `size` characters are reached, all genres alike.

    Every hand-written piece comes at least once before the lots of a small sample are drawn.
    """
    rng = Random(f"harm {seed}")
    genres = {file.stem: read_pieces(file) for file in sorted(HARM.glob("*.txt")) if file.stem[0] != "_"}
    done = number = 0
    while done < size:
        for genre, pieces in genres.items():
            for text in _round(pieces, number, rng):
                for name, form in _scripts(genre, text, pieces):
                    number_of = number + len(form)
                    yield name, form, number_of % IN_MARKUP == 0 and genre not in NOT_IN_MARKUP
                    done += len(form)
        for name, text in _reports(number, rng):
            yield name, text, len(text) % IN_MARKUP == 0
            done += len(text)
        number += 1


def _round(pieces: list[Piece], number: int, rng: Random) -> Iterator[str]:
    """In the first rounds the pieces as they stand one after the other, then any two."""
    chosen = [pieces[number % len(pieces)], rng.choice(pieces)]
    for piece in chosen:
        yield piece.text(rng, vocabulary())


def _scripts(genre: str, text: str, pieces: list[Piece]) -> Iterator[tuple[str, str]]:
    """The text in its own script, and in the other where that makes another text."""
    yield genre, text
    if not any(piece.one_script for piece in pieces):
        turned = traditional(text)
        if turned != text:
            yield f"{genre}, traditional", turned


@cache
def _converter(name: str) -> OpenCC:
    return OpenCC(name)


def traditional(text: str) -> str:
    """The text in Traditional script, as OpenCC writes it by phrases."""
    return str(_converter("s2t").convert(text))


@cache
def _drafts() -> tuple[str, ...]:
    return tuple(report_from_row(row).body for row in read_jsonl(DRAFTS)) if DRAFTS.is_file() else ()


def _reports(number: int, rng: Random) -> Iterator[tuple[str, str]]:
    """Two reports: one out of the page maker's grammar, one of the hand-written ones."""
    bodies = [("reports", make_report(rng).body)]
    if number < len(_drafts()):
        bodies.append(("reports by hand", _drafts()[number]))
    for name, body in bodies:
        text = re.sub("\n+", "\n", body.strip())
        yield name, text
        yield f"{name}, traditional", traditional(text)
