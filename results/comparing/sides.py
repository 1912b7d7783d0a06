"""The two sides of a comparison, as they are named on a command line."""

from __future__ import annotations

from pathlib import Path

from kibitz.results.comparing.ofrun import NoAgentError
from kibitz.results.comparing.reading import read_results
from kibitz.results.comparing.trials import Results
from kibitz.results.outside.columns import AS_THEY_ARE, ReadOptions


def read_sides(
    baseline: Path, candidate: Path, agent: str | None = None, options: ReadOptions = AS_THEY_ARE
) -> tuple[Results, Results]:
    """Read both sides.

    Args:
        baseline: Where the side is that is compared with.
        candidate: Where the side is that is judged; the same place if two agents of it are compared.
        agent: Who is compared: a name, or ``OLD:NEW`` where the two have different names; None where there is only one
            on each side.
        options: What the user says about columns and scorers of files that Kibitz did not write.

    Raises:
        NoAgentError: There is no such agent, or it must be named, or a side would be compared with itself.
        JournalError: A place holds no run that can be read.
        OutsideError: A file holds no results that can be read.
        BaselineError: A baseline file cannot be read.
    """
    old, new = both_names(agent)
    before, after = read_results(baseline, old, options), read_results(candidate, new, options)
    if baseline.resolve() == candidate.resolve() and before.subject == after.subject:
        raise NoAgentError(
            f"{baseline}: {before.subject} would be compared with itself; name two runs, or two agents: --agent OLD:NEW"
        )
    return before, after


def both_names(agent: str | None) -> tuple[str | None, str | None]:
    """The names on either side of the colon in the middle: ``a:b`` are two, ``m:1:m:2`` are ``m:1`` and ``m:2``."""
    if agent is None:
        return None, None
    parts = agent.split(":")
    half = len(parts) // 2
    if len(parts) % 2:
        return agent, agent
    return ":".join(parts[:half]), ":".join(parts[half:])
