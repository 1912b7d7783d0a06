"""A hasty player of Hold'em gets worse from rung to rung: it misreads cards and looks at one board card at most."""

import re
from collections import Counter
from random import Random
from statistics import fmean

import pytest

from kibitz.games.cards.deck import CARDS, unseen
from kibitz.games.cards.holdem import Holdem
from kibitz.games.cards.poker import preflop
from kibitz.games.cards.poker.ranks import CATEGORIES, category, strength
from kibitz.games.ladder import RUNGS
from kibitz.games.positions import items

MISREAD = 0.02
"""The chance that a card is taken for another one, and that a number is one off."""
DEALS = 40
"""Random deals from which it estimates an equity."""


class Hasty:
    """What it makes of a view; it knows the text and nothing else."""

    def __init__(self, text, rng):
        self.rng, self.read = rng, []
        self.hand = self.cards(re.search("Your cards: (.*)", text)[1])
        board = re.search("Board: (.*)", text)[1]
        self.board = [] if board == "none yet" else self.cards(board)
        self.pot, self.to_call = (self.number(re.search(f"{what}: (.*)", text)[1]) for what in ("Pot", "To call"))

    def cards(self, text):
        true = [CARDS[name] for name in text.split()]
        free = unseen([*true, *self.read])
        found = [self.rng.choice(free) if self.rng.random() < MISREAD else card for card in true]
        self.read += found
        return found

    def number(self, text):
        return int(text) + (self.rng.random() < MISREAD)

    def answer(self, id_):
        held = [*self.hand, *self.board]
        if id_ == "pot_odds":
            return 100 * self.to_call / (self.pot + self.to_call)
        if id_ == "preflop_equity":
            return preflop.equity(tuple(self.hand))
        if id_ == "hand":
            return CATEGORIES[category(held)]
        if id_ == "outs":
            return sum(self.better(card, held) for card in unseen(held))
        return self.share(held)

    def better(self, card, held):
        """Whether a card that may come lifts the hand; that card is misread as easily as one that is there."""
        taken = self.rng.choice(unseen(held)) if self.rng.random() < MISREAD else card
        return category([*held, taken]) > category(held)

    def share(self, held):
        """Wins against some hands of the opponent, on the board as it lies or with one card more."""
        score = 0.0
        for _ in range(DEALS):
            first, second, *more = self.rng.sample(unseen(held), 3)
            board = [*self.board, *more] if len(self.board) < 5 else self.board
            mine, other = strength([*self.hand, *board]), strength([first, second, *board])
            score += 1.0 if mine > other else 0.5 if mine == other else 0.0
        return 100 * score / DEALS


def accuracy(rung):
    """The share of right answers by question."""
    game, right, asked = Holdem(), Counter(), Counter()
    for place, item in enumerate(items(game, rung)):
        game.at(item.position)
        hasty = Hasty(game.observe(item.seat).text, Random(f"hasty/{rung}/{place}"))
        for question in game.subproblems(item.seat):
            said = question.kind.read(question.kind.show(hasty.answer(question.id)))
            right[question.id] += question.kind.grade(said, game.truth(item.seat, question.id)).verdict == "right"
            asked[question.id] += 1
    return right, asked


@pytest.fixture(scope="module")
def rungs():
    return {rung: accuracy(rung) for rung in RUNGS}


def test_a_hasty_player_gets_worse_from_rung_to_rung(rungs):
    easy, medium, hard = (sum(right.values()) / sum(asked.values()) for right, asked in rungs.values())
    assert easy - medium > 0.05
    assert medium - hard > 0.05
    assert easy - hard > 0.13


def test_it_does_so_question_by_question_too(rungs):
    easy, hard = (fmean(right[id_] / asked[id_] for id_ in asked) for right, asked in (rungs["easy"], rungs["hard"]))
    assert easy - hard > 0.1


def test_every_question_is_asked_often(rungs):
    assert {id_ for _, asked in rungs.values() for id_ in asked} == {
        "pot_odds",
        "preflop_equity",
        "hand",
        "outs",
        "equity",
    }
    assert all(count >= 40 for _, asked in rungs.values() for count in asked.values())


def test_rungs_are_streets(rungs):
    boards = {rung: Counter(len(item.position["board"].split()) for item in items(Holdem(), rung)) for rung in RUNGS}
    assert set(boards["easy"]) == {0, 5}
    assert min(boards["easy"].values()) >= 60
    assert (set(boards["medium"]), set(boards["hard"])) == ({4}, {3})
