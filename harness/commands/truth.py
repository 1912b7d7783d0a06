"""``kibitz truth``: legal actions, questions and true answers of any position, for scripts in any language."""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from kibitz.games.actions import Illegal, on_one_line
from kibitz.games.game import Game, Json, PositionError
from kibitz.games.subproblem import Subproblem, Unknown
from kibitz.harness.commands.output import columns, json_line
from kibitz.harness.errors import DONE, USAGE, UsageError
from kibitz.harness.participants import game_from_arguments
from kibitz.harness.seeds import derive, generator

LONGEST_LINE = 1_000_000
"""Characters; a longer line is no position."""

EXAMPLE_PLIES = 5

_BESIDE = {"id", "seat", "action"}


def main(args: argparse.Namespace) -> int:
    """Answer for one position, or for every line of stdin."""
    game = game_from_arguments(args.game, args.options)
    if args.example:
        print(json.dumps(example(game), sort_keys=True, ensure_ascii=False))
        return DONE
    if args.position is not None:
        line = {"position": read_json(args.position), "seat": args.seat, "action": args.action}
        found = facts(game, {key: value for key, value in line.items() if value is not None or key == "position"})
        print(json_line(found) if args.json else describe(found))
        return DONE
    if sys.stdin.isatty():
        raise UsageError(
            f"no position: give --position JSON, or write JSON lines to stdin; kibitz truth {args.game} --example "
            "prints a position"
        )
    failed = False
    for answer in answers(game, sys.stdin, args.seat, args.action):
        failed = failed or "error" in answer
        print(json_line(answer))
    return USAGE if failed else DONE


def answers(game: Game, lines: Iterable[str], seat: int | None, action: str | None) -> Iterator[dict[str, Any]]:
    """One answer a line, in the same order; a bad line gives ``{id, error}``.

    Args:
        game: The game; its state is overwritten.
        lines: JSON objects with ``position`` and, as wanted, ``id``, ``seat`` and ``action``; or positions as
            ``--example`` prints them, with those three beside their own keys. Blank lines are left out.
        seat: For lines that name no seat.
        action: For lines that name no action.
    """
    defaults = {key: value for key, value in (("seat", seat), ("action", action)) if value is not None}
    for text in lines:
        if not text.strip():
            continue
        name: Json = None
        try:
            line = read_json(text)
            if not isinstance(line, dict):
                raise UsageError('a line is one object, {"id": ..., "position": ...}')
            name = line.get("id")
            yield {"id": name, **facts(game, {**defaults, **spread(line)})}
        except (UsageError, PositionError) as error:
            yield {"id": name, "error": str(error)}


def spread(line: Mapping[str, Json]) -> Mapping[str, Json]:
    """A line whose position has a key of its own, whichever way it was written."""
    if "position" in line or not line.keys() - _BESIDE:
        return line
    beside = {key: value for key, value in line.items() if key in _BESIDE}
    return {**beside, "position": {key: value for key, value in line.items() if key not in _BESIDE}}


def read_json(text: str) -> Json:
    """Read one JSON value.

    Raises:
        UsageError: It is too long, no JSON, or holds NaN or infinity, which are no JSON either.
    """

    def refuse(constant: str) -> Json:
        raise UsageError(f"{constant} is not JSON")

    def finite(number: str) -> float:
        value = float(number)
        return value if math.isfinite(value) else refuse(number)

    if len(text) > LONGEST_LINE:
        raise UsageError(f"a line of {len(text)} characters is longer than {LONGEST_LINE}")
    try:
        return json.loads(text, parse_constant=refuse, parse_float=finite)
    except json.JSONDecodeError as error:
        raise UsageError(f"not JSON: {error}") from error
    except (RecursionError, ValueError) as error:
        raise UsageError(f"not JSON that can be read: {type(error).__name__}") from error


def facts(game: Game, line: Mapping[str, Json]) -> dict[str, Any]:
    """What is true of one position.

    Raises:
        UsageError: A key is unknown, the position is missing, or the seat or the action cannot be.
        PositionError: The position cannot be.
    """
    unknown = sorted(map(str, line.keys() - {"position"} - _BESIDE))
    if unknown:
        raise UsageError(f"unknown key {unknown[0]!r}; a line has id, position, seat, action")
    if "position" not in line:
        raise UsageError("position is missing")
    try:
        game.at(line["position"])
    except RecursionError as error:
        raise PositionError("the position is nested too deeply") from error
    movers, outcome = game.movers(), game.outcome()
    seat = _seat(game, line.get("seat"), movers)
    observed = game.observe(seat).actions if seat in movers else None
    action = _action(game, line.get("action"), seat, movers)
    legal: list[str] | None = []
    if observed is not None:
        legal = None if observed.open else list(observed.listed)
    asked = game.subproblems(seat) if seat in movers else ()
    return {
        "game": game.id,
        "version": game.spec.version,
        "position": game.position(),
        "seat": seat,
        "legal": legal,
        "open": list(observed.told()) if observed is not None and observed.open else None,
        "subproblems": [_subproblem(game, seat, problem, action) for problem in asked],
        "outcome": None
        if outcome is None
        else {
            "reward": list(outcome.reward),
            "success": outcome.success,
            "reason": outcome.reason,
            "raw": None if outcome.raw is None else list(outcome.raw),
        },
    }


def _seat(game: Game, given: Json, movers: tuple[int, ...]) -> int:
    if given is None:
        return movers[0] if movers else 0
    if isinstance(given, bool) or not isinstance(given, int) or not 0 <= given < game.seats:
        raise UsageError(f"seat {given!r} is not one of {', '.join(map(str, range(game.seats)))}")
    return given


def _action(game: Game, given: Json, seat: int, movers: tuple[int, ...]) -> str | None:
    if given is None:
        return None
    if not isinstance(given, str):
        raise UsageError(f"action {given!r} is not a string")
    if seat not in movers:
        raise UsageError(f"action {given!r}: seat {seat} is not to move here")
    actions = game.observe(seat).actions
    read = actions.read(given) if actions is not None else Illegal("no action is legal here")
    if isinstance(read, Illegal):
        raise UsageError(f"action: {read.reason}")
    return read


def _subproblem(game: Game, seat: int, problem: Subproblem, action: str | None) -> dict[str, Any]:
    data: dict[str, Any] = {
        "id": problem.id,
        "kind": problem.kind.name,
        "about": problem.about,
        "question": problem.question,
        "truth": None,
    }
    if problem.about == "action" and action is None:
        return {**data, "unknown": "it is about an action, and none was given"}
    truth = game.truth(seat, problem.id, action if problem.about == "action" else None)
    if isinstance(truth, Unknown):
        return {**data, "unknown": truth.reason}
    return {**data, "truth": problem.kind.to_json(truth)}


def example(game: Game, seed: int = 0) -> Json:
    """A position a few random moves into an episode, as far as who is to act knows it."""
    rng = generator("truth example", game.id, seed)
    game.reset(derive("truth example", game.id, seed))
    position = game.known(game.movers()[0])
    for _ in range(EXAMPLE_PLIES):
        seen = {seat: game.observe(seat).actions for seat in game.movers()}
        drawn = {seat: action for seat, actions in seen.items() if actions and (action := actions.draw(rng))}
        if not drawn or len(drawn) < len(seen):
            break
        game.step(drawn)
        if game.outcome() is not None:
            break
        position = game.known(game.movers()[0])
    return position


def describe(found: Mapping[str, Any]) -> str:
    """The facts in words."""
    rows = [(problem["id"], _said(problem), problem["question"]) for problem in found["subproblems"]]
    legal = on_one_line(found["open"] or found["legal"]) or "none"
    head = [f"{found['game']} (version {found['version']}), seat {found['seat']}", f"legal actions: {legal}"]
    if found["outcome"] is not None:
        rewards = ", ".join(f"{reward:.4g}" for reward in found["outcome"]["reward"])
        head.append(f"ended: {found['outcome']['reason']}, rewards {rewards}")
    elif found["legal"] == []:
        head.append("this seat is not to move, so it is asked nothing; leave out --seat to ask who is")
    return "\n".join([*head, columns(rows)]).rstrip()


def _said(problem: Mapping[str, Any]) -> str:
    """A truth as an answer is written."""
    if "unknown" in problem:
        return f"unknown: {problem['unknown']}"
    truth = problem["truth"]
    if isinstance(truth, bool):
        return "yes" if truth else "no"
    return "; ".join(truth) or "none" if isinstance(truth, list) else str(truth)
