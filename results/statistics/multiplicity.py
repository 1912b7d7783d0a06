"""Many tests at once: p-values adjusted so that each may be read on its own.

Holm's (1979) keep the chance of even one false alarm in a family below alpha: for what gates a release. Benjamini and
Hochberg's (1995) keep the expected share of false alarms among the alarms below alpha: for exploring a table.
"""

from __future__ import annotations

from collections.abc import Sequence


def holm(ps: Sequence[float]) -> list[float]:
    """Holm's adjusted p-values, in the order given.

    Raises:
        ValueError: A p-value is outside 0..1.
    """
    order, m = _ascending(ps), len(ps)
    found, largest = [0.0] * m, 0.0
    for rank, i in enumerate(order):
        largest = max(largest, min(1.0, (m - rank) * ps[i]))
        found[i] = largest
    return found


def benjamini_hochberg(ps: Sequence[float]) -> list[float]:
    """Benjamini and Hochberg's adjusted p-values, in the order given.

    Raises:
        ValueError: A p-value is outside 0..1.
    """
    order, m = _ascending(ps), len(ps)
    found, smallest = [0.0] * m, 1.0
    for rank, i in reversed(list(enumerate(order, start=1))):
        smallest = min(smallest, m * ps[i] / rank)
        found[i] = smallest
    return found


def _ascending(ps: Sequence[float]) -> list[int]:
    # NaN compares false with everything.
    if wrong := [p for p in ps if not 0 <= p <= 1]:
        raise ValueError(f"{wrong[0]} is no p-value, which lies in 0..1")
    return sorted(range(len(ps)), key=lambda i: ps[i])
