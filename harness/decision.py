"""One seat's decision: the turn it is given, the services it may use, complaints, retries, and the fallback.

Bad output has one policy, the same in every game: an unusable reply is told so and may be retried ``retries`` times;
then the fallback acts, and the primary outcome counts that as a forfeit.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Literal, NoReturn

import msgspec

from kibitz.agents.agent import Agent, Ask, Complaint, Ctx, Decision, Example, Past, Turn
from kibitz.agents.meter import UNLIMITED_BUDGET, Budget, CallPlace, Meter, Spending
from kibitz.agents.models.model import CallFailed, Completion, Request
from kibitz.games.actions import Illegal, shown
from kibitz.games.game import Json
from kibitz.games.table import Table, View
from kibitz.harness.budget import NO_BUDGET, EpisodeBudget, Paid, worst_case
from kibitz.harness.calls import CallDesk, CallNotRecordedError, CallSite
from kibitz.harness.clock import Clock
from kibitz.harness.errors import BudgetSpentError, first_cause
from kibitz.harness.executors.failures import ChildError
from kibitz.harness.imagination import Imagination
from kibitz.harness.prices import NO_PRICES, Prices
from kibitz.harness.seeds import Later, derive, generator
from kibitz.harness.stopping import RunStopping, was_cancelled
from kibitz.harness.table import GameTable
from kibitz.results.failures import failure
from kibitz.results.records import Spent, StepRecord, UnitRecord
from kibitz.results.runfolder import JournalError

Fallback = Literal["random", "noop", "stop"]

NOT_THE_AGENTS = (CallFailed, CallNotRecordedError, ChildError, BudgetSpentError, RunStopping, JournalError)
"""What passes through an agent's code and is none of its own failures."""

LEAVING = (CallNotRecordedError, BudgetSpentError, RunStopping, JournalError)
"""What leaves the episode as far as it is, also where an agent's code would go on: a stop never changes a decision."""


@dataclass(frozen=True, slots=True)
class Rules:
    """The protocol of a run as the episode loop needs it; ``prices`` are for budgets in dollars."""

    run_seed: int
    ask: Ask
    retries: int
    fallback: Fallback
    budget: EpisodeBudget = NO_BUDGET
    prices: Prices = NO_PRICES
    hides_legal: bool = False


@dataclass(frozen=True, slots=True)
class StageBudget:
    """What one seat may still spend, in the step and in the episode: ``kibitz.agents.meter.Budget``."""

    budget: EpisodeBudget
    prices: Prices
    agent: str
    earlier: Spent
    here: Spending

    def grant(self, stage: Sequence[Request], role: str = "policy") -> bool:
        """Whether a whole stage fits into what is left."""
        step = Paid(self.here.input_tokens + self.here.output_tokens, self.here.usd)
        episode = step + Paid(self.earlier.tokens, self.earlier.usd)
        return self.budget.grant(worst_case(stage, self.prices.of(self.agent, role)), episode, step)


NOTHING_DECIDED = Decision(None)

Wants = frozenset[Literal["answers", "action"]]
WANTS_BOTH: Wants = frozenset({"answers", "action"})
WANTS_ANSWERS: Wants = frozenset({"answers"})
NO_ACTION = ""
"""Stands in records for the action of a seat that was asked and did not act."""


def actions_of(record: StepRecord) -> dict[int, str]:
    """What was played in a step, by seat; who was only asked played nothing."""
    return {seat.seat: seat.action for seat in record.seats if seat.action != NO_ACTION}


class AgentBrokeError(Exception):
    """An agent's code raised something that it should not; the cause is what it raised.

    Attributes:
        agent: The agent's name.
    """

    def __init__(self, message: str, agent: str = "") -> None:
        super().__init__(message)
        self.agent = agent


@dataclass(frozen=True, slots=True)
class Player:
    """Who sits at a seat.

    Attributes:
        hash: The agent's hash; it seeds what is random in the agent itself.
        learned: The state of its learner, if it has one.
    """

    name: str
    agent: Agent
    hash: str
    learned: Json = None


@dataclass(slots=True)
class Memory:
    """What a seat carries from step to step."""

    history: list[Past] = field(default_factory=list)
    memo: str = ""
    spent: Spent = field(default_factory=Spent)
    seconds: float = 0.0
    fallbacks: int = 0


class Act(msgspec.Struct, frozen=True):
    """What one seat did in one step, before its truths are known."""

    view: View
    turn: Turn
    decision: Decision
    action: str
    fallback: bool
    complaints: tuple[Complaint, ...]
    spending: Spending
    seconds: float


class CallTime:
    """Tells an agent's own time, its models' included, from its waiting for a place under the limits."""

    __slots__ = ("_clock", "_depth", "_outside", "_since", "models")

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._depth = 0
        self._since = 0.0
        self._outside = 0.0
        self.models = 0.0
        """Seconds that models took, call by call."""

    @property
    def waited(self) -> float:
        """Seconds in which calls were under way and no model worked on them."""
        return max(0.0, self._outside - self.models)

    def begin(self) -> None:
        """A call begins; calls at once are counted once."""
        if not self._depth:
            self._since = self._clock.now()
        self._depth += 1

    def end(self) -> None:
        """A call has ended."""
        self._depth -= 1
        if not self._depth:
            self._outside += self._clock.now() - self._since


class Decider:
    """Decides for the seats of one episode.

    Args:
        unit: What is played.
        table: Where.
        players: Who sits at each seat.
        rules: The protocol.
        desk: Answers model calls.
        clock: Time, for the measured fields only; it never decides anything.
        examples: Worked examples of this game for prompts.
    """

    def __init__(
        self,
        unit: UnitRecord,
        table: Table,
        players: Sequence[Player],
        rules: Rules,
        desk: CallDesk,
        clock: Clock,
        examples: tuple[Example, ...],
    ) -> None:
        self._unit = unit
        self._table = table
        self._game = table.spec.id
        self._players = players
        self._rules = rules
        self._desk = desk
        self._clock = clock
        self._examples = examples

    async def decide(self, step: int, view: View, memory: Memory) -> Act:
        """Ask the agent of the view's seat, at most ``retries`` times more, then let the fallback act."""
        started = self._clock.now()
        spending = Spending()
        calls = CallTime(self._clock)
        turn = self._turn(step, view, memory)
        agent = self._players[view.seat].agent
        leaving: list[Exception] = []
        complaints: tuple[Complaint, ...] = ()
        decision = NOTHING_DECIDED
        for attempt in range(self._rules.retries + 1):
            if complaints:
                turn = msgspec.structs.replace(turn, complaints=complaints)
            try:
                decision = await agent.act(turn, self._ctx(step, view, memory, attempt, spending, calls, leaving))
            except (Exception, SystemExit, asyncio.CancelledError) as error:
                self._blame_agent(view.seat, leaving[0] if leaving and not was_cancelled(error) else error)
            if leaving:
                raise leaving[0]
            if wants_answers_only(turn):
                break
            complaint = _complaint(view, decision)
            if complaint is None:
                break
            complaints = (*complaints, complaint)
            # What a refused reply states is no action: nothing may be asked about it.
            reply = None if decision.reply is None else msgspec.structs.replace(decision.reply, action=None)
            decision = msgspec.structs.replace(decision, action=None, reply=reply)
            if not failure(complaint.problem).retry:
                break
        seconds = self._clock.now() - started - calls.waited
        if wants_answers_only(turn):
            return Act(view, turn, decision, NO_ACTION, False, (), spending, seconds)
        action = decision.action if decision.action is not None else self._fallback_action(step, view)
        return Act(view, turn, decision, action, decision.action is None, complaints, spending, seconds)

    def _blame_agent(self, seat: int, error: BaseException) -> NoReturn:
        """Raise what an error that came out of an agent says of the episode."""
        if was_cancelled(error):
            raise error
        # Parts of an agent that failed together say the first cause.
        cause = first_cause(error) if isinstance(error, ExceptionGroup) else error
        if isinstance(cause, NOT_THE_AGENTS):
            raise cause
        name = self._players[seat].name
        raise AgentBrokeError(f"agent {name}: {type(cause).__name__}: {cause}", name) from cause

    def _turn(self, step: int, view: View, memory: Memory) -> Turn:
        player = self._players[view.seat]
        asking = player.agent.answers and self._rules.ask != "none"
        wants = WANTS_BOTH if view.observation.actions is not None else WANTS_ANSWERS
        early = self._rules.ask == "before" and wants is WANTS_BOTH
        asks = tuple(p for p in view.subproblems if p.about == "view" or not early) if asking else ()
        turn = Turn(
            game=self._game,
            rules=self._table.rules(view.seat),
            seat=view.seat,
            step=step,
            observation=view.observation,
            asks=asks,
            ask=self._rules.ask if asking else "none",
            history=tuple(memory.history),
            memo=memory.memo,
            wants=wants,
            examples=self._examples,
            given=view.given,
            hides_legal=self._rules.hides_legal,
        )
        learner = player.agent.learner
        if learner is None:
            return turn
        try:
            return msgspec.structs.replace(turn, cases=learner.read(player.learned, turn))
        except Exception as error:
            self._blame_agent(view.seat, error)

    def _ctx(
        self,
        step: int,
        view: View,
        memory: Memory,
        attempt: int,
        spending: Spending,
        calls: CallTime,
        leaving: list[Exception],
    ) -> Ctx:
        unit, seat, player = self._unit, view.seat, self._players[view.seat]
        place = (self._rules.run_seed, self._game, unit.task, unit.k, seat, step)
        site = CallSite(unit.key, 0, step, seat, player.name)

        def seed(call: CallPlace) -> int:
            # Without the agent's name: arms share their greedy sample.
            return derive("call", *place[:4], site.trial, seat, step, list(call.scope), call.i)

        async def send(role: str, call: CallPlace, request: Request) -> Completion:
            calls.begin()
            try:
                known = await self._desk.answer(site, role, call, request)
            except LEAVING as stop:
                leaving.append(stop)
                raise
            finally:
                calls.end()
            calls.models += known.seconds
            return known.completion

        needs, table = player.agent.needs, self._table
        truth = None
        if needs.privilege == "truth" and isinstance(table, GameTable):
            truth = partial(table.truth, seat)
        return Ctx(
            meter=Meter(send, seed, spending, (f"try{attempt}",)),
            chance=Later("agent", *place, player.hash, attempt),
            simulator=Imagination(table, seat, (*place, attempt), needs.true_state, spending)
            if needs.simulator
            else None,
            truth=truth,
            budget=self._budget(player.name, memory, spending),
        )

    def _budget(self, agent: str, memory: Memory, spending: Spending) -> Budget:
        if not self._rules.budget:
            return UNLIMITED_BUDGET
        return StageBudget(self._rules.budget, self._rules.prices, agent, memory.spent, spending)

    def _fallback_action(self, step: int, view: View) -> str:
        actions, unit = view.observation.actions, self._unit
        place = (self._rules.run_seed, self._game, unit.task, unit.k, view.seat, step)
        if actions is None or self._rules.fallback == "noop":
            return "noop"
        return actions.draw(generator("fallback", *place)) or "noop"


def wants_answers_only(turn: Turn) -> bool:
    """Whether the seat is asked and does not act; it is asked once, since nothing depends on an unreadable reply."""
    return "action" not in turn.wants


def _complaint(view: View, decision: Decision) -> Complaint | None:
    """What is wrong with a decision, or None. An agent's own word that an action is legal is not taken for it."""
    reply = decision.reply
    text = reply.text if reply is not None else ""
    if decision.action is None:
        if reply is None:
            return Complaint("no_action", "no action was chosen", text)
        return Complaint(reply.problem or "no_action", reply.reason or "no action was stated", text)
    actions = view.observation.actions
    if actions is not None and decision.action in actions.listed:
        return None
    read = actions.read(decision.action) if actions is not None else Illegal("no action is legal")
    if isinstance(read, Illegal):
        # Not the reason itself: it lists what is legal, which an agent may have chosen not to show.
        return Complaint("illegal_action", f"{shown(decision.action)} is not a legal action here", text)
    if read != decision.action:
        return Complaint("illegal_action", f"write it as {read}", text)
    return None
