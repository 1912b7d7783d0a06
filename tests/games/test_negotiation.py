import json
import re
from collections import Counter
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kibitz.games.actions import Illegal
from kibitz.games.bargaining.negotiation import Negotiation
from kibitz.games.bargaining.pools import partners, pools, valuations, worth
from kibitz.games.game import PositionError
from kibitz.games.kinds import Boolean, Integer

POOL, ONE, OTHER = [2, 2, 4], [4, 1, 5], [5, 10, 0]


def at(offers=(), values=(ONE, OTHER), rules="standard", **more):
    game = Negotiation(rules=rules)
    game.at({"pool": POOL, "values": list(values), "offers": [list(kept) for kept in offers], **more})
    return game


def moments(seeds, rules="standard"):
    """The game in each running state of seeded wandering, and its seat to act."""
    for seed in seeds:
        game, rng = Negotiation(rules=rules), Random(f"moments/{seed}")
        game.reset(seed)
        while movers := game.movers():
            yield game, movers[0]
            game.wander(rng, 1)


# -- playing -----------------------------------------------------------------------------------------------------------


def test_an_agreement_pays_both_what_their_share_is_worth():
    game = at([(2, 0, 3)])
    assert game.movers() == (1,)
    assert game.step({1: "agree"}) == {0: 23 / 30, 1: 20 / 30}
    assert (game.movers(), game.outcome().raw, game.outcome().reason) == ((), (23.0, 20.0), "agreed")
    game = at([(2, 0, 3)])
    assert game.step({1: "propose 0,2,1"}) == {0: 0.0, 1: 0.0}
    game.step({0: "agree"})
    assert game.outcome().raw == (2 * 4 + 3 * 5, 20.0)


def test_nothing_is_agreed_to_before_the_first_proposal():
    game = at()
    assert game.observe(0).actions.listed == ()
    with pytest.raises(ValueError, match="'agree' is not a legal action here"):
        game.step({0: "agree"})
    assert at([(2, 0, 3)]).observe(1).actions.listed == ("agree",)


def test_the_original_lets_player_1_agree_to_nothing():
    game = at(rules="gamebot")
    assert game.spec.version == "1+gamebot"
    assert game.truth(0, "action_value", "agree") == 0
    game.step({0: "agree"})
    assert game.outcome().raw == (0.0, 15.0)
    again = Negotiation(rules="gamebot")
    again.at(game.position())
    assert again.outcome() == game.outcome()


@pytest.mark.parametrize("text", ["propose 3,0,0", "propose 1,1", "propose 1,1,1,1", "propose 01,1,1", "disagree"])
@pytest.mark.parametrize("style", ["{}", "{}.", "I {}", "{} and agree", "agree {}"])
def test_no_malformed_split_is_an_agreement(text, style):
    game = at([(2, 0, 3)])
    written = style.format(text)
    read = game.observe(1).actions.read(written)
    assert isinstance(read, Illegal)
    assert "legal: agree; propose a,b,c (circles 0 to 2, squares 0 to 2, triangles 0 to 4)" in read.reason
    with pytest.raises(ValueError, match="not a legal action here"):
        game.step({1: written})


@pytest.mark.parametrize(
    ("text", "key"),
    [("Propose 1, 0 ,4", "propose 1,0,4"), ("**AGREE**", "agree"), ("[propose  0,0,0]", "propose 0,0,0")],
)
def test_case_blanks_and_wrapping_do_not_matter(text, key):
    assert at([(2, 0, 3)]).observe(1).actions.read(text) == key


@given(st.sampled_from(pools()), st.lists(st.integers(0, 12), min_size=2, max_size=4), st.booleans())
def test_legal_are_exactly_the_splits_of_the_pool(pool, counts, offered):
    game = Negotiation()
    game.at({"pool": list(pool), "values": [list(valuations(pool)[0]), None], "offers": [[0, 0, 0]] * offered})
    (seat,) = game.movers()
    actions = game.observe(seat).actions
    text = f"propose {','.join(map(str, counts))}"
    fits = len(counts) == 3 and all(count <= whole for count, whole in zip(counts, pool, strict=True))
    assert (actions.read(text) == text) == fits == (text in actions.open[0].samples)
    if fits:
        game.step({seat: text})
    else:
        with pytest.raises(ValueError, match="not a legal action"):
            game.step({seat: text})


@pytest.mark.parametrize("last", ["agree", "propose 1,1,1"])
def test_after_the_twentieth_action_the_game_is_over(last):
    game = at([(2, 0, 3)] * 19, breaks_off=None)
    assert game.movers() == (1,)
    game.step({1: last})
    agreed = last == "agree"
    assert game.outcome().raw == ((23.0, 20.0) if agreed else (0.0, 0.0))
    assert game.outcome().reason == ("agreed" if agreed else "no agreement within the limit of actions")


@pytest.mark.parametrize("last", ["agree", "propose 1,1,1"])
def test_chance_ends_the_game_before_the_action_counts(last):
    game = at([(2, 0, 3)] * 9, breaks_off=10)
    assert game.step({1: last}) == {0: 0.0, 1: 0.0}
    assert (game.outcome().raw, game.outcome().reason) == ((0.0, 0.0), "broken off by chance")
    assert game.position()["offers"] == [[2, 0, 3]] * 9


def test_from_the_tenth_action_on_one_game_in_five_ends():
    game, reached, ended = Negotiation(), Counter(), Counter()
    for seed in range(3000):
        game.reset(seed)
        future = game.position()["breaks_off"]
        for number in range(1, 21):
            reached[number] += 1
            if number == future:
                ended[number] += 1
                break
    assert min(ended) == 10
    assert max(ended) <= 20
    # Five standard deviations at each action.
    assert all(abs(ended[n] - 0.2 * reached[n]) < 5 * (0.16 * reached[n]) ** 0.5 for n in range(10, 21))


def test_the_original_goes_on_for_as_long_as_chance_lets_it():
    game = Negotiation(rules="gamebot")
    futures = []
    for seed in range(500):
        game.reset(seed)
        futures.append(game.position()["breaks_off"])
    assert max(futures) > 25


# -- what a seat knows -------------------------------------------------------------------------------------------------


def test_the_view_tells_pool_own_values_proposals_and_time():
    assert at([(2, 0, 3), (0, 2, 2)]).observe(0).text == (
        "You are player 1.\n"
        "Pool: circles 2, squares 2, triangles 4\n"
        "Worth to you, each: circles 4, squares 1, triangles 5\n"
        "Proposals so far (circles,squares,triangles):\n"
        "1. you keep 2,0,3\n"
        "2. they keep 0,2,2\n"
        "Actions played: 2 of at most 20. Chance of an end (20%) before each action from action 10 on."
    )
    text = at([(2, 0, 3)], end="agreed").observe(1).text
    assert "1. they keep 2,0,3\n" in text
    assert text.endswith("The game is over: agreed. Your points: 20")


@pytest.mark.parametrize("seat", [0, 1])
def test_imagined_values_are_all_that_can_be_and_equally_likely(seat):
    game = at([(2, 0, 3)])
    rng = Random("imagine")
    counts = Counter(tuple(game.imagine(seat, rng).position()["values"][1 - seat]) for _ in range(3000))
    # Triangles are worth nothing to player 2, so they are worth something to player 1.
    possible = [v for v in valuations((2, 2, 4)) if seat == 0 or v[2] > 0]
    assert set(counts) == set(possible)
    assert len(possible) < len(valuations((2, 2, 4))) or seat == 0
    expected = 3000 / len(possible)
    assert all(abs(count - expected) < 5 * expected**0.5 for count in counts.values())
    assert all(game.imagine(seat, rng).position()["values"][seat] == (ONE, OTHER)[seat] for _ in range(20))


def test_the_imagined_future_is_the_one_ahead():
    game = at([(2, 0, 3)] * 12, breaks_off=13)
    rng = Random("future")
    counts = Counter(game.imagine(0, rng).position()["breaks_off"] for _ in range(2000))
    assert set(counts) == {*range(13, 21), None}
    assert 310 < counts[13] < 490
    assert 240 < counts[14] < 400


def test_a_position_of_what_the_seat_knows_answers_its_questions():
    whole, part = at([(2, 0, 3), (1, 2, 1)]), at([(2, 0, 3), (1, 2, 1)], values=(ONE, None))
    assert part.position() == {"pool": POOL, "values": [ONE, None], "offers": [[2, 0, 3], [1, 2, 1]], "end": None}
    assert part.observe(0) == whole.observe(0)
    for question in whole.subproblems(0):
        assert part.truth(0, question.id, "agree") == whole.truth(0, question.id, "agree")
    # Once it goes on, what was drawn is part of what happens.
    part.step({0: "propose 2,0,4"})
    assert None not in part.position()["values"]
    assert "breaks_off" in part.position()


# -- questions ---------------------------------------------------------------------------------------------------------


def played_out(game, seat, action):
    """The points of ``seat`` where its action meets no chance, and a proposal is agreed to at once."""
    other = Negotiation(**game.options)
    other.at({**game.position(), "breaks_off": None})
    other.step({seat: action})
    if other.movers():
        other.step({1 - seat: "agree"})
    return other.outcome().raw[seat]


@pytest.mark.parametrize("rules", ["standard", "gamebot"])
def test_values_are_what_play_pays(rules):
    checked = 0
    for game, seat in moments(range(25), rules):
        if len(game.position()["offers"]) >= 19:
            continue
        actions = game.observe(seat).actions
        for action in (*actions.listed, *actions.open[0].samples[::9]):
            assert game.truth(seat, "action_value", action) == played_out(game, seat, action)
            checked += 1
        if game.position()["offers"]:
            assert game.truth(seat, "offer_value") == played_out(game, seat, "agree")
    assert checked > 1000


def test_questions_at_the_start_and_later():
    kinds = {q.id: (q.kind, q.about) for q in at([(2, 0, 3)]).subproblems(1)}
    assert kinds == {
        "action_value": (Integer(0, 30), "action"),
        "offer_value": (Integer(0, 30), "view"),
        "best_reply": (Integer(0, 30), "view"),
        "better_split": (Boolean(), "view"),
    }
    assert [q.id for q in at().subproblems(0)] == ["action_value"]
    assert at([(2, 0, 3)]).subproblems(0) == ()
    assert at([(2, 0, 3)], end="agreed").subproblems(1) == ()


def test_truths_by_hand():
    game = at([(2, 0, 3), (1, 1, 0)])
    # They leave a circle, a square and all triangles; what they keep costs 4 + 1.
    assert game.truth(0, "offer_value") == 25
    # Two squares are the cheapest two items.
    assert game.truth(0, "best_reply") == 28
    # Circles and squares were both kept and left: a square for a circle.
    assert game.truth(0, "better_split") is True
    assert game.truth(0, "action_value", "propose 2,1,0") == 9
    assert game.truth(0, "action_value", "agree") == 25


def test_only_their_own_proposals_tell_about_them():
    # Triangles are dear to player 1 by its proposals, and nothing else: player 2 learns that, player 1 does not.
    game = at([(0, 0, 4), (0, 1, 4), (0, 0, 3)])
    assert game.truth(1, "better_split") is False
    game = at([(0, 0, 4), (2, 0, 3), (0, 0, 3), (2, 0, 3)])
    assert game.truth(0, "better_split") is False
    assert at([(0, 0, 4), (2, 0, 0), (0, 0, 3), (1, 0, 3)]).truth(0, "better_split") is True


def test_truths_need_a_known_question_and_a_legal_action():
    game = at([(2, 0, 3)])
    for seat, name in [(1, "nothing"), (0, "offer_value")]:
        with pytest.raises(KeyError):
            game.truth(seat, name)
    for action in (None, "propose 9,9,9"):
        with pytest.raises(ValueError, match="is not a legal action here"):
            game.truth(1, "action_value", action)
    with pytest.raises(KeyError):
        at().truth(0, "best_reply")


def worths(names):
    """What proposals are worth to player 1."""
    return [sum(int(n) * v for n, v in zip(name.split()[1].split(","), ONE, strict=True)) for name in names]


def test_who_states_a_value_commits_to_what_can_give_as_much():
    game = at([(2, 0, 3), (1, 1, 0)])
    every = set(game.observe(0).actions.open[0].samples)
    for stated in (0, 17, 25, 30):
        implied = set(game.implied(0, {"offer_value": stated}))
        assert "agree" in implied
        assert min(worths(implied - {"agree"})) >= stated
        assert max(worths(every - implied), default=-1) < stated
    assert game.implied(0, {"offer_value": True}) is None
    assert game.implied(0, {"best_reply": 12, "better_split": True}) is None
    assert game.implied(1, {"offer_value": 12}) is None
    assert at().implied(0, {"offer_value": 12}) is None


def test_in_the_last_action_a_proposal_gives_nothing():
    game = at([(2, 0, 3)] * 19, breaks_off=None)
    assert game.implied(1, {"offer_value": 3}) == {"agree"}
    assert len(game.implied(1, {"offer_value": 0})) > 1


# -- positions and pictures --------------------------------------------------------------------------------------------


def drawn(svg):
    """How many items of each kind a picture shows."""
    return [svg.count('r="8.5"'), svg.count('width="16"'), svg.count("<path")]


@pytest.mark.parametrize("seat", [None, 0, 1])
def test_a_picture_shows_the_whole_pool_and_hides_the_other_values(seat):
    for game, _ in moments(range(6)):
        position = game.position()
        svg = game.draw(position, seat)
        assert drawn(svg) == position["pool"]
        assert svg.count(">?<") == (0 if seat is None else 3)


def test_a_picture_tells_who_gets_what():
    svg = at().draw(at([(2, 0, 3)], end="agreed").position())
    assert "Player 1: 23 points" in svg
    assert "agreed: 23 points to player 1, 20 points to player 2" in svg
    svg = at().draw(at([(2, 0, 3)], end="agreed").position(), 1)
    assert "Player 2 (you): 20 points" in svg
    assert "23" not in svg
    svg = at().draw(at([(2, 0, 3)]).position(), 1)
    assert "20 points" not in svg, "a running game tells no answers"
    assert "proposal 1, by player 1; action 2 of 20 is next" in svg
    assert "no agreement: 0 points each" in at().draw(at([(2, 0, 3)] * 9, end="chance").position())


def test_drawing_refuses_what_is_no_position():
    with pytest.raises(PositionError):
        Negotiation().draw({"pool": [2, 2, 4]})


def test_rules_tell_what_the_option_changes():
    standard, gamebot = Negotiation().rules(0), Negotiation(rules="gamebot").rules(0)
    assert "After action 20 it ends" in standard
    assert "After action 200 it ends" in gamebot
    assert "then scores 0, player 2 15" in gamebot
    assert "player 1 cannot do so in its first action" in standard


# -- the document ------------------------------------------------------------------------------------------------------

SECTION = (Path(__file__).resolve().parents[2] / "docs" / "games.md").read_text(encoding="utf-8")
SECTION = SECTION.split("(`negotiation`)")[1].split("\n## ")[0]


def test_the_example_of_the_document_has_the_truths_that_it_says():
    whole, example = (json.loads(found) for found in re.findall(r"`(\{.*?\})`", SECTION, re.DOTALL))
    game = Negotiation()
    game.at(whole)
    assert game.position() == whole
    game.at(example)
    said = SECTION.split("the truths are")[1].split("**Commitment")[0]
    told = dict(re.findall(r"`(\w+)` (\w+)", said))
    truths = {q.id: q.kind.show(game.truth(0, q.id)) for q in game.subproblems(0) if q.about == "view"}
    assert told == truths


def test_the_ladder_of_the_document_is_the_games():
    for rung in Negotiation.ladder:
        cells = re.search(rf"^\| {rung.name} \|(.*)\|$", SECTION, re.MULTILINE)[1].split("|")
        bounds = [rung.plies, *(rung.bounds.get(name) for name in ("theirs", "dear", "terms", "mixed"))]
        shown = ["" if b is None else str(b[0]) if b[0] == b[1] else f"{b[0]}..{b[1]}" for b in bounds]
        assert [cell.strip() for cell in cells] == shown


def test_the_differences_of_the_document_are_so():
    for rules in ("standard", "gamebot"):
        with pytest.raises(PositionError, match="no whole values"):
            Negotiation(rules=rules).at({"pool": [4, 4, 4], "values": [[4, 1, 5], None]})
    assert (8, 1, 1) in pools()
    assert (8, 1, 1) not in pools(3)
    actions = at([(2, 0, 3)]).observe(1).actions
    for text in ("propose 3 circles", "disagree", "propose 3,0,0"):
        assert text in SECTION
        assert isinstance(actions.read(text), Illegal)
    assert at().truth(0, "action_value", "propose 2,0,4") == 28
    rewards = at([(2, 0, 3)], end="agreed").outcome().reward
    assert "rewards {:.3f} and {:.3f}".format(*rewards) in SECTION


def test_a_better_split_is_one_for_more_values_than_the_rules_allow_and_the_question_says_so():
    """All triangles for a circle: no loss to player 2 by values that the rules allow, but triangles may be worth 0."""
    game, pool = Negotiation(), (3, 2, 4)
    game.at({"pool": list(pool), "values": [[8, 3, 0], None], "offers": [[3, 1, 0], [2, 2, 0]]})
    allowed = [values for values in partners(pool, (8, 3, 0)) if values[1] >= values[0] >= values[2]]
    assert allowed
    assert all(worth(values, (1, 2, 4)) >= worth(values, (2, 2, 0)) for values in allowed)
    assert game.truth(0, "better_split") is False
    (question,) = (asked.question for asked in game.subproblems(0) if asked.id == "better_split")
    assert "any numbers from 0 up, whatever they make the pool worth" in question
