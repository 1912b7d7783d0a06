"""What a fallback costs: the board's primary outcome counts the first fallback as a forfeit, in every game alike."""

from __future__ import annotations

from collections.abc import Sequence

from kibitz.games.game import GameSpec


def forfeited(spec: GameSpec, played: Sequence[float], seats: Sequence[int]) -> tuple[float, ...]:
    """The rewards when ``seats`` forfeit: together, because their first fallbacks fell into the same step.

    The offender gets the lowest reward there is. In a zero-sum game the other seat gets the highest, and if all seats
    forfeit together nobody wins (the middle of the range); in a cooperative game all share the loss; elsewhere the
    others keep what they played.

    Args:
        spec: The game.
        played: Reward of each seat as the episode was played on.
        seats: The seats that forfeit, at least one.
    """
    low, high = spec.reward_range
    if spec.payoff == "cooperative":
        return (low,) * spec.seats
    if spec.payoff == "zero_sum":
        if len(seats) == spec.seats:
            return ((low + high) / 2,) * spec.seats
        return tuple(low if seat in seats else high for seat in range(spec.seats))
    return tuple(low if seat in seats else played[seat] for seat in range(spec.seats))
