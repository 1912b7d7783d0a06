"""A part of the invented shop: kinds of products that are made, described and sold alike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple


class Kind(NamedTuple):
    """A kind of products.

    Attributes:
        query: What one searches to find them, such as ``coffee tables``.
        noun: One of them, such as ``coffee table``.
    """

    query: str
    noun: str


@dataclass(frozen=True, slots=True)
class Department:
    """What the products of one place in the shop's tree have in common.

    Attributes:
        path: The place, parts joined by `` › ``.
        kinds: What is sold there.
        attributes: What an instruction can ask for.
        materials: What the products are made of, or made with.
        details: What they have or come with.
        uses: What they are for.
        options: Name, pool of values and weight of each option that they can have.
        dear: Whether their prices are of the upper half of their category's, or of the lower.
    """

    path: str
    kinds: tuple[Kind, ...]
    attributes: tuple[str, ...]
    materials: tuple[str, ...]
    details: tuple[str, ...]
    uses: tuple[str, ...]
    options: tuple[tuple[str, str, float], ...]
    dear: bool


def department(
    path: str, *, dear: bool, kinds: str, attributes: str, materials: str, details: str, uses: str, options: str
) -> Department:
    """A department from lists with commas; a kind is ``query = noun``, an option ``name/pool/weight``."""
    chosen = (option.split("/") for option in listed(options))
    return Department(
        path=path,
        kinds=tuple(Kind(*(side.strip() for side in kind.split("="))) for kind in listed(kinds)),
        attributes=listed(attributes),
        materials=listed(materials),
        details=listed(details),
        uses=listed(uses),
        options=tuple((name, pool, float(weight)) for name, pool, weight in chosen),
        dear=dear,
    )


def listed(text: str) -> tuple[str, ...]:
    """The parts of a text between commas."""
    return tuple(part.strip() for part in " ".join(text.split()).split(","))
