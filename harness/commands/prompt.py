"""``kibitz prompt``: exactly what an agent would send in the first decision of an episode."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, cast

from kibitz.agents.agent import Agent, Ctx, Decision, Turn
from kibitz.agents.meter import CallPlace
from kibitz.agents.models.model import Request
from kibitz.games.game import Game
from kibitz.harness.calls import Answered, CallDesk, CallSite
from kibitz.harness.commands.output import indented, json_line, tame
from kibitz.harness.config import AgentConfig
from kibitz.harness.decision import Player
from kibitz.harness.errors import DONE, UsageError
from kibitz.harness.participants import POSITIONS_OF, agent_from_spec, game_from_arguments, posed_from_arguments
from kibitz.harness.scene import made, set_scene
from kibitz.harness.standin import StandIn
from kibitz.harness.stopping import RunStopping

CHARACTERS_PER_TOKEN = 4
"""For a rough count that is said to be one."""

Sent = tuple[str, Request]
"""One call: its scope and the request."""


def main(args: argparse.Namespace) -> int:
    """Print the messages."""
    of_positions = args.game.startswith(POSITIONS_OF)
    game = (posed_from_arguments if of_positions else game_from_arguments)(args.game, args.options)
    config = agent_from_spec(args.agent)
    calls = asyncio.run(requests(game, config, seed=args.seed, ask=args.ask))
    if not calls:
        raise UsageError(f"agent {args.agent!r} sends nothing: it calls no model")
    if args.json:
        print(
            json_line(
                {
                    "game": args.game,
                    "agent": config.name,
                    "seed": args.seed,
                    "ask": args.ask,
                    "tokens": f"characters / {CHARACTERS_PER_TOKEN}, an estimate",
                    "calls": [as_json(scope, request) for scope, request in calls],
                }
            )
        )
    else:
        print(tame("\n\n".join(as_text(scope, request) for scope, request in calls)))
    return DONE


class _TurnFoundError(RunStopping):
    """Carries the turn out of the episode."""

    def __init__(self, turn: Turn) -> None:
        super().__init__()
        self.turn = turn


class _RequestFoundError(RunStopping):
    """Carries the first request out of an agent."""

    def __init__(self, call: Sent) -> None:
        super().__init__()
        self.call = call


def _onlooker(agent: Agent) -> StandIn:
    """Sits in an agent's place up to its first turn, so that the turn is exactly that of a run."""

    async def act(turn: Turn, ctx: Ctx) -> Decision:
        if hasattr(agent, "requests"):
            raise _TurnFoundError(turn)
        return await agent.act(turn, ctx)

    return StandIn(agent, act)


class _ReadingDesk(CallDesk):
    """Sends nothing; shows what would be sent."""

    async def answer(self, site: CallSite, role: str, place: CallPlace, request: Request) -> Answered:
        raise _RequestFoundError((str(place), request))


async def requests(game: Game, config: AgentConfig, *, seed: int, ask: Any) -> Sequence[Sent]:  # noqa: ANN401
    """All calls of the first decision of episode ``seed``, in order, each with its scope.

    What an agent sends after a reply depends on that reply; an agent that can tell (``requests(turn)``) shows a
    placeholder there, of any other the first request is shown.
    """
    name = config.name
    participant = made(config)
    scene = set_scene(game, {name: participant}, (name,) * game.seats, seed=seed, ask=ask)
    agent = participant[1]
    onlooker = Player(name, _onlooker(agent), scene.stage.players[name].hash)
    scene = replace(scene, stage=replace(scene.stage, players={name: onlooker}))
    desk = _ReadingDesk(None, (), {})
    try:
        await scene.play(desk, lambda record, grades: None)
    except _TurnFoundError as found:
        return cast("Any", agent).requests(found.turn)  # type: ignore[no-any-return]
    except _RequestFoundError as found:
        return [found.call]
    return []


def estimate(text: str) -> int:
    """Tokens of a text, roughly."""
    return -(-len(text) // CHARACTERS_PER_TOKEN)


def as_json(scope: str, request: Request) -> dict[str, Any]:
    """One call as JSON-ready data."""
    messages = [
        {"role": m.role, "text": m.text, "static": m.static, "images": len(m.images), "tokens": estimate(m.text)}
        for m in request.messages
    ]
    total = sum(estimate(m.text) for m in request.messages)
    return {"scope": scope, "messages": messages, "parameters": request.parameters(), "input_tokens": total}


def as_text(scope: str, request: Request) -> str:
    """One call in words."""
    total = sum(estimate(m.text) for m in request.messages)
    about = f"about {total} tokens in (characters / {CHARACTERS_PER_TOKEN}), at most {request.max_tokens} out"
    lines = [f"=== call {scope}: {about}"]
    for message in request.messages:
        kept = ", the same in every call with these questions" if message.static else ""
        pictures = f", {len(message.images)} pictures" if message.images else ""
        lines += [f"--- {message.role}, about {estimate(message.text)} tokens{kept}{pictures}", indented(message.text)]
    parameters = {key: value for key, value in request.parameters().items() if key != "max_tokens"}
    lines += ["--- parameters", *(f"    {key} = {value}" for key, value in sorted(parameters.items()))]
    return "\n".join(lines)
