import io
import json

import pytest

from kibitz.games import registry
from kibitz.harness.cli import main
from kibitz.harness.commands.truth import answers, describe, example, facts, read_json

BOARD = {"board": ["XX_", "OO_", "___"], "to_move": "X"}


def ask(game, *lines):
    return list(answers(registry.make(game), [line if isinstance(line, str) else json.dumps(line) for line in lines],
                        None, None))  # fmt: skip


def test_the_facts_of_a_position_are_those_that_a_person_sees():
    (found,) = ask("tictactoe", {"id": "a", "position": BOARD, "action": "2,2"})
    truths = {problem["id"]: problem["truth"] for problem in found["subproblems"]}
    assert (found["id"], found["game"], found["seat"], found["outcome"]) == ("a", "tictactoe", 0, None)
    assert found["legal"] == ["0,2", "1,2", "2,0", "2,1", "2,2"]
    assert truths == {"wins": ["0,2"], "opp_wins": ["1,2"], "forces": [], "opp_wins_after": ["1,2"]}


def test_a_position_as_the_example_prints_it_is_a_line_too():
    wrapped = {"id": "a", "position": BOARD, "action": "2,2"}
    assert ask("tictactoe", {**BOARD, "id": "a", "action": "2,2"}) == ask("tictactoe", wrapped)
    (found,) = ask("connect4", json.dumps(example(registry.make("connect4"))))
    assert found["legal"]


def test_without_an_action_questions_about_it_have_no_truth():
    (found,) = ask("tictactoe", {"position": BOARD})
    after = found["subproblems"][-1]
    assert after["truth"] is None
    assert "action" in after["unknown"]


def test_who_is_not_to_move_is_told_so(capsys):
    assert main(["truth", "tictactoe", "--position", json.dumps(BOARD), "--seat", "1"]) == 0
    assert "not to move" in capsys.readouterr().out


def test_an_ended_position_has_an_outcome_and_nothing_to_do():
    (found,) = ask("tictactoe", {"position": {"board": ["XXX", "OO_", "___"], "to_move": None}})
    assert (found["legal"], found["subproblems"]) == ([], [])
    assert found["outcome"]["reward"] == [1.0, -1.0]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("foo", "not JSON"),
        ("[]", "a line is one object"),
        ("NaN", "NaN is not JSON"),
        ('{"id": 1e999}', "1e999 is not JSON"),
        ({"id": 7}, "position is missing"),
        ({"position": 5}, "position"),
        ({"position": {"board": ["XXX", "___", "___"], "to_move": "X"}}, "X starts"),
        ({"position": {"board": ["XXX", "OO_", "___"], "to_move": "O"}}, "to_move is O, but the game is over"),
        ({"position": BOARD, "seat": 2}, "seat 2 is not one of 0, 1"),
        ({"position": BOARD, "seat": True}, "seat True"),
        ({"position": BOARD, "action": "0,0"}, "'0,0' is not a legal action"),
        ({"position": BOARD, "action": 4}, "is not a string"),
        ({"position": BOARD, "seat": 1, "action": "0,2"}, "seat 1 is not to move"),
        ({"position": BOARD, "sead": 1}, "unknown key 'sead'"),
        ("[" * 100_000, "not JSON"),
        ('{"position": ' + "[" * 900 + "]" * 900 + "}", ""),
    ],
)
def test_a_bad_line_gives_an_error_and_hides_no_other(line, said):
    bad, good = ask("tictactoe", line, {"id": "next", "position": BOARD})
    assert said in bad["error"]
    assert set(bad) == {"id", "error"}
    assert good["id"] == "next"
    assert "error" not in good


def test_a_huge_line_is_refused_unread():
    with pytest.raises(Exception, match="longer than"):
        read_json("1" * 1_000_001)


@pytest.mark.parametrize("game", ["tictactoe", "connect4", "numberline"])
def test_an_example_is_a_position_that_can_be_asked_about(game, capsys):
    made = registry.make(game)
    position = example(made)
    assert facts(made, {"position": position})["legal"]
    assert main(["truth", game, "--example"]) == 0
    assert json.loads(capsys.readouterr().out) == position


def test_lines_from_stdin_come_back_one_each_in_order(monkeypatch, capsys):
    lines = "".join(json.dumps({"id": n, "position": BOARD}) + "\n" for n in range(3)) + "\n{}\n"
    monkeypatch.setattr("sys.stdin", io.StringIO(lines))
    assert main(["truth", "tictactoe", "--json"]) == 3
    out = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["id"] for line in out] == [0, 1, 2, None]
    assert all(line["schema"] == 1 for line in out)


def test_one_position_in_words_and_as_json(capsys):
    assert main(["truth", "tictactoe", "--position", json.dumps(BOARD)]) == 0
    text = capsys.readouterr().out
    assert "legal actions: 0,2 1,2" in text
    assert "opp_wins_after" in text
    assert main(["truth", "tictactoe", "--position", json.dumps(BOARD), "--json", "--action", "2,2"]) == 0
    line = capsys.readouterr().out
    assert list(json.loads(line)) == sorted(json.loads(line))


def test_open_actions_are_told_as_prompts_tell_them(capsys):
    position = {"hands": ["As Kd", None], "board": "", "history": []}
    (found,) = ask("holdem", {"position": position})
    assert found["legal"] is None
    assert found["open"] == ["fold", "call", "all-in", "raise to N (N from 4 to 99)"]
    assert main(["truth", "holdem", "--position", json.dumps(position)]) == 0
    assert "legal actions: fold; call; all-in; raise to N (N from 4 to 99)\n" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("problem", "said"),
    [
        ({"truth": True}, "yes"),
        ({"truth": False}, "no"),
        ({"truth": []}, "none"),
        ({"truth": ["0,1", "2,2"]}, "0,1; 2,2"),
        ({"truth": 25.0}, "25.0"),
        ({"truth": None, "unknown": "unsolved"}, "unknown: unsolved"),
    ],
)
def test_truths_are_written_as_answers_are(problem, said):
    found = {"game": "g", "version": "1", "seat": 0, "legal": ["a"], "open": None, "outcome": None}
    written = describe({**found, "subproblems": [{"id": "q", "question": "?", **problem}]})
    assert written.splitlines()[-1] == f"q  {said}  ?"


@pytest.mark.parametrize(
    "argv",
    [["chess", "--example"], ["tictactoe", "--position", "{"], ["tictactoe", "--example", "--options", "x=1"],
     ["tictactoe", "--example", "--options", "opening_plies=99"]],
)  # fmt: skip
def test_bad_arguments_are_one_sentence(argv, capsys):
    assert main(["truth", *argv]) == 3
    assert len(capsys.readouterr().err.splitlines()) == 1
