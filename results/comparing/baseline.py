"""A baseline file: what one agent did in a run, small enough to be committed or cached.

JSON lines: first what was measured and under which conditions, then one line a trial with its scores. It holds no
prompt and no reply, and nothing that differs between two identical runs, so that the same results give the same bytes
and a change is a readable diff.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from kibitz.results.comparing.trials import Results, Trial

KIND = "kibitz-baseline"
SCHEMA = 1
INFRASTRUCTURE = ("provider", "environment", "harness")
"""Faults that say nothing about the agent."""


class BaselineError(ValueError):
    """A baseline cannot be read, or these results cannot be one."""


class Header(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The first line of a baseline file.

    Attributes:
        suite: Name of the suite that was played; ``suite_version`` is its version.
        agent: Who was measured.
        conditions: What must be equal in a run that is compared with it; ``conditions_hash`` is their hash.
        identity: What the agent was; ``identity_hash`` is its hash.
        versions: Kibitz and the libraries that can change a result.
        metrics: The names of the scores by group, in the order of each line.
        fingerprints: What providers said of the machines and settings behind the replies, as far as they did: another
            one later means that the same name stands for something else.
        trials: Number of lines that follow; ``digest`` is the SHA-256 of their bytes.
    """

    kind: str
    schema: int
    suite: str
    suite_version: str
    agent: str
    conditions: dict[str, str]
    conditions_hash: str
    identity: dict[str, str]
    identity_hash: str
    versions: dict[str, str]
    metrics: dict[str, list[str]]
    fingerprints: list[str] = []
    trials: int
    digest: str


class _Line(msgspec.Struct, frozen=True, array_like=True):
    """One trial, a JSON array: names would take more room than values. What is as usual at its end is left out."""

    group: str
    task: str
    trial: int
    cluster: str
    block: int | None
    scores: list[float | None]
    course: str = ""
    tokens: int | None = None
    usd: float | None = None
    failed: str = ""
    fault: str = ""


def hash_of(names: Mapping[str, str]) -> str:
    """SHA-256 of conditions, or of an identity."""
    return hashlib.sha256(json.dumps(dict(names), sort_keys=True).encode()).hexdigest()


def write_baseline(
    results: Results, suite: str, suite_version: str, versions: Mapping[str, str], fingerprints: Iterable[str] = ()
) -> bytes:
    """The baseline file of what an agent did.

    Args:
        results: What it did; every planned trial must have been played, and none may have failed for a reason that is
            not its own.
        suite: The suite that was played.
        suite_version: Its version.
        versions: What can change a result; the machine's platform is left out.
        fingerprints: What providers said of themselves.

    Raises:
        BaselineError: They cannot be a baseline.
    """
    require_sound(results)
    metrics = _metrics(results)
    lines = [_encoded(_short(_line(trial, metrics[trial.group]))) for trial in results.trials]
    body = b"".join(lines)
    header = Header(
        kind=KIND,
        schema=SCHEMA,
        suite=suite,
        suite_version=suite_version,
        agent=results.subject,
        conditions=dict(sorted(results.conditions.items())),
        conditions_hash=hash_of(results.conditions),
        identity=dict(sorted(results.identity.items())),
        identity_hash=hash_of(results.identity),
        versions=dict(sorted((name, said) for name, said in versions.items() if name not in ("platform", "python"))),
        metrics=metrics,
        fingerprints=sorted(set(fingerprints)),
        trials=len(lines),
        digest=hashlib.sha256(body).hexdigest(),
    )
    return _encoded(msgspec.to_builtins(header)) + body


def require_sound(results: Results) -> None:
    """Check that results can be what others are compared with.

    Raises:
        BaselineError: Trials are missing, failed for a reason that is not the agent's, or none has a score.
    """
    source, failed = results.source, [trial for trial in results.trials if trial.fault in INFRASTRUCTURE]
    if failed:
        causes = sorted({trial.failed for trial in failed})
        counts = ", ".join(f"{sum(trial.failed == cause for trial in failed)} {cause}" for cause in causes)
        raise BaselineError(
            f"{source}: cannot be a baseline, {len(failed)} trials of {results.subject} failed for reasons that are "
            f"not the agent's ({counts}); play them again with: kibitz run --resume --out {source}"
        )
    if len(results.trials) < results.scheduled:
        raise BaselineError(
            f"{source}: cannot be a baseline, only {len(results.trials)} of {results.scheduled} trials of "
            f"{results.subject} were played; go on with: kibitz run --resume --out {source}"
        )
    if not results.graded:
        raise BaselineError(f"{source}: cannot be a baseline, {results.subject} has no trial with a score")


def read_header(path: Path) -> Header:
    """What a baseline file was measured under, without its trials.

    Raises:
        BaselineError: It is no baseline file, or one of a newer version.
    """
    try:
        with path.open("rb") as file:
            return _header(path, file.readline())
    except OSError as error:
        raise BaselineError(f"{path}: cannot be read ({error.strerror})") from error


def read_baseline(path: Path) -> Results:
    """What an agent did, from a baseline file.

    Raises:
        BaselineError: It is no baseline file, of a newer version, or damaged.
    """
    try:
        first, *lines = path.read_bytes().splitlines(keepends=True)
    except OSError as error:
        raise BaselineError(f"{path}: cannot be read ({error.strerror})") from error
    header = _header(path, first)
    if header.digest != hashlib.sha256(b"".join(lines)).hexdigest() or len(lines) != header.trials:
        raise _damaged(path, "its lines are not those that were written")
    if hash_of(header.conditions) != header.conditions_hash or hash_of(header.identity) != header.identity_hash:
        raise _damaged(path, "its first line was changed")
    trials = tuple(_trials(path, header, lines))
    return Results(
        source=str(path),
        subject=header.agent,
        trials=trials,
        scheduled=len(trials),
        planned={trial.key: trial.block for trial in trials},
        conditions=header.conditions,
        identity=header.identity,
    )


def _header(path: Path, line: bytes) -> Header:
    try:
        found = msgspec.json.decode(line, type=dict[str, Any])
    except (msgspec.DecodeError, UnicodeError):
        found = {}
    if found.get("kind") != KIND:
        raise BaselineError(f"{path}: is no baseline file; kibitz baseline save RUN writes one")
    if found.get("schema") != SCHEMA:
        raise BaselineError(
            f"{path}: is a baseline of schema {found.get('schema')}, and this Kibitz reads {SCHEMA}; "
            "upgrade Kibitz, or save the baseline again"
        )
    try:
        return msgspec.convert(found, Header)
    except msgspec.ValidationError as error:
        raise _damaged(path, str(error)) from error


def _trials(path: Path, header: Header, lines: Iterable[bytes]) -> Iterable[Trial]:
    decode = msgspec.json.Decoder(_Line).decode
    for line in lines:
        try:
            found = decode(line)
        except (msgspec.DecodeError, UnicodeError) as error:
            raise _damaged(path, str(error)) from error
        if len(found.scores) != len(header.metrics.get(found.group, ())):
            raise _damaged(path, f"a trial of {found.group!r} has {len(found.scores)} scores")
        scores = zip(header.metrics[found.group], found.scores, strict=True)
        yield Trial(
            task=found.task,
            trial=found.trial,
            group=found.group,
            cluster=found.cluster,
            course=found.course,
            block=found.block,
            scores={metric: score for metric, score in scores if score is not None},
            failed=found.failed,
            fault=found.fault,
            usd=found.usd,
            tokens=found.tokens,
        )


def _metrics(results: Results) -> dict[str, list[str]]:
    found: dict[str, set[str]] = {}
    for trial in results.trials:
        found.setdefault(trial.group, set()).update(trial.scores)
    return {group: sorted(metrics) for group, metrics in sorted(found.items())}


def _line(trial: Trial, metrics: Iterable[str]) -> _Line:
    return _Line(
        group=trial.group,
        task=trial.task,
        trial=trial.trial,
        cluster=trial.cluster,
        block=trial.block,
        scores=[trial.scores.get(metric) for metric in metrics],
        failed=trial.failed,
        fault=trial.fault,
        usd=trial.usd,
        tokens=trial.tokens,
        course=trial.course,
    )


def _short(line: _Line) -> list[object]:
    """The values of a line without those at its end that are as usual."""
    values: list[object] = list(msgspec.to_builtins(line))
    usual: list[object] = list(_Line.__struct_defaults__)
    while usual and values[-1] == usual[-1]:
        values.pop()
        usual.pop()
    return values


def _encoded(found: object) -> bytes:
    # ASCII in every case, so that no tool on the way to a repository changes a byte.
    return json.dumps(found, separators=(",", ":"), allow_nan=False).encode("ascii") + b"\n"


def _damaged(path: Path, reason: str) -> BaselineError:
    return BaselineError(f"{path}: is damaged ({reason}); save the baseline again, or restore the file")
