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
        return f"search[{_finding(store, wanted)}]"
    page = visit.found.index(wanted) // store.size + 1
    if page != visit.number:
        return f"click[{pages.NEXT if page > visit.number else pages.PREVIOUS}]"
    return next(action for _, action, step in store.clicks(visit).rows if step.product == wanted)


@lru_cache(maxsize=4096)
def _finding(store: Store, product: int) -> str:
    return guessing.finding(store.product(product), product, store.search)
