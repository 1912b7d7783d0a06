"""The ladder of Pong: rungs are full, and who misreads numbers and thinks of one bounce at most does worse on each."""

import re

from kibitz.games.arcade.pong import Pong
from tests.games.rungs import accuracies

SLIP = 0.02


def shallow(text, seat, given, rng):
    """The answers of a reader who gets one number in fifty wrong and thinks of one bounce at most."""

    def slip(match):
        number = int(match[0])
        return str(max(0, number + rng.choice((-10, -2, -1, 1, 2, 10))) if rng.random() < SLIP else number)

    text = re.sub(r"\d+", slip, text)
    _, (then, x0, y0), (now, x, y) = (
        map(int, found) for found in re.findall(r"frame (\d+): x = (\d+), y = (\d+)", text)
    )
    across, steep = map(int, re.search(r"(\d+) a frame across, (\d+)", text).groups())
    mine, other = map(int, re.findall(r"y from (\d+)", text))
    right = x <= 20 or x0 < x < 140
    if x in (20, 140):
        off = y - (mine if x == 140 else other) - 8
        up = y <= 16 or (y < 176 and (off > 0 or (off == 0 and y > y0)))
    else:
        up = y > y0 if abs(y - y0) == steep * (now - then) else y < 96
    frames = min(max(((140 - x) if right else (x - 20)) // max(across, 1), 1), 60)
    landing = y + (steep if up else -steep) * frames
    landing = 32 - landing if landing < 16 else 352 - landing if landing > 176 else landing
    landing = min(max(landing, 16), 176)
    low = mine if right else other
    held = min(frames, 12 if 60 <= x <= 100 else 8 if 40 <= x <= 120 else 4)
    return {
        "direction": f"{'right' if right else 'left'} {'up' if up else 'down'}",
        "landing": landing,
        "contact": frames,
        "reachable": max(low - landing, landing - low - 16) <= 2 * frames,
        "paddle_after": min(160, max(16, mine + {"up": 2, "down": -2, "stay": 0}[given] * held)),
    }


def test_each_rung_is_harder_for_a_shallow_reader():
    easy, medium, hard = accuracies(Pong(), shallow)
    assert easy > medium > hard
    assert easy - hard >= 0.13
    assert easy > 0.9
