"""Kill -9 at any moment: the resumed run equals the uninterrupted one, and no call that was committed is sent again.

The moments are drawn once (by hash, one from each twentieth of the journal's growth). At half of them the process is
inside a commit: just before it, just after it with nobody told yet, in it, or half a page into the log. The moments are
shared out to runs that are killed again and again, and to runs that are killed once.
"""

import signal
from dataclasses import dataclass
from functools import partial

import pytest

from tests.e2e.badserver import answer, share
from tests.e2e.conftest import until
from tests.e2e.rows import committed, count, records

pytestmark = pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="kill -9 is a POSIX signal")

CONCURRENCY = 8
MOMENTS = 20
WHEN = ("", "before", "", "during", "", "after", "", "torn")
"""Empty: killed from outside, whatever the process is doing."""


@dataclass(frozen=True)
class Moment:
    """When a run is killed: at which share of the journal's growth, and where in a commit."""

    place: float
    when: str


@dataclass(frozen=True)
class Killed:
    """What a run had sent when it was killed, and how much of that was paid and lost."""

    sent: int
    lost: int


def moments():
    return [
        Moment((n + share("moment", n)) / MOMENTS, WHEN[int(share("when", n // 8) * 8 + n) % 8]) for n in range(MOMENTS)
    ]


def groups():
    """The moments, shared out: two runs that are killed eight times each, and four that are killed once."""
    all_of_them = moments()
    once = all_of_them[2::5]
    chained = [moment for moment in all_of_them if moment not in once]
    return [chained[0::2], chained[1::2], *([moment] for moment in once)]


def test_the_moments_are_spread_and_many_are_inside_a_commit():
    told = [moment for group in groups() for moment in group]
    assert sorted(told, key=lambda moment: moment.place) == moments()
    assert [int(moment.place * MOMENTS) for moment in moments()] == list(range(MOMENTS))
    assert {kind: sum(m.when == kind for m in told) >= 2 for kind in WHEN} == dict.fromkeys(WHEN, True)
    assert sum(moment.when != "" for moment in told) >= 8


@pytest.fixture
def asking_after(tmp_path, server):
    """A suite in which a step takes two calls, and four where the first reply is no action."""
    server.say = partial(answer, illegal=0.15)
    server.delay = 0.004
    path = tmp_path / "suite.toml"
    path.write_text(
        f"""
        name = "killed"
        [protocol]
        ask = "after"
        retries = 1
        [agents.model]
        kind = "llm"
        model = "openai:stub"
        base_url = "{server.url}"
        action_mode = "json"
        [agents.random]
        kind = "random"
        answers = "random"
        [[match]]
        game = "tictactoe"
        options = {{ opening_plies = 2 }}
        pairs = 4
        [[match]]
        game = "connect4"
        options = {{ opening_plies = 12 }}
        pairs = 3
        [[match]]
        game = "numberline"
        options = {{ high = 4 }}
        pairs = 4
        """
    )
    return path


@pytest.mark.timeout(900)
def test_after_kill_9_at_any_moment_a_resumed_run_equals_the_uninterrupted_one(forked, asking_after, server, tmp_path):
    forked("run", asking_after, "--out", "whole", "--concurrency", CONCURRENCY)
    whole, calls = records(tmp_path / "whole"), server.calls
    assert set(calls.values()) == {1}
    assert set(calls) == committed(tmp_path / "whole")
    rows = count(tmp_path / "whole")
    for n, group in enumerate(groups()):
        server.forget()
        folder = tmp_path / f"killed-{n}"
        killed = [kill(forked, asking_after, server, folder, moment, rows) for moment in group]
        assert forked.json("board", folder)["complete"] is False  # of what is there
        before = committed(folder)
        server.forget()
        forked("run", "--resume", "--out", folder)
        assert not before & set(server.calls)
        assert records(folder) == whole
        assert sum(kill.sent for kill in killed) + server.sent == len(calls) + sum(kill.lost for kill in killed)
        verdict = forked.json("verify", folder, "--against", "whole")
        assert (verdict["equal"], verdict["differing"], verdict["skipped"]) == (len(whole["units"]), [], [])


def kill(forked, suite, server, folder, moment, rows):
    """Start or resume a run and kill it at the moment.

    Checks that no call is sent that was committed before, none twice, and that of those that were sent now all are
    committed but the ones that were under way.
    """
    before = committed(folder) if folder.exists() else set()
    there, wanted = count(folder), int(rows * moment.place)
    server.forget()
    arguments = ["run", "--resume"] if folder.exists() else ["run", suite]
    trouble = ("killed", moment.when, wanted - there) if moment.when else ()
    process = forked.start(*arguments, "--out", folder, "--concurrency", CONCURRENCY, trouble=trouble)
    if not moment.when:
        until(lambda: count(folder) >= wanted)
        process.process.kill()
    ended = process.wait()
    assert -ended in {signal.SIGKILL, signal.SIGXFSZ}, process.err
    now, sent = committed(folder), set(server.calls)
    assert not before & sent
    assert now - before <= sent
    assert set(server.calls.values()) <= {1}
    lost = len(sent - now)
    assert lost <= CONCURRENCY
    return Killed(len(sent), lost)
