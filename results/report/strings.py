"""The strings of the page's packed data: each block holds its own once, and what several blocks use stands apart.

Blocks are packed while the journal is still being read, so nobody knows yet what later ones will use. A string stays in
the first block that uses it; from the second one on it is shared.
"""

from __future__ import annotations

from hashlib import blake2b

SHARED_AT_MOST = 8_000_000
"""Characters of the shared strings, which are unpacked with the first episode; beyond that, blocks keep their own."""


class Strings:
    """Strings by number: from 0 on the shared ones, below 0 those of the present block, of which the first is -1."""

    def __init__(self) -> None:
        self.shared: list[str] = []
        self.local: list[str] = []
        self.size = 0
        """Characters of the present block's own strings."""
        self._room = SHARED_AT_MOST
        self._shared: dict[str, int] = {}
        self._local: dict[str, int] = {}
        self._seen: set[bytes] = set()

    def number(self, text: str) -> int:
        """The number of a string in the present block."""
        found = self._local.get(text)
        if found is not None:
            return found
        found = self._shared.get(text)
        if found is not None:
            return found
        if _digest(text) in self._seen and len(text) <= self._room:
            self._room -= len(text)
            self._shared[text] = len(self.shared)
            self.shared.append(text)
            return self._shared[text]
        self.local.append(text)
        self.size += len(text)
        self._local[text] = -len(self.local)
        return -len(self.local)

    def next_block(self) -> list[str]:
        """End the present block; returns its own strings, the first one (number -1) first."""
        ended = self.local
        self._seen.update(map(_digest, ended))
        self.local, self._local, self.size = [], {}, 0
        return ended


def _digest(text: str) -> bytes:
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()
