"""The way to the full reward of a goal, by the pages that everybody uses."""

from __future__ import annotations

from functools import lru_cache

from kibitz.games.shop import guessing, pages
from kibitz.games.shop.goal import Goal
from kibitz.games.shop.pages import Visit
from kibitz.games.shop.store import Store


def next_action(store: Store, goal: Goal, visit: Visit) -> str:
    """The next action: find the product of which the goal was made, choose what is asked for, buy."""
    wanted = goal.product
    if visit.page == "item" and visit.product == wanted:
        chosen = dict(visit.chosen)
        missing = next((one for one in store.best_choice(goal, wanted) if chosen.get(one[0]) != one[1]), None)
        if missing is None:
            return f"click[{pages.BUY}]"
        return next(a for _, a, step in store.clicks(visit).rows if step.kind == "choose" and step.option == missing)
    if visit.page in pages.SUB_PAGES:
        return f"click[{pages.PREVIOUS}]"
    if visit.page != "results" or wanted not in visit.found:
        return f"search[{_query(store, goal)}]"
    page = visit.found.index(wanted) // store.size + 1
    if page != visit.number:
        return f"click[{pages.NEXT if page > visit.number else pages.PREVIOUS}]"
    return next(action for _, action, step in store.clicks(visit).rows if step.product == wanted)


@lru_cache(maxsize=4096)
def _query(store: Store, goal: Goal) -> str:
    """A query out of the instruction with the product on the first page, if there is one; else one about the product.

    The first kind is what an agent can think of: worked examples show it wherever they can.
    """
    number = goal.product
    whole = reversed(guessing.queries(store.instruction(goal))[:3])  # its telling words, all without the price, all
    asked = (text for text in whole if "[" not in text and number in store.search(text)[: store.size])
    found = next(asked, None)
    return found if found is not None else _about(store, number)


@lru_cache(maxsize=4096)
def _about(store: Store, product: int) -> str:
    return guessing.finding(store.product(product), product, store.search)
