"""What a purchase is worth: the reward of WebShop (Yao et al. 2022, section 3.2 and its code), and a strict one.

Both are ``type * (attributes matched + options matched + price fits) / (attributes + options + 1)``. They differ in
what counts as a match: see ``ORIGINAL`` and ``STRICT``.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import fuzz
from rapidfuzz.utils import default_process

from kibitz.games.shop.goal import Goal
from kibitz.games.shop.product import Product

Chosen = tuple[tuple[str, str], ...]
"""Name and value of each option that is chosen, each name once."""

CLOSE = 85
"""The original takes two texts for the same if their token set ratio is above this."""

_COLOURS = (
    "alabaster apricot aqua ash asphalt azure banana beige black blue blush bordeaux bronze brown burgundy camel "
    "camo caramel champagne charcoal cheetah chestnut chocolate christmas coffee cognac copper coral cranberry "
    "cream crystal dark denim eggplant elephant espresso fuchsia gold granite grape graphite grass gray green "
    "grey heather indigo ivory ivy khaki lavender lemon leopard light lilac lime magenta maroon mauve merlot "
    "midnight mint mocha multicolor mushroom mustard natural navy nude olive orange peach pewter pink plum purple "
    "rainbow red rose royal rust sand sapphire seashell silver skull slate steel stone stonewash sunflower tan "
    "taupe teal tiger turquoise violet walnut wheat white wine yellow"
)
COLOURS = tuple(_COLOURS.split())
"""The first of these that a value contains stands for the whole value, in the original."""


@dataclass(frozen=True, slots=True)
class Score:
    """What a purchase is worth, and why.

    Attributes:
        reward: 0..1.
        type: Factor for the kind of product, 0..1.
        query_match: Whether both products belong to the same query.
        category_match: Whether two parts of their categories are the same.
        title_score: Share of the nouns of the goal's product that the name has.
        attributes: How many of the required attributes the product has.
        options: How many of the required options are chosen.
        price_fits: Whether the price is at most the bound.
        required_attributes: How many attributes the goal requires.
        required_options: How many options.
    """

    reward: float
    type: float
    query_match: bool
    category_match: bool
    title_score: float
    attributes: int
    options: int
    price_fits: bool
    required_attributes: int
    required_options: int


@dataclass(frozen=True, slots=True)
class Rule:
    """What counts as a match.

    Attributes:
        has: Whether a product has an attribute.
        meets: Whether a choice, of a product, is what an option of a goal asks for.
        type: The factor, from whether query or category match, and the title score.
        repeats: Whether a noun that a name repeats counts as often.
    """

    has: Callable[[Product, str], bool]
    meets: Callable[[Product, tuple[str, str], tuple[str, str]], bool]
    type: Callable[[bool, float], float]
    repeats: bool


def score(
    bought: Product, wanted: Product, goal: Goal, chosen: Chosen, *, price: float, bound: float, rule: Rule
) -> Score:
    """What it is worth to buy a product with the chosen options.

    Args:
        bought: The product.
        wanted: The product of which the goal was made.
        goal: What was asked.
        chosen: The options.
        price: Of the product, in dollars.
        bound: The highest price that fits.
        rule: ``ORIGINAL`` or ``STRICT``.
    """
    attributes = sum(rule.has(bought, attribute) for attribute in goal.attributes)
    options = sum(any(rule.meets(bought, one, option) for one in chosen) for option in goal.options)
    return _score(bought, wanted, goal, attributes, options, price <= bound, rule)


def best_choice(product: Product, goal: Goal, rule: Rule, offers: tuple[tuple[str, tuple[str, ...]], ...]) -> Chosen:
    """Options of a product, as few as possible, that meet as much of what a goal asks for as can be met.

    Args:
        product: The product.
        goal: What is asked.
        rule: What meets it.
        offers: Name and values of each option that can be chosen.
    """
    ways: dict[frozenset[int], Chosen] = {frozenset(): ()}
    for name, values in offers:
        # Of values that meet the same, the first stands for all.
        meets: dict[frozenset[int], str] = {}
        for value in values:
            numbers = (n for n, option in enumerate(goal.options) if rule.meets(product, (name, value), option))
            meets.setdefault(frozenset(numbers), value)
        for met, value in meets.items():
            for before, way in list(ways.items()):
                together = before | met
                if met and name not in dict(way) and len(way) < len(ways.get(together, (*way, ("", ""), ("", "")))):
                    ways[together] = (*way, (name, value))
    return max(ways.items(), key=lambda item: (len(item[0]), -len(item[1])))[1]


def _score(
    bought: Product, wanted: Product, goal: Goal, attributes: int, options: int, price_fits: bool, rule: Rule
) -> Score:
    query = bought.query == wanted.query
    category = len(_category(bought.product_category) & _category(wanted.product_category)) >= 2
    nouns = wanted.nouns if rule.repeats else tuple(dict.fromkeys(wanted.nouns))
    title = len(set(bought.nouns) & set(nouns)) / len(nouns) if nouns else 0.2
    factor = rule.type(query or category, title)
    points = len(goal.attributes) + len(goal.options) + 1
    reward = (attributes + options + price_fits) / points * factor
    return Score(
        reward, factor, query, category, title, attributes, options, price_fits, len(goal.attributes), len(goal.options)
    )


def _category(path: str) -> set[str]:
    return {part.strip() for part in path.split("›")}


# -- the original's matches --------------------------------------------------------------------------------------------


def _ratio(one: str, other: str) -> int:
    """The token set ratio as thefuzz computes it: of what is left of both without non-ASCII and punctuation."""
    return round(fuzz.token_set_ratio(_processed(one), _processed(other)))


@lru_cache(maxsize=50_000)
def _processed(text: str) -> str:
    return default_process(text.encode("ascii", "ignore").decode())


def _has_closely(product: Product, attribute: str) -> bool:
    """Whether an attribute of the product is close to it, or title, bullets or description contain it."""
    return any(_ratio(own, attribute) > CLOSE for own in product.attributes) or (
        attribute in product.name.lower()
        or attribute in " ".join(product.bullets).lower()
        or attribute in product.description.lower()
    )


def _meets_closely(product: Product, choice: tuple[str, str], option: tuple[str, str]) -> bool:
    """Whether the values are close, colours alike; where the option has a name, its pair is what is compared.

    The original writes such a pair down as Python does, so that the name's words count, and takes it for a colour only
    where name or value is exactly one.
    """
    value, (name, wanted) = _coloured(choice[1]), option
    asked = next((colour for colour in COLOURS if colour in option), str(option)) if name else _coloured(wanted)
    return _ratio(value, asked) > CLOSE


@lru_cache(maxsize=50_000)
def _coloured(value: str) -> str:
    return next((colour for colour in COLOURS if colour in value), value)


def _type_closely(match: bool, title: float) -> float:
    """The factor; too few common nouns count more than everything else."""
    if title == 0.0:
        return 0.0
    if title < 0.1:
        return 0.1
    return 1.0 if match or title > 0.2 else 0.5


ORIGINAL = Rule(_has_closely, _meets_closely, _type_closely, repeats=True)
"""As in the original: a text that contains all words of another is the same, so x-small is small, and 8.5 is 8."""


# -- strict matches ----------------------------------------------------------------------------------------------------

_TOKEN = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+")


@lru_cache(maxsize=50_000)
def tokens(text: str) -> tuple[str, ...]:
    """Words and numbers of a text in their order, whatever their case; the text itself where it has none."""
    return tuple(_TOKEN.findall(text.casefold())) or (text.strip().casefold(),)


def _same(one: str, other: str) -> bool:
    return sorted(tokens(one)) == sorted(tokens(other))


def _has_strictly(product: Product, attribute: str) -> bool:
    """Whether it is an attribute of the product, or stands word for word in title, bullets or description."""
    if any(_same(own, attribute) for own in product.attributes):
        return True
    words = f" {' '.join(tokens(attribute))} "
    texts = (product.name, " ".join(product.bullets), product.description)
    return any(words in f" {' '.join(_TOKEN.findall(text.casefold()))} " for text in texts)


def _meets_strictly(product: Product, choice: tuple[str, str], option: tuple[str, str]) -> bool:
    """Whether the values are the same words, and the names are, where the product has an option of that name."""
    (name, value), (wanted_name, wanted) = choice, option
    elsewhere = wanted_name and name != wanted_name and any(own == wanted_name for own, _ in product.options)
    return not elsewhere and _same(value, wanted)


def _type_strictly(match: bool, title: float) -> float:
    """The factor; things of the same kind are, whatever their names say."""
    if match or title > 0.2:
        return 1.0
    return 0.0 if title == 0.0 else 0.1 if title < 0.1 else 0.5


STRICT = Rule(_has_strictly, _meets_strictly, _type_strictly, repeats=False)
"""Words must be the same, all of them: x-small is not small, navy is not royal blue, and a size is no colour."""
