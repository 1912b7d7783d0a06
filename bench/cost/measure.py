"""Measuring on a noisy machine: CPU instead of wall time, contenders in turns, medians of ratios within a round."""

from __future__ import annotations

import gc
import resource
import statistics
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Contender = Callable[[], float]
"""Does its work once; returns what it cost."""


@dataclass(frozen=True)
class Row:
    """One figure, as ``docs/formats.md`` says.

    Attributes:
        value: What was measured; None where it could not be.
        reference: The same of what it is compared with.
        ratio: What ``target`` bounds where there is a reference.
        target: The bound; None where the figure only informs.
        passed: Whether it is kept; None without a target or a measurement.
        note: Why there is no measurement, for the reader of stderr.
    """

    name: str
    value: float | None
    unit: str
    reference: float | None = None
    ratio: float | None = None
    target: float | None = None
    passed: bool | None = None
    note: str = ""

    def as_json(self) -> dict[str, Any]:
        """The row for the output file."""
        return {
            "name": self.name,
            "value": self.value,
            "unit": self.unit,
            "reference": self.reference,
            "ratio": self.ratio,
            "target": self.target,
            "pass": self.passed,
        }

    def __str__(self) -> str:
        """The row for a person."""
        if self.value is None:
            return f"{self.name}: not measured, {self.note}"
        parts = [f"{self.name}: {self.value:,g} {self.unit}"]
        if self.reference is not None:
            parts.append(f"beside {self.reference:,g}, ratio {self.ratio:g}")
        if self.target is not None:
            parts.append(f"target {self.target:g}: {'kept' if self.passed else 'MISSED'}")
        return ", ".join(parts) + (f" ({self.note})" if self.note else "")


def cpu_seconds() -> float:
    """CPU time of this process so far, user and system, all threads."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def in_rounds(contenders: Mapping[str, Contender], rounds: int) -> dict[str, list[float]]:
    """Let the contenders work in turns, so that what else the machine does meets all of them.

    The order turns from round to round: nobody always runs in the wake of the same neighbour.
    """
    names = list(contenders)
    costs: dict[str, list[float]] = {name: [] for name in names}
    for number in range(rounds):
        shift = number % len(names)
        for name in names[shift:] + names[:shift]:
            gc.collect()
            costs[name].append(contenders[name]())
        told = ", ".join(f"{name} {costs[name][-1]:.4g}" for name in names)
        say(f"  round {number + 1} of {rounds}: {told}")
    return costs


def ratio_row(
    name: str,
    unit: str,
    ours: Sequence[float],
    reference: Sequence[float],
    target: float | None,
    *,
    at_least: bool = False,
) -> Row:
    """A row from costs by round: medians, and the median of the ratios within the rounds.

    Args:
        name: The figure's name.
        unit: Unit of both costs.
        ours: Our cost by round.
        reference: The reference's, same rounds.
        target: Bound of the ratio; None informs only.
        at_least: The ratio is reference over ours, and ``target`` is its lower bound.
    """
    pairs = zip(ours, reference, strict=True)
    ratio = statistics.median(theirs / mine if at_least else mine / theirs for mine, theirs in pairs)
    passed = None if target is None else ratio >= target if at_least else ratio <= target
    value, beside = statistics.median(ours), statistics.median(reference)
    return Row(name, significant(value), unit, significant(beside), significant(ratio), target, passed)


def significant(value: float, digits: int = 4) -> float:
    """``value`` to so many significant digits; what is beyond them is noise."""
    return float(f"{value:.{digits}g}")


def say(text: str) -> None:
    """Tell how far the bench is."""
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


def write(path: Path | None, text: str) -> None:
    """Write a file, or to stdout for ``-``."""
    if path is not None and str(path) == "-":
        sys.stdout.write(text)
    elif path is not None:
        path.write_text(text, encoding="utf-8")
