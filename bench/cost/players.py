"""What is played while the machinery is measured: a game without rules, an agent that only talks, a model near by.

All three do as little as their contracts allow, so that what is left is the orchestrator's own work. They are found
through entry points, as any plug-in is (``plugged_in``).
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ClassVar

from cost.texts import reply, seen
from kibitz.agents.agent import Bot, Ctx, Decision, Past, Reply, Turn
from kibitz.agents.models.model import Choice, Completion, Message, Model, Request, Usage
from kibitz.agents.models.registry import make_model
from kibitz.agents.remembering import remembered
from kibitz.games.actions import Actions
from kibitz.games.game import Game, Json, Observation, Outcome
from kibitz.games.kinds import Boolean, Integer
from kibitz.games.options import Option
from kibitz.games.subproblem import Answer, Subproblem

GAME, CHAT = "bench-turns", "bench-chat"

_ENTRY_POINTS = f"""[kibitz.games]
{GAME} = cost.players:Turns
[kibitz.agents]
{CHAT} = cost.players:Chat
"""
_METADATA = "Metadata-Version: 2.1\nName: kibitz-bench\nVersion: 1\n"


@contextmanager
def plugged_in() -> Iterator[None]:
    """Install the game and the agent for this process: a distribution that is nothing but its entry points.

    It has to be entered before anything asks which games and agents there are.
    """
    with tempfile.TemporaryDirectory(prefix="kibitz-bench-") as folder:
        info = Path(folder) / "kibitz_bench-1.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(_METADATA, encoding="utf-8")
        (info / "entry_points.txt").write_text(_ENTRY_POINTS, encoding="utf-8")
        sys.path.append(folder)
        try:
            yield
        finally:
            sys.path.remove(folder)


_ACTIONS = Actions(("4",))
_QUESTIONS = (
    Subproblem("turn", "How many turns have been played?", Integer(0, 1000)),
    Subproblem("last", "Is this the last turn?", Boolean()),
)


class Turns(Game):
    """One seat, one action, so many turns."""

    id: ClassVar = GAME
    version: ClassVar = "1"
    title: ClassVar = "Turns"
    seats: ClassVar = 1
    payoff: ClassVar = "single"
    reward_range: ClassVar = (0.0, 1.0)
    declared: ClassVar = (Option("turns", 10, "turns of an episode", low=1, high=1000),)

    def __init__(self, **options: object) -> None:
        super().__init__(**options)
        self._turns, self._turn, self._number = int(self.options["turns"]), 0, 0

    def rules(self, seat: int) -> str:
        """The rules."""
        return "The only action is 4, the centre."

    def reset(self, seed: int, task: str | None = None) -> None:
        """Start; the seed is the game's number."""
        self._turn, self._number = 0, seed

    def movers(self) -> tuple[int, ...]:
        """The one seat, for so many turns."""
        return (0,) if self._turn < self._turns else ()

    def observe(self, seat: int) -> Observation:
        """A text of its own in every turn."""
        return Observation(seen(self._number, self._turn), _ACTIONS)

    def step(self, actions: Mapping[int, str]) -> Mapping[int, float]:
        """The next turn."""
        self._turn += 1
        return {0: 0.0}

    def outcome(self) -> Outcome | None:
        """Always well."""
        return None if self._turn < self._turns else Outcome((1.0,), success=True, reason="played")

    def subproblems(self, seat: int) -> tuple[Subproblem, ...]:
        """Two questions."""
        return _QUESTIONS

    def truth(self, seat: int, id: str, action: str | None = None) -> Answer:  # noqa: A002
        """Their answers."""
        return self._turn if id == "turn" else self._turn + 1 == self._turns

    def position(self) -> Json:
        """Turn and number."""
        return {"turn": self._turn, "number": self._number}

    def at(self, position: Json) -> None:
        """Back to a turn."""
        self._turn, self._number = position["turn"], position["number"]

    def draw(self, position: Json, seat: int | None = None) -> str:
        """Nothing to see."""
        return '<svg xmlns="http://www.w3.org/2000/svg"/>'


class Chat(Bot):
    """Keeps the conversation, sends it, and takes the reply's last tag as its action: no prompt, no parser."""

    kind: ClassVar = CHAT
    declared: ClassVar = (
        Option("model", "scripted:cost.players:at_once", "the model"),
        Option("base_url", "", "the server, for models that have one"),
    )

    def __init__(self, **options: object) -> None:
        super().__init__(**options)
        given = {"base_url": self.options["base_url"]} if self.options["base_url"] else {}
        self._model = make_model(str(self.options["model"]), given)

    @property
    def models(self) -> Mapping[str, Model]:
        """The one model."""
        return {"policy": self._model}

    @property
    def identity(self) -> Mapping[str, Any]:
        """Kind, options and model."""
        return {**super().identity, "models": {"policy": dict(self._model.identity)}}

    async def act(self, turn: Turn, ctx: Ctx) -> Decision:
        """Send the whole conversation."""
        messages = remembered(turn.history, self, _exchange)
        request = Request(messages=(*messages, Message("user", turn.observation.text)))
        completion = await ctx.meter.call(request)
        text = completion.choices[0].text
        action = text[text.rindex("<action>") + 8 : -9]
        return Decision(action, Reply(text, action))


def _exchange(place: int, past: Past) -> tuple[Message, ...]:
    return Message("user", past.observation), Message("assistant", past.reply)


async def at_once(request: Request) -> Completion:
    """A model that gives way once, as any call does, and answers."""
    await asyncio.sleep(0)
    return Completion(choices=(Choice(text=reply(request.seed or 0)),), usage=Usage(input=100, output=12), usd=0.0)
