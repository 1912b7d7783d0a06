"""What a child process does: one request after the other, for the one table and the bots that it holds.

A second thread reads the pipe, so that the end of the parent, even by kill -9, is seen while a game or bot computes.
Where native code never lets that thread run, an alarm ends the process some time after its deadline, when a parent that
is alive would have done so long ago.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any, BinaryIO, TypeVar

from kibitz.games.game import Game, Json, Values
from kibitz.games.options import Value
from kibitz.games.subproblem import Answer, Unknown
from kibitz.games.table import Asked, Settled, View
from kibitz.harness.executors.wire import Raised, frame, packed, read_frame, unpacked
from kibitz.harness.table import GameTable

if TYPE_CHECKING:
    from kibitz.agents.agent import Chance, Decision, Example, Turn
    from kibitz.harness.executors.acting import Actors, Thought

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Start:
    """From what an episode begins; with its actions this is its state, since games are deterministic."""

    game: type[Game]
    options: Mapping[str, Value]
    seed: int
    task: str | None

    def table(self) -> GameTable:
        """A table at which nothing has been played."""
        return GameTable(self.game(**self.options))


def serve(incoming: BinaryIO, outgoing: BinaryIO, alarm: float) -> None:
    """Answer requests until the other side closes the pipe.

    Args:
        incoming: Requests: (operation, arguments).
        outgoing: Replies: (True, result) or (False, ``Raised``), after an empty one that says "ready".
        alarm: Seconds after which a process that still computes ends itself.
    """
    requests: SimpleQueue[bytes] = SimpleQueue()
    threading.Thread(target=_read, args=(incoming, requests), daemon=True).start()
    host = Host()
    reply = b""
    while True:
        outgoing.write(frame(reply))
        outgoing.flush()
        request = requests.get()
        _alarm_in(alarm)
        reply = _answer(host, request)
        _alarm_in(0)


def _read(incoming: BinaryIO, requests: SimpleQueue[bytes]) -> None:
    while (request := read_frame(incoming)) is not None:
        requests.put(request)
    if os.name == "posix" and os.getpgrp() == os.getpid():
        # With everything that the game or bot has started.
        os.killpg(0, signal.SIGKILL)
    os._exit(0)


def _alarm_in(seconds: float) -> None:
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_REAL, seconds)


def _answer(host: Host, request: bytes) -> bytes:
    try:
        operation, arguments = unpacked(request)
        return packed((True, getattr(host, operation)(*arguments)))
    except Exception as error:
        return packed((False, Raised.of(error)))


class Host:
    """The operations, by name. What they mean is said by ``GameTable``, whose face they are."""

    def __init__(self) -> None:
        self._held: GameTable | None = None
        self._rules: tuple[str, ...] = ()
        self._start: Start | None = None
        self._followed: tuple[Mapping[int, str], ...] = ()
        self._cast: Actors | None = None
        self._solver: Game | None = None

    @property
    def _table(self) -> GameTable:
        assert self._held is not None, "no episode is open"
        return self._held

    # -- the table -------------------------------------------------------------------------------------------------

    def open(self, start: Start) -> tuple[str, ...]:
        """Begin an episode; returns the rules by seat."""
        self._start = None
        self._held = table = start.table()
        at_once(table.open(start.seed, start.task))
        self._rules = self._rules_now()
        return self._rules

    def _rules_now(self) -> tuple[str, ...]:
        table = self._table
        return tuple(table.rules(seat) for seat in range(table.game.seats))

    def views(self) -> tuple[tuple[View, ...], tuple[str, ...] | None]:
        """The views, and the rules if they have changed."""
        views = at_once(self._table.views())
        rules = self._rules_now()
        if rules == self._rules:
            return views, None
        self._rules = rules
        return views, rules

    def settle(self, asked: Asked, actions: Mapping[int, str]) -> Settled:
        """Truths, then the step."""
        settled = at_once(self._table.settle(asked, actions))
        # A game may give any mapping, and not all of them can be sent.
        values = {seat: _sendable(found) for seat, found in settled.values.items()}
        return Settled(settled.truths, dict(settled.rewards), settled.outcome, settled.position, values)

    def implied(self, seat: int, answers: Mapping[str, Answer]) -> frozenset[str] | None:
        """The actions to which stated answers commit."""
        return at_once(self._table.implied(seat, answers))

    def position(self) -> Json:
        """The present position."""
        return at_once(self._table.position())

    def values(self, game: type[Game], options: Mapping[str, Value], position: Json, seat: int) -> Values | Unknown:
        """What each action is worth in a position of an episode that is played elsewhere."""
        if self._solver is None or type(self._solver) is not game or self._solver.options != options:
            # Kept: a solver remembers what it has searched, and the next position follows from this one.
            self._solver = game(**options)
        self._solver.at(position)
        return _sendable(self._solver.action_values(seat))

    def examples(self, game: type[Game], options: Mapping[str, Value]) -> tuple[Example, ...]:
        """Worked examples of a game."""
        from kibitz.harness.examples import worked_examples

        return worked_examples(game(**options))

    # -- the bots --------------------------------------------------------------------------------------------------

    @property
    def _actors(self) -> Actors:
        if self._cast is None:
            # Not at the top: half the time that it takes to start goes into what only bots need.
            from kibitz.harness.executors.acting import Actors

            self._cast = Actors()
        return self._cast

    def engage(self, agents: Mapping[str, bytes]) -> None:
        """Take in pickled agents by name; each is made once in the life of the process."""
        self._actors.engage(agents)

    def act(self, name: str, turn: Turn, chance: Chance, thought: Thought | None) -> tuple[Decision, int]:
        """Let a bot decide; returns the decision and how many steps it simulated."""
        return self._actors.act(name, self._table, turn, chance, thought)

    def follow(
        self,
        start: Start,
        actions: tuple[Mapping[int, str], ...],
        act: tuple[str, Turn, Chance, Thought | None],
    ) -> tuple[Decision, int]:
        """Let a bot decide in an episode that is played elsewhere, from whose seed and actions its game is rebuilt."""
        self._follow(start, actions)
        return self.act(*act)

    def _follow(self, start: Start, actions: tuple[Mapping[int, str], ...]) -> None:
        done = len(self._followed)
        if self._start != start or self._followed != actions[:done]:
            self.open(start)
            done = 0
        # Unknown while it changes, should a step raise.
        self._start = None
        for played in actions[done:]:
            self._table.game.step(played)
        self._start, self._followed = start, actions


def _sendable(values: Values | Unknown) -> Values | Unknown:
    return values if isinstance(values, Unknown) else Values(dict(values.by_action), values.method)


def at_once(coroutine: Coroutine[Any, Any, T]) -> T:
    """The result of a coroutine that waits for nothing: a game's table is async in its face only."""
    try:
        coroutine.send(None)
    except StopIteration as done:
        result: T = done.value
        return result
    coroutine.close()
    raise RuntimeError("the table of a game waited for something")
