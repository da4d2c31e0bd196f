"""Forward models of what scraping and mirrors do to a text: pure functions, clean text to damaged.

Each model is named after its class in the catalogue of defects and says what it changed. A text is
paragraphs joined by line feeds. Models of the same name make the same kind of damage everywhere, so
that a repair can be measured class by class.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random

HAN = re.compile(r"[\u4e00-\u9fff]")
BETWEEN_HAN = re.compile(r"(?<=[\u4e00-\u9fff])(?=[\u4e00-\u9fff])")
FULL_TO_ASCII = {0xFF01 + i: 0x21 + i for i in range(94)}
ASCII_TO_FULL = {0x30 + i: 0xFF10 + i for i in range(10)}
# Characters that copying out of a PDF turns into look-alike radicals (工 → ⼯).
RADICALS = str.maketrans(
    "一人力十口土大女子小山工户手文方日月木水火生用田石立竹米羊老舟行西里金长门青面食马高",
    "⼀⼈⼒⼗⼝⼟⼤⼥⼦⼩⼭⼯⼾⼿⽂⽅⽇⽉⽊⽔⽕⽣⽤⽥⽯⽴⽵⽶⽺⽼⾈⾏⾕⾥⾦⻓⻔⻘⾯⻝⻢⾼".replace(
        "⾕", "⻄"
    ),
)
ZERO_WIDTH = "\u200b\u200c\u200d\ufeff\u00ad\u2060"
CONTROLS = "\x07\x0b\x1a\x7f\x08"
JUNK = "༄༅྅ཀཁགངཅཆཉཏདནཔབམ"


@dataclass(frozen=True, slots=True)
class Change:
    """`clean[start:end]` was replaced by `new`."""

    start: int
    end: int
    new: str


@dataclass(frozen=True, slots=True)
class Damaged:
    """A damaged text, the class of the damage, and every place where it differs from the clean one."""

    name: str
    text: str
    changes: tuple[Change, ...]


Model = Callable[[str, Random], Damaged]


def apply(name: str, clean: str, changes: Sequence[Change]) -> Damaged:
    """The text with `changes` (ascending, disjoint) made."""
    out, at = [], 0
    for change in changes:
        out += [clean[at : change.start], change.new]
        at = change.end
    return Damaged(name, "".join(out) + clean[at:], tuple(changes))


def translated(name: str, clean: str, table: dict[int, int]) -> Damaged:
    """One character for one, by a table."""
    changes = [Change(i, i + 1, chr(table[ord(c)])) for i, c in enumerate(clean) if ord(c) in table]
    return apply(name, clean, changes)


def some_places(places: Sequence[int], rng: Random, share: float, least: int = 1) -> list[int]:
    """A share of the places, ascending."""
    count = min(len(places), max(least, round(len(places) * share)))
    return sorted(rng.sample(places, count))


# C, D: residue of the markup -----------------------------------------------------------------------


def lost_indents(clean: str, rng: Random) -> Damaged:
    """C1: the blanks of a paragraph's indent could not be encoded: `????市縣兩級`."""
    mark = rng.choice(["??", "????"])
    starts = [0] + [i + 1 for i, c in enumerate(clean) if c == "\n"]
    return apply("lost_indents", clean, [Change(i, i, mark) for i in starts])


def stray_tags(clean: str, rng: Random) -> Damaged:
    """D1: closing tags without an opening one at the ends of lines: `工作成效。</p>`."""
    ends = [i for i, c in enumerate(clean) if c == "\n"] + [len(clean)]
    tag = rng.choice(["</p>", "</p>", "</P>", "</span></p>", "</div>"])
    changes = [Change(i, i, tag if rng.random() < 0.9 else "</font>") for i in some_places(ends, rng, 0.8)]
    return apply("stray_tags", clean, changes)


# F: chops, page numbers, blanks ---------------------------------------------------------------------


def chop(clean: str, rng: Random) -> Damaged:
    """F1: cut every N characters, numbered: `1、…\\n2、。下面将`. Paragraph breaks must be gone."""
    size = rng.randint(260, 560)
    numbered = [
        Change(i, i, ("\n" if i else "") + f"{n}、") for n, i in enumerate(range(0, len(clean), size), 1)
    ]
    return apply("chop", clean, numbered)


def page_numbers(clean: str, rng: Random) -> Damaged:
    """F2: page numbers in mid-sentence, ascending and evenly spaced: `制定出了帮1 扶计划`.

    A text of two pages would show one number, which nobody can tell from the text's own (`每1 人`):
    it stays without.
    """
    size, at = rng.randint(320, 640), 0
    changes: list[Change] = []
    while (at := at + size + rng.randint(-15, 15)) < len(clean) - 40:
        spot = next((m.start() for m in BETWEEN_HAN.finditer(clean, at, at + 60)), None)
        if spot is not None:
            number = str(len(changes) + 1)
            changes.append(Change(spot, spot, rng.choice([f"{number} ", f" {number}"])))
    return apply("page_numbers", clean, changes if len(changes) > 1 else [])


def blanks_inside(clean: str, rng: Random) -> Damaged:
    """F3: blanks inside a sentence: `进一步提 高`, `评议 考核`."""
    places = [m.start() for m in BETWEEN_HAN.finditer(clean)]
    return apply("blanks_inside", clean, [Change(i, i, " ") for i in some_places(places, rng, 0.01)])


def blanks_for_breaks(clean: str, rng: Random) -> Damaged:
    """F4: a blank (sometimes several) stands for every paragraph break."""
    width = rng.choice([1, 1, 2, 4])
    changes = [Change(i, i + 1, " " * width) for i, c in enumerate(clean) if c == "\n"]
    return apply("blanks_for_breaks", clean, changes)


def spaced_out(clean: str, rng: Random) -> Damaged:
    """F3: short lines set wide, and years: `基 层 党 组 织`, `2 0 1 7年`."""
    changes, at = [], 0
    for line in clean.split("\n"):
        if 4 <= len(line) <= 16 and all(HAN.match(c) for c in line) and rng.random() < 0.8:
            changes += [Change(at + i, at + i, " ") for i in range(1, len(line))]
        for year in re.finditer(r"20[0-2]\d(?=年)", line):
            if rng.random() < 0.4:
                changes += [Change(at + i, at + i, " ") for i in range(year.start() + 1, year.end())]
        at += len(line) + 1
    return apply("spaced_out", clean, changes)


def hard_wrap(clean: str, rng: Random) -> Damaged:
    """Lines broken at a fixed width; a paragraph shows by its indent or by a blank line."""
    width, indent = rng.randint(26, 42), rng.random() < 0.6
    lead, gap = ("　　", "\n") if indent else ("", "\n\n")
    changes, at = [], 0
    for n, line in enumerate(clean.split("\n")):
        if n:
            changes.append(Change(at - 1, at, gap + lead))
        elif lead:
            changes.append(Change(0, 0, lead))
        first = width - len(lead)
        changes += [Change(at + i, at + i, "\n") for i in range(first, len(line), width)]
        at += len(line) + 1
    return apply("hard_wrap", clean, changes)


def injected_lines(clean: str, rng: Random) -> Damaged:
    """Site names and appeals between the paragraphs of a mirror or forum."""
    line = rng.choice(
        [
            "本文来自 www.wenku-share.example",
            "更多范文请关注范文大全网",
            "（转载请注明出处：乡情论坛）",
            "【本站最新域名 www.bxwz.example，请收藏】",
        ]
    )
    ends = [i for i, c in enumerate(clean) if c == "\n"]
    changes = [Change(i, i, "\n" + line) for i in some_places(ends, rng, 0.15)]
    return apply("injected_lines", clean, changes if ends else [])


# F6, F7, G: single characters -------------------------------------------------------------------------


def wrong_glyphs(clean: str, rng: Random) -> Damaged:
    """F6: 臵 for 置."""
    del rng
    return translated("wrong_glyphs", clean, {ord("置"): ord("臵")})


def letter_o(clean: str, rng: Random) -> Damaged:
    """F7: the letter o for a zero before the point, and for 〇 in a year: `o.6米`, `二o一二年`."""
    del rng
    places = [m.start() for m in re.finditer(r"(?<![\d.])0(?=\.\d)|〇", clean)]
    return apply("letter_o", clean, [Change(i, i + 1, "o") for i in places])


def ascii_punctuation(clean: str, rng: Random) -> Damaged:
    """G1: everything of U+FF01-FF5E to ASCII: `，：；（）？！`."""
    del rng
    return translated("ascii_punctuation", clean, FULL_TO_ASCII)


def box_dashes(clean: str, rng: Random) -> Damaged:
    """G2: U+2500 for the dash."""
    del rng
    return translated("box_dashes", clean, {0x2014: 0x2500})


def wide_digits(clean: str, rng: Random) -> Damaged:
    """Digits in full width: `２０１７年`."""
    del rng
    return translated("wide_digits", clean, ASCII_TO_FULL)


def radical_forms(clean: str, rng: Random) -> Damaged:
    """Kangxi and supplement radicals for characters: `⼯作`."""
    del rng
    return translated("radical_forms", clean, RADICALS)


def _sprinkled(name: str, clean: str, rng: Random, signs: str, share: float) -> Damaged:
    places = [m.start() for m in BETWEEN_HAN.finditer(clean)]
    return apply(name, clean, [Change(i, i, rng.choice(signs)) for i in some_places(places, rng, share)])


def zero_width(clean: str, rng: Random) -> Damaged:
    """Zero-width characters and soft hyphens inside words."""
    return _sprinkled("zero_width", clean, rng, ZERO_WIDTH, 0.01)


def control_characters(clean: str, rng: Random) -> Damaged:
    """Control characters that a database let through."""
    return _sprinkled("control_characters", clean, rng, CONTROLS, 0.004)


def planted_junk(clean: str, rng: Random) -> Damaged:
    """Tibetan letters planted by a mirror against copying."""
    return _sprinkled("planted_junk", clean, rng, JUNK, 0.006)


# Classic mojibake -------------------------------------------------------------------------------------


def _per_line(name: str, clean: str, turn: Callable[[str], str]) -> Damaged:
    changes, at = [], 0
    for line in clean.split("\n"):
        broken = turn(line)
        if broken != line:
            changes.append(Change(at, at + len(line), broken))
        at += len(line) + 1
    return apply(name, clean, changes)


def mojibake_latin1(clean: str, rng: Random) -> Damaged:
    """UTF-8 read as Latin-1: `æå®¶æ²æ`, C1 controls included."""
    del rng
    return _per_line("mojibake_latin1", clean, lambda s: s.encode().decode("latin-1"))


def mojibake_cp1252(clean: str, rng: Random) -> Damaged:
    """UTF-8 read as Windows-1252 as browsers do: its five holes fall through to C1 controls."""
    del rng

    def read(line: str) -> str:
        return "".join(_cp1252(b) for b in line.encode())

    return _per_line("mojibake_cp1252", clean, read)


def _cp1252(byte: int) -> str:
    try:
        return bytes([byte]).decode("cp1252")
    except UnicodeDecodeError:
        return chr(byte)


def mojibake_gbk(clean: str, rng: Random) -> Damaged:
    """UTF-8 read as GBK: `鏉庡搴勬潙`. The odd last character of a run, of which a byte would be
    lost for good, stays whole, and so does a run with bytes that GBK does not have."""
    del rng
    changes = []
    for run in re.finditer(r"[^\x00-\x7f]{2,}", clean):
        even = run[0][: len(run[0]) // 2 * 2]
        try:
            broken = even.encode().decode("gbk")
        except UnicodeDecodeError:
            continue
        if broken.encode("gbk") == even.encode():
            changes.append(Change(run.start(), run.start() + len(even), broken))
    return apply("mojibake_gbk", clean, changes)


def escaped_entities(clean: str, rng: Random) -> Damaged:
    """Entities escaped twice: the reader sees `&ldquo;`, `&nbsp;&nbsp;` and `&middot;`."""
    del rng
    names = {"“": "&ldquo;", "”": "&rdquo;", "·": "&middot;", "—": "&mdash;", "…": "&hellip;"}
    changes = [Change(i, i + 1, names[c]) for i, c in enumerate(clean) if c in names]
    starts = [Change(i + 1, i + 1, "&nbsp;&nbsp;&nbsp;&nbsp;") for i, c in enumerate(clean) if c == "\n"]
    # A quotation mark at a line's start: the indent stands first.
    return apply("escaped_entities", clean, sorted(changes + starts, key=lambda c: (c.start, c.end)))


MODELS: dict[str, Model] = {
    f.__name__: f
    for f in (
        lost_indents,
        stray_tags,
        chop,
        page_numbers,
        blanks_inside,
        blanks_for_breaks,
        spaced_out,
        hard_wrap,
        injected_lines,
        wrong_glyphs,
        letter_o,
        ascii_punctuation,
        box_dashes,
        wide_digits,
        radical_forms,
        zero_width,
        control_characters,
        planted_junk,
        mojibake_latin1,
        mojibake_cp1252,
        mojibake_gbk,
        escaped_entities,
    )
}
