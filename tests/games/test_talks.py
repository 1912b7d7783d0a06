import pytest

from kibitz.games.bargaining.talks import TERMS, read, written
from kibitz.games.game import PositionError

BASE = {"pool": [2, 2, 4], "values": [[4, 1, 5], [5, 10, 0]], "offers": [[2, 0, 3], [0, 2, 2]], "end": None}
STANDARD, GAMEBOT = TERMS["standard"], TERMS["gamebot"]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"pool": [2, 2]}, "pool is not a list of 3 whole numbers from 0 to 30: circles, squares, triangles"),
        ({"pool": [2, 2, True]}, "pool is not a list of 3 whole numbers"),
        ({"pool": [2, 2, 3]}, "pool has 7 items, not 8 to 12"),
        ({"pool": [8, 0, 1]}, "pool has 0 squares, and there are at least 1"),
        ({"pool": [4, 4, 4]}, "pool [4, 4, 4]: no whole values make it worth 30"),
        ({"values": [[4, 1, 5]]}, "values is not a list of 3 values a player"),
        ({"values": [None, None]}, "null for at most one player"),
        ({"values": [[4, 1, 5], [5, 10, 1]]}, "the pool is worth 34 to player 2, not 30"),
        ({"values": [[4, 1, -5], [5, 10, 0]]}, "values of player 1 is not a list of 3 whole numbers"),
        ({"values": [[5, 10, 0], [15, 0, 0]]}, "triangles are worth nothing to both players"),
        ({"offers": 3}, "offers is not a list of at most 20 proposals"),
        ({"offers": [[0, 0, 0]] * 21}, "offers is not a list of at most 20 proposals"),
        ({"offers": [[3, 0, 0]]}, "proposal 1 keeps [3, 0, 0] of a pool of [2, 2, 4]"),
        ({"offers": [[0, 0, 0], "x"]}, "proposal 2 is not a list of 3 whole numbers"),
        ({"offers": [[0, 0, 0]] * 20}, "end is null after 20 proposals; after 20 it is limit"),
        ({"end": "limit"}, "end is limit after 2 proposals"),
        ({"end": "deal"}, "end = 'deal' is not null or one of agreed, chance, limit"),
        ({"end": "agreed", "offers": []}, "end is agreed, and nothing was proposed"),
        ({"end": "chance"}, "end is chance after 2 proposals; chance begins with action 10"),
        ({"end": "agreed", "values": [[4, 1, 5], None]}, "the game is over, so the values of both players are known"),
        ({"breaks_off": 9}, "breaks_off is not null or an action from 10 to 20"),
        ({"breaks_off": True}, "breaks_off is not null or an action from 10 to 20"),
        ({"breaks_off": 10, "offers": [[0, 0, 0]] * 10}, "breaks_off is 10, and 10 actions have counted"),
        ({"breaks_off": 10, "offers": [[0, 0, 0]] * 9, "end": "agreed"}, "breaks_off is 10, and 10 actions have"),
        ({"breaks_off": 12, "offers": [[0, 0, 0]] * 9, "end": "chance"}, "breaks_off is not 10, and chance ended"),
        ({"turn": 1}, "'turn' is not a field of a position"),
    ],
)
def test_impossible_positions_are_refused_with_the_reason(change, reason):
    with pytest.raises(PositionError) as error:
        read({**BASE, **change}, STANDARD)
    assert reason in str(error.value)


def test_pool_and_values_are_needed():
    with pytest.raises(PositionError, match=r"a position is .*pool"):
        read({"pool": [2, 2, 4]}, STANDARD)


def test_the_original_has_at_least_three_of_the_third_kind_and_lets_player_1_agree_to_nothing():
    with pytest.raises(PositionError, match="pool has 2 triangles, and there are at least 3"):
        read({"pool": [4, 4, 2], "values": [[5, 0, 5], [0, 5, 5]]}, GAMEBOT)
    talks = read({**BASE, "offers": [], "end": "agreed"}, GAMEBOT)
    assert talks.points(GAMEBOT) == (0, 15)


@pytest.mark.parametrize(
    ("offers", "end", "breaks_off"),
    [
        ([], None, 14),
        ([[2, 0, 3]], None, None),
        ([[2, 0, 3]], "agreed", 10),
        ([[2, 0, 3]] * 11, None, 12),
        ([[2, 0, 3]] * 9, "chance", 10),
        ([[2, 0, 3]] * 20, "limit", None),
    ],
)
def test_whole_positions_are_read_and_written(offers, end, breaks_off):
    position = {**BASE, "offers": offers, "end": end, "breaks_off": breaks_off}
    assert written(read(position, STANDARD)) == position


def test_points_go_by_what_the_last_proposal_gives():
    assert read({**BASE, "end": "agreed"}, STANDARD).points(STANDARD) == (4 * 2 + 5 * 2, 10 * 2)
    assert read({**BASE, "offers": [[2, 0, 3]], "end": "agreed"}, STANDARD).points(STANDARD) == (23, 20)
    assert read({**BASE, "offers": [[2, 0, 3]] * 20, "end": "limit"}, STANDARD).points(STANDARD) == (0, 0)


@pytest.mark.parametrize("values", [[None, [5, 10, 0]], [[4, 1, 5], None]])
def test_what_a_player_does_not_know_may_be_left_out_and_stays_out(values):
    position = {"pool": [2, 2, 4], "values": values, "offers": [[2, 0, 3]]}
    talks = read(position, STANDARD)
    assert written(talks) == {**position, "end": None}
    assert read(position, STANDARD) == talks
    seat = values.index(None)
    mine, theirs = talks.values[1 - seat], talks.values[seat]
    assert sum(v * n for v, n in zip(theirs, talks.pool, strict=True)) == 30
    assert all(a or b for a, b in zip(mine, theirs, strict=True))


def test_a_future_that_is_left_out_lies_ahead():
    futures = {
        read({**BASE, "values": values, "offers": [[2, 0, kept]] * 12}, STANDARD).breaks_off
        for kept in range(5)
        for values in ([[4, 1, 5], [5, 10, 0]], [[5, 10, 0], [4, 1, 5]], [[4, 1, 5], None], [[4, 1, 5], [1, 4, 5]])
    }
    assert len(futures) > 3
    assert all(future is None or 13 <= future <= 20 for future in futures)
    assert read({**BASE, "offers": [[2, 0, 3]] * 9, "end": "chance"}, STANDARD).breaks_off == 10
