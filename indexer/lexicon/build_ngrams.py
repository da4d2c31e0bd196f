"""Rebuild `ngrams.npz`, the character language model, from the packages that `training_texts` names.

    python -m indexer.lexicon.build_ngrams FOLDER

FOLDER holds the three packages; run it in the project's root.  It writes the same file again, byte for
byte, with the pinned versions of jieba and OpenCC.

Reports, newspaper, statutes, words and word pairs each make an interpolated Kneser-Ney model.  The five
are mixed; each counts more where what stands in front is likely in it.  Strings are dropped whose loss
costs the least.
"""

from __future__ import annotations

import argparse
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from indexer.lexicon import training_texts as texts
from indexer.lexicon.ngrams import BREAK, ORDER, UNKNOWN, Floats, Ids, Model, letters, quantised
from indexer.lexicon.training_texts import GAP, Pairs

# Strings of one length as keys (base: the size of the alphabet), ascending, with a number each.
Table = tuple[Ids, Floats]

# A character must occur this often to be a letter of the model; words of the pairs count a tenth.
MIN_LETTER = 3
PAIRS_LETTERS = 0.1
# What each model counts: between what expectation maximisation finds for hand-written reports that
# were left out, and for the editor's texts of five real pages.
SHARES = {"reports": 0.48, "daily": 0.2, "laws": 0.11, "words": 0.03, "persons": 0.05, "pairs": 0.13}
# A model counts more by this power of the chance that it gives to what stands in front.
HISTORY = 0.25
# What is taken off counts of one, of two, and of more.
DISCOUNTS = {1: (0.5, 0.5, 0.5), 2: (0.8, 0.9, 0.95), 3: (0.8, 0.95, 1.1), 4: (0.8, 1.0, 1.2)}
# How much of the chance of single characters is how often they occur; the rest is in how many contexts.
TOKENS = 0.5
# A string is kept when its loss costs this many nats for each character of text.
WORTH = 1.7e-8
MARKS = "，。、：；？！“”《》（）0" + BREAK
REPORTS = Path("tests/pagemaker/drafts.jsonl")


class Alphabet:
    """The letters of the model, and texts as numbers."""

    def __init__(self, lines: Iterable[list[str]], known: Pairs) -> None:
        frequent: defaultdict[str, float] = defaultdict(float)
        for some in lines:
            for char, number in Counter("".join(map(letters, some))).items():
                frequent[char] += number
        for word, count in zip(known.words, known.counts.tolist(), strict=True):
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
                # Half by how often, half by in how many contexts: a rare character in a list of names
                # has many contexts, and a text nearly never has it.
                used = (1 - TOKENS) * used + TOKENS * raw * (used.sum() / raw.sum())
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


def mixed(components: list[Component], shares: Iterable[float], size: int,
          history: float = HISTORY) -> list[Level]:
    """The mixture of the components, for every string that one of them has.

    A component's share at a string grows with the chance that it gives to all but its last letter,
    to the power of `history`.
    """
    start = np.array(list(shares))[:, None]
    everything = np.arange(size, dtype=np.int64)
    each = [component.levels[0][1] for component in components]
    chance = (start / start.sum() * np.stack(each)).sum(axis=0)
    levels = [Level(everything, chance, chance)]
    fronts = np.zeros((len(components), size))  # log chances of the strings of the last level
    for order in range(2, ORDER + 1):
        last = levels[-1]
        keys = np.unique(np.concatenate([one.levels[order - 1][0] for one in components]))
        parent, shorter = keys // size, np.searchsorted(last.keys, keys % size ** (order - 1))
        behind = np.searchsorted(last.keys, parent)
        fronts = (fronts[:, np.searchsorted(levels[-2].keys, last.keys // size)] if order > 2
                  else fronts) + np.log(np.maximum(np.stack(each), 1e-12))
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
        weights = start * np.exp(history * (fronts - fronts.max(axis=0)))
        weights /= weights.sum(axis=0)
        chance = np.zeros(len(keys))
        for weight, part in zip(weights, each, strict=True):
            chance += weight[behind] * part
        levels.append(Level(keys, chance, last.joint[behind] * chance))
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


def build(lines: Mapping[str, list[str]], known: Pairs) -> dict[str, npt.NDArray[Any]]:
    """The arrays of the model: `lines` are the texts by their names in SHARES, `known` the pairs."""
    alphabet = Alphabet(lines.values(), known)
    parts = {name: Component(counted(some, alphabet), alphabet.size) for name, some in lines.items()}
    names = {"alphabet": np.array(alphabet.letters)}
    plain = mixed([parts["reports"], parts["daily"]], (0.5, 0.5), alphabet.size)
    marks = Model({**names, **packed(plain, alphabet.size)})
    parts["pairs"] = Component(counted_pairs(known, alphabet, marks), alphabet.size)
    shares = [SHARES[name] for name in parts]
    return {**names, **packed(mixed(list(parts.values()), shares, alphabet.size), alphabet.size)}


def main() -> None:
    """Read the sources, write the model, say how large it is."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--out", type=Path, default=Path(__file__).with_name("ngrams.npz"))
    given = parser.parse_args()
    lines = {"reports": [*texts.prose(), *texts.reports(REPORTS)], "daily": list(texts.daily(given.folder)),
             "laws": list(texts.laws(given.folder)), "words": list(texts.words()),
             "persons": list(texts.persons())}
    arrays = build(lines, texts.pairs(given.folder))
    np.savez_compressed(given.out, allow_pickle=False, **arrays)
    sizes = {name: len(arrays[name]) for name in arrays if name.startswith("chance")}
    print({name: f"{sum(map(len, some)):,} characters" for name, some in lines.items()}, sizes,
          f"{given.out.stat().st_size:,} bytes", sep="\n")


if __name__ == "__main__":
    main()
