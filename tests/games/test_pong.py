import copy
import re
from collections import Counter
from itertools import pairwise
from random import Random

import pytest

from kibitz.games.arcade.pong import Pong
from kibitz.games.game import PositionError

STEEP = {0: 1, 1: 1, 2: 2, 3: 3, 4: 3, 5: 4, 6: 5, 7: 6, 8: 6}
WAYS = {"up": 2, "down": -2, "stay": 0}
START = {"samples": [[0, 80, 112], [4, 88, 104], [8, 96, 96]], "speed": [2, -2], "hits": 0, "paddles": [88, 88]}


class Frames:
    """Pong frame by frame, the ball by single units: rules as they are told, none of the game's code."""

    def __init__(self, position):
        (_, self.x, self.y), (self.dx, self.dy) = position["samples"][-1], position["speed"]
        self.lows, self.hits, self.frame, self.lost = list(position["paddles"]), position["hits"], 8, None

    def ball(self):
        """One frame of the ball."""
        self.x += self.dx
        for _ in range(abs(self.dy)):
            self.y += 1 if self.dy > 0 else -1
            if self.y in (16, 176):
                self.dy = -self.dy

    def run(self, actions, frames):
        """At most so many frames, the actions held; returns how many there were."""
        for count in range(1, frames + 1):
            self.frame += 1
            self.lows = [min(max(self.lows[s] + WAYS[actions[s]], 16), 160) for s in (0, 1)]
            self.ball()
            if self.x in (20, 140):
                self.line(0 if self.x == 140 else 1)
                return count
        return frames

    def line(self, seat):
        off = self.y - self.lows[seat] - 8
        if abs(off) > 8:
            self.lost = seat
            return
        self.hits += 1
        speed = min(6, 2 + self.hits // 2)
        self.dx = -speed if self.dx > 0 else speed
        up = off > 0 or (off == 0 and self.dy > 0)
        up = True if self.y == 16 else False if self.y == 176 else up
        self.dy = STEEP[abs(off)] if up else -STEEP[abs(off)]

    def landing(self):
        """Where and when the ball is on a line, and by which seat: no paddle is looked at."""
        other, frames = copy.copy(self), 0
        while not frames or other.x not in (20, 140):
            other.ball()
            frames += 1
        return other.y, frames, 0 if other.x == 140 else 1

    def reaches(self, seat, y, frames):
        low = self.lows[seat]
        for _ in range(frames):
            low = low + 2 if y > low + 16 else low - 2 if y < low else low
        return low <= y <= low + 16


def rallies(seeds, skill=0.9):
    """Games, and the frame-by-frame ball beside them, at each step of rallies between heuristics that slip at times."""
    game = Pong()
    for seed in seeds:
        rng = Random(f"rally/{seed}")
        game.reset(seed)
        oracle = Frames(game.position())
        while True:
            yield game, oracle
            if not game.movers():
                break
            legal = ("up", "stay", "down")
            actions = [game.heuristic(s, rng) if rng.random() < skill else rng.choice(legal) for s in (0, 1)]
            x = oracle.x
            oracle.run(actions, 12 if 60 <= x <= 100 else 8 if 40 <= x <= 120 else 4)
            game.step(dict(enumerate(actions)))


def test_every_step_is_what_single_frames_give():
    hits = 0
    for game, oracle in rallies(range(60)):
        position = game.position()
        assert position["samples"][-1] == [oracle.frame, oracle.x, oracle.y]
        assert position["speed"] == [oracle.dx, oracle.dy]
        assert (position["paddles"], position["hits"]) == (oracle.lows, oracle.hits)
        outcome = game.outcome()
        assert (outcome is None) == (oracle.lost is None)
        if outcome is not None:
            assert outcome.reward == ((-1, 1) if oracle.lost == 0 else (1, -1))
            hits = max(hits, oracle.hits)
    assert hits > 7


def test_every_truth_is_what_single_frames_give():
    counts = Counter()
    for game, oracle in rallies(range(60)):
        for seat in game.movers():
            y, frames, receiver = oracle.landing()
            side = "right" if receiver == seat else "left"
            assert game.truth(seat, "direction") == f"{side} {'up' if oracle.dy > 0 else 'down'}"
            assert game.truth(seat, "landing") == y
            assert game.truth(seat, "contact") == frames
            reachable = game.truth(seat, "reachable")
            assert reachable is oracle.reaches(receiver, y, frames)
            counts[side, reachable] += 1
            for action in WAYS:
                after = copy.deepcopy(oracle)
                x = after.x
                after.run([action, action], 12 if 60 <= x <= 100 else 8 if 40 <= x <= 120 else 4)
                assert game.truth(seat, "paddle_after", action) == after.lows[seat]
    assert min(counts.values()) > 100
    assert len(counts) == 4


def test_the_seats_see_the_same_game_mirrored():
    for game, _ in rallies(range(5)):
        mine, theirs = (game.observe(seat).text for seat in (0, 1))
        first, second = (re.findall(r"x = (\d+), y = (\d+)", text) for text in (mine, theirs))
        assert [(160 - int(x), y) for x, y in first] == [(int(x), y) for x, y in second]
        (a, b), (c, d) = (re.findall(r"y from (\d+ to \d+)", text) for text in (mine, theirs))
        assert (a, b) == (d, c)


def test_what_is_told_leaves_one_way_for_the_ball_to_go_on():
    """Samples, speeds and the rule of hits, as the text tells them: any other direction contradicts them."""
    other = Pong()
    for game, _ in rallies(range(40)):
        if not game.movers():
            continue
        position = game.position()
        dx, dy = position["speed"]
        for speed in ([-dx, dy], [dx, -dy], [-dx, -dy]):
            with pytest.raises(PositionError):
                other.at({**position, "speed": speed})


def test_positions_of_rallies_are_taken_whole():
    other = Pong()
    for game, _ in rallies(range(40), skill=1):
        other.at(game.position())
        assert other.snapshot() == game.snapshot()


def test_serves_go_to_both_alike_and_can_be_met():
    game, towards = Pong(), Counter()
    for seed in range(400):
        game.reset(seed)
        assert game.truth(0, "reachable") is True
        assert game.position()["samples"][0][:2] == [0, 80]
        towards[game.position()["speed"][0]] += 1
    assert towards[2] + towards[-2] == 400
    assert 150 < towards[2] < 250  # five standard deviations


def test_a_thousand_frames_are_a_draw():
    samples = [[982, 44, 80], [990, 92, 88], [998, 140, 96]]
    game = Pong()
    game.at({"samples": samples, "speed": [-6, 1], "hits": 44, "paddles": [88, 88]})
    assert game.movers() == (0, 1)
    assert game.step({0: "stay", 1: "stay"}) == {0: 0.0, 1: 0.0}
    assert game.outcome().reward == (0.0, 0.0)
    assert game.outcome().reason == "frame limit"


def test_a_miss_loses_and_a_ball_on_the_paddles_end_is_hit():
    position = {"samples": [[20, 120, 72], [28, 136, 56], [30, 140, 52]], "hits": 0, "paddles": [54, 88]}
    game = Pong()
    game.at({**position, "speed": [2, -2]})
    assert game.outcome().reward == (-1.0, 1.0)
    assert game.outcome().reason == "missed the ball"
    game.at({**position, "paddles": [52, 88], "speed": [-2, -6], "hits": 1})
    assert game.movers() == (0, 1)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"samples": [[0, 80, 112], [8, 96, 96]]}, "expected the last three samples"),
        ({"samples": [[0, 80, 112], [4, 88, 104], [8, 96, "96"]]}, "sample 3: expected 3 whole numbers"),
        (
            {"samples": [[0, 80, 112], [4, 88, 104], [8, 96, 10**5000]]},
            "sample 3: expected 3 whole numbers from -2000 to 2000",
        ),
        ({"samples": [[0, 80, 112], [4, 88, 104], [8, 96, 190]]}, "the ball at 96, 190 is not at x 20..140"),
        ({"speed": [3, -2]}, "speed 3 across: after 0 hits it is 2"),
        ({"speed": [2, 0]}, "speed 0 up: it is 1 to 6 up or down"),
        ({"speed": [2, 2]}, r"no ball flies from \[4, 88, 104\] to \[8, 96, 96\]"),
        ({"speed": [-2, -2]}, "frame 8: after 0 hits a ball with speed -2 across is not at x = 96 then"),
        ({"hits": -1}, "speed 2 across: after -1 hits it is 2"),
        ({"hits": 1}, "frame 8: after 1 hits"),
        ({"paddles": [89, 88]}, "paddle at 89: its lower end is an even number from 16 to 160"),
        ({"paddles": [90, 88]}, "paddle at 90: it cannot have come there from 88 by frame 8"),
        (
            {"samples": [[0, 80, 110], [4, 88, 104], [8, 96, 96]]},
            r"no ball flies from \[0, 80, 110\] to \[4, 88, 104\]",
        ),
        ({"samples": [[2, 84, 108], [4, 88, 104], [8, 96, 96]]}, r"the sample after \[2, 84, 108\] is not"),
        ({"goals": 1}, "a position is"),
    ],
)
def test_impossible_positions_are_refused_with_the_reason(change, reason):
    Pong().at(START)
    with pytest.raises(PositionError, match=reason):
        Pong().at({**START, **change})


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"paddles": [60, 88]}, "the ball at y = 52 misses the paddle and comes back"),
        ({"paddles": [50, 88]}, "speed -6 up: a paddle at 50 sends a ball at y = 52 off at another speed"),
        ({"speed": [2, -2], "hits": 0}, "the ball at y = 52 meets the paddle and goes on"),
    ],
)
def test_a_ball_on_a_line_goes_where_the_paddle_sends_it(change, reason):
    hit = {"samples": [[20, 120, 72], [28, 136, 56], [30, 140, 52]], "speed": [-2, -6], "hits": 1, "paddles": [52, 88]}
    Pong().at(hit)
    with pytest.raises(PositionError, match=reason):
        Pong().at({**hit, **change})


@pytest.mark.parametrize(
    ("answers", "actions"),
    [
        ({}, None),
        ({"direction": "right up", "landing": 125, "contact": 22}, {"up"}),
        ({"direction": "right up", "landing": 148, "contact": 22}, {"up"}),
        ({"direction": "right up", "landing": 124, "contact": 22}, {"up", "stay"}),
        ({"direction": "right down", "landing": 44, "contact": 22}, {"down"}),
        ({"direction": "right down", "landing": 96, "contact": 12}, {"stay"}),
        ({"direction": "right down", "landing": 96, "contact": 40}, None),  # all can still be there
        ({"direction": "right up", "landing": 170, "contact": 13}, None),  # none can
        ({"direction": "left up", "landing": 150, "contact": 22}, None),
        ({"direction": "right up", "landing": 150}, None),
        ({"direction": "right up", "landing": True, "contact": 22}, None),
    ],
)
def test_answers_commit_to_what_still_reaches_the_ball(answers, actions):
    game = Pong()
    game.at(START)  # an action is held for 12 frames, which are 24 units
    assert game.implied(0, answers) == actions


def test_truths_commit_to_actions_that_keep_the_ball_reachable():
    for game, _ in rallies(range(20)):
        for seat in game.movers():
            truths = {name: game.truth(seat, name) for name in ("direction", "landing", "contact")}
            kept = game.implied(seat, truths)
            if kept is None or not game.truth(seat, "reachable"):
                continue
            for action in WAYS:
                after = Pong()
                after.restore(game.snapshot())
                after.step({seat: action, 1 - seat: "stay"})
                arrived = after.position()["hits"] > game.position()["hits"] or not after.movers()
                reached = after.outcome() is None if arrived else after.truth(seat, "reachable")
                assert reached is (action in kept)


def test_both_seats_must_act_with_legal_actions():
    game = Pong()
    game.reset(0)
    for wrong in ({0: "up"}, {0: "up", 1: "left"}, {0: "up", 2: "up"}, {}):
        with pytest.raises(ValueError, match=r"seats to act are|'left' is not a legal action here"):
            game.step(wrong)


def test_the_heuristic_beats_random_play_and_itself():
    game, won, ended = Pong(), 0, Counter()
    for seed in range(40):
        rng, me = Random(f"match/{seed}"), seed % 2
        game.reset(seed)
        while game.movers():
            game.step({me: game.heuristic(me, rng), 1 - me: rng.choice(("up", "stay", "down"))})
        won += game.outcome().reward[me] == 1
        game.reset(seed)
        while game.movers():
            game.step({seat: game.heuristic(seat, rng) for seat in (0, 1)})
        ended[game.outcome().reward] += 1
    assert won >= 36
    assert ended[0.0, 0.0] <= 4
    assert min(ended[1.0, -1.0], ended[-1.0, 1.0]) >= 8


def test_samples_never_skip_a_line():
    for game, _ in rallies(range(10)):
        xs = [x for _, x, _ in game.position()["samples"]]
        assert all(20 <= x <= 140 for x in xs)
        assert all((a < b) == (b < c) for (a, b), (_, c) in pairwise(pairwise(xs)) if b not in (20, 140))
