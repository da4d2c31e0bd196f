"""The places of a report and their parts in it: helped, helping from elsewhere, or only mentioned."""

from __future__ import annotations

import re
from collections.abc import Iterable

from indexer.lexicon.gazetteer import Gazetteer
from indexer.metadata.mentions import BARE, Mention, Primary, Read, villages_beside
from indexer.model import Evidence, Level, Place, Role

MOST_PLACES = 40
_SENTENCE_ENDS = re.compile(r"[。；;！!？?\n]")
_HELP = re.compile(
    r"对口|帮扶|协作|支援|援[疆藏青建助]|扶贫|捐[赠款资助]|资助|挂职|结对|手拉手|支教|医疗队|善款|互补")
_HELP_BEHIND = re.compile(
    r"^[^。；;,，、]{0,10}?(?:对口|帮扶|协作|支援|援[疆藏青建助]|捐[赠款资]?|资助|派驻?|选派|"
    r"挂职|驻.{2,16}工作[队组])")
_HELP_BEFORE = re.compile(r"(?:(?:对口|帮扶|协作|支援|援助|结对)(?:单位|城市|省市|市|区|县|地区|方)|来自|由|"
                          r"与|和|依托|接过|争取|请)(?:的|是|为|:|：)?$")
_NO_HELP = re.compile(r"(?:学习|借鉴|考察|参观|观摩|[赴去]|前往|销往|发往|销到|[运卖]到|打工|务工)$")
_NO_HELP_BEHIND = re.compile(r"^[^。；;]{0,6}(?:务工|打工|经验|考察|学习|取经|市场)")


def all_places(
    text: str, primary: Primary | None, reads: list[Read], places: Gazetteer
) -> Iterable[Place]:
    """The primary region, then the other places in the order of the text, each path once."""
    helpers = _helpers(text, reads, primary, places)
    seen: set[tuple[str, ...]] = set()
    if primary is not None:
        seen |= {primary.path[:depth] for depth in range(1, len(primary.path) + 1)}
        yield Place(primary.path, primary.code, primary.level, "primary", primary.evidence)
    for read in reads:
        mention, code = read.mention, read.code
        path: tuple[str, ...] = places.path(code)
        level: Level = places.level_of(code)
        if mention.village:
            path, level = (*path, mention.village), "village"
        bare_text = mention.strength <= BARE and read.zone == "text" and code not in helpers
        if path in seen or bare_text or len(seen) > MOST_PLACES:
            continue
        seen.add(path)
        role = _role(path, primary, code in helpers and mention.village is None)
        words = helpers[code] if role == "helper" else mention.words
        yield Place(path, code, level, role, Evidence(read.zone, words))
        beside = mention.village is not None and read.zone not in ("title", "source")
        for village in villages_beside(text, mention.end) if beside else ():
            also = (*path[:-1], village)
            if also not in seen:
                seen.add(also)
                role = _role(also, primary, helps=False)
                yield Place(also, code, "village", role, Evidence(read.zone, f"{words}…{village}"))


def _role(path: tuple[str, ...], primary: Primary | None, helps: bool) -> Role:
    """Parts of the primary region are helped."""
    if primary is not None and path[: len(primary.path)] == primary.path:
        return "helped"
    return "helper" if helps else "mentioned"


def _helpers(
    text: str, reads: list[Read], primary: Primary | None, places: Gazetteer
) -> dict[str, str]:
    """The regions that help the primary one, with the words that say so.

    A helper lies outside the primary region's prefecture (扬州市对口帮扶绥德县); in the same province
    its own name must stand beside the help (广州市帮扶连南县).
    """
    found: dict[str, str] = {}
    home = places.ancestors(primary.code) if primary is not None else ()
    for read in reads:
        mention, code = read.mention, read.code
        chain = places.ancestors(code)
        related = code in home or chain[:2] == home[:2] or (home and home[0] == code)
        if code in found or related or mention.village or read.zone == "source":
            continue
        if read.zone == "title":  # its offsets are the title's
            if mention.sense == "helper":
                found[code] = mention.words
            continue
        words = _help_near(text, mention, abroad=not home or chain[0] != home[0])
        if words is not None:
            found[code] = words
    return found


def _help_near(text: str, mention: Mention, *, abroad: bool) -> str | None:
    """The words around a mention that make it a helper's, None where nothing does."""
    left = _SENTENCE_ENDS.split(text[max(0, mention.start - 30) : mention.start])[-1]
    right = _SENTENCE_ENDS.split(text[mention.end : mention.end + 30], maxsplit=1)[0]
    if _NO_HELP.search(left[-6:]) or _NO_HELP_BEHIND.match(right):
        return None
    beside = _HELP_BEHIND.match(right) or _HELP_BEFORE.search(left)
    if beside or mention.sense == "helper" or (abroad and _HELP.search(left + "|" + right)):
        return (left[-12:] + mention.words + right[:14]).strip()
    return None
