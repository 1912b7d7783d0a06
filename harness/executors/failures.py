"""How a child process fails, one class a cause.

::

    ChildError                the code of a game or bot took its process with it; nothing else was lost
    ├── ChildCrashedError     the process ended: a crash, an exit, the system's killer of memory hogs
    └── ChildHungError        no answer before the deadline, so the process was killed

What the code *raises* is neither: it arrives as the exception that it is, as if it had been raised in this process.
"""

from __future__ import annotations

import signal
from typing import ClassVar

from kibitz.agents.models.failures import Secrets

LONGEST_WORDS = 400
"""Characters of the child's own last words that a message quotes."""

LINES = 4
"""Lines of them, at most."""


class ChildError(Exception):
    """A process that held a game or a bot is gone; ``cause`` names the row of the failure table."""

    cause: ClassVar[str] = "crashed"


class ChildCrashedError(ChildError):
    """The process ended by itself, or something else ended it."""


class ChildHungError(ChildError):
    """No answer came before the deadline."""

    cause = "hung"


def ending(code: int | None) -> str:
    """How a process ended, in words, from its return code as ``subprocess`` gives it; None if it still ran."""
    if code is None:
        return "it broke its connection"
    if code >= 0:
        return f"exit code {code}"
    try:
        name = signal.Signals(-code).name
    except ValueError:
        name = str(-code)
    return f"signal {name}" + (", as from a system that is out of memory" if name == "SIGKILL" else "")


def last_words(stderr: bytes) -> str:
    """What a process wrote at its end, on one line: where it was if Python could say so, else the last lines."""
    lines = [line.strip() for line in stderr.decode(errors="replace").splitlines() if line.strip()]
    # Python's own report after a fatal signal has the innermost call on top, under this heading.
    stacks = [n for n, line in enumerate(lines) if line.endswith("(most recent call first):")]
    fatal = [line for line in lines if line.startswith("Fatal Python error: ")]
    if stacks and fatal:
        lines = [fatal[-1], *lines[stacks[-1] + 1 : stacks[-1] + LINES]]
    return Secrets(()).scrub(" | ".join(lines[-LINES:]), LONGEST_WORDS)
