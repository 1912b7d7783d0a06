"""How commands print: JSON on one line, text as aligned columns, and nothing that could drive a terminal."""

from __future__ import annotations

import json
import shutil
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

SCHEMA = 1
"""Version of all JSON outputs; changes only if a reader of the old ones would be misled."""


LONGEST_TEXT = 20_000
"""Characters of one text that are shown in a terminal; the same as on the report's page."""


def json_line(data: Mapping[str, Any]) -> str:
    """One object on one line with sorted keys and ``"schema": 1``; NaN and infinity are no JSON and raise.

    ASCII only: valid in every locale, and for every text that a reply may hold.
    """
    return json.dumps({"schema": SCHEMA, **data}, sort_keys=True, allow_nan=False)


def columns(rows: Iterable[Sequence[str]]) -> str:
    """Rows as left-aligned columns; the last column runs free."""
    table = [list(row) for row in rows]
    if not table:
        return ""
    widths = [max(len(row[i]) for row in table) for i in range(len(table[0]) - 1)]
    lines = (
        "  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[-1]]) for row in table
    )
    return "\n".join(line.rstrip() for line in lines)


def skipped(episodes: Iterable[Mapping[str, str]]) -> list[str]:
    """Episodes that were left out, one line a reason: a provider that fails for a night skips thousands for one.

    Args:
        episodes: ``{"episode", "reason"}`` each.
    """
    by_reason: dict[str, list[str]] = {}
    for one in episodes:
        by_reason.setdefault(one["reason"], []).append(one["episode"])
    return [
        f"skipped: {names[0]}{f' and {len(names) - 1} more' if names[1:] else ''}: {reason}"
        for reason, names in by_reason.items()
    ]


def tame(text: str) -> str:
    """Make text of a model safe for a terminal: line breaks and tabs stay, other control characters become visible.

    A reply may hold escape sequences that recolour, rename or rewrite a terminal.
    """
    return "".join(c if c in "\n\t" or c.isprintable() else f"\\x{ord(c):02x}" for c in text)


def shortened(text: str, limit: int = LONGEST_TEXT) -> str:
    """The beginning of a long text, with how much was left out."""
    if len(text) <= limit:
        return text
    return f"{text[:limit]}\n... {len(text) - limit} more characters; the journal holds them"


def wrapped(text: str, width: int = 0) -> str:
    """Lines that are longer than the terminal (or ``width``) broken between words; others are left as they are."""
    width = width or shutil.get_terminal_size().columns
    lines = (textwrap.fill(line, width) if len(line) > width else line for line in text.split("\n"))
    return "\n".join(lines)


def indented(text: str, by: str = "    ") -> str:
    """Every line of ``text`` moved to the right."""
    return "\n".join(by + line for line in text.splitlines()) if text else ""
