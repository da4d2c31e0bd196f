"""Exports of a real index: everything is in them, readers read them back, and the receipt says what was asked."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer import fingerprint
from indexer.errors import UsageError
from indexer.indexing import Options, run
from indexer.store import open_searcher
from indexer.store.engine import Hit, Searcher
from indexer.store.query import Request
from search_web.cite.export import COLUMNS, FORMATS, Receipt, receipt, write
from search_web.cite.sheet import BOM, defused, plain
from search_web.query.reader import read_query
from tests.conftest import write_archive

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
QUERY = "驻村 @{双联} “以购代捐”\n=1"


@pytest.fixture(scope="module")
def searcher(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Searcher]:
    folder = tmp_path_factory.mktemp("export")
    assert run(Options((write_archive(folder / "archive", 30),), folder / "index", jobs=1)).failed == 0
    with open_searcher(folder / "index") as opened:
        yield opened


@pytest.fixture(scope="module")
def hits(searcher: Searcher) -> list[Hit]:
    return list(searcher.stream(Request(read_query("驻村").query, limit=1)))


@pytest.fixture(scope="module")
def slip(searcher: Searcher, hits: list[Hit]) -> Receipt:
    return receipt(QUERY, read_query(QUERY).describe(), {"year": {"2015", "2014"}}, "relevance", len(hits),
                   searcher.commit, NOON)


def rows_of(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text.removeprefix(BOM), newline="")))


def test_csv_holds_every_report_and_then_the_receipt(hits: list[Hit], slip: Receipt) -> None:
    text = "".join(write("csv", hits, slip, snippet=lambda hit: hit.stored["body"][:20], text=True))
    assert text.startswith(BOM)
    header, *rows = rows_of(text)
    assert tuple(header) == (*COLUMNS, "text")
    end = rows.index([""] * len(header))
    reports = [dict(zip(header, map(plain, row), strict=True)) for row in rows[:end]]
    assert [one["id"] for one in reports] == [hit.id for hit in hits]
    assert len(reports) == 30
    for one, hit in zip(reports, hits, strict=True):
        assert one["title"] == hit.stored["title"]
        assert one["text"] == hit.stored["body"]
        assert one["snippet"] == hit.stored["body"][:20]
        assert one["region"].split("/")[-1] in one["title"]
        assert one["path"] == hit.stored["page"]["path"]
        assert one["published"].startswith("20")
    said = {name.removeprefix("# "): plain(value) for name, value in rows[end + 1:]}
    assert all(row[0].startswith("# ") for row in rows[end + 1:])
    assert said["query"] == QUERY
    assert json.loads(said["filters"]) == {"year": ["2014", "2015"]}
    assert json.loads(said["interpretation"]) == slip.interpretation
    assert rows[-1] == ["# end", "30 rows written"]


def test_the_receipt_says_what_made_the_export(slip: Receipt, searcher: Searcher) -> None:
    values = slip.values()
    assert values["index"] == searcher.commit
    assert values["made_by"] == fingerprint.parts()
    assert {"jieba", "gazetteer.csv.gz", "user_words.txt", "tokens"} <= values["made_by"].keys()
    assert (values["time"], values["clock"]) == ("2026-11-22T12:00:00+00:00", "UTC+00:00")
    json.dumps(values)


@pytest.mark.parametrize(("now", "time", "clock"), [
    (datetime(2026, 1, 2, 3, 4, 5, tzinfo=timezone(timedelta(hours=8))), "2026-01-02T03:04:05+08:00", "UTC+08:00"),
    (datetime(2026, 1, 2, 3, 4, 5), "2026-01-02T03:04:05", "local time, offset to UTC not known"),
])
def test_the_clock_is_named(now: datetime, time: str, clock: str) -> None:
    slip = receipt("", {}, {}, "newest", 0, "x", now)
    assert (slip.time, slip.clock) == (time, clock)


def test_json_lines(hits: list[Hit], slip: Receipt) -> None:
    first, *reports, last = map(json.loads, "".join(write("jsonl", hits, slip)).splitlines())
    assert first["receipt"]["query"] == QUERY
    assert [one["id"] for one in reports] == [hit.id for hit in hits]
    assert reports[0].keys() == set(COLUMNS)
    assert last == {"end": {"reports": 30}}


def test_ris_is_records_only(hits: list[Hit], slip: Receipt) -> None:
    text = "".join(write("ris", hits, slip))
    records = re.findall("TY  - (?s:.*?)ER  - \r\n", text)
    assert len(records) == 31
    assert re.sub("\\s+", "", text) == re.sub("\\s+", "", "".join(records))
    assert text.startswith("TY  - GEN\r\nID  - bangfu-receipt\r\n")
    assert "N1  - query: 驻村 @{双联} “以购代捐” =1\r\n" in records[0]


def test_bibtex_outside_of_entries_holds_no_at(hits: list[Hit], slip: Receipt) -> None:
    text = "".join(write("bibtex", hits, slip))
    head, *entries = text.split("\n@online{")
    assert len(entries) == 30
    assert "@" not in head
    lines = dict(line[2:].split(": ", 1) for line in head.strip().split("\n"))
    assert json.loads(lines["query"]) == QUERY
    assert len({entry.split(",")[0] for entry in entries}) == 30


def test_gb7714_is_numbered(hits: list[Hit], slip: Receipt) -> None:
    head, body = "".join(write("gb7714", hits, slip)).split("\n\n", 1)
    assert all(line.startswith("# ") for line in head.split("\n"))
    lines = body.splitlines()
    assert [line.split()[0] for line in lines] == [f"[{number}]" for number in range(1, 31)]
    assert all("[EB/OL]. " in line and "[2026-11-22]." in line for line in lines)


def test_csl_json_is_one_array(hits: list[Hit], slip: Receipt) -> None:
    first, *items = json.loads("".join(write("csl", hits, slip)))
    assert json.loads(first["note"])["query"] == QUERY
    assert len(items) == 30


@pytest.mark.parametrize("name", FORMATS)
def test_nothing_is_read_before_it_is_written(name: str, hits: list[Hit], slip: Receipt) -> None:
    read = 0

    def counted() -> Iterator[Hit]:
        nonlocal read
        for number in range(100_000):
            read = number + 1
            yield hits[number % len(hits)]

    pieces = write(name, counted(), slip)
    for _ in range(5):
        next(pieces)
    assert read <= 5


@pytest.mark.parametrize("name", FORMATS)
def test_no_reports_are_an_export_too(name: str, slip: Receipt) -> None:
    assert "双联" in "".join(write(name, [], slip))


def test_a_format_that_there_is_not() -> None:
    with pytest.raises(UsageError, match="csv, jsonl"):
        write("docx", [], receipt("", {}, {}, "newest", 0, "x", NOON))


@pytest.mark.parametrize("cell", ["=1+1", "+86", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1", "＋1", "－1", "＠a", "'=1", "\n@x", BOM + "=1"])
def test_formulas_are_defused(cell: str) -> None:
    assert defused(cell) == f"'{cell}"
    assert plain(defused(cell)) == cell


TEXTS = st.text(st.one_of(st.sampled_from("=+-@＝'\"#,;\r\n\t\0\ufeff\ud800{}\\驻村"), st.characters()), max_size=60)


def kept(text: str) -> str:
    return re.sub("[\ud800-\udfff]", "\ufffd", text)


@given(TEXTS, TEXTS, st.lists(TEXTS, max_size=3))
def test_csv_and_json_give_back_what_they_got(title: str, body: str, themes: list[str]) -> None:
    stored: dict[str, Any] = {
        "id": "1", "title": title, "body": body, "source": None, "author": None, "published": None, "period": [2015, 2016],
        "region": None, "themes": themes, "kind": None, "script": "hans", "url": None, "page": None}
    hit = Hit("1", 0.0, stored, "")
    slip = receipt(title, {}, {}, "newest", 1, "x", NOON)
    text = "".join(write("csv", [hit], slip, text=True))
    text.encode()
    header, row, *_ = rows_of(text)
    values = dict(zip(header, row, strict=True))
    assert plain(values["title"]) == kept(title).replace("\0", "")
    assert plain(values["text"]) == kept(body).replace("\0", "")
    assert values["period"] == "2015; 2016"
    for cell in row:
        assert not re.match(r"[\s\ufeff]*[=+\-@＝＋－＠]", cell)
    _, line, _ = "".join(write("jsonl", [replace(hit)], slip, text=True)).split("\n")[:3]
    read = json.loads(line)
    assert read["title"] in (title, kept(title))
    assert read["themes"] == [kept(theme) for theme in themes]
    for name in FORMATS:
        "".join(write(name, [hit], slip)).encode()
