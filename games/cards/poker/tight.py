"""A tight-aggressive player: bets what is good, folds what does not pay, seldom bluffs.

It knows its cards, the board and the betting. Before the flop its equity is that of the table, later it is enumerated
or sampled (``equity.sampled``), against a random hand. Who bets has a better hand than a random one: so a call needs
more equity than the pot odds ask for, the more the larger the bet is.
"""

from __future__ import annotations

from random import Random

from kibitz.games.cards.poker import preflop
from kibitz.games.cards.poker.betting import BIG, STACK, Betting
from kibitz.games.cards.poker.equity import sampled

OPEN, LIMP = 47.0, 36.0
"""Least equity in percent for raising first before the flop, and for playing at all."""
ISOLATE = 57.0
"""... for raising a big blind that nobody has raised."""
BET = 60.0
"""... for betting on a later street."""
RERAISE = (64.0, 82.0)
"""... for raising a bet, before the flop and later."""
BLUFF = (0.15, 30.0, 45.0)
"""How often what has so much equity bets all the same, with cards to come."""
FEAR = (2.0, 8.0)
"""What a call needs beyond the pot odds: at least, and in addition for a bet of all chips, in points."""
COMMIT = 0.45
"""A raise that would put in more than this share of what is left puts in all."""


def play(hand: tuple[int, ...], board: tuple[int, ...], betting: Betting, rng: Random) -> str:
    """The action for the seat to act, which holds ``hand``."""
    share = sampled(hand, board, rng) if board else preflop.equity(hand)
    if betting.to_call == 0:
        return _first(share, betting, rng)
    if betting.street == 0 and betting.bets[betting.turn] < BIG:
        return "fold" if share < LIMP else _raised(betting, 5) if share >= OPEN else "call"
    if not betting.all_in and share >= RERAISE[betting.street > 0]:
        return _raised(betting, 3 * max(betting.bets))
    return "call" if share >= needed(betting) else "fold"


def needed(betting: Betting) -> float:
    """The least equity in percent with which a bet is called."""
    odds = 100 * betting.to_call / (betting.pot + betting.to_call)
    return odds + FEAR[0] + FEAR[1] * betting.to_call / STACK


def _first(share: float, betting: Betting, rng: Random) -> str:
    often, low, high = BLUFF
    if betting.street == 0:
        bets = share >= ISOLATE
    else:
        bets = share >= BET or (betting.street < 3 and low <= share <= high and rng.random() < often)
    return _raised(betting, max(betting.bets) + 2 * betting.pot // 3) if bets else "check"


def _raised(betting: Betting, to: int) -> str:
    """A raise to about so many chips."""
    to = max(to, betting.least())
    have = betting.bets[betting.turn] + betting.stack(betting.turn)
    return (
        "all-in"
        if to - betting.bets[betting.turn] > COMMIT * betting.stack(betting.turn) or to >= have
        else (f"raise to {to}")
    )
