"""The card of one step, a picture to share: the board, what was said, what was true, and what was done.

It is composed as SVG around the same drawing that the page shows, and made into pixels by the library that draws the
page's charts, so no browser is needed. That library brings the Liberation fonts along: Latin, Greek and Cyrillic
letters look the same wherever a card is made. A character that no font of the machine has is told by its code point.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from types import ModuleType

from kibitz.results.logs import EpisodeLog
from kibitz.results.records import GameInfo, GradeRecord, SeatRecord, StepRecord
from kibitz.results.report.cardtext import cut, drawable, width, wrapped
from kibitz.results.report.pictures import Album, Draw, joined
from kibitz.results.sample import Played

WIDTH, HEIGHT = 1200, 630
"""Pixels: what social networks show as a large card."""

ANSWERS = 4
"""Answers that have room."""

SANS, MONO = "Liberation Sans", "Liberation Mono"
INK, SOFT, LINE, GROUND, PANEL = "#1d2126", "#535b65", "#dcddd8", "#fbfbf9", "#ffffff"
GOOD, BAD, GOOD_GROUND, BAD_GROUND = "#1b6e4b", "#a63a1c", "#e6f3ec", "#fbeae4"

_BOARD = (56.0, 92.0, 452.0)
"""Left, top and size of the square for the board."""
_LEFT, _RIGHT = 556.0, 1144.0
_VIEW = re.compile(r'viewBox="([-\d. ]+)"')

NOBODYS = "\U0010fffd"
"""A character for private use at the end of Unicode: drawn as what no font has."""

Visible = Callable[[str], bool]


class NoStepError(ValueError):
    """The episode has no such step, or none at all."""


class NoDrawingError(RuntimeError):
    """The library that makes pixels is not installed."""


@dataclass(frozen=True, slots=True)
class Moment:
    """One seat's decision: what a card is about."""

    step: StepRecord
    move: SeatRecord
    grades: tuple[GradeRecord, ...]

    @property
    def wrong(self) -> int:
        """Answers that are not right, of those whose truth is known."""
        return sum(grade.truth is not None and grade.verdict != "right" for grade in self.grades)


def telling(log: EpisodeLog, number: int | None = None) -> Moment:
    """The decision that tells most: of a step, or of the whole episode.

    Decisions for which a model was called come before others. Of those, what contradicts its own answers comes first,
    then what the fallback did, then wrong answers: those of a seat that lost before others, and the more the better;
    then the largest regret; then the latest step.

    Raises:
        NoStepError: There is no such step.
    """
    if not log.steps:
        raise NoStepError(
            f"{log.unit.key}: no step was finished, so there is nothing to show; choose another --episode"
        )
    if number is not None and not 0 <= number < len(log.steps):
        raise NoStepError(f"{log.unit.key}: there is no step {number}; the steps are 0..{len(log.steps) - 1}")
    steps = log.steps if number is None else [log.steps[number]]
    found = [
        Moment(step, move, tuple(one for one in log.grades if (one.step, one.seat) == (step.step, move.seat)))
        for step in steps
        for move in step.seats
    ]
    if not found:
        raise NoStepError(f"{log.unit.key}: nobody moved in step {steps[0].step}; choose another --step")
    return max(found, key=lambda one: _telling(log, one))


def _telling(log: EpisodeLog, one: Moment) -> tuple[bool, bool, bool, bool, int, float, int]:
    ended, move = log.ended, one.move
    lost = ended is not None and ended.status == "done" and Played("", log.unit, ended, move.seat).result < 0
    regret = move.regret or 0.0
    broken, beaten = move.consistent is False, bool(lost and one.wrong)
    return move.spent.calls > 0, broken, move.fallback, beaten, one.wrong, regret, one.step.step


def card(game: GameInfo, log: EpisodeLog, draw: Draw, step: int | None = None, visible: Visible | None = None) -> str:
    """The card as SVG.

    Args:
        game: The game of the episode.
        log: The episode.
        draw: Draws a position.
        step: Which step; by default the one that tells most.
        visible: Whether a character can be drawn; by default all can.

    Raises:
        NoStepError: There is no such step.
    """
    return _Card(visible or (lambda char: True)).svg(game, log, telling(log, step), draw)


def to_png(svg: str) -> bytes:
    """The card as PNG.

    Raises:
        NoDrawingError: The library is not installed.
    """
    return bytes(_drawing().svg_to_png(svg))


def can_draw(char: str) -> bool:
    """Whether some font of this machine, or of the library, has the character.

    Raises:
        NoDrawingError: The library is not installed.
    """
    return char.isascii() or _pixels(char) not in (_pixels(" "), _pixels(NOBODYS))


@lru_cache(maxsize=1024)
def _pixels(char: str) -> bytes:
    text = f'<text x="4" y="24" font-size="24" font-family="{SANS}">{escape(char)}</text>'
    return to_png(f'<svg xmlns="http://www.w3.org/2000/svg" width="40" height="32">{text}</svg>')


def _drawing() -> ModuleType:
    try:
        import vl_convert
    except ImportError as error:
        raise NoDrawingError(
            "a card in pixels needs the library vl-convert-python, which is not installed here; "
            "install it, or write an .svg file"
        ) from error
    return vl_convert


class _Card:
    """Composes the picture, from top to bottom in two columns."""

    def __init__(self, visible: Visible) -> None:
        self._visible = visible
        self._shapes: list[str] = []

    def svg(self, game: GameInfo, log: EpisodeLog, moment: Moment, draw: Draw) -> str:
        """The whole picture."""
        self._rect(0, 0, WIDTH, HEIGHT, GROUND)
        self._mark()
        self._board(game, moment, draw)
        y = self._head(game, log, moment)
        y = self._deed(moment, y)
        y = self._answers(moment, y)
        self._reply(moment, y)
        self._line(56, 568, WIDTH - 56)
        # The end is what tells whose move it is in a list of such pictures, so the key may be cut, not the step.
        step = f"step {moment.step.step}"
        key = cut(self._clean(f"episode {log.unit.index}: {log.unit.key}"), 900 - width(step, 18), 18)
        self._text(56, 602, f"{key}, {step}", 18, fill=SOFT)
        self._text(WIDTH - 56, 602, "kibitz report --episode", 18, fill=SOFT, anchor="end", font=MONO)
        if game.attribution:
            data = " ".join(self._clean(f"Data: {game.attribution}").split())
            self._text(56, 622, cut(data, WIDTH - 112, 13), 13, fill=SOFT)
        title = escape(self._clean(f"{moment.move.agent} in {game.title}"), quote=True)
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}"'
            f' role="img" color="{INK}" font-family="{SANS}"><title>{title}</title>{"".join(self._shapes)}</svg>'
        )

    def _clean(self, text: str) -> str:
        return "".join(char if self._visible(char) else f"<U+{ord(char):04X}>" for char in drawable(text[:4000]))

    def _text(
        self, x: float, y: float, text: str, size: float, *, fill: str = INK, bold: bool = False, font: str = SANS,
        anchor: str = "start",
    ) -> None:  # fmt: skip
        weight = ' font-weight="bold"' if bold else ""
        self._shapes.append(
            f'<text x="{x:g}" y="{y:g}" font-size="{size:g}" fill="{fill}" font-family="{font}"{weight}'
            f' text-anchor="{anchor}" xml:space="preserve">{escape(text)}</text>'
        )

    def _rect(self, x: float, y: float, across: float, down: float, fill: str, *, stroke: str = "none") -> None:
        round_ = 0 if across == WIDTH else 8
        self._shapes.append(
            f'<rect x="{x:g}" y="{y:g}" width="{across:g}" height="{down:g}" rx="{round_}" fill="{fill}"'
            f' stroke="{stroke}"/>'
        )

    def _line(self, x: float, y: float, end: float) -> None:
        self._shapes.append(f'<line x1="{x:g}" y1="{y:g}" x2="{end:g}" y2="{y:g}" stroke="{LINE}" stroke-width="1.5"/>')

    def _sign(self, x: float, y: float, *, good: bool) -> None:
        """A tick or a cross, drawn: not every font has them."""
        path = "M0 6 L5 11 L14 0" if good else "M1 0 L12 11 M12 0 L1 11"
        self._shapes.append(
            f'<path transform="translate({x:g} {y:g})" d="{path}" fill="none" stroke="{GOOD if good else BAD}"'
            ' stroke-width="3" stroke-linecap="round" stroke-linejoin="round"/>'
        )

    def _mark(self) -> None:
        """The mark of Kibitz: an eye that looks on, and the name."""
        self._shapes.append(
            f'<path d="M56 50 Q72 30 88 50 Q72 70 56 50 Z" fill="none" stroke="{INK}" stroke-width="3"/>'
            f'<circle cx="72" cy="50" r="6" fill="{GOOD}"/>'
        )
        self._text(100, 58, "Kibitz", 25, bold=True)

    def _board(self, game: GameInfo, moment: Moment, draw: Draw) -> None:
        left, top, size = _BOARD
        svg = joined(Album(draw).picture(game, moment.step.position))
        view = _VIEW.search(svg)
        sides = [float(part) for part in view[1].split()] if view else []
        if len(sides) == 4 and sides[2] > 0 and sides[3] > 0:
            scale = min(size / sides[2], size / sides[3])
            x, y = left + (size - scale * sides[2]) / 2, top + (size - scale * sides[3]) / 2
            fonts = re.sub(r'font-family="[^"]*"', f'font-family="{SANS}"', svg)
            self._shapes.append(f'<g transform="translate({x:.2f} {y:.2f}) scale({scale:.4f})">{fonts}</g>')
            return
        self._rect(left, top, size, size, PANEL, stroke=LINE)
        lines = [self._clean(line) for line in moment.move.observation.splitlines()[:17]]
        for number, line in enumerate(lines):
            self._text(left + 20, top + 36 + 25 * number, cut(line, size - 40, 18, mono=True), 18, font=MONO)

    def _head(self, game: GameInfo, log: EpisodeLog, moment: Moment) -> float:
        self._text(_LEFT, 76, cut(self._clean(moment.move.agent), _RIGHT - _LEFT, 36), 36, bold=True)
        facts = " · ".join([game.title, f"seat {moment.move.seat}", _result(log, moment.move.seat)])
        self._text(_LEFT, 108, cut(self._clean(facts), _RIGHT - _LEFT, 20), 20, fill=SOFT)
        return 150.0

    def _deed(self, moment: Moment, y: float) -> float:
        """What was done; where it contradicts what was said, that comes first."""
        move = moment.move
        words = "played" if move.action else "was asked"
        if move.fallback:
            words = "gave no legal action; the fallback played"
        action = cut(self._clean(move.action), _RIGHT - _LEFT - width(words, 24) - 40, 24, mono=True)
        broken = move.consistent is False
        if broken:
            self._rect(_LEFT, y - 26, _RIGHT - _LEFT, 84, BAD_GROUND)
            self._sign(_LEFT + 18, y - 7, good=False)
            self._text(_LEFT + 46, y + 6, "Said it, did not do it", 26, fill=BAD, bold=True)
            y += 36
        x = _LEFT + (46 if broken else 0)
        self._text(x, y + 6, words, 24, fill=SOFT)
        self._text(x + width(words, 24) + 8, y + 6, action, 24, bold=True, font=MONO)
        return y + (56 if broken else 44)

    def _answers(self, moment: Moment, y: float) -> float:
        """Wrong answers first where there is no room for all."""
        known = [grade for grade in moment.grades if grade.truth is not None]
        chosen = sorted(known, key=lambda grade: grade.verdict == "right")[:ANSWERS]
        shown = [grade for grade in known if grade in chosen]
        if not shown:
            return y
        columns = (_LEFT + 40, _LEFT + 222, _LEFT + 410)
        for x, head in zip(columns, ("question", "it said", "true"), strict=True):
            self._text(x, y, head, 16, fill=SOFT)
        y += 10
        for grade in shown:
            good = grade.verdict == "right"
            self._rect(_LEFT, y, _RIGHT - _LEFT, 38, GOOD_GROUND if good else BAD_GROUND)
            self._sign(_LEFT + 14, y + 14, good=good)
            given = grade.parsed if grade.parsed is not None else grade.raw
            cells = (grade.subproblem, given if given is not None else "(not given)", grade.truth or "")
            rooms = (172.0, 178.0, _RIGHT - columns[2] - 10)
            for x, text, room, font in zip(columns, cells, rooms, (SANS, MONO, MONO), strict=True):
                mono = font == MONO
                self._text(x, y + 26, cut(self._clean(text), room, 19, mono=mono), 19, font=font)
            y += 42
        if len(known) > len(shown):
            right = sum(grade.verdict == "right" for grade in known)
            self._text(_LEFT, y + 20, f"{right} of {len(known)} answers right", 17, fill=SOFT)
            y += 26
        return y + 26

    def _reply(self, moment: Moment, y: float) -> None:
        room = int((556 - y) // 25)
        said = self._clean(moment.move.reply or moment.move.reasoning)
        if room < 1 or not said:
            return
        lines = wrapped(said, _RIGHT - _LEFT - 20, 18, room, mono=True)
        self._shapes.append(f'<rect x="{_LEFT:g}" y="{y - 8:g}" width="4" height="{25 * len(lines):g}" fill="{LINE}"/>')
        for number, line in enumerate(lines):
            self._text(_LEFT + 18, y + 10 + 25 * number, line, 18, fill=SOFT, font=MONO)


def _result(log: EpisodeLog, seat: int) -> str:
    """How the episode ended for a seat, and against whom."""
    others: Sequence[str] = [agent for other, agent in enumerate(log.unit.agents) if other != seat]
    against = f" against {', '.join(others)}" if others else ""
    if log.ended is None:
        return f"not finished{against}"
    if log.ended.status != "done":
        return f"failed: {log.ended.cause}"
    if not others:
        goal = {True: "goal reached", False: "goal missed", None: log.ended.reason or "ended"}
        return goal[log.ended.success]
    return {1: "won", 0: "drew", -1: "lost"}[Played("", log.unit, log.ended, seat).result] + against
