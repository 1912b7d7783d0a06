"""One side of a comparison, read from wherever it was kept."""

from __future__ import annotations

from pathlib import Path

from kibitz.results.comparing.baseline import read_baseline
from kibitz.results.comparing.ofrun import NoAgentError, of_run
from kibitz.results.comparing.trials import Results
from kibitz.results.outside.columns import AS_THEY_ARE, ReadOptions
from kibitz.results.outside.form import Form, OutsideError, recognise
from kibitz.results.outside.names import require_harmless
from kibitz.results.reader import JournalReader
from kibitz.results.rundata import RunData


def read_results(path: Path, agent: str | None = None, options: ReadOptions = AS_THEY_ARE) -> Results:
    """What one agent did, from a run folder, a baseline file, CSV, JSON lines, an Inspect log or JUnit XML.

    Args:
        path: As the user named it.
        agent: Who is compared; None where there is only one to be measured.
        options: What the user says about columns and scorers of files that Kibitz did not write.

    Raises:
        JournalError: The folder holds no run, or it cannot be read.
        OutsideError: The file holds no results that can be read.
        BaselineError: The baseline file cannot be read.
        NoAgentError: There is no such agent, or it must be named.
        TrialError: The results contradict themselves.
    """
    form = recognise(path)
    if form is Form.RUN:
        with JournalReader.read(path) as journal:
            return of_run(RunData.of(journal), str(path), agent)
    return _chosen(path, agent, read_file(path, options, form))


def read_file(path: Path, options: ReadOptions = AS_THEY_ARE, form: Form | None = None) -> tuple[Results, ...]:
    """All that a file holds, one ``Results`` for each agent.

    Raises:
        OutsideError: It holds no results that can be read, or is a folder.
        BaselineError: The baseline file cannot be read.
        TrialError: The results contradict themselves.
    """
    found = _read(path, options, form or recognise(path))
    for results in found:
        require_harmless(results)
    return found


def _read(path: Path, options: ReadOptions, form: Form) -> tuple[Results, ...]:
    # Imported where they are used: few commands read all of these.
    if form is Form.BASELINE:
        return (read_baseline(path),)
    if form is Form.CSV:
        from kibitz.results.outside.csvfile import read_csv

        return read_csv(path, options)
    if form is Form.JSON_LINES:
        from kibitz.results.outside.jsonlines import read_json_lines

        return read_json_lines(path, options)
    if form is Form.INSPECT:
        from kibitz.results.outside.inspectlog import read_inspect

        return read_inspect(path, options)
    if form is Form.JUNIT:
        from kibitz.results.outside.junitxml import read_junit

        return read_junit(path)
    raise OutsideError(f"{path}: is {form}, not a file")


def _chosen(path: Path, agent: str | None, found: tuple[Results, ...]) -> Results:
    known = ", ".join(results.subject for results in found)
    if agent is None:
        if len(found) > 1:
            raise NoAgentError(f"{path}: name the agent that is compared with --agent; its agents are {known}")
        return found[0]
    for results in found:
        if results.subject == agent:
            return results
    raise NoAgentError(f"{path}: there is no agent {agent!r}; its agents are {known}")
