"""Products one after another, in families of near-duplicates that differ in one attribute."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from string import capwords
from typing import NamedTuple

import msgspec

from kibitz.games.shop.generate import beauty, electronics, fashion, garden, grocery, measured
from kibitz.games.shop.generate.department import Department, Kind, listed
from kibitz.games.shop.generate.pools import POOLS
from kibitz.games.shop.generate.writing import nouns, write
from kibitz.games.shop.product import Product

_CATEGORIES = {
    "beauty": (238, beauty.DEPARTMENTS, beauty.SHARED),
    "electronics": (229, electronics.DEPARTMENTS, electronics.SHARED),
    "garden": (216, garden.DEPARTMENTS, garden.SHARED),
    "fashion": (200, fashion.DEPARTMENTS, fashion.SHARED),
    "grocery": (117, grocery.DEPARTMENTS, grocery.SHARED),
}
"""Products of 1,000, departments, and attributes that things of all of these can have."""
CATEGORIES = tuple(_CATEGORIES)
_SHARES = tuple(share for share, _, _ in _CATEGORIES.values())
_KINDS: dict[str, tuple[tuple[Department, Kind], ...]] = {
    name: tuple((where, kind) for where in departments for kind in where.kinds)
    for name, (_, departments, _) in _CATEGORIES.items()
}
_SIZES = {1: 80, 2: 10, 3: 6, 5: 4}
"""How large families are: four of ten products have a near-duplicate."""
_ORDERED = frozenset(
    listed(
        """letters, shoes, waists, lengths, dimensions, diameters, screens, drives, memory, bands, beds, sets, packs,
        volumes, bottles, inches"""
    )
)
"""Pools whose values stand in the order of size, also on a product."""
_ENDINGS = (0.99, 0.99, 0.95, 0.49, 0.0)
_LETTERS = "0123456789ABCDEFGHJKLMNPQRSTVWXY"


class Made(NamedTuple):
    """A product, and what its maker knows of it.

    Attributes:
        shown: Attributes that stand somewhere in its texts.
        own: The attribute in which it differs from the rest of its family; empty where it has no family.
        relatives: The rest of its family, as far as they were made before or after it.
    """

    product: Product
    shown: tuple[str, ...]
    own: str
    relatives: tuple[Product, ...]


def products(count: int, rng: Random) -> Iterator[Made]:
    """So many products; families stand together."""
    taken: set[str] = set()
    made = 0
    while made < count:
        size = min(measured.drawn(_SIZES, rng), count - made)
        yield from _family(size, taken, rng)
        made += size


def _family(size: int, taken: set[str], rng: Random) -> Iterator[Made]:
    category = rng.choices(CATEGORIES, _SHARES)[0]
    where, kind = rng.choice(_KINDS[category])
    attributes = _attributes(category, where, kind, size, rng)
    own = attributes[0] if size > 1 else ""
    written = write(category, where, kind, attributes, own, rng)
    options = _options(category, where, rng)
    pricing = _pricing(category, where, bool(options), rng)
    first = Product(
        asin=_asin(taken, rng),
        name=written.name,
        category=category,
        query=kind.query,
        product_category="" if rng.random() < 0.022 else f"{where.path} › {capwords(kind.query)}",
        description=written.description,
        bullets=written.bullets,
        pricing=pricing,
        options=options,
        attributes=attributes,
        nouns=nouns(written.name),
    )
    family = [msgspec.structs.replace(first, family=first.asin)]
    others = [one for one in (*where.attributes, *_CATEGORIES[category][2]) if one not in attributes]
    changed = ([own], *([one] for one in rng.sample(others, size - 1))) if own else ([""],)
    for (other,) in changed[1:]:
        family.append(_relative(family[0], own, other, _asin(taken, rng), rng))
    for (mine,), product in zip(changed, family, strict=True):
        shown = tuple(mine if one == own else one for one in written.shown) if own else written.shown
        yield Made(product, shown, mine, tuple(one for one in family if one is not product))


def _relative(first: Product, own: str, other: str, asin: str, rng: Random) -> Product:
    """The same product with another attribute in the place of one, in all its texts, and for nearly the same money."""

    def turned(text: str) -> str:
        for form in (str.lower, str.capitalize, str.title):
            text = text.replace(form(own), form(other))
        return text

    factor = 0.9 + 0.2 * rng.random()
    name = turned(first.name)
    return msgspec.structs.replace(
        first,
        asin=asin,
        name=name,
        description=turned(first.description),
        bullets=tuple(turned(bullet) for bullet in first.bullets),
        pricing=tuple(round(price * factor, 2) for price in first.pricing),
        attributes=tuple(other if one == own else one for one in first.attributes),
        nouns=nouns(name),
    )


def _asin(taken: set[str], rng: Random) -> str:
    """An id of ten characters that nobody has; ids of the original begin with another letter."""
    while True:
        number = rng.getrandbits(45)
        asin = "K" + "".join(_LETTERS[number >> 5 * place & 31] for place in range(9))
        if asin not in taken:
            taken.add(asin)
            return asin


def _attributes(category: str, where: Department, kind: Kind, size: int, rng: Random) -> tuple[str, ...]:
    """What a product has; one that has relatives has at least two of them."""
    count = measured.drawn(measured.ATTRIBUTES, rng)
    if size > 1:
        count = max(count, 2)
    pool = [*where.attributes, *_CATEGORIES[category][2]]
    named = [kind.noun] if count > 2 and " " in kind.noun and rng.random() < 0.3 else []
    return (*rng.sample(pool, min(count - len(named), len(pool))), *named)


def _options(category: str, where: Department, rng: Random) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The options, in the order of the department; nothing can be chosen twice."""
    count = min(measured.drawn(measured.OPTIONS[category], rng), len(where.options))
    left = list(where.options)
    chosen = set()
    for _ in range(count):
        option = rng.choices(left, [weight for _, _, weight in left])[0]
        left.remove(option)
        chosen.add(option)
    share = rng.random()  # what comes in many colours comes in many sizes
    return tuple(
        (name, _values(pool, share if rng.random() < 0.7 else rng.random(), rng))
        for name, pool, weight in where.options
        if (name, pool, weight) in chosen
    )


def _values(name: str, share: float, rng: Random) -> tuple[str, ...]:
    pool = POOLS[name]
    count = min(round(measured.tail(measured.VALUES, share)), len(pool))
    if name in _ORDERED:
        start = rng.randint(0, len(pool) - count)
        return pool[start : start + count]
    return tuple(rng.sample(pool, count))


def _pricing(category: str, where: Department, choosable: bool, rng: Random) -> tuple[float, ...]:
    if rng.random() < measured.NO_PRICE / 1000:
        return ()
    dollars = measured.tail(measured.PRICES[category], (where.dear + rng.random()) / 2)
    price = max(0.99, int(dollars) + rng.choice(_ENDINGS)) if rng.random() < 0.8 else round(dollars, 2)
    if not choosable or rng.random() >= measured.RANGE / 423:  # of 423 products with options
        return (price,)
    return (price, round(price * measured.quantile(measured.SPREAD, rng.random()), 2))
