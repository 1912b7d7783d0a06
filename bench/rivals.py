"""Seeded random play in other people's environments, for ``games.py``; each is left out where it is not installed."""

from __future__ import annotations

import contextlib
import importlib
import io
import warnings
from collections.abc import Callable
from importlib.metadata import version
from random import Random
from typing import Any

Play = Callable[[int], int]
"""Plays one random episode of the given seed; returns its number of steps."""

OPENSPIEL = {
    "tictactoe": "tic_tac_toe",
    "connect4": "connect_four",
    "othello": "othello",
    "checkers": "checkers",
}
PETTINGZOO = {
    "tictactoe": "tictactoe_v3",
    "connect4": "connect_four_v3",
    "holdem": "texas_holdem_no_limit_v6",
}
TEXTARENA = {"tictactoe": "TicTacToe-v0", "connect4": "ConnectFour-v0", "othello": "Othello-v0"}
"""Those of which it says, or its board shows, what is legal."""


def openspiel(name: str) -> Play | None:
    """OpenSpiel through its Python binding; its steps make no observation."""
    if name not in OPENSPIEL or not _there("pyspiel"):
        return None
    game = importlib.import_module("pyspiel").load_game(OPENSPIEL[name])

    def play(seed: int) -> int:
        draw, steps, state = Random(seed).random, 0, game.new_initial_state()
        while not state.is_terminal():
            actions = state.legal_actions()
            state.apply_action(actions[int(draw() * len(actions))])
            steps += 1
        return steps

    return play


def pettingzoo(name: str) -> Play | None:
    """PettingZoo's classic environments; a step makes an array and a mask of the legal actions."""
    if name not in PETTINGZOO or not _there("pettingzoo"):
        return None
    with warnings.catch_warnings(), contextlib.redirect_stderr(io.StringIO()):
        warnings.simplefilter("ignore")
        env = importlib.import_module(f"pettingzoo.classic.{PETTINGZOO[name]}").env()

    def play(seed: int) -> int:
        draw, steps = Random(seed).random, 0
        env.reset(seed=seed)
        for _ in env.agent_iter():
            seen, _, ended, cut, _ = env.last()
            if ended or cut:
                env.step(None)
                continue
            legal = seen["action_mask"].nonzero()[0]
            env.step(int(legal[int(draw() * len(legal))]))
            steps += 1
        return steps

    return play


def textarena(name: str, suffix: str = "") -> Play | None:
    """TextArena; a step makes the text that a model would read, with the suffix ``-raw`` only its parts."""
    if name not in TEXTARENA or not _there("textarena"):
        return None
    env = importlib.import_module("textarena").make(TEXTARENA[name] + suffix)
    legal = _TEXTARENA_LEGAL[name]

    def play(seed: int) -> int:
        draw, steps, done = Random(seed).random, 0, False
        env.reset(num_players=2, seed=seed)
        while not done:
            env.get_observation()
            actions = legal(env.state.game_state)
            done, _ = env.step(actions[int(draw() * len(actions))])
            steps += 1
        return steps

    return play


def textarena_raw(name: str) -> Play | None:
    """TextArena without the text."""
    return textarena(name, "-raw")


_TEXTARENA_LEGAL: dict[str, Callable[[dict[str, Any]], list[str]]] = {
    "tictactoe": lambda state: [f"[{3 * r + c}]" for r in range(3) for c in range(3) if not state["board"][r][c]],
    "connect4": lambda state: [f"[col {c}]" for c in range(7) if state["board"][0][c] == "."],
    # Who has to pass may say anything.
    "othello": lambda state: [f"[{r}, {c}]" for r, c in state["valid_moves"]] or ["pass"],
}


def _there(module: str) -> bool:
    try:
        importlib.import_module(module)
    except ImportError:
        return False
    return True


RIVALS: dict[str, tuple[Callable[[str], Play | None], float | None]] = {
    "openspiel": (openspiel, None),
    "pettingzoo": (pettingzoo, 5.0),
    "textarena": (textarena, 3.0),
    "textarena-raw": (textarena_raw, None),
}
"""Whom we are measured beside, and how many times their rate ours is to be."""

DISTRIBUTIONS = {"openspiel": "open-spiel", "pettingzoo": "pettingzoo", "textarena": "textarena"}


def versions() -> dict[str, str]:
    """The rivals that are installed."""
    found = {}
    for distribution in DISTRIBUTIONS.values():
        with contextlib.suppress(ImportError):
            found[distribution] = version(distribution)
    return found
