"""One request on one slot: what is sent for it, and the completion that is read from what comes back."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from typing import Any

from kibitz.agents.models.embedded import grammar, scoring
from kibitz.agents.models.embedded.slot import Json, Slot
from kibitz.agents.models.model import Choice, Completion, FinishReason, ProviderError, RejectedRequest, Request, Usage
from kibitz.agents.models.replies import add_usage, sample_seed

_BIAS = 60.0
"""Added to the logits of the allowed tokens: lifts them over all others and leaves their ratios as they are."""

_STRONG_BIAS = 200.0
"""For a node where an allowed token lies more than that below the likeliest one."""


async def answer(slot: Slot, request: Request, rule: str) -> Completion:
    """Answer ``request``: its scores by ``rule``, or its samples one after the other with seeds that follow on."""
    if request.score:
        return await (score_trie if rule == "trie" else score_sequences)(slot, request)
    choices, usage = [], Usage()
    for number in range(request.n):
        choice, used = await sample(slot, request, number)
        choices.append(choice)
        usage = add_usage(usage, used)
    return Completion(choices=tuple(choices), usage=usage)


def constraint(request: Request) -> dict[str, object]:
    """Return the parameters that bind the reply to the request's choices or schema.

    Raises:
        RejectedRequest: Both are asked for, or one cannot be met.
    """
    if request.choices and request.json_schema is not None:
        raise RejectedRequest("a request has choices or a JSON schema, not both")
    try:
        if request.choices:
            return {"grammar": grammar.of_choices(request.choices)}
        if request.json_schema is None:
            return {}
        try:
            return {"grammar": grammar.of_schema(request.json_schema)}
        except grammar.UnsupportedSchemaError:
            # The runtime's own converter covers more, with longer replies.
            return {"json_schema": json.loads(request.json_schema)}
    except (ValueError, RecursionError) as error:
        raise RejectedRequest(f"the reply cannot be constrained: {error}") from error


async def sample(slot: Slot, request: Request, number: int) -> tuple[Choice, Usage]:
    """Generate sample ``number`` of a request; it is the same however many are asked for."""
    extra: dict[str, Any] = {**constraint(request), **await slot.begin(request.messages)}
    # Temperature alone shapes the distribution: the runtime's other samplers would cut its tail off unasked.
    extra |= {"samplers": ["temperature"], "seed": sample_seed(request.seed or 0, number)}
    if request.logprobs:
        extra |= {"logprobs": True, "top_logprobs": request.logprobs}
    reply = await slot.post(
        "/chat/completions",
        {
            "messages": [{"role": message.role, "content": message.text} for message in request.messages],
            "max_tokens": request.max_tokens,
            "temperature": 0.0 if request.temperature is None else request.temperature,
            "stop": list(request.stop),
            **extra,
        },
    )
    return _read(reply)


def _read(reply: Json) -> tuple[Choice, Usage]:
    try:
        first, usage = reply["choices"][0], reply["usage"]
        known: dict[str, FinishReason] = {"stop": "stop", "length": "length"}
        tokens = (first.get("logprobs") or {}).get("content") or ()
        choice = Choice(
            text=first["message"].get("content") or "",
            reasoning=first["message"].get("reasoning_content") or "",
            finish=known.get(first["finish_reason"], "unknown"),
            logprobs=tuple(token["logprob"] for token in tokens),
        )
        cached = (usage.get("prompt_tokens_details") or {}).get("cached_tokens", 0)
        return choice, Usage(input=usage["prompt_tokens"], output=usage["completion_tokens"], cached=cached)
    except (KeyError, IndexError, TypeError, AttributeError) as error:
        raise ProviderError(f"the embedded server sent something that is no completion: {error!r}") from error


async def _prompt(slot: Slot, request: Request) -> tuple[int, ...]:
    if not all(request.score):
        raise RejectedRequest("an empty continuation cannot be scored")
    return await slot.tokens(await slot.render(request.messages), prompt=True)


async def score_trie(slot: Slot, request: Request) -> Completion:
    """Score by the trie: one token asked for at each node where a choice is made."""
    prompt = await _prompt(slot, request)
    ends = await slot.end_tokens()
    candidates = [await slot.tokens(text) for text in request.score]
    decided: dict[scoring.Tokens, dict[int | None, float]] = {}
    state = await slot.begin(request.messages)
    cached = 0
    for path, node in scoring.branching(scoring.build(candidates)):
        ways = scoring.allowed(node, ends)
        for bias in (_BIAS, _STRONG_BIAS):
            reply = await _next_token(slot, (*prompt, *path), ways, bias, state)
            cached = cached if decided else reply["timings"]["cache_n"]
            state = {"cache_prompt": True, "id_slot": 0}
            found = {item["id"]: item["prob"] for item in reply["completion_probabilities"][0]["top_probs"]}
            if all(found.get(way, 0.0) > 0.0 for way in ways):
                break
        else:
            raise ProviderError("the embedded server gave no probability for an allowed token")
        decided[path] = scoring.shares(node, found, ends)
    scores = tuple(scoring.log_probability(candidate, decided) for candidate in candidates)
    usage = Usage(input=len(prompt), output=len(decided), cached=cached)
    return Completion(scores=scores, score_rule="trie", usage=usage)


async def _next_token(
    slot: Slot, prompt: Sequence[int], ways: Sequence[int], bias: float, state: dict[str, object]
) -> Json:
    return await slot.post(
        "/completion",
        {
            "prompt": list(prompt),
            "n_predict": 1,
            "temperature": 1.0,
            "seed": 0,
            "samplers": ["temperature"],
            "post_sampling_probs": True,
            "n_probs": len(ways),
            "logit_bias": [[way, bias] for way in ways],
            **state,
        },
    )


async def score_sequences(slot: Slot, request: Request) -> Completion:
    """Score by the likelihood of each whole continuation and the end of the reply, each one forced by a grammar."""
    prompt = await _prompt(slot, request)
    state = await slot.begin(request.messages)
    # Less its last token, so that every candidate starts from the same bits: that token is always evaluated anew.
    await slot.post("/completion", {"prompt": list(prompt[:-1]), "n_predict": 0, **state})
    scores: dict[str, float] = {}
    output = cached = 0
    for text in dict.fromkeys(request.score):
        reply = await slot.post(
            "/completion",
            {
                "prompt": list(prompt),
                "n_predict": len(text.encode()) + 2,
                "temperature": 0.0,
                "n_probs": 1,
                "grammar": grammar.of_choices([text]),
                "cache_prompt": True,
                "id_slot": 0,
            },
        )
        if reply["content"] != text:
            raise ProviderError(f"the embedded server wrote {reply['content'][:40]!r} where {text[:40]!r} was forced")
        scores[text] = math.fsum(token["logprob"] for token in reply["completion_probabilities"])
        output += reply["tokens_predicted"]
        cached += reply["timings"]["cache_n"]
    usage = Usage(input=len(prompt) * len(scores), output=output, cached=cached)
    return Completion(scores=tuple(scores[text] for text in request.score), score_rule="sequence", usage=usage)
