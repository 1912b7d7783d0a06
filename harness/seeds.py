"""Seeds by hash: everything random in a run follows from the run seed and from what the randomness is for.

Environments are seeded without agents, seats or version, so that arms and seats meet the same episodes; calls without
the agent's name, so that arms share their greedy sample; bots and fallbacks with what tells them apart.
"""

from __future__ import annotations

import hashlib
from random import Random

import msgspec

_encode = msgspec.json.Encoder(order="deterministic").encode


def digest(*parts: object) -> str:
    """SHA-256 (hex) of the parts as canonical JSON."""
    return hashlib.sha256(_encode(parts)).hexdigest()


def derive(*parts: object) -> int:
    """A seed in 0..2^31-1 (the range every provider accepts) from the parts."""
    return int(digest(*parts)[:8], 16) & 0x7FFF_FFFF


def generator(*parts: object) -> Random:
    """A random generator seeded by the parts (all 256 bits of their hash)."""
    return Random(int(digest(*parts), 16))


class Later:
    """A generator that is made when it is first asked for, and is the same one after that."""

    __slots__ = ("_made", "_parts")

    def __init__(self, *parts: object) -> None:
        self._parts = parts
        self._made: Random | None = None

    def __call__(self) -> Random:
        """The generator."""
        if self._made is None:
            self._made = generator(*self._parts)
        return self._made
