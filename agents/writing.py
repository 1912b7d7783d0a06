"""How a reply is written: field order, JSON schemas, and whole replies as text.

The reverse of ``kibitz.agents.parsing``. Worked examples, remembered turns and the replies of bots are written here, so
that what a model is shown is exactly what the parser reads.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from kibitz.games.actions import LONGEST_ACTION, Actions, on_one_line
from kibitz.games.kinds import SetOf
from kibitz.games.subproblem import AnswerKind, Malformed, Subproblem

Format = Literal["free", "json", "choice", "scored", "tool"]
"""How an action is stated: tags in free text, a JSON object, one of the listed actions, scored, or a function call."""

ACTION = "action"
"""The field that holds the action; no subproblem may have this id."""


def fields(asks: Sequence[Subproblem], action: bool = True) -> tuple[str, ...]:
    """The fields of a reply in order: questions about the view, the action, questions about that action."""
    view = [question.id for question in asks if question.about == "view"]
    about_action = [question.id for question in asks if question.about == "action"]
    return (*view, *([ACTION] if action else []), *about_action)


def schema(asks: Sequence[Subproblem], actions: Actions | None, *, enumerate_actions: bool) -> str:
    """The JSON schema of a reply, as JSON text; properties stand in the order of ``fields``.

    Args:
        asks: The questions to be answered.
        actions: The legal actions; None where no action is wanted.
        enumerate_actions: Whether the schema may list the legal actions (it tells the model what is legal). Where it
            may not, sets list all names that are understood: the empty cells of a board would tell it too.
    """
    kinds = {question.id: _answer_schema(question.kind, whole=not enumerate_actions) for question in asks}
    if actions is not None:
        kinds[ACTION] = {"type": "string", "minLength": 1, "maxLength": LONGEST_ACTION}
        if enumerate_actions and actions.listed and not actions.open:
            kinds[ACTION] = {"type": "string", "enum": list(actions.listed)}
    names = fields(asks, actions is not None)
    properties = {name: kinds[name] for name in names}
    whole = {"type": "object", "properties": properties, "required": list(names), "additionalProperties": False}
    return json.dumps(whole, separators=(",", ":"))


def _answer_schema(kind: AnswerKind, *, whole: bool) -> Mapping[str, object]:
    if whole and isinstance(kind, SetOf) and kind.others:
        return SetOf(tuple(sorted((*kind.domain, *kind.others))), kind.member).schema
    return kind.schema


def hint(kind: AnswerKind, form: Format) -> str:
    """How to write an answer of ``kind`` in ``form``, in a few words.

    The words for a set name no member: its domain may differ from step to step, and the static part of a prompt must
    not.
    """
    strict = form in ("json", "tool")
    if isinstance(kind, SetOf):
        how = f"a list of {kind.member}s as strings" if strict else f"{kind.member}s separated by semicolons"
        return f"{how}, or {'[]' if strict else 'none'}" if kind.empty else how
    return "true or false" if strict and kind.name == "boolean" else kind.hint


def legal_text(actions: Actions | None) -> str:
    """The legal actions on one line: all that are listed, then the hints of the open families."""
    if actions is None:
        return ""
    return on_one_line(actions.told())


def reply_text(
    form: Format,
    asks: Sequence[Subproblem],
    answers: Mapping[str, str],
    action: str | None,
    *,
    values: Mapping[str, Any] | None = None,
    tight: bool = False,
) -> str:
    """Write a reply in ``form``.

    Args:
        form: The way of writing; ``choice`` and ``scored`` hold the action alone.
        asks: The questions; one without an answer is left out.
        answers: Canonical answers by subproblem id.
        action: The action, if one is stated.
        values: The answers as JSON values; by default what their kinds read in ``answers``.
        tight: JSON without blanks, which small models imitate better.
    """
    if form in ("choice", "scored"):
        return action or ""
    stated = dict(answers) if action is None else {**answers, ACTION: action}
    names = [name for name in fields(asks, action is not None) if name in stated]
    if form == "free":
        return "\n".join(f"<{name}>{stated[name]}</{name}>" for name in names)
    given = values or {}
    written = {name: given[name] if name in given else _json_value(asks, name, stated[name]) for name in names}
    return json.dumps(written, separators=(",", ":") if tight else (", ", ": "), ensure_ascii=False)


def _json_value(asks: Sequence[Subproblem], name: str, text: str) -> object:
    kinds = {question.id: question.kind for question in asks}
    if name not in kinds:
        return text
    answer = kinds[name].read(text)
    return text if isinstance(answer, Malformed) else kinds[name].to_json(answer)
