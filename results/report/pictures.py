"""Pictures of positions, checked before they stand on a page.

Games draw them, plug-ins too, and a position may hold text that a model wrote. So only shapes and text pass: no script,
no style, no reference, nothing from outside. The page's own policy would block these as well; this is the first wall.

A picture travels as its pieces, cut where one tag ends and the next begins: the pictures of a run are made of few
different pieces. That makes checking quick, too: a piece of one of the plain forms below is checked once, and a picture
of nothing else needs no parser.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Literal, cast
from xml.etree import ElementTree as ET

import msgspec

from kibitz.results.records import GameInfo

Json = object
Draw = Callable[[str, str, Mapping[str, Json], Json], str | None]
"""Draws (game id, version, options, position) as SVG; None if it cannot."""

Pieces = tuple[str, ...]
"""A picture; ``joined`` gives its SVG. Empty: no picture."""

Kind = Literal["begins", "ends", "whole", "other"]

LARGEST = 200_000
"""Characters; a larger picture is left out."""

REMEMBERED = 20_000
"""Positions whose pictures are kept while a page is built, and pieces that are known to be plain."""

_NAMESPACE = "http://www.w3.org/2000/svg"
_SVG = f"{{{_NAMESPACE}}}"
_ELEMENTS = frozenset(
    {"svg", "g", "title", "desc", "rect", "circle", "ellipse", "line", "polyline", "polygon", "path", "text", "tspan"}
)
# fmt: off
_ATTRIBUTES = frozenset({
    "viewBox", "width", "height", "x", "y", "x1", "y1", "x2", "y2", "cx", "cy", "r", "rx", "ry", "d", "points",
    "transform", "fill", "fill-opacity", "fill-rule", "stroke", "stroke-width", "stroke-opacity",
    "stroke-linecap", "stroke-linejoin", "stroke-dasharray", "opacity", "font-size", "font-family",
    "font-weight", "font-style", "text-anchor", "dominant-baseline", "letter-spacing", "dx", "dy", "role",
    "aria-label", "aria-hidden", "preserveAspectRatio",
})
# fmt: on

_BROKEN = r"\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff"
_REFERENCE = "&(?:amp|lt|gt|quot|apos|#x27|#39);"
_TEXT = f"[^<>&{_BROKEN}]*(?:{_REFERENCE}[^<>&{_BROKEN}]*)*"
_VALUE = f'"[^<>&"{_BROKEN}]*(?:{_REFERENCE}[^<>&"{_BROKEN}]*)*"'
_NAME = "[A-Za-z][A-Za-z0-9-]*"
_ATTRIBUTE = re.compile(f" ({_NAME})=({_VALUE})")
_TAG = re.compile(f"([a-z]+)((?: {_NAME}={_VALUE})*)(/|>{_TEXT}</\\1)?")
"""The plain forms of a piece: a tag that begins an element, is one, or stands around nothing but text."""


def is_safe(svg: str) -> bool:
    """Whether the picture is well-formed SVG of known shapes with plain attributes and nothing else."""
    if len(svg) > LARGEST or "<!" in svg or "<?" in svg:
        return False
    try:
        root = ET.fromstring(svg)  # noqa: S314 - no document type, so no entities
    except ET.ParseError:
        return False
    return root.tag == f"{_SVG}svg" and all(_is_safe(element) for element in root.iter())


def _is_safe(element: ET.Element) -> bool:
    name = element.tag.removeprefix(_SVG)
    plain = all(key in _ATTRIBUTES and "url(" not in value.lower() for key, value in element.attrib.items())
    return element.tag.startswith(_SVG) and name in _ELEMENTS and plain


def joined(pieces: Pieces) -> str:
    """The SVG of a picture."""
    return f"<{'><'.join(pieces)}>" if pieces else ""


def _kind(piece: str) -> Kind:
    """What a piece is: it begins or ends an element, is a whole one, or is not plain, or not allowed."""
    if piece.startswith("/") and piece[1:] in _ELEMENTS:
        return "ends"
    found = _TAG.fullmatch(piece)
    if found is None or found[1] not in _ELEMENTS:
        return "other"
    attributes = _ATTRIBUTE.findall(found[2])
    for name, value in attributes:
        allowed = value[1:-1] == _NAMESPACE and found[1] == "svg" if name == "xmlns" else name in _ATTRIBUTES
        if not allowed or "url(" in value.lower():
            return "other"
    if len({name for name, _ in attributes}) < len(attributes):
        return "other"
    return "begins" if found[3] is None else "whole"


def _nested(pieces: Pieces, kinds: Sequence[Kind]) -> bool:
    """Whether elements end in the order in which they began, all within the first one."""
    inside: list[str] = []
    for place, (piece, kind) in enumerate(zip(pieces, kinds, strict=True)):
        if kind == "other" or (place and not inside):
            return False
        if kind == "begins":
            inside.append(piece.split(" ", 1)[0])
        elif kind == "ends" and (not inside or inside.pop() != piece[1:]):
            return False
    return not inside


class Album:
    """Draws positions, each once as far as memory goes, and lets safe pictures pass only."""

    def __init__(self, draw: Draw) -> None:
        self._draw = draw
        self._drawn: dict[tuple[str, bytes], Pieces] = {}
        self._kinds: dict[str, Kind] = {}

    def picture(self, game: GameInfo, position: Json) -> Pieces:
        """The picture of a position; empty if there is none."""
        if position is None:
            return ()
        key = (f"{game.id} {game.version} {game.setting}", msgspec.json.encode(position, order="sorted"))
        found = self._drawn.get(key)
        if found is None:
            if len(self._drawn) >= REMEMBERED:
                self._drawn.clear()
            found = self._drawn[key] = self._cut(self._draw(game.id, game.version, game.options, position))
        return found

    def _cut(self, svg: str | None) -> Pieces:
        if svg is None or len(svg) > LARGEST or not svg.startswith("<") or not svg.endswith(">"):
            return ()
        pieces = tuple(svg[1:-1].split("><"))
        return pieces if self._all_plain(pieces) or is_safe(svg) else ()

    def _all_plain(self, pieces: Pieces) -> bool:
        """Whether a picture is well-formed and allowed, as far as can be told from its pieces alone."""
        if not pieces[0].startswith(f'svg xmlns="{_NAMESPACE}" '):
            return False
        found = list(map(self._kinds.get, pieces))
        for _ in range(found.count(None)):
            place = found.index(None)
            found[place] = self._kind(pieces[place])
        kinds = cast("list[Kind]", found)
        if kinds[0] == "begins" and pieces[-1] == "/svg" and kinds.count("whole") == len(kinds) - 2:
            return True
        return _nested(pieces, kinds)

    def _kind(self, piece: str) -> Kind:
        found = self._kinds.get(piece)
        if found is None:
            if len(self._kinds) >= REMEMBERED:
                self._kinds.clear()
            found = self._kinds[piece] = _kind(piece)
        return found
