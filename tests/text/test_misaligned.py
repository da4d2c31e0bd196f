"""Byte-misaligned runs: the seeds' five, the forward model undone, and what is never touched."""

from __future__ import annotations

from pathlib import Path
from time import monotonic

import pytest

from indexer.lexicon.ngrams import model
from indexer.text.repair import repair
from indexer.text.repair.glosses import pinyin_notes
from indexer.text.repair.misaligned import misaligned_runs
from indexer.text.repair.steps import apply
from tests.pagemaker.gloss import gloss

# A page of a mirror: enough notes for the signature, and words that a run can be judged by.
SOUND = (
    "為鞏固拓展脫貧攻堅成果，各幫扶單位積極幫助群眾發展產業。駐村工作隊員走訪農戶，了解實際困難，"
    "落實幫扶責任。縣鄉兩級領導多次調研，協調資金，建設項目。\n"
)
TABLE = [(char, note) for char, note in zip(
    "為鞏脫貧單積極幫員訪農戶實際責縣鄉領導協調資項規驗災",
    "wèi gǒng tuō pín dān jī jí bāng yuán fǎng nóng hù shí jì zé xiàn xiāng lǐng dǎo xié diào zī xiàng "
    "guī yàn zāi".split(), strict=True)]


def mended(raw: str) -> str:
    text = apply(raw, misaligned_runs(raw).edits)
    return apply(text, pinyin_notes(text).edits)


def seed(name: str, gold: Path) -> str:
    return next((gold.parent / "seeds").glob(f"{name}_*.txt")).read_text(encoding="utf-8")


@pytest.mark.parametrize(("name", "words"), [
    ("000", "他們在鄉村振興"), ("002", "家幫扶單位的到村幫扶責任"), ("002", "因病因災因意外"),
    ("000", "當得知三號橋村"),
    ("002", "脫貧村。靠實87家"),
])
def test_the_runs_of_the_seeds(name: str, words: str, gold: Path) -> None:
    assert words in mended(seed(name, gold))


def test_what_the_forward_model_broke_comes_back() -> None:
    clean = SOUND + "全縣87家幫扶單位的到村幫扶責任，因病因災致貧的農戶有了產業。"
    table = [pair for pair in TABLE if pair[0] not in "幫單實"]
    raw = gloss(clean, table).text
    assert "?guī)" in raw
    assert mended(raw) == clean


@pytest.mark.parametrize("text", [
    "真的能脫貧嗎？！他問。", "如何沖刺“最后一百米”？市政府辦公室堅決落實。", "什么?!他說。",
])
def test_a_real_question_on_a_glossed_page_stays(text: str) -> None:
    raw = gloss(SOUND, TABLE).text + text
    assert mended(raw).endswith(text)


def test_a_page_without_notes_is_left_alone_and_reported() -> None:
    proposal = misaligned_runs("全村87家?guī)头鰡挝坏牡酱")
    assert not proposal.edits
    assert len(proposal.left) == 1


def test_one_note_and_a_split_with_strange_characters_show_the_generator_too() -> None:
    table = [pair for pair in TABLE if pair[0] == "貧"]
    clean = "農戶脫貧不能只靠發錢發物。靠實責任，幫助群眾發展產業，增加收入。"
    raw = gloss(clean, table, "？！").text
    assert raw.count("(") == 1
    assert mended(raw).replace("(pín)", "") == clean
    assert not misaligned_runs(raw.replace("(pín)", "")).edits  # not a note: nothing speaks for it


@pytest.mark.parametrize("text", [
    "貧(pín)困戶問：真的能脫貧嗎？！他答：能。", "我(wǒ)們脫貧(pín)嗎?！皫頭",
])
def test_one_note_alone_or_a_writers_notes_show_nothing(text: str) -> None:
    assert not misaligned_runs(text).edits


def test_what_was_eaten_is_not_invented_and_the_rest_is_repaired() -> None:
    table = [pair for pair in TABLE if pair[0] not in "幫單實"]
    clean = SOUND + "群眾生活改善，幫助17戶。\n全縣87家幫扶單位的到村幫扶責任，農戶有了產業。"
    raw = gloss(clean, [*table, ("頭", "tóu")]).text
    eaten = gloss("人次，帶教15人", [("瑤", "yáo")]).text
    assert "?5" in eaten  # the digit 1 went with half a character
    text = mended(raw + "\n" + eaten)
    assert text == clean + "\n" + eaten
    left = misaligned_runs(raw + "\n" + eaten).left
    assert any("eaten" in item.reason for item in left)


def test_a_run_that_is_left_does_not_begin_again_in_its_middle() -> None:
    signature = gloss(SOUND, TABLE).text
    shown, clean = "養殖看起?kuì)砺瑢?shí)際上快。", "養殖看起來慢，實際上快。"
    assert mended(signature + shown) in (SOUND + shown, SOUND + clean)


def test_repairing_again_changes_nothing() -> None:
    clean = SOUND + "全縣87家幫扶單位的到村幫扶責任，因病因災致貧的農戶有了產業。"
    raw = gloss(clean, [pair for pair in TABLE if pair[0] not in "幫單實"], "？！").text
    once = repair(raw).text
    assert repair(once).text == once


def test_one_run_repeated_is_read_once_and_takes_linear_time() -> None:
    signature = gloss(SOUND, TABLE).text
    raw = signature + "全村87家?guī)头鰡挝坏牡酱鍘头鲐?zé)任，" * 2_000
    started = monotonic()
    assert len(misaligned_runs(raw).edits) == 2_000
    assert monotonic() - started < 30


def test_a_page_of_broken_notes_takes_linear_time() -> None:
    signature = gloss(SOUND, TABLE).text
    raw = signature + "?shí)" * 200_000  # 1 MB
    started = monotonic()
    assert len(misaligned_runs(raw).left) == 200_000
    assert monotonic() - started < 30  # quadratic would be hours


def test_the_model_knows_what_follows() -> None:
    known = model()
    ids = known.ids("乡村振兴乡村振衰")
    import numpy as np  # noqa: PLC0415

    likely, unlikely = known.chances(np.array([ids[:3], ids[4:7]]), np.array([ids[3], ids[7]]))
    assert likely > -0.5
    assert unlikely < -5
