"""Results kept in memory up to a number of bytes, the least recently used given up first."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, TypeVar

Value = TypeVar("Value")

# What an entry costs beside its arrays and its key, and what a key costs a letter of how it is written:
# a query of many words is a tree of as many objects.
_OVERHEAD = 400
_KEY = 4


class Cache:
    """Keeps values made of arrays.  Safe for several threads; two may make the same value at once."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._kept: OrderedDict[Hashable, tuple[Any, int]] = OrderedDict()
        self._size = 0
        self._lock = threading.Lock()

    def clear(self) -> None:
        """Keep nothing of what was kept so far."""
        with self._lock:
            self._kept.clear()
            self._size = 0

    def get(self, key: Hashable, make: Callable[[], Value], size: Callable[[Value], int]) -> Value:
        """The value of `key`, made where it is not kept; `size` says how many bytes it takes."""
        with self._lock:
            found = self._kept.get(key)
            if found is not None:
                self._kept.move_to_end(key)
                value: Value = found[0]
                return value
        value = make()
        cost = size(value) + _OVERHEAD + _KEY * len(repr(key))
        if cost <= self._limit // 4:
            with self._lock:
                if key not in self._kept:
                    self._kept[key] = value, cost
                    self._size += cost
                while self._size > self._limit:
                    _, (_, given_up) = self._kept.popitem(last=False)
                    self._size -= given_up
        return value
