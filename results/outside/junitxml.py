"""JUnit XML, as pytest and most test runners write it: a test case is a task, and repeated ones are its trials.

A test that passed has the score 1, one that failed 0. A test that ended in an error, or was skipped, says nothing about
what was tested: it is a failed trial, counted and not scored.

The file may come from anybody's pull request. A document type is refused, so no entity can be declared or fetched
(defusedxml), and the tree is thrown away as it is read.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from kibitz.results.comparing.trials import OUTCOME, Results, Trial
from kibitz.results.outside.cells import LONGEST
from kibitz.results.outside.form import OutsideError

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

LARGEST = 256 * 1024 * 1024
"""Bytes of a file; a larger one is a mistake."""

ROOTS = ("testsuites", "testsuite")

UNSCORED = {"error": ("error", "environment"), "skipped": ("skipped", "harness")}
"""Results of a test case that are no verdict: cause and fault of the failed trial."""


def read_junit(path: Path) -> tuple[Results, ...]:
    """The results in a JUnit XML file; its name says who was measured.

    Raises:
        OutsideError: The file cannot be read.
    """
    try:
        if path.stat().st_size > LARGEST:
            raise OutsideError(f"{path}: is larger than {LARGEST // 1024**2} MB; that is no test report")
        trials = tuple(_trials(path))
    except OSError as error:
        raise OutsideError(f"{path}: cannot be read ({error.strerror})") from error
    if not trials:
        raise OutsideError(f"{path}: holds no test case")
    return (Results(source=str(path), subject=path.stem, trials=trials, scheduled=len(trials)),)


def _trials(path: Path) -> Iterator[Trial]:
    seen: Counter[str] = Counter()
    for case in _cases(path):
        names = [case.get(key, "").strip() for key in ("classname", "name")]
        task = "::".join(name for name in names if name)
        if not names[1]:
            raise OutsideError(f"{path}: a test case has no name")
        if len(task) > LONGEST:
            raise OutsideError(f"{path}: a test case has a name of {len(task)} characters; at most {LONGEST} are read")
        yield _trial(path, case, task, seen[task])
        seen[task] += 1


def _trial(path: Path, case: Element, task: str, number: int) -> Trial:
    results = {child.tag for child in case}
    failed, fault = next((UNSCORED[tag] for tag in UNSCORED if tag in results), ("", ""))
    return Trial(
        task=task,
        trial=number,
        scores={} if failed else {OUTCOME: 0.0 if "failure" in results else 1.0},
        failed=failed,
        fault=fault,
        seconds=_seconds(path, task, case.get("time", "")),
    )


def _seconds(path: Path, task: str, text: str) -> float | None:
    if not text:
        return None
    try:
        value = float(text.replace(",", ""))  # thousands are separated by some writers
    except ValueError:
        value = -1.0
    if not 0 <= value < float("inf"):
        raise OutsideError(f"{path}: {task} has time={text[:40]!r}, which is no number of seconds")
    return value


def _cases(path: Path) -> Iterator[Element]:
    from xml.etree.ElementTree import ParseError

    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import iterparse

    depth, root = 0, None
    try:
        with path.open("rb") as file:
            for event, element in iterparse(file, events=("start", "end"), forbid_dtd=True):
                if event == "start":
                    root = _require_root(path, element) if root is None else root
                    depth += 1
                    continue
                depth -= 1
                if element.tag == "testcase":
                    yield element
                if element.tag in ("testcase", "testsuite") or depth == 1:
                    element.clear()
    except OutsideError:
        raise
    except DefusedXmlException as error:
        raise OutsideError(f"{path}: declares a document type, which no test report needs; it is not read") from error
    except (ParseError, ValueError) as error:
        raise OutsideError(f"{path}: is no XML ({error})") from error


def _require_root(path: Path, element: Element) -> Element:
    if element.tag not in ROOTS:
        raise OutsideError(f"{path}: is XML of another kind (<{element.tag[:40]}>); JUnit XML begins with <testsuites>")
    return element
