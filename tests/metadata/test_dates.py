"""Publication dates and periods, from cases kept as data."""

from __future__ import annotations

import pytest

from indexer.metadata.dates import dates_in, find_published, number, year_number
from indexer.metadata.evident import Evident
from indexer.metadata.period import find_period
from indexer.model import Evidence, Found
from tests.metadata.conftest import fold_text, read_cases, read_labels

TODAY = 20251201


def evident(body: str, labels: str = "", url: str = "") -> Evident:
    return Evident(body, fold_text(body), labels=read_labels(labels), url=url or None, today=TODAY)


@pytest.mark.parametrize(("body", "labels", "url", "expected", "why"), read_cases("cases_published.tsv"))
def test_published(body: str, labels: str, url: str, expected: str, why: str) -> None:
    found, _ = find_published(evident(body, labels, url), fold_text)
    assert (found.value if found else "|none") == expected, why


@pytest.mark.parametrize(("title", "body", "published", "expected", "why"), read_cases("cases_period.tsv"))
def test_period(title: str, body: str, published: str, expected: str, why: str) -> None:
    date = Found(published, Evidence("label", published)) if published else None
    years = [found.value for found in find_period(evident(body), fold_text, title, date)]
    assert years == [int(year) for year in expected.split()], why


def test_dates_nobody_believes_are_warned_of() -> None:
    found, warnings = find_published(evident("正文", "发布时间=2099-01-01"), fold_text)
    assert found is None
    assert warnings == ("date not believed (label): 2099-01-01",)


def test_labels_of_a_page_say_nothing_of_the_reports_of_a_compilation() -> None:
    body = "正文在此。"
    part = Evident(body, body, labels=read_labels("发布时间=2020-01-01"), part=2, parts=3, today=TODAY)
    assert find_published(part, fold_text) == (None, ())


@pytest.mark.parametrize(("words", "value"), [
    ("廿三", 23), ("卅", 30), ("三十一", 31), ("十", 10), ("初八", 8), ("07", 7), ("正", 1),
])
def test_number(words: str, value: int) -> None:
    assert number(words) == value


def test_year_number() -> None:
    assert [year_number(words) for words in ("2012", "二〇一二", "二o一二", "二一二")] == [2012] * 4


def test_dates_carry_the_words_they_were_read_from() -> None:
    text = "截至2012年3月6日,共2012-03-07、20120308三次,号码20121399"
    days = dates_in(text)
    assert [day.iso for day in days] == ["2012-03-06", "2012-03-07", "2012-03-08"]
    assert all(day.words in text for day in days)
