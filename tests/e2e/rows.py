"""What a run folder holds, read row by row: for comparing runs, and for watching one grow."""

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import msgspec

from kibitz.results.journal import Journal
from kibitz.results.runfolder import FILE_NAME

GROWING = ("unit", "call", "message", "step", "grade", "episode")


def told(record: object) -> Any:
    """A record without what differs between two identical runs."""
    data = msgspec.to_builtins(record, str_keys=True)
    # Times; the number that a message happens to have; and whether a reply came while somebody waited for it.
    for name in ("measured", "context", "seen"):
        data.pop(name, None)
    return data


def records(folder: Path) -> Mapping[str, Any]:
    """Everything that a run has recorded, measured fields apart."""
    with Journal.read(folder) as journal:
        calls = list(journal.calls())
        return {
            "units": [told(unit) for unit in journal.units()],
            "episodes": {key: told(episode) for key, episode in journal.episodes().items()},
            "steps": [told(step) for step in journal.all_steps()],
            "grades": [told(grade) for grade in journal.grades()],
            "calls": [told(call) for call in calls],
            "messages": [[told(message) for message in journal.conversation(call.context)] for call in calls],
        }


def count(folder: Path, *tables: str) -> int:
    """Committed rows of the tables (all that grow, by default); 0 while there is no journal yet."""
    if not (folder / FILE_NAME).exists():
        return 0
    uri = f"{(folder / FILE_NAME).as_uri()}?mode=ro"
    try:
        with closing(sqlite3.connect(uri, uri=True, timeout=5)) as db:
            return sum(db.execute(f"SELECT COUNT(*) FROM {table}").fetchone()[0] for table in tables or GROWING)
    except sqlite3.OperationalError:
        return 0


def committed(folder: Path) -> set[int]:
    """The calls that a run has committed, by the seed that the server saw."""
    with Journal.read(folder) as journal:
        return {call.parameters["seed"] for call in journal.calls()}
