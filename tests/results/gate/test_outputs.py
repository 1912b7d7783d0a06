"""The comment and the XML: what stands in them, and that names of other people do nothing there."""

from dataclasses import replace
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from kibitz.results.comparing.trials import Results, Trial
from kibitz.results.gate.comment import markdown
from kibitz.results.gate.gate import Result, gate
from kibitz.results.gate.junit import junit
from kibitz.results.gate.policy import Metric, Policy

EVIL = 'x|y`z` <img src=x onerror=alert(1)> @everyone #1 http://evil.example ]]> & "\x1b[31m\x00\ud800\n## heading'

ALLOWED = {
    "testsuites": {"name", "time", "tests", "failures", "errors"},
    "testsuite": {"name", "tests", "failures", "errors", "skipped", "time"},
    "testcase": {"name", "classname", "time"},
    "failure": {"type", "message"},
    "skipped": {"type", "message"},
    "system-out": set(),
}
"""Elements and attributes of the schema of JUnit XML (Jenkins' xUnit plug-in, junit-10.xsd) that are used."""


def evil(source: str, score: float, size: int = 60) -> Results:
    trials = tuple(
        Trial(task=f"{EVIL}{i}", scores={"outcome": score, EVIL: score}, cluster=str(i)) for i in range(size)
    )
    identity = {"prompt": EVIL + str(score)}
    return Results(source=EVIL, subject=EVIL, trials=trials, scheduled=size, identity=identity)


def hostile(**policy: Any) -> Result:
    metrics = (Metric("outcome"), Metric(EVIL), Metric("outcome", games="each"))
    return gate([(evil("a", 1.0), evil("b", 0.0))], Policy(metrics=metrics, **policy))


def test_the_first_line_is_the_verdict(make: Any) -> None:
    lines = markdown(gate([(make("a", [1.0] * 200), make("b", [1.0] * 140 + [0.0] * 60))], Policy())).splitlines()
    assert lines[0] == "**❌ FAIL: 30.0 points lower \\[24.6, 35.4\\], 5.0 are tolerated**"
    assert (
        lines[2]
        == "| metric | baseline | candidate | drop in points | tolerated | p | smallest visible drop | verdict |"
    )
    assert lines[4].startswith("| `outcome` | 1.000 | 0.700 | 30.0 \\[24.6, 35.4\\] | 5.0 | &lt;0.001 | ")
    assert lines[4].endswith(" | FAIL |")
    assert "- `t140` 1.00 → 0.00" in lines
    assert "- and 50 more: 50 worse, 0 better" in lines
    assert "Baseline `a`, candidate `b`." in lines


@pytest.mark.parametrize("mode", ["fixed", "anytime"])
def test_names_do_nothing_in_a_comment(mode: Any) -> None:
    text = markdown(hostile(mode=mode))
    plain = "".join(part for i, part in enumerate(text.split("`")) if i % 2 == 0)
    for wrong in ("<img", "@everyone", "#1", "http://", "## heading"):
        assert wrong not in plain
    assert all(c.isprintable() or c in "\n\u200b\ufe0f" for c in text)
    table = [line for line in text.splitlines() if line.startswith("|")]
    assert len(table) == 2 + 3
    assert {line.replace("\\|", "").count("|") for line in table} == {9}
    text.encode("utf-8")


@pytest.mark.parametrize("mode", ["fixed", "anytime"])
def test_the_xml_is_of_the_schema_whatever_the_names_are(mode: Any) -> None:
    text = junit(hostile(mode=mode))
    root = ET.fromstring(text.encode("utf-8"))
    assert root.tag == "testsuites"
    for element in root.iter():
        assert set(element.attrib) <= ALLOWED[element.tag]
    (suite,) = root
    cases = suite.findall("testcase")
    assert int(suite.attrib["tests"]) == len(cases) == 4
    assert int(suite.attrib["failures"]) == len(suite.findall("testcase/failure")) == 3
    assert int(suite.attrib["skipped"]) == len(suite.findall("testcase/skipped")) == 0
    assert "\x1b" not in text


def test_inconclusive_is_skipped_and_too_few_graded_is_a_failure(make: Any) -> None:
    base = make("a", [1.0] * 20)
    suite = ET.fromstring(junit(gate([(base, base)], Policy())).encode())[0]
    (skipped,) = suite.findall("testcase/skipped")
    assert skipped.attrib["message"].startswith("inconclusive: no difference [−")
    assert skipped.attrib["message"] == skipped.text
    bad = replace(base, trials=(*base.trials[:10], *(Trial(task=f"t{i}", failed="timeout") for i in range(10, 20))))
    suite = ET.fromstring(junit(gate([(base, bad)], Policy())).encode())[0]
    (failure,) = suite.findall("testcase/failure")
    assert failure.attrib["message"].startswith("only 10 of 20 episodes of ann could be graded (10 timeout)")
