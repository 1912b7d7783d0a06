"""Reactivity of asking: what being asked about its reasoning does to how an agent plays.

Questions are part of the prompt, and may help or harm. Two runs that differ in nothing but ``ask``, one of them with
``none``, measure it: outcome when asked minus outcome when not asked, paired by task, seed and seat.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kibitz.results.comparing.change import Change, change_of
from kibitz.results.comparing.ofrun import of_run
from kibitz.results.comparing.pairs import NotComparableError, pair
from kibitz.results.comparing.trials import OUTCOME
from kibitz.results.gate.sides import charged
from kibitz.results.leaderboard import answers_of
from kibitz.results.rundata import RunData

ARM = "protocol.ask"
SILENT = "none"


@dataclass(frozen=True)
class Reactivity:
    """What asking did to one agent.

    Attributes:
        ask: How the questions were put, such as ``same``.
        silent: The run without questions, as it is named on the board; ``asked`` the one with them.
        change: Outcome when asked minus outcome when not.
    """

    agent: str
    ask: str
    silent: str
    asked: str
    change: Change

    def as_json(self) -> dict[str, object]:
        """The reactivity as a JSON object."""
        return {
            "agent": self.agent,
            "ask": self.ask,
            "silent": self.silent,
            "asked": self.asked,
            **self.change.as_json(),
        }


def reactivity(runs: Sequence[RunData], names: Sequence[str]) -> tuple[Reactivity, ...]:
    """Every pair of runs that differ in nothing but asking, agent by agent; empty where there is none.

    Args:
        runs: The runs.
        names: Their names, each other than the rest.
    """
    asking = [str(run.info.protocol.get("ask", SILENT)) for run in runs]
    return tuple(
        one
        for i, silent in enumerate(runs)
        for j, asked in enumerate(runs)
        if asking[i] == SILENT != asking[j]
        for one in _of_two(silent, asked, (names[i], names[j]), asking[j])
    )


def _of_two(silent: RunData, asked: RunData, names: tuple[str, str], ask: str) -> Iterator[Reactivity]:
    for name, info in asked.info.agents.items():
        before = silent.info.agents.get(name)
        # Another agent is another question, and only who answers by itself has something to react to.
        if before is None or before.hash != info.hash or answers_of(info) != "own":
            continue
        sides = of_run(silent, names[0], name), of_run(asked, names[1], name)
        if not all(OUTCOME in side.metrics for side in sides):
            continue
        try:
            paired = pair(*charged(*sides), [ARM])
        except NotComparableError:
            continue  # another seed, setting or opponent: two runs that have more than asking between them
        yield Reactivity(name, ask, *names, change_of(paired, OUTCOME))
