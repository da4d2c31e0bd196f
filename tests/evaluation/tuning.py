"""Each number of the ranking with other values, on the tuning half and on the confirming half.

Run by hand: `python -m tests.evaluation.tuning`.  A value is taken over when it is better on both
halves; one that wins on one half alone says something of these queries only.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.evaluation import indexed
from tests.evaluation.ranking import HALVES, Bench, Ranking, Variant, read_judged, weights

WEIGHTS: dict[str, tuple[float, ...]] = {
    "word": (0.5, 1, 1.5), "title": (0, 1, 2, 3), "bigram": (0, 0.3, 0.5, 0.8), "string": (0, 2, 4, 8),
    "string_in_title": (0, 2, 4), "near": (0, 0.5, 1, 2), "near_distance": (5, 10, 20), "synonym": (0, 0.5, 1),
}
CONSTANTS: dict[str, tuple[Any, ...]] = {
    "K1": (0.6, 0.9, 1.2, 2.0), "TITLE_WEIGHT": (1.0, 2.0, 4.0, 6.0), "TITLE_B": (0.0, 0.3, 0.6),
    "BODY_B": (0.3, 0.5, 0.75, 0.9),
    "MINIMUM_SHARES": (((5, 1.0), (9, 0.8), (10_000, 0.65)), ((4, 1.0), (10_000, 0.5)),
                       ((3, 1.0), (5, 0.7), (10_000, 0.6)), ((3, 1.0), (4, 0.75), (10_000, 0.5)),
                       ((2, 1.0), (10_000, 0.5))),
}


def variants() -> Iterator[Variant]:
    """One number changed in each."""
    for name, values in WEIGHTS.items():
        yield from (Variant(f"{name} = {value}", weights(**{name: value})) for value in values)
    for name, values in CONSTANTS.items():
        yield from (Variant(f"{name} = {value}", constants={name: value}) for value in values)


def main() -> None:
    """Print nDCG@10 of both halves for every variant."""
    with TemporaryDirectory() as folder:
        bench = Bench(indexed.build(Path(folder), 2), read_judged())
        for variant in (Variant("as it is"), *variants()):
            ranking = Ranking({variant.name: bench.outcomes(variant)})
            print(variant.name, *(f"{half} {ranking.ndcg(variant.name, half):.4f}" for half in HALVES),
                  sep="\t", flush=True)


if __name__ == "__main__":
    main()
