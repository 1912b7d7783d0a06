"""The listed actions of a turn, for agents that can only choose."""

from __future__ import annotations

from kibitz.agents.agent import Turn


class OpenActionsError(ValueError):
    """The legal actions cannot be listed here, and the agent can only choose from a list."""


def listed_actions(turn: Turn, who: str) -> tuple[str, ...]:
    """The legal actions of ``turn``, all of them.

    Args:
        turn: The turn.
        who: Who needs the list, for the message.

    Raises:
        OpenActionsError: The action space is open, or empty.
    """
    actions = turn.observation.actions
    if actions is None or actions.open or not actions.listed:
        what = "is open" if actions is not None and actions.open else "is empty"
        raise OpenActionsError(f"{who} chooses from listed actions, but the action space of {turn.game} {what}")
    return actions.listed
