import pytest

from kibitz.agents.meter import Meter, Spending
from kibitz.agents.models.model import Completion, Message, Request, Usage

REQUEST = Request(messages=(Message("user", "go"),))


def recording():
    places = []

    async def send(role, place, request):
        places.append((role, str(place), place.i, request.seed))
        return Completion(usage=Usage(input=3, output=2), usd=0.5)

    return places, Meter(send, lambda place: len(place.scope) * 10 + place.i)


async def test_calls_are_numbered_in_their_own_scope_and_seeded_by_their_place():
    places, meter = recording()
    await meter.scope("a").call(REQUEST)
    deep = meter.scope("b").scope("c")
    await deep.call(REQUEST)
    await deep.call(REQUEST, "critic")
    assert places == [("policy", "a", 0, 10), ("policy", "b/c", 0, 20), ("critic", "b/c", 1, 21)]


async def test_what_a_scope_spends_counts_for_all_above_it():
    _, meter = recording()
    await meter.scope("a").scope("b").call(REQUEST)
    await meter.call(REQUEST)
    assert meter.spending == Spending(calls=2, input_tokens=6, output_tokens=4, usd=1.0)


async def test_an_unknown_price_is_counted_and_not_taken_for_nothing():
    spending = Spending()
    spending.add(Completion())
    assert (spending.usd, spending.unpriced) == (0.0, 1)


def test_a_scope_is_opened_once():
    _, meter = recording()
    meter.scope("vote")
    with pytest.raises(ValueError, match="scope vote was opened before"):
        meter.scope("vote")
