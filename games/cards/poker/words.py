"""What a player of Hold'em reads."""

from __future__ import annotations

from kibitz.games.cards.deck import named
from kibitz.games.cards.poker.betting import BIG, SMALL, STACK, STREETS, Betting
from kibitz.games.cards.poker.ranks import CATEGORIES, category

RULES = (
    f"No-limit Texas Hold'em for two, one hand. Both players start with {STACK} chips. "
    f"The dealer posts the small blind ({SMALL}), acts first before the flop and last on later streets; "
    f"the other player posts the big blind ({BIG}). "
    "Each player has two cards of its own; board cards lie open for both: three on the flop, one more on the turn, one "
    "more on the river. Before the flop and after each of these there is a round of betting. After the last one, or at "
    "once when all chips of a player are in and matched, the best five of seven cards win the pot; equal hands split "
    "it. Who folds loses what it has put in. What counts are the chips won or lost.\n"
    "Cards: rank 2 to 9, T (ten), J, Q, K, A, then suit c, d, h, s: Td is the ten of diamonds. The ace is also low in "
    "A-2-3-4-5. Hands from the weakest up: " + ", ".join(CATEGORIES) + ".\n"
    "Actions: fold and call (only when there is a bet to match), check (only when there is none), raise to N, all-in. "
    "In raise to N, also for a first bet, N is all that you will then have put in on this street. A raise must exceed "
    f"the bet before it by at least the last raise on this street, and by at least {BIG}; all-in, putting in all your "
    "chips, may be less."
)

History = tuple[tuple[int, int, str], ...]
"""All actions so far, each with its street and its seat."""

_ROLES = ("You are the dealer, with the small blind.", "You have the big blind.")


def told(history: History, seat: int) -> str:
    """The betting so far, a line a street, as a seat tells it."""
    lines: list[str] = []
    street = -1
    for on, who, action in history:
        said = f"you: {action}" if who == seat else f"opponent: {action}"
        if on == street:
            lines[-1] = f"{lines[-1]}, {said}"
        else:
            lines.append(f"{STREETS[on]} - {said}")
            street = on
    return "\n".join(lines) or "none yet"


def scene(betting: Betting, seat: int, hand: tuple[int, ...], board: tuple[int, ...]) -> str:
    """Role, cards, pot, chips and bets of a seat, while the hand goes on."""
    settled, bets = betting.settled, betting.bets
    mine, others = bets[seat], bets[1 - seat]
    return (
        f"{_ROLES[seat]}\nStreet: {STREETS[betting.street]}\nYour cards: {named(hand)}\n"
        f"Board: {named(board) or 'none yet'}\nPot: {2 * settled + mine + others}\n"
        f"Your chips: {STACK - settled - mine} left, {mine} put in on this street\n"
        f"Opponent's chips: {STACK - settled - others} left, {others} put in on this street\n"
        f"To call: {max(others - mine, 0)}"
    )


def end(betting: Betting, seat: int, hands: tuple[tuple[int, ...], ...], board: tuple[int, ...], net: int) -> str:
    """Cards and result as a seat sees them when the hand is over; the opponent's cards only after a showdown."""
    lines = [_ROLES[seat], f"Your cards: {named(hands[seat])}", f"Board: {named(board) or 'none'}"]
    if betting.ended == "showdown":
        mine, other = (CATEGORIES[category((*hands[who], *board))] for who in (seat, 1 - seat))
        lines += [f"Opponent's cards: {named(hands[1 - seat])}", f"Showdown: you have {mine}, your opponent {other}."]
    else:
        lines.append("You folded." if betting.turn == seat else "Your opponent folded.")
    result = f"You win {net} chips." if net > 0 else f"You lose {-net} chips." if net else "The pot is split."
    return "\n".join([*lines, f"The hand is over. {result}"])
