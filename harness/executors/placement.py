"""What runs in child processes and what does not, and which agents and games cannot be parted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kibitz.agents.agent import Agent
from kibitz.games.game import Game
from kibitz.harness.cast import Cast
from kibitz.harness.executors.wire import UnsendableError, packed
from kibitz.harness.suitefile import Isolate

Mode = Isolate
"""``auto``: what declares ``isolate``; ``all``: every game, and the bots with it; ``none``: nothing."""


def game_apart(game: Game, mode: Mode) -> bool:
    """Whether the game is played in a child process, for whole episodes, with the bots that call no model."""
    return mode == "all" or (mode == "auto" and game.isolate)


def bot_apart(agent: Agent, mode: Mode) -> bool:
    """Whether the agent decides in a child process while its game is played in this one."""
    return mode == "auto" and not agent.models and bool(getattr(agent, "isolate", False))


def values_apart(game: Game, mode: Mode) -> bool:
    """Whether child processes find what actions are worth while the game itself is played in this one."""
    return mode == "auto" and game.slow_values


def misplaced(cast: Cast, mode: Mode) -> list[str]:
    """What keeps games and agents from being played in this mode, all at once; empty when the run can start."""
    found: dict[str, None] = {}
    for label, match in cast.matches.items():
        players = [(name, cast.agents[name]) for name in match.agents]
        found |= dict.fromkeys(_misses(label, cast.games[label], players, mode))
    return list(found)


def _misses(label: str, game: Game, players: Sequence[tuple[str, Agent]], mode: Mode) -> Iterator[str]:
    apart = game_apart(game, mode)
    gone = [(name, agent) for name, agent in players if not agent.models and (apart or bot_apart(agent, mode))]
    if apart or gone or values_apart(game, mode):
        yield from _unsendable(f"game {label}", type(game))
    for name, agent in gone:
        yield from _unsendable(f"agent {name}", agent)
    for name, agent in players if apart else ():
        if agent.models:
            yield from _parted(name, agent, label)


def _parted(name: str, agent: Agent, label: str) -> Iterator[str]:
    """What a model's agent would do with a game that is elsewhere: its own code stays here, where the meter is."""
    wants = "a simulator" if agent.needs.simulator else "truths" if agent.needs.privilege == "truth" else ""
    if wants:
        yield (
            f"agent {name} calls a model and needs {wants} of {label}, which is played in a process of its own;"
            ' to play it in the same process: [execution] isolate = "none"'
        )


def _unsendable(what: str, thing: object) -> Iterator[str]:
    """Why a child process cannot have a thing, or make it again."""
    kind = thing if isinstance(thing, type) else type(thing)
    if kind.__module__ == "__main__":
        yield (
            f"{what}: its class {kind.__qualname__} is in the program that was started, where another process cannot"
            " import it; put it into a module of its own"
        )
        return
    try:
        packed(thing)
    except UnsendableError as error:
        yield f"{what}: {error}"
