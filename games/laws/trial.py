"""What the laws of a game are tried on: seeded random episodes, and ways to look at a state whole."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from kibitz.games.actions import Pattern
from kibitz.games.game import Game
from kibitz.games.subproblem import Subproblem

Factory = Callable[[], Game]
Player = Callable[[Game, int, Random], str]
"""Chooses a legal action: for games whose actions cannot be listed."""


class ConformanceError(AssertionError):
    """A game breaks the contract; the message names the laws and what was seen."""


@dataclass(frozen=True, slots=True)
class Trial:
    """What is tried: the game, on which seeds, for how many steps of random play each.

    Without a ``task``, a game that has tasks gets one of them for each seed.
    """

    factory: Factory
    seeds: Sequence[int] = (0, 1, 2, 3)
    steps: int = 60
    task: str | None = None
    player: Player | None = None

    def game(self, seed: int) -> Game:
        """A game at the start of an episode."""
        game = self.factory()
        tasks = game.tasks() if self.task is None else None
        game.reset(seed, tasks[seed % len(tasks)] if tasks else self.task)
        return game

    def choose(self, game: Game, rng: Random) -> dict[int, str]:
        """A random legal action of each mover."""
        return {seat: self._choose(game, seat, rng) for seat in game.movers()}

    def _choose(self, game: Game, seat: int, rng: Random) -> str:
        if self.player is not None:
            return self.player(game, seat, rng)
        actions = game.observe(seat).actions
        drawn = None if actions is None else actions.draw(rng)
        if drawn is None:
            raise ConformanceError(
                f"seat {seat} is to act and no action is listed or a sample; give the trial a player"
            )
        return drawn

    def moments(self) -> Iterator[Moment]:
        """Every state of one random episode a seed, the last included."""
        for seed in self.seeds:
            rng = Random(f"conformance/{seed}")
            game = self.game(seed)
            for step in range(self.steps + 1):
                yield Moment(game, seed, step)
                if step == self.steps or not game.movers():
                    break
                game.step(self.choose(game, rng))


@dataclass(frozen=True, slots=True)
class Moment:
    """One state on the way; checks must leave its game as it is."""

    game: Game
    seed: int
    step: int

    def require(self, holds: object, message: str) -> None:
        """Raise with the place unless the condition holds.

        Raises:
            ConformanceError: It does not.
        """
        if not holds:
            raise ConformanceError(f"seed {self.seed}, step {self.step}: {message}")

    @property
    def seats(self) -> range:
        """All seats."""
        return range(self.game.seats)


SAMPLED = 6
"""How many samples of an open family are tried in each state."""


def legal(game: Game, seat: int) -> tuple[str, ...]:
    """The listed actions of a seat and some samples of its open ones; none where it does not act."""
    actions = game.observe(seat).actions
    if actions is None:
        return ()
    return (*actions.listed, *(s for pattern in actions.open for s in pattern.samples[:: _every(pattern)]))


def _every(pattern: Pattern) -> int:
    return max(1, -(-len(pattern.samples) // SAMPLED))


def questions(game: Game, seat: int) -> Iterator[tuple[Subproblem, str | None]]:
    """Each question with the action it is about: None for the view, else each listed action in turn."""
    for question in game.subproblems(seat):
        for action in legal(game, seat) if question.about == "action" else (None,):
            yield question, action


def face(game: Game) -> dict[str, Any]:
    """All that the contract shows of a state, for comparing states."""
    seats = range(game.seats)
    return {
        "position": copy.deepcopy(game.position()),
        "movers": game.movers(),
        "outcome": game.outcome(),
        "observations": [game.observe(seat) for seat in seats],
        "questions": [game.subproblems(seat) for seat in seats],
        "truths": [[(q.id, a, game.truth(seat, q.id, a)) for q, a in questions(game, seat)] for seat in seats],
    }


def difference(before: dict[str, Any], after: dict[str, Any]) -> str:
    """The first part in which two faces differ, in words; empty where they are equal."""
    for part, value in before.items():
        if after[part] != value:
            return f"{part}: {_cut(value)} became {_cut(after[part])}"
    return ""


def _cut(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 300 else text[:300] + "..."


def refuses(game: Game, actions: dict[int, str]) -> bool:
    """Whether ``step`` refuses the actions with ValueError."""
    try:
        game.step(actions)
    except ValueError:
        return True
    return False
