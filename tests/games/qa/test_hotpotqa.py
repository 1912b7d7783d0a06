import json
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kibitz.games.actions import Illegal
from kibitz.games.conformance import check_game
from kibitz.games.game import DataError, PositionError
from kibitz.games.qa.asked import NO_BRIDGE, bridge_of
from kibitz.games.qa.hotpotqa import HotPotQA
from kibitz.games.subproblem import Unknown

RECORD = {
    "id": "q1",
    "question": "In which town was the writer of Blue Voyage born?",
    "answer": "Paris, Texas",
    "type": "bridge",
    "supporting_facts": [["Blue Voyage", 0], ["Anna Berg", 0]],
    "context": [
        [
            "Blue Voyage",
            ["Blue Voyage is a novel.", " Its writer is Anna Berg.", " One.", " Two.", " Three.", " The sea is in it."],
        ],
        ["Anna Berg", ["She was born in Paris, Texas."]],
        ["Berg", ["A hill."]],
    ],
}


@pytest.fixture
def game(tmp_path):
    path = tmp_path / "questions.json"
    path.write_text(json.dumps([RECORD]))
    made = HotPotQA(questions=str(path))
    made.reset(0)
    return made


def told(game, action):
    """What the agent sees after an action."""
    game.step({0: action})
    return game.observe(0)


def test_a_search_shows_the_first_five_sentences(game):
    seen = told(game, "search[blue voyage]")
    assert "Blue Voyage is a novel. Its writer is Anna Berg. One. Two. Three.\n" in seen.text
    assert "The sea" not in seen.text
    assert "Titles named so far: Blue Voyage" in seen.text
    assert seen.effect == "ok"


def test_a_search_for_nothing_names_the_nearest(game):
    seen = told(game, "search[Bergs of Anna]")
    assert "There is no paragraph 'Bergs of Anna'. Similar titles: Anna Berg; " in seen.text
    assert "Paragraph in view" not in seen.text


def test_looking_up_goes_through_the_whole_paragraph(game):
    assert "No paragraph is in view" in told(game, "lookup[sea]").text
    game.step({0: "search[Blue Voyage]"})
    assert "(1 of 1) The sea is in it." in told(game, "lookup[SEA]").text
    seen = told(game, "lookup[sea]")
    assert ("No more sentences" in seen.text, seen.effect) == (True, "no_effect")
    assert "No sentence holds" in told(game, "lookup[moon]").text
    assert "(1 of 1) The sea" in told(game, "lookup[sea]").text


@pytest.mark.parametrize(
    ("answer", "reward", "score"),
    [("Paris, Texas", 1.0, 1.0), ("the PARIS texas.", 1.0, 1.0), ("Paris", 0.0, 2 / 3), ("no", 0.0, 0.0)],
)
def test_an_answer_is_scored_as_the_official_script_does(game, answer, reward, score):
    key = game.observe(0).actions.read(f"Finish[{answer}]")
    game.step({0: key})
    outcome = game.outcome()
    assert (outcome.reward, outcome.success) == ((reward,), bool(reward))
    assert outcome.raw == (pytest.approx(score),)


def test_without_an_answer_the_episode_is_lost(game):
    for _ in range(8):
        game.step({0: "lookup[x]"})
    assert game.outcome().reason == "no answer within the limit of actions"
    assert game.outcome().reward == (0.0,)


@pytest.mark.parametrize(
    "text",
    [
        "search[]",
        "search Blue Voyage",
        "finish",
        "think[hm]",
        "search[a]b]",
        "search[a\nb]",
        "search[" + "x" * 10_000 + "]",
    ],
)
def test_what_is_no_action_is_refused_with_what_is(game, text):
    found = game.observe(0).actions.read(text)
    assert isinstance(found, Illegal)
    if len(text) < 400:
        assert found.reason.endswith("legal: search[title] lookup[words] finish[answer]")
    with pytest.raises(ValueError, match="not a legal action"):
        game.step({0: text})


def test_questions_and_truths(game):
    assert game.subproblems(0) == ()
    game.step({0: "search[Berg]"})
    assert [problem.id for problem in game.subproblems(0)] == ["supporting", "bridge", "contains"]
    assert (game.truth(0, "supporting"), game.truth(0, "bridge"), game.truth(0, "contains")) == (
        frozenset(),
        NO_BRIDGE,
        False,
    )
    game.step({0: "search[Anna Berg]"})
    assert game.truth(0, "supporting") == {"anna berg"}
    assert game.truth(0, "bridge") == "anna berg"
    assert game.truth(0, "contains") is True
    game.step({0: "search[Blue Voyage]"})
    assert game.truth(0, "supporting") == {"anna berg", "blue voyage"}
    assert game.truth(0, "contains") is False


def test_what_a_paragraph_contains_is_asked_only_while_it_is_shown(game):
    """An agent that keeps no history reads nothing else."""
    for action, asked in (
        ("search[Anna Berg]", True),
        ("lookup[a]", False),
        ("search[Anna Berg]", True),
        ("search[nothing of that name]", False),
    ):
        game.step({0: action})
        assert ("contains" in {problem.id for problem in game.subproblems(0)}) is asked, action


def test_yes_and_no_stand_nowhere():
    game = HotPotQA()
    ids = [one for one in game.tasks() if game._set.questions[one].answer in ("yes", "no")]
    game.reset(0, ids[0])
    game.step({0: game.oracle(0)})
    assert isinstance(game.truth(0, "contains"), Unknown)
    assert game.truth(0, "bridge") == NO_BRIDGE


def test_levels_choose_questions():
    easy = HotPotQA(level="easy").tasks()
    assert len(easy) == 100
    assert set(easy) < set(HotPotQA().tasks())


def test_a_level_that_the_data_do_not_have(game):
    with pytest.raises(DataError, match="none is of the level hard"):
        HotPotQA(questions=game.options["questions"], level="hard").tasks()


def test_practice_is_about_another_world():
    game = HotPotQA()
    assert not set(game.practice()) & set(game.tasks())
    titles = {page.title for one in game._set.questions.values() for page in one.paragraphs}
    game.reset(0, game.practice()[0])
    assert not titles & {page.title for page in game._question.paragraphs}
    again = HotPotQA()
    again.at(game.position())
    assert again.observe(0) == game.observe(0)


def test_an_unknown_question_is_refused(game):
    with pytest.raises(DataError, match="there is no question 'q2'; ids are such as 'q1'"):
        game.reset(0, "q2")
    with pytest.raises(PositionError, match="there is no question"):
        game.at({"question": "q2"})


@pytest.mark.parametrize(
    ("position", "said"),
    [
        (None, "a position is"),
        ({"question": 1}, "question is a text"),
        ({"question": "q1", "actions": ["dance"]}, "not a legal action"),
        ({"question": "q1", "actions": ["finish[x]", "finish[x]"]}, "the seats to act"),
        ({"question": "q1", "deck": []}, "a position is"),
    ],
)
def test_bad_positions(game, position, said):
    with pytest.raises(PositionError, match=said):
        game.at(position)


def test_pooled_paragraphs_are_found_for_every_question():
    pooled, closed = HotPotQA(docstore="pooled"), HotPotQA()
    pooled.reset(0)
    closed.reset(0)
    other = next(
        p.title for one in closed._set.questions.values() for p in one.paragraphs if closed._store.find(p.title) is None
    )
    assert "There is no paragraph" in told(closed, f"search[{other}]").text
    assert f"Paragraph in view: {other}" in told(pooled, f"search[{other}]").text


def test_where_the_file_lies_is_no_part_of_the_setting(game):
    assert game.spec.data == HotPotQA(questions=game.options["questions"]).spec.data
    assert game.spec.data != HotPotQA().spec.data


@given(st.lists(st.text(st.characters(exclude_characters="[]\n\r"), min_size=1, max_size=60), max_size=4))
def test_any_text_can_be_asked_for(queries):
    game = HotPotQA()
    game.reset(0)
    for query in queries:
        action = game.observe(0).actions.read(f"search[{query}]")
        if not isinstance(action, Illegal):
            game.step({0: action})
            assert game.observe(0).text
    again = HotPotQA()
    again.at(game.position())
    assert again.observe(0) == game.observe(0)


def test_the_heuristic_is_above_nothing_and_far_below_the_oracle():
    game = HotPotQA()
    won = Counter()
    for task in game.tasks()[:60]:
        for name in ("heuristic", "oracle"):
            game.reset(0, task)
            while game.movers():
                game.step({0: game.oracle(0) if name == "oracle" else game.heuristic(0, None)})
            won[name] += game.outcome().success
    assert won["oracle"] == 60
    assert 0 < won["heuristic"] < 30


def test_the_original_questions_keep_the_contract(real_data):
    source = str(real_data("hotpotqa/distractor_300.jsonl.gz"))
    for docstore in ("closed", "pooled"):
        check_game(lambda store=docstore: HotPotQA(questions=source, docstore=store), seeds=(0, 7, 123, 299))


def test_every_original_question_can_be_answered(real_data):
    game = HotPotQA(questions=str(real_data("hotpotqa/distractor_300.jsonl.gz")), docstore="pooled")
    for task in game.tasks():
        game.reset(0, task)
        while game.movers():
            game.step({0: game.oracle(0)})
        assert game.outcome().success, task


def test_most_original_questions_have_one_linking_entity(real_data):
    found = HotPotQA(questions=str(real_data("hotpotqa/distractor_300.jsonl.gz")))._set.questions.values()
    known = [one for one in found if one.kind == "bridge" and isinstance(bridge_of(one), str)]
    assert len(known) == 172
