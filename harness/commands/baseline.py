"""``kibitz baseline``: keep what an agent did in one small file, and find the file that fits."""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from importlib.resources import files
from pathlib import Path

from kibitz.harness.collector import seldom
from kibitz.harness.commands.output import json_line, tame
from kibitz.harness.errors import DONE, USAGE, UsageError
from kibitz.results.comparing.baseline import BaselineError, Header, hash_of, read_header, write_baseline
from kibitz.results.comparing.ofrun import of_run
from kibitz.results.comparing.pairs import Difference, differing
from kibitz.results.comparing.reading import read_results
from kibitz.results.comparing.trials import Results
from kibitz.results.reader import JournalReader
from kibitz.results.records import RunInfo
from kibitz.results.rundata import RunData

FOLDER = Path("baselines")
SUFFIX = ".jsonl"

MOST_TOLD = 5
"""Differences that are told of the nearest baseline; with another suite everything differs."""


def main(args: argparse.Namespace) -> int:
    """Save a baseline, or find one."""
    return save(args) if args.what == "save" else find(args)


# -- save --------------------------------------------------------------------------------------------------------------


def save(args: argparse.Namespace) -> int:
    """Write the baseline of a run, and print where it is."""
    run = Path(args.run)
    with seldom(), JournalReader.read(run) as journal:
        info = journal.info
        results = of_run(RunData.of(journal), str(run), args.agent)
        content = baseline_of(results, info, fingerprints(journal, results.subject))
    path = Path(args.out) if args.out else FOLDER / file_name(info.name, results.subject)
    put(path, content)
    if args.json:
        print(json_line({"file": str(path), "agent": results.subject, "suite": info.name, "bytes": len(content)}))
    else:
        print(tame(str(path)))
    return DONE


def fingerprints(journal: JournalReader, agent: str) -> list[str]:
    """What the providers of an agent's models said of themselves, sorted."""
    return sorted({call.measured.fingerprint for call in journal.calls() if call.agent == agent} - {""})


def baseline_of(results: Results, info: RunInfo, said: Iterable[str] = ()) -> bytes:
    """The baseline file of what an agent did in a run; ``said`` is what its providers said of themselves.

    Raises:
        BaselineError: The results cannot be one.
    """
    return write_baseline(results, info.name, str(info.config.get("version", "")), info.versions, said)


def file_name(suite: str, agent: str) -> str:
    """The name of a baseline file: letters that every file system takes."""
    return ".".join(re.sub(r"[^A-Za-z0-9_-]+", "-", name).strip("-") or "_" for name in (suite, agent)) + SUFFIX


def put(path: Path, content: bytes) -> None:
    """Write a baseline file, in one piece or not at all; another baseline is replaced, nothing else is.

    Raises:
        UsageError: Something else is there, or it cannot be written.
    """
    try:
        if path.exists():
            read_header(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f"{path.name}.part")
        part.write_bytes(content)
        part.replace(path)
    except BaselineError as error:
        raise UsageError(f"{path}: exists and is no baseline file; name another with -o") from error
    except OSError as error:
        raise UsageError(f"{path}: cannot be written ({error.strerror}); name another with -o") from error


# -- find --------------------------------------------------------------------------------------------------------------


def find(args: argparse.Namespace) -> int:
    """Print the baseline file that fits; exit 3 with what differs where none does."""
    wanted = planned(args.suite, args.agent) if args.suite else read_results(Path(args.run), args.agent)
    looked_in = [Path(args.dir)] if args.dir else [FOLDER, *shipped()]
    if args.dir and not looked_in[0].is_dir():
        raise UsageError(f"{args.dir}: there is no such folder; kibitz baseline save RUN -o FILE writes a baseline")
    headers = {path: read_header(path) for folder in looked_in for path in _files_in(folder)}
    fitting = [(path, header) for path, header in headers.items() if _fits(header, wanted, same=args.same_agent)]
    # Of those that were measured under the same conditions, the one of the same agent says most.
    fitting.sort(key=lambda found: found[1].identity_hash != hash_of(wanted.identity))
    if fitting:
        _print_found(*fitting[0], wanted, _said_now(args, wanted), as_json=args.json)
        return DONE
    others = {str(path): _differences(header, wanted, same=args.same_agent) for path, header in headers.items()}
    if args.json:
        listed = {path: [_as_json(one) for one in found] for path, found in others.items()}
        print(json_line({"file": None, "agent": wanted.subject, "others": listed}))
        return USAGE
    raise UsageError(_none_fits(wanted, looked_in, others))


def planned(suite: str, agent: str | None) -> Results:
    """What a suite would measure of an agent: conditions and identity, before anything is played.

    Raises:
        ConfigError: The suite cannot be read.
        NoAgentError: There is no such agent in it, or it must be named.
    """
    from kibitz.harness.cast import describe, make_cast
    from kibitz.harness.library import load_suite
    from kibitz.harness.schedule import units

    loaded = load_suite(suite)
    run = RunData(
        info=describe(loaded, make_cast(loaded), ()),
        units=tuple(units(loaded)),
        episodes={},
        steps=lambda unit: (),
        grades=lambda unit: (),
        moves=lambda: (),
        answers=lambda: (),
    )
    return of_run(run, f"suite {suite}", agent)


def shipped() -> list[Path]:
    """The folder of the baselines that ship with Kibitz, where they lie as files."""
    folder = Path(str(files("kibitz.results").joinpath("baselines")))
    return [folder] if folder.is_dir() else []


def _files_in(folder: Path) -> list[Path]:
    return sorted(folder.glob(f"*{SUFFIX}"))


def _fits(header: Header, wanted: Results, *, same: bool) -> bool:
    return not _differences(header, wanted, same=same)


def _differences(header: Header, wanted: Results, *, same: bool) -> tuple[Difference, ...]:
    found = differing(header.conditions, wanted.conditions)
    if header.agent != wanted.subject:
        found = (Difference("agent", header.agent, wanted.subject), *found)
    return (*found, *differing(header.identity, wanted.identity)) if same else found


def _said_now(args: argparse.Namespace, wanted: Results) -> list[str]:
    """The fingerprints in the run that a baseline is looked for; none of a suite or a file."""
    if args.suite or not Path(args.run).is_dir():
        return []
    with JournalReader.read(Path(args.run)) as journal:
        return fingerprints(journal, wanted.subject)


def _print_found(path: Path, header: Header, wanted: Results, now: Sequence[str], *, as_json: bool) -> None:
    changed = differing(header.identity, wanted.identity)
    if now and header.fingerprints and not set(now) <= set(header.fingerprints):
        note = (
            f"the provider says another fingerprint than when {path.name} was made: {', '.join(header.fingerprints)} / "
            f"{', '.join(now)}; what is behind the model's name may have changed, so make the baseline again"
        )
        print(tame(note), file=sys.stderr)
    if as_json:
        data: Mapping[str, object] = {
            "file": str(path),
            "agent": header.agent,
            "suite": header.suite,
            "trials": header.trials,
            "identity": [_as_json(one) for one in changed],
            "fingerprints": {"baseline": header.fingerprints, "candidate": list(now)},
        }
        print(json_line(data))
    else:
        print(tame(str(path)))


def _as_json(one: Difference) -> dict[str, str | None]:
    return {"name": one.name, "baseline": one.baseline, "candidate": one.candidate}


def _none_fits(wanted: Results, looked_in: Iterable[Path], others: Mapping[str, tuple[Difference, ...]]) -> str:
    where = " and ".join(str(folder) for folder in looked_in)
    save_one = f"play the suite and keep it with: kibitz baseline save RUN --agent {wanted.subject}"
    if not others:
        return f"no baseline of {wanted.subject}: there is no baseline file in {where}; {save_one}"
    nearest = min(others, key=lambda path: (any(one.name == "agent" for one in others[path]), len(others[path]), path))
    said = "; ".join(str(one) for one in others[nearest][:MOST_TOLD])
    if (more := len(others[nearest]) - MOST_TOLD) > 0:
        said += f"; and in {more} more (--json has all)"
    return tame(
        f"no baseline of {wanted.subject} fits in {where}; the nearest is {os.path.basename(nearest)}, "  # noqa: PTH119
        f"which differs in {said}. {save_one[0].upper()}{save_one[1:]}"
    )
