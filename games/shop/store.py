"""A shop that is open: a catalogue with its search engine, prices and rules, shared by all episodes of a process."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from kibitz.games.actions import folded
from kibitz.games.game import DataError
from kibitz.games.shop import pages, reward
from kibitz.games.shop.catalogue import PRACTICE, Catalogue
from kibitz.games.shop.goal import Goal
from kibitz.games.shop.pages import Step, Visit
from kibitz.games.shop.pricing import Pricing, instruction
from kibitz.games.shop.product import Product
from kibitz.games.shop.search import Engine

KEPT = 4096
"""Pages, prices and goals that stay in memory once they were needed."""


class Clicks(NamedTuple):
    """What can be clicked on a page.

    Attributes:
        rows: Label in lower case, the action that clicks it, and what it leads to; in the order of the page.
        listed: The actions.
        labels: What each label leads to.
        actions: What each action leads to.
    """

    rows: tuple[tuple[str, str, Step], ...]
    listed: tuple[str, ...]
    labels: Mapping[str, Step]
    actions: Mapping[str, Step]


class Store:
    """What all episodes with the same options share; nothing in it changes.

    Args:
        catalogue: The products and goals.
        engine: Finds products.
        seed: Of the prices.
        strict: Whether the quirks of the original are mended.
        size: Products on a page of results.
    """

    def __init__(self, catalogue: Catalogue, engine: Engine, *, seed: int, strict: bool, size: int) -> None:
        self.catalogue, self.strict, self.size = catalogue, strict, size
        self.search = engine.search
        self._pricing = Pricing(seed, cents=strict)
        self.price = lru_cache(maxsize=KEPT)(self._price)
        self.bound = lru_cache(maxsize=KEPT)(self._bound)
        self.instruction = lru_cache(maxsize=KEPT)(self._instruction)
        self.rule = reward.STRICT if strict else reward.ORIGINAL
        self._clicks = lru_cache(maxsize=KEPT)(self._clicks_on)

    def __copy__(self) -> Store:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Store:
        return self

    def goals(self, kind: str) -> Sequence[Goal]:
        """The goals of a kind.

        Raises:
            DataError: The catalogue has none.
        """
        found = self.catalogue.goals.get(kind)
        if not found:
            kinds = ", ".join(sorted({*self.catalogue.goals} - {PRACTICE})) or "none"
            raise DataError(f"catalogue {self.catalogue.name!r}: it has no {kind} goals; those it has: {kinds}")
        return found

    def product(self, number: int) -> Product:
        """A product by its number."""
        return self.catalogue.products[number]

    def _price(self, number: int) -> tuple[float, str]:
        """What a product costs, in dollars, and how that is shown: the original shows a range, where there is one."""
        product = self.product(number)
        price = self._pricing.price(product)
        return price, f"${price:.2f}" if self.strict else product.shown_price

    def _bound(self, goal: Goal) -> float:
        """The highest price that fits, in dollars."""
        return self._pricing.bound(goal, self.product(goal.product))

    def _instruction(self, goal: Goal) -> str:
        """What is asked, with the price bound."""
        return instruction(goal, self.bound(goal))

    # -- clicks --------------------------------------------------------------------------------------------------------

    def clicks(self, visit: Visit) -> Clicks:
        """What can be clicked where an episode is."""
        on_page = pages.shown(visit, self.size) if visit.page == "results" else ()
        more = not self.strict or visit.number < pages.last_page(visit, self.size)
        product = visit.product if visit.page == "item" else -1
        return self._clicks(visit.page, min(visit.number, 2), more, on_page, product)

    def _clicks_on(self, page: pages.PageName, number: int, more: bool, on_page: tuple[int, ...], one: int) -> Clicks:
        labels = dict(pages.buttons(Visit(page, number=number), more=more))
        for product in on_page:
            labels.setdefault(self.product(product).asin.lower(), Step("open", product))
        if page == "item":
            named = pages.option_labels(self.product(one), alone=not self.strict)
            # Of two options with the same label, which only the original has, the last one is meant.
            options = {label: Step("choose", option=option) for option, label in named.items()}
            labels |= {label: step for label, step in options.items() if label not in labels}
        rows: dict[str, tuple[str, str, Step]] = {}
        for label, step in labels.items():
            action = f"click[{label}]"
            if self.strict and (" " in action or "," in action or not label.isascii()):
                action = folded(action)
            elif not self.strict and ("[" in label or "\n" in label):
                continue  # the original reads such an action otherwise, so that nothing is clicked
            rows.setdefault(action, (label, action, step))
        actions = {action: step for action, (_, _, step) in rows.items()}
        return Clicks(tuple(rows.values()), tuple(rows), labels, actions)

    def offers(self, product: int) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """The options of a product that can be chosen, by name."""
        found: dict[str, list[str]] = {}
        for step in self.clicks(Visit("item", product=product)).actions.values():
            if step.kind == "choose":
                found.setdefault(step.option[0], []).append(step.option[1])
        return tuple((name, tuple(values)) for name, values in found.items())

    # -- rewards -------------------------------------------------------------------------------------------------------

    def score(self, goal: Goal, product: int, chosen: reward.Chosen) -> reward.Score:
        """What it is worth to buy a product with the chosen options."""
        bought, wanted = self.product(product), self.product(goal.product)
        price, _ = self.price(product)
        return reward.score(bought, wanted, goal, chosen, price=price, bound=self.bound(goal), rule=self.rule)

    def best_choice(self, goal: Goal, product: int) -> reward.Chosen:
        """Options of a product, as few as possible, that meet as much of a goal as can be met."""
        return reward.best_choice(self.product(product), goal, self.rule, self.offers(product))

    def best_score(self, goal: Goal, product: int) -> float:
        """What it is worth to buy a product with the best options that can be chosen."""
        return self.score(goal, product, self.best_choice(goal, product)).reward
