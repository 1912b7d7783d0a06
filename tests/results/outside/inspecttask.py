"""Evaluates a small task with Inspect's mock model; run as a program, since Inspect changes the process it runs in."""

import sys
from typing import Any

import inspect_ai
from inspect_ai import Task
from inspect_ai.dataset import Sample
from inspect_ai.model import ModelOutput, ModelUsage, get_model
from inspect_ai.scorer import Score, match, mean, scorer
from inspect_ai.solver import solver


def reply(*_: Any, **__: Any) -> Any:
    output = ModelOutput.from_content("mockllm/model", "4")
    output.usage = ModelUsage(input_tokens=3, output_tokens=1, total_tokens=4, total_cost=0.25)
    return output


@solver
def brittle() -> Any:
    async def solve(state: Any, generate: Any) -> Any:
        if state.sample_id == "breaks":
            raise RuntimeError("boom")
        for _ in range(9 if state.sample_id == "talks" else 1):
            state = await generate(state)
        return state

    return solve


@scorer(metrics={"half": [mean()], "many": [mean()]})
def graded() -> Any:
    async def score(state: Any, target: Any) -> Any:
        return Score(value={"half": "P", "many": 12})

    return score


def main(folder: str) -> None:
    targets = {"right": "4", "wrong": "5", "talks": "5", "breaks": "4"}
    for name, scorers in (("several", [match(), graded()]), ("stops", [match()])):
        task = Task(
            dataset=[Sample(id=key, input="2+2", target=target) for key, target in targets.items()],
            solver=brittle(),
            scorer=scorers,
            epochs=2,
            name="sums",
            version=3,
            message_limit=4,
        )
        inspect_ai.eval(
            task,
            model=get_model("mockllm/model", custom_outputs=reply),
            log_dir=f"{folder}/{name}",
            fail_on_error=name == "stops",
            max_samples=1,
            display="none",
            log_format="eval",
        )


if __name__ == "__main__":
    main(sys.argv[1])
