"""A catalogue: products, goals about them, and where both come from. Read only, shared by all episodes of a process."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from kibitz.games.shop.goal import Goal
from kibitz.games.shop.product import Product

SYNTHETIC = "synthetic"
HUMAN = "human"
PRACTICE = "practice"
"""Goals that no match plays, from which worked examples are made."""


@dataclass(frozen=True, eq=False, slots=True)
class Catalogue:
    """Products and goals of one source; equal contents have equal digests, however they were stored.

    Attributes:
        name: Where they come from, for messages.
        digest: SHA-256 over all products and goals.
        products: In the order of the data, which breaks ties of a search; perhaps read lazily.
        goals: By kind: ``synthetic``, ``human``, ``practice``; in the order in which they are numbered.
        tagger: What found the nouns of the names, such as ``en_core_web_sm 3.8.0``.
        attribution: Whom to name where texts are passed on; empty for our own.
    """

    name: str
    digest: str
    products: Sequence[Product] = field(repr=False)
    goals: Mapping[str, Sequence[Goal]] = field(repr=False)
    tagger: str
    attribution: str = ""
