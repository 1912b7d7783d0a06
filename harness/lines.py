"""Open models: each once, whoever uses it, under the limits of its provider, closed at the end."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial

from kibitz.agents.models.model import Model
from kibitz.harness.clock import Clock
from kibitz.harness.delivery import Line
from kibitz.harness.limits import ProviderLimit, RetryPolicy
from kibitz.harness.prices import NO_PRICES, Prices

Lines = Mapping[tuple[str, str], Line]
"""Open models by agent and role."""


@asynccontextmanager
async def open_lines(
    models: Mapping[tuple[str, str], Model],
    limits: Mapping[str, Mapping[str, float]],
    clock: Clock,
    *,
    prices: Prices | None = None,
    policy: RetryPolicy | None = None,
) -> AsyncIterator[Lines]:
    """Open the models in the block.

    Args:
        models: By agent and role; those with equal ``share_key`` are one.
        limits: The suite's limits by provider.
        clock: Time.
        prices: What calls cost, for completions that do not say it themselves.
        policy: Retries and deadlines for all; by default as ``limits`` says for each provider.

    Raises:
        ModelError: A model cannot be used; the message says what to do.
    """
    shared: dict[str, Model] = {}
    for model in models.values():
        shared.setdefault(model.share_key, model)
    held = {model.provider: _limit(model, limits.get(model.provider, {}), clock) for model in shared.values()}
    policies = {name: policy or RetryPolicy.of(limits.get(name, {})) for name in held}
    async with AsyncExitStack() as stack:
        for model in shared.values():
            stack.push_async_callback(model.close)
            await model.open()
        yield {
            key: Line(
                shared[model.share_key],
                held[model.provider],
                policies[model.provider],
                partial((prices or NO_PRICES).priced, *key),
            )
            for key, model in models.items()
        }


def _limit(model: Model, settings: Mapping[str, float], clock: Clock) -> ProviderLimit:
    if model.at_once:
        return ProviderLimit(settings, clock, adaptive=False, default=model.at_once)
    return ProviderLimit(settings, clock)
