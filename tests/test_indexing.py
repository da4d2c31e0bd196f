"""Runs of the indexer: incremental, rebuilt, pruned, interrupted; nothing lost, nothing doubled."""

from __future__ import annotations

import errno
import json
import os
import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from filelock import FileLock

from indexer import fingerprint, intake, pipeline
from indexer.errors import IndexBusy, IndexDamaged, UsageError
from indexer.indexing import Options, Summary, run
from indexer.store import IndexFolder, open_searcher
from search_web.service import Question, SearchService
from tests.conftest import html_page, write_archive

Indexer = Callable[..., Summary]


def contents(index: Path) -> dict[str, str]:
    """Path and body of everything that an index holds."""
    with open_searcher(index) as searcher:
        return {f"{report['page']['path']}#{report['part']}": report["body"] for report in searcher.reports()}


def test_an_unchanged_archive_costs_nothing(archive: Path, index_it: Indexer) -> None:
    first, second = index_it(archive), index_it(archive)
    assert (first.new, first.failed, first.reports) == (12, 0, 12)
    assert (second.unchanged, second.new, second.changed, second.reports) == (12, 0, 0, 12)


def test_changed_new_and_missing_pages(archive: Path, index_it: Indexer, tmp_path: Path) -> None:
    index_it(archive)
    (archive / "page000.html").write_text(html_page("改过的报告", ["全文重写，推广水稻种植。"]), encoding="utf-8")
    (archive / "new.html").write_text(html_page("新的报告", ["这里写的是茶叶产业。"]), encoding="utf-8")
    (archive / "page001.html").unlink()
    kept = index_it(archive)
    assert (kept.new, kept.changed, kept.unchanged, kept.removed) == (1, 1, 10, 0)
    pruned = index_it(archive, prune=True)
    assert (pruned.unchanged, pruned.removed) == (12, 1)
    held = contents(tmp_path / "index")
    assert len(held) == 12
    assert held["page000.html#1"] == "全文重写，推广水稻种植。"
    assert "page001.html#1" not in held


def test_prune_touches_only_what_lies_below_the_given_paths(tmp_path: Path, index_it: Indexer) -> None:
    one, other = write_archive(tmp_path / "one", 3), tmp_path / "other"
    other.mkdir()
    (other / "x.html").write_text(html_page("另一个", ["另一个文件夹里的报告。"]), encoding="utf-8")
    index_it(one, other)
    shutil.rmtree(one)
    one.mkdir()
    assert index_it(one, prune=True).removed == 3
    assert list(contents(tmp_path / "index")) == ["x.html#1"]


def test_files_of_one_name_below_two_roots_are_two_pages(tmp_path: Path, index_it: Indexer) -> None:
    for name, text in (("a", "第一个文件夹里的报告。"), ("b", "第二个文件夹里的报告。")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "x.html").write_text(html_page("同名", [text]), encoding="utf-8")
    assert index_it(tmp_path / "a").new == 1
    assert index_it(tmp_path / "b").new == 1
    assert index_it(tmp_path / "a", tmp_path / "b").unchanged == 2
    with open_searcher(tmp_path / "index") as searcher:
        held = sorted(report["body"] for report in searcher.reports())
    assert held == ["第一个文件夹里的报告。", "第二个文件夹里的报告。"]


def test_two_captures_of_one_address(tmp_path: Path, index_it: Indexer) -> None:
    url = "http://www.example.gov.example/a.html"
    records = [{"url": url, "html": html_page("初稿", ["第一次抓取的文字。"])},
               {"url": url, "html": html_page("初稿", ["第一次抓取的文字。"])},
               {"url": url, "html": html_page("二稿", ["第二次抓取的文字。"])}]
    file = tmp_path / "records.jsonl"
    file.write_text("\n".join(json.dumps(record, ensure_ascii=False) for record in records), encoding="utf-8")
    summary = index_it(file)
    assert (summary.new, summary.repeated) == (2, 1)
    again = index_it(file)
    assert (again.unchanged, again.new, again.changed) == (2, 0, 0)


def test_a_dry_run_writes_nothing(archive: Path, tmp_path: Path, index_it: Indexer) -> None:
    assert index_it(archive, dry_run=True).new == 12
    assert not (tmp_path / "index").exists()


def test_failures_are_named_and_kept(archive: Path, tmp_path: Path, index_it: Indexer) -> None:
    (archive / "photo.html").write_bytes(b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(range(256)) * 20)
    (archive / "empty.html").write_bytes(b"")
    summary = index_it(archive)
    assert (summary.new, summary.failed) == (12, 2)
    kept = [json.loads(line) for line in (tmp_path / "index/failures.jsonl").read_text().splitlines()]
    assert {problem["path"] for problem in kept} == {"photo.html", "empty.html"}
    assert all(problem["reason"] for problem in kept)


def test_a_page_that_broke_keeps_its_last_good_version(archive: Path, tmp_path: Path, index_it: Indexer) -> None:
    index_it(archive)
    (archive / "page003.html").write_bytes(b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(range(256)) * 20)
    assert index_it(archive, prune=True).failed == 1
    assert "page003.html#1" in contents(tmp_path / "index")


def test_parallel_and_single_runs_make_the_same_index(archive: Path, tmp_path: Path) -> None:
    run(Options((archive,), tmp_path / "one", jobs=1))
    run(Options((archive,), tmp_path / "two", jobs=2))
    assert contents(tmp_path / "one") == contents(tmp_path / "two")


def test_changed_words_are_tokenised_again_without_cleaning(
        archive: Path, tmp_path: Path, index_it: Indexer, monkeypatch: pytest.MonkeyPatch) -> None:
    index_it(archive)
    before = contents(tmp_path / "index")
    monkeypatch.setattr(fingerprint, "tokens", lambda: "another dictionary")
    monkeypatch.setattr(pipeline, "process", None)  # cleaning a page would fail loudly
    summary = index_it(archive)
    assert (summary.retokenised, summary.failed) == (12, 0)
    assert any("tokenised again" in reason for reason in summary.reasons)
    assert contents(tmp_path / "index") == before
    assert index_it(archive).unchanged == 12


def test_changed_cleaning_reads_the_pages_again(
        archive: Path, index_it: Indexer, monkeypatch: pytest.MonkeyPatch) -> None:
    index_it(archive)
    monkeypatch.setattr(fingerprint, "cleaning", lambda: "another program")
    summary = index_it(archive)
    assert summary.changed == 12
    assert any("cleaned" in reason for reason in summary.reasons)


def test_a_rebuild_is_swapped_under_a_reading_server(archive: Path, tmp_path: Path, index_it: Indexer) -> None:
    index_it(archive)
    service = SearchService(tmp_path / "index")
    question = Question("以购代捐")
    totals: list[int] = []
    errors: list[BaseException] = []
    stop = threading.Event()

    def ask() -> None:
        while not stop.is_set():
            try:
                totals.append(service.search(question)["total"])
            except BaseException as error:
                errors.append(error)

    thread = threading.Thread(target=ask)
    thread.start()
    try:
        for number in range(3):
            (archive / f"more{number}.html").write_text(
                html_page(f"再添{number}", [f"以购代捐的第{number}个例子。"]), encoding="utf-8")
            index_it(archive, rebuild=True)
    finally:
        stop.set()
        thread.join()
    assert not errors
    assert sorted(totals) == totals
    assert service.search(question)["total"] == 15
    assert len(list((tmp_path / "index/builds").iterdir())) == 1


def test_a_second_writer_waits_then_says_who_writes(archive: Path, tmp_path: Path, index_it: Indexer) -> None:
    index_it(archive)
    lock = FileLock(tmp_path / "index/writer.lock")
    with lock, pytest.raises(IndexBusy, match=r"process \d+ on .*--lock-timeout"):
        index_it(archive, lock_timeout=0.2)
    assert index_it(archive, lock_timeout=0.2).unchanged == 12


def test_a_missing_path_is_wrong_use(tmp_path: Path, index_it: Indexer) -> None:
    with pytest.raises(UsageError, match="nowhere"):
        index_it(tmp_path / "nowhere")


def test_an_empty_archive_makes_an_empty_index(tmp_path: Path, index_it: Indexer) -> None:
    (tmp_path / "empty").mkdir()
    summary = index_it(tmp_path / "empty")
    assert (summary.pages, summary.failed) == (0, 0)
    assert SearchService(tmp_path / "index").search(Question("帮扶"))["total"] == 0


def test_prune_spares_what_lies_below_an_unreadable_folder(
        archive: Path, tmp_path: Path, index_it: Indexer, monkeypatch: pytest.MonkeyPatch) -> None:
    (archive / "sub").mkdir()
    (archive / "sub" / "deep.html").write_text(html_page("深处", ["深处的报告。"]), encoding="utf-8")
    index_it(archive)
    scandir = os.scandir

    def refuse(folder: str) -> Iterator[os.DirEntry[str]]:
        # Tests run as root, whom no permission stops: the system call is made to fail instead.
        if str(folder).endswith("sub"):
            raise PermissionError(errno.EACCES, "Permission denied")
        return scandir(folder)

    monkeypatch.setattr(os, "scandir", refuse)
    summary = index_it(archive, prune=True)
    assert (summary.failed, summary.removed) == (1, 0)
    assert "sub/deep.html#1" in contents(tmp_path / "index")


def test_prune_below_a_linked_root(archive: Path, tmp_path: Path, index_it: Indexer) -> None:
    link = tmp_path / "link"
    link.symlink_to(archive)
    index_it(link)
    (archive / "page000.html").unlink()
    assert index_it(link, prune=True).removed == 1


def test_one_address_in_two_files_is_two_pages_whatever_the_runs(tmp_path: Path, index_it: Indexer) -> None:
    for name, text in (("a", "第一次抓取的文字。"), ("b", "第二次抓取的文字。")):
        record = {"url": "http://x.example/1.html", "html": html_page("同址", [text])}
        (tmp_path / f"{name}.jsonl").write_text(json.dumps(record, ensure_ascii=False), encoding="utf-8")
    a, b = tmp_path / "a.jsonl", tmp_path / "b.jsonl"
    assert index_it(a, b).new == 2
    for paths in ((b,), (a,), (a, b), (b, a)):
        summary = index_it(*paths)
        assert (summary.unchanged, summary.new, summary.changed) == (len(paths), 0, 0), paths
    with open_searcher(tmp_path / "index") as searcher:
        assert searcher.count() == 2


def test_a_moved_archive_is_followed(archive: Path, tmp_path: Path, index_it: Indexer) -> None:
    """The pointer to the raw page goes with the archive."""
    index_it(archive)
    archive.rename(tmp_path / "moved")
    assert index_it(tmp_path / "moved").changed == 12
    with open_searcher(tmp_path / "index") as searcher:
        assert {Path(state.file).parent.name for state in searcher.pages()} == {"moved"}


def test_an_index_inside_its_archive_is_no_page(archive: Path) -> None:
    for expected in ("new", "unchanged"):
        summary = run(Options((archive,), archive / "index", jobs=1))
        assert (getattr(summary, expected), summary.failed) == (12, 0)


def test_a_dry_run_before_the_first_commit(archive: Path, tmp_path: Path, index_it: Indexer) -> None:
    IndexFolder(tmp_path / "index").create()
    assert index_it(archive, dry_run=True).new == 12


def test_a_kill_while_the_folder_is_made_blocks_nothing(archive: Path, tmp_path: Path, index_it: Indexer) -> None:
    (tmp_path / "index").mkdir()
    (tmp_path / "index" / "FORMAT.123.tmp").write_text("{")
    assert index_it(archive).new == 12
    assert not list((tmp_path / "index").glob("*.tmp"))


def test_a_rebuild_keeps_pages_that_broke_and_never_empties_an_index(
        archive: Path, tmp_path: Path, index_it: Indexer) -> None:
    index_it(archive)
    junk = b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(range(256)) * 20
    (archive / "page003.html").write_bytes(junk)
    summary = index_it(archive, rebuild=True)
    assert (summary.new, summary.failed, summary.reports) == (11, 1, 12)
    assert "page003.html#1" in contents(tmp_path / "index")
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(IndexDamaged, match="no report at all"):
        index_it(empty, rebuild=True)
    assert len(contents(tmp_path / "index")) == 12


def test_a_rebuild_says_what_it_left_out(archive: Path, tmp_path: Path, index_it: Indexer) -> None:
    other = write_archive(tmp_path / "other", 3)
    index_it(archive, other)
    summary = index_it(archive, rebuild=True)
    assert any("not in the new one" in reason for reason in summary.reasons)


def test_a_page_that_takes_too_long_is_reported(
        archive: Path, index_it: Indexer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake, "PAGE_SECONDS", 0.05)
    (archive / "slow.html").write_text("<p>帮扶工作。</p>" * 400_000, encoding="utf-8")
    summary = index_it(archive)
    assert [problem.path for problem in summary.failures if "longer than" in problem.reason][-1:] == ["slow.html"]


def test_one_file_reached_from_two_roots_is_one_page(archive: Path, tmp_path: Path, index_it: Indexer) -> None:
    index_it(archive / "page000.html")
    assert index_it(archive).reports == 12
    assert index_it(archive, archive / "page001.html").repeated == 1
    with open_searcher(tmp_path / "index") as searcher:
        assert searcher.count() == 12


def test_an_index_of_an_older_layout_is_rebuilt_not_read(tmp_path: Path, archive: Path) -> None:
    run(Options((archive,), tmp_path / "index", jobs=1))
    (tmp_path / "index" / "FORMAT").write_text('{"kind": "bangfu-index", "version": 1}\n', encoding="utf-8")
    with pytest.raises(IndexDamaged, match=r"older Bangfu.*--rebuild"):
        open_searcher(tmp_path / "index")
    with pytest.raises(IndexDamaged, match="--rebuild"):
        run(Options((archive,), tmp_path / "index", jobs=1))
    run(Options((archive,), tmp_path / "index", jobs=1, rebuild=True))
    with open_searcher(tmp_path / "index") as searcher:
        assert searcher.count() == 12
