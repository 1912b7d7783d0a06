"""``kibitz run``: play a suite, then print the leaderboard and write the report."""

from __future__ import annotations

import argparse
import asyncio
import os
import shlex
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from kibitz.harness import orchestrator
from kibitz.harness.commands.board import read_board, show
from kibitz.harness.commands.gate import CODES, lines, policy_of
from kibitz.harness.commands.output import tame
from kibitz.harness.commands.rehearsal import rehearse
from kibitz.harness.commands.report import write
from kibitz.harness.commands.twice import play_twice, recorded_in
from kibitz.harness.config import Suite, from_resolved, with_overrides
from kibitz.harness.errors import DONE, RunIncomplete, UsageError
from kibitz.harness.library import load_suite
from kibitz.harness.progress import choose, one_line
from kibitz.harness.secrets import hiding, secrets_of
from kibitz.harness.settings import replaying, with_budget
from kibitz.results.journal import Journal
from kibitz.results.runfolder import FILE_NAME, DiskError, JournalError

if TYPE_CHECKING:
    from kibitz.harness.deciding import Deciding
    from kibitz.results.gate.gate import Result

RUNS = "runs"


def main(args: argparse.Namespace) -> int:
    """Play the suite."""
    if args.json and not args.dry_run and not args.aa:
        raise UsageError(
            "--json goes with --dry-run and --aa; the results of a run are printed by: kibitz board RUN --json"
        )
    if args.dry_run and args.aa:
        raise UsageError("--dry-run says what one run takes: leave --aa out, and count it twice")
    if args.until_decided and args.aa:
        raise UsageError("--aa measures noise over whole runs, --until-decided ends a run early: ask for one of them")
    if args.out == "":
        raise UsageError("--out is empty; name a folder, or leave it out")
    suite = wanted(args)
    deciding = decided_by(args.until_decided, args.baseline)
    if args.dry_run:
        return rehearse(suite, as_json=args.json, deciding=deciding)
    if args.aa:
        out = Path(args.out) if args.out else free_folder(Path(RUNS), f"{suite.name}-aa")
        return play_twice(args, suite, out, again(args, out), finished)
    out = Path(args.out) if args.out else free_folder(Path(RUNS), suite.name)
    result = played(args, suite, out, resume=args.resume, again=again(args, out), deciding=deciding)
    # Where episodes are missing that a gate did not make needless, there is nothing to be said yet.
    said = deciding.finish() if deciding and (deciding.result or result.over) else None
    print_results(out, said)
    if said:
        return CODES[said.verdict]
    if not result.complete:
        raise RunIncomplete(incomplete(result, again(args, out)))
    return DONE


def finished(args: argparse.Namespace, suite: Suite, out: Path, *, resume: bool, again: str) -> None:
    """Play the suite, or what is left of it, to its end.

    Raises:
        RunIncomplete: It did not come to its end.
    """
    result = played(args, suite, out, resume=resume, again=again)
    if not result.complete:
        raise RunIncomplete(incomplete(result, again))


def played(
    args: argparse.Namespace, suite: Suite, out: Path, *, resume: bool, again: str, deciding: Deciding | None = None
) -> orchestrator.RunResult:
    """Play the suite, or what is left of it, into the folder ``out``.

    Args:
        args: The arguments of the command.
        suite: What to play.
        out: The run folder.
        resume: Go on with the run that is there.
        again: The command that goes on where this one stops.
        deciding: What may end the run early.

    Raises:
        RunIncomplete: It was stopped, or the disk failed.
    """
    command = ["kibitz", *sys.argv[1:]]
    try:
        with hiding(secrets_of(suite.agents)), choose() as progress:
            for line in offers(suite, args.suite) if args.suite else ():
                progress.note(line)
            return asyncio.run(
                orchestrator.run(
                    suite,
                    out,
                    resume=resume,
                    concurrency=args.concurrency,
                    progress=progress,
                    command=command,
                    deciding=deciding,
                )
            )
    except (KeyboardInterrupt, asyncio.CancelledError) as stop:
        if not (out / FILE_NAME).exists() and not args.aa:
            raise RunIncomplete("stopped before anything was played; start it again") from stop
        raise RunIncomplete(f"stopped; nothing that was played is lost. Go on with: {again}") from stop
    except DiskError as error:
        if not begun(out):
            raise
        raise RunIncomplete(f"{error}; nothing that was committed is lost. Go on with: {again}") from error


def wanted(args: argparse.Namespace) -> Suite:
    """The suite that the arguments ask for; that of the run folder where none is named.

    Raises:
        ConfigError: The suite or an argument is wrong.
        UsageError: Arguments do not go together.
        JournalError: The run to go on with cannot be read.
    """
    if args.resume and not args.out:
        raise UsageError("--resume needs --out DIR: the folder of the run to go on with")
    if args.suite is None and args.resume:
        if args.agent or args.game or args.seeds is not None or args.replay:
            raise UsageError(
                "--agent, --game, --seeds and --replay cannot change a run that was begun; name its suite or none"
            )
        return with_budget(
            recorded(recorded_in(args.out) if args.aa else args.out), args.budget_usd, args.budget_tokens
        )
    if args.suite is None and not args.replay:
        raise UsageError("no suite is named; give a TOML file or a name (kibitz list suites)")
    suite = load_suite(args.suite) if args.suite is not None else recorded(args.replay)
    suite = with_overrides(suite, args.agent, args.game, args.seeds)
    suite = with_budget(suite, args.budget_usd, args.budget_tokens)
    return replaying(suite, Path(args.replay)) if args.replay else suite


def recorded(run: str) -> Suite:
    """The suite that a run was made with."""
    with Journal.read(Path(run)) as journal:
        return from_resolved(journal.info.config)


def begun(out: Path) -> bool:
    """Whether there is a run to go on with."""
    try:
        Journal.read(out).close()
    except JournalError:
        return False
    return True


def free_folder(runs: Path, name: str) -> Path:
    """The first folder ``runs/NAME-N`` that does not exist."""
    return next(path for n in range(1, 1_000_000) if not (path := runs / f"{name}-{n}").exists())


def again(args: argparse.Namespace, out: Path) -> str:
    """The command that goes on with a run as it is gone on with now.

    The run folder keeps what a run began with. What may be other when it goes on, such as its budget, is said again.
    """
    words = ["kibitz", "run"]
    if args.resume and args.suite and not (args.agent or args.game or args.seeds or args.replay):
        words.append(args.suite)
    words += [*(["--aa"] if args.aa else []), "--resume", "--out", str(out)]
    given = {"--concurrency": args.concurrency, "--until-decided": args.until_decided, "--baseline": args.baseline}
    if args.resume:
        given |= {"--budget-usd": args.budget_usd, "--budget-tokens": args.budget_tokens}
    return shlex.join(
        [*words, *(part for key, value in given.items() if value is not None for part in (key, str(value)))]
    )


def incomplete(result: orchestrator.RunResult, resume: str) -> str:
    """Why a run is not complete, and how to go on."""
    causes = ", ".join(f"{count} {cause}" for cause, count in sorted(result.failures.items()))
    examples = "; ".join(f"{cause}: {one_line(text)}" for cause, text in sorted(result.messages.items()))
    return (
        f"{result.done} of {result.units} episodes are done"
        + (f", failed: {causes} ({examples})" if causes else "")
        + (f"; {result.stopped}" if result.stopped else "")
        + f". Go on with: {resume}"
    )


def decided_by(policy: str | None, baseline: str | None) -> Deciding | None:
    """What ends the run when the gate of a policy is certain; None where nothing is to.

    Raises:
        JournalError: The baseline cannot be read.
        PolicyError: The policy cannot be read, or something in it is wrong.
        UsageError: Only one of the two is named, or the policy is one that may be looked at only once.
    """
    if not policy and not baseline:
        return None
    if not policy or not baseline:
        raise UsageError("--until-decided POLICY and --baseline RUN go together")
    from kibitz.harness.deciding import Deciding

    return Deciding(policy_of(policy), Path(baseline))


def print_results(out: Path, said: Result | None = None) -> None:
    """Print the leaderboard, what the gate says, write the report into the run folder, and print its path last."""
    # The report first: a terminal that is gone must not cost it.
    report = write([out], out / "report.html")
    show(read_board([out]))
    if said:
        print(*map(tame, lines(said)), "", sep="\n")
    print(report)


def offers(suite: Suite, named: str, environ: Mapping[str, str] = os.environ) -> list[str]:
    """One line for keys and local servers that are there and not used: how to enter such a model too."""
    from kibitz.agents.models.discover import find_endpoints

    if suite.replay:
        return []
    used = {str(agent.options.get(key, "")) for agent in suite.agents for key in ("base_url", "api_key_env")}
    free = [found for found in find_endpoints(environ) if found.where not in used]
    if not free:
        return []
    names = ", ".join(f"{found.title} ({found.where})" for found in free)
    return [f"Found {names}. To enter such a model too: kibitz run {shlex.quote(named)} {free[0].agent}"]
