"""One report in the making: a real township, a theme, and the values that stay the same in it."""

from __future__ import annotations

import calendar
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
