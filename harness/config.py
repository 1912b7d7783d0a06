"""Suites: what is read from TOML files and the command line, checked, with every default written out.

A suite says who plays what, how often and under which protocol. It comes from a file, from a shipped suite's name, or
from the ``run.toml`` of a run (``from_resolved``); the result is the same frozen data. All misses of a file are told at
once: file, section, key, value and what is allowed.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from kibitz.agents import registry as agent_registry
from kibitz.agents.models import registry as model_registry
from kibitz.games.game import Game
from kibitz.games.ladder import RUNGS
from kibitz.games.options import Value
from kibitz.games.positions import POSITIONS
from kibitz.harness import spec as specs
from kibitz.harness.errors import ConfigError
from kibitz.harness.participants import PATH_OPTIONS, agent_from_spec, make_agent, make_game
from kibitz.harness.participants import AgentConfig as AgentConfig
from kibitz.harness.settings import Protocol as Protocol
from kibitz.harness.settings import Settings, replaying, settings_of, written
from kibitz.harness.suitefile import (
    MatchFile,
    Schedule,
    SuiteFile,
    brief,
    check,
    match_place,
    nearest,
    section,
    without_secrets,
)


@dataclass(frozen=True)
class MatchConfig:
    """One game and who plays it.

    Attributes:
        label: The game's id, or ``id[option=value]`` where the suite plays that id with several options; of positions
            ``id@rung``.
        game: The game's id.
        options: All options of the game, defaults included.
        schedule: ``round-robin``, ``against``, ``single`` or ``positions``.
        agents: Names of those who take part.
        pairs: Mirrored pairs a pairing; for one-seat games tasks an agent; for ``positions`` positions an agent.
        against: For ``against``: the one whom every other agent meets.
        rung: For ``positions``: which rung of the game's ladder; ``options`` then are those of the posed game.
    """

    label: str
    game: str
    options: dict[str, Value]
    schedule: Schedule
    agents: tuple[str, ...]
    pairs: int = 1
    against: str = ""
    rung: str = ""

    def pairings(self) -> Iterator[tuple[str, ...]]:
        """The agents who meet, in the order of the schedule, without mirrors."""
        if self.schedule in ("single", "positions"):
            return ((name,) for name in self.agents)
        if self.schedule == "against":
            return ((name, self.against) for name in self.agents if name != self.against)
        return itertools.combinations(self.agents, 2)


@dataclass(frozen=True)
class Suite(Settings):
    """A checked suite.

    Attributes:
        path: The file it came from; None for one that was made in memory or read back from a run.
    """

    name: str
    seed: int
    protocol: Protocol
    agents: tuple[AgentConfig, ...]
    matches: tuple[MatchConfig, ...]
    path: Path | None = None
    version: str = "1"
    description: str = ""


def parse(data: Mapping[str, Any], where: str, path: Path | None) -> Suite:
    """Check the content of a suite file.

    Args:
        data: What the TOML holds.
        where: What to call it in messages.
        path: The file, for relative paths in it.

    Raises:
        ConfigError: It has mistakes; all of them are in the message.
    """
    safe, misses = without_secrets(data)
    file, wrong = check(safe)
    misses += wrong
    if file is None:
        raise _refusal(where, misses)
    builder = _Builder(file, safe, path)
    suite = builder.build()
    misses += builder.misses
    if misses or suite is None:
        raise _refusal(where, misses)
    return suite


def _refusal(where: str, misses: Sequence[str]) -> ConfigError:
    if len(misses) == 1:
        return ConfigError(f"{where}: {misses[0]}")
    return ConfigError("\n".join([f"{where}: {len(misses)} mistakes", *(f"  {miss}" for miss in misses)]))


class _Builder:
    """Turns a suite file into a suite, collecting what is wrong with it."""

    def __init__(self, file: SuiteFile, data: Mapping[str, Any], path: Path | None) -> None:
        self.file, self.data, self.path = file, data, path
        self.misses: list[str] = []

    def build(self) -> Suite | None:
        agents = [agent for name, table in self.file.agents.items() if (agent := self._agent(name, table))]
        matches = [made for i, match in enumerate(self.file.match) if (made := self._match(i, match))]
        self._check_prices()
        if self.misses:
            return None
        suite = Suite(
            name=self.file.name,
            seed=self.file.seed,
            protocol=Protocol(**self.file.protocol.model_dump()),
            agents=tuple(agents),
            matches=_labelled(matches),
            **vars(settings_of(self.file)),
            path=self.path,
            version=self.file.version,
            description=self.file.description,
        )
        self.misses += clashes(suite)
        return self._replaying(suite) if self.file.replay else suite

    def _replaying(self, suite: Suite) -> Suite:
        folder = self.path.parent if self.path else Path()
        try:
            return replaying(suite, folder / Path(self.file.replay).expanduser())
        except (ValueError, RuntimeError, OSError):  # a null byte, nobody's home, or too long
            self.misses.append(f"replay = {brief(self.file.replay)} is no path")
            return suite

    def _check_prices(self) -> None:
        for spec in self.file.prices:
            backend, name = model_registry.split_spec(spec)
            place = section(("prices", spec), self.data).strip()
            if backend not in model_registry.installed():
                known = nearest(backend, model_registry.installed())
                self.misses.append(f"{place} unknown model back end {backend!r}{known}")
            elif spec != f"{backend}:{name}" and spec != backend:
                self.misses.append(f'{place} is not written as in model = "PROVIDER:NAME"')

    def _agent(self, name: str, table: Mapping[str, Any]) -> AgentConfig | None:
        place = f"[agents.{name}]"
        if not specs.NAME.fullmatch(name):
            self.misses.append(f"{place}: the name may hold letters, digits and . _ : @ + = - only")
            return None
        if "kind" not in table:
            self.misses.append(f"{place} kind is missing{nearest('', agent_registry.installed())}")
            return None
        options = {key: value for key, value in table.items() if key != "kind"}
        folder = self.path.parent if self.path else Path()
        for key in PATH_OPTIONS & options.keys():
            if isinstance(options[key], str) and "\0" in options[key]:
                self.misses.append(f"{place} {key} = {options[key]!r} is no path")
                return None
            if isinstance(options[key], str) and options[key]:
                options[key] = str((folder / Path(options[key]).expanduser()).resolve())
        agent, misses = make_agent(place, name, table["kind"], options)
        self.misses += misses
        return agent

    def _match(self, index: int, match: MatchFile) -> MatchConfig | None:
        place = match_place(index, self.data)
        game, misses = make_game(place, match.game, match.options)
        names = list(self.file.agents) if match.agents is None else match.agents
        misses += [f"{place} agents: {_no_agent(n, self.file.agents)}" for n in names if n not in self.file.agents]
        if len(set(names)) < len(names):
            misses.append(f"{place} agents names somebody twice")
        self.misses += misses
        if game is None or misses:
            return None
        schedule = match.schedule or ("single" if game.seats == 1 else "round-robin")
        posed = schedule == "positions"
        against = match.against or ""
        if against and against not in names:
            names = [*names, against]
        self.misses += [f"{place} {miss}" for miss in self._mismatch(game, match, schedule, names)]
        pairs = match.pairs or (POSITIONS if posed else 1)
        self.misses += [f"{place} {miss}" for miss in self._no_positions(game, match, pairs)] if posed else []
        rung = match.rung or ""
        options = {**game.options, "game": game.id, "rung": rung} if posed else dict(game.options)
        return MatchConfig("", match.game, options, schedule, tuple(names), pairs, against, rung)

    def _no_positions(self, game: Game, match: MatchFile, pairs: int) -> Iterator[str]:
        """What keeps a match from being a position suite."""
        if not game.ladder:
            yield f'schedule = "positions": {game.id} has no position suites'
        elif not match.rung:
            yield f'schedule = "positions" needs the key rung, one of {", ".join(RUNGS)}'
        if pairs > POSITIONS:
            yield f"pairs = {pairs}: a rung has {POSITIONS} positions"
        if self.file.protocol.ask == "none":
            yield 'schedule = "positions" puts questions, and [protocol] ask = "none" puts none'

    def _mismatch(self, game: Game, match: MatchFile, schedule: Schedule, names: list[str]) -> Iterator[str]:
        against = match.against or ""
        if match.rung is not None and schedule != "positions":
            yield f'rung = "{match.rung}" goes with schedule = "positions" only'
        if schedule == "single" and game.seats != 1:
            yield f'schedule = "single" is for games of one seat; {game.id} has {game.seats}'
        elif schedule not in ("single", "positions") and game.seats != 2:
            yield f'schedule = "{schedule}" is for games of two seats; {game.id} has {game.seats}'
        elif schedule == "against" and not against:
            yield 'schedule = "against" needs the key against = "NAME": the agent whom all others meet'
        if schedule != "against" and against:
            yield f'against = "{against}" goes with schedule = "against" only'
        if against and against not in self.file.agents:
            yield f"against: {_no_agent(against, self.file.agents)}"
        # One agent alone is right here: --agent may bring the second (``clashes`` looks again before a run).


def _no_agent(name: str, agents: Mapping[str, Any]) -> str:
    return f"there is no [agents.{name}]{nearest(name, agents)}"


# -- the whole ------------------------------------------------------------


def _labelled(matches: Sequence[MatchConfig]) -> tuple[MatchConfig, ...]:
    """Label each match by its game, and by the options that differ where a game is played with several."""
    by_game: defaultdict[str, list[MatchConfig]] = defaultdict(list)
    for match in matches:
        by_game[_plain_label(match)].append(match)
    labelled = []
    for match in matches:
        name = _plain_label(match)
        settings = [other.options for other in by_game[name]]
        differ = [key for key in match.options if any(s[key] != match.options[key] for s in settings)]
        said = ",".join(f"{key}={_written(match.options[key])}" for key in differ)
        labelled.append(replace(match, label=f"{name}[{said}]" if said else name))
    return tuple(labelled)


def _plain_label(match: MatchConfig) -> str:
    return f"{match.game}@{match.rung}" if match.rung else match.game


def _written(value: Value) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def clashes(suite: Suite) -> list[str]:
    """What is wrong with a suite as a whole: pairings that are played twice, matches in which nobody meets anybody."""
    seen: dict[tuple[str, frozenset[str]], int] = {}
    misses = []
    for index, match in enumerate(suite.matches, 1):
        for pairing in match.pairings():
            first = seen.setdefault((match.label, frozenset(pairing)), index)
            if first != index:
                names = " and ".join(pairing)
                misses.append(f"[[match]] {first} and {index} both have {names} play {match.label}; merge them")
    return misses


def with_overrides(
    suite: Suite, agents: Sequence[str] = (), games: Sequence[str] = (), seeds: int | None = None
) -> Suite:
    """Change a suite as the command line says.

    Args:
        suite: The suite.
        agents: Specs of agents that are added and take part in all matches.
        games: Ids or labels of the games to keep; empty keeps all.
        seeds: Mirrored pairs a pairing (tasks an agent in one-seat games); None leaves them.

    Raises:
        ConfigError: A spec is wrong, a game is not in the suite, or nobody would meet anybody.
    """
    added = [agent_from_spec(text) for text in agents]
    taken = {agent.name for agent in suite.agents}
    for agent in added:
        if agent.name in taken:
            raise ConfigError(f"an agent called {agent.name!r} takes part already; give the new one name=OTHER")
        taken.add(agent.name)
    matches = _chosen(suite, games)
    if seeds is not None and not seeds >= 1:
        raise ConfigError(f"--seeds {seeds} must be at least 1")
    names = tuple(agent.name for agent in added)
    changed = [replace(m, agents=(*m.agents, *names), pairs=seeds or m.pairs) for m in matches]
    whole = replace(suite, agents=(*suite.agents, *added), matches=_labelled(changed))
    for match in whole.matches:
        if match.rung and match.pairs > POSITIONS:
            raise ConfigError(f"--seeds {seeds}: a rung has {POSITIONS} positions ({match.label})")
        if not list(match.pairings()):
            raise ConfigError(
                f"suite {suite.name}: nobody meets anybody in {match.label}; add an agent with --agent SPEC"
            )
    return whole


def _chosen(suite: Suite, games: Sequence[str]) -> list[MatchConfig]:
    known = list(dict.fromkeys(name for match in suite.matches for name in (match.game, match.label)))
    for name in games:
        if name not in known:
            raise ConfigError(f"suite {suite.name} does not play {name!r}{nearest(name, known)}")
    return [m for m in suite.matches if not games or m.game in games or m.label in games]


def resolved(suite: Suite) -> dict[str, Any]:
    """The suite as plain data with every default written out: what ``run.toml`` holds and hashes cover."""
    return {
        "name": suite.name,
        "version": suite.version,
        "description": suite.description,
        "seed": suite.seed,
        "protocol": {name: getattr(suite.protocol, name) for name in ("ask", "retries", "fallback", "wave", "legal")},
        "agents": {agent.name: {"kind": agent.kind, **agent.options} for agent in suite.agents},
        **written(suite),
        "match": [_match_data(match) for match in suite.matches],
    }


def _match_data(match: MatchConfig) -> dict[str, Any]:
    data: dict[str, Any] = {
        "game": match.game,
        "label": match.label,
        "options": dict(match.options),
        "schedule": match.schedule,
        "agents": list(match.agents),
        "pairs": match.pairs,
    }
    if match.rung:
        data["rung"] = match.rung
        data["options"] = {key: value for key, value in match.options.items() if key not in ("game", "rung")}
    return data | ({"against": match.against} if match.against else {})


def from_resolved(data: Mapping[str, Any]) -> Suite:
    """Read back what ``resolved`` wrote.

    Raises:
        ConfigError: It names a game, agent or option that is not here (any more).
    """
    return parse(data, "run.toml", None)
