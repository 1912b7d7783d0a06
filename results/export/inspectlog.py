"""One log of Inspect: what one agent did in one game of a run, with its figures and where they come from."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime

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
)
from msgspec import to_builtins

from kibitz.results.comparing.trials import OUTCOME, Trial
from kibitz.results.export.destination import ExportError
from kibitz.results.export.inspectsample import Attempt, Sampling, usage
from kibitz.results.export.mending import Mender
from kibitz.results.records import AgentInfo, Spent
from kibitz.results.rundata import RunData
from kibitz.results.statistics.clusters import merge
from kibitz.results.statistics.intervals import bounded_mean, grouped


def inspect_log(
    run: RunData,
    name: str,
    agent: str,
    game: str,
    attempts: Sequence[Attempt],
    planned: Sequence[str],
    mender: Mender,
    *,
    prompts: bool,
) -> EvalLog:
    """The log.

    Args:
        run: The run.
        name: Its name in the export.
        agent: Whose log it is.
        game: Label of the game.
        attempts: What the agent did in that game.
        planned: Names of all samples of the schedule.
        mender: Counts the texts that have to be changed.
        prompts: Whether calls are told in full.

    Raises:
        ExportError: The run does not say when it began.
    """
    info = mender.struct(run.info.agents[agent])
    sampling = Sampling(run, model_name(info), _began(run, name), mender, prompts)
    samples = [sampling.sample(attempt) for attempt in attempts]
    spent = sum((_spent(attempt) for attempt in attempts), Spent())
    used = {sampling.model: usage(spent)} if spent.calls else {}
    return EvalLog(
        # Whoever reads a log waits for one that has only "started".
        status="success" if len(attempts) == len(planned) else "cancelled",
        eval=_spec(run, name, info, game, planned, sampling),
        plan=EvalPlan(name=info.name, steps=[EvalPlanStep(solver=info.kind, params=dict(info.identity))]),
        results=_results([attempt.trial for attempt in attempts], len(planned)),
        stats=EvalStats(started_at=sampling.began.isoformat(), model_usage=used),
        samples=samples,
    )


def model_name(agent: AgentInfo) -> str:
    """The model as Inspect writes it, ``provider/name``; of an agent without one ``kibitz/NAME``."""
    policy = (agent.identity.get("models") or {}).get("policy")
    if isinstance(policy, dict) and policy.get("name"):
        return f"{policy.get('backend', 'kibitz')}/{policy['name']}"
    return f"kibitz/{agent.name}"


def _spec(
    run: RunData, name: str, agent: AgentInfo, label: str, planned: Sequence[str], sampling: Sampling
) -> EvalSpec:
    info, game = sampling.mender.struct(run.info), run.info.games[label]
    identity = _digest(info.config_hash, name, info.started)
    log = _digest(identity, agent.name, label)
    return EvalSpec(
        run_id=identity,
        eval_id=log,
        task_id=_digest(game.setting, info.protocol_hash, str(info.seed)),
        created=sampling.began.isoformat(),
        task=label,
        task_version=game.version,
        task_display_name=game.title,
        task_args=dict(game.options),
        solver=agent.name,
        solver_args=dict(agent.identity),
        tags=["kibitz"],
        dataset=EvalDataset(name=label, samples=len(planned), sample_ids=list(planned), shuffled=False),
        model=sampling.model,
        config=EvalConfig(epochs=1, fail_on_error=False),
        packages={"kibitz": info.versions.get("kibitz", "")},
        metadata={
            "run": name,
            "agent": agent.name,
            "agent_hash": agent.hash,
            "privilege": agent.privilege,
            "seed": info.seed,
            "setting": game.setting,
            "protocol": to_builtins(info.protocol),
            "config_hash": info.config_hash,
            "versions": dict(info.versions),
            "command": list(info.command),
            "replayed": run.replayed,
            "failures": run.failures,
        },
    )


def _results(trials: Sequence[Trial], planned: int) -> EvalResults:
    metrics = dict.fromkeys(metric for trial in trials for metric in trial.scores)
    ordered = sorted(metrics, key=lambda metric: (metric != OUTCOME, metric))
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


def _spent(attempt: Attempt) -> Spent:
    return attempt.episode.spent[attempt.seat] if attempt.seat < len(attempt.episode.spent) else Spent()


def _began(run: RunData, name: str) -> datetime:
    try:
        began = datetime.fromisoformat(run.info.started)
    except ValueError as error:
        raise ExportError(f"run {name}: it began at {run.info.started[:40]!r}, which is no time in ISO 8601") from error
    return began if began.tzinfo else began.replace(tzinfo=UTC)


def _digest(*parts: str) -> str:
    """A name of 22 characters, as long as Inspect's own, the same for the same run."""
    return hashlib.sha256("\n".join(parts).encode("utf-8", "replace")).hexdigest()[:22]
