from kibitz.games.cards.deck import CARDS, NAMES, named, rank_of, suit_of, unseen


def test_numbers_and_names_are_the_same_cards():
    assert [CARDS[name] for name in NAMES] == list(range(52))
    assert NAMES[0] == "2c"
    assert NAMES[51] == "As"
    assert (rank_of(CARDS["Td"]), suit_of(CARDS["Td"])) == (8, 1)


def test_cards_are_in_order_of_their_ranks():
    assert [rank_of(card) for card in range(52)] == sorted(rank_of(card) for card in range(52))


def test_unseen_cards_are_all_others_in_order():
    seen = [CARDS[name] for name in ("As", "2c", "Td")]
    others = unseen(seen)
    assert len(others) == 49
    assert list(others) == sorted(set(range(52)) - set(seen))
    assert named(others[:2]) == "2d 2h"
