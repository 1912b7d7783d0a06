import subprocess
import sys
from pathlib import Path

import pytest

from kibitz.results.outside.form import OutsideError
from kibitz.results.outside.junitxml import read_junit

TESTS = """
import pytest

@pytest.fixture
def broken():
    raise RuntimeError

def test_good(): pass
def test_bad(): assert 0
def test_never(broken): pass
@pytest.mark.skip
def test_left_out(): pass
@pytest.mark.parametrize("x", [1, 2])
def test_each(x): assert x == 1
"""


def test_a_report_of_pytest(tmp_path: Path) -> None:
    (tmp_path / "test_it.py").write_text(TESTS)
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:asyncio", "--junitxml=report.xml", "test_it.py"]
    assert subprocess.run(command, cwd=tmp_path, capture_output=True, check=False).returncode == 1
    (side,) = read_junit(tmp_path / "report.xml")
    assert side.subject == "report"
    assert [(t.task, t.scores.get("outcome"), t.failed, t.fault) for t in side.trials] == [
        ("test_it::test_good", 1.0, "", ""),
        ("test_it::test_bad", 0.0, "", ""),
        ("test_it::test_never", None, "error", "environment"),
        ("test_it::test_left_out", None, "skipped", "harness"),
        ("test_it::test_each[1]", 1.0, "", ""),
        ("test_it::test_each[2]", 0.0, "", ""),
    ]
    assert all(trial.seconds is not None for trial in side.trials)


def written(tmp_path: Path, content: str) -> Path:
    path = tmp_path / "r.xml"
    path.write_text(content)
    return path


def test_repeated_cases_are_trials_and_nested_suites_are_read(tmp_path: Path) -> None:
    case = '<testcase classname="c" name="n" time="1,234.5"/>'
    path = written(tmp_path, f"<testsuites><testsuite><testsuite>{case}</testsuite>{case}</testsuite></testsuites>")
    (side,) = read_junit(path)
    assert [(t.task, t.trial, t.seconds) for t in side.trials] == [("c::n", 0, 1234.5), ("c::n", 1, 1234.5)]


ENTITIES = '<!DOCTYPE t [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><testsuite><testcase name="&b;"/></testsuite>'
OUTER = '<!DOCTYPE t SYSTEM "file:///etc/passwd"><testsuite><testcase name="a"/></testsuite>'


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (ENTITIES, "declares a document type"),
        (OUTER, "declares a document type"),
        ("<html/>", r"XML of another kind \(<html>\)"),
        ("<testsuite><testcase", "is no XML"),
        ("<testsuite/>", "holds no test case"),
        ("<testsuite><testcase classname='c'/></testsuite>", "has no name"),
        ("<testsuite><testcase name='n' time='soon'/></testsuite>", "n has time='soon'"),
        (f"<testsuite><testcase name='{'n' * 1001}'/></testsuite>", "1001 characters"),
    ],
)
def test_what_is_refused(tmp_path: Path, content: str, said: str) -> None:
    with pytest.raises(OutsideError, match=said):
        read_junit(written(tmp_path, content))


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kibitz.results.outside.junitxml.LARGEST", 10)
    with pytest.raises(OutsideError, match="no test report"):
        read_junit(written(tmp_path, "<testsuite><testcase name='n'/></testsuite>"))


def test_a_deep_tree_is_no_problem(tmp_path: Path) -> None:
    deep = "<testsuite>" * 20_000 + "<testcase name='n'/>" + "</testsuite>" * 20_000
    (side,) = read_junit(written(tmp_path, deep))
    assert [trial.task for trial in side.trials] == ["n"]
