import pytest

from kibitz.games.game import GameSpec
from kibitz.harness.payoff import forfeited


def spec(payoff, seats=2, reward_range=(-1.0, 1.0)):
    return GameSpec("g", "1", seats, payoff, reward_range, frozenset(), {})


@pytest.mark.parametrize(
    ("payoff", "played", "seats", "expected"),
    [
        ("zero_sum", (1.0, -1.0), (0,), (-1.0, 1.0)),
        ("zero_sum", (0.0, 0.0), (1,), (1.0, -1.0)),
        ("zero_sum", (1.0, -1.0), (0, 1), (0.0, 0.0)),
        ("cooperative", (1.0, 1.0), (0,), (-1.0, -1.0)),
        ("general", (0.4, 0.6), (1,), (0.4, -1.0)),
    ],
)
def test_a_forfeit_costs_the_offender_the_most_there_is_to_lose(payoff, played, seats, expected):
    assert forfeited(spec(payoff), played, seats) == expected


def test_a_single_seat_forfeits_to_the_lowest_reward():
    assert forfeited(spec("single", 1, (0.0, 1.0)), (1.0,), (0,)) == (0.0,)
