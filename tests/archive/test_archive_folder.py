"""Folders as archives: what is read, in which order, and what is reported instead."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from indexer.archive import estimate_pages, read_archive, reread
from indexer.errors import UsageError
from indexer.model import Problem, RawPage

HTML = "<p>驻村工作队入户走访。</p>".encode()


def write(root: Path, name: str, content: bytes = HTML) -> Path:
    file = root / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
    return file


def read(*paths: Path, **options: int) -> tuple[list[RawPage], list[Problem]]:
    items = list(read_archive(paths, **options))
    return ([item for item in items if isinstance(item, RawPage)],
            [item for item in items if isinstance(item, Problem)])


def test_files_are_read_recursively_in_order_of_names(tmp_path: Path) -> None:
    for name in ("b/2.htm", "b/10.txt", "a.html", "c.shtml", "b/x/y.XHTML"):
        write(tmp_path, name)
    pages, problems = read(tmp_path)
    assert [page.path for page in pages] == ["a.html", "b/10.txt", "b/2.htm", "b/x/y.XHTML",
                                             "c.shtml"]
    assert [page.media for page in pages] == ["html", "text", "html", "html", "html"]
    assert problems == []
    assert estimate_pages([tmp_path]) == 5
    assert all(page.content == HTML for page in pages)


def test_other_endings_and_hidden_files_are_passed_over_silently(tmp_path: Path) -> None:
    for name in ("README.md", "picture.jpg", ".hidden.html", ".git/page.html", "noending"):
        write(tmp_path, name)
    assert read(tmp_path) == ([], [])


def test_an_empty_folder_is_an_empty_archive(tmp_path: Path) -> None:
    assert read(tmp_path) == ([], [])
    assert estimate_pages([tmp_path]) == 0


def test_paths_are_below_each_root_and_in_the_order_given(tmp_path: Path) -> None:
    write(tmp_path, "one/a.html")
    write(tmp_path, "two/b.html")
    named = write(tmp_path, "three/c.html")
    pages, _ = read(tmp_path / "two", named, tmp_path / "one")
    assert [page.path for page in pages] == ["b.html", "c.html", "a.html"]
    assert pages[1].source.file == str(named)


def test_a_missing_path_is_a_usage_error_before_anything_is_read(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"no file or folder .*nowhere"):
        read_archive([tmp_path, tmp_path / "nowhere"])  # not even iterated


def test_symbolic_links_to_files_are_read(tmp_path: Path) -> None:
    target = write(tmp_path, "a.html")
    (tmp_path / "b.html").symlink_to(target)
    pages, problems = read(tmp_path)
    assert ([page.path for page in pages], problems) == (["a.html", "b.html"], [])


def test_links_that_lead_in_circles_are_reported_and_not_followed(tmp_path: Path) -> None:
    root = tmp_path / "root"
    write(root, "a/page.html")
    (root / "a" / "up").symlink_to(root)
    (root / "a" / "self.html").symlink_to("self.html")
    (root / "above").symlink_to(tmp_path)
    (root / "again").symlink_to(root / "a")
    (root / "dangling.html").symlink_to("gone")
    pages, problems = read(root)
    assert [page.path for page in pages] == ["a/page.html"]
    assert {problem.path: problem.reason for problem in problems} == {
        "a/self.html": "is a symbolic link that leads nowhere or in a circle",
        "a/up": "is a symbolic link that leads back to a folder it lies in, and was not followed",
        "above": "is a symbolic link that leads back to a folder it lies in, and was not followed",
        "again": "is a symbolic link to a folder that is read under its own name",
        "dangling.html": "is a symbolic link that leads nowhere or in a circle",
    }
    assert problems[0].file == str(root / "a" / "self.html")


def test_links_to_folders_elsewhere_are_followed_once(tmp_path: Path) -> None:
    write(tmp_path, "elsewhere/page.html")
    (tmp_path / "elsewhere" / "back").symlink_to(tmp_path / "elsewhere")
    root = tmp_path / "root"
    write(root, ".releases/5/new.html")
    (root / "current").symlink_to(root / ".releases" / "5")
    (root / "x").symlink_to(tmp_path / "elsewhere")
    (root / "y").symlink_to(tmp_path / "elsewhere")
    pages, problems = read(root)
    assert [page.path for page in pages] == ["current/new.html", "x/page.html"]
    assert [problem.path for problem in problems] == ["x/back", "y"]


def test_pipes_and_sockets_are_reported_and_do_not_block(tmp_path: Path,
                                                         monkeypatch: pytest.MonkeyPatch) -> None:
    os.mkfifo(tmp_path / "pipe.html")
    monkeypatch.chdir(tmp_path)  # a socket's address is at most 108 bytes long
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("socket.html")
        _, problems = read(tmp_path)
        _, named = read(tmp_path / "pipe.html")
    assert [problem.reason for problem in problems] == [
        "is a named pipe, not a file, and was not opened",
        "is a socket, not a file, and was not opened"]
    assert named == problems[:1]


@pytest.mark.skipif(not Path("/proc/self/mem").exists(), reason="needs Linux's /proc")
def test_an_unreadable_file_does_not_stop_the_rest(tmp_path: Path) -> None:
    (tmp_path / "a.html").symlink_to("/proc/self/mem")  # reading it fails, for root too
    write(tmp_path, "b.html")
    pages, problems = read(tmp_path)
    assert [page.path for page in pages] == ["b.html"]
    assert problems == [Problem("a.html", "cannot be read: Input/output error",
                                str(tmp_path / "a.html"))]


def test_a_folder_named_like_a_page(tmp_path: Path) -> None:
    write(tmp_path, "full.html/page.html")  # what wget makes of /full.html and /full.html/page.html
    (tmp_path / "hollow.html").mkdir()
    pages, problems = read(tmp_path)
    assert [page.path for page in pages] == ["full.html/page.html"]
    assert [(problem.path, problem.reason) for problem in problems] == [
        ("hollow.html", "is an empty folder, though named like a page")]


@pytest.mark.parametrize("content", [b"", b" \r\n\t\n", b"\xef\xbb\xbf", b"\xff\xfe \0\n\0", b"\0" * 9])
def test_empty_files_are_reported(tmp_path: Path, content: bytes) -> None:
    write(tmp_path, "a.html", content)
    pages, problems = read(tmp_path)
    assert pages == []
    assert [problem.reason for problem in problems] == ["is empty"]


def test_files_over_the_limit_are_reported(tmp_path: Path) -> None:
    write(tmp_path, "exact.txt", b"x" * 1000)
    write(tmp_path, "large.txt", b"x" * 1001)
    pages, problems = read(tmp_path, max_bytes=1000)
    assert [page.path for page in pages] == ["exact.txt"]
    assert [problem.reason for problem in problems] == ["is larger than the limit of 1,000 bytes"]


def test_undecodable_file_names_become_printable_and_can_be_reread(tmp_path: Path) -> None:
    name = os.fsencode(tmp_path) + b"/" + "村.html".encode("gbk")
    with open(name, "wb") as file:
        file.write(HTML)
    (page,), _ = read(tmp_path)
    assert page.path == r"\xb4\xe5.html"
    assert page.source.file.encode("utf-8").endswith(rb"\xb4\xe5.html")
    assert reread(page.source, path=page.path) == page


@pytest.fixture
def deep(tmp_path: Path) -> Iterator[Path]:
    """A page below 1,200 folders: deeper than Python recurses, so pytest could not remove it."""
    folder = tmp_path / Path(*["d"] * 1200)
    for length in range(1, 1201):
        os.mkdir(tmp_path / Path(*["d"] * length))
    (folder / "p.html").write_bytes(HTML)
    yield tmp_path
    (folder / "p.html").unlink()
    for length in range(1200, 0, -1):
        os.rmdir(tmp_path / Path(*["d"] * length))


def test_deep_folders(deep: Path) -> None:
    pages, problems = read(deep)
    assert ([page.path for page in pages], problems) == (["d/" * 1200 + "p.html"], [])


def test_only_a_few_files_are_read_ahead(tmp_path: Path) -> None:
    for number in range(100):
        write(tmp_path, f"{number:02}.html")
    pages = read_archive([tmp_path])
    next(pages)
    (tmp_path / "99.html").unlink()
    rest = list(pages)
    assert [page.path for page in rest] == [f"{number:02}.html" for number in range(1, 100)]
    assert all(isinstance(page, RawPage) for page in rest[:-1])
    assert isinstance(rest[-1], Problem)
    assert rest[-1].reason == "cannot be read: No such file or directory"


def test_rereading_a_file_that_is_gone(tmp_path: Path) -> None:
    file = write(tmp_path, "d/a.html")
    (page,), _ = read(tmp_path)
    assert reread(page.source, path=page.path) == page
    file.unlink()
    gone = reread(page.source, path=page.path)
    assert gone == Problem("d/a.html", "is no longer there", str(file))


def test_files_given_by_name_are_recognised_by_their_bytes(tmp_path: Path) -> None:
    markup = write(tmp_path, "download.aspx", b"\r\n<!DOCTYPE html><p>" + HTML)
    sixteen = write(tmp_path, "page", "<html><p>帮扶</p>".encode("utf-16"))
    plain = write(tmp_path, "notes.md", "帮扶 < 工作 > 总结".encode())
    hidden = write(tmp_path, ".hidden.html")
    pages, problems = read(markup, sixteen, plain, hidden)
    assert [(page.path, page.media) for page in pages] == [
        ("download.aspx", "html"), ("page", "html"), ("notes.md", "text"), (".hidden.html", "html")]
    assert problems == []
