"""The suites there are: files, those that ship, and position suites, which are made of the ladders of games."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.metadata import entry_points
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from kibitz.games import registry
from kibitz.games.ladder import RUNGS
from kibitz.harness.config import Suite, parse
from kibitz.harness.errors import ConfigError
from kibitz.harness.participants import POSITIONS_OF
from kibitz.harness.suitefile import nearest

SUITE_GROUP = "kibitz.suites"
LARGEST_FILE = 1_000_000
"""Bytes of a suite file; a larger one is a mistake."""


@cache
def shipped() -> dict[str, Traversable]:
    """The installed suites by name, plug-ins' included."""
    found: dict[str, Traversable] = {}
    for point in sorted(entry_points(group=SUITE_GROUP), key=lambda p: p.name):
        folder = files(point.load())
        for item in sorted(folder.iterdir(), key=lambda i: i.name):
            if item.name.endswith(".toml"):
                found.setdefault(item.name.removesuffix(".toml"), item)
    return found


def load_suite(name_or_path: str | Path) -> Suite:
    """Read and check a suite: a TOML file, or the name of a shipped one, ``name`` or ``name@version``.

    Raises:
        ConfigError: There is no such suite, or it has mistakes; all of them are in the message.
    """
    text = str(name_or_path)
    if text.startswith(POSITIONS_OF):
        return _position_suite(text)
    is_path = isinstance(name_or_path, Path) or text.endswith(".toml") or "/" in text or "\\" in text
    if is_path or (text not in shipped() and Path(text).is_file()):
        path = Path(name_or_path)
        return parse(_read(path, str(path)), str(path), path)
    name, _, version = text.partition("@")
    if name not in shipped():
        raise ConfigError(f"no suite is called {name!r}{nearest(name, shipped())}; or give the path of a TOML file")
    suite = parse(_read(shipped()[name], f"suite {name}"), f"suite {name}", None)
    if version and version != suite.version:
        raise ConfigError(f"suite {name} is version {suite.version} here, not {version}; another Kibitz has the other")
    return suite


def _read(path: Path | Traversable, where: str) -> dict[str, Any]:
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_FILE + 1)
    except OSError as error:
        missing = isinstance(error, FileNotFoundError)
        reason = "there is no such file" if missing else f"cannot be read ({error.strerror})"
        raise ConfigError(f"{where}: {reason}; kibitz list suites names the suites that ship") from error
    if len(content) > LARGEST_FILE:
        raise ConfigError(f"{where}: is larger than {LARGEST_FILE} bytes; that is no suite")
    try:
        return tomllib.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise ConfigError(f"{where}: is not UTF-8 text (byte {error.start})") from error
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise ConfigError(f"{where}: is not TOML: {error}") from error


# -- position suites -------------------------------------------------------------------------------------------------


def position_suites() -> dict[str, dict[str, Any]]:
    """The position suites by name, each as the content of a suite file: all rungs of all games that have a ladder.

    A guesser takes part, so that there is always somebody to compare with.
    """
    found: dict[str, dict[str, Any]] = {}
    for name in registry.installed():
        try:
            game = registry.load(name)
        except registry.UnknownGameError:
            continue  # a broken plug-in hides no other; ``kibitz list games`` says what is wrong with it
        for rung in game.ladder:
            found[f"{POSITIONS_OF}{name}@{rung.name}"] = {
                "name": f"positions-{name}-{rung.name}",
                "version": game.version,
                "description": f"only the questions of {game.title}, on 200 {rung.name} positions",
                "protocol": {"ask": "same"},
                "agents": {"guess": {"kind": "random", "answers": "random"}},
                "match": [{"game": name, "schedule": "positions", "rung": rung.name}],
            }
    return found


def _position_suite(name: str) -> Suite:
    known = position_suites()
    if name not in known:
        game = name.removeprefix(POSITIONS_OF).partition("@")[0]
        games = list(dict.fromkeys(suite["match"][0]["game"] for suite in known.values()))
        if game not in games:
            lacks = "has no position suites" if game in registry.installed() else "is no game"
            raise ConfigError(f"suite {name}: {game!r} {lacks}{nearest(game, games)}")
        raise ConfigError(f"suite {name}: write {POSITIONS_OF}{game}@RUNG with one of {', '.join(RUNGS)}")
    return parse(known[name], f"suite {name}", None)
