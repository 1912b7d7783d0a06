"""One log of Inspect: what one agent did in one game of a run, with its figures and where they come from."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from inspect_ai.log import (
    EvalConfig,
    EvalDataset,
    EvalLog,
    EvalMetric,
    EvalPlan,
    EvalPlanStep,
    EvalResults,
    EvalScore,
    EvalSpec,
    EvalStats,
    HeadlineMetric,
)
from inspect_ai.viewer import ViewerConfig
from msgspec import to_builtins

from kibitz.results.comparing.trials import OUTCOME, Trial
from kibitz.results.export.destination import ExportError
from kibitz.results.export.inspectsample import Attempt, Sampling, in_order, usage
from kibitz.results.export.mending import Mender
from kibitz.results.records import AgentInfo, GameInfo, Spent
from kibitz.results.rundata import RunData
from kibitz.results.statistics.clusters import merge
from kibitz.results.statistics.intervals import bounded_mean, grouped


@dataclass(frozen=True, slots=True)
class Subject:
    """What a log is about.

    Attributes:
        name: The run's name in the export.
        agent: Whose log it is.
        game: Label of the game.
        attempts: What the agent did in that game.
        planned: Names of all samples of the schedule.
    """

    run: RunData
    name: str
    agent: str
    game: str
    attempts: Sequence[Attempt]
    planned: Sequence[str]


def inspect_log(subject: Subject, mender: Mender, *, prompts: bool) -> EvalLog:
    """The log; with ``prompts`` each call is told in full.

    Raises:
        ExportError: The run does not say when it began.
    """
    attempts, info = subject.attempts, mender.struct(subject.run.info.agents[subject.agent])
    sampling = Sampling(subject.run, model_name(info), _began(subject), mender, prompts)
    spent = sum((_spent(attempt) for attempt in attempts), Spent())
    used = {sampling.model: usage(spent)} if spent.calls else {}
    return EvalLog(
        # Whoever reads a log waits for one that has only "started".
        status="success" if len(attempts) == len(subject.planned) else "cancelled",
        eval=_spec(subject, info, sampling),
        plan=EvalPlan(name=info.name, steps=[EvalPlanStep(solver=info.kind, params=dict(info.identity))]),
        results=_results([attempt.trial for attempt in attempts], len(subject.planned)),
        stats=EvalStats(
            started_at=sampling.began.isoformat(),
            # When a run ended is not recorded: the log lasts as long as its episodes one after the other.
            completed_at=(sampling.began + _lasting(attempts)).isoformat(),
            model_usage=used,
        ),
        samples=[sampling.sample(attempt) for attempt in attempts],
    )


def model_name(agent: AgentInfo) -> str:
    """The model as Inspect writes it, ``provider/name``; of an agent without one ``kibitz/NAME``."""
    policy = (agent.identity.get("models") or {}).get("policy")
    if isinstance(policy, dict) and policy.get("name"):
        return f"{policy.get('backend', 'kibitz')}/{policy['name']}"
    return f"kibitz/{agent.name}"


def _spec(subject: Subject, agent: AgentInfo, sampling: Sampling) -> EvalSpec:
    info, mender = subject.run.info, sampling.mender
    game = mender.struct(info.games[subject.game])
    run = _digest(info.config_hash, subject.name, info.started)
    log = _digest(run, agent.name, game.label)
    return EvalSpec(
        run_id=run,
        eval_id=log,
        # Unique: logs that share it are taken for attempts at one evaluation, and only the last one is listed.
        task_id=log,
        created=sampling.began.isoformat(),
        task=game.label,
        task_version=game.version,
        task_display_name=game.title,
        task_args=dict(game.options),
        solver=agent.name,
        solver_args=dict(agent.identity),
        tags=["kibitz"],
        dataset=EvalDataset(
            name=game.label, samples=len(subject.planned), sample_ids=list(subject.planned), shuffled=False
        ),
        model=sampling.model,
        config=EvalConfig(epochs=1, fail_on_error=False),
        # Replies are shown as they are, not as Markdown with links: they are untrusted, and a board is no prose.
        viewer=ViewerConfig(trust_content=False),
        headline_metric=HeadlineMetric(scorer=OUTCOME, score=OUTCOME, metric="mean"),
        packages={"kibitz": info.versions.get("kibitz", "")},
        metadata=_origin(subject, agent, game, mender),
    )


def _origin(subject: Subject, agent: AgentInfo, game: GameInfo, mender: Mender) -> dict[str, Any]:
    info = mender.struct(subject.run.info)
    return {
        "run": mender.text(subject.name),
        "agent": agent.name,
        "agent_hash": agent.hash,
        "privilege": agent.privilege,
        "seed": info.seed,
        "setting": game.setting,
        "attribution": game.attribution,
        "protocol": to_builtins(info.protocol),
        "config_hash": info.config_hash,
        "versions": dict(info.versions),
        "command": list(info.command),
        "replayed": subject.run.replayed,
        "failures": subject.run.failures,
    }


def _results(trials: Sequence[Trial], planned: int) -> EvalResults:
    ordered = in_order(metric for trial in trials for metric in trial.scores)
    return EvalResults(
        total_samples=planned,
        completed_samples=sum(not trial.failed for trial in trials),
        scores=[_score(metric, [trial for trial in trials if metric in trial.scores], planned) for metric in ordered],
    )


def _score(metric: str, trials: Sequence[Trial], planned: int) -> EvalScore:
    """Mean and 95 % interval over the samples; deals, pairs and equal courses are one observation."""
    clusters = merge((("deal", trial.cluster or trial.task), ("course", trial.course or trial.key)) for trial in trials)
    found = bounded_mean(grouped([trial.scores[metric] for trial in trials], clusters), 0.0, 1.0)
    figures = {"mean": found.mean, "low": found.low, "high": found.high}
    return EvalScore(
        name=metric,
        scorer=metric,
        scored_samples=len(trials),
        unscored_samples=planned - len(trials),
        metrics={name: EvalMetric(name=name, value=value) for name, value in figures.items() if value is not None},
        metadata={"clusters": found.clusters},
    )


def _lasting(attempts: Sequence[Attempt]) -> timedelta:
    return timedelta(seconds=math.fsum(attempt.episode.measured.seconds for attempt in attempts))


def _spent(attempt: Attempt) -> Spent:
    return attempt.episode.spent[attempt.seat] if attempt.seat < len(attempt.episode.spent) else Spent()


def _began(subject: Subject) -> datetime:
    said = subject.run.info.started
    try:
        began = datetime.fromisoformat(said)
    except ValueError as error:
        raise ExportError(f"run {subject.name}: it began at {said[:40]!r}, which is no time in ISO 8601") from error
    return began if began.tzinfo else began.replace(tzinfo=UTC)


def _digest(*parts: str) -> str:
    """A name of 22 characters, as long as Inspect's own, the same for the same run."""
    return hashlib.sha256("\n".join(parts).encode("utf-8", "replace")).hexdigest()[:22]
