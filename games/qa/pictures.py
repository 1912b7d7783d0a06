"""A search as a picture: the question, the way so far, and what is in view."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from html import escape

from kibitz.games.draw import GOOD_COLOUR, X_COLOUR, box, picture, tag
from kibitz.games.qa.question import Paragraph

_WIDTH = 640.0
_LINE = 18.0
_COLUMNS = 84


def draw_page(question: str, actions: Sequence[str], page: Paragraph | None, told: str) -> str:
    """The picture; long texts are cut."""
    shapes: list[str] = []
    y = _lines(shapes, 16, 26, question, weight="600", most=4)
    y += 8
    for number, action in enumerate(actions[-6:], max(1, len(actions) - 5)):
        last = number == len(actions)
        y = _lines(shapes, 16, y, f"{number}. {action}", most=1, fill=X_COLOUR if last else "currentColor")
    if page is not None or told:
        top = y
        inside: list[str] = []
        y = top + 22
        if page is not None:
            y = _lines(inside, 30, y, page.title, weight="600", most=1, fill=GOOD_COLOUR)
            y = _lines(inside, 30, y, page.text, most=10)
        if told and (page is None or told not in page.text):
            y = _lines(inside, 30, y + 4, told, most=4)
        frame = box(16, top, _WIDTH - 32, y - top, fill="none", stroke="currentColor", stroke_opacity=0.4)
        shapes += [frame, *inside]
    return picture(_WIDTH, y + 14, f"Question: {question}"[:200], *shapes)


def _lines(
    shapes: list[str], x: float, y: float, text: str, *, most: int, weight: str = "", fill: str = "currentColor"
) -> float:
    """Add text in lines from the height ``y``; returns the height of what comes below."""
    found = textwrap.wrap(text, _COLUMNS, max_lines=most, placeholder=" …") or [""]
    extra = {"font_weight": weight} if weight else {}
    for written in found:
        shapes.append(tag("text", escape(written), x=x, y=y, font_size=13, fill=fill, **extra))
        y += _LINE
    return y
