"""CPU per model call beside a bare asyncio loop, with full logging and a model that answers at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cost.bare import bare_loop
from cost.measure import Row, in_rounds, ratio_row, significant
from cost.ours import CHAT_AGENT, FULL, LLM_AGENT, game_alone, whole_run

TARGET = 8.0
AT_ONCE = 100
VARIANTS: Mapping[str, tuple[Mapping[str, Any], str]] = {
    "chat": (CHAT_AGENT, "none"),
    "llm": (LLM_AGENT, "none"),
    "llm_history": ({**LLM_AGENT, **FULL}, "none"),
    "llm_asked": (LLM_AGENT, "same"),
}
"""Agent and asking by row."""
BOUNDED = ("chat", "llm")
"""``llm_history`` sends some ten times the text, and ``llm_asked`` reads and grades two answers a call, which the bare
loop does not: they inform."""


def cpu_per_call(episodes: int, turns: int, rounds: int) -> list[Row]:
    """One row a variant, the game's own time taken off, and one that says how much that is."""
    asked = {ask for _, ask in VARIANTS.values()}
    contenders = {
        "bare": lambda: bare_loop(episodes, turns, AT_ONCE),
        **{f"game/{ask}": lambda ask=ask: game_alone(episodes, turns, ask) for ask in sorted(asked)},
        **{
            name: lambda agent=agent, ask=ask: whole_run(agent, episodes, turns, AT_ONCE, ask)
            for name, (agent, ask) in VARIANTS.items()
        },
    }
    costs = {name: [1e6 * cost for cost in found] for name, found in in_rounds(contenders, rounds).items()}
    rows = []
    for name, (_, ask) in VARIANTS.items():
        ours = [whole - game for whole, game in zip(costs[name], costs[f"game/{ask}"], strict=True)]
        target = TARGET if name in BOUNDED else None
        rows.append(ratio_row(f"cpu_per_call/{name}", "us", ours, costs["bare"], target))
    game = sorted(costs["game/none"])[rounds // 2]
    return [*rows, Row("cpu_per_call/game_taken_off", significant(game), "us")]
