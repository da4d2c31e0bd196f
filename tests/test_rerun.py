"""A run that does not open known files does and says the same as one that reads every file."""

from __future__ import annotations

import json
import os
import shutil
import time
from pathlib import Path
from random import Random
from typing import Any

import pytest

from indexer import fingerprint
from indexer.archive import quick_check
from indexer.indexing import Options, Summary, run
from indexer.store import open_searcher
from tests.conftest import html_page

JUNK = b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(range(256)) * 20
ROOTS = ("a", "b")
ROUNDS = 14


def text_of(chance: Random) -> str:
    """One of a few pages of the same size: equal contents at several places are wanted."""
    number = chance.randrange(10, 16)
    return html_page(f"第{number}批驻村帮扶工作情况", [f"甘肃省临洮县青石沟村为{number}户贫困户落实养羊项目，户均增收{number}.5%。"])


class Archive:
    """Two folders of pages and a file of records that somebody keeps changing."""

    def __init__(self, folder: Path, chance: Random) -> None:
        self.folder, self.chance = folder, chance
        for root in ROOTS:
            (folder / root / "sub").mkdir(parents=True)
            for number in range(4):
                self.write(folder / root / f"{number}.html")
        self.change_records()

    def write(self, path: Path, content: bytes | None = None) -> None:
        path.write_bytes(text_of(self.chance).encode() if content is None else content)
        self.age(path)

    def age(self, path: Path) -> None:
        """Contents changed long ago, often at the time of others; or just now."""
        modified = (1_500_000_000 + self.chance.randrange(3) * 3600) * 10**9
        if self.chance.random() < 0.85:
            os.utime(path, ns=(modified, modified))

    def files(self) -> list[Path]:
        return sorted(path for path in self.folder.rglob("*") if path.suffix in (".html", ".txt"))

    def some_place(self) -> Path:
        folder = self.folder / self.chance.choice(ROOTS) / self.chance.choice(("", "sub"))
        return folder / f"{self.chance.randrange(6)}.{self.chance.choice(('html', 'html', 'txt'))}"

    def change_records(self) -> None:
        """Records at addresses, one of which is the name of a file."""
        urls = ("http://x.example/1", "http://x.example/2", "0.html")
        lines = [json.dumps({"url": self.chance.choice(urls), "html": text_of(self.chance)}, ensure_ascii=False)
                 for _ in range(3)]
        self.write(self.folder / "a" / "records.jsonl", "\n".join([*lines, "no JSON"]).encode())

    def change(self) -> None:
        """Do one of the things that happen to archives."""
        place, files = self.some_place(), self.files()
        one = self.chance.choice(files) if files else place
        happening = self.chance.choice(("write", "write", "touch", "copy", "copy as it is", "move", "remove",
                                        "break", "empty", "link", "hard link", "records", "swap", "swap",
                                        "copy back"))
        if happening in ("write", "break", "empty") or not one.exists():
            place = self.chance.choice((place, one))
            place.unlink(missing_ok=True)  # not through a link
            self.write(place, {"break": JUNK, "empty": b""}.get(happening))
        elif happening == "touch":
            self.age(one)
        elif happening == "remove":
            one.unlink()
        elif happening == "records":
            self.change_records()
        elif happening == "swap":
            other, spare = self.chance.choice(files), self.folder / "spare"
            one.rename(spare)
            other.rename(one) if other != one else None
            spare.rename(other)
        elif happening == "copy back":  # a file of the same size and time in its place
            shutil.copy2(self.chance.choice(files), self.folder / "spare")
            (self.folder / "spare").replace(one)
        elif not place.exists() and not place.is_symlink():
            self._put(happening, one, place)

    @staticmethod
    def _put(happening: str, one: Path, place: Path) -> None:
        put: dict[str, Any] = {"copy": shutil.copy, "copy as it is": shutil.copy2, "move": os.rename,
                               "link": lambda one, place: place.symlink_to(one), "hard link": os.link}
        put[happening](one, place)


def said(summary: Summary) -> dict[str, Any]:
    """A summary without its times."""
    values = summary.values()
    return {key: values[key] for key in sorted(set(values) - {"seconds", "finished_at", "pages_per_second"})}


def held(index: Path) -> tuple[Any, ...]:
    """Everything that an index holds of its pages and its reports."""
    with open_searcher(index) as searcher:
        states = {state.page_id: state for state in searcher.pages()}
        return states, list(searcher.reports()), searcher.check()


def options_of(chance: Random, folder: Path) -> dict[str, Any]:
    paths = chance.choice((["a", "b"], ["a", "b"], ["b", "a"], ["a", "a"], [""], ["a", "a/sub"], ["a/0.html", "a"]))
    existing = tuple(path for path in (folder / name for name in paths) if path.exists())
    return {"paths": existing or (folder,), "jobs": 1, "prune": chance.random() < 0.4,
            "dry_run": chance.random() < 0.15, "rebuild": chance.random() < 0.1,
            "max_bytes": chance.choice((20_000_000, 20_000_000, 20_000_000, 500))}


@pytest.fixture(autouse=True)
def no_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files may have been made just now: the system alone sets the time of their last change."""
    monkeypatch.setattr(quick_check, "RACY_NS", -10**9)


@pytest.mark.parametrize("seed", range(5))
def test_both_ways_do_and_say_the_same(tmp_path: Path, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    chance = Random(seed)
    archive = Archive(tmp_path / "archive", chance)
    quick, full = tmp_path / "quick", tmp_path / "full"
    for number in range(ROUNDS):
        options = options_of(chance, archive.folder)
        one = run(Options(index=quick, **options))
        other = run(Options(index=full, checksum=True, **options))
        assert said(one) == said(other), (number, options)
        assert quick.exists() == full.exists()
        if quick.exists():
            assert held(quick) == held(full), (number, options)
        for _ in range(chance.choice((0, 1, 1, 3, 6))):
            archive.change()
        maker = chance.choice(("cleaning", "tokens", *[""] * 8))
        if maker:
            monkeypatch.setattr(fingerprint, maker, lambda name=f"{maker} {number}": name)


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """A folder of one page that was indexed, and is another page now that looks as it did."""
    folder = tmp_path / "archive"
    folder.mkdir()
    write(folder, "驻村工作队发展养羊产业。")
    assert again(folder)[0].new == 1
    write(folder, "驻村工作队发展养牛产业。")
    pretend(folder)
    return folder


def write(folder: Path, text: str) -> None:
    (folder / "a.html").write_text(html_page("报告", [text]), encoding="utf-8")


def pretend(folder: Path) -> None:
    """Let the index say that the page was read as it looks now."""
    kept = folder.parent / "index" / "files.json"
    (origin, (_, digest)), = quick_check.read(kept.read_text()).items()
    stamp = quick_check.stamp_of((folder / "a.html").stat(), time.time_ns())
    assert stamp is not None
    kept.write_text(quick_check.written({origin: (stamp, digest)}))


def again(folder: Path, **options: Any) -> tuple[Summary, str]:
    index = folder.parent / "index"
    summary = run(Options((folder,), index, jobs=1, **options))
    with open_searcher(index) as searcher:
        report, = searcher.reports()
    return summary, report["body"]


def test_a_known_file_is_not_opened(archive: Path) -> None:
    summary, body = again(archive)
    assert (summary.unchanged, body) == (1, "驻村工作队发展养羊产业。")


@pytest.mark.parametrize("kept", ["", "[]", "{", '{"a": 1}', '{"a": [1, "b"]}', "null"])
def test_where_nothing_is_known_of_files_they_are_read(archive: Path, kept: str) -> None:
    (archive.parent / "index" / "files.json").write_text(kept)
    assert again(archive)[1] == "驻村工作队发展养牛产业。"
    (archive.parent / "index" / "files.json").unlink()
    assert again(archive)[0].unchanged == 1
    pretend(archive)


def test_a_file_that_was_only_touched_is_read_once(archive: Path) -> None:
    assert again(archive, checksum=True)[0].changed == 1
    (archive / "a.html").touch()
    kept = archive.parent / "index" / "files.json"
    former = kept.read_text()
    assert again(archive)[0].unchanged == 1
    assert kept.read_text() != former
    write(archive, "驻村工作队发展养鸡产业。")
    pretend(archive)
    assert again(archive)[1] == "驻村工作队发展养牛产业。"


@pytest.mark.parametrize("option", ["checksum", "rebuild"])
def test_every_file_is_read_on_request(archive: Path, option: str) -> None:
    assert again(archive, **{option: True})[1] == "驻村工作队发展养牛产业。"


@pytest.mark.parametrize("maker", ["cleaning", "tokens"])
def test_pages_of_other_makers_are_really_read(
        archive: Path, maker: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fingerprint, maker, lambda: "another program")
    summary, body = again(archive)
    assert (summary.changed, body) == (1, "驻村工作队发展养牛产业。")
    assert again(archive)[0].unchanged == 1


def test_a_page_that_was_read_and_could_not_be_taken_in_is_read_again(archive: Path) -> None:
    """The index keeps its former version: that is not what lies in the file."""
    (archive / "a.html").write_bytes(JUNK)
    for _ in range(2):
        summary, body = again(archive)
        assert (summary.failed, body) == (1, "驻村工作队发展养羊产业。")
