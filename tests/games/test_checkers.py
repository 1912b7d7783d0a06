"""The course of the game: turns, draws, positions, the original's rules, commitments."""

from random import Random

import pytest

from kibitz.games.board.checkers import Checkers
from kibitz.games.game import PositionError
from kibitz.games.kinds import SetOf

ROUND = ["1-5", "32-28", "5-1", "28-32"]
"""Two kings step out and back again."""


def at(position, **options):
    game = Checkers(**options)
    game.at(position)
    return game


def play(game, moves):
    for move in moves:
        game.step({game.movers()[0]: move})
    return game


def test_the_start():
    game = Checkers()
    assert game.position() == {
        "board": [".b.b.b.b", "b.b.b.b.", ".b.b.b.b", "........", "........", "w.w.w.w.", ".w.w.w.w", "w.w.w.w."],
        "to_move": "b",
    }
    assert game.observe(0).actions.listed == ("9-13", "9-14", "10-14", "10-15", "11-15", "11-16", "12-16")
    assert game.observe(1).text.startswith("You are w, moving up.\n.b.b.b.b  1-4\nb.b.b.b.  5-8\n")
    assert game.observe(1).text.endswith("\nw.w.w.w.  29-32")


def test_who_has_no_piece_left_has_lost(placed):
    game = play(at(placed("14", "18")), ["14x23"])
    assert (game.outcome().reward, game.outcome().reason) == ((1.0, -1.0), "no legal move")
    assert game.position() == placed("23", "", None, winner="b")


def test_who_is_blocked_has_lost(placed):
    # 5 cannot step to 9 nor jump it, for 14 stands behind.
    game = play(at(placed("5", "14 13", "w")), ["13-9"])
    assert (game.outcome().reward, game.outcome().reason) == ((-1.0, 1.0), "no legal move")
    assert game.position() == placed("5", "14 9", None, winner="w")


def test_a_position_that_comes_up_three_times_is_a_draw(placed):
    game = at(placed("K1", "K32"))
    play(game, ROUND)
    assert "This position has come up 2 times (draw at 3)" in game.observe(0).text
    play(game, ROUND[:3])
    assert game.outcome() is None
    play(game, ROUND[3:])
    assert (game.outcome().reward, game.outcome().reason) == ((0.0, 0.0), "threefold repetition")
    assert game.position() == placed("K1", "K32", None, king_moves=ROUND * 2, winner=None)
    assert at(game.position()).outcome() == game.outcome()


def test_a_man_move_forgets_what_was_before(placed):
    game = play(at(placed("K1 9", "K32")), [*ROUND, "9-13", "32-28", "1-5", "28-32", "5-1", "32-28"])
    assert game.outcome() is None
    assert game.position()["king_moves"] == ["32-28", "1-5", "28-32", "5-1", "32-28"]


def play_quietly(game, plies):
    """Random king steps that offer no capture and end nothing."""
    rng = Random("quiet")
    for _ in range(plies):
        (seat,) = game.movers()
        quiet = []
        for action in game.observe(seat).actions.listed:
            child = game.clone()
            child.step({seat: action})
            if child.outcome() is None and "x" not in child.observe(1 - seat).actions.listed[0]:
                quiet.append(action)
        game.step({seat: rng.choice(quiet)})
    return game


def test_eighty_half_moves_without_progress_are_a_draw(placed):
    game = play_quietly(at(placed("K1", "K32")), 79)
    assert "Half-moves without capture or man move: 79 (draw at 80)" in game.observe(1).text
    assert game.outcome() is None
    assert at(game.position()).observe(1) == game.observe(1)
    play(game, game.observe(1).actions.listed[:1])
    assert (game.outcome().reward, game.outcome().reason) == ((0.0, 0.0), "80 half-moves without capture or man move")
    assert at(game.position()).outcome() == game.outcome()


def test_the_originals_rules_take_one_jump_a_turn():
    game = at(
        {
            "board": [*["........"] * 2, ".w......", "..b.....", "........", "..b.b...", "........", "........"],
            "to_move": "w",
        },
        rules="gamebot",
    )
    assert game.spec.version == "1+gamebot"
    assert game.observe(0).actions.listed == ("9x18",)
    assert game.truth(0, "opp_captures_after", "9x18") == frozenset()
    game.step({0: "9x18"})
    assert game.movers() == (0,)
    assert game.position()["jumping"] == 18
    assert "The piece on 18 is jumping and must go on." in game.observe(0).text
    assert game.observe(0).actions.listed == ("18x25", "18x27")
    assert at(game.position(), rules="gamebot").observe(0) == game.observe(0)
    game.step({0: "18x27"})
    assert game.movers() == (1,)
    assert "jumping" not in game.position()


def test_the_originals_rules_end_a_turn_with_a_crown_and_draw_after_twenty():
    rows = ["........"] * 8
    rows[5], rows[6], rows[0] = "..w.....", "...b.b..", ".......B"
    game = at({"board": rows, "to_move": "w"}, rules="gamebot")
    game.step({0: "22x31"})
    assert game.movers() == (1,)
    rows = [".W......", *["........"] * 6, "......B."]
    game = play(at({"board": rows, "to_move": "w"}, rules="gamebot"), [*ROUND * 4, *ROUND[:3]])
    assert game.outcome() is None
    assert "Half-moves without capture: 19 (draw at 20)" in game.observe(1).text
    play(game, ROUND[3:])
    assert (game.outcome().reward, game.outcome().reason) == ((0.0, 0.0), "20 half-moves without capture")
    assert game.position()["without_capture"] == 20


@pytest.mark.parametrize(
    ("position", "reason"),
    [
        ({"board": ["b......."] + ["........"] * 7, "to_move": "b"}, "b in column 0 stands on a light square"),
        (("30", "1 5"), "the man b on 30 stands on the row where men become kings"),
        (("9", "3"), "the man w on 3 stands on the row where men become kings"),
        ((" ".join(map(str, range(1, 14))), "32"), "b has 13 pieces, more than 12"),
        (("", "", "b"), "the board is empty"),
        (("9", "", "w"), "w has no legal move: the game is over, and to_move must be null"),
        (("9", "32", None), "to_move is null but the game is not over"),
        (("9", "32", "b", {"winner": "b"}), "winner is for finished games"),
        (("9", "", None, {"winner": "w"}), "winner is 'w', but the board says otherwise"),
        (("5", "9", None, {}), "to_move is null but the game is not over"),
        (("9", "32", "b", {"jumping": 9}), "a position is"),
        (("K1", "K32", "b", {"king_moves": "1-5"}), "king_moves is not a list of steps"),
        (("K1", "K32", "b", {"king_moves": ["1-9"]}), "king_moves is not a list of steps"),
        (("K1", "K32", "b", {"king_moves": ["5-1"]}), "no king of the side that was to move can have come by 5-1"),
        (("K1", "32", "b", {"king_moves": ["28-32"]}), "no king of the side that was to move"),
        (("K1", "K32", "b", {"king_moves": ["5-1"] * 81}), "king_moves has 81 steps; the game is drawn after 80"),
        (("K6", "K10 K32", "b", {"king_moves": ["28-32"]}), "28-32 was not legal when it was played"),
        (("K1", "K32", "b", {"king_moves": [*ROUND * 3]}), "the game was drawn before 1-5"),
        (("K1", "K32", "b", {"king_moves": [*ROUND * 2]}), "the game is drawn: the game is over"),
    ],
)
def test_impossible_positions_are_refused_with_the_reason(placed, position, reason):
    if isinstance(position, tuple):
        black, white, *rest = position
        position = placed(black, white, *rest[:1], **(rest[1] if len(rest) > 1 else {}))
    with pytest.raises(PositionError) as error:
        Checkers().at(position)
    assert reason in str(error.value)


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"jumping": 33}, "jumping is not the number of a square"),
        ({"jumping": 1}, "on 1 stands no piece of the side to move that can jump on"),
        ({"jumping": 9, "without_capture": 3}, "has just captured"),
        ({"without_capture": 21}, "without_capture is not a whole number from 0 to 20"),
        ({"without_capture": 20}, "the game is drawn: the game is over"),
        ({"king_moves": []}, "a position is"),
    ],
)
def test_fields_of_the_originals_rules_are_checked(more, reason):
    rows = ["........", "........", ".w......", "..b.....", *["........"] * 4]
    with pytest.raises(PositionError) as error:
        Checkers(rules="gamebot").at({"board": rows, "to_move": "w", **more})
    assert reason in str(error.value)


def test_where_both_sides_are_blocked_the_winner_must_be_told(placed):
    blocked = placed("1 2 3 4", "5 6 7 8 9 10 11 12", None)
    with pytest.raises(PositionError, match="say with winner which"):
        Checkers().at(blocked)
    assert at({**blocked, "winner": "b"}).outcome().reward == (1.0, -1.0)
    assert at({**blocked, "winner": "w"}).outcome().reward == (-1.0, 1.0)


@pytest.mark.parametrize(
    ("answers", "actions"),
    [
        ({}, None),
        ({"two_for_one": {"9-13"}, "new_kings": {"9-14"}}, {"9-13"}),
        ({"two_for_one": {"9-13", "1-5"}}, {"9-13"}),
        ({"two_for_one": {"1-5"}, "new_kings": {"9-14"}}, None),
        ({"two_for_one": set(), "new_kings": {"9-14"}}, {"9-14"}),
        ({"new_kings": {"9-14"}}, None),
        (
            {"two_for_one": set(), "new_kings": set(), "worthless_dies": {"9-13", "10-14"}},
            {"9-14", "10-15", "11-15", "11-16", "12-16"},
        ),
        ({"two_for_one": set(), "worthless_dies": {"9-13"}}, None),
        ({"two_for_one": set(), "new_kings": set(), "worthless_dies": {"1-5"}}, None),
        ({"two_for_one": set(), "new_kings": set(), "worthless_dies": set()}, None),
        ({"two_for_one": 3, "new_kings": {"9-13"}}, None),
    ],
)
def test_answers_commit_to_actions(answers, actions):
    frozen = {key: frozenset(value) if isinstance(value, set) else value for key, value in answers.items()}
    assert Checkers().implied(0, frozen) == actions


def test_any_move_can_be_named_and_any_square():
    kinds = {question.id: question.kind for question in Checkers().subproblems(0)}
    moves = kinds["two_for_one"]
    assert isinstance(moves, SetOf)
    assert moves.domain == Checkers().observe(0).actions.listed
    assert moves.read("9-13; 22x15") == {"9-13", "22x15"}
    assert kinds["opp_captures_after"].domain == tuple(str(number) for number in range(1, 33))


@pytest.mark.parametrize("plies", [0, 1, 8])
def test_openings_follow_from_the_seed(plies):
    game, seen = Checkers(opening_plies=plies), set()
    for seed in range(12):
        game.reset(seed)
        first = game.position()
        assert game.movers() == (plies % 2,)
        game.reset(seed)
        assert game.position() == first
        seen.add(str(first))
    assert len(seen) == 1 if plies == 0 else len(seen) > 3


def test_a_picture_shows_pieces_numbers_and_who_must_go_on(placed):
    svg = Checkers().draw(placed("K1 9", "22"))
    assert svg.count("<polygon") == 1
    assert svg.count("<circle") == 1 + 2 + 2
    assert svg.count("<text") == 32
    rows = ["........", "........", ".w......", "..b.....", *["........"] * 4]
    going = Checkers(rules="gamebot").draw({"board": rows, "to_move": "w", "jumping": 9})
    still = Checkers(rules="gamebot").draw({"board": rows, "to_move": "w"})
    assert going.count("<rect") == still.count("<rect") + 1


@pytest.mark.parametrize(
    ("black", "white", "id_", "action", "truth"),
    [
        ("25 K28", "5 6", "new_kings", None, {"25-29", "25-30"}),
        ("K28", "5", "new_kings", None, set()),
        ("2 7", "15 26", "worthless_dies", None, {"7-11"}),
        ("7 15 26", "9 27 30", "worthless_dies", None, {"15-18", "15-19"}),
        ("2 6", "14 15", "two_for_one", None, {"6-10"}),
        ("7 15 26", "9 27 30", "opp_captures_after", "15-18", {"18", "26"}),
    ],
)
def test_the_examples_of_the_document(placed, black, white, id_, action, truth):
    assert at(placed(black, white)).truth(0, id_, action) == truth
    assert at(placed("1", "6 14")).observe(0).actions.listed == ("1x10x17",)
