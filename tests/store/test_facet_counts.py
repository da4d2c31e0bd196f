"""Counting facets over arrays: the same for few hits, for some and for all, at every depth of the paths."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from random import Random

import numpy as np
import pytest

from indexer.store.build import write_column
from indexer.store.facets import Facet
from indexer.store.sections import Sections, SectionsWriter
from indexer.store.segment import Column

REPORTS = 3000
Values = list[tuple[str, ...]]


def path(rng: Random, branches: int) -> str:
    """A place; not every province has cities, and some reports say no more than the province."""
    parts = [f"省{rng.randrange(5)}", f"市{rng.randrange(branches)}", f"村{rng.randrange(branches * 40)}"]
    return "/".join(parts[:rng.choice((1, 2, 3, 3, 3, 3))])


def values(rng: Random, branches: int, most: int) -> Values:
    """What reports have: nothing, one value, or several, some of which lie in one another."""
    return [tuple(sorted({path(rng, branches) for _ in range(rng.randint(0, most))})) for _ in range(REPORTS)]


def opened(folder: Path, rows: Values) -> Facet:
    """A facet of two segments."""
    columns = []
    for number, part in enumerate((rows[:1000], rows[1000:])):
        file = SectionsWriter(folder / str(number))
        write_column(file, "place", part)
        file.close({})
        columns.append(Column(Sections(folder / str(number)), "place"))
    return Facet(columns)


def ancestry(row: tuple[str, ...]) -> set[str]:
    """A report's values and all that they lie in, each once."""
    return {value.rsplit("/", up)[0] for value in row for up in range(value.count("/") + 1)}


@pytest.mark.parametrize("most", [1, 3])
@pytest.mark.parametrize("branches", [2, 40])
@pytest.mark.parametrize("hits", [0, 1, 8, 9, 60, 400, 2000, REPORTS])
def test_every_value_is_counted_once_a_report(tmp_path: Path, branches: int, most: int, hits: int) -> None:
    rng = Random(f"{branches} {most} {hits}")
    rows = values(rng, branches, most)
    facet = opened(tmp_path, rows)
    docs = sorted(rng.sample(range(REPORTS), hits))
    expected = Counter(value for doc in docs for value in ancestry(rows[doc]))
    counted = facet.count(np.array(docs, np.int64))
    assert dict(counted) == expected
    best = sorted(expected.items(), key=lambda item: (-item[1], item[0].replace("/", "\0")))
    assert counted.top(7) == best[:7]
    assert list(counted.items()) == best
    weights = np.array([rng.randrange(9) for _ in docs], np.int64)
    sums = facet.sums(np.array(docs, np.int64), weights)
    weighed: Counter[str] = Counter()
    for doc, weight in zip(docs, weights.tolist(), strict=True):
        weighed.update(dict.fromkeys(ancestry(rows[doc]), weight))
    assert dict(zip(facet.values, sums.tolist(), strict=True)) == {value: weighed[value] for value in facet.values}
    wanted = frozenset(rng.sample(facet.values, 3))
    assert np.flatnonzero(facet.mask(wanted)).tolist() == [
        doc for doc, row in enumerate(rows) if wanted & ancestry(row)]
