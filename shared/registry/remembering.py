"""A bounded memory for what never changes under its key, such as a document under its hash."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class Remembered(Generic[Key, Value]):
    """Keeps the `limit` values that were asked for last."""

    def __init__(self, *, limit: int) -> None:
        self._limit = limit
        self._values: OrderedDict[Key, Value] = OrderedDict()
        self._lock = Lock()

    def held(self, key: Key) -> Value | None:
        """Return the value if it is remembered, else None."""
        with self._lock:
            if key not in self._values:
                return None
            self._values.move_to_end(key)
            return self._values[key]

    def get(self, key: Key, make: Callable[[], Value]) -> Value:
        """Return the value, made when it is not remembered; making it fails as `make` fails."""
        held = self.held(key)
        if held is not None:
            return held
        # Outside the lock: two may make the same value, and both get an equal one.
        value = make()
        with self._lock:
            self._values[key] = value
            while len(self._values) > self._limit:
                self._values.popitem(last=False)
        return value
