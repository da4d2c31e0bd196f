"""Kind of document (总结, 汇报, 通知, 新闻 …): from the title, else from the shape of the text, else None."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import resources
from itertools import islice

from indexer.errors import BangfuError
from indexer.metadata.evident import Evident, Fold
from indexer.model import Evidence, Found

LEXICON = "kinds.tsv"
PLACES = ("title", "title-end", "opening", "closing", "lines", "text", "source")
OPENING, CLOSING = 400, 160
SUBTITLE_LINES = 3
LONGEST_TITLE = 200
SHOWN = 60

# What stands behind the word that tells: …工作总结(1), …办法（试行）, …汇报材料, …实施方案》, 总结范文三篇.
_BEHIND = re.compile(
    r"(?:[(\[【][^()\[\]【】]{0,20}[)\]】]|材料|范文|模板|初稿|全文|[一二三四五六七八九十\d]篇?|"
    r"[》”\"。.!、 -])+$")
# Parts of a title: 2018年驻村日记：一条水渠的官司; 把"专家"请到庄门口——2023年义诊帮扶工作总结.
_PARTS = re.compile(r"-{2,}|[—─]+|[:|]|\s[-–]\s")
_DASHES = ("—", "─", "--")


@dataclass(frozen=True, slots=True)
class Sign:
    """One line of the lexicon: where a pattern must stand, in how many lines, and what must not."""

    kind: str
    where: str
    least: int
    pattern: re.Pattern[str]
    but: re.Pattern[str] | None


def find_kind(evident: Evident, fold: Fold, title: str | None, source: str | None) -> Found[str] | None:
    """The kind of a report by the first sign of the lexicon that applies; None where none does.

    `title` is the report's title, `source` its source organisation.  Linear in the text.
    """
    heading = fold(title or "").strip()[:LONGEST_TITLE]
    stretches = {
        "title": [heading],
        "title-end": list(_parts([heading, *_subtitles(evident.folded)])),
        "opening": [evident.folded[:OPENING]],
        "closing": [evident.folded[-CLOSING:].rstrip()],
        "lines": evident.folded.split("\n"),
        "text": [evident.folded],
        "source": [fold(source or "")],
    }
    for sign in signs():
        words = _applies(sign, stretches[sign.where])
        if words:
            rule = "title" if sign.where == "title-end" else sign.where
            return Found(sign.kind, Evidence(rule, " ".join(words.split())[:SHOWN]))
    return None


def _applies(sign: Sign, stretches: list[str]) -> str | None:
    """The words by which a sign shows first, None where it does not show often enough."""
    found: list[str] = []
    for text in stretches:
        match = sign.pattern.match(text) if sign.where == "lines" else sign.pattern.search(text)
        if match is not None and not (sign.but is not None and sign.but.search(text)):
            found.append(match.group())
            if len(found) >= sign.least:
                return found[0]
    return None


def _parts(titles: list[str]) -> Iterator[str]:
    """A title and a subtitle, whole and in their parts, without what stands behind the telling word."""
    for title in titles:
        for part in dict.fromkeys((title, *_PARTS.split(title))):
            bare = _BEHIND.sub("", part.strip())
            if bare:
                yield bare


def _subtitles(folded: str) -> list[str]:
    """Lines below the title that begin with a dash: ——同心县马家塬村的经验介绍."""
    head = islice(folded.split("\n"), SUBTITLE_LINES)
    return [line.lstrip("—─- ")[:LONGEST_TITLE] for line in head if line.lstrip().startswith(_DASHES)]


@functools.cache
def signs() -> tuple[Sign, ...]:
    """The lines of `lexicon/kinds.tsv`. Raises BangfuError, with the line, where one cannot be meant."""
    text = (resources.files("indexer.lexicon") / LEXICON).read_text(encoding="utf-8")
    rows = [(number, line.split("\t")) for number, line in enumerate(text.splitlines(), 1)
            if line and not line.startswith("#")]
    return tuple(_sign(number, row) for number, row in rows[1:])


def _sign(number: int, row: list[str]) -> Sign:
    if len(row) != 5 or row[1] not in PLACES or not row[2].isdecimal():
        raise BangfuError(f"{LEXICON}, line {number}: a line is kind, where, least, pattern, but")
    kind, where, least, pattern, but = row
    try:
        made = re.compile(f"(?:{pattern})$" if where == "title-end" else pattern)
        return Sign(kind, where, int(least), made, re.compile(but) if but else None)
    except re.error as error:
        raise BangfuError(f"{LEXICON}, line {number}: {error}") from None
