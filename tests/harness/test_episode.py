from dataclasses import dataclass, field

import pytest

from kibitz.agents.agent import Bot, Decision, Needs, Reply, Stated
from kibitz.agents.models.model import (
    CallTimeout,
    Choice,
    Completion,
    Measured,
    Message,
    Request,
    Usage,
    identity_digest,
)
from kibitz.games.actions import Actions
from kibitz.games.bargaining.negotiation import Negotiation
from kibitz.games.board.tictactoe import TicTacToe
from kibitz.games.game import Observation, Outcome, Values
from kibitz.games.table import Settled, View
from kibitz.harness.calls import CallDesk, Sending
from kibitz.harness.clock import SystemClock
from kibitz.harness.decision import AgentBrokeError, Player, Rules
from kibitz.harness.delivery import Courier, Line
from kibitz.harness.episode import Episode, EpisodeDivergedError, Finished, GameBrokeError
from kibitz.harness.limits import ProviderLimit, RetryPolicy
from kibitz.harness.stopping import Gate, RunStopping
from kibitz.harness.table import GameTable
from kibitz.results.journal import Journal
from kibitz.results.records import Forfeit, GradeRecord, RunInfo, StepRecord, UnitRecord

UNIT = UnitRecord(index=0, key="t/0/a,b", game="t", task=None, k=0, agents=("a", "b"), pair="t/0/a+b", seed=5)
IDENTITIES = dict.fromkeys([("a", "policy"), ("b", "policy")], identity_digest({"name": "m"}))


class First(Bot):
    """Plays the first legal action, and remembers how often it has played."""

    kind = "first"

    async def act(self, turn, ctx):
        action = turn.observation.actions.listed[0]
        memo = f"{len(turn.history)}:{turn.memo}"
        return Decision(action, Reply(action, action), greedy=action, memo=memo)


class Asker(Bot):
    """Asks its model for a number and plays the action of that number; answers every question with the same words."""

    kind = "asker"
    answers = True

    def __init__(self, stated="none"):
        super().__init__()
        self.stated = stated

    async def act(self, turn, ctx):
        text = f"{turn.observation.text} {len(turn.complaints)}"
        completion = await ctx.meter.scope("greedy").call(Request(messages=(Message("user", text),)))
        listed = turn.observation.actions.listed
        action = listed[int(completion.choices[0].text) % len(listed)]
        answers = {p.id: Stated(self.stated, p.kind.read(self.stated)) for p in turn.asks}
        return Decision(action, Reply(completion.choices[0].text, action, answers), greedy=action)


class Mute(Bot):
    """Never states an action that is legal."""

    kind = "mute"
    seen: list[list[str]]

    def __init__(self, action=None):
        super().__init__()
        self.action, self.seen = action, []

    async def act(self, turn, ctx):
        self.seen.append([c.problem for c in turn.complaints])
        return Decision(self.action, Reply("um", None, problem="no_action", reason="there is no action tag"))


class Numbers:
    """A model whose reply is a function of the request's seed."""

    def __init__(self):
        self.sent = 0

    async def complete(self, request, *, deadline):
        self.sent += 1
        return Completion(choices=(Choice(text=str(request.seed % 97)),), usage=Usage(input=5, output=1)), Measured()


@dataclass
class Kept:
    """What an episode wrote."""

    steps: list[StepRecord] = field(default_factory=list)
    grades: list[GradeRecord] = field(default_factory=list)

    def __call__(self, step, grades):
        self.steps.append(step)
        self.grades += grades


@pytest.fixture
def journal(tmp_path):
    info = RunInfo(
        name="r", seed=0, protocol={}, protocol_hash="", games={}, agents={}, config={}, config_hash="", versions={},
        command=[], started="",
    )  # fmt: skip
    with Journal.create(tmp_path / "run", info, [UNIT]) as made:
        yield made


def make(journal, agents, *, rules=None, finished=None, recorded=(), model=None, sink=None, table=None, going=None):
    model = model or Numbers()
    clock = SystemClock()
    policy = RetryPolicy(attempts=1)
    lines = {key: Line(model, ProviderLimit({}, clock), policy) for key in IDENTITIES}
    sending = Sending(lines, Courier(clock, Gate(clock))) if journal else None
    desk = CallDesk(journal, recorded, IDENTITIES, sending)
    players = [Player(name, agent, f"hash of {name}") for name, agent in zip("ab", agents, strict=True)]
    return Episode(
        UNIT,
        table or GameTable(TicTacToe()),
        players,
        rules or Rules(0, "same", 1, "random"),
        setting="s",
        desk=desk,
        sink=sink or (lambda step, grades: None),
        clock=clock,
        finished=finished or Finished(),
        going=going or (lambda: None),
    )


async def test_an_episode_is_played_to_its_end_and_recorded(journal):
    kept = Kept()
    record = await make(journal, [First(), First()], sink=kept).play()
    # 0,0 0,1 0,2 1,0 1,1 1,2 2,0: X has the anti-diagonal after seven plies.
    assert (record.status, record.reward, record.steps, record.forfeit) == ("done", (1.0, -1.0), 7, None)
    assert [seat.action for step in kept.steps for seat in step.seats][:3] == ["0,0", "0,1", "0,2"]
    assert kept.steps[4].seats[0].memo == "2:1:0:"
    assert kept.grades == []  # who gives no answers is not asked


async def test_answers_are_graded_against_the_position_that_was_seen(journal):
    kept = Kept()
    await make(journal, [Asker(), First()], sink=kept).play()
    first = [grade for grade in kept.grades if grade.step == 0]
    assert {grade.verdict for grade in first} == {"right"}  # an empty board has no winning cell
    about_action = [grade for grade in first if grade.about == "action"]
    assert about_action
    assert all(grade.action == kept.steps[0].seats[0].action for grade in about_action)


async def test_malformed_and_missing_answers_are_not_wrong_ones(journal):
    kept = Kept()
    await make(journal, [Asker("a lot"), First()], sink=kept).play()
    assert {grade.verdict for grade in kept.grades} == {"malformed"}
    assert all(grade.note and grade.raw == "a lot" and grade.parsed is None for grade in kept.grades)


async def test_ask_none_asks_nobody(journal):
    kept = Kept()
    await make(journal, [Asker(), Asker()], sink=kept, rules=Rules(0, "none", 1, "random")).play()
    assert kept.grades == []


async def test_ask_before_asks_nothing_about_the_action(journal):
    kept = Kept()
    await make(journal, [Asker(), Asker()], sink=kept, rules=Rules(0, "before", 1, "random")).play()
    assert {grade.about for grade in kept.grades} == {"view"}


async def test_bad_output_is_told_retried_and_then_the_fallback_forfeits(journal):
    kept, mute = Kept(), Mute()
    record = await make(journal, [First(), mute], sink=kept, rules=Rules(0, "none", 2, "random")).play()
    assert mute.seen[:3] == [[], ["no_action"], ["no_action", "no_action"]]
    assert (record.forfeit, record.reward) == (Forfeit(step=1, seats=(1,)), (1.0, -1.0))
    assert record.fallbacks[1] == record.steps // 2
    seat = kept.steps[1].seats[0]
    assert seat.fallback
    assert [c.reason for c in seat.complaints] == ["there is no action tag"] * 3


@pytest.mark.parametrize("said", ["9,9", "0,0 ", "resign"])
async def test_an_agents_own_word_that_an_action_is_legal_is_not_taken_for_it(journal, said):
    kept = Kept()
    record = await make(journal, [First(), Mute(said)], sink=kept).play()
    assert record.forfeit == Forfeit(step=1, seats=(1,))
    assert {c.problem for c in kept.steps[1].seats[0].complaints} == {"illegal_action"}


async def test_fallback_stop_ends_the_episode_there(journal):
    record = await make(journal, [First(), Mute()], rules=Rules(0, "none", 0, "stop")).play()
    assert (record.steps, record.reward, record.reason) == (2, (1.0, -1.0), "stopped at the first fallback")


async def test_where_a_bargain_stops_nothing_is_agreed_on(journal):
    record = await make(
        journal, [Mute(), Mute()], rules=Rules(0, "none", 0, "stop"), table=GameTable(Negotiation())
    ).play()
    assert record.reward == (0.0, 0.0)


async def test_the_same_unit_gives_the_same_digest_and_another_reply_another(journal, tmp_path):
    one = await make(journal, [Asker(), Asker()]).play()
    again = await make(None, [Asker(), Asker()], recorded=journal.calls(UNIT.key)).play()
    other = await make(None, [Asker("1,1"), Asker()], recorded=journal.calls(UNIT.key)).play()
    assert one.digest == again.digest != other.digest
    assert one.trajectory == again.trajectory == other.trajectory


async def test_an_episode_resumed_at_any_step_ends_with_the_same_digest_and_sends_nothing_twice(journal):
    kept, model = Kept(), Numbers()
    whole = await make(journal, [Asker(), First()], sink=kept, model=model).play()
    calls = list(journal.calls(UNIT.key))
    assert model.sent == len(calls) == sum(len(step.seats) for step in kept.steps[::2])
    for n in range(len(kept.steps) + 1):
        finished = Finished(kept.steps[:n], [grade for grade in kept.grades if grade.step < n])
        rest = Kept()
        record = await make(None, [Asker(), First()], finished=finished, recorded=calls, sink=rest).play()
        assert record.digest == whole.digest
        assert [step.seats for step in rest.steps] == [step.seats for step in kept.steps[n:]]


async def test_a_recorded_step_that_does_not_fit_is_found(journal):
    kept = Kept()
    await make(journal, [First(), First()], sink=kept).play()
    finished = Finished([kept.steps[0], kept.steps[0]], [])
    with pytest.raises(EpisodeDivergedError, match="step 1 does not fit"):
        await make(journal, [First(), First()], finished=finished).play()


async def test_a_reference_agent_gets_truths_only_with_the_privilege(journal):
    class Knower(First):
        def __init__(self, privilege):
            super().__init__()
            self.needs = Needs(privilege=privilege)
            self.answers = True
            self.got = []

        async def act(self, turn, ctx):
            self.got.append(ctx.truth and ctx.truth(turn.asks[0].id, None))
            return await super().act(turn, ctx)

    one, other = Knower("truth"), Knower("none")
    await make(journal, [one, other]).play()
    assert all(isinstance(truth, frozenset) for truth in one.got)
    assert set(other.got) == {None}


async def test_simulated_steps_are_charged_and_leave_the_game_alone(journal):
    class Thinker(First):
        needs = Needs(simulator=True)

        async def act(self, turn, ctx):
            world = ctx.simulator()
            for action in turn.observation.actions.listed:
                world.fork().step({turn.seat: action})
            return await super().act(turn, ctx)

    kept = Kept()
    plain = await make(journal, [First(), First()]).play()
    record = await make(journal, [Thinker(), First()], sink=kept).play()
    assert record.reward == plain.reward
    assert kept.steps[0].seats[0].spent.simulated_steps == 9


class Both:
    """A table at which both seats act at once, for one step."""

    def __init__(self):
        self.closed = False
        self.over = False
        self.spec = TicTacToe().spec

    def rules(self, seat):
        return ""

    async def implied(self, seat, answers):
        return None

    async def open(self, seed, task):
        pass

    async def views(self):
        return () if self.over else tuple(View(s, Observation("go", Actions(("x", "y")))) for s in (0, 1))

    async def settle(self, asked, actions):
        self.over = True
        return Settled({}, {}, Outcome((0.0, 0.0)), {})

    async def position(self):
        return {}

    async def close(self):
        self.closed = True


async def test_when_one_seats_call_fails_the_others_is_paid_and_journaled_once(journal):
    class FailsForOne(Numbers):
        async def complete(self, request, *, deadline):
            self.sent += 1
            if self.sent == 1:
                raise CallTimeout("late")
            return await super().complete(request, deadline=deadline)

    table = Both()
    with pytest.raises(CallTimeout):
        await make(journal, [Asker(), Asker()], model=FailsForOne(), table=table).play()
    assert [record.seat for record in journal.calls(UNIT.key)] == [1]
    assert table.closed


async def test_the_table_is_closed_whatever_an_agent_does(journal):
    class Broken(First):
        async def act(self, turn, ctx):
            raise RuntimeError("bug")

    table = Both()
    with pytest.raises(AgentBrokeError, match="agent a: RuntimeError: bug"):
        await make(journal, [Broken(), First()], table=table).play()
    assert table.closed


class Loose(TicTacToe):
    """A game that writes ints where floats may stand, tuples into its position, and its movers in any order."""

    def step(self, actions):
        super().step(actions)
        return {0: 1}

    def position(self):
        return {"board": tuple(super().position()["board"]), "extra": (1, 2)}

    def action_values(self, seat):
        return Values(dict.fromkeys(self.observe(seat).actions.listed, 1))


async def test_what_json_changes_does_not_change_an_episode(journal):
    kept = Kept()
    whole = await make(journal, [Asker(), First()], sink=kept, table=GameTable(Loose())).play()
    journal.put_episode(whole)
    for step in kept.steps:
        journal.put_step(step, [grade for grade in kept.grades if grade.step == step.step])
    finished = Finished(journal.steps(UNIT.key)[:3], list(journal.grades(UNIT.key)))
    calls = list(journal.calls(UNIT.key))
    record = await make(None, [Asker(), First()], table=GameTable(Loose()), finished=finished, recorded=calls).play()
    assert record.digest == whole.digest


async def test_recorded_steps_that_the_game_no_longer_reaches_are_found(journal):
    kept = Kept()
    await make(journal, [First(), First()], sink=kept).play()
    too_long = [*kept.steps, kept.steps[-1]]
    with pytest.raises(EpisodeDivergedError, match="ends after 7 steps"):
        await make(journal, [First(), First()], finished=Finished(too_long, [])).play()


async def test_nothing_is_asked_about_an_action_that_was_refused(journal):
    class Liar(First):
        answers = True

        async def act(self, turn, ctx):
            return Decision("z9", Reply("z9", "z9"))

    kept = Kept()
    record = await make(journal, [Liar(), First()], sink=kept).play()
    assert record.forfeit == Forfeit(step=0, seats=(0,))
    assert {grade.about for grade in kept.grades} == {"view"}
    assert {grade.verdict for grade in kept.grades} == {"missing"}


async def test_who_is_asked_and_says_nothing_at_all_is_recorded_as_missing(journal):
    class Silent(First):
        answers = True

        async def act(self, turn, ctx):
            return Decision(turn.observation.actions.listed[0])

    kept = Kept()
    await make(journal, [Silent(), First()], sink=kept).play()
    assert {grade.verdict for grade in kept.grades} == {"missing"}


async def test_when_one_seat_breaks_the_others_call_is_kept(journal):
    class Broken(First):
        async def act(self, turn, ctx):
            raise RuntimeError("bug")

    with pytest.raises(AgentBrokeError, match="agent a: RuntimeError: bug"):
        await make(journal, [Broken(), Asker()], table=Both()).play()
    assert [record.seat for record in journal.calls(UNIT.key)] == [1]


async def test_an_agents_own_group_of_failures_becomes_its_first_cause(journal):
    class Parallel(First):
        async def act(self, turn, ctx):
            raise ExceptionGroup("parts", [ExceptionGroup("inner", [CallTimeout("late")]), ValueError("second")])

    with pytest.raises(CallTimeout, match="late"):
        await make(journal, [Parallel(), First()]).play()


async def test_seats_whose_fallbacks_act_at_once_forfeit_together(journal):
    record = await make(journal, [Mute(), Mute()], table=Both()).play()
    assert record.forfeit == Forfeit(step=0, seats=(0, 1))
    assert record.reward == (0.0, 0.0)


@pytest.mark.parametrize(("stated", "kept"), [("0,0", True), ("2,2", False), ("none", None)])
async def test_whether_an_agent_keeps_its_word_is_judged_in_the_position_that_it_saw(journal, stated, kept):
    class Says(First):
        answers = True

        async def act(self, turn, ctx):
            wins = next(problem for problem in turn.asks if problem.id == "wins")
            action = turn.observation.actions.listed[0]
            return Decision(action, Reply(action, action, {"wins": Stated(stated, wins.kind.read(stated))}))

    written = Kept()
    await make(journal, [Says(), First()], sink=written).play()
    assert written.steps[0].seats[0].consistent is kept


async def test_a_game_that_breaks_is_told_from_an_agent_that_does(journal):
    class Cracked(TicTacToe):
        def observe(self, seat):
            raise KeyError("board")

    with pytest.raises(GameBrokeError, match="game t: KeyError: 'board'"):
        await make(journal, [First(), First()], table=GameTable(Cracked())).play()


async def test_a_run_that_stops_leaves_the_episode_between_two_steps(journal):
    kept, left = Kept(), iter(range(3))

    def going():
        if next(left, None) is None:
            raise RunStopping("stopped")

    with pytest.raises(RunStopping):
        await make(journal, [First(), First()], sink=kept, going=going).play()
    assert len(kept.steps) == 3
