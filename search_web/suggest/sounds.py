"""How Chinese is pronounced and mistaken: readings, near sounds, typed pinyin, look-alike characters."""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

# More letters than any phrase that is typed in pinyin, and more readings of them than make sense.
MAX_PINYIN = 40
MAX_SPLITS = 6

# Characters that differ by a stroke or a component and are taken for each other by scanners, five-stroke
# typists and tired eyes: 已 and 己, 抚 and 扶, 末 and 未.
_LOOK_ALIKE = (
    "已己巳", "未末", "土士", "人入八", "日曰目", "千干于", "天夫无", "扶抚技", "贫贪", "农衣", "村材",
    "驻注柱住", "拔拨", "帮邦", "辨辩辫", "侯候", "治冶", "晴睛", "户卢", "免兔", "折拆", "析折",
    "徽微", "崇祟", "戊戌戍成", "棵裸", "茶荼", "令今", "乌鸟", "问间", "攻政", "竟竞", "募幕墓",
    "密蜜", "籍藉", "赢嬴", "祥详", "挽换", "坚竖", "振震", "兴共", "乡多", "阴阳", "洮桃逃", "州洲",
    "陇垄", "渡度", "拆折", "卷券", "刺剌", "场扬杨", "堵诸", "摘滴", "补朴扑", "输愉", "购构沟",
    "植值", "殖植", "种钟", "厂广", "办为", "队坠", "责贵", "资货", "联职", "返反", "困因团国", "富宫",
    "产严", "业亚", "洁结", "桩粧", "履覆", "签鉴",
)
_TONES = dict.fromkeys((0x300, 0x301, 0x304, 0x306, 0x30C))
_FLAT = re.compile("^(?:zh|ch|sh)")
_NASAL = re.compile("(?:(?<=[ie])|(?<=[^iu]a)|(?<=^a))ng$")
_NOT_LETTERS = re.compile("[^a-z]+")


@functools.cache
def readings(char: str) -> frozenset[str]:
    """The readings of a character without tones, ü written v; empty for what is no Chinese character.

    The usual one, and every other that some word has: 宁 is no zhù although old dictionaries say so.

    >>> sorted(readings("村")), sorted(readings("长")), sorted(readings("绿")), sorted(readings("宁"))
    (['cun'], ['chang', 'zhang'], ['lu', 'lv'], ['ning'])
    """
    from pypinyin.constants import PINYIN_DICT  # noqa: PLC0415 - a third of a second to load

    listed = PINYIN_DICT.get(ord(char), "").split(",")[0]
    return _in_words().get(char, frozenset()) | ({toneless(listed)} if listed else set())


@functools.cache
def _in_words() -> Mapping[str, frozenset[str]]:
    """The readings that characters have in the words of pypinyin's dictionary."""
    from pypinyin.constants import PHRASES_DICT  # noqa: PLC0415

    found: dict[str, set[str]] = {}
    for word, pronounced in PHRASES_DICT.items():
        for char, (reading, *_) in zip(word, pronounced, strict=False):
            found.setdefault(char, set()).add(toneless(reading))
    return {char: frozenset(own) for char, own in found.items()}


@functools.cache
def toneless(pinyin: str) -> str:
    """Typed or printed pinyin as plain letters: marks and numbers of tones dropped, ü as v.

    >>> toneless("zhùcūn"), toneless("Lü4"), toneless("nüe"), toneless("zhu4'cun1"), toneless("lu:se")
    ('zhucun', 'lv', 'nve', 'zhucun', 'lvse')
    """
    bare = unicodedata.normalize("NFD", pinyin.lower()).translate(_TONES)
    return _NOT_LETTERS.sub("", bare.replace("u\u0308", "v").replace("u:", "v"))


@functools.cache
def near(syllable: str) -> str:
    """One form for the syllables that much of the country does not tell apart.

    >>> near("zhu") == near("zu"), near("nan") == near("lan"), near("xing") == near("xin")
    (True, True, True)
    >>> near("fan") == near("fang"), near("lian") == near("liang"), near("hu") == near("fu")
    (True, False, False)
    """
    flat = _FLAT.sub(lambda match: match.group()[0], syllable)
    if flat.startswith("n") and len(flat) > 1:
        flat = "l" + flat[1:]
    return _NASAL.sub("n", flat)


@functools.cache
def _twins() -> Mapping[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for group in _LOOK_ALIKE:
        for char in group:
            found.setdefault(char, set()).update(group)
    return {char: frozenset(others) for char, others in found.items()}


def look_alike(one: str, other: str) -> bool:
    """Whether two characters are easily taken for each other."""
    return other in _twins().get(one, frozenset())


@dataclass(frozen=True, slots=True)
class Unit:
    """One syllable that was typed: as a character (`char`) or in pinyin, with all that it may sound like."""

    typed: str
    char: str
    sounds: frozenset[str]
    near: frozenset[str] = field(default=frozenset())


@functools.cache
def spoken(char: str) -> Unit:
    """The unit of a Chinese character."""
    sounds = readings(char)
    return Unit(char, char, sounds, frozenset(map(near, sounds)))


@functools.cache
def sounded(syllable: str) -> Unit:
    """The unit of a syllable in pinyin; lue and nue are what keyboards make of lüe and nüe."""
    sounds = {syllable} | ({f"{syllable[0]}ve"} if syllable in ("lue", "nue") else set())
    return Unit(syllable, "", frozenset(sounds), frozenset(map(near, sounds)))


def syllables(typed: str, known: Collection[str]) -> list[tuple[str, ...]]:
    """The ways to read letters as pinyin syllables, those with the fewest first; none when there is none.

    `known`: the syllables that exist.

    >>> syllables("xian", {"xi", "an", "xian"})
    [('xian',), ('xi', 'an')]
    """
    letters = toneless(typed)
    if not letters or len(letters) > MAX_PINYIN:
        return []
    ways: list[list[tuple[str, ...]]] = [[()]]
    for end in range(1, len(letters) + 1):
        here = [(*way, letters[start:end]) for start in range(max(0, end - 6), end)
                if letters[start:end] in known for way in ways[start]]
        ways.append(sorted(here, key=len)[:MAX_SPLITS])
    return ways[-1]


def spells(letters: str, word: str, at: int = 0) -> bool:
    """Whether letters are a word's whole pinyin.

    >>> spells("zhucun", "驻村"), spells("zhucu", "驻村"), spells("zhuc", "驻村")
    (True, False, False)
    """
    if at == len(word):
        return not letters
    return any(letters.startswith(reading) and spells(letters[len(reading):], word, at + 1)
               for reading in readings(word[at]))


def fits(letters: str, word: str, at: int = 0) -> bool:
    """Whether letters begin a word's pinyin: whole syllables, initials, or both; the last may be cut short.

    >>> [fits(typed, "驻村工作队") for typed in ("z", "zc", "zhc", "zhucu", "zcgzd", "zhucungz", "zg")]
    [True, True, True, True, True, True, False]
    """
    if not letters:
        return True
    if at == len(word):
        return False
    for reading in readings(word[at]):
        if reading.startswith(letters):
            return True
        initials = {reading, reading[0]} | ({reading[:2]} if reading[1:2] == "h" else set())
        if any(letters.startswith(initial) and fits(letters[len(initial):], word, at + 1)
               for initial in initials):
            return True
    return False
