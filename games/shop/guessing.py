"""Rules of thumb: the rule baseline of the original, queries out of an instruction, and queries that find a product."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache

from kibitz.games.shop.pages import BACK, BUY, PREVIOUS, Visit
from kibitz.games.shop.product import Product

LONGEST_QUERY = 300
"""Characters."""

_PRICE = re.compile(r",? (?:and )?price lower than [\d.,]+ dollars")
_DULL_WORDS = (
    "a am an and are as at be buy can dollars find for from get have i i'd i'm im in is it looking like lower me my "
    "need of on one or please price shopping show some than that the them to want with would you"
)
_DULL = frozenset(_DULL_WORDS.split())


def query(text: str) -> str:
    """A text as a query: on one line, and as much of it as a query can hold, in whole words."""
    plain = " ".join(text.split())
    return (
        plain if len(plain) <= LONGEST_QUERY else plain[: LONGEST_QUERY + 1].rpartition(" ")[0] or plain[:LONGEST_QUERY]
    )


@lru_cache(maxsize=4096)
def queries(instruction: str) -> tuple[str, ...]:
    """Queries out of an instruction: all of it, its words that say something, and some of these."""
    wanted = _PRICE.sub("", instruction)
    words = [word for word in re.findall(r"[^\s,;:]+", wanted) if word.lower() not in _DULL]
    parts = [instruction, wanted, " ".join(words)]
    parts += [" ".join(words[start : start + 4]) for start in range(0, len(words), 4)]
    return tuple(dict.fromkeys(found for part in parts[:8] if (found := query(part)))) or ("product",)


def baseline(instruction: str, visit: Visit, first: str | None) -> str:
    """The rule baseline of Yao et al. 2022: search the whole instruction, open the first product, buy it as it is.

    Args:
        instruction: What is asked.
        visit: Where the episode is.
        first: What opens the first product on a page of results; None where there is none.
    """
    if visit.page == "search":
        return f"search[{queries(instruction)[0]}]"
    if visit.page == "results":
        return first if first is not None else f"click[{BACK}]"
    return f"click[{BUY}]" if visit.page == "item" else f"click[{PREVIOUS}]"


def finding(product: Product, number: int, search: Callable[[str], tuple[int, ...]]) -> str:
    """Of queries about a product, the one that puts it first, or nearest to it; the shorter of equal ones."""
    ranks = {text: found.index(number) for text in _about(product) if number in (found := search(text))}
    return min(ranks, key=lambda text: (ranks[text], len(text))) if ranks else query(product.name) or "product"


def _about(product: Product) -> Iterator[str]:
    bullet = product.bullets[0] if product.bullets else ""
    options = " ".join(value for _, values in product.options for value in values[:3])
    name = product.name
    for text in (
        name,
        " ".join(name.split()[:8]),
        f"{name} {options}",
        product.description,
        f"{name} {bullet}",
        bullet,
    ):
        # A greedy pattern reads the original's actions: brackets in a query would end it elsewhere.
        if found := query(re.sub(r"[\[\]]", " ", text)):
            yield found
