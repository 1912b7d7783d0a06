"""Pages as the original shows them to agents, byte for byte: plain text, and text with marked buttons.

Both are made from the same pieces: the pieces of text that stand in the original's HTML, with what holds each of them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Literal, NamedTuple

from kibitz.games.shop.pages import SUB_PAGES, Visit
from kibitz.games.shop.product import Product
from kibitz.games.shop.reward import Chosen


class Piece(NamedTuple):
    """A piece of text and what holds it; blanks around it are part of it in the marked text only."""

    text: str
    kind: Literal["text", "button", "option", "asin"] = "text"


def search_page(instruction: str) -> list[Piece]:
    """The page where an episode starts."""
    return [Piece("WebShop"), Piece("Instruction: "), Piece(instruction), Piece("Search", "button")]


def results_page(instruction: str, visit: Visit, products: list[Product]) -> list[Piece]:
    """A page of results; ``products`` are those on it."""
    found = [*_head(instruction), Piece(f"Page {visit.number} (Total results: {len(visit.found)})")]
    found += [Piece("< Prev", "button")] * (visit.number > 1)
    found.append(Piece("Next >", "button"))
    for one in products:
        found += [Piece(one.asin, "asin"), Piece(one.name), Piece(one.shown_price)]
    return found


def item_page(instruction: str, product: Product) -> list[Piece]:
    """The page of a product."""
    found = [*_head(instruction), Piece("< Prev", "button")]
    for name, values in product.options:
        found += [Piece(name), *(Piece(value, "option") for value in values)]
    found += [Piece(product.name), Piece(f"Price: {product.shown_price}"), Piece("Rating: N.A.")]
    found += [Piece(page.capitalize(), "button") for page in SUB_PAGES]
    return [*found, Piece("Buy Now", "button")]


def sub_page(instruction: str, visit: Visit, product: Product) -> list[Piece]:
    """The page of a product's description, features or reviews; there are no reviews."""
    texts = {
        "description": (product.description,),
        "features": tuple(f" {bullet}" for bullet in product.bullets),
    }.get(visit.page, ())
    return [*_head(instruction), Piece("< Prev", "button"), *(Piece(text) for text in texts)]


def done_page(product: Product, chosen: Chosen, reward: float) -> list[Piece]:
    """The page after a purchase."""
    options = json.dumps(dict(chosen), sort_keys=True)
    told = "Thank you for shopping with us!|Your code: |None| (Paste it in your MTurk interface.)|Purchased|asin"
    told += f"|{product.asin}|options|\x00|attrs|None|category|None|query|None|product category|None|Target|asin|options"
    told += "|attrs|price upper|instuction text|category|product category|query|Goal |None|Reward"
    told += f"|Your score (min 0.0, max 1.0)|{reward}|Reward Details |None"
    return [Piece(text if text != "\x00" else options) for text in told.split("|")]


def _head(instruction: str) -> Iterator[Piece]:
    yield Piece("Instruction:")
    yield Piece(instruction)
    yield Piece("Back to Search", "button")


def text(pieces: list[Piece]) -> str:
    """The pieces without marks, parted by ``[SEP]``."""
    return " [SEP] ".join(_collapsed(piece.text).strip() for piece in pieces if _is_there(piece.text))


def text_rich(pieces: list[Piece], address: str = "", opened: frozenset[str] = frozenset()) -> str:
    """A piece a line, with marked buttons.

    Args:
        pieces: Of the page.
        address: Of the page: a value that stands in it in quotes is taken for chosen.
        opened: Ids of the products that were opened since the search page.
    """
    first, lines = "", []
    for piece in pieces:
        if not _is_there(piece.text):
            continue
        told = _collapsed(piece.text)
        if piece.kind == "button":
            told = f"[button] {told} [button_]"
        elif piece.kind == "option":
            clicked = f'"{told}"' in address
            first = f"You have clicked {told}.\n{first}" if clicked else first
            told = f"  [clicked button] {told} [clicked button_]" if clicked else f"  [button] {told} [button_]"
        elif piece.kind == "asin":
            told = f"\n[clicked button] {told} [clicked button_]" if told in opened else f"\n[button] {told} [button_]"
        lines.append(told + "\n")
    return first + "".join(lines)


def _is_there(text_: str) -> bool:
    """Whether the original shows a piece: empty ones, and blanks with a line break among them, vanish."""
    return bool(text_) and _collapsed(text_) != "\n"


def _collapsed(text_: str) -> str:
    """The text as the original's parser of HTML keeps it: nothing but blanks becomes one blank or line break."""
    return text_ if text_.strip(" \t\n\x0c\r") else "\n" if "\n" in text_ else text_[:1] and " "


def item_address(visit: Visit, asin: str) -> str:
    """The end of the address of a product's page."""
    query = "+".join(visit.query.split(" "))
    return f"item_page/{asin}/{query}/{visit.number}/{json.dumps(dict(visit.chosen))}"
