"""Provenance: every edit is found at its place in the report, and every letter that stayed in the raw text."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from indexer.model import Edit, Left, Problem, RawPage, Report, Source, Step
from indexer.pipeline import process
from indexer.record import report_values
from indexer.text.provenance import (
    KEPT,
    LONGEST,
    WRITTEN,
    changes,
    left_in_report,
    of_report,
    origins,
    raw_places,
)
from indexer.text.repair import history, repair, replay

DAMAGED = (
    "第一篇：甲村幫扶總(zǒng)結(jié)\n甘肅省臨洮縣甲村實(shí)施項(xiàng)目,落實(shí)到戶(hù),鄉(xiāng)村振興(xīng)工作扎實(shí)推進(jìn)。"
    "建成蓄水池2座,铺设管道5公里;群众满意。\n"
    "第二篇：乙村幫扶總(zǒng)結(jié)\n四川省蒼溪縣乙村硬化道路3公里,新修便民橋(qiáo)一座。臵办器材。\n"
)


def reports_of(text: str) -> tuple[Report, ...]:
    result = process(RawPage("汇编.txt", text.encode(), "text", Source("/archive/汇编.txt")))
    assert not isinstance(result, Problem)
    return result.reports


def test_edits_stand_where_they_acted() -> None:
    first, second = reports_of(DAMAGED)
    notes = [change for change in first.edits if change.before == "(shí)"]
    assert [first.body[change.start - 1] for change in notes] == ["實"] * 3
    glyph = next(change for change in second.edits if change.before == "臵")
    assert second.body[glyph.start] == glyph.after == "置"
    assert all(0 <= change.start <= len(second.body) for change in second.edits)
    assert [change.start for change in first.edits] == sorted(change.start for change in first.edits)


def test_every_counted_edit_is_listed() -> None:
    for report in reports_of(DAMAGED):
        values = report_values(report)
        assert {fix["fixer"]: fix["count"] for fix in values["repairs"]} == {
            fixer: len(edits) for fixer, edits in values["edits"].items()}
        assert values["edits_not_kept"] == {}


def test_of_very_many_edits_the_first_are_kept_and_the_others_counted() -> None:
    text = "甲县帮扶工作总结\n" + "\n".join(f"第{n}户,落实了帮扶措施" for n in range(KEPT + 40))
    values = report_values(reports_of(text)[0])
    count = next(fix["count"] for fix in values["repairs"] if fix["fixer"] == "punctuation")
    assert count == KEPT + 40
    assert len(values["edits"]["punctuation"]) == KEPT
    assert values["edits_not_kept"] == {"punctuation": 40}


def test_of_a_very_long_edit_both_ends_are_kept() -> None:
    raw = "头" + "x" * 3000 + "尾"
    found = changes(history(raw, [Step("cut", (Edit(1, 3001, ""),))]))[0]
    assert found.cut == 3000 - LONGEST
    assert found.before == "x" * (LONGEST // 2) + "…" + "x" * (LONGEST // 2)
    assert report_values(Report("a", 1, "头尾", "hans", edits=(found,)))["edits"]["cut"][0][3] == found.cut


def test_what_was_left_is_told_by_the_report_it_lies_in() -> None:
    left = (Left("mojibake", 3, 6, "lost"), Left("mojibake", 12, 15, "lost"))
    assert left_in_report(left, 10, 20, 11, 8) == (Left("mojibake", 1, 4, "lost"),)
    body = "甲县帮扶工作总结\n本年锟斤拷落实了帮扶措施，群众满意。"
    values = report_values(reports_of(body)[0])
    assert values["left"], "a lost character is reported"
    assert all(body[item["start"]:item["end"]] == "锟斤拷" for item in values["left"])


def test_edits_of_another_report_are_not_listed() -> None:
    steps = [Step("a", (Edit(2, 3, ""), Edit(8, 9, "")))]
    found = changes(history("0123456789", steps))
    assert [change.before for change in of_report(found, 0, 4, 0, 4)] == ["2"]
    assert [(change.before, change.start) for change in of_report(found, 5, 8, 6, 2)] == [("8", 1)]


@given(st.text(alphabet="甲乙,(shí)县？?\n 12、。臵o.６", max_size=120))
def test_letters_that_stayed_are_those_of_the_raw_text(raw: str) -> None:
    repaired = repair(raw)
    found = origins(raw, repaired.steps)
    assert replay(raw, repaired.steps) == repaired.text
    assert len(found) == len(repaired.text)
    kept = [(char, at) for char, at in zip(repaired.text, found, strict=True) if at != WRITTEN]
    assert all(raw[at] == char for char, at in kept)
    assert [at for _, at in kept] == sorted({at for _, at in kept})
    places = list(raw_places(raw, repaired.steps))
    assert [len(step.edits) for step in repaired.steps] == [len(at) for at in places]
    assert all(0 <= at <= len(raw) for step in places for at in step)
