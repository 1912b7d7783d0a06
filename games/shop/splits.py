"""Which goals belong to which split: by goal as in the original, or by product, so that no product is in two."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from typing import overload

from kibitz.games.shop.goal import Goal

SPLITS = ("all", "train", "dev", "test")
TESTED, DEVELOPED = 500, 1000
"""Goals of the original's splits: the first 500 are test, the next 1,000 dev, the rest train."""
SMALLEST = 3000
"""Goals from which on there are so many; of fewer, a sixth is test and a third dev."""


class Numbers(Sequence[str]):
    """The numbers of goals as the names of tasks."""

    def __init__(self, numbers: Sequence[int]) -> None:
        self._numbers = numbers

    def __len__(self) -> int:
        return len(self._numbers)

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> Numbers: ...
    def __getitem__(self, index: int | slice) -> str | Numbers:
        found = self._numbers[index]
        return str(found) if isinstance(found, int) else Numbers(found)


def by_goal(split: str, count: int) -> range:
    """The numbers of the goals of a split, of ``count`` goals in all."""
    whole = count >= SMALLEST
    tested = TESTED if whole else count // 6
    developed = tested + (DEVELOPED if whole else count // 3)
    ends = {"all": (0, count), "test": (0, tested), "dev": (tested, developed), "train": (developed, count)}
    return range(*ends[split])


def by_product(split: str, goals: Iterable[Goal]) -> Sequence[int]:
    """The numbers of the goals whose products or families of these are in a split: 60 % train, 20 % dev and test."""
    return [number for number, goal in enumerate(goals) if split in ("all", _split_of(goal.family or goal.asin))]


def _split_of(family: str) -> str:
    drawn = hashlib.sha256(f"kibitz/shop/split/{family}".encode("utf-8", "surrogatepass")).digest()[0]
    return "test" if drawn < 51 else "dev" if drawn < 102 else "train"
