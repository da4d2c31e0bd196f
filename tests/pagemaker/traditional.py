"""Simplified to traditional as mirror sites do it: one character at a time, with its flaws."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from opencc import OpenCC

from tests.pagemaker.gold import Region, Report

# Simplified characters that are also old characters: such converters leave them (干部, 示范, 后, 系).
KEPT = frozenset(
    "于云丑仆余准凌升卜占卷只吁后周咸困姜布帘干并幸庵征御志念恤才扎托折昆斗曲松杠板栗核梁欲注"
    "游淀熏症秋系胡致舍范荐蒙表谷郁采里雕面么咨岳佣涌吃唇皂岩群峰床秘灶筑凶胄腌厘朴制"
)
# Where these converters take another variant than OpenCC's first.
PREFERRED = {
    "众": "眾",
    "为": "為",
    "启": "啟",
    "钟": "鐘",
    "冲": "沖",
    "着": "著",
    "台": "臺",
    "签": "簽",
    "荡": "蕩",
    "叹": "嘆",
}


@cache
def _converter() -> OpenCC:
    return OpenCC("s2t")


@cache
def traditional_character(character: str) -> str:
    """What a mirror makes of one simplified character; never one outside GBK."""
    if character in KEPT or not "\u4e00" <= character <= "\u9fff":
        return character
    made = PREFERRED.get(character) or _converter().convert(character)
    try:
        made.encode("gbk")
    except UnicodeEncodeError:
        return character
    return str(made)


def to_traditional(text: str) -> str:
    """The text as a mirror converts it; the length stays."""
    return "".join(map(traditional_character, text))


def traditional_report(report: Report) -> Report:
    """The report in traditional script. Region paths stay: they are present-day official names."""

    def turn(text: str | None) -> str | None:
        return None if text is None else to_traditional(text)

    return replace(
        report,
        script="hant",
        title=to_traditional(report.title),
        subtitle=turn(report.subtitle),
        paragraphs=tuple(map(to_traditional, report.paragraphs)),
        source=turn(report.source),
        author=turn(report.author),
        regions=tuple(Region(r.path, r.role) for r in report.regions),
    )
