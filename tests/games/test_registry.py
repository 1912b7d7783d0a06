from importlib.metadata import EntryPoint, EntryPoints

import pytest

from kibitz.games import registry
from kibitz.games.board.connect4 import Connect4
from kibitz.games.options import OptionError
from kibitz.games.registry import GROUP, UnknownGameError


@pytest.fixture
def installed(monkeypatch):
    """Pretend that just these entry points are installed."""

    def pretend(**values):
        points = EntryPoints(EntryPoint(n, v, GROUP) for n, many in values.items() for v in many.split())
        monkeypatch.setattr(registry, "entry_points", points.select)
        registry.installed.cache_clear()
        registry.load.cache_clear()

    yield pretend
    registry.installed.cache_clear()
    registry.load.cache_clear()


def test_games_are_found_by_name_and_made_with_options():
    assert registry.load("connect4") is Connect4
    assert registry.make("connect4", opening_plies=3).options == {"opening_plies": 3}
    assert list(registry.installed()) == sorted(registry.installed())


def test_an_unknown_game_is_refused_with_those_there_are():
    with pytest.raises(UnknownGameError, match=r"unknown game 'chess'; installed: .*connect4.*tictactoe"):
        registry.load("chess")


def test_an_unknown_option_is_refused():
    with pytest.raises(OptionError, match="game connect4: unknown option 'plies'; it has opening_plies"):
        registry.make("connect4", plies=3)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("kibitz.games.nowhere:Game", "cannot be imported: No module named"),
        ("kibitz.games.game:Nothing", "cannot be imported: .*Nothing"),
        ("kibitz.games.actions:Actions", "is not a subclass of kibitz.games.game.Game"),
        ("kibitz.games.board.connect4:Connect4", "calls itself 'connect4'; name and id must agree"),
        ("a:b c:d", "claimed by a:b and c:d; uninstall all but one"),
    ],
)
def test_a_broken_plug_in_is_named(installed, value, message):
    installed(mine=value)
    with pytest.raises(UnknownGameError, match=f"game 'mine'.*{message}"):
        registry.load("mine")


def test_the_same_entry_point_twice_is_no_conflict(installed):
    value = "kibitz.games.board.connect4:Connect4"
    installed(connect4=f"{value} {value}")
    assert registry.load("connect4") is Connect4
