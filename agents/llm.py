"""The agent that asks a language model: prompt, call, parse, and questions in one of five ways."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from functools import cached_property
from typing import Any, ClassVar, Literal, cast

import msgspec

from kibitz.agents.agent import Ask, Candidate, Ctx, Decision, Learner, Needs, Reply, Turn
from kibitz.agents.asking import asked
from kibitz.agents.listed import listed_actions
from kibitz.agents.meter import UNLIMITED_BUDGET, Meter
from kibitz.agents.models.model import Capability, Completion, Message, Model, Request, Tool
from kibitz.agents.models.model import Choice as Sample
from kibitz.agents.models.registry import make_model, model_options
from kibitz.agents.parsing import PARSER_VERSION, Wanted, read_choice
from kibitz.agents.prompting import ANSWER, PLAY, Legal, Manner, Prompter, in_acting_reply
from kibitz.agents.prompts.templates import PromptSet, Style, shipped_set
from kibitz.agents.writing import Format, schema
from kibitz.games.actions import Actions
from kibitz.games.options import Option, OptionError, Value, resolve

HISTORY = re.compile(r"none|full|last:([1-9][0-9]{0,3})")
NOT_YET = "(the reply)"
"""Stands for a reply in messages that are shown without being sent."""

_CAPABILITIES: dict[Format, frozenset[Capability]] = {
    "free": frozenset(),
    "json": frozenset({"json_schema"}),
    "choice": frozenset({"choices"}),
    "scored": frozenset({"score"}),
    "tool": frozenset({"tools"}),
}

_OPTIONS = (
    Option("model", "embedded", "the model: back end, or back end and name as in openai:NAME"),
    Option("temperature", 0.0, "sampling temperature; 0 is greedy", low=0, high=2),
    Option("max_tokens", 0, "most tokens of a reply, reasoning included; 0: 160 in compact style, else 4096", low=0),
    Option(
        "action_mode",
        "auto",
        "how the action is stated; auto: json for embedded, else free",
        choices=("auto", "free", "json", "choice", "scored", "tool"),
    ),
    Option("legal", "shown", "when the legal actions are told", choices=("shown", "on_error", "hidden")),
    Option("history", "none", "earlier turns in the prompt: none, last:K or full"),
    Option("style", "auto", "prompt style; auto: compact for embedded", choices=("auto", "standard", "compact")),
    Option("examples", -1, "worked examples in the prompt; -1: 2 in compact style, else none", low=-1, high=16),
    Option("effort", "", "reasoning effort, for models that have such a setting; empty: not set"),
    Option("prompts", "", "folder with prompt blocks in place of ours", inert=True),
)


class LLMAgent:
    """A language model as a player; stateless between turns."""

    kind: ClassVar[str] = "llm"
    declared: ClassVar[tuple[Option, ...]] = _OPTIONS
    answers = True
    learner: Learner | None = None

    def __init__(self, model_instance: Model | None = None, **options: object) -> None:
        """Make the agent.

        Args:
            model_instance: The model to use; made from the option ``model`` where it is left out.
            options: The options declared here, and those of the model.

        Raises:
            OptionError: An option is unknown or its value is not allowed.
            ModelError: There is no such model.
            PromptError: The folder of prompt blocks holds something else.
        """
        declared = self.declared if model_instance is not None else self.options_for(options)
        self.options: dict[str, Value] = resolve(f"agent {self.kind}", declared, options)
        own = {option.name for option in self.declared}
        self._model = model_instance or make_model(
            str(self.options["model"]), {k: v for k, v in self.options.items() if k not in own}
        )
        self._is_embedded = self._plays_embedded()
        folder = str(self.options["prompts"])
        prompts = PromptSet(self.style, folder) if folder else shipped_set(self.style)
        self._prompter = Prompter(prompts, self._manner())

    @classmethod
    def options_for(cls, given: Mapping[str, object]) -> tuple[Option, ...]:
        """All options of an agent with these settings: its own, and those of the model that it names.

        Raises:
            ModelError: There is no such model.
        """
        spec = given.get("model", "embedded")
        own = {option.name for option in cls.declared}
        extra = model_options(spec) if isinstance(spec, str) else ()
        return (*cls.declared, *(option for option in extra if option.name not in own))

    # -- what it is --------------------------------------------------------------------------------------------------

    @cached_property
    def form(self) -> Format:
        """How the action is stated, ``auto`` resolved; a small model hardly ever keeps to a form in free text."""
        if self.options["action_mode"] != "auto":
            return cast("Format", self.options["action_mode"])
        return "json" if self._is_embedded else "free"

    def _plays_embedded(self) -> bool:
        spec = str(self.options["model"]).partition(":")[0].strip()
        # A recorded run of the embedded model is replayed with the prompts that it was played with.
        return spec == "embedded" or (spec == "replay" and self._model.identity.get("backend") == "embedded")

    @cached_property
    def style(self) -> Style:
        """The prompt style, ``auto`` resolved."""
        if self.options["style"] != "auto":
            return cast("Style", self.options["style"])
        return "compact" if self._is_embedded else "standard"

    def _manner(self) -> Manner:
        found = HISTORY.fullmatch(str(self.options["history"]))
        if found is None:
            raise OptionError(f"agent {self.kind}: history = {self.options['history']!r} is not none, last:K or full")
        remember = int(found[1]) if found[1] else 0 if found[0] == "none" else None
        examples = int(self.options["examples"])
        return Manner(
            form=self.form,
            asking_form=self._asking_form(),
            legal=cast("Legal", self.options["legal"]),
            remember=remember,
            style=self.style,
            examples=examples if examples >= 0 else 2 if self.style == "compact" else 0,
        )

    def _asking_form(self) -> Format:
        """How questions are answered in calls of their own; a bare action cannot hold answers."""
        if self.form not in ("choice", "scored"):
            return self.form
        return "json" if "json_schema" in self._model.capabilities else "free"

    @cached_property
    def max_tokens(self) -> int:
        """Most tokens of a reply."""
        return int(self.options["max_tokens"]) or (160 if self.style == "compact" else 4096)

    @cached_property
    def temperature(self) -> float | None:
        """Sampling temperature; None where the model has no such setting and none was asked for."""
        wanted = float(self.options["temperature"])
        return wanted if wanted or "temperature" in self._model.capabilities else None

    @property
    def identity(self) -> Mapping[str, Any]:
        """Everything that can change a decision, defaults resolved."""
        # The model's own identity stands for its spec: a replayed model is the one that was recorded.
        left_out = {option.name for option in self.declared if option.inert} | {"model"}
        stated = {option.name: self.options[option.name] for option in self.declared if option.name not in left_out}
        return {
            "kind": self.kind,
            **stated,
            "action_mode": self.form,
            "style": self.style,
            "examples": self._prompter.manner.examples,
            "max_tokens": self.max_tokens,
            "temperature": self.temperature,
            "prompts": self._prompter.prompts.hash,
            "parser": PARSER_VERSION,
            "models": {"policy": dict(self._model.identity)},
        }

    @cached_property
    def needs(self) -> Needs:
        """What the model must be able to do, and whether the game must list its actions."""
        model = set(_CAPABILITIES[self.form])
        if self.options["effort"]:
            model.add("effort")
        if self.options["temperature"]:
            model.add("temperature")
        return Needs(model=frozenset(model), listed=self.form in ("choice", "scored"))

    @property
    def models(self) -> Mapping[str, Model]:
        """The one model."""
        return {"policy": self._model}

    def refuses(self, ask: Ask) -> str:
        """Why the agent cannot be asked in this way, in one sentence; empty if it can."""
        if ask == "same" and self.form in ("choice", "scored"):
            return (
                f"action_mode = {self.form} cannot answer in the acting reply; use ask = before, after, probe or none"
            )
        return ""

    # -- what it sends -----------------------------------------------------------------------------------------------

    def messages(self, turn: Turn) -> tuple[Message, ...]:
        """Exactly what the acting call of ``turn`` sends; replies that it would build on are shown as a placeholder."""
        return self._prompter.acting(turn, NOT_YET if self._asks_before(turn) else None)

    def requests(self, turn: Turn) -> tuple[tuple[str, Request], ...]:
        """All calls of ``turn`` in order, each as (scope, request); unknown replies are shown as a placeholder."""
        calls: list[tuple[str, Request]] = []
        if self._asks_before(turn):
            calls.append((_scope(turn), self._asking(turn, self._prompter.asking_before(turn))))
        if "action" in turn.wants:
            calls.append(("greedy", self._acting(turn, self.messages(turn))))
            if turn.ask in ("after", "probe") and asked(turn):
                messages = self._prompter.asking_after(turn, NOT_YET, NOT_YET)
                calls.append((turn.ask, self._asking(turn, messages)))
        return tuple(calls)

    def _asks_before(self, turn: Turn) -> bool:
        return bool(asked(turn)) and (turn.ask == "before" or "action" not in turn.wants)

    def _acting(self, turn: Turn, messages: tuple[Message, ...]) -> Request:
        listed = listed_actions(turn, f"action_mode = {self.form}") if self.needs.listed else ()
        request = self._request(messages)
        if self.form == "choice":
            return _with(request, choices=listed)
        if self.form == "scored":
            return _with(request, score=listed)
        if self.form == "free":
            return request
        shape = schema(
            in_acting_reply(turn),
            turn.observation.actions or Actions(),
            enumerate_actions=self._prompter.tells_legal(turn),
        )
        return self._shaped(request, self.form, PLAY, shape)

    def _asking(self, turn: Turn, messages: tuple[Message, ...]) -> Request:
        shape = schema(asked(turn), None, enumerate_actions=self._prompter.tells_legal(turn))
        return self._shaped(self._request(messages), self._prompter.manner.asking_form, ANSWER, shape)

    def _request(self, messages: tuple[Message, ...]) -> Request:
        return Request(
            messages=messages,
            temperature=self.temperature,
            max_tokens=self.max_tokens,
            effort=str(self.options["effort"]) or None,
        )

    def _shaped(self, request: Request, form: Format, name: str, shape: str) -> Request:
        if form == "json":
            return _with(request, json_schema=shape)
        if form == "tool":
            return _with(request, tools=(Tool(name, _PURPOSE[name], shape),))
        return request

    # -- what it does ------------------------------------------------------------------------------------------------

    async def act(self, turn: Turn, ctx: Ctx) -> Decision:
        """Decide one turn: at most one call before the acting one, and one after it.

        Raises:
            CallFailed: A call failed for good.
            OpenActionsError: The mode chooses from a list, and the actions cannot be listed.
        """
        if ctx.budget is not UNLIMITED_BUDGET and not ctx.budget.grant([call for _, call in self.requests(turn)]):
            return Decision(None, Reply("", None, problem="over_budget", reason="no budget is left for another call"))
        first: Reply | None = None
        if self._asks_before(turn):
            first = await self._ask(ctx.meter.scope(_scope(turn)), turn, self._prompter.asking_before(turn))
        if "action" not in turn.wants:
            return Decision(None, first or Reply("", None), memo=turn.memo)
        messages = self._prompter.acting(turn, None if first is None else first.text)
        reply, candidates = await self._play(ctx.meter.scope("greedy"), turn, messages)
        memo = turn.memo
        if first is not None:
            reply = msgspec.structs.replace(reply, answers=first.answers)
            memo = self._prompter.keep(turn, self._prompter.asking_before(turn)[-1].text, first.text)
        elif turn.ask in ("after", "probe") and asked(turn) and reply.action is not None:
            messages = self._prompter.asking_after(turn, reply.text, reply.action)
            later = await self._ask(ctx.meter.scope(turn.ask), turn, messages)
            reply = msgspec.structs.replace(reply, answers=later.answers)
            memo = self._prompter.keep(turn, messages[-1].text, later.text)
        if candidates:  # The chosen candidate carries the reply with all its answers.
            candidates = (msgspec.structs.replace(candidates[0], replies=(reply,)), *candidates[1:])
        return Decision(reply.action, reply, candidates, greedy=reply.action, memo=memo)

    async def _play(
        self, meter: Meter, turn: Turn, messages: tuple[Message, ...]
    ) -> tuple[Reply, tuple[Candidate, ...]]:
        completion = await meter.call(self._acting(turn, messages))
        if self.form == "scored":
            return _best(listed_actions(turn, "action_mode = scored"), completion)
        reply = _read(completion, self.form, Wanted(in_acting_reply(turn), turn.observation.actions or Actions()), PLAY)
        return reply, (Candidate(reply.action),) if reply.action is not None else ()

    async def _ask(self, meter: Meter, turn: Turn, messages: tuple[Message, ...]) -> Reply:
        completion = await meter.call(self._asking(turn, messages))
        return _read(completion, self._prompter.manner.asking_form, Wanted(asked(turn)), ANSWER)


_PURPOSE: Mapping[str, str] = {PLAY: "State your action in the game.", ANSWER: "Answer the questions."}


def _scope(turn: Turn) -> Literal["before", "answers"]:
    return "before" if "action" in turn.wants else "answers"


def _with(request: Request, **changes: Any) -> Request:  # noqa: ANN401 - fields of Request of any type
    return msgspec.structs.replace(request, **changes)


def _read(completion: Completion, form: Format, wanted: Wanted, tool: str) -> Reply:
    sample = completion.choices[0] if completion.choices else Sample()
    return read_choice(sample, form, wanted, tool=tool, reasoned=completion.usage.reasoning > 0)


def _best(listed: tuple[str, ...], completion: Completion) -> tuple[Reply, tuple[Candidate, ...]]:
    """The action of the highest score, the first of equals; every action is a candidate with its score."""
    scores = completion.scores
    if len(scores) != len(listed) or any(math.isnan(score) for score in scores):
        reason = f"the model gave {len(scores)} scores for {len(listed)} actions, or scores that are no numbers"
        return Reply("", None, problem="malformed_reply", reason=reason), ()
    best = max(range(len(listed)), key=lambda place: scores[place])
    rule = completion.score_rule or "score"
    order = [best, *(place for place in range(len(listed)) if place != best)]
    reply = Reply(listed[best], listed[best])
    return reply, tuple(Candidate(listed[place], scores={rule: scores[place]}) for place in order)
