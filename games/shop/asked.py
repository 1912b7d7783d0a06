"""Questions about shopping, and their truths."""

from __future__ import annotations

import re
from collections.abc import Iterable

from kibitz.games.actions import canonical
from kibitz.games.kinds import Boolean, Choice, Integer, Number, SetOf
from kibitz.games.shop import pages
from kibitz.games.shop.goal import NO_BOUND, Goal
from kibitz.games.shop.pages import Visit
from kibitz.games.shop.store import Store
from kibitz.games.subproblem import Answer, Subproblem, Unknown

REWARD = Number(0.0, 1.0, tolerance=0.05, decimals=3)


def names(texts: Iterable[str]) -> tuple[str, ...]:
    """Texts as they are written in answers, each once; ``none`` would be the empty set."""
    found = dict.fromkeys(canonical(text) for text in texts)
    return tuple(name for name in found if name and name != "none")


def words(text: str) -> frozenset[str]:
    """The different words and numbers of a text, in lower case."""
    return frozenset(re.findall(r"[^\W_]+", text.lower()))


def questions(store: Store, goal: Goal, visit: Visit) -> tuple[Subproblem, ...]:
    """What can be asked on a page. What an agent does not see in the original, chosen options, is not asked there."""
    if visit.page == "search":
        return (_query_words(len(words(store.instruction(goal)))),)
    if visit.page == "results":
        return _best(tuple(store.product(one).asin.lower() for one in pages.shown(visit, store.size)))
    if visit.page != "item":
        return ()
    found = [_attributes(names(goal.attributes))]
    if store.bound(goal) < NO_BOUND:
        found.append(_price_fits())
    if store.strict:
        offers = names(name for name, _ in store.offers(visit.product))
        found += [*([_to_choose(offers)] if offers else []), _reward()]
    return tuple(found)


def everything(*, strict: bool) -> tuple[Subproblem, ...]:
    """All questions, in their order."""
    strictly = (_to_choose(("size",)), _reward()) if strict else ()
    return (_query_words(1), *_best(("b000000000",)), _attributes(("new",)), _price_fits(), *strictly)


def _query_words(most: int) -> Subproblem:
    return Subproblem(
        "query_words",
        "How many different words of your query stand in the instruction? Words are runs of letters and digits, "
        "whatever their case.",
        Integer(0, most),
        about="action",
    )


def _best(asins: tuple[str, ...]) -> tuple[Subproblem, ...]:
    question = (
        "Which product on this page gives the highest score if it is bought with the best options it has? The first of "
        "those that give the same."
    )
    return (Subproblem("best", question, Choice(asins)),) if asins else ()


def _attributes(required: tuple[str, ...]) -> Subproblem:
    question = "Which of these required attributes does the open product have?"
    return Subproblem("attributes", question, SetOf(required, member="attribute", each=True))


def _price_fits() -> Subproblem:
    return Subproblem("price_fits", "Is the price of the open product within what the instruction allows?", Boolean())


def _to_choose(offers: tuple[str, ...]) -> Subproblem:
    return Subproblem(
        "to_choose",
        "For which options of the open product is there a value that meets a part of the instruction which nothing "
        "chosen meets yet?",
        SetOf(offers, member="option"),
    )


def _reward() -> Subproblem:
    return Subproblem("reward", "What is the score if you buy the open product now, with what is chosen?", REWARD)


# -- truths ------------------------------------------------------------------------------------------------------------


def best(store: Store, goal: Goal, visit: Visit) -> Answer:
    """The first of the products on the page with the highest reward that can be had."""
    on_page = pages.shown(visit, store.size)
    return store.product(max(on_page, key=lambda number: store.best_score(goal, number))).asin.lower()


def attributes(store: Store, goal: Goal, visit: Visit) -> Answer:
    """The required attributes that the reward counts for the open product."""
    product = store.product(visit.product)
    return frozenset(names(one for one in goal.attributes if store.rule.has(product, one)))


def price_fits(store: Store, goal: Goal, visit: Visit) -> Answer | Unknown:
    """Whether the price is at most the bound; the original shows a range, of which a price is drawn unseen."""
    product, bound = store.product(visit.product), store.bound(goal)
    if not store.strict and len(product.pricing) > 1 and min(product.pricing) <= bound < max(product.pricing):
        return Unknown("the price is drawn from a range, and the bound lies within it")
    return store.price(visit.product)[0] <= bound


def to_choose(store: Store, goal: Goal, visit: Visit) -> Answer:
    """The options that have a value which meets what no chosen value meets."""
    product, rule = store.product(visit.product), store.rule
    unmet = [one for one in goal.options if not any(rule.meets(product, choice, one) for choice in visit.chosen)]
    return frozenset(
        names(
            name
            for name, values in store.offers(visit.product)
            if any(rule.meets(product, (name, value), one) for value in values for one in unmet)
        )
    )


def reward(store: Store, goal: Goal, visit: Visit) -> Answer:
    """What buying now gives."""
    return REWARD.rounded(store.score(goal, visit.product, visit.chosen).reward)
