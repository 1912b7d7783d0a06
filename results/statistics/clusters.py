"""Which episodes are one observation: mirrored pairs, and episodes that went exactly alike."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence


def merge(links: Iterable[Sequence[Hashable]]) -> list[int]:
    """Number the clusters of items, where two items that share any label belong together.

    Args:
        links: For each item its labels, such as the name of its pair and the digest of its trajectory.

    Returns:
        For each item its cluster, numbered from 0 in order of first appearance.
    """
    parent: list[int] = []
    seen: dict[Hashable, int] = {}
    for item, labels in enumerate(links):
        parent.append(item)
        for label in labels:
            other = _root(parent, seen.setdefault(label, item))
            parent[_root(parent, item)] = other
    numbers: dict[int, int] = {}
    return [numbers.setdefault(_root(parent, item), len(numbers)) for item in range(len(parent))]


def _root(parent: list[int], item: int) -> int:
    while parent[item] != item:
        parent[item] = parent[parent[item]]
        item = parent[item]
    return item
