"""One page, several reports: compilers count them in many ways; sections and lists of contents are none."""

from __future__ import annotations

import pytest

from indexer.text.compilation import split_reports

BODY = "2013年以来，我局认真开展联村联户行动，修建道路3公里，发放化肥20吨，帮扶贫困户68户。\n" * 4


def compiled(*heads: str) -> str:
    return "驻村帮扶工作总结汇编\n" + "\n".join(f"{head}\n{BODY}" for head in heads)


@pytest.mark.parametrize("heads", [
    ("第一篇：甲县驻村工作总结", "第二篇：乙县帮扶工作汇报"), ("篇一：驻村工作总结", "篇二：帮扶汇报"), ("【篇一】驻村总结", "【篇二】帮扶总结"),
    ("第1篇 驻村工作总结", "第2篇 帮扶工作总结", "第3篇 扶贫总结"), ("驻村工作总结范文一", "驻村工作总结范文二"),
    ("驻村工作总结（一）", "驻村工作总结（二）", "驻村工作总结（三）"), ("驻村工作总结篇1：", "驻村工作总结篇2："),
])
def test_reports_are_parted(heads: tuple[str, ...]) -> None:
    text = compiled(*heads)
    spans = split_reports(text)
    assert [text[start:end].count(BODY) for start, end in spans] == [1] * len(heads)
    assert "".join(text[start:end] for start, end in spans) == text
    assert [text.startswith(head, start) for head, (start, _) in zip(heads[1:], spans[1:], strict=True)] == [True] * (len(heads) - 1)


@pytest.mark.parametrize("heads", [
    ("（一）加强领导", "（二）落实责任"), ("第一章 总则", "第二章 职责"), ("第一篇文章写的是修路，", "第二篇文章写的是养牛，"),
    ("第二篇：乙县帮扶工作汇报", "第三篇：丙县"), ("第一篇：甲县驻村工作总结",), ("工作开展情况（一）", "工作开展情况（二）"),
])
def test_one_report_stays_one(heads: tuple[str, ...]) -> None:
    assert len(split_reports(compiled(*heads))) == 1


def test_a_list_of_contents_is_no_row_of_reports() -> None:
    heads = ("第一篇 驻村工作总结", "第二篇 帮扶工作总结")
    text = "目录\n" + "\n".join(heads) + "\n" + compiled(*heads)
    spans = split_reports(text)
    assert [text[start:end].count(BODY) for start, end in spans] == [1, 1]
