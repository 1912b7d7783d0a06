"""Tables as JSON lines: one object a row, keys sorted, in ASCII. Every tool reads them, nothing need be installed."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from kibitz.results.export.table import Record, Table


def write(table: Table, records: Iterable[Record], folder: Path) -> int:
    """Write ``NAME.jsonl``; returns the number of rows."""
    count = 0
    with (folder / f"{table.name}.jsonl").open("w", encoding="ascii", newline="\n") as file:
        for record in records:
            file.write(json.dumps(record, sort_keys=True, allow_nan=False) + "\n")
            count += 1
    return count
