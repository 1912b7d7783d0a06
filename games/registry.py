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


@cache
def load(name: str) -> type[Game]:
    """Import the game class called ``name``.

    Raises:
        UnknownGameError: No such game is installed (the message lists those that are), two packages claim the name,
            or the entry point does not lead to a game of that id.
    """
    point = installed().get(name)
    if point is None:
        raise UnknownGameError(f"unknown game {name!r}; installed: {', '.join(installed())}")
    claims = sorted({rival.value for rival in entry_points(group=GROUP, name=name)} | {point.value})
    if len(claims) > 1:
        raise UnknownGameError(f"game {name!r} is claimed by {' and '.join(claims)}; uninstall all but one")
    try:
        loaded = point.load()
    except (ImportError, AttributeError) as error:
        raise UnknownGameError(f"game {name!r}: {point.value} cannot be imported: {error}") from error
    if not (isinstance(loaded, type) and issubclass(loaded, Game)):
        raise UnknownGameError(f"game {name!r}: {point.value} is not a subclass of kibitz.games.game.Game")
    if loaded.id != name:
        raise UnknownGameError(f"game {name!r}: {point.value} calls itself {loaded.id!r}; name and id must agree")
    return loaded


def make(name: str, **options: object) -> Game:
    """Make the game called ``name`` with options.

    Raises:
        UnknownGameError: No such game is installed.
        OptionError: An option is unknown or its value is not allowed.
    """
    return load(name)(**options)
