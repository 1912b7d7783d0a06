"""Recorded replies, read with today's parsers.

An agent is run again over its recorded calls, held to what it did: which reply acted, what was wrong with the others
and what was played are history, whatever today's parser makes of them. So each question is answered by the reply that
answered it then. Where that does not work any more (the agent's prompts are other ones now, or it takes another way
through its replies), the answers are read one by one from what was recorded of them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

import msgspec

from kibitz.agents.agent import Agent, Ctx, Decision, Past, Problem, Reply, Stated, Turn
from kibitz.agents.parsing import BESIDE
from kibitz.games.game import Json
from kibitz.games.kinds import LONGEST_ANSWER
from kibitz.games.subproblem import Answer, AnswerKind, Malformed
from kibitz.games.table import View
from kibitz.harness.calls import CallDesk, CallNotRecordedError
from kibitz.harness.decision import AgentBrokeError, Decider, Memory, Player
from kibitz.harness.stage import Stage
from kibitz.harness.table import GameTable
from kibitz.results.records import CallRecord, GradeRecord, SeatRecord, StepRecord, UnitRecord


class HeldAgent:
    """An agent that does what it did: its replies are its own, read anew; all else is as recorded.

    Args:
        agent: Who acts.
        steps: What it did, by step.
    """

    def __init__(self, agent: Agent, steps: Mapping[int, SeatRecord]) -> None:
        self._agent = agent
        self._steps = steps

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever else an agent has
        return getattr(self._agent, name)

    async def act(self, turn: Turn, ctx: Ctx) -> Decision:
        """Let the agent read its replies, then decide as it decided then."""
        then, attempt = self._steps[turn.step], len(turn.complaints)
        decision = await self._agent.act(turn, ctx)
        reply = decision.reply or Reply("", None)
        if attempt < len(then.complaints):
            said = then.complaints[attempt]
            reply = msgspec.structs.replace(
                reply, action=None, problem=cast("Problem", said.problem), reason=said.reason
            )
            return Decision(None, reply)
        return msgspec.structs.replace(decision, action=then.action, reply=reply)


@dataclass(frozen=True, slots=True)
class Reread:
    """What a seat answered in one step, as read today.

    Attributes:
        answers: By subproblem id; None where the replies could not be read as a whole.
        reason: Why they could not.
    """

    answers: Mapping[str, Stated] | None
    reason: str = ""


class Rereader:
    """Reads the recorded replies of one episode, step by step.

    Args:
        stage: The run, set up again.
        unit: The episode.
        table: Where it is played again; each step is to be settled after its replies were read.
        steps: What was recorded of it.
        calls: Its calls.
        learned: What learners knew, by agent name.
    """

    def __init__(
        self,
        stage: Stage,
        unit: UnitRecord,
        table: GameTable,
        steps: Sequence[StepRecord],
        calls: Iterable[CallRecord],
        learned: Mapping[str, Json],
    ) -> None:
        recorded = list(calls)
        # An answer is a JSON value where a reply had to be one; that is known from what was asked for.
        self._json = {(call.step, call.seat) for call in recorded if {"json_schema", "tools"} & call.parameters.keys()}
        self._memories = [Memory() for _ in unit.agents]
        self._players = stage.seated(unit, learned)
        held = [_held(seat, player, steps) for seat, player in enumerate(self._players)]
        desk = CallDesk(None, recorded, stage.identities)
        self._decider = Decider(unit, table, held, stage.rules, desk, stage.clock, stage.examples[unit.game])

    async def replies(self, step: int, view: View, then: SeatRecord) -> Reread:
        """Run the agent of a seat again over its recorded calls."""
        if not self._players[view.seat].agent.models:
            # What a bot says is no text that was parsed: its answers stand as they were given.
            return Reread(None)
        try:
            act = await self._decider.decide(step, view, self._memories[view.seat])
        except CallNotRecordedError:
            return Reread(None, "the agent asks its model something else now")
        except AgentBrokeError as error:
            return Reread(None, str(error))
        if act.spending.calls != then.spent.calls:
            return Reread(None, "the agent takes another way through its replies now")
        return Reread({} if act.decision.reply is None else act.decision.reply.answers)

    def remember(self, record: StepRecord) -> None:
        """Go on to the next step with what was recorded of this one."""
        for seat in record.seats:
            memory = self._memories[seat.seat]
            memory.history.append(Past(seat.observation, seat.action, seat.reply, seat.fallback, seat.memo))
            memory.memo = seat.memo

    def raw(self, then: GradeRecord, kind: AnswerKind) -> Stated | None:
        """Read one answer from what was recorded of it; None if none was given.

        Raises:
            ValueError: What was recorded is not enough to read it again.
        """
        if then.raw is None:
            return None
        if then.note == BESIDE.reason:
            return Stated(then.raw, BESIDE)
        if len(then.raw) >= LONGEST_ANSWER:
            raise ValueError(f"only the first {LONGEST_ANSWER} characters of the answer are recorded")
        return Stated(then.raw, self._value(then, kind))

    def _value(self, then: GradeRecord, kind: AnswerKind) -> Answer | Malformed:
        assert then.raw is not None
        return kind.read_json(json.loads(then.raw)) if (then.step, then.seat) in self._json else kind.read(then.raw)


def _held(seat: int, player: Player, steps: Iterable[StepRecord]) -> Player:
    then = {step.step: record for step in steps for record in step.seats if record.seat == seat}
    return replace(player, agent=cast("Agent", HeldAgent(player.agent, then)))
