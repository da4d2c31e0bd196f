"""A file that looks as it did when it was read is not opened again; whatever may differ is."""

from __future__ import annotations

import os
import time
import zipfile
from pathlib import Path

import pytest

from indexer.archive import quick_check, read_archive, read_changed
from indexer.archive.quick_check import KEPT, RACY_NS, stamp_of
from indexer.model import Problem, RawPage, Stamp, Unopened

OLD = 1_500_000_000_123_456_789


@pytest.fixture(autouse=True)
def no_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files may have been made just now: the system alone sets the time of its last change."""
    monkeypatch.setattr(quick_check, "RACY_NS", -10**9)


def aged(path: Path, modified: int = OLD) -> Path:
    """The file, its contents changed long ago."""
    os.utime(path, ns=(modified, modified))
    return path


def page(path: Path, text: str = "帮扶", modified: int = OLD) -> Path:
    path.write_text(text, encoding="utf-8")
    return aged(path, modified)


def looks(path: Path) -> Stamp:
    """What the file looks like."""
    stamp = stamp_of(path.stat(), time.time_ns())
    assert stamp is not None
    return stamp


def read(*paths: Path) -> dict[str, tuple[Stamp, str]]:
    """What a run knows of the files that it has read."""
    return {item.source.origin: (item.stamp, item.digest) for item in read_archive(paths)
            if isinstance(item, RawPage) and item.stamp is not None}


def test_a_file_that_looks_as_it_did_is_not_opened(tmp_path: Path) -> None:
    pages = [page(tmp_path / "a.html"), page(tmp_path / "b.txt"), page(tmp_path / "没有.htm")]
    full = list(read_archive([tmp_path]))
    page(pages[0], "产业")
    # It is said to look as it does: that it is another page is not seen, as nobody looks inside.
    known = {item.source.origin: (looks(Path(item.source.file)), item.digest)
             for item in full if isinstance(item, RawPage)}
    passed = list(read_changed([tmp_path], known))
    assert all(isinstance(item, Unopened) for item in passed)
    assert [(item.path, item.source, item.url) for item in passed if isinstance(item, Unopened)] == \
        [(item.path, item.source, item.url) for item in full if isinstance(item, RawPage)]


def test_what_an_unopened_page_says_is_what_its_reading_said(tmp_path: Path) -> None:
    page(tmp_path / "a.html")
    (found,), (unopened,) = read_archive([tmp_path]), read_changed([tmp_path], read(tmp_path))
    assert isinstance(found, RawPage)
    assert unopened == Unopened(found.path, found.source, found.digest)


@pytest.mark.parametrize("change", ["size", "time", "contents", "replaced", "renamed", "limit", "root", "gone"])
def test_what_may_be_another_page_is_read(tmp_path: Path, change: str) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    file = page(folder / "a.html", "帮扶工作")
    known, root, limit = read(folder), folder, 1000
    if change == "size":
        page(file, "帮扶工作队")
    elif change == "time":
        aged(file, OLD + 1)
    elif change == "contents":
        page(file, "产业工作")
    elif change == "replaced":
        page(folder / "other", "产业工作").replace(file)
    elif change == "renamed":
        one, other, spare = page(folder / "b.html", "帮扶工作"), page(folder / "c.html", "产业工作"), folder / "d"
        known = read(folder)
        one.rename(spare)
        other.rename(one)
        spare.rename(other)
        known.pop(f"{file}||")
    elif change == "limit":
        limit = 5
    elif change == "root":
        root = tmp_path
    else:
        file.unlink()
    found = list(read_changed([root], known, max_bytes=limit))
    assert not any(isinstance(item, Unopened) for item in found)
    assert found == list(read_archive([root], max_bytes=limit))


def test_a_file_given_by_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file, odd = page(tmp_path / "a.html"), page(tmp_path / "a.asp", "<p>帮扶</p>")
    monkeypatch.chdir(tmp_path)
    known = read(Path("a.html"), odd)
    assert list(known) == [f"{file}||"]  # only its bytes say what the other one is
    kinds = [type(item) for item in read_changed([file, odd], known)]
    assert kinds == [Unopened, RawPage]


def test_names_and_links(tmp_path: Path) -> None:
    odd = os.fsencode(tmp_path) + b"/\xb4\xe5.html"
    Path(os.fsdecode(odd)).write_text("帮扶", encoding="utf-8")
    os.utime(odd, ns=(OLD, OLD))
    target = page(tmp_path / "target.data", "产业")  # no ending of the archive: read by its link alone
    (tmp_path / "link.html").symlink_to(target)
    known = read(tmp_path)
    assert [type(item) for item in read_changed([tmp_path], known)] == [Unopened, Unopened]
    page(target, "合作社")
    assert [type(item) for item in read_changed([tmp_path], known)] == [RawPage, Unopened]


def test_a_change_just_before_the_reading_is_not_trusted(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quick_check, "RACY_NS", RACY_NS)
    page(tmp_path / "old.html")  # its contents were changed long ago, its time of change just now
    now = time.time_ns()
    for number, modified in enumerate((now, now - RACY_NS // 2, now + 10**12)):
        page(tmp_path / f"{number}.html", modified=modified)
    assert read(tmp_path) == {}
    for name in ("0.html", "old.html"):
        status = (tmp_path / name).stat()
        last = max(status.st_mtime_ns, status.st_ctime_ns)
        assert stamp_of(status, last + RACY_NS) is None
        assert stamp_of(status, last + RACY_NS + 1) == Stamp(6, status.st_mtime_ns, status.st_ctime_ns, status.st_ino)


def test_containers_are_always_opened(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as packed:
        packed.writestr("a.html", "帮扶")
        packed.writestr("empty.html", "")
    (tmp_path / "b.jsonl").write_text('{"text": "帮扶"}\n{"text": ""}\n', encoding="utf-8")
    for file in tmp_path.iterdir():
        aged(file)
    assert read(tmp_path) == {}
    known = {item.source.origin: (looks(tmp_path / "b.jsonl"), item.digest)
             for item in read_archive([tmp_path]) if isinstance(item, RawPage)}
    found = list(read_changed([tmp_path], known))
    assert found == list(read_archive([tmp_path]))
    assert sum(isinstance(item, Problem) for item in found) == 2


def test_what_is_kept_comes_back(tmp_path: Path) -> None:
    page(tmp_path / "没有 \"a\".html")
    (origin, (stamp, digest)), = read(tmp_path).items()
    assert quick_check.read(quick_check.written({origin: (stamp, digest)})) == {origin: (stamp, digest[:KEPT])}
    assert quick_check.read('{"a||": [1, 2, 3, 4, ""]}') == {}
