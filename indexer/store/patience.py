"""How long an evaluation may take: looked at between its steps, so that one reader keeps no other waiting."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from indexer.errors import TookTooLong

_deadline: ContextVar[float | None] = ContextVar("deadline", default=None)


@contextmanager
def within(seconds: float | None) -> Iterator[None]:
    """What this thread evaluates inside may take so long; None sets no bound, and lifts no outer one."""
    outer = _deadline.get()
    own = None if seconds is None else time.monotonic() + seconds
    token = _deadline.set(min((one for one in (outer, own) if one is not None), default=None))
    try:
        yield
    finally:
        _deadline.reset(token)


def check() -> None:
    """Raises TookTooLong behind the deadline."""
    deadline = _deadline.get()
    if deadline is not None and time.monotonic() > deadline:
        raise TookTooLong("This search takes too long: ask for fewer words, or rarer ones, or put what "
                          "belongs together in quotes.", "search-too-long")
