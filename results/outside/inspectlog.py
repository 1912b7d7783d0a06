"""Logs of Inspect (UK AI Security Institute), read through Inspect's own Python interface.

A sample is a task and its epochs are the trials; the model is who was measured. A sample that has a score counts with
it, also where a limit stopped it, as in Inspect's own figures: the mean is that of the log. A sample without a score is
a failed trial. Only the summaries of samples are read, no messages.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kibitz.results.comparing.trials import OUTCOME, Results, Trial
from kibitz.results.outside.columns import ReadOptions
from kibitz.results.outside.form import OutsideError
from kibitz.results.outside.rows import NOT_SCORED

if TYPE_CHECKING:
    from inspect_ai.log import EvalLog, EvalSampleSummary

GRADES = {"C": 1.0, "P": 0.5, "I": 0.0, "N": 0.0}
"""Inspect's grades: correct, partial, incorrect, no answer; as its own ``value_to_float`` reads them."""

LIMITS = ("message_limit", "token_limit", "time_limit", "working_limit", "cost_limit", "turn_limit")

INSTALL = "reading Inspect logs needs Inspect: pip install 'kibitz[inspect]'"


def read_inspect(path: Path, options: ReadOptions) -> tuple[Results, ...]:
    """The results in an Inspect log.

    Raises:
        OutsideError: It cannot be read, Inspect is not installed, or it must be said which scorer counts.
    """
    log, samples = _read(path)
    names = _scorers(samples)
    chosen = _chosen(path, names, options.scorer)
    epochs = log.eval.config.epochs or 1
    planned = len(log.eval.dataset.sample_ids or {sample.id for sample in samples}) * epochs
    others = {} if len(names) == 1 else _metrics(samples, names, chosen)
    trials = tuple(_trial(path, sample, chosen, others) for sample in _ordered(log, samples))
    return (
        Results(
            source=str(path),
            subject=log.eval.model,
            trials=trials,
            scheduled=max(planned, len(trials)),
            conditions=_conditions(log, chosen),
            identity=_identity(log),
        ),
    )


def _read(path: Path) -> tuple[EvalLog, list[EvalSampleSummary]]:
    try:
        from inspect_ai.log import read_eval_log, read_eval_log_sample_summaries
    except ImportError as error:
        raise OutsideError(f"{path}: is an Inspect log, and {INSTALL}") from error
    try:
        form: Any = "eval" if path.read_bytes()[:2] == b"PK" else "json"
        log = read_eval_log(path, header_only=True, format=form)
        samples = read_eval_log_sample_summaries(path, format=form)
    except Exception as error:  # whatever its parsers raise on a file that is not theirs
        said = " ".join(str(error).split())[:200]
        raise OutsideError(f"{path}: Inspect cannot read it ({type(error).__name__}: {said})") from error
    if not samples:
        raise OutsideError(f"{path}: the log holds no sample (its status is {log.status})")
    return log, [sample for sample in samples if sample.completed or sample.error or sample.limit]


def _ordered(log: EvalLog, samples: Sequence[EvalSampleSummary]) -> list[EvalSampleSummary]:
    place = {str(key): i for i, key in enumerate(log.eval.dataset.sample_ids or ())}
    return sorted(samples, key=lambda s: (place.get(str(s.id), len(place)), str(s.id), s.epoch))


def _trial(path: Path, sample: EvalSampleSummary, chosen: str, others: Mapping[str, str]) -> Trial:
    scores = _scores(sample)
    outcome = _outcome(path, sample, chosen, scores)
    failed, fault = ("", "") if outcome is not None else _failure(sample)
    found = {metric: value for name, metric in others.items() if (value := _value(scores.get(name))) is not None}
    usage = list((sample.model_usage or {}).values())
    costs = [used.total_cost for used in usage]
    known = [cost for cost in costs if cost is not None]
    return Trial(
        task=str(sample.id),
        trial=sample.epoch - 1,
        scores={} if outcome is None else {OUTCOME: outcome, **found},
        failed=failed,
        fault=fault,
        usd=sum(known) if costs and len(known) == len(costs) else None,
        tokens=sum(used.total_tokens for used in usage) if usage else None,
        seconds=sample.total_time,
    )


def _failure(sample: EvalSampleSummary) -> tuple[str, str]:
    """Cause and fault of a sample without a score."""
    if sample.error:
        return "error", "environment"
    if sample.limit:
        return f"limit_{sample.limit}", "harness" if sample.limit in ("operator", "custom") else "agent"
    return NOT_SCORED, "harness"


def _outcome(path: Path, sample: EvalSampleSummary, chosen: str, scores: Mapping[str, object]) -> float | None:
    said = scores.get(chosen)
    if said is None or (isinstance(said, float) and math.isnan(said)):  # how Inspect marks what was not scored
        return None
    value = _value(said)
    if value is None:
        raise OutsideError(
            f"{path}: sample {sample.id} (epoch {sample.epoch}) has {chosen} = {str(said)[:40]!r}, "
            "which is neither a grade (C, P, I, N) nor a number from 0 to 1"
        )
    return value


def _value(said: object) -> float | None:
    """A score as a number in 0..1; None where it is none."""
    if isinstance(said, str):
        return GRADES.get(said, {"yes": 1.0, "true": 1.0, "no": 0.0, "false": 0.0}.get(said.lower()))
    if isinstance(said, bool | int | float) and 0 <= said <= 1:
        return float(said)
    return None


def _scores(sample: EvalSampleSummary) -> dict[str, object]:
    """The scores of a sample by name; what a scorer gives as a dictionary is ``scorer.key``."""
    found: dict[str, object] = {}
    for name, score in (sample.scores or {}).items():
        if isinstance(score.value, dict):
            found |= {f"{name}.{key}": value for key, value in score.value.items()}
        else:
            found[name] = score.value
    return found


def _scorers(samples: Sequence[EvalSampleSummary]) -> list[str]:
    return list(dict.fromkeys(name for sample in samples for name in _scores(sample)))


def _chosen(path: Path, names: Sequence[str], wanted: str | None) -> str:
    known = ", ".join(names)
    if not names:
        raise OutsideError(f"{path}: no sample has a score")
    if wanted is not None and wanted not in names:
        raise OutsideError(f"{path}: there is no scorer {wanted!r}; its scores are {known}")
    if wanted is None and len(names) > 1:
        raise OutsideError(f"{path}: has several scores ({known}); say which one counts with --scorer {names[0]}")
    return wanted or names[0]


def _metrics(samples: Sequence[EvalSampleSummary], names: Sequence[str], chosen: str) -> dict[str, str]:
    """The other scores that are on a scale of 0 to 1 in every sample: name and metric."""
    kept: dict[str, str] = {}
    for name in names:
        said = [scores[name] for scores in map(_scores, samples) if name in scores]
        if name != chosen and all(_value(value) is not None for value in said):
            kept[name] = f"score.{name}" if name == OUTCOME else name
    return kept


def _conditions(log: EvalLog, chosen: str) -> dict[str, str]:
    spec = log.eval
    found = {
        "task": spec.task,
        "task.version": str(spec.task_version),
        "dataset": spec.dataset.name or "",
        "scorer": f"{chosen} {_options(log, chosen)}".strip(),
    }
    found |= {f"task.{name}": _text(value) for name, value in spec.task_args.items()}
    limits = ((name, getattr(spec.config, name, None)) for name in LIMITS)
    return found | {f"limit.{name}": _text(value) for name, value in limits if value is not None}


def _options(log: EvalLog, chosen: str) -> str:
    for scorer in log.eval.scorers or ():
        if scorer.name.split("/")[-1] == chosen.split(".")[0] and scorer.options:
            return _text(scorer.options)
    return ""


def _identity(log: EvalLog) -> dict[str, str]:
    spec = log.eval
    found = {"model": spec.model, "solver": " > ".join(step.solver for step in log.plan.steps)}
    found |= {f"solver.{i}.{step.solver}": _text(step.params) for i, step in enumerate(log.plan.steps) if step.params}
    for section in (spec.model_generate_config, log.plan.config):
        found |= {f"config.{name}": _text(value) for name, value in section.model_dump(exclude_none=True).items()}
    if spec.revision:
        found["revision"] = spec.revision.commit
    found |= {f"package.{name}": said for name, said in spec.packages.items()}
    return found


def _text(value: object) -> str:
    if isinstance(value, str):
        return value
    # Objects of Inspect's own may print their address, which differs from process to process.
    return re.sub(r" at 0x[0-9a-f]+", "", json.dumps(value, sort_keys=True, default=str))
