"""A product as the shop keeps it: immutable, and shared by all episodes."""

from __future__ import annotations

import re

import msgspec

NO_PRICE = 100.0
"""Dollars; what a product costs whose data say nothing of a price (as in the original)."""

DUMMY_ATTRIBUTE = "DUMMY_ATTR"
"""The one attribute of a product whose data name none (as in the original)."""


class Product(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """One product.

    Attributes:
        asin: Its id, in the case of the data; at most ten characters.
        name: The title.
        category: The part of the shop, such as ``beauty``.
        query: What one searches to find things of its kind, in lower case.
        product_category: Its place in the shop's tree, parts joined by `` › ``; can be empty.
        description: A text; can be empty.
        bullets: Features, one sentence or so each.
        pricing: No price, one, or the two ends of a range, in dollars; more are not kept.
        options: Name and values of each option, in the order of the data; names and values in lower case.
        attributes: What an instruction can ask for, such as ``long sleeve``.
        nouns: Nouns of the name in lower case, in order and with repeats; see ``nouns``.
        image: Address of its picture; can be empty.
        family: Products of one family differ in little, and a split by product keeps them together; the product's own
            id where it is empty.
    """

    asin: str
    name: str
    category: str = ""
    query: str = ""
    product_category: str = ""
    description: str = ""
    bullets: tuple[str, ...] = ()
    pricing: tuple[float, ...] = ()
    options: tuple[tuple[str, tuple[str, ...]], ...] = ()
    attributes: tuple[str, ...] = ()
    nouns: tuple[str, ...] = ()
    image: str = ""
    family: str = ""

    @property
    def shown_price(self) -> str:
        """The price as the original shows it: ``$12.99``, ``$10.0 to $25.0``, or ``$100.0`` where there is none."""
        return " to ".join(f"${price}" for price in self.pricing[:2]) or f"${NO_PRICE}"

    @property
    def text(self) -> str:
        """What is searched, as in the original: title, description, first bullet and options, in lower case."""
        options = ", and ".join(f"{name}: {', '.join(values)}" for name, values in self.options)
        return " ".join([self.name, self.description, self.bullets[0] if self.bullets else "", options]).lower()


def prices(text: str) -> tuple[float, ...]:
    """The prices in a text such as ``$12.99`` or ``$10.00$25.00``: the first two.

    Raises:
        ValueError: What follows a dollar sign is no number.
    """
    parts = [re.sub(r"[^\d.]", "", part) for part in text.split("$")[1:]]
    return tuple(float(part) for part in parts)[:2]
