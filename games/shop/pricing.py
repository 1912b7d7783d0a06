"""Prices that a seed draws, where the data leave them open: fixed for a catalogue and a seed, whatever is played.

In the original they come from an unseeded generator at each start: the price of a product with a range, and the bound
that a goal names. Here each is drawn from a hash of the seed and of what it belongs to, so that it does not depend on
what else is in the catalogue.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from itertools import combinations

from kibitz.games.shop.catalogue import SYNTHETIC
from kibitz.games.shop.goal import NO_BOUND, Goal
from kibitz.games.shop.product import NO_PRICE, Product

BOUNDS = tuple(10.0 * step for step in range(1, 100))
CONSIDERED = 4
"""Of the bounds above the price, so many are considered; of two that are drawn from these, the larger is kept."""


@dataclass(frozen=True, slots=True)
class Pricing:
    """Prices and price bounds.

    Attributes:
        seed: Of the draws.
        cents: Whether a price out of a range is rounded to cents, so that it can be shown.
    """

    seed: int
    cents: bool = True

    def price(self, product: Product) -> float:
        """What a product costs, in dollars: within its range, where it has one."""
        if len(product.pricing) < 2:
            return product.pricing[0] if product.pricing else NO_PRICE
        low, high = product.pricing
        drawn = low + (high - low) * (self._draw("price", product.asin) / 2**64)
        return round(drawn, 2) if self.cents else drawn

    def bound(self, goal: Goal, product: Product) -> float:
        """The highest price that fits a goal about ``product``, in dollars; ``NO_BOUND`` for what is too dear.

        Synthetic goals of one product have the same, others each their own.
        """
        price = self.price(product)
        above = [bound for bound in BOUNDS if bound > price][:CONSIDERED]
        pairs = list(combinations(above, 2))
        if not pairs:
            return NO_BOUND
        what = (goal.asin,) if goal.kind == SYNTHETIC else (goal.asin, goal.instruction)
        return max(pairs[self._draw("bound", *what) % len(pairs)])

    def _draw(self, *what: str) -> int:
        """A number of 64 bits, by hash."""
        told = "\x00".join(("kibitz", "shop", str(self.seed), *what))
        return int.from_bytes(hashlib.sha256(told.encode("utf-8", "surrogatepass")).digest()[:8], "big")


def instruction(goal: Goal, bound: float) -> str:
    """What is asked, with the price bound, as the original puts it."""
    return goal.instruction + (f", and price lower than {bound:.2f} dollars" if bound < NO_BOUND else "")
