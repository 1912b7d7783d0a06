"""Prices as data: rates by the length of a prompt, and the table of them inside the ``litellm`` package."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

from kibitz.agents.models.model import Usage

TABLE = "litellm/model_prices_and_context_window_backup.json"
MILLION = 1_000_000
_ABOVE = re.compile(r"input_cost_per_token_above_([0-9]+)(k?)_tokens")


@dataclass(frozen=True, slots=True)
class Rates:
    """US dollars a million tokens, for calls whose input is longer than ``above`` tokens.

    Attributes:
        cached: Of input that the provider had in its cache.
        reasoning: Of output that is reasoning; None where it costs what other output costs.
    """

    input: float
    output: float
    cached: float
    reasoning: float | None = None
    above: int = 0


@dataclass(frozen=True, slots=True)
class Price:
    """What a model costs.

    Attributes:
        model: Which, as ``PROVIDER:NAME``.
        tiers: Rates, by rising ``above``; a whole call is charged at the last one that its input reaches.
        source: Where they come from, in words.
        provider: Whose model it is, where the table says so.
    """

    model: str
    tiers: tuple[Rates, ...]
    source: str
    provider: str = ""

    def cost(self, usage: Usage) -> float:
        """US dollars of a call."""
        rates = next((tier for tier in reversed(self.tiers) if usage.input > tier.above), self.tiers[0])
        cached, reasoning = min(usage.cached, usage.input), min(usage.reasoning, usage.output)
        thinking = rates.output if rates.reasoning is None else rates.reasoning
        of_input = (usage.input - cached) * rates.input + cached * rates.cached
        of_output = (usage.output - reasoning) * rates.output + reasoning * thinking
        return (of_input + of_output) / MILLION

    def most(self, input_tokens: int, output_tokens: int) -> float:
        """US dollars that a call of at most these tokens can cost, at the dearest rates that it can reach."""
        reached = [tier for tier in self.tiers if tier.above <= input_tokens] or self.tiers[:1]
        dearest_input = max(max(tier.input, tier.cached) for tier in reached)
        dearest_output = max(max(tier.output, tier.reasoning or 0.0) for tier in reached)
        return (input_tokens * dearest_input + output_tokens * dearest_output) / MILLION


@dataclass(frozen=True, slots=True)
class NoPrice:
    """A model whose price is unknown, and why."""

    model: str
    reason: str


@dataclass(frozen=True, slots=True)
class Table:
    """The entries by the name that LiteLLM gives a model, and what they are called; why there are none, if so."""

    entries: Mapping[str, Mapping[str, Any]]
    source: str
    problem: str = ""


@cache
def installed_table() -> Table:
    """The price table of the installed ``litellm``; empty, with the reason, where there is none."""
    try:
        package = distribution("litellm")
    except PackageNotFoundError:
        return Table(
            {}, "", 'the price table is part of litellm, which is not installed (pip install "kibitz[litellm]")'
        )
    source = f"the price table of litellm {package.version}"
    try:
        data = json.loads(Path(str(package.locate_file(TABLE))).read_bytes())
    except (OSError, ValueError):
        return Table({}, source, f"{source} cannot be read")
    if not isinstance(data, dict):
        return Table({}, source, f"{source} is no table")
    return Table({name: entry for name, entry in data.items() if isinstance(entry, dict)}, source)


def look_up(spec: str, name: str, provider: str, table: Table | None = None) -> Price | NoPrice:
    """The price of a model in the table.

    Args:
        spec: What to call the model.
        name: Its name: with ``provider`` that provider's own name; without, LiteLLM's, ``PROVIDER/NAME`` or ``NAME``.
        provider: Whose model it is; empty to take it from the name.
        table: Where to look; the installed one by default.
    """
    table = installed_table() if table is None else table
    if table.problem:
        return NoPrice(spec, table.problem)
    whole = f"{provider}/{name}" if provider else name
    owner, _, own = whole.partition("/")
    entry = table.entries.get(whole)
    if entry is None and _is_of(table.entries.get(own, {}), owner):
        whole, entry = own, table.entries[own]
    if entry is None:
        return NoPrice(spec, f"{table.source} does not know it")
    tiers = _tiers(entry)
    if not tiers:
        return NoPrice(spec, f"{table.source} has no price a token for {whole!r}")
    if all(tier.input == tier.output == 0 for tier in tiers):
        return NoPrice(spec, f"{table.source} says 0 for {whole!r}, which may stand for free or for unknown")
    return Price(spec, tiers, f"{table.source}: {whole}", str(entry.get("litellm_provider", "")))


def _is_of(entry: Mapping[str, Any], owner: str) -> bool:
    """Whether an entry is that provider's: some have several, such as ``vertex_ai-language-models``."""
    said = str(entry.get("litellm_provider", ""))
    return said == owner or said.startswith((f"{owner}-", f"{owner}_"))


def _tiers(entry: Mapping[str, Any]) -> tuple[Rates, ...]:
    """The rates of an entry by rising length of the input; empty where it has none a token, or has a fee a call."""
    if "input_cost_per_request" in entry:
        return ()
    ranges = entry.get("tiered_pricing")
    if isinstance(ranges, list) and ranges:
        starts = [_rates(part, "", _start(part), None) for part in ranges if isinstance(part, dict)]
        whole = len(starts) == len(ranges) and None not in starts
        return _rising(starts) if whole else ()
    base = _rates(entry, "", 0, None)
    if base is None:
        return ()
    ends = [found for key in entry if (found := _ABOVE.fullmatch(key)) is not None]
    longer = [
        _rates(entry, f"_above_{end[1]}{end[2]}_tokens", int(end[1]) * (1000 if end[2] else 1), base) for end in ends
    ]
    return _rising([base, *longer])


def _rising(tiers: Iterable[Rates | None]) -> tuple[Rates, ...]:
    return tuple(sorted((tier for tier in tiers if tier is not None), key=lambda tier: tier.above))


def _rates(entry: Mapping[str, Any], ending: str, above: int, base: Rates | None) -> Rates | None:
    """The rates of one tier; what it does not say is as in ``base``, the first tier."""
    price_in = _rate(entry, f"input_cost_per_token{ending}")
    price_out = _rate(entry, f"output_cost_per_token{ending}")
    cached = _rate(entry, f"cache_read_input_token_cost{ending}")
    reasoning = _rate(entry, f"output_cost_per_reasoning_token{ending}")
    if base is not None:
        price_in, price_out = (
            base.input if price_in is None else price_in,
            base.output if price_out is None else price_out,
        )
    if price_in is None or price_out is None:
        return None
    return Rates(price_in, price_out, price_in if cached is None else cached, reasoning, above)


def _rate(entry: Mapping[str, Any], key: str) -> float | None:
    """A rate in dollars a million tokens; None for what is none."""
    value = entry.get(key)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value) or value < 0:
        return None
    # As people write prices: 2.5, and not the 2.4999999999999996 of 2.5e-06 times a million.
    return round(value * MILLION, 9)


def _start(part: Mapping[str, Any]) -> int:
    span = part.get("range")
    start = span[0] if isinstance(span, list) and span else 0
    return int(start) if isinstance(start, int | float) and math.isfinite(start) else 0
