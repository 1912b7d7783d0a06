"""Log-probabilities of given continuations: the token trie, as pure data.

Two rules exist, and they are different quantities whose best candidates differ. ``trie``: the probability that a
sampler at temperature 1 writes the candidate when only candidates can be written, token by token; the probabilities of
all candidates sum to 1. ``sequence``: the likelihood of the candidate among all texts, end of reply included.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

Tokens = tuple[int, ...]


@dataclass
class Node:
    """A prefix that candidates share: what may follow, by token, and whether a candidate ends here."""

    children: dict[int, Node] = field(default_factory=dict)
    ends: bool = False

    @property
    def branches(self) -> int:
        """In how many ways it goes on; the end counts as one."""
        return len(self.children) + self.ends


def build(candidates: Sequence[Tokens]) -> Node:
    """Return the trie of the candidates' tokens."""
    root = Node()
    for tokens in candidates:
        node = root
        for token in tokens:
            node = node.children.setdefault(token, Node())
        node.ends = True
    return root


def branching(node: Node, path: Tokens = ()) -> Iterator[tuple[Tokens, Node]]:
    """Yield the nodes where a choice is made, each with its path, parents first, tokens in ascending order.

    The order is fixed by the candidates alone, and neighbours share prefixes, which the runtime keeps.
    """
    if node.branches > 1:
        yield path, node
    for token in sorted(node.children):
        yield from branching(node.children[token], (*path, token))


def allowed(node: Node, ends: Sequence[int]) -> list[int]:
    """Return the tokens that may follow, the tokens that end a reply among them where a candidate ends."""
    return sorted({*node.children, *(ends if node.ends else ())})


def shares(node: Node, probabilities: Mapping[int, float], ends: Sequence[int]) -> dict[int | None, float]:
    """Return the log-probability of each way to go on (None is the end), normalised over those.

    Raises:
        ValueError: A way to go on has no probability.
    """
    masses: dict[int | None, float] = {token: probabilities[token] for token in sorted(node.children)}
    if node.ends:
        masses[None] = math.fsum(probabilities[token] for token in ends)
    total = math.fsum(masses.values())
    if min(masses.values()) <= 0.0:
        raise ValueError("a continuation has probability 0")
    return {way: math.log(mass / total) for way, mass in masses.items()}


def log_probability(candidate: Tokens, decided: Mapping[Tokens, Mapping[int | None, float]]) -> float:
    """Sum a candidate's log-probabilities over the nodes where a choice is made."""
    steps: list[int | None] = [*candidate, None]
    return math.fsum(decided[candidate[:i]][way] for i, way in enumerate(steps) if candidate[:i] in decided)
