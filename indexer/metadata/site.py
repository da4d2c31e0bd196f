"""Whose site a page comes from: the government that its `<title>` or its meta tags name."""

from __future__ import annotations

import re

from indexer.lexicon.gazetteer import Gazetteer
from indexer.metadata.evident import Evident, Fold
from indexer.metadata.mentions import OFFICIAL, Mention, read_mentions

_SEPARATOR = re.compile(r"\s*[_|>»–—-]+\s*")
# 武山县人民政府, 武山县人民政府门户网站, 中国·武山县政府网.
_GOVERNMENT = re.compile(r"^(?:中国[·.]?)?([\u4e00-\u9fff]{2,16}政府)(?:门户)?(?:网站|网)?(?:首页)?$")


def site_region(evident: Evident, fold: Fold, places: Gazetteer, year: int | None) -> Mention | None:
    """The county, city or province whose government runs the site, None where no name says so.

    >>> from indexer.lexicon.gazetteer import gazetteer
    >>> from indexer.text.script import fold
    >>> page = Evident("", "", titles=("武山县人民政府--部门动态--县水务局扎实做好驻村帮扶工作",))
    >>> site_region(page, fold, gazetteer(), None).words
    '武山县'
    """
    names = [label.value for label in evident.labels if label.name.lower() == "sitename"]
    for title in evident.titles:
        parts = _SEPARATOR.split(title)
        names += [parts[0], parts[-1]] if len(parts) > 1 else []
    for name in dict.fromkeys(names):
        government = _GOVERNMENT.match(fold(name.strip()))
        mentions = list(read_mentions(government[1], places, year)) if government else []
        if len(mentions) == 1 and len(mentions[0].codes) == 1 and mentions[0].strength >= OFFICIAL:
            return mentions[0]
    return None
