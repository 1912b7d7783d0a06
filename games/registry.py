"""Finding games by name through entry points; what ships registers in the same way as what others write."""

from __future__ import annotations

from functools import cache
from importlib.metadata import EntryPoint, entry_points

from kibitz.games.game import Game

GROUP = "kibitz.games"


class UnknownGameError(LookupError):
    """No game of that name is installed."""


@cache
def installed() -> dict[str, EntryPoint]:
    """The entry points of all installed games by name, without importing any of them."""
    return {point.name: point for point in sorted(entry_points(group=GROUP), key=lambda p: p.name)}


def load(name: str) -> type[Game]:
    """Import the game class called ``name``.

    Raises:
        UnknownGameError: No such game is installed; the message lists those that are.
    """
    point = installed().get(name)
    if point is None:
        raise UnknownGameError(f"unknown game {name!r}; installed: {', '.join(installed())}")
    loaded = point.load()
    if not (isinstance(loaded, type) and issubclass(loaded, Game)):
        raise UnknownGameError(f"game {name!r}: {point.value} is not a subclass of kibitz.games.game.Game")
    return loaded


def make(name: str, **options: object) -> Game:
    """Make the game called ``name`` with options.

    Raises:
        UnknownGameError: No such game is installed.
        OptionError: An option is unknown or its value is not allowed.
    """
    return load(name)(**options)
