"""How fast the shop is: steps, resets, snapshots, sessions, opening and generating; and the steps of HotPotQA.

The walk draws 20 % searches, none of them twice, and 80 % clicks, renders the text of each page, and begins with all
caches cold: each round is a process of its own. The original's 62 steps a second of one core are its environment on the
same 1,000 products with an index as fast as ours in the place of Java (measured on a 2-core machine, 2026-11-22).

Usage: python bench/shop.py [--json FILE] [--markdown FILE] [--check] [--quick]
"""

from __future__ import annotations

import argparse
import functools
import gc
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from random import Random

from cost.measure import Row, say, significant, write
from cost.table import markdown

from kibitz.games.game import Game
from kibitz.games.registry import make
from kibitz.games.shop.shop import LEVELS, WebShop

ORIGINAL = 62.0
"""Steps a second of one core."""
SEARCHED = 0.2
ROUNDS = 5
SESSIONS = 500


def words(game: WebShop) -> list[str]:
    """The words of all product names, each once, in their order."""
    products = game._store.catalogue.products
    return list(dict.fromkeys(word for one in products for word in one.name.split()))


def queries(known: list[str], rng: Random) -> Iterator[str]:
    """Queries of two to six words, none of them twice."""
    asked = set()
    while True:
        query = " ".join(rng.choice(known) for _ in range(rng.randint(2, 6)))
        if query not in asked:
            asked.add(query)
            yield query


def stroll(game: WebShop, fresh: Iterator[str], rng: Random) -> int:
    """Play until something is bought, or no action is left; returns the steps."""
    steps = 0
    while game.movers():
        seen = game.observe(0)
        assert seen.text
        assert seen.actions is not None
        clicks = seen.actions.listed
        search = not clicks or rng.random() < SEARCHED
        game.step({0: f"search[{next(fresh)}]" if search else rng.choice(clicks)})
        steps += 1
    return steps


# -- parts, each in a process of its own -------------------------------------------------------------------------------


def walked(seconds: float, number: int) -> dict[str, float]:
    """Steps per CPU second of the walk."""
    game, rng = WebShop(steps=100), Random(f"bench/shop/{number}")
    game.reset(0)
    fresh = queries(words(game), rng)
    start, steps, seed = time.process_time(), 0, number * 1_000
    while (spent := time.process_time() - start) < seconds:
        game.reset(seed)
        steps += stroll(game, fresh, rng)
        seed += 1
    return {"walk": steps / spent}


def answered(seconds: float, number: int) -> dict[str, float]:
    """Steps per CPU second of random play in HotPotQA."""
    game: Game = make("hotpotqa")
    rng = Random(f"bench/shop/hotpotqa/{number}")
    game.reset(0)
    start, steps, seed = time.process_time(), 0, number * 1_000
    while (spent := time.process_time() - start) < seconds:
        game.reset(seed)
        seed += 1
        while game.movers():
            actions = game.observe(0).actions
            assert actions is not None
            action = actions.draw(rng)
            assert action is not None
            game.step({0: action})
            steps += 1
    return {"hotpotqa": steps / spent}


def kept(seconds: float, number: int) -> dict[str, float]:
    """What a reset with its first page, a snapshot with its restore, and a session cost."""
    game, rng = WebShop(), Random(f"bench/shop/{number}")
    game.reset(0)
    start, count = time.process_time(), 0
    while (spent := time.process_time() - start) < seconds / 2:
        game.reset(count)
        assert game.observe(0).text
        count += 1
    found = {"reset": spent / count * 1e6}
    fresh = queries(words(game), rng)
    game.step({0: f"search[{next(fresh)}]"})
    start, count = time.process_time(), 0
    while (spent := time.process_time() - start) < seconds / 2:
        for _ in range(1000):
            game.restore(game.snapshot())
        count += 1000
    return found | {"snapshot": spent / count * 1e6, "session": session(number)}


def session(number: int) -> float:
    """Bytes of an episode that is half played, without the shop and the bounded caches, which all episodes share."""
    known = words(WebShop())

    def played(offset: int) -> list[WebShop]:
        rng = Random(f"bench/shop/sessions/{number}/{offset}")
        fresh = queries(known, rng)
        games = []
        for seed in range(offset, offset + SESSIONS):
            game = WebShop()
            game.reset(seed)
            game.step({0: f"search[{next(fresh)}]"})
            for _ in range(6):
                actions = game.observe(0).actions
                assert actions is not None
                if clicks := [one for one in actions.listed if one != "click[buy now]"]:
                    game.step({0: rng.choice(clicks)})
            games.append(game)
        return games

    played(0)
    forget()
    gc.collect()
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    games = played(SESSIONS)
    forget()
    gc.collect()
    after = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    return (after - before) / len(games)


def forget() -> None:
    """Empty what is cached of pages and searches; shops and catalogues stay."""
    for found in gc.get_objects():
        if isinstance(found, functools._lru_cache_wrapper) and (found.cache_parameters()["maxsize"] or 0) > 256:
            found.cache_clear()
    gc.collect()


def opened(folder: str) -> dict[str, float]:
    """Seconds until the first results of a search are shown, imports not counted."""
    start = time.perf_counter()
    game = WebShop(catalogue=folder)
    assert game.spec.data
    game.reset(0)
    game.step({0: "search[blue cotton shirt]"})
    assert "Page: results" in game.observe(0).text
    return {"open": time.perf_counter() - start}


def graded(_: float, number: int) -> dict[str, float]:
    """How often the rule baseline buys what was asked for, by level: the first goal of each product."""
    found: dict[str, list[bool]] = {}
    game, seen = WebShop(), set()
    for seed, goal in enumerate(game._store.goals("synthetic")):
        if goal.asin in seen:
            continue
        seen.add(goal.asin)
        game.reset(seed)
        while game.movers():
            game.step({0: game.heuristic(0, Random(number))})
        outcome = game.outcome()
        assert outcome is not None
        found.setdefault(goal.level, []).append(bool(outcome.success))
    return {level: statistics.fmean(found[level]) for level in LEVELS} | {"together": together()}


def together() -> float:
    """Share of the goals' relatives that stand with the goal's product among the first ten of the whole instruction."""
    store = WebShop()._store
    families: dict[str, list[int]] = {}
    for number, one in enumerate(store.catalogue.products):
        families.setdefault(one.family, []).append(number)
    goals = {goal.asin: goal for goal in store.goals("synthetic")}.values()
    beside = []
    for goal in goals:
        first = store.search(goal.instruction)[:10]
        if goal.product in first:
            beside += [one in first for one in families[goal.family] if one != goal.product]
    return statistics.fmean(beside)


# -- rows --------------------------------------------------------------------------------------------------------------


def part(*arguments: object) -> dict[str, float]:
    """What a part finds in a process of its own."""
    command = [sys.executable, __file__, "--part", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def medians(name: str, seconds: float) -> dict[str, float]:
    rounds = [part(name, seconds / ROUNDS, number) for number in range(ROUNDS)]
    return {what: statistics.median(one[what] for one in rounds) for what in rounds[0]}


def bounded(name: str, value: float, unit: str, target: float, *, least: bool = False) -> Row:
    """A figure that may be at most, or must be at least, its target."""
    rounded = significant(value)
    return Row(name, rounded, unit, target=target, passed=value >= target if least else value <= target)


def measured(seconds: float, products: int) -> Iterator[Row]:
    """All rows."""
    rate = medians("walk", seconds)["walk"]
    yield bounded("shop/walk", rate, "steps/cpu_s", 5_000, least=True)
    ratio, wanted = rate / ORIGINAL, round(5_000 / ORIGINAL)
    yield Row(
        "shop/walk/original", significant(rate), "steps/cpu_s", ORIGINAL, significant(ratio), wanted, ratio >= wanted
    )
    costs = medians("kept", seconds)
    yield bounded("shop/reset", costs["reset"], "cpu_us", 200)
    yield bounded("shop/snapshot-restore", costs["snapshot"], "cpu_us", 10)
    yield bounded("shop/session", costs["session"], "bytes", 10_000)
    yield bounded("hotpotqa/walk", medians("hotpotqa", seconds)["hotpotqa"], "steps/cpu_s", 20_000, least=True)
    levels = part("graded", 0, 0)
    yield from (Row(f"shop/baseline/{level}", significant(levels[level]), "success") for level in LEVELS)
    yield Row("shop/relatives-beside", significant(levels["together"]), "share")
    with tempfile.TemporaryDirectory() as folder:
        os.environ["KIBITZ_CACHE"] = folder
        shop = f"{folder}/shop-{products}"
        start = time.perf_counter()
        command = [sys.executable, "-m", "kibitz.harness.cli", "shop", "generate"]
        command = [*command, "--products", str(products), "--seed", "1", "-o", shop]
        subprocess.run(command, capture_output=True, check=True)
        spent = time.perf_counter() - start
        yield bounded(f"shop/generate/{products}", spent, "s", 120 * products / 100_000)
        yield bounded(f"shop/open/{products}", statistics.median(part("open", shop)["open"] for _ in range(3)), "s", 1)


PARTS = {"walk": walked, "kept": kept, "hotpotqa": answered, "graded": graded}


def main() -> int:
    """Measure, write, check."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", type=Path, help="write the rows to this file, '-' for stdout")
    parser.add_argument("--markdown", type=Path, help="write them as a table to this file, '-' for stdout")
    parser.add_argument("--check", action="store_true", help="exit 1 where a target is missed")
    parser.add_argument("--quick", action="store_true", help="measure for less than a minute in all, 10,000 products")
    parser.add_argument("--part", nargs="+", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.part:
        name, *more = options.part
        found = opened(*more) if name == "open" else PARTS[name](float(more[0]), int(more[1]))
        print(json.dumps(found))
        return 0
    rows = []
    for row in measured(2.0 if options.quick else 20.0, 10_000 if options.quick else 100_000):
        rows.append(row)
        say(str(row))
    write(options.json, json.dumps([row.as_json() for row in rows], sort_keys=True) + "\n")
    write(options.markdown, markdown(rows, ["python bench/shop.py", *["--quick"] * options.quick]))
    return 1 if options.check and any(row.passed is False for row in rows) else 0


if __name__ == "__main__":
    sys.exit(main())
