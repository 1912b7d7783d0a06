"""inspect_ai playing the same episodes; run by an interpreter that has it, and imports nothing of ours.

Usage: python inspect_side.py EPISODES TURNS AT_ONCE
Prints its version and CPU seconds a call, start-up and imports excluded: its own evaluation, with its default log.
"""

from __future__ import annotations

import os
import resource
import sys
import tempfile
from importlib.metadata import version
from typing import Any

import anyio.lowlevel
from inspect_ai import Task
from inspect_ai import eval as evaluate
from inspect_ai.dataset import MemoryDataset, Sample
from inspect_ai.model import ChatMessageUser, ModelAPI, ModelOutput, ModelUsage, modelapi
from inspect_ai.scorer import includes
from inspect_ai.solver import Generate, TaskState, solver
from texts import reply, seen

calls = 0


@modelapi(name="atonce")
class AtOnce(ModelAPI):
    """A model that gives way once, as any call does, and answers."""

    def max_connections(self) -> int:
        """As many as the evaluation allows."""
        return int(sys.argv[3])

    async def generate(self, input: Any, tools: Any, tool_choice: Any, config: Any) -> ModelOutput:  # noqa: A002, ANN401
        """The reply."""
        global calls  # noqa: PLW0603 - the framework makes the instance and keeps it
        calls += 1
        await anyio.lowlevel.checkpoint()
        output = ModelOutput.from_content(model="atonce", content=reply(calls))
        output.usage = ModelUsage(input_tokens=100, output_tokens=12, total_tokens=112)
        return output


@solver
def conversation(turns: int) -> Any:  # noqa: ANN401
    """Ask, and add what is seen next, for so many turns."""

    async def solve(state: TaskState, generate: Generate) -> TaskState:
        for turn in range(1, turns + 1):
            state = await generate(state)
            if turn < turns:
                state.messages.append(ChatMessageUser(content=seen(int(state.sample_id), turn)))
        return state

    return solve


def main() -> None:
    episodes, turns, at_once = (int(argument) for argument in sys.argv[1:4])
    samples = [Sample(input=seen(number, 0), target="4", id=number) for number in range(episodes)]
    task = Task(dataset=MemoryDataset(samples), solver=conversation(turns), scorer=includes(), name="bench")
    os.environ.setdefault("INSPECT_LOG_LEVEL", "warning")
    with tempfile.TemporaryDirectory(prefix="kibitz-bench-") as folder:
        before = resource.getrusage(resource.RUSAGE_SELF)
        (log,) = evaluate(
            task, model="atonce/x", log_dir=folder, display="none", max_connections=at_once, max_samples=at_once
        )
        after = resource.getrusage(resource.RUSAGE_SELF)
    if log.status != "success" or calls != episodes * turns:
        sys.exit(f"the evaluation ended as {log.status} after {calls} calls")
    spent = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    sys.stdout.write(f"\n{version('inspect_ai')} {spent / calls}\n")


if __name__ == "__main__":
    main()
