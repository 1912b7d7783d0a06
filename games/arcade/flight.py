"""Positions of Pong that come from outside: a flight is believed if the ball can have flown so."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from kibitz.games.arcade import court
from kibitz.games.arcade.court import CEILING, FLOOR, LEFT, LIMIT, MIDDLE, RIGHT, WARM_UP
from kibitz.games.game import Json, PositionError

_FORM = (
    '{"samples": [[frame, x, y], [frame, x, y], [frame, x, y]], "speed": [dx, dy], "hits": number, '
    '"paddles": [lower end at x = 140, lower end at x = 20]}'
)
_LARGEST = 2 * LIMIT
"""No number of a position is larger; guards the messages against numbers of a million digits."""
_SPEEDS = tuple(speed for steep in range(1, court.STEEP[-1] + 1) for speed in (steep, -steep))


class Sample(NamedTuple):
    """Where the ball is in a frame."""

    frame: int
    x: int
    y: int


class Flight(NamedTuple):
    """All there is to know of a moment of Pong.

    Attributes:
        samples: The last three samples of the ball; the last one is now.
        speed: How the ball goes on from now, across and up; on its way out behind a line that it has passed.
        hits: How often it has been hit.
        lows: The lower ends of the paddles of seat 0 (at ``RIGHT``) and seat 1.
    """

    samples: tuple[Sample, Sample, Sample]
    speed: tuple[int, int]
    hits: int
    lows: tuple[int, int]

    @property
    def at_line(self) -> int | None:
        """The seat on whose line the ball is now."""
        return {RIGHT: 0, LEFT: 1}.get(self.samples[-1].x)

    @property
    def loser(self) -> int | None:
        """The seat that has missed the ball."""
        outwards = self.at_line is not None and (self.speed[0] > 0) == (self.at_line == 0)
        return self.at_line if outwards else None


def read_flight(position: Json) -> Flight:
    """The flight that a position describes.

    Raises:
        PositionError: The position is malformed, or no ball can have flown so.
    """
    if not isinstance(position, dict) or set(position) != {"samples", "speed", "hits", "paddles"}:
        raise PositionError(f"a position is {_FORM}")
    rows = position["samples"]
    if not isinstance(rows, list) or len(rows) != 3:
        raise PositionError("samples: expected the last three samples of the ball, each [frame, x, y]")
    first, second, now = (Sample(*_numbers(f"sample {n}", row, 3)) for n, row in enumerate(rows, 1))
    dx, dy = _numbers("speed", position["speed"], 2)
    low0, low1 = _numbers("paddles", position["paddles"], 2)
    (hits,) = _numbers("hits", [position["hits"]], 1)
    flight = Flight((first, second, now), (dx, dy), hits, (low0, low1))
    _check_now(flight)
    _check_time(flight)
    _check_line(flight)
    _check_past(flight)
    return flight


def _numbers(name: str, row: Json, count: int) -> list[int]:
    if not isinstance(row, list) or len(row) != count or any(type(n) is not int or abs(n) > _LARGEST for n in row):
        raise PositionError(f"{name}: expected {count} whole numbers from -{_LARGEST} to {_LARGEST}")
    return row


def _check_now(flight: Flight) -> None:
    """Refuse what lies outside the court, and speeds that there are not."""
    dx, dy = flight.speed
    for number, (_, x, y) in enumerate(flight.samples, 1):
        if not (LEFT <= x <= RIGHT and FLOOR <= y <= CEILING):
            raise PositionError(
                f"sample {number}: the ball at {x}, {y} is not at x {LEFT}..{RIGHT}, y {FLOOR}..{CEILING}"
            )
    if flight.hits < 0 or abs(dx) != court.across(flight.hits):
        raise PositionError(f"speed {dx} across: after {flight.hits} hits it is {court.across(max(flight.hits, 0))}")
    if dy not in _SPEEDS or court.turned(flight.samples[-1].y, dy) != dy:
        raise PositionError(
            f"speed {dy} up: it is 1 to {court.STEEP[-1]} up or down, at floor and ceiling into the court"
        )
    for low in flight.lows:
        if not court.LOWEST <= low <= court.HIGHEST or (low - court.CENTRE) % court.PACE:
            raise PositionError(
                f"paddle at {low}: its lower end is an even number from {court.LOWEST} to {court.HIGHEST}"
            )


def _check_time(flight: Flight) -> None:
    """Refuse a frame in which the ball cannot be where it is: the hits so far have taken their time."""
    (frame, x, _), dx, hits = flight.samples[-1], flight.speed[0], flight.hits
    begun = LEFT if dx > 0 else RIGHT
    if not hits:
        begun, due = MIDDLE, 0
    else:
        due = (RIGHT - MIDDLE) // court.SLOWEST + sum((RIGHT - LEFT) // court.across(hit) for hit in range(1, hits))
    due += abs(x - begun) // abs(dx)
    if (x - begun) % dx or (x - begun) * dx < 0 or frame != due or frame < WARM_UP[-1]:
        raise PositionError(f"frame {frame}: after {hits} hits a ball with speed {dx} across is not at x = {x} then")
    if flight.samples[1].frame >= LIMIT:
        raise PositionError(f"sample 2: the game was over in frame {LIMIT}")
    for low in flight.lows:
        if abs(low - court.CENTRE) > court.PACE * (frame - WARM_UP[-1]):
            raise PositionError(f"paddle at {low}: it cannot have come there from {court.CENTRE} by frame {frame}")


def _check_line(flight: Flight) -> None:
    """Refuse a ball on a line that the paddle there has hit and did not, or the other way round."""
    seat = flight.at_line
    if seat is None:
        return
    y, low, dy = flight.samples[-1].y, flight.lows[seat], flight.speed[1]
    met = court.is_hit(y, low)
    if met == (flight.loser is not None):
        what = "meets the paddle and goes on" if met else "misses the paddle and comes back"
        raise PositionError(f"the ball at y = {y} {what}, a paddle from {low} to {low + court.SPAN}")
    if met and court.struck(y, low, dy) != dy:
        raise PositionError(f"speed {dy} up: a paddle at {low} sends a ball at y = {y} off at another speed")


def _check_past(flight: Flight) -> None:
    """Refuse samples that the ball did not pass on its way, and frames in which none was taken."""
    before, middle, now = flight.samples
    (dx, dy), hits, seat = flight.speed, flight.hits, flight.at_line
    arrivals = [dy]
    if seat is not None and flight.loser is None:
        hits -= 1
        dx = -court.across(hits) * (1 if dx > 0 else -1)
        arrivals = [speed for speed in _SPEEDS if court.struck(now.y, flight.lows[seat], speed) == dy]
    last = _speeds_between(middle, now, dx, arrivals)
    if middle.x in (LEFT, RIGHT):
        dx, last = -court.across(hits - 1) * (1 if dx > 0 else -1), frozenset(_SPEEDS)
    _speeds_between(before, middle, dx, last)


def _speeds_between(start: Sample, end: Sample, dx: int, then: Iterable[int]) -> frozenset[int]:
    """The speeds up with which a ball flies from one sample to the next one and goes on at one of ``then``.

    Raises:
        PositionError: There are none, or the second sample is not the next one.
    """
    frames = end.frame - start.frame
    if start.frame < WARM_UP[-1]:
        due = WARM_UP[1] if start.frame in WARM_UP else 0
    else:
        due = court.frames_held(start.x, dx)
    if frames != due or end.x - start.x != dx * frames:
        raise PositionError(f"the sample after {list(start)} is not {list(end)} with speed {dx} across")
    ways = {dy: court.fly(start.y, dy, frames) for dy in _SPEEDS if court.turned(start.y, dy) == dy}
    known = frozenset(dy for dy, (y, after) in ways.items() if y == end.y and after in then)
    if not known:
        raise PositionError(f"no ball flies from {list(start)} to {list(end)} and goes on as it does")
    return known
