"""What episodes of a suite take, found by playing a few of them with made-up replies: nothing is sent or opened.

Each sampled episode is one of the suite's own, seed and seats included, played through the same episode loop as in a
run. Every seat plays random legal actions. An agent with models really acts: its prompts, the calls that it makes, and
what it remembers are its own. Only the replies are made up, in three cases: short ones; replies of a likely length; and
replies as long as they may be, where each is first turned down as often as the protocol allows a retry.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial

import msgspec

from kibitz.agents.agent import Agent, Ctx, Decision, Reply, Turn
from kibitz.agents.meter import CallPlace, Meter
from kibitz.agents.models.model import Choice, Completion, Request, ToolCall, Usage
from kibitz.agents.writing import reply_text
from kibitz.games.game import Json, Values
from kibitz.games.subproblem import Unknown
from kibitz.harness.calls import CallDesk
from kibitz.harness.cast import Cast, describe
from kibitz.harness.clock import Clock
from kibitz.harness.config import Suite
from kibitz.harness.decision import NO_ACTION, AgentBrokeError, Player, wants_answers_only
from kibitz.harness.episode import GameBrokeError
from kibitz.harness.executors.executor import Executor
from kibitz.harness.executors.failures import ChildError
from kibitz.harness.executors.processes import Processes
from kibitz.harness.prices import Prices
from kibitz.harness.schedule import units
from kibitz.harness.seeds import generator
from kibitz.harness.stage import Stage, set_stage
from kibitz.harness.standin import StandIn
from kibitz.harness.table import GameTable
from kibitz.harness.tokens import LIKELY_BYTES, Worst, least_input, likely_input, most_input, most_output
from kibitz.results.records import UnitRecord

CASES = ("low", "expected", "high")
SHORT_REPLY, LIKELY_REPLY = 20, 300
"""Tokens of a reply, where the agent's max_tokens allow so many."""

EPISODES = 8
"""Episodes that are sampled for each agent in each game."""

SECONDS = 20.0
"""After this time no further episode is sampled."""


@dataclass(slots=True)
class Took:
    """What the calls of one role of an agent took in one episode; ``usd`` is None where the price is unknown."""

    calls: int = 0
    input: int = 0
    output: int = 0
    usd: float | None = 0.0


@dataclass(slots=True)
class SeatSample:
    """What one seat of one sampled episode took, by the role of the model; ``largest`` is its worst single call."""

    decisions: int = 0
    roles: dict[str, Took] = field(default_factory=lambda: defaultdict(Took))
    largest: Worst = field(default_factory=lambda: Worst(0, 0.0))


Case = Mapping[str, SeatSample]
"""One seat of one episode, by case."""


@dataclass(frozen=True)
class Samples:
    """All that was sampled.

    Attributes:
        seats: By game label and agent, one entry an episode.
        episodes: How many episodes were sampled.
        broken: By game label, why its episodes could not be sampled.
    """

    seats: Mapping[tuple[str, str], list[Case]]
    episodes: int
    broken: Mapping[str, str]


async def sample(suite: Suite, cast: Cast, prices: Prices, clock: Clock) -> Samples:
    """Play a few episodes of each agent in each game.

    Args:
        suite: What would be played.
        cast: Its games and agents.
        prices: What calls cost.
        clock: Time; sampling ends after ``SECONDS``, with fewer episodes.
    """
    async with Processes.of(suite, cast) as executor:
        stage = set_stage(suite, cast, describe(suite, cast, ()), clock, await executor.examples())
        return await _sample(stage, executor, units(suite), prices)


async def _sample(stage: Stage, executor: Executor, planned: Iterable[UnitRecord], prices: Prices) -> Samples:
    clock = stage.clock
    seats: defaultdict[tuple[str, str], list[Case]] = defaultdict(list)
    broken: dict[str, str] = {}
    started, episodes = clock.now(), 0
    for unit in chosen(planned):
        if clock.now() - started > SECONDS:
            break
        if unit.game in broken:
            continue
        try:
            cases = await _cases(stage, executor, unit, prices)
        except Exception as error:
            # An agent or game of others that breaks here would break its own episodes of the run, and no other.
            ours = isinstance(error, (AgentBrokeError, GameBrokeError, ChildError))
            broken[unit.game] = str(error) if ours else f"{type(error).__name__}: {error}"
            continue
        episodes += 1
        for seat, name in enumerate(unit.agents):
            seats[unit.game, name].append({case: found[seat] for case, found in cases.items()})
    return Samples(seats, episodes, broken)


def chosen(planned: Iterable[UnitRecord], episodes: int = EPISODES) -> list[UnitRecord]:
    """The units to be sampled: first those that show each agent once in each game, then those for a second time..."""
    seen: Counter[tuple[str, str]] = Counter()
    rounds: list[list[UnitRecord]] = [[] for _ in range(episodes)]
    for unit in planned:
        fewest = min(seen[unit.game, name] for name in unit.agents)
        if fewest < episodes:
            rounds[fewest].append(unit)
            seen.update((unit.game, name) for name in unit.agents)
    return [unit for units_of_round in rounds for unit in units_of_round]


async def _cases(stage: Stage, executor: Executor, unit: UnitRecord, prices: Prices) -> dict[str, list[SeatSample]]:
    """The episode in each case; where nobody calls a model they are all the same."""
    if any(stage.players[name].agent.models for name in unit.agents):
        return {case: await _play(stage, executor, unit, prices, case) for case in CASES}
    return dict.fromkeys(CASES, await _play(stage, executor, unit, prices, CASES[0]))


async def _play(stage: Stage, executor: Executor, unit: UnitRecord, prices: Prices, case: str) -> list[SeatSample]:
    found = [SeatSample() for _ in unit.agents]
    players = {
        name: Player(name, StandIn(agent, partial(_act, _Seat(stage, unit, name, agent, prices, case, found))), name)
        for name, agent in ((name, stage.players[name].agent) for name in unit.agents)
    }
    desk = CallDesk(None, (), {})
    stage = replace(stage, players=players)
    # Nobody goes to where the game is: those who act here are not the agents.
    async with executor.seat(unit, ()) as (table, _):
        if isinstance(table, GameTable):
            table.solve = _unvalued
        await stage.episode(unit, desk, lambda record, grades: None, table=table).play()
    return found


async def _unvalued(position: Json, seat: int) -> Values | Unknown:
    """No forecast needs what actions are worth, and in some games that takes longer than everything else."""
    return Unknown("a forecast does not ask")


@dataclass(frozen=True, slots=True)
class _Seat:
    """One agent in one episode and case, and where its calls are counted."""

    stage: Stage
    unit: UnitRecord
    name: str
    agent: Agent
    prices: Prices
    case: str
    found: list[SeatSample]


async def _act(seat: _Seat, turn: Turn, ctx: Ctx) -> Decision:
    """Let the agent act on made-up replies; then a random legal action is played, whatever it decided."""
    counted = seat.found[turn.seat]
    asked_only = wants_answers_only(turn)
    action = NO_ACTION if asked_only else _drawn(seat, turn)
    decision = Decision(action, Reply(action, action))
    if seat.agent.models:
        send = partial(_answer, seat, counted, action)
        decision = await seat.agent.act(turn, replace(ctx, meter=Meter(send, lambda place: 0)))
    retries = 0 if asked_only else seat.stage.rules.retries
    if seat.case == "high" and seat.agent.models and len(turn.complaints) < retries:
        reply = decision.reply or Reply("", None)
        unusable = msgspec.structs.replace(reply, action=None, problem="no_action", reason="none")
        return msgspec.structs.replace(decision, action=None, reply=unusable)
    counted.decisions += 1
    return msgspec.structs.replace(decision, action=action)


def _drawn(seat: _Seat, turn: Turn) -> str:
    actions = turn.observation.actions
    rng = generator("sample", seat.unit.key, turn.seat, turn.step)
    if actions is None or (action := actions.draw(rng)) is None:
        raise ValueError("no legal action is known")
    return action


async def _answer(
    seat: _Seat, counted: SeatSample, action: str, role: str, place: CallPlace, request: Request
) -> Completion:
    """Count a call and make up its reply."""
    price = seat.prices.of(seat.name, role)
    took = counted.roles[role]
    usage = Usage(input=_INPUT[seat.case](request), output=reply_tokens(request, seat.case))
    most = (most_input(request), most_output(request))
    took.calls += 1
    took.input += usage.input
    took.output += usage.output
    if price is None or took.usd is None:
        took.usd = None
    else:
        took.usd += price.most(*most) if seat.case == "high" else price.cost(usage)
    worst = Worst(sum(most), price.most(*most) if price is not None else None)
    if worst.tokens > counted.largest.tokens:
        counted.largest = worst
    return made_up(request, action, usage)


_INPUT: Mapping[str, Callable[[Request], int]] = {"low": least_input, "expected": likely_input, "high": most_input}


def reply_tokens(request: Request, case: str) -> int:
    """Tokens of output in a case: a short or a likely reply a sample, or all that may come."""
    if case == "high":
        return most_output(request)
    if request.score:
        return 0
    likely = SHORT_REPLY if case == "low" else LIKELY_REPLY
    return request.n * min(likely, request.max_tokens)


def made_up(request: Request, action: str, usage: Usage) -> Completion:
    """A reply that states ``action`` in the form that was asked for, and is as long as ``usage`` says."""
    if request.score:
        scores = tuple(0.0 if continuation == action else -1.0 for continuation in request.score)
        return Completion(scores=scores, score_rule="sequence", usage=usage, usd=0.0)
    stated = json.dumps({"action": action})
    if request.tools:
        choice = Choice(tool_calls=(ToolCall(request.tools[0].name, stated),), finish="tool_calls")
    elif request.choices:
        choice = Choice(text=action if action in request.choices else request.choices[0])
    elif request.json_schema is not None:
        choice = Choice(text=stated)
    else:
        tag = reply_text("free", (), {}, action)
        thinking = "x" * (round(usage.output / request.n * LIKELY_BYTES) - len(tag))
        choice = Choice(text=f"{thinking}\n{tag}")
    return Completion(choices=(choice,) * request.n, usage=usage, usd=0.0)
