"""``kibitz gate``: whether a candidate may pass, from the interval of what it lost against a baseline."""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from kibitz.harness.collector import seldom
from kibitz.harness.commands.output import columns, json_line, tame, wrapped
from kibitz.harness.commands.outside import read_options
from kibitz.harness.errors import DONE, FAILED, INCONCLUSIVE, USAGE, UsageError
from kibitz.results.outside.columns import AS_THEY_ARE, ReadOptions

if TYPE_CHECKING:
    from kibitz.results.comparing.trials import Results
    from kibitz.results.gate.gate import Result
    from kibitz.results.gate.policy import Policy

DISPENSABLE = (("p",), ("smallest visible drop",), ("baseline", "candidate"), ("tolerated",))
"""What a narrow terminal leaves out, first things first."""

WITHOUT_TERMINAL = 200
"""Characters of a line where there is no terminal to keep to, as in the log of a job."""

CODES = {"PASS": DONE, "FAIL": FAILED, "INCONCLUSIVE": INCONCLUSIVE}


def main(args: argparse.Namespace) -> int:
    """Hold the candidate to the policy, and say the verdict."""
    from kibitz.results.comparing.diff import differences_as_json
    from kibitz.results.comparing.pairs import NotComparableError
    from kibitz.results.gate.gate import gate

    policy = policy_of(args.policy, [args.agent] if args.agent else [], args.arm)
    outputs = _Outputs(args.json, args.junit, args.markdown)
    with seldom():
        sides = read(Path(args.baseline), Path(args.candidate), policy, read_options(args))
        try:
            result = gate(sides, policy if args.policy else defaulted(policy, sides))
        except NotComparableError as error:
            differences = differences_as_json(error.differences)
            told = {"verdict": None, "comparable": False, "differences": differences, "reason": str(error)}
            outputs.json(json_line(told))
            print(f"kibitz: {tame(str(error))}", file=sys.stderr)
            return USAGE
    outputs.write(result)
    if "-" not in (args.json, args.junit, args.markdown):
        for line in lines(result):
            print(tame(line))
    return CODES[result.verdict]


def policy_of(file: str | None, agents: Sequence[str] = (), arms: Sequence[str] = ()) -> Policy:
    """The policy in a file, or the default one, with what the command line says instead.

    Raises:
        PolicyError: The file cannot be read, or something in it is wrong.
    """
    from kibitz.results.gate.policy import Policy, read_policy

    policy = read_policy(Path(file)) if file else Policy()
    return replace(policy, agents=tuple(agents) or policy.agents, arms=(*policy.arms, *arms))


def read(
    baseline: Path, candidate: Path, policy: Policy, options: ReadOptions = AS_THEY_ARE
) -> list[tuple[Results, Results]]:
    """Both sides of each agent that the policy names; ``options`` is for files that Kibitz did not write."""
    from kibitz.results.comparing.sides import read_sides

    return [read_sides(baseline, candidate, agent, options) for agent in policy.agents or (None,)]


def defaulted(policy: Policy, sides: Sequence[tuple[Results, Results]]) -> Policy:
    """Without a policy file the answers are what counts where nothing can be won."""
    from kibitz.results.comparing.diff import PRIMARY
    from kibitz.results.gate.policy import Metric

    known = {metric for both in sides for side in both for metric in side.metrics}
    return replace(policy, metrics=(Metric(next((one for one in PRIMARY if one in known), PRIMARY[0])),))


def lines(result: Result, width: int = 0) -> Iterator[str]:
    """The gate for a terminal of ``width`` characters, by default this one; columns are left out where it is narrow."""
    from kibitz.results.gate.words import HEADINGS, flips, headline, notes, rows

    width = width or shutil.get_terminal_size((WITHOUT_TERMINAL, 24)).columns
    table, left_out = _fitting([HEADINGS, *rows(result)], width)
    yield wrapped(headline(result), width)
    yield ""
    yield columns(table)
    if left_out:
        yield wrapped(f"Left out, the terminal is narrow: {', '.join(left_out)}; --json - has them.", width)
    shown, rest = flips(result)
    if shown:
        yield "\nChanged, worse first:"
        yield columns((f"  {name}", scores) for name, scores in shown)
        if rest:
            yield f"  {rest}"
    yield ""
    yield from (wrapped(note, width) for note in notes(result))


def _fitting(table: Sequence[Sequence[str]], width: int) -> tuple[list[list[str]], list[str]]:
    """The columns of a table that fit, and the headings of those that do not: a number is whole or absent."""
    shown = list(range(len(table[0])))
    left_out: list[str] = []
    for headings in DISPENSABLE:
        if sum(max(len(row[i]) for row in table) + 2 for i in shown) - 2 <= width:
            break
        shown = [i for i in shown if table[0][i] not in headings]
        left_out += headings
    return [[row[i] for i in shown] for row in table], left_out


class _Outputs:
    """The files that are asked for; ``-`` is stdout, for one of them."""

    def __init__(self, json_: str | None, junit: str | None, markdown: str | None) -> None:
        if [json_, junit, markdown].count("-") > 1:
            raise UsageError("only one of --json, --junit and --markdown can go to stdout (-)")
        self._json, self._junit, self._markdown = json_, junit, markdown

    def json(self, line: str) -> None:
        _write(self._json, line + "\n")

    def write(self, result: Result) -> None:
        from kibitz.results.gate.comment import markdown
        from kibitz.results.gate.junit import junit

        with ExitStack() as stack:
            # One file that cannot be written must not cost the others.
            for name, text in (
                (self._json, json.dumps(result.as_json(), sort_keys=True, allow_nan=False) + "\n"),
                (self._junit, junit(result)),
                (self._markdown, markdown(result)),
            ):
                stack.callback(_write, name, text)


def _write(name: str | None, text: str) -> None:
    if name is None:
        return
    if name == "-":
        sys.stdout.write(text)
        return
    try:
        Path(name).write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise UsageError(f"{name}: cannot be written: {error.strerror}") from error
