"""From a model's text to a ``Reply``: pure functions, strict, never raising.

Replies are hostile input. Nothing is guessed: an answer is read from the place that the prompt declared or not at all.

- Free text: declared tags (``<action>1,1</action>``) that stand alone on their line, several to a line at most. Case,
  blanks inside the tag and Markdown marks around it do not matter. The last well-formed tag of a name counts, since a
  model may think aloud and revise. A tag within a sentence is prose, and one inside an undeclared ``<think>`` or the
  like is reasoning; neither is an answer. Where a tag stands beside other text only, its answer is malformed rather
  than missing, and the reply is told where tags belong.
- JSON: one object and nothing else, in a code fence or not. Duplicate keys are refused: two actions in one object state
  none. Numbers stand for their text where an action is wanted. Unknown keys are ignored.
- Choice: the whole reply is the action.
- Tool: exactly one call of the declared function, its arguments read as JSON.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Never

from msgspec.structs import replace

from kibitz.agents.agent import Problem, Reply, Stated
from kibitz.agents.models.model import Choice
from kibitz.agents.writing import ACTION, Format, fields
from kibitz.games.actions import Actions, Illegal
from kibitz.games.kinds import LONGEST_ANSWER
from kibitz.games.subproblem import Malformed, Subproblem

PARSER_VERSION = "1"
"""Changes whenever the same text could be read in another way."""

LONGEST_REPLY = 100_000
"""Characters that are read: of free text the last ones, since the last tag counts; longer JSON is refused."""

PATTERNS = 256
"""Compiled patterns that are kept, by the fields of a reply."""

DEEPEST_JSON = 8
"""Levels of nesting; no answer needs more than two."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a reply should hold.

    Attributes:
        asks: The questions to be answered.
        actions: The legal actions; None where no action is wanted.
    """

    asks: tuple[Subproblem, ...] = ()
    actions: Actions | None = None


def read_choice(choice: Choice, form: Format, wanted: Wanted, *, tool: str = "play", reasoned: bool = False) -> Reply:
    """Read one sample of a completion.

    Args:
        choice: The sample.
        form: How the reply had to be written (``scored`` replies are not read, they are computed).
        wanted: What it had to hold.
        tool: Name of the declared function, in ``tool`` form.
        reasoned: Whether the model spent tokens on reasoning, even if it shows none.
    """
    said = _said(choice)
    reply = Reply(text=said, action=None)
    if choice.refusal or choice.finish == "content_filter":
        reply = _failed(said, "refused", choice.refusal[:200] or "the reply was withheld by the provider's filter")
    elif not said.strip():
        reply = _nothing(choice, reasoned)
    elif form == "tool":
        reply = read_tool(choice, wanted, tool)
    else:
        reply = _READERS[form](said, wanted)
    if choice.finish == "length" and reply.problem in ("no_action", "malformed_reply"):
        reply = replace(reply, problem="truncated", reason="the reply was cut off at the token limit before its action")
    return replace(reply, reasoning=_storable(choice.reasoning)) if choice.reasoning else reply


def _said(choice: Choice) -> str:
    calls = [call.arguments for call in choice.tool_calls]
    return _storable("\n".join([choice.text, *calls] if choice.text else calls))


def _storable(text: str) -> str:
    """Half of a surrogate pair cannot be stored as UTF-8: it is written as its escape."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def _nothing(choice: Choice, reasoned: bool) -> Reply:
    if choice.finish != "length":
        return _failed(choice.text, "empty", "the reply is empty")
    if choice.reasoning or reasoned:
        return _failed(choice.text, "truncated_by_reasoning", "the reasoning used up all tokens before any reply")
    return _failed(choice.text, "truncated", "the reply was cut off at the token limit before it began")


def _failed(text: str, problem: Problem, reason: str) -> Reply:
    return Reply(text=text, action=None, problem=problem, reason=reason)


# -- free text -----------------------------------------------------------------------------------------------------

_MARKS = re.compile(r"[ \t\r*_`~|]*(?:[-+•]|#{1,6}|[0-9]{1,2}[.)])?[ \t\r*_`~|.,;]*")
_REASONING = ("think", "thinking", "thought", "reasoning", "reflection", "scratchpad", "analysis")


def read_free(text: str, wanted: Wanted) -> Reply:
    """Read declared tags out of free text."""
    names = fields(wanted.asks, wanted.actions is not None)
    found, beside = _tags(_without_reasoning(text[-LONGEST_REPLY:], names), names)
    answers = {q.id: Stated(beside[q.id][:LONGEST_ANSWER], BESIDE) for q in wanted.asks if q.id in beside}
    answers |= {q.id: _stated(q, found[q.id]) for q in wanted.asks if q.id in found}
    reply = _with_action(Reply(text=text, action=None, answers=answers), found.get(ACTION), wanted)
    if reply.problem == "no_action" and not found.get(ACTION):
        return replace(reply, reason=_no_action(len(text), beside=ACTION in beside))
    return reply


BESIDE = Malformed("its tag does not stand alone on a line")
"""What becomes of an answer in the wrong place; what stands in the tag was not judged."""


def _no_action(length: int, *, beside: bool) -> str:
    if beside:
        return f"<{ACTION}>...</{ACTION}> must stand alone on its line, without other text"
    note = f" (only the last {LONGEST_REPLY} of {length} characters were read)" if length > LONGEST_REPLY else ""
    return f"there is no line <{ACTION}>...</{ACTION}> in the reply{note}"


def _stated(question: Subproblem, raw: str) -> Stated:
    return Stated(raw[:LONGEST_ANSWER], question.kind.read(raw))


@lru_cache(maxsize=PATTERNS)
def _reasoning_tags(names: tuple[str, ...]) -> tuple[re.Pattern[str], re.Pattern[str]]:
    # "think" is always among them: a question of that name would be unreadable anyway.
    undeclared = "|".join(name for name in _REASONING if name == "think" or name not in names)
    return re.compile(f"<({undeclared})>", re.IGNORECASE), re.compile(f"</({undeclared})>", re.IGNORECASE)


@lru_cache(maxsize=PATTERNS)
def _declared_tag(names: tuple[str, ...]) -> re.Pattern[str]:
    known = "|".join(re.escape(name) for name in names)
    # A value holds no angle bracket, so that each character is looked at a bounded number of times.
    gap, value = "[ \t]{0,4}", f"[^<>]{{0,{LONGEST_ANSWER + 100}}}"
    return re.compile(f"<{gap}({known}){gap}>({value})<{gap}/{gap}\\1{gap}>", re.IGNORECASE | re.ASCII)


def _without_reasoning(text: str, names: tuple[str, ...]) -> str:
    """Cut out reasoning blocks; one that is never closed goes on to the end."""
    opening, closing = _reasoning_tags(names)
    kept, start = [], 0
    while opened := opening.search(text, start):
        kept.append(text[start : opened.start()])
        closed = closing.search(text, opened.end())
        if closed is None:
            return "".join(kept)
        start = closed.end()
    return "".join([*kept, text[start:]])


def _tags(text: str, names: tuple[str, ...]) -> tuple[dict[str, str], dict[str, str]]:
    """The last well-formed tag of each name: among those that stand alone on their line, and among the others."""
    tag = _declared_tag(names)
    found: dict[str, str] = {}
    beside: dict[str, str] = {}
    line: list[tuple[str, str]] = []
    clean, end = True, 0
    for match in tag.finditer(text):
        before = text[end : match.start()]
        head, newline, tail = before.rpartition("\n")
        if newline:  # The tags gathered so far end with what stands before the first line break.
            (found if clean and _only_marks(head.partition("\n")[0]) else beside).update(line)
            line, clean = [], True
        clean = clean and _only_marks(tail)
        line.append((match[1].lower(), match[2].strip()))
        end = match.end()
    (found if clean and _only_marks(text[end:].partition("\n")[0]) else beside).update(line)
    first, second = ({name: tags[name.lower()] for name in names if name.lower() in tags} for tags in (found, beside))
    return first, second


def _only_marks(text: str) -> bool:
    text = text.strip()
    return len(text) <= 80 and _MARKS.fullmatch(text) is not None


# -- JSON ----------------------------------------------------------------------------------------------------------

_FENCE = re.compile(r"\s*```[a-zA-Z]{0,10}[ \t]*\r?\n(.*)\n[ \t]*```\s*", re.DOTALL)


def read_json(text: str, wanted: Wanted) -> Reply:
    """Read one JSON object."""
    if len(text) > LONGEST_REPLY:
        return _failed(text, "malformed_reply", f"the reply is {len(text)} characters long; at most {LONGEST_REPLY}")
    fenced = _FENCE.fullmatch(text)
    try:
        value = load_strictly(fenced[1] if fenced else text)
    except ValueError as error:
        return _failed(text, "malformed_reply", f"the reply is not one JSON object: {error}")
    if not isinstance(value, dict):
        return _failed(text, "malformed_reply", "the reply is JSON, but not an object")
    answers = {
        q.id: Stated(_compact(value[q.id])[:LONGEST_ANSWER], q.kind.read_json(value[q.id]))
        for q in wanted.asks
        if value.get(q.id) is not None
    }
    return _with_action(Reply(text=text, action=None, answers=answers), _action_text(value), wanted)


def load_strictly(text: str) -> object:
    """Parse JSON that a model wrote.

    Raises:
        ValueError: It is no JSON, nested too deep, holds a key twice, or a number that JSON does not have.
    """
    if _depth(text) > DEEPEST_JSON:
        raise ValueError(f"it is nested more than {DEEPEST_JSON} levels deep")
    try:
        return json.loads(text, object_pairs_hook=_object, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        raise ValueError(f"{error.msg} at character {error.pos + 1}") from None


def _depth(text: str) -> int:
    """How deep brackets nest outside strings; one pass by hand, since a pattern for strings can be made to crawl."""
    deepest = level = 0
    quoted = escaped = False
    for character in text:
        if escaped:
            escaped = False
        elif quoted:
            escaped, quoted = character == "\\", character != '"'
        elif character == '"':
            quoted = True
        elif character in "[{":
            level += 1
            deepest = max(deepest, level)
        elif character in "]}":
            level -= 1
    return deepest


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    value: dict[str, object] = {}
    for name, member in pairs:
        if name in value:
            raise ValueError(f"the key {name[:40]!a} is there twice")
        value[name] = member
    return value


def _no_constant(name: str) -> Never:
    raise ValueError(f"{name} is not a JSON number")


def _action_text(value: Mapping[str, object]) -> str | None:
    action = value.get(ACTION)
    if isinstance(action, bool) or not isinstance(action, str | int):
        return None if action is None else _compact(action)
    return str(action)


def _compact(value: object) -> str:
    return json.dumps(value)


# -- one action, and function calls ----------------------------------------------------------------------------------


def read_action(text: str, wanted: Wanted) -> Reply:
    """Read a reply that is nothing but the action."""
    return _with_action(Reply(text=text, action=None), text, wanted)


def read_tool(choice: Choice, wanted: Wanted, tool: str) -> Reply:
    """Read the arguments of the one call of the function ``tool``."""
    said, calls = _said(choice), [call for call in choice.tool_calls if call.name == tool]
    if not calls:
        return _failed(said, "no_action", f"the reply does not call the function {tool}")
    if len(calls) > 1:
        return _failed(said, "malformed_reply", f"the reply calls {tool} {len(calls)} times; call it once")
    return replace(read_json(calls[0].arguments, wanted), text=said)


def _with_action(reply: Reply, text: str | None, wanted: Wanted) -> Reply:
    if wanted.actions is None:
        return reply
    if text is None or not text.strip():
        return replace(reply, problem="no_action", reason="the reply states no action")
    action = wanted.actions.read(text)
    if isinstance(action, Illegal):
        # Whether the legal actions are told is the prompt's business, so the list is taken off the reason.
        reason = action.reason.removesuffix(f"; {wanted.actions.describe()}")
        return replace(reply, problem="illegal_action", reason=reason)
    return replace(reply, action=action)


_READERS = {"free": read_free, "json": read_json, "choice": read_action, "scored": read_action}
