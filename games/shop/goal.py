"""What is to be bought: an instruction, and what counts as having followed it."""

from __future__ import annotations

import msgspec

NO_BOUND = 1_000_000.0
"""Dollars; the price bound of a goal whose instruction names none (as in the original)."""


class Goal(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """One goal, without the price bound: that follows from the prices, which a seed draws.

    Attributes:
        product: Number of the product it was made of, in the order of the catalogue.
        asin: Id of that product.
        instruction: What is asked, without a word of the price.
        attributes: What the product must have.
        options: What must be chosen: name and value. In human goals the names are empty, as in the original.
        kind: ``synthetic``, ``human``, or what the maker of the catalogue calls it.
        level: ``easy``, ``medium``, ``hard``, or empty where nobody has graded it.
        family: What a split by product keeps together; the id of the product where it is empty.
    """

    product: int
    asin: str
    instruction: str
    attributes: tuple[str, ...]
    options: tuple[tuple[str, str], ...] = ()
    kind: str = "synthetic"
    level: str = ""
    family: str = ""

    @property
    def names_options(self) -> bool:
        """Whether the options are asked for by name and value, and not by value alone."""
        return all(name for name, _ in self.options)
