"""The contract of an agent: a function of the turn.

``Turn`` is pure data. What an agent wants to keep within an episode goes into ``Decision.memo`` and comes back with the
next turn; services (the meter, randomness, a simulator) come in ``Ctx`` and are never stored. That makes resuming,
imagined turns and "propose once, score with many" possible without any help from the agent.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any, ClassVar, Literal, Protocol

import msgspec

from kibitz.agents.meter import UNLIMITED_BUDGET, Budget, Meter
from kibitz.agents.models.model import Capability, Model
from kibitz.games.game import Ability, Json, Observation, Outcome
from kibitz.games.options import Option, Value, resolve
from kibitz.games.subproblem import Answer, Malformed, Subproblem, Unknown

Ask = Literal["none", "same", "before", "after", "probe"]
"""When questions are asked: not at all, in the acting reply, in a call before it, in a call after it, or in a forked
context that never feeds back. Asking is a treatment: it changes how an agent plays, and is recorded."""

Privilege = Literal["none", "sampled", "true", "truth"]
"""Knowledge beyond the view: imagined states, the true state, or the truths themselves."""

Problem = Literal[
    "",
    "empty",
    "refused",
    "truncated",
    "truncated_by_reasoning",
    "no_action",
    "illegal_action",
    "malformed_reply",
    "over_budget",
]
"""Why a reply gave no usable action. Each has its own retry text."""


class Past(msgspec.Struct, frozen=True, dict=True):
    """One earlier turn of the same seat, as its agent may remember it; ``memo`` is what it left in that turn.

    ``kibitz.agents.remembering`` notes in it what an agent tells its model of the turns up to this one.
    """

    observation: str
    action: str
    reply: str = ""
    fallback: bool = False
    memo: str = ""


@dataclass(frozen=True, slots=True)
class Example:
    """A worked example of the game: a position from the game itself, true answers, and a legal action.

    Examples are the same for every turn of a game's setting, so that the prompt's static prefix is too.

    Attributes:
        observation: What the seat sees there.
        legal: The listed legal actions there, and how open ones are written.
        answers: True answers by subproblem id, canonical text.
        values: The same answers as JSON values; a text cannot be read back, since its domain is that of the position.
        action: A legal action.
    """

    observation: str
    legal: tuple[str, ...]
    answers: Mapping[str, str]
    values: Mapping[str, Any]
    action: str


class Turn(msgspec.Struct, frozen=True):
    """Everything an agent may base a decision on; picklable, and constructible from an imagined observation.

    Attributes:
        game: The game's id.
        rules: The game's rules for this seat.
        seat: Who acts.
        step: Index of the step within the episode, from 0.
        observation: What the seat sees, legal actions included.
        asks: The questions put to the agent (empty where nothing is asked).
        ask: When they are asked.
        history: The seat's own earlier turns.
        memo: What the agent left in its last decision of this episode.
        complaints: What was wrong with the replies of this turn so far, oldest first.
        wants: What is wanted; a position suite wants answers only.
        examples: Worked examples that an agent may show its model.
        cases: What the agent's learner says to this turn.
        given: Where no action is wanted: the action that questions about the action are about.
        hides_legal: Whether the protocol keeps from models what is legal, whatever the agent's own options say.
    """

    game: str
    rules: str
    seat: int
    step: int
    observation: Observation
    asks: tuple[Subproblem, ...] = ()
    ask: Ask = "none"
    history: tuple[Past, ...] = ()
    memo: str = ""
    complaints: tuple[Complaint, ...] = ()
    wants: frozenset[Literal["answers", "action"]] = frozenset({"answers", "action"})
    examples: tuple[Example, ...] = ()
    cases: tuple[Json, ...] = ()
    given: str | None = None
    hides_legal: bool = False


class Complaint(msgspec.Struct, frozen=True):
    """What was wrong with one reply: the cause, the reason in words, and the reply itself."""

    problem: Problem
    reason: str
    reply: str


class Simulator(Protocol):
    """A world to think in: forks of the game, every step charged; no truth, no position, no solver."""

    def movers(self) -> tuple[int, ...]:
        """The seats to act."""

    def observe(self, seat: int) -> Observation:
        """What a seat would see."""

    def step(self, actions: Mapping[int, str]) -> Mapping[int, float]:
        """Play; returns the step's reward per seat."""

    def outcome(self) -> Outcome | None:
        """How the simulated episode ended."""

    def evaluate(self, seat: int) -> float:
        """The game's heuristic value of the simulated state, 0 where it has none."""

    def heuristic(self, seat: int, rng: Random) -> str:
        """The action that the game's rules of thumb give the seat, from what it may know."""

    def oracle(self, seat: int) -> str:
        """An action on a way to the best outcome, found with what the seat may not know; for the privilege ``true``.

        Raises:
            PermissionError: The simulated state is imagined, not the true one.
        """

    def fork(self) -> Simulator:
        """An independent copy of the simulated state."""


Chance = Random | Callable[[], Random]
"""A generator, or what gives it: the same one each time. Picklable, so that it can be used elsewhere."""


@dataclass(frozen=True, slots=True)
class Ctx:
    """Services of one decision; never stored.

    Attributes:
        meter: The only way to call a model.
        chance: The generator ``rng``, or what gives it (the same one each time): most decisions need none.
        simulator: Makes a simulator of the present state, for agents whose needs say so.
        truth: The true answer to a question, for reference agents with the privilege ``truth``.
        budget: Grants stages: what may not be spent is not begun.
    """

    meter: Meter
    chance: Chance
    simulator: Callable[[], Simulator] | None = None
    truth: Callable[[str, str | None], Answer | Unknown] | None = None
    budget: Budget = UNLIMITED_BUDGET

    @property
    def rng(self) -> Random:
        """Randomness that is a function of run seed, unit, seat, step and agent."""
        return self.chance if isinstance(self.chance, Random) else self.chance()


class Reply(msgspec.Struct, frozen=True):
    """One reply of a model or bot, read.

    Attributes:
        text: What was said, exactly.
        action: The legal action it states, canonical; None if it states none.
        answers: The stated answers by subproblem id: as written, and as read.
        problem: Why there is no usable action; empty if there is one.
        reason: The problem in words for the agent.
        reasoning: What the model thought apart from the reply.
    """

    text: str
    action: str | None
    answers: Mapping[str, Stated] = {}
    problem: Problem = ""
    reason: str = ""
    reasoning: str = ""


class Stated(msgspec.Struct, frozen=True):
    """An answer as it was written, and as it was read."""

    raw: str
    answer: Answer | Malformed


class Candidate(msgspec.Struct, frozen=True):
    """A candidate action with the replies that proposed it, its scores by scorer, and a veto's reason."""

    action: str
    replies: tuple[Reply, ...] = ()
    scores: Mapping[str, float] = {}
    veto: str = ""


class Decision(msgspec.Struct, frozen=True):
    """What an agent decided.

    Attributes:
        action: The chosen action; None if none could be had (the episode loop complains and may ask again).
        reply: The first reply of the chosen candidate: graded answers and consistency are its own.
        candidates: All candidates, the greedy one first.
        greedy: The action of the greedy candidate, so that flips are defined.
        memo: Given back with the next turn of the episode.
        deliberated: Whether more than the greedy candidate was considered.
    """

    action: str | None
    reply: Reply | None = None
    candidates: tuple[Candidate, ...] = ()
    greedy: str | None = None
    memo: str = ""
    deliberated: bool = False


@dataclass(frozen=True, slots=True)
class Needs:
    """What an agent needs: checked for every (agent, game) pair before a run, all misses in one error."""

    model: frozenset[Capability] = frozenset()
    game: frozenset[Ability] = frozenset()
    privilege: Privilege = "none"
    simulator: bool = False
    listed: bool = False
    """Every legal action must be listed: the agent cannot act where the action space is open."""
    known: bool = False
    """Some legal action must be known at each turn: a listed one, or a sample of an open one."""
    turns: bool = False
    """One seat must act at a time: the agent looks ahead, and cannot where others act in the same step."""

    @property
    def true_state(self) -> bool:
        """Whether the simulator must be of the true state: an oracle is, also where it may know the truths too."""
        return self.privilege == "true" or "oracle" in self.game


@dataclass(frozen=True, slots=True)
class Lesson:
    """One finished episode as the seat that learns from it knows it.

    Attributes:
        game: Label of the game.
        seat: Whose view it is.
        history: The seat's own turns.
        reward: Its final reward.
        success: Whether the goal was reached, in games that have one.
    """

    game: str
    seat: int
    history: tuple[Past, ...]
    reward: float
    success: bool | None


class Learner(Protocol):
    """What an agent learns over episodes: a state that is folded between waves, in schedule order.

    All three are pure functions: the harness folds recorded episodes again when a run is resumed or verified, and the
    state's hash must come out the same. States are JSON.
    """

    def start(self) -> Json:
        """The state before the first episode."""

    def fold(self, state: Json, lesson: Lesson) -> Json:
        """The state after one more episode; ``state`` itself is left as it is."""

    def read(self, state: Json, turn: Turn) -> tuple[Json, ...]:
        """What the state says to this turn; the agent finds it in ``Turn.cases``."""


class Agent(Protocol):
    """Whoever acts."""

    declared: ClassVar[tuple[Option, ...]]
    """The options there are."""

    @property
    def options(self) -> Mapping[str, Value]:
        """All options with their values."""

    @property
    def identity(self) -> Mapping[str, Any]:
        """Everything that can change a decision, JSON-ready; its hash is the agent's hash."""

    @property
    def needs(self) -> Needs:
        """What the agent needs."""

    @property
    def answers(self) -> bool:
        """Whether questions may be asked of it."""

    @property
    def models(self) -> Mapping[str, Model]:
        """The models it calls, by role; the harness opens and closes them and routes the meter to them."""

    @property
    def learner(self) -> Learner | None:
        """What it learns over episodes; None for an agent that learns nothing."""

    def refuses(self, ask: Ask) -> str:
        """Why it cannot be asked in this way, in one sentence; empty if it can."""

    async def act(self, turn: Turn, ctx: Ctx) -> Decision:
        """Decide one turn."""


class Bot:
    """What scripted agents share: options, no model, no answers unless they say so."""

    kind: ClassVar[str]
    declared: ClassVar[tuple[Option, ...]] = ()
    isolate: bool = False
    """Whether runs let the bot decide in a process of its own: because it computes long, may crash or may hang."""
    needs: Needs = Needs()
    answers: bool = False
    learner: Learner | None = None

    def __init__(self, **options: object) -> None:
        """Make the bot.

        Raises:
            OptionError: An option is unknown or its value is not allowed.
        """
        self.options: dict[str, Value] = resolve(f"agent {self.kind}", self.declared, options)

    @property
    def identity(self) -> Mapping[str, Any]:
        """Kind and options."""
        return {"kind": self.kind, **{o.name: self.options[o.name] for o in self.declared if not o.inert}}

    @property
    def models(self) -> Mapping[str, Model]:
        """A bot calls no model."""
        return {}

    def refuses(self, ask: Ask) -> str:
        """A bot can be asked in any way: its answers are its own, whenever they are wanted."""
        return ""
