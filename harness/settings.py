"""What a suite says of how a run is carried out: limits, deadlines, budgets, prices, the journal, processes.

Most of it cannot change a result, so that a run may go on with other values; ``deciding`` says what can.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel

from kibitz.harness.suitefile import AmountFile, Ask, Fallback, Isolate, LegalTold, SuiteFile, Sync

NEVER_DECIDING = frozenset({"limits", "deadlines", "journal", "execution"})
"""Sections of a suite that cannot change a result, whatever they say."""


@dataclass(frozen=True)
class Protocol:
    """How agents are asked, and what happens to bad output.

    Attributes:
        ask: When questions are put: ``none``, ``same``, ``before``, ``after`` or ``probe``.
        retries: How often an unusable reply may be replaced.
        fallback: Who acts then: ``random``, ``noop`` or ``stop``.
        wave: Episodes between two updates of what agents learn.
        legal: ``hidden``: prompts tell nobody which actions are legal, so that no answer can be copied from the list;
            ``agent``: as each agent's own option ``legal`` says.
    """

    ask: Ask = "same"
    retries: int = 1
    fallback: Fallback = "random"
    wave: int = 32
    legal: LegalTold = "agent"


@dataclass(frozen=True)
class Deadlines:
    """How long something may take, in seconds."""

    step: float = 3600.0
    episode: float = 86400.0


@dataclass(frozen=True)
class Amount:
    """What may be spent: US dollars and tokens (input and output together); None is without limit."""

    usd: float | None = None
    tokens: int | None = None

    def __bool__(self) -> bool:
        """Whether anything is limited."""
        return self.usd is not None or self.tokens is not None


@dataclass(frozen=True)
class Budget:
    """What may be spent.

    Attributes:
        run: By the whole run; then it stops, and can be resumed.
        agent: By each agent; then the run stops, and can be resumed.
        episode: By each seat of an episode; then its agent acts without further calls.
        step: By a seat in one step; then its agent acts without further calls.
    """

    run: Amount = Amount()
    agent: Amount = Amount()
    episode: Amount = Amount()
    step: Amount = Amount()

    @property
    def in_dollars(self) -> bool:
        """Whether any of them is in dollars; then every model needs a price."""
        return any(amount.usd is not None for amount in (self.run, self.agent, self.episode, self.step))


@dataclass(frozen=True)
class Journaling:
    """How the journal is written: ``normal`` survives a kill, ``full`` also the loss of power."""

    sync: Sync = "normal"


@dataclass(frozen=True)
class Execution:
    """Where games and bots run.

    Attributes:
        isolate: In processes of their own: those that declare it (``auto``), ``all``, or ``none``.
        processes: How many of them; None is one for each core.
    """

    isolate: Isolate = "auto"
    processes: int | None = None


@dataclass(frozen=True, kw_only=True)
class Settings:
    """All of it; a suite has these fields.

    Attributes:
        limits: By provider, what is given of ``rpm`` and ``tpm`` (requests and tokens a minute), ``in_flight``,
            ``deadline`` (seconds an attempt), ``attempts``, ``longest_wait`` and ``longest_retry_after`` (seconds).
        prices: By model, as in ``model = "PROVIDER:NAME"``: ``input``, ``output`` and, where given, ``cached``, in US
            dollars a million tokens.
        deadlines: How long a step and an episode may take.
        budget: What may be spent.
        journal: How the journal is written.
        execution: Where games and bots run.
        replay: A run whose completions stand for those of all models; empty if the models themselves are called.
    """

    limits: dict[str, dict[str, float]] = field(default_factory=dict)
    prices: dict[str, dict[str, float]] = field(default_factory=dict)
    deadlines: Deadlines = Deadlines()
    budget: Budget = Budget()
    journal: Journaling = Journaling()
    execution: Execution = Execution()
    replay: str = ""


_S = TypeVar("_S", bound=Settings)


def replaying(settings: _S, run: Path) -> _S:
    """The same with all models answering from a recorded run.

    Nothing is paid, so what a run and its agents may spend stops nothing; budgets of episodes and steps change what
    agents do and stay, counted in what was paid then.
    """
    budget = replace(settings.budget, run=Amount(), agent=Amount())
    return replace(settings, replay=str(run.expanduser().resolve()), budget=budget)


def settings_of(file: SuiteFile) -> Settings:
    """The settings of a checked suite file."""
    budget = file.budget
    return Settings(
        limits={name: _given(limit) for name, limit in file.limits.items()},
        prices={name: _given(price) for name, price in file.prices.items()},
        deadlines=Deadlines(**file.deadlines.model_dump()),
        budget=Budget(_amount(budget), _amount(budget.agent), _amount(budget.episode), _amount(budget.step)),
        journal=Journaling(**file.journal.model_dump()),
        execution=Execution(**file.execution.model_dump()),
    )


def written(settings: Settings) -> dict[str, Any]:
    """The settings as sections of a suite file, with every default that is a value written out."""
    budget = settings.budget
    parts = {name: _held(getattr(budget, name)) for name in ("agent", "episode", "step")}
    return {
        "limits": {name: dict(limit) for name, limit in settings.limits.items()},
        "prices": {name: dict(price) for name, price in settings.prices.items()},
        "deadlines": _held(settings.deadlines),
        "budget": _held(budget.run) | {name: part for name, part in parts.items() if part},
        "journal": _held(settings.journal),
        "execution": _held(settings.execution),
    } | ({"replay": settings.replay} if settings.replay else {})


def with_budget(settings: _S, usd: float | None, tokens: int | None) -> _S:
    """The settings with another budget of the run, where one is given."""
    run = settings.budget.run
    changed = Amount(run.usd if usd is None else usd, run.tokens if tokens is None else tokens)
    return replace(settings, budget=replace(settings.budget, run=changed))


def protocol_data(config: Mapping[str, Any]) -> dict[str, Any]:
    """The protocol of a resolved suite, with the budgets that change decisions, for records and hashes."""
    parts = _deciding_budget(config)
    return dict(config["protocol"]) | ({"budget": parts} if parts else {})


def deciding(config: Mapping[str, Any]) -> dict[str, Any]:
    """What of a resolved suite can change a result.

    Budgets of the run and of agents only stop a run. Prices count where a budget of an episode or step is in dollars.
    """
    parts = _deciding_budget(config)
    kept = {key: value for key, value in config.items() if key not in {*NEVER_DECIDING, "budget", "prices"}}
    if parts:
        kept["budget"] = parts
    if kept.get("replay"):
        kept["replay"] = True  # where the recorded run lies changes nothing
    if any("usd" in part for part in parts.values()):
        kept["prices"] = config.get("prices", {})
    return kept


def _deciding_budget(config: Mapping[str, Any]) -> dict[str, Any]:
    budget = config.get("budget", {})
    return {name: budget[name] for name in ("episode", "step") if budget.get(name)}


def _given(model: BaseModel) -> dict[str, float]:
    return {key: value for key, value in model.model_dump().items() if value is not None}


def _amount(file: AmountFile) -> Amount:
    return Amount(file.usd, file.tokens)


def _held(part: Deadlines | Amount | Journaling | Execution) -> dict[str, Any]:
    held = {field.name: getattr(part, field.name) for field in fields(part)}
    return {key: value for key, value in held.items() if value is not None}
