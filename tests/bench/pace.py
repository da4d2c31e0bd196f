"""Is the machine as fast as it was?  A virtual one shares its processor, and tells nobody when it has less of it."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np

# So much slower than the fastest of a run is as fast.
TOLERANCE = 1.15
_ROUNDS = 5
_PAUSE = 0.5


def pace() -> float:
    """Seconds that a fixed piece of work takes, half of it Python's and half of it numpy's."""
    best = float("inf")
    for _ in range(_ROUNDS):
        numbers = np.arange(60_000, dtype=np.int64) * 7919 % 100_003
        started = time.perf_counter()
        sum(number * number % 7 for number in range(10_000))
        np.sort(numbers)
        best = min(best, time.perf_counter() - started)
    return best


def steady(file: Path, patience: float) -> float:
    """Wait up to `patience` seconds until the machine is as fast as it was when it was fastest.

    `file` keeps the fastest pace from one process of a run to the next.  Returns how much slower than that
    the machine is at the end: 1 if not at all.
    """
    fastest = float(file.read_text(encoding="ascii")) if file.exists() else float("inf")
    until = time.monotonic() + patience
    while (now := pace()) > TOLERANCE * fastest and time.monotonic() < until:
        time.sleep(_PAUSE)
    file.write_text(str(min(now, fastest)), encoding="ascii")
    return max(1.0, now / fastest)
