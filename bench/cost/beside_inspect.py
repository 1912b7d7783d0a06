"""CPU per model call beside inspect_ai, which keeps a log of the same kind: every message, reply and event."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from dataclasses import replace
from functools import partial
from pathlib import Path

from cost.measure import Row, in_rounds, ratio_row
from cost.ours import CHAT_AGENT, LLM_AGENT, BenchError, whole_run

TARGET = 50.0
AT_ONCE = 100
DEADLINE = 1800.0
"""Seconds; some five minutes are usual for 20,000 calls."""
AGENTS = {"chat": CHAT_AGENT, "llm": LLM_AGENT}
_SIDE = Path(__file__).with_name("inspect_side.py")


def interpreter_with_inspect(named: Path | None) -> Path | None:
    """The interpreter that has inspect_ai: the one that was named, else this one if it does."""
    if named is not None:
        return named
    return Path(sys.executable) if importlib.util.find_spec("inspect_ai") else None


def vs_inspect(python: Path | None, episodes: int, turns: int, rounds: int) -> list[Row]:
    """One row an agent: how many times ours inspect_ai's CPU per call is, the bench's game counted on our side."""
    if python is None:
        note = "inspect_ai is not installed here; --inspect-python PATH names an interpreter that has it"
        return [Row(f"vs_inspect/{name}", None, "us", target=TARGET, note=note) for name in AGENTS]
    versions: set[str] = set()
    contenders = {
        "inspect_ai": partial(_theirs, python, episodes, turns, versions),
        **{name: partial(whole_run, agent, episodes, turns, AT_ONCE) for name, agent in AGENTS.items()},
    }
    costs = {name: [1e6 * cost for cost in found] for name, found in in_rounds(contenders, rounds).items()}
    theirs, note = costs["inspect_ai"], f"inspect_ai {', '.join(versions)}"
    rows = [ratio_row(f"vs_inspect/{name}", "us", costs[name], theirs, TARGET, at_least=True) for name in AGENTS]
    return [replace(row, note=note) for row in rows]


def _theirs(python: Path, episodes: int, turns: int, versions: set[str]) -> float:
    command = [str(python), str(_SIDE), str(episodes), str(turns), str(AT_ONCE)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=DEADLINE, check=False)
    if done.returncode:
        raise BenchError(f"inspect_ai did not play: {(done.stderr or done.stdout).strip()[-500:]}")
    version, cost = done.stdout.split()[-2:]
    versions.add(version)
    return float(cost)
