"""NumberLine: walk a number to its target, one up or down a step.

Rules and rewards after ``NumberLine-v0`` of RL4VLM's gym-cards (Zhai et al. 2024, arXiv 2405.10292), with two defects
mended: start and target follow from the seed, and each pair of distinct numbers is equally likely.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from random import Random
from typing import ClassVar

from kibitz.games.actions import Actions, shown
from kibitz.games.draw import GOOD_COLOUR, X_COLOUR, disc, label, line, picture, ring, tag
from kibitz.games.game import Effect, Game, Json, Observation, Outcome, PositionError, Values
from kibitz.games.kinds import Boolean, Integer
from kibitz.games.options import Option, OptionError
from kibitz.games.subproblem import Answer, Subproblem, Unknown

_ACTIONS = Actions(("+", "-"))
_DELTA = {"+": 1, "-": -1}
_LARGEST = 10_000
"""No number of a position is larger; guards the messages against numbers of a million digits."""
_NUMBERS = ("low", "high", "current", "target", "step", "score")


class NumberLine(Game):
    """One seat, a goal, and a reward at each step."""

    id: ClassVar = "numberline"
    version: ClassVar = "1"
    title: ClassVar = "NumberLine"
    seats: ClassVar = 1
    payoff: ClassVar = "single"
    reward_range: ClassVar = (0.0, 1.0)
    abilities: ClassVar = frozenset({"snapshot", "imagine", "perfect_information", "solver", "evaluation"})
    declared: ClassVar = (
        Option("low", 0, "the smallest number of the line", low=-1000, high=999),
        Option("high", 9, "the largest number of the line; the step limit is 2 * (high - low)", low=-999, high=1000),
    )

    def __init__(self, **options: object) -> None:
        super().__init__(**options)
        self._low, self._high = int(self.options["low"]), int(self.options["high"])
        if self._low >= self._high:
            raise OptionError(f"game numberline: low = {self._low} is not below high = {self._high}")
        self._limit = 2 * (self._high - self._low)
        self._current, self._target = self._low, self._high
        self._start()

    def _start(self) -> None:
        self._step = 0
        self._score = 0
        self._effect: Effect = "ok"

    # -- playing ---------------------------------------------------------------------------------------------------

    def rules(self, seat: int) -> str:
        """The rules."""
        return (
            f"You stand on a line of whole numbers from {self._low} to {self._high}. Walk from the current number to "
            f"the target number in at most {self._limit} steps, by the shortest way. An action is + (one number up) "
            "or - (one number down). A step beyond an end of the line leaves you where you are, and counts."
        )

    def reset(self, seed: int, task: str | None = None) -> None:
        """Start an episode; ``seed`` draws the start and the target, each pair of distinct numbers equally likely."""
        rng = Random(f"kibitz/{self.id}/start/{seed}")
        self._current = rng.randrange(self._low, self._high + 1)
        target = rng.randrange(self._low, self._high)
        self._target = target + (target >= self._current)
        self._start()

    def movers(self) -> tuple[int, ...]:
        """The one seat, until the target or the step limit is reached."""
        return () if self._current == self._target or self._step >= self._limit else (0,)

    def observe(self, seat: int) -> Observation:
        """The current and the target number."""
        text = f"Current number: {self._current}\nTarget number: {self._target}"
        return Observation(text, _ACTIONS if self.movers() else None, self._effect)

    def step(self, actions: Mapping[int, str]) -> Mapping[int, float]:
        """Walk: reward 1 for reaching the target, -1 for a step that does not come nearer, else 0."""
        if tuple(actions) != self.movers():
            raise ValueError(f"the seats to act are {self.movers()}, not {tuple(actions)}")
        delta = _DELTA.get(actions[0])
        if delta is None:
            raise ValueError(f"{shown(str(actions[0]))} is not a legal action here")
        before = self._current
        self._current = self._after(delta)
        self._effect = "ok" if self._current != before else "no_effect"
        self._step += 1
        if self._current == self._target:
            reward = 1
        else:
            reward = 0 if abs(self._target - self._current) < abs(self._target - before) else -1
        self._score += reward
        return {0: float(reward)}

    def _after(self, delta: int) -> int:
        return min(max(self._current + delta, self._low), self._high)

    def outcome(self) -> Outcome | None:
        """1 where the target was reached within the limit, else 0; ``raw`` is the sum of the step rewards."""
        if self.movers():
            return None
        reached = self._current == self._target
        reason = "target reached" if reached else "step limit"
        return Outcome((float(reached),), success=reached, reason=reason, raw=(float(self._score),))

    # -- questions -------------------------------------------------------------------------------------------------

    def subproblems(self, seat: int) -> tuple[Subproblem, ...]:
        """What can be asked of the player."""
        return _questions(self._low, self._high) if seat in self.movers() else ()

    def truth(self, seat: int, id: str, action: str | None = None) -> Answer | Unknown:  # noqa: A002
        """The true answer.

        Raises:
            KeyError: There is no such subproblem now.
            ValueError: ``next`` without a legal action.
        """
        if seat in self.movers():
            if id == "distance":
                return abs(self._target - self._current)
            if id == "higher":
                return self._target > self._current
            if id == "next":
                if action not in _DELTA:
                    raise ValueError(f"next: {shown(str(action))} is not a legal action here")
                return self._after(_DELTA[action])
        raise KeyError(id)

    def implied(self, seat: int, answers: Mapping[str, Answer]) -> frozenset[str] | None:
        """Who says that the target is higher commits to ``+``, who says that it is not, to ``-``."""
        higher = answers.get("higher")
        if not isinstance(higher, bool):
            return None
        return frozenset({"+" if higher else "-"})

    # -- positions -------------------------------------------------------------------------------------------------

    def position(self) -> Json:
        """Line, numbers, steps taken, sum of the step rewards so far, and what the last action did."""
        return {
            "low": self._low,
            "high": self._high,
            "current": self._current,
            "target": self._target,
            "step": self._step,
            "score": self._score,
            "effect": self._effect,
        }

    def at(self, position: Json) -> None:
        """Set the state; only ``current`` and ``target`` must be given, the rest stands for a fresh start."""
        if not isinstance(position, dict):
            raise PositionError('a position is {"current": number, "target": number}')
        fresh = {"low": self._low, "high": self._high, "step": 0, "score": 0, "effect": "ok"}
        if missing := {"current", "target"} - set(position):
            raise PositionError(f"{min(missing)} is missing")
        if strange := sorted(str(key) for key in position if key not in {"current", "target", *fresh}):
            raise PositionError(f"{shown(strange[0])} is not a field of a position")
        given = {**fresh, **position}
        for name in _NUMBERS:
            if type(given[name]) is not int or abs(given[name]) > _LARGEST:
                raise PositionError(f"{name} is not a whole number from -{_LARGEST} to {_LARGEST}")
        if (given["low"], given["high"]) != (self._low, self._high):
            raise PositionError(
                f"the line is {self._low}..{self._high} here; set the options low and high for another one"
            )
        self._check(given)
        self._current, self._target = given["current"], given["target"]
        self._step, self._score, self._effect = given["step"], given["score"], given["effect"]

    def _check(self, given: Mapping[str, Json]) -> None:
        """Refuse numbers that no walk can lead to.

        Raises:
            PositionError: The message says which.
        """
        current, target, step, score = (given[name] for name in ("current", "target", "step", "score"))
        for name in ("current", "target"):
            if not self._low <= given[name] <= self._high:
                raise PositionError(f"{name} = {given[name]} is outside {self._low}..{self._high}")
        if not 0 <= step <= self._limit:
            raise PositionError(f"step = {step} is outside 0..{self._limit}")
        reached = current == target
        if reached and step == 0:
            raise PositionError("current equals target at step 0: start and target differ")
        # Each step before the last that reaches the target earns 0 or -1, that one earns 1.
        lowest, highest = (2 - step, 1) if reached else (-step, 0)
        if not lowest <= score <= highest:
            raise PositionError(f"score = {score} is not a sum of {step} step rewards: {lowest}..{highest}")
        if given["effect"] not in ("ok", "no_effect"):
            raise PositionError(f"effect = {shown(str(given['effect']))} is neither ok nor no_effect")
        if given["effect"] == "no_effect" and (reached or score == 0 or current not in (self._low, self._high)):
            raise PositionError("effect is no_effect, but the last step was not one beyond an end of the line")

    def draw(self, position: Json, seat: int | None = None) -> str:
        """The line with the current number as a filled disc and the target as a ring."""
        if not isinstance(position, dict):
            raise PositionError('a position is {"current": number, "target": number}')
        try:
            other = NumberLine(low=position.get("low", self._low), high=position.get("high", self._high))
        except OptionError as error:
            raise PositionError(str(error)) from error
        other.at(position)
        return _draw(other._low, other._high, other._current, other._target)

    # -- abilities -------------------------------------------------------------------------------------------------

    def snapshot(self) -> object:
        """The numbers; the line follows from the options."""
        return (self._current, self._target, self._step, self._score, self._effect)

    def restore(self, token: object) -> None:
        """Bring the state back."""
        assert isinstance(token, tuple)
        self._current, self._target, self._step, self._score, self._effect = token

    def action_values(self, seat: int) -> Values | Unknown:
        """1 less the share of the step limit that the action wastes; 0 where it loses the target.

        Waste is how many more steps the shortest way takes with this action first than without. A step away from the
        target wastes 2, a step against an end 1. The reward itself would hide this: early on any action still wins.
        """
        if seat not in self.movers():
            return Unknown("not to move")
        distance, left = abs(self._target - self._current), self._limit - self._step
        values = {}
        for action, delta in _DELTA.items():
            needed = 1 + abs(self._target - self._after(delta))
            values[action] = 0.0 if needed > left else 1 - (needed - distance) / self._limit
        return Values(values)

    def evaluate(self, seat: int) -> float:
        """Nearness: near 1 at the target, falling evenly with the distance, above 0."""
        span = self._high - self._low
        return (span + 1 - abs(self._target - self._current)) / (span + 2)


@lru_cache(maxsize=64)
def _questions(low: int, high: int) -> tuple[Subproblem, ...]:
    return (
        Subproblem("distance", "How many steps is the target number away?", Integer(0, high - low)),
        Subproblem("higher", "Is the target number higher than the current number?", Boolean()),
        Subproblem(
            "next",
            "Which number will be the current number after your chosen action?",
            Integer(low, high),
            about="action",
        ),
    )


_MOST_LABELS = 21


def _draw(low: int, high: int, current: int, target: int) -> str:
    """The picture: at most ``_MOST_LABELS`` ticks; the two numbers that matter carry their own labels."""
    span = high - low
    width, left, y = max(320.0, min(640.0, 36.0 * span)), 40.0, 52.0

    def at(number: int) -> float:
        return left + width * (number - low) / span

    spacing = -(-(span + 1) // _MOST_LABELS)
    shapes = [line(left, y, left + width, y, opacity=0.6)]
    for number in range(low, high + 1, spacing):
        shapes.append(line(at(number), y - 5, at(number), y + 5, opacity=0.6))
        shapes.append(label(at(number), y + 24, str(number), opacity=0.75))
    shapes.append(ring(at(target), y, 13, stroke=GOOD_COLOUR, stroke_width=4))
    shapes.append(disc(at(current), y, 7, fill=X_COLOUR))
    arrow = f"M{at(current) - 5:.1f} {y - 27} h10 l-5 8 z"
    shapes += [tag("path", d=arrow, fill=X_COLOUR), label(at(current), y - 36, f"current {current}", fill=X_COLOUR)]
    shapes.append(label(at(target), y + 43, f"target {target}", fill=GOOD_COLOUR))
    return picture(width + 2 * left, 106, f"Number line {low} to {high}: current {current}, target {target}", *shapes)
