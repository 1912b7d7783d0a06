"""Positions come from outside: whatever JSON arrives, a game takes it, or says PositionError."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kibitz.games import registry
from kibitz.games.game import PositionError

NAMES = [name for name, point in registry.installed().items() if point.value.startswith("kibitz.")]
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12)
JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=7) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
ROWS = st.lists(st.text("_XO", min_size=3, max_size=3), min_size=3, max_size=3) | st.lists(
    st.text("_XO", min_size=7, max_size=7), min_size=6, max_size=6
)
BOARDS = st.fixed_dictionaries({"board": ROWS | JSON, "to_move": st.sampled_from(["X", "O", None]) | JSON})
# Black and White anywhere, but on the centre: most other boards are refused for that alone.
DISCS = st.text(".BW", min_size=8, max_size=8)
MIDDLE = st.builds(lambda row, two: row[:3] + two + row[5:], DISCS, st.text("BW", min_size=2, max_size=2))
OTHELLO = st.fixed_dictionaries(
    {
        "board": st.tuples(DISCS, DISCS, DISCS, MIDDLE, MIDDLE, DISCS, DISCS, DISCS).map(list),
        "to_move": st.sampled_from(["B", "W", None]),
    },
    optional={"passed": st.sampled_from(["B", "W"]) | JSON},
)
NUMBERS = st.integers(-3, 22) | SCALARS
WALKS = st.fixed_dictionaries(
    {"current": NUMBERS, "target": NUMBERS},
    optional=dict.fromkeys(("low", "high", "step", "score", "effect"), NUMBERS),
)
# Pools and values that fit each other, so that not all are refused at the first look.
VALUES = st.sampled_from([[4, 1, 5], [0, 5, 5], [15, 0, 0], [1, 2, 6], [3, 4, 4]]) | st.none()
SHARES = st.tuples(st.integers(0, 2), st.integers(0, 2), st.integers(0, 4)).map(list)
TALKS = st.fixed_dictionaries(
    {"pool": st.sampled_from([[2, 2, 4], [4, 4, 4]]) | JSON, "values": st.lists(VALUES | JSON, min_size=2, max_size=2)},
    optional={
        "offers": st.lists(SHARES, max_size=21) | st.lists(JSON, max_size=3),
        "end": st.sampled_from([None, "agreed", "chance", "limit"]) | SCALARS,
        "breaks_off": st.none() | st.integers(8, 22) | SCALARS,
    },
)
NAMED = st.permutations([rank + suit for rank in "A9T2" for suit in "cdhs"])
DEALS = st.fixed_dictionaries(
    {
        "hands": NAMED.map(lambda deck: [" ".join(deck[:2]), " ".join(deck[2:4])]) | st.lists(JSON, max_size=3),
        "board": st.integers(0, 6).flatmap(lambda size: NAMED.map(lambda deck: " ".join(deck[4 : 4 + size]))) | JSON,
        "history": st.lists(st.sampled_from(["call", "check", "fold", "all-in", "raise to 9"]), max_size=5) | JSON,
    },
    optional={"undealt": NAMED.map(lambda deck: " ".join(deck[:2])) | JSON},
)
TRAILS = st.fixed_dictionaries({"moves": st.lists(st.text("urld", max_size=4), min_size=2, max_size=2) | JSON})
SAMPLE = st.tuples(st.integers(0, 50), st.integers(20, 140), st.integers(16, 176)).map(list)
SERVE = [[0, 80, 112], [4, 88, 104], [8, 96, 96]]
FLIGHTS = st.fixed_dictionaries(
    {
        "samples": st.just(SERVE) | st.lists(SAMPLE, min_size=3, max_size=3) | JSON,
        "speed": st.just([2, -2]) | st.lists(NUMBERS, min_size=2, max_size=2) | JSON,
        "hits": st.just(0) | NUMBERS,
        "paddles": st.just([88, 88]) | st.lists(st.integers(80, 96), min_size=2, max_size=2) | JSON,
    }
)
# A few pieces on rows whose dark cells come second and first by turns.
DARK_ROWS = st.tuples(*(st.text(".....bwBW", min_size=4, max_size=4) for _ in range(8))).map(
    lambda rows: ["".join(f".{c}" if n % 2 == 0 else f"{c}." for c in row) for n, row in enumerate(rows)]
)
DRAUGHTS = st.fixed_dictionaries(
    {"board": DARK_ROWS, "to_move": st.sampled_from(["b", "w", None]) | JSON},
    optional={
        "king_moves": st.lists(st.sampled_from(["1-6", "6-1", "9-14", "32-28", "28-32"]), max_size=5) | JSON,
        "winner": st.sampled_from(["b", "w", None]) | JSON,
    },
)
ANY = JSON | BOARDS | OTHELLO | WALKS | TALKS | DEALS | TRAILS | FLIGHTS | DRAUGHTS


def refusal(act):
    """The reason with which the act is refused, or none."""
    try:
        act()
    except PositionError as error:
        return str(error) or "no reason"
    return ""


@pytest.mark.parametrize("name", NAMES)
@given(ANY)
def test_any_json_is_a_position_or_refused_with_a_short_reason(name, value):
    game = registry.make(name)
    reason = refusal(lambda: game.at(value))
    assert reason != "no reason"
    assert len(reason) < 400
    if not reason:
        again = registry.make(name)
        again.at(json.loads(json.dumps(game.position())))
        assert again.position() == game.position()
        assert (not game.movers()) == (game.outcome() is not None)


@pytest.mark.parametrize("name", NAMES)
@given(ANY)
def test_any_json_is_drawn_or_refused(name, value):
    assert refusal(lambda: registry.make(name).draw(value)) != "no reason"
