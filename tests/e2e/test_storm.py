"""A provider that fails half of the time, in every way: all episodes end, all are accounted for, none is doubled."""

import json
import re
from collections import Counter

import pytest

from kibitz.results.journal import Journal
from kibitz.results.records import Spent
from tests.e2e.badserver import COMPLETIONS, FAULTS, answer
from tests.e2e.conftest import board

EPISODES = 1000
ATTEMPTS = 2
TRIES = 2
"""An episode that failed for a reason that may pass is tried again in the same run, with as many attempts."""
CAUSES = {"rate_limited", "overloaded", "provider_error", "timeout", "connection"}
"""The rows of the failure table that this server's faults come to when every attempt fails."""


@pytest.fixture
def storm(tmp_path, server):
    """A thousand short episodes against a server with all its faults."""
    server.faults = FAULTS
    server.say = walk
    path = tmp_path / "storm.toml"
    path.write_text(
        f"""
        name = "storm"
        [protocol]
        ask = "none"
        retries = 1
        [agents.model]
        kind = "llm"
        model = "openai:stub"
        base_url = "{server.url}"
        action_mode = "json"
        [agents.random]
        kind = "random"
        [limits.openai]
        in_flight = 64
        deadline = 1.0
        attempts = {ATTEMPTS}
        longest_wait = 0.2
        longest_retry_after = 2.0
        [[match]]
        game = "tictactoe"
        options = {{ opening_plies = 4 }}
        schedule = "against"
        against = "random"
        agents = ["model"]
        pairs = 50
        [[match]]
        game = "numberline"
        options = {{ high = 1 }}
        agents = ["model"]
        pairs = 900
        """
    )
    return path


def walk(body):
    """The right step, where there is a number to walk to: most episodes are one call long then."""
    numbers = re.search(r"Current number: (\d+)\nTarget number: (\d+)", json.loads(body)["messages"][-1]["content"])
    return json.dumps({"action": "+" if numbers[1] < numbers[2] else "-"}) if numbers else answer(body)


@pytest.mark.timeout(900)
def test_a_thousand_episodes_end_and_are_accounted_for(forked, storm, server, tmp_path):
    _, err = forked("run", storm, "--out", "run", "--concurrency", 64, code=4)
    assert {arrival.fault for arrival in server.arrivals} == {*FAULTS, ""}
    with Journal.read(tmp_path / "run") as journal:
        units, episodes, calls = journal.units(), journal.episodes(), list(journal.calls())
        complaints = Counter(c.problem for step in journal.all_steps() for seat in step.seats for c in seat.complaints)
    every_episode_is_accounted_for(units, episodes)
    every_reply_is_recorded_once(server, calls)
    spending_adds_up(server, episodes, calls)
    assert {"refused", "truncated_by_reasoning", "empty"} <= set(complaints)

    failures = Counter(episode.cause for episode in episodes.values() if episode.status == "failed")
    done = EPISODES - failures.total()
    assert f"{done} of {EPISODES} episodes are done" in err
    table = board(forked, "run")
    assert (table["failures"], table["complete"]) == (failures, False)
    (row,) = [row for row in table["rows"] if (row["agent"], row["game"]) == ("model", "*")]
    assert row["episodes"] == done
    assert row["tokens"] == sum(sum(episode.spent, start=Spent()).tokens for episode in episodes.values())

    server.faults = {}
    server.forget()
    forked("run", "--resume", "--out", "run", "--concurrency", 64)
    assert not {call.parameters["seed"] for call in calls} & set(server.calls)
    assert set(server.calls.values()) == {1}
    table = board(forked, "run")
    assert (table["failures"], table["complete"]) == ({}, True)
    verdict = forked.json("verify", "run")
    assert (verdict["equal"], verdict["differing"], verdict["resent"]) == (EPISODES, [], [])


def every_episode_is_accounted_for(units, episodes):
    """Each scheduled unit has one record: done, or failed for a reason that the failure table knows."""
    assert len(units) == len({unit.key for unit in units}) == EPISODES
    assert set(episodes) == {unit.key for unit in units}
    assert Counter(episode.status for episode in episodes.values()).keys() == {"done", "failed"}
    assert {episode.cause for episode in episodes.values() if episode.status == "failed"} == CAUSES
    assert all(episode.message for episode in episodes.values() if episode.status == "failed")


def every_reply_is_recorded_once(server, calls):
    """The server was asked as often as the records say, and a call that got a reply is a row, with that reply."""
    asked = Counter(server.calls)
    last = {arrival.call: arrival.fault for arrival in server.arrivals}
    recorded = {call.parameters["seed"]: call.measured.attempts for call in calls}
    assert len(recorded) == len(calls)
    assert {last[seed] for seed in recorded} == COMPLETIONS
    in_vain = {seed: asked[seed] - attempts for seed, attempts in recorded.items()}
    assert set(in_vain.values()) == {ATTEMPTS * n for n in range(TRIES)}
    assert {count for seed, count in asked.items() if seed not in recorded} <= {ATTEMPTS, ATTEMPTS * TRIES}


def spending_adds_up(server, episodes, calls):
    """What an episode spent is what its calls cost, and that is what the server counted."""
    charged = {arrival.call: arrival.tokens for arrival in server.arrivals}
    spent: dict[str, Counter[str]] = {key: Counter() for key in episodes}
    for call in calls:
        told = call.completion.get("usage", {})
        assert (told.get("input"), told.get("output")) == charged[call.parameters["seed"]]
        spent[call.unit] += Counter(calls=1, input=told["input"], output=told["output"])
    for key, episode in episodes.items():
        if episode.status == "done":
            total = sum(episode.spent, start=Spent())
            assert Counter(calls=total.calls, input=total.input_tokens, output=total.output_tokens) == spent[key]
