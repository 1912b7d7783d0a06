"""From a turn to messages: what a model is sent, and in which order.

First the static part: a system message with role, rules, questions, the form of replies and worked examples. It
depends on the game's setting, the seat's rules and the agent's options alone, never on the step, so that prompt caches
hold it. Then remembered turns, then the present one. A retry is the same conversation with the complaints added to its
last message: the static part stays as it was.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from kibitz.agents.agent import Example, Past, Turn
from kibitz.agents.asking import asked
from kibitz.agents.models.model import Message
from kibitz.agents.prompts.templates import PromptSet, Style
from kibitz.agents.remembering import remembered
from kibitz.agents.writing import ACTION, Format, fields, hint, legal_text, reply_text
from kibitz.games.actions import on_one_line
from kibitz.games.subproblem import Subproblem

Legal = Literal["shown", "on_error", "hidden"]
"""When the legal actions are told: always, after an unusable reply, or never."""

PLAY, ANSWER = "play", "answer"
"""Names of the functions in ``tool`` form: to act, and to answer apart from acting."""

REMEMBERED = 4000
"""Characters of an earlier reply that are shown again: the last ones, where answers and action stand."""


MOST_STATIC = 256
"""Static parts that are kept; there is one a game, seat and way of asking."""


@dataclass(frozen=True, slots=True)
class Manner:
    """How an agent is prompted.

    Attributes:
        form: How it states its action.
        asking_form: How it answers in calls of their own.
        legal: When the legal actions are told.
        remember: Number of earlier turns shown; None for all.
        style: Which set of blocks.
        examples: Number of worked examples in the static part.
    """

    form: Format
    asking_form: Format
    legal: Legal
    remember: int | None
    style: Style
    examples: int


@dataclass(frozen=True, slots=True)
class Exchange:
    """Questions put in a call of their own in an earlier turn, and what was answered."""

    turn: int
    ask: str
    asked: str
    said: str


def read_memo(memo: str) -> Exchange | None:
    """The exchange that ``write_memo`` wrote."""
    return Exchange(*json.loads(memo)) if memo else None


def write_memo(exchange: Exchange) -> str:
    """An exchange as the text of a memo."""
    return json.dumps([exchange.turn, exchange.ask, exchange.asked, exchange.said], separators=(",", ":"))


@dataclass(frozen=True, slots=True)
class Prompter:
    """Builds the messages of an agent; pure."""

    prompts: PromptSet
    manner: Manner
    known: dict[object, tuple[object, tuple[Message, ...]]] = field(default_factory=dict, compare=False, repr=False)
    """Static parts that were written before, with the examples they show."""

    def tells_legal(self, turn: Turn) -> bool:
        """Whether the prompt of a turn says what is legal: never where nobody acts, or where the protocol hides it."""
        if turn.hides_legal or "action" not in turn.wants:
            return False
        return self.manner.legal == "shown" or (self.manner.legal == "on_error" and bool(turn.complaints))

    def system(self, turn: Turn) -> Message:
        """The static part."""
        form = self.manner.form
        asks = in_acting_reply(turn)
        text = self.prompts.render(
            "system",
            mode=form,
            acts="action" in turn.wants,
            tool=PLAY,
            game=turn.game,
            rules=turn.rules,
            questions=_questions(asks),
            fields=_fields(asks, form, action=True),
            examples=self._examples(turn) if self.manner.style == "standard" else [],
        )
        return Message("system", text, static=True)

    def _examples(self, turn: Turn) -> list[dict[str, Any]]:
        """Worked examples as (observation, legal actions if these are shown, the reply as it has to be written).

        Where only answers are wanted, the example's action is what questions about the action are about. Examples that
        answer just what is asked come first: one that leaves a question out would teach to leave it out.
        """
        acts = "action" in turn.wants
        shown = acts and self.manner.legal == "shown" and not turn.hides_legal
        asks = in_acting_reply(turn) if acts else asked(turn)
        ids = {question.id for question in asks}
        fitting: Sequence[Example] = turn.examples
        if ids:
            fitting = sorted(fitting, key=lambda e: (len(ids - e.answers.keys()), len(e.answers.keys() - ids)))
        return [
            {
                "observation": example.observation,
                "legal": on_one_line(example.legal) if shown else "",
                "given": None if acts else _given(asks, example.action),
                "reply": self._write(asks, example.answers, example.values, example.action if acts else None),
            }
            for example in fitting[: self.manner.examples]
        ]

    def _write(
        self, asks: Sequence[Subproblem], answers: Mapping[str, str], values: Mapping[str, Any], action: str | None
    ) -> str:
        tight = self.manner.style == "compact"
        form = self.manner.asking_form if action is None else self.manner.form
        return reply_text(form, asks, answers, action, values=values, tight=tight)

    def acting(self, turn: Turn, before: str | None = None) -> tuple[Message, ...]:
        """The messages of the acting call.

        Args:
            turn: The turn.
            before: What was answered in a call before this one, if there was one.
        """
        complaints = [
            {"number": number, "problem": complaint.problem, "reason": complaint.reason.rstrip(".")}
            for number, complaint in enumerate(turn.complaints, 1)
        ]
        again = self.manner.legal == "on_error" and self.tells_legal(turn)
        legal_again = legal_text(turn.observation.actions) if again else ""
        values = {**self._view(turn), "complaints": complaints, "legal_on_error": legal_again}
        if before is None:
            return (*self._opening(turn), Message("user", self.prompts.render("turn", **values)))
        return (*self.asking_before(turn), self.replied(before), Message("user", self.prompts.render("act", **values)))

    def asking_before(self, turn: Turn) -> tuple[Message, ...]:
        """The messages of a call that asks for answers before any action."""
        values = self._asking(asked(turn))
        if "action" in turn.wants:
            text = self.prompts.render("ask_before", **self._view(turn), **values)
        else:
            given = _given(asked(turn), turn.given)
            text = self.prompts.render("ask_position", **self._view(turn), given=given, **values)
        return (*self._opening(turn), Message("user", text))

    def asking_after(self, turn: Turn, reply: str, action: str) -> tuple[Message, ...]:
        """The messages of a call that asks for answers after ``action`` was stated in ``reply``."""
        text = self.prompts.render("ask_after", action=action, **self._asking(asked(turn)))
        return (*self.acting(turn), self.replied(reply), Message("user", text))

    def replied(self, text: str) -> Message:
        """A reply of the model, shown again; providers refuse empty ones."""
        return Message("assistant", text[-REMEMBERED:].strip() or self.prompts.render("no_reply"))

    def _asking(self, asks: Sequence[Subproblem]) -> dict[str, Any]:
        form = self.manner.asking_form
        listed = _fields(asks, form, action=False)
        return {"mode": form, "tool": ANSWER, "questions": _questions(asks), "fields": listed}

    def _opening(self, turn: Turn) -> tuple[Message, ...]:
        """The static part and the remembered turns."""
        return (*self._static(turn), *self._history(turn))

    def _static(self, turn: Turn) -> tuple[Message, ...]:
        """The static part, written once for all turns that share it: it does not depend on the step."""
        asks = in_acting_reply(turn) if "action" in turn.wants else asked(turn)
        put = tuple((q.id, q.question, q.about, hint(q.kind, self.manner.form)) for q in asks)
        key = (turn.game, turn.rules, put, turn.wants, turn.hides_legal)
        known = self.known.get(key)
        if known is None or known[0] is not turn.examples:
            if len(self.known) >= MOST_STATIC:
                self.known.clear()
            self.known[key] = known = (turn.examples, (self.system(turn), *self._shown(turn)))
        return known[1]

    def _shown(self, turn: Turn) -> list[Message]:
        """Worked examples as turns of a conversation, in compact style.

        A small model goes on as the conversation goes on: of 16 free replies of the embedded model 7 stated a legal
        action with examples as turns, and none with the same examples in the system message. A larger model could take
        such turns for the game's history, so the standard style keeps them in the system message.
        """
        messages: list[Message] = []
        acts = "action" in turn.wants
        asking = {} if acts else self._asking(asked(turn))
        for example in self._examples(turn) if self.manner.style == "compact" else ():
            seen = self.prompts.render("view" if acts else "ask_position", **example, **asking, effect="ok")
            messages += [Message("user", seen, static=True), Message("assistant", example["reply"], static=True)]
        return messages

    def _view(self, turn: Turn) -> dict[str, Any]:
        seen = turn.observation
        legal = legal_text(seen.actions) if self.manner.legal == "shown" and self.tells_legal(turn) else ""
        return {"observation": seen.text, "effect": seen.effect, "legal": legal}

    def _history(self, turn: Turn) -> Sequence[Message]:
        if self.manner.remember is None:
            return remembered(turn.history, self, self._past)
        first = max(0, len(turn.history) - self.manner.remember)
        shown = (self._past(place, past) for place, past in enumerate(turn.history[first:], first))
        return [message for messages in shown for message in messages]

    def _past(self, place: int, past: Past) -> tuple[Message, ...]:
        """One remembered turn, which stands at ``place`` in the history."""
        seen = self.prompts.render("past", observation=past.observation, fallback=past.fallback)
        said = past.reply if past.reply.strip() and not past.fallback else self._write((), {}, {}, past.action)
        exchange = read_memo(past.memo)
        if exchange is not None and exchange.turn != place:
            exchange = None  # left over: in that turn the fallback acted, and nothing new was kept
        before: tuple[Message, ...] = ()
        after: tuple[Message, ...] = ()
        if exchange is not None and exchange.ask == "before":
            before = (Message("user", exchange.asked), self.replied(exchange.said))
            seen = self.prompts.render("act", complaints=[], legal_on_error="")
        if exchange is not None and exchange.ask == "after":
            after = (Message("user", exchange.asked), self.replied(exchange.said))
        return (*before, Message("user", seen), self.replied(said), *after)

    def keep(self, turn: Turn, asked_text: str, said: str) -> str:
        """The memo after this turn: the exchange that later turns will show again.

        Nothing is kept of a probe, which must not feed back, nor where no history is shown.
        """
        if self.manner.remember == 0 or turn.ask not in ("before", "after") or not asked_text:
            return ""
        return write_memo(Exchange(len(turn.history), turn.ask, asked_text, said[-REMEMBERED:]))


def in_acting_reply(turn: Turn) -> tuple[Subproblem, ...]:
    """The questions that the acting reply has to answer."""
    return asked(turn) if turn.ask == "same" and "action" in turn.wants else ()


def _given(asks: Sequence[Subproblem], action: str | None) -> str | None:
    """The action that questions about an action are about; None where there are no such questions."""
    return action if any(question.about == "action" for question in asks) else None


def _questions(asks: Sequence[Subproblem]) -> list[dict[str, str]]:
    return [{"id": question.id, "text": question.question, "about": question.about} for question in asks]


def _fields(asks: Sequence[Subproblem], form: Format, *, action: bool) -> list[dict[str, str]]:
    hints = {question.id: hint(question.kind, form) for question in asks}
    hints[ACTION] = "your action, as a string" if form in ("json", "tool") else "your action"
    return [{"id": name, "hint": hints[name]} for name in fields(asks, action)]
