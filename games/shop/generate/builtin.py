"""The catalogue that is always there: 1,000 generated products."""

from __future__ import annotations

from kibitz.games.shop import saved
from kibitz.games.shop.catalogue import Catalogue
from kibitz.games.shop.generate.generation import TAGGER, Generation

PRODUCTS, SEED = 1_000, 9
"""Of ten seeds the one with a number of goals most like the original's: few products have most of the combinations of
options, so that the number differs a lot between seeds."""


def catalogue() -> Catalogue:
    """The catalogue, made anew at each call: that takes half a second."""
    generation = Generation(PRODUCTS, SEED)
    products = tuple(generation.products())
    goals = {kind: tuple(found) for kind, found in generation.goals().items()}
    return Catalogue("generated", saved.digest(products, goals), products, goals, TAGGER)
