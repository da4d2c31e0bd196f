"""`.zip` files, with honest members and with every dangerous kind."""

from __future__ import annotations

import gzip
import io
import json
import stat
import struct
import zipfile
from pathlib import Path

import pytest

from indexer.archive import estimate_pages, read_archive, reread
from indexer.model import Problem, RawPage

HTML = "<p>驻村工作队入户走访。</p>".encode()


def read(*paths: Path, **options: int) -> tuple[list[RawPage], list[Problem]]:
    items = list(read_archive(paths, **options))
    return ([item for item in items if isinstance(item, RawPage)],
            [item for item in items if isinstance(item, Problem)])


def pack(file: Path, members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(file, "w", method) as packed:
        for name, content in members.items():
            packed.writestr(name, content)
    return file


def test_members_of_every_kind_become_pages(tmp_path: Path) -> None:
    line = json.dumps({"url": "http://a", "text": "帮扶"}).encode() + b"\n"
    file = pack(tmp_path / "outer.zip", {
        "inner/page.html": HTML, "inner/": b"", "b.txt": b"text", "c.jsonl": line * 2,
        "d.jsonl.gz": gzip.compress(b"\n" + line), "README.md": b"no", ".hidden.html": HTML,
        "__MACOSX/._a.html": HTML, "expected.jsonl": b'{"body": "x"}\n', "e\\f.htm": HTML,
        "./g//h.html": HTML})
    pages, problems = read(tmp_path)
    assert [page.path for page in pages] == [
        "outer.zip/inner/page.html", "outer.zip/b.txt", "outer.zip/c.jsonl#1",
        "outer.zip/c.jsonl#2", "outer.zip/d.jsonl.gz#2", "outer.zip/e/f.htm",
        "outer.zip/g/h.html"]
    assert problems == []
    assert pages[2].source.member == "c.jsonl"
    assert {page.source.file for page in pages} == {str(file)}
    assert [reread(page.source, path=page.path) for page in pages] == pages
    assert estimate_pages([file]) is None


def test_the_estimate_counts_pages_of_a_zip(tmp_path: Path) -> None:
    pack(tmp_path / "a.zip", {"a.html": HTML, "b.txt": HTML, "c.png": b"", "../d.html": b""})
    assert estimate_pages([tmp_path]) == 2


@pytest.mark.parametrize("encoding", ["gbk", "utf-8", "big5"])
def test_chinese_names_without_the_flag_of_utf8(tmp_path: Path, encoding: str) -> None:
    names = ["驻村工作总结.html", "帮扶/乡村.html"] if encoding != "big5" else \
        ["駐村工作總結.html", "幫扶/許功蓋.html"]  # 功 ends in 5C, the backslash
    file = pack(tmp_path / "a.zip", {f"{'x' * len(name.encode(encoding))}": HTML for name in names})
    content = file.read_bytes()
    for name in names:
        raw = name.encode(encoding)
        content = content.replace(b"x" * len(raw), raw)
    file.write_bytes(content)
    pages, problems = read(file)
    assert [page.path for page in pages] == [f"a.zip/{name}" for name in names]
    assert problems == []
    assert [reread(page.source) for page in pages] == pages


def test_european_names_stay_what_they_are(tmp_path: Path) -> None:
    file = pack(tmp_path / "a.zip", {"caf_.html": HTML})
    file.write_bytes(file.read_bytes().replace(b"caf_", b"caf\x82"))
    assert [page.path for page in read(file)[0]] == ["a.zip/café.html"]


def test_dangerous_members_are_reported_and_the_rest_read(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as packed:
        for name in ("../up.html", "/etc/abs.html", "C:\\win.html", "a/../../b.html", "..\\w.html"):
            packed.writestr(name, HTML)
        link = zipfile.ZipInfo("link.html")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        packed.writestr(link, "/etc/passwd")
        packed.writestr("inner.zip", b"PK\x05\x06")
        packed.writestr("squeezed.html", HTML, zipfile.ZIP_BZIP2)
        packed.writestr("large.html", b"x" * 1_000_001)
        packed.writestr("blank.html", b" ")
        packed.writestr("good.html", HTML)
    pages, problems = read(tmp_path, max_bytes=1_000_000)
    assert [page.path for page in pages] == ["a.zip/good.html"]
    outside = "has a path that leads out of the zip, and was not read"
    assert [(problem.path.removeprefix("a.zip/"), problem.reason) for problem in problems] == [
        ("../up.html", outside), ("etc/abs.html", outside), ("C:/win.html", outside),
        ("a/../../b.html", outside), ("../w.html", outside),
        ("link.html", "is a symbolic link inside a zip, which is not followed"),
        ("inner.zip", "is a zip inside a zip, which is not opened"),
        ("squeezed.html", "is packed by a method that is not read here (stored and deflate are)"),
        ("large.html", "is larger than the limit of 1,000,000 bytes"),
        ("blank.html", "is empty")]


def test_encrypted_members_are_reported(tmp_path: Path) -> None:
    file = pack(tmp_path / "a.zip", {"a.html": HTML, "b.html": HTML})
    content = bytearray(file.read_bytes())
    for signature, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(signature) + place] |= 1
    file.write_bytes(content)
    pages, problems = read(file)
    assert [page.path for page in pages] == ["a.zip/b.html"]
    assert problems == [Problem("a.zip/a.html", "is encrypted", str(file))]


def test_two_members_of_one_name_give_one_page(tmp_path: Path) -> None:
    file = pack(tmp_path / "a.zip", {"a.html": HTML, "b.html": b"<p>other"})
    file.write_bytes(file.read_bytes().replace(b"b.html", b"a.html"))
    pages, problems = read(file)
    assert [page.content for page in pages] == [HTML]
    assert [problem.reason for problem in problems] == [
        "has the same name as another file in this zip"]


def test_the_sizes_in_the_headers_are_not_trusted(tmp_path: Path) -> None:
    file = pack(tmp_path / "a.zip", {"a.html": b"x" * 3_000_000, "b.html": HTML})
    lie = file.read_bytes().replace(struct.pack("<I", 3_000_000), struct.pack("<I", 10))
    file.write_bytes(lie)
    pages, problems = read(file, max_bytes=1_000_000)
    assert [page.path for page in pages] == ["a.zip/b.html"]
    assert [problem.path for problem in problems] == ["a.zip/a.html"]
    assert problems[0].reason.startswith("is damaged: ")


def test_a_zip_bomb_of_many_members_is_stopped(tmp_path: Path) -> None:
    bomb = {f"{number:03}.html": b"\0" * 19_000_000 for number in range(12)}
    pack(tmp_path / "bomb.zip", {"000.html": HTML} | {k: v for k, v in bomb.items() if k > "001"})
    (tmp_path / "good.html").write_bytes(HTML)
    pages, problems = read(tmp_path)
    assert [page.path for page in pages] == ["bomb.zip/000.html", "good.html"]
    assert problems[-1].reason == ("expands more than 200 fold (a zip bomb?); "
                                   "the rest was not read")
    assert len(problems) == 6  # five blank members of 19 MB, then the end at 100 MB


def test_a_bomb_inside_a_gzip_member(tmp_path: Path) -> None:
    pack(tmp_path / "a.zip", {"a.jsonl.gz": gzip.compress(b"x" * 150_000_000), "b.html": HTML})
    pages, problems = read(tmp_path)
    assert [page.path for page in pages] == ["a.zip/b.html"]
    assert [problem.path for problem in problems] == ["a.zip/a.jsonl.gz"]
    assert "gzip bomb" in problems[0].reason


def test_a_damaged_member_is_one_problem(tmp_path: Path) -> None:
    file = pack(tmp_path / "a.zip", {"a.html": HTML, "b.html": b"<p>to be broken", "c.html": HTML},
                zipfile.ZIP_STORED)
    file.write_bytes(file.read_bytes().replace(b"to be broken", b"to be BROKEN"))
    pages, problems = read(file)
    assert [page.path for page in pages] == ["a.zip/a.html", "a.zip/c.html"]
    assert [(problem.path, problem.reason) for problem in problems] == [
        ("a.zip/b.html", "is damaged: Bad CRC-32 for file 'b.html'")]


@pytest.mark.parametrize(("content", "reason"), [
    (b"", "is empty"), (b"not a zip", "is damaged: File is not a zip file"),
    (b"PK\x05\x06" + b"\0" * 18, "holds no page that can be read")])
def test_zips_without_members(tmp_path: Path, content: bytes, reason: str) -> None:
    (tmp_path / "a.zip").write_bytes(content)
    assert [problem.reason for problem in read(tmp_path)[1]] == [reason]


def test_every_truncation_and_bit_flip_ends_in_sentences(tmp_path: Path) -> None:
    content = pack(tmp_path / "a.zip", {"a.html": HTML, "b.jsonl": b'{"text": "x"}\n'}).read_bytes()
    file = tmp_path / "broken.zip"
    for place in range(len(content)):
        broken = bytearray(content)
        broken[place] ^= 0xFF
        for damaged in (bytes(broken), content[:place]):
            file.write_bytes(damaged)
            pages, problems = read(file)
            assert len(pages) <= 2
            assert all(problem.reason for problem in problems)


def test_a_zip_given_by_name_without_its_ending(tmp_path: Path) -> None:
    file = pack(tmp_path / "download", {"a.html": HTML})
    assert [page.path for page in read(file)[0]] == ["download/a.html"]
    inside = tmp_path / "zip.gz"
    inside.write_bytes(gzip.compress(file.read_bytes()))
    assert [problem.reason for problem in read(inside)[1]] == [
        "is a zip inside a gzip file, which is not opened"]


def test_a_warc_in_a_zip(tmp_path: Path) -> None:
    body = io.BytesIO(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<p>x</p>").getvalue()
    head = ("WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: http://a/\r\n"
            f"Content-Length: {len(body)}\r\n\r\n").encode()
    pack(tmp_path / "a.zip", {"c.warc": head + body + b"\r\n\r\n"})
    (page,), problems = read(tmp_path)
    assert (page.path, page.content, problems) == ("a.zip/c.warc#1", b"<p>x</p>", [])
    assert reread(page.source) == page
