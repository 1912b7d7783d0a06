"""``kibitz play``: a person takes a seat and is marked by the same truths as every agent."""

from __future__ import annotations

import argparse
import asyncio
import signal
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import ClassVar

from kibitz.agents.agent import Bot as Scripted
from kibitz.agents.agent import Ctx, Decision, Reply, Stated, Turn
from kibitz.games.actions import Actions, Illegal
from kibitz.games.game import Game
from kibitz.games.subproblem import Malformed, Subproblem
from kibitz.harness.commands.output import columns, tame, wrapped
from kibitz.harness.commands.replay import MARKS
from kibitz.harness.config import AgentConfig
from kibitz.harness.errors import DONE, UsageError
from kibitz.harness.participants import agent_from_spec, game_from_arguments
from kibitz.harness.scene import made, open_desk, set_scene
from kibitz.harness.secrets import hiding, secrets_of
from kibitz.harness.stopping import RunStopping
from kibitz.results.records import EpisodeRecord, GradeRecord, StepRecord

YOU = "you"

Read = Callable[[str], str]
Say = Callable[[str], None]


def main(args: argparse.Namespace) -> int:
    """Play one episode."""
    game = game_from_arguments(args.game, args.options)
    if not 0 <= args.seat < game.seats:
        raise UsageError(f"--seat {args.seat} is not one of {', '.join(map(str, range(game.seats)))}")
    opponent = agent_from_spec(args.against or opponent_for(game)) if game.seats > 1 else None
    with hiding(secrets_of([] if opponent is None else [opponent])):
        asyncio.run(
            play(
                game, opponent, seat=args.seat, seed=args.seed, read=_read, say=lambda text: print(wrapped(tame(text)))
            )
        )
    return DONE


def opponent_for(game: Game) -> str:
    """Who sits opposite where nobody was named: the game's own heuristic, or else a bot that looks one step ahead."""
    return "heuristic" if "heuristic" in game.abilities else "greedy"


class Left(RunStopping):
    """The person has left (end of input, or Ctrl-C)."""


class Person(Scripted):
    """A person at the terminal, as an agent: answers the questions, then moves."""

    kind: ClassVar[str] = "person"
    answers = True

    def __init__(self, read: Read, say: Say) -> None:
        super().__init__()
        self._read, self._say = read, say

    async def act(self, turn: Turn, ctx: Ctx) -> Decision:
        """Show the position, ask, and take the move; what cannot be read is told and asked again.

        Raises:
            Left: The person has left.
        """
        actions = turn.observation.actions or Actions()
        if turn.step < 2 and not turn.history:
            self._say(turn.rules)
        self._say("\n" + turn.observation.text + "\n")
        answers = {p.id: stated for p in turn.asks if p.about == "view" and (stated := self._ask(p))}
        action = self._move(actions)
        answers |= {p.id: stated for p in turn.asks if p.about == "action" and (stated := self._ask(p))}
        return Decision(action, Reply(action, action, answers), greedy=action)

    def _ask(self, problem: Subproblem) -> Stated | None:
        while text := self._read(f"{problem.question} ({problem.kind.hint})\n  > ").strip():
            answer = problem.kind.read(text)
            if not isinstance(answer, Malformed):
                return Stated(text, answer)
            self._say(f"  {answer.reason}; once more")
        return None

    def _move(self, actions: Actions) -> str:
        while True:
            read = actions.read(self._read("your move > "))
            if not isinstance(read, Illegal):
                return read
            self._say(f"  {read.reason}")


def _say(text: str) -> None:
    print(wrapped(tame(text)))


def _read(question: str) -> str:
    # Reading blocks the loop, and may: while a person thinks, nothing else has anything to do.
    try:
        with _plain_interrupts():
            return input(wrapped(question))
    except (EOFError, KeyboardInterrupt):
        raise Left from None


@contextmanager
def _plain_interrupts() -> Iterator[None]:
    """Let Ctrl-C end ``input``: asyncio's own handler would wait until the loop runs again."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


async def play(game: Game, opponent: AgentConfig | None, *, seat: int, seed: int, read: Read, say: Say) -> None:
    """Play one episode of ``game`` and say at the end how many answers were right.

    Args:
        game: The game; its options are used, its state is not.
        opponent: Who sits at the other seats; None in a one-seat game.
        seat: The person's seat.
        seed: Which episode.
        read: Asks a question and returns what was typed; raises ``Left`` at the end of input.
        say: Shows a text.

    Raises:
        ConfigError: The opponent cannot play this game.
        ModelError: The opponent's model cannot be used.
        CallFailed: The opponent's model gave up.
    """
    agents = {YOU: (AgentConfig(YOU, Person.kind), Person(read, say))}
    if opponent is not None:
        agents[opponent.name] = made(opponent)  # type: ignore[assignment]
    seats = [YOU if place == seat or opponent is None else opponent.name for place in range(game.seats)]
    scene = set_scene(game, agents, seats, seed=seed, ask="same", retries=1)
    marks: list[GradeRecord] = []

    def show(step: StepRecord, grades: Sequence[GradeRecord]) -> None:
        mine = [grade for grade in grades if grade.agent == YOU]
        marks.extend(mine)
        for text in marked(step, mine):
            say(text)

    say(f"{game.title}: you sit at seat {seat}" + (f", {opponent.name} at the other" if opponent else ""))
    say("Enter passes a question; Ctrl-D leaves.\n")
    try:
        async with open_desk(scene) as desk:
            record = await scene.play(desk, show)
    except Left:
        say("\nyou left the game")
    else:
        game.at(record.position)
        say("\n" + game.observe(seat).text)
        say("\n" + ended(record, seat))
    say(summary(marks))


def marked(step: StepRecord, grades: Sequence[GradeRecord]) -> Iterator[str]:
    """What is said after a step: the marks of the person's answers, and what the others played."""
    rows = []
    for grade in grades:
        truth = "" if grade.verdict == "right" else f"the truth is {grade.truth}" if grade.truth else grade.note
        mark = "passed" if grade.verdict == "missing" else MARKS[grade.verdict]
        rows.append((f"  {grade.subproblem}", mark, truth))
    if rows:
        yield columns(rows)
    for seat in step.seats:
        if seat.agent != YOU:
            yield f"{seat.agent} plays {seat.action}"


def ended(record: EpisodeRecord, seat: int) -> str:
    """How the episode ended, from the person's side."""
    return f"the game is over: {record.reason}; your reward is {record.reward[seat]:g}"


def summary(grades: Sequence[GradeRecord]) -> str:
    """How many answers were right, in all and by question."""
    given = [grade for grade in grades if grade.verdict in ("right", "wrong")]
    if not given:
        return "you answered no question"
    right = Counter(grade.subproblem for grade in given if grade.verdict == "right")
    asked = Counter(grade.subproblem for grade in given)
    rows = [(f"  {name}", f"{right[name]} of {count}") for name, count in asked.items()]
    passed = len(grades) - len(given)
    tail = f" ({passed} passed)" if passed else ""
    return f"{right.total()} of {len(given)} answers were right{tail}\n" + columns(rows)
