"""The years that a report is about: not history, statutes, targets or upload dates."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable

from indexer.metadata.dates import EARLIEST, is_document_host, year_number
from indexer.metadata.evident import Evident, Fold
from indexer.model import Evidence, Found

LONGEST_RANGE = 6
HEAD_LENGTH = 400

_Y = r"((?:19|20)\d\d|二[〇零○o0][〇零○o0一二三四五六七八九]{2})"
_RANGE = re.compile(rf"(?<!\d){_Y} ?年?(?:\d{{1,2}}月)? ?(?:-|—|–|－|~|～|至|到|―|─)+ ?{_Y} ?年(?!前|底前)")
_YEARS = re.compile(rf"(?<![\d〔\[(（.]){_Y} ?年(?!前|底前|以前|之前|代|版|人均收入目标)(度|"
    rf"上半年|下半年|以来|[一二三四]季度)?")
_PLANS = {"十一五": (2006, 2010), "十二五": (2011, 2015), "十三五": (2016, 2020), "十四五": (2021, 2025)}
_PLAN = re.compile(r"[“\"]?(十[一二三四]五)[”\"]?(?:时期|期间|以来)")
_RELATIVE = (
    (re.compile(r"去年(?:以来|至今|到今年|下半年以来)"), (-1, 0)),
    (re.compile(r"近?一年(?:多)?来"), (-1, 0)),
    (re.compile(r"今年|本年度|本年|年初以来"), (0,)),
)
_HISTORY = re.compile(r"(?:自|从|于|早在|截至|到|比|较|与|同|对比|力争|确保|至|预计|计划|将于|"
    r"成立于|建于|始建|同比)[^，。；,;]{0,3}$")
_AIM = re.compile(r"^(?:底|末|年底)?[^，。；,;]{0,6}(?:实现|达到|完成|全面建成|同期|相比|以前|"
    r"之前|批准|命名|出生|入党|毕业|参军)")
_QUOTED = re.compile(r"《[^《》\n]{0,80}》|〔\d{4}〕|\[\d{4}\]")
_SUMMARY = re.compile(r"总结|年度|全年|述职|概述|综述")
_PROSE = re.compile(r"[。；;,，]|^[(（]|^.{0,12}日?$")  # no heading: a sentence, a date line
_MONTH_DAY = re.compile(r"(?<![\d年])(?:1[0-2]|[1-9])月(?:[1-3]?\d日|份|[上中下]旬)")


def find_period(
    evident: Evident, fold: Fold, title: str | None, published: Found[str] | None
) -> tuple[Found[int], ...]:
    """The years in ascending order, each with its evidence; () when they cannot be known."""
    this_year = int(published.value[:4]) if published else None
    last = this_year if this_year is not None else evident.today // 10000
    text = _QUOTED.sub(lambda hit: "《" * len(hit[0]), evident.folded)
    shared = is_document_host(evident.url)
    lines = [line for line in text.split("\n")[:3] if len(line) <= 50 and not _PROSE.search(line)]
    heading = "\n".join([_QUOTED.sub("", fold(title or "")), *lines])
    summary = bool(_SUMMARY.search(heading))
    steps: tuple[Callable[[], dict[int, Evidence]], ...] = (
        lambda: {} if shared else _stated(heading, last, "title"),
        lambda: _opening(text, last),
        lambda: _relative(text, published, summary),
        lambda: _dominant(text, last, published),
        lambda: _now(text, this_year),
        lambda: _undated_events(text, published),
    )
    for step in steps:
        years = {year: found for year, found in step().items() if EARLIEST <= year <= last}
        if years:
            return tuple(Found(year, years[year]) for year in sorted(years))
    return ()


def _stated(words: str, last: int, rule: str) -> dict[int, Evidence]:
    """Years, ranges and five-year plans that a heading names."""
    years: dict[int, Evidence] = {}
    for hit in _RANGE.finditer(words):
        years.update(_span(hit, rule))
    if not years:
        for hit in _YEARS.finditer(words):
            year = year_number(hit[1])
            until = last if hit[2] == "以来" and last - year <= LONGEST_RANGE else year
            years.update(dict.fromkeys(range(year, until + 1), Evidence(rule, hit[0])))
    for hit in _PLAN.finditer(words):
        first, until = _PLANS[hit[1]]
        years.update(dict.fromkeys(range(first, min(until, last) + 1), Evidence(rule, hit[0])))
    return years


def _span(hit: re.Match[str], rule: str) -> dict[int, Evidence]:
    first, until = year_number(hit[1]), year_number(hit[2])
    if not 0 <= until - first < LONGEST_RANGE:
        return {}
    return dict.fromkeys(range(first, until + 1), Evidence(rule, hit[0]))


def _opening(text: str, last: int) -> dict[int, Evidence]:
    """A span of time that the first sentences give: 2014年1月至2015年6月, 2016年以来."""
    head = text[:HEAD_LENGTH]
    for hit in _RANGE.finditer(head):
        if year_number(hit[2]) <= last:
            return _span(hit, "opening")
    return {}


def _relative(
    text: str, published: Found[str] | None, summary: bool
) -> dict[int, Evidence]:
    """今年, 去年以来, 一年来 seen from the publication date (or the year that the text dates itself)."""
    year = int(published.value[:4]) if published else _own_year(text)
    if year is None:
        return {}
    month = _month(published)
    counts = _counts(text)
    told = counts[year - 1] > counts[year] or (summary and counts[year - 1] > 0)
    if 0 < month <= 2 and told:  # the summary of a year, out in January
        return {year - 1: Evidence("most named in the text", f"{year - 1}年")}
    for pattern, offsets in _RELATIVE:
        hit = pattern.search(text)
        if hit is not None:
            evidence = Evidence("relative to the date", hit[0])
            whole_year = month >= 10 and "一年" in hit[0]  # 一年来 in December is that year
            return {year + offset: evidence for offset in ((0,) if whole_year else offsets)}
    return {}


def _month(published: Found[str] | None) -> int:
    """The month of publication, 0 where it is not known."""
    return int(published.value[5:7]) if published and len(published.value) >= 7 else 0


def _now(text: str, this_year: int | None) -> dict[int, Evidence]:
    """截至目前 in a dated text."""
    hit = re.search(r"截至目前|目前", text)
    if hit is None or this_year is None:
        return {}
    return {this_year: Evidence("relative to the date", hit[0])}


def _counts(text: str) -> Counter[int]:
    """How often the text dates something to a year, aims and comparisons left out."""
    counts: Counter[int] = Counter()
    for hit in _YEARS.finditer(text):
        left, right = text[max(0, hit.start() - 6) : hit.start()], text[hit.end() : hit.end() + 10]
        if not _HISTORY.search(left) and not _AIM.match(right):
            counts[year_number(hit[1])] += 2 if hit[2] or re.match(r" ?\d{1,2} ?月", right) else 1
    return counts


def _own_year(text: str) -> int | None:
    """The latest year that an undated text dates its own events to (2013年上半年), if most are."""
    counts = _counts(text)
    latest = max(counts, default=None)
    if latest is None or counts[latest] < 2 or counts[latest] < 0.6 * counts.total():
        return None
    return latest


def _dominant(text: str, last: int, published: Found[str] | None) -> dict[int, Evidence]:
    """The year named most: the publication's or (in its first months) the one before."""
    counts = Counter({year: count for year, count in _counts(text).items() if year <= last})
    if published is None:
        own = _own_year(text)
        return {own: Evidence("most named in the text", f"{own}年")} if own else {}
    year, month = int(published.value[:4]), _month(published)
    if counts[year] == 0 and (counts[year - 1] < 2 or month > 3):
        return {}
    best = year - 1 if counts[year - 1] > counts[year] and month <= 3 else year
    return {best: Evidence("most named in the text", f"{best}年")}


def _undated_events(text: str, published: Found[str] | None) -> dict[int, Evidence]:
    """Events dated by month and day only are of the year in which the text was written."""
    hit = _MONTH_DAY.search(text)
    if published is None or hit is None:
        return {}
    return {int(published.value[:4]): Evidence("events of the year of publication", hit[0])}
