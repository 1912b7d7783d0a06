"""Laws of states: positions, pictures, snapshots, and what a seat may know."""

from __future__ import annotations

import copy
import json
from random import Random
from xml.etree import ElementTree as ET

from kibitz.games.game import Json, PositionError
from kibitz.games.laws.trial import Moment, Trial, difference, face

_NO_POSITIONS: tuple[Json, ...] = (None, 5, "x", [], {}, {"no such field": 1}, [[]], {"board": None, "to_move": 3})
_SHAPES = frozenset({"svg", "g", "title", "desc", "rect", "circle", "ellipse", "line", "polyline", "polygon", "path"})
_SHAPES |= {"text", "tspan", "defs", "linearGradient", "radialGradient", "stop", "clipPath", "mask", "marker"}


def positions_restore(trial: Trial) -> None:
    """position() is JSON, and at(position()) brings everything back on a fresh game: view, truths, outcome, future."""
    for moment in trial.moments():
        stored = json.loads(json.dumps(moment.game.position(), allow_nan=False))
        moment.require(stored == moment.game.position(), "the position changes on its way through JSON")
        other = trial.factory()
        other.at(stored)
        moment.require(not (unlike := difference(face(moment.game), face(other))), f"at(position()) loses {unlike}")


def known_positions_are_enough(trial: Trial) -> None:
    """at(known(seat)) gives the seat to act the same view, questions and truths; known() is the same when imagined."""
    for moment in trial.moments():
        game = moment.game
        seen = face(game)
        for seat in game.movers():
            told = json.loads(json.dumps(game.known(seat), allow_nan=False))
            other = trial.factory()
            other.at(told)
            _check_same_for(moment, seat, face(other), seen, f"at(known({seat}))")
            if "imagine" in game.abilities:
                imagined = game.imagine(seat, Random(f"known/{moment.seed}/{moment.step}/{seat}")).known(seat)
                moment.require(imagined == told, f"known({seat}) tells what it cannot know: {told} or {imagined}")


def bad_positions_are_refused(trial: Trial) -> None:
    """at() refuses what is no position with PositionError and a reason, and the state stays as it was."""
    for moment in trial.moments():
        if moment.step:
            continue
        game = copy.deepcopy(moment.game)
        seen = face(game)
        for bad in _NO_POSITIONS:
            try:
                game.at(bad)
            except PositionError as error:
                moment.require(str(error).strip(), f"at({bad!r}) gives no reason")
                moment.require(
                    not (unlike := difference(seen, face(game))), f"the refused at({bad!r}) changes {unlike}"
                )
                continue
            moment.require(False, f"at() takes {bad!r}")


def pictures_are_safe_and_pure(trial: Trial) -> None:
    """draw() gives well-formed SVG with a viewBox and nothing that acts or loads; it depends on the position alone."""
    for moment in trial.moments():
        position = moment.game.position()
        seen, fresh = face(moment.game), trial.factory()
        for seat in (None, *moment.seats):
            svg = moment.game.draw(position, seat)
            _check_picture(moment, svg)
            moment.require(fresh.draw(position, seat) == svg, "the picture depends on more than the position")
        moment.require(not (unlike := difference(seen, face(moment.game))), f"drawing changes {unlike}")


def _check_picture(moment: Moment, svg: str) -> None:
    moment.require("<!" not in svg and "<?" not in svg, "the picture has a declaration or a processing instruction")
    try:
        root = ET.fromstring(svg)  # noqa: S314  # declarations are refused above
    except ET.ParseError as error:
        moment.require(False, f"the picture is not well-formed: {error}")
        return
    moment.require(root.tag.rpartition("}")[2] == "svg" and root.get("viewBox"), "the picture is no svg with a viewBox")
    for element in root.iter():
        name = element.tag.rpartition("}")[2]
        moment.require(name in _SHAPES, f"the picture has an element {name}")
        for key, value in element.items():
            key = key.rpartition("}")[2].lower()
            acts = key.startswith("on") or key in ("href", "src", "style")
            loads = "javascript:" in value.lower() or ("url(" in value and not value.startswith("url(#"))
            moment.require(not acts and not loads, f"the picture has {key}={value!r}")


def text_tells_what_the_picture_tells(trial: Trial) -> None:
    """With perfect information, two states that are drawn differently for a seat are described differently to it."""
    drawn: dict[tuple[int, str], str] = {}
    for moment in trial.moments():
        if "perfect_information" not in moment.game.abilities:
            return
        for seat in moment.seats:
            picture = moment.game.draw(moment.game.position(), seat)
            text = moment.game.observe(seat).text
            earlier = drawn.setdefault((seat, text), picture)
            moment.require(earlier == picture, f"seat {seat} reads {text!r} of two states with different pictures")


def snapshots_restore(trial: Trial) -> None:
    """restore(snapshot()) brings everything back, as often as wanted, whatever was played in between."""
    for moment in trial.moments():
        if "snapshot" not in moment.game.abilities:
            return
        game = copy.deepcopy(moment.game)
        seen, token = face(game), game.snapshot()
        for again in range(2):
            rng = Random(f"snapshot/{moment.step}/{again}")
            for _ in range(4):
                if game.movers():
                    game.step(trial.choose(game, rng))
            game.restore(token)
            moment.require(not (unlike := difference(seen, face(game))), f"restore(snapshot()) loses {unlike}")


def imagining_keeps_what_is_known(trial: Trial) -> None:
    """imagine(seat, rng) keeps the seat's observation, questions, about-view truths, and leaves the original alone."""
    for moment in trial.moments():
        game = moment.game
        if "imagine" not in game.abilities:
            return
        seen = face(game)
        for seat in moment.seats:
            for draw in range(3):
                other = game.imagine(seat, Random(f"imagine/{moment.seed}/{moment.step}/{seat}/{draw}"))
                moment.require(other is not game, "imagine() returns the game itself")
                _check_imagined(moment, seat, face(other), seen)
                for _ in range(3):
                    if other.movers():
                        other.step(trial.choose(other, Random(draw)))
                unlike = difference(seen, face(game))
                moment.require(not unlike, f"playing on the imagined game changes the real one: {unlike}")


def _check_imagined(moment: Moment, seat: int, other: dict[str, object], seen: dict[str, object]) -> None:
    _check_same_for(moment, seat, other, seen, f"imagine({seat})")
    if "perfect_information" in moment.game.abilities:
        moment.require(other["position"] == seen["position"], f"imagine({seat}) changes a position that hides nothing")


def _check_same_for(moment: Moment, seat: int, other: dict[str, object], seen: dict[str, object], what: str) -> None:
    """Require that two states are the same as far as a seat can tell."""
    moment.require(other["movers"] == seen["movers"], f"{what} changes who is to move")
    for part in ("observations", "questions", "truths"):
        mine, changed = (_part(whole, part, seat) for whole in (seen, other))
        moment.require(mine == changed, f"{what} changes its {part}: {mine!r} became {changed!r}")


def _part(whole: dict[str, object], part: str, seat: int) -> object:
    """What one seat has of a part of a face; of the truths those about the view, which no action changes."""
    parts = whole[part]
    assert isinstance(parts, list)
    return [truth for truth in parts[seat] if truth[1] is None] if part == "truths" else parts[seat]


CHECKS = (
    positions_restore,
    known_positions_are_enough,
    bad_positions_are_refused,
    pictures_are_safe_and_pure,
    text_tells_what_the_picture_tells,
    snapshots_restore,
    imagining_keeps_what_is_known,
)
