"""A merge is what a build of the living documents at once would have been, whatever each segment lacks."""

from __future__ import annotations

import json
import zlib
from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest

from indexer.store.build import SegmentBuilder, about
from indexer.store.engine import FACETS, Document
from indexer.store.lists import Lists, ListsWriter
from indexer.store.merge import merge
from indexer.store.records import write_blobs
from indexer.store.sections import SectionsWriter
from indexer.store.segment import AREAS, Segment
from tests.store.test_edges import report

# Some titles hold no word, some texts no letter, some no mark, some characters are variants.
TITLES = ("", "——", "养羊", "養羊的報告", "养羊养羊养羊")
TEXTS = ("", "。、", "驻村", "駐村帮扶，户均增收5.5%。", "（一）驻村。", "着著𠀀龘")


def documents(rng: Random, first: int) -> list[Document]:
    """A few reports; now and then all are without a word, or there is none."""
    titles, texts = rng.choice(((TITLES, TEXTS), (TITLES[:2], TEXTS[:2]), (TITLES, TEXTS[:1])))
    return [report(first + number, rng.choice(titles), "".join(rng.choices(texts, k=rng.randrange(4))),
                   published=rng.choice((0, 20190506)), region=rng.choice(((), ("甘肃省",), ("甘肃省/酒泉市", "四川省"))))
            for number in range(rng.choice((0, 1, 3, 9)))]


def built(path: Path, some: Sequence[Document]) -> Segment:
    """A segment of documents."""
    builder = SegmentBuilder()
    for document in some:
        builder.add(document)
    builder.write(path)
    return Segment(path)


def lists(field: Lists) -> list[list[int]]:
    """All lists."""
    return [field.read(number).tolist() for number in range(len(field))]


def contents(segment: Segment) -> dict[str, Any]:
    """Everything that a segment holds."""
    found: dict[str, Any] = {
        "areas": segment.areas.tolist(), "marks": (segment.marks, lists(segment.mark_places)),
        "marked": segment.marked.tolist(), "published": segment.published.tolist(),
        "signatures": segment.signatures.tolist(), "ids": list(segment.ids),
        "pages": list(segment.lexicon("page_ids")), "states": list(segment.states()),
        "records": [segment.records.line(number) for number in range(segment.size)],
        "details": [segment.details.line(number) for number in range(segment.size)],
    }
    for area in AREAS:
        words = segment.words[area]
        found[area] = (list(words.lexicon), lists(words.docs), lists(words.frequencies))
    for name in ("pairs", "variants"):
        field = getattr(segment, name)
        found[name] = (field.keys.tolist(), lists(field.lists))
    for name in FACETS:
        column = segment.column(name)
        values = iter([column.values[code] for code in column.codes.tolist()])
        found[name] = [[next(values) for _ in range(count)] for count in column.counts.tolist()]
    return found


@pytest.mark.parametrize("seed", range(60))
def test_a_merge_is_a_build_of_the_living(tmp_path: Path, seed: int) -> None:
    rng = Random(seed)
    sources, living = [], []
    for number in range(rng.randint(1, 4)):
        some = documents(rng, 100 * number)
        share = rng.choice((1.0, 0.6, 0.0))
        live = [rng.random() < share for _ in some]
        living += [document for document, alive in zip(some, live, strict=True) if alive]
        sources.append((built(tmp_path / f"{number}.arrays", some), np.array(live, bool)))
    merge(sources, tmp_path / "merged.arrays")
    assert contents(Segment(tmp_path / "merged.arrays")) == contents(built(tmp_path / "at once.arrays", living))


def test_states_of_an_earlier_version_are_read(tmp_path: Path) -> None:
    """They were parted by line breaks."""
    states = [[f"{number:016x}", "帮扶\n||", "页", "a", "b", "c", 1] for number in range(3)]
    lines = [json.dumps(state, ensure_ascii=False) for state in states]
    file = SectionsWriter(tmp_path / "a.arrays")
    write_blobs(file, "states", [zlib.compress("\n".join(some).encode()) for some in (lines[:2], lines[2:])])
    file.close(about(3, 0))
    assert list(Segment(tmp_path / "a.arrays").states()) == states


def test_lists_and_their_lengths_must_agree() -> None:
    with pytest.raises(ValueError, match="3 values"):
        ListsWriter("field").add(np.array([1, 2, 3], np.uint32), np.array([1, 1], np.int64))
