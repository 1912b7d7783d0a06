"""Pong: one point on a court of exact numbers, see ``court``."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from itertools import product
from random import Random
from typing import ClassVar

from kibitz.games.actions import Actions
from kibitz.games.arcade import court
from kibitz.games.arcade.court import CEILING, CENTRE, FLOOR, LEFT, LIMIT, PACE, RIGHT, SLOWEST, SPAN, WARM_UP, WIDTH
from kibitz.games.arcade.duel import Duel
from kibitz.games.arcade.flight import Sample, read_flight
from kibitz.games.arcade.pictures import draw_court
from kibitz.games.arcade.tracking import wanted
from kibitz.games.game import Json
from kibitz.games.kinds import Boolean, Choice, Integer
from kibitz.games.ladder import Rung
from kibitz.games.subproblem import Answer, Subproblem
from kibitz.games.zerosum import DRAWN

MOVES = {"up": 1, "stay": 0, "down": -1}
_NAMES = {towards: name for name, towards in MOVES.items()}

_QUESTIONS = (
    Subproblem(
        "direction",
        "In which direction does the ball move next? Right is towards your paddle.",
        Choice(("right up", "right down", "left up", "left down")),
    ),
    Subproblem(
        "landing",
        f"At which y does the ball next reach the line of a paddle: yours (x = {RIGHT}) if it moves right, your "
        f"opponent's (x = {LEFT}) if it moves left?",
        Integer(FLOOR, CEILING),
    ),
    Subproblem("contact", "How many frames from now does it reach that line?", Integer(1, 60)),
    Subproblem(
        "reachable",
        "Can the paddle on that line be at that place in time, if it moves there at full speed and stops where it "
        "likes?",
        Boolean(),
    ),
    Subproblem(
        "paddle_after",
        "After your chosen action has been held until the next sample: at which y is the lower end of your paddle?",
        Integer(court.LOWEST, court.HIGHEST),
        about="action",
    ),
)


class Pong(Duel):
    """Pong to one point."""

    id: ClassVar = "pong"
    version: ClassVar = "1"
    title: ClassVar = "Pong"
    actions: ClassVar = Actions(tuple(MOVES))
    asked: ClassVar = _QUESTIONS
    ladder: ClassVar = (
        Rung("easy", (0, 60), {"bounces": (0, 0)}),
        Rung("medium", (0, 60), {"bounces": (1, 1)}),
        Rung("hard", (10, 40), {"bounces": (2, 9)}),
    )

    def __init__(self, **options: object) -> None:
        super().__init__(**options)
        self._serve(FLOOR, SLOWEST, 1)

    # -- playing ---------------------------------------------------------------------------------------------------

    def rules(self, seat: int) -> str:
        """The rules, in the coordinates of a player on the right: so each seat sees the court."""
        return (
            f"Pong to one point. Your paddle moves up and down on the line x = {RIGHT}, your opponent's on x = {LEFT}; "
            f"y counts from the floor ({FLOOR}) up to the ceiling ({CEILING}). A paddle is {SPAN} high, both ends "
            f"included, moves {PACE} a frame, and stops at floor and ceiling; in each frame the paddles move first, "
            "then the ball. An action is up, down or stay; both players choose at the same time. It is held until the "
            "next sample of the ball: 12 frames later if the ball is at x = 60 to 100, 8 if at 40 to 120, else 4, but "
            "at the latest when the ball reaches a paddle's line. If the paddle is not there, its owner loses; "
            f"{LIMIT} frames without that are a draw. The ball flies straight and bounces off floor and ceiling "
            "without loss. A hit sends it back: the upper half of a paddle up, the lower half down, the "
            "exact middle as before (at floor and ceiling always into the court). It goes up or down by 1, 1, 2, 3, 3, "
            "4, 5, 6, 6 a frame when it is hit 0, 1, ... 8 from the middle. Its speed across is 2 at first and one "
            "more after every second hit, at most 6."
        )

    def reset(self, seed: int, task: str | None = None) -> None:
        """Start an episode; ``seed`` draws one of all serves that can be met, each equally likely."""
        self.restore(Random(f"kibitz/{self.id}/serve/{seed}").choice(_serves()))

    def _serve(self, y: int, dx: int, dy: int) -> None:
        """Set the state to the start of an episode with such a serve from the middle."""
        self._hits = 0
        self._lows = (CENTRE, CENTRE)
        self._dx = dx
        dy = court.turned(y, dy)
        first, second, now = (Sample(frame, court.MIDDLE + dx * frame, court.fly(y, dy, frame)[0]) for frame in WARM_UP)
        self._past, (self._frame, self._x, self._y) = (first, second), now
        self._dy = court.fly(y, dy, self._frame)[1]
        self._ended: int | None = None

    def _play(self, first: str, second: str) -> None:
        self._past = (self._past[1], Sample(self._frame, self._x, self._y))
        frames = court.frames_held(self._x, self._dx)
        low0, low1 = self._lows
        self._lows = low0, low1 = court.moved(low0, MOVES[first], frames), court.moved(low1, MOVES[second], frames)
        self._frame += frames
        self._x += self._dx * frames
        self._y, self._dy = court.fly(self._y, self._dy, frames)
        if self._x == RIGHT or self._x == LEFT:
            self._arrive(0 if self._x == RIGHT else 1)
        if self._ended is None and self._frame >= LIMIT:
            self._ended = DRAWN

    def _arrive(self, seat: int) -> None:
        """The ball is on the line of ``seat``."""
        if not court.is_hit(self._y, self._lows[seat]):
            self._ended = 1 - seat
            return
        self._hits += 1
        self._dx = court.across(self._hits) * (1 if self._dx < 0 else -1)
        self._dy = court.struck(self._y, self._lows[seat], self._dy)

    def _text(self, seat: int) -> str:
        (frame1, x1, y1), (frame2, x2, y2), x = *self._past, self._x
        if seat:
            x1, x2, x = WIDTH - x1, WIDTH - x2, WIDTH - x
        mine, other = self._lows[seat], self._lows[1 - seat]
        return (
            f"Frame {self._frame}, hits so far: {self._hits}\n"
            f"Ball, the last three samples:\nframe {frame1}: x = {x1}, y = {y1}\nframe {frame2}: x = {x2}, y = {y2}\n"
            f"frame {self._frame}: x = {x}, y = {self._y} (now)\n"
            f"Its speed from now on: {abs(self._dx)} a frame across, {abs(self._dy)} a frame up or down\n"
            f"Your paddle (x = {RIGHT}): y from {mine} to {mine + SPAN}\n"
            f"Your opponent's paddle (x = {LEFT}): y from {other} to {other + SPAN}"
        )

    def _reason(self) -> str:
        return "frame limit" if self._ended == DRAWN else "missed the ball"

    # -- questions -------------------------------------------------------------------------------------------------

    def _answer(self, seat: int, id: str, action: str) -> Answer:  # noqa: A002
        if id == "direction":
            return f"{'right' if self._towards(seat) else 'left'} {'up' if self._dy > 0 else 'down'}"
        if id == "paddle_after":
            return court.moved(self._lows[seat], MOVES[action], court.frames_held(self._x, self._dx))
        if id in ("landing", "contact", "reachable"):
            return self._landing()[("landing", "contact", "reachable").index(id)]
        raise KeyError(id)

    def _towards(self, seat: int) -> bool:
        """Whether the ball flies to the paddle of ``seat``."""
        return (self._dx > 0) == (seat == 0)

    def _landing(self) -> tuple[int, int, bool]:
        """Where and in how many frames the ball reaches a line, and whether the paddle there can be in time."""
        frames = court.frames_to_line(self._x, self._dx)
        y = court.fly(self._y, self._dy, frames)[0]
        return y, frames, court.reaches(self._lows[self._dx < 0], y, frames)

    def implied(self, seat: int, answers: Mapping[str, Answer]) -> frozenset[str] | None:
        """The actions after which the paddle can still be where and when the ball is said to arrive, if it comes here.

        Nothing is implied if that holds for all actions, or for none.
        """
        direction, y, frames = (answers.get(name) for name in ("direction", "landing", "contact"))
        if not isinstance(direction, str) or type(y) is not int or type(frames) is not int:
            return None
        if not direction.startswith("right"):
            return None
        held = court.frames_held(self._x, self._dx)
        kept = frozenset(
            name
            for name, towards in MOVES.items()
            if court.reaches(court.moved(self._lows[seat], towards, held), y, frames - held)
        )
        return kept if 0 < len(kept) < len(MOVES) else None

    # -- ladder ----------------------------------------------------------------------------------------------------

    def wander(self, rng: Random, plies: int) -> None:
        """Rallies, so that balls of all speeds come up: who is to hit goes for the ball, the other has a habit.

        Where somebody misses, any moment of the rally is as good as the last.
        """
        habits, moments = (rng.choice(self.actions.listed), rng.choice(self.actions.listed)), []
        for _ in range(plies):
            moments.append(self.snapshot())
            self._play(*(self.heuristic(seat, rng) if self._towards(seat) else habits[seat] for seat in (0, 1)))
            if self._ended is not None:
                self.restore(rng.choice(moments))
                return

    def measures(self, seat: int) -> Mapping[str, float]:
        """``bounces``: how often the ball meets floor or ceiling before it reaches a line."""
        return {"bounces": court.bounces(self._y, self._dy, court.frames_to_line(self._x, self._dx))}

    # -- positions -------------------------------------------------------------------------------------------------

    def position(self) -> Json:
        """Samples (frame, x, y), speed from now on, hits so far and lower ends of the paddles of seats 0 and 1."""
        samples = [*map(list, self._past), [self._frame, self._x, self._y]]
        return {"samples": samples, "speed": [self._dx, self._dy], "hits": self._hits, "paddles": list(self._lows)}

    def at(self, position: Json) -> None:
        """Set the state; x is that of seat 0. Finished games are positions too."""
        flight = read_flight(position)
        first, second, (self._frame, self._x, self._y) = flight.samples
        self._past = (first, second)
        self._dx, self._dy = flight.speed
        self._hits, self._lows = flight.hits, flight.lows
        self._ended = DRAWN if self._frame >= LIMIT else None
        if flight.loser is not None:
            self._ended = 1 - flight.loser

    def draw(self, position: Json, seat: int | None = None) -> str:
        """The court as ``seat`` sees it: both paddles, the ball, and where it was at the samples before."""
        flight = read_flight(position)
        mirrored = seat == 1
        balls = [(WIDTH - x if mirrored else x, y) for _, x, y in flight.samples]
        lows = flight.lows[::-1] if mirrored else flight.lows
        return draw_court(balls, lows, f"frame {flight.samples[-1].frame}", mirrored=mirrored)

    # -- abilities -------------------------------------------------------------------------------------------------

    def snapshot(self) -> object:
        """Time, ball, samples, paddles and the result."""
        return (self._past, self._frame, self._x, self._y, self._dx, self._dy, self._hits, self._lows, self._ended)

    def restore(self, token: object) -> None:
        """Bring the state back."""
        assert isinstance(token, tuple)
        self._past, self._frame, self._x, self._y, self._dx, self._dy, self._hits, self._lows, self._ended = token

    def heuristic(self, seat: int, rng: Random) -> str:
        """Go where the ball will arrive, to take it with a part of the paddle that is drawn; else to the middle."""
        mine = self._towards(seat)
        return _NAMES[wanted(self._lows[seat], self._x, self._y, self._dx, self._dy, rng, mine=mine)]


@lru_cache(maxsize=1)
def _serves() -> tuple[object, ...]:
    """The states after all serves that can be met: to either side, from any height, up or down by 1 to 4 a frame."""
    game, found = Pong(), []
    for dx, dy, y in product((SLOWEST, -SLOWEST), (1, 2, 3, 4, -1, -2, -3, -4), range(FLOOR + 1, CEILING)):
        game._serve(y, dx, dy)
        if game._landing()[2]:
            found.append(game.snapshot())
    return tuple(found)
