"""What stands around a text on a page: navigation, metadata lines, replies, and the page as a whole."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup

from tests.pagemaker import markup
from tests.pagemaker.gold import Report
from tests.pagemaker.sites import Setting, county_of
from tests.pagemaker.texts import make_report
from tests.pagemaker.traditional import to_traditional
from tests.pagemaker.vocabulary import person_name
from tests.pagemaker.writer import places

NAVIGATION = (
    "网站首页 政务公开 新闻中心 走进{} 办事服务 互动交流 政策法规 招商引资 旅游文化 乡镇动态 部门动态 "
    "通知公告 领导之窗 专题专栏 在线访谈 数据发布 公共监督 机构概况 党建工作 下载中心"
).split()
COLUMNS = (
    "政务动态 乡镇动态 部门信息 工作动态 脱贫攻坚 乡村振兴 公示公告 基层动态 经验交流 调查研究 三农".split()
)

POSTERS = (
    "山里红",
    "守望麦田",
    "老槐树",
    "清风徐来",
    "驻村的小周",
    "xiaoshan2008",
    "南岭一棵松",
    "油菜花开",
    "路过蜻蜓",
)
REPLIES = (
    "顶一个，写得实在。",
    "学习了，收藏。",
    "感谢楼主分享！",
    "我们村也这样搞过，效果不好说。",
    "沙发",
    "这才是干实事的。",
    "有没有原文的附件？",
    "转走了，谢谢。",
    "签到，路过。",
    "说得好，就怕人走茶凉。",
)
DATE_FORMS = (
    "{y}-{m:02d}-{d:02d}",
    "{y}-{m:02d}-{d:02d} {t}",
    "{y}年{m}月{d}日",
    "{y}年{m:02d}月{d:02d}日 {t}",
    "{y}/{m}/{d}",
    "{y}-{m}-{d} {t}:08",
    "{y}.{m:02d}.{d:02d}",
    "{y}-{m:02d}-{d:02d} {t}:31",
)
# Stand-ins for what must not be converted with the chrome.
BODY, TITLE, SUBTITLE, FILE = (f"\x01{name}\x01" for name in ("body", "title", "subtitle", "file"))


@cache
def _environment() -> Environment:
    loader = FileSystemLoader(Path(__file__).parent / "sites")
    return Environment(loader=loader, autoescape=True, trim_blocks=True)


@cache
def title_pool() -> tuple[str, ...]:
    """Titles for lists of related pages."""
    return tuple(make_report(Random(f"related{n}")).title for n in range(600))


def printed_date(day: str, rng: Random) -> str:
    """An ISO date as some site prints it; shorter precisions stay short."""
    parts = [int(p) for p in day.split("-")]
    if len(parts) < 3:
        return "年".join(map(str, parts)) + ("月" if len(parts) == 2 else "年")
    time = f"{rng.randint(7, 18):02d}:{rng.randint(0, 59):02d}"
    return rng.choice(DATE_FORMS).format(y=parts[0], m=parts[1], d=parts[2], t=time)


def meta_line(report: Report, where: Setting, labelled: bool, rng: Random) -> list[str]:
    """The labels printed under the title, in the site's order and wording."""
    colon = rng.choice(["：", "：", "： ", ":"])
    line = []
    if labelled and where.shown.published:
        label = rng.choice(["发布时间", "发布时间", "发布日期", "时间", "日期", "发表时间"])
        line.append(f"{label}{colon}{printed_date(where.shown.published, rng)}")
    if where.shown.source:
        label = rng.choice(
            ["来源", "来源", "信息来源", "文章来源", "稿件来源"]
            + (["发布机构", "发布单位"] if where.site.name in ("gov", "bureau") else [])
        )
        line.append(f"{label}{colon}{report.source}")
    if where.shown.author:
        line.append(f"{rng.choice(['作者', '作者', '撰稿', '通讯员', '记者'])}{colon}{report.author}")
    if rng.random() < 0.4:
        line.append(
            f"{rng.choice(['浏览次数', '点击数', '阅读'])}{colon}{rng.choice(['', rng.randint(9, 9000)])}次"
        )
    if rng.random() < 0.3:
        rng.shuffle(line)
    return line


def chrome(report: Report, where: Setting, rng: Random) -> dict[str, Any]:
    """Everything around the text, by chance."""
    county = county_of(report, rng)
    far = [rng.choice(places()) for _ in range(4)]
    count = rng.choice([0, 3, 6, 8, 10, 15, 40]) if rng.random() < 0.9 else 25
    pool = rng.sample(title_pool(), count + 2)
    titles = [t for t in pool[2:] if t != report.title]
    clock = f"{rng.randint(2023, 2025)}年{rng.randint(1, 12)}月{rng.randint(1, 28)}日"
    dates = [f"{rng.randint(2009, 2025)}-{rng.randint(1, 12):02d}-{rng.randint(1, 28):02d}" for _ in titles]
    head = rng.sample(NAVIGATION, rng.randint(5, 12))
    return {
        "sitename": where.sitename,
        "host": where.host,
        "url": where.url,
        "clock": clock,
        "nav": [n.format(county[:-1]) for n in head],
        "crumbs": ["首页", *rng.sample(COLUMNS, rng.randint(1, 2))],
        "crumbsep": rng.choice([" > ", " >> ", " » ", "-"]),
        "metasep": rng.choice(["　", "  ", "&nbsp;&nbsp;", " | ", " "]).replace("&nbsp;", "\xa0"),
        "related": list(zip(titles, dates, strict=True)),
        "related0": pool[0],
        "related1": pool[1],
        "editor": rng.choice(
            [
                "",
                "",
                f"责任编辑：{person_name(rng)}",
                f"编辑：{person_name(rng)}",
                f"（责编：{person_name(rng)}）",
            ]
        ),
        "office": f"{county}人民政府办公室",
        "code": f"{rng.randint(10**9, 10**10 - 1)}",
        "phone": f"0000-555{rng.randint(1000, 9999)}",
        "foreign": f"{far[0].prefecture or far[0].province}{far[0].county}{rng.choice(['人民路', '建设街', '新华路'])}{rng.randint(1, 300)}号",
        "foreigncounties": [p.county for p in far[1:]],
        "vendor": f"{far[1].prefecture or far[1].province}{rng.choice(['天一', '博讯', '神州'])}网络公司",
        "icp": f"{rng.choice('甘陕川黔滇桂湘鄂豫晋')}ICP备{rng.randint(0, 99):08d}号",
        "thisyear": clock[:4],
        "pick": rng.choice,
        "chance": lambda p: rng.random() < p,
    }


def page_title(title: str, name: str, rng: Random) -> str:
    """`<title>` with the site's name behind or before the title."""
    return rng.choice(
        ["{0}_{1}", "{0}-{1}", "{0} - {1}", "{0}", "{1}--{0}", "{0}|{1}", "{0}_乡镇动态_{1}"]
    ).format(title, name)


def meta_tags(report: Report, where: Setting, rng: Random) -> list[tuple[str, str]]:
    """Meta tags as government portals must have them; they show nothing that the page hides."""
    if where.site.name not in ("gov", "news") or rng.random() < 0.5:
        return [("keywords", TITLE)] if rng.random() < 0.5 else []
    tags = [("SiteName", where.sitename), ("ColumnName", rng.choice(COLUMNS)), ("ArticleTitle", TITLE)]
    if where.shown.published:
        tags.append(
            (
                "PubDate",
                where.shown.published + rng.choice(["", " 09:12", " 15:40:02"])
                if len(where.shown.published) == 10
                else where.shown.published,
            )
        )
    if where.shown.source:
        tags.append(("ContentSource", report.source or ""))
    if where.shown.author:
        tags.append(("Author", report.author or ""))
    return tags


def page_html(
    report: Report,
    where: Setting,
    title: str,
    subtitle: str | None,
    lines: Sequence[str],
    rng: Random,
    *,
    filetitle: str | None = None,
    wrapped: bool = False,
) -> str:
    """The page around the (damaged) title and lines."""
    around = chrome(report, where, rng)
    # A date that only the URL shows would be lost with it when the page is kept as a file.
    labelled = where.shown.published is not None
    around |= {
        "pagetitle": page_title(FILE if filetitle else TITLE, where.sitename, rng),
        "title": TITLE,
        "subtitle": SUBTITLE if subtitle else None,
        "metas": meta_tags(report, where, rng) if labelled else [],
        "metaline": meta_line(report, where, labelled, rng),
        "body": Markup(BODY),
        "charset": Markup(_charset(where.declared, rng)),
        "indexed": _index_table(report, where, rng),
        "filetitle": FILE,
        "ext": rng.choice(["doc", "docx", "pdf"]),
        "pages": rng.randint(2, 30),
        "poster": rng.choice(POSTERS),
        "upload": f"{rng.randint(2020, 2024)}-{rng.randint(1, 12):02d}-{rng.randint(1, 28):02d}",
        "posted": f"发表于 {printed_date(where.shown.published, rng)}" if where.shown.published else "",
        "relay": rng.choice(["转自：", "来源："]) + str(report.source) if where.shown.source else "",
        "replies": _replies(report, rng),
    }
    template = _environment().get_template(rng.choice(where.site.templates))
    page = template.render(around)
    if report.script == "hant":
        page = to_traditional(page)
    for mark, text in ((TITLE, title), (SUBTITLE, subtitle or ""), (FILE, filetitle or title)):
        page = page.replace(mark, html.escape(text))
    style = markup.physical if wrapped else rng.choice(where.site.styles)
    lost = lines[-1].startswith("??")
    # An indent that was lost as ???? has no second one before it.
    text = (
        re.sub(r"(?:　　|(?:&(?:nbsp|emsp); ?)+)(?=\?\?)", "", style(lines, rng))
        if lost
        else style(lines, rng)
    )
    return page.replace(BODY, text)


def _charset(declared: str | None, rng: Random) -> str:
    if declared is None:
        return ""
    return rng.choice(
        [
            '<meta http-equiv="Content-Type" content="text/html; charset={}" />',
            '<META http-equiv=Content-Type content="text/html; charset={}">',
            '<meta charset="{}">',
        ]
    ).format(declared)


def _index_table(report: Report, where: Setting, rng: Random) -> list[tuple[str, str]]:
    """The table of 索引号 that disclosure pages carry, on half of the pages."""
    if rng.random() < 0.5:
        return []
    rows = [
        ("索 引 号", f"{rng.randint(10**8, 10**9)}/{rng.randint(2009, 2024)}-{rng.randint(1, 999):05d}"),
        ("主题分类", rng.choice(["农业、林业、水利", "民政、扶贫、救灾", "其他"])),
    ]
    if where.shown.source:
        rows.append(("发布机构", report.source or ""))
    return rows


def _replies(report: Report, rng: Random) -> list[tuple[str, str, str, str | None]]:
    """Answers below a post: (poster, text, day, quoted words)."""
    year, month = int((report.published or "2013")[:4]), int((report.published or "2013-01-01")[5:7] or 1)
    out = []
    for _ in range(rng.randint(0, 6)):
        day = printed_date(f"{year}-{rng.randint(month, 12):02d}-28", rng)
        quoted = report.paragraphs[0][:30] + "..." if rng.random() < 0.25 else None
        out.append((rng.choice(POSTERS), rng.choice(REPLIES), day, quoted))
    return out


def page_text(
    report: Report, where: Setting, lines: Sequence[str], rng: Random, *, wrapped: bool = False
) -> str:
    """A plain text dump: sometimes labels on top and chrome at the end."""
    head = meta_line(report, where, where.shown.published is not None, rng)
    bullet = rng.choice(["", "", "- ", "  "])
    top: list[str] = []
    if head and rng.random() < 0.5:
        top = [
            rng.choice([" ", "　", "  "]).join(head) + rng.choice(["", " 字体：[ 大 中 小 ]", " 字体: [ ]"])
        ]
    elif head:
        top = [bullet + h for h in head]
    end = rng.sample(
        [
            "【打印】【关闭】",
            f"上一篇：{rng.choice(title_pool())}",
            "下一篇：没有了",
            "打印本页 关闭窗口",
            f"责任编辑：{person_name(rng)}",
        ],
        rng.choice([0, 0, 1, 2]),
    )
    title_first = rng.random() < 0.6 and not wrapped
    turn = to_traditional if report.script == "hant" else str
    around = [turn(x) for x in top]
    body = [lines[0], *around, *lines[1:]] if title_first and lines else [*around, *lines]
    return "\n".join([*body, *(turn(x) for x in end)]) + rng.choice(["", "\n"])
