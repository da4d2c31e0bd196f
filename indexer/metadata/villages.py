"""Which village a report is about: the one it opens with, or that outweighs all that it names."""

from __future__ import annotations

import re
from collections import Counter

from indexer.lexicon.gazetteer import Gazetteer
from indexer.metadata.mentions import Mention, Primary, Read
from indexer.model import Evidence, Level

MOST_VILLAGES = 40
# A report that opens with a village but goes on about the whole: 全县, 我县, 各乡镇.
_WIDER = re.compile(r"(?:全|我|本)(?:县|市|区|旗|州)|各乡镇|各镇|各乡")
WIDER_MOST = 1
_TOWN_WIDE = re.compile(r"(?:全|我|本)(?:镇|乡|街道)|各村|各行政村")
# A speech is given in a village, and is about its township: 今天把会场摆在…镇…村.
_SPEECH = re.compile(r"讲话|发言|致辞")
# A village named as an example: 以…村为试点, 在…村召开现场会.
_EXAMPLE = re.compile(r"(?:以|如|像|例如|比如|其中)$")
# "village" without a name: 农村, 驻村, 全村, 贫困村 …
_SOME_VILLAGE = re.compile(
    r"[农驻走访串遍全乡山各本该困政点范我每个到进入出回包联帮镇户兴丽明两在下离返新为的和与由小沿邻近几多这老空强弱富建组委]村$|社区$")
_ANY_VILLAGE = re.compile(r"[\u4e00-\u9fff]{1,3}(?:村|社区|嘎查)")


def opened_by(text: str, own: list[Read], primary: Primary, places: Gazetteer) -> Primary:
    """The township of a county (or city) whose village opens the report and has no rival in it.

    柞水县…工作总结 / 2009年,柞水县下梁镇青石垭村…; not where the report speaks of the whole county.
    """
    if primary.level == "township":
        return primary
    rooted = [read for read in own if read.mention.rooted
              and primary.code in places.ancestors(read.code)]
    first = next((read for read in own if read.zone in ("head", "subtitle")
                  and read.mention.village and read.mention.rooted), None)
    if first is None or first not in rooted or len({read.code for read in rooted}) > 1:
        return primary
    if _is_example(text, first.mention) or len(_WIDER.findall(text)) > WIDER_MOST:
        return primary
    words = first.mention.words
    code = first.code
    return Primary(places.path(code), code, "township", Evidence("first sentences", words))


def with_village(
    text: str, own: list[Read], primary: Primary, title: str | None, self_level: Level | None
) -> Primary:
    """The township's village where one village outweighs all that the text names, or opens it alone."""
    names: Counter[str] = Counter()
    for read in own:
        village = read.mention.village
        if read.code == primary.code and village and len(names) < MOST_VILLAGES:
            names[village] = names[village] or text.count(village)
    if not names:
        return primary
    village, count = names.most_common(1)[0]
    titled = bool(title and village in title)
    opener = next((read.mention for read in own if read.zone in ("head", "subtitle")
                   and read.mention.village and read.code == primary.code), None)
    if opener is not None and not titled and _is_example(text, opener):
        return primary
    alone = len(names) == 1
    opens = alone and opener is not None and _opens(text, opener, village, count, title)
    if not titled and not opens and not _outweighs(
            text, own, primary, village, count, alone, self_level):
        return primary
    words = next(read.mention.words for read in own if read.mention.village == village)
    return Primary((*primary.path, village), primary.code, "village", Evidence("village", words))


def _is_example(text: str, mention: Mention) -> bool:
    """以…村为试点: a village where something is tried out."""
    return bool(_EXAMPLE.search(text[max(0, mention.start - 12) : mention.start]))


def _opens(text: str, opener: Mention, village: str, count: int, title: str | None) -> bool:
    """Whether the report opens with the village and does not go on about the whole township."""
    if opener.village != village or (not opener.rooted and _SPEECH.search(title or "")):
        return False
    return len(_WIDER.findall(text)) + len(_TOWN_WIDE.findall(text)) <= WIDER_MOST + count


def _outweighs(
    text: str, own: list[Read], primary: Primary, village: str, count: int, alone: bool,
    self_level: Level | None,
) -> bool:
    """Whether the village is named so often that the report is about it."""
    every = Counter(hit[0] for hit in _ANY_VILLAGE.finditer(text))
    others = sum(n for word, n in every.items()
                 if n > 1 and not word.endswith(village[-3:]) and village[:2] not in word
                 and not _SOME_VILLAGE.search(word))
    sure = count >= 2 and count >= 0.6 * (count + others)
    opening = any(read.mention.village == village and read.zone in ("head", "subtitle", "title")
                  for read in own)
    sure = sure or (opening and alone and others == 0 and self_level in (None, "village"))
    town_titled = any(read.zone == "title" and read.code == primary.code for read in own)
    if self_level in ("township", "county", "prefecture") or town_titled:
        least = 4 if town_titled or self_level == "township" else 3
        return sure and count >= least and alone
    return sure
