"""Small pure builders of SVG pictures.

Pictures stand in HTML reports beside replies of models, so they are built from data only: all text is escaped, and
there are no scripts, references, styles or ids (several pictures share one page). Lines and letters take the colour of
the surrounding text, which suits light and dark pages; the two fills of the players are readable on both, and the
marks differ in shape as well.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from html import escape
from typing import TypeVar, cast

X_COLOUR = "#2f7de1"
O_COLOUR = "#e8772e"
GOOD_COLOUR = "#2aa876"

_Shape = TypeVar("_Shape", bound=Callable[..., str])


def remembered(shape: _Shape) -> _Shape:
    """Draw a shape once and remember it: the pictures of a run show few different shapes, very often."""
    return cast("_Shape", lru_cache(maxsize=4096, typed=True)(shape))


def tag(name: str, *children: str, **attributes: object) -> str:
    """One element: attribute names may use ``_`` for ``-``; ``children`` are markup already.

    Floats are written with at most two decimals, so that pictures are short and the same on every machine.
    """
    written = "".join(f' {key.strip("_").replace("_", "-")}="{_value(value)}"' for key, value in attributes.items())
    return f"<{name}{written}>{''.join(children)}</{name}>" if children else f"<{name}{written}/>"


def _value(value: object) -> str:
    text = f"{value:.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)
    return escape(text, quote=True)


def picture(width: float, height: float, title: str, *shapes: str) -> str:
    """A whole SVG of the given size in pixels; ``title`` is read out by screen readers."""
    return f"{_opening(width, height)}<title>{escape(title)}</title>{''.join(shapes)}</svg>"


@remembered
def _opening(width: float, height: float) -> str:
    """The tag that begins a picture."""
    whole = tag(
        "svg",
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {width:g} {height:g}",
        width=f"{width:g}",
        height=f"{height:g}",
        role="img",
        font_family="ui-sans-serif, system-ui, sans-serif",
    )
    return whole.removesuffix("/>") + ">"


@remembered
def label(x: float, y: float, text: str, size: float = 13, **attributes: object) -> str:
    """Text centred on a point, in the colour of its surroundings unless ``fill`` says otherwise."""
    attributes = {"fill": "currentColor", **attributes}
    return tag(
        "text", escape(text), x=float(x), y=float(y + size * 0.35), font_size=size, text_anchor="middle", **attributes
    )


@remembered
def line(x1: float, y1: float, x2: float, y2: float, **attributes: object) -> str:
    """A line with round ends, in the colour of its surroundings unless ``stroke`` says otherwise."""
    attributes = {"stroke": "currentColor", "stroke_width": 2, "stroke_linecap": "round", **attributes}
    return tag("line", x1=float(x1), y1=float(y1), x2=float(x2), y2=float(y2), **attributes)


@remembered
def box(x: float, y: float, width: float, height: float, round_: float = 8, **attributes: object) -> str:
    """A rectangle with rounded corners."""
    return tag("rect", x=float(x), y=float(y), width=float(width), height=float(height), rx=float(round_), **attributes)


@remembered
def disc(x: float, y: float, radius: float, **attributes: object) -> str:
    """A circle."""
    return tag("circle", cx=float(x), cy=float(y), r=float(radius), **attributes)


@remembered
def cross(x: float, y: float, reach: float, **attributes: object) -> str:
    """An X whose arms reach ``reach`` from the centre along both axes."""
    attributes = {"stroke": X_COLOUR, **attributes}
    return line(x - reach, y - reach, x + reach, y + reach, **attributes) + line(
        x - reach, y + reach, x + reach, y - reach, **attributes
    )


@remembered
def ring(x: float, y: float, radius: float, **attributes: object) -> str:
    """An O."""
    attributes = {"fill": "none", "stroke": O_COLOUR, "stroke_width": 2, **attributes}
    return disc(x, y, radius, **attributes)
