"""When a report was published and which years it is about: two different things."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from urllib.parse import urlsplit

from indexer.metadata.evident import Evident, Fold
from indexer.model import Evidence, Found

EARLIEST = 1978
HEAD_LINES = 6
TAIL_LINES = 4

_DIGITS = {"〇": 0, "零": 0, "○": 0, "o": 0, "0": 0, "一": 1, "二": 2, "三": 3, "四": 4, "五": 5,
           "六": 6, "七": 7, "八": 8, "九": 9, "元": 1, "正": 1}
# 2012, 二〇一二, 二零二〇, damaged 二o一二 and (before 年 and a month only) 二一二.
_YEAR = (r"(?:(?:19|20)\d\d|[一二][〇零○o0一二三四五六七八九]{3}|"
         r"二[一二][〇零○o0一二三四五六七八九](?= ?年 ?[一二三四五六七八九十]))")
_MONTH = r"(?:1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九元正])"
_DAY = r"(?:[0-3]?\d|[二三]?十[一二三四五六七八九]?|[廿卅][一二三四五六七八九]?|初?[一二三四五六七八九])"
_WRITTEN = re.compile(rf"(?<![\d〔\[])({_YEAR}) ?年(?: ?({_MONTH}) ?月(?:份)?(?: ?({_DAY}) ?[日号])?)?")
_DASHED = re.compile(r"(?<!\d)((?:19|20)\d\d)([-/.])(1[0-2]|0?[1-9])(?:\2(3[01]|[12]\d|0?[1-9]))?(?!\d)")
# 12年12月3日, '13年6月: two digits with a month behind them; 一二年三月二十六日.
_SHORT = re.compile(
    rf"(?<![\d.年第])['’‘]?(\d\d) ?年 ?(1[0-2]|0?[1-9]) ?月(?:份)?(?: ?({_DAY}) ?[日号])?")
_SHORT_WRITTEN = re.compile(
    rf"(?<![〇零○一二三四五六七八九十百])([〇零○一二][〇零○一二三四五六七八九]) ?年 ?({_MONTH}) ?月"
    rf"(?: ?({_DAY}) ?[日号])")
_COMPACT = re.compile(r"(?<!\d)((?:19|20)\d\d)(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?=\d{6}(?!\d)|(?!\d))")

_WEATHER = re.compile(r"晴|雨|雪|多云|阴|雾|风|霜|星期|周[一二三四五六日]")
# The line above an entry of a diary: 2015年9月6日 晴.
_ENTRY = re.compile(r"[(（]?(?:19|20)\d\d ?年 ?\d{1,2} ?月 ?\d{1,2} ?日[)）]?(?:[\s,，]*(?:星期|周).)?"
                    r"[\s,，]*[\u4e00-\u9fff]{0,6}$")

# Names of labels, strongest first; the folded name must contain the word.
PUBLISHED_LABELS = ("发布时间", "发布日期", "发表时间", "发表日期", "发布于", "公开日期", "公开时间", "刊发",
                    "发文日期", "发文时间", "印发日期", "成文日期", "生成日期", "写于", "时间", "日期")
PUBLISHED_META = ("pubdate", "publishdate", "published_time", "publishtime", "datepublished", "dc.date",
                  "release_date", "og:release", "createdate", "date")
# Not the publication: 更新时间, 上传时间, lastmodified, the time of scraping, the header's clock.
NOT_PUBLISHED = ("更新", "上传", "修改", "modif", "update", "抓取", "采集", "下载", "浏览", "有效", "截止",
                 "失效", "转载", "现在", "当前", "废止", "施行", "expire", "活动")
# Hosts where anybody uploads files: their dates are upload dates.
DOCUMENT_HOSTS = ("taowenge", "wenku", "docin", "doc88", "book118", "renrendoc", "jinchutou", "wenkub",
                  "mbalib", "douding", "xuewen", "1mishu", "diyifanwen", "51wendang", "fanwen", "wendang",
                  "unjs", "oh100", "zhuangpeitu", "360docs", "wenmi", "gongwen")

_URL_DATES = (
    re.compile(r"[/_](?:t|content_|c)?((?:19|20)\d\d)(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?=[_/.t]|$)"),
    re.compile(r"/((?:19|20)\d\d)[-/_]?(0[1-9]|1[0-2]|[1-9])[-/_]?(0[1-9]|[12]\d|3[01]|[1-9])(?=[/_.])"),
    re.compile(r"/((?:19|20)\d\d)[-/_]?(0[1-9]|1[0-2])(?=[/_])"),
)


@dataclass(frozen=True, slots=True)
class Day:
    """A date of known precision; month and day are 0 where not printed."""

    year: int
    month: int
    day: int
    words: str

    @property
    def iso(self) -> str:
        """YYYY-MM-DD, YYYY-MM or YYYY."""
        parts = [f"{self.year:04d}"] + [f"{part:02d}" for part in (self.month, self.day) if part]
        return "-".join(parts)

    @property
    def number(self) -> int:
        """The first day it may be, as YYYYMMDD."""
        return self.year * 10000 + max(self.month, 1) * 100 + max(self.day, 1)


def number(words: str) -> int:
    """The value of a month or day in digits or Chinese numerals (廿三 → 23)."""
    if words.isdigit():
        return int(words)
    words = words.replace("廿", "二十").replace("卅", "三十").lstrip("初")
    tens, ten, ones = words.rpartition("十")
    if ten:
        return (_DIGITS[tens] if tens else 1) * 10 + (_DIGITS[ones] if ones else 0)
    return _DIGITS[words]


def year_number(words: str) -> int:
    """The value of a year in digits or Chinese numerals; 二一二 has lost its 〇."""
    if words.isdigit() and words.isascii():
        return int(words)
    digits = [_DIGITS[character] for character in words]
    if len(digits) == 3:
        digits.insert(1, 0)
    return int("".join(map(str, digits)))


def short_year(digits: int) -> int:
    """The year meant by two digits: 12 → 2012, 98 → 1998."""
    return (1900 if digits >= EARLIEST % 100 else 2000) + digits


def dates_in(folded: str) -> list[Day]:
    """Every date in folded text that the calendar allows, in order of its place."""
    found: list[tuple[int, Day]] = []
    written, printed = "年" in folded, "19" in folded or "20" in folded
    for hit in _WRITTEN.finditer(folded) if written else ():
        year, month = year_number(hit[1]), number(hit[2]) if hit[2] else 0
        found.append((hit.start(), Day(year, month, number(hit[3]) if hit[3] else 0, hit[0])))
    for pattern in (_SHORT, _SHORT_WRITTEN):
        for hit in pattern.finditer(folded) if written else ():
            digits = int("".join(str(_DIGITS.get(mark, mark)) for mark in hit[1]))
            date = (short_year(digits), number(hit[2]), number(hit[3]) if hit[3] else 0)
            found.append((hit.start(), Day(*date, hit[0])))
    for pattern, groups in ((_DASHED, (1, 3, 4)), (_COMPACT, (1, 2, 3))):
        for hit in pattern.finditer(folded) if printed else ():
            year, month, day = (int(hit[group] or 0) for group in groups)
            found.append((hit.start(), Day(year, month, day, hit[0])))
    return [day for _, day in sorted(found, key=lambda item: item[0]) if _exists(day)]


def _exists(day: Day) -> bool:
    if day.month > 12 or not 1900 <= day.year <= 2100:
        return False
    return not day.day or day.day <= monthrange(day.year, day.month)[1]


def find_published(evident: Evident, fold: Fold) -> tuple[Found[str] | None, tuple[str, ...]]:
    """The publication date as printed precision, and warnings for dates that nobody can believe."""
    warnings: list[str] = []
    shared = is_document_host(evident.url)
    for rule, day in _published_candidates(evident, fold, shared):
        if day.year >= EARLIEST and day.number <= evident.today:
            return Found(day.iso, Evidence(rule, day.words)), tuple(warnings)
        if rule != "url":
            warnings.append(f"date not believed ({rule}): {day.words}")
    return None, tuple(dict.fromkeys(warnings))


def _published_candidates(
    evident: Evident, fold: Fold, shared: bool
) -> list[tuple[str, Day]]:
    """Possible publication dates, strongest evidence first."""
    candidates: list[tuple[str, Day]] = []
    use_labels = evident.labels_apply and not shared
    if use_labels:
        candidates += _labelled(evident, fold, "label", PUBLISHED_LABELS)
    lines = [line.strip() for line in evident.folded.split("\n") if line.strip()]
    candidates += [("dateline", day) for day in _date_lines(lines)]
    if use_labels:
        candidates += _labelled(evident, fold, "meta", PUBLISHED_META)
    candidates += [("signature", day) for day in _signatures(lines)]
    if use_labels and evident.url:
        candidates += [("url", day) for day in dates_in_url(evident.url)]
    return candidates


def _labelled(
    evident: Evident, fold: Fold, rule: str, names: tuple[str, ...]
) -> list[tuple[str, Day]]:
    found = []
    labels = [(fold(label.name).replace(" ", ""), label) for label in evident.labels]
    for rank, wanted in enumerate(names):
        for name, label in labels:
            hit = wanted in name if rule == "label" else wanted in re.sub(r"[^a-z.:_]", "", name)
            if hit and not any(word in name for word in NOT_PUBLISHED):
                found += [(rank, day) for day in dates_in(fold(label.value))[:1]]
    return [(rule, day) for _, day in found]


def _date_lines(lines: list[str]) -> list[Day]:
    """Dates that make up a line near the top: （2012年3月6日）, or a news agency's 讯/电.

    A diary of several entries dates its entries, not its publication.
    """
    several = sum(bool(_ENTRY.match(line)) for line in lines) > 1
    found: list[Day] = []
    for line in lines[:HEAD_LINES]:
        days = dates_in(line[:60])
        if not days or days[0].month == 0:
            continue
        day = days[0]
        rest = line.replace(day.words, "", 1).strip("()（）[]【】—- :：")
        if _WEATHER.search(rest) and len(rest) <= 12:
            if not several:  # the day on which a diary's only entry was written
                found.append(day)
            continue
        wire = re.match(r"^[^。，,]{0,12}(?:讯|电)", rest) is not None and line.find(day.words) < 16
        if (len(rest) <= 8 and not re.search(r"[以至到起前后]", rest)) or wire:
            found.append(day)
    return found


def _signatures(lines: list[str]) -> list[Day]:
    """The date that ends the text, with or without the organisation before it."""
    for line in reversed(lines[-TAIL_LINES:]):
        days = dates_in(line[-40:])
        if days and days[-1].month:
            tail = line[line.rfind(days[-1].words) + len(days[-1].words):].strip("()（）[]】 。")
            head = line[: line.rfind(days[-1].words)]
            if not tail and len(head) <= 40 and not re.search(r"[。；;，,]", head.strip("（(")):
                return [days[-1]]
    return []


def dates_in_url(url: str) -> list[Day]:
    """Dates in the path of a URL: /2020-11/10/, /202011/t20201110_123.html, /art/2020/11/10/."""
    path = urlsplit(url).path
    found = []
    for pattern in _URL_DATES:
        for hit in pattern.finditer(path):
            parts = [int(part) for part in hit.groups()]
            day = Day(parts[0], parts[1], parts[2] if len(parts) == 3 else 0, hit[0])
            if _exists(day):
                found.append(day)
    return found


def is_document_host(url: str | None) -> bool:
    """Whether the page stands on a site where anybody uploads documents (upload dates mean nothing)."""
    host = urlsplit(url).netloc.lower() if url else ""
    return any(word in host for word in DOCUMENT_HOSTS)
