from multiprocessing.reduction import ForkingPickler
from pickle import loads

import pytest

from kibitz.games.registry import make
from kibitz.harness.cli import main
from kibitz.harness.commands.report import Drawing

SUITE = """
name = "bots"
[agents.random]
kind = "random"
answers = "random"
[agents.minimax]
kind = "minimax"
depth = {depth}
[[match]]
game = "tictactoe"
options = {{ opening_plies = 1 }}
pairs = 4
"""


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    folder = tmp_path_factory.mktemp("report")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setattr("kibitz.agents.models.discover.find_endpoints", lambda environ: [])
        for name, depth in (("deep", 3), ("flat", 1)):
            (folder / f"{name}.toml").write_text(SUITE.format(depth=depth))
            assert main(["run", f"{name}.toml", "--out", name]) == 0
    return folder


@pytest.fixture(autouse=True)
def here(runs, monkeypatch):
    monkeypatch.chdir(runs)


def test_two_runs_are_compared_where_it_is_asked_for(runs, capsys):
    assert main(["report", "deep", "flat", "-o", "pooled.html"]) == 0
    assert main(["report", "deep", "flat", "--diff", "--agent", "minimax", "-o", "diff.html"]) == 0
    assert capsys.readouterr().out.split() == ["pooled.html", "diff.html"]
    assert ['id="diff"' in (runs / name).read_text("utf-8") for name in ("pooled.html", "diff.html")] == [False, True]


def test_a_card_is_drawn_as_pixels_and_as_shapes(runs, capsys):
    assert main(["report", "deep", "--episode", "0", "-o", "cards/card.png"]) == 0
    assert main(["report", "deep", "--episode", "tictactoe/0/minimax,random", "--step", "1", "-o", "card.svg"]) == 0
    assert (runs / "cards" / "card.png").read_bytes().startswith(b"\x89PNG")
    assert "step 1" in (runs / "card.svg").read_text("utf-8")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["deep", "--diff"], "--diff compares two runs, or two agents of one run"),
        (["deep", "flat", "--agent", "minimax"], "add --diff"),
        (["deep", "flat", "--diff"], "name the agent that is compared with --agent"),
        (["deep", "--episode", "99"], "no episode '99' in this run; there are the numbers 0..7"),
        (["deep", "--episode", "0", "--step", "99"], "there is no step 99; the steps are 0.."),
        (["deep", "flat", "--episode", "0"], "a card is of one episode of one run"),
        (["deep", "--step", "0"], "say which one with --episode"),
    ],
)
def test_mistakes_are_told(arguments, said, capsys):
    out = "x.png" if "--episode" in arguments else "x.html"
    assert main(["report", *arguments, "-o", out]) == 3
    assert said in capsys.readouterr().err


def test_a_card_has_an_ending_that_says_what_it_is(capsys):
    assert main(["report", "deep", "--episode", "0", "-o", "card.jpg"]) == 3
    assert "FILE.png (or .svg)" in capsys.readouterr().err


def test_drawing_goes_to_other_processes_without_its_games():
    draw = Drawing()
    game = make("tictactoe")
    game.reset(0)
    first = draw("tictactoe", game.spec.version, {}, game.position())
    again = loads(bytes(ForkingPickler.dumps(draw)))
    assert again("tictactoe", game.spec.version, {}, game.position()) == first
    assert first is not None
