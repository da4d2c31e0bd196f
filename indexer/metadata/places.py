"""Which region a report is about, and which others it names: by evidence, strongest first."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from indexer.lexicon.beginnings import matches
from indexer.lexicon.gazetteer import Gazetteer, gazetteer
from indexer.metadata.evident import Evident, Fold
from indexer.metadata.mentions import BARE, OFFICIAL, Mention, Primary, Read, read_mentions
from indexer.metadata.roles import all_places
from indexer.metadata.surroundings import Support, by_programme, by_site, site_region, support_of
from indexer.metadata.villages import MOST_VILLAGES, opened_by, with_village
from indexer.model import Evidence, Level, Place

# Weight of a mention by the place where it stands.
ZONES = {"title": 10.0, "subtitle": 8.0, "source": 6.0, "signature": 6.0, "head": 3.0, "text": 1.0}
ROOTED = 2.0  # 柞水县下梁镇青石垭村 says more than 柞水县
HEAD_LENGTH = 240
HEADING_LINES = 4
FOOT_LINES = 8
PLAIN = 0.4

# Share of a region's mentions that one of its parts needs before the report is taken to be about it.
PART_SHARE = 0.6
# The same when the report speaks of itself as the larger region (市政府, 我县, 全县).
PART_SHARE_BELOW_SELF = 0.9

_FOOT = re.compile(r"^(?:联系|通讯|单位|办公)?地址 ?[:：]|^(?:主办|承办|版权|技术支持|运行维护|电话|"
                   r"传真|邮编|邮政编码)|ICP备|icp备|网安备|公网备|网站标识码|邮编 ?[:：]?\d{6}")

# How a report speaks of itself: the level whose office or whole is named.
_SELF = re.compile(r"[我全本](省|市|县|区|旗|州|镇|乡|街道|村)|(?<![\u4e00-\u9fff])(市|县|区|州|"
    r"镇|乡|村)(?=委|政府|党委|两委|上)|"
                   r"(市|县|区|州|镇|乡)(?:委|政府|党委)")
_SELF_BEGINS = re.compile("[我全本市县区州镇乡村]")
_SELF_LEVEL: dict[str, Level] = {
    "省": "province", "市": "prefecture", "州": "prefecture", "县": "county", "区": "county", "旗": "county",
    "镇": "township", "乡": "township", "街道": "township", "村": "village",
}
_DEPTH: dict[Level, int] = {"province": 0, "prefecture": 1, "county": 2, "township": 3, "village": 4}


@dataclass(slots=True)
class Weights:
    """Weight of each division, with all that lies in it, and of each division for itself."""

    inside: Support = field(default_factory=lambda: defaultdict(float))
    itself: Support = field(default_factory=lambda: defaultdict(float))
    zones: dict[str, set[str]] = field(default_factory=dict)
    deep: set[str] = field(default_factory=set)

    def add(self, places: Gazetteer, code: str, weight: float, zone: str) -> None:
        """Count a mention of `code` for it and for everything it lies in."""
        self.itself[code] += weight
        fine = places.level_of(code) in ("county", "township")
        for item in places.ancestors(code):
            self.inside[item] += weight
            if fine:
                self.deep.add(item)
            self.zones.setdefault(item, set()).add(zone)


def find_places(
    evident: Evident, fold: Fold, title: str | None, source: str | None, year: int | None = None
) -> tuple[Place, ...]:
    """The primary region of the report (at most one) and the others it names, with evidence.

    `year` is the year of publication where it is known: names are read as they were used then.

    A name that may be several divisions is settled by the others around it; where that fails, the
    division that holds them all is taken, or nothing.
    """
    places = gazetteer()
    found = list(_gather(evident, fold, title, source, places, year))
    site = site_region(evident, fold, places, year) if evident.labels_apply else None
    support = support_of(evident, site, places)
    reads = _settle(found, support, places)
    own = _without_helpers(reads, places)
    weights = Weights()
    for read in own:
        weights.add(places, read.code, read.weight, read.zone)
    _add_villages(evident.folded, own, weights, places)
    self_level = _self_level(evident.folded, fold(title or ""))
    primary = _primary(own, weights, self_level, places)
    if primary is None:
        primary = by_site(site, places) or by_programme(evident, places)
    else:
        primary = opened_by(evident.folded, own, primary, places)
    if primary is not None and primary.level == "township":
        primary = with_village(evident.folded, own, primary, title and fold(title), self_level)
    return tuple(all_places(evident.folded, primary, reads, places))


def _without_helpers(reads: list[Read], places: Gazetteer) -> list[Read]:
    """The mentions that may be of the region itself: no helper, no source that helps.

    What the title calls a helper (上海市帮扶云南) is one everywhere, with all its parts.
    """
    helping = {read.code for read in reads if read.mention.sense == "helper"}
    titled = [read for read in reads if read.zone == "title"]
    named = {read.code for read in titled if read.mention.sense == "helper"}
    if all(read.mention.sense == "helper" for read in titled):
        named = set()  # 鼓楼区对口帮扶工作小结 may be that of the region helped
    return [read for read in reads if read.mention.sense == "place"
            and not (read.zone == "source" and read.code in helping)
            and not named.intersection(places.ancestors(read.code))]


def _gather(
    evident: Evident, fold: Fold, title: str | None, source: str | None, places: Gazetteer,
    year: int | None,
) -> Iterable[tuple[str, Mention]]:
    """Mentions by zone: title, second title line, source, signature, first sentences, text."""
    for zone, words in (("title", title), ("source", source)):
        if words:
            for mention in read_mentions(fold(words), places, year):
                yield zone, mention
    text = evident.folded
    tail = len(text.rstrip()) - 60
    headings = sum(len(line) + 1 for line in text.split("\n", HEADING_LINES)[:HEADING_LINES])
    foot = _foot(text)
    for mention in read_mentions(text, places, year):
        if mention.start >= foot:
            break
        if mention.end <= headings and _alone(text, mention.start):
            zone = "subtitle"
        elif mention.start < HEAD_LENGTH:
            zone = "head"
        elif mention.start >= tail and _alone(text, mention.start):
            zone = "signature"
        else:
            zone = "text"
        yield zone, mention


def _foot(text: str) -> int:
    """Where addresses and the site's own lines begin (地址：…, 主办：…, 蜀ICP备…): they are no regions."""
    end = len(text.rstrip())
    for _ in range(FOOT_LINES):
        start = text.rfind("\n", 0, end) + 1
        line = text[start:end].strip()
        if line and not (len(line) <= 120 and _FOOT.search(line)):
            break
        if start == 0:
            break
        end = start - 1
    return end


def _alone(text: str, at: int) -> bool:
    """Whether the offset lies in a short line without a full stop (heading or signature)."""
    start, end = max(text.rfind("\n", 0, at), at - 100) + 1, text.find("\n", at, at + 100)
    line = text[start : end if end >= 0 else at + 100]
    return len(line) <= 60 and "。" not in line


def _settle(
    found: list[tuple[str, Mention]], support: Support, places: Gazetteer
) -> list[Read]:
    """One division for each mention: the sure ones first, then those that the sure ones decide."""
    reads: list[Read] = []
    sure: list[tuple[str, Mention]] = []
    open_: list[tuple[str, Mention]] = []
    for zone, mention in found:
        certain = len(mention.codes) == 1 and not _weak(mention)
        (sure if certain else open_).append((zone, mention))
    for zone, mention in sure:
        reads.append(_read(zone, mention, mention.codes[0]))
    known = defaultdict(float, support)
    for read in reads:
        if read.mention.sense != "elsewhere":
            for code in places.ancestors(read.code):
                known[code] += read.weight
    often = Counter(mention.codes for _, mention in found)
    for level in ("county", "township"):
        later: list[Read] = []
        for zone, mention in open_:
            if (len(mention.codes[0]) > 6) != (level == "township"):
                continue
            chosen = _choose(mention, zone, known, places, often)
            if chosen is not None:
                later.append(_read(zone, mention, chosen))
        for read in later:
            for code in places.ancestors(read.code):
                known[code] += read.weight * 0.5
        reads += later
    return sorted(reads, key=lambda read: read.mention.start)


def _weak(mention: Mention) -> bool:
    """A bare stem, or a township without its county: needs something beside it."""
    return mention.strength <= BARE or (len(mention.codes[0]) > 6 and not mention.rooted)


def _read(zone: str, mention: Mention, code: str) -> Read:
    weight = ZONES[zone] * mention.strength
    if zone == "head" and mention.strength <= BARE:
        weight = BARE * 1.5
    return Read(mention, code, zone, weight * (ROOTED if mention.rooted else 1.0))


def _choose(
    mention: Mention, zone: str, known: Support, places: Gazetteer,
    often: Counter[tuple[str, ...]],
) -> str | None:
    """The division that the context speaks for, the smallest that holds all, or None."""
    codes = mention.codes
    wider = [code for code in codes if all(code in places.ancestors(other) for other in codes)]
    if len(codes) > 1 and wider:  # 吉林: province or city of that name
        codes = (wider[0],)
    printed = re.split("村|社区", mention.words)[0]
    scores = {
        code: _score(code, known, places)
        * (1.0 if len(code) <= 6 or printed.endswith(places.townships[code]) else 0.6)
        for code in codes
    }
    ranked = sorted(codes, key=lambda code: -scores[code])
    best = scores[ranked[0]]
    if mention.strength <= BARE and places.level_of(ranked[0]) == "county":
        near = places.ancestors(ranked[0])[1:]  # 万阳山 is not 阳山 because 广东 is named somewhere
        if not any(known[code] > 0 for code in near):
            return None
    if best > 0 and (len(ranked) == 1 or best >= 1.5 * scores[ranked[1]]):
        return ranked[0]
    if best > 0 and len({places.county_of(code) if len(code) > 6 else code for code in codes}) > 1:
        top = [code for code in ranked if scores[code] == best]
        return _common(top, places) if len(top) > 1 else None
    if len(codes) == 1 and len(codes[0]) <= 6:  # a bare name that nothing contradicts
        said = zone != "text" or mention.sense == "helper"
        return codes[0] if said and places.level_of(codes[0]) != "county" else None
    if len(codes) == 1 and mention.strength == OFFICIAL and not _counties(known, places):
        return codes[0] if zone in ("title", "subtitle") or often[codes] >= 2 else None
    return _common(codes, places) if len(codes) > 1 and len(codes[0]) <= 6 else None


def _counties(known: Support, places: Gazetteer) -> bool:
    return any(places.level_of(code) == "county" for code, weight in known.items() if weight >= 2)


def _score(code: str, known: Support, places: Gazetteer) -> float:
    """How much the context speaks for `code`: its county counts more than its province."""
    total = 0.0
    for item in places.ancestors(code):
        factor = {"province": 1.0, "prefecture": 2.0}.get(places.level_of(item), 4.0)
        total += factor * min(known[item], 20.0)
    if len(code) > 6 and known[places.county_of(code)] == 0 and _counties(known, places):
        inside = known[places.ancestors(code)[0]]
        return min(total, inside) * 0.1  # a township outside every county named
    return total


def _common(codes: Iterable[str], places: Gazetteer) -> str | None:
    """The smallest division that holds all of `codes`, None where there is none."""
    chains = [places.ancestors(code) for code in codes]
    last = None
    for row in zip(*chains, strict=False):
        if len(set(row)) > 1:
            break
        last = row[0]
    return last


def _add_villages(text: str, own: list[Read], weights: Weights, places: Gazetteer) -> None:
    """Later mentions of a village by its name alone speak for its township."""
    done: set[str] = set()
    for read in own:
        village = read.mention.village
        new = village is not None and village not in done and len(done) < MOST_VILLAGES
        if village and new and read.mention.strength > BARE:
            done.add(village)
            weights.add(places, read.code, 0.5 * max(text.count(village) - 1, 0), "text")


def _self_level(text: str, title: str) -> Level | None:
    """The level that the report speaks from: 市政府办公室 (city), 我县, 全镇; None where unclear."""
    counts: Counter[Level] = Counter()
    for part, weight in ((title, 5), (text, 1)):
        for hit in matches(_SELF, _SELF_BEGINS, part):
            word = hit[1] or hit[2] or hit[3]
            counts[_SELF_LEVEL[word]] += weight
    ranked = counts.most_common(2)
    if not ranked or ranked[0][1] < 2 or (len(ranked) == 2 and ranked[0][1] < 1.5 * ranked[1][1]):
        return None
    return ranked[0][0]


def _primary(
    own: list[Read], weights: Weights, self_level: Level | None, places: Gazetteer
) -> Primary | None:
    """Down the tree from the province, as deep as one part clearly outweighs the others."""
    node: str | None = None
    for _ in range(4):
        parts = [code for code in weights.inside if _parent(code, places) == node]
        parts = [code for code in parts if weights.inside[code] > 0]
        if not parts:
            break
        best = _named_alone(parts, weights) or max(
            parts, key=lambda code: _adjusted(code, weights)
        )
        if not _outweighs(best, parts, node, weights, self_level, places):
            break
        node = best
    if node is None:
        return None
    return Primary(places.path(node), node, places.level_of(node), _evidence(own, node, places))


def _named_alone(parts: list[str], weights: Weights) -> str | None:
    """The only part that the title names (else the title lines, else the source)."""
    for zone, least in (("title", 0.0), ("subtitle", 0.2), ("source", 0.3), ("signature", 0.3)):
        named = [code for code in parts if zone in weights.zones[code]]
        total = sum(weights.inside[code] for code in parts)
        if len(named) == 1 and weights.inside[named[0]] >= least * total:
            return named[0]
        if len(named) > 1:
            return None
    return None


def _share(best: str, parts: list[str], weights: Weights) -> float:
    """Weight of `best` among its siblings; cities named without a part of theirs count half.

    清远市连南县大坪镇 beside its helper 广州市: the report is about the region it goes into.
    """
    total = sum(_adjusted(code, weights) for code in parts)
    return _adjusted(best, weights) / total


def _adjusted(code: str, weights: Weights) -> float:
    """The weight of a region; one named only as a city or province counts less than half."""
    return weights.inside[code] * (1.0 if code in weights.deep else PLAIN)


def _parent(code: str, places: Gazetteer) -> str | None:
    chain = places.ancestors(code)
    return chain[-2] if len(chain) > 1 else None


def _outweighs(
    best: str, parts: list[str], node: str | None, weights: Weights, self_level: Level | None,
    places: Gazetteer,
) -> bool:
    """Whether a report about `node` (None: the country) is about its part `best`."""
    share = _share(best, parts, weights)
    zones = weights.zones[best]
    named = bool(zones & {"title", "source", "signature", "subtitle"})
    alone = _named_alone(parts, weights) == best
    if node is None:
        return alone or (share >= PART_SHARE and (named or weights.inside[best] >= 2))
    if alone and zones & {"title", "subtitle"}:
        return True
    depth, level = _DEPTH[places.level_of(best)], places.level_of(node)
    below = self_level is not None and depth > _DEPTH[self_level]
    if below and self_level == "prefecture" and level == "county":
        below = True  # 市 may be a county-level city: its towns lie below it all the same
    if share < (PART_SHARE_BELOW_SELF if below else PART_SHARE):
        return False
    if named:
        return True
    own = weights.itself[node]
    strong = {"title", "subtitle"} & weights.zones[node]
    if level == "county":
        return weights.inside[best] >= max(2.0, (0.8 if strong else 0.5) * own)
    return weights.inside[best] >= (0.5 * own if strong else 0.25 * own)


def _evidence(own: list[Read], node: str, places: Gazetteer) -> Evidence:
    """The strongest mention of the region or of a part of it."""
    reads = [read for read in own if node in places.ancestors(read.code)]
    best = max(reads, key=lambda read: read.weight)
    names = {"text": "most named in the text", "head": "first sentences", "subtitle": "title lines"}
    return Evidence(names.get(best.zone, best.zone), best.mention.words)
