"""Stopping a run: once awaits the calls under way and sends nothing new; twice stops at once; both go on later."""

import os
import signal

import pytest

from tests.e2e.conftest import until
from tests.e2e.rows import committed, records

pytestmark = pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="POSIX signals")

CONCURRENCY = 4
STOPS = [signal.SIGINT, signal.SIGTERM]


@pytest.fixture
def started(forked, suite, server):
    """A run with some calls behind it, and as many under way as there can be: the server holds them."""
    process = forked.start("run", suite, "--out", "stopped", "--concurrency", CONCURRENCY)
    until(lambda: server.sent >= 20)
    server.hold()
    until(lambda: server.in_flight == CONCURRENCY)
    return process


def goes_on(forked, server, tmp_path, whole):
    """The stopped run is gone on with and equals the uninterrupted one; returns how many calls that took together."""
    before = committed(tmp_path / "stopped")
    sent = server.sent
    server.forget()
    forked("run", "--resume", "--out", "stopped")
    assert not before & set(server.calls)
    assert records(tmp_path / "stopped") == whole.records
    return sent + server.sent


@pytest.mark.parametrize("kind", STOPS, ids=lambda kind: kind.name)
def test_one_signal_awaits_what_is_paid_and_sends_nothing_new(whole, started, forked, server, tmp_path, kind):
    os.kill(started.pid, kind)
    until(lambda: "stopping" in started.err)
    sent = server.sent
    server.release()
    assert started.wait() == 4
    assert server.sent == sent
    assert committed(tmp_path / "stopped") == set(server.calls)
    assert "Go on with: kibitz run --resume --out stopped" in started.err
    assert "Traceback" not in started.err
    assert goes_on(forked, server, tmp_path, whole) == len(whole.calls)


@pytest.mark.parametrize("kinds", [STOPS, STOPS[::-1]], ids=lambda kinds: "-".join(kind.name for kind in kinds))
def test_a_second_signal_stops_at_once_though_the_provider_hangs(whole, started, forked, server, tmp_path, kinds):
    os.kill(started.pid, kinds[0])
    until(lambda: "stopping" in started.err)
    os.kill(started.pid, kinds[1])
    assert started.wait(30) == 4  # a call's deadline is minutes
    server.release()
    assert "Go on with: kibitz run --resume --out stopped" in started.err
    assert "Traceback" not in started.err
    assert goes_on(forked, server, tmp_path, whole) <= len(whole.calls) + CONCURRENCY


def test_a_run_that_waits_to_try_again_is_stopped_without_waiting(whole, forked, suite, server, tmp_path):
    server.status, server.headers = 429, {"retry-after": "50"}
    process = forked.start("run", suite, "--out", "stopped", "--concurrency", CONCURRENCY)
    until(lambda: server.sent == CONCURRENCY and not server.in_flight)
    os.kill(process.pid, signal.SIGINT)
    assert process.wait(30) == 4
    assert server.sent == CONCURRENCY
    server.status = 200
    assert goes_on(forked, server, tmp_path, whole) == len(whole.calls) + CONCURRENCY
