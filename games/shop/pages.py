"""The pages of the shop, and what leads from one to another: the state of an episode and its transitions, all pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Literal, NamedTuple

from kibitz.games.shop.product import Product
from kibitz.games.shop.reward import Chosen

PageName = Literal["search", "results", "item", "description", "features", "reviews", "done"]

SUB_PAGES: tuple[PageName, ...] = ("description", "features", "reviews")
BACK, PREVIOUS, NEXT, BUY = "back to search", "< prev", "next >", "buy now"


class Visit(NamedTuple):
    """Where an episode is.

    Attributes:
        page: Which page is shown.
        query: What was searched; empty before the first search.
        found: Numbers of the products found, best first.
        number: Which page of the results, from 1; it is kept while products are looked at.
        product: Number of the open product; -1 where none is.
        chosen: Options of it, in the order in which they were chosen first.
        opened: Numbers of all products opened since the search page, which the original marks in results.
    """

    page: PageName = "search"
    query: str = ""
    found: tuple[int, ...] = ()
    number: int = 1
    product: int = -1
    chosen: Chosen = ()
    opened: tuple[int, ...] = ()


START = Visit()


class Step(NamedTuple):
    """What a click leads to: ``open`` a product, ``choose`` an option, or one of the buttons."""

    kind: Literal["back", "previous", "next", "sub_page", "buy", "open", "choose"]
    product: int = -1
    option: tuple[str, str] = ("", "")
    page: PageName = "item"


def searched(visit: Visit, query: str, found: tuple[int, ...]) -> Visit:
    """The first page of what a query finds."""
    return Visit("results", query, found, opened=visit.opened)


def taken(visit: Visit, step: Step) -> Visit:
    """Where a click leads."""
    if step.kind == "back":
        return START
    if step.kind == "open":
        opened = visit.opened if step.product in visit.opened else (*visit.opened, step.product)
        return visit._replace(page="item", product=step.product, opened=opened)
    if step.kind == "choose":
        return visit._replace(chosen=tuple({**dict(visit.chosen), step.option[0]: step.option[1]}.items()))
    if step.kind == "sub_page":
        return visit._replace(page=step.page)
    if step.kind == "buy":
        return visit._replace(page="done")
    if step.kind == "previous" and visit.page in SUB_PAGES:
        return visit._replace(page="item")
    number = visit.number + {"next": 1, "previous": -1}[step.kind] * (visit.page == "results")
    return Visit("results", visit.query, visit.found, number, opened=visit.opened)


def shown(visit: Visit, size: int) -> tuple[int, ...]:
    """Numbers of the products on a page of results."""
    return visit.found[(visit.number - 1) * size : visit.number * size]


def last_page(visit: Visit, size: int) -> int:
    """How many pages of results there are, at least one."""
    return max(1, -(-len(visit.found) // size))


def buttons(visit: Visit, *, more: bool) -> dict[str, Step]:
    """The buttons of a page by their labels in lower case; ``more``: whether results go on."""
    if visit.page in ("search", "done"):
        return {}
    found = {BACK: Step("back")}
    if visit.page != "results" or visit.number > 1:
        found[PREVIOUS] = Step("previous")
    if visit.page == "results" and more:
        found[NEXT] = Step("next")
    if visit.page == "item":
        found |= {page: Step("sub_page", page=page) for page in SUB_PAGES}
        found[BUY] = Step("buy")
    return found


def option_labels(product: Product, *, alone: bool) -> Mapping[tuple[str, str], str]:
    """What is clicked to choose each option, by name and value; values that are only blanks cannot be chosen.

    Args:
        product: The product.
        alone: Whether the value alone is what is clicked, always. Else it is name and value where the value says too
            little: where two options share it, or where it reads like a button.
    """
    offered = [(name, value) for name, values in product.options for value in dict.fromkeys(values) if value.strip()]
    count = Counter(value for _, value in offered)
    unclear = frozenset() if alone else {BACK, PREVIOUS, NEXT, BUY, *SUB_PAGES, *(v for v, n in count.items() if n > 1)}
    return {(name, value): f"{name}: {value}" if value in unclear else value for name, value in offered}
