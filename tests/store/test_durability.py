"""What must be on disk before a rename makes it current; a disk that is full; nothing left behind."""

from __future__ import annotations

import os
import random
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from indexer.errors import IndexDamaged, IndexWriteFailed
from indexer.store import IndexFolder, WhooshEngine, open_searcher, whoosh_writer
from indexer.store.query import All, Request
from tests.store.test_engine_contract import make_document

Call = tuple[str, str]


class Calls:
    """The calls that make files durable or current, in order: (what, on which path)."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.made: list[Call] = []
        fsync, rename, replace = os.fsync, os.rename, os.replace

        def on_fsync(handle: int) -> None:
            self.made.append(("fsync", os.readlink(f"/proc/self/fd/{handle}")))
            fsync(handle)

        def on_rename(old: str, new: str) -> None:
            self.made.append(("rename", os.fspath(new)))
            rename(old, new)

        def on_replace(old: str, new: str) -> None:
            self.made.append(("rename", os.fspath(new)))
            replace(old, new)

        monkeypatch.setattr(os, "fsync", on_fsync)
        monkeypatch.setattr(os, "rename", on_rename)
        monkeypatch.setattr(os, "replace", on_replace)

    def around(self, renamed: str) -> tuple[list[str], list[str]]:
        """What was synced before and after the one rename to a name."""
        at = [n for n, (what, path) in enumerate(self.made) if what == "rename" and path == renamed]
        assert len(at) == 1, (renamed, self.made)
        return self._synced(self.made[:at[0]]), self._synced(self.made[at[0]:])

    @staticmethod
    def _synced(calls: list[Call]) -> list[str]:
        return [path for what, path in calls if what == "fsync"]


needs_proc = pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="asks /proc which file is meant")


@needs_proc
@pytest.mark.parametrize("merge", [False, True])
def test_a_commit_is_on_disk_before_the_rename_that_makes_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
                                                             merge: bool) -> None:
    """Segments, sums and table, then their entries in the folder; then the rename, then the folder."""
    engine = WhooshEngine.create(tmp_path)
    writer = engine.writer()
    for number in range(2):
        writer.add(make_document(number, random.Random(number)))
        writer.commit()
    before = set(tmp_path.glob("*.arrays"))
    writer.add(make_document(3, random.Random(3)))
    calls = Calls(monkeypatch)
    writer.commit(merge=merge)
    monkeypatch.undo()
    writer.close()
    [table] = tmp_path.glob("*.toc")
    synced, after = calls.around(str(table))
    fresh = {str(path) for path in set(tmp_path.glob("*.arrays")) - before}
    assert fresh
    files = {path for path in synced if path != str(tmp_path)}
    assert fresh | {f"{table}.sums"} <= files
    assert [path for path in files if path.startswith(f"{table}.") and not path.endswith(".sums")], "the table"
    assert synced[-1] == str(tmp_path), "entries in the folder, when all files are there"
    assert after == [str(tmp_path)]


@needs_proc
def test_a_new_index_is_on_disk_with_all_folders_above_it(tmp_path: Path,
                                                          monkeypatch: pytest.MonkeyPatch) -> None:
    calls = Calls(monkeypatch)
    folder = IndexFolder(tmp_path / "new" / "deep" / "index")
    folder.create()
    build = folder.new_build()
    WhooshEngine.create(build)
    folder.publish(build)
    monkeypatch.undo()
    before, after = calls.around(str(folder.path / "CURRENT"))
    for entered in (tmp_path, tmp_path / "new", tmp_path / "new" / "deep", folder.path, build.parent, build):
        assert str(entered) in before, "the folder in which something new lies"
    assert before[-1].startswith(str(folder.path / "CURRENT")), "the pointer itself"
    assert after == [str(folder.path)]


@contextmanager
def no_file_longer_than(size: int) -> Iterator[None]:
    """As on a full disk, writing fails in the middle of a file (EFBIG)."""
    former = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, former[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, former)


def filled(folder: Path) -> WhooshEngine:
    """An index of two segments."""
    engine = WhooshEngine.create(folder)
    writer = engine.writer()
    for number in range(20):
        writer.add(make_document(number, random.Random(number)))
        if number == 10:
            writer.commit()
    writer.commit()
    writer.close()
    return engine


def numbers(engine: WhooshEngine) -> set[int]:
    """The reports that are found; the index holds together."""
    with engine.searcher() as searcher:
        assert searcher.check() == []
        return {hit.stored["number"] for hit in searcher.search(Request(All(), limit=100)).hits}


@pytest.mark.parametrize("size", [0, 100, 3_000, 6_000])
@pytest.mark.parametrize("merge", [False, True])
def test_a_full_disk_leaves_nothing_half_written(tmp_path: Path, size: int, merge: bool) -> None:
    """At any length: what was committed is untouched, nothing lies about, and with room it goes on."""
    engine = filled(tmp_path)
    names = {path.name for path in tmp_path.iterdir()}
    writer = engine.writer()
    writer.add(make_document(30, random.Random(30)))
    with no_file_longer_than(size), pytest.raises(IndexWriteFailed, match=r"(?i)too large.*run the same command"):
        writer.commit(merge=merge)
    assert {path.name for path in tmp_path.glob("*.arrays")} <= names | {
        segment.path(tmp_path).name for segment in writer._fresh}, "no half segment stays"
    assert numbers(engine) == set(range(20))
    writer.commit(merge=merge)
    assert numbers(engine) == {*range(20), 30}, "the same writer goes on when there is room"
    writer.close()


@pytest.mark.parametrize("size", [0, 3_000])
def test_a_writer_that_gives_up_leaves_the_folder_as_it_was(tmp_path: Path, size: int) -> None:
    engine = filled(tmp_path)
    names = {path.name for path in tmp_path.iterdir()}
    writer = engine.writer()
    writer.add(make_document(30, random.Random(30)))
    with no_file_longer_than(size), pytest.raises(IndexWriteFailed):
        writer.commit(merge=True)
    writer.close()
    assert {path.name for path in tmp_path.iterdir()} == names
    assert numbers(engine) == set(range(20))


def test_a_full_disk_in_the_middle_of_a_transaction(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A segment that is written before the commit fails: what was not added may be added again."""
    engine = filled(tmp_path)
    monkeypatch.setattr(whoosh_writer, "FLUSH_CHARACTERS", 10)
    writer = engine.writer()
    writer.add(make_document(30, random.Random(30)))
    with no_file_longer_than(1_000), pytest.raises(IndexWriteFailed):
        writer.add(make_document(31, random.Random(31)))
    writer.add(make_document(31, random.Random(31)))
    writer.commit()
    writer.close()
    assert numbers(engine) == {*range(20), 30, 31}


def test_a_new_writer_takes_away_what_a_killed_one_left(tmp_path: Path) -> None:
    """Before it writes: on a full disk that may be the room that it needs."""
    engine = filled(tmp_path)
    names = {path.name for path in tmp_path.iterdir()}
    [table] = tmp_path.glob("*.toc")
    left = [tmp_path / "MAIN_0123456789abcdef.arrays", tmp_path / f"{table.name}.1763.25"]
    for path in left:
        path.write_bytes(b"half")
    writer = engine.writer()
    writer.add(make_document(30, random.Random(30)))
    assert {path.name for path in tmp_path.iterdir()} == names
    writer.close()
    assert numbers(engine) == set(range(20))


def test_a_writer_that_cannot_read_the_commit_writes_nothing(tmp_path: Path) -> None:
    """Nor does it when it is asked again: it would put an empty index over what may still be saved."""
    engine = filled(tmp_path)
    [table] = tmp_path.glob("*.toc")
    table.write_bytes(table.read_bytes()[:-1])
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    writer = engine.writer()
    for _ in range(2):
        with pytest.raises(IndexDamaged, match="Rebuild it with"):
            writer.add(make_document(30, random.Random(30)))
        with pytest.raises(IndexDamaged):
            writer.commit(merge=True)
    writer.commit()
    writer.close()
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_a_full_disk_while_an_index_is_made(tmp_path: Path) -> None:
    folder = IndexFolder(tmp_path / "index")
    with no_file_longer_than(0), pytest.raises(IndexWriteFailed):
        folder.create()
    folder.create()
    build = folder.new_build()
    with no_file_longer_than(0), pytest.raises(IndexWriteFailed):
        WhooshEngine.create(build)
    engine = WhooshEngine.create(build)
    with no_file_longer_than(0), pytest.raises(IndexWriteFailed):
        folder.publish(build)
    folder.publish(build)
    assert numbers(engine) == set()
    with open_searcher(folder.path) as searcher:
        assert searcher.check() == []
    assert not list(folder.path.glob("*.tmp"))
