"""The layers under the engine, each by itself: the file of arrays, the lists of integers, the merge policy."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.errors import IndexDamaged
from indexer.store.inversion import write_texts
from indexer.store.lists import Lists, ListsWriter
from indexer.store.merging import FACTOR, to_merge
from indexer.store.sections import BLOCK_BITS, Sections, SectionsWriter
from indexer.store.segment import SortedLexicon

ASCENDING = st.lists(st.lists(st.integers(0, 2**32 - 1), min_size=1, max_size=30, unique=True), max_size=20)
SMALL = st.lists(st.lists(st.integers(1, 300), min_size=1, max_size=30), max_size=20)


def written(path: Path, lists: list[list[int]], ascending: bool, cut: int) -> Lists:
    """Write lists in two parts and open them."""
    path.unlink(missing_ok=True)
    writer = ListsWriter("field", ascending=ascending)
    for part in (lists[:cut], lists[cut:]):
        writer.add(np.array([value for one in part for value in one], np.uint32),
                   np.array([len(one) for one in part], np.int64))
    file = SectionsWriter(path)
    writer.write(file)
    file.close({})
    return Lists(Sections(path), "field", ascending=ascending)


@given(ASCENDING, st.integers(0, 20), st.data())
def test_ascending_lists_come_back(tmp_path_factory: pytest.TempPathFactory, lists: list[list[int]],
                                   cut: int, data: st.DataObject) -> None:
    lists = [sorted(one) for one in lists]
    read = written(tmp_path_factory.getbasetemp() / "ascending", lists, True, cut)
    assert [read.read(number).tolist() for number in range(len(read))] == lists
    start = data.draw(st.integers(0, len(lists)))
    stop = data.draw(st.integers(start, len(lists)))
    values, counts = read.read_range(start, stop)
    assert values.tolist() == [value for one in lists[start:stop] for value in one]
    assert counts.tolist() == [len(one) for one in lists[start:stop]]


@given(SMALL, st.integers(0, 20))
def test_frequencies_come_back(tmp_path_factory: pytest.TempPathFactory, lists: list[list[int]],
                               cut: int) -> None:
    read = written(tmp_path_factory.getbasetemp() / "frequencies", lists, False, cut)
    assert [read.read(number).tolist() for number in range(len(read))] == lists
    assert read.read_range(0, len(lists))[0].tolist() == [value for one in lists for value in one]


def test_gaps_take_the_bytes_that_they_need(tmp_path: Path) -> None:
    """A long list of small gaps with a few large ones takes hardly more than a byte a value."""
    values = np.cumsum(np.where(np.arange(100_000) % 1000 == 0, 100_000, 7)).tolist()
    written(tmp_path / "narrow", [values], True, 1)
    assert (tmp_path / "narrow").stat().st_size < 1.05 * len(values)


def make_sections(path: Path) -> dict[str, list[int]]:
    """A file of three arrays, one of several blocks."""
    arrays = {"small": list(range(10)), "empty": [], "large": list(range(1 << (BLOCK_BITS - 1)))}
    file = SectionsWriter(path)
    for name, values in arrays.items():
        file.add(name, np.array(values, np.uint32))
    file.close({"kind": "test"})
    return arrays


@pytest.mark.parametrize("size", [0, 1, 3, 4, 5, 8, 9, 1000])
def test_a_word_is_found_by_its_bytes(tmp_path: Path, size: int) -> None:
    words = sorted({f"词{number * 7 % 1000}" for number in range(size)}, key=str.encode)
    file = SectionsWriter(tmp_path / "words")
    write_texts(file, "terms", words)
    file.close({})
    lexicon = SortedLexicon(Sections(tmp_path / "words"), "terms")
    assert list(lexicon) == [lexicon[number] for number in range(size)] == words
    assert [lexicon.find(word) for word in words] == list(range(size))
    assert {lexicon.find(word) for word in ("", "词", "龘", *(word + "x" for word in words))} == {-1}
    assert lexicon.starting_with("词") == (0, size)
    first, last = lexicon.starting_with("词1")
    assert words[first:last] == [word for word in words if word.startswith("词1")]


def test_a_file_of_arrays_comes_back(tmp_path: Path) -> None:
    arrays = make_sections(tmp_path / "arrays")
    sections = Sections(tmp_path / "arrays")
    assert sections.about == {"kind": "test"}
    assert {name: sections.read(name).tolist() for name in arrays} == arrays
    assert sections.read("large", 5, 9).tolist() == [5, 6, 7, 8]
    assert "absent" not in sections
    (tmp_path / "arrays").unlink()
    assert sections.read("small").tolist() == arrays["small"], "an open file outlives its name"


@pytest.mark.parametrize("share", [0.0, 0.1, 0.3, 0.5, 0.7, 0.9, 0.999])
def test_a_changed_byte_is_never_read(tmp_path: Path, share: float) -> None:
    arrays = make_sections(tmp_path / "arrays")
    data = bytearray((tmp_path / "arrays").read_bytes())
    at = int(share * len(data))
    data[at] ^= 0x10
    (tmp_path / "arrays").write_bytes(bytes(data))
    with pytest.raises(IndexDamaged, match="arrays"):
        _read_all(tmp_path / "arrays", arrays)


def _read_all(path: Path, arrays: dict[str, list[int]]) -> None:
    """Read every array, the damaged ones last: what can be read must be right."""
    sections = Sections(path)
    failed = None
    for name, values in arrays.items():
        try:
            found = sections.read(name).tolist()
        except IndexDamaged as error:
            failed = error
        else:
            assert found == values
    if failed:
        raise failed


@pytest.mark.parametrize("length", [0, 1, 30, 1000, -1])
def test_a_cut_file_is_recognised(tmp_path: Path, length: int) -> None:
    make_sections(tmp_path / "arrays")
    data = (tmp_path / "arrays").read_bytes()
    (tmp_path / "arrays").write_bytes(data[:length])
    with pytest.raises(IndexDamaged, match="not what was written"):
        Sections(tmp_path / "arrays")


def test_segments_do_not_accumulate() -> None:
    """Ten thousand commits of all sizes leave few segments, and a letter is not written often."""
    dice = np.random.default_rng(1)
    sizes: list[int] = []
    rewritten = total = 0
    for size in dice.integers(1_000, 2_000_000, 10_000).tolist():
        sizes.append(size)
        total += size
        while chosen := to_merge([(one, one) for one in sizes], 1 << 40):
            merged = sum(sizes[number] for number in chosen)
            rewritten += merged
            sizes = [one for number, one in enumerate(sizes) if number not in chosen] + [merged]
        assert len(sizes) < FACTOR * 8
    assert rewritten < total * math.log(total, FACTOR)
