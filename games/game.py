"""The contract of a game.

A game is a deterministic state machine of (seed, task, actions): no global random state, no wall clock, no I/O in
``step``. It is synchronous and small. The laws it obeys are tested by ``kibitz.games.conformance``:

1. ``movers()`` is empty exactly when ``outcome()`` is not None; several movers act simultaneously.
2. The same seed, task and actions give the same observations, rewards, truths and outcome.
3. ``observe(seat)`` and every about-view truth are unchanged under ``imagine(seat, rng)``: what a seat is told and
   asked is a function of what it may know. A leak, or a question that the view cannot answer, fails this.
4. ``restore(snapshot())`` and ``at(position())`` bring the state back; ``at(known(seat))`` what the seat sees of it.
5. Every listed action, and every sample of an open one, is accepted by ``step``.
6. ``heuristic(seat, rng)`` is a function of what the seat may know, too.

What cannot be such a machine (a browser, a remote site) implements ``kibitz.games.table.Table`` itself; every game gets
that face from one adapter in the harness.
"""

from __future__ import annotations

import copy
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any, ClassVar, Literal

import msgspec

from kibitz.games.actions import Actions
from kibitz.games.ladder import Rung
from kibitz.games.options import Option, Value, resolve
from kibitz.games.subproblem import Answer, Subproblem, Unknown

Json = Any
"""A JSON value: None, bool, int, float, str, list or dict of these."""

Payoff = Literal["zero_sum", "cooperative", "general", "single", "none"]
Ability = Literal["snapshot", "imagine", "solver", "evaluation", "heuristic", "oracle", "perfect_information"]
Effect = Literal["ok", "no_effect", "error"]


STANDARD = "standard"
"""The default of an option ``rules``; other rules, such as ``gamebot``, give the game a version string of its own."""


class PositionError(ValueError):
    """A position that cannot be: malformed, or impossible under the rules."""


class DataError(ValueError):
    """Data that a game reads are missing, broken or of another kind; the message names the file and the way out."""


@dataclass(frozen=True, slots=True)
class GameSpec:
    """What a game is, as data; its hash is half of the setting hash.

    Attributes:
        id: Name in suites, such as ``connect4``.
        version: Changes whenever rules, wording or truths change.
        seats: Number of seats, numbered from 0.
        payoff: How the seats' rewards relate; ``none`` where nothing can be won.
        reward_range: Lowest and highest final reward of a seat.
        abilities: What the game can do beyond the minimum.
        options: All options with their values, defaults included.
        data: SHA-256 of each data file that the game reads, by name.
    """

    id: str
    version: str
    seats: int
    payoff: Payoff
    reward_range: tuple[float, float]
    abilities: frozenset[Ability]
    options: Mapping[str, Value]
    data: Mapping[str, str] = field(default_factory=dict)


class Observation(msgspec.Struct, frozen=True):
    """What one seat sees.

    Attributes:
        text: The position in words and characters. It does not list the legal actions: whether these are shown is
            the prompt's business.
        actions: The legal actions, or None where the seat only watches.
        effect: What the seat's previous action did: ``no_effect`` is accepted but changed nothing.
    """

    text: str
    actions: Actions | None
    effect: Effect = "ok"


class Outcome(msgspec.Struct, frozen=True):
    """How an episode ended.

    Attributes:
        reward: Final reward of each seat, within the spec's ``reward_range``.
        success: For games with a goal: was it reached? None for contests.
        reason: Why it ended, in a few words (``three in a row``, ``step limit``).
        raw: The game's own score of each seat, where it has one (chips, points).
    """

    reward: tuple[float, ...]
    success: bool | None = None
    reason: str = ""
    raw: tuple[float, ...] | None = None


class Values(msgspec.Struct, frozen=True):
    """What each legal action is worth to the seat that acts; regret is what an action falls short of the best.

    Attributes:
        by_action: Expected final reward by action, within the game's ``reward_range``.
        method: ``exact`` for values under best play of all; else how they were estimated, such as ``depth 4``.
    """

    by_action: Mapping[str, float]
    method: str = "exact"


class Game(ABC):
    """A game. Subclasses declare the class attributes and implement the abstract methods.

    The state lives in plain attributes, so that the default ``snapshot`` (a deep copy) is right.
    """

    id: ClassVar[str]
    version: ClassVar[str]
    title: ClassVar[str]
    seats: ClassVar[int]
    payoff: ClassVar[Payoff]
    reward_range: ClassVar[tuple[float, float]] = (-1.0, 1.0)
    abilities: ClassVar[frozenset[Ability]] = frozenset({"snapshot"})
    declared: ClassVar[tuple[Option, ...]] = ()
    """The options there are."""
    ladder: ClassVar[tuple[Rung, ...]] = ()
    """The rungs of its position suites, from easy to hard; see ``kibitz.games.positions``."""
    slow_values: ClassVar[bool] = False
    """Whether ``action_values`` computes so long that runs let a process of its own do it."""
    isolate: ClassVar[bool] = False
    """Whether runs play the game in a process of its own: because its code is heavy, may crash or may hang."""

    def __init__(self, **options: object) -> None:
        """Make a game with the given options; ``reset`` or ``at`` must follow.

        Raises:
            OptionError: An option is unknown or its value is not allowed.
        """
        self.options: dict[str, Value] = resolve(f"game {self.id}", self.declared, options)

    @property
    def spec(self) -> GameSpec:
        """The game as data."""
        rules = self.options.get("rules", STANDARD)
        return GameSpec(
            id=self.id,
            version=self.version if rules == STANDARD else f"{self.version}+{rules}",
            seats=self.seats,
            payoff=self.payoff,
            reward_range=self.reward_range,
            abilities=self.abilities,
            options=dict(self.options),
        )

    # -- playing ---------------------------------------------------------------------------------------------------

    @abstractmethod
    def rules(self, seat: int) -> str:
        """The rules in plain words for the player of ``seat``: aim, actions and how they are written."""

    @abstractmethod
    def reset(self, seed: int, task: str | None = None) -> None:
        """Start an episode; everything random follows from ``seed``."""

    def tasks(self) -> Sequence[str] | None:
        """All tasks in their order, where the game is played on given ones; None where a seed makes the episode.

        The k-th episode of a match is the k-th task. A task is a short text that ``reset`` reads and the journal keeps.

        Raises:
            DataError: The tasks cannot be read.
        """
        return None

    @abstractmethod
    def movers(self) -> tuple[int, ...]:
        """The seats to act now; several act simultaneously; empty exactly when the episode has ended."""

    @abstractmethod
    def observe(self, seat: int) -> Observation:
        """What ``seat`` sees now. Cheap: called at each step for each mover."""

    @abstractmethod
    def step(self, actions: Mapping[int, str]) -> Mapping[int, float]:
        """Play the movers' actions (canonical keys); return the reward of this step per seat, if the game has any.

        Raises:
            ValueError: An action is not legal, or the seats are not exactly the movers.
        """

    @abstractmethod
    def outcome(self) -> Outcome | None:
        """How the episode ended, or None while it runs."""

    # -- questions -------------------------------------------------------------------------------------------------

    def subproblems(self, seat: int) -> tuple[Subproblem, ...]:
        """The questions that can be asked of ``seat`` now, in a fixed order of ids."""
        return ()

    def catalogue(self) -> tuple[Subproblem, ...]:
        """All questions that the game can ask, each once, in their order; domains are those of one position.

        The default is right where the same questions are asked from the start to the end.
        """
        fresh = type(self)(**self.options)
        fresh.reset(0)
        return tuple({problem.id: problem for seat in fresh.movers() for problem in fresh.subproblems(seat)}.values())

    def truth(self, seat: int, id: str, action: str | None = None) -> Answer | Unknown:  # noqa: A002
        """The true answer in this state; ``action`` is the stated legal action of an about-action question.

        Raises:
            KeyError: There is no such subproblem.
        """
        raise KeyError(id)

    def implied(self, seat: int, answers: Mapping[str, Answer]) -> frozenset[str] | None:
        """The actions to which the stated answers commit a player in this state; None where they say nothing.

        The one consistency rule of the game: a player who names a winning cell and plays elsewhere contradicts
        itself, whether or not the cell really wins.
        """
        return None

    def given(self, seat: int) -> str | None:
        """The action that questions about the action are about, where ``seat`` is asked and does not act.

        Only position suites have one; elsewhere such questions are about the action that the reply states.
        """
        return None

    def wander(self, rng: Random, plies: int) -> None:
        """Play ``plies`` random steps from a fresh episode, or fewer where it ends: where a ladder finds its positions.

        A game whose random play is nothing like play (a crash after ten steps) wanders in a way of its own.
        """
        for _ in range(plies):
            actions: dict[int, str] = {}
            for seat in self.movers():
                legal = self.observe(seat).actions
                drawn = None if legal is None else legal.draw(rng)
                if drawn is None:
                    return
                actions[seat] = drawn
            if not actions:
                return
            self.step(actions)

    def seek(self, rng: Random, rung: Rung) -> None:
        """Go where a position of the rung may be: by default, wander as many plies as it says.

        Whether the position fits is judged afterwards. A game whose wandering seldom meets one looks for it here.
        """
        self.wander(rng, rng.randint(*rung.plies))

    def suppose(self, seat: int, rng: Random) -> str | None:
        """A random legal action for a position suite to ask about; None where each would give an answer away."""
        actions = self.observe(seat).actions
        return None if actions is None else actions.draw(rng)

    def measures(self, seat: int) -> Mapping[str, float]:
        """How hard the present questions are for ``seat``: what the rungs of the ladder bound, by name."""
        return {}

    # -- positions -------------------------------------------------------------------------------------------------

    @abstractmethod
    def position(self) -> Json:
        """The state as the JSON value that the journal stores and ``kibitz truth`` reads."""

    def known(self, seat: int) -> Json:
        """The position as far as ``seat`` may know it; ``at`` takes it where ``seat`` is to act.

        A game that hides something leaves that out, and ``at`` fills it in, the same each time.
        """
        return self.position()

    @abstractmethod
    def at(self, position: Json) -> None:
        """Set the state to a position.

        Raises:
            PositionError: The position is malformed or impossible; the message says why.
        """

    @abstractmethod
    def draw(self, position: Json, seat: int | None = None) -> str:
        """The position as an SVG picture; pure: the game's own state is neither read nor changed."""

    # -- abilities -------------------------------------------------------------------------------------------------

    def snapshot(self) -> object:
        """A token that ``restore`` brings the state back from."""
        return copy.deepcopy({k: v for k, v in vars(self).items() if k != "options"})

    def restore(self, token: object) -> None:
        """Bring the state back to a snapshot; the token can be used again."""
        assert isinstance(token, dict)
        state = vars(self)
        for name in state.keys() - token.keys() - {"options"}:
            del state[name]
        state.update(copy.deepcopy(token))

    def clone(self) -> Game:
        """An independent game in the same state, hidden parts included."""
        other = copy.copy(self)
        other.restore(self.snapshot())
        return other

    def imagine(self, seat: int, rng: Random) -> Game:
        """A game in a state that ``seat`` cannot tell from this one: hidden cards and future chance drawn anew.

        The default is right for games with perfect information and no chance: a clone.
        """
        return self.clone()

    def action_values(self, seat: int) -> Values | Unknown:
        """What each legal action is worth to ``seat`` (ability ``solver``): exactly, or by a search that says so.

        Unknown where the state is beyond the solver.
        """
        return Unknown("this game has no solver")

    def heuristic(self, seat: int, rng: Random) -> str:
        """A sound action by rules of thumb (ability ``heuristic``), from what ``seat`` may know and nothing else.

        What plays here is an anchor of the leaderboard, and an opponent for ``kibitz play``.
        """
        raise NotImplementedError(f"{self.id} has no heuristic")

    def oracle(self, seat: int) -> str:
        """An action of a way to the best outcome there is (ability ``oracle``), found with what ``seat`` may not know.

        What plays here shows where the end of the scale is, and that each task can be solved.
        """
        raise NotImplementedError(f"{self.id} has no oracle")

    def evaluate(self, seat: int) -> float:
        """A heuristic value of the state for ``seat``, strictly inside the reward range (ability ``evaluation``)."""
        return 0.0
