"""The real model: a reply depends on its request alone, is always legal, and survives deadlines and deaths."""

import asyncio
import json
import math
import os
import random
import signal

import pytest
import pytest_asyncio

from kibitz.agents.models.embedded.model import EmbeddedModel
from kibitz.agents.models.model import CallTimeout, Message, RejectedRequest, Request

pytestmark = [pytest.mark.embedded, pytest.mark.asyncio(loop_scope="module")]

CELLS = [str(cell) for cell in range(9)]
CELL_LIST = {"type": "array", "items": {"type": "string", "enum": CELLS}, "uniqueItems": True}
PROPERTIES = {"me": CELL_LIST, "n": {"type": "integer", "minimum": -3, "maximum": 12}, "act": {"enum": CELLS}}
SCHEMA = json.dumps({"type": "object", "properties": PROPERTIES, "required": list(PROPERTIES)})
RULES = (
    "You play TicTacToe. Cells are 0 to 8, row by row. Say your winning cells (me), a number (n) and your move (act)."
)
BOARD = "x o .\n. x .\n. . o"


def ask(board=BOARD, rules=RULES, **parameters):
    messages = (Message(role="system", text=rules, static=True), Message(role="user", text=board))
    return Request(messages=messages, **{"max_tokens": 60, **parameters})


LONG = ask("Tell a very long story.", max_tokens=1500, temperature=1.0, seed=3)
MIXED = (
    ask(choices=tuple(CELLS[2:])),
    ask(choices=("1", "10", "12"), rules="You count."),
    ask(json_schema=SCHEMA),
    ask(". . .\n. x .\n. . .", json_schema=SCHEMA),
    ask(max_tokens=12, logprobs=2),
    ask(max_tokens=10, n=2, temperature=0.8, seed=11, logprobs=1),
    ask(score=tuple(CELLS[2:])),
    ask(score=("1", "10", "12", "100"), rules="You count."),
    Request(messages=(Message(role="user", text="Say one word."),), max_tokens=5, logprobs=1),
)


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def model(real_weights):
    opened = EmbeddedModel(servers=1)
    await opened.open()
    yield opened
    await opened.close()


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def replies(model):
    """Replies to the mixed requests, one after the other, by one server."""
    return {request: await reply(model, request) for request in MIXED}


async def reply(model, request):
    return (await model.complete(request, deadline=60))[0]


def kill(model):
    for slot in model._pool._slots:
        if slot.server.alive:
            os.kill(slot.server.pid, signal.SIGTERM if os.name == "nt" else signal.SIGKILL)


async def test_other_order_and_a_new_process_make_no_difference(model, replies):
    kill(model)
    for request in random.Random(1).sample(MIXED, len(MIXED)):
        assert await reply(model, request) == replies[request]


async def test_two_servers_and_four_clients_make_no_difference(replies):
    model = EmbeddedModel(servers=2)
    await model.open()
    order = [*MIXED[::-1], *MIXED[:3]]

    async def client(part):
        return [(request, await reply(model, request)) for request in part]

    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(client(order[i::4])) for i in range(4)]
        for request, got in (pair for task in tasks for pair in task.result()):
            assert got == replies[request]
        assert all(slot.server.alive for slot in model._pool._slots)
    finally:
        await model.close()


async def test_the_strict_alternative_is_as_stable(real_weights):
    model = EmbeddedModel(servers=1, reuse="none")
    await model.open()
    try:
        some = MIXED[0], MIXED[4], MIXED[6]
        first = [await reply(model, request) for request in some]
        assert [await reply(model, request) for request in some[::-1]] == first[::-1]
        assert first[0].usage.cached == 0
    finally:
        await model.close()


@pytest.mark.parametrize("seed", range(3))
async def test_choices_are_always_legal(model, seed):
    choices = ("0,1", '"quoted"', "back\\slash", "zwölf", "go left")
    got = await reply(model, ask(choices=choices, temperature=1.8, seed=seed))
    assert got.choices[0].text in choices


@pytest.mark.parametrize("seed", range(3))
async def test_json_always_fits(model, seed):
    got = await reply(model, ask(json_schema=SCHEMA, temperature=1.8, seed=seed, max_tokens=100))
    value = json.loads(got.choices[0].text)
    assert list(value) == ["me", "n", "act"]
    assert value["me"] == sorted(set(value["me"]) & set(CELLS))
    assert -3 <= value["n"] <= 12
    assert value["act"] in CELLS


async def test_a_free_string_in_json_keeps_its_bounds(model):
    shape = {"act": {"type": "string", "minLength": 1, "maxLength": 400}, "why": {"type": "string"}}
    got = await reply(model, ask(json_schema=json.dumps({"type": "object", "properties": shape, "required": [*shape]})))
    assert got.choices[0].text.startswith('{"act":"')


async def test_a_schema_that_our_grammars_lack_is_left_to_the_runtime(model):
    schema = {
        "type": "object",
        "properties": {"p": {"type": "number"}},
        "required": ["p"],
        "additionalProperties": False,
    }
    got = await reply(model, ask(json_schema=json.dumps(schema)))
    assert isinstance(json.loads(got.choices[0].text)["p"], int | float)


async def test_trie_scores_sum_to_one(replies):
    for request in MIXED:
        if request.score:
            got = replies[request]
            assert got.score_rule == "trie"
            assert math.fsum(map(math.exp, got.scores)) == pytest.approx(1.0, abs=1e-5)


async def test_a_greedy_choice_is_the_likeliest_token(replies):
    scores = replies[MIXED[6]].scores
    assert replies[MIXED[0]].choices[0].text == MIXED[6].score[scores.index(max(scores))]


async def test_sequence_scores_do_not_depend_on_the_other_candidates(model, monkeypatch):
    monkeypatch.setitem(model.options, "scoring", "sequence")
    whole = await reply(model, ask(score=("3", "7", "go left")))
    turned = await reply(model, ask(score=("go left", "3")))
    assert whole.score_rule == "sequence"
    assert turned.scores == (whole.scores[2], whole.scores[0])
    assert max(whole.scores) < 0


async def test_after_a_deadline_the_next_reply_is_the_same(model, replies):
    with pytest.raises(CallTimeout, match=r"within 0\.3 s"):
        await model.complete(LONG, deadline=0.3)
    assert await reply(model, MIXED[0]) == replies[MIXED[0]]


async def test_after_a_cancelled_call_the_next_reply_is_the_same(model, replies):
    task = asyncio.create_task(reply(model, LONG))
    await asyncio.sleep(0.3)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await reply(model, MIXED[6]) == replies[MIXED[6]]


async def test_a_server_killed_in_the_middle_is_replaced_without_a_trace(model, replies):
    task = asyncio.create_task(reply(model, MIXED[3]))
    await asyncio.sleep(0.15)
    kill(model)
    assert await task == replies[MIXED[3]]


async def test_a_prompt_too_long_is_rejected_with_the_numbers(model):
    with pytest.raises(RejectedRequest, match=r"\d{4} tokens, more than .* context of 2048; the option context=N"):
        await reply(model, ask("a b " * 2000))


async def test_strange_text_in_a_request_is_only_text(model):
    got = await reply(model, ask("\x00\u202e\U0001f600 <|im_end|> ignore" + "{" * 50, max_tokens=3))
    assert got.usage.output <= 3


async def test_the_fast_way_answers_too(real_weights):
    model = EmbeddedModel(servers=1, fast=True)
    await model.open()
    try:
        for request in (MIXED[0], MIXED[6]):
            got = await reply(model, request)
            assert got.scores or got.choices[0].text in request.choices
    finally:
        await model.close()
