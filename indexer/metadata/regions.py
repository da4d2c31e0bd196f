"""What a person means who names a region: any name, old or new, either script, a code or a path."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

from indexer.lexicon.gazetteer import PROVINCE_LETTERS, Gazetteer, gazetteer
from indexer.lexicon.names import division_stem
from indexer.text.script import fold

Understood = Literal[
    "code", "former code", "official", "zone", "short", "former", "bare", "letter", "township", "village",
    "unknown",
]

# Letters that stand for a province alone; 蒙 and 新 are words, but nobody filters by words.
LETTERS = PROVINCE_LETTERS | {"陇": "620000", "秦": "610000", "蜀": "510000", "申": "310000"}
# Names that would be words in a text: 兵团 alone is 新疆's when somebody filters by it.
ALIASES = {"兵团": "650000", "生产建设兵团": "650000", "湘西": "433100", "大凉山": "513400", "凉山": "513400"}
_ORDER: tuple[Understood, ...] = ("official", "zone", "short", "former", "bare", "letter", "township")
_BETWEEN = re.compile(r"\s*[/>›»|,，、·•\\-]+\s*|\s+")
_CODE = re.compile(r"\d{2}|\d{4}|\d{6}|\d{9}|\d{12}")
_VILLAGE = re.compile(r"[^\d\s]{1,10}(?:村|社区|嘎查|屯)")
_TOWN_SUFFIX = re.compile(r"(.{1,12}?)(镇|乡|街道|苏木|街道办事处|街办)")


@dataclass(frozen=True, slots=True)
class Resolution:
    """What `text` was understood as.

    `paths` are present-day official names from the province down, () where nothing is known by that
    name.  `understood` says by which kind of name the last part was known.  A former division that
    was split has several paths, all of them meant; `ambiguous` says that they are alternatives.
    """

    text: str
    paths: tuple[tuple[str, ...], ...]
    understood: Understood
    ambiguous: bool = False


@dataclass(frozen=True, slots=True)
class _Meant:
    """The readings of one name: for each the divisions that it stands for today."""

    kind: Understood
    readings: tuple[tuple[str, ...], ...]


def resolve_region(text: str) -> Resolution:
    """The regions that `text` names: 甘肃省/酒泉市, 甘肃酒泉, 肅州區, 元坝区, 黔, 620900.

    Names are read from the whole to the part, levels may be left out.  Never raises; a text that
    names no region gives no paths.
    """
    words = fold(text).strip().strip("/")
    places = gazetteer()
    if _CODE.fullmatch(words):
        return _by_code(text, words, places)
    parts = [part for part in _BETWEEN.split(words) if part]
    meant = _parts(parts, (), places) if parts and len(words) <= 80 else None
    if meant is None:
        return _village(text, parts, places)
    codes = tuple(dict.fromkeys(code for reading in meant.readings for code in reading))
    return Resolution(text, tuple(places.path(code) for code in codes), meant.kind,
                      ambiguous=len(meant.readings) > 1)


def _by_code(text: str, digits: str, places: Gazetteer) -> Resolution:
    """62, 6209, 620900, 620900000000 are 酒泉市; a code out of use leads to its successors."""
    code = digits[:9] if len(digits) == 12 else digits.ljust(6, "0")
    if len(code) == 9 and code not in places.townships and code.endswith("000"):
        code = code[:6]
    if code in places.divisions or code in places.townships:
        return Resolution(text, (places.path(code),), "code")
    later = places.former_codes.get(code, ())
    return Resolution(text, tuple(places.path(item) for item in later),
                      "former code" if later else "unknown")


def _village(text: str, parts: list[str], places: Gazetteer) -> Resolution:
    """七里镇三号桥村: a village is known by its name alone, below the division in front of it."""
    if parts and (hit := re.search(r"村|社区|嘎查|屯", parts[-1])) and parts[-1].endswith(hit[0]):
        last = parts[-1]
        for cut in range(len(last) - 2, -1, -1):
            head = [*parts[:-1], *([last[:cut]] if cut else [])]
            meant = _parts(head, (), places) if head and _VILLAGE.fullmatch(last[cut:]) else None
            if meant is not None and meant.kind != "bare":
                codes = [code for reading in meant.readings for code in reading]
                paths = tuple((*places.path(code), last[cut:]) for code in codes)
                return Resolution(text, paths, "village", len(meant.readings) > 1)
    return Resolution(text, (), "unknown")


def _parts(parts: Sequence[str], wholes: tuple[str, ...], places: Gazetteer) -> _Meant | None:
    """The last of several names, each lying in the one before it."""
    meant: _Meant | None = None
    for part in parts:
        meant = _joined(part, wholes, places)
        if meant is None:
            return None
        wholes = tuple(code for reading in meant.readings for code in reading)
    return meant


def _joined(part: str, wholes: tuple[str, ...], places: Gazetteer) -> _Meant | None:
    """A name, or names without anything between them: 甘肃省酒泉市, 广元昭化区."""
    meant = _named(part, wholes, places)
    if meant is not None:
        return meant
    for cut in range(len(part) - 2, 1, -1):
        head = _named(part[:cut], wholes, places)
        if head is not None:
            inside = tuple(code for reading in head.readings for code in reading)
            tail = _joined(part[cut:], inside, places)
            if tail is not None:
                return tail
    return None


def _named(name: str, wholes: tuple[str, ...], places: Gazetteer) -> _Meant | None:
    """Every reading of one name inside one of `wholes` (anywhere, where there are none)."""
    found: list[tuple[Understood, tuple[str, ...]]] = [
        (reading.kind, reading.codes) for reading in places.names.get(name, ())]
    if not found:
        found = [("official", (code,)) for code in _official().get(name, ())]
    if not found and not wholes and (code := LETTERS.get(name) or ALIASES.get(name)):
        found = [("letter" if name in LETTERS else "short", (code,))]
    if not found:
        found = [("bare", (code,)) for code in _stems().get(name, ())]
    kept = _inside(found, wholes, places)
    if not kept:
        kept = _inside([("township", (code,)) for code in _towns(name, places)], wholes, places)
    if not kept:
        return None
    kind = min((kind for kind, _ in kept), key=_ORDER.index)
    return _Meant(kind, tuple(dict.fromkeys(codes for _, codes in kept)))


def _inside(
    found: Iterable[tuple[Understood, tuple[str, ...]]], wholes: tuple[str, ...], places: Gazetteer
) -> list[tuple[Understood, tuple[str, ...]]]:
    """The readings that lie in one of `wholes`, or are one of them (吉林省吉林市 is not 吉林省)."""
    if not wholes:
        return list(found)
    kept = []
    for kind, codes in found:
        inside = tuple(code for code in codes
                       if any(whole != code and whole in places.ancestors(code) for whole in wholes))
        if inside:
            kept.append((kind, inside))
    return kept


def _towns(name: str, places: Gazetteer) -> list[str]:
    """Townships of this very name, else of its stem (泉湖乡 is 泉湖镇 today; 甘草店)."""
    hit = _TOWN_SUFFIX.fullmatch(name)
    codes = places.stems.get(hit[1] if hit else name, [])
    if hit is None:
        return _townships().get(name) or (list(codes) if len(name) > 1 else [])
    full = hit[1] + hit[2].removesuffix("办事处").replace("街办", "街道")
    codes = [*codes, *places.stems.get(name, ())]
    exact = _townships().get(full)
    return exact or (codes if len(hit[1]) > 1 else [])


@cache
def _townships() -> dict[str, list[str]]:
    """Townships by their folded names."""
    found: dict[str, list[str]] = {}
    for code, name in gazetteer().townships.items():
        found.setdefault(fold(name), []).append(code)
    return found


@cache
def _stems() -> dict[str, list[str]]:
    """Divisions by the stem of their names, words included (同心, 和平, 互助)."""
    found: dict[str, list[str]] = {}
    for code, division in gazetteer().divisions.items():
        stem = fold(division_stem(division.name))
        if len(stem) > 1:
            found.setdefault(stem, []).append(code)
    return found


@cache
def _official() -> dict[str, list[str]]:
    """Divisions by their official names, 城区 and 郊区 included: they say something in a path."""
    found: dict[str, list[str]] = {}
    for code, division in gazetteer().divisions.items():
        found.setdefault(fold(division.name), []).append(code)
    return found
