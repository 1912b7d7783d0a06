"""Packing what the script reads: JSON, deflated (zlib format), in base64.

Deflating is the larger part of the work of a page, and it lets other threads run. So blocks are packed beside the reading
of the journal; they come back in the order in which they were given.
"""

from __future__ import annotations

import base64
import json
import os
import zlib
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import msgspec

LEVEL = 5
"""Of zlib's 1 to 9; 6 takes half as long again and saves a twentieth, 9 three times as long for little more."""

_encode = msgspec.json.Encoder().encode


def pack(value: object) -> str:
    """A value that JSON can say, packed."""
    return base64.b64encode(zlib.compress(to_json(value), LEVEL)).decode("ascii")


def to_json(value: object) -> bytes:
    """A value as JSON in UTF-8."""
    try:
        return _encode(value)
    except UnicodeEncodeError:
        # A lone surrogate, which a broken reply may hold, has no UTF-8.
        text = json.dumps(msgspec.to_builtins(value), ensure_ascii=False, separators=(",", ":"))
        return text.encode("utf-8", "replace")


def packed(values: Iterable[object]) -> Iterator[str]:
    """Pack many values, some at a time, in order."""
    workers = os.cpu_count() or 1
    pending: deque[Future[str]] = deque()
    with ThreadPoolExecutor(workers) as pool:
        for value in values:
            pending.append(pool.submit(pack, value))
            # A few are enough to keep all workers busy; more would only wait in memory.
            while len(pending) > 2 * workers:
                yield pending.popleft().result()
        while pending:
            yield pending.popleft().result()
