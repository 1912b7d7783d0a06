"""Who can be compared with whom: agents that met, directly or through others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import networkx as nx


def components(agents: Sequence[str], met: Iterable[tuple[str, str]]) -> tuple[tuple[str, ...], ...]:
    """The sets of agents that are linked by games, the largest first, in alphabetical order otherwise."""
    graph: nx.Graph[str] = nx.Graph()
    graph.add_nodes_from(agents)
    graph.add_edges_from(met)
    found = [tuple(sorted(part)) for part in nx.connected_components(graph)]
    return tuple(sorted(found, key=lambda part: (-len(part), part)))


def connecting(parts: Sequence[Sequence[str]], values: Mapping[str, float]) -> tuple[tuple[str, str], ...]:
    """A smallest set of pairings after which all parts are linked.

    Any will do; these are between agents from the middle of each part, whose games tell most about all the others.

    Args:
        parts: The components.
        values: Rating of each agent within its component.
    """
    middles = [sorted(part, key=lambda name: (values[name], name))[len(part) // 2] for part in parts]
    return tuple((middles[0], other) for other in middles[1:])


def letters(order: Sequence[str], apart: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Compact letter display: two agents share a letter exactly where they cannot be told apart.

    The letters are the largest sets of agents of which no two can be told apart (Piepho 2004, doi
    10.1198/1061860043515), named in the order of their best members.

    Args:
        order: The agents, best first.
        apart: The pairs that can be told apart.
    """
    alike: nx.Graph[str] = nx.complete_graph(order)
    alike.remove_edges_from(list(apart))
    place = {name: i for i, name in enumerate(order)}
    sets = sorted(sorted(place[name] for name in clique) for clique in nx.find_cliques(alike))
    found = {name: [] for name in order}  # type: dict[str, list[str]]
    for number, members in enumerate(sets):
        for member in members:
            found[order[member]].append(_letter(number))
    between = "" if len(sets) <= 26 else " "
    return {name: between.join(marks) for name, marks in found.items()}


def _letter(number: int) -> str:
    """a, b, ... z, aa, ab, ..."""
    name = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        name = chr(ord("a") + rest) + name
    return name
