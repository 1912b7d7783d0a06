"""Earlier turns as messages, each written once.

An agent is a function of the turn, and the turn holds the whole history; written anew in each turn, a conversation of
forty turns would cost forty times as much at its end. So what was written is noted with the turn that it ends with, and
the next one only adds its own.
"""

from __future__ import annotations

from collections.abc import Callable

from kibitz.agents.agent import Past
from kibitz.agents.models.model import Message


def remembered(
    history: tuple[Past, ...], owner: object, write: Callable[[int, Past], tuple[Message, ...]]
) -> tuple[Message, ...]:
    """The messages of all earlier turns.

    Args:
        history: The turns, as in ``Turn.history``.
        owner: Who shows them; what another one noted is not used.
        write: The messages of one turn, from its place in the history and the turn; of nothing else.
    """
    start = len(history)
    told: tuple[Message, ...] = ()
    while start:
        noted = history[start - 1].__dict__.get("_told")
        if noted is not None and noted[0] is owner and noted[1] == start:
            told = noted[2]
            break
        start -= 1
    if start == len(history):
        return told
    for place, past in enumerate(history[start:], start):
        told = (*told, *write(place, past))
    history[-1].__dict__["_told"] = (owner, len(history), told)
    if start:
        history[start - 1].__dict__.pop("_told", None)
    return told
