"""Where a text names places, and in what sense: as itself, as a helper, or as no place at all."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Literal

from indexer.lexicon.gazetteer import Gazetteer, Match, Reading
from indexer.model import Evidence, Level
from indexer.text.tokenise import dictionary

Sense = Literal["place", "helper", "elsewhere"]


@dataclass(frozen=True, slots=True)
class Mention:
    """A run of names that stand together (敦煌市七里镇三号桥村), read from the whole to the part.

    `codes` are the divisions that its last part may be, `village` the village behind it; `strength`
    tells a full name (1.0) from a former one, another suffix or a bare stem; `rooted` is true where a
    township stands behind its county.
    """

    start: int
    end: int
    codes: tuple[str, ...]
    village: str | None
    strength: float
    sense: Sense
    words: str
    rooted: bool


@dataclass(frozen=True, slots=True)
class Read:
    """A mention settled: one division, with its zone and weight."""

    mention: Mention
    code: str
    zone: str
    weight: float


@dataclass(frozen=True, slots=True)
class Primary:
    """The region of the report while it is being found."""

    path: tuple[str, ...]
    code: str
    level: Level
    evidence: Evidence


# A name is still printed for some years after it was abolished.
GRACE = 2
OFFICIAL, FORMER, RENAMED, BARE = 1.0, 0.9, 0.8, 0.4
_STRENGTH = {"official": OFFICIAL, "short": OFFICIAL, "zone": OFFICIAL, "former": FORMER, "bare": BARE}

# Words behind a name that make it part of another name: 北京都市头条, 兰州大学, 延安精神.
# Behind a bare name: what is only called after the place (宁夏枸杞, 阿克苏苹果, 大寨经验).
_KIND_OF_THING = re.compile(
    "枸杞|苹果|火腿|大枣|红枣|核桃|花椒|茶|葡萄|哈密瓜|西瓜|香梨|橙|柑|柚|大米|小米|面粉|拉面|米粉|辣椒|"
    "马铃薯|洋芋|百合|当归|党参|黄芪|天麻|人参|木耳|香菇|滩羊|黄牛|黑猪|牦牛|酒|醋|酱|宣纸|刺绣|银饰|玉|松|"
    "模式|经验|精神|道路|做法|工程|珠宝|牌"
)
_INSTITUTION = re.compile(
    r"(?:都市|日报|晚报|晨报|商报|早报|时报|晚刊|新闻|电视|广播|头条|在线|热线|网|大学|学院|师范|理工|路|大道|大街|"
    r"街(?!道)|机场|火车|车站|港口|银行|牌|精神|会议|战役|战争|冬奥|奥运|世博|话|菜|籍|方言|保卫|条约|宣言|起义|"
    r"证券|航空|铁路局|石化|茅台|拉面|烩面|米线|小吃|人(?=[，。、：；”,:;])|时间|户口|事变|协和|儿童医院|小异)")
_MEDIA = re.compile(r"(?:都市|日报|晚报|晨报|商报|早报|时报|电视台|广播|头条|在线|新闻网|传媒|融媒)")
_WORD_ON = re.compile(r"^(?:场|价|值|别|域|间|分|块|级公路|情)")
_OFFICE = re.compile(r"^.{0,6}?(?:办事处|联络处|办(?=[^理事公好]))")
_BORDER_BEHIND = re.compile(r"^.{0,14}?(?:接壤|相邻|毗邻|交界|相连|相接|为邻|为界|相望|毗连)")
_BORDER_BEFORE = re.compile(
    r"(?:[东西南北]{1,2}(?:面|部|边)?(?:邻|临|接|连|靠|抵|至|与|和|同|界|隔.{0,4}与)|毗邻|紧邻|毗连|地处.{0,6}交界|"
    r"距离?|邻近)[^。，；,;]{0,3}$")
_ELSEWHERE_BEFORE = re.compile(r"(?:销往|远销|卖到|发往|运往|运到|来自|籍贯|打工到|原籍|引自|"
    r"嫁到|卖给)[^。，；,;]{0,12}$")
_ELSEWHERE_BEHIND = re.compile(
    r"^[^。，；,;]{0,10}?(?:务工|打工|经商|考察|取经|培训|就医|住院|上学|读大学|客商|老板|市场|籍|学习|参观|观摩|超市|企业家)")
_ELSEWHERE_VERB = re.compile(r"(?:赴|到|去|前往|在|往|由|从|至|邀请|组织)[^。，；,;]{0,8}$")
_HELPER_BEHIND = re.compile(
    r"^(?:援[宁黔滇川甘桂渝陕蒙]|的?援[疆藏青]|[^。，；,;\n年]{0,8}?(?:对口(?:帮扶|支援|协作)|援助|援建|支援|捐赠|捐款|选派|派来|协作办))")
_HELPS = re.compile(r"^[^。，；,;、\n和与]{0,8}(?:帮扶|支援|援助|援建|协作|援)$")
_LISTED = frozenset("、和及与")
_HELPER_BEFORE = re.compile(r"(?:援助单位|帮扶单位|对口帮扶城市|协作城市|由)[^。，；,;]{0,3}$")
_DOTS = "·•—-–－~"
# Two-character counties (和县, 成县) sit inside many words: 省和县, 建成县.
_LEFT_OF_SHORT = re.compile(
    r"(?:^|[^\u4e00-\u9fff]|[在到赴于]|\d年|联系|帮扶|走进|来到|深入|对口支援|我们是)$")
_TOWN_NEXT = re.compile(r"([\u4e00-\u9fff]{1,6}?)(?:镇|乡|街道)(?![镇村])")
_RIGHT_OF_SHORT = re.compile(r"^(?:级|域|城|直|上|里|内|际|处|间)")
# Districts whose names are common nouns: they say something only behind their city.
ONLY_BEHIND_PARENT = frozenset(
    "解放区 新城区 老城区 城中区 市中区 城北区 城东区 城西区 振兴区 前进区 向阳区 和平区 新华区 "
    "城厢区 站前区 市南区 "
    "市北区 江北区 江南区 东城区 西城区 红旗区 新兴区 新市区 湖里区 南部县 河口区 港口区 前锋区 "
    "工农区 老边区 西区 东区 "
    "新区 城区 郊区 矿区 富民县 振兴县 大县 会同县 合作市".split())

_VILLAGE = re.compile(r"([\u4e00-\u9fff〇]{1,6}?)(村|社区|嘎查)(?!镇|委员会主任)")
_NOT_VILLAGE = re.compile(
    r"各|全|等|的|(?<!前)进|走访|引导|与|共|有|辖|选|派|所|机关|政府|党|在|对|深入|驻|该|本|每|几|两个|多个|个|行政|贫困|示范|重点|为|了|到|"
    r"这|那|某|联|包|帮|扶|脱|出列|干部|工作队|走$|访$|串$|镇|乡|县|农$|^新$|^我$|^乡$|^山$|及|并|被|是|将|从|向|让|把|辖区|先进|空心|十里八|某|另|整|中心|城中|后进")
_BESIDE = re.compile(r"[、和及与]([\u4e00-\u9fff〇]{1,6}?)(村|社区|嘎查)(?!镇|委员会主任|级|民|里)")
MOST_BESIDE = 8
# Words that end like a township; townships of these names are believed behind their county only.
_WORDS_FOR_TOWNS = frozenset("新城镇 小城镇 中心城镇 古城镇 边城镇 山城镇 老城镇 大城镇 重点镇 "
    "中心镇 文明镇 示范乡 两个镇".split())
# 南阳村 bears the name of a city; 甘肃驻村 and 甘肃农村 do not.
_VILLAGE_OF_THE_NAME = re.compile(r"[^驻农乡帮包联入进下山全各]?(?:村|社区|组)")
_GAP = re.compile(r"^[ ·]?$")


def read_mentions(text: str, gazetteer: Gazetteer, year: int | None = None) -> list[Mention]:
    """Every run of place names in folded text, neighbours, media and offices left out.

    `year` is when the text was written, where that is known: names are read as they were used then.
    """
    items = _items(text, gazetteer, year)
    runs: list[list[_Item]] = []
    for item in items:
        if runs and _GAP.match(text[runs[-1][-1].end : item.start]):
            before = runs[-1][-1]
            kept = _within(item.codes, before.codes, gazetteer)
            if kept:
                runs[-1].append(_Item(item.start, item.end, kept, item.strength, item.name))
                continue
            if len(item.codes[0]) > 6 and before.end == item.start and before.strength > BARE:
                continue  # 开阳县城关镇: gone since, and no other county's 城关镇
        runs.append([item])
    mentions: list[Mention] = []
    for run in runs:
        mention = _mention(text, run, gazetteer)
        if mention is None:
            continue
        if mentions:
            mention = _in_the_same_county(text, mention, mentions[-1], gazetteer)
            mentions[-1] = _helping(text, mentions[-1], mention, gazetteer)
        mentions.append(mention)
    return mentions


def _in_the_same_county(text: str, mention: Mention, before: Mention, gazetteer: Gazetteer) -> Mention:
    """静宁县细巷镇老庄湾村、仁大镇某村: the county stands before the first of several townships."""
    listed = text[before.end : mention.start] in _LISTED
    if not (listed and before.rooted and not mention.rooted and len(mention.codes[0]) > 6):
        return mention
    counties = tuple({gazetteer.county_of(code) for code in before.codes})
    kept = _within(mention.codes, counties, gazetteer)
    return replace(mention, codes=kept, rooted=True) if kept else mention


def _helping(text: str, mention: Mention, behind: Mention, gazetteer: Gazetteer) -> Mention:
    """上海市帮扶云南省: what stands before the verb helps what stands behind it."""
    between = text[mention.end : behind.start]
    if len(between) > 12 or not _HELPS.search(between) or mention.sense != "place":
        return mention
    inside = any(code in gazetteer.ancestors(other) for code in mention.codes for other in behind.codes)
    return mention if inside else replace(mention, sense="helper")


@dataclass(frozen=True, slots=True)
class _Item:
    start: int
    end: int
    codes: tuple[str, ...]
    strength: float
    name: str


def _items(text: str, gazetteer: Gazetteer, year: int | None) -> list[_Item]:
    """Names of divisions and townships in order; a township wins over a bare stem inside it."""
    items: list[_Item] = []
    for match in gazetteer.matches(text):
        behind = bool(items) and items[-1].end == match.start
        item = _division_item(text, match, behind, gazetteer, year)
        if item is not None and (behind or match.name not in ONLY_BEHIND_PARENT
                                 or _has_township(text, match.end, item.codes, gazetteer)):
            items.append(item)
    covered = {place: item for item in items for place in range(item.start, item.end)}
    ends = {item.end for item in items}
    for town in gazetteer.township_matches(text):
        clash = [covered[place] for place in range(town.start, town.end) if place in covered]
        if any(item.strength > BARE for item in clash):
            continue
        exact = any(gazetteer.townships[code] == town.name for code in town.codes)
        if town.start not in ends and (_word_for_town(town.name, text[: town.start]) or not (
            exact or town.name[-2:] not in ("村镇", "集镇")
        )):
            continue
        strength = OFFICIAL if exact else RENAMED
        found = _Item(town.start, town.end, town.codes, strength, town.name)
        covered.update((place, found) for item in clash for place in range(item.start, item.end))
        covered.update((place, found) for place in range(town.start, town.end))
    kept = list({id(item): item for item in covered.values()}.values())
    kept += _one_letter_towns(text, kept, gazetteer)
    return sorted(kept, key=lambda item: item.start)


def _word_for_town(name: str, left: str) -> bool:
    """Whether a township's name may be a phrase: 各乡镇, 新城镇, 和集镇; 店集镇 begins a line."""
    if name[0] in "个的各全了在" or name in _WORDS_FOR_TOWNS:
        return True
    return name[-2:] in ("村镇", "集镇") and bool(re.search(r"[\u4e00-\u9fff]$", left[-1:]))


def _one_letter_towns(text: str, items: list[_Item], gazetteer: Gazetteer) -> list[_Item]:
    """绥德县吉镇: a stem of one character counts only behind its county."""
    found = []
    for item in items:
        name = text[item.end : item.end + 2]
        if len(name) == 2 and name[1] in "镇乡" and name[0] in gazetteer.stems:
            codes = _within(tuple(gazetteer.stems[name[0]]), item.codes, gazetteer)
            codes = tuple(code for code in codes if gazetteer.townships[code] == name)
            if codes and text[item.end + 2 : item.end + 3] not in ("村", "镇"):
                found.append(_Item(item.end, item.end + 2, codes, OFFICIAL, name))
    return found


def _division_item(
    text: str, match: Match, behind: bool, gazetteer: Gazetteer, year: int | None
) -> _Item | None:
    """The divisions that a name may mean here, None where it is a word or part of another name."""
    left, right = text[max(0, match.start - 8) : match.start], text[match.end : match.end + 8]
    readings = _used_then(match.readings, year, gazetteer)
    strength = max(_STRENGTH[reading.kind] for reading in readings)
    codes = tuple(dict.fromkeys(code for reading in readings for code in reading.codes))
    if strength == BARE:
        beside = (left and left[-1] in _DOTS) or (right and right[0] in _DOTS)
        if beside or _INSTITUTION.match(right) or _VILLAGE_OF_THE_NAME.match(right):
            return None
        if _KIND_OF_THING.match(right) or _inside_a_word(text, match.start, match.end):
            return None
    elif _MEDIA.match(right) or (match.name[-1] in "市区县" and _WORD_ON.match(right)):
        return None
    elif len(match.name) == 2 and match.name[-1] in "县市区":
        free = behind or _LEFT_OF_SHORT.search(left) or _has_township(text, match.end, codes, gazetteer)
        return None if not free or _RIGHT_OF_SHORT.match(right) else _Item(
            match.start, match.end, codes, strength, match.name
        )
    return _Item(match.start, match.end, codes, strength, match.name)


def _inside_a_word(text: str, start: int, end: int) -> bool:
    """Is the stretch only a part of a word of the dictionary?  长治 in 长治久安, 三明 in 三明治."""
    words = dictionary()
    return any(words.get(text[begin:stop]) for begin in range(max(0, start - 2), start + 1)
               for stop in range(end, min(len(text), end + 3) + 1) if stop - begin > end - start)


def _used_then(
    readings: tuple[Reading, ...], year: int | None, gazetteer: Gazetteer
) -> tuple[Reading, ...]:
    """Of several readings those in use in `year`; all where that leaves none.

    东乡县 of 2020 is 甘肃's: the one in 江西 became a district in 2016.
    """
    if year is None or len(readings) == 1:
        return readings
    kept = tuple(
        reading for reading in readings
        if (reading.kind != "former" or (reading.first or 0) <= year <= (reading.last or 9999) + GRACE)
        and not (reading.kind == "official" and gazetteer.divisions[reading.codes[0]].since > year)
    )
    return kept or readings


def _has_township(text: str, at: int, codes: tuple[str, ...], gazetteer: Gazetteer) -> bool:
    """Whether a township of one of the counties follows at once: 康县豆坝镇."""
    hit = _TOWN_NEXT.match(text, at)
    towns = gazetteer.stems.get(hit[1], ()) if hit else ()
    return bool(_within(tuple(towns), codes, gazetteer))


def villages_beside(text: str, at: int) -> list[str]:
    """The villages that follow one another behind a village: 下寺镇峰垭村和窑沟社区."""
    found: list[str] = []
    while len(found) < MOST_BESIDE and (hit := _BESIDE.match(text, at)):
        if _NOT_VILLAGE.search(hit[1]) or re.match(r"[一二三四五六七八九十百两\d]+$", hit[1]):
            break
        found.append(hit[1] + hit[2])
        at = hit.end()
    return found


def _within(
    codes: tuple[str, ...], wholes: tuple[str, ...], gazetteer: Gazetteer
) -> tuple[str, ...]:
    """Those of `codes` that lie in one of `wholes`."""
    return tuple(
        code for code in codes
        if any(whole in gazetteer.ancestors(code) and whole != code for whole in wholes)
    )


def _mention(text: str, run: list[_Item], gazetteer: Gazetteer) -> Mention | None:
    """A run with its village and its sense; None for neighbours, offices and programmes."""
    start, end, last = run[0].start, run[-1].end, run[-1]
    left, right = text[max(0, start - 16) : start], text[end : end + 24]
    left, right = left.rpartition("\n")[2], right.partition("\n")[0]
    if left.endswith("驻") and _OFFICE.match(right):
        return None
    if _BORDER_BEHIND.match(right) and re.search(r"[与和同跟、]", left[-2:] + right[:1]):
        return None
    if _BORDER_BEFORE.search(left):
        return None
    rooted = len(run) > 1 and len(last.codes[0]) > 6
    village = None
    if len(last.codes[0]) > 6 and (hit := _VILLAGE.match(right)):
        name = hit[1]
        if not _NOT_VILLAGE.search(name) and not re.match(r"[一二三四五六七八九十百两\d]+$", name):
            village, end = name + hit[2], end + hit.end()
    sense: Sense = "place"
    helps = not rooted and village is None and _HELPER_BEHIND.match(right)
    if helps or (not rooted and _HELPER_BEFORE.search(left)):
        sense = "helper"
    elif _ELSEWHERE_BEFORE.search(left) or (
        _ELSEWHERE_BEHIND.match(right) and _ELSEWHERE_VERB.search(left)
    ):
        sense = "elsewhere"
    strength = max(item.strength for item in run)
    if len(last.codes[0]) > 6:  # only a township's exact name keeps the others of its stem away
        exact = tuple(code for code in last.codes if gazetteer.townships[code] == last.name)
        last = _Item(last.start, last.end, exact if len(run) > 1 and exact else last.codes, 0, "")
    return Mention(start, end, last.codes, village, strength, sense, text[start:end], rooted)
