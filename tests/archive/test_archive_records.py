"""`.jsonl` and `.jsonl.gz`: one record a line, and everything that can be wrong with a line."""

from __future__ import annotations

import gzip
import hashlib
import json
import tracemalloc
from pathlib import Path
from typing import Any

import pytest

from indexer.archive import estimate_pages, read_archive, reread
from indexer.model import Problem, RawPage
from indexer.text.decode import decode


def record(**fields: Any) -> bytes:
    return json.dumps(fields, ensure_ascii=False).encode() + b"\n"


def read(*paths: Path, **options: int) -> tuple[list[RawPage], list[Problem]]:
    items = list(read_archive(paths, **options))
    return ([item for item in items if isinstance(item, RawPage)],
            [item for item in items if isinstance(item, Problem)])


GOOD = record(url="http://a.gov.cn/1", html="<p>帮扶</p>", fetched_at="2023-06-19", title="题",
              encoding="gb2312")


@pytest.mark.parametrize("packed", [False, True])
def test_records_become_pages(tmp_path: Path, packed: bool) -> None:
    content = b"\xef\xbb\xbf" + GOOD + b"\r\n" + record(text="驻村\r\n工作队", html=None)
    file = tmp_path / ("pages.jsonl.gz" if packed else "pages.jsonl")
    file.write_bytes(gzip.compress(content) if packed else content)
    (first, second), problems = read(tmp_path)
    assert problems == []
    assert (first.path, first.url, first.fetched_at, first.title, first.charset, first.media) == (
        f"{file.name}#1", "http://a.gov.cn/1", "2023-06-19", "题", "gb2312", "html")
    assert first.content.decode() == "<p>帮扶</p>"
    assert first.unicode
    assert (second.path, second.media, second.url, second.source.record) == (
        f"{file.name}#3", "text", None, 3)
    assert decode(second).text == "驻村\n工作队"
    assert decode(first).evidence == ("the record holds Unicode text", "record says gb2312")
    assert [reread(page.source) for page in (first, second)] == [first, second]
    assert reread(first.source, path="x/y").path == "x/y"


def test_bad_lines_are_reported_by_number_and_the_good_ones_read(tmp_path: Path) -> None:
    file = tmp_path / "pages.jsonl"
    file.write_bytes(b"".join([
        GOOD, b"{not json\n", b"[1, 2]\n", record(url="http://b"), record(html=7, text=None),
        record(html="  ", url="u"), b"[" * 100_000 + b"\n", record(text="x" * 3000),
        record(text="last")]))
    pages, problems = read(tmp_path, max_bytes=2000)
    assert [page.path for page in pages] == ["pages.jsonl#1", "pages.jsonl#9"]
    assert [(problem.path, problem.reason) for problem in problems] == [
        ("pages.jsonl#2", "line 2 is not JSON"),
        ("pages.jsonl#3", "line 3 is JSON but not an object"),
        ("pages.jsonl#4", "line 4 has neither html nor text"),
        ("pages.jsonl#5", "line 5 has neither html nor text"),
        ("pages.jsonl#6", "line 6 is empty: its page has no content"),
        ("pages.jsonl#7", "line 7 is larger than the limit of 2,000 bytes"),
        ("pages.jsonl#8", "line 8 is larger than the limit of 2,000 bytes")]
    assert {problem.file for problem in problems} == {str(file)}


def test_deeply_nested_json_is_no_traceback(tmp_path: Path) -> None:
    (tmp_path / "pages.jsonl").write_bytes(b"[" * 100_000 + b"\n")
    _, (problem,) = read(tmp_path)
    assert problem.reason == "line 1 is not JSON"


def test_a_huge_line_is_not_loaded_whole(tmp_path: Path) -> None:
    with open(tmp_path / "pages.jsonl", "wb") as file:
        file.write(b'{"html": "')
        for _ in range(30):
            file.write(b"x" * 1_000_000)
        file.write(b'"}\n' + GOOD)
    tracemalloc.start()
    pages, problems = read(tmp_path, max_bytes=1_000_000)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert [page.path for page in pages] == ["pages.jsonl#2"]
    assert [problem.path for problem in problems] == ["pages.jsonl#1"]
    assert peak < 8_000_000


def test_a_foreign_jsonl_beside_the_pages_is_passed_over_unless_named(tmp_path: Path) -> None:
    file = tmp_path / "expected.jsonl"
    file.write_bytes(b"\n" + record(path="a.html", title="题", body="文") * 2)
    assert read(tmp_path) == ([], [])
    _, problems = read(file)
    assert [problem.reason for problem in problems] == [
        "line 2 has neither html nor text", "line 3 has neither html nor text"]


def test_lone_surrogates_and_bytes_that_are_no_utf8(tmp_path: Path) -> None:
    file = tmp_path / "pages.jsonl"
    text = "帮扶工作队入户走访，了解生产生活情况。"
    file.write_bytes(
        b'{"text": "\\ud83d\\ude00 \\ud83d \xe5\xb8\xae", "title": "\\udc80"}\n'
        + b'{"text": "' + text.encode("gbk") + b'"}\n')
    (lone, gbk), problems = read(file)
    assert problems == []
    assert decode(lone).text == "😀 � 帮"
    assert decode(lone).undecodable == 1
    assert lone.title == "?"
    assert (decode(gbk).text, decode(gbk).encoding, gbk.unicode) == (text, "gb18030", False)


@pytest.mark.parametrize(("content", "reason"), [
    (b"", "is empty"), (b"\n\n", "is empty"),
    ('{"html": 1}\n'.encode("utf-16"), "is UTF-16; records are read as UTF-8")])
def test_files_without_records(tmp_path: Path, content: bytes, reason: str) -> None:
    (tmp_path / "pages.jsonl").write_bytes(content)
    assert [problem.reason for problem in read(tmp_path)[1]] == [reason]


def test_what_was_read_before_the_damage_of_a_gzip_file_counts(tmp_path: Path) -> None:
    packed = gzip.compress(b"".join(record(text=f"{n} " + hashlib.sha256(str(n).encode()).hexdigest()) for n in range(20_000)))
    (tmp_path / "a.jsonl.gz").write_bytes(packed[:len(packed) // 2])
    (tmp_path / "b.jsonl.gz").write_bytes(packed[:-8] + b"\0" * 8)
    (tmp_path / "c.jsonl.gz").write_bytes(b"\x89PNG no gzip at all")
    broken = bytearray(packed)
    broken[len(packed) // 2:len(packed) // 2 + 400] = b"\xff" * 400
    (tmp_path / "d.jsonl.gz").write_bytes(broken)
    pages, problems = read(tmp_path)
    count = {name: sum(page.path.startswith(name) for page in pages) for name in "abcd"}
    assert 8_000 < count["a"] < 12_000
    assert (count["b"], count["c"]) == (20_000, 0)
    assert 8_000 < count["d"] < 12_000
    reasons = [(problem.path, problem.reason) for problem in problems
               if "#" not in problem.path]
    assert reasons[0] == ("a.jsonl.gz", "is damaged: the compressed data ends too early")
    assert reasons[1][1].startswith("is damaged: CRC check failed")
    assert reasons[2][1] == "is not a gzip file, though its name says so"
    assert reasons[3][1].startswith("is damaged: ")
    assert len(reasons) == 4


def test_a_gz_that_is_plain_and_a_jsonl_that_is_packed_are_read(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl.gz").write_bytes(GOOD)
    (tmp_path / "b.jsonl").write_bytes(gzip.compress(GOOD) + gzip.compress(GOOD))
    pages, problems = read(tmp_path)
    assert [page.path for page in pages] == ["a.jsonl.gz#1", "b.jsonl#1", "b.jsonl#2"]
    assert problems == []


def test_a_gzip_bomb_ends_its_file_and_nothing_else(tmp_path: Path) -> None:
    bomb = gzip.compress(b"x" * 200_000_000)
    assert len(bomb) < 1_000_000
    (tmp_path / "a.jsonl.gz").write_bytes(gzip.compress(GOOD) + bomb)
    (tmp_path / "b.jsonl").write_bytes(GOOD)
    zeros = tmp_path / "c.html.gz"
    zeros.write_bytes(gzip.compress(b"<p>" + b"x" * 40_000_000))
    pages, problems = read(tmp_path, zeros)
    assert [page.path for page in pages] == ["a.jsonl.gz#1", "b.jsonl#1"]
    assert [problem.path for problem in problems] == ["a.jsonl.gz", "c.html.gz"]
    assert "expands more than 200 fold" in problems[0].reason
    assert problems[1].reason == "is larger than the limit of 20,000,000 bytes"


def test_files_given_by_name_are_recognised(tmp_path: Path) -> None:
    names = {"export.json": GOOD, "export": gzip.compress(GOOD),
             "page.html.gz": gzip.compress(b"no markup"), "page.gz": gzip.compress(b"<p>x</p>"),
             "style.css": b"{ color: red }"}
    for name, content in names.items():
        (tmp_path / name).write_bytes(content)
    pages, problems = read(*(tmp_path / name for name in names))
    assert [(page.path, page.media) for page in pages] == [
        ("export.json#1", "html"), ("export#1", "html"), ("page.html.gz", "html"),
        ("page.gz", "html"), ("style.css", "text")]
    assert problems == []
    assert [reread(page.source) for page in pages] == pages


def test_the_estimate_of_records(tmp_path: Path) -> None:
    file = tmp_path / "pages.jsonl"
    file.write_bytes(GOOD * 30_000)
    assert estimate_pages([file]) == pytest.approx(30_000, rel=0.01)
    (tmp_path / "more.jsonl.gz").write_bytes(gzip.compress(GOOD))
    assert estimate_pages([tmp_path]) is None
