import re

from kibitz.games.arcade.pong import Pong
from kibitz.games.arcade.surround import Surround
from kibitz.games.board.connect4 import Connect4
from kibitz.games.board.tictactoe import TicTacToe
from kibitz.games.cards.numberline import NumberLine
from kibitz.games.draw import O_COLOUR, X_COLOUR

EMPTY = ["_______"] * 6


def words(svg):
    return re.findall(r"<text[^>]*>([^<]*)</text>", svg)


def test_a_tictactoe_board_shows_its_marks_and_numbers():
    svg = TicTacToe().draw({"board": ["XOX", "_O_", "___"], "to_move": "X"})
    assert svg.count(f'stroke="{X_COLOUR}"') == 4
    assert svg.count(f'stroke="{O_COLOUR}"') == 2
    assert sorted(words(svg)) == ["0", "0", "1", "1", "2", "2"]
    assert "<title>TicTacToe board: XOX / _O_ / ___</title>" in svg


def test_a_finished_line_is_struck_through_and_only_that():
    running = TicTacToe().draw({"board": ["XX_", "OO_", "___"], "to_move": "X"})
    won = TicTacToe().draw({"board": ["XXX", "OO_", "___"], "to_move": None})
    assert won.count("<line") == running.count("<line") + 2 + 1


def test_a_connect4_board_shows_its_discs_and_numbers():
    svg = Connect4().draw({"board": [*EMPTY[:5], "X_OX___"], "to_move": "O"})
    assert svg.count(f'fill="{X_COLOUR}"') == 2
    assert svg.count(f'fill="{O_COLOUR}"') == 1
    assert svg.count("<circle") == 42 + 1
    assert words(svg) == ["6", "5", "4", "3", "2", "1", *"1234567"]


def test_a_line_of_four_is_struck_through_from_end_to_end():
    svg = Connect4().draw({"board": [*EMPTY[:4], "OOO_OOO", "XXXXXXX"], "to_move": None})
    strike = re.findall(r'<line x1="([\d.]+)" y1="([\d.]+)" x2="([\d.]+)" y2="([\d.]+)"', svg)[-1]
    x1, y1, x2, y2 = map(float, strike)
    assert y1 == y2
    assert x2 - x1 > 6 * 44


def test_a_field_shows_walls_both_trails_heads_and_crashes():
    running = Surround().draw({"moves": ["uu", "ll"]})
    crashed = Surround().draw({"moves": ["uud", "lll"]})
    assert words(running) == ["B", "A"] or words(running) == ["A", "B"]
    assert words(crashed) == ["B"]
    assert crashed.count("#d33") == 2
    walls, blue, orange = (found.count("M") for found in re.findall(r'<path d="([^"]*)"', running))
    assert (walls, blue, orange) == (2 * 40 + 2 * 18, 2, 2)


def test_a_court_shows_paddles_and_samples_and_is_mirrored_for_the_other_seat():
    position = {"samples": [[0, 80, 112], [4, 88, 104], [8, 96, 96]], "speed": [2, -2], "hits": 0, "paddles": [88, 88]}
    for seat, x, colours in ((0, 96, [X_COLOUR, O_COLOUR]), (1, 64, [O_COLOUR, X_COLOUR])):
        svg = Pong().draw(position, seat)
        assert words(svg) == ["88 to 104", "88 to 104", f"frame 8: ball at {x}, 96"]
        assert svg.count("<circle") == 3
        assert re.findall(r'<rect[^>]*fill="(#\w+)"', svg) == colours


def test_a_number_line_names_current_and_target():
    svg = NumberLine().draw({"current": 3, "target": 7})
    assert words(svg) == [*"0123456789", "current 3", "target 7"]


def test_a_long_line_has_few_ticks():
    assert len(words(NumberLine(low=-1000, high=1000).draw({"current": 3, "target": 7}))) <= 21 + 2
