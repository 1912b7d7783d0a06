import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

import pytest

from kibitz.harness import cli
from kibitz.harness.errors import EXIT_CODES, ConfigError, RunIncomplete, VerifyDisagrees

KIBITZ = [sys.executable, "-P", "-m", "kibitz.harness.cli"]


def run(argv):
    try:
        return cli.main(argv)
    except SystemExit as left:
        return left.code


def break_with(monkeypatch, error):
    class Broken:
        @staticmethod
        def main(args):
            raise error

    monkeypatch.setattr(cli.importlib, "import_module", lambda name: Broken)
    return run(["list", "games"])


@pytest.mark.parametrize(
    "argv",
    [
        [],
        ["chess"],
        ["run", "--concurrency", "0"],
        ["run", "x", "--seeds", "2000000"],
        ["play", "connect4", "--seed", "-1"],
        ["board"],
        ["truth"],
        ["list", "x"],
        ["board", "--json"],
    ],
)
def test_usage_errors_exit_with_3(argv, capsys):
    assert run(argv) == 3
    assert "kibitz" in capsys.readouterr().err


def test_a_wrong_option_is_told_with_the_options_of_its_command(capsys):
    assert run(["plan", "x", "--detect", "0.1", "--alhpa", "1"]) == 3
    error = capsys.readouterr().err
    assert error.startswith("usage: kibitz plan")
    assert "kibitz plan: unrecognized arguments: --alhpa 1; for more: kibitz plan --help" in error


def test_no_error_drives_a_terminal(monkeypatch, capsys):
    assert run(["board", "--\x1b[31m", "x"]) == 3
    assert break_with(monkeypatch, ConfigError("a\x1b]0;t\x07.toml: is wrong\nin two lines")) == 3
    error = capsys.readouterr().err
    assert "unrecognized arguments: --\\x1b[31m;" in error
    assert "kibitz: a\\x1b]0;t\\x07.toml: is wrong\nin two lines\n" in error
    assert "\x1b" not in error


@pytest.mark.parametrize("command", cli.COMMANDS)
def test_every_command_has_help_and_a_module(command, capsys):
    assert run([command, "--help"]) == 0
    assert "usage: kibitz " + command in capsys.readouterr().out
    assert callable(cli.importlib.import_module(f"kibitz.harness.commands.{cli.COMMANDS[command][0]}").main)


def test_version(capsys):
    from importlib.metadata import version

    assert run(["--version"]) == 0
    assert capsys.readouterr().out == f"kibitz {version('kibitz')}\n"


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (ConfigError("seed = -1 is wrong"), 3),
        (RunIncomplete("seed = -1 is wrong"), 4),
        (VerifyDisagrees("seed = -1 is wrong"), 5),
        (ExceptionGroup("several", [ConfigError("seed = -1 is wrong"), ConfigError("seed = -1 is wrong")]), 3),
        (KeyboardInterrupt(), 130),
    ],
)
def test_an_expected_error_is_one_sentence_and_a_code(monkeypatch, capsys, error, code):
    assert break_with(monkeypatch, error) == code
    err = capsys.readouterr().err
    assert err in ("kibitz: seed = -1 is wrong\n", "kibitz: stopped\n")


def test_errors_of_other_rooms_are_expected_too(monkeypatch, capsys):
    from kibitz.games.game import PositionError

    assert break_with(monkeypatch, PositionError("two kings")) == 3
    assert capsys.readouterr().err == "kibitz: two kings\n"


def test_an_unexpected_error_leaves_its_traceback_in_a_file(monkeypatch, capsys, tmp_path):
    monkeypatch.delenv("KIBITZ_TRACEBACK", raising=False)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    assert break_with(monkeypatch, ZeroDivisionError("oops")) == 70
    err = capsys.readouterr().err
    (file,) = tmp_path.iterdir()
    assert "Traceback" not in err
    assert str(file) in err
    assert "ZeroDivisionError: oops" in file.read_text()


def test_an_unexpected_error_shows_its_traceback_where_asked(monkeypatch, capsys):
    monkeypatch.setenv("KIBITZ_TRACEBACK", "1")
    assert break_with(monkeypatch, ZeroDivisionError("oops")) == 70
    assert "Traceback" in capsys.readouterr().err


def test_a_mixed_group_is_unexpected(monkeypatch, capsys):
    monkeypatch.setenv("KIBITZ_TRACEBACK", "1")
    assert break_with(monkeypatch, ExceptionGroup("two", [ConfigError("a"), ZeroDivisionError("b")])) == 70


def test_the_exit_codes_are_those_that_scripts_rely_on():
    assert list(EXIT_CODES) == [0, 1, 2, 3, 4, 5, 70]


def test_help_is_quick():
    # Above what it takes (0.05 s), below what heavy imports cost; the promised 0.3 s are for a machine that is idle.
    times = []
    for _ in range(3):
        started = time.perf_counter()
        subprocess.run([*KIBITZ, "--help"], check=True, capture_output=True)
        times.append(time.perf_counter() - started)
    assert statistics.median(times) < 0.6


def test_help_imports_nothing_heavy():
    code = "import sys; from kibitz.harness import cli; cli.parser().format_help(); print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-P", "-c", code], check=True, capture_output=True, text=True).stdout
    heavy = {"pydantic", "rich", "openai", "numpy", "msgspec", "asyncio", "sqlite3", "importlib.metadata", "jinja2"}
    assert not heavy & set(loaded.split())


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX pipes")
def test_a_reader_that_leaves_is_no_error():
    process = subprocess.Popen([*KIBITZ, "list", "games", "--json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    process.stdout.close()
    err = process.stderr.read()
    process.stderr.close()
    assert process.wait(timeout=60) == 141
    assert err == b""


def test_a_terminal_without_unicode_gets_escapes(tmp_path):
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    line = json.dumps({"id": "é", "position": 1})
    done = subprocess.run(
        [*KIBITZ, "truth", "tictactoe"], input=line, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 3
    assert json.loads(done.stdout)["id"] == "é"


def test_a_terminal_without_unicode_shows_plain_numbers():
    encoded = "regret −0.50 – ✓ é".encode("ascii", "kibitz")
    assert encoded == b"regret -0.50 - + \\xe9"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device that is full")
def test_a_full_disk_behind_stdout_is_one_sentence():
    with Path("/dev/full").open("w") as full:
        done = subprocess.run([*KIBITZ, "list", "games"], stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 3
    assert done.stderr.startswith("kibitz: the output cannot be written")
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.skipif(sys.platform == "win32", reason="a POSIX shell")
def test_a_closed_stdout_is_no_error():
    line = f"{sys.executable} -P -m kibitz.harness.cli list games >&-"
    done = subprocess.run(["sh", "-c", line], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
