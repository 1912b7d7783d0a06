"""The way of one episode: views, decisions, truths, the step, grades, records; and the same again from records.

Finished steps of a pure game are re-applied from their records (actions, memo, spending); only the open step runs its
agents again, over calls that the journal may hold already. So an episode that was killed anywhere ends with the same
records, and the same digest, as one that was not.
"""

from __future__ import annotations

import asyncio
import hashlib
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NoReturn

import msgspec

from kibitz.agents.agent import Candidate, Complaint, Example, Past
from kibitz.games.game import Json, Outcome
from kibitz.games.table import Settled, Table, View
from kibitz.harness.calls import CallDesk
from kibitz.harness.clock import Clock
from kibitz.harness.decision import NO_ACTION, Act, Decider, Memory, Player, Rules, actions_of
from kibitz.harness.errors import first_cause
from kibitz.harness.executors.failures import ChildError
from kibitz.harness.grading import asked_of, consistency, grade_all, regret
from kibitz.harness.payoff import forfeited
from kibitz.harness.seeds import digest
from kibitz.harness.stopping import RunStopping
from kibitz.results.records import (
    CandidateRecord,
    ComplaintRecord,
    EpisodeMeasured,
    EpisodeRecord,
    Forfeit,
    GradeRecord,
    SeatRecord,
    Spent,
    StepMeasured,
    StepRecord,
    UnitRecord,
)
from kibitz.results.runfolder import JournalError


class EpisodeDivergedError(Exception):
    """A recorded step does not fit the game as it is now: rules or data changed under the same version."""


class GameBrokeError(Exception):
    """A game's code raised something that it should not; the cause is what it raised."""


@dataclass(frozen=True, slots=True)
class Finished:
    """What the journal holds of an episode already."""

    steps: Sequence[StepRecord] = ()
    grades: Sequence[GradeRecord] = ()


NOTHING_FINISHED = Finished()

StepSink = Callable[[StepRecord, Sequence[GradeRecord]], None]

NOT_THE_GAMES = (ChildError, JournalError, EpisodeDivergedError, RunStopping)
"""What passes through a table and is no failure of the game's code."""

_encode = msgspec.json.Encoder().encode


class Episode:
    """One episode of one unit.

    Args:
        unit: What is played.
        table: Where; opened and closed here.
        players: Who sits at each seat.
        rules: The protocol.
        setting: Hash of the game's setting; part of the trajectory digest.
        desk: Answers model calls.
        finished: Recorded steps to re-apply.
        sink: Given each new step with its grades.
        clock: Time, for the measured fields only; it never decides anything.
        going: Called before each new step; raises where the run is to stop.
        examples: Worked examples of this game for prompts.
    """

    def __init__(
        self,
        unit: UnitRecord,
        table: Table,
        players: Sequence[Player],
        rules: Rules,
        *,
        setting: str,
        desk: CallDesk,
        sink: StepSink,
        clock: Clock,
        finished: Finished = NOTHING_FINISHED,
        going: Callable[[], None] = lambda: None,
        examples: tuple[Example, ...] = (),
    ) -> None:
        self._unit = unit
        self._table = table
        self._players = players
        self._rules = rules
        self._setting = setting
        self._desk = desk
        self._decider = Decider(unit, table, players, rules, desk, clock, examples)
        self._sink = sink
        self._clock = clock
        self._finished = finished
        self._going = going
        self._memories = [Memory() for _ in players]
        self._start: Json = None
        self._actions: list[list[tuple[int, str]]] = []
        self._forfeit: Forfeit | None = None
        self._hash = hashlib.sha256()

    async def play(self) -> EpisodeRecord:
        """Play to the end.

        Raises:
            CallFailed: A model call failed for good; the episode is unfinished and can be resumed.
            RunStopping: The run stops; the episode is unfinished and can be resumed.
            EpisodeDivergedError: Recorded steps do not fit the game.
            AgentBrokeError, GameBrokeError: Code of an agent or of the game broke.
        """
        started = self._clock.now()
        self._desk.belong_to(asyncio.current_task())
        try:
            await self._table.open(self._unit.seed, self._unit.task)
        except Exception as error:
            self._blame_game(error)
        try:
            outcome: Outcome | None = None
            step = 0
            while views := await self._views():
                if step < len(self._finished.steps):
                    outcome = await self._reapply(step, views)
                else:
                    self._going()
                    outcome = await self._play_step(step, views)
                step += 1
                if self._forfeit is not None and self._rules.fallback == "stop":
                    outcome = self._stopped()
                    break
            if step < len(self._finished.steps):
                raise EpisodeDivergedError(
                    f"{self._unit.key}: ends after {step} steps, and went on when recorded; its rules have changed"
                )
            return self._record(outcome, step, await self._position(), self._clock.now() - started)
        except ExceptionGroup as group:
            # An agent's own parallel parts failed together; the first cause says what there is to say.
            raise first_cause(group) from group
        finally:
            await self._table.close()

    def _blame_game(self, error: Exception) -> NoReturn:
        """Raise what an error that came out of a table says of the episode."""
        if isinstance(error, NOT_THE_GAMES):
            raise error
        raise GameBrokeError(f"game {self._unit.game}: {type(error).__name__}: {error}") from error

    async def _views(self) -> Sequence[View]:
        try:
            views = await self._table.views()
        except Exception as error:
            self._blame_game(error)
        return views if len(views) < 2 else sorted(views, key=lambda view: view.seat)

    async def _position(self) -> Json:
        try:
            return await self._table.position()
        except Exception as error:
            self._blame_game(error)

    # -- one step --------------------------------------------------------------------------------------------------

    async def _play_step(self, step: int, views: Sequence[View]) -> Outcome | None:
        if len(views) == 1:
            acts = [await self._decider.decide(step, views[0], self._memories[views[0].seat])]
        else:
            acts = await self._decide_all(step, views)
        asked = {act.view.seat: asked_of(act.turn, act.decision.reply) for act in acts}
        # Before the step: what an answer commits to depends on the position that was seen.
        kept = [await self._consistent(act) if _says_something(act) else None for act in acts]
        questions = {seat: tuple((problem.id, action) for problem, action in put) for seat, put in asked.items() if put}
        actions = {act.view.seat: act.action for act in acts if act.action != NO_ACTION}
        try:
            settled = await self._table.settle(questions, actions)
        except Exception as error:
            self._blame_game(error)
        grades = [
            grade
            for act in acts
            if asked[act.view.seat]
            for grade in grade_all(
                self._unit.key, step, self._players[act.view.seat].name, act.turn, act.decision.reply,
                asked[act.view.seat], settled.truths.get(act.view.seat, {}),
            )
        ]  # fmt: skip
        record = StepRecord(
            unit=self._unit.key,
            step=step,
            position=settled.position,
            seats=tuple(self._seat_record(act, settled, one) for act, one in zip(acts, kept, strict=True)),
            rewards={seat: float(reward) for seat, reward in settled.rewards.items()},
            measured=StepMeasured(seat_seconds=tuple(act.seconds for act in acts)),
        )
        self._remember(record, grades)
        self._sink(record, grades)
        return settled.outcome

    async def _consistent(self, act: Act) -> bool | None:
        try:
            return await consistency(self._table, act.view.seat, act.decision.reply)
        except Exception as error:
            self._blame_game(error)

    async def _reapply(self, step: int, views: Sequence[View]) -> Outcome | None:
        record = self._finished.steps[step]
        settled = None
        if [view.seat for view in views] == [seat.seat for seat in record.seats]:
            try:
                settled = await self._table.settle({}, actions_of(record))
            except ValueError:
                settled = None
        if settled is None or _encode(settled.position) != _encode(record.position):
            raise EpisodeDivergedError(
                f"{self._unit.key}: step {step} does not fit the game as it is now; its rules changed since the run"
            )
        self._remember(record, [grade for grade in self._finished.grades if grade.step == step])
        return settled.outcome

    def _remember(self, record: StepRecord, grades: Sequence[GradeRecord]) -> None:
        times = record.measured.seat_seconds or (0.0,) * len(record.seats)
        for seat, seconds in zip(record.seats, times, strict=True):
            memory = self._memories[seat.seat]
            memory.seconds += seconds
            memory.history.append(Past(seat.observation, seat.action, seat.reply, seat.fallback, seat.memo))
            memory.memo = seat.memo
            memory.spent += seat.spent
            memory.fallbacks += seat.fallback
        offenders = tuple(seat.seat for seat in record.seats if seat.fallback)
        if offenders and self._forfeit is None:
            self._forfeit = Forfeit(step=record.step, seats=offenders)
        if record.step == 0:
            self._start = record.position
        self._actions.append([(seat.seat, seat.action) for seat in record.seats])
        # As bytes: what was played and what the journal gives back must count alike, and they are written alike.
        told = msgspec.structs.replace(record, measured=StepMeasured(), seats=tuple(map(_unbilled, record.seats)))
        self._hash.update(_encode((told, grades)))

    # -- decisions -------------------------------------------------------------------------------------------------

    async def _decide_all(self, step: int, views: Sequence[View]) -> list[Act]:
        async def decide(view: View) -> Act | Exception:
            # A failure is a value: the other seats finish, and their calls are paid and journaled once.
            try:
                return await self._decider.decide(step, view, self._memories[view.seat])
            except Exception as failure:
                return failure

        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(decide(view)) for view in views]
        acts: list[Act] = []
        for task in tasks:
            result = task.result()
            if isinstance(result, Exception):
                raise result
            acts.append(result)
        return acts

    # -- records ---------------------------------------------------------------------------------------------------

    def _seat_record(self, act: Act, settled: Settled, consistent: bool | None) -> SeatRecord:
        decision, seat = act.decision, act.view.seat
        reply = decision.reply
        shortfall = regret(settled.values.get(seat), act.action)
        spending = act.spending
        return SeatRecord(
            seat=seat,
            agent=self._players[seat].name,
            observation=act.view.observation.text,
            action=act.action,
            fallback=act.fallback,
            complaints=tuple(map(_complaint, act.complaints)),
            reply=reply.text if reply is not None else "",
            reasoning=reply.reasoning if reply is not None else "",
            greedy=decision.greedy,
            deliberated=decision.deliberated,
            candidates=tuple(map(_candidate, decision.candidates)),
            consistent=consistent,
            regret=shortfall.value,
            regret_method=shortfall.method,
            regret_unknown=shortfall.unknown,
            # Interned: records leave out defaults by identity, and a text that came through a pipe is another object.
            effect=sys.intern(act.view.observation.effect),
            memo=self._memories[seat].memo if act.fallback else decision.memo,
            spent=Spent(
                calls=spending.calls,
                input_tokens=spending.input_tokens,
                output_tokens=spending.output_tokens,
                usd=float(spending.usd),
                unpriced=spending.unpriced,
                simulated_steps=spending.simulated_steps,
            ),
        )

    def _stopped(self) -> Outcome:
        assert self._forfeit is not None
        spec = self._table.spec
        low, high = spec.reward_range
        # Nobody has won a contest yet; in a bargain nothing is agreed on, which is worth the least.
        nothing = low if spec.payoff == "general" else (low + high) / 2
        reward = forfeited(spec, (nothing,) * spec.seats, self._forfeit.seats)
        return Outcome(reward, False if spec.payoff == "single" else None, "stopped at the first fallback")

    def _record(self, outcome: Outcome | None, steps: int, position: Json, seconds: float) -> EpisodeRecord:
        if outcome is None:
            raise EpisodeDivergedError(f"{self._unit.key}: the game ended without an outcome")
        spec, unit = self._table.spec, self._unit
        played = tuple(map(float, outcome.reward))
        reward = played if self._forfeit is None else forfeited(spec, played, self._forfeit.seats)
        record = EpisodeRecord(
            unit=unit.key,
            status="done",
            reward=reward,
            played=played,
            success=False if self._forfeit is not None and outcome.success else outcome.success,
            reason=outcome.reason,
            raw=None if outcome.raw is None else tuple(map(float, outcome.raw)),
            steps=steps,
            fallbacks=tuple(memory.fallbacks for memory in self._memories),
            forfeit=self._forfeit,
            position=position,
            trajectory=digest(self._setting, self._start, self._actions),
            spent=tuple(memory.spent for memory in self._memories),
        )
        measured = EpisodeMeasured(seconds=seconds, seat_seconds=tuple(memory.seconds for memory in self._memories))
        return msgspec.structs.replace(record, digest=self._digest(record), measured=measured)

    def _digest(self, record: EpisodeRecord) -> str:
        told = msgspec.structs.replace(record, spent=tuple(spent.unbilled for spent in record.spent))
        return digest(self._hash.hexdigest(), self._desk.digest(), told)


def _unbilled(seat: SeatRecord) -> SeatRecord:
    """What a seat did, without what it cost: equal episodes may have other bills."""
    spent = seat.spent
    return seat if spent.unbilled is spent else msgspec.structs.replace(seat, spent=spent.unbilled)


def _says_something(act: Act) -> bool:
    """Whether answers stand beside the action, so that it may contradict them."""
    reply = act.decision.reply
    return not act.fallback and reply is not None and bool(reply.answers)


def _complaint(complaint: Complaint) -> ComplaintRecord:
    return ComplaintRecord(problem=complaint.problem, reason=complaint.reason)


def _candidate(candidate: Candidate) -> CandidateRecord:
    return CandidateRecord(
        action=candidate.action,
        replies=len(candidate.replies),
        scores={name: float(score) for name, score in candidate.scores.items()},
        veto=candidate.veto,
    )
