"""Times and memory: percentiles, questions asked for the first time and again, what a process holds."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")

# Questions are asked again for at most so many rounds.
ROUNDS = 30


def percentile(values: Sequence[float], share: float) -> float:
    """The value that `share` of the values do not exceed (nearest rank).

    >>> percentile([4, 1, 3, 2], 0.5), percentile([4, 1, 3, 2], 0.95)
    (2, 4)
    """
    ranked = sorted(values)
    return ranked[max(0, -(-int(share * 1000) * len(ranked) // 1000) - 1)]


def spread(seconds: Sequence[float]) -> dict[str, float]:
    """Median and 95th percentile in milliseconds, and of how many times."""
    return {"p50": round(percentile(seconds, 0.5) * 1000, 4),
            "p95": round(percentile(seconds, 0.95) * 1000, 4), "n": len(seconds)}


def first_times(ask: Callable[[T], object], questions: Sequence[T], budget: float,
                ) -> tuple[list[float], list[object]]:
    """Seconds of each question asked once, and the answers, until `budget` seconds are used up."""
    times: list[float] = []
    answers = []
    for question in questions:
        started = time.perf_counter()
        answers.append(ask(question))
        times.append(time.perf_counter() - started)
        if sum(times) > budget:
            break
    return times, answers


class Clock:
    """Adds up the seconds of several steps, and the processor's seconds, which a busy machine changes less."""

    def __init__(self) -> None:
        self.wall = self.processor = 0.0

    def time(self, step: Callable[[], object]) -> None:
        """Run a step on the clock."""
        wall, processor = time.perf_counter(), time.process_time()
        step()
        self.wall += time.perf_counter() - wall
        self.processor += time.process_time() - processor


def best(seconds: Sequence[float], questions: int) -> float:
    """Median over the questions of each one's fastest answer in ms: what a busy machine disturbs least."""
    fastest = [min(seconds[number::questions]) for number in range(min(questions, len(seconds)))]
    return round(percentile(fastest, 0.5) * 1000, 4)


def repeated(ask: Callable[[T], object], questions: Sequence[T], budget: float,
             before: Callable[[], object] = lambda: None) -> list[float]:
    """Seconds of each question asked again, round after round, until `budget` seconds are used up;
    `before` is called before each, off the clock."""
    times: list[float] = []
    used = 0.0
    for _ in range(ROUNDS):
        for question in questions:
            before()
            started = time.perf_counter()
            ask(question)
            times.append(time.perf_counter() - started)
            used += times[-1]
            if used > budget and len(times) >= min(5, len(questions)):
                return times
    return times


def resident() -> dict[str, float]:
    """Resident memory of this process in MB: all of it, and the part that is not a mapped file."""
    rows = dict(line.split(":", 1) for line in
                Path("/proc/self/status").read_text(encoding="ascii").splitlines())
    return {name: round(int(rows[row].split()[0]) / 1024, 1)
            for name, row in (("resident", "VmRSS"), ("anonymous", "RssAnon"))}


def folder_bytes(folder: Path) -> dict[str, int]:
    """Bytes of all files below `folder` by the end of their names, and in `total`."""
    sizes: dict[str, int] = {}
    for path in folder.rglob("*"):
        if path.is_file():
            ending = path.suffix or path.name
            sizes[ending] = sizes.get(ending, 0) + path.stat().st_size
    return {"total": sum(sizes.values()), **dict(sorted(sizes.items(), key=lambda item: -item[1])[:12])}
