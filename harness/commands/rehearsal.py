"""``kibitz run --dry-run``: what would be played, what it would take, and what is in the way."""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from kibitz.harness import orchestrator
from kibitz.harness.cast import describe, make_cast
from kibitz.harness.clock import SystemClock
from kibitz.harness.commands.output import columns, json_line, wrapped
from kibitz.harness.config import Suite
from kibitz.harness.errors import DONE, USAGE, ConfigError
from kibitz.harness.forecast import forecast
from kibitz.harness.prices import prices_of
from kibitz.harness.schedule import units
from kibitz.harness.tally import amount, duration
from kibitz.results.figures import dollars

if TYPE_CHECKING:
    from kibitz.harness.deciding import Deciding

WILL = {
    "no": "is enough",
    "possible": "may stop the run",
    "likely": "will probably stop the run",
    "certain": "will stop the run",
}


MOST = (
    "The baseline fits. All this is the most that is played: the run ends as soon as the gate is certain, which nobody "
    "can foresee."
)


def rehearse(suite: Suite, *, as_json: bool, deciding: Deciding | None = None) -> int:
    """Say what would be played and what it would take, and everything that keeps it from being played.

    Args:
        suite: What would be played.
        as_json: Say it as data.
        deciding: What may end the run early; the run is held to it as if it were begun.

    Raises:
        ConfigError: It cannot be played; the message says why.
        UsageError: The run has no such agent as is to be decided about, or it must be named.
        NotComparableError: The conditions are not those of the baseline.
    """
    plan = plan_of(suite) | {"until_decided": deciding is not None}
    if deciding and not plan["problems"]:
        deciding.prepare(describe(suite, make_cast(suite), ()), units(suite), f"suite {suite.name}")
    if as_json:
        print(json_line(plan))
    else:
        print(f"suite {suite.name} (version {suite.version}): {plan['episodes']} episodes")
        print(columns([("  " + label, f"{count} episodes") for label, count in plan["games"].items()]))
        if plan["forecast"] is None:
            print(columns([("  " + name, f"{count} seats") for name, count in plan["agents"].items()]))
        else:
            print("\n".join(["", *_wrapped(forecast_lines(plan["forecast"]))]))
            if deciding:
                print(wrapped(MOST))
    if plan["problems"] and not as_json:
        raise ConfigError("this suite cannot run: " + "; ".join(plan["problems"]))
    return USAGE if plan["problems"] else DONE


def plan_of(suite: Suite) -> dict[str, Any]:
    """What a suite would play and take, as data; the forecast is None where the suite cannot be played."""
    planned = units(suite)
    problems = orchestrator.check(suite)
    return {
        "suite": suite.name,
        "version": suite.version,
        "seed": suite.seed,
        "episodes": len(planned),
        "games": dict(Counter(unit.game for unit in planned)),
        "agents": dict(Counter(name for unit in planned for name in unit.agents)),
        "problems": problems,
        "forecast": None if problems else _forecast(suite),
    }


def _forecast(suite: Suite) -> dict[str, Any]:
    cast = make_cast(suite)
    prices = prices_of(cast.models(), suite.prices)
    return asyncio.run(forecast(suite, cast, prices, SystemClock()))


# -- for people ----------------------------------------------------------------------------------------------------


def forecast_lines(found: Mapping[str, Any]) -> Iterator[str]:
    """A forecast as lines of text."""
    yield f"Forecast from {found['sampled']} sampled episodes, expected (low to high); nothing was sent."
    head = ("  agent", "seats", "decisions", "calls", "tokens in", "tokens out", "dollars")
    rows = [_row(name, load, str(load["seats"])) for name, load in found["agents"].items()]
    yield columns([head, *rows, _row("all", found["total"], "")])
    yield from _money_lines(found)
    for provider, seconds in found["at_least_seconds"].items():
        yield f"Under the limits of {provider} it takes at least {_span(seconds, duration)}."
    for budget in found["budgets"]:
        in_dollars = budget["figure"] == "usd"
        limit = dollars(budget["limit"]) if in_dollars else f"{amount(budget['limit'])} tokens"
        whose = "the run" if budget["budget"] == "run" else budget["budget"]
        taken = _span(budget["forecast"], dollars if in_dollars else amount)
        yield f"The budget of {whose}, {limit}, {WILL[budget['stops']]}: the forecast is {taken}."
    lacking: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for one in found["unsampled"]:
        lacking[one["game"], one["reason"]].append(one["agent"])
    for (game, reason), names in lacking.items():
        yield f"Not in these figures: {game} for {', '.join(names)} ({reason})."
    yield "Assumed:"
    yield from (f"- {assumption}" for assumption in found["assumptions"])


def _money_lines(found: Mapping[str, Any]) -> Iterator[str]:
    sources = {
        f"{price['model']}: {price['source']}"
        for roles in found["prices"].values()
        for price in roles.values()
        if "source" in price
    }
    yield from (f"Price of {source}." for source in sorted(sources))
    unknown = {f"{one['model']}: {one['reason']}" for one in found["unpriced"]}
    yield from (f"No known price of {reason}." for reason in sorted(unknown))


def _row(name: str, load: Mapping[str, Any], seats: str) -> tuple[str, ...]:
    figures = ("decisions", "calls", "input_tokens", "output_tokens")
    money = "unknown" if load["usd"] is None else _span(load["usd"], dollars)
    return (f"  {name}", seats, *(_span(load[key], amount) for key in figures), money)


def _span(figure: Mapping[str, float], show: Any) -> str:  # noqa: ANN401 - from int or float to text
    low, expected, high = (show(figure[key]) for key in ("low", "expected", "high"))
    return expected if low == high else f"{expected} ({low} to {high})"


def _wrapped(lines: Iterable[str]) -> Iterator[str]:
    """Sentences broken to the terminal's width; tables are left as they are."""
    return (line if "\n" in line else wrapped(line) for line in lines)
