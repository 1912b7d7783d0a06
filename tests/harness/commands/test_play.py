import asyncio

import pytest

from kibitz.games import registry
from kibitz.harness.cli import main
from kibitz.harness.commands.play import Left, opponent_for, play
from kibitz.harness.participants import agent_from_spec


def sit_down(game, lines, against="random", seat=0, **options):
    """Play with typed lines; returns everything that was said."""
    typed, said = iter(lines), []

    def read(question):
        said.append(question)
        try:
            return next(typed)
        except StopIteration:
            raise Left from None

    made = registry.make(game, **options)
    opponent = agent_from_spec(against) if made.seats > 1 else None
    asyncio.run(play(made, opponent, seat=seat, seed=0, read=read, say=said.append))
    return "\n".join(said)


@pytest.mark.parametrize(
    ("game", "opponent"), [("numberline", "greedy"), ("negotiation", "heuristic"), ("surround", "heuristic")]
)
def test_who_is_met_where_nobody_was_named(game, opponent):
    assert opponent_for(registry.make(game)) == opponent


def test_the_opponent_may_begin():
    assert "heuristic plays" in sit_down("negotiation", [], against="heuristic", seat=1)


def test_open_actions_are_typed_and_marked():
    said = sit_down("negotiation", ["propose 9,9,9", "disagree", "propose 0, 0,0", "0"], against="heuristic")
    assert "'propose 9,9,9' is not a legal action here; legal: propose a,b,c (circles 0 to" in said
    assert "'disagree' is not a legal action here" in said
    assert "heuristic plays agree" in said
    assert "1 of 1 answers were right" in said
    assert "the game is over: agreed; your reward is 0" in said


def test_a_person_is_asked_and_marked_by_the_truths():
    said = sit_down("tictactoe", ["none", "0,0", "none", "1,1", "none"])
    assert "3 of 4 answers were right" in said
    assert "random plays" in said
    assert "the truth is none" in said


def test_bad_input_is_told_and_asked_again():
    said = sit_down("tictactoe", ["nonsense", "none", "", "", "9,9", "1,1", ""])
    assert "is not a cell that can be named here; once more" in said
    assert "'9,9' is not a legal action" in said
    assert "1 of 1 answers were right (3 passed)" in said


def test_leaving_at_once_is_polite():
    said = sit_down("connect4", [])
    assert "you left the game" in said
    assert "you answered no question" in said


def test_a_game_played_to_its_end_says_how_it_ended():
    said = sit_down("numberline", ["", "", "+", ""] * 6, low=0, high=3)  # six steps are the limit on this line
    assert "the game is over" in said
    assert "your reward is" in said
    assert "you left" not in said


def test_the_second_seat_moves_second():
    said = sit_down("tictactoe", [], seat=1)
    assert "you sit at seat 1" in said
    assert said.index("random plays") < said.index("You are O")


def test_both_act_at_once_in_a_moving_game():
    said = sit_down("surround", ["up; right; left; down", "", "", "", "down", "0"], against="heuristic")
    assert "heuristic plays" in said
    assert "You are A, at row 11, column 30." in said
    assert "1 of 2 answers were right (3 passed)" in said


@pytest.mark.parametrize("argv", [["chess"], ["tictactoe", "--seat", "2"], ["tictactoe", "--against", "nobody"]])
def test_bad_arguments_are_one_sentence(argv, capsys):
    assert main(["play", *argv]) == 3
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_the_end_of_input_leaves(monkeypatch, capsys):
    def nobody(question):
        raise EOFError

    monkeypatch.setattr("builtins.input", nobody)
    assert main(["play", "tictactoe"]) == 0
    assert "you left the game" in capsys.readouterr().out


def test_a_model_can_be_the_opponent():
    against = "llm:model=scripted:kibitz.agents.models.scripted:first_choice,action_mode=json"
    said = sit_down("tictactoe", ["none", "none", "none", "1,1", "none"], against=against)
    assert "plays 0,0" in said
