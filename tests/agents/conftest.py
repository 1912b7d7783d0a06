"""A scripted model, a meter over it, a simulator over any game, and a turn with questions of every kind."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from random import Random
from typing import ClassVar, cast

import msgspec
import pytest

from kibitz.agents.agent import Ctx, Example, Past, Turn
from kibitz.agents.llm import LLMAgent
from kibitz.agents.meter import Meter
from kibitz.agents.models.model import Choice, Completion, Model, Request
from kibitz.games.actions import Actions
from kibitz.games.game import Game, Observation
from kibitz.games.kinds import Boolean, Integer, SetOf
from kibitz.games.subproblem import Subproblem

CELLS = ("0,0", "0,1", "1,0", "1,1")

ASKS = (
    Subproblem("wins", "Which cells win at once?", SetOf(CELLS)),
    Subproblem("threat", "Is there a threat?", Boolean()),
    Subproblem("left", "How many cells are left after your action?", Integer(0, 4), "action"),
)

TURN = Turn(
    game="tiny",
    rules="Mark a cell. Cells are row,column.",
    seat=0,
    step=3,
    observation=Observation("You are X.\nX_\n_O", Actions(("0,1", "1,0"))),
    asks=ASKS,
    ask="same",
    history=(
        Past("You are X.\n__\n__", "0,0", "<action>0,0</action>"),
        Past("You are X.\nX_\n__", "1,1", "gibberish", fallback=True),
    ),
    examples=(
        Example(
            "You are O.\n_X\n__",
            CELLS[::2],
            {"wins": "0,0; 1,0", "threat": "yes", "left": "2"},
            {"wins": ["0,0", "1,0"], "threat": True, "left": 2},
            "0,0",
        ),
        Example(
            "You are X.\n__\nO_",
            CELLS[:2],
            {"wins": "none", "threat": "no", "left": "1"},
            {"wins": [], "threat": False, "left": 1},
            "0,1",
        ),
        Example(
            "never shown",
            CELLS,
            {"wins": "none", "threat": "no", "left": "0"},
            {"wins": [], "threat": False, "left": 0},
            "1,1",
        ),
    ),
)


class Scripted:
    """A model that gives the next of its completions; texts become completions."""

    identity: ClassVar = {"name": "scripted"}
    share_key = provider = "scripted"
    capabilities = frozenset({"json_schema", "choices", "score", "tools", "temperature", "effort"})

    def __init__(self, replies: Iterable[str | Completion]) -> None:
        self.replies = list(replies)
        self.sent: list[tuple[str, Request]] = []

    def meter(self) -> Meter:
        async def send(role, place, request):
            self.sent.append((str(place), request))
            reply = self.replies.pop(0)
            return reply if isinstance(reply, Completion) else Completion(choices=(Choice(text=reply),))

        return Meter(send, lambda place: 7).scope("try0")


class Think:
    """The simplest simulator: a clone of a game."""

    def __init__(self, game: Game) -> None:
        self.game = game
        self.movers, self.observe, self.step = game.movers, game.observe, game.step
        self.outcome, self.evaluate, self.heuristic = game.outcome, game.evaluate, game.heuristic

    def oracle(self, seat: int) -> str:
        return self.game.oracle(seat)

    def fork(self) -> Think:
        return Think(self.game.clone())


@pytest.fixture
def turn() -> Turn:
    return TURN


@pytest.fixture
def make_turn() -> Callable[..., Turn]:
    return lambda **changes: msgspec.structs.replace(TURN, **changes)


@pytest.fixture
def scripted() -> type[Scripted]:
    return Scripted


@pytest.fixture
def play() -> Callable[..., object]:
    """Let an LLMAgent with these options act once on a turn; returns its decision and what it sent."""

    async def run(turn: Turn, *replies: str | Completion, **options: object):
        model = Scripted(replies)
        decision = await LLMAgent(cast("Model", model), **{"model": "scripted:test", **options}).act(
            turn, Ctx(model.meter(), Random(0))
        )
        assert not model.replies, "the agent sent fewer calls than expected"
        return decision, model.sent

    return run


@pytest.fixture
def seat_ctx() -> Callable[..., Ctx]:
    """The services of a bot that sits in a game."""

    def make(game: Game, seat: int, rng: Random) -> Ctx:
        def truth(name, action):
            return game.truth(seat, name, action)

        return Ctx(Scripted(()).meter(), rng, lambda: Think(game.clone()), truth)

    return make


@pytest.fixture
def contest(seat_ctx) -> Callable[..., object]:
    """Play bots against each other from a seed; returns the rewards."""

    async def run(game: Game, bots, seed: int):
        game.reset(seed)
        rngs = [Random(f"{seed}/{seat}") for seat in range(len(bots))]
        while movers := game.movers():
            (seat,) = movers
            turn = Turn(game.id, game.rules(seat), seat, 0, game.observe(seat), game.subproblems(seat), "same")
            decision = await bots[seat].act(turn, seat_ctx(game, seat, rngs[seat]))
            game.step({seat: decision.action})
        outcome = game.outcome()
        assert outcome is not None
        return outcome.reward

    return run
