"""A page of the shop as a picture: the instruction, the way so far, and the page with what is chosen."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from html import escape

from kibitz.games.draw import GOOD_COLOUR, X_COLOUR, box, picture, tag
from kibitz.games.shop.view import Click, View

_WIDTH = 680.0
_LEFT, _INSIDE = 16.0, 32.0
_LINE = 18.0
_COLUMNS, _BOLD_COLUMNS = 88, 76


class _Sheet:
    """Shapes from top to bottom."""

    def __init__(self) -> None:
        self.shapes: list[str] = []
        self.y = 26.0

    def write(self, text: str, x: float = _INSIDE, *, most: int = 1, **attributes: object) -> None:
        """Add a text in lines."""
        columns = _BOLD_COLUMNS if "font_weight" in attributes else _COLUMNS
        shown = textwrap.wrap(text, columns, max_lines=most, placeholder=" …") or [""]
        for line in shown:
            told = {"font_size": 13, "fill": "currentColor", **attributes}
            self.shapes.append(tag("text", escape(_printable(line)), x=x, y=self.y, **told))
            self.y += _LINE

    def buttons(self, clicks: Sequence[Click], most: int = 24) -> None:
        """Add things to click, side by side; those that were clicked are filled."""
        if not clicks:
            return
        self.y += 4
        x = _INSIDE
        for click in [*clicks[:most], *([Click("…", "")] if len(clicks) > most else [])]:
            label = textwrap.shorten(_printable(click.label), 34, placeholder="…") or "…"
            width = 14 + 7.2 * len(label)
            if x + width > _WIDTH - _INSIDE:
                x, self.y = _INSIDE, self.y + 28
            fill = {"fill": GOOD_COLOUR, "fill_opacity": 0.35} if click.clicked else {"fill": "none"}
            self.shapes.append(
                box(x, self.y - 15, width, 22, 6, stroke=GOOD_COLOUR if click.clicked else X_COLOUR, **fill)
            )
            weight = "600" if click.clicked else "400"
            self.shapes.append(
                tag("text", escape(label), x=x + 7, y=self.y, font_size=12, fill="currentColor", font_weight=weight)
            )
            x += width + 8
        self.y += 28


def draw_page(view: View, actions: Sequence[str]) -> str:
    """The picture; long texts and long lists are cut."""
    sheet = _Sheet()
    sheet.write(view.instruction, _LEFT, most=4, font_weight="600")
    for number, action in enumerate(actions[-5:], max(1, len(actions) - 4)):
        sheet.write(f"{number}. {action}", _LEFT, fill=X_COLOUR if number == len(actions) else "currentColor")
    top = sheet.y
    sheet.y += 16
    _inside(sheet, view)
    frame = box(_LEFT, top, _WIDTH - 2 * _LEFT, sheet.y - top, fill="none", stroke="currentColor", stroke_opacity=0.4)
    return picture(
        _WIDTH, sheet.y + 14, _printable(f"{view.visit.page} page: {view.instruction}")[:200], *sheet.shapes, frame
    )


def _inside(sheet: _Sheet, view: View) -> None:
    page, product = view.visit.page, view.product
    sheet.y += 6
    if page == "search":
        sheet.shapes.append(
            box(_INSIDE, sheet.y - 14, _WIDTH - 160, 26, 6, fill="none", stroke="currentColor", stroke_opacity=0.5)
        )
        sheet.shapes.append(
            tag("text", "Search…", x=_INSIDE + 10, y=sheet.y + 4, font_size=13, fill="currentColor", fill_opacity=0.6)
        )
        sheet.y += 26
        return
    sheet.buttons(view.buttons[:2] if page == "item" else view.buttons)
    if page == "results":
        told = f"Results, page {view.visit.number} of {view.pages} ({len(view.visit.found)} found)"
        sheet.write(told, font_weight="600")
        for one, price, click in view.products:
            colour = GOOD_COLOUR if click.clicked else X_COLOUR
            sheet.write(f"{click.label}   {price}", fill=colour, font_weight="600")
            sheet.write(one.name)
        return
    assert product is not None, "all other pages are about a product"
    sheet.write(f"{product.asin}   {view.price}", fill=X_COLOUR, font_weight="600")
    sheet.write(product.name, most=3, font_weight="600")
    if page == "item":
        for name, values in view.options:
            sheet.write(f"{name}:")
            sheet.buttons(values)
        sheet.buttons(view.buttons[2:])
    elif page == "done":
        chosen = "; ".join(f"{name}: {value}" for name, value in view.visit.chosen) or "nothing"
        sheet.write(f"Chosen: {chosen}", most=3)
        if view.reward is not None:
            sheet.write(f"Bought. Score {view.reward:.3g} of 1", fill=GOOD_COLOUR, font_weight="600")
    else:
        sheet.write(page.capitalize(), font_weight="600")
        for text in view.texts[:8]:
            sheet.write(text, most=6)


def _printable(text: str) -> str:
    """The text without characters that XML cannot hold."""
    return "".join(one if one.isprintable() and not "\ud800" <= one <= "\udfff" else " " for one in text)
