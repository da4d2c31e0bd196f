"""The embedded engine under stress: threads, damage, commits by another process."""

from __future__ import annotations

import multiprocessing
import random
import shutil
import threading
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from indexer.errors import IndexDamaged, IndexNotFound, IndexWriteFailed
from indexer.store import IndexFolder, WhooshEngine, open_searcher, whoosh_contents, whoosh_writer
from indexer.store.engine import FACETS, Hits
from indexer.store.query import All, And, Exact, Near, Not, Request, Term, Wildcard
from tests.store.test_engine_contract import make_document


def fill(path: Path, count: int = 60) -> IndexFolder:
    """An index folder with two segments, and deletions in the first."""
    folder = IndexFolder(path)
    folder.create()
    build = folder.new_build()
    engine = WhooshEngine.create(build)
    folder.publish(build)
    writer = engine.writer()
    random_ = random.Random(3)
    for number in range(count):
        writer.add(make_document(number, random_))
        if number == count // 2:
            writer.commit()
    writer.commit()
    if count > 40:
        writer.delete_page(f"{2:016x}")
        writer.delete_page(f"{9:016x}")
        writer.commit()
    writer.close()
    return folder


def test_threads_get_the_answers_of_one_alone(tmp_path: Path) -> None:
    fill(tmp_path / "index")
    requests = [Request(And((Exact(a), Exact(b))), facets=FACETS, limit=100)
                for a in ("帮扶", "驻村", "苹果", "一户一策", "12.5%") for b in ("养羊", "道路", "3人", "土豆")]
    with open_searcher(tmp_path / "index") as alone:
        expected = [alone.search(request) for request in requests]
    for _ in range(5):
        wrong: list[object] = []
        with open_searcher(tmp_path / "index") as shared:

            def ask(order: list[int], searcher=shared, wrong=wrong) -> None:  # type: ignore[no-untyped-def]
                try:
                    wrong.extend(i for i in order if searcher.search(requests[i]) != expected[i])
                except Exception as error:
                    wrong.append(error)

            orders = [random.Random(seed).sample(range(len(requests)), len(requests)) for seed in range(6)]
            threads = [threading.Thread(target=ask, args=(order,)) for order in orders]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        assert not wrong


def files_of(path: Path, pattern: str) -> list[Path]:
    return [file for file in sorted(path.rglob(pattern)) if file.is_file() and not file.name.endswith("LOCK")]


KINDS = ("flip", "flip", "blank", "cut", "longer", "swap", "gone")


def damaged(path: Path, random_: random.Random, kinds: Sequence[str] = KINDS) -> tuple[str, set[str]]:
    """Do something to a file of an index, or to two; says what was done, and to which files."""
    kind = random_.choice(kinds)
    if kind == "swap":
        one, other = random_.sample(files_of(path, "*.arrays"), 2)
        data = one.read_bytes()
        one.write_bytes(other.read_bytes())
        other.write_bytes(data)
        return kind, {one.name, other.name}
    own = files_of(path, "*MAIN_*")
    file = random_.choice(own * 4 + [path / "FORMAT", path / "CURRENT"])
    data = bytearray(file.read_bytes())
    at = random_.randrange(len(data))
    if kind == "flip":
        data[at] ^= 1 << random_.randrange(8)
    elif kind == "blank":
        data[at:at + 64] = bytes(byte ^ 0x5A for byte in data[at:at + 64])
    elif kind == "cut":
        del data[at:]
    elif kind == "longer":
        data[at:at] = bytes(4096)
    if kind == "gone":
        file.unlink()
    else:
        file.write_bytes(bytes(data))
    return f"{kind} at {at} of {file.name}", {file.name}


QUERIES = [Request(query, facets=FACETS, limit=5) for query in (
    Exact("帮扶"), Exact("一户一策，"), Exact("的"), Term("驻村"), Near(("养羊", "苹果"), 9), Exact("貧困戶"),
    And((Exact("道路"), Not(Exact("土豆")))), Wildcard("帮*"), All())]


@pytest.mark.parametrize("seed", range(300))
def test_damage_is_found_and_never_told_as_an_answer(tmp_path: Path, seed: int, whole: Path,
                                                     answers: list[Hits]) -> None:
    """Said, with the file and what to do, or without effect on what is answered."""
    shutil.copytree(whole, tmp_path / "index")
    done, files = damaged(tmp_path / "index", random.Random(seed))
    given, said = asked(tmp_path / "index")
    # A pointer with another blank behind it says the same.
    assert said or files == {"CURRENT"}, done
    assert all(tells(sentence, files) for sentence in said), (done, said)
    assert all(one is None or one == answer for one, answer in zip(given, answers, strict=True)), done


@pytest.mark.parametrize("seed", range(1000, 1200))
def test_a_flipped_bit_is_never_told_as_an_answer(tmp_path: Path, seed: int, whole: Path,
                                                  answers: list[Hits]) -> None:
    """Asked before anybody checks the files: what a question reads is checked when it is read."""
    shutil.copytree(whole, tmp_path / "index")
    done, files = damaged(tmp_path / "index", random.Random(seed), ("flip",))
    given, said = asked(tmp_path / "index", check=False)
    assert said or None not in given, done
    assert all(tells(sentence, files) for sentence in said), (done, said)
    assert all(one is None or one == answer for one, answer in zip(given, answers, strict=True)), done


def asked(path: Path, *, check: bool = True) -> tuple[list[Hits | None], list[str]]:
    """The answers to the queries, None where there is none, and every sentence about damage."""
    try:
        searcher = open_searcher(path)
    except (IndexDamaged, IndexNotFound) as error:
        return [None] * len(QUERIES), [str(error)]
    given: list[Hits | None] = []
    said = searcher.check() if check else []
    for request in QUERIES:
        try:
            given.append(searcher.search(request))
        except IndexDamaged as error:
            given.append(None)
            said.append(str(error))
    return given, said


def tells(sentence: str, files: set[str]) -> bool:
    """Does it name what is damaged, and say what to do?  The small files are told by their index."""
    named = any(file in sentence for file in files if file.endswith(".arrays")) or (
        not any(file.endswith(".arrays") for file in files))
    return named and any(advice in sentence for advice in ("--rebuild", "bangfu index", "--index"))


def test_segments_of_one_size_that_changed_places_are_found_at_once(tmp_path: Path) -> None:
    """Each is whole by itself; together they would apply deletions to the wrong reports."""
    folder = IndexFolder(tmp_path / "index")
    folder.create()
    build = folder.new_build()
    folder.publish(build)
    writer = WhooshEngine.create(build).writer()
    for number in (1, 2):
        writer.add(replace(make_document(number, random.Random(1)), facets={}))
        writer.commit()
    writer.close()
    one, other = files_of(build, "*.arrays")
    assert one.stat().st_size == other.stat().st_size
    data = one.read_bytes()
    one.write_bytes(other.read_bytes())
    other.write_bytes(data)
    with pytest.raises(IndexDamaged, match=r"MAIN_.*--rebuild"):
        open_searcher(tmp_path / "index")


@pytest.fixture(scope="module")
def answers(whole: Path) -> list[Hits]:
    with open_searcher(whole) as searcher:
        return [searcher.search(request) for request in QUERIES]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("whole") / "index"
    fill(path)
    return path


def test_readers_never_fail_while_another_commits(tmp_path: Path) -> None:
    folder = fill(tmp_path / "index", 12)
    stop = threading.Event()
    errors: list[BaseException] = []
    seen: list[int] = []

    def read() -> None:
        while not stop.is_set():
            try:
                with open_searcher(tmp_path / "index") as searcher:
                    seen.append(searcher.count())
            except BaseException as error:
                errors.append(error)

    threads = [threading.Thread(target=read) for _ in range(3)]
    for thread in threads:
        thread.start()
    writer = WhooshEngine(folder.current()).writer()
    random_ = random.Random(5)
    for number in range(100, 130):
        writer.add(make_document(number, random_))
        writer.commit()
    writer.close()
    stop.set()
    for thread in threads:
        thread.join()
    assert not errors
    assert set(seen) <= set(range(12, 43))


@pytest.mark.parametrize("step", ["sync", "drop_former_sums", "clean_files"])
@pytest.mark.parametrize("error", [KeyboardInterrupt, OSError])
def test_an_interruption_behind_the_commit_spoils_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
                                                          step: str, error: type[BaseException]) -> None:
    """Ctrl-C, or a disk that fails, between the rename and the end of `commit`."""
    folder = fill(tmp_path / "index", 12)
    writer = WhooshEngine(folder.current()).writer()
    for number in range(20, 24):
        writer.add(make_document(number, random.Random(number)))
    before = WhooshEngine(folder.current()).commit()

    def interrupted(*arguments: object) -> None:
        if WhooshEngine(folder.current()).commit() != before:
            raise error
        as_before(*arguments)

    room = whoosh_writer if step == "clean_files" else whoosh_contents
    as_before = getattr(room, step)
    monkeypatch.setattr(room, step, interrupted)
    with pytest.raises((KeyboardInterrupt, IndexWriteFailed)):
        writer.commit()
    monkeypatch.undo()
    writer.close()
    with open_searcher(tmp_path / "index") as searcher:
        assert searcher.count() == 16
        assert searcher.check() == []


def test_a_merge_of_everything_stays_below_the_largest_segment(tmp_path: Path,
                                                               monkeypatch: pytest.MonkeyPatch) -> None:
    folder = fill(tmp_path / "index", 40)
    writer = WhooshEngine(folder.current()).writer()
    writer.add(make_document(50, random.Random(5)))
    monkeypatch.setattr(whoosh_writer, "MAX_LETTERS", 2000)
    writer.commit(merge=True)
    writer.close()
    with open_searcher(tmp_path / "index") as searcher:
        assert searcher.count() == 41
        assert searcher.check() == []
        assert len(list(folder.current().glob("*.arrays"))) > 1


def test_a_check_beside_a_writer_looks_at_the_newer_commit(tmp_path: Path) -> None:
    folder = fill(tmp_path / "index", 12)
    with open_searcher(tmp_path / "index") as searcher:
        writer = WhooshEngine(folder.current()).writer()
        writer.add(make_document(50, random.Random(5)))
        writer.commit(merge=True)
        writer.close()
        assert searcher.check() == []


def merge_all(build: Path) -> None:
    """What another process does to an index: more reports, fewer, everything written anew."""
    for step in range(3):
        writer = WhooshEngine(build).writer()
        writer.add(make_document(200 + step, random.Random(step)))
        for number in range(20 * step, 20 * step + 15):
            writer.delete_page(f"{number:016x}")
        writer.commit(merge=True)
        writer.close()


def test_a_reader_outlives_a_merge_by_another_process(tmp_path: Path) -> None:
    """All its files are gone, records and postings that it never read among them."""
    folder = fill(tmp_path / "index")
    build = folder.current()
    with open_searcher(tmp_path / "index") as fresh:
        expected = [fresh.search(request) for request in QUERIES]
        everything = list(fresh.stored())
        states = list(fresh.pages())
        groups = [fresh.reprints(record["id"]) for record, _ in everything]
    with open_searcher(tmp_path / "index") as early, open_searcher(tmp_path / "index") as warm:
        assert warm.search(QUERIES[0]) == expected[0]
        files = files_of(build, "*.arrays")
        process = multiprocessing.get_context("forkserver").Process(target=merge_all, args=(build,))
        process.start()
        process.join()
        assert process.exitcode == 0
        assert not any(file.exists() for file in files)
        for searcher in (early, warm):
            assert [searcher.search(request) for request in QUERIES] == expected
            assert list(searcher.stored()) == everything
            assert list(searcher.pages()) == states
            assert [searcher.reprints(record["id"]) for record, _ in everything] == groups
            assert searcher.check() == [], "the newer commit is looked at"
    with open_searcher(tmp_path / "index") as later:
        assert later.count() == 60 - 2 + 3 - 15 - 15 - 15 + 2
