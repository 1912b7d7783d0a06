"""Who can be compared with whom: agents that met, directly or through others.

networkx is imported where a graph is not connected, which is seldom: it takes longer than all ratings of a board.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import product

from kibitz.results.statistics.clusters import merge


def components(agents: Sequence[str], met: Iterable[tuple[str, str]]) -> tuple[tuple[str, ...], ...]:
    """The sets of agents that are linked by games, the largest first, in alphabetical order otherwise."""
    pairs = sorted(met)
    linked = merge(pairs)
    if pairs and max(linked) == 0 and {name for pair in pairs for name in pair} == set(agents):
        return (tuple(sorted(agents)),)
    import networkx as nx

    graph = nx.Graph(pairs)
    graph.add_nodes_from(agents)
    found = [tuple(sorted(part)) for part in nx.connected_components(graph)]
    return tuple(sorted(found, key=lambda part: (-len(part), part)))


def connecting(parts: Sequence[Sequence[str]], values: Mapping[str, float]) -> tuple[tuple[str, str], ...]:
    """A smallest set of pairings after which all parts are linked.

    Of the sets of that size the one between agents from the middle of their parts: a game of two agents that the others
    of their parts are close to tells most about all.

    Args:
        parts: The components.
        values: Rating of each agent within its component.
    """
    if len(parts) < 2:
        return ()
    import networkx as nx

    graph = nx.Graph()
    off: dict[str, int] = {}
    for part in parts:
        order = sorted(part, key=lambda name: (values[name], name))
        nx.add_path(graph, order)
        off |= {name: abs(place - len(order) // 2) for place, name in enumerate(order)}
    across = [
        (one, other, 1 + off[one] + off[other])
        for i, part in enumerate(parts)
        for later in parts[i + 1 :]
        for one, other in product(sorted(part), sorted(later))
    ]
    found = nx.k_edge_augmentation(graph, 1, avail=across)
    place = {name: i for i, part in enumerate(parts) for name in part}
    pairings = [tuple(sorted(pair, key=lambda name: (place[name], name))) for pair in found]
    return tuple(sorted((one, other) for one, other in pairings))


def letters(order: Sequence[str], apart: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Compact letter display: two agents share a letter exactly where they cannot be told apart.

    By insert and absorb (Piepho 2004, doi 10.1198/1061860043515): each pair that can be told apart splits the sets that
    hold both, and a set within another goes. Letters are named in the order of their best members.

    Args:
        order: The agents, best first.
        apart: The pairs that can be told apart.
    """
    sets = {frozenset(order)}
    for one, other in apart:
        for members in [members for members in sets if one in members and other in members]:
            sets.remove(members)
            sets |= {members - {one}, members - {other}}
        sets = {members for members in sets if not any(members < larger for larger in sets)}
    place = {name: i for i, name in enumerate(order)}
    named = sorted(sets, key=lambda members: sorted(place[name] for name in members))
    between = "" if len(named) <= 26 else " "
    return {name: between.join(_letter(i) for i, members in enumerate(named) if name in members) for name in order}


def _letter(number: int) -> str:
    """a, b, ... z, aa, ab, ..."""
    name = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        name = chr(ord("a") + rest) + name
    return name
