import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kibitz.agents.models.chat import read_chat
from kibitz.agents.models.model import CallFailed, Completion, ProviderError, Request
from kibitz.agents.models.replies import dollars, read_object, sample_seed, split_thinking, text_of, usage_of
from kibitz.agents.models.responses import read_response

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "choices",
                    "message",
                    "content",
                    "output",
                    "type",
                    "text",
                    "usage",
                    "error",
                    "status",
                    "tool_calls",
                    "index",
                ]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=20,
)


@pytest.mark.parametrize(
    ("text", "finish", "reasoning", "answer"),
    [
        ("<think>a</think>b", "stop", "a", "b"),
        ("\n<think>\na\n</think>\n\nb", "stop", "a", "b"),
        ("<think>a", "length", "a", ""),
        ("<think>a", "stop", "", "<think>a"),
        ("b <think>a</think>", "stop", "", "b <think>a</think>"),
        ("a</think>b", "stop", "", "a</think>b"),
        ("<think></think>b", "stop", "", "b"),
        ("<think>a</think>b<think>c</think>", "stop", "a", "b<think>c</think>"),
        ("", "length", "", ""),
    ],
)
def test_only_a_leading_block_is_thinking(text, finish, reasoning, answer):
    assert split_thinking(text, finish) == (reasoning, answer)


@given(JSON)
def test_no_chat_reply_breaks_the_reader(reply):
    try:
        completion = read_chat(reply if isinstance(reply, dict) else {"choices": reply}, Request(messages=()))
    except ProviderError:
        return
    assert isinstance(completion, Completion)


@given(JSON)
def test_no_response_breaks_the_reader(reply):
    try:
        completion = read_response(reply if isinstance(reply, dict) else {"output": reply}, Request(messages=()))
    except CallFailed:
        return
    assert isinstance(completion, Completion)


@given(st.binary(max_size=200))
def test_no_body_breaks_the_reader(data):
    with contextlib.suppress(ProviderError):
        assert isinstance(read_object(data, "application/json"), dict)


def test_a_byte_order_mark_is_no_harm():
    assert read_object(b"\xef\xbb\xbf{}", "application/json") == {}


def test_lone_surrogates_cannot_be_stored_and_are_replaced():
    assert text_of("a\ud800") == "a?"


def test_cached_and_reasoning_tokens_are_parts_of_the_whole():
    usage = usage_of({"prompt_tokens": 5, "prompt_cache_hit_tokens": 9, "completion_tokens": 2})
    assert (usage.input, usage.cached, usage.output) == (5, 5, 2)


@pytest.mark.parametrize(("value", "cost"), [(0.5, 0.5), (0, 0.0), (-1, None), (True, None), ("1", None), (None, None)])
def test_costs(value, cost):
    assert dollars(value) == cost


def test_seeds_of_samples_are_fixed():
    assert sample_seed(7, 0) == 7
    assert sample_seed(None, 3) is None
    assert [sample_seed(7, 1), sample_seed(7, 2)] == [sample_seed(7, 1), sample_seed(7, 2)]
    assert len({sample_seed(7, i) for i in range(50)}) == 50
