"""The cast of a run: its games and agents, made from the suite, checked against each other, described as records."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from platform import platform
from random import Random
from typing import Any

import tomli_w

from kibitz.agents import registry as agent_registry
from kibitz.agents.agent import Agent, Example
from kibitz.agents.models.model import Model, ModelError
from kibitz.games.game import DataError, Game
from kibitz.games.positions import LadderError
from kibitz.games.positions import make as make_game
from kibitz.harness.budget import unpriced
from kibitz.harness.config import MatchConfig, Suite, resolved
from kibitz.harness.errors import ConfigError
from kibitz.harness.examples import worked_examples
from kibitz.harness.prices import prices_of
from kibitz.harness.replaymodel import replayed
from kibitz.harness.seeds import digest
from kibitz.harness.settings import deciding, protocol_data
from kibitz.results.records import AgentInfo, GameInfo, RunInfo

VERSIONED = ("kibitz", "openai", "litellm", "xllamacpp")
"""Distributions whose version can change a result; recorded where installed."""


@dataclass(frozen=True)
class Cast:
    """Agents by name, games by label, each made once to be checked and described.

    Attributes:
        replay: The run whose completions stand for all models; empty if the models themselves are called.
    """

    agents: Mapping[str, Agent]
    matches: Mapping[str, MatchConfig]
    games: Mapping[str, Game]
    replay: str = ""

    def new_game(self, label: str) -> Game:
        """A fresh game for one episode."""
        match = self.matches[label]
        return make_game(match.game, match.options)

    def models(self) -> dict[tuple[str, str], Model]:
        """The models that are called, by agent and role.

        Raises:
            ModelError: They are to be replayed, and were not all recorded.
        """
        if self.replay:
            return self._replayed
        return {(name, role): model for name, agent in self.agents.items() for role, model in agent.models.items()}

    @cached_property
    def _replayed(self) -> dict[tuple[str, str], Model]:
        return replayed(Path(self.replay), self.agents)

    def examples(self) -> dict[str, tuple[Example, ...]]:
        """Worked examples by game label.

        Raises:
            ConfigError: A game breaks while it is played at random.
        """
        return {label: self.examples_of(label) for label in self.games}

    def examples_of(self, label: str) -> tuple[Example, ...]:
        """Worked examples of one game.

        Raises:
            ConfigError: The game breaks while it is played at random.
        """
        try:
            return worked_examples(self.new_game(label))
        except Exception as error:
            raise broken(label, error) from error


def broken(label: str, error: Exception) -> ConfigError:
    """What to tell of a game that raised ``error`` while it was tried out."""
    return ConfigError(f"game {label}: broke while it was tried out ({type(error).__name__}: {error})")


def make_cast(suite: Suite) -> Cast:
    """Make the agents that play and the games that are played.

    Raises:
        OptionError, ModelError, LookupError: Something cannot be made; a checked suite does not raise.
    """
    playing = {name for match in suite.matches for name in match.agents}
    agents = {
        config.name: agent_registry.make(config.kind, config.options, config.name)
        for config in suite.agents
        if config.name in playing
    }
    matches = {match.label: match for match in suite.matches}
    games = {label: make_game(match.game, match.options) for label, match in matches.items()}
    return Cast(agents, matches, games, suite.replay)


def misfits(suite: Suite, cast: Cast) -> list[str]:
    """What agents need and do not get, for every (agent, game) pair, all at once; empty when the run can start."""
    found = [
        f"agent {name}: {miss}" for name, agent in cast.agents.items() for miss in _agent_misses(suite, name, agent)
    ]
    try:
        cast.models()
    except ModelError as error:
        found.append(str(error))
    for label, match in cast.matches.items():
        found += _match_misses(suite, cast, label, match)
    if suite.budget.in_dollars:
        found += unpriced(prices_of(cast.models(), suite.prices))
    return found


def _match_misses(suite: Suite, cast: Cast, label: str, match: MatchConfig) -> list[str]:
    """What keeps a match from being played: its game as it is set up, and what its agents need of it."""
    game = cast.games[label]
    try:
        game.reset(0)
        tasks = game.tasks() if not match.rung else None
    except (LadderError, DataError) as error:
        return [f"{label}: {error}"]
    found = []
    if tasks is not None and match.pairs > len(tasks):
        found.append(f"{label}: pairs = {match.pairs}, but it has {len(tasks)} tasks; play at most so many")
    for name in match.agents:
        needs = cast.agents[name].needs
        # Who is only asked looks nowhere ahead.
        lacking = sorted(needs.game - game.abilities) if game.payoff != "none" else []
        if lacking:
            found.append(f"agent {name} cannot play {label}: the game lacks {', '.join(lacking)}")
        if needs.listed and _is_open(game):
            found.append(f"agent {name} cannot play {label}: its actions cannot be listed")
        if needs.turns and len(game.movers()) > 1:
            found.append(f"agent {name} cannot play {label}: it looks ahead only where one seat acts at a time")
        if needs.known and not _knows_any(game):
            found.append(f"agent {name} cannot play {label}: it plays known actions, and the game names none")
    if suite.protocol.fallback == "random" and not _knows_any(game):
        found.append(f'protocol fallback = "random": the actions of {label} cannot be listed; use noop or stop')
    if suite.protocol.fallback == "noop" and not _has_noop(game):
        found.append(f'protocol fallback = "noop": {label} has no such action; use random or stop')
    return found


def _agent_misses(suite: Suite, name: str, agent: Agent) -> list[str]:
    misses = []
    # Where nobody acts, answers are given in a call of their own, whatever the protocol says of acting replies.
    acts = any(name in match.agents and not match.rung for match in suite.matches)
    if acts and agent.answers and (refusal := agent.refuses(suite.protocol.ask)):
        misses.append(refusal)
    for role, model in agent.models.items():
        lacking = sorted(agent.needs.model - model.capabilities)
        if lacking:
            able = ", ".join(sorted(model.capabilities)) or "nothing of the kind"
            misses.append(
                f"its {role} model {model.identity.get('name', '')!r} cannot do {', '.join(lacking)} ({able})"
            )
    return misses


def _is_open(game: Game) -> bool:
    actions = game.observe(game.movers()[0]).actions
    return actions is not None and bool(actions.open)


def _knows_any(game: Game) -> bool:
    actions = game.observe(game.movers()[0]).actions
    return actions is None or actions.draw(Random(0)) is not None


def _has_noop(game: Game) -> bool:
    actions = game.observe(game.movers()[0]).actions
    return actions is None or actions.read("noop") == "noop"


# -- as records ------------------------------------------------------------------------------------------------------


def describe(suite: Suite, cast: Cast, command: Sequence[str]) -> RunInfo:
    """The run as a record; models must be open, since what they are may depend on the file they found."""
    config = resolved(suite)
    protocol = protocol_data(config)
    return RunInfo(
        name=suite.name,
        seed=suite.seed,
        protocol=protocol,
        protocol_hash=digest(protocol),
        games={label: _game_info(label, game) for label, game in cast.games.items()},
        agents={name: _agent_info(name, agent, suite, cast) for name, agent in cast.agents.items()},
        config=config,
        config_hash=digest(deciding(config)),
        versions=versions(),
        command=list(command),
        started=datetime.now(UTC).isoformat(timespec="seconds"),
        prices=prices_of(cast.models(), suite.prices).as_data(),
    )


def _game_info(label: str, game: Game) -> GameInfo:
    spec = game.spec
    return GameInfo(
        label=label,
        id=spec.id,
        version=spec.version,
        title=game.title,
        seats=spec.seats,
        payoff=spec.payoff,
        reward_range=spec.reward_range,
        options=dict(spec.options),
        setting=digest(spec.id, spec.version, dict(spec.options), dict(spec.data)),
        subproblems={problem.id: problem.question for problem in game.catalogue()},
    )


def _agent_info(name: str, agent: Agent, suite: Suite, cast: Cast) -> AgentInfo:
    identity: dict[str, Any] = dict(agent.identity)
    if cast.replay and agent.models:
        # What answers is what was recorded, whatever its back end would find here.
        identity["models"] = {role: dict(model.identity) for (own, role), model in cast.models().items() if own == name}
    kind = next(config.kind for config in suite.agents if config.name == name)
    return AgentInfo(
        name=name,
        kind=kind,
        identity=identity,
        hash=digest(identity),
        privilege=_privilege(name, agent, cast),
        answers=agent.answers and suite.protocol.ask != "none",
    )


def _privilege(name: str, agent: Agent, cast: Cast) -> str:
    """What the agent knows beyond its view; imagining a game without hidden parts is no privilege."""
    if agent.needs.privilege != "none" or not agent.needs.simulator or agent.needs.game == {"heuristic"}:
        # A game's heuristic knows what its seat knows, by law; to be asked in an imagined state tells it nothing more.
        return agent.needs.privilege
    hidden = any(
        "perfect_information" not in cast.games[label].abilities
        for label, match in cast.matches.items()
        if name in match.agents
    )
    return "sampled" if hidden else "none"


def versions() -> dict[str, str]:
    """What is installed here, as far as it can change a result."""
    found = {"python": sys.version.split()[0], "platform": platform()}
    for name in VERSIONED:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def differences(recorded: RunInfo, now: RunInfo) -> list[str]:
    """Why a recorded run cannot be gone on with, one line a difference; empty if it can."""
    found: list[str] = []
    if recorded.config_hash != now.config_hash:
        found += _config_differences("", _by_agent(recorded.config), _by_agent(now.config))
    for name, agent in now.agents.items():
        if name in recorded.agents and recorded.agents[name].hash != agent.hash:
            found += _config_differences(f"agent {name} ", recorded.agents[name].identity, agent.identity)
    for label, game in now.games.items():
        if label in recorded.games and recorded.games[label].setting != game.setting:
            found.append(f"{label}: version {recorded.games[label].version} is now {game.version}")
    if recorded.versions.get("kibitz") != now.versions.get("kibitz"):
        found.append(f"kibitz: {recorded.versions.get('kibitz')} is now {now.versions.get('kibitz')}")
    # An option of an agent stands in the suite and in the agent's identity: it is said once.
    return list(dict.fromkeys(found))


def _by_agent(config: Mapping[str, Any]) -> dict[str, Any]:
    """What decides results, with the agents named as the differences of their identities are."""
    return {"agent" if key == "agents" else key: value for key, value in deciding(config).items()}


def _config_differences(where: str, old: Any, new: Any) -> list[str]:  # noqa: ANN401
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        keys = list(dict.fromkeys([*old, *new]))
        return [line for key in keys for line in _config_differences(f"{where}{key} ", old.get(key), new.get(key))]
    if isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        pairs = enumerate(zip(old, new, strict=True))
        return [line for i, pair in pairs for line in _config_differences(f"{where}{i} ", *pair)]
    if old is None and new is not None:
        return [f"{where.strip()}: is new"]
    if old is not None and new is None:
        return [f"{where.strip()}: is not there any more"]
    return [] if old == new else [f"{where.strip()}: was {_brief(old)}, is now {_brief(new)}"]


def _brief(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


def run_file(info: RunInfo) -> str:
    """The text of ``run.toml``: the resolved suite (a suite file again) under the hashes and versions of the run."""
    versions = ", ".join(f"{name} {value}" for name, value in info.versions.items())
    lines = [
        "# The frozen configuration of this run; it is a suite file and can be run again.",
        f"# config {info.config_hash}",
        f"# protocol {info.protocol_hash}",
        *(f"# game {label} {game.version} setting {game.setting}" for label, game in info.games.items()),
        *(f"# agent {name} {agent.hash}" for name, agent in info.agents.items()),
        f"# {versions}",
        "",
    ]
    return "\n".join(lines) + tomli_w.dumps(info.config)


def write_run_file(folder: Path, info: RunInfo) -> None:
    """Write ``run.toml`` into the run folder."""
    (folder / "run.toml").write_text(run_file(info), encoding="utf-8")
