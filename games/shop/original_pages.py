"""Pages as the original shows them to agents, byte for byte: plain text, and text with marked buttons.

Both are made from the same pieces: the pieces of text that stand in the original's HTML, with what holds each of them.
In strict mode the marked text is made in the same way, from pages that tell more.
"""

from __future__ import annotations

import json
from typing import Literal, NamedTuple

from kibitz.games.shop.view import Click, View


class Piece(NamedTuple):
    """A piece of text and what holds it; blanks around it are part of it in the marked text only."""

    text: str
    kind: Literal["text", "button", "option", "asin"] = "text"
    clicked: bool = False


def pieces(view: View) -> list[Piece]:
    """What stands on a page."""
    page = view.visit.page
    if page == "done":
        return _done(view)
    if page == "search":
        found = [Piece("WebShop"), Piece("Instruction: "), Piece(view.instruction), Piece("Search", "button")]
    else:
        head = [Piece("Instruction:"), Piece(view.instruction)]
        found = head + {"results": _results, "item": _item}.get(page, _sub_page)(view)
    return [*found, Piece(f"Actions left: {view.left}")] if view.strict else found


def _button(click: Click) -> Piece:
    return Piece(click.label, "button")


def _results(view: View) -> list[Piece]:
    number, total = view.visit.number, len(view.visit.found)
    told = f"{number} of {view.pages}" if view.strict else f"{number}"
    found = [_button(view.buttons[0]), Piece(f"Page {told} (Total results: {total})"), *map(_button, view.buttons[1:])]
    for one, price, click in view.products:
        found += [Piece(click.label, "asin", click.clicked), Piece(one.name), Piece(price)]
    return found


def _item(view: View) -> list[Piece]:
    assert view.product is not None, "it is the page of a product"
    found = [*map(_button, view.buttons[:2])]
    if view.strict:
        for name, values in view.options:
            found += [Piece(name), *(Piece(click.label, "option", click.clicked) for click in values)]
    else:
        for name, shown in view.product.options:
            found += [Piece(name), *(Piece(value, "option", f'"{value}"' in view.address) for value in shown)]
    found += [Piece(view.product.name), Piece(f"Price: {view.price}"), Piece("Rating: N.A.")]
    return [*found, *map(_button, view.buttons[2:])]


def _sub_page(view: View) -> list[Piece]:
    before = " " if view.visit.page == "features" else ""
    return [*map(_button, view.buttons), *(Piece(before + told) for told in view.texts)]


def _done(view: View) -> list[Piece]:
    assert view.product is not None, "something was bought"
    options = json.dumps(dict(view.visit.chosen), sort_keys=True)
    told = [
        "Thank you for shopping with us!",
        "Your code: ",
        "None",
        " (Paste it in your MTurk interface.)",
        "Purchased",
    ]
    told += ["asin", view.product.asin, "options", options]
    told += [text for name in ("attrs", "category", "query", "product category") for text in (name, "None")]
    told += ["Target", "asin", "options", "attrs", "price upper", "instuction text", "category", "product category"]
    told += ["query", "Goal ", "None", "Reward", "Your score (min 0.0, max 1.0)", f"{view.reward}"]
    return [Piece(text) for text in (*told, "Reward Details ", "None")]


def text(pieces: list[Piece]) -> str:
    """The pieces without marks, parted by ``[SEP]``."""
    return " [SEP] ".join(told for text_, _, _ in pieces if (told := text_.strip()) or _is_there(text_))


def text_rich(pieces: list[Piece]) -> str:
    """A piece a line, with marked buttons."""
    first, lines = "", []
    for text_, kind, clicked in pieces:
        if not _is_there(text_):
            continue
        told = _collapsed(text_)
        if kind == "option" and clicked:
            first = f"You have clicked {told}.\n{first}"
        if kind != "text":
            mark, end = ("[clicked button]", "[clicked button_]") if clicked else ("[button]", "[button_]")
            told = f"{_BEFORE[kind]}{mark} {told} {end}"
        lines.append(told + "\n")
    return first + "".join(lines)


_BEFORE = {"button": "", "option": "  ", "asin": "\n"}


def _is_there(text_: str) -> bool:
    """Whether the original shows a piece: empty ones, and blanks with a line break among them, vanish."""
    return bool(text_) and _collapsed(text_) != "\n"


def _collapsed(text_: str) -> str:
    """The text as the original's parser of HTML keeps it: nothing but blanks becomes one blank or line break."""
    return text_ if text_.strip(" \t\n\x0c\r") else "\n" if "\n" in text_ else text_[:1] and " "
