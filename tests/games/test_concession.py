from random import Random

import pytest

from kibitz.games.bargaining.concession import aim, proposal, seeming_values
from kibitz.games.bargaining.negotiation import Negotiation
from kibitz.games.bargaining.pools import rest, splits, worth


def test_the_aim_falls_with_time_and_faster_under_risk():
    aims = [aim(played) for played in range(200)]
    assert aims == sorted(aims, reverse=True)
    assert (aims[0], aims[9], aims[10], aims[11], aims[-1]) == (25, 16, 14, 12, 1)


def test_what_the_other_keeps_seems_dear_to_it():
    first, second, third = seeming_values((2, 4, 6), [(2, 0, 3), (2, 2, 3)])
    assert first > third > second > 0
    assert len(set(seeming_values((2, 4, 6), ()))) == 1


@pytest.mark.parametrize("aspired", [0, 12, 20, 30])
def test_a_proposal_is_worth_the_aim_and_gives_the_other_what_it_wants(aspired):
    pool, values, proposals = (2, 2, 4), (4, 1, 5), ((0, 2, 1), (0, 2, 0))
    kept = proposal(pool, values, proposals, aspired, Random(0))
    assert worth(values, kept) >= aspired
    theirs = seeming_values(pool, proposals)
    given = sum(value * count for value, count in zip(theirs, rest(pool, kept), strict=True))
    for share in splits(pool):
        if worth(values, share) >= aspired:
            assert sum(v * n for v, n in zip(theirs, rest(pool, share), strict=True)) <= given + 1e-5
    # The squares are worth least here and are wanted most there: they go first.
    assert kept[1] == 0 or aspired == 30


def means(players, episodes=60):
    """Mean points of both seats; a player is the heuristic or random."""
    game, points = Negotiation(), [0.0, 0.0]
    for seed in range(episodes):
        game.reset(seed)
        rng = Random(f"heuristic/{seed}")
        while movers := game.movers():
            (seat,) = movers
            clever = players[seat] == "heuristic"
            game.step({seat: game.heuristic(seat, rng) if clever else game.observe(seat).actions.draw(rng)})
        for seat, got in enumerate(game.outcome().raw):
            points[seat] += got / episodes
    return points


def test_the_heuristic_beats_chance_and_makes_good_bargains_with_itself():
    first, second = means(["heuristic", "random"])
    assert first > second + 8
    first, second = means(["random", "heuristic"])
    assert second > first + 8
    # Half of the pool each is 15; who trades well gets more, both of them.
    assert min(means(["heuristic", "heuristic"])) > 16


def test_in_the_last_action_anything_is_better_than_nothing():
    game = Negotiation()
    offers = [[2, 2, 4], [2, 2, 4]] * 9 + [[2, 2, 4]]
    game.at({"pool": [2, 2, 4], "values": [[4, 1, 5], [5, 10, 0]], "offers": offers, "breaks_off": None})
    assert game.heuristic(1, Random(0)) == "agree"
