"""Rules, views, questions and positions of Hold'em; betting, hand ranks and equities have tests of their own."""

import json
import re
from collections import Counter
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kibitz.games.actions import Illegal
from kibitz.games.cards.deck import NAMES
from kibitz.games.cards.holdem import Holdem
from kibitz.games.cards.poker import preflop
from kibitz.games.cards.poker.equity import equity
from kibitz.games.game import PositionError
from kibitz.games.kinds import Number
from kibitz.games.positions import items

HANDS = ["As Kd", "7h 2c"]
FLOP = {"hands": HANDS, "board": "2s 7d Th", "undealt": "9c 3s", "history": ["raise to 6", "call"]}


def at(position=FLOP, **changes):
    game = Holdem()
    game.at({**position, **changes})
    return game


def truths(game):
    (seat,) = game.movers()
    return {question.id: game.truth(seat, question.id) for question in game.subproblems(seat)}


def play(game, *actions):
    for action in actions:
        game.step({game.movers()[0]: action})
    return game


# -- dealing -----------------------------------------------------------------------------------------------------------


def test_the_cards_follow_from_seed_and_seat_whatever_is_played():
    game, again = Holdem(), Holdem()
    for seed in range(20):
        game.reset(seed)
        again.reset(seed)
        first = game.position()
        play(game, "call", "raise to 10", "call")
        play(again, "all-in", "call")
        assert first["hands"] == game.position()["hands"] == again.position()["hands"]
        assert again.position()["board"].startswith(game.position()["board"])


def test_every_card_is_dealt_everywhere_equally_often():
    game, places = Holdem(), Counter()
    for seed in range(5200):
        game.reset(seed)
        position = game.position()
        dealt = " ".join([*position["hands"], position["undealt"]]).split()
        assert len(set(dealt)) == 9
        places.update((place // 2 if place < 4 else place, name) for place, name in enumerate(dealt))
    # 100 expected for each place of the board and 200 for each hand; five standard deviations are 50 and 71.
    assert len(places) == 52 * 7
    for (place, _), count in places.items():
        wanted = 200 if place < 2 else 100
        assert abs(count - wanted) < (71 if place < 2 else 50)


def test_a_duplicate_deal_gives_each_player_the_others_cards():
    """Two players that never fold and never raise: over both seatings of a deal they come out even."""
    for seed in range(30):
        results = []
        for _ in range(2):
            game = Holdem()
            game.reset(seed)
            while game.movers():
                game.step({game.movers()[0]: next(a for a in ("check", "call") if a in game._betting.legal().listed)})
            results.append(game.outcome().raw)
        assert results[0] == results[1]
        assert results[0][0] + results[1][1] == 0


# -- views -------------------------------------------------------------------------------------------------------------


def test_a_view_tells_role_cards_board_chips_and_betting():
    game = play(at(), "check", "raise to 8")
    assert game.observe(1).text == (
        "You have the big blind.\n"
        "Street: flop\n"
        "Your cards: 7h 2c\n"
        "Board: 2s 7d Th\n"
        "Pot: 20\n"
        "Your chips: 94 left, 0 put in on this street\n"
        "Opponent's chips: 86 left, 8 put in on this street\n"
        "To call: 8\n"
        "Betting:\n"
        "pre-flop - opponent: raise to 6, you: call\n"
        "flop - you: check, opponent: raise to 8"
    )
    seen = game.observe(0)
    assert seen.actions is None
    assert seen.text.startswith("You are the dealer, with the small blind.\n")
    assert "To call: 0" in seen.text
    assert "flop - opponent: check, you: raise to 8" in seen.text


def test_nobody_sees_the_others_cards_before_a_showdown():
    game = Holdem()
    for seed in range(30):
        game.reset(seed)
        rng = Random(seed)
        while game.movers():
            position = game.position()
            for seat in (0, 1):
                shown = set(re.findall(r"\b[2-9TJQKA][cdhs]\b", game.observe(seat).text))
                assert shown == {*position["hands"][seat].split(), *position["board"].split()}
            game.wander(rng, 1)


def test_a_showdown_shows_both_hands_and_a_fold_shows_none():
    shown = play(at(), "all-in", "call").observe(0).text
    assert "Board: 2s 7d Th 9c 3s" in shown
    assert "Opponent's cards: 7h 2c\nShowdown: you have high card, your opponent two pair.\n" in shown
    assert "The hand is over. You lose 100 chips." in shown
    folded = play(at(), "raise to 10", "fold")
    assert "You folded.\nThe hand is over. You lose 6 chips." in folded.observe(0).text
    assert "Your opponent folded.\nThe hand is over. You win 6 chips." in folded.observe(1).text
    assert "As" not in folded.observe(1).text
    assert "7h" not in folded.observe(0).text


# -- results -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("hands", "actions", "raw", "reason"),
    [
        (HANDS, ("all-in", "call"), (-100, 100), "showdown"),
        (HANDS, ("check", "check", "check", "check", "check", "check"), (-6, 6), "showdown"),
        (HANDS, ("raise to 50", "fold"), (-6, 6), "fold"),
        (HANDS, ("check", "raise to 50", "fold"), (6, -6), "fold"),
        (HANDS, ("check", "raise to 10", "call", "raise to 20", "fold"), (-16, 16), "fold"),
        (["As Kd", "Ac Kh"], ("all-in", "call"), (0, 0), "showdown"),
        (
            ["Ts Td", "7h 2c"],
            ("check", "raise to 10", "call", "check", "check", "check", "check"),
            (16, -16),
            "showdown",
        ),
    ],
)
def test_results_by_hand(hands, actions, raw, reason):
    game = play(at(hands=hands), *actions)
    outcome = game.outcome()
    assert (outcome.raw, outcome.reason) == (raw, reason)
    assert outcome.reward == (raw[0] / 100, raw[1] / 100)
    assert outcome.success is None


def test_the_last_step_has_the_reward():
    game = at()
    assert game.step({1: "raise to 10"}) == {0: 0.0, 1: 0.0}
    assert game.step({0: "fold"}) == {0: -0.06, 1: 0.06}


# -- questions ---------------------------------------------------------------------------------------------------------


def test_questions_follow_the_street_and_the_bet():
    game = Holdem()
    game.reset(1)
    asked = [list(truths(game))]
    for action in ("call", "check", "check", "raise to 4", "call", "check", "check", "raise to 2"):
        play(game, action)
        asked.append(list(truths(game)))
    flop = ["hand", "outs", "equity"]
    assert asked == [
        ["pot_odds", "preflop_equity"],
        ["preflop_equity"],
        flop,
        flop,
        ["pot_odds", *flop],
        flop,
        flop,
        ["hand", "equity"],
        ["pot_odds", "hand", "equity"],
    ]
    assert game.subproblems(0 if game.movers() == (1,) else 1) == ()


@pytest.mark.parametrize(
    ("hands", "board", "history", "expected"),
    [
        (HANDS, "", [], {"pot_odds": 25.0, "preflop_equity": 65.3}),
        (HANDS, "", ["all-in"], {"pot_odds": 49.0, "preflop_equity": 34.6}),  # 98 of 200; 72o
        (HANDS, "2s 7d Th", ["raise to 6", "call"], {"hand": "two pair", "outs": 4}),
        (HANDS, "2s 7d Th", ["raise to 6", "call", "raise to 6"], {"pot_odds": 25.0, "hand": "high card", "outs": 15}),
        (
            ["As Ks", "7h 2c"],
            "Qs Js Ts",
            ["call", "check", "check"],
            {"hand": "royal flush", "outs": 0, "equity": 100.0},
        ),
        (["Ad 2s", "7h 3c"], "3d 4c 5h", ["call", "check", "check"], {"hand": "straight"}),
        (["5d 2s", "7h 3c"], "3d 4c Ah 9h Ks", ["call", *["check"] * 6], {"hand": "straight"}),
        (["5d 2s", "3d 2c"], "As Ks Qs Js Ts", ["call", *["check"] * 6], {"hand": "royal flush", "equity": 50.0}),
    ],
)
def test_truths_by_hand(hands, board, history, expected):
    found = truths(at({"hands": hands, "board": board, "history": history}))
    assert {id_: found[id_] for id_ in expected} == expected


def test_equities_are_those_of_the_modules_rounded():
    assert truths(at())["equity"] == round(equity((22, 0), (3, 21, 34)), 1)  # 7h 2c on 2s 7d Th
    game = Holdem()
    game.reset(4)
    assert truths(game)["preflop_equity"] == round(preflop.equity(game._deal.hands[0]), 1)


def test_pot_odds_are_the_price_at_which_a_call_breaks_even():
    """With just this equity, a call wins as much as a fold: p * (what is won) = (1 - p) * (what is lost)."""
    seen = 0
    for item in items(Holdem(), "easy"):
        game = at(item.position)
        found = truths(game)
        if "pot_odds" in found:
            betting, share = game._betting, found["pot_odds"] / 100
            call = betting.to_call
            assert share * betting.pot - (1 - share) * call == pytest.approx(0, abs=0.0006 * (betting.pot + call))
            seen += 1
    assert seen > 50


def test_numbers_may_be_off_by_their_tolerance():
    kinds = {}
    for game in (at({"hands": HANDS, "board": "", "history": []}), play(at(), "raise to 10")):
        kinds.update({q.id: q.kind for q in game.subproblems(game.movers()[0]) if isinstance(q.kind, Number)})
    assert {id_: kind.tolerance for id_, kind in kinds.items()} == {"pot_odds": 1, "preflop_equity": 2.5, "equity": 5}
    assert kinds["equity"].grade(45.0, 50.0).verdict == "right"
    assert kinds["equity"].grade(44.9, 50.0).verdict == "wrong"
    assert kinds["pot_odds"].read("33.3 %") == 33.3


@pytest.mark.parametrize(
    ("answers", "gone"),
    [
        ({"equity": 60.0, "pot_odds": 25.0}, "fold"),
        ({"equity": 35.0, "pot_odds": 25.0}, "fold"),
        ({"equity": 34.9, "pot_odds": 25.0}, None),
        ({"equity": 15.0, "pot_odds": 25.0}, "call"),
        ({"equity": 15.1, "pot_odds": 25.0}, None),
        ({"equity": 60.0}, None),
        ({"pot_odds": 25.0}, None),
        ({"equity": True, "pot_odds": 25.0}, None),
        ({"preflop_equity": 60.0, "pot_odds": 25.0}, "fold"),
    ],
)
def test_answers_commit_to_all_but_one_action(answers, gone):
    game = play(at(), "raise to 6")
    every = {"fold", "call", "all-in", *(f"raise to {n}" for n in range(12, 94))}
    assert game.implied(0, answers) == (every - {gone} if gone else None)
    assert game.implied(1, answers) is None


def test_without_a_bet_nothing_is_implied():
    assert at().implied(1, {"equity": 90.0, "pot_odds": 10.0}) is None


def test_unknown_questions_and_seats_that_do_not_act():
    for seat, id_ in ((1, "nothing"), (1, "pot_odds"), (0, "hand")):
        with pytest.raises(KeyError, match=id_):
            at().truth(seat, id_)


# -- the document ------------------------------------------------------------------------------------------------------

SECTION = (Path(__file__).resolve().parents[2] / "docs" / "games.md").read_text(encoding="utf-8")
SECTION = SECTION.split("(`holdem`)")[1].split("\n## ")[0]
CLAIM = re.compile(r"`(\{[^`]*\})`: `(\w+)` is ([\w .]+?) ?\|")


def test_the_examples_of_the_document_are_true():
    claims = CLAIM.findall(SECTION)
    assert len(claims) == 4
    for position, id_, value in claims:
        assert str(truths(at(json.loads(position)))[id_]) == value


def test_the_worked_example_of_the_document_is_true():
    position, said = re.search(r"For seat 0 in `([^`]*)` the\ntruths are (.*?)\n\n", SECTION, re.DOTALL).groups()
    told = dict(re.findall(r"`(\w+)` (high card|[\d.]*\d)", said))
    assert told == {id_: str(value) for id_, value in truths(at(json.loads(position))).items()}


def test_the_documents_other_differences_are_true():
    examples = {row.split("|")[1].strip(): re.findall(r"`([^`]*)`", row.split("|")[4]) for row in SECTION.splitlines()
                if row.startswith("| ") and row.count("|") == 5}  # fmt: skip
    (button,) = examples["button"]
    assert at(json.loads(button)).movers() == (1,)
    before, raise_ = examples["raises"]
    assert raise_ in at(json.loads(before)).observe(0).actions.open[0].samples
    (illegal,) = examples["an action that cannot be read, or is illegal"]
    game = Holdem()
    game.reset(0)
    assert isinstance(game.observe(0).actions.read(illegal), Illegal)


# -- positions ---------------------------------------------------------------------------------------------------------


def test_what_a_seat_knows_is_a_position_with_the_same_truths():
    game = play(at(), "raise to 10")
    known = game.known(0)
    assert known == {"hands": ["As Kd", None], "board": "2s 7d Th", "history": ["raise to 6", "call", "raise to 10"]}
    other = at(known)
    assert truths(other) == truths(game)
    assert other.observe(0) == game.observe(0)


def test_what_is_left_out_is_filled_in_the_same_each_time():
    known = play(at(), "raise to 10").known(0)
    first = at(known).position()
    assert first == at(known).position()
    dealt = " ".join([*first["hands"], first["board"], first["undealt"]]).split()
    assert len(set(dealt)) == 9
    assert set(dealt) <= set(NAMES)
    given = at({**known, "undealt": "9c 3s"}).position()
    assert given["undealt"] == "9c 3s"


def test_cards_of_a_hand_are_in_one_order():
    assert at(hands=["Kd As", "2c 7h"]).position() == at().position()


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"hands": ["As Kd"]}, "hands is not a list of two"),
        ({"hands": ["As Kd", "7h"]}, "hands[1] has 1 cards, not two"),
        ({"hands": ["As Kd", "7h 10c"]}, "hands[1]: '10c' is not a card; write the ten of diamonds Td"),
        ({"hands": ["As Kd", ["7h", "2c"]]}, "hands[1] is not a text of cards"),
        ({"hands": ["As Kd", "7h As"]}, "As comes twice"),
        ({"hands": ["As Kd", None]}, "hands[1] is null, but seat 1 is to act"),
        ({"hands": [None, "7h 2c"], "history": ["all-in", "call"], "board": "2s 7d Th 9c 3s", "undealt": ""},
         "hands[0] is null, but the hand came to a showdown"),
        ({"board": "2s 7d", "undealt": ""}, "board has 2 cards, but the history leads to a board of 3"),
        ({"board": "2s 7d Th 9c", "undealt": "3s"}, "board has 4 cards, but the history leads to a board of 3"),
        ({"board": None}, "board is not a text of cards"),
        ({"board": "2s 7d As"}, "As comes twice"),
        ({"undealt": "9c"}, "board and undealt have 4 cards together, not five"),
        ({"undealt": "9c 2s"}, "2s comes twice"),
        ({"history": "call"}, "history is not a list of actions"),
        ({"history": ["raise to 6", "check"]}, "history[1]: 'check' is not a legal action here; legal: fold; call"),
        ({"history": ["raise to 3"]}, "history[0]: 'raise to 3' is not a legal action here"),
        ({"history": ["fold", "call"]}, "history[1] comes after the end of the hand"),
        ({"history": [7]}, "history[0] is not the text of an action"),
        ({"pot": 12}, "'pot' is not a field of a position"),
    ],
)  # fmt: skip
def test_impossible_positions_are_refused_with_the_reason(changes, reason):
    game = at()
    before = game.position()
    with pytest.raises(PositionError) as error:
        game.at({**FLOP, **changes})
    assert str(error.value).startswith(reason)
    assert game.position() == before


@pytest.mark.parametrize("missing", ["hands", "board", "history"])
def test_missing_fields_are_named(missing):
    with pytest.raises(PositionError, match=f"{missing} is missing"):
        Holdem().at({key: value for key, value in FLOP.items() if key != missing})


@given(st.integers(0, 10**6), st.integers(0, 12))
def test_positions_and_snapshots_bring_the_state_back(seed, plies):
    game = Holdem()
    game.reset(seed)
    game.wander(Random(seed), plies)
    token, stored = game.snapshot(), json.loads(json.dumps(game.position()))
    other = at(stored)
    views = [game.observe(seat) for seat in (0, 1)]
    assert [other.observe(seat) for seat in (0, 1)] == views
    assert (other.position(), other.outcome()) == (stored, game.outcome())
    game.wander(Random(seed + 1), 3)
    game.restore(token)
    assert (game.position(), [game.observe(seat) for seat in (0, 1)]) == (stored, views)


@given(st.integers(0, 10**6), st.integers(0, 12), st.integers(0, 1))
def test_imagined_hands_differ_only_in_what_the_seat_cannot_know(seed, plies, seat):
    game = Holdem()
    game.reset(seed)
    game.wander(Random(seed), plies)
    other = game.imagine(seat, Random(seed))
    assert other.observe(seat) == game.observe(seat)
    assert other.known(seat) == game.known(seat)
    if game.outcome() is not None and game.outcome().reason == "showdown":
        assert other.position() == game.position()


def test_imagined_hands_are_drawn_from_all_unseen_cards():
    game, seen = at(), Counter()
    for draw in range(2000):
        position = game.imagine(1, Random(draw)).position()
        seen.update([("hand", name) for name in position["hands"][0].split()])
        seen.update([("undealt", name) for name in position["undealt"].split()])
    # 2000 * 2 / 47 = 85 expected for each of 47 cards in both places; five standard deviations are 46.
    assert len(seen) == 2 * 47
    assert all(abs(count - 85) < 46 for count in seen.values())


def test_playing_on_a_clone_leaves_the_original_alone():
    game = at()
    before = game.position()
    play(game.clone(), "all-in", "call")
    assert game.position() == before
    assert game.movers() == (1,)
