"""Open models: each once, whoever uses it, under the limits of its provider, closed at the end."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager

from kibitz.agents.models.model import Model
from kibitz.harness.calls import Line
from kibitz.harness.clock import Clock
from kibitz.harness.limits import ProviderLimit

Lines = Mapping[tuple[str, str], Line]
"""Open models by agent and role."""


@asynccontextmanager
async def open_lines(
    models: Mapping[tuple[str, str], Model], limits: Mapping[str, Mapping[str, float]], clock: Clock
) -> AsyncIterator[Lines]:
    """Open the models in the block.

    Args:
        models: By agent and role; those with equal ``share_key`` are one.
        limits: The suite's limits by provider.
        clock: Time.

    Raises:
        ModelError: A model cannot be used; the message says what to do.
    """
    shared: dict[str, Model] = {}
    for model in models.values():
        shared.setdefault(model.share_key, model)
    providers = {model.provider for model in shared.values()}
    held = {provider: ProviderLimit(limits.get(provider, {}), clock) for provider in sorted(providers)}
    async with AsyncExitStack() as stack:
        for model in shared.values():
            stack.push_async_callback(model.close)
            await model.open()
        yield {key: Line(shared[model.share_key], held[model.provider]) for key, model in models.items()}
