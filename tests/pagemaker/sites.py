"""The kinds of site: their names, addresses, markup and encodings, and where a page of them stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from pypinyin import lazy_pinyin

from tests.pagemaker import markup
from tests.pagemaker.facts import Shown
from tests.pagemaker.gold import Report
from tests.pagemaker.writer import places

# (encoding of the bytes, declared charset or None, weight)
Encodings = tuple[tuple[str, str | None, int], ...]
PORTAL: Encodings = (
    ("utf-8", "utf-8", 50),
    ("gb18030", "gb2312", 20),
    ("gb18030", "gbk", 14),
    ("utf-8", None, 6),
    ("utf-8", "gb2312", 5),
    ("gb18030", None, 5),
)
OLD: Encodings = (
    ("gb18030", "gb2312", 60),
    ("gb18030", None, 12),
    ("gb18030", "gbk", 8),
    ("utf-8", "utf-8", 14),
    ("utf-8", "gb2312", 6),
)
TRADITIONAL: Encodings = (
    ("utf-8", "utf-8", 50),
    ("big5", "big5", 28),
    ("gb18030", "gbk", 12),
    ("utf-8", None, 5),
    ("big5", None, 5),
)
TEXT: Encodings = (("utf-8", None, 45), ("gb18030", None, 30), ("utf-8-sig", None, 8), ("utf-16", None, 17))
TEXT_TRADITIONAL: Encodings = (("utf-8", None, 50), ("big5", None, 30), ("utf-16", None, 20))

SHARED_DOMAINS = ("wenku-share", "docs-garden", "fanwen-ku", "gongwen-net")
FORUMS = ("乡情论坛", "大山社区", "三农之家", "驻村人论坛", "泥土吧")


@dataclass(frozen=True, slots=True)
class Site:
    """A kind of site. `shows` is how likely it prints date, source and author beside the text."""

    name: str
    templates: tuple[str, ...]
    styles: tuple[markup.Style, ...]
    encodings: Encodings
    shows: tuple[float, float, float]
    title_in_text: bool = False
    endings: tuple[str, ...] = ("html", "html", "htm", "shtml")


SITES: dict[str, Site] = {
    site.name: site
    for site in (
        Site(
            "gov",
            ("gov_trs.html", "gov_trs.html", "gov_div.html"),
            markup.MODERN,
            PORTAL,
            (0.95, 0.85, 0.15),
        ),
        Site(
            "news",
            ("news_portal.html", "news_portal.html", "news_paper.html"),
            markup.MODERN,
            PORTAL,
            (0.95, 0.9, 0.55),
        ),
        Site("bureau", ("bureau_table.html", "bureau_asp.html"), markup.OLD, OLD, (0.85, 0.6, 0.3)),
        Site("docshare", ("docshare.html",), markup.LINES, PORTAL, (0, 0, 0), True),
        Site("mirror", ("mirror.html",), markup.MODERN, TRADITIONAL, (0.8, 0.7, 0.1)),
        Site("dump", (), (), TEXT, (0.5, 0.4, 0.2), True, ("txt",)),
        Site("print", ("print.html",), markup.OLD, OLD, (0.85, 0.7, 0.4)),
        Site(
            "forum",
            ("forum_dz.html", "forum_dz.html", "forum_wap.html"),
            markup.LINES,
            PORTAL,
            (1, 0.4, 0),
            True,
        ),
    )
}


@dataclass(frozen=True, slots=True)
class Setting:
    """Where a page stands: its host, the site's name, its address, what it prints, its encoding."""

    site: Site
    host: str
    sitename: str
    url: str
    shown: Shown
    encoding: str
    declared: str | None
    number: str


def county_of(report: Report, rng: Random) -> str:
    """The county of the report; any other where it has none."""
    path = report.region or rng.choice(places()).path
    return next((p for p in path[1:] if p[-1] in "县区旗" or path.index(p) == 2), path[-1])


def _medium(report: Report) -> str | None:
    """The report's source where it is a newspaper or portal."""
    media = ("报", "網", "网", "报社", "台", "中心", "頻道", "频道", "周刊", "日報", "報", "社")
    return report.source if report.source and report.source.endswith(media) else None


def setting(site: Site, report: Report, rng: Random, number: str) -> Setting:
    """Choose host, address, encoding and what is printed beside the text."""
    county = county_of(report, rng)
    latin = "".join(lazy_pinyin(county[:-1][:4]))
    host, name = {
        "gov": (f"www.{latin}.gov.example", f"{county}人民政府"),
        "print": (f"www.{latin}.gov.example", f"{county}人民政府"),
        "bureau": (
            f"{rng.choice(['fpb', 'nyj', 'xczx', 'mzj'])}.{latin}.gov.example",
            county + rng.choice(["扶贫信息网", "农业信息网", "民政局", "新农村网"]),
        ),
        "news": (f"www.{latin}news.example", _medium(report) or f"{county[:-1]}新闻网"),
        "docshare": (
            f"www.{rng.choice(SHARED_DOMAINS)}.example",
            rng.choice(["范文大全网", "文库园", "公文分享网"]),
        ),
        "mirror": (
            f"www.{rng.choice('abkmqwxz')}{rng.randint(10, 99)}{rng.choice('jtxyz')}.example",
            rng.choice(["机电设备有限公司", "检测仪器厂家", "精品网站", "环保科技"]),
        ),
        "dump": (f"text.{latin}.example", f"{county}信息"),
        "forum": (f"bbs.{rng.choice(['xiangqing', 'dashan', 'sannong'])}.example", rng.choice(FORUMS)),
    }[site.name]
    table = site.encodings
    if report.script == "hant":
        table = TEXT_TRADITIONAL if site.name == "dump" else TRADITIONAL
    encoding, declared, _ = rng.choices(table, [e[2] for e in table])[0]
    likely = [rng.random() < p for p in site.shows]
    published = report.published
    if site.name == "forum" and published and len(published) == 10:
        later = date.fromisoformat(published) + timedelta(days=rng.randint(0, 9))
        published = min(later, date(int(published[:4]), 12, 31)).isoformat()
    dated = bool(published) and len(published or "") == 10 and rng.random() < 0.4
    url, in_url = _address(
        site, host, published if dated and site.name != "docshare" else None, number, rng
    )
    shown = Shown(
        published if likely[0] else in_url,
        likely[1] and report.source is not None,
        likely[2] and report.author is not None,
    )
    return Setting(site, host, name, url, shown, encoding, declared, number)


def _address(site: Site, host: str, day: str | None, number: str, rng: Random) -> tuple[str, str | None]:
    """An address, with the day in it where one is given; and the day that it shows."""
    if day and site.name in ("gov", "news", "mirror", "print"):
        y, m, d = day.split("-")
        form = rng.choice(
            [
                "/art/{y}/{mm}/{dd}/art_1_{n}.html",
                "/zwgk/{y}{m}/t{y}{m}{d}_{n}.html",
                "/n1/{y}/{m}{d}/c{n}.html",
                "/{y}-{m}/{d}/content_{n}.htm",
            ]
        )
        path = form.format(y=y, m=m, d=d, mm=int(m), dd=int(d), n=number)
        return f"http://{host}{path}", day
    form = {
        "bureau": "/show.asp?id={n}",
        "docshare": "/p-{n}.html",
        "forum": "/thread-{n}-1-1.html",
        "print": "/print.php?aid={n}",
        "dump": "/txt/{n}.txt",
    }.get(site.name, "/info/{n}.htm")
    return f"http://{host}{form.format(n=number)}", None
