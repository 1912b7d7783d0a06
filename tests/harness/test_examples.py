from collections import Counter

import pytest

from kibitz.games import registry
from kibitz.games.qa.hotpotqa import HotPotQA
from kibitz.games.qa.load import load
from kibitz.harness.examples import worked_examples

SETTINGS = [("tictactoe", {}), ("connect4", {"opening_plies": 4}), ("numberline", {}), ("surround", {}), ("pong", {})]


@pytest.mark.parametrize(("name", "options"), SETTINGS)
def test_examples_are_true_legal_and_different(name, options):
    examples = worked_examples(registry.make(name, **options), 4)
    assert len(examples) == 4
    assert len({example.observation for example in examples}) == 4
    for example in examples:
        assert example.action in example.legal
        assert example.answers


@pytest.mark.parametrize(("name", "options"), SETTINGS)
def test_examples_are_a_function_of_the_setting(name, options):
    game = registry.make(name, **options)
    assert worked_examples(game) == worked_examples(game) == worked_examples(registry.make(name, **options))


def test_examples_show_more_than_one_answer_to_each_question():
    for name, options in SETTINGS:
        examples = worked_examples(registry.make(name, **options), 4)
        for question in examples[0].answers:
            assert len({example.answers[question] for example in examples}) > 1


def test_the_action_of_an_example_follows_from_its_answers():
    game = registry.make("tictactoe")
    for example in worked_examples(game, 4):
        wins = example.answers["wins"]
        assert wins == "none" or example.action in wins.split("; ")


def test_examples_of_a_game_with_open_actions_tell_how_these_are_written_and_show_them():
    examples = worked_examples(registry.make("negotiation"), 4)
    assert all(any(name.startswith("propose a,b,c (") for name in example.legal) for example in examples)
    written = {example.action.split()[0] for example in examples}
    assert written == {"propose", "agree"}


@pytest.mark.parametrize(("name", "most"), [("holdem", 6), ("negotiation", 2)])
def test_a_game_whose_questions_change_has_examples_of_each_set_of_them(name, most):
    game = registry.make(name)
    sets = Counter(tuple(example.answers) for example in worked_examples(game, 2))
    assert 1 < len(sets) <= most
    assert max(sets.values()) == 2
    assert {question for ids in sets for question in ids} == {question.id for question in game.catalogue()}


def test_worked_examples_are_of_practice_and_show_the_way():
    examples = worked_examples(HotPotQA(), 2)
    asked = {one.text for one in load("generated").questions.values()}
    assert len(examples) == 6  # two for each set of questions: none, those about titles, those about a paragraph too
    for example in examples:
        assert example.observation.splitlines()[0].removeprefix("Question: ") not in asked
        assert example.action.startswith(("search[", "finish["))
