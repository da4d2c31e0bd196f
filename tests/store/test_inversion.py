"""Texts become lists, by themselves: against plain Python, where words, marks and alphabets are unusual too."""

from __future__ import annotations

import random
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from itertools import islice, pairwise
from pathlib import Path

import numpy as np
import pytest

from indexer.store.exact import is_punctuation
from indexer.store.inversion import write_letters, write_words
from indexer.store.letters import Letters, letters_of
from indexer.store.lists import Lists
from indexer.store.sections import Sections, SectionsWriter, Sink
from indexer.store.segment import CODE_BITS, Lexicon, Places

Found = dict[str, dict[int, int]]
# Of one letter up to more than fit into a number, with letters of more than 16 bits and a lone surrogate.
LETTERS = "甲乙丙a\U00020000\ud840"


def sections_of(path: Path, write: Callable[[Sink], object]) -> Sections:
    file = SectionsWriter(path)
    write(file)
    file.close({})
    return Sections(path)


def words_of(path: Path, texts: Sequence[str]) -> Found:
    """The words that are written of some texts: each with its documents, and how often these hold it."""
    sections = sections_of(path, lambda file: write_words(file, "body", texts))
    docs, often = Lists(sections, "body.docs"), Lists(sections, "body.frequencies", ascending=False)
    terms = list(Lexicon(sections, "body.terms"))
    assert terms == sorted(set(terms))
    return {term: dict(zip(docs.read(at).tolist(), often.read(at).tolist(), strict=True))
            for at, term in enumerate(terms)}


def counted(texts: Sequence[str]) -> Found:
    found: Found = defaultdict(dict)
    for number, text in enumerate(texts):
        for word, count in Counter(text.split()).items():
            found[word][number] = count
    return dict(found)


@pytest.mark.parametrize("documents", [0, 1, 63, 300])
def test_words_and_their_documents(tmp_path: Path, documents: int) -> None:
    dice = random.Random(documents)
    texts = [dice.choice(" \n\u3000").join("".join(dice.choices(LETTERS, k=dice.randint(0, 7)))
                                          for _ in range(dice.randint(0, 40))) for _ in range(documents)]
    assert words_of(tmp_path / "words", texts) == counted(texts)


@pytest.mark.parametrize("documents", [(1 << 15) - 1, 1 << 15, (1 << 16) - 1, 1 << 16])
def test_words_of_as_many_documents_as_leave_room_for_three_letters_and_of_more(tmp_path: Path,
                                                                                documents: int) -> None:
    """The number of a document takes 15 bits, 16 or 17; beside 16, three letters fill the number."""
    dice = random.Random(5)
    texts = ["".join(dice.choices("甲\uffff ", k=4)) for _ in range(documents)]
    assert words_of(tmp_path / "words", texts) == counted(texts)


def check_places(path: Path, letters: Letters) -> None:
    """Every pair, variant and run of marks of some letters is at its places, and nothing else is."""
    sections = sections_of(path, lambda file: write_letters(file, letters))
    codes, expected = letters.codes.tolist(), defaultdict(list)
    for place, (one, other) in enumerate(pairwise(codes)):
        if one:
            expected[one << CODE_BITS | other].append(place)
    assert listed(sections, "pairs") == expected
    expected = defaultdict(list)
    for shown, place in zip(letters.variants.tolist(), letters.variant_places.tolist(), strict=True):
        expected[shown << CODE_BITS | codes[place]].append(place)
    assert listed(sections, "variants") == expected
    runs: dict[str, list[int]] = defaultdict(list)
    for place, run in zip(letters.behind[letters.run_starts].tolist(), letters.runs, strict=True):
        runs[run].append(place)
    terms, places = list(Lexicon(sections, "marks.terms")), Lists(sections, "marks.places")
    assert terms == sorted(runs)
    assert {term: places.read(at).tolist() for at, term in enumerate(terms)} == runs


def listed(sections: Sections, name: str) -> dict[int, list[int]]:
    field = Places(sections, name)
    keys = field.keys.tolist()
    assert keys == sorted(keys)
    return {key: field.lists.read(at).tolist() for at, key in enumerate(keys)}


def test_places_of_pairs_variants_and_marks(tmp_path: Path) -> None:
    dice = random.Random(11)
    for number, documents in enumerate((0, 1, 70)):
        shown = ["题\0" + "".join(dice.choices("甲乙丙丁貧贫1.、。（） \n", k=dice.randint(0, 300)))
                 for _ in range(documents)]
        check_places(tmp_path / str(number), letters_of([text.replace("貧", "贫") for text in shown], shown))


@pytest.mark.parametrize("size", [(1 << 16) - 1, 1 << 16, (1 << 16) + 1])
def test_alphabets_around_the_largest_of_which_a_pair_is_one_number(tmp_path: Path, size: int) -> None:
    """Behind one another, each letter once, the first and the last ones also beside one another."""
    characters = (chr(code) for code in range(0x4E00, sys.maxunicode) if not 0xD800 <= code < 0xE000)
    alphabet = "".join(islice((char for char in characters if not char.isspace() and not is_punctuation(char)),
                              size - 1))
    text = f"{alphabet[0]}\0{alphabet}{alphabet[-1] * 2}{alphabet[0]}{alphabet[-1]}"
    letters = letters_of([text], [text])
    assert len(np.unique(letters.codes)) == size
    expected: dict[int, list[int]] = defaultdict(list)
    for place, (one, other) in enumerate(pairwise(letters.codes.tolist())):
        if one:
            expected[one << CODE_BITS | other].append(place)
    sections = sections_of(tmp_path / "pairs", lambda file: write_letters(file, letters))
    pairs = Places(sections, "pairs")
    assert pairs.keys.tolist() == sorted(expected)
    places, counts = pairs.lists.read_range(0, len(expected))
    assert counts.tolist() == [len(expected[key]) for key in sorted(expected)]
    assert places.tolist() == [place for key in sorted(expected) for place in expected[key]]


def test_more_different_characters_than_fit_into_a_number(tmp_path: Path) -> None:
    """Letters of which a pair takes more than 32 bits, marks of which a run of three does."""
    dice = random.Random(13)
    characters = [chr(code) for code in range(0x20, sys.maxunicode) if not 0xD800 <= code < 0xE000]
    marks = [char for char in characters if is_punctuation(char)]
    assert len(marks) ** 3 > 1 << 32
    text = "".join(char + "".join(dice.choices(marks, k=dice.choice((0, 0, 1, 2, 3, 4))))
                   for char in dice.sample(characters[:100_000], 80_000))
    text = f"题\0{text}{text[:1000]}"
    letters = letters_of([text.translate({ord("貧"): "贫"})], [text])
    assert len(np.unique(letters.codes)) > 1 << 16
    check_places(tmp_path / "many", letters)
