"""The schema of a suite file, and how its errors are said.

Pydantic checks what people write; every miss of a file is collected and said with the section, the key, the value and
what is allowed. What a key *means* (games, agents and their options) is checked in ``kibitz.harness.config``.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails

from kibitz.games.ladder import Name as RungName
from kibitz.results.mistakes import wrong_value

Ask = Literal["none", "same", "before", "after", "probe"]
Fallback = Literal["random", "noop", "stop"]
LegalTold = Literal["agent", "hidden"]
Schedule = Literal["round-robin", "against", "single", "positions"]
Sync = Literal["normal", "full"]
Isolate = Literal["auto", "all", "none"]
Seconds = Annotated[float, Field(gt=0, allow_inf_nan=False)]
Dollars = Annotated[float, Field(ge=0, allow_inf_nan=False)]

MOST_PAIRS = 1_000_000


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class ProtocolFile(_Strict):
    """``[protocol]``: how agents are asked, and what happens to bad output."""

    ask: Ask = "same"
    retries: Annotated[int, Field(ge=0, le=10)] = 1
    fallback: Fallback = "random"
    wave: Annotated[int, Field(ge=1, le=100_000)] = 32
    legal: LegalTold = "agent"


class LimitFile(_Strict):
    """``[limits.PROVIDER]``: how much may be asked of a provider, and how patient a call is. Times are seconds."""

    rpm: Annotated[int, Field(ge=1)] | None = None
    tpm: Annotated[int, Field(ge=1)] | None = None
    in_flight: Annotated[int, Field(ge=1)] | None = None
    deadline: Seconds | None = None
    attempts: Annotated[int, Field(ge=1, le=1000)] | None = None
    longest_wait: Seconds | None = None
    longest_retry_after: Seconds | None = None


class DeadlinesFile(_Strict):
    """``[deadlines]``: seconds that a step and an episode may take."""

    step: Seconds = 3600.0
    episode: Seconds = 86400.0


class AmountFile(_Strict):
    """``[budget.agent]``, ``[budget.episode]``, ``[budget.step]``: US dollars and tokens."""

    usd: Dollars | None = None
    tokens: Annotated[int, Field(ge=1)] | None = None


class BudgetFile(AmountFile):
    """``[budget]``: US dollars and tokens of the whole run, and those of its parts."""

    agent: AmountFile = AmountFile()
    episode: AmountFile = AmountFile()
    step: AmountFile = AmountFile()


class PriceFile(_Strict):
    """``[prices."PROVIDER:NAME"]``: US dollars a million tokens."""

    input: Dollars
    output: Dollars
    cached: Dollars | None = None


class JournalFile(_Strict):
    """``[journal]``: how the journal is written."""

    sync: Sync = "normal"


class ExecutionFile(_Strict):
    """``[execution]``: what runs in processes of its own, and in how many."""

    isolate: Isolate = "auto"
    processes: Annotated[int, Field(ge=1, le=1024)] | None = None


class MatchFile(_Strict):
    """``[[match]]``: a game, who plays it, and how often."""

    game: str
    label: str | None = None
    options: dict[str, Any] = {}
    schedule: Schedule | None = None
    agents: list[str] | None = None
    against: str | None = None
    pairs: Annotated[int, Field(ge=1, le=MOST_PAIRS)] | None = None
    rung: RungName | None = None


class SuiteFile(_Strict):
    """A whole suite file."""

    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]
    version: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,31}$")] = "1"
    description: str = ""
    seed: Annotated[int, Field(ge=0, lt=2**63)] = 0
    protocol: ProtocolFile = ProtocolFile()
    agents: dict[str, dict[str, Any]] = {}
    limits: dict[str, LimitFile] = {}
    deadlines: DeadlinesFile = DeadlinesFile()
    budget: BudgetFile = BudgetFile()
    prices: dict[str, PriceFile] = {}
    journal: JournalFile = JournalFile()
    execution: ExecutionFile = ExecutionFile()
    replay: str = ""
    match: Annotated[list[MatchFile], Field(min_length=1)]


_SECTIONS: dict[str, type[BaseModel]] = {
    "protocol": ProtocolFile,
    "limits": LimitFile,
    "deadlines": DeadlinesFile,
    "budget": BudgetFile,
    "prices": PriceFile,
    "journal": JournalFile,
    "execution": ExecutionFile,
    "match": MatchFile,
}
_SHARES = frozenset({"agent", "episode", "step"})
_NAMED = frozenset({"agents", "limits", "prices"})
"""Sections whose tables have names that people choose."""

_PLAIN_KEY = re.compile(r"[A-Za-z0-9_-]+")


def check(data: Mapping[str, Any]) -> tuple[SuiteFile | None, list[str]]:
    """Validate the content of a suite file.

    Returns:
        The suite file, or None with one message a miss.
    """
    try:
        return SuiteFile.model_validate(data), []
    except ValidationError as error:
        # An optional number fails once a branch of its union; one message a place is enough.
        return None, list(dict.fromkeys(_say(details, data) for details in error.errors(include_url=False)))


def _say(details: ErrorDetails, data: Mapping[str, Any]) -> str:
    where, kind = details["loc"], details["type"]
    place = section(where, data)
    if kind == "extra_forbidden":
        known = [name for name in _schema(where).model_fields if name != "label"]
        return f"{section(where[:-1], data)}unknown key {str(where[-1])!r}{nearest(str(where[-1]), known)}".lstrip()
    if kind == "missing" and where == ("match",):
        return "there is no [[match]]; a suite has at least one"
    if kind == "list_type" and where == ("match",):
        return "[match] is one table; write [[match]], in double brackets, since there may be several"
    if kind == "missing":
        return f"{place} is missing"
    said = f"{place.strip()} = {brief(details['input'])}"
    if kind == "too_short":
        return f"{place} is empty; a suite has at least one [[match]]"
    return wrong_value(said, details)


def _schema(where: tuple[int | str, ...]) -> type[BaseModel]:
    """The schema of the table that the key at ``where`` is in."""
    if len(where) == 1:
        return SuiteFile
    if where[0] == "budget" and len(where) == 3:
        return AmountFile
    return _SECTIONS.get(str(where[0]), SuiteFile)


def section(where: tuple[int | str, ...], data: Mapping[str, Any]) -> str:
    """Write a place in a suite file as people know it: ``[protocol] retries``, ``[[match]] 2 (connect4) pairs``."""
    if not where:
        return ""
    head, rest = where[0], [str(part) for part in where[1:]]
    if head == "match" and rest and rest[0].isdigit():
        return " ".join([match_place(int(rest[0]), data), *rest[1:]]) + (" " if len(rest) == 1 else "")
    inner = 1 if rest and (head in _NAMED or (head == "budget" and rest[0] in _SHARES)) else 0
    if head in _SECTIONS or head in _NAMED:
        name = ".".join([str(head), *(_quoted(part) for part in rest[:inner])])
        return " ".join([f"[{name}]", *rest[inner:]]) + (" " if len(rest) == inner else "")
    return " ".join([str(head), *rest])


def _quoted(key: str) -> str:
    """A key as it is written in a TOML table's header; a colon must be in quotes there."""
    return key if _PLAIN_KEY.fullmatch(key) or ":" not in key else f'"{key}"'


def match_place(index: int, data: Mapping[str, Any]) -> str:
    """Name a match by its number, from 1, and its game."""
    matches = data.get("match")
    game = None
    if isinstance(matches, list) and index < len(matches) and isinstance(matches[index], Mapping):
        game = matches[index].get("game")
    return f"[[match]] {index + 1}" + (f" ({game})" if isinstance(game, str) else "")


def nearest(name: str, known: Iterable[str]) -> str:
    """Say which known name is meant, and which there are: for the end of a message."""
    names = list(known)
    close = difflib.get_close_matches(name, names, n=1, cutoff=0.6)
    guess = f"; did you mean {close[0]!r}?" if close else ""
    return f"{guess}; there are: {', '.join(names)}" if names else f"{guess}; there are none"


def brief(value: object, limit: int = 80) -> str:
    """Write a value for a message, shortened."""
    text = repr(value)
    return text if len(text) <= limit else text[:limit] + "..."


_SECRET_NAME = re.compile(r"(^|_)(api_?key|key|token|secret|password|passwd|authorization|bearer)$", re.IGNORECASE)
_SECRET_VALUE = re.compile(r"^(sk-|pk-|hf_|gsk_|xai-|AIza|ghp_|Bearer )")
_SECRET_PART = re.compile(r"(?<![A-Za-z0-9])(sk-|pk-|hf_|gsk_|xai-|AIza|ghp_)[A-Za-z0-9_-]{12,}")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def without_secrets(data: object, where: tuple[int | str, ...] = (), whole: object = None) -> tuple[Any, list[str]]:
    """Take everything that looks like a key out of ``data``, with a message for each that does not show it.

    It runs before anything else looks at the data, so that no later message can print a secret either.
    """
    whole = data if whole is None else whole
    if isinstance(data, Mapping):
        items: Iterable[tuple[int | str, Any]] = data.items()
    elif isinstance(data, list):
        items = enumerate(data)
    else:
        return data, []
    kept: dict[int | str, Any] = {}
    misses: list[str] = []
    for key, value in items:
        reason = _secret(str(key), value)
        if reason:
            place = section((*where, key), whole if isinstance(whole, Mapping) else {})
            misses.append(f"{place}: {reason}")
            continue
        kept[key], below = without_secrets(value, (*where, key), whole)
        misses += below
    return (kept if isinstance(data, Mapping) else list(kept.values())), misses


def _secret(key: str, value: object) -> str:
    if not isinstance(value, str):
        return ""
    if key == "api_key_env":
        wrong = value and (not _VARIABLE.fullmatch(value) or _SECRET_VALUE.match(value))
        return "is the name of an environment variable, never the key itself (value not shown)" if wrong else ""
    if _SECRET_NAME.search(key) or _SECRET_VALUE.match(value) or _SECRET_PART.search(value):
        return (
            "a key does not belong into a suite; put it into an environment variable and name that variable with "
            'api_key_env = "MY_KEY" (value not shown)'
        )
    # Anywhere in it: a password may hold a slash, and no address of an endpoint needs an @.
    if key == "base_url" and "@" in value:
        return "holds a user name or password; use api_key_env for the key (value not shown)"
    if key == "base_url" and ("?" in value or "#" in value):
        return "is an address without ? and #; use api_key_env for the key (value not shown)"
    return ""
