import pickle
from itertools import product

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kibitz.agents.agent import Complaint, Ctx
from kibitz.agents.listed import OpenActionsError
from kibitz.agents.llm import LLMAgent
from kibitz.agents.models.model import CallTimeout, Choice, Completion, ToolCall, Usage
from kibitz.agents.prompting import Exchange, read_memo, write_memo
from kibitz.games.actions import Actions, Pattern
from kibitz.games.game import Observation
from kibitz.games.options import OptionError

VIEW = {"wins": frozenset({"0,1"}), "threat": True}
ALL = {**VIEW, "left": 2}
TEXT = {"wins": "0,1", "threat": "yes", "left": "2"}
JSON = {"wins": '"wins":["0,1"]', "threat": '"threat":true', "left": '"left":2'}


def said(form, names):
    """A reply that states these answers, and the action."""
    if form == "free":
        return "\n".join(f"<{name}>{TEXT.get(name, '1,0')}</{name}>" for name in names)
    text = "{" + ",".join(JSON.get(name, '"action":"1,0"') for name in names) + "}"
    if form == "json":
        return text
    tool = "play" if "action" in names else "answer"
    return Completion(choices=(Choice(tool_calls=(ToolCall(tool, text),), finish="tool_calls"),))


def acting(mode, names=("action",)):
    if mode == "choice":
        return "1,0"
    return Completion(scores=(-3.0, -1.0), score_rule="trie") if mode == "scored" else said(mode, names)


def answers(decision):
    return {name: stated.answer for name, stated in decision.reply.answers.items()}


MODES = ("free", "json", "choice", "scored", "tool")


@pytest.mark.parametrize(
    ("mode", "ask", "legal", "history"),
    [
        case
        for case in product(
            MODES, ("none", "same", "before", "after", "probe"), ("shown", "on_error", "hidden"), ("none", "full")
        )
        if not (case[0] in ("choice", "scored") and case[1] == "same")
    ],
)
async def test_every_mode_with_every_way_of_asking(mode, ask, legal, history, play, make_turn):
    form = mode if mode in ("free", "json", "tool") else "json"
    replies = {
        "none": [acting(mode)],
        "same": [acting(mode, ("wins", "threat", "action", "left"))],
        "before": [said(form, ("wins", "threat")), acting(mode)],
        "after": [acting(mode), said(form, ("wins", "threat", "left"))],
        "probe": [acting(mode), said(form, ("wins", "threat", "left"))],
    }[ask]
    decision, sent = await play(make_turn(ask=ask), *replies, action_mode=mode, legal=legal, history=history)
    assert decision.action == decision.greedy == decision.candidates[0].action == "1,0"
    assert decision.candidates[0].replies == (decision.reply,)
    assert answers(decision) == {"none": {}, "before": VIEW}.get(ask, ALL)
    scopes = {"none": ["greedy"], "same": ["greedy"], "before": ["before", "greedy"]}.get(ask, ["greedy", ask])
    assert [place for place, _ in sent] == [f"try0/{scope}" for scope in scopes]
    assert bool(decision.memo) == (history == "full" and ask in ("before", "after"))
    assert all(request.seed == 7 for _, request in sent)


async def test_what_is_sent_is_what_is_shown(play, make_turn, scripted):
    turn = make_turn(ask="same")
    _, sent = await play(turn, acting("free"))
    assert sent[0][1].messages == LLMAgent(scripted(()), model="scripted:test").messages(turn)


async def test_answers_before_are_in_the_acting_call(play, make_turn):
    _, sent = await play(make_turn(ask="before"), "Hm.\n<wins>0,1</wins>", acting("free"))
    assert sent[1][1].messages[:-2] == sent[0][1].messages
    assert sent[1][1].messages[-2].text == "Hm.\n<wins>0,1</wins>"
    assert "left" not in sent[0][1].messages[-1].text


async def test_asking_after_never_touches_the_acting_call(play, make_turn):
    _, plain = await play(make_turn(ask="none"), acting("free"))
    for ask in ("after", "probe"):
        _, sent = await play(make_turn(ask=ask), acting("free"), said("free", ("left",)))
        assert sent[0] == plain[0]
        assert sent[1][1].messages[: len(plain[0][1].messages)] == plain[0][1].messages


@pytest.mark.parametrize(("ask", "fed"), [("after", True), ("probe", False)])
async def test_only_a_probe_does_not_feed_back(ask, fed, play, make_turn, scripted):
    first = make_turn(ask=ask, history=())
    decision, _ = await play(first, acting("free"), "<left>2</left>", history="full")
    past = msgspec.structs.replace(make_turn().history[0], memo=decision.memo)
    later = make_turn(ask=ask, history=(past,), memo=decision.memo)
    texts = [message.text for message in LLMAgent(scripted(()), model="scripted:test", history="full").messages(later)]
    assert ("<left>2</left>" in texts) == fed


async def test_the_memo_holds_the_exchange_of_its_own_turn_and_no_older_one(play, make_turn):
    old = write_memo(Exchange(1, "after", "q1", "a1"))
    decision, _ = await play(make_turn(ask="after", memo=old), acting("free"), "x", history="full")
    assert read_memo(decision.memo).turn == len(make_turn().history)


def test_a_memo_left_over_from_an_earlier_turn_is_not_shown_again(make_turn, scripted):
    kept = write_memo(Exchange(0, "after", "q0", "a0"))
    history = tuple(msgspec.structs.replace(past, memo=kept) for past in make_turn().history)
    turn = make_turn(ask="after", history=history, memo=kept)
    texts = [message.text for message in LLMAgent(scripted(()), model="scripted:test", history="full").messages(turn)]
    assert texts.count("q0") == 1


async def test_nothing_is_asked_about_an_action_that_was_not_stated(play, make_turn):
    decision, sent = await play(make_turn(ask="after"), "I pass")
    assert decision.action is None
    assert (decision.reply.problem, decision.candidates, len(sent)) == ("no_action", (), 1)


@pytest.mark.parametrize(
    ("completion", "problem"),
    [
        (Completion(), "empty"),
        (Completion(choices=(Choice(refusal="I cannot"),)), "refused"),
        (Completion(choices=(Choice(finish="length"),), usage=Usage(output=9, reasoning=9)), "truncated_by_reasoning"),
        (Completion(choices=(Choice(text="<action>5,5</action>"),)), "illegal_action"),
    ],
)
async def test_unusable_replies(completion, problem, play, make_turn):
    decision, _ = await play(make_turn(), completion)
    assert (decision.action, decision.reply.problem) == (None, problem)


async def test_scores_are_kept_and_the_first_of_equals_is_played(play, make_turn):
    turn = make_turn(ask="none")
    decision, _ = await play(turn, Completion(scores=(-1.0, -1.0), score_rule="sequence"), action_mode="scored")
    assert decision.action == "0,1"
    assert [(c.action, c.scores) for c in decision.candidates] == [
        ("0,1", {"sequence": -1.0}),
        ("1,0", {"sequence": -1.0}),
    ]
    for scores in ((-1.0,), (float("nan"), -1.0)):
        decision, _ = await play(turn, Completion(scores=scores), action_mode="scored")
        assert decision.reply.problem == "malformed_reply"


async def test_a_choice_outside_the_list_is_illegal(play, make_turn):
    decision, _ = await play(make_turn(ask="none"), "9,9", action_mode="choice")
    assert decision.reply.problem == "illegal_action"


@pytest.mark.parametrize("mode", ["choice", "scored"])
async def test_open_actions_cannot_be_chosen_from(mode, play, make_turn):
    turn = make_turn(ask="none", observation=Observation("", Actions(open=(Pattern("go .*", "go WHERE"),))))
    with pytest.raises(OpenActionsError, match="action space of tiny is open"):
        await play(turn, action_mode=mode)


async def test_open_actions_in_json(play, make_turn):
    observation = Observation("", Actions(("look",), (Pattern("go [a-z]+", "go WHERE"),)))
    turn = make_turn(ask="none", observation=observation)
    decision, sent = await play(turn, '{"action": "go home"}', action_mode="json")
    assert decision.action == "go home"
    assert "enum" not in sent[0][1].json_schema
    assert "look; go WHERE" in sent[0][1].messages[-1].text


@pytest.mark.parametrize("ask", ["same", "before", "after", "probe"])
async def test_a_position_suite_wants_answers_only(ask, play, make_turn):
    turn = make_turn(ask=ask, wants=frozenset({"answers"}))
    decision, sent = await play(turn, said("free", ("wins", "threat")))
    assert decision.action is None
    assert answers(decision) == VIEW
    assert [place for place, _ in sent] == ["try0/answers"]


async def test_wanting_no_answers_asks_nothing(play, make_turn):
    decision, sent = await play(make_turn(ask="after", wants=frozenset({"action"})), acting("free"))
    assert (decision.action, len(sent)) == ("1,0", 1)


async def test_a_failed_call_is_not_swallowed(play, make_turn, scripted):
    class Down(scripted):
        def meter(self):
            meter = super().meter()

            async def send(role, place, request):
                raise CallTimeout("no reply in 60 s")

            meter.send = send
            return meter

    model = Down(())
    with pytest.raises(CallTimeout):
        await LLMAgent(model, model="scripted:test").act(make_turn(), Ctx(model.meter(), None))


def test_identity_holds_what_can_change_a_decision(scripted, tmp_path):
    (tmp_path / "role.md.j2").write_text("Be bold.")
    plain = LLMAgent(scripted(()), model="scripted:test", style="standard").identity
    assert plain["models"] == {"policy": {"name": "scripted"}}
    assert plain["max_tokens"] == 4096
    own = LLMAgent(scripted(()), model="scripted:test", style="standard", prompts=str(tmp_path)).identity
    assert {key for key in plain if plain[key] != own[key]} == {"prompts"}
    assert len(own["prompts"]) == 64


def test_auto_settings_follow_the_model(scripted):
    for model, mode, style, examples, tokens in [
        ("embedded", "json", "compact", 2, 160),
        ("embedded:qwen", "json", "compact", 2, 160),
        ("openai:x", "free", "standard", 0, 4096),
    ]:
        identity = LLMAgent(scripted(()), model=model).identity
        resolved = tuple(identity[name] for name in ("action_mode", "style", "examples", "max_tokens"))
        assert resolved == (mode, style, examples, tokens)


def test_needs(scripted):
    def needs(**options):
        return LLMAgent(scripted(()), model="scripted:test", **options).needs

    assert needs().model == frozenset()
    assert needs(action_mode="json").model == {"json_schema"}
    assert needs(action_mode="choice").model == {"choices"}
    assert needs(action_mode="scored").model == {"score"}
    assert needs(action_mode="tool", effort="low", temperature=0.5).model == {"tools", "effort", "temperature"}
    assert needs(action_mode="scored").listed
    assert not needs().listed


def test_a_model_without_temperature_gets_none(scripted):
    class Fixed(scripted):
        capabilities = frozenset()

    assert LLMAgent(Fixed(()), model="scripted:test").identity["temperature"] is None
    assert LLMAgent(scripted(()), model="scripted:test").identity["temperature"] == 0.0


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("ask", ["none", "same", "before", "after", "probe"])
def test_only_a_bare_action_cannot_answer(mode, ask, scripted):
    refusal = LLMAgent(scripted(()), model="scripted:test", action_mode=mode).refuses(ask)
    assert bool(refusal) == (ask == "same" and mode in ("choice", "scored"))
    assert not refusal or f"action_mode = {mode}" in refusal


@pytest.mark.parametrize("history", ["", "last", "last:0", "last:-1", "last:x", "all", "last:99999", "full "])
def test_a_wrong_history_is_refused(history, scripted):
    with pytest.raises(OptionError, match="is not none, last:K or full"):
        LLMAgent(scripted(()), model="scripted:test", history=history)


def test_an_unknown_option_is_refused_with_those_there_are(scripted):
    with pytest.raises(OptionError, match="unknown option 'temprature'; it has model, temperature"):
        LLMAgent(scripted(()), model="scripted:test", temprature=1.0)


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=300))
async def test_whatever_the_reply_the_decision_is_legal_or_has_a_problem(play, turn, text):
    decision, _ = await play(turn, text)
    assert (decision.action in ("0,1", "1,0")) != bool(decision.reply.problem)


def test_a_turn_can_be_sent_to_another_process(make_turn):
    turn = make_turn(complaints=(Complaint("empty", "", ""),))
    assert pickle.loads(pickle.dumps(turn)) == turn
