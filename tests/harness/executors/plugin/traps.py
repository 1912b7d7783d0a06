"""A game and bots that break in every way; importable by this process and by child processes alike."""

import contextlib
import ctypes
import os
import subprocess
import sys
import time
from pathlib import Path
from random import Random

from kibitz.agents.agent import Bot, Decision, Needs, Reply
from kibitz.games.actions import Actions
from kibitz.games.board.tictactoe import TicTacToe
from kibitz.games.game import Game, Observation, Outcome, Values
from kibitz.games.kinds import Boolean
from kibitz.games.options import Option
from kibitz.games.subproblem import Subproblem

STEPS = 6


class SaidNo(Exception):  # noqa: N818
    """Cannot be pickled: it is made from two parts and holds one."""

    def __init__(self, who, why):
        super().__init__(f"{who} says no: {why}")


def leave():
    sys.exit("enough")


def segfault():
    ctypes.string_at(0)


def loop():
    while True:
        pass


def stick():
    sum(range(10**13))  # native code that never lets another thread run


def refuse():
    raise SaidNo("trap", "not today")


def flood():
    for _ in range(200):
        print("x" * 10_000)
        os.write(1, b"\0\0\0\1!" * 1000)


def scribble():
    for fd in range(3, 30):
        with contextlib.suppress(OSError):
            os.write(fd, b"\xff" * 64)
    time.sleep(60)


def breed():
    started = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    print(f"started {started.pid}")
    os._exit(3)


FAULTS = {
    "exit": lambda: os._exit(7),
    "leave": leave,
    "segfault": segfault,
    "loop": loop,
    "stuck": stick,
    "raise": refuse,
    "flood": flood,
    "scribble": scribble,
    "offspring": breed,
}


def spoil(fault, mark=""):
    """Break in the named way; where a file is named, only if there is none of that name, which is then made."""
    if mark and Path(mark).exists():
        return
    if mark:
        Path(mark).touch()
    FAULTS.get(fault, lambda: None)()


class Trap(Game):
    """Two seats name letters in turn; who sits at seat 0 wins if most were ``a``. Breaks in its step number ``at``."""

    id, version, title, seats, payoff = "trap", "1", "Trap", 2, "zero_sum"
    isolate = True
    abilities = frozenset({"snapshot", "imagine", "perfect_information"})
    declared = (
        Option("fault", "", "how it breaks"),
        Option("at", 3, "the step in which it breaks", low=0, high=99),
    )

    def rules(self, seat):
        return f"Name a or b. {len(self.said) // 4 + 1}"

    def reset(self, seed, task=None):
        self.seed, self.said = seed, []

    def movers(self):
        return (len(self.said) % 2,) if len(self.said) < STEPS else ()

    def observe(self, seat):
        hint = Random(f"{self.seed} {len(self.said)}").randrange(100)
        return Observation(f"{''.join(self.said)} {hint}", Actions(("a", "b")) if seat in self.movers() else None)

    def step(self, actions):
        (action,) = actions.values()
        if action not in ("a", "b"):
            raise ValueError(f"{action} is neither a nor b")
        if len(self.said) == self.options["at"]:
            spoil(self.options["fault"])
        self.said.append(action)
        if self.options["fault"] == "secret":
            return {0: lambda: 1.0}
        return {0: 0.125 if action == "a" else 0.0}

    def outcome(self):
        if len(self.said) < STEPS:
            return None
        return Outcome((1.0, -1.0) if self.said.count("a") > STEPS // 2 else (-1.0, 1.0), reason="all said")

    def subproblems(self, seat):
        return (Subproblem("even", "Is the number even?", Boolean()),)

    def truth(self, seat, id, action=None):  # noqa: A002
        return int(self.observe(seat).text.split()[-1]) % 2 == 0

    def implied(self, seat, answers):
        return frozenset({"a"}) if answers.get("even") else None

    def position(self):
        return {"seed": self.seed, "said": list(self.said)}

    def at(self, position):
        self.seed, self.said = position["seed"], list(position["said"])

    def draw(self, position, seat=None):
        return "<svg/>"


class Tame(Trap):
    """The same game for bots that are apart while it is not."""

    id, isolate = "tame", False


class Pinning(Bot):
    """Thinks, draws by lot, remembers; breaks in its step number ``at``."""

    kind = "pinning"
    isolate = True
    needs = Needs(privilege="truth", simulator=True)
    answers = True
    declared = (
        Option("fault", "", "how it breaks"),
        Option("at", 2, "the step in which it breaks", low=0, high=99),
        Option("mark", "", "a file that says that it has broken, and is not to break again"),
    )

    async def act(self, turn, ctx):
        if turn.step == self.options["at"]:
            spoil(self.options["fault"], self.options["mark"])
        world = ctx.simulator()
        while world.movers():
            (seat,) = world.movers()
            world.step({seat: world.observe(seat).actions.listed[0]})
        known = [asked.kind.show(ctx.truth(asked.id, None)) for asked in turn.asks if asked.about == "view"]
        action = ctx.rng.choice(turn.observation.actions.listed)
        memo = f"{turn.memo}{known} {world.outcome().reward[turn.seat]} {ctx.rng.random()} {turn.rules[-1]}"
        return Decision(action, Reply(action, action), greedy=action, memo=memo)


class Secretive(Bot):
    """Says which variables its environment has, and where its code runs."""

    kind = "secretive"
    isolate = True

    async def act(self, turn, ctx):
        memo = f"{os.getpid()} {' '.join(sorted(os.environ))} {' '.join(os.environ.values())}"
        action = turn.observation.actions.listed[0]
        return Decision(action, Reply(action, action), greedy=action, memo=memo)


class Pensive(TicTacToe):
    """Computes long for what actions are worth, or would."""

    id = "pensive"
    slow_values = True

    def action_values(self, seat):
        return Values(dict(super().action_values(seat).by_action), "exact")


class Located(Pensive):
    """Says where it computes."""

    id = "located"

    def action_values(self, seat):
        return Values(super().action_values(seat).by_action, f"in {os.getpid()}")
