"""Every fixer by itself: the laws it keeps on random input, and how its cost grows on hostile input."""

from __future__ import annotations

import gc
from pathlib import Path
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.model import Step
from indexer.text.repair import FIXERS, repair, replay
from indexer.text.repair.steps import Fixer, apply

# Pieces of damage and of text that looks like it: random joins of them run into every rule.
PIECES = (
    "扶贫工作", "實(shí)", "鄉(xiāng)村", "?shí)", "????", "？？", "1、", "2、", "\n", "\n\n", " ", "  ", "　　", "\t",
    "2 0 1 7年", "进一步提 高", "14.32 %", "进行了1 全面", " 2村民", "第一篇：", "篇二：", "一、", "（二）", "。", "，",
    ",", ":", "(", ")", "（", "）", "“", "”", "《", "》", "：", "&amp;ldquo;", "&nbsp;", "&", "<br>", "</p>", "<",
    "\x00", "\x07", "\x0b", "\x85", "\xa0", "\xad", "\u200b", "\u200d", "\ufeff", "\ufffd", "锟斤拷", "⼯作", "臵",
    "o.6", "二o一二年", "──", "--", "２０１７", "ＧＤＰ", "༄", "鏉庡搴勬潙", "涓€", "æ\x9d\x8eå®¶", "ä¸<b>\x80</b>",
    "\xe6\xa0", "发布时间:2020-11-10", "来源：某某局", "【关闭】", "主办：某某局 ICP备1号", "本报讯（记者 张三）",
    "某某镇人民政府 2018年1月1日", "更多范文请关注范文大全网", "123", "4567", "abc", "x=1;", "三月二十一 日",
)
DAMAGED = st.lists(st.sampled_from(PIECES) | st.text(max_size=3), max_size=30).map("".join)

# What a hostile page is full of.
HOSTILE = ("(", "?", "實(shí)", "\x07", "1", " ", "、", "&amp;", "\n", "æ\x9d\x91", "鏉庡", "<", "字 ", "字 1字", "1、",
           "a\n字\n", "é<b>", "鏉<b>庡", "[", "《字 ", "来源：\n", "字 政府 2018年1月1日 ")
SMALL, TIMES = 25_000, 4
# Four times the text may cost so many times as much and so many seconds more: what is quadratic
# costs sixteen times as much.
MOST_TIMES, MOST_MORE = 10, 0.3


@pytest.mark.parametrize(("name", "fixer"), FIXERS, ids=[name for name, _ in FIXERS])
@given(text=DAMAGED)
@settings(max_examples=60, deadline=None)
def test_a_fixer_is_deterministic_and_its_edits_can_be_made_and_replayed(
        name: str, fixer: Fixer, text: str) -> None:
    proposal = fixer(text)
    assert fixer(text) == proposal
    fixed = apply(text, proposal.edits)  # raises when they overlap or lie outside
    assert replay(text, (Step(name, proposal.edits),)) == fixed
    assert all(text[edit.start:edit.end] != edit.new for edit in proposal.edits)
    assert all(0 <= place.start <= place.end <= len(text) for place in proposal.left)


@pytest.mark.parametrize(("name", "fixer"), FIXERS, ids=[name for name, _ in FIXERS])
@given(text=DAMAGED)
@settings(max_examples=60, deadline=None)
def test_what_repair_gives_back_no_fixer_touches(name: str, fixer: Fixer, text: str) -> None:
    """Clean text is a fixed point of every fixer, and so every fixer is idempotent on it."""
    assert fixer(repair(text).text).edits == (), name


@given(text=DAMAGED)
@settings(max_examples=200, deadline=None)
def test_repair_is_idempotent_and_its_steps_replay(text: str) -> None:
    once = repair(text)
    assert replay(text, once.steps) == once.text
    again = repair(once.text)
    assert (again.text, again.steps) == (once.text, ())


def test_clean_text_is_a_fixed_point_of_every_fixer(gold: Path) -> None:
    for path in sorted(gold.glob("*.txt")):
        if "unsure" not in path.name:
            text = path.read_text(encoding="utf-8").strip("\n")
            touched = [name for name, fixer in FIXERS if fixer(text).edits]
            assert not touched, path.name


@pytest.mark.parametrize("unit", HOSTILE)
def test_no_fixer_costs_more_than_the_length_of_the_page(unit: str) -> None:
    dear = []
    for name, fixer in FIXERS:
        small, large = (cost(fixer, unit * (size // len(unit))) for size in (SMALL, TIMES * SMALL))
        if large > MOST_TIMES * small + MOST_MORE:
            dear.append(f"{name}: {small:.3f} s, {TIMES} times the text {large:.3f} s")
    assert not dear


def cost(fixer: Fixer, text: str) -> float:
    """Seconds of the processor, which other programs do not lengthen, without looking for garbage: that
    goes through all objects of all tests."""
    gc.disable()
    try:
        start = process_time()
        fixer(text)
        return process_time() - start
    finally:
        gc.enable()
