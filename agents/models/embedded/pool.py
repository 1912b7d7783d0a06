"""Several servers as one: each takes one call at a time, and which one answers makes no difference."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from kibitz.agents.models.embedded.slot import Slot


class Pool:
    """Slots of several servers. The one used last is taken first, so a server starts only when all others are busy."""

    def __init__(self, slots: Sequence[Slot]) -> None:
        self._slots = tuple(slots)
        self._idle = list(reversed(slots))
        self._free = asyncio.Semaphore(len(slots))

    @asynccontextmanager
    async def slot(self) -> AsyncIterator[Slot]:
        """Wait for a slot that is free and hold it while the block runs."""
        async with self._free:
            slot = self._idle.pop()
            try:
                yield slot
            finally:
                self._idle.append(slot)

    async def close(self) -> None:
        """Stop all servers."""
        for slot in self._slots:
            slot.server.kill()
        for slot in self._slots:
            await slot.disconnect()
            await slot.server.stop()
