"""Runs as logs of Inspect (UK AI Security Institute), written through Inspect's own Python interface.

One log a run, agent and game. A sample is the agent's seat in one episode; its name is that of the task, so that logs
of two agents can be compared sample by sample. Its scores are the metrics of ``kibitz.results.comparing.ofrun``, from 0
to 1. One log is in memory at a time.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from kibitz.results.comparing.ofrun import of_run
from kibitz.results.export.card import card
from kibitz.results.export.destination import building, require
from kibitz.results.export.export import Written, by_name
from kibitz.results.export.mending import Mender
from kibitz.results.rundata import RunData

if TYPE_CHECKING:
    from kibitz.results.export.inspectlog import Subject

FORM = "inspect"


def export_logs(runs: Sequence[RunData], out: Path, *, prompts: bool = False) -> Written:
    """Write a folder of ``.eval`` files.

    Args:
        runs: The runs, whose journals are open.
        out: A folder that does not exist.
        prompts: Whether each call to a model becomes an event with its whole prompt.

    Raises:
        ExportError: The folder is taken or cannot be written, or Inspect is not installed.
        DamagedJournalError: The records of a run do not fit together.
    """
    log = require("inspect_ai.log", extra=FORM, form=FORM)
    from kibitz.results.export.inspectlog import inspect_log

    named = by_name(runs)
    mender = Mender()
    counts: dict[str, int] = {"logs": 0, "samples": 0}
    taken: set[str] = set()
    with building(out) as folder:
        for name, run in named.items():
            for agent in run.info.agents:
                for subject in _by_game(run, name, agent):
                    made = inspect_log(subject, mender, prompts=prompts)
                    log.write_eval_log(made, folder / _file_name((name, agent, subject.game), taken), format="eval")
                    counts["logs"] += 1
                    counts["samples"] += len(subject.attempts)
        text = mender.text(card(named, (), {}))
        (folder / "README.md").write_text(text, encoding="utf-8", newline="\n")
    return Written(counts, mender.mended)


def _by_game(run: RunData, name: str, agent: str) -> Iterator[Subject]:
    """What an agent did, one game after the other."""
    from kibitz.results.export.inspectlog import Subject
    from kibitz.results.export.inspectsample import Attempt

    results = of_run(run, name, agent)
    held = [(unit, seat) for unit in run.units for seat, who in enumerate(unit.agents) if who == agent]
    ended = [(unit, seat, run.episodes[unit.key]) for unit, seat in held if unit.key in run.episodes]
    attempts = [Attempt(*one, trial) for one, trial in zip(ended, results.trials, strict=True)]
    for game in dict.fromkeys(unit.game for unit, _ in held):
        planned = [task for group, task, _ in results.planned if group == game]
        yield Subject(run, name, agent, game, [one for one in attempts if one.unit.game == game], planned)


def _file_name(parts: Sequence[str], taken: set[str]) -> str:
    """A file name that every system takes, and that differs from those before it even where case does not count."""
    stem = "_".join(re.sub(r"[^A-Za-z0-9.=+@-]+", "-", part).strip("-.")[:60] or "x" for part in parts)
    name, number = stem, 1
    while name.lower() in taken:
        number += 1
        name = f"{stem}-{number}"
    taken.add(name.lower())
    return f"{name}.eval"
