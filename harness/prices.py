"""What a call costs in US dollars, from its tokens.

A cost that a provider reports itself wins and is none of this module's. Otherwise a price comes from the suite's
``[prices]``, else from the price table that the installed ``litellm`` package carries, read as data (importing that
package takes seconds). A model that runs here costs nothing. Every other price is unknown, which is said and never
taken for zero: among them that of a model behind another address than its provider's, since any server may call its
model ``gpt-4o``, and that of a table entry of 0, which stands for a free model and for a missing price alike.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import urlsplit

import msgspec

from kibitz.agents.models.model import Completion, Model
from kibitz.agents.models.openai import OFFICIAL
from kibitz.harness import pricetable
from kibitz.harness.pricetable import NoPrice as NoPrice
from kibitz.harness.pricetable import Price as Price
from kibitz.harness.pricetable import Rates as Rates

FREE = {
    "embedded": "free: it runs on this machine",
    "scripted": "free: it runs in this process",
    "replay": "free: nothing is sent",
}
"""Model providers that send no bill, and why."""

Key = tuple[str, str]
"""An agent and the role of a model within it."""


@dataclass(frozen=True)
class Prices:
    """The prices of a run: for each model its price, or why there is none.

    Attributes:
        models: By agent and role.
    """

    models: Mapping[Key, Price | NoPrice]

    def of(self, agent: str, role: str) -> Price | None:
        """The price of a model; None if it is unknown."""
        found = self.models.get((agent, role))
        return found if isinstance(found, Price) else None

    def priced(self, agent: str, role: str, completion: Completion) -> Completion:
        """The completion with its cost filled in, where the provider reported none and the price is known.

        A replayed completion stays as it was recorded, so that a replayed run has the records of the first.
        """
        price = self.of(agent, role)
        if completion.usd is not None or price is None or price.source == FREE["replay"]:
            return completion
        return msgspec.structs.replace(completion, usd=price.cost(completion.usage))

    def unknown(self) -> dict[Key, NoPrice]:
        """The models without a price."""
        return {key: found for key, found in self.models.items() if isinstance(found, NoPrice)}

    def before(self, now: Prices) -> Prices:
        """Recorded prices, for a run that goes on: those of ``now`` stand in where none was known then."""
        late = {key: found for key, found in now.models.items() if self.of(*key) is None}
        return Prices({**self.models, **late})

    def as_data(self) -> dict[str, Any]:
        """JSON-ready, for the record of a run: ``{agent: {role: price}}``."""
        data: dict[str, Any] = {}
        for (agent, role), found in self.models.items():
            data.setdefault(agent, {})[role] = asdict(found)
        return data

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Prices:
        """What ``as_data`` wrote.

        Raises:
            msgspec.ValidationError: It is something else.
        """
        return cls({(agent, role): _read(found) for agent, roles in data.items() for role, found in roles.items()})


NO_PRICES = Prices({})
"""Where nothing is known."""


def _read(data: Mapping[str, Any]) -> Price | NoPrice:
    return msgspec.convert(data, Price) if "tiers" in data else msgspec.convert(data, NoPrice)


def prices_of(
    models: Mapping[Key, Model],
    given: Mapping[str, Mapping[str, float]],
    environ: Mapping[str, str] = os.environ,
) -> Prices:
    """Find the price of each model; nothing is opened or asked for.

    Args:
        models: By agent and role.
        given: The suite's ``[prices]``: US dollars a million tokens by ``PROVIDER:NAME``.
        environ: Where LiteLLM would find another address of a provider.
    """
    return Prices({key: _price(model, given, environ) for key, model in models.items()})


def _price(model: Model, given: Mapping[str, Mapping[str, float]], environ: Mapping[str, str]) -> Price | NoPrice:
    identity = model.identity
    backend, name = str(identity.get("backend", model.provider)), str(identity.get("name", ""))
    spec = f"{backend}:{name}"
    if model.provider == "replay":  # its identity is that of the model that answered then
        return Price(f"replay of {spec}", (Rates(0.0, 0.0, 0.0),), FREE["replay"])
    for written in (spec, backend):
        if written in given:
            rates = given[written]
            own = Rates(rates["input"], rates["output"], rates.get("cached", rates["input"]))
            return Price(spec, (own,), "[prices] of the suite")
    if model.provider in FREE:
        return Price(spec, (Rates(0.0, 0.0, 0.0),), FREE[model.provider])
    address = str(getattr(model, "base_url", ""))
    if backend == "openai":
        if urlsplit(address).hostname != urlsplit(OFFICIAL).hostname:
            return NoPrice(spec, "it is behind an address that is not OpenAI's")
        return pricetable.look_up(spec, name, "openai")
    if backend == "litellm":
        if address:
            return NoPrice(spec, "it is behind an address of its own")
        return _through_litellm(spec, name, environ)
    return NoPrice(spec, f"no table has prices of {backend}")


def _through_litellm(spec: str, name: str, environ: Mapping[str, str]) -> Price | NoPrice:
    found = pricetable.look_up(spec, name, "")
    if isinstance(found, Price):
        provider = (found.provider if "/" not in name else name.partition("/")[0]).upper()
        for variable in (f"{provider}_API_BASE", f"{provider}_BASE_URL"):
            if environ.get(variable):
                return NoPrice(spec, f"{variable} gives it an address of its own")
    return found
