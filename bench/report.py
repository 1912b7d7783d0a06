"""How long a report of many episodes takes to build and to open, and how large it is.

A synthetic run of Connect4: seeded random play with real positions, 10 turns an episode, for each a message of 1 kB to
the model, 400 bytes of which no other turn has, a reply of 300 bytes and four graded answers. What is new is made of
words drawn at random, which is harder on a compressor than what models and games write. Building is measured in CPU and
in wall time from the journal to the file; opening in headless Chromium, from the navigation to the first filter that
answers. All cores build, so the wall time of building is that of an idle machine or none.

Usage: python bench/report.py [--json FILE] [--check] [--quick] [--episodes N] [--keep DIR]
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random

from cost.measure import Row, say, significant, write

from kibitz.games.registry import make
from kibitz.harness.browsers import find_browser
from kibitz.harness.commands.report import write as write_report
from kibitz.results.journal import Journal
from kibitz.results.records import (
    AgentInfo,
    CallMeasured,
    CallRecord,
    EpisodeMeasured,
    EpisodeRecord,
    GameInfo,
    GradeRecord,
    MessageRecord,
    RunInfo,
    SeatRecord,
    Spent,
    StepMeasured,
    StepRecord,
    UnitRecord,
)

EPISODES, TURNS, PROMPT, NEW, REPLY = 10_000, 10, 1000, 400, 300
SECONDS, BYTES, OPENING = 10.0, 40_000_000, 2.0
AGENTS = ("ann", "bob")
WORDS = [
    "the",
    "a",
    "my",
    "your",
    "board",
    "column",
    "row",
    "disc",
    "threat",
    "line",
    "centre",
    "edge",
    "move",
    "turn",
    "because",
    "so",
    "but",
    "then",
    "if",
    "next",
    "after",
    "before",
    "wins",
    "loses",
    "blocks",
    "drops",
    "builds",
    "leaves",
    "opens",
    "closes",
    "takes",
    "gives",
    "I",
    "you",
    "they",
    "we",
    "it",
    "this",
    "that",
    "there",
    "here",
    "two",
    "three",
    "four",
    "one",
    "best",
    "worst",
    "safe",
    "risky",
    "strong",
    "weak",
    "open",
    "double",
    "single",
    "left",
    "right",
    "middle",
    "bottom",
    "top",
    "first",
    "second",
    "last",
    "now",
    "must",
    "can",
    "could",
    "should",
    "would",
    "will",
    "may",
    "not",
    "no",
    "yes",
    "only",
    "also",
    "still",
    "again",
    "instead",
    "therefore",
    "however",
    "look",
    "think",
    "see",
    "count",
    "check",
    "follow",
    "answer",
    "opponent",
    "player",
    "diagonal",
    "vertical",
    "horizontal",
    "cell",
    "empty",
    "full",
    "play",
    "plan",
    "trap",
    "force",
    "draw",
]


def prose(rng: Random, size: int) -> str:
    """Words of English in no order that a compressor knows, frequent ones more often."""
    words: list[str] = []
    while size > 0:
        words.append(WORDS[min(int(rng.expovariate(1 / 25)), len(WORDS) - 1)])
        size -= len(words[-1]) + 1
    return " ".join(words)


def describe(game: str, episodes: int) -> tuple[RunInfo, list[UnitRecord]]:
    """The run and its schedule."""
    made = make(game)
    info = RunInfo(
        name="bench",
        seed=0,
        protocol={"ask": "same", "retries": 1, "fallback": "random"},
        protocol_hash="bench",
        games={
            game: GameInfo(
                label=game,
                id=game,
                version=made.spec.version,
                title=made.title,
                seats=2,
                payoff="zero_sum",
                reward_range=(-1.0, 1.0),
                options={},
                setting="bench",
                subproblems={name: f"What about {name}?" for name in ("wins", "opp_wins", "forces", "after")},
            )
        },
        agents={name: AgentInfo(name=name, kind="llm", identity={}, hash=name, answers=True) for name in AGENTS},
        config={},
        config_hash="bench",
        versions={},
        command=["python", "bench/report.py"],
        started="",
    )
    sides = (AGENTS, AGENTS[::-1])
    units = [
        UnitRecord(
            index=n,
            key=f"{game}/{n // 2}/{','.join(sides[n % 2])}",
            game=game,
            task=None,
            k=n // 2,
            agents=sides[n % 2],
            pair=f"{game}/{n // 2}",
            seed=n // 2,
        )
        for n in range(episodes)
    ]
    return info, units


def play(journal: Journal, unit: UnitRecord, system: int) -> None:
    """Write an episode of seeded random play."""
    game, rng = make(unit.game), Random(unit.key)
    game.reset(unit.seed)
    actions: list[str] = []
    spent = Spent(calls=1, input_tokens=400, output_tokens=90, usd=0.0001)
    while (movers := game.movers()) and len(actions) < TURNS:
        (seat,) = movers
        view, position = game.observe(seat), game.position()
        assert view.actions is not None
        action = rng.choice(view.actions.listed)
        step = len(actions)
        fixed = prose(Random(seat), PROMPT - NEW)
        prompt = f"{view.text}\n{fixed}\n{prose(rng, NEW - len(view.text))}"
        reply = prose(rng, REPLY - 40) + f' {{"action": "{action}", "wins": []}}'
        call(journal, unit, step, seat, system, prompt, reply)
        move = SeatRecord(
            seat=seat, agent=unit.agents[seat], observation=view.text, action=action, reply=reply, spent=spent,
            consistent=rng.random() > 0.1,
        )  # fmt: skip
        record = StepRecord(
            unit=unit.key, step=step, position=position, seats=(move,), measured=StepMeasured(seat_seconds=(0.5,))
        )
        journal.put_step(record, grades(unit, step, seat, rng))
        game.step({seat: action})
        actions.append(action)
    reward = rng.choice([(1.0, -1.0), (-1.0, 1.0), (0.0, 0.0)])
    journal.put_episode(
        EpisodeRecord(
            unit=unit.key, status="done", reward=reward, played=reward, reason="the end", steps=len(actions),
            position=game.position(), trajectory=f"{unit.k} {actions}", digest=unit.key, spent=(spent, spent),
            measured=EpisodeMeasured(seconds=5.0, seat_seconds=(2.5, 2.5)),
        )
    )  # fmt: skip


def call(journal: Journal, unit: UnitRecord, step: int, seat: int, system: int, prompt: str, reply: str) -> None:
    """Write a call."""
    talk = journal.put_talk([MessageRecord(role="user", text=prompt)], parent=system, kept=1)
    journal.put_call(
        CallRecord(
            unit=unit.key, trial=0, step=step, seat=seat, scope="try0/greedy", i=0, agent=unit.agents[seat],
            role="policy", request=f"{talk}", parameters={"max_tokens": 160}, context=talk,
            completion={"choices": [{"text": reply, "finish": "stop"}], "usage": {"input": 400, "output": 90}},
            measured=CallMeasured(seconds=0.5),
        ),
        tokens=490,
        usd=0.0001,
    )  # fmt: skip


def grades(unit: UnitRecord, step: int, seat: int, rng: Random) -> Iterator[GradeRecord]:
    """Four graded answers."""
    for question in ("wins", "opp_wins", "forces", "after"):
        truth = rng.choice(["none", "none", f"{rng.randint(1, 7)},{rng.randint(1, 6)}"])
        given = truth if rng.random() < 0.7 else f"{rng.randint(1, 7)},{rng.randint(1, 6)}"
        yield GradeRecord(
            unit=unit.key, step=step, seat=seat, agent=unit.agents[seat], subproblem=question, about="view", ask="same",
            action=None, raw=given, parsed=given, truth=truth, kind="set",
            verdict="right" if given == truth else "wrong", grader="1",
        )  # fmt: skip


def make_run(folder: Path, episodes: int) -> None:
    """Write the whole run."""
    info, units = describe("connect4", episodes)
    rules = make("connect4")
    rules.reset(0)
    with Journal.create(folder, info, units) as journal:
        system = journal.put_talk([MessageRecord(role="system", text=rules.rules(0), static=True)])
        for unit in units:
            play(journal, unit, system)
            if unit.index % 500 == 499:
                journal.commit()


def opening(page: Path, rounds: int) -> tuple[float | None, str]:
    """Median seconds from the navigation to the first filter that answers; None, and why, without a browser."""
    try:
        from playwright.sync_api import Error, sync_playwright
    except ImportError:
        return None, "install Kibitz's test extra for Playwright"
    times = []
    found = find_browser()
    if found is None:
        return None, "no Chromium starts here; kibitz doctor --fix installs one"
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=found.path)
            for _ in range(rounds):
                tab = browser.new_page()
                start = time.perf_counter()
                tab.goto(page.as_uri(), wait_until="commit")
                tab.wait_for_selector("#filters:not([hidden])")
                tab.select_option("select[name=agent]", AGENTS[0])
                tab.wait_for_selector("#count:not(:empty)")
                times.append(time.perf_counter() - start)
                tab.close()
            browser.close()
    except Error as error:
        return None, str(error).splitlines()[0]
    return statistics.median(times), ""


def cpu_of_all() -> float:
    """CPU time of this process and of those that it has ended, in seconds."""
    spent = (resource.getrusage(whose) for whose in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in spent)


def measure(episodes: int, keep: Path | None, rounds: int) -> list[Row]:
    """Build and open the report; the targets are those of ten thousand episodes, less for fewer."""
    share = episodes / EPISODES
    with tempfile.TemporaryDirectory() as folder:
        run, page = (keep or Path(folder)) / "run", (keep or Path(folder)) / "report.html"
        if not run.exists():
            say(f"writing a run of {episodes} episodes")
            make_run(run, episodes)
        say("building its report")
        wall, cpu = time.perf_counter(), cpu_of_all()
        write_report([run], page)
        wall, cpu = time.perf_counter() - wall, cpu_of_all() - cpu
        size = page.stat().st_size
        opened, why = opening(page, rounds)
    return [
        bounded("report/build", wall, "s", SECONDS * share),
        Row("report/build_cpu", significant(cpu), "cpu_s"),
        bounded("report/size", size, "bytes", BYTES * share),
        bounded("report/open", opened, "s", OPENING, why),
    ]


def bounded(name: str, value: float | None, unit: str, target: float, note: str = "") -> Row:
    """A figure that must not be larger than its target."""
    shown = None if value is None else significant(value)
    return Row(name, shown, unit, target=target, passed=None if value is None else value <= target, note=note)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", type=Path, help="write the results to this file, '-' for stdout")
    parser.add_argument("--check", action="store_true", help="exit 1 where a target is missed")
    parser.add_argument("--quick", action="store_true", help="a tenth of the episodes")
    parser.add_argument("--episodes", type=int, default=EPISODES, help=f"default {EPISODES}")
    parser.add_argument(
        "--keep", type=Path, help="write run and report into this folder, or take the run that is there"
    )
    options = parser.parse_args()
    episodes = options.episodes // 10 if options.quick else options.episodes
    rows = measure(episodes, options.keep, 1 if options.quick else 3)
    write(options.json, json.dumps([row.as_json() for row in rows], sort_keys=True) + "\n")
    for row in rows:
        say(str(row))
    return 1 if options.check and any(row.passed is False for row in rows) else 0


if __name__ == "__main__":
    sys.exit(main())
