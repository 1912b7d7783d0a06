"""Texas Hold'em: no limit, two players, one hand an episode.

The cards of each seat and the button follow from the seed and the seat. So an episode that is played again with the
players' seats exchanged is its duplicate: each holds the cards that the other held.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from functools import lru_cache
from random import Random
from typing import ClassVar

from kibitz.games.cards.deck import named
from kibitz.games.cards.poker import preflop, tight, words
from kibitz.games.cards.poker.betting import STACK, Betting
from kibitz.games.cards.poker.deal import Hand, Known, dealt
from kibitz.games.cards.poker.equity import equity, outs
from kibitz.games.cards.poker.position import read
from kibitz.games.cards.poker.ranks import CATEGORIES, category, strength
from kibitz.games.cards.poker.table import draw_table
from kibitz.games.game import Game, Json, Observation, Outcome
from kibitz.games.kinds import Choice, Integer, Number
from kibitz.games.ladder import Rung
from kibitz.games.subproblem import Answer, Subproblem, Unknown

CLEARLY = 10.0
"""Points by which a stated equity must differ from the stated pot odds to commit to something."""

_MOVERS: tuple[tuple[int, ...], ...] = ((0,), (1,))
_GOES_ON: Mapping[int, float] = {0: 0.0, 1: 0.0}

_PREFLOP = Subproblem(
    "preflop_equity",
    "What is your equity: your chance in percent to win a showdown against a random hand, over all boards, a tie "
    "counted as half?",
    Number(0, 100, tolerance=2.5, unit="%"),
)
_RANK = Subproblem("hand", "What do the best five of your cards and the board make?", Choice(CATEGORIES))
_OUTS = Subproblem(
    "outs",
    "How many of the unseen cards (all but your two and the board) would, as the next board card, lift your best five "
    "to a better kind of hand (such as from pair to two pair)? Count those that would help both players, too.",
    Integer(0, 47),
)
_EQUITY = Subproblem(
    "equity",
    "What is your equity: your chance in percent to win a showdown against a random hand, over all board cards that "
    "can still come, a tie counted as half?",
    Number(0, 100, tolerance=5, unit="%"),
)
_ODDS = Subproblem(
    "pot_odds",
    "What are your pot odds: the chips to call, as a percentage of the pot after your call?",
    Number(0, 100, tolerance=1, unit="%"),
)
_WANDER = {"check": 6, "call": 6, "raise": 3, "all-in": 1}
"""How often each sort of action is chosen where positions are looked for: play that often sees the river."""


@lru_cache(maxsize=8)
def _asked(street: int, facing: bool) -> tuple[Subproblem, ...]:
    """The questions on a street, with or without a bet to call, always in one order."""
    by_street = ((_PREFLOP,), (_RANK, _OUTS, _EQUITY), (_RANK, _OUTS, _EQUITY), (_RANK, _EQUITY))
    return (_ODDS, *by_street[street]) if facing else by_street[street]


class Holdem(Game):
    """One hand of heads-up no-limit Hold'em; seat 0 is the dealer."""

    id: ClassVar = "holdem"
    version: ClassVar = "1"
    title: ClassVar = "Texas Hold'em"
    seats: ClassVar = 2
    payoff: ClassVar = "zero_sum"
    abilities: ClassVar = frozenset({"snapshot", "imagine", "heuristic"})
    ladder: ClassVar = (
        Rung("easy", (2, 12), {"to_imagine": (0, 0), "doubt": (0, 20)}),
        Rung("medium", (4, 12), {"to_imagine": (1, 1)}),
        Rung("hard", (2, 4), {"to_imagine": (2, 2), "outs": (11, 47)}),
    )

    def __init__(self, **options: object) -> None:
        super().__init__(**options)
        self.reset(0)

    # -- playing ---------------------------------------------------------------------------------------------------

    def rules(self, seat: int) -> str:
        """The rules, the same for both seats."""
        return words.RULES

    def reset(self, seed: int, task: str | None = None) -> None:
        """Deal: the cards of each seat and the board follow from ``seed``."""
        self._deal = dealt(Random(f"kibitz/holdem/deal/{seed}"))
        self._betting = Betting()
        self._history: words.History = ()

    def movers(self) -> tuple[int, ...]:
        """The seat to act, or nobody once the hand is over."""
        return _MOVERS[self._betting.turn] if self._betting.ended is None else ()

    def observe(self, seat: int) -> Observation:
        """Role, cards, board, chips and betting; the opponent's cards only after a showdown."""
        betting, hands = self._betting, self._deal.hands
        if betting.ended is None:
            head = words.scene(betting, seat, hands[seat], self._board())
            legal = betting.legal() if betting.turn == seat else None
        else:
            head, legal = words.end(betting, seat, hands, self._board(), self._net()[seat]), None
        return Observation(f"{head}\nBetting:\n{words.told(self._history, seat)}", legal)

    def _board(self) -> Hand:
        """The cards that lie on the board."""
        return self._deal.board[: self._betting.board]

    def step(self, actions: Mapping[int, str]) -> Mapping[int, float]:
        """Act; the last step's reward is the outcome's, all others are 0."""
        betting = self._betting
        if not self.movers() or len(actions) != 1 or betting.turn not in actions:
            raise ValueError(f"the seats to act are {self.movers()}, not {tuple(actions)}")
        street, turn = betting.street, betting.turn
        betting.act(actions[turn])
        self._history = (*self._history, (street, turn, actions[turn]))
        if self.movers():
            return _GOES_ON
        first, second = self._net()
        return {0: first / STACK, 1: second / STACK}

    def outcome(self) -> Outcome | None:
        """Chips won or lost, as a share of the stack; ``raw`` has the chips."""
        ended = self._betting.ended
        if ended is None:
            return None
        first, second = self._net()
        return Outcome((first / STACK, second / STACK), reason=ended, raw=(float(first), float(second)))

    def _net(self) -> tuple[int, int]:
        """The chips that each seat has won in a hand that is over."""
        betting = self._betting
        if betting.ended == "fold":
            lost = betting.paid(betting.turn)
            return (-lost, lost) if betting.turn == 0 else (lost, -lost)
        first, second = (strength((*hand, *self._deal.board)) for hand in self._deal.hands)
        won = betting.paid(1) * ((first > second) - (first < second))
        return won, -won

    # -- questions -------------------------------------------------------------------------------------------------

    def subproblems(self, seat: int) -> tuple[Subproblem, ...]:
        """What can be asked of the seat to act: pot odds only where there is a bet to call."""
        if seat not in self.movers():
            return ()
        return _asked(self._betting.street, self._betting.to_call > 0)

    def catalogue(self) -> tuple[Subproblem, ...]:
        """All questions, of all streets."""
        return (_ODDS, _PREFLOP, _RANK, _OUTS, _EQUITY)

    def truth(self, seat: int, id: str, action: str | None = None) -> Answer | Unknown:  # noqa: A002
        """The true answer.

        Raises:
            KeyError: There is no such subproblem now.
        """
        question = next((question for question in self.subproblems(seat) if question.id == id), None)
        if question is None:
            raise KeyError(id)
        hand, board = self._deal.hands[seat], self._board()
        if id == "hand":
            return CATEGORIES[category((*hand, *board))]
        if id == "outs":
            return outs(hand, board)
        assert isinstance(question.kind, Number)
        if id == "pot_odds":
            to_call = self._betting.to_call
            return question.kind.rounded(100 * to_call / (self._betting.pot + to_call))
        return question.kind.rounded(equity(hand, board) if board else preflop.equity(hand))

    def implied(self, seat: int, answers: Mapping[str, Answer]) -> frozenset[str] | None:
        """Who states an equity clearly above the pot odds commits to not folding, clearly below to not calling."""
        share = answers.get("equity", answers.get("preflop_equity"))
        odds = answers.get("pot_odds")
        if seat not in self.movers() or not isinstance(share, float) or not isinstance(odds, float):
            return None
        if abs(share - odds) < CLEARLY or self._betting.to_call == 0:
            return None
        legal = self._betting.legal()
        every = (*legal.listed, *(sample for pattern in legal.open for sample in pattern.samples))
        return frozenset(every) - {"fold" if share > odds else "call"}

    def measures(self, seat: int) -> Mapping[str, float]:
        """How much there is to work out, beyond reading the cards.

        ``to_imagine``: board cards that an equity must be imagined over; none before the flop, where 169 numbers can
        be known by heart. ``outs``: as asked, 0 where not. ``doubt``: on the river, how far the equity is from 0 or
        100, whichever is nearer; 0 before.
        """
        street, hand, board = self._betting.street, self._deal.hands[seat], self._board()
        share = equity(hand, board) if street == 3 else 0.0
        return {
            "to_imagine": (0, 2, 1, 0)[street],
            "outs": outs(hand, board) if street in (1, 2) else 0,
            "doubt": min(share, 100 - share),
        }

    def wander(self, rng: Random, plies: int) -> None:
        """Play random steps that seldom end the hand: no folds, and few bets of all chips."""
        for _ in range(plies):
            if self._betting.ended is not None:
                return
            legal = self._betting.legal()
            can = (*legal.listed, "raise") if legal.open else legal.listed
            fits = {name: often for name, often in _WANDER.items() if name in can}
            (name,) = rng.choices(list(fits), list(fits.values()))
            if name == "raise":
                # One of the smaller ones: else every second pot soon holds all chips.
                samples = legal.open[0].samples
                name = samples[min(rng.randrange(len(samples)) for _ in range(3))]
            self.step({self._betting.turn: name})

    # -- positions -------------------------------------------------------------------------------------------------

    def position(self) -> Json:
        """Both hands, the board, the board cards to come, and all actions so far, from the first one on."""
        board, dealt_ = self._deal.board, self._betting.board
        return {
            "hands": [named(hand) for hand in self._deal.hands],
            "board": named(board[:dealt_]),
            "undealt": named(board[dealt_:]),
            "history": [action for _, _, action in self._history],
        }

    def known(self, seat: int) -> Json:
        """The position without the opponent's hand (unless it was shown) and without the board cards to come."""
        position = self.position()
        if self._betting.ended != "showdown":
            position["hands"][1 - seat] = None
        del position["undealt"]
        return position

    def at(self, position: Json) -> None:
        """Set the state; what the position leaves out is filled in, the same each time.

        The hand of a seat that is not to act can be null, and ``undealt`` can be absent: no truth depends on them.
        """
        found = read(position)
        self._deal, self._betting, self._history = found.deal(), found.betting, found.history

    def draw(self, position: Json, seat: int | None = None) -> str:
        """The table: for a seat without the cards that it cannot see, for nobody in particular with all."""
        found = read(position)
        hands = list(found.known.hands)
        if seat is not None and found.betting.ended != "showdown":
            hands[1 - seat] = None
        return draw_table(found.betting, hands, found.known.board[: found.betting.board], seat)

    # -- abilities -------------------------------------------------------------------------------------------------

    def snapshot(self) -> object:
        """Cards, betting, history; all immutable."""
        return (self._deal, self._betting.token(), self._history)

    def restore(self, token: object) -> None:
        """Bring the state back."""
        assert isinstance(token, tuple)
        self._deal, betting, self._history = token
        self._betting = Betting.of(betting)

    def imagine(self, seat: int, rng: Random) -> Game:
        """The opponent's hand, unless it was shown, and the board cards to come drawn anew."""
        other = copy.copy(self)
        other.restore(self.snapshot())
        if self._betting.ended != "showdown":
            mine = self._deal.hands[seat]
            known = Known((mine, None) if seat == 0 else (None, mine), self._board())
            other._deal = known.completed(rng)
        return other

    def heuristic(self, seat: int, rng: Random) -> str:
        """Tight and aggressive, see ``kibitz.games.cards.poker.tight``."""
        return tight.play(self._deal.hands[seat], self._board(), self._betting, rng)
