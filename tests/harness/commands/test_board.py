import gc
import json
import subprocess
import sys
import textwrap

import pytest

from kibitz.harness.commands.board import read_board
from kibitz.harness.errors import UsageError
from kibitz.results.journal import Journal
from kibitz.results.records import RunInfo


@pytest.fixture
def folder(tmp_path):
    info = RunInfo(
        name="r", seed=0, protocol={}, protocol_hash="p", games={}, agents={}, config={}, config_hash="c", versions={},
        command=[], started="",
    )  # fmt: skip
    Journal.create(tmp_path / "run", info, []).close()
    return tmp_path / "run"


def test_json_does_not_wait_for_libraries_that_it_does_not_need(folder):
    script = textwrap.dedent(
        """
        import sys
        already = set(sys.modules)
        from kibitz.harness.cli import main
        main(["board", sys.argv[1], "--json"])
        needless = {"asyncio", "filelock", "jinja2", "numpy", "openai", "pydantic", "rich"}
        print(sorted(needless & (set(sys.modules) - already)))
        """
    )
    done = subprocess.run([sys.executable, "-P", "-c", script, str(folder)], capture_output=True, text=True, check=True)
    board, libraries = done.stdout.splitlines()
    assert json.loads(board)["runs"] == ["r"]
    assert libraries == "[]"


def test_the_garbage_collector_is_left_as_it_was(folder):
    before = gc.get_threshold()
    read_board([folder])
    assert gc.get_threshold() == before
    assert gc.isenabled()


def test_a_run_counts_once(folder):
    with pytest.raises(UsageError, match="is named twice"):
        read_board([folder, folder / ".." / "run"])
