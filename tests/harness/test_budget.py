import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kibitz.harness.budget import EpisodeBudget, Paid, RunBudget, fits, unpriced
from kibitz.harness.errors import INCOMPLETE, BudgetSpentError
from kibitz.harness.prices import NoPrice, Price, Prices, Rates
from kibitz.harness.settings import Amount
from kibitz.harness.tokens import Worst

ONE = Worst(100, 1.0)


def budget(usd=None, tokens=None, each=None, spent=None):
    return RunBudget(Amount(usd, tokens), Amount(tokens=each), spent)


async def settled():
    """Let everything happen that can happen."""
    for _ in range(5):
        await asyncio.sleep(0)


@pytest.mark.parametrize(
    ("limit", "spent", "worst", "fit"),
    [
        (Amount(), Paid(10**9, 1e9), Worst(10**9, None), True),
        (Amount(tokens=100), Paid(0, 0), Worst(100, None), True),
        (Amount(tokens=100), Paid(1, 0), Worst(100, None), False),
        (Amount(usd=1.0), Paid(0, 0.9), Worst(5, 0.1), True),
        (Amount(usd=0.3), Paid(0, 0.1 + 0.2), Worst(5, 0.0), True),
        (Amount(usd=1.0), Paid(0, 0.9), Worst(5, 0.11), False),
        (Amount(usd=1.0), Paid(), Worst(5, None), False),
        (Amount(usd=0.0), Paid(), Worst(5, 0.0), True),
        (Amount(1.0, 10), Paid(), Worst(11, 0.5), False),
    ],
)
def test_what_fits(limit, spent, worst, fit):
    assert fits(limit, spent, worst) is fit


def test_a_stage_is_granted_as_a_whole_by_both_budgets():
    whole = EpisodeBudget(Amount(tokens=1000), Amount(tokens=300))
    assert whole.grant(Worst(300), Paid(700), Paid(0))
    assert not whole.grant(Worst(300), Paid(701), Paid(0))
    assert not whole.grant(Worst(300), Paid(0), Paid(1))
    assert EpisodeBudget(Amount(), Amount()).grant(Worst(10**9), Paid(), Paid())


async def test_without_limits_everything_is_admitted_and_counted():
    free = budget()
    for _ in range(3):
        free.settle(await free.admit("a", Worst(10, None)), 5, None)
    assert free.spent == Paid(15, 0.0)


async def test_a_call_that_cannot_fit_ends_with_what_to_do():
    spent = budget(usd=5.0, spent={"a": Paid(10, 4.5)})
    with pytest.raises(BudgetSpentError) as caught:
        await spent.admit("b", ONE)
    assert str(caught.value) == (
        "the run has a budget of 5 US dollars: 4.5000 are spent, and the next call may cost 1.0000; give more "
        "with --budget-usd N or [budget] usd in the suite"
    )
    assert caught.value.code == INCOMPLETE


async def test_the_budget_of_an_agent_stops_that_agent_only():
    shared = budget(each=150, spent={"a": Paid(100, 0.0)})
    with pytest.raises(BudgetSpentError, match=r"agent a has a budget of 150 tokens: 100 are spent.*\[budget.agent\]"):
        await shared.admit("a", ONE)
    assert (await shared.admit("b", ONE)).agent == "b"


async def test_a_call_waits_for_room_that_calls_under_way_may_leave():
    tight = budget(usd=1.5)
    first = await tight.admit("a", ONE)
    second = asyncio.create_task(tight.admit("b", ONE))
    await settled()
    assert (second.done(), tight.waiting) == (False, 1)
    tight.settle(first, 50, 0.5)
    assert (await second).agent == "b"
    assert (tight.spent, tight.reserved) == (Paid(50, 0.5), Paid(100, 1.0))


async def test_who_waits_in_vain_is_told():
    tight = budget(usd=1.5)
    first = await tight.admit("a", ONE)
    second = asyncio.create_task(tight.admit("b", ONE))
    await settled()
    tight.settle(first, 100, 0.6)
    with pytest.raises(BudgetSpentError, match=r"0\.6000 are spent"):
        await second


async def test_an_unknown_cost_counts_as_the_worst_case():
    unknown = budget(usd=1.5)
    unknown.settle(await unknown.admit("a", ONE), 10, None)
    assert unknown.spent == Paid(10, 1.0)


async def test_a_call_that_was_not_sent_gives_its_room_back():
    tight = budget(tokens=100)
    tight.release(await tight.admit("a", ONE))
    tight.settle(await tight.admit("a", ONE), 100, None)
    assert tight.spent.tokens == 100


async def test_a_ticket_is_given_back_once():
    twice = budget()
    ticket = await twice.admit("a", ONE)
    twice.release(ticket)
    with pytest.raises(ValueError, match="settled before"):
        twice.settle(ticket, 1, 0.0)


async def test_a_waiter_that_is_cancelled_as_it_is_admitted_holds_nothing():
    tight = budget(tokens=100)
    first = await tight.admit("a", ONE)
    second = asyncio.create_task(tight.admit("a", ONE))
    await settled()
    tight.release(first)  # lets the second in
    second.cancel()  # before it has noticed
    await settled()
    assert second.cancelled()
    assert (tight.reserved, tight.waiting) == (Paid(), 0)


async def test_a_small_call_does_not_overtake_a_large_one_of_its_agent():
    tight = budget(tokens=250)
    first = await tight.admit("a", Worst(200))
    large = asyncio.create_task(tight.admit("a", Worst(150)))
    small = asyncio.create_task(tight.admit("a", Worst(10)))
    other = asyncio.create_task(tight.admit("b", Worst(10)))
    await settled()
    assert (large.done(), small.done(), other.done()) == (False, False, True)
    tight.settle(first, 90, None)
    await settled()
    assert (large.done(), small.done()) == (True, False)


async def test_who_stops_waiting_lets_the_next_look():
    tight = budget(tokens=250)
    await tight.admit("a", Worst(200))
    large = asyncio.create_task(tight.admit("a", Worst(150)))
    small = asyncio.create_task(tight.admit("a", Worst(10)))
    await settled()
    large.cancel()
    await settled()
    assert small.done()


CALLS = st.tuples(st.sampled_from("abc"), st.integers(1, 60), st.integers(0, 60), st.booleans())
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("send"), CALLS),
        st.tuples(st.sampled_from(["settle", "release", "cancel"]), st.integers(0, 9)),
    ),
    max_size=60,
)


@given(
    STEPS,
    st.none() | st.integers(0, 200),
    st.none() | st.integers(0, 200),
    st.none() | st.integers(0, 90),
    st.integers(0, 40),
)
def test_nothing_is_overspent_and_nobody_waits_for_ever(steps, usd, tokens, agent, before):
    asyncio.run(_interleave(steps, Amount(usd, tokens or None), Amount(tokens=agent or None), before))


async def _interleave(steps, run, agent, before):
    held = RunBudget(run, agent, {"a": Paid(before, float(before))} if before else {})
    paid = {"a": before, "b": 0, "c": 0}
    most_run, most_agent = _most(run), _most(agent)
    under_way, calls = [], []

    async def send(name, worst, actual):
        try:
            ticket = await held.admit(name, Worst(worst, float(worst)))
        except BudgetSpentError:
            assert sum(paid.values()) + worst > most_run or paid[name] + worst > most_agent, "refused what fits"
        else:
            under_way.append((ticket, name, min(actual, worst)))

    def end(place, *, sent):
        ticket, name, actual = under_way.pop(place)
        cost = actual if sent else 0
        paid[name] += cost
        held.settle(ticket, cost, float(cost))

    def check():
        assert held.spent == Paid(sum(paid.values()), float(sum(paid.values())))
        assert max(held.spent.tokens + held.reserved.tokens, held.spent.usd + held.reserved.usd) <= max(
            most_run, before
        )
        assert all(cost <= max(most_agent, before) for cost in paid.values())

    async with asyncio.TaskGroup() as group:
        for kind, value in steps:
            if kind == "send":
                calls.append(group.create_task(send(*value[:3])))
                if value[3]:
                    await settled()
            elif kind == "cancel" and calls:
                calls[value % len(calls)].cancel()
            elif kind != "cancel" and under_way:
                end(value % len(under_way), sent=kind == "settle")
            check()
        await settled()
        while under_way:
            end(0, sent=True)
            check()
            await settled()
        assert all(call.done() for call in calls), "somebody waits for nothing"
    assert (held.reserved, held.waiting) == (Paid(), 0)


def _most(limit):
    return min(10**9 if limit.usd is None else limit.usd, 10**9 if limit.tokens is None else limit.tokens)


KNOWN = Price("openai:m", (Rates(1.0, 1.0, 1.0),), "a test")
PRICES = Prices({("a", "policy"): KNOWN, ("b", "critic"): NoPrice("x:y", "because")})


def test_dollars_need_prices():
    (said,) = unpriced(PRICES)
    assert said == (
        "agent b: there is a budget in US dollars, and the price of its critic model x:y is unknown (because); "
        'write it under [prices."x:y"] in the suite, or give a budget in tokens'
    )
