"""The rows of a run as a Markdown table, under what they were measured on: what ``docs/performance.md`` shows."""

from __future__ import annotations

import os
import platform
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import version

from cost.measure import Row

_HEAD = "| figure | value | unit | reference | ratio | target | |\n| --- | ---: | --- | ---: | ---: | ---: | --- |"


def markdown(rows: Sequence[Row], command: Sequence[str], beside: Mapping[str, str] = {}) -> str:
    """The table.

    Args:
        rows: What was measured.
        command: The words of the command that measured it.
        beside: Versions of what it was measured beside, by distribution.
    """
    rivals = "".join(f", {name} {number}" for name, number in beside.items())
    lines = [
        f"`{' '.join(command)}`, {datetime.now(UTC):%Y-%m-%d}, {machine()}{rivals}.",
        "",
        _HEAD,
    ]
    return "\n".join([*lines, *(_line(row) for row in rows)]) + "\n"


def machine() -> str:
    """Processors, memory, system and versions, in one clause."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    python = f"{platform.python_implementation()} {platform.python_version()}"
    libraries = ", ".join(f"{name} {version(name)}" for name in ("kibitz", "openai", "msgspec"))
    system = f"{platform.system()} {platform.machine()}"
    return f"{os.cpu_count()} processors, {memory:.0f} GiB, {system}, {python}, {libraries}"


def _line(row: Row) -> str:
    cells = [_number(row.value), row.unit, _number(row.reference), _number(row.ratio), _number(row.target)]
    verdict = "" if row.passed is None else "kept" if row.passed else "**missed**"
    return f"| {' | '.join([row.name, *cells, ', '.join(filter(None, [verdict, row.note]))])} |"


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:,g}"
