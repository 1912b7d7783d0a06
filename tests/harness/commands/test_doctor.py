import json
import sys
from pathlib import Path

import pytest

from kibitz.harness.commands import doctor


def test_the_report_covers_everything_without_a_network(monkeypatch, capsys, tmp_path):
    from kibitz.harness.cli import main

    monkeypatch.setenv("KIBITZ_CACHE", str(tmp_path))
    monkeypatch.setenv("KIBITZ_OFFLINE", "1")
    monkeypatch.setenv("OPENAI_API_KEY", "S3CRET")
    monkeypatch.setattr(doctor, "inference", list)
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
    assert doctor.main(argparse.Namespace(json=False)) == 3
    assert "[problem]" in capsys.readouterr().out
