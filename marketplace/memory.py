"""What a process keeps in its own memory: bounded in bytes, the least used goes first."""

from collections import OrderedDict
from collections.abc import Hashable
from threading import Lock
from typing import Generic, TypeVar

Kept = TypeVar("Kept")


class Memory(Generic[Kept]):
    """A dictionary that never holds more than `most` bytes of values; safe between threads."""

    def __init__(self, *, most: int) -> None:
        self.most = most
        self._values: OrderedDict[Hashable, tuple[Kept, int]] = OrderedDict()
        self._size = 0
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._values)

    @property
    def size(self) -> int:
        """Bytes held, as they were announced."""
        return self._size

    def get(self, key: Hashable) -> Kept | None:
        """The value, or None; asking for it counts as use."""
        with self._lock:
            found = self._values.get(key)
            if found is None:
                return None
            self._values.move_to_end(key)
            return found[0]

    def put(self, key: Hashable, value: Kept, *, size: int) -> None:
        """Keep a value of `size` bytes, unless it alone would fill an eighth of the room."""
        if size > self.most // 8:
            return
        with self._lock:
            if (old := self._values.pop(key, None)) is not None:
                self._size -= old[1]
            self._values[key] = (value, size)
            self._size += size
            while self._size > self.most:
                _key, (_value, freed) = self._values.popitem(last=False)
                self._size -= freed

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._values.clear()
            self._size = 0
