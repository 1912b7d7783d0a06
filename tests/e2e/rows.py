"""What a run folder holds, read row by row: for comparing runs, and for watching one grow."""

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import msgspec

from kibitz.results.journal import Journal
from kibitz.results.runfolder import FILE_NAME


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


def count(folder: Path) -> int:
    """Committed rows of all tables; 0 while there is no journal yet."""
    if not (folder / FILE_NAME).exists():
        return 0
    tables = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    with closing(sqlite3.connect(f"{(folder / FILE_NAME).as_uri()}?mode=ro", uri=True, timeout=5)) as db:
        try:
            found = [name for (name,) in db.execute(tables)]
            return sum(db.execute(f"SELECT COUNT(*) FROM {name}").fetchone()[0] for name in found)
        except sqlite3.OperationalError:  # it is just being made
            return 0


def committed(folder: Path) -> set[int]:
    """The calls that a run has committed, by the seed that the server saw."""
    with Journal.read(folder) as journal:
        return {call.parameters["seed"] for call in journal.calls()}
