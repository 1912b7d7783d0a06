import json
import re

import msgspec
import pytest

from kibitz.agents.models.model import Choice, Completion, Message, ModelError, NotFound, Request, Usage
from kibitz.agents.models.registry import make_model
from kibitz.harness.replaymodel import completions
from kibitz.results.journal import Journal
from kibitz.results.records import AgentInfo, CallRecord, RunInfo, UnitRecord

SMALL = {"backend": "openai", "name": "small"}
LARGE = {"backend": "openai", "name": "large"}
ASKED = Request(messages=(Message("user", "your move?"),), seed=3)


def call(request, identity, text, i=0):
    completion = Completion(choices=(Choice(text=text),), usage=Usage(input=2, output=1))
    return CallRecord(
        unit="u", trial=0, step=0, seat=0, scope="try0", i=i, agent="a", role="policy",
        request=request.digest(identity), parameters=request.parameters(),
        context=0, completion=msgspec.to_builtins(completion),
    )  # fmt: skip


def agent(name, **models):
    return AgentInfo(name=name, kind="llm", identity={"models": models} if models else {}, hash=name)


@pytest.fixture
def run(tmp_path):
    """Makes the folder of a run with the given agents and calls."""

    def make(agents, calls=()):
        info = RunInfo(
            name="r", seed=0, protocol={}, protocol_hash="", games={}, agents={a.name: a for a in agents}, config={},
            config_hash="", versions={}, command=[], started="",
        )  # fmt: skip
        unit = UnitRecord(index=0, key="u", game="g", task=None, k=0, agents=("a",), pair="p", seed=1)
        with Journal.create(tmp_path / "run", info, [unit]) as journal:
            for record in calls:
                journal.put_call(record)
        return tmp_path / "run"

    return make


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
    with pytest.raises(NotFound, match=re.escape(f"replay:{folder} did not record") + ".*asks something else"):
        await model.complete(msgspec.structs.replace(ASKED, seed=4), deadline=1)


async def test_an_unreadable_completion_is_not_found(run):
    record = msgspec.structs.replace(call(ASKED, SMALL, "d3"), completion={"choices": 5})
    model = make_model(f"replay:{run([agent('a', policy=SMALL)], [record])}", {})
    await model.open()
    with pytest.raises(NotFound, match="cannot be read"):
        await model.complete(ASKED, deadline=1)


def test_of_equal_requests_the_first_counts():
    found = completions([call(ASKED, SMALL, "first"), call(ASKED, SMALL, "second", i=1)])
    assert [c["choices"][0]["text"] for c in found.values()] == ["first"]


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
