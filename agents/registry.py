"""Finding and making agents by kind through entry points; what ships registers in the same way as what others write."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import Any, cast

from kibitz.agents.agent import Agent
from kibitz.games.options import Option

GROUP = "kibitz.agents"
CONTRACT = ("options", "identity", "needs", "answers", "models", "learner")
"""What an agent has beside its methods."""


class UnknownAgentError(LookupError):
    """No agent of that kind is installed, or what is installed under the name is no agent."""


@cache
def installed() -> dict[str, EntryPoint]:
    """The entry points of all installed kinds of agents by name, without importing any of them."""
    return {point.name: point for point in sorted(entry_points(group=GROUP), key=lambda p: p.name)}


def load(kind: str) -> type[Agent]:
    """Import the agent class of ``kind``.

    Raises:
        UnknownAgentError: No such kind is installed; the message lists those that are.
    """
    point = installed().get(kind)
    if point is None:
        raise UnknownAgentError(f"unknown kind of agent {kind!r}; installed: {', '.join(installed())}")
    try:
        loaded = point.load()
    except (ImportError, AttributeError) as error:
        raise UnknownAgentError(f"agent {kind!r} cannot be imported from {point.value}: {error}") from error
    if not isinstance(loaded, type) or not callable(getattr(loaded, "act", None)) or not hasattr(loaded, "declared"):
        raise UnknownAgentError(f"agent {kind!r}: {point.value} is no agent class (it needs `declared` and `act`)")
    return cast("type[Agent]", loaded)


def options_for(kind: str, given: Mapping[str, object]) -> tuple[Option, ...]:
    """The options of an agent with these settings: some depend on others, as a model's do on the model's name.

    Raises:
        UnknownAgentError: No such kind is installed.
        ModelError: The settings name a model that is not installed.
    """
    loaded = load(kind)
    find: Callable[[Mapping[str, object]], tuple[Option, ...]] | None = getattr(loaded, "options_for", None)
    return tuple(loaded.declared) if find is None else find(given)


def make(kind: str, options: Mapping[str, object], name: str = "") -> Agent:
    """Make an agent.

    Args:
        kind: Its kind.
        options: Values by option name; those left out have their defaults.
        name: What the run calls it, for the message if the class turns out to be unfinished.

    Raises:
        UnknownAgentError: No such kind is installed, or its class lacks a part of the contract.
        OptionError: An option is unknown or its value is not allowed.
        ModelError: It names a model that is not installed.
    """
    make_it: Any = load(kind)
    agent: Agent = make_it(**options)
    missing = [part for part in CONTRACT if not hasattr(agent, part)]
    if missing:
        raise UnknownAgentError(
            f"agent {name or kind!r}: its class has no {', '.join(missing)}; subclass Bot to have them"
        )
    return agent
