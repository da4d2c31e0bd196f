"""Titles, sources and authors, from cases kept as data."""

from __future__ import annotations

import pytest

from indexer.metadata.evident import Evident
from indexer.metadata.source import find_author, find_source
from indexer.metadata.title import find_title
from tests.metadata.conftest import fold_text, read_cases, read_labels


@pytest.mark.parametrize(("titles", "body", "expected", "why"), read_cases("cases_title.tsv"))
def test_title(titles: str, body: str, expected: str, why: str) -> None:
    candidates = tuple(title for title in titles.split("|") if title)
    found = find_title(Evident(body, fold_text(body), titles=candidates), fold_text)
    assert (found.value if found else "|none") == expected, why


@pytest.mark.parametrize(("body", "labels", "source", "author", "why"), read_cases("cases_source.tsv"))
def test_source_and_author(body: str, labels: str, source: str, author: str, why: str) -> None:
    evident = Evident(body, fold_text(body), labels=read_labels(labels))
    found, person = find_source(evident, fold_text), find_author(evident, fold_text)
    assert (found.value if found else "|none") == source, why
    assert (person.value if person else "|none") == author, why


def test_title_of_the_page_is_not_the_title_of_each_report() -> None:
    body = "甲镇工作汇报\n正文在此。"
    evident = Evident(body, body, titles=("四篇汇报合集",), part=2, parts=4)
    found = find_title(evident, fold_text)
    assert found is not None
    assert found.value == "甲镇工作汇报"
