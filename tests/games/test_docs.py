"""The documents of games say what the code does."""

import json
import re
import tomllib
from pathlib import Path

import pytest

from kibitz.games import registry
from kibitz.games.conformance import CHECKS, check_game
from kibitz.games.game import Game

DOCS = Path(__file__).resolve().parents[2] / "docs"
ADD = (DOCS / "add-a-game.md").read_text(encoding="utf-8")
GAMES = (DOCS / "games.md").read_text(encoding="utf-8")
OURS = [name for name, point in registry.installed().items() if point.value.startswith("kibitz.")]


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", ADD, re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def worked():
    """The names that the python blocks of the worked example define, run as they stand."""
    names = {"__name__": "my_games.nim"}
    for block in blocks("python"):
        exec(compile(block, "add-a-game.md", "exec"), names)
    return names


def test_the_worked_example_is_one_file_with_one_game(worked):
    file, test = blocks("python")
    games = [
        value for value in worked.values() if isinstance(value, type) and issubclass(value, Game) and value is not Game
    ]
    assert [game.__name__ for game in games] == ["Nim"]
    assert "check_game(Nim)" in test
    assert file.count("\nclass ") == 1


def test_the_worked_example_keeps_the_contract(worked):
    worked["test_nim_keeps_the_contract"]()
    check_game(lambda: worked["Nim"](largest=40), seeds=range(4))


def test_the_worked_examples_truths_are_right_by_search(worked):
    def wins(heap: int) -> bool:
        return any(not wins(heap - take) for take in (1, 2, 3) if take <= heap)

    game = worked["Nim"]()
    for heap in range(1, 16):
        game.at({"heap": heap, "to_move": 0})
        assert game.truth(0, "winning") == wins(heap)
        assert max(game.action_values(0).by_action.values()) == (1.0 if wins(heap) else -1.0)


def test_the_entry_point_leads_to_the_worked_example(worked):
    (block,) = blocks("toml")
    points = tomllib.loads(block)["project"]["entry-points"]
    assert points == {registry.GROUP: {worked["Nim"].id: "my_games.nim:Nim"}}


def test_an_installed_package_of_the_file_and_the_entry_point_is_found(tmp_path, monkeypatch):
    (tmp_path / "my_games").mkdir()
    (tmp_path / "my_games" / "nim.py").write_text(blocks("python")[0])
    info = tmp_path / "my_games-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: my-games\nVersion: 1\n")
    (info / "entry_points.txt").write_text("[kibitz.games]\nnim = my_games.nim:Nim\n")
    monkeypatch.syspath_prepend(tmp_path)
    registry.installed.cache_clear()
    try:
        assert registry.make("nim", largest=7).spec.options == {"largest": 7}
        assert "nim" in registry.installed()
    finally:
        registry.installed.cache_clear()
        registry.load.cache_clear()


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_every_law_is_in_the_document(check):
    assert f"`{check.__name__}`" in ADD


def test_no_law_is_invented():
    table = ADD.split("## The laws")[1].split("\n\n")[1]
    named = {law for row in table.splitlines() for law in re.findall(r"`([a-z_]+_[a-z_]+)`", row.split("|")[1])}
    assert named == {check.__name__ for check in CHECKS}


EXAMPLES = [
    ("surround", "open", frozenset()),
    ("surround", "longest_way", 19),
    ("surround", "safe", frozenset({"left"})),
    ("pong", "landing", 28),
    ("tictactoe", "forces", frozenset({"0,2"})),
    ("connect4", "forces", frozenset({"6"})),
]


@pytest.mark.parametrize(("name", "question", "truth"), EXAMPLES)
def test_examples_of_differences_are_true(name, question, truth):
    rows = re.findall(r"^\| .* \| `(\{.*?\})`: .*\|$", section(name), re.MULTILINE)
    game, found = registry.make(name), []
    for row in rows:
        game.at(json.loads(row))
        found.append(game.truth(game.movers()[0], question))
    assert truth in found


@pytest.mark.parametrize(("name", "count"), [("tictactoe", 4), ("connect4", 3), ("numberline", 3)])
def test_positions_in_the_sections_of_small_games_are_positions(name, count):
    found = [text for text in re.findall(r"`(\{.*?\})`", section(name)) if "six rows" not in text]
    assert len(found) >= count
    for text in found:
        registry.make(name).at(json.loads(text))


def section(name: str) -> str:
    return re.split(r"^## ", GAMES.split(f"(`{name}`)")[1], flags=re.MULTILINE)[0]


@pytest.mark.parametrize("name", OURS)
def test_every_option_and_question_is_documented(name):
    game = registry.make(name)
    game.reset(0)
    written = section(name)
    for option in game.declared:
        allowed = ", ".join(map(str, option.choices)) or f"{option.low}..{option.high}"
        # Where any text is allowed, the document says in words what it can be.
        free = isinstance(option.default, str) and not option.choices
        assert f"| `{option.name}` | {option.default} | " + ("" if free else f"{allowed} |") in written
    for question in game.catalogue():
        marked = f"| `{question.id}`" + (" (about the action)" if question.about == "action" else "")
        assert f"{marked} |" in written


COMPARED = (DOCS / "gamebot.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("game", "question", "truth"),
    [
        ("tictactoe", "wins", "0,2"),
        ("connect4", "opp_wins", "4,1"),
        ("othello", "wedges", "a5"),
        ("holdem", "hand", "straight"),
        ("pong", "landing", "28"),
        ("surround", "open", "none"),
    ],
)
def test_the_examples_beside_published_scores_are_true(game, question, truth):
    (row,) = (line for line in COMPARED.splitlines() if f"`: `{question}` is {truth}" in line)
    made = registry.make(game)
    made.at(json.loads(re.findall(r"`(\{.*?\})`", row)[-1]))
    (seat, *_) = made.movers()
    (kind,) = (problem.kind for problem in made.subproblems(seat) if problem.id == question)
    assert kind.show(made.truth(seat, question)) == truth
