"""How long ``kibitz board`` takes on a long run, as a whole process, its start included."""

from __future__ import annotations

import asyncio
import json
import os
import resource
import statistics
import subprocess
import sysconfig
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from cost.measure import Row, say, significant
from cost.ours import BenchError, play
from kibitz.harness.config import Suite, parse

TARGET = 2.0
STEPS_A_PAIR = 15.3
"""Steps of the two mirrored TicTacToe games of a pair between random players, on average."""
DEADLINE = 600.0
REPEATS = 5


def board(steps: int, *, whole: bool) -> list[Row]:
    """Seconds of ``kibitz board RUN --json`` on a run of some ``steps`` steps.

    Args:
        steps: At least so many steps are played.
        whole: This is the size that the target is for.
    """
    with tempfile.TemporaryDirectory(prefix="kibitz-bench-") as folder:
        out = Path(folder) / "run"
        start = time.perf_counter()
        asyncio.run(play(_suite(steps), out, 64))
        say(f"  the run took {time.perf_counter() - start:.0f} s")
        turns, wall, cpu = 0, [], []
        for _ in range(REPEATS):
            before, at = _children(), time.perf_counter()
            turns = _board(out)
            wall.append(time.perf_counter() - at)
            cpu.append(_children() - before)
            say(f"  {turns} steps: {wall[-1]:.2f} s, CPU {cpu[-1]:.2f} s")
    if turns < steps:
        raise BenchError(f"the run has {turns} steps instead of {steps}")
    seconds, name = statistics.median(wall), f"board/{steps}_steps"
    row = Row(name, significant(seconds), "s", target=TARGET, passed=seconds < TARGET)
    return [
        row if whole else replace(row, target=None, passed=None),
        Row(f"{name}_cpu", significant(statistics.median(cpu)), "s"),
    ]


def _suite(steps: int) -> Suite:
    return parse(
        {
            "name": "long",
            "protocol": {"ask": "same"},
            "agents": {"guessing": {"kind": "random", "answers": "random"}, "silent": {"kind": "random"}},
            "match": [{"game": "tictactoe", "pairs": int(steps / STEPS_A_PAIR * 1.02) + 10}],
        },
        "bench",
        None,
    )


def _board(out: Path) -> int:
    """Run the command; returns the number of steps on the board."""
    name = "kibitz.exe" if os.name == "nt" else "kibitz"
    command = [str(Path(sysconfig.get_path("scripts")) / name), "board", str(out), "--json"]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, timeout=DEADLINE, check=True)
    rows = json.loads(done.stdout)["rows"]
    return sum(row["turns"] for row in rows if row["game"] == "*")


def _children() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime
