"""CPU per model call beside a bare asyncio loop, with full logging and a model that answers at once."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import partial
from typing import Any

from cost.bare import bare_loop
from cost.measure import Row, in_rounds, ratio_row, significant
from cost.ours import CHAT_AGENT, FULL, LLM_AGENT, game_alone, whole_run

TARGET = 8.0
GUARD: Mapping[str, float] = {"chat": 14.0, "llm": 20.0}
"""Beyond this no noise explains the ratio: what CI holds every change to. About half as much again as was measured."""
AT_ONCE = 100
VARIANTS: Mapping[str, tuple[Mapping[str, Any], str]] = {
    "chat": (CHAT_AGENT, "none"),
    "llm": (LLM_AGENT, "none"),
    "llm_history": ({**LLM_AGENT, **FULL}, "none"),
    "llm_asked": (LLM_AGENT, "same"),
}
"""Agent and asking by row."""
SAME_WORK = ("chat",)
"""This one does what the bare loop does, and has a target. The others write prompts from templates and read replies,
send some ten times the text, or read and grade two answers a call: they inform."""


def cpu_per_call(episodes: int, turns: int, rounds: int) -> list[Row]:
    """One row a variant, the game's own time taken off, and one that says how much that is."""
    return _rows("cpu_per_call", VARIANTS, dict.fromkeys(SAME_WORK, TARGET), episodes, turns, rounds)


def guard(episodes: int, turns: int, rounds: int) -> list[Row]:
    """Two variants, held to bounds that leave room for a noisy machine."""
    return _rows("guard", GUARD, GUARD, episodes, turns, rounds)


def _rows(
    case: str, variants: Collection[str], targets: Mapping[str, float], episodes: int, turns: int, rounds: int
) -> list[Row]:
    asked = sorted({VARIANTS[name][1] for name in variants})
    contenders = {
        "bare": partial(bare_loop, episodes, turns, AT_ONCE),
        **{f"game/{ask}": partial(game_alone, episodes, turns, ask) for ask in asked},
        **{
            name: partial(whole_run, VARIANTS[name][0], episodes, turns, AT_ONCE, VARIANTS[name][1])
            for name in variants
        },
    }
    costs = {name: [1e6 * cost for cost in found] for name, found in in_rounds(contenders, rounds).items()}
    rows = []
    for name in variants:
        games = costs[f"game/{VARIANTS[name][1]}"]
        ours = [whole - game for whole, game in zip(costs[name], games, strict=True)]
        rows.append(ratio_row(f"{case}/{name}", "us", ours, costs["bare"], targets.get(name)))
    game = sorted(costs["game/none"])[rounds // 2]
    return [*rows, Row(f"{case}/game_taken_off", significant(game), "us")]
