import asyncio
import json
import re
import sys
from types import ModuleType

import msgspec
import pytest

from kibitz.agents.models.model import (
    Choice,
    Completion,
    Message,
    ModelError,
    NotFound,
    Request,
    Usage,
)
from kibitz.agents.models.registry import make_model
from kibitz.agents.models.scripted import ScriptedModel
from kibitz.agents.prompting import Prompter
from kibitz.harness import orchestrator
from kibitz.harness.config import parse, resolved
from kibitz.harness.errors import ConfigError, UsageError
from kibitz.harness.progress import SilentProgress
from kibitz.harness.settings import replaying
from kibitz.harness.verify import verify
from kibitz.results.journal import Journal
from kibitz.results.records import AgentInfo, CallRecord, RunInfo, UnitRecord

SMALL = {"backend": "openai", "name": "small"}
LARGE = {"backend": "openai", "name": "large"}
ASKED = Request(messages=(Message("user", "your move?"),), seed=3)


def call(request, identity, text):
    completion = Completion(choices=(Choice(text=text),), usage=Usage(input=2, output=1))
    return CallRecord(
        unit="u", trial=0, step=0, seat=0, scope="try0", i=0, agent="a", role="policy",
        request=request.digest(identity), parameters=request.parameters(), context=0,
        completion=msgspec.to_builtins(completion),
    )  # fmt: skip


def agent(name, **models):
    return AgentInfo(name=name, kind="llm", identity={"models": models} if models else {}, hash=name)


@pytest.fixture
def run(tmp_path):
    """Makes the folder of a run with the given agents and calls."""

    def make(agents, calls=(), config=None):
        info = RunInfo(
            name="r", seed=0, protocol={}, protocol_hash="", games={}, agents={a.name: a for a in agents},
            config=config or {}, config_hash="", versions={}, command=[], started="",
        )  # fmt: skip
        unit = UnitRecord(index=0, key="u", game="g", task=None, k=0, agents=("a",), pair="p", seed=1)
        with Journal.create(tmp_path / "run", info, [unit]) as journal:
            for record in calls:
                journal.put_call(record)
        return tmp_path / "run"

    return make


# -- one model -------------------------------------------------------------------------------------------------------


async def test_a_recorded_request_has_its_recorded_completion(run):
    folder = run([agent("a", policy=SMALL), agent("bot")], [call(ASKED, SMALL, "d3")])
    model = make_model(f"replay:{folder}", {})
    await model.open()
    completion, _ = await model.complete(ASKED, deadline=1)
    await model.close()
    assert completion == Completion(choices=(Choice(text="d3"),), usage=Usage(input=2, output=1))
    assert model.identity == SMALL
    assert model.provider == "replay"


async def test_a_request_that_was_not_recorded_names_the_run(run):
    folder = run([agent("a", policy=SMALL)], [call(ASKED, SMALL, "d3")])
    model = make_model(f"replay:{folder}", {})
    await model.open()
    with pytest.raises(NotFound, match=re.escape(f"model replay:{folder} did not record this request: nothing was")):
        await model.complete(msgspec.structs.replace(ASKED, seed=4), deadline=1)


async def test_an_unreadable_completion_is_not_found(run):
    record = msgspec.structs.replace(call(ASKED, SMALL, "d3"), completion={"choices": 5})
    model = make_model(f"replay:{run([agent('a', policy=SMALL)], [record])}", {})
    await model.open()
    with pytest.raises(NotFound, match="cannot be read"):
        await model.complete(ASKED, deadline=1)


def test_several_models_must_be_told_apart(run):
    folder = run([agent("a", policy=SMALL, judge=LARGE), agent("b", policy=LARGE)])
    with pytest.raises(ModelError, match=r"several models are recorded.*a \(policy\), a \(judge\), b \(policy\)"):
        make_model(f"replay:{folder}", {})
    assert make_model(f"replay:{folder}", {"agent": "b"}).identity == LARGE
    assert make_model(f"replay:{folder}", {"role": "judge"}).identity == LARGE
    assert make_model(f"replay:{folder}", {"agent": "a", "role": "policy"}).identity == SMALL


def test_agents_that_share_a_model_are_one(run):
    folder = run([agent("a", policy=SMALL), agent("b", policy=SMALL)])
    assert make_model(f"replay:{folder}", {}).identity == SMALL


def test_a_run_without_models(run):
    with pytest.raises(ModelError, match="no agent of the run calls a model"):
        make_model(f"replay:{run([agent('bot')])}", {})


def test_an_unknown_agent(run):
    with pytest.raises(ModelError, match=r"no such model is recorded; the run's models are those of a \(policy\)"):
        make_model(f"replay:{run([agent('a', policy=SMALL)])}", {"agent": "z"})


def test_what_is_no_run(tmp_path):
    with pytest.raises(ModelError, match="is not a run folder"):
        make_model(f"replay:{tmp_path}", {})


def test_share_key_tells_runs_and_models_apart(run):
    folder = run([agent("a", policy=SMALL), agent("b", policy=LARGE)])
    made = [make_model(f"replay:{folder}", {"agent": name}) for name in ("a", "b", "a")]
    assert made[0].share_key == made[2].share_key != made[1].share_key
    assert json.dumps(SMALL, sort_keys=True) in made[0].share_key


def test_it_can_do_what_the_recorded_model_could(run, monkeypatch):
    config = {"agents": {"a": {"kind": "llm", "model": "scripted:kibitz.agents.models.scripted:first_choice"}}}
    monkeypatch.setattr(ScriptedModel, "capabilities", frozenset({"choices"}))
    identity = dict(ScriptedModel("kibitz.agents.models.scripted:first_choice").identity)
    model = make_model(f"replay:{run([agent('a', policy=identity)], config=config)}", {})
    assert model.capabilities == {"choices"}


def test_it_can_do_everything_where_the_recorded_agent_is_not_here(run):
    config = {"agents": {"a": {"kind": "plugin-of-somebody-else"}}}
    folder = run([agent("a", policy=SMALL)], config=config)
    assert {"temperature", "json_schema", "score"} <= make_model(f"replay:{folder}", {}).capabilities


# -- a whole suite ---------------------------------------------------------------------------------------------------


class Moody:
    """A model whose replies depend on how often it was asked, as those of a real provider may."""

    def __init__(self):
        self.asked = 0
        self.fails = False

    def __call__(self, request):
        self.asked += 1
        if self.fails and self.asked % 7 == 0:
            raise RuntimeError("no")
        schema = json.loads(request.json_schema)["properties"]
        action = schema["action"]["enum"][self.asked % len(schema["action"]["enum"])]
        text = json.dumps({"action": action})
        return Completion(choices=(Choice(text=text),), usage=Usage(input=100, output=10), usd=0.01)


@pytest.fixture
def moody(monkeypatch):
    made = Moody()
    module = ModuleType("moods")
    module.answer, module.other = made, made
    monkeypatch.setitem(sys.modules, "moods", module)
    return made


def suite(**changes):
    llm = {"kind": "llm", "model": "scripted:moods:answer", "action_mode": "json"}
    agents = {"small": llm, "large": llm | {"model": "scripted:moods:other"}, "bot": {"kind": "greedy"}}
    match = {"game": "tictactoe", "pairs": 2}
    return parse({"name": "s", "agents": agents, "match": [match], "budget": {"usd": 100}} | changes, "s", None)


def play(folder, made, *, resume=False):
    with SilentProgress() as progress:
        return asyncio.run(
            orchestrator.run(made, folder, resume=resume, concurrency=4, progress=progress, command=["kibitz"])
        )


@pytest.fixture
def recorded(tmp_path, moody):
    play(tmp_path / "recorded", suite())
    return tmp_path / "recorded"


def test_a_whole_suite_is_played_from_its_recording_and_sends_nothing(recorded, moody, tmp_path):
    asked = moody.asked
    result = play(tmp_path / "ci", replaying(suite(), recorded))
    assert (result.complete, moody.asked) == (True, asked)
    found = asyncio.run(verify(tmp_path / "ci", recorded))
    assert (found["equal"], found["differing"], found["skipped"]) == (12, [], [])
    assert asyncio.run(verify(tmp_path / "ci"))["equal"] == 12
    with Journal.read(recorded) as one, Journal.read(tmp_path / "ci") as two:
        assert {a.name: a.hash for a in one.info.agents.values()} == {a.name: a.hash for a in two.info.agents.values()}
        assert two.info.config["replay"] == str(recorded)


def test_a_replayed_run_can_be_replayed_gone_on_with_and_read_without_its_recording(recorded, tmp_path):
    replayed = replaying(suite(), recorded)
    play(tmp_path / "ci", replayed)
    assert play(tmp_path / "ci", replayed, resume=True).complete
    play(tmp_path / "again", replaying(suite(), tmp_path / "ci"))
    recorded.rename(tmp_path / "moved")
    assert asyncio.run(verify(tmp_path / "ci"))["equal"] == 12
    assert asyncio.run(verify(tmp_path / "again", tmp_path / "ci"))["equal"] == 12


def test_a_replayed_run_does_not_go_on_with_calls_that_cost(recorded, tmp_path):
    play(tmp_path / "ci", replaying(suite(), recorded))
    with pytest.raises(UsageError, match="replay"):
        play(tmp_path / "ci", suite(), resume=True)


def test_a_new_agent_with_a_recorded_model_is_answered_where_it_asks_the_same(tmp_path):
    seeded = {"kind": "llm", "model": "scripted:kibitz.agents.models.scripted:seeded_choice", "action_mode": "json"}
    play(tmp_path / "recorded", suite(agents={"small": seeded, "bot": {"kind": "greedy"}}))
    made = suite(agents={"twin": seeded, "bot": {"kind": "greedy"}})
    assert play(tmp_path / "ci", replaying(made, tmp_path / "recorded")).complete


def test_other_prompts_are_told_with_agent_step_and_what_differs(recorded, tmp_path, monkeypatch):
    acting = Prompter.acting

    def changed(self, turn, said):
        *others, last = acting(self, turn, said)
        return (*others, Message("user", last.text.replace("Legal actions", "You may play")))

    monkeypatch.setattr(Prompter, "acting", changed)
    result = play(tmp_path / "ci", replaying(suite(), recorded))
    assert result.failures == {"not_found": 12}
    said = result.messages["not_found"]
    assert re.match(rf"agent (small|large), step [01]: model replay:{recorded} did not record this request: ", said)
    assert re.search(r'message 2 \(user\) was ".*Legal actions.*" and is now ".*You may play.*"', said)


def test_what_failed_when_it_was_recorded_fails_again_and_says_so(tmp_path, moody):
    moody.fails = True
    first = play(tmp_path / "recorded", suite())
    assert first.failures
    moody.fails = False
    result = play(tmp_path / "ci", replaying(suite(), tmp_path / "recorded"))
    assert (result.done, sum(result.failures.values())) == (first.done, sum(first.failures.values()))
    assert "that episode failed in the recorded run (rejected_request)" in result.messages["not_found"]
    found = asyncio.run(verify(tmp_path / "ci", tmp_path / "recorded"))
    assert (found["equal"], found["differing"]) == (first.done, [])


def test_another_model_is_not_taken_for_the_recorded_one(recorded, tmp_path):
    data = resolved(suite())
    data["agents"]["small"]["model"] = "scripted:kibitz.agents.models.scripted:first_choice"
    with pytest.raises(
        ConfigError, match=r"agent small \(policy\) has another model than then: name was 'moods:answer'"
    ):
        play(tmp_path / "ci", replaying(parse(data, "s", None), recorded))
    assert not (tmp_path / "ci").exists()


def test_models_that_were_not_recorded_are_all_named(recorded, tmp_path):
    data = resolved(suite())
    first = {"kind": "llm", "model": "scripted:kibitz.agents.models.scripted:first_choice", "action_mode": "json"}
    data["agents"] |= {"new": first, "newer": first}
    data["match"][0]["agents"] = ["new", "newer"]
    with pytest.raises(ConfigError, match=r"agent new \(policy\) is not recorded.*agent newer \(policy\) is not"):
        play(tmp_path / "ci", replaying(parse(data, "s", None), recorded))


def test_tokens_and_dollars_are_those_of_then_and_stop_no_run(recorded, tmp_path):
    played = replaying(suite(budget={"usd": 0.001}), recorded)
    assert play(tmp_path / "ci", played).complete
    with Journal.read(tmp_path / "ci") as ours, Journal.read(recorded) as theirs:
        assert ours.spent() == theirs.spent()
        assert sum(spent.usd for spent in ours.spent().values()) > 0.1


def test_a_suite_file_can_name_its_recording(recorded, tmp_path):
    data = resolved(suite()) | {"replay": "recorded"}
    made = parse(data, "s", tmp_path / "suite.toml")
    assert made.replay == str(recorded)
    assert play(tmp_path / "ci", made).complete
    with pytest.raises(ConfigError, match="is no path"):
        parse(data | {"replay": "a\0b"}, "s", None)
