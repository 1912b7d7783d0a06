"""One side of a comparison, read from wherever it was kept."""

from __future__ import annotations

from pathlib import Path

from kibitz.results.comparing.ofrun import of_run
from kibitz.results.comparing.trials import Results
from kibitz.results.reader import JournalReader
from kibitz.results.rundata import RunData


def read_results(path: Path, agent: str | None = None) -> Results:
    """What was measured, from a run folder.

    Args:
        path: The run folder, as the user named it.
        agent: Who is compared; None where there is only one to be measured.

    Raises:
        JournalError: The folder holds no run, or it cannot be read.
        NoAgentError: There is no such agent, or it must be named.
    """
    with JournalReader.read(path) as journal:
        return of_run(RunData.of(journal), str(path), agent)
