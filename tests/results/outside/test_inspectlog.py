"""Against logs that Inspect itself has written, with its mock model."""

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from kibitz.results.outside.columns import ReadOptions
from kibitz.results.outside.form import Form, OutsideError, recognise
from kibitz.results.outside.inspectlog import read_inspect

if find_spec("inspect_ai") is None and not os.environ.get("CI"):
    pytest.skip("Inspect is not installed: pip install inspect-ai", allow_module_level=True)

# Inspect takes seconds to start, and no reader of logs depends on the version of Python.
pytestmark = pytest.mark.once

MATCH = ReadOptions(scorer="match")


@pytest.fixture(scope="module")
def logs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("logs")
    program = Path(__file__).with_name("inspecttask.py")
    subprocess.run([sys.executable, str(program), str(folder)], check=True, capture_output=True)
    return folder


@pytest.fixture
def several(logs: Path) -> Path:
    (path,) = (logs / "several").glob("*.eval")
    return path


def test_samples_are_tasks_and_epochs_trials(several: Path) -> None:
    path = several
    assert recognise(path) is Form.INSPECT
    (side,) = read_inspect(path, MATCH)
    assert (side.subject, side.scheduled, side.graded) == ("mockllm/model", 8, 6)
    assert [t.key for t in side.trials] == [
        ("", key, epoch) for key in ("right", "wrong", "talks", "breaks") for epoch in (0, 1)
    ]
    found = {t.task: t for t in side.trials}
    assert found["right"].scores == {"outcome": 1.0, "graded.half": 0.5}  # a count of 12 is no score
    assert (found["right"].tokens, found["right"].usd) == (4, 0.25)
    assert found["talks"].scores["outcome"] == 0.0  # stopped by a limit, and scored
    assert (found["breaks"].failed, found["breaks"].fault) == ("error", "environment")
    assert (side.conditions["task"], side.conditions["task.version"]) == ("sums", "3")
    assert (side.conditions["limit.message_limit"], side.conditions["scorer"]) == ("4", "match")
    assert side.identity["solver"] == "brittle"


def test_the_mean_is_the_one_that_inspect_reports(several: Path) -> None:
    from inspect_ai.log import read_eval_log

    (side,) = read_inspect(several, MATCH)
    scores = [t.scores["outcome"] for t in side.trials if not t.failed]
    reported = read_eval_log(several).results
    assert reported is not None
    (accuracy,) = (s.metrics["accuracy"].value for s in reported.scores if s.name == "match")
    assert sum(scores) / len(scores) == pytest.approx(accuracy)


def test_both_formats_of_logs_say_the_same(several: Path, tmp_path: Path) -> None:
    from inspect_ai.log import read_eval_log, write_eval_log

    log, path = read_eval_log(several), tmp_path / "log.json"
    write_eval_log(log, str(path), format="json")
    assert recognise(path) is Form.INSPECT
    (packed,), (plain,) = read_inspect(several, MATCH), read_inspect(path, MATCH)
    assert (packed.trials, packed.conditions, packed.identity) == (plain.trials, plain.conditions, plain.identity)


def test_with_several_scores_one_must_be_named(several: Path) -> None:
    path = several
    with pytest.raises(OutsideError, match=r"several scores \(match, graded.half, graded.many\).*--scorer match"):
        read_inspect(path, ReadOptions())
    with pytest.raises(OutsideError, match="no scorer 'exact'; its scores are match"):
        read_inspect(path, ReadOptions(scorer="exact"))
    with pytest.raises(OutsideError, match=r"sample right \(epoch 1\) has graded.many = '12'"):
        read_inspect(path, ReadOptions(scorer="graded.many"))
    (side,) = read_inspect(path, ReadOptions(scorer="graded.half"))
    assert side.trials[0].scores == {"outcome": 0.5, "match": 1.0}


def test_a_log_that_broke_off_says_what_was_planned(logs: Path) -> None:
    (path,) = (logs / "stops").glob("*.eval")
    (side,) = read_inspect(path, ReadOptions())
    assert side.scheduled == 8
    assert 0 < side.graded < 8


def test_what_inspect_cannot_read(tmp_path: Path) -> None:
    path = tmp_path / "a.eval"
    path.write_bytes(b"PK\x03\x04nothing")
    with pytest.raises(OutsideError, match="Inspect cannot read it"):
        read_inspect(path, ReadOptions())


def test_without_inspect_the_extra_is_named(several: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "inspect_ai.log", None)
    with pytest.raises(OutsideError, match=r"pip install 'kibitz\[inspect\]'"):
        read_inspect(several, MATCH)
