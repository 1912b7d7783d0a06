"""The policy of a gate: what is held to what, with which error; read from a TOML file, all mistakes told at once.

::

    mode = "fixed"              # fixed | anytime
    alpha = 0.05
    strict = false
    graded = 0.9                # least share of episodes that must be gradable
    clusters = 10               # least number of different observations
    agents = ["small"]          # or "old:new"; default: the only one that is measured
    arms = []                   # conditions that may differ
    [metrics.outcome]
    drop = 0.05                 # tolerated, on the scale 0..1
    family = "gate"
    games = "pooled"            # pooled | each
"""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails

from kibitz.results.comparing.trials import OUTCOME
from kibitz.results.mistakes import wrong_value

Mode = Literal["fixed", "anytime"]
Games = Literal["pooled", "each"]

FEWEST_CLUSTERS = 10
"""Under so many different observations no interval that is known holds what it says (docs/statistics.md)."""

DROP = 0.05
"""Tolerated drop where a metric names none: one episode in twenty."""

Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]


class PolicyError(ValueError):
    """A policy is wrong; the message has every mistake."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class MetricFile(_Strict):
    """``[metrics.NAME]``."""

    drop: Annotated[float, Field(ge=0, lt=1, allow_inf_nan=False)] = DROP
    family: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")] = "gate"
    games: Games = "pooled"


class PolicyFile(_Strict):
    """A whole policy file."""

    mode: Mode = "fixed"
    alpha: Annotated[float, Field(ge=1e-6, le=0.25, allow_inf_nan=False)] = 0.05
    strict: bool = False
    graded: Share = 0.9
    clusters: Annotated[int, Field(ge=FEWEST_CLUSTERS, le=1_000_000)] = FEWEST_CLUSTERS
    agents: list[Annotated[str, Field(min_length=1)]] = []
    arms: list[Annotated[str, Field(min_length=1)]] = []
    metrics: Annotated[dict[str, MetricFile], Field(min_length=1)] = {OUTCOME: MetricFile()}


@dataclass(frozen=True, slots=True)
class Metric:
    """A metric that is held to a bound.

    Attributes:
        name: Its name among the trials' scores.
        drop: Tolerated drop, 0..1.
        family: Within one family a false alarm is held to alpha in all.
        games: All games as one figure, each with the same weight, or each game for itself.
    """

    name: str
    drop: float = DROP
    family: str = "gate"
    games: Games = "pooled"


@dataclass(frozen=True, slots=True)
class Policy:
    """What a gate demands.

    Attributes:
        mode: ``fixed``: one look at a planned number of episodes. ``anytime``: any number of looks, and an early end.
        alpha: Probability of a wrong FAIL within a family, and of a wrong PASS.
        strict: FAIL already where the drop is certainly above zero.
        graded: Least share of episodes that must have been graded, on either side.
        clusters: Least number of different observations for a verdict.
        agents: Who is compared, each a name or ``OLD:NEW``; empty: whoever is measured, if there is only one.
        arms: Conditions that may differ, as patterns.
        metrics: In the order of the file.
    """

    mode: Mode = "fixed"
    alpha: float = 0.05
    strict: bool = False
    graded: float = 0.9
    clusters: int = FEWEST_CLUSTERS
    agents: tuple[str, ...] = ()
    arms: tuple[str, ...] = ()
    metrics: tuple[Metric, ...] = (Metric(OUTCOME),)


def read_policy(path: Path) -> Policy:
    """The policy in a file.

    Raises:
        PolicyError: It cannot be read, is no TOML, or something in it is wrong.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        said = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise PolicyError(f"{path}: the policy cannot be read: {said}") from error
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise PolicyError(f"{path}: is not valid TOML: {error}") from error
    return parse_policy(data, str(path))


def parse_policy(data: Mapping[str, Any], source: str) -> Policy:
    """The policy in the data of a file.

    Raises:
        PolicyError: Something in it is wrong.
    """
    try:
        file = PolicyFile.model_validate(data)
    except ValidationError as error:
        found = dict.fromkeys(_say(details) for details in error.errors(include_url=False))
        raise PolicyError("; ".join(f"{source}: {miss}" for miss in found)) from error
    return Policy(
        mode=file.mode,
        alpha=file.alpha,
        strict=file.strict,
        graded=file.graded,
        clusters=file.clusters,
        agents=tuple(file.agents),
        arms=tuple(file.arms),
        metrics=tuple(Metric(name, metric.drop, metric.family, metric.games) for name, metric in file.metrics.items()),
    )


LONGEST_VALUE = 80


def _say(details: ErrorDetails) -> str:
    where, kind = details["loc"], details["type"]
    if kind == "extra_forbidden":
        # In a table of a metric, or at the top of the file.
        known = list((MetricFile if where[0] == "metrics" else PolicyFile).model_fields)
        close = difflib.get_close_matches(str(where[-1]), known, n=1)
        guess = f"; did you mean {close[0]!r}?" if close else ""
        return f"{_place(where[:-1])}unknown key {str(where[-1])!r}{guess}; there are: {', '.join(known)}"
    place = _place(where)
    if kind == "too_short":
        return f"{place}is empty; leave it out for the outcome alone" if where == ("metrics",) else f"{place}is empty"
    said = repr(details["input"])
    said = f"{place}= {said if len(said) <= LONGEST_VALUE else said[:LONGEST_VALUE] + '...'}"
    if kind == "string_too_short":
        return f"{said} is an empty name"
    return wrong_value(said, details)


def _place(where: tuple[int | str, ...]) -> str:
    """A place as people know it: ``[metrics.outcome] drop``."""
    if where[:1] == ("metrics",) and len(where) > 1:
        name = str(where[1])
        name = name if name.replace("_", "").replace("-", "").isalnum() else f'"{name}"'
        return " ".join([f"[metrics.{name}]", *map(str, where[2:])]) + " "
    if len(where) > 1:
        return f"{where[0]}: entry {int(where[1]) + 1} "
    return "".join(f"{part} " for part in where)
