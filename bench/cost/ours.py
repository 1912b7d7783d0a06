"""Our side: suites of the bench's own players, played by the real orchestrator into a real journal."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from cost.measure import cpu_seconds
from cost.players import CHAT, GAME
from kibitz.games.registry import make
from kibitz.harness.config import Suite, parse
from kibitz.harness.orchestrator import run
from kibitz.harness.progress import SilentProgress

MODEL = "scripted:cost.players:at_once"
CHAT_AGENT: Mapping[str, Any] = {"kind": CHAT, "model": MODEL}
LLM_AGENT: Mapping[str, Any] = {"kind": "llm", "model": MODEL, "action_mode": "free"}
FULL = {"history": "full"}


class BenchError(Exception):
    """What was to be measured did not happen; a figure would be wrong."""


def suite(agent: Mapping[str, Any], episodes: int, turns: int, at_once: int, ask: str = "none") -> Suite:
    """One agent, so many episodes of so many turns, so many calls at once."""
    return parse(
        {
            "name": "bench",
            "protocol": {"ask": ask},
            "agents": {"player": dict(agent)},
            "limits": {str(agent["model"]).partition(":")[0]: {"in_flight": at_once}},
            "match": [{"game": GAME, "options": {"turns": turns}, "pairs": episodes}],
        },
        "bench",
        None,
    )


@contextmanager
def played(suite: Suite, at_once: int) -> Iterator[Path]:
    """Play a suite into a run folder that lasts as long as the block.

    Raises:
        BenchError: An episode failed.
    """
    with tempfile.TemporaryDirectory(prefix="kibitz-bench-") as folder:
        out = Path(folder) / "run"
        asyncio.run(play(suite, out, at_once))
        yield out


async def play(suite: Suite, out: Path, at_once: int) -> None:
    """Play a suite into ``out``.

    Raises:
        BenchError: An episode failed.
    """
    with SilentProgress() as progress:
        result = await run(suite, out, resume=False, concurrency=at_once, progress=progress, command=["bench"])
    if not result.complete or result.failures:
        raise BenchError(f"{result.done} of {result.units} episodes were played: {result.messages}")


def whole_run(agent: Mapping[str, Any], episodes: int, turns: int, at_once: int, ask: str = "none") -> float:
    """CPU seconds a call of a run, from reading its suite to closing its journal."""
    start = cpu_seconds()
    with played(suite(agent, episodes, turns, at_once, ask), at_once):
        spent = cpu_seconds() - start
    return spent / (episodes * turns)


def game_alone(episodes: int, turns: int, ask: str = "none") -> float:
    """CPU seconds a call that the game itself takes, called as a table calls it; no part of the orchestrator's work."""
    start = cpu_seconds()
    for number in range(episodes):
        game = make(GAME, turns=turns)
        game.reset(number)
        while movers := game.movers():
            (seat,) = movers
            game.rules(seat), game.observe(seat)
            questions = game.subproblems(seat)
            for question in questions if ask != "none" else ():
                game.truth(seat, question.id)
            game.action_values(seat), game.position()
            game.step({seat: "4"})
            game.outcome()
        game.position()
    return (cpu_seconds() - start) / (episodes * turns)
