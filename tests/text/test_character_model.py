"""The character model and what a page adds to it: the arrays say what a walk from string to string says."""

from __future__ import annotations

import math
from functools import cache

import numpy as np
import pytest

from indexer.lexicon.continuations import BEYOND, LARGEST, Longer, Pairs
from indexer.lexicon.ngrams import ORDER, STEP, Model, quantised
from indexer.text.repair.gbk import VANISHING, user_defined
from indexer.text.repair.glosses import generated_notes
from indexer.text.repair.ordinary import Candidates
from indexer.text.repair.page_evidence import PageEvidence
from indexer.text.repair.page_words import PAGE_TRUST, PageWords
from tests.pagemaker.gloss import gloss
from tests.text.test_whole_readings import SOUND, TABLE, arrays

String = tuple[int, ...]
UNSURE = "他们种了药材，积极帮助群众。"


@cache
def strings() -> tuple[dict[String, float], dict[String, float]]:
    """Chance and back-off weight of every string of a small model, read from its file one by one."""
    made = arrays()
    chance: dict[String, float] = {(at,): -STEP * int(step) for at, step in enumerate(made["chance1"])}
    weight: dict[String, float] = {}
    row: list[String] = list(chance)
    for order in range(2, ORDER + 1):
        weight |= {string: -STEP * int(step) for string, step in zip(row, made[f"weight{order - 1}"], strict=True)}
        begins = [string for string, number in zip(row, made[f"children{order - 1}"], strict=True)
                  for _ in range(number)]
        row = [(*begin, int(last)) for begin, last in zip(begins, made[f"last{order}"], strict=True)]
        chance |= {string: -STEP * int(step) for string, step in zip(row, made[f"chance{order}"], strict=True)}
    return chance, weight


def walked(context: String, letter: int) -> float:
    """Log probability by the longest string that is known, and the weights of those that are not gone on with."""
    chance, weight = strings()
    if not context or (*context, letter) in chance:
        return chance[*context, letter]
    return weight.get(context, 0.0) + walked(context[1:], letter)


@pytest.mark.parametrize("words", ["今年收入增加", "村民卢翠莲说，今年", "驻村工作队走访农户。", "收年入今说村"])
def test_every_letter_is_as_likely_as_a_walk_through_the_model_says(words: str) -> None:
    known = Model(arrays())
    ids = known.ids(words)
    contexts = np.array([ids[at:at + ORDER - 1] for at in range(len(ids) - ORDER + 2)], dtype=np.int64)
    parents = np.repeat(np.arange(len(contexts)), known.size)
    letters = np.tile(np.arange(known.size), len(contexts))
    want = [walked(tuple(contexts[parent].tolist()), letter)
            for parent, letter in zip(parents.tolist(), letters.tolist(), strict=True)]
    assert known.chances(contexts, letters, parents) == pytest.approx(want)
    assert known.chances(contexts[parents], letters) == pytest.approx(want)


def test_no_string_is_too_unlikely_to_be_found() -> None:
    """A table holds a byte for each string, one more than its value: 255 would be no string at all."""
    values = quantised(np.array([0.0, -STEP * LARGEST, -STEP * (LARGEST + 1), -1e9, -np.inf]))
    assert values.tolist() == [0, LARGEST, LARGEST, LARGEST, LARGEST]
    size = len(values)
    keys = np.append(np.arange(size) * (size + 1), BEYOND)
    letters, rows = np.arange(size), np.repeat(np.arange(size), size)
    for kind in (Pairs, Longer):
        for places, parents in ((letters, None), (letters * (size + 1), rows)):
            nexts = letters if parents is None else np.tile(letters, size)
            there, found = kind(size, keys, values).find(letters, nexts, parents)
            assert (there.tolist(), found.tolist()) == (places.tolist(), values.tolist())
        with pytest.raises(ValueError, match="above 254"):
            kind(size, keys, np.array([0, 1, 255, 3, 4], dtype=np.uint8))


def test_a_page_makes_likelier_what_it_says() -> None:
    text = "三号桥村修三号桥，三号桥通了。"
    page = PageWords(PageEvidence("", [], []).model.ids(text))
    ids = page.model.ids(text)
    context, letter = ids[:3], ids[3]
    chance = math.exp(page.model.chances(np.array([context]), np.array([letter]))[0])
    for length, trust in enumerate(PAGE_TRUST, 1):
        string = context[-length:]
        behind = [ids[at + length] for at in range(len(ids) - length) if ids[at:at + length] == string]
        chance = (behind.count(letter) + trust * chance) / (len(behind) + trust)
    assert page.chances(np.array([context]), np.array([letter]))[0] == pytest.approx(math.log(chance))


@pytest.mark.parametrize("text", ["", "村", "村民"])
def test_a_page_that_says_next_to_nothing_changes_nothing(text: str) -> None:
    page = PageWords(PageEvidence("", [], []).model.ids(text))
    context, letters = np.array([page.model.ids("工作队")]), np.array(page.model.ids("员"))
    assert page.chances(context, letters) == pytest.approx(page.model.chances(context, letters))


@pytest.mark.parametrize("text", [gloss(SOUND, TABLE).text, UNSURE, ""])
def test_candidates_are_those_of_their_bytes_and_cost_what_the_page_says(text: str) -> None:
    page = PageEvidence(text, generated_notes(text), [])
    ordinary = page.ordinary
    assert all(char in {row[2] for row in ordinary.rows} for char in page.shown)

    def bytes_of(found: Candidates) -> set[tuple[int, int]]:
        chars = [ordinary.rows[row] for row in found.rows]
        assert [page.letter(char) for *_, char in chars] == list(
            zip(found.letters.tolist(), found.costs.tolist(), strict=True))
        assert all(chars[at][2] == mark for mark, at in found.marks.items())
        return {(lead, trail) for lead, trail, _ in chars}

    codes = {(lead, trail) for lead, trail, _ in ordinary.rows}
    for gap in (0x80, 0xA2, 0xAB):
        behind = {code for code in codes if gap == 0x80 or user_defined(gap, code[0])}
        assert bytes_of(ordinary.halves_behind(gap)) == behind
        assert bytes_of(ordinary.between_gaps(gap)) == {code for code in behind if code[1] in VANISHING}
        assert bytes_of(ordinary.behind_gap(gap, 0xB4)) == {code for code in behind if code[1] == 0xB4}
    assert bytes_of(ordinary.halves(0xB4)) == {code for code in codes if code[0] == 0xB4}
    assert bytes_of(ordinary.before_gap(0xB4)) == {
        code for code in codes if code[0] == 0xB4 and code[1] in VANISHING}
