"""Games and bots that break, installed for this process and its children; pools that are ended whatever happens."""

import os
import time
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from kibitz.agents import registry as agent_registry
from kibitz.games import registry as game_registry
from kibitz.harness.cast import make_cast
from kibitz.harness.config import parse
from kibitz.harness.executors.serving import Start

PLUGIN = Path(__file__).parent / "plugin"
GAMES = {"trap": "traps:Trap", "tame": "traps:Tame", "pensive": "traps:Pensive", "located": "traps:Located"}
AGENTS = {"pinning": "traps:Pinning", "secretive": "traps:Secretive"}


@pytest.fixture(autouse=True)
def plug_in(monkeypatch):
    monkeypatch.syspath_prepend(PLUGIN)
    for registry, names in ((game_registry, GAMES), (agent_registry, AGENTS)):
        points = {name: EntryPoint(name, value, registry.GROUP) for name, value in names.items()}
        known = registry.installed() | points
        monkeypatch.setattr(registry, "installed", lambda known=known: known)


@pytest.fixture
def suite():
    """A suite of one game, or more, and agents by name."""

    def make(games, seed=0, **agents):
        return parse({"name": "s", "seed": seed, "agents": agents, "match": games}, "s", None)

    return make


@pytest.fixture
def start():
    """The beginning of an episode of a game."""
    return lambda name, seed=0, **options: Start(type(game_registry.make(name)), options, seed, None)


@pytest.fixture
def gone():
    """Whether a process ends within some seconds; one that nobody has cleared away yet has ended."""

    def wait(pid):
        if os.name != "posix":
            return True
        stat, deadline = Path(f"/proc/{pid}/stat"), time.monotonic() + 20
        while time.monotonic() < deadline:
            try:
                os.kill(pid, 0)
                if stat.exists() and stat.read_text().rpartition(")")[2].split()[0] == "Z":
                    return True
            except (ProcessLookupError, FileNotFoundError):
                return True
            time.sleep(0.02)
        return False

    return wait


@pytest.fixture
def cast(suite):
    """The cast of a suite of one game."""
    return lambda game, options=None, **agents: make_cast(suite([{"game": game, "options": options or {}}], **agents))
