"""A small archive with everything that the service tells apart: places, years, scripts, reprints, synonyms."""

from __future__ import annotations

from pathlib import Path

from indexer.indexing import Options, run
from search_web.service import SearchService
from tests.conftest import html_page

SHEEP = [
    "2019年，甘肃省临洮县红土湾村驻村工作队坚持一户一策，为37户建档立卡户落实养羊项目，投放基础母羊185只，户均增收12.5%。",
    "村里成立养羊合作社，实行统一防疫、统一饲料、统一销售，把羊舍建在背风向阳的山坡上，冬季由合作社统一采购青贮饲料。",
    "到年底，养羊合作社按股分红，贫困户以土地入股，每股分得二百元，群众说这条产业路走对了。",
]
ORCHARD = [
    "2016年，四川省苍溪县青石沟村驻村干部引导群众发展猕猴桃产业，贫困户以土地入股合作社，年底按股分红，户均分得八百元。",
    "合作社统一采购种苗，统一技术培训，统一销售，果园里的杂草由贫困户承包清理，按天计酬。",
]
BEES = [
    "2016年，貴州省雷山縣駐村工作隊幫助貧困戶養蜂，全村養蜂一百二十箱，戶均增收一千元。",
    "駐村幹部為村裏修路三公里，引水入戶，解決了一百戶群眾的飲水問題。",
]
ROAD = [
    "2012年，甘肃省陇西县双联行动启动，联村联户干部进村入户，硬化道路4公里，修建水窖60眼，群众吃水难的问题得到解决。",
    "双联干部同群众一起修路，路通了，洋芋卖出了好价钱，人均增收三百元。",
]
SHARES = [
    "2020年，陕西省镇安县油坊坪村推行土地入股，贫困户把撂荒的坡地入股合作社，种植板栗和核桃，年底按股分红。",
    "合作社统一采购、统一销售，驻村工作队为社员办技术培训班六期，培训二百人次。",
]

PAGES = {
    "sheep.html": html_page("临洮县红土湾村2019年养羊产业工作总结", SHEEP, "2019-12-20"),
    "sheep-again.html": html_page("红土湾村养羊富了一村人", SHEEP, "2020-01-08", "定西日报", "定西新闻网"),
    "orchard.html": html_page("苍溪县青石沟村2016年产业扶贫工作总结", ORCHARD, "2016-12-01", "苍溪县扶贫开发局"),
    "bees.html": html_page("雷山縣2016年駐村幫扶工作概述", BEES, "2016-11-11", "雷山縣人民政府"),
    "road.html": html_page("陇西县2012年双联行动工作汇报", ROAD, "2012-11-30", "陇西县双联办"),
    "shares.html": html_page("镇安县油坊坪村2020年土地入股分红情况汇报", SHARES, "2020-12-12", "镇安县扶贫局"),
}


def make_service(folder: Path) -> SearchService:
    """A service over a real index of the archive."""
    archive = folder / "archive"
    archive.mkdir()
    for name, page in PAGES.items():
        (archive / name).write_text(page, encoding="utf-8")
    summary = run(Options((archive,), folder / "index", jobs=1))
    assert (summary.new, summary.failed) == (len(PAGES), 0)
    return SearchService(folder / "index")
