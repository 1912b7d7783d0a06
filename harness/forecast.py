"""What a run will take, before it starts: decisions, calls, tokens, dollars, time, and which budget would stop it.

Units are planned exactly. What an episode takes is sampled (``kibitz.harness.sampling``), and every figure is a range:
``low`` as if every episode were like the cheapest that was sampled, with short replies; ``expected`` from the means;
``high`` as if every episode were like the dearest, with the longest replies, all retries, and a bound of the tokens.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial, reduce
from operator import add
from typing import Any

from kibitz.agents.agent import Agent
from kibitz.harness.cast import Cast
from kibitz.harness.clock import Clock
from kibitz.harness.config import Suite
from kibitz.harness.prices import Prices
from kibitz.harness.sampling import EPISODES, LIKELY_REPLY, SHORT_REPLY, Case, Samples, SeatSample, Took, sample
from kibitz.harness.schedule import units
from kibitz.harness.settings import Amount, Budget
from kibitz.harness.tokens import FEWEST_BYTES, LIKELY_BYTES, MOST_BYTES, Worst

ASSUMPTIONS = (
    f"{EPISODES} episodes of each agent in each game are sampled, with random legal actions; real ones may be longer",
    f"low: the cheapest sampled episode, {SHORT_REPLY} tokens a reply, {MOST_BYTES} bytes a token of input",
    f"expected: the mean, {LIKELY_REPLY} tokens or max_tokens if less, {LIKELY_BYTES} bytes a token, no retries",
    f"high: the dearest sampled episode, max_tokens a reply, {FEWEST_BYTES} bytes a token, every retry used",
    "no input is cached; budgets of episodes and steps, which only make it less, are not looked at",
)


@dataclass(frozen=True, slots=True)
class Range:
    """A figure that is not known yet."""

    low: float = 0.0
    expected: float = 0.0
    high: float = 0.0

    def __add__(self, other: Range) -> Range:
        """The figure of both."""
        return Range(self.low + other.low, self.expected + other.expected, self.high + other.high)

    def each(self, change: Callable[[float], float]) -> Range:
        """The figure that follows from this one."""
        return Range(change(self.low), change(self.expected), change(self.high))


NOTHING = Range()


@dataclass(frozen=True, slots=True)
class Load:
    """What some calls take.

    Attributes:
        decisions: Turns, whoever takes them.
        usd: US dollars; None where the price of some call is unknown.
        largest_call: The worst case of the largest single call; None where nothing is called.
    """

    decisions: Range = NOTHING
    calls: Range = NOTHING
    input_tokens: Range = NOTHING
    output_tokens: Range = NOTHING
    usd: Range | None = NOTHING
    largest_call: Worst | None = None

    @property
    def tokens(self) -> Range:
        """Input and output together."""
        return self.input_tokens + self.output_tokens

    def __add__(self, other: Load) -> Load:
        """Both together."""
        calls = [call for call in (self.largest_call, other.largest_call) if call is not None]
        return Load(
            self.decisions + other.decisions,
            self.calls + other.calls,
            self.input_tokens + other.input_tokens,
            self.output_tokens + other.output_tokens,
            None if self.usd is None or other.usd is None else self.usd + other.usd,
            max(calls, key=lambda call: call.tokens, default=None),
        )


async def forecast(suite: Suite, cast: Cast, prices: Prices, clock: Clock) -> dict[str, Any]:
    """What the suite will take, as JSON-ready data (``docs/formats.md`` says what is in it)."""
    samples = await sample(suite, cast, prices, clock)
    played = Counter((unit.game, name) for unit in units(suite) for name in unit.agents)
    loads = {name: _load_of(name, played, samples) for name in cast.agents}
    total = reduce(add, loads.values(), Load())
    return {
        "agents": {
            name: {"seats": sum(n for (_, who), n in played.items() if who == name), **_as_data(load)}
            for name, load in loads.items()
        },
        "total": _as_data(total),
        "prices": prices.as_data(),
        "unpriced": [
            {"agent": agent, "role": role, "model": found.model, "reason": found.reason}
            for (agent, role), found in prices.unknown().items()
        ],
        "at_least_seconds": {
            provider: _range_data(seconds)
            for provider, seconds in _paces(cast.agents, played, samples, suite.limits).items()
        },
        "budgets": list(_stops(suite.budget, loads, total)),
        "sampled": samples.episodes,
        "unsampled": _unsampled(played, samples),
        "assumptions": list(ASSUMPTIONS),
    }


# -- from samples to loads -----------------------------------------------------------------------------------------


def _load_of(
    name: str, played: Mapping[tuple[str, str], int], samples: Samples, roles: Iterable[str] | None = None
) -> Load:
    """What an agent takes in all its games, in all roles or in some."""
    kept = None if roles is None else frozenset(roles)
    parts = (
        load_of(samples.seats.get((label, who), ()), episodes, kept)
        for (label, who), episodes in played.items()
        if who == name
    )
    return reduce(add, parts, Load())


def load_of(cases: Sequence[Case], episodes: int, roles: frozenset[str] | None = None) -> Load:
    """What so many episodes take that are like those that were sampled; nothing where none was."""
    if not cases:
        return Load()

    def over(figure: Callable[[SeatSample], float]) -> Range:
        low, high = (pick(figure(case[name]) for case in cases) for pick, name in ((min, "low"), (max, "high")))
        return Range(low, sum(figure(case["expected"]) for case in cases) / len(cases), high).each(
            lambda value: value * episodes
        )

    def took(seat: SeatSample) -> Iterator[Took]:
        return (took for role, took in seat.roles.items() if roles is None or role in roles)

    unknown = any(part.usd is None for case in cases for seat in case.values() for part in took(seat))
    largest = max((case["high"].largest for case in cases), key=lambda call: call.tokens)
    return Load(
        decisions=over(lambda seat: seat.decisions),
        calls=over(lambda seat: sum(part.calls for part in took(seat))),
        input_tokens=over(lambda seat: sum(part.input for part in took(seat))),
        output_tokens=over(lambda seat: sum(part.output for part in took(seat))),
        usd=None if unknown else over(lambda seat: sum(part.usd or 0.0 for part in took(seat))),
        largest_call=largest if largest.tokens else None,
    )


def _unsampled(played: Mapping[tuple[str, str], int], samples: Samples) -> list[dict[str, str]]:
    """What the figures lack, and why."""
    late = "the time for sampling was over"
    return [
        {"game": label, "agent": name, "reason": samples.broken.get(label, late)}
        for label, name in played
        if (label, name) not in samples.seats
    ]


# -- time and budgets ----------------------------------------------------------------------------------------------


def _paces(
    agents: Mapping[str, Agent],
    played: Mapping[tuple[str, str], int],
    samples: Samples,
    limits: Mapping[str, Mapping[str, float]],
) -> dict[str, Range]:
    """For each provider with a limit a minute: the seconds below which no run can be."""
    loads: defaultdict[str, Load] = defaultdict(Load)
    for name, agent in agents.items():
        by_provider: defaultdict[str, list[str]] = defaultdict(list)
        for role, model in agent.models.items():
            by_provider[model.provider].append(role)
        for provider, roles in by_provider.items():
            loads[provider] += _load_of(name, played, samples, roles)
    return {
        provider: pace(load, limits[provider])
        for provider, load in loads.items()
        if limits.get(provider, {}).keys() & {"rpm", "tpm"}
    }


def pace(load: Load, limit: Mapping[str, float]) -> Range:
    """The least seconds that calls and tokens take under limits a minute; the first minute's worth is free."""
    paces = [
        figure.each(partial(_wait, limit[key]))
        for key, figure in (("rpm", load.calls), ("tpm", load.tokens))
        if key in limit
    ]
    return Range(*(max(values) for values in zip(*((p.low, p.expected, p.high) for p in paces), strict=True)))


def _wait(per_minute: float, value: float) -> float:
    return max(0.0, (value / per_minute - 1) * 60)


def _stops(budget: Budget, loads: Mapping[str, Load], total: Load) -> Iterator[dict[str, Any]]:
    yield from _stops_of("run", budget.run, total)
    for name, load in loads.items():
        if load.largest_call is not None:
            yield from _stops_of(f"agent {name}", budget.agent, load)


def _stops_of(whose: str, limit: Amount, load: Load) -> Iterator[dict[str, Any]]:
    call = load.largest_call or Worst(0, 0.0)
    for figure, bound, taken, worst in (
        ("usd", limit.usd, load.usd, call.usd),
        ("tokens", limit.tokens, load.tokens, call.tokens),
    ):
        if bound is not None and taken is not None:
            said = "certain" if worst is not None and worst > bound else stops(bound, taken)
            yield {"budget": whose, "figure": figure, "limit": bound, "forecast": _range_data(taken, 6), "stops": said}


def stops(limit: float, taken: Range) -> str:
    """Whether a limit stops the run: ``no``, ``possible``, ``likely`` or ``certain``."""
    if taken.low > limit:
        return "certain"
    if taken.expected > limit:
        return "likely"
    return "possible" if taken.high > limit else "no"


# -- as data -------------------------------------------------------------------------------------------------------


def _as_data(load: Load) -> dict[str, Any]:
    call = load.largest_call
    return {
        "decisions": _range_data(load.decisions),
        "calls": _range_data(load.calls),
        "input_tokens": _range_data(load.input_tokens),
        "output_tokens": _range_data(load.output_tokens),
        "usd": None if load.usd is None else _range_data(load.usd, 6),
        "largest_call": None if call is None else {"tokens": call.tokens, "usd": call.usd},
    }


def _range_data(figure: Range, digits: int = 0) -> dict[str, float]:
    low, expected, high = (round(value, digits or None) for value in (figure.low, figure.expected, figure.high))
    return {"low": low, "expected": expected, "high": high}
