"""What can go wrong at the edge, one class a cause, each with its exit code.

::

    KibitzError                 3  one sentence for the user: the thing, the value, the way out
    ├── ConfigError             3  a suite file, an agent's spec or an option is wrong
    ├── UsageError              3  a command was asked for something that it cannot do
    │   └── RunFolderError      3  a run folder is missing, taken, unreadable or of a newer version
    ├── RunIncomplete           4  a run ended before all episodes were played; it can be resumed
    │   └── BudgetSpentError    4  a call does not fit into the budget of the run or of its agent
    └── VerifyDisagrees         5  a run does not repeat itself
    BrokenError                70  what broke, with the secrets taken out of its traceback

Errors of the other rooms that are as expected as these (an unknown game, a bad position, a model that cannot be used)
are listed in ``elsewhere``; the command line treats them in the same way.
"""

from __future__ import annotations

import sys
from typing import ClassVar

DONE = 0
FAILED = 1
INCONCLUSIVE = 2
USAGE = 3
INCOMPLETE = 4
DISAGREES = 5
BROKE = 70
INTERRUPTED = 130
BROKEN_PIPE = 141

EXIT_CODES: dict[int, str] = {
    DONE: "done, or passed",
    FAILED: "a gate failed or a bench missed",
    INCONCLUSIVE: "a gate is inconclusive",
    USAGE: "usage, configuration, or results that cannot be compared",
    INCOMPLETE: "the run is incomplete; the message says how to resume",
    DISAGREES: "verify disagrees",
    BROKE: "Kibitz itself broke",
}
"""What each exit code means; scripts rely on them. (130 and 141 are those of a shell: interrupted, broken pipe.)"""


class KibitzError(Exception):
    """An expected error; its text is one clear message for the user."""

    code: ClassVar[int] = USAGE


class ConfigError(KibitzError):
    """A suite file, an agent's spec or an option is wrong."""


class UsageError(KibitzError):
    """A command was asked for something that it cannot do."""


class RunFolderError(UsageError):
    """A run folder is missing, taken, unreadable or of a newer version."""


class RunIncomplete(KibitzError):  # noqa: N818
    """A run ended before all episodes were played; the message says how to resume."""

    code = INCOMPLETE


class BudgetSpentError(RunIncomplete):
    """A call does not fit into the budget of the run or of its agent; nothing is lost, and the run can be resumed.

    Attributes:
        agent: Whose budget it is; empty for that of the run.
    """

    def __init__(self, message: str, agent: str = "") -> None:
        super().__init__(message)
        self.agent = agent


class VerifyDisagrees(KibitzError):  # noqa: N818
    """A run does not repeat itself, or two runs differ."""

    code = DISAGREES


class BrokenError(Exception):
    """Stands for an unexpected exception that would have shown a secret.

    Attributes:
        kind: The class of that exception.
        trace: Its traceback without the secret.
    """

    def __init__(self, kind: str, trace: str) -> None:
        super().__init__(f"{kind} (its text is not shown: there was a key in it)")
        self.kind = kind
        self.trace = trace


_ELSEWHERE = (
    ("kibitz.games.options", "OptionError"),
    ("kibitz.games.positions", "LadderError"),
    ("kibitz.games.registry", "UnknownGameError"),
    ("kibitz.games.game", "PositionError"),
    ("kibitz.games.game", "DataError"),
    ("kibitz.agents.registry", "UnknownAgentError"),
    ("kibitz.agents.models.registry", "UnknownModelError"),
    ("kibitz.agents.models.model", "ModelError"),
    ("kibitz.agents.models.model", "CallFailed"),
    ("kibitz.agents.prompts.templates", "PromptError"),
    ("kibitz.results.runfolder", "JournalError"),
    ("kibitz.results.comparing.trials", "TrialError"),
    ("kibitz.results.comparing.ofrun", "NoAgentError"),
    ("kibitz.results.comparing.pairs", "NotComparableError"),
    ("kibitz.results.export.destination", "ExportError"),
    ("kibitz.results.comparing.baseline", "BaselineError"),
    ("kibitz.results.outside.form", "OutsideError"),
    ("kibitz.results.gate.policy", "PolicyError"),
    ("kibitz.results.gate.gate", "GateError"),
    ("kibitz.results.comparing.change", "UnknownMetricError"),
    ("kibitz.results.comparing.plan", "PlanError"),
    ("kibitz.results.report.card", "NoStepError"),
    ("kibitz.results.report.card", "NoDrawingError"),
)


def elsewhere() -> tuple[type[Exception], ...]:
    """The expected errors of the other rooms, as far as their modules have been imported.

    An error can only be raised by a module that was imported; so nothing is imported here, and the command line
    stays quick.
    """
    found = (getattr(sys.modules.get(module), name, None) for module, name in _ELSEWHERE)
    return tuple(cls for cls in found if isinstance(cls, type) and issubclass(cls, Exception))


def first_cause(group: BaseExceptionGroup[Exception]) -> Exception:
    """The first exception in a group that is no group itself: what the user can do something about."""
    inner = group.exceptions[0]
    return first_cause(inner) if isinstance(inner, BaseExceptionGroup) else inner
