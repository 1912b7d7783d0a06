"""What is on a page, for whatever shows it: as text to agents, as HTML to browsers, as a picture in reports."""

from __future__ import annotations

import json
from typing import NamedTuple

from kibitz.games.shop import pages
from kibitz.games.shop.goal import Goal
from kibitz.games.shop.pages import Visit
from kibitz.games.shop.product import Product
from kibitz.games.shop.store import Store

BUTTONS: dict[str, str] = {
    pages.BACK: "Back to Search",
    pages.PREVIOUS: "< Prev",
    pages.NEXT: "Next >",
    pages.BUY: "Buy Now",
    **{page: page.capitalize() for page in pages.SUB_PAGES},
}
"""The buttons as they are shown."""


class Click(NamedTuple):
    """Something to click: what is shown, the action that clicks it, and whether it is marked as clicked before."""

    label: str
    action: str
    clicked: bool = False


class View(NamedTuple):
    """A page.

    Attributes:
        instruction: What is to be bought.
        visit: Where the episode is.
        buttons: Of the page, from top to bottom.
        products: On a page of results: those on it, with their prices as they are shown, and what opens them.
        product: The open one.
        price: Of the open product, as it is shown.
        options: Of the open product, on its own page: names, with the values to click.
        pages: How many pages of results there are.
        left: Actions that are left.
        reward: Of the purchase, on the last page.
        strict: Whether the quirks of the original are mended.
        address: The end of the address of a product's page, in which the original looks for what is chosen.
    """

    instruction: str
    visit: Visit
    buttons: tuple[Click, ...]
    products: tuple[tuple[Product, str, Click], ...]
    product: Product | None
    price: str
    options: tuple[tuple[str, tuple[Click, ...]], ...]
    pages: int
    left: int
    reward: float | None
    strict: bool
    address: str

    @property
    def texts(self) -> tuple[str, ...]:
        """The texts of a product's description or features; there are no reviews."""
        if self.product is None or self.visit.page not in ("description", "features"):
            return ()
        return (self.product.description,) if self.visit.page == "description" else self.product.bullets


def view(store: Store, goal: Goal, visit: Visit, *, left: int, reward: float | None = None) -> View:
    """The page where an episode is.

    Args:
        store: The shop.
        goal: What is to be bought.
        visit: Where the episode is.
        left: Actions that are left.
        reward: Of the purchase, if there was one.
    """
    product = store.product(visit.product) if visit.product >= 0 else None
    clicks = store.clicks(visit)
    buttons, results = [], []
    options: dict[str, list[Click]] = {}
    for label, action, step in clicks.rows:
        if step.kind == "open":
            one = store.product(step.product)
            opened = step.product in visit.opened
            results.append((one, store.price(step.product)[1], Click(one.asin, action, opened)))
        elif step.kind == "choose":
            options.setdefault(step.option[0], []).append(Click(label, action, step.option in visit.chosen))
        else:
            buttons.append(Click(BUTTONS[label], action))
    return View(
        store.instruction(goal),
        visit,
        tuple(buttons),
        tuple(results),
        product,
        store.price(visit.product)[1] if product is not None else "",
        tuple((name, tuple(values)) for name, values in options.items()),
        pages.last_page(visit, store.size),
        left,
        reward,
        store.strict,
        _address(visit, product) if product is not None and visit.page == "item" else "",
    )


def _address(visit: Visit, product: Product) -> str:
    query = "+".join(visit.query.split(" "))
    return f"item_page/{product.asin}/{query}/{visit.number}/{json.dumps(dict(visit.chosen))}"
