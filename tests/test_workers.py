"""Worker processes: results in order, a deadly item costs only itself, nobody outlives the parent."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from indexer.workers import BATCH, Died, Workers, time_limit
from tests.conftest import ROOT


def square_or_die(item: int) -> int:
    """The worker's function: 13 kills the process that works on it."""
    if item == 13:
        os.kill(os.getpid(), signal.SIGKILL)
    return item * item


def nap(item: int) -> int:
    """Work that takes a while."""
    time.sleep(0.2)
    return item


def loaded(item: int) -> str:
    """Was what workers share there before this one, and had what forked it threads?"""
    status = Path(f"/proc/{os.getppid()}/status").read_text().split()
    return f"{'jieba' in sys.modules} {status[status.index('Threads:') + 1]}"


def test_what_workers_share_is_loaded_before_they_are_forked() -> None:
    script = ("from indexer.workers import Workers\nfrom tests.test_workers import loaded\n"
              "if __name__ == '__main__':\n"
              "    print({said for _, said in Workers(loaded, 2, preload='indexer.warm').map(range(40))})\n")
    done = subprocess.run([sys.executable, "-W", "error", "-c", script], capture_output=True, text=True, cwd=ROOT,
                          check=False)
    assert (done.stdout, done.stderr) == ("{'True 1'}\n", "")


@pytest.mark.parametrize("jobs", [1, 2])
def test_results_come_in_order(jobs: int) -> None:
    items = [item for item in range(5 * BATCH) if item != 13]
    assert list(Workers(square_or_die, jobs).map(items)) == [(item, item * item) for item in items]


def test_only_the_item_that_kills_is_lost() -> None:
    results = dict(Workers(square_or_die, 2).map(range(6 * BATCH)))
    assert [item for item, result in results.items() if isinstance(result, Died)] == [13]
    assert all(result == item * item for item, result in results.items() if item != 13)
    assert list(results) == list(range(6 * BATCH))


def test_workers_end_with_their_parent() -> None:
    script = ("import os\nfrom indexer.workers import Workers\nfrom tests.test_workers import nap\n"
              "for pair in Workers(nap, 2).map(range(1000)):\n    print(os.getpid(), flush=True)\n")
    parent = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True, cwd=ROOT)
    assert parent.stdout is not None
    parent.stdout.readline()
    children = descendants(parent.pid)
    assert len(children) >= 4  # what follows shared memory, what forks, two workers
    parent.kill()
    parent.wait()
    parent.stdout.close()
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline and set(children) & set(running()):
        time.sleep(0.1)
    assert not set(children) & set(running())


def descendants(pid: int) -> list[int]:
    """Processes that one has started, and those that these have started."""
    found = [pid]
    above = running()
    for one in found:
        found += [child for child, parent in above.items() if parent == one]
    return found[1:]


def running() -> dict[int, int]:
    """Processes that run, with their parents."""
    found = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            state, parent = status.read_text().rpartition(")")[2].split()[:2]
            if state != "Z":
                found[int(status.parent.name)] = int(parent)
    return found


def spin() -> None:
    while True:
        pass


def test_a_time_limit_interrupts() -> None:
    with pytest.raises(TimeoutError), time_limit(0.05):
        spin()
