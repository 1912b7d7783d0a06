import asyncio
import contextlib

import msgspec
import pytest

from kibitz.agents.agent import Bot, Decision, Reply
from kibitz.agents.llm import LLMAgent
from kibitz.agents.models.model import (
    Choice,
    Completion,
    Measured,
    Message,
    RateLimited,
    RejectedRequest,
    Request,
    Unauthorized,
    Usage,
)
from kibitz.agents.models.scripted import seeded_choice
from kibitz.harness.errors import UsageError
from kibitz.harness.limits import RetryPolicy
from kibitz.harness.table import GameTable
from kibitz.harness.verify import verify
from kibitz.results.journal import Journal

MODEL = {"kind": "llm", "model": "scripted:kibitz.agents.models.scripted:seeded_choice", "action_mode": "json"}
LINE = [{"game": "numberline", "pairs": 4}]
ONE_TRY = RetryPolicy(attempts=1)


class First(Bot):
    kind = "first"

    async def act(self, turn, ctx):
        action = turn.observation.actions.listed[0]
        return Decision(action, Reply(action, action))


@pytest.fixture
def scripted(monkeypatch):
    """Has a function answer instead of the model's."""

    def answer(function):
        monkeypatch.setattr("kibitz.agents.models.scripted.seeded_choice", function)

    return answer


def plain(request):
    return seeded_choice(request)


def records(folder):
    with Journal.read(folder) as journal:
        return journal.episodes()


def test_a_call_that_failed_for_good_fails_its_episode_and_no_other(run, scripted, tmp_path):
    calls = iter(range(10**6))

    def one_in_ten(request):
        if next(calls) == 5:
            raise Unauthorized("no credit")
        return seeded_choice(request)

    scripted(one_in_ten)
    result = run({"agents": {"m": MODEL}, "match": LINE}, concurrency=1)
    # A scripted function that raises is a rejected request.
    assert (result.failures, result.done) == ({"rejected_request": 1}, 3)
    (failed,) = [record for record in records(tmp_path / "run").values() if record.status == "failed"]
    assert (failed.cause, failed.fault, failed.reward) == ("rejected_request", "provider", ())


def test_a_failed_episode_goes_on_from_its_recorded_steps(run, scripted, tmp_path):
    scripted(plain)
    whole = run({"agents": {"m": MODEL}, "match": LINE}, "whole")
    assert whole.complete
    calls, broken = [], []

    def fails_once(request):
        calls.append(request)
        if len(calls) == 8 and not broken:
            broken.append(True)
            raise RuntimeError("once")
        return seeded_choice(request)

    scripted(fails_once)
    assert run({"agents": {"m": MODEL}, "match": LINE}, "broken").failures == {"rejected_request": 1}
    assert run({"agents": {"m": MODEL}, "match": LINE}, "broken", resume=True).complete
    with Journal.read(tmp_path / "whole") as journal:
        paid = len(list(journal.calls()))
    assert len(calls) == paid + 1  # the call that failed, and no other, was sent twice
    found = asyncio.run(verify(tmp_path / "broken", tmp_path / "whole"))
    assert (found["equal"], found["differing"]) == (4, [])


class Moody:
    """A model whose calls fail so many times in a row, each by what may pass."""

    def __init__(self, times):
        self.left = times

    async def __call__(self, request, *, deadline):
        if self.left:
            self.left -= 1
            raise RateLimited("slow down")
        return seeded_choice(request), Measured()


def test_what_may_pass_is_tried_once_more_when_the_others_are_done(run, monkeypatch, tmp_path):
    moody = Moody(2)
    monkeypatch.setattr("kibitz.agents.models.scripted.ScriptedModel.complete", lambda self, *a, **k: moody(*a, **k))
    result = run({"agents": {"m": MODEL}, "match": LINE}, concurrency=1, policy=ONE_TRY)
    assert result.complete


def test_it_is_tried_once_more_and_not_for_ever(run, monkeypatch, tmp_path):
    moody = Moody(10**6)
    monkeypatch.setattr("kibitz.agents.models.scripted.ScriptedModel.complete", lambda self, *a, **k: moody(*a, **k))
    result = run({"agents": {"m": MODEL}, "match": LINE}, policy=ONE_TRY)
    assert (result.failures, 10**6 - moody.left) == ({"rate_limited": 4}, 8)
    assert {record.fault for record in records(tmp_path / "run").values()} == {"provider"}


def test_an_agent_that_breaks_costs_its_own_episodes(run, plug, tmp_path):
    class Broken(First):
        async def act(self, turn, ctx):
            raise ZeroDivisionError("oops")

    plug(first=First, broken=Broken)
    result = run({"agents": {"a": {"kind": "first"}, "b": {"kind": "broken"}}, "match": LINE})
    assert (result.failures, result.done) == ({"agent_error": 4}, 4)
    assert result.messages["agent_error"] == "agent b: ZeroDivisionError: oops (see errors.log in the run folder)"
    assert "ZeroDivisionError: oops" in (tmp_path / "run" / "errors.log").read_text()
    assert {record.fault for record in records(tmp_path / "run").values() if record.status == "failed"} == {"agent"}


def test_a_step_that_takes_too_long_is_ended(run, plug, tmp_path):
    class Slow(First):
        async def act(self, turn, ctx):
            if turn.step == 1:
                await asyncio.sleep(3600)
            return await super().act(turn, ctx)

    plug(slow=Slow)
    data = {"agents": {"s": {"kind": "slow"}}, "match": [{"game": "numberline"}], "deadlines": {"step": 0.05}}
    result = run(data)
    assert result.failures == {"step_timeout": 1}
    assert result.messages["step_timeout"] == "the step took longer than 0.05 s"
    with Journal.read(tmp_path / "run") as journal:
        assert len(list(journal.all_steps())) == 1  # what was played before is kept


def test_an_episode_that_takes_too_long_is_ended(run, plug):
    class Slow(First):
        async def act(self, turn, ctx):
            await asyncio.sleep(0.03)
            return await super().act(turn, ctx)

    plug(slow=Slow)
    limits = {"step": 5.0, "episode": 0.02}
    result = run({"agents": {"s": {"kind": "slow"}}, "match": [{"game": "numberline"}], "deadlines": limits})
    assert result.failures == {"episode_timeout": 1}


# -- budgets -------------------------------------------------------------------------------------------------------


def costs(request):
    return Completion(choices=seeded_choice(request).choices, usage=Usage(input=800, output=10), usd=0.25)


def test_a_run_stops_when_its_money_is_spent_and_goes_on_when_there_is_more(run, scripted, tmp_path):
    scripted(costs)
    data = {"agents": {"m": MODEL | {"max_tokens": 20}}, "match": LINE}
    whole = run(data, "whole")
    assert whole.complete, whole
    with Journal.read(tmp_path / "whole") as journal:
        total = journal.spent()["m"].tokens
    stopped = run(data | {"budget": {"tokens": total // 2}}, concurrency=2)
    assert not stopped.complete
    assert stopped.failures == {}
    assert "the run has a budget of" in stopped.stopped
    with Journal.read(tmp_path / "run") as journal:
        assert 0 < journal.spent()["m"].tokens <= total // 2
    again = run(data | {"budget": {"tokens": total // 2}}, resume=True)
    assert again.done >= stopped.done
    assert not again.complete
    assert run(data | {"budget": {"tokens": 10 * total + 100_000}}, resume=True).complete
    found = asyncio.run(verify(tmp_path / "run", tmp_path / "whole"))
    assert (found["equal"], found["differing"]) == (whole.units, [])


def test_an_agent_without_money_leaves_the_others_playing(run, scripted):
    scripted(costs)
    agents = {"m": MODEL | {"max_tokens": 20}, "r": {"kind": "random"}}
    result = run({"agents": agents, "match": LINE, "budget": {"agent": {"tokens": 20_000}}}, concurrency=1)
    assert 4 <= result.done < result.units
    assert result.stopped.startswith("agent m has a budget of 20000 tokens")


def test_what_an_episode_may_spend_ends_its_calls_and_not_the_episode(run, scripted, tmp_path):
    scripted(costs)
    data = {"agents": {"m": MODEL | {"max_tokens": 20}}, "match": LINE, "budget": {"episode": {"tokens": 5000}}}
    assert run(data).complete
    with Journal.read(tmp_path / "run") as journal:
        steps = list(journal.all_steps())
        assert any(record.forfeit is not None for record in journal.episodes().values())
    problems = {c.problem for step in steps for seat in step.seats for c in seat.complaints}
    assert problems == {"over_budget"}
    assert asyncio.run(verify(tmp_path / "run"))["equal"] == 4


# -- learning ------------------------------------------------------------------------------------------------------


class Killed(BaseException):
    """Ends a run in the middle."""


class Memory:
    """Counts the rewards of what was played first: what is learned first changes what is learned next."""

    def start(self):
        return {}

    def fold(self, state, lesson):
        first = lesson.history[0].action
        return {**state, first: state.get(first, 0.0) * 0.5 + lesson.reward + len(lesson.history) / 100}

    def read(self, state, turn):
        return tuple(sorted(state.items()))


class Learns(Bot):
    """Plays by what it has learned, and by its model where that says nothing."""

    kind = "learns"
    learner = Memory()

    async def act(self, turn, ctx):
        known = dict(turn.cases)
        listed = turn.observation.actions.listed
        weights = [1.0 + known.get(action, 0.0) + turn.step / 10 for action in listed]
        action = ctx.rng.choices(listed, [max(weight, 0.01) for weight in weights])[0]
        await asyncio.sleep(ctx.rng.random() / 200)  # episodes end in another order than they began
        return Decision(action, Reply(action, action), memo=str(turn.cases))


LEARNING = {
    "agents": {"l": {"kind": "learns"}, "r": {"kind": "random"}},
    "protocol": {"wave": 3},
    "match": [{"game": "numberline", "pairs": 4}, {"game": "tictactoe", "pairs": 3}],
}


def waves(folder):
    with Journal.read(folder) as journal:
        return journal.waves()


def test_one_worker_and_eight_learn_the_same(run, plug, tmp_path):
    plug(learns=Learns)
    run(LEARNING, "one", concurrency=1)
    run(LEARNING, "eight", concurrency=8)
    assert waves(tmp_path / "one") == waves(tmp_path / "eight")
    assert len({wave.state for wave in waves(tmp_path / "one")}) > 2  # it did learn
    found = asyncio.run(verify(tmp_path / "one", tmp_path / "eight"))
    assert (found["equal"], found["differing"]) == (14, [])
    assert asyncio.run(verify(tmp_path / "eight"))["equal"] == 14


def test_what_is_learned_survives_a_stop_anywhere(run, plug, tmp_path):
    plug(learns=Learns)
    run(LEARNING, "whole")
    left = iter(range(50))

    class Dies(Learns):
        async def act(self, turn, ctx):
            if next(left, None) is None:
                raise Killed
            return await super().act(turn, ctx)

    plug(learns=Dies)
    with pytest.raises(BaseExceptionGroup):
        run(LEARNING)
    assert 0 < len(waves(tmp_path / "run")) < len(waves(tmp_path / "whole"))
    plug(learns=Learns)
    assert run(LEARNING, resume=True).complete
    assert waves(tmp_path / "run") == waves(tmp_path / "whole")
    assert asyncio.run(verify(tmp_path / "run", tmp_path / "whole"))["equal"] == 14


def test_a_wave_with_a_failed_episode_is_not_learned_from(run, plug, tmp_path):
    bad = []

    class Fails(Learns):
        async def act(self, turn, ctx):
            if turn.game == "numberline" and not bad and turn.step == 0 and turn.cases:
                bad.append(True)
                raise KeyError("once")
            return await super().act(turn, ctx)

    plug(learns=Fails)
    result = run(LEARNING, concurrency=1)
    assert result.failures == {"agent_error": 1}
    assert "what l learns depends on all of it" in result.stopped
    assert len(waves(tmp_path / "run")) == 1
    assert run(LEARNING, resume=True).complete
    plug(learns=Learns)
    run(LEARNING, "whole")
    assert waves(tmp_path / "run") == waves(tmp_path / "whole")


def test_a_learner_that_folds_otherwise_is_found_before_anything_is_played(run, plug, tmp_path):
    plug(learns=Learns)
    run(LEARNING)

    class Otherwise(Memory):
        def fold(self, state, lesson):
            return {**super().fold(state, lesson), "new": 1.0}

    class Changed(Learns):
        learner = Otherwise()

    plug(learns=Changed)
    assert asyncio.run(verify(tmp_path / "run"))["differing"]
    with pytest.raises(UsageError, match="cannot go on: agent l: what it learns from wave 0 is not what"):
        run(LEARNING, resume=True)


def test_a_learner_that_cannot_read_is_its_agents_fault(run, plug):
    class Blind(Memory):
        def read(self, state, turn):
            raise KeyError("nothing")

    class Reads(Learns):
        learner = Blind()

    plug(learns=Reads)
    assert run({**LEARNING, "match": LINE}, concurrency=1).failures == {
        "agent_error": 2
    }  # the wave's others do not learn


def test_without_learners_nobody_waits_for_a_wave(run, tmp_path):
    data = {"agents": {"r": {"kind": "random"}}, "protocol": {"wave": 1}, "match": LINE}
    assert run(data).complete
    assert waves(tmp_path / "run") == []


def test_a_rejected_request_says_what_was_said(run, scripted):
    def refuses(request):
        raise RejectedRequest("too long")

    scripted(refuses)
    result = run({"agents": {"m": MODEL}, "match": LINE})
    assert "too long" in result.messages["rejected_request"]


# -- what agents, games and clients do that they should not ----------------------------------------------------------


@pytest.mark.parametrize("error", [ValueError("half a pair: \ud800"), SystemExit(0), asyncio.CancelledError()])
def test_whatever_an_agent_raises_costs_its_own_episodes(run, plug, tmp_path, error):
    class Broken(First):
        async def act(self, turn, ctx):
            raise error

    plug(first=First, broken=Broken)
    result = run({"agents": {"a": {"kind": "first"}, "b": {"kind": "broken"}}, "match": LINE}, concurrency=1)
    assert (result.failures, result.done) == ({"agent_error": 4}, 4)
    assert type(error).__name__ in (tmp_path / "run" / "errors.log").read_text(encoding="utf-8")


@pytest.mark.parametrize("error", [SystemExit(0), asyncio.CancelledError()])
def test_whatever_a_game_raises_costs_its_own_episodes(run, plug, monkeypatch, error):
    calls = iter(range(10**6))
    settle = GameTable.settle

    async def breaks(self, asked, actions):
        if next(calls) == 3:
            raise error
        return await settle(self, asked, actions)

    plug(first=First)
    monkeypatch.setattr(GameTable, "settle", breaks)
    result = run({"agents": {"a": {"kind": "first"}}, "match": LINE}, concurrency=1)
    assert (result.failures, result.done) == ({"harness_error": 1}, 3)


@pytest.mark.parametrize("error", [SystemExit(0), asyncio.CancelledError()])
def test_whatever_a_client_raises_costs_its_own_calls(run, monkeypatch, error):
    async def breaks(self, request, *, deadline):
        raise error

    monkeypatch.setattr("kibitz.agents.models.scripted.ScriptedModel.complete", breaks)
    assert run({"agents": {"m": MODEL}, "match": LINE}, concurrency=1, policy=ONE_TRY).failures == {"provider_error": 4}


class Thrice(LLMAgent):
    """Makes three calls at once."""

    kind = "thrice"

    async def act(self, turn, ctx):
        request = Request(messages=(Message("user", f"step {turn.step}"),), max_tokens=10)
        async with asyncio.TaskGroup() as group:
            for name in "abc":
                group.create_task(ctx.meter.scope(name).call(request))
        action = turn.observation.actions.listed[0]
        return Decision(action, Reply(action, action))


THRICE = {"agents": {"m": {**MODEL, "kind": "thrice"}}, "match": [{"game": "numberline"}]}
COMPLETE = "kibitz.agents.models.scripted.ScriptedModel.complete"
REPLY = Completion(choices=(Choice(text="x"),), usage=Usage(input=1, output=1))


def test_a_second_try_waits_for_the_calls_that_the_first_one_left_under_way(run, plug, monkeypatch, tmp_path):
    sent = []

    async def slow_at_first(self, request, *, deadline):
        sent.append(request.seed)
        if len(sent) <= 3:
            await asyncio.sleep(0.5)
        return REPLY, Measured()

    plug(thrice=Thrice)
    monkeypatch.setattr(COMPLETE, slow_at_first)
    assert run({**THRICE, "deadlines": {"step": 0.2}}).complete
    with Journal.read(tmp_path / "run") as journal:
        assert len(sent) == len(set(sent)) == len(list(journal.calls()))


def test_a_call_that_was_not_sent_when_the_one_beside_it_failed_is_never_sent(run, plug, monkeypatch):
    sent = []

    async def refuses(self, request, *, deadline):
        sent.append(request.seed)
        await asyncio.sleep(0.01)
        raise Unauthorized("no credit")

    plug(thrice=Thrice)
    monkeypatch.setattr(COMPLETE, refuses)
    result = run({**THRICE, "limits": {"scripted": {"in_flight": 1}}})
    # The second one has its place before its caller hears of the first one's failure.
    assert (result.failures, len(sent)) == ({"unauthorized": 1}, 2)


def test_what_calls_cost_together_does_not_depend_on_which_came_back_first(run, plug, monkeypatch, tmp_path):
    plug(thrice=Thrice)
    for name, order in (("one", 1), ("two", -1)):

        async def priced(self, request, *, deadline, order=order):
            await asyncio.sleep(0.02 + order * 0.01 * (request.seed % 3 - 1))
            return msgspec.structs.replace(REPLY, usd=(0.1, 0.2, 0.3)[request.seed % 3]), Measured()

        monkeypatch.setattr(COMPLETE, priced)
        assert run({**THRICE, "match": LINE}, name).complete
    one, two = records(tmp_path / "one"), records(tmp_path / "two")
    assert [record.digest for record in one.values()] == [record.digest for record in two.values()]


def test_a_stop_is_no_agents_to_catch(run, plug, monkeypatch, tmp_path):
    class Catches(Thrice):
        async def act(self, turn, ctx):
            try:
                return await super().act(turn, ctx)
            except Exception as error:
                if turn.seat:
                    raise ValueError("something else") from error
                action = turn.observation.actions.listed[-1]
                return Decision(action, Reply(action, action))

    async def answers(self, request, *, deadline):
        return REPLY, Measured()

    plug(thrice=Catches)
    monkeypatch.setattr(COMPLETE, answers)
    result = run({**THRICE, "match": LINE, "budget": {"tokens": 100}}, concurrency=1)
    assert (result.complete, result.failures) == (False, {})
    assert "the run has a budget of 100 tokens" in result.stopped
    with Journal.read(tmp_path / "run") as journal:
        assert {step.seats[0].spent.calls for step in journal.all_steps()} <= {3}


@pytest.mark.parametrize("tokens", [2**63, -1])
def test_a_reply_with_an_impossible_count_of_tokens_costs_its_own_calls(run, monkeypatch, tokens):
    async def miscounts(self, request, *, deadline):
        return msgspec.structs.replace(seeded_choice(request), usage=Usage(input=tokens)), Measured()

    monkeypatch.setattr(COMPLETE, miscounts)
    result = run({"agents": {"m": MODEL}, "match": LINE}, policy=ONE_TRY)
    assert result.failures == {"provider_error": 4}


def test_code_that_swallows_its_deadline_is_told_again(run, plug, monkeypatch):
    class Deaf(First):
        async def act(self, turn, ctx):
            for _ in range(3):
                with contextlib.suppress(asyncio.CancelledError):
                    await asyncio.sleep(3600)
            await asyncio.sleep(3600)

    plug(deaf=Deaf)
    monkeypatch.setattr("kibitz.harness.watch.AGAIN", 0.05)
    data = {"agents": {"d": {"kind": "deaf"}}, "match": [{"game": "numberline"}], "deadlines": {"step": 0.05}}
    assert run(data).failures == {"step_timeout": 1}


def test_a_learner_that_breaks_stops_the_run_where_it_can_go_on(run, plug, tmp_path):
    class Breaks(Memory):
        def fold(self, state, lesson):
            raise KeyError("what was that?")

    class Broken(Learns):
        learner = Breaks()

    plug(learns=Broken)
    result = run(LEARNING)
    assert "agent l: its learner broke (KeyError: 'what was that?')" in result.stopped
    assert "what was that?" in (tmp_path / "run" / "errors.log").read_text()
    plug(learns=Learns)
    assert run(LEARNING, resume=True).complete


def test_equal_episodes_with_other_bills_are_equal(run, scripted, tmp_path):
    bills = iter(range(10**6))

    def dear(request):
        usage = Usage(input=100, output=5, cached=next(bills) % 90)
        return Completion(choices=seeded_choice(request).choices, usage=usage, usd=next(bills) / 100)

    scripted(dear)
    run({"agents": {"m": MODEL}, "match": LINE}, "one")
    run({"agents": {"m": MODEL}, "match": LINE}, "other")
    found = asyncio.run(verify(tmp_path / "one", tmp_path / "other"))
    assert (found["equal"], found["differing"]) == (4, [])
    assert asyncio.run(verify(tmp_path / "other"))["equal"] == 4


def test_an_agent_whose_key_is_refused_is_left_out_after_a_few_episodes(run, monkeypatch, tmp_path):
    asked = []

    async def refuses(self, request, *, deadline):
        asked.append(request)
        raise Unauthorized("no such key")

    monkeypatch.setattr("kibitz.agents.models.scripted.ScriptedModel.complete", refuses)
    agents = {"m": MODEL, "r": {"kind": "random"}}
    result = run({"agents": agents, "match": [{"game": "numberline", "pairs": 40}]}, concurrency=1)
    assert (result.failures, result.done, len(asked)) == ({"unauthorized": 5}, 40, 5)
    assert result.stopped == "agent m: its calls are refused (no such key); no more were made"
    monkeypatch.undo()
    assert run({"agents": agents, "match": [{"game": "numberline", "pairs": 40}]}, resume=True).complete
