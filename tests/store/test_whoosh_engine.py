"""The embedded engine under stress: threads, damage, commits by another process."""

from __future__ import annotations

import random
import shutil
import threading
from pathlib import Path

import pytest

from indexer.errors import IndexDamaged, IndexWriteFailed
from indexer.store import IndexFolder, WhooshEngine, open_searcher, whoosh_contents, whoosh_writer
from indexer.store.engine import FACETS, Hits
from indexer.store.query import All, And, Exact, Near, Not, Request, Term, Wildcard
from tests.store.test_engine_contract import make_document


def fill(path: Path, count: int = 60) -> IndexFolder:
    """An index folder with two segments."""
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


def damaged(path: Path, random_: random.Random) -> str:
    """Flip a bit, blank a block or cut the end of one file of the commit; says what was done."""
    file = random_.choice([p for p in sorted(path.rglob("*MAIN_*")) if p.is_file() and not p.name.endswith("LOCK")])
    data = bytearray(file.read_bytes())
    at = random_.randrange(len(data))
    kind = random_.choice(("flip", "blank", "cut"))
    if kind == "flip":
        data[at] ^= 1 << random_.randrange(8)
    elif kind == "blank":
        data[at:at + 64] = bytes(byte ^ 0x5A for byte in data[at:at + 64])
    else:
        del data[at:]
    file.write_bytes(bytes(data))
    return f"{kind} at {at} of {file.name}"


QUERIES = [Request(query, facets=FACETS, limit=5) for query in (
    Exact("帮扶"), Exact("一户一策，"), Exact("的"), Term("驻村"), Near(("养羊", "苹果"), 9), Exact("貧困戶"),
    And((Exact("道路"), Not(Exact("土豆")))), Wildcard("帮*"), All())]


@pytest.mark.parametrize("seed", range(200))
def test_damage_is_found_and_never_told_as_an_answer(tmp_path: Path, seed: int, whole: Path,
                                                     answers: list[Hits]) -> None:
    """A flipped bit, a blanked stretch, a cut end: said, or without effect on what is answered."""
    shutil.copytree(whole, tmp_path / "index")
    done = damaged(tmp_path / "index", random.Random(seed))
    try:
        searcher = open_searcher(tmp_path / "index")
    except IndexDamaged:
        return
    assert searcher.check(), done
    for request, answer in zip(QUERIES, answers, strict=True):
        try:
            given = searcher.search(request)
        except IndexDamaged:
            continue
        assert given == answer, done


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
