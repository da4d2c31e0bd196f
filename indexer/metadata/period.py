"""The years that a report is about: not history, statutes, targets or upload dates."""

from __future__ import annotations

import functools
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from indexer.metadata.dates import EARLIEST, dates_in, is_document_host, short_year, year_number
from indexer.metadata.evident import Evident, Fold
from indexer.model import Evidence, Found

# Years in a span: a mandate has three to five; longer ones are plans and histories.
LONGEST_RANGE = 6
HEAD_LENGTH = 400
OPENING_LENGTH = 200

# Letters of a year in front of its 年, and which of them, besides digits, may stand last.
LONGEST_YEAR = 5
_BEFORE_YEAR = frozenset("〇零○o一二三四五六七八九 ")

_Y = (r"((?:19|20)\d\d|(?:二[〇零○o0]|一九)[〇零○o0一二三四五六七八九]{2}|"
      r"(?<![\d.])['’‘](?:\d\d)|(?<![\d.年第续近历共达满时了])(?:\d\d)(?=年(?:\d{1,2}月|[上下]半年|度)))")
_DAY_OF = r"(?:\d{1,2} ?月(?:份|底|初|末)?(?:\d{1,2}[日号])?)?"
_DASH = r"(?:起|初|开始)?(?:-|—|–|－|~|～|至|到|―|─)+ ?"
# 2022-2023年, 2021年至2022年, 2012年10月15日至2013年3月1日, '12年12月至'13年6月.
_RANGE = re.compile(rf"(?<!\d){_Y} ?年?(?:度)? ?{_DAY_OF} ?{_DASH}{_Y} ?年(?!前|底前)")
_BARE_RANGE = re.compile(r"(?<![\d.])(20\d\d) ?[-—–~～至]+ ?(20\d\d)(?![\d.])")
# 2011年9月进驻该村,到2012年8月期满; 2022年4月开办超市。到今年4月,整整三年
_FROM_TO = re.compile(
    rf"(?<![\d比到至]){_Y} ?年(?: ?\d{{1,2}} ?月| ?底| ?初)[^。；;\n]{{0,70}}[,，。；]"
    rf"(?:截至|截止|直到|到|至)(?:{_Y} ?年|(今年))(?: ?\d{{1,2}} ?月| ?底| ?初)")
# 2016年7月以来, 2019年以来: from then to the time of writing; but not 对2017年以来并网的电站.
_SINCE = re.compile(rf"(?:^|[\n,，。、:：;；)）“”\"]|[村镇乡县区市州旗])(?:自从?|从)?"
                    rf"{_Y} ?年(?: ?\d{{1,2}} ?月(?:份|底|初)?| ?底| ?初)?"
                    r"(?:驻村|帮扶|挂职|结对|进驻|入驻|到村){0,4}以来(?=[,，、])")
_YEARS = re.compile(rf"(?<![\d〔\[.]){_Y} ?年(?!前|底前|以前|之前|代|版|人均收入目标)(度|"
    rf"上半年|下半年|以来|[一二三四]季度)?")
# 现将2015年的体会交流如下, 召开2012年扶贫开发现场会, 做好2019年…工作
_ABOUT = re.compile(
    r"(?:现将|现就|将|把|召?开|举行|做好|推进|总结|回顾|报告|汇报|关于|抓好)[^。；;\n]{0,40}?"
    rf"(?<!\d){_Y} ?年(?:度)?[^。，,；;\n]{{0,24}}(?:会|工作|情况|体会|做法|事项|经验|任务)")
# 2018年,驻村工作队…: a sentence that begins with its year.
_BEGINS = re.compile(rf"(?:^|\n){_Y} ?年(?:度|初|[上下]半年| ?\d{{1,2}} ?月(?:\d{{1,2}}日)?)?[,，]")
_YEAR_END = re.compile(rf"(?<![\d到至]){_Y} ?年(?:底|末|年底)(?!前)")
_ISSUE = re.compile(rf"{_Y} ?年?第 ?[\d一二三四五六七八九十]{{1,3}} ?期")
_PLANS = {"十五": (2001, 2005), "十一五": (2006, 2010), "十二五": (2011, 2015), "十三五": (2016, 2020),
          "十四五": (2021, 2025), "十五五": (2026, 2030)}
_PLAN = re.compile(r"[“\"]?(?<!二)(十[一二三四五]?五)[”\"]?(?:规划)?(?:时期|期间|以来|实施以来)")
# “十三五”扶贫工作总结, but not the plan itself: “十三五”规划.
_PLAN_TITLE = re.compile(r"[“\"](十[一二三四五]?五)[”\"](?!规划|计划|纲要|末|开局|收官)")
_NUMERALS = {"两": 2, "二": 2, "三": 3, "四": 4, "五": 5, "2": 2, "3": 3, "4": 4, "5": 5}
_YEARS_ON = re.compile(r"(?:近|这|过去|(?<![\d十])|(?<=的))([两二三四五2345])年(?:多)?(?:来|间)(?![往自])")
_YEARS_TITLE = re.compile(r"(?<![\d十第])([两二三四五2345])年(?:来|工作总结|工作回顾|回眸|综述|纪实|"
                          r"运行|实践|工作情况|总结)")
_RELATIVE = (
    (re.compile(r"去年(?:\d{1,2}月(?:份)?)?(?:以来|至今|到今年|下半年以来)"), (-1, 0)),
    (re.compile(r"近?一年(?:多)?来"), (-1, 0)),
    (re.compile(r"今年|本年度|本年|年初以来"), (0,)),
)
_HISTORY = re.compile(r"(?:自|从|于|早在|截至|到|比|较|与|同|对比|力争|确保|至|预计|计划|将于|"
    r"成立于|建于|始建|同比)[^，。；,;]{0,3}$")
_AIM = re.compile(r"^(?:底|末|年底)?[^，。；,;]{0,6}(?:实现|达到|完成|全面建成|同期|相比|以前|"
    r"之前|批准|命名|出生|入党|毕业|参军|[要将]来?)|"
    r"^[,，]?(?:我们)?(?:计划|打算|力争|拟)")
_QUOTED = re.compile(r"《[^《》\n]{0,80}》|〔\d{4}〕|\[\d{4}\]")
_ISSUED = re.compile(
    rf"印发[^《》]{{0,12}}《[^《》]{{0,30}}?(?<![\d—–~～至到-]){_Y} ?年(?:度)?(?![-—–~～至到])")
_SUMMARY = re.compile(r"总结|年度|全年|述职|概述|综述")
_PROSE = re.compile(r"[。；;,，]|^[(（]|^.{0,12}日?$")  # no heading: a sentence, a date line
_MONTH_DAY = re.compile(r"(?<![\d年])(?:1[0-2]|[1-9])月(?:[1-3]?\d日|份|[上中下]旬)")
# Words of somebody who writes while it happens: the year is the publication's.
_NOWADAYS = re.compile(r"截至目前|目前|近日|日前|近期|今天|昨天|连日来|去年|明年|这几天|当前|全年|如今")


@dataclass(frozen=True, slots=True)
class Written:
    """When a report was written, as far as is known: year and month, 0 for unknown."""

    year: int
    month: int

    def __bool__(self) -> bool:
        return self.year > 0


def find_period(
    evident: Evident, fold: Fold, title: str | None, published: Found[str] | None
) -> tuple[Found[int], ...]:
    """The years in ascending order, each with its evidence; () when they cannot be known."""
    text = _QUOTED.sub(lambda hit: "《" * len(hit[0]), evident.folded)
    written = _written(evident, published)
    last = written.year or evident.today // 10000
    shared = is_document_host(evident.url)
    lines = [line for line in text.split("\n")[:3] if len(line) <= 50 and not _PROSE.search(line)]
    heading = "\n".join([_QUOTED.sub("", fold(title or "")), *lines])
    summary = bool(_SUMMARY.search(heading))
    until = written.year or max(_counts(text), default=0)
    steps: tuple[Callable[[], dict[int, Evidence]], ...] = (
        lambda: _wider(text, _stated(heading, last, "title"), last),
        lambda: _trusted(_stated(heading, until or last, "title"), heading, text, shared),
        lambda: _several_years(heading, _YEARS_TITLE, written, "title"),
        lambda: _issued(fold(title or ""), last),
        lambda: _opening(text, last, until),
        lambda: _several_years(text[:OPENING_LENGTH], _YEARS_ON, written, "opening"),
        lambda: _relative(text, written, summary),
        lambda: _dominant(text, last, written, published is not None),
        lambda: _about(text, last),
        lambda: _after_year_end(text, last),
        lambda: _undated_events(text, written),
    )
    for step in steps:
        years = {year: found for year, found in step().items() if EARLIEST <= year <= last}
        if years:
            return tuple(Found(year, years[year]) for year in sorted(years))
    return ()


def _written(evident: Evident, published: Found[str] | None) -> Written:
    """The publication, else the day that the text gives at its end: （2015年10月23日,根据录音整理）."""
    if published:
        value = published.value
        return Written(int(value[:4]), int(value[5:7]) if len(value) >= 7 else 0)
    for line in reversed(evident.folded.rstrip().split("\n")[-2:]):
        days = [day for day in dates_in(line[:60]) if day.day] if line[:1] in "(（" else []
        if days and days[0].year >= EARLIEST and days[0].number <= evident.today:
            return Written(days[0].year, days[0].month)
    return Written(0, 0)


def _trusted(
    years: dict[int, Evidence], heading: str, text: str, shared: bool
) -> dict[int, Evidence]:
    """The heading's years; on a document-sharing site only where the text bears them out.

    2022泉湖乡…汇报.doc: the year of the upload stands in the title, the text is of 2012.
    """
    if not shared or not years or _ISSUE.search(heading):
        return years
    body = _counts("\n".join(line for line in text.split("\n") if line not in heading))
    return years if any(body[year] for year in years) or not body else {}


def _stated(words: str, last: int, rule: str) -> dict[int, Evidence]:
    """Years, ranges and five-year plans that a heading names."""
    years: dict[int, Evidence] = {}
    for pattern in (_RANGE, _BARE_RANGE):
        for hit in pattern.finditer(words):
            years.update(_span(hit, rule))
    if not years:
        for hit in _YEARS.finditer(words):
            year = _year(hit[1])
            until = last if hit[2] == "以来" and 0 <= last - year < LONGEST_RANGE else year
            years.update(dict.fromkeys(range(year, until + 1), Evidence(rule, hit[0])))
    for pattern in (_PLAN, _PLAN_TITLE):
        for hit in pattern.finditer(words) if not years or pattern is _PLAN else ():
            first, until = _PLANS.get(hit[1], (0, -1))
            years.update(dict.fromkeys(range(first, min(until, last) + 1), Evidence(rule, hit[0])))
    return years


def _year(words: str) -> int:
    """2012, 二〇一二, '12 or 12 as a year."""
    digits = words.lstrip("'’‘")
    return short_year(int(digits)) if digits.isdigit() and len(digits) == 2 else year_number(digits)


def _span(hit: re.Match[str], rule: str) -> dict[int, Evidence]:
    first, until = _year(hit[1]), _year(hit[2])
    if not 0 <= until - first < LONGEST_RANGE:
        return {}
    return dict.fromkeys(range(first, until + 1), Evidence(rule, hit[0]))


def _issued(title: str, last: int) -> dict[int, Evidence]:
    """关于印发《某县2019年工作要点》的通知: the year of what is issued; a plan of many years is not."""
    hit = _ISSUED.search(title)
    if hit is None or _year(hit[1]) > last:
        return {}
    return {_year(hit[1]): Evidence("title", hit[0])}


def _opening(text: str, last: int, until: int) -> dict[int, Evidence]:
    """A span of time that the first sentences give: 2014年1月至2015年6月, 2016年7月以来."""
    head = text[:HEAD_LENGTH]
    for hit in _RANGE.finditer(head):
        if _year(hit[2]) <= last and (years := _span(hit, "opening")):
            return years
    for hit in _FROM_TO.finditer(head[:OPENING_LENGTH]):
        first, end = _year(hit[1]), _year(hit[2]) if hit[2] else until
        if 0 <= end - first < LONGEST_RANGE and end <= last:
            return dict.fromkeys(range(first, end + 1), Evidence("opening", hit[0]))
    for hit in _SINCE.finditer(head[:OPENING_LENGTH]):
        first = _year(hit[1])
        if 0 <= until - first < LONGEST_RANGE:
            words = hit[0].strip("\n,，。、:：;；)）“”\"村镇乡县区市州旗")
            return dict.fromkeys(range(first, until + 1), Evidence("opening", words))
    return {}


def _wider(text: str, stated: dict[int, Evidence], last: int) -> dict[int, Evidence]:
    """The span of the first sentence around the title's year: 2022年1月至2023年8月, titled 2023年."""
    for hit in _RANGE.finditer(text[:OPENING_LENGTH]):
        years = _span(hit, "opening")
        if stated and years.keys() >= stated.keys() and max(years) <= last:
            return years
    return {}


def _several_years(
    words: str, pattern: re.Pattern[str], written: Written, rule: str
) -> dict[int, Evidence]:
    """近三年来, 两年来, 三年工作回顾: so many years before the text was written.

    Written from October on, the last of them is that year itself; before, it is not yet full.
    """
    hit = pattern.search(words)
    if hit is None or not written:
        return {}
    count = _NUMERALS[hit[1]]
    end = written.year - (1 if 0 < written.month <= 2 else 0)
    first = end - count + (1 if written.month >= 10 or end < written.year else 0)
    return dict.fromkeys(range(first, end + 1), Evidence(f"{rule}, relative to the date", hit[0]))


def _relative(text: str, written: Written, summary: bool) -> dict[int, Evidence]:
    """今年, 去年以来, 一年来 seen from the publication date (or the year that the text dates itself)."""
    year = written.year or _own_year(text)
    if year is None:
        return {}
    counts = _counts(text)
    told = counts[year - 1] > counts[year] or (summary and counts[year - 1] > 0)
    if 0 < written.month <= 2 and told:  # the summary of a year, out in January
        return {year - 1: Evidence("most named in the text", f"{year - 1}年")}
    for pattern, offsets in _RELATIVE:
        hit = pattern.search(text)
        if hit is not None:
            evidence = Evidence("relative to the date", hit[0])
            whole_year = written.month >= 10 and "一年" in hit[0]  # 一年来 in December is that year
            return {year + offset: evidence for offset in ((0,) if whole_year else offsets)}
    return {}


def _years_in(text: str) -> Iterator[re.Match[str]]:
    """All matches of _YEARS, sought by their 年, which are far fewer than letters."""
    end, at = 0, text.find("年")
    while at >= 0:
        before = text[max(0, at - 1):at]
        likely = before.isdecimal() or before in _BEFORE_YEAR
        starts = range(max(end, at - LONGEST_YEAR), at - 1) if likely else ()
        hit = next(filter(None, (_YEARS.match(text, start) for start in starts)), None)
        if hit is not None:
            yield hit
            end = hit.end()
        at = text.find("年", max(at + 1, end))


@functools.lru_cache(maxsize=2)  # several steps ask the same text
def _counts(text: str) -> Counter[int]:
    """How often the text dates something to a year, aims and comparisons left out.  To be read only."""
    counts: Counter[int] = Counter()
    for hit in _years_in(text):
        left, right = text[max(0, hit.start() - 6) : hit.start()], text[hit.end() : hit.end() + 10]
        if not _HISTORY.search(left) and not _AIM.match(right):
            close = hit[2] or re.match(r" ?\d{1,2} ?月|正月|腊月", right)
            counts[_year(hit[1])] += 2 if close else 1
    return counts


def _own_year(text: str) -> int | None:
    """The latest year that an undated text dates its own events to (2013年上半年), if most are."""
    counts = _counts(text)
    latest = max(counts, default=None)
    if latest is None or counts[latest] < 2 or counts[latest] < 0.6 * counts.total():
        return None
    return latest


def _dominant(text: str, last: int, written: Written, dated: bool) -> dict[int, Evidence]:
    """The year named most: the publication's or (in its first months) the one before."""
    counts = Counter({year: count for year, count in _counts(text).items() if year <= last})
    year, month = written.year, written.month
    if not dated or not year:
        own = _own_year(text)
        return {own: Evidence("most named in the text", f"{own}年")} if own else {}
    if counts[year] == 0 and (counts[year - 1] < 2 or month > 3):
        return {}
    best = year - 1 if counts[year - 1] > counts[year] and month <= 3 else year
    return {best: Evidence("most named in the text", f"{best}年")}


def _about(text: str, last: int) -> dict[int, Evidence]:
    """The year that the first sentences are about; nothing later may be told in the text.

    现将2015年的体会交流如下; 召开2012年扶贫开发现场会; 2018年,驻村工作队…
    """
    hits = [*_ISSUE.finditer(text[:OPENING_LENGTH]), *_ABOUT.finditer(text[:OPENING_LENGTH]),
            *_BEGINS.finditer(text[: OPENING_LENGTH // 2])]
    counts = _counts(text)
    for hit in hits:
        year = _year(hit[1])
        if year <= last and not any(later > year for later in counts if later <= last):
            return {year: Evidence("opening", hit[0].strip())}
    return {}


def _after_year_end(text: str, last: int) -> dict[int, Evidence]:
    """An undated report of days and months: the year after the year-end figures that it starts from.

    2月20日，我镇组织…; 2011年底，全镇农民人均纯收入…; 2012年省政府惠民工程: 2012, where nothing is later.
    """
    if not _MONTH_DAY.search(text):
        return {}
    named = {year for year, count in _counts(text).items() if count and year <= last}
    for hit in _YEAR_END.finditer(text):
        year = _year(hit[1]) + 1
        if year in named and year == max(named):
            return {year: Evidence("after the figures of the year before", hit[0])}
    return {}


def _undated_events(text: str, written: Written) -> dict[int, Evidence]:
    """Events dated by month and day, by 近日 or 目前: of the year in which the text was written."""
    hit = _NOWADAYS.search(text) or _MONTH_DAY.search(text)
    if not written or hit is None:
        return {}
    return {written.year: Evidence("events of the year of publication", hit[0])}
