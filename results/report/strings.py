"""The strings of the page's packed data: each block holds its own once, and what several blocks use stands apart.

Blocks are packed while the journal is still being read, so nobody knows yet what later ones will use. A string stays in
the first block that uses it; from the second one on it is shared.
"""

from __future__ import annotations

from collections.abc import Sequence
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
        self._numbers: dict[str, int] = {}
        self._digests: list[bytes] = []
        self._seen: set[bytes] = set()

    def number(self, text: str) -> int:
        """The number of a string in the present block."""
        found = self._numbers.get(text)
        if found is None:
            found = self._numbers[text] = self._add(text)
        return found

    def numbers(self, texts: Sequence[str]) -> tuple[int, ...]:
        """The numbers of many strings."""
        # Nearly all pieces of pictures are known; asking for them one by one would be half the work of a page.
        found = list(map(self._numbers.get, texts))
        place = -1
        for _ in range(found.count(None)):
            place = found.index(None, place + 1)
            found[place] = self.number(texts[place])
        return tuple(found)  # type: ignore[arg-type]  # none is None any more

    def next_block(self) -> list[str]:
        """End the present block; returns its own strings, the first one (number -1) first."""
        ended = self.local
        self._seen.update(self._digests)
        for text in ended:
            del self._numbers[text]
        self.local, self._digests, self.size = [], [], 0
        return ended

    def _add(self, text: str) -> int:
        digest = _digest(text)
        if digest in self._seen and len(text) <= self._room:
            self._room -= len(text)
            self.shared.append(text)
            return len(self.shared) - 1
        self.local.append(text)
        self._digests.append(digest)
        self.size += len(text)
        return -len(self.local)


def _digest(text: str) -> bytes:
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()
