import json

import pytest

from kibitz.harness.cli import main
from kibitz.harness.commands.listing import _each


@pytest.mark.parametrize(
    ("what", "names"),
    [
        ("games", {"tictactoe", "connect4", "numberline", "negotiation", "holdem", "surround", "pong"}),
        ("agents", {"random", "greedy", "minimax", "heuristic", "llm"}),
        ("models", {"embedded", "openai", "litellm", "replay", "scripted"}),
        ("suites", {"quickstart"}),
        ("aids", set()),
    ],
)
def test_what_ships_is_listed_and_can_be_loaded(what, names, capsys):
    assert main(["list", what, "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert names <= {entry["name"] for entry in data["entries"]}
    assert not [entry for entry in data["entries"] if "error" in entry]
    assert (data["schema"], data["what"]) == (1, what)


@pytest.mark.parametrize("what", ["games", "agents", "models", "suites", "aids"])
def test_lists_for_people(what, capsys):
    assert main(["list", what]) == 0
    assert capsys.readouterr().out.strip()


def test_games_are_listed_with_their_questions_and_rungs(capsys):
    main(["list", "games", "--json"])
    entries = {entry["name"]: entry for entry in json.loads(capsys.readouterr().out)["entries"]}
    asked = {problem["id"]: problem for problem in entries["connect4"]["subproblems"]}
    assert (asked["wins"]["kind"], asked["wins"]["about"]) == ("set", "view")
    assert asked["opp_wins_after"]["about"] == "action"
    assert entries["numberline"]["rungs"] == []
    main(["list", "games"])
    assert "questions of numberline: distance, higher, next" in capsys.readouterr().out


def test_no_aids_is_said_in_a_sentence(capsys):
    main(["list", "aids"])
    assert "no selection aids are installed" in capsys.readouterr().out


def test_a_plugin_that_cannot_be_imported_hides_no_other():
    from importlib.metadata import EntryPoint

    points = {name: EntryPoint(name, f"nowhere_{name}:X", "kibitz.games") for name in ("a", "b")}

    def describe(name):
        return {"title": name} if name == "b" else points[name].load()

    broken, fine = _each(points, describe)
    assert "nowhere_a" in broken["error"]
    assert fine["title"] == "b"
