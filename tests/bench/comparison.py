"""Do the engines agree? Numbers of reports and facet counts of the same questions on the same reports."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations
from typing import Any

from tests.bench.questions import KINDS, SUBSTRINGS

# Engines that must give the same numbers, by kind. A word is a word to three of them and a string to FTS5;
# a phrase is a string to this engine and to FTS5, and a row of words to the others.
BY_WORDS, BY_STRINGS = ("bangfu", "tantivy", "whoosh"), ("bangfu", "fts5")
GROUPS = {
    **dict.fromkeys(KINDS, (BY_WORDS,)),
    "phrase_2": (BY_STRINGS, ("tantivy", "whoosh")),
    **dict.fromkeys(SUBSTRINGS, (BY_STRINGS,)),
}


def disagreements(result: Mapping[str, Any]) -> list[str]:
    """A sentence for every kind of question that two engines answer differently, and for lost reports."""
    engines = result["engines"]
    found = [f"{name}: {sheet['write']['seen']} reports are searchable after the commits instead of "
             f"{sheet['write']['expected']}" for name, sheet in engines.items()
             if sheet["write"]["seen"] != sheet["write"]["expected"]]
    found += [f"{name}: the rerun took unchanged pages for changed ones ({sheet['rerun']})"
              for name, sheet in engines.items() if not sheet.get("rerun", {"whole": True})["whole"]]
    for kind, groups in GROUPS.items():
        for group in groups:
            for one, other in combinations([name for name in group if name in engines], 2):
                if engines[one]["build"]["reports"] == engines[other]["build"]["reports"]:
                    found += _compared(kind, one, other, engines)
    return found


def _compared(kind: str, one: str, other: str, engines: Mapping[str, Any]) -> list[str]:
    """Sentences about one kind and two engines; questions that a slow engine had no time for are left out."""
    sentences = []
    for way, key in (("plain", "totals"), ("facets", "totals"), ("facets", "counts")):
        a, b = (engines[name]["ask"].get(kind, {}).get(way, {}).get(key, []) for name in (one, other))
        pairs = list(zip(a, b, strict=False))
        wrong = [number for number, (x, y) in enumerate(pairs) if x != y]
        if wrong:
            first = wrong[0]
            sentences.append(f"{kind} ({way}, {key}): {one} and {other} differ on {len(wrong)} of {len(pairs)} "
                             f"questions, first on question {first}: {a[first]} and {b[first]}")
    return sentences
