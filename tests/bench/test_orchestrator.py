"""Every case in a size that says nothing about costs, in a process of its own: it brings its own game and agent."""

import json
import subprocess
import sys

import pytest

TINY = """
import json, sys
from cost import board, flight, growth, percall, players, wire
from cost.measure import say
with players.plugged_in():
    rows = {
        "cpu_per_call": lambda: percall.cpu_per_call(3, 2, 1),
        "guard": lambda: percall.guard(3, 2, 1),
        "http": lambda: wire.http(2, 2, 1),
        "turn_40_vs_4": lambda: growth.turn_40_vs_4(2, 1),
        "in_flight": lambda: flight.in_flight(4, 2, whole=False),
        "board": lambda: board.board(100, whole=False),
    }[sys.argv[1]]()
print(json.dumps([row.as_json() for row in rows]))
"""


def tiny(bench, case):
    command = [sys.executable, "-c", TINY, case]
    done = subprocess.run(command, cwd=bench, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return {row["name"]: row for row in json.loads(done.stdout)}


CASES = {
    "cpu_per_call": {"chat", "llm", "llm_history", "llm_asked", "game_taken_off"},
    "guard": {"chat", "llm", "game_taken_off"},
    "http": {"chat", "llm"},
    "turn_40_vs_4": {"chat_cpu", "chat_bytes", "llm_cpu", "llm_bytes"},
    "in_flight": {"4_peak", "4_last_wave", "4_cpu_per_call", "4_most_calls"},
    "board": {"100_steps", "100_steps_cpu"},
}


@pytest.mark.skipif(sys.platform != "linux", reason="memory is read from /proc")
@pytest.mark.parametrize("case", CASES)
def test_every_case_plays(bench, case):
    rows = tiny(bench, case)
    assert set(rows) == {f"{case}/{name}" for name in CASES[case]}
    assert all(row["value"] > 0 for row in rows.values())


def test_messages_are_stored_once_however_long_the_conversation(bench):
    rows = tiny(bench, "turn_40_vs_4")
    for name in ("chat_bytes", "llm_bytes"):
        assert rows[f"turn_40_vs_4/{name}"]["pass"], rows


def test_without_inspect_ai_its_rows_say_so_and_do_not_pass(bench):
    from cost.beside_inspect import vs_inspect

    rows = vs_inspect(None, 1, 1, 1)
    assert [(row.value, row.passed) for row in rows] == [(None, None)] * 2
    assert all("--inspect-python" in row.note for row in rows)


def test_a_case_that_cannot_be_played_does_not_pass(bench):
    import orchestrator
    from cost.ours import BenchError

    def broken():
        raise BenchError("3 of 5 episodes were played")

    (row,) = orchestrator.measure("http", broken)
    assert (row.value, row.passed, row.note) == (None, False, "3 of 5 episodes were played")


@pytest.mark.parametrize(("flags", "passed", "code"), [
    (["--check"], True, 0), (["--check"], False, 1), (["--check"], None, 0), ([], False, 0), (["--guard"], False, 1),
])  # fmt: skip
def test_the_exit_code_tells_a_missed_target(bench, monkeypatch, tmp_path, flags, passed, code):
    import orchestrator
    from cost.measure import Row

    rows = [Row("a", 1.0, "us", passed=passed)]
    monkeypatch.setattr(orchestrator, "cases", lambda quick, python: {"http": lambda: rows})
    monkeypatch.setattr(orchestrator, "guard", lambda *size: rows)
    file = tmp_path / "rows.json"
    monkeypatch.setattr(sys, "argv", ["orchestrator.py", "--json", str(file), *flags])
    assert orchestrator.main() == code
    assert json.loads(file.read_text()) == [rows[0].as_json()]
