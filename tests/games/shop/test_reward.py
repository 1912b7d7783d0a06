import pytest

from kibitz.games.shop.goal import Goal
from kibitz.games.shop.product import Product
from kibitz.games.shop.reward import COLOURS, ORIGINAL, STRICT, best_choice, score

SHIRT = Product(
    "B1",
    "Cotton Shirt",
    query="shirts",
    product_category="Clothing › Men › Shirts",
    attributes=("machine wash", "long sleeve"),
    bullets=("Soft to the touch", "Easy care"),
    description="For daily wear.",
    nouns=("cotton", "shirt"),
)


def _score(rule, bought=SHIRT, attributes=("long sleeve",), options=(), chosen=(), price=10.0, bound=20.0):
    goal = Goal(0, "B1", "", tuple(attributes), tuple(options))
    return score(bought, SHIRT, goal, tuple(chosen), price=price, bound=bound, rule=rule)


@pytest.mark.parametrize(
    ("wanted", "chosen", "original", "strict"),
    [
        ("small", "x-small", True, False),
        ("small", "Small", True, True),
        ("8", "8.5", True, False),
        ("large", "xx-large", True, False),
        ("3-pack", "pack of 3", True, False),
        ("royal blue", "navy blue", True, False),
        ("black", "jet black", True, False),
        ("titanium", "tank top", True, False),  # both hold "tan"
        ("5 x 7", "7 X 5", True, True),
        ("大", "大", False, True),
        ("red", "green", False, False),
    ],
)
def test_what_meets_a_value_that_people_asked_for(wanted, chosen, original, strict):
    for rule, met in ((ORIGINAL, original), (STRICT, strict)):
        assert rule.meets(SHIRT, ("size", chosen), ("", wanted)) is met


@pytest.mark.parametrize(
    ("option", "choice", "original", "strict"),
    [
        (("size", "8.5"), ("size", "8"), True, False),
        (("size", "small"), ("size", "x-small"), False, False),  # the name's word counts too
        (("color", "black2626"), ("color", "black2626"), False, True),  # only the choice becomes "black"
        (("color", "black"), ("color", "jet black"), True, False),
        (("size", "8"), ("number of items", "8"), True, True),
    ],
)
def test_what_meets_a_name_and_a_value(option, choice, original, strict):
    for rule, met in ((ORIGINAL, original), (STRICT, strict)):
        assert rule.meets(SHIRT, choice, option) is met


def test_a_value_of_another_option_counts_only_where_there_is_none_of_that_name():
    sized = Product("B2", "x", options=(("size", ("8",)), ("items", ("8",))))
    assert not STRICT.meets(sized, ("items", "8"), ("size", "8"))
    assert ORIGINAL.meets(sized, ("items", "8"), ("size", "8"))


@pytest.mark.parametrize(
    ("attribute", "original", "strict"),
    [
        ("long sleeve", True, True),
        ("sleeve long", True, True),
        ("long", True, False),
        ("cotton", True, True),
        ("daily wear", True, True),
        ("easy car", True, False),  # within "easy care"
        ("waterproof", False, False),
    ],
)
def test_attributes(attribute, original, strict):
    assert (ORIGINAL.has(SHIRT, attribute), STRICT.has(SHIRT, attribute)) == (original, strict)


@pytest.mark.parametrize(
    ("nouns", "query", "category", "original", "strict"),
    [
        (("cotton", "shirt"), "shirts", "", 1.0, 1.0),
        (("shirt",), "hats", "", 1.0, 1.0),
        ((), "shirts", "", 0.0, 1.0),  # in the original no common noun counts more than everything else
        ((), "hats", "Clothing › Men › Hats", 0.0, 1.0),
        ((), "hats", "Clothing", 0.0, 0.0),
    ],
)
def test_kinds_of_products(nouns, query, category, original, strict):
    bought = Product("B2", "x", query=query, product_category=category, nouns=nouns)
    assert (_score(ORIGINAL, bought).type, _score(STRICT, bought).type) == (original, strict)


def test_repeated_nouns_lower_the_score_of_a_title_in_the_original():
    wanted = Product("B3", "x", nouns=("a", "b", "b", "b"))
    goal = Goal(0, "B3", "", ("new",))
    scores = [score(wanted, wanted, goal, (), price=1, bound=2, rule=rule).title_score for rule in (ORIGINAL, STRICT)]
    assert scores == [0.5, 1.0]


def test_the_reward_is_a_share_times_the_kind():
    found = _score(STRICT, attributes=("long sleeve", "waterproof"), options=(("size", "8"),), price=30.0)
    assert (found.reward, found.attributes, found.options, found.price_fits) == (pytest.approx(1 / 4), 1, 0, False)
    assert _score(ORIGINAL, price=20.0).reward == 1.0


def test_the_best_choice_is_the_smallest_that_meets_the_most():
    offers = (("color", ("red", "blue")), ("size", ("8", "9")), ("style", ("red 8",)))
    goal = Goal(0, "B1", "", ("x",), (("", "red"), ("", "9"), ("", "wool")))
    product = Product("B2", "x", options=offers)
    assert best_choice(product, goal, STRICT, offers) == (("color", "red"), ("size", "9"))
    assert best_choice(product, goal, STRICT, ()) == ()


def test_colours_are_in_the_original_order():
    assert (COLOURS[0], COLOURS[-1], COLOURS.index("blue") < COLOURS.index("navy")) == ("alabaster", "yellow", True)
