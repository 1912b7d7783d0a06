"""Pictures of positions, checked before they stand on a page.

Games draw them, plug-ins too, and a position may hold text that a model wrote. So only shapes and text pass: no script,
no style, no reference, nothing from outside. The page's own policy would block these as well; this is the first wall.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from xml.etree import ElementTree as ET

Json = object
Draw = Callable[[str, str, Mapping[str, Json], Json], str | None]
"""Draws (game id, version, options, position) as SVG; None if it cannot."""

LARGEST = 200_000
"""Characters; a larger picture is left out."""

_SVG = "{http://www.w3.org/2000/svg}"
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


class Album:
    """Draws each position once and keeps equal pictures once."""

    def __init__(self, draw: Draw) -> None:
        self._draw = draw
        self._drawn: dict[str, str] = {}
        self.pictures: dict[str, str] = {}
        """SVG by name."""

    def picture(self, game: str, version: str, options: Mapping[str, Json], position: Json) -> str:
        """The name of the picture of a position; empty if there is none."""
        if position is None:
            return ""
        key = json.dumps([game, version, options, position], sort_keys=True)
        if key not in self._drawn:
            self._drawn[key] = self._keep(self._draw(game, version, options, position))
        return self._drawn[key]

    def _keep(self, svg: str | None) -> str:
        if svg is None or not is_safe(svg):
            return ""
        name = hashlib.sha256(svg.encode()).hexdigest()[:16]
        self.pictures[name] = svg
        return name
