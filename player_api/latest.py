"""One value of a process that is made anew when it is out of date."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Latest(Generic[T]):
    """The newest value. One thread makes a new one; the others get the one before meanwhile.

    Only before the first one is there nothing to give, and they wait.
    """

    def __init__(self) -> None:
        self._value: T | None = None
        self._making = threading.Lock()

    def current(self, is_fresh: Callable[[T], bool], make: Callable[[], T]) -> T:
        """A fresh value, or the one before while another thread makes that."""
        value = self._value
        if value is not None and is_fresh(value):
            return value
        if not self._making.acquire(blocking=value is None):
            assert value is not None
            return value
        try:
            # Another thread may have made it since.
            if self._value is None or not is_fresh(self._value):
                self._value = make()
            return self._value
        finally:
            self._making.release()
