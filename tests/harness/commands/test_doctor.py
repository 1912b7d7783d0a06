import io
import json
import sys
from pathlib import Path

import pytest

from kibitz.harness import browsers
from kibitz.harness.browsers import find_browser
from kibitz.harness.commands import doctor
from kibitz.harness.errors import UsageError
from kibitz.harness.installing import Machine

posix = pytest.mark.skipif(sys.platform == "win32", reason="shell scripts stand for programs")


def test_the_report_covers_everything_without_a_network(monkeypatch, capsys, tmp_path):
    from kibitz.harness.cli import main

    monkeypatch.setenv("KIBITZ_CACHE", str(tmp_path))
    monkeypatch.setenv("KIBITZ_OFFLINE", "1")
    monkeypatch.setenv("OPENAI_API_KEY", "S3CRET")
    monkeypatch.setattr(doctor, "inference", list)
    monkeypatch.setattr(doctor, "find_browser", lambda: None)
    main(["doctor", "--json"])
    out = capsys.readouterr().out
    data = json.loads(out)
    names = {finding["name"] for finding in data["findings"]}
    assert {"python", "installation", "command", "libraries", "weights", "key", "data folder", "browser"} <= names
    assert "OPENAI_API_KEY" in out
    assert "S3CRET" not in out
    assert "KIBITZ_OFFLINE" in out


def test_another_program_called_kibitz_is_named(tmp_path):
    ours, theirs = tmp_path / "venv", tmp_path / "usr"
    for folder, text in ((ours, "from kibitz.harness.cli import main"), (theirs, "#!/usr/bin/expect --")):
        folder.mkdir()
        (folder / "kibitz").write_text(text)
    found = doctor.what_runs(str(theirs / "kibitz"), ours)
    assert found.state == "problem"
    assert str(theirs / "kibitz") in found.text
    assert str(ours / "kibitz") in found.text
    assert doctor.what_runs(str(ours / "kibitz"), ours).state == "ok"
    assert doctor.what_runs(None, ours).state == "note"


def test_another_installation_of_kibitz_is_only_noted(tmp_path):
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "kibitz").write_text("from kibitz.harness.cli import main")
    assert doctor.what_runs(str(tmp_path / "a" / "kibitz"), tmp_path / "b").state == "note"


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX paths")
@pytest.mark.parametrize(
    ("record", "folder"),
    [
        (None, None),
        ("{", None),
        ('{"url": "file:///a%20b", "dir_info": {"editable": true}}', Path("/a b")),
        ('{"url": "file:///a", "dir_info": {}}', None),
    ],
)
def test_a_development_install_is_recognised(record, folder):
    assert doctor.editable_checkout(record) == folder


def test_a_moved_checkout_is_a_problem(monkeypatch, tmp_path):
    class Moved:
        version = "0"

        def read_text(self, name):
            return json.dumps({"url": (tmp_path / "gone").as_uri(), "dir_info": {"editable": True}})

    monkeypatch.setattr(doctor, "distribution", lambda name: Moved())
    (found,) = doctor.installation()
    assert found.state == "problem"
    assert "pip install -e ." in found.text


def test_too_little_room_is_a_problem(monkeypatch, tmp_path):
    class Full:
        free = 10

    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda path: Full)
    assert doctor.room("runs", tmp_path / "not" / "yet").state == "problem"


def test_a_problem_makes_the_exit_code_3(monkeypatch, capsys):
    import argparse

    monkeypatch.setattr(doctor, "CHECKS", (lambda: [doctor.Finding("x", "problem", "broken")],))
    assert doctor.main(argparse.Namespace(json=False, fix=False, yes=False)) == 3
    assert "[problem]" in capsys.readouterr().out


BROWSER = "#!/bin/sh\necho '<p>Mozilla/5.0 HeadlessChrome/99.1</p>'\n"
ON_DEBIAN = Machine(frozenset({"debian"}), root=True, apt=True, playwright=False)


@pytest.fixture
def machine(monkeypatch, tmp_path):
    """A machine without a browser, whose apt-get writes down what it was asked for and then brings one."""
    apt = f"""#!/bin/sh
echo "$@" >> {tmp_path}/asked
echo Reading lists
[ $1 = update ] || cp {tmp_path}/b {tmp_path}/chromium
"""
    for name, text in (("b", BROWSER), ("apt-get", apt)):
        (tmp_path / name).write_text(text)
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.setattr(doctor, "find_browser", lambda: find_browser({"PATH": str(tmp_path), "HOME": str(tmp_path)}))
    monkeypatch.setattr(browsers, "PLACES", {})
    monkeypatch.setattr(browsers, "playwright_folder", lambda environ, platform: None)
    return tmp_path


@posix
def test_fixing_says_what_it_runs_and_runs_only_that(machine, capsys):
    doctor.fix_browser(agreed=True, machine=ON_DEBIAN)
    said = capsys.readouterr().err
    asked = (machine / "asked").read_text().splitlines()
    assert asked == ["update", "install -y --no-install-recommends chromium"]
    assert said.index("    apt-get install -y --no-install-recommends chromium") < said.index("Reading lists")
    assert f"installed {machine / 'chromium'} 99.1" in said
    doctor.fix_browser(agreed=True, machine=ON_DEBIAN)
    assert (machine / "asked").read_text().splitlines() == asked
    assert "nothing to install" in capsys.readouterr().err


@posix
def test_without_a_terminal_nobody_is_asked_and_nothing_changes(machine, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.StringIO("y\n"))
    with pytest.raises(UsageError, match="--yes"):
        doctor.fix_browser(agreed=False, machine=ON_DEBIAN)
    assert not (machine / "asked").exists()


@posix
@pytest.mark.parametrize(
    ("answer", "runs"), [("y\n", True), ("Yes\n", True), ("n\n", False), ("\n", False), ("", False)]
)
def test_who_is_asked_decides(machine, monkeypatch, capsys, answer, runs):
    class Terminal(io.StringIO):
        def isatty(self):
            return True

    monkeypatch.setattr(sys, "stdin", Terminal(answer))
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    doctor.fix_browser(agreed=False, machine=ON_DEBIAN)
    assert (machine / "asked").exists() == runs
    assert ("nothing was changed" in capsys.readouterr().err) == (not runs)


@posix
def test_a_browser_that_does_not_start_after_all_is_said(machine):
    (machine / "b").write_text("#!/bin/sh\nexit 1\n")
    with pytest.raises(UsageError, match="still no browser starts"):
        doctor.fix_browser(agreed=True, machine=ON_DEBIAN)


@posix
def test_a_command_that_fails_ends_the_fixing(machine):
    (machine / "apt-get").write_text("#!/bin/sh\nexit 100\n")
    with pytest.raises(UsageError, match=r"apt-get update: failed with exit code 100"):
        doctor.fix_browser(agreed=True, machine=ON_DEBIAN)


@posix
def test_where_there_is_no_way_it_says_what_to_do(machine):
    nowhere = Machine(frozenset({"fedora"}), root=True, apt=False, playwright=False)
    with pytest.raises(UsageError, match="pip install playwright"):
        doctor.fix_browser(agreed=True, machine=nowhere)


def test_to_agree_to_nothing_is_a_mistake():
    from kibitz.harness.cli import main

    assert main(["doctor", "--yes"]) == 3
