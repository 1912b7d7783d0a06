"""A catalogue made from a number of products and a seed: the same two give the same bytes, on any machine."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from random import Random

from kibitz.games.shop.catalogue import PRACTICE, SYNTHETIC
from kibitz.games.shop.generate import asking
from kibitz.games.shop.generate.asking import Plan
from kibitz.games.shop.generate.making import products
from kibitz.games.shop.goal import Goal
from kibitz.games.shop.product import Product

VERSION = 1
"""Of what is generated; changes with every change of its bytes."""

TAGGER = "the generator"
"""Nouns need not be found: who writes a name knows them."""

PRACTISED = 30
"""Goals, at most, from which worked examples are made: about families of which no other goal is."""


class Generation:
    """The products and goals of one catalogue, one after another: the products must be read first.

    Args:
        count: Products.
        seed: Another seed is another catalogue.
        progress: Told how many products there are so far, now and then.
    """

    def __init__(self, count: int, seed: int, progress: Callable[[int], None] = lambda made: None) -> None:
        self._count, self._seed, self._progress = count, seed, progress
        self._plans: list[Plan] = []
        self._spare: dict[str, Plan] = {}

    def _rng(self, what: str) -> Random:
        return Random(f"kibitz/shop/{VERSION}/{self._seed}/{self._count}/{what}")

    def products(self) -> Iterator[Product]:
        """The products."""
        rng, practice = self._rng("instructions"), self._rng("practice")
        asked: set[str] = set()
        for number, made in enumerate(products(self._count, self._rng("products"))):
            if number % 1000 == 0:
                self._progress(number)
            family = made.product.family
            plan = asking.plan(number, made, rng)
            if plan is not None:
                self._plans.append(plan)
                asked.add(family)
            elif len(self._spare) < 4 * PRACTISED:
                spare = asking.plan(number, made, practice)
                if spare is not None:
                    self._spare.setdefault(family, spare)
            yield made.product
        self._spare = {family: plan for family, plan in self._spare.items() if family not in asked}

    def goals(self) -> Mapping[str, Iterator[Goal]]:
        """The goals by kind, each to be read once, when all products have been read."""
        return {SYNTHETIC: self._synthetic(), PRACTICE: self._practice()}

    def levels(self) -> dict[str, int]:
        """How many goals there are of each level, practice not counted."""
        found = dict.fromkeys(asking.LEVELS, 0)
        for plan in self._plans:
            found[plan.level] += plan.size
        return found

    def _synthetic(self) -> Iterator[Goal]:
        yield from asking.goals(self._plans, SYNTHETIC, self._rng("goals"))

    def _practice(self) -> Iterator[Goal]:
        rng = self._rng("practised")
        for plan in list(self._spare.values())[:PRACTISED]:
            yield plan.goal(rng.randrange(plan.size), PRACTICE)
