"""Goals about invented products: what is asked, and how hard that is."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from math import sqrt
from random import Random
from typing import NamedTuple

from kibitz.games.shop.generate import measured
from kibitz.games.shop.generate.making import Made
from kibitz.games.shop.goal import Goal
from kibitz.games.shop.product import Product
from kibitz.games.shop.reward import ORIGINAL

LEVELS = {"easy": 3, "medium": 5, "hard": 10**9}
"""The most points of each level; see ``points``."""

_CHANCE = {0: 0.7, 1: 1.0, 2: 1.0, 3: 1.0}
"""How often something is asked of a product of which enough is shown, by the number of its options."""
_FEWER = 0.2
"""How often it is asked of one of which less is shown than would be asked for."""
_OPENINGS = ("Find me", "I am looking for", "I need", "Show me", "I want to buy", "Please find", "Get me")


class Plan(NamedTuple):
    """A product's instruction, of which a goal is made for each combination of its options.

    Attributes:
        product: Its number in the catalogue.
        options: Names in alphabetical order, each with its values.
    """

    product: int
    asin: str
    family: str
    instruction: str
    attributes: tuple[str, ...]
    options: tuple[tuple[str, tuple[str, ...]], ...]
    level: str

    @property
    def size(self) -> int:
        """How many combinations there are."""
        size = 1
        for _, values in self.options:
            size *= len(values)
        return size

    def goal(self, number: int, kind: str) -> Goal:
        """The goal of one combination."""
        chosen = []
        for name, values in reversed(self.options):
            number, place = divmod(number, len(values))
            chosen.append((name, values[place]))
        chosen.reverse()
        asked = ", and ".join(f"{name}: {value}" for name, value in chosen)
        text = f"{self.instruction} with {asked}" if asked else self.instruction
        return Goal(
            self.product,
            self.asin,
            text,
            self.attributes,
            tuple(chosen),
            kind=kind,
            level=self.level,
            family=self.family,
        )


def plan(number: int, made: Made, rng: Random) -> Plan | None:
    """What is asked of a product; None where nothing is.

    Only what stands in its texts is asked for, and, where it has relatives, that in which it differs from them.
    """
    shown, count = len(made.shown), measured.drawn(measured.ASKED, rng)
    enough = shown >= count or (shown >= 2 and rng.random() < _FEWER)
    if not enough or rng.random() >= _CHANCE[len(made.product.options)]:
        return None
    others = [one for one in made.shown if one != made.own]
    rng.shuffle(others)
    wanted = ([made.own] if made.own else []) + others
    wanted = wanted[:count]
    rng.shuffle(wanted)
    before = rng.randint(1, len(wanted))
    end = f" with {', '.join(wanted[before:])}" if wanted[before:] else ""
    one = made.product
    return Plan(
        product=number,
        asin=one.asin,
        family=one.family,
        instruction=f"{rng.choice(_OPENINGS)} {', '.join(wanted[:before])} {one.query}{end}",
        attributes=tuple(wanted),
        options=tuple(sorted(one.options)),
        level=level_of(points(wanted, len(one.options), made.relatives)),
    )


def points(wanted: Sequence[str], options: int, relatives: Sequence[Product]) -> int:
    """How hard a goal is: attributes and options that it asks for, and relatives that a search finds beside it.

    Relatives that have all that is asked for make it no harder.
    """
    rivals = sum(not all(ORIGINAL.has(one, each) for each in wanted) for one in relatives)
    return len(wanted) + options + rivals


def level_of(count: int) -> str:
    """The level of so many points."""
    return next(name for name, most in LEVELS.items() if count <= most)


def spread(plans: Sequence[Plan], rng: Random) -> tuple[array[int], array[int]]:
    """Plans and combinations in the order of the goals.

    Of any first goals, each plan has a share in proportion to the square root of its combinations. In proportion to
    their number, as in the original, a few plans with most of the options would be nearly all that the tests see; in
    equal shares, the few hundred first goals would be those without any option, which are the easy ones.
    """
    keyed: list[tuple[float, int, int]] = []
    for number, one in enumerate(plans):
        order = list(range(one.size))
        rng.shuffle(order)
        keyed += [((turn + rng.random()) / sqrt(one.size), number, which) for turn, which in enumerate(order)]
    keyed.sort()
    return array("l", (number for _, number, _ in keyed)), array("l", (which for _, _, which in keyed))


def goals(plans: Sequence[Plan], kind: str, rng: Random) -> Iterator[Goal]:
    """The goals of these plans."""
    for number, combination in zip(*spread(plans, rng), strict=True):
        yield plans[number].goal(combination, kind)
