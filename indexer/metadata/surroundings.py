"""What speaks for a region besides the names in a text: the site, its host, programmes, document numbers."""

from __future__ import annotations

import re
from collections import defaultdict
from urllib.parse import urlsplit

from indexer.lexicon.gazetteer import PROVINCE_LETTERS, Gazetteer
from indexer.metadata.evident import Evident, Fold
from indexer.metadata.mentions import OFFICIAL, Mention, Primary, read_mentions
from indexer.model import Evidence

Support = defaultdict[str, float]

# Programmes that one province ran: context for ambiguous names, and the province where nothing else.
PROGRAMMES = {
    "联村联户、为民富民": "620000", "联村联户,为民富民": "620000", "联村联户，为民富民": "620000",
    "联村联户为民富民": "620000", "访民情、惠民生、聚民心": "650000", "访民情惠民生聚民心": "650000",
    "访惠聚": "650000",
}
PROGRAMME_SUPPORT, HOST_SUPPORT, SITE_SUPPORT, LETTER_SUPPORT = 1.5, 2.0, 2.0, 0.5
# Province by the host's own labels: gansu.gov.cn, xx.gs.gov.cn, gs.cn.
HOST_PROVINCES = {
    "bj": "11", "tj": "12", "hebei": "13", "shanxi": "14", "nmg": "15", "ln": "21", "liaoning": "21",
    "jl": "22", "jilin": "22", "hlj": "23", "sh": "31", "js": "32", "jiangsu": "32", "zj": "33",
    "zhejiang": "33", "ah": "34", "anhui": "34", "fj": "35", "fujian": "35", "jx": "36", "jiangxi": "36",
    "sd": "37", "shandong": "37", "henan": "41", "hubei": "42", "hunan": "43", "gd": "44",
    "guangdong": "44", "gxzf": "45", "guangxi": "45", "hainan": "46", "cq": "50", "sc": "51",
    "sichuan": "51", "guizhou": "52", "gz": "52", "yn": "53", "yunnan": "53", "xizang": "54",
    "shaanxi": "61", "gs": "62", "gansu": "62", "qh": "63", "qinghai": "63", "nx": "64", "xinjiang": "65",
}
_YEAR_OF_NUMBER = re.compile(r"[〔\[（(]20\d\d[〕\]）)]")
_DOCUMENT_NUMBER = re.compile(r"[（(《]?([\u4e00-\u9fff])[\u4e00-\u9fff]{1,7}[〔\[（(]20\d\d[〕\]）)]")

# 闽宁协作, 苏陕扶贫协作: the second province is the one that is helped.
_PARTNERS = re.compile(r"(?:闽(?=宁)|苏(?=陕|青)|粤(?=桂|黔)|鲁(?=甘|渝)|津(?=甘)|京(?=蒙)|浙(?=川)|沪(?=滇))"
                       r"([宁陕青桂黔甘渝蒙川滇])(?:东西部|扶贫|消费|劳务|产业)?协作")
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


def support_of(evident: Evident, site: Mention | None, places: Gazetteer) -> Support:
    """What speaks for a province besides names: the site, its host, programme, document numbers."""
    support: Support = defaultdict(float)
    for code in places.ancestors(site.codes[0]) if site else ():
        support[code] += SITE_SUPPORT
    host = urlsplit(evident.url).netloc.lower() if evident.url else ""
    for label in host.split(":")[0].split("."):
        if label in HOST_PROVINCES and host.endswith(".cn"):
            support[HOST_PROVINCES[label] + "0000"] += HOST_SUPPORT
    for words, code in PROGRAMMES.items():
        if words in evident.folded:
            support[code] = max(support[code], PROGRAMME_SUPPORT)
    for hit in _PARTNERS.finditer(evident.folded) if "协作" in evident.folded else ():
        code = PROVINCE_LETTERS[hit[1]]
        support[code] = max(support[code], PROGRAMME_SUPPORT)
    numbered = _YEAR_OF_NUMBER.search(evident.folded)
    for hit in _DOCUMENT_NUMBER.finditer(evident.folded) if numbered else ():
        if hit[1] in PROVINCE_LETTERS:
            support[PROVINCE_LETTERS[hit[1]]] += LETTER_SUPPORT
    return support


def by_site(site: Mention | None, places: Gazetteer) -> Primary | None:
    """A report that names no place it could be about, on a government's own site."""
    if site is None:
        return None
    code = site.codes[0]
    return Primary(places.path(code), code, places.level_of(code), Evidence("site", site.words))


def by_programme(evident: Evident, places: Gazetteer) -> Primary | None:
    """A province known only by a programme that no other province ran."""
    for words, code in PROGRAMMES.items():
        if words in evident.folded:
            return Primary(places.path(code), code, "province", Evidence("programme", words))
    return None
