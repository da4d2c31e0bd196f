"""Bad input: a sentence and the right exit code; the good pages go in, nothing is lost."""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import html_page, write_archive

BANGFU = [sys.executable, "-m", "search_web"]


def bangfu(*arguments: object, limit: int | None = None) -> subprocess.CompletedProcess[str]:
    """Run the command as a user does; `limit` caps the size of any file it writes, in bytes."""

    def cap() -> None:
        if limit is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    return subprocess.run([*BANGFU, *map(str, arguments)], capture_output=True, text=True, check=False,
                          preexec_fn=cap, timeout=300)


def said(result: subprocess.CompletedProcess[str], code: int) -> str:
    """The sentence of a failed command: never a traceback, always the expected exit code."""
    assert "Traceback" not in result.stderr + result.stdout
    assert result.returncode == code, result.stderr
    return result.stderr


@pytest.fixture
def index(archive: Path, tmp_path: Path) -> Path:
    """An index of twelve pages, made by the command."""
    assert bangfu("index", archive, "--index", tmp_path / "index", "--jobs", 1).returncode == 0
    return tmp_path / "index"


def test_a_folder_with_broken_pages_among_good_ones(tmp_path: Path) -> None:
    archive = write_archive(tmp_path / "archive", 3)
    good = html_page("好页面", ["这一页的文字完整无缺。"]).encode()
    (archive / "b1-truncated.html").write_bytes(good[:-1].replace("无缺。".encode(), "无缺。".encode()[:-1]))
    (archive / "b2-nul.html").write_bytes(good.replace("文字".encode(), b"\0\0" + "文字".encode()))
    (archive / "b3-long-line.html").write_bytes(b"<p>" + b"x" * 30_000_000)
    (archive / "b4-deep.html").write_text("<div>" * 10_000 + "深处的文字也要找到。" + "</div>" * 10_000, encoding="utf-8")
    (archive / "b5-photo.html").write_bytes(b"\xff\xd8\xff\xe0\x00\x10JFIF" + os.urandom(20_000))
    result = bangfu("index", archive, "--index", tmp_path / "index", "--json")
    assert result.returncode == 1
    summary = json.loads(result.stdout)
    assert {failure["path"] for failure in summary["failures"]} == {"b3-long-line.html", "b5-photo.html"}
    assert summary["new"] == 6
    for query, path in (("完整", "b1-truncated.html"), ("完整无缺", "b2-nul.html"), ('"深处的文字也要找到"', "b4-deep.html")):
        answer = json.loads(bangfu("search", query, "--index", tmp_path / "index", "--json").stdout)
        assert path in {hit["path"] for hit in answer["hits"]}, query


def test_no_index(tmp_path: Path) -> None:
    assert "bangfu index" in said(bangfu("search", "帮扶", "--index", tmp_path / "none"), 1)


def test_an_empty_folder_is_no_index(tmp_path: Path) -> None:
    for command in ("search", "stats", "verify"):
        arguments = ["帮扶"] if command == "search" else []
        assert "no index" in said(bangfu(command, *arguments, "--index", tmp_path), 1)


def test_a_foreign_folder_is_refused(archive: Path, tmp_path: Path) -> None:
    foreign = tmp_path / "foreign"
    foreign.mkdir()
    (foreign / "_MAIN_1.toc").write_bytes(b"not ours")
    assert "not a Bangfu index" in said(bangfu("search", "帮扶", "--index", foreign), 1)
    assert "not empty" in said(bangfu("index", archive, "--index", foreign), 1)
    assert (foreign / "_MAIN_1.toc").read_bytes() == b"not ours"


def test_a_newer_layout_is_named(index: Path) -> None:
    (index / "FORMAT").write_text('{"kind": "bangfu-index", "version": 99}')
    for command in ("search", "verify", "stats"):
        assert "newer" in said(bangfu(command, *(["x"] if command == "search" else []), "--index", index), 1)


@pytest.mark.parametrize("keep", [0, 0.3, 0.9])
@pytest.mark.parametrize("ending", [".toc", ".arrays"])
def test_a_truncated_index_is_reported(index: Path, ending: str, keep: float) -> None:
    for file in index.rglob(f"*{ending}"):
        file.write_bytes(file.read_bytes()[:int(file.stat().st_size * keep)])
    assert "index" in said(bangfu("verify", "--index", index), 1)
    result = bangfu("search", "帮扶", "--index", index)
    assert "Traceback" not in result.stderr + result.stdout


@pytest.mark.parametrize("name", ["FORMAT", "CURRENT"])
def test_a_missing_or_garbled_pointer_is_reported(index: Path, name: str) -> None:
    (index / name).write_bytes(b"\xff\xfe\x00")
    said(bangfu("verify", "--index", index), 1)
    (index / name).unlink()
    said(bangfu("verify", "--index", index), 1)


def test_a_damaged_index_can_be_rebuilt(index: Path, archive: Path) -> None:
    for file in index.rglob("*.arrays"):
        file.write_bytes(file.read_bytes()[:100])
    assert "--rebuild" in said(bangfu("index", archive, "--index", index), 1)
    assert bangfu("index", archive, "--index", index, "--rebuild").returncode == 0
    assert bangfu("verify", "--index", index).returncode == 0


def test_no_space_while_writing(index: Path, archive: Path) -> None:
    """Every file is capped at a few bytes: the commit fails as on a full disk, the old index stays."""
    (archive / "more.html").write_text(html_page("又一篇", ["空间不够时的报告。" * 3000]), encoding="utf-8")
    message = said(bangfu("index", archive, "--index", index, "--jobs", 1, limit=3000), 1)
    assert "could not be written" in message
    assert bangfu("verify", "--index", index).returncode == 0
    assert json.loads(bangfu("search", "--index", index, "--json").stdout)["total"] == 12
    assert bangfu("index", archive, "--index", index).returncode == 0
    assert json.loads(bangfu("search", "空间不够", "--index", index, "--json").stdout)["total"] == 1


@pytest.fixture
def small_disk(tmp_path: Path) -> Path:
    """A file system of one megabyte of its own; needs root and the right to mount."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = shutil.which("mount")
    if os.geteuid() != 0 or mount is None or subprocess.run(
            [mount, "-t", "tmpfs", "-o", "size=1m", "tmpfs", disk], capture_output=True, check=False).returncode:
        pytest.skip("mounting a small tmpfs needs root (the same is shown with a file size limit above)")
    yield disk
    subprocess.run(["umount", disk], check=True)


def test_a_full_disk(small_disk: Path, tmp_path: Path) -> None:
    first = write_archive(tmp_path / "first", 4)
    assert bangfu("index", first, "--index", small_disk / "index", "--jobs", 1).returncode == 0
    second = write_archive(tmp_path / "second", 4)
    for number in range(40):
        # Text that does not compress, so that the disk really fills.
        text = "".join(chr(0x4E00 + byte % 4000) for byte in os.urandom(8000) for byte in [byte * 17])
        (second / f"big{number}.html").write_text(html_page(f"大{number}", [text]), encoding="utf-8")
    message = said(bangfu("index", second, "--index", small_disk / "index", "--jobs", 1), 1)
    assert "No space left" in message
    assert bangfu("verify", "--index", small_disk / "index").returncode == 0
    assert json.loads(bangfu("search", "--index", small_disk / "index", "--json").stdout)["total"] == 4


def test_a_read_only_folder(small_disk: Path, archive: Path) -> None:
    assert bangfu("index", archive, "--index", small_disk / "index", "--jobs", 1).returncode == 0
    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
    assert "could not be written" in said(bangfu("index", archive, "--index", small_disk / "index", "--rebuild"), 1)
    assert bangfu("search", "帮扶", "--index", small_disk / "index").returncode == 0


@pytest.mark.parametrize(("query", "total"), [("，。、！", 0), ("“”", 0), ("\"", 0), ("-", 0), ("帮扶\"驻村", 12), ("\x00\x07帮扶", 12)])
def test_odd_queries(index: Path, query: str, total: int) -> None:
    result = bangfu("search", query.replace("\0", ""), "--index", index, "--json")
    assert result.returncode == 0, result.stderr
    answer = json.loads(result.stdout)
    assert answer["total"] == total
    if not total:
        assert answer["interpretation"]["notes"]


def test_a_query_over_the_limit(index: Path) -> None:
    assert "1,000" in said(bangfu("search", "帮" * 10_000, "--index", index), 2)


@pytest.mark.parametrize("arguments", [
    ("search", "帮扶", "--year", "abc"), ("search", "帮扶", "--year", "2015..2012"), ("search", "帮扶", "--sort", "best"),
    ("search", "帮扶", "--region", "不存在省"), ("search", "帮扶", "--limit", "0x"), ("index",), ("nonsense",),
    ("index", "/nowhere/at/all"), ("search", "帮扶", "--offset", "99999999"),
])
def test_wrong_use_says_what_would_be_right(index: Path, arguments: tuple[str, ...]) -> None:
    where = () if arguments in {("index",), ("nonsense",)} else ("--index", index)
    assert said(bangfu(*arguments, *where), 2)
