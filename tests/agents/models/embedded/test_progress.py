"""Progress: plain lines by tens, and a folder that grows while it is watched."""

import time

from kibitz.agents.models.embedded.progress import folder_bytes, plain_lines, watching


def test_a_line_for_each_new_ten_per_cent():
    lines = []
    update = plain_lines("hub", 1000, lines.append)
    for done in (0, 99, 100, 105, 350, 2000):
        update(done)
    assert lines == ["hub: 10 % of 0 MB", "hub: 30 % of 0 MB", "hub: 90 % of 0 MB"]


def test_all_files_below_count(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "b").write_bytes(b"12345")
    (tmp_path / "c").write_bytes(b"1")
    assert folder_bytes(tmp_path) == 6


def test_a_folder_is_watched_while_the_block_runs(tmp_path, monkeypatch):
    lines = []
    monkeypatch.setattr("sys.stderr.isatty", lambda: False, raising=False)
    with watching(tmp_path, "hub", 100, lines.append, every=0.01):
        (tmp_path / "x").write_bytes(b"x" * 50)
        time.sleep(0.2)
    assert lines == ["hub: 50 % of 0 MB"]


def test_a_terminal_gets_a_bar(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    lines = []
    with watching(tmp_path, "hub", 100, lines.append, every=0.01):
        (tmp_path / "x").write_bytes(b"x" * 50)
        time.sleep(0.1)
    assert lines == []
