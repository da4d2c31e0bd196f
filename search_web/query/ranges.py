"""Years, dates and lengths as people type them: 2012..2015, 2012年3月至2013年, 500.."""

from __future__ import annotations

import re
from dataclasses import dataclass

from indexer.text.script import fold

# The year facet holds single years; an open range reaches to these.
FIRST_YEAR, LAST_YEAR = 1900, 2100

# What may stand between the ends of a range; 。。 is what .. becomes under a Chinese keyboard.
_BETWEEN = r"(?:\.{2,3}|。。|…{1,2}|~|～|〜|—{1,2}|–|至|到)"
_RANGE = re.compile(rf"(.*?){_BETWEEN}(.*)")
_YEAR = re.compile(r"([0-9]{4})年?")
_YEAR_TO_YEAR = re.compile(r"([0-9]{4})年?-(?:([0-9]{4})年?)?")
# The other ways to leave an end open: 2012年以来, 2012至今, >=2012, ≤2015.
_SINCE = re.compile(r"(?:>=|≥)(.+)|(.+?)(?:以来|起|[至到]今)")
_UNTIL = re.compile(r"(?:<=|≤)(.+)")
_HYPHENS = dict.fromkeys(map(ord, "‐‑‒−－﹣"), "-")
_NUMERALS = str.maketrans("〇○零一二三四五六七八九", "000123456789")
_YEAR_IN_NUMERALS = re.compile("[〇○零一二三四五六七八九]{4}")
# A range with blanks around what parts its ends: 年份:2012 .. 2015.
SPACED = re.compile(rf"\s+(?:{_BETWEEN}|[-－−])\s+(?=[0-9０-９])")
_DATE = re.compile(r"([0-9]{4})(?:年|(?:[-/年]([0-9]{1,2})(?:月|(?:[-/月]([0-9]{1,2})日?))?))?")
_NUMBER = re.compile(r"[0-9]{1,9}")
_THOUSANDS = re.compile(r"(?<=[0-9]),(?=[0-9]{3}(?![0-9]))")


@dataclass(frozen=True, slots=True)
class Span:
    """From `low` to `high`, both included; None is open. `turned`: typed the other way round."""

    low: int | None
    high: int | None
    turned: bool = False


def years(typed: str) -> Span | None:
    """A year, or a range of years; None when it is neither.

    >>> years("2012..2015"), years("２０１２年")
    (Span(low=2012, high=2015, turned=False), Span(low=2012, high=2012, turned=False))
    >>> years("2015-2012")
    Span(low=2012, high=2015, turned=True)
    >>> years("2012.."), years("近年")
    (Span(low=2012, high=None, turned=False), None)
    >>> years("二〇一二年以来") == years(">=2012") == years("2012-") == years("2012..")
    True
    """
    folded = _plain(typed)
    match = _YEAR_TO_YEAR.fullmatch(folded)
    ends = (match[1], match[2] or "") if match else _ends(folded)
    if ends is None:
        return None
    found = [int(match[1]) if (match := _YEAR.fullmatch(end)) else None for end in ends]
    if any(end and year is None for end, year in zip(ends, found, strict=True)):
        return None
    return _span(found[0], found[1])


def dates(typed: str) -> Span | None:
    """A date of any precision, or a range of dates, as YYYYMMDD with zeros for what is not known.

    A report that is dated 2012-03 only lies in 2012-03 and in 2012, not in 2012-03-05..2012-03-09.

    >>> dates("2012-03..2013"), dates("2012年3月5日")
    (Span(low=20120300, high=20131231, turned=False), Span(low=20120305, high=20120305, turned=False))
    """
    ends = _ends(_plain(typed))
    if ends is None:
        return None
    found = [_date(end) if end else (None, None) for end in ends]
    first, last = found
    if first is None or last is None:
        return None
    low, high = first[0], last[1]
    if low is not None and high is not None and low > high:
        return Span(last[0], first[1], True)
    return Span(low, high)


def lengths(typed: str) -> Span | None:
    """A range of letters: 500..2,000, 500.. or ..500; None when it is none."""
    ends = _ends(_THOUSANDS.sub("", _plain(typed)))
    if ends is None or any(end and not _NUMBER.fullmatch(end) for end in ends):
        return None
    return _span(*(int(end) if end else None for end in ends))


def _plain(typed: str) -> str:
    folded = "".join(fold(typed).split()).translate(_HYPHENS)
    return _YEAR_IN_NUMERALS.sub(lambda match: match[0].translate(_NUMERALS), folded)


def _ends(folded: str) -> tuple[str, str] | None:
    """Both ends of a range, the same twice for a single value; None for nothing at all."""
    if match := _SINCE.fullmatch(folded):
        return match[1] or match[2], ""
    if match := _UNTIL.fullmatch(folded):
        return "", match[1]
    match = _RANGE.fullmatch(folded)
    ends = (match[1], match[2]) if match else (folded, folded)
    return ends if any(ends) else None


def _span(low: int | None, high: int | None) -> Span:
    if low is not None and high is not None and low > high:
        return Span(high, low, True)
    return Span(low, high)


def _date(text: str) -> tuple[int, int] | None:
    """The first and the last number that a date of any precision stands for."""
    match = _DATE.fullmatch(text)
    if match is None:
        return None
    year, month, day = (int(group or 0) for group in match.groups())
    if month > 12 or day > 31 or (match[2] and not month) or (match[3] and not day):
        return None
    return year * 10000 + month * 100 + day, year * 10000 + (month or 12) * 100 + (day or 31)
