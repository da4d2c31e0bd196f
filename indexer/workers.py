"""Cleaning in all cores: pages go out to worker processes and come back in their order."""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import CancelledError, Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from itertools import chain, islice
from types import FrameType
from typing import Generic, TypeVar

from indexer.errors import NoWorkers

In = TypeVar("In")
Out = TypeVar("Out")

# Items that travel together: fewer crossings, while a worker's death costs few repetitions.
BATCH = 8
# New objects after which a worker looks for unreachable ones, and how seldom it looks through older ones:
# pages leave next to no cycles behind, and the dictionaries hold very many objects.
COLLECT = (50_000, 20, 20)
# Batches under way for each worker: enough that none waits for the writer.
AHEAD = 3
# How often processes are started that do not come up, and the seconds until the next attempt: one that was
# killed is not gone at once.
ATTEMPTS = 3
PAUSE = 0.2


class Died:
    """The result of an item whose worker process died over it."""


class Workers(Generic[In, Out]):
    """Maps a function over items in `jobs` processes, results in order, memory bounded.

    `jobs` of 1, or a handful of items, work in this process.  When a worker dies (killed, out of
    memory) the batches under way are repeated in fresh processes, the deadly one item by item, so
    that only the item that kills is lost; its result is a `Died`.

    `preload` names a module that is imported once, by a process of which the workers are forks.  This process
    loads what the first `Workers` of the program name, serves all later ones and ends with the program: only
    private means would end it sooner.  In Python 3.11 it does not know a `sys.path` that was changed in the
    program; a module that it does not find is passed over, and each worker loads for itself.
    """

    def __init__(self, function: Callable[[In], Out], jobs: int, preload: str | None = None) -> None:
        self._function = function
        self._jobs = jobs
        self._preload = preload
        self._pool: ProcessPoolExecutor | None = None

    def map(self, items: Iterable[In]) -> Iterator[tuple[In, Out | Died]]:
        """Every item with its result, in order; raises `NoWorkers` when no process can be started."""
        items = iter(items)
        first = list(islice(items, BATCH))
        if self._jobs == 1 or len(first) < BATCH:
            # For a handful of items starting processes would take longer than the work.
            for item in chain(first, items):
                yield item, self._function(item)
            return
        items = chain(first, items)
        waiting: deque[tuple[list[In], Future[list[Out]]]] = deque()
        try:
            for batch in _batches(items):
                waiting.append((batch, self._submit(batch)))
                if len(waiting) >= self._jobs * AHEAD:
                    yield from self._next(waiting)
            while waiting:
                yield from self._next(waiting)
        finally:
            self._stop()

    def _next(self, waiting: deque[tuple[list[In], Future[list[Out]]]],
              ) -> Iterator[tuple[In, Out | Died]]:
        batch, future = waiting.popleft()
        try:
            results = future.result()
        except (BrokenProcessPool, CancelledError):
            yield from self._again([batch, *(other for other, _ in waiting)])
            waiting.clear()
            return
        yield from zip(batch, results, strict=True)

    def _again(self, batches: list[list[In]]) -> Iterator[tuple[In, Out | Died]]:
        """Batches that were under way when a worker died; only the deadly one goes item by item."""
        self._stop()
        for batch in batches:
            try:
                yield from zip(batch, self._submit(batch).result(), strict=True)
            except BrokenProcessPool:
                self._stop()
                if len(batch) == 1:
                    yield batch[0], Died()
                else:
                    yield from self._again([[item] for item in batch])

    def _submit(self, batch: list[In]) -> Future[list[Out]]:
        for attempt in range(ATTEMPTS):
            time.sleep(PAUSE * attempt)
            try:
                if self._pool is None:
                    self._pool = self._started()
                return self._pool.submit(_run, self._function, batch)
            except BrokenProcessPool as error:
                broken: Future[list[Out]] = Future()
                broken.set_exception(error)
                return broken
            except (EOFError, OSError) as error:
                # What forks was killed while it loads (out of memory), or may not start another process. The
                # batches under way that this cancels are repeated like those of a worker that died.
                reason = str(error)
                self._stop()
        raise NoWorkers(f"The processes that clean pages could not be started ({reason}), perhaps for want "
                        "of memory. Use fewer with --jobs; --jobs 1 does without them.")

    def _started(self) -> ProcessPoolExecutor:
        # Forks of a fresh interpreter that has loaded what they share, not of the parent: it holds
        # threads (progress bar, files read ahead) and locks.
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload([self._preload] if self._preload else [])
        return ProcessPoolExecutor(self._jobs, mp_context=context, initializer=_start)

    def _stop(self) -> None:
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)
            self._pool = None


def _start() -> None:
    """In a new worker: Ctrl-C is the parent's business, and a worker without a parent ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    gc.freeze()
    gc.set_threshold(*COLLECT)


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raise TimeoutError in the block after `seconds`; without effect outside of a main thread."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    former = signal.signal(signal.SIGALRM, _time_is_up)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, former)


def _time_is_up(number: int, frame: FrameType | None) -> None:
    raise TimeoutError


def _run(function: Callable[[In], Out], batch: list[In]) -> list[Out]:
    return [function(item) for item in batch]


def _batches(items: Iterable[In]) -> Iterator[list[In]]:
    batch: list[In] = []
    for item in items:
        batch.append(item)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch
