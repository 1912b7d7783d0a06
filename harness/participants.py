"""Games and agents as a configuration names them: found, checked and made, with every miss told at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kibitz.agents import registry as agent_registry
from kibitz.games import registry as game_registry
from kibitz.games.game import Game
from kibitz.games.options import Option, OptionError, Value
from kibitz.games.positions import LadderError, Posed
from kibitz.harness import spec as specs
from kibitz.harness.errors import ConfigError, elsewhere
from kibitz.harness.suitefile import brief, nearest, without_secrets

PATH_OPTIONS = frozenset({"prompts", "path"})
"""Options of agents that name a file or folder; in a suite file they are relative to that file."""

POSITIONS_OF = "positions:"
"""What the name of a position suite begins with: ``positions:othello@easy``."""


@dataclass(frozen=True)
class AgentConfig:
    """One agent: its name in the run, its kind, and all its options, defaults included."""

    name: str
    kind: str
    options: dict[str, Value] = field(default_factory=dict)


def make_game(place: str, name: str, options: Mapping[str, Any]) -> tuple[Game | None, list[str]]:
    """Make a game to check its options; returns the game, or None with what is wrong."""
    installed = game_registry.installed()
    if name not in installed:
        return None, [f"{place} unknown game {name!r}{nearest(name, installed)}"]
    try:
        loaded = game_registry.load(name)
        misses = option_misses(place, loaded.declared, options)
        return (None, misses) if misses else (loaded(**options), [])
    except (OptionError, game_registry.UnknownGameError) as error:
        return None, [f"{place} {error}"]


def make_agent(place: str, name: str, kind: object, options: Mapping[str, Any]) -> tuple[AgentConfig | None, list[str]]:
    """Check an agent's options; returns its configuration with all defaults, or None with what is wrong."""
    installed = agent_registry.installed()
    if not isinstance(kind, str) or kind not in installed:
        return None, [f"{place} kind = {brief(kind)} is not installed{nearest(str(kind), installed)}"]
    try:
        misses = option_misses(place, agent_registry.options_for(kind, options), options)
        if misses:
            return None, misses
        agent = agent_registry.make(kind, options, name)
    except Exception as error:
        if not isinstance(error, elsewhere()):
            raise
        return None, [f"{place} {str(error).removeprefix(f'agent {kind}: ')}"]
    return AgentConfig(name, kind, dict(agent.options)), []


def option_misses(place: str, declared: Sequence[Option], given: Mapping[str, Any]) -> list[str]:
    """All misses at once, where ``resolve`` stops at the first."""
    known = {option.name: option for option in declared}
    misses = []
    for name, value in given.items():
        if name not in known:
            misses.append(f"{place} unknown key {name!r}{nearest(name, known)}")
            continue
        try:
            known[name].check(place, value)
        except OptionError as error:
            misses.append(str(error).replace(f"{place}: ", f"{place} ", 1))
    return misses


def agent_from_spec(text: str) -> AgentConfig:
    """Make an agent's configuration from its SPEC on the command line.

    Raises:
        ConfigError: The text is no spec, or its kind or an option is unknown or not allowed.
    """
    spec = specs.parse(text)
    _, hidden = without_secrets(dict(spec.options))
    if hidden:
        raise ConfigError(f"agent {spec.kind}: {hidden[0]}")
    place = f"agent {text!r}:"
    installed = agent_registry.installed()
    if spec.kind not in installed:
        raise ConfigError(f"{place} kind {spec.kind!r} is not installed{nearest(spec.kind, installed)}")
    known = {option.name: option for option in agent_registry.options_for(spec.kind, spec.options)}
    options: dict[str, Value] = {}
    for key, value in spec.options.items():
        if key not in known:
            raise ConfigError(f"{place} unknown option {key!r}{nearest(key, known)}")
        options[key] = known[key].read(place.rstrip(":"), value)
        if key in PATH_OPTIONS and value:
            options[key] = str(Path(value).expanduser().resolve())
    agent, misses = make_agent(place, spec.name, spec.kind, options)
    if agent is None:
        raise ConfigError("; ".join(misses))
    return agent


def game_from_arguments(name: str, pairs: Sequence[str]) -> Game:
    """Make a game from its name and ``key=value`` texts.

    Raises:
        ConfigError: The game or an option is unknown, or a value is not allowed.
    """
    installed = game_registry.installed()
    if name not in installed:
        raise ConfigError(f"unknown game {name!r}{nearest(name, installed)}")
    known = {option.name: option for option in game_registry.load(name).declared}
    options: dict[str, Value] = {}
    for pair in (part for text in pairs for part in text.split(",")):
        key, equals, value = pair.partition("=")
        if not equals or key not in known:
            raise ConfigError(f"game {name}: unknown option {pair!r}{nearest(key, known)}; write key=value")
        options[key] = known[key].read(f"game {name}", value)
    return game_registry.make(name, **options)


def posed_from_arguments(name: str, pairs: Sequence[str]) -> Posed:
    """Make a position suite from its name, such as ``positions:othello@easy``, and options of the game.

    Raises:
        ConfigError: The game, its rung or an option is unknown, or a value is not allowed.
    """
    game, _, rung = name.removeprefix(POSITIONS_OF).partition("@")
    options = game_from_arguments(game, pairs).options
    try:
        return Posed(game, rung, **options)
    except LadderError as error:
        raise ConfigError(f"{name}: {error}") from error
