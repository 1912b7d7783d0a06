"""What is sent, word for word. After a wanted change: KIBITZ_WRITE_GOLDEN=1, and read the difference."""

import os
from pathlib import Path

import msgspec
import pytest

from kibitz.agents.agent import Complaint, Example
from kibitz.agents.llm import LLMAgent

GOLDEN = Path(__file__).parent / "golden"
MODES = ("free", "json", "choice", "scored", "tool")
PROBLEMS = (
    "empty",
    "refused",
    "truncated",
    "truncated_by_reasoning",
    "no_action",
    "illegal_action",
    "malformed_reply",
)


def written(agent, turn):
    lines = []
    for scope, request in agent.requests(turn):
        asked_for = {k: v for k, v in request.parameters().items() if k != "max_tokens"}
        lines.append(f"== {turn.ask}: call {scope} {asked_for}")
        for message in request.messages:
            lines += [f"-- {message.role}{' static' if message.static else ''}", message.text]
    return "\n".join(lines)


def compare(name, text):
    path = GOLDEN / f"{name}.txt"
    if os.environ.get("KIBITZ_WRITE_GOLDEN"):
        path.write_text(text + "\n", encoding="utf-8")
    assert text + "\n" == path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("mode", "style"), [*((mode, "standard") for mode in MODES), ("json", "compact"), ("choice", "compact")]
)
def test_every_way_of_asking(mode, style, scripted, make_turn):
    agent = LLMAgent(scripted(()), model="scripted:test", action_mode=mode, style=style)
    asks = [ask for ask in ("none", "same", "before", "after", "probe") if not agent.refuses(ask)]
    compare(f"{mode}-{style}", "\n".join(written(agent, make_turn(ask=ask)) for ask in asks))


@pytest.mark.parametrize("style", ["standard", "compact"])
def test_retries_and_history(style, scripted, make_turn):
    agent = LLMAgent(scripted(()), model="scripted:test", style=style, legal="on_error", history="full", examples=0)
    complaints = tuple(Complaint(problem, "this was the reason.", "{{ reply }}") for problem in PROBLEMS)
    compare(f"retry-{style}", written(agent, make_turn(ask="none", complaints=complaints)))


def test_the_static_part_stays_the_same(scripted, make_turn, turn):
    agent = LLMAgent(scripted(()), model="scripted:test", style="standard", history="full", legal="on_error")
    later = make_turn(
        step=9,
        seat=1,
        history=(),
        complaints=(Complaint("empty", "", ""),),
        observation=msgspec.structs.replace(turn.observation, text="another", effect="no_effect"),
    )
    first, second = agent.messages(turn), agent.messages(later)
    assert first[0] == second[0]
    assert [message.static for message in first] == [True] + [False] * (len(first) - 1)
    assert second[-1].text.startswith("Your last action had no effect.")


@pytest.mark.parametrize(
    ("legal", "failed", "told"),
    [("shown", 0, True), ("shown", 1, True), ("on_error", 0, False), ("on_error", 1, True), ("hidden", 1, False)],
)
@pytest.mark.parametrize("mode", ["free", "json", "tool"])
def test_legal_actions_are_told_when_they_should_be(mode, legal, failed, told, scripted, make_turn):
    agent = LLMAgent(scripted(()), model="scripted:test", action_mode=mode, legal=legal, style="standard")
    complaints = (Complaint("illegal_action", "'9,9' is not a legal action here", ""),) * failed
    ((_, request),) = agent.requests(make_turn(ask="none", complaints=complaints))
    sent = " ".join(message.text for message in request.messages[1:])
    assert ("0,1 1,0" in sent) == told
    shapes = (request.json_schema or "") + "".join(tool.schema for tool in request.tools)
    assert ('"enum":["0,1","1,0"]' in shapes) == (told and mode != "free")


@pytest.mark.parametrize(("history", "shown"), [("none", []), ("last:1", ["X_\n__"]), ("full", ["__\n__", "X_\n__"])])
def test_history(history, shown, scripted, turn):
    messages = LLMAgent(scripted(()), model="scripted:test", history=history, style="standard").messages(turn)
    assert [message.role for message in messages] == ["system", *(["user", "assistant"] * len(shown)), "user"]
    for message, text in zip(messages[1::2], shown, strict=False):
        assert text in message.text


def test_a_fallback_is_not_shown_as_the_reply_it_replaced(scripted, turn):
    messages = LLMAgent(scripted(()), model="scripted:test", history="last:1", style="standard").messages(turn)
    assert "played for you" in messages[1].text
    assert messages[2].text == "<action>1,1</action>"


def test_observations_and_replies_are_data(scripted, make_turn, turn):
    hostile = "{% for i in range(9) %}x{% endfor %}{{ 7 * 7 }}"
    observation = msgspec.structs.replace(turn.observation, text=hostile)
    complaints = (Complaint("no_action", hostile, hostile),)
    changed = make_turn(observation=observation, rules=hostile, complaints=complaints, ask="none")
    messages = LLMAgent(scripted(()), model="scripted:test", style="standard").messages(changed)
    assert messages[0].text.count(hostile) == 1
    assert messages[1].text.count(hostile) == 2


def test_in_compact_style_examples_are_static_turns(scripted, turn):
    agent = LLMAgent(scripted(()), model="scripted:test", style="compact", action_mode="json", history="last:1")
    messages = agent.messages(turn)
    assert [(m.role, m.static) for m in messages] == [
        ("system", True),
        *[("user", True), ("assistant", True)] * 2,
        *[("user", False), ("assistant", False), ("user", False)],
    ]
    assert messages[2].text == '{"wins":["0,0","1,0"],"threat":true,"action":"0,0","left":2}'


@pytest.mark.parametrize("style", ["standard", "compact"])
def test_examples_that_answer_what_is_asked_come_first(scripted, make_turn, style):
    turn = make_turn(ask="same")
    told = {q.id: "none" for q in turn.asks}
    some = dict(list(told.items())[:1])
    made = [Example(f"seen {n}", ("1,0",), said, said, "1,0") for n, said in enumerate((some, {}, told, some))]
    turn = msgspec.structs.replace(turn, examples=tuple(made))
    agent = LLMAgent(scripted(()), model="scripted:test", action_mode="free", style=style, examples=2)
    shown = "".join(message.text for message in agent.messages(turn))
    assert [f"seen {n}" in shown for n in range(4)] == [True, False, True, False]
    assert shown.index("seen 2") < shown.index("seen 0")


@pytest.mark.parametrize("style", ["standard", "compact"])
def test_a_position_that_is_only_asked_about(make_turn, scripted, style):
    """Neither an action nor a way to state one is asked for; the given action stands in for it."""
    turn = make_turn(ask="same", wants=frozenset({"answers"}), given="1,0")
    turn = msgspec.structs.replace(turn, observation=msgspec.structs.replace(turn.observation, actions=None))
    form = "json" if style == "compact" else "free"
    agent = LLMAgent(scripted(()), model="scripted:test", action_mode=form, style=style, examples=2)
    compare(f"asked-only-{style}", written(agent, turn))


@pytest.mark.parametrize("style", ["standard", "compact"])
def test_an_action_that_no_question_is_about_is_not_given(make_turn, scripted, style):
    turn = make_turn(ask="same", wants=frozenset({"answers"}), given="1,0")
    view_only = tuple(question for question in turn.asks if question.about == "view")
    agent = LLMAgent(scripted(()), model="scripted:test", style=style, examples=2)
    told = written(agent, msgspec.structs.replace(turn, asks=view_only))
    assert "1,0" in written(agent, turn)
    assert "Suppose that your action" not in told
    assert "Action:" not in told


@pytest.mark.parametrize("legal", ["shown", "on_error"])
@pytest.mark.parametrize("mode", ["free", "json", "tool"])
def test_the_protocol_can_hide_what_is_legal_from_everybody(mode, legal, scripted, make_turn):
    agent = LLMAgent(scripted(()), model="scripted:test", action_mode=mode, legal=legal, style="standard", examples=2)
    complaints = (Complaint("illegal_action", "'9,9' is not a legal action here", ""),)
    ((_, request),) = agent.requests(make_turn(ask="none", complaints=complaints, hides_legal=True))
    assert "Legal actions" not in " ".join(message.text for message in request.messages)
    shapes = (request.json_schema or "") + "".join(tool.schema for tool in request.tools)
    assert '"enum":["0,1","1,0"]' not in shapes
