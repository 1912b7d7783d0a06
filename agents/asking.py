"""Which questions a turn really puts, by its way of asking.

One place for all agents and for the grading: what was not asked is never "missing".
"""

from __future__ import annotations

from kibitz.agents.agent import Turn
from kibitz.games.subproblem import Subproblem


def asked(turn: Turn) -> tuple[Subproblem, ...]:
    """The questions that ``turn`` puts, those about the view first, each group in the game's order.

    Questions about the stated action are asked where the action is known when the answer is given: not in a call
    before the action, and where no action is wanted only if one is given.
    """
    if turn.ask == "none" or "answers" not in turn.wants:
        return ()
    view = tuple(question for question in turn.asks if question.about == "view")
    if turn.given is None if "action" not in turn.wants else turn.ask == "before":
        return view
    return (*view, *(question for question in turn.asks if question.about == "action"))
