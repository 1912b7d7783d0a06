"""Tables that are exported: what their columns are called, hold and mean.

Names and types are stable: a script that reads one release's export reads the next one's. New columns are added at the
end; ``SCHEMA`` changes only if a reader of the old ones would be misled.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

import msgspec

from kibitz.results.rundata import RunData

SCHEMA = 1

Type = Literal["text", "integer", "number", "boolean", "texts", "json"]
"""``integer`` has 64 bits, ``number`` is double precision, ``texts`` a list of text, ``json`` text that holds JSON."""

Value = str | int | float | bool | list[str] | None
Record = dict[str, Value]


@dataclass(frozen=True, slots=True)
class Column:
    """One column; ``null`` says when it has no value, empty if it always has one."""

    name: str
    type: Type
    meaning: str
    null: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """One table.

    Attributes:
        row: What a row is.
        rows: Makes the rows of one run, in the order of its schedule; the text is the run's name in the export.
    """

    name: str
    row: str
    columns: tuple[Column, ...]
    rows: Callable[[RunData, str], Iterator[Record]]

    def markdown(self) -> str:
        """The columns as a Markdown table, for the documentation and for what is exported."""
        lines = ["| column | type | meaning |", "| --- | --- | --- |"]
        for column in self.columns:
            null = f"; null: {column.null}" if column.null else ""
            lines.append(f"| `{column.name}` | {column.type} | {column.meaning}{null} |")
        return "\n".join(lines)


def as_json(value: object) -> str:
    """Any part of a record as JSON text, the same for equal values."""
    try:
        return msgspec.json.encode(value, order="deterministic").decode()
    except UnicodeEncodeError:  # half a surrogate pair; whoever writes the text mends it
        return json.dumps(msgspec.to_builtins(value), sort_keys=True, ensure_ascii=False, separators=(",", ":"))


RUN = Column("run", "text", "name of the run; `NAME#2` for the second of that name")
EPISODE = Column("episode", "text", "key of the episode, unique in its run")
PLACE: tuple[Column, ...] = (
    RUN,
    EPISODE,
    Column("step", "integer", "number of the step in the episode, from 0"),
    Column("seat", "integer", "seat, from 0"),
    Column("agent", "text", "name of the agent in that seat"),
)
"""What names one agent's part in one step."""


def place(run: str, episode: str, step: int, seat: int, agent: str) -> Record:
    """The values of ``PLACE``."""
    return {"run": run, "episode": episode, "step": step, "seat": seat, "agent": agent}
