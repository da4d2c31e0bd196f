"""What speaks for a whole reading of a misaligned run, and how the character model is made."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from indexer.lexicon import build_ngrams, training_texts
from indexer.lexicon.ngrams import Model
from indexer.lexicon.training_texts import GAP, Pairs
from indexer.text.repair.forms import OTHER_FORM
from indexer.text.repair.glosses import generated_notes
from indexer.text.repair.page_evidence import PageEvidence
from indexer.text.repair.whole_readings import UNPAIRED, WholeReadings
from tests.pagemaker.gloss import gloss

SOUND = "為鞏固脫貧成果，各單位積極幫助群眾發展產業，種植藥材。駐村工作隊員走訪農戶，了解實際困難。\n"
TABLE = [(char, note) for char, note in zip(
    "為鞏脫貧單積極幫員訪農戶實際種",
    "wèi gǒng tuō pín dān jī jí bāng yuán fǎng nóng hù shí jì zhǒng".split(), strict=True)]


def page() -> PageEvidence:
    text = gloss(SOUND, TABLE).text
    return PageEvidence(text, generated_notes(text), [])


def gains(before: str, *texts: str, rest: str = "") -> list[float]:
    return WholeReadings(page(), before, rest).gains(list(texts))


def test_a_character_said_again_is_likelier() -> None:
    again, other = gains("全鎮認真負責，", "責任到人", "職任到人")
    assert again > other


def test_the_name_of_a_county_is_known() -> None:
    named, unnamed = gains("今年以來，", "花溪區", "定溪區")
    assert named > unnamed + 1


def test_a_mark_without_its_partner_costs() -> None:
    open_, closed = gains("他說：“", "好。", "好。”")
    assert closed - open_ == pytest.approx(UNPAIRED, abs=0.5)
    strange, usual = gains("他說：“", "好。』", "好。”")
    assert usual > strange + UNPAIRED


def test_no_reading_at_all_gains_nothing() -> None:
    assert gains("今年以來，", "") == [0.0]
    assert gains("今年以來，") == []


def test_a_form_beside_the_one_that_the_page_uses_costs() -> None:
    assert page().cost("种") >= OTHER_FORM  # the page has 種


def arrays() -> dict[str, np.ndarray]:
    lines = {"reports": ["村民卢翠莲说，今年收入增加。", "驻村工作队走访农户。"] * 3, "daily": ["今年收入增加。"] * 4,
             "laws": ["本法自公布之日起施行。"] * 4, "words": [f"{GAP}今年收入增加{GAP}"] * 4,
             "persons": [f"{GAP}村民卢翠莲说{GAP}"] * 4}
    known = Pairs(["今年收入", "收入增加"], np.array([9.0, 9.0]), np.array([0]), np.array([1]), np.array([7.0]))
    return build_ngrams.build(lines, known)


def test_the_model_is_made_the_same_at_every_run_and_its_chances_sum_to_one() -> None:
    first, second = arrays(), arrays()
    assert all(np.array_equal(first[name], second[name]) for name in first)
    known = Model(first)
    everything = np.arange(known.size, dtype=np.int64)
    for words in ("今年收", "村民卢", "之日起", "日收村"):
        context = np.array([known.ids(words)] * known.size, dtype=np.int64)
        # A byte for each log probability: steps of a tenth.
        assert np.exp(known.chances(context, everything)).sum() == pytest.approx(1.0, abs=0.1)


def test_another_package_than_the_model_was_made_of_is_refused(tmp_path: Path) -> None:
    (tmp_path / training_texts.DAILY[0]).write_bytes(b"another")
    with pytest.raises(ValueError, match="not the file"):
        next(training_texts.daily(tmp_path))


def test_made_up_names_are_the_same_at_every_run() -> None:
    first = list(training_texts.persons())
    assert first == list(training_texts.persons())
    assert len(first) == training_texts.NAMES
