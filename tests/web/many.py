"""An archive of ten thousand reports: made of sentences, put into an index as prepared documents."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from indexer import fingerprint
from indexer.lexicon.gazetteer import gazetteer
from indexer.record import document
from indexer.store import IndexFolder, WhooshEngine, open_engine
from indexer.store.engine import Document, Made, PageState

REPORTS = 10_240
YEARS = range(1998, 2026)
THEMES = ("产业", "教育", "饮水", "道路", "就业", "党建", "金融保险", "易地搬迁", "医疗健康", "电商", "光伏", "生态")
KINDS = ("总结", "汇报", "通知", "日记", "新闻", "方案")
# What is told of a village; the numbers make every report another one.
SENTENCES = (
    "{place}驻村工作队走访群众{a}户，逐户记下{b}条诉求，当月办结{c}条。", "全村种植核桃{a}亩、花椒{b}亩，合作社按股分红{c}元。",
    "硬化道路{a}公里，安装路灯{b}盏，新修水渠{c}米。", "驻村干部帮助{a}名学生申请助学金，资助{b}人，发放{c}元。",
    "村里办起扶贫车间，吸纳{a}人就业，月均工资{b}元，{c}人学会了新手艺。", "建起光伏电站{a}千瓦，年收益{b}元，设公益岗位{c}个。",
    "组织技术培训{a}期，参加{b}人次，{c}人领到证书。", "易地搬迁{a}户{b}人，后续产业带动{c}人增收。",
    "引水入户{a}户，埋设管道{b}米，解决{c}人的饮水问题。", "调解矛盾纠纷{a}件，修订村规民约{b}条，{c}户评为文明家庭。",
    "销售蜂蜜{a}斤、土豆{b}斤，以购代捐{c}元。", "签约家庭医生{a}户，慢性病随访{b}人次，报销{c}元。",
)
LONG_TITLE = "关于进一步做好{place}{year}年巩固拓展脱贫攻坚成果同乡村振兴有效衔接暨驻村第一书记和工作队员选派管理工作有关情况的补充汇报（第{number}号）"


def make_index(folder: Path) -> Path:
    """The index of REPORTS reports, the same ones every time."""
    index = IndexFolder(folder)
    index.create()
    build = index.new_build()
    WhooshEngine.create(build)
    index.publish(build)
    writer = open_engine(folder).writer()
    for one in documents(random.Random(10_240)):
        writer.add(one)
    writer.commit(merge=True)
    writer.close()
    return folder


def documents(chance: random.Random) -> Iterator[Document]:
    """Reports from half of all counties, most of them from a few provinces."""
    names = gazetteer()
    counties = [code for code, one in sorted(names.divisions.items()) if one.level == "county"]
    made = Made("", fingerprint.cleaning(), fingerprint.tokens())
    for number in range(REPORTS):
        place = names.path(counties[int(len(counties) * 0.5 * chance.random() ** 2)])
        identity = f"{number:016x}"
        yield document(_record(identity, number, place, chance), PageState(identity, f"{identity}||", f"{identity}.html", made, 1))


def _record(identity: str, number: int, place: tuple[str, ...], chance: random.Random) -> dict[str, Any]:
    """A report as the indexer keeps it, what nobody can know left out."""
    year = YEARS[int(len(YEARS) * chance.random() ** 0.5)]
    body = "\n".join(sentence.format(place=place[-1], a=chance.randint(2, 9000), b=chance.randint(2, 9000), c=chance.randint(2, 90_000))
                     for sentence in chance.sample(SENTENCES, 5))
    title = LONG_TITLE if number % 64 == 0 else "{place}{year}年第{number}批驻村帮扶工作情况"
    dated = number % 50 != 0
    return {
        "id": f"{identity}-1", "part": 1, "title": title.format(place="".join(place), year=year, number=number), "body": body,
        "script": "hans", "published": f"{year}-{number % 12 + 1:02d}-{number % 28 + 1:02d}" if dated else None,
        "period": [year] if dated else [], "source": f"{place[-1]}扶贫开发办公室" if number % 3 else None, "author": None,
        "url": f"https://www.example.gov.cn/{number}.html", "region": list(place), "regions": [],
        "themes": sorted(chance.sample(THEMES, 2)), "kind": KINDS[number % len(KINDS)], "sections": [], "repairs": [], "edits": {},
        "edits_not_kept": {}, "left": [], "evidence": {},
        "page": {"id": identity, "path": f"{identity}.html", "encoding": "utf-8", "encoding_evidence": [], "kind": "html",
                 "sha256": "0" * 64, "fetched_at": None, "warnings": [], "source": None},
    }
