import asyncio
from dataclasses import dataclass, field

import pytest

from kibitz.agents.meter import CallPlace
from kibitz.agents.models.model import (
    CallTimeout,
    Choice,
    Completion,
    Measured,
    Message,
    NotFound,
    ProviderError,
    RateLimited,
    Request,
    Usage,
    identity_digest,
)
from kibitz.harness.calls import CallDesk, CallNotRecordedError, CallSite, Sending
from kibitz.harness.delivery import Courier, Line
from kibitz.harness.limits import ProviderLimit, RetryPolicy
from kibitz.harness.stopping import Gate, RunStopping
from kibitz.results.journal import Journal
from kibitz.results.records import RunInfo, UnitRecord

SITE = CallSite("u", 0, 0, 0, "a")
PLACE = CallPlace(("try0", "greedy"), 0)
REQUEST = Request(messages=(Message("system", "rules", static=True), Message("user", "go")), seed=7)
IDENTITY = {("a", "policy"): identity_digest({"name": "m"})}


@dataclass
class FakeClock:
    slept: list[float] = field(default_factory=list)

    def now(self):
        return 0.0

    async def sleep(self, seconds):
        self.slept.append(seconds)


class FakeModel:
    """Raises what it is given, one error a call, then answers."""

    def __init__(self, *errors):
        self.errors = list(errors)
        self.sent = 0

    async def complete(self, request, *, deadline):
        self.sent += 1
        if self.errors:
            raise self.errors.pop(0)
        return Completion(choices=(Choice(text="hello"),), usage=Usage(input=3, output=2)), Measured(seconds=0.5)


@pytest.fixture
def journal(tmp_path):
    info = RunInfo(
        name="r", seed=0, protocol={}, protocol_hash="", games={}, agents={}, config={}, config_hash="", versions={},
        command=[], started="",
    )  # fmt: skip
    unit = UnitRecord(index=0, key="u", game="g", task=None, k=0, agents=("a",), pair="u", seed=0)
    with Journal.create(tmp_path / "run", info, [unit]) as made:
        yield made


class Desk(CallDesk):
    """Gives the completion alone."""

    async def send(self, *call):
        return (await self.answer(*call)).completion


def desk(journal, model, clock=None, recorded=(), nursery=None, gate=None, called=None, **policy):
    clock = clock or FakeClock()
    if model is None:
        return Desk(journal, recorded, IDENTITY)
    lines = {("a", "policy"): Line(model, ProviderLimit({}, clock), RetryPolicy(**policy))}
    courier = Courier(clock, gate or Gate(clock))
    return Desk(journal, recorded, IDENTITY, Sending(lines, courier, nursery, called or (lambda tokens, usd: None)))


async def test_a_call_is_in_the_journal_before_it_is_seen(journal):
    completion = await desk(journal, FakeModel()).send(SITE, "policy", PLACE, REQUEST)
    assert completion.choices[0].text == "hello"
    with Journal.read(journal.folder) as reader:
        (record,) = reader.calls("u")
        messages = reader.conversation(record.context)
    assert record.completion["choices"][0]["text"] == "hello"
    assert record.measured.seconds == 0.5
    assert [(message.text, message.static) for message in messages] == [("rules", True), ("go", False)]


async def test_a_recorded_call_is_not_sent_again(journal):
    await desk(journal, FakeModel()).send(SITE, "policy", PLACE, REQUEST)
    model = FakeModel()
    completion = await desk(journal, model, recorded=journal.calls("u")).send(SITE, "policy", PLACE, REQUEST)
    assert (completion.choices[0].text, model.sent) == ("hello", 0)


async def test_another_request_at_the_same_place_is_refused(journal):
    await desk(journal, FakeModel()).send(SITE, "policy", PLACE, REQUEST)
    other = Request(messages=(Message("user", "something else"),), seed=7)
    with pytest.raises(CallNotRecordedError, match="asks something else"):
        await desk(journal, FakeModel(), recorded=journal.calls("u")).send(SITE, "policy", PLACE, other)


async def test_without_a_journal_nothing_is_sent():
    with pytest.raises(CallNotRecordedError, match="holds no such call"):
        await desk(None, None).send(SITE, "policy", PLACE, REQUEST)


async def test_what_may_pass_is_tried_again_within_one_recorded_call(journal):
    clock, model = FakeClock(), FakeModel(RateLimited("slow down", retry_after=7.0), CallTimeout("late"))
    await desk(journal, model, clock).send(SITE, "policy", PLACE, REQUEST)
    assert model.sent == 3
    assert clock.slept[0] == 7.0
    assert 1.0 <= clock.slept[1] <= 2.0
    (record,) = journal.calls("u")
    assert record.measured.attempts == 3


async def test_a_final_no_is_not_tried_again(journal):
    model = FakeModel(NotFound("no such model"))
    with pytest.raises(NotFound):
        await desk(journal, model).send(SITE, "policy", PLACE, REQUEST)
    assert model.sent == 1


async def test_tries_end(journal):
    model = FakeModel(*(ProviderError("down") for _ in range(9)))
    with pytest.raises(ProviderError):
        await desk(journal, model, attempts=4).send(SITE, "policy", PLACE, REQUEST)
    assert model.sent == 4


async def test_a_client_that_breaks_is_a_provider_error(journal):
    with pytest.raises(ProviderError, match="KeyError"):
        await desk(journal, FakeModel(KeyError("choices")), attempts=1).send(SITE, "policy", PLACE, REQUEST)


async def test_parallel_calls_have_keys_that_do_not_depend_on_their_order(journal):
    shared = desk(journal, FakeModel())
    places = [CallPlace(("try0", name), i) for name in "ab" for i in range(3)]
    await asyncio.gather(*(shared.send(SITE, "policy", place, REQUEST) for place in reversed(places)))
    assert [(r.scope, r.i) for r in journal.calls("u")] == [(str(place), place.i) for place in places]


@pytest.mark.parametrize(
    "completion",
    [
        Completion(choices=(Choice(text=None),)),  # type: ignore[arg-type]
        Completion(scores=(float("-inf"),)),
    ],
)
async def test_a_reply_that_cannot_be_recorded_is_a_provider_error(journal, completion):
    class Strange(FakeModel):
        async def complete(self, request, *, deadline):
            return completion, Measured()

    with pytest.raises(ProviderError, match="cannot be recorded"):
        await desk(journal, Strange(), attempts=1).send(SITE, "policy", PLACE, REQUEST)
    assert list(journal.calls("u")) == []


async def test_half_a_surrogate_pair_costs_one_character_and_not_the_reply(journal):
    class Halves(FakeModel):
        async def complete(self, request, *, deadline):
            return Completion(choices=(Choice(text="a\ud83d b \ud83d\ude00"),)), Measured()

    seen = await desk(journal, Halves()).send(SITE, "policy", PLACE, REQUEST)
    assert seen.choices[0].text == "a\ufffd b \U0001f600"


async def test_an_agent_sees_what_a_resumed_run_would_see(journal):
    class Ints(FakeModel):
        async def complete(self, request, *, deadline):
            return Completion(scores=(1, 2)), Measured()

    seen = await desk(journal, Ints()).send(SITE, "policy", PLACE, REQUEST)
    again = await desk(None, None, recorded=journal.calls("u")).send(SITE, "policy", PLACE, REQUEST)
    assert [type(score) for score in seen.scores] == [type(score) for score in again.scores] == [float, float]


async def test_a_client_that_ignores_its_deadline_is_given_up(journal):
    class Deaf(FakeModel):
        async def complete(self, request, *, deadline):
            await asyncio.Event().wait()

    with pytest.raises(CallTimeout):
        await desk(journal, Deaf(), attempts=1, deadline=0.001).send(SITE, "policy", PLACE, REQUEST)


async def test_without_a_journal_calls_are_sent_and_nothing_is_written():
    model = FakeModel()
    answered = await desk(None, model).answer(SITE, "policy", PLACE, REQUEST)
    assert (model.sent, answered.seconds) == (1, 0.5)


class OneFails(FakeModel):
    """The first call fails at once; the others answer when they are let go."""

    def __init__(self):
        super().__init__()
        self.gate = asyncio.Event()

    async def complete(self, request, *, deadline):
        self.sent += 1
        if self.sent == 1:
            raise NotFound("no such model")
        await self.gate.wait()
        return Completion(choices=(Choice(text="hello"),)), Measured()


async def together(made, places):
    async with asyncio.TaskGroup() as parts:
        for place in places:
            parts.create_task(made.send(SITE, "policy", place, REQUEST))


async def test_when_one_of_several_calls_fails_the_others_are_still_journaled(journal):
    model = OneFails()
    places = [CallPlace(("try0", f"part{n}"), 0) for n in range(8)]
    async with asyncio.TaskGroup() as nursery:
        made = desk(journal, model, nursery=nursery)
        with pytest.raises(ExceptionGroup):
            await together(made, places)
        model.gate.set()
    assert [record.seen for record in journal.calls("u")] == [False] * 7


async def test_a_late_reply_is_kept_for_the_next_time_it_is_asked_for(journal):
    model = OneFails()
    async with asyncio.TaskGroup() as nursery:
        made = desk(journal, model, nursery=nursery)
        with pytest.raises(ExceptionGroup):
            await together(made, [CallPlace(("x",), 0), PLACE])
        model.gate.set()
    again = desk(journal, model, recorded=journal.calls("u"))
    completion = await again.send(SITE, "policy", PLACE, REQUEST)
    assert (completion.choices[0].text, model.sent) == ("hello", 2)
    assert [record.seen for record in journal.calls("u")] == [True]


async def test_a_failure_reaches_who_asked_and_nobody_else(journal):
    async with asyncio.TaskGroup() as nursery:
        made = desk(journal, FakeModel(NotFound("no")), nursery=nursery)
        with pytest.raises(NotFound):
            await made.send(SITE, "policy", PLACE, REQUEST)
        other = CallPlace(("other",), 0)
        assert (await made.send(SITE, "policy", other, REQUEST)).choices[0].text == "hello"


async def test_a_call_that_nobody_waits_for_is_not_tried_again(journal):
    class Overloaded(OneFails):
        async def complete(self, request, *, deadline):
            self.sent += 1
            if self.sent == 1:
                raise NotFound("no such model")
            await self.gate.wait()
            raise RateLimited("slow down")

    model = Overloaded()
    async with asyncio.TaskGroup() as nursery:
        with pytest.raises(ExceptionGroup):
            await together(desk(journal, model, nursery=nursery), [CallPlace(("x",), 0), PLACE])
        model.gate.set()
    assert (model.sent, list(journal.calls("u"))) == (2, [])


async def test_what_each_call_cost_is_told(journal):
    told = []
    await desk(journal, FakeModel(), called=lambda tokens, usd: told.append((tokens, usd))).send(
        SITE, "policy", PLACE, REQUEST
    )
    assert told == [(5, None)]
    assert journal.spent()["a"].unpriced == 1


async def test_a_closed_gate_sends_nothing(journal):
    clock, model = FakeClock(), FakeModel()
    gate = Gate(clock)
    gate.close("stopped")
    with pytest.raises(RunStopping):
        await desk(journal, model, clock, gate=gate).send(SITE, "policy", PLACE, REQUEST)
    assert model.sent == 0


async def test_a_gate_that_closes_lets_a_call_in_flight_end_and_tries_no_other(journal):
    clock = FakeClock()
    gate = Gate(clock)

    class Closes(FakeModel):
        async def complete(self, request, *, deadline):
            gate.close("stopped")
            return await super().complete(request, deadline=deadline)

    model = Closes()
    assert (await desk(journal, model, clock, gate=gate).send(SITE, "policy", PLACE, REQUEST)).choices
    assert len(list(journal.calls("u"))) == 1
    again = Closes(RateLimited("slow down"))
    other = CallPlace(("other",), 0)
    with pytest.raises(RunStopping):
        await desk(journal, again, clock, gate=gate).send(SITE, "policy", other, REQUEST)


async def test_who_asks_to_wait_for_hours_fails_at_once(journal):
    clock, model = FakeClock(), FakeModel(RateLimited("come back tomorrow", retry_after=86400.0))
    with pytest.raises(RateLimited):
        await desk(journal, model, clock).send(SITE, "policy", PLACE, REQUEST)
    assert (model.sent, clock.slept) == (1, [])


async def test_a_conversation_is_stored_once_however_often_it_is_sent(journal):
    made = desk(journal, FakeModel())
    messages = [Message("system", "rules", static=True)]
    for turn in range(4):
        messages += [Message("user", f"turn {turn}")]
        request = Request(messages=tuple(messages), seed=turn)
        await made.send(SITE, "policy", CallPlace(("try0",), turn), request)
        messages += [Message("assistant", "hello")]
    calls = list(journal.calls("u"))
    assert [len(journal.conversation(call.context)) for call in calls] == [2, 4, 6, 8]
    stored = journal._db.execute("SELECT messages FROM talk").fetchall()
    assert sum(data.count(b"role") for (data,) in stored) == 8


async def test_the_request_hash_is_that_of_the_request_as_a_whole(journal):
    made = desk(journal, FakeModel())
    await made.send(SITE, "policy", PLACE, REQUEST)
    longer = Request(messages=(*REQUEST.messages, Message("assistant", "hello"), Message("user", "and now?")), seed=8)
    await made.send(SITE, "policy", CallPlace(("x",), 0), longer)
    recorded = {call.scope: call.request for call in journal.calls("u")}
    assert recorded[str(PLACE)] == REQUEST.digest({"name": "m"})
    assert recorded["x"] == longer.digest({"name": "m"})
