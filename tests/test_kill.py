"""SIGKILL at random instants: readers keep a whole index, the next run carries on to the same contents."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest

from indexer.errors import IndexNotFound
from indexer.indexing import Options, run
from indexer.store import IndexFolder, open_searcher
from tests.conftest import write_archive
from tests.test_bad_input import BANGFU

INSTANTS = 20


def snapshot(index: Path) -> list[tuple[str, str]]:
    """Every report of an index with its whole record, in order."""
    with open_searcher(index) as searcher:
        assert searcher.check() == []
        return [(report["id"], str(report)) for report in searcher.reports()]


def killed_after(seconds: float, *arguments: object) -> bool:
    """Start `bangfu index`, kill it with its workers; was it still running?"""
    process = subprocess.Popen([*BANGFU, "index", *map(str, arguments)], start_new_session=True,
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(seconds)
    running = process.poll() is None
    if running:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    return running


@pytest.mark.parametrize("rebuild", [False, True])
def test_a_killed_run_loses_and_doubles_nothing(tmp_path: Path, rebuild: bool) -> None:
    archive = write_archive(tmp_path / "archive", 100)
    run(Options((archive,), tmp_path / "clean", jobs=1))
    clean = snapshot(tmp_path / "clean")
    index = tmp_path / "index"
    if rebuild:
        run(Options((archive,), index, jobs=1))
    extra = ("--rebuild",) if rebuild else ()
    random_ = random.Random(20 + rebuild)
    full = _duration(archive, tmp_path)
    kills = runs = 0
    while kills < INSTANTS // 2:
        killed = killed_after(random_.uniform(0.5, full), archive, "--index", index, "--jobs", 1,
                              "--commit-pages", 3, *extra)
        kills += killed
        runs += 1
        assert runs < 2 * INSTANTS, "most runs ended before they were killed"
        seen = _visible(index)
        assert set(seen) <= set(clean), "a reader saw something that no whole run holds"
        if rebuild:
            assert seen == clean, "a rebuild was seen before it was whole"
        elif not killed:
            assert seen == clean
            shutil.rmtree(index)  # nothing is left to be killed over: begin again
    run(Options((archive,), index, jobs=1))
    assert snapshot(index) == clean
    assert len(list((index / "builds").iterdir())) == 1


def _duration(archive: Path, folder: Path) -> float:
    started = time.monotonic()
    subprocess.run([*BANGFU, "index", str(archive), "--index", str(folder / "timed"), "--jobs", "1",
                    "--commit-pages", "3"], check=True, capture_output=True)
    return time.monotonic() - started


def _visible(index: Path) -> list[tuple[str, str]]:
    if not IndexFolder(index).exists():
        return []
    try:
        return snapshot(index)
    except IndexNotFound:
        return []
