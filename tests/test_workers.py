"""Worker processes: results in order, a deadly item costs only itself, nobody outlives the parent."""

from __future__ import annotations

import os
import re
import resource
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest

from indexer.workers import ATTEMPTS, BATCH, Died, Workers, time_limit
from tests.conftest import ROOT


def square_or_die(item: int) -> int:
    """The worker's function: 13 kills the process that works on it."""
    if item == 13:
        os.kill(os.getpid(), signal.SIGKILL)
    return item * item


def nap(item: int) -> int:
    """Work that takes a while."""
    time.sleep(0.05)
    return item


def loaded(item: int) -> str:
    """Was what workers share there before this one, has what forked it threads, does numpy start some here?"""
    there, before = "jieba" in sys.modules, len(os.listdir("/proc/self/task"))
    large = np.ones((512, 512))
    large @= large
    return f"{there} {len(os.listdir(f'/proc/{os.getppid()}/task'))} {len(os.listdir('/proc/self/task')) - before}"


def test_what_workers_share_is_loaded_before_they_are_forked() -> None:
    script = ("from indexer.workers import Workers\nfrom tests.test_workers import loaded\n"
              "if __name__ == '__main__':\n"
              "    print({said for _, said in Workers(loaded, 2, preload='indexer.warm').map(range(40))})\n")
    # What forks sees to it itself that numpy starts no threads.
    environ = {name: value for name, value in os.environ.items() if not name.endswith("_NUM_THREADS")}
    done = subprocess.run([sys.executable, "-W", "error", "-c", script], capture_output=True, text=True, cwd=ROOT,
                          check=False, env=environ)
    assert (done.stdout, done.stderr) == ("{'True 1 0'}\n", "")


def test_what_workers_share_is_loaded_nowhere_else() -> None:
    script = ("import gc, os, sys\nbefore = dict(os.environ)\nimport indexer.warm\n"
              "print(os.environ == before, gc.get_freeze_count(), 'jieba' in sys.modules)")
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=ROOT, check=False)
    assert (done.stdout, done.stderr) == ("True 0 False\n", "")


# Imported by the process that forks: it is killed while it loads, as often as the file says.
DEADLY = """
import os, signal
from pathlib import Path
deaths = Path(os.environ["DEATHS"])
if left := int(deaths.read_text()):
    deaths.write_text(str(left - 1))
    os.kill(os.getpid(), signal.SIGKILL)
"""
MAP = """
from indexer.errors import NoWorkers
from indexer.workers import Workers
from tests.test_workers import items, nap
try:
    results = list(Workers(nap, 2, preload="deadly").map(items()))
    print(results == [(item, item) for item in range(40)])
except NoWorkers as error:
    print(error)
"""


def items() -> Iterator[int]:
    """Forty; with LATER in the environment what forks dies behind the first that work, and again as it loads;
    with FULL, for a moment no second process can be started, for want of descriptors."""
    limit, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    for item in range(40):
        if item == BATCH and "FULL" in os.environ:
            resource.setrlimit(resource.RLIMIT_NOFILE, (3, most))
            threading.Timer(0.1, resource.setrlimit, (resource.RLIMIT_NOFILE, (limit, most))).start()
        if item == 2 * BATCH and (deaths := os.environ.get("LATER")):
            Path(os.environ["DEATHS"]).write_text(deaths)
            os.kill(forking(os.getpid()), signal.SIGKILL)
        yield item


def mapped(folder: Path, deaths: int, **environ: str) -> tuple[str, int]:
    """What MAP says where what forks is killed so often, and how many deaths are left."""
    (folder / "deadly.py").write_text(DEADLY)
    (folder / "deaths").write_text(str(deaths))
    done = subprocess.run([sys.executable, "-W", "error", "-c", MAP], capture_output=True, text=True, cwd=ROOT,
                          check=False, env=os.environ | environ | {
                              "PYTHONPATH": f"{folder}{os.pathsep}{ROOT}", "DEATHS": str(folder / "deaths")})
    assert done.stderr == ""
    return done.stdout.strip(), int((folder / "deaths").read_text())


@pytest.mark.parametrize("deaths", [1, ATTEMPTS - 1])
def test_what_forks_is_started_again_when_it_dies_as_it_loads(tmp_path: Path, deaths: int) -> None:
    assert mapped(tmp_path, deaths) == ("True", 0)


@pytest.mark.parametrize("trouble", ["LATER", "FULL"])
def test_processes_are_started_again_when_some_work_already(tmp_path: Path, trouble: str) -> None:
    assert mapped(tmp_path, 0, **{trouble: "1"}) == ("True", 0)


@pytest.mark.parametrize("later", [False, True])
def test_what_dies_at_every_start_is_told_in_a_sentence(tmp_path: Path, later: bool) -> None:
    said, left = mapped(tmp_path, 0, LATER="99") if later else mapped(tmp_path, 99)
    assert re.fullmatch(r"The processes .* could not be started \(.+\), .*--jobs 1 .*\.", said)
    assert 99 - 2 * ATTEMPTS <= left < 99


# A shell lets what runs in its background ignore Ctrl-C, these tests too.
STOPPED = """
import signal
signal.signal(signal.SIGINT, signal.default_int_handler)
from indexer.workers import Workers
from tests.test_workers import nap
try:
    for pair in Workers(nap, 2, preload="indexer.warm").map(range(10_000)):
        print("works", flush=True)
except KeyboardInterrupt:
    print("stopped")
"""


def loads(pid: int) -> bool:
    """Has what forks begun to load the stages?  It goes on so for a second."""
    with suppress(OSError, ValueError):
        return "_multiarray_umath" in Path(f"/proc/{forking(pid)}/maps").read_text()
    return False


def forks(pid: int) -> bool:
    """Are there workers?"""
    with suppress(OSError, ValueError):
        return len(descendants(forking(pid))) == 2
    return False


@pytest.mark.parametrize("reached", [loads, forks])
def test_ctrl_c_ends_all_processes_without_a_word_of_theirs(reached: Callable[[int], bool]) -> None:
    parent = subprocess.Popen([sys.executable, "-c", STOPPED], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              text=True, cwd=ROOT, start_new_session=True)
    while not reached(parent.pid):
        assert parent.poll() is None
        time.sleep(0.01)
    started = descendants(parent.pid)
    os.killpg(parent.pid, signal.SIGINT)
    said, complaints = parent.communicate(timeout=60)  # until nobody is left who could say something
    assert (said.replace("works\n", ""), complaints, parent.returncode) == ("stopped\n", "", 0)
    assert_ended(started)


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
    assert_ended(children)


def assert_ended(processes: list[int]) -> None:
    """They end, if not at once."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline and set(processes) & set(running()):
        time.sleep(0.1)
    assert not set(processes) & set(running())


def descendants(pid: int) -> list[int]:
    """Processes that one has started, and those that these have started."""
    found = [pid]
    above = running()
    for one in found:
        found += [child for child, parent in above.items() if parent == one]
    return found[1:]


def forking(pid: int) -> int:
    """The process that forks the workers of another; raises ValueError where there is none."""
    [found] = [child for child in descendants(pid)
               if b"multiprocessing.forkserver" in Path(f"/proc/{child}/cmdline").read_bytes()
               and running().get(child) == pid]
    return found


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
