"""Clean reports out of the grammar: invented villages and facts in real townships, with gold."""

from __future__ import annotations

import calendar
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random

from tests.pagemaker.gold import Region, Report
from tests.pagemaker.grammar import Grammar, Value, read_rules
from tests.pagemaker.vocabulary import HELPERS, MENTIONED, PAPERS, UNITS, person_name, village_name

HERE = Path(__file__).parent
FIRST_YEAR, LAST_YEAR = 2008, 2025
# Later years wrote more reports; the weights follow the curve of real archives.
YEAR_WEIGHTS = (2, 2, 2, 3, 6, 5, 5, 5, 7, 8, 9, 9, 9, 7, 6, 6, 5, 4)
COUNTY_SHARE = 1 / 6
LONG_SHARE = 0.1
NUMERALS = "一二三四五六七八九十"


@dataclass(frozen=True, slots=True)
class Place:
    """A real township. `unique`: no other county of China bears the county's name."""

    province: str
    prefecture: str
    county: str
    township: str
    code: str
    unique: bool

    @property
    def path(self) -> tuple[str, ...]:
        """Province to township, without an empty middle level (重庆市/忠县/…)."""
        return tuple(p for p in (self.province, self.prefecture, self.county, self.township) if p)


@dataclass(frozen=True, slots=True)
class Theme:
    """A kind of assistance with its stock of sentence templates."""

    name: str
    first_year: int
    headings: tuple[str, ...]
    needs: tuple[str, ...]
    measures: tuple[str, ...]
    results: tuple[str, ...]
    stories: tuple[str, ...]


@cache
def places() -> tuple[Place, ...]:
    """The sample of real townships in `places.tsv`."""
    lines = (HERE / "places.tsv").read_text(encoding="utf-8").splitlines()[1:]
    rows = (line.split("\t") for line in lines)
    return tuple(Place(row[0], row[1], row[2], row[3], row[4], row[5] == "1") for row in rows)


@cache
def themes() -> tuple[Theme, ...]:
    """The themes of `themes.txt`."""
    found = []
    for block in (HERE / "themes.txt").read_text(encoding="utf-8").split("\n# ")[1:]:
        head, *lines = block.strip("\n").split("\n")
        name, year = head.split()
        stock = [tuple(s[1:].strip() for s in lines if s[0] == mark) for mark in "=?+>*"]
        found.append(Theme(name, int(year), *stock))
    return tuple(found)


@cache
def grammar() -> Grammar:
    """The rules of `rules.txt`."""
    return Grammar(read_rules(HERE / "rules.txt"))


def chinese_date(year: int, month: int, day: int) -> str:
    """A date in Chinese numerals: 二〇一二年三月二十六日."""
    digits = "〇一二三四五六七八九"

    def small(n: int) -> str:
        tens, ones = divmod(n, 10)
        ten = "" if not tens else ("十" if tens == 1 else digits[tens] + "十")
        return ten + (digits[ones] if ones or not tens else "")

    return "".join(digits[int(d)] for d in str(year)) + f"年{small(month)}月{small(day)}日"


class Writer:
    """One report in the making: its place, year, theme and the values that stay the same in it."""

    def __init__(self, rng: Random) -> None:
        self.rng = rng
        self.year = rng.choices(range(FIRST_YEAR, LAST_YEAR + 1), YEAR_WEIGHTS)[0]
        self.place = rng.choice(places())
        self.county_wide = rng.random() < COUNTY_SHARE
        self.themes = rng.sample([t for t in themes() if t.first_year <= self.year], 8)
        self.helper = rng.choice([h for h in HELPERS if h[0] != self.place.province])
        self.kind = ""
        self.published = (self.year, 1, 1)
        self.values = self._values()

    def _values(self) -> dict[str, Value]:
        """The named parts that every template can use."""
        rng, place, year = self.rng, self.place, self.year
        level = place.county[-1]
        village = village_name(rng)
        unit = ("县" if level not in "市区旗" else level) + rng.choice(UNITS)
        households = rng.randint(110, 900)
        values: dict[str, Value] = {
            "province": place.province,
            "prefecture": place.prefecture,
            "county": place.county,
            "township": "各乡镇" if self.county_wide else place.township,
            "village": village_name if self.county_wide else village,
            "village2": village_name,
            "person": person_name,
            "unit": unit,
            "unit_full": place.county + unit[1:],
            "year": str(year),
            "y2ago": str(year - 2),
            "y3ago": str(year - 3),
            "y5ago": str(year - 5),
            "y3on": str(year + 3),
            "households": str(households),
            "people": str(round(households * rng.uniform(3.2, 4.9))),
            "poorhh": str(round(households * rng.uniform(0.1, 0.6))),
            "helpcity": self.helper[1],
            "day": lambda r: str(r.randint(1, 28)),
        }
        values["placeshort"] = rng.choice(self._short_names(village))
        values["place"] = self._printed(village)
        values["theme_short"] = self.themes[0].name
        for fixed in ("team", "campaign", "poor", "secretary", "office"):
            options = grammar().expansions(fixed, year)
            values[fixed] = grammar().expand(rng.choice(options), values, year, rng)
        self.village = village
        return values

    def _short_names(self, village: str) -> list[str]:
        """How titles may call the place."""
        county, township = self.place.county, self.place.township
        if self.county_wide:
            return [county]
        return [county, township, village, county + township, township + village]

    def _printed(self, village: str) -> str:
        """The place as its first mention prints it: a third of the texts name the county only."""
        rng, place = self.rng, self.place
        head = rng.choice(["", place.prefecture, place.province + place.prefecture])
        if not place.unique or (not place.prefecture and rng.random() < 0.5):
            head = place.province + place.prefecture
        return head + place.county + ("" if self.county_wide else place.township + village)

    def say(self, template: str) -> str:
        """The template expanded and closed with a full stop."""
        text = self.line(template)
        return text if text[-1] in "。！？”：；" else text + "。"

    def line(self, template: str) -> str:
        """The template expanded."""
        return grammar().expand(template, self.values, self.year, self.rng)

    def some(self, stock: tuple[str, ...], low: int, high: int) -> list[str]:
        """`low` to `high` sentences of a stock, each template at most once."""
        return [self.say(t) for t in self.rng.sample(stock, min(len(stock), self.rng.randint(low, high)))]

    def rule(self, name: str, low: int = 1, high: int = 1) -> list[str]:
        """Sentences out of a rule of the grammar; none describes one village of a whole county."""
        if name == "general" and self.county_wide:
            return []
        return self.some(grammar().expansions(name, self.year), low, high)

    def about(self, theme: Theme, *, need: bool = True, story: bool = False) -> str:
        """One paragraph on a theme."""
        told = self.some(theme.needs, 0 if not need else 1, 1)
        told += self.some(theme.measures, 2, 4)
        told += self.some(theme.results, 1, 2)
        if story:
            told += self.some(theme.stories, 1, 1)
        return "".join(told)

    def sections(self, count: int) -> list[str]:
        """Numbered sections in one of the usual shapes, run-in or with headings of their own."""
        shape = self.rng.choice(["own", "run-in", "brackets", "firstly"])
        if self.rng.random() < LONG_SHARE:
            count = 8
        out: list[str] = []
        for n, theme in enumerate(self.themes[:count]):
            heading = self.line(self.rng.choice(theme.headings))
            text = self.about(theme, story=self.rng.random() < 0.4)
            if shape == "own":
                out += [f"{NUMERALS[n]}、{heading}", text]
            elif shape == "run-in":
                out.append(f"{NUMERALS[n]}、{heading}。{text}")
            elif shape == "brackets":
                out.append(f"（{NUMERALS[n]}）{heading}。{text}")
            else:
                out.append(f"{NUMERALS[n]}是{heading}。{text}")
            if self.rng.random() < 0.35:
                out.append("".join(self.rule("duty", 1, 2)))
        return out

    def table(self) -> list[str]:
        """A list of villages and sums as short lines."""
        rng = self.rng
        what = rng.choice(["通组路", "蓄水池", "大棚", "路灯", "公厕", "产业奖补"])
        return [
            f"{n}.{village_name(rng)}：{what}{rng.randint(1, 60)}处，资金{rng.randint(3, 90)}万元"
            for n in range(1, rng.randint(4, 9))
        ]

    def date(self, months: tuple[int, int], year: int) -> None:
        """Fix the day on which the report came out."""
        month = self.rng.randint(*months)
        day = self.rng.randint(1, calendar.monthrange(year, month)[1])
        self.published = (year, month, day)
        # What the text tells happened before it came out.
        self.values["month"] = str(self.rng.randint(1, month if year == self.year else 12))

    def signature(self, organisation: str) -> list[str]:
        """The closing lines of an official paper: office and day."""
        year, month, day = self.published
        printed = self.rng.choice([f"{year}年{month}月{day}日", chinese_date(year, month, day)])
        return [organisation, printed]

    def regions(self, text: str) -> tuple[Region, ...]:
        """The primary region and the places that play another part."""
        path = (*self.place.path, self.village)
        if self.county_wide:
            path = self.place.path[:-1]
        found = [Region(path)]
        if self.helper[1] in text:
            found.append(Region(self.helper, "helper"))
        found += [
            Region(p, "mentioned")
            for name, p in MENTIONED.items()
            if name in text and p != path[: len(p)] and p != self.helper[: len(p)]
        ]
        return tuple(found)

    def finish(
        self,
        title: str,
        paragraphs: list[str],
        *,
        source: str | None,
        author: str | None = None,
        subtitle: str | None = None,
        period: tuple[int, ...] = (),
    ) -> Report:
        """The report with its gold."""
        text = "\n".join((title, subtitle or "", *paragraphs))
        return Report(
            title=title,
            subtitle=subtitle,
            paragraphs=tuple(p for p in paragraphs if p),
            published="{:04d}-{:02d}-{:02d}".format(*self.published),
            period=period or (self.year,),
            source=source,
            author=author,
            regions=self.regions(text),
            kind=self.kind,
            theme=self.themes[0].name,
        )

    def title(self, name: str) -> str:
        """A title of the kind `name`."""
        self.values["theme_head"] = self.line(self.rng.choice(self.themes[0].headings))
        village = self.values["village"]
        if self.county_wide:
            self.values["village"] = self.place.county
        made = self.line(self.rng.choice(grammar().expansions(name, self.year)))
        self.values["village"] = village
        return made

    def office(self) -> str:
        """The office that puts its name to the report, as it would print it."""
        place = self.place
        names = [self.line("{office}"), self.line("{unit_full}"), f"{place.county}人民政府办公室"]
        if not self.county_wide:
            names += [f"{place.county}{place.township}人民政府", f"{place.township}人民政府"] * 2
        return self.rng.choice(names)

    def medium(self) -> str:
        """A newspaper or portal that would print the report."""
        options = list(PAPERS)
        if self.year >= 2019:
            options += [f"{self.place.county}融媒体中心"] * 5
        return self.rng.choice(options)


def write_summary(w: Writer) -> Report:
    """工作总结: dated in December or in January of the next year."""
    w.date((12, 12), w.year) if w.rng.random() < 0.5 else w.date((1, 1), w.year + 1)
    title = w.title("title_summary")
    source = w.office()
    out = [
        w.say(
            "{year}年，{unit}{帮扶|结对帮扶|联系}{place}，{opening}，{扎实推进|着力抓好}{campaign}各项工作，"
            "{取得了一定成效|较好地完成了年度任务}。现将{year}年工作{开展情况|}{总结如下|报告如下}："
        )
    ]
    if w.rng.random() < 0.6:
        out.append("".join(w.rule("general") + w.rule("history", 0, 1)))
    out += w.sections(w.rng.randint(2, 4))
    out.append("存在的问题：" + "".join(w.rule("problem", 1, 3)))
    out.append("下一步打算：" + "".join(w.rule("plan", 2, 3)))
    if w.rng.random() < 0.5:
        out += w.signature(source)
    return w.finish(title, out, source=source)


def write_report(w: Writer) -> Report:
    """情况汇报: one in ten covers two years, said so in its first sentence."""
    w.date((3, 11), w.year)
    title, source, two = w.title("title_report"), w.office(), w.rng.random() < 0.1
    span = f"{w.year - 1}年1月至{w.year}年{w.published[1]}月" if two else "{year}年以来"
    out = ["各位领导："] if w.rng.random() < 0.3 else []
    out.append(
        w.say(
            span
            + "，{place}{opening}，{坚持|立足}实际抓{campaign}，{现将有关情况汇报如下|主要做了以下工作}："
        )
    )
    out.append("".join(w.rule("general")))
    out += w.sections(w.rng.randint(2, 4))
    out += ["".join(w.rule("reflect", 1, 3)), "".join(w.rule("plan", 1, 2))]
    if w.rng.random() < 0.5:
        out += w.signature(source)
    return w.finish(title, out, source=source, period=(w.year - 1, w.year) if two else ())


def write_news(w: Writer) -> Report:
    """新闻: scenes and quotations; half of them say 今年 and need the page's date."""
    w.date((3, 12), w.year)
    title, author = w.title("title_news"), person_name(w.rng)
    byline = w.rng.choice(["本报讯（记者 {}）", "（通讯员 {}）", "{0:.0}", "{0:.0}", "{0:.0}"]).format(
        author
    )
    when = w.rng.choice(["今年以来，", f"{w.published[1]}月{w.published[2]}日，", "{year}年以来，"])
    out = [
        byline
        + w.say(
            when
            + "{记者来到|走进}{place}，{"
            + "|".join(["只见一派忙碌景象", "听群众讲{campaign}的故事", "所见所闻令人振奋"])
            + "}"
        )
    ]
    out.append("".join(w.rule("scene") + w.rule("quote_villager")))
    for theme in w.themes[: w.rng.randint(1, 3)]:
        out.append(w.about(theme))
        out.append("".join(w.rule(w.rng.choice(["quote_leader", "quote_villager"]))))
        if w.rng.random() < 0.6:
            out.append("".join(w.some(theme.stories, 1, 1)))
    out.append("".join(w.rule("plan", 0, 1) + w.rule("quote_leader")))
    sub = w.line("——{placeshort}{theme_short}{见闻|侧记|采访札记}") if w.rng.random() < 0.2 else None
    if "——" in title:
        sub = None
    return w.finish(title, out, source=w.medium(), author=author, subtitle=sub)


def write_brief(w: Writer) -> Report:
    """工作简报: short, numbered in one paragraph or several."""
    w.date((2, 12), w.year)
    title, source = w.title("title_brief"), w.office()
    lead = w.say(
        "{近日|{year}年以来|{year}年{month}月}，{place}{opening}，{紧盯|聚焦}{theme_short}，{推动|促进}{campaign}{落地见效|走深走实}"
    )
    parts = w.sections(w.rng.randint(2, 3))
    out = [lead, *parts]
    if w.rng.random() < 0.3:
        out.append("".join(w.rule("duty", 2, 3)))
    return w.finish(title, out, source=source, author=person_name(w.rng))


def write_case(w: Writer) -> Report:
    """典型案例: background, steps, outcome, lessons."""
    w.date((5, 12), w.year)
    title, theme = w.title("title_case"), w.themes[0]
    heads = w.rng.choice(
        [
            ("一、背景", "二、做法", "三、成效", "四、启示"),
            ("【基本情况】", "【主要做法】", "【取得成效】", "【经验启示】"),
            ("一、基本情况", "二、具体措施", "三、工作成效", "四、几点体会"),
        ]
    )
    out = [
        heads[0],
        w.say("{place}{是|属于}{山区村|民族村|省定贫困村|深山村|库区村}。")
        + "".join(w.rule("general") + w.some(theme.needs, 1, 2)),
    ]
    if w.county_wide:
        out[1] = w.line("{place}地处{山区|丘陵区}。") + "".join(w.some(theme.needs, 1, 2))
    out += [
        heads[1],
        w.line("{year}年{month}月，") + "".join(w.some(theme.measures, 3, 5)),
        "".join(w.some(theme.stories, 1, 1) + w.rule("duty", 1, 2)),
    ]
    out += [heads[2], "".join(w.some(theme.results, 2, 3)) + w.about(w.themes[1], need=False)]
    out += [heads[3], "".join(w.rule("reflect", 2, 4))]
    return w.finish(title, out, source=w.office())


def write_plan(w: Writer) -> Report:
    """实施方案: aims, tasks with a list of villages and sums, guarantees, signature."""
    w.date((2, 5), w.year)
    title, source = w.title("title_plan"), w.office()
    out = [
        w.say(
            "为{opening}，{做好|推进}{place}{year}年{theme_short}工作，{结合实际|经研究}，{制定|特制定}本方案。"
        ),
        "一、目标任务",
        w.say("{year}年，")[:-1] + "".join(w.rule("plan", 2, 3)),
        "二、重点工作",
    ]
    for n, theme in enumerate(w.themes[: w.rng.randint(2, 4)]):
        text = "".join(w.some(theme.measures, 2, 3))
        out.append(f"（{NUMERALS[n]}）{w.line(w.rng.choice(theme.headings))}。{text}")
    if w.rng.random() < 0.4:
        out += ["项目和资金安排如下：", *w.table()]
    out += ["三、保障措施", *(f"{n}.{t}" for n, t in enumerate(w.rule("duty", 2, 4), 1))]
    return w.finish(title, out + w.signature(source), source=source)


def write_notice(w: Writer) -> Report:
    """通知: document number, addressees, numbered duties, signature."""
    w.date((1, 11), w.year)
    title, source = w.title("title_notice"), w.office()
    number = w.rng.choice(("镇政发", "县扶办发", "政办发", "帮办字"))
    out = [f"{number}〔{w.year}〕{w.rng.randint(1, 160)}号"] if w.rng.random() < 0.6 else []
    out.append(w.line("{各乡镇人民政府，县直有关单位|各村（社区）、各帮扶单位|各行政村、各驻村工作队}："))
    out.append(
        w.say("为{opening}，{切实|进一步}做好{place}{theme_short}工作，现将{year}年有关事项通知如下：")
    )
    points = w.rule("duty", 2, 3) + [w.about(t, need=False) for t in w.themes[:2]]
    w.rng.shuffle(points)
    style = w.rng.choice(["{}、", "（{}）"])
    out += [style.format(NUMERALS[n]) + p for n, p in enumerate(points)]
    if w.rng.random() < 0.3:
        out += ["附：各村任务安排", *w.table()]
    return w.finish(title, out + w.signature(source), source=source)


def write_speech(w: Writer) -> Report:
    """讲话: 同志们, three points, an appeal."""
    w.date((1, 12), w.year)
    title = w.title("title_speech")
    if w.rng.random() < 0.4:
        title = w.line("在{placeshort}{theme_short}{座谈会|推进会|调度会}上的讲话")
    out = [
        "同志们：",
        w.say(
            "{今天|这次会议}{我们|}在{place}{召开|开}{year}年{campaign}{推进会|现场会}，{主要是|目的是}"
            "{总结前段工作、安排下步任务|学经验、找差距、鼓干劲}。{下面，我讲几点意见|刚才大家看了现场，我都赞成}"
        ),
    ]
    heads = w.rng.choice(
        [
            ("一、肯定成绩，坚定信心", "二、正视问题，找准差距", "三、强化措施，狠抓落实"),
            ("第一，认识要再提高", "第二，办法要再具体", "第三，作风要再过硬"),
        ]
    )
    bodies = [
        w.about(w.themes[0], story=True) + w.about(w.themes[1], need=False),
        "".join(w.rule("problem", 2, 4) + w.rule("reflect", 1, 2)),
        "".join(w.rule("duty", 2, 3) + w.rule("plan", 1, 2) + w.some(w.themes[2].measures, 1, 2)),
    ]
    for head, body in zip(heads, bodies, strict=True):
        out += [head, body] if w.rng.random() < 0.6 else [f"{head}。{body}"]
    out.append(
        w.say(
            "同志们，{让我们|}{拧成一股绳|咬定目标}，{为群众办成几件看得见的事|不负乡亲们的期盼}，{把{campaign}抓出成效|交上一份合格答卷}"
        )
    )
    return w.finish(title, out, source=w.office())


def write_diary(w: Writer) -> Report:
    """驻村日记: one to three dated entries of the same year."""
    w.date((1, 12), w.year)
    month, day = w.published[1:]
    w.values["month"], w.values["day"] = str(month), str(day)
    title = w.title("title_diary")
    weather = w.rng.choice(["晴", "阴", "小雨", "多云", "大雾", "雪"])
    out = [
        f"{w.year}年{month}月{day}日 {weather}" if w.rng.random() < 0.7 else f"{w.year}年{month}月{day}日"
    ]
    out.append(
        w.say(
            "{今天是|算起来|一转眼，}{到|在}{place}驻村{的第{20-420}天|已经{2-20}个月}，"
            "{夜里听着雨声睡不着|天不亮就醒了|炉子灭了两回|早上被鸡叫醒}，"
            "{把这几天的事记下来|翻开本子写几句}"
        )
    )
    for theme in w.themes[: w.rng.randint(2, 3)]:
        out.append(
            "".join(w.some(theme.needs, 0, 1) + w.some(theme.stories, 1, 1) + w.some(theme.measures, 1, 2))
        )
    out += ["".join(w.rule("quote_villager")), "".join(w.rule("reflect", 1, 2))]
    return w.finish(title, out, source=w.medium(), author=person_name(w.rng))


def write_exchange(w: Writer) -> Report:
    """经验交流: what we did and what we learnt."""
    w.date((4, 12), w.year)
    out = [
        w.say(
            "{place}{近年来|{year}年以来}{opening}，{探索出一些做法|走出了一条路子}。{下面，把{year}年的做法向大家汇报|现将{year}年的体会交流如下}："
        )
    ]
    title = w.title("title_exchange")
    out += w.sections(3)
    out += ["几点体会：" + "".join(w.rule("reflect", 2, 3)), "".join(w.rule("plan", 1, 1))]
    return w.finish(title, out, source=w.office())


KINDS: dict[str, Callable[[Writer], Report]] = {
    "总结": write_summary,
    "汇报": write_report,
    "新闻": write_news,
    "简报": write_brief,
    "典型案例": write_case,
    "方案": write_plan,
    "通知": write_notice,
    "讲话": write_speech,
    "日记": write_diary,
    "经验交流": write_exchange,
}


def make_report(rng: Random) -> Report:
    """A new clean report in simplified script, with everything that is true of it."""
    writer = Writer(rng)
    writer.kind = rng.choice(list(KINDS))
    return KINDS[writer.kind](writer)
