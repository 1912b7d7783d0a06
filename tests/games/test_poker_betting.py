"""The betting is compared with PokerKit, an independent implementation, on random play and by hand."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pokerkit import Automation, NoLimitTexasHoldem

from kibitz.games.cards.deck import named
from kibitz.games.cards.holdem import Holdem
from kibitz.games.cards.poker.betting import STACK, Betting

AUTOMATIC = (
    Automation.ANTE_POSTING,
    Automation.BET_COLLECTION,
    Automation.BLIND_OR_STRADDLE_POSTING,
    Automation.HOLE_CARDS_SHOWING_OR_MUCKING,
    Automation.HAND_KILLING,
    Automation.CHIPS_PUSHING,
    Automation.CHIPS_PULLING,
)


def packed(cards):
    return named(cards).replace(" ", "")


class Reference:
    """The same hand in PokerKit, whose player 0 has the big blind: our seat s is its player 1 - s."""

    def __init__(self, game):
        self.board = game._deal.board
        self.state = NoLimitTexasHoldem.create_state(AUTOMATIC, True, 0, (1, 2), 2, (STACK, STACK), 2)
        for seat in (1, 0):
            self.state.deal_hole(packed(game._deal.hands[seat]))

    def legal(self):
        """The listed actions, and the least raise to, if any but all-in is possible."""
        state = self.state
        listed = ["check"] if state.checking_or_calling_amount == 0 else ["fold", "call"]
        if not state.can_complete_bet_or_raise_to():
            return listed, None
        least, most = (
            state.min_completion_betting_or_raising_to_amount,
            state.max_completion_betting_or_raising_to_amount,
        )
        return [*listed, "all-in"], (least, most - 1) if least < most else None

    def act(self, action):
        state = self.state
        if action == "fold":
            state.fold()
        elif action in ("check", "call"):
            state.check_or_call()
        else:
            most = state.max_completion_betting_or_raising_to_amount
            state.complete_bet_or_raise_to(most if action == "all-in" else int(action.removeprefix("raise to ")))
        while state.status and state.actor_index is None:
            dealt = sum(map(len, state.board_cards))
            state.burn_card("??")
            state.deal_board(packed(self.board[dealt : 3 if dealt == 0 else dealt + 1]))


def compare(seed, choose):
    """Play a hand in both and compare all that can be seen of the betting at each step, and the payoffs."""
    game, rng = Holdem(), Random(f"betting/{seed}")
    game.reset(seed)
    reference = Reference(game)
    steps = 0
    while game.movers():
        (turn,), betting, state = game.movers(), game._betting, reference.state
        legal = betting.legal()
        listed, raises = reference.legal()
        assert turn == 1 - state.actor_index
        assert list(legal.listed) == listed
        amounts = () if raises is None else range(raises[0], raises[1] + 1)
        assert [s for pattern in legal.open for s in pattern.samples] == [f"raise to {n}" for n in amounts]
        assert betting.pot == state.total_pot_amount
        assert betting.to_call == state.checking_or_calling_amount
        assert [betting.stack(seat) for seat in (1, 0)] == state.stacks
        assert betting.street == state.street_index
        action = choose(legal, rng)
        game.step({turn: action})
        reference.act(action)
        steps += 1
    assert not reference.state.status
    assert game.outcome().raw == (reference.state.payoffs[1], reference.state.payoffs[0])
    return steps


def test_random_play_is_as_in_pokerkit():
    assert sum(compare(seed, lambda legal, rng: legal.draw(rng)) for seed in range(60)) > 150


def patient(legal, rng):
    """Small raises, so that there are many: the smallest most of the time, no folds."""
    small = [pattern.samples[int(rng.random() < 0.3)] for pattern in legal.open if len(pattern.samples) > 1]
    passive = [action for action in legal.listed if action in ("check", "call")]
    return rng.choice(small + small + passive)


def test_long_hands_are_as_in_pokerkit():
    assert sum(compare(seed, patient) for seed in range(100, 150)) > 400


def played(*actions):
    betting = Betting()
    for action in actions:
        betting.act(action)
    return betting


def facts(betting):
    raises = betting.legal().open[0].hint if betting.legal().open else ""
    return betting.street, betting.turn, betting.pot, betting.to_call, betting.legal().listed, raises


FACING, FREE = ("fold", "call", "all-in"), ("check", "all-in")


@pytest.mark.parametrize(
    ("actions", "street", "turn", "pot", "to_call", "listed", "raises"),
    [
        ((), 0, 0, 3, 1, FACING, "raise to N (N from 4 to 99)"),
        (("call",), 0, 1, 4, 0, FREE, "raise to N (N from 4 to 99)"),
        (("call", "check"), 1, 1, 4, 0, FREE, "raise to N (N from 2 to 97)"),
        (("call", "raise to 4"), 0, 0, 6, 2, FACING, "raise to N (N from 6 to 99)"),
        (("raise to 5",), 0, 1, 7, 3, FACING, "raise to N (N from 8 to 99)"),
        (("raise to 5", "raise to 20"), 0, 0, 25, 15, FACING, "raise to N (N from 35 to 99)"),
        (("raise to 5", "call"), 1, 1, 10, 0, FREE, "raise to N (N from 2 to 94)"),
        (("raise to 5", "call", "check", "check"), 2, 1, 10, 0, FREE, "raise to N (N from 2 to 94)"),
        (("raise to 5", "call", "raise to 10", "call"), 2, 1, 30, 0, FREE, "raise to N (N from 2 to 84)"),
        (("raise to 60",), 0, 1, 62, 58, FACING, ""),
        (("raise to 50",), 0, 1, 52, 48, FACING, "raise to N (N from 98 to 99)"),
        (("all-in",), 0, 1, 102, 98, ("fold", "call"), ""),
        (("raise to 60", "all-in"), 0, 0, 160, 40, ("fold", "call"), ""),
        (("raise to 99", "call"), 1, 1, 198, 0, FREE, ""),
    ],
)
def test_the_betting_by_hand(actions, street, turn, pot, to_call, listed, raises):
    assert facts(played(*actions)) == (street, turn, pot, to_call, listed, raises)


@pytest.mark.parametrize(
    ("actions", "ended", "paid", "board"),
    [
        (("fold",), "fold", (1, 2), 0),
        (("call", "raise to 10", "fold"), "fold", (2, 10), 0),
        (("all-in", "fold"), "fold", (100, 2), 0),
        (("all-in", "call"), "showdown", (100, 100), 5),
        (("call", "check", "all-in", "call"), "showdown", (100, 100), 5),
        (("call", "check", "check", "raise to 6", "fold"), "fold", (8, 2), 3),
        (("call", *["check"] * 7), "showdown", (2, 2), 5),
        (("call", *["check"] * 5, "raise to 8", "call"), "showdown", (10, 10), 5),
    ],
)
def test_the_end_by_hand(actions, ended, paid, board):
    betting = played(*actions)
    assert (betting.ended, (betting.paid(0), betting.paid(1)), betting.board) == (ended, paid, board)


@pytest.mark.parametrize(
    ("actions", "refused"),
    [
        ((), "check"),
        ((), "raise to 3"),
        ((), "raise to 100"),
        ((), "raise to 04"),
        ((), "raise to 4 "),
        ((), "raise"),
        (("call",), "fold"),
        (("call",), "call"),
        (("all-in",), "all-in"),
        (("all-in",), "raise to 99"),
        (("raise to 60",), "raise to 99"),
        (("raise to 5", "raise to 20"), "raise to 34"),
    ],
)
def test_what_is_not_legal_is_refused_and_changes_nothing(actions, refused):
    betting = played(*actions)
    before = betting.token()
    with pytest.raises(ValueError, match="is not a legal action here; legal: "):
        betting.act(refused)
    assert betting.token() == before


@given(st.lists(st.sampled_from(["fold", "check", "call", "all-in"]) | st.integers(0, 101).map("raise to {}".format)))
def test_legal_actions_are_exactly_those_that_are_accepted(actions):
    betting = Betting()
    for action in actions:
        if betting.ended is not None:
            break
        legal, before = betting.legal().read(action) == action, betting.token()
        try:
            betting.act(action)
        except ValueError:
            assert not legal
            assert betting.token() == before
        else:
            assert legal
            assert 3 <= betting.pot <= 2 * STACK
            assert min(betting.stack(0), betting.stack(1)) >= 0
            assert Betting.of(betting.token()).token() == betting.token()
