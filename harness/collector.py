"""The garbage collector during a run: seldom, since a run makes little garbage that only it can find.

Python looks for cycles after every 700 new objects, and now and then among all there are. With thousands of episodes in
flight that is a fifth of the work of a call, and finds next to nothing: records and messages hold no cycles.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

THRESHOLDS = (50_000, 20, 50)
"""Objects between two looks among the youngest, and how many of those come before a look among older ones."""


@contextmanager
def seldom() -> Iterator[None]:
    """Collect seldom in the block, and leave out what there was before it; afterwards all is as it was."""
    before = gc.get_threshold()
    gc.collect()
    gc.freeze()
    gc.set_threshold(*THRESHOLDS)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()
