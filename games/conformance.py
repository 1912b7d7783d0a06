"""The conformance kit: the contract of a game as named checks, for its author's tests.

An author writes one factory and gets the whole contract tested::

    from kibitz.games.conformance import check_game

    def test_my_game_keeps_the_contract():
        check_game(MyGame)

or, for one test a law, parametrises over ``CHECKS``. A check is a function of a ``Trial``; its docstring is the law. It
plays seeded random episodes of its own and raises ``ConformanceError`` with the seed, the step and what it saw.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from kibitz.games.laws import asking, playing, states
from kibitz.games.laws.trial import ConformanceError, Factory, Player, Trial

__all__ = ["CHECKS", "Check", "ConformanceError", "Trial", "check_game"]

Check = Callable[[Trial], None]

CHECKS: tuple[Check, ...] = (*playing.CHECKS, *asking.CHECKS, *states.CHECKS)
"""All laws, in the order in which it pays to mend them."""


def check_game(
    factory: Factory,
    seeds: Sequence[int] = (0, 1, 2, 3),
    steps: int = 60,
    *,
    task: str | None = None,
    player: Player | None = None,
    checks: Sequence[Check] | None = None,
) -> None:
    """Hold a game to the whole contract.

    Args:
        factory: Makes a fresh game: its class, or a function that gives it options.
        seeds: One random episode is played for each.
        steps: At most so many steps an episode.
        task: The task of the episodes, for games that have tasks.
        player: Chooses legal actions, for games that cannot list theirs.
        checks: Which laws; all by default.

    Raises:
        ConformanceError: One or more laws are broken; the message lists all of them.
    """
    trial = Trial(factory, tuple(seeds), steps, task, player)
    broken = []
    for check in CHECKS if checks is None else checks:
        try:
            check(trial)
        except Exception as error:  # whatever the game raises is the finding
            what = str(error) if isinstance(error, ConformanceError) else f"{type(error).__name__}: {error}"
            broken.append(f"- {check.__name__}: {what}\n  law: {' '.join((check.__doc__ or '').split())}")
    if broken:
        name = getattr(factory, "id", getattr(factory, "__name__", "game"))
        raise ConformanceError(f"{name} breaks {len(broken)} of the contract's laws:\n" + "\n".join(broken))
