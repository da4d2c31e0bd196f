"""Pinyin notes: a generator's go, a writer's stay."""

from __future__ import annotations

import pytest

from indexer.text.repair.glosses import pinyin_notes
from indexer.text.repair.steps import apply


def mended(raw: str) -> str:
    return apply(raw, pinyin_notes(raw).edits)


@pytest.mark.parametrize(("raw", "clean"), [
    ("真幫實(shí)扶潤(rùn)民心，國(guó)家級(jí)產(chǎn)業(yè)園(主任辦公會(huì))",
     "真幫實扶潤民心，國家級產業園(主任辦公會)"),
    ("全村收入30萬(wàn)元，建文化廣場，培訓農(nóng)民", "全村收入30萬元，建文化廣場，培訓農民"),
    ("隊員給(gěi)他算了賬，又把收成拿給(gěi)他看", "隊員給他算了賬，又把收成拿給他看"),
])
def test_notes_of_a_generator_go(raw: str, clean: str) -> None:
    assert mended(raw) == clean


@pytest.mark.parametrize("text", [
    "郫(pí)县与歙(shè)县的经验", "單(shàn)縣有一村", "石硐(dòng)鄉", "长(zhǎng)辈",
    "call api(x) and f(a)", "萬(wàn)元", "鱟(hòu)與鱘(xún)都是魚",
    "我(wǒ)們(men)學(xué)習(xí)漢(hàn)語(yǔ)，他(tā)們也學習。",
])
def test_notes_of_a_writer_stay(text: str) -> None:
    assert mended(text) == text
