from collections import Counter
from itertools import product

import pytest

from kibitz.games.cards.numberline import NumberLine
from kibitz.games.game import PositionError
from kibitz.games.kinds import Boolean, Integer
from kibitz.games.options import OptionError
from kibitz.games.subproblem import Unknown

LINES = [(0, 9), (0, 1), (-3, 4), (10, 14)]


def at(current, target, low=0, high=9, **more):
    game = NumberLine(low=low, high=high)
    game.at({"current": current, "target": target, **more})
    return game


def walk_by_hand(low, high, current, target, actions):
    """The rewards of a walk, told from the numbers alone; stops at the target or the limit."""
    rewards = []
    for action in actions:
        if current == target or len(rewards) == 2 * (high - low):
            break
        after = current + (1 if action == "+" else -1)
        after = after if low <= after <= high else current
        nearer = abs(target - after) < abs(target - current)
        rewards.append(1 if after == target else 0 if nearer else -1)
        current = after
    return current, rewards


@pytest.mark.parametrize(("low", "high"), LINES)
def test_every_truth_is_right_at_every_pair(low, high):
    for current, target in product(range(low, high + 1), repeat=2):
        if current == target:
            continue
        game = at(current, target, low, high)
        assert game.truth(0, "distance") == sum(1 for _ in range(min(current, target), max(current, target)))
        assert game.truth(0, "higher") is (target in range(current + 1, high + 1))
        for action in "+-":
            expected, _ = walk_by_hand(low, high, current, target, action)
            assert game.truth(0, "next", action) == expected
            after = at(current, target, low, high)
            after.step({0: action})
            assert after.position()["current"] == expected


def test_every_walk_of_a_short_line_has_the_rewards_of_the_original():
    for current, target in product(range(4), repeat=2):
        if current == target:
            continue
        for actions in product("+-", repeat=6):
            game = at(current, target, 0, 3)
            rewards = [game.step({0: action})[0] for action in actions if game.movers()]
            last, expected = walk_by_hand(0, 3, current, target, actions)
            outcome = game.outcome()
            assert rewards == expected
            assert (outcome.success, outcome.reward) == (last == target, (float(last == target),))
            assert outcome.raw == (sum(expected),)
            assert outcome.reason == ("target reached" if last == target else "step limit")


def steps_to_target(low, high, current, target, actions_left, action):
    """The fewest steps of a walk that begins with ``action``, by trying all; None where none arrives in time."""
    for length in range(1, actions_left + 1):
        for rest in product("+-", repeat=length - 1):
            last, rewards = walk_by_hand(low, high, current, target, (action, *rest))
            if last == target and len(rewards) == length:
                return length
    return None


def test_values_are_exact_on_every_state_of_a_short_line():
    low, high, limit = 0, 3, 6
    for current, target, step in product(range(4), range(4), range(limit)):
        if current == target:
            continue
        values = at(current, target, low, high, step=step).action_values(0).by_action
        for action in "+-":
            needed = steps_to_target(low, high, current, target, limit - step, action)
            wasted = None if needed is None else needed - abs(target - current)
            assert values[action] == pytest.approx(0 if wasted is None else 1 - wasted / limit)


def test_starts_are_distinct_and_every_pair_is_equally_likely():
    game, pairs = NumberLine(low=0, high=3), Counter()
    for seed in range(2400):
        game.reset(seed)
        position = game.position()
        pairs[position["current"], position["target"]] += 1
    assert len(pairs) == 12
    assert all(current != target for current, target in pairs)
    # 200 expected each; five standard deviations are 68.
    assert all(132 < count < 268 for count in pairs.values())


def test_a_reset_forgets_the_episode_before():
    game = NumberLine()
    game.reset(3)
    first = game.position()
    while game.movers():
        game.step({0: "-"})
    game.reset(3)
    assert game.position() == first


def test_a_step_against_the_end_has_no_effect_and_counts():
    game = at(0, 5)
    assert game.step({0: "-"}) == {0: -1.0}
    assert game.observe(0).effect == "no_effect"
    assert (game.position()["current"], game.position()["step"]) == (0, 1)
    assert game.step({0: "+"}) == {0: 0.0}
    assert game.observe(0).effect == "ok"


def test_observation_is_two_numbers():
    seen = at(3, 7).observe(0)
    assert seen.text == "Current number: 3\nTarget number: 7"
    assert seen.actions.listed == ("+", "-")


def test_kinds_hold_every_truth():
    kinds = {q.id: (q.kind, q.about) for q in at(3, 7).subproblems(0)}
    assert kinds == {
        "distance": (Integer(0, 9), "view"),
        "higher": (Boolean(), "view"),
        "next": (Integer(0, 9), "action"),
    }


@pytest.mark.parametrize(
    ("answers", "actions"),
    [({"higher": True}, {"+"}), ({"higher": False}, {"-"}), ({}, None), ({"distance": 3}, None), ({"higher": 1}, None)],
)
def test_answers_commit_to_a_direction(answers, actions):
    assert NumberLine().implied(0, answers) == actions


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"current": None}, "current is not a whole number"),
        ({"current": True}, "current is not a whole number"),
        ({"target": 10**5000}, "target is not a whole number from"),
        ({"current": 10}, "current = 10 is outside 0..9"),
        ({"target": -1}, "target = -1 is outside 0..9"),
        ({"current": 7}, "start and target differ"),
        ({"step": 19}, "step = 19 is outside 0..18"),
        ({"step": 2, "score": 1}, "score = 1 is not a sum of 2 step rewards: -2..0"),
        ({"current": 7, "step": 2, "score": 2}, "score = 2 is not a sum of 2 step rewards: 0..1"),
        ({"low": 1}, "the line is 0..9 here"),
        ({"effect": "error"}, "effect = 'error' is neither ok nor no_effect"),
        ({"step": 1, "score": -1, "effect": "no_effect"}, "not one beyond an end"),
        ({"goal": 1}, "'goal' is not a field of a position"),
    ],
)
def test_impossible_positions_are_refused_with_the_reason(change, reason):
    with pytest.raises(PositionError) as error:
        NumberLine().at({"current": 3, "target": 7, **change})
    assert reason in str(error.value)


def test_missing_fields_are_named():
    with pytest.raises(PositionError, match="target is missing"):
        NumberLine().at({"current": 3})
    with pytest.raises(PositionError, match="a position is"):
        NumberLine().at([3, 7])


def test_ends_must_be_in_order():
    with pytest.raises(OptionError, match="low = 5 is not below high = 5"):
        NumberLine(low=5, high=5)


def test_truths_need_a_known_question_and_a_legal_action():
    with pytest.raises(KeyError):
        at(3, 7).truth(0, "nothing")
    with pytest.raises(ValueError, match="'x' is not a legal action here"):
        at(3, 7).truth(0, "next", "x")
    assert at(7, 7, step=4, score=1).action_values(0) == Unknown("not to move")


@pytest.mark.parametrize(("low", "high"), LINES)
def test_nearness_falls_with_distance(low, high):
    values = [at(low, target, low, high).evaluate(0) for target in range(low + 1, high + 1)]
    assert values == sorted(values, reverse=True)
    assert 0 < values[-1] <= values[0] < 1


def test_a_long_line_has_a_picture_of_bounded_size():
    game = NumberLine(low=-1000, high=1000)
    assert len(game.draw({"low": -1000, "high": 1000, "current": 0, "target": 7})) < 6000
