from collections import Counter
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kibitz.games.arcade.surround import Surround
from kibitz.games.game import PositionError
from tests.games.test_regions import distances

WAYS = {"up": (-1, 0), "right": (0, 1), "left": (0, -1), "down": (1, 0)}
LETTERS = {name[0]: name for name in WAYS}


def at(first, second):
    game = Surround()
    game.at({"moves": [first, second]})
    return game


def drawn(game, seat=0):
    """What the text draws: the free cells, and where the seat's head and the other's are."""
    rows = game.observe(seat).text.split("\n")[-20:]
    cells = {(r, c): mark for r, row in enumerate(rows) for c, mark in enumerate(row)}
    assert len(cells) == 800
    places = {mark: cell for cell, mark in cells.items() if mark in "AB"}
    free = {cell for cell, mark in cells.items() if mark == "."}
    return free, places["AB"[seat]], places["AB"[1 - seat]]


def beside(cell):
    return {name: (cell[0] + down, cell[1] + right) for name, (down, right) in WAYS.items()}


def check_truths(game):
    """Every truth of both seats, from the characters of the text, by search on cells."""
    told = Counter()
    for seat in game.movers():
        free, head, other = drawn(game, seat)
        near = beside(head)
        region = {name: set(distances([cell], free)) if cell in free else set() for name, cell in near.items()}
        assert game.truth(seat, "open") == {name for name, cell in near.items() if cell in free}
        assert game.truth(seat, "safe") == {name for name, cells in region.items() if len(cells) >= 10}
        ways = []
        for down, right in WAYS.values():
            row, column = head[0] + down, head[1] + right
            while (row, column) in free:
                row, column = row + down, column + right
            ways.append(abs(row - head[0]) + abs(column - head[1]) - 1)
        assert game.truth(seat, "longest_way") == max(ways)
        mine, theirs = (
            set(distances([cell for cell in beside(place).values() if cell in free], free)) for place in (head, other)
        )
        assert game.truth(seat, "joined") is bool(mine & theirs)
        for name, cell in near.items():
            after = set(distances([cell], free - {cell})) - {cell} if cell in free else set()
            assert game.truth(seat, "room", name) == min(len(after), 50)
            told["pocket"] += 0 < len(after) < 50
        told[bool(mine & theirs)] += 1
        told["stuck"] += not game.truth(seat, "open")
        told["unsafe"] += game.truth(seat, "safe") < game.truth(seat, "open")
    return told


def test_every_truth_is_what_a_search_on_the_drawing_finds():
    game, told = Surround(), Counter()
    for seed in range(150):
        rng = Random(f"truths/{seed}")
        game.reset(seed)
        game.wander(rng, rng.randint(4, 200))
        told += check_truths(game)
    assert min(told[name] for name in (True, False, "stuck", "pocket", "unsafe")) >= 5


@pytest.mark.parametrize(
    ("first", "second", "truths"),
    [
        ("", "", {"open": set(WAYS), "safe": set(WAYS), "longest_way": 19, "joined": True}),
        ("r" * 8, "u" * 8, {"open": {"up", "down"}, "safe": {"up", "down"}, "longest_way": 9, "joined": True}),
        ("rrruulldr", "u" * 9, {"open": set(), "safe": set(), "longest_way": 0, "joined": False}),
    ],
)
def test_tricky_positions(first, second, truths):
    game = at(first, second)
    check_truths(game)
    assert {name: game.truth(0, name) for name in truths} == truths


@pytest.mark.parametrize(("width", "height", "safe"), [(1, 1, False), (3, 3, False), (5, 2, True), (2, 5, True)])
def test_a_region_of_ten_cells_is_safe_and_of_nine_is_not(width, height, safe):
    """A walks round a room of the given size and stands in its wall: the room on the right, the field on the left."""
    moves = "r" * (width + 2) + "u" * (height + 1) + "l" * (width + 1) + "d" * height
    game = at(moves, ("u" * 9 + "l" * 9)[: len(moves)])
    check_truths(game)
    assert game.truth(0, "open") == {"right", "left"}
    assert game.truth(0, "safe") == ({"right", "left"} if safe else {"left"})
    assert game.truth(0, "room", "right") == width * height - 1
    assert game.truth(0, "room", "left") == 50
    assert game.truth(0, "room", "up") == 0
    assert game.truth(0, "joined") is True


@given(st.text("urld", max_size=40), st.text("urld", max_size=40))
def test_moves_are_a_position_or_refused_and_the_drawing_follows_them(first, second):
    length = min(len(first), len(second))
    first, second = first[:length], second[:length]
    walls = {(r, c) for r in range(20) for c in range(40) if r in (0, 19) or c in (0, 39)}
    heads = [(10, 30), (10, 10)]
    walls |= set(heads)
    for step, letters in enumerate(zip(first, second, strict=True), 1):
        heads = [beside(head)[LETTERS[letter]] for head, letter in zip(heads, letters, strict=True)]
        crashed = [head in walls or heads[0] == heads[1] for head in heads]
        if any(crashed):
            game = at(first[:step], second[:step])
            assert game.outcome().reward == {(1, 1): (0, 0), (1, 0): (-1, 1), (0, 1): (1, -1)}[tuple(crashed)]
            assert game.movers() == ()
            if step < length:
                with pytest.raises(PositionError, match=f"step {step + 1}: the game was over after step {step}"):
                    at(first, second)
            return
        walls |= set(heads)
    game = at(first, second)
    assert game.outcome() is None
    free, head, other = drawn(game)
    assert [head, other] == heads
    assert free == {(r, c) for r in range(20) for c in range(40)} - walls


@pytest.mark.parametrize(
    ("first", "second", "reward", "reason"),
    [
        ("ud", "uu", (-1, 1), "A crashed"),
        ("uu", "lr", (1, -1), "B crashed"),
        ("lr", "rl", (0, 0), "both crashed"),
        ("l" * 10, "r" * 10, (0, 0), "both entered the same cell"),
        ("l" * 10, "u" + "r" * 9, None, ""),
        ("r" * 9, "u" * 9, (-1, 1), "A crashed"),
    ],
)
def test_ends(first, second, reward, reason):
    outcome = at(first, second).outcome()
    assert (outcome and outcome.reward) == reward
    assert outcome is None or outcome.reason == reason


def test_no_game_can_last_longer_than_there_are_cells():
    """Two cells a step of 684, two at the start: why there is no limit of steps."""
    game = Surround()
    for seed in range(5):
        rng = Random(seed)
        game.reset(seed)
        while game.movers():
            game.step({seat: game.heuristic(seat, rng) for seat in (0, 1)})
        assert len(game.position()["moves"][0]) <= 341 + 1


def test_openings_follow_from_the_seed_and_leave_both_free_to_move():
    plain, opened = Surround(), Surround(opening_steps=12)
    starts = set()
    for seed in range(40):
        plain.reset(seed)
        assert plain.position() == {"moves": ["", ""]}
        opened.reset(seed)
        position = opened.position()
        starts.add(str(position))
        assert [len(moves) for moves in position["moves"]] == [12, 12]
        assert all(opened.truth(seat, "open") for seat in opened.movers())
        opened.reset(seed)
        assert opened.position() == position
    assert len(starts) == 40


@pytest.mark.parametrize(
    ("position", "reason"),
    [
        ({"moves": ["u", ""]}, "A has 1 moves and B 0: both move at the same time"),
        ({"moves": ["ux", "ul"]}, "step 2: 'x' is not one of u r l d"),
        ({"moves": ["udu", "uuu"]}, r"step 3: the game was over after step 2 \(A crashed\)"),
        ({"moves": ["u"]}, "a position is"),
        ({"moves": ["u", 1]}, "a position is"),
        ({"moves": ["u", "u"], "steps": 1}, "a position is"),
        (["u", "u"], "a position is"),
    ],
)
def test_impossible_positions_are_refused_with_the_reason(position, reason):
    with pytest.raises(PositionError, match=reason):
        Surround().at(position)


def test_the_text_says_who_is_where():
    game = at("uur", "lld")
    lines = game.observe(1).text.split("\n")
    assert lines[0] == "You are B, at row 11, column 8. Your opponent A is at row 8, column 31."
    assert lines[1] == "Steps so far: 3. Your last moves: left, left, down."
    assert lines[2:5] == ["#" * 40, *["#" + "." * 38 + "#"] * 2]
    assert lines[10] == "#" + "." * 29 + "aA" + "." * 7 + "#"
    assert len(lines) == 22


@pytest.mark.parametrize(
    ("answers", "actions"),
    [
        ({}, None),
        ({"open": {"up", "left"}}, None),
        ({"open": {"up", "left"}, "safe": {"left"}}, {"left"}),
        ({"open": {"up", "left"}, "safe": set()}, {"up", "left"}),
        ({"safe": set()}, None),
        ({"safe": {"north"}}, None),
        ({"open": set(), "safe": set()}, None),
    ],
)
def test_answers_commit_to_safe_directions_else_to_open_ones(answers, actions):
    frozen = {key: frozenset(value) for key, value in answers.items()}
    assert Surround().implied(0, frozen) == actions


def test_the_heuristic_beats_random_play_and_not_always_itself():
    game, rewards = Surround(), set()
    for seed in range(12):
        rng, me = Random(f"match/{seed}"), seed % 2
        game.reset(seed)
        while game.movers():
            game.step({me: game.heuristic(me, rng), 1 - me: rng.choice(list(WAYS))})
        assert game.outcome().reward[me] == 1
        game.reset(seed)
        while game.movers():
            game.step({seat: game.heuristic(seat, rng) for seat in (0, 1)})
        rewards.add(game.outcome().reward)
    assert len(rewards) > 1


def test_the_heuristic_never_crashes_where_it_need_not():
    game = Surround()
    for seed in range(60):
        rng = Random(f"crash/{seed}")
        game.reset(seed)
        game.wander(rng, rng.randint(4, 150))
        for seat in (0, 1):
            chosen, ways = game.heuristic(seat, rng), game.truth(seat, "open")
            assert chosen in (ways or WAYS)
