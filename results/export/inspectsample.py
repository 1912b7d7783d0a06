"""One attempt at a task as a sample of an Inspect log: what was seen and said, step by step, and how it was graded."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from inspect_ai.event import Event, InfoEvent, ModelEvent, SpanBeginEvent, SpanEndEvent
from inspect_ai.log import EvalError, EvalSample
from inspect_ai.model import (
    ChatCompletionChoice,
    ChatMessage,
    ChatMessageAssistant,
    ChatMessageSystem,
    ChatMessageUser,
    Content,
    ContentReasoning,
    ContentText,
    GenerateConfig,
    ModelOutput,
    ModelUsage,
    StopReason,
)
from inspect_ai.scorer import Score
from msgspec import to_builtins

from kibitz.results.comparing.trials import OUTCOME, Trial
from kibitz.results.export.episodes import RESULTS
from kibitz.results.export.mending import Mender
from kibitz.results.records import (
    CallRecord,
    EpisodeRecord,
    GradeRecord,
    MessageRecord,
    SeatRecord,
    Spent,
    StepRecord,
    UnitRecord,
)
from kibitz.results.rundata import RunData
from kibitz.results.sample import Played

STOPS: Mapping[str, StopReason] = {
    "stop": "stop",
    "length": "max_tokens",
    "tool_calls": "tool_calls",
    "content_filter": "content_filter",
}
ANSWERS = "answers."
FIRST = (OUTCOME, "intermediate", "consistency", "legality", "outcome_with_fallback")
"""Scores in the order of a board; then come the single questions."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """A seat of an episode that ended, and its scores."""

    unit: UnitRecord
    seat: int
    episode: EpisodeRecord
    trial: Trial


@dataclass(frozen=True, slots=True)
class Sampling:
    """What samples of one log share.

    Attributes:
        model: The model's name in Inspect.
        began: When the run began; events are put behind it by the times that were measured.
        prompts: Whether calls are told in full.
    """

    run: RunData
    model: str
    began: datetime
    mender: Mender
    prompts: bool

    def sample(self, attempt: Attempt) -> EvalSample:
        """The sample."""
        unit, seat = attempt.unit, attempt.seat
        steps = [self.mender.struct(step) for step in self.run.steps(unit.key)]
        grades: dict[int, list[GradeRecord]] = defaultdict(list)
        for grade in self.run.grades(unit.key):
            if grade.seat == seat:
                grades[grade.step].append(self.mender.struct(grade))
        calls: dict[int, list[CallRecord]] = defaultdict(list)
        for call in self.run.calls(unit.key) if self.prompts else ():
            if call.seat == seat:
                calls[call.step].append(self.mender.struct(call))
        moves = [(step, move, i) for step in steps for i, move in enumerate(step.seats) if move.seat == seat]
        messages = [message for step, move, _ in moves for message in _said(unit, step, move)]
        episode = self.mender.struct(attempt.episode)
        spent = episode.spent[seat] if seat < len(episode.spent) else Spent()
        return EvalSample(
            id=attempt.trial.task,
            epoch=attempt.trial.trial + 1,
            input=moves[0][1].observation if moves else "",
            target="",
            messages=messages,
            output=_last(self.model, messages, spent),
            scores=_scores(attempt, episode, [one for step in sorted(grades) for one in grades[step]]),
            metadata=_metadata(attempt, episode),
            events=self._events(unit, seat, moves, grades, calls),
            model_usage={self.model: usage(spent)} if spent.calls else {},
            total_time=episode.measured.seconds,
            working_time=attempt.trial.seconds,
            uuid=f"{unit.key}#{seat}",
            error=_error(episode),
        )

    def _events(
        self,
        unit: UnitRecord,
        seat: int,
        moves: Sequence[tuple[StepRecord, SeatRecord, int]],
        grades: Mapping[int, Sequence[GradeRecord]],
        calls: Mapping[int, Sequence[CallRecord]],
    ) -> list[Event]:
        events: list[Event] = []
        clock = 0.0
        for step, move, i in moves:
            times = step.measured.seat_seconds
            seconds = times[i] if i < len(times) else 0.0
            name = f"step {step.step}"
            span = f"{unit.key}#{seat}/{step.step}"

            def at(passed: float, part: str, span: str = span) -> dict[str, Any]:
                when = self.began + timedelta(seconds=passed)
                return {"timestamp": when, "working_start": passed, "uuid": f"{span}/{part}", "span_id": span}

            events.append(SpanBeginEvent(**at(clock, "begin"), id=span, name=name, type="step"))
            for number, call in enumerate(calls.get(step.step, ())):
                events.append(self._call(call, at(clock, f"call{number}")))
            clock += seconds
            told = _told(step, move, grades.get(step.step, ()))
            events.append(InfoEvent(**at(clock, "graded"), source="kibitz", data=told))
            events.append(SpanEndEvent(**at(clock, "end"), id=span))
        return events

    def _call(self, call: CallRecord, at: Mapping[str, Any]) -> ModelEvent:
        usage = call.completion.get("usage", {})
        key = f"{call.request}/{call.i}"
        choices = [
            ChatCompletionChoice(
                message=_assistant(str(one.get("text", "")), str(one.get("reasoning", "")), self.model, f"{key}/{n}"),
                stop_reason=STOPS.get(str(one.get("finish")), "unknown"),
            )
            for n, one in enumerate(call.completion.get("choices", ()))
        ]
        sent = [self.mender.struct(message) for message in self.run.conversation(call.context)]
        return ModelEvent(
            **at,
            model=self.model,
            role=call.role,
            input=[_message(message, f"{key}/sent{n}") for n, message in enumerate(sent)],
            tools=[],
            tool_choice="none",
            config=_config(call.parameters),
            output=ModelOutput(
                model=call.measured.model or self.model,
                choices=choices,
                usage=ModelUsage(
                    input_tokens=usage.get("input", 0),
                    output_tokens=usage.get("output", 0),
                    total_tokens=usage.get("input", 0) + usage.get("output", 0),
                    input_tokens_cache_read=usage.get("cached", 0),
                    reasoning_tokens=usage.get("reasoning", 0),
                    total_cost=call.completion.get("usd"),
                ),
                time=call.measured.seconds,
            ),
            retries=call.measured.attempts - 1,
            working_time=call.measured.seconds,
        )


def in_order(metrics: Iterable[str]) -> list[str]:
    """Each metric once, the important ones first."""
    return sorted(set(metrics), key=lambda metric: (FIRST.index(metric) if metric in FIRST else len(FIRST), metric))


def usage(spent: Spent) -> ModelUsage:
    """What was spent; the cost only where every price is known."""
    return ModelUsage(
        input_tokens=spent.input_tokens,
        output_tokens=spent.output_tokens,
        total_tokens=spent.tokens,
        total_cost=None if spent.unpriced else spent.usd,
    )


def _said(unit: UnitRecord, step: StepRecord, move: SeatRecord) -> tuple[ChatMessage, ChatMessage]:
    """What the seat saw, and its reply; where it gave none, its action."""
    key = f"{unit.key}#{move.seat}/{step.step}"
    marks = {"action": move.action, "fallback": move.fallback, "consistent": move.consistent, "regret": move.regret}
    seen = ChatMessageUser(content=move.observation, source="input", id=f"{key}/seen")
    reply = _assistant(move.reply or move.action, move.reasoning, None, f"{key}/said")
    reply.metadata = marks
    return seen, reply


def _assistant(text: str, reasoning: str, model: str | None, key: str) -> ChatMessageAssistant:
    content: str | list[Content] = text
    if reasoning:
        content = [ContentReasoning(reasoning=reasoning), ContentText(text=text)]
    return ChatMessageAssistant(content=content, model=model, source="generate", id=key)


def _message(message: MessageRecord, key: str) -> ChatMessage:
    pictures = "".join(f"\n[image {digest}]" for digest in message.images)
    text = message.text + pictures
    if message.role == "system":
        return ChatMessageSystem(content=text, id=key)
    if message.role == "assistant":
        return ChatMessageAssistant(content=text, id=key)
    return ChatMessageUser(content=text, id=key)


def _config(parameters: Mapping[str, Any]) -> GenerateConfig:
    named = ("temperature", "max_tokens", "seed", "top_p")
    return GenerateConfig(**{name: parameters[name] for name in named if parameters.get(name) is not None})


def _last(model: str, messages: Sequence[ChatMessage], spent: Spent) -> ModelOutput:
    if not messages or not isinstance(messages[-1], ChatMessageAssistant):
        return ModelOutput(model=model)
    choice = ChatCompletionChoice(message=messages[-1], stop_reason="stop")
    return ModelOutput(model=model, choices=[choice], usage=usage(spent) if spent.calls else None)


def _told(step: StepRecord, move: SeatRecord, grades: Sequence[GradeRecord]) -> dict[str, Any]:
    """What Kibitz knows about a step, to be read beside the transcript."""
    told = {
        "answers": [f"{grade.subproblem}: {_graded(grade)}" for grade in grades],
        "action": move.action,
        "consistent": move.consistent,
        "regret": move.regret,
        "fallback": move.fallback,
        "complaints": [f"{complaint.problem}: {complaint.reason}" for complaint in move.complaints],
        "position": step.position,
    }
    builtins: dict[str, Any] = to_builtins(told)
    return builtins


def _graded(grade: GradeRecord) -> str:
    said = "nothing" if grade.raw is None else grade.raw
    true = "not known" if grade.truth is None else grade.truth
    return f"{grade.verdict}; said {said}; true {true}"


def _scores(attempt: Attempt, episode: EpisodeRecord, grades: Sequence[GradeRecord]) -> dict[str, Score] | None:
    """The scores, each with what it is made of; None for a failed episode."""
    if attempt.trial.failed:
        return None
    found: dict[str, Score] = {}
    for metric in in_order(attempt.trial.scores):
        found[metric] = Score(value=attempt.trial.scores[metric])
        if metric == OUTCOME:
            played = Played("", attempt.unit, episode, attempt.seat)
            found[metric].answer = RESULTS[played.result]
            found[metric].explanation = episode.reason
            found[metric].metadata = {"reward": episode.reward[attempt.seat], "forfeited": played.forfeited}
        elif metric.startswith(ANSWERS):
            asked = [grade for grade in grades if f"{ANSWERS}{grade.subproblem}" == metric]
            found[metric].explanation = "\n".join(f"step {grade.step}: {_graded(grade)}" for grade in asked)
    return found


def _metadata(attempt: Attempt, episode: EpisodeRecord) -> dict[str, Any]:
    unit, seat = attempt.unit, attempt.seat
    return {
        "episode": unit.key,
        "number": unit.index,
        "seat": seat,
        "opponents": [agent for place, agent in enumerate(unit.agents) if place != seat],
        "k": unit.k,
        "task": unit.task,
        "seed": unit.seed,
        "pair": unit.pair,
        "cluster": attempt.trial.cluster,
        "trajectory": episode.trajectory,
        "digest": episode.digest,
        "status": episode.status,
        "steps": episode.steps,
    }


def _error(episode: EpisodeRecord) -> EvalError | None:
    if episode.status == "done":
        return None
    message = f"{episode.cause or 'unknown'}: {episode.message}"
    return EvalError(message=message, traceback=message, traceback_ansi=message)
