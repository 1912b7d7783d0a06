"""The gate as JUnit XML, which every CI system shows: one test case a question, and one for what could be graded.

FAIL is a failure and INCONCLUSIVE is skipped, with the reason as its message: GitHub, GitLab and Jenkins show both, and
none of them takes a skipped case for a passed one. The exit code of the command is what a job ends with.

Written by hand, escaped by the standard library: no parser is needed to write three elements. Attributes are those of
the schema that Jenkins' xUnit plug-in checks (``junit-10.xsd``).
"""

from __future__ import annotations

from collections.abc import Iterable
from xml.sax.saxutils import escape, quoteattr

from kibitz.results.gate.gate import Result
from kibitz.results.gate.verdict import Finding
from kibitz.results.gate.words import advice, headline, measured, notes, title, tolerated

SUITE = "kibitz.gate"


def junit(result: Result) -> str:
    """The XML, with a line break at its end."""
    cases = [_case("graded episodes", _failure("; ".join(result.failed)) if result.failed else "")]
    cases += [_case(title(result, finding), _outcome(result, finding)) for finding in result.findings]
    failures = bool(result.failed) + sum(finding.verdict == "FAIL" for finding in result.findings)
    skipped = sum(finding.verdict == "INCONCLUSIVE" for finding in result.findings)
    counts = f'tests="{len(cases)}" failures="{failures}" errors="0"'
    told = "\n".join([headline(result), *notes(result)])
    return "\n".join(
        [
            '<?xml version="1.0" encoding="UTF-8"?>',
            f'<testsuites name="{SUITE}" {counts}>',
            f'<testsuite name="{SUITE}" {counts} skipped="{skipped}" time="0">',
            *cases,
            f"<system-out>{_text(told)}</system-out>",
            "</testsuite>",
            "</testsuites>\n",
        ]
    )


def _case(name: str, inside: str) -> str:
    return f'<testcase classname="{SUITE}" name={_attribute(name)} time="0">{inside}</testcase>'


def _outcome(result: Result, finding: Finding) -> str:
    said = f"{measured(finding)}, {tolerated(result, finding)}"
    if finding.verdict == "FAIL":
        return _failure(said)
    if finding.verdict == "INCONCLUSIVE":
        told = f"inconclusive: {said}; {advice(result, finding)}"
        return f"<skipped message={_attribute(told)}>{_text(told)}</skipped>"
    return f"<system-out>{_text(said)}</system-out>"


def _failure(told: str) -> str:
    return f'<failure type="gate" message={_attribute(told)}>{_text(told)}</failure>'


def _text(text: str) -> str:
    return escape(_allowed(text))


def _attribute(text: str) -> str:
    return quoteattr(_allowed(text))


def _allowed(text: str) -> str:
    """Text without what XML 1.0 cannot hold (its section 2.2), such as control characters and halves of pairs."""
    return "".join(c if _is_character(ord(c)) else "\ufffd" for c in text)


_RANGES: Iterable[tuple[int, int]] = ((0x20, 0xD7FF), (0xE000, 0xFFFD), (0x10000, 0x10FFFF))


def _is_character(code: int) -> bool:
    # C1 control characters are allowed and harm terminals.
    plain = any(low <= code <= high for low, high in _RANGES) and not 0x7F <= code <= 0x9F
    return plain or code in (0x9, 0xA)
