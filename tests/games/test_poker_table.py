import re

import pytest

from kibitz.games.cards.holdem import Holdem
from kibitz.games.draw import X_COLOUR

FLOP = {"hands": ["As Kd", "Qh Qc"], "board": "2c 7d Th", "history": ["raise to 6", "call", "raise to 8"]}
SHOWN = {"hands": ["As Kd", "Qh Qc"], "board": "2c 7d Th 9s Ac", "history": ["all-in", "call"]}


def words(svg):
    return re.findall(r"<text[^>]*>([^<]*)</text>", svg)


def backs(svg):
    return svg.count(f'fill="{X_COLOUR}"')


def test_a_table_shows_cards_chips_and_the_button():
    svg = Holdem().draw(FLOP)
    found = words(svg)
    assert found == [
        *("Q", "Q", "seat 1", "86 chips", "8"),
        *("A", "K", "seat 0", "94 chips", "D"),
        *("2", "7", "10", "pot", "20", "flop"),
    ]
    assert backs(svg) == 0
    assert "<title>Hold&#x27;em table, flop: board 2c 7d Th, seat 0 As Kd, seat 1 Qh Qc, pot 20</title>" in svg


@pytest.mark.parametrize(("seat", "mine", "hidden"), [(0, ["A", "K"], "Q"), (1, ["Q", "Q"], "A")])
def test_a_seat_sees_its_own_cards_below_and_the_others_face_down(seat, mine, hidden):
    svg = Holdem().draw(FLOP, seat)
    assert backs(svg) == 2
    assert hidden not in words(svg)
    assert words(svg).index("you") > words(svg).index(f"seat {1 - seat}")
    assert [word for word in words(svg) if word in "AKQ"] == mine
    assert "hidden" in svg


def test_a_showdown_is_seen_by_both():
    for seat in (None, 0, 1):
        svg = Holdem().draw(SHOWN, seat)
        assert backs(svg) == 0
        assert words(svg).count("all-in") == 2
        assert "showdown" in words(svg)


def test_who_has_folded_is_told():
    svg = Holdem().draw({"hands": ["As Kd", None], "board": "", "history": ["raise to 6", "fold"]}, 0)
    assert "seat 1 folded" in words(svg)
    assert backs(svg) == 2


def test_red_cards_are_red():
    svg = Holdem().draw({**FLOP, "hands": ["Ad Kh", "Qs Qc"]})
    colours = {rank: colour for colour, rank in re.findall(r'fill="(#\w+)"[^>]*font-weight="bold">(\w+)<', svg)}
    assert colours["A"] == colours["K"] == colours["7"] == colours["10"]
    assert colours["A"] != colours["Q"] == colours["2"]
