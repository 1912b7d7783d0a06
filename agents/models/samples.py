"""Several samples of one request, whatever the endpoint makes of ``n``.

Where an API has no ``n``, or an endpoint refuses or ignores it, the missing samples are asked for one by one, at once;
each has a seed of its own that follows from the request's seed and its number.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable

import msgspec

from kibitz.agents.models.model import CallFailed, Completion, Measured, Request
from kibitz.agents.models.replies import add_usage, sample_seed

Answered = tuple[Completion, Measured]
Ask = Callable[[Request], Awaitable[Answered]]


async def gather_samples(request: Request, ask: Ask, *, has_n: bool) -> Answered:
    """The completion of ``request`` with all its samples.

    Args:
        request: What is asked.
        ask: Sends one request.
        has_n: Whether the API knows ``n``. Where it does and fewer samples come, ``n`` is reported as dropped.

    Raises:
        CallFailed: A request failed; the first failure in the order of the samples.
    """
    answers: list[Answered] = []
    if has_n or request.n == 1:
        answers.append(await ask(request))
    got = sum(len(completion.choices) for completion, _ in answers)
    if got < request.n:
        single = [
            msgspec.structs.replace(request, n=1, seed=sample_seed(request.seed, i)) for i in range(got, request.n)
        ]
        answers += await _all(single, ask)
    completion = _merged([completion for completion, _ in answers])
    if has_n and got < request.n:
        completion = with_dropped(completion, ["n"])
    return completion, answers[0][1]


async def _all(requests: Iterable[Request], ask: Ask) -> list[Answered]:
    async def value(request: Request) -> Answered | CallFailed:
        try:
            return await ask(request)
        except CallFailed as failure:  # as a value: one failure must not cancel requests that are paid for
            return failure

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(value(request)) for request in requests]
    answers: list[Answered] = []
    for task in tasks:
        result = task.result()
        if isinstance(result, CallFailed):
            raise result
        answers.append(result)
    return answers


def _merged(parts: list[Completion]) -> Completion:
    whole = parts[0]
    for part in parts[1:]:
        whole = msgspec.structs.replace(
            whole,
            choices=whole.choices + part.choices,
            usage=add_usage(whole.usage, part.usage),
            usd=None if whole.usd is None or part.usd is None else whole.usd + part.usd,
            reasoning_items=whole.reasoning_items + part.reasoning_items,
            dropped=tuple(sorted({*whole.dropped, *part.dropped})),
        )
    return whole


def with_dropped(completion: Completion, dropped: Iterable[str]) -> Completion:
    """The completion with more dropped parameters, in one order however they were found."""
    return msgspec.structs.replace(completion, dropped=tuple(sorted({*completion.dropped, *dropped})))
