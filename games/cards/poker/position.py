"""Positions of Hold'em as JSON: cards that are known, and the actions that led there, from the first one on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random

from kibitz.games.actions import LONGEST_ACTION, shown
from kibitz.games.cards.deck import CARDS, named
from kibitz.games.cards.poker.betting import Betting
from kibitz.games.cards.poker.deal import Deal, Hand, Known
from kibitz.games.cards.poker.words import History
from kibitz.games.game import Json, PositionError

_NEEDED, _MORE = {"hands", "board", "history"}, {"undealt"}
_LONGEST = 100
"""Characters; no text of cards is longer."""


@dataclass(frozen=True, slots=True)
class Position:
    """A position that was read: what is known of the cards, the betting, and how it came about."""

    known: Known
    betting: Betting
    history: History

    def deal(self) -> Deal:
        """The deal, with what is not known filled in: the same each time."""
        return self.known.completed(Random(f"kibitz/holdem/unknown/{self.known}/{self.history}"))


def read(position: Json) -> Position:
    """Read a position.

    Raises:
        PositionError: It is malformed or impossible, or leaves out what its questions or its outcome depend on.
    """
    if not isinstance(position, dict):
        raise PositionError('a position is {"hands": ["As Kd", null], "board": "", "history": []}')
    if missing := _NEEDED - set(position):
        raise PositionError(f"{min(missing)} is missing")
    if strange := sorted(str(key) for key in position if key not in _NEEDED | _MORE):
        raise PositionError(f"{shown(strange[0])} is not a field of a position")
    betting, history = _replayed(position["history"])
    known, dealt = _read_cards(position)
    if dealt != betting.board:
        raise PositionError(f"board has {dealt} cards, but the history leads to a board of {betting.board}")
    for seat, hand in enumerate(known.hands):
        if hand is None and betting.ended == "showdown":
            raise PositionError(f"hands[{seat}] is null, but the hand came to a showdown")
        if hand is None and betting.ended is None and betting.turn == seat:
            raise PositionError(f"hands[{seat}] is null, but seat {seat} is to act")
    return Position(known, betting, history)


def _replayed(actions: Json) -> tuple[Betting, History]:
    """The betting after some actions, and these with their streets and seats."""
    if not isinstance(actions, list):
        raise PositionError('history is not a list of actions such as ["call", "check"]')
    betting, history = Betting(), []
    for place, action in enumerate(actions):
        if betting.ended is not None:
            raise PositionError(f"history[{place}] comes after the end of the hand")
        if not isinstance(action, str) or len(action) > LONGEST_ACTION:
            raise PositionError(f"history[{place}] is not the text of an action")
        history.append((betting.street, betting.turn, action))
        try:
            betting.act(action)
        except ValueError as error:
            raise PositionError(f"history[{place}]: {error}") from error
    return betting, tuple(history)


def _read_cards(position: Mapping[str, Json]) -> tuple[Known, int]:
    """What a position says of the cards, and how many board cards it says are dealt.

    Raises:
        PositionError: A card is no card, or comes twice, or there are too few or too many.
    """
    hands = position["hands"]
    if not isinstance(hands, list) or len(hands) != 2:
        raise PositionError('hands is not a list of two, such as ["As Kd", null]')
    read = [None if hand is None else _cards(f"hands[{seat}]", hand) for seat, hand in enumerate(hands)]
    for seat, cards in enumerate(read):
        if cards is not None and len(cards) != 2:
            raise PositionError(f"hands[{seat}] has {len(cards)} cards, not two")
    board, undealt = _cards("board", position["board"]), _cards("undealt", position.get("undealt") or "")
    if undealt and len(board) + len(undealt) != 5:
        raise PositionError(f"board and undealt have {len(board) + len(undealt)} cards together, not five")
    every = [card for cards in (*read, board, undealt) for card in cards or ()]
    twice = next((card for place, card in enumerate(every) if card in every[:place]), None)
    if twice is not None:
        raise PositionError(f"{named([twice])} comes twice")
    # The order of a hand means nothing, and the same hand shall be the same text.
    first, second = (cards and tuple(sorted(cards, reverse=True)) for cards in read)
    return Known((first, second), (*board, *undealt)), len(board)


def _cards(where: str, text: Json) -> Hand:
    if not isinstance(text, str) or len(text) > _LONGEST:
        raise PositionError(f'{where} is not a text of cards such as "As Kd"')
    names = text.split()
    strange = next((name for name in names if name not in CARDS), None)
    if strange is not None:
        raise PositionError(f"{where}: {shown(strange)} is not a card; write the ten of diamonds Td")
    return tuple(CARDS[name] for name in names)
