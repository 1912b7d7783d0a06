"""The table of calls: prompts and replies in full. Large, so it is written only when asked for."""

from __future__ import annotations

from collections.abc import Iterator

from kibitz.results.export.table import PLACE, Column, Record, Table, as_json, place
from kibitz.results.records import Json
from kibitz.results.rundata import RunData


def rows(run: RunData, name: str) -> Iterator[Record]:
    """All calls in the order of their keys."""
    for unit in run.units:
        for call in run.calls(unit.key):
            yield {
                **place(name, unit.key, call.step, call.seat, call.agent),
                "trial": call.trial,
                "scope": call.scope,
                "i": call.i,
                "role": call.role,
                "request": call.request,
                "parameters": as_json(call.parameters),
                "messages": as_json(run.conversation(call.context)),
                "replies": [str(choice.get("text", "")) for choice in call.completion.get("choices", ())],
                "completion": as_json(call.completion),
                **_tokens(call.completion.get("usage", {})),
                "usd": call.completion.get("usd"),
                "seen": call.seen,
                "model": call.measured.model,
                "seconds": call.measured.seconds,
                "attempts": call.measured.attempts,
            }


def _tokens(usage: dict[str, Json]) -> Record:
    return {f"{name}_tokens": int(usage.get(name, 0)) for name in ("input", "output", "cached", "reasoning")}


CALLS = Table(
    "calls",
    "one call to a model",
    (
        *PLACE,
        Column("trial", "integer", "attempt at the episode, from 0"),
        Column("scope", "text", "what the call is for within the step"),
        Column("i", "integer", "number of the call within its scope, from 0"),
        Column("role", "text", "which of the agent's models"),
        Column("request", "text", "hash of model, parameters and messages"),
        Column("parameters", "json", "what was asked of the model beside the messages"),
        Column("messages", "json", "list of `{role, text, images}`; images by SHA-256, they are not exported"),
        Column("replies", "texts", "the text of each sample"),
        Column("completion", "json", "everything that came back"),
        Column("input_tokens", "integer", "tokens sent"),
        Column("output_tokens", "integer", "tokens received"),
        Column("cached_tokens", "integer", "tokens sent that the provider had cached"),
        Column("reasoning_tokens", "integer", "tokens received that were reasoning"),
        Column("usd", "number", "US dollars, as the provider said", "it did not say"),
        Column("seen", "boolean", "an agent got the reply; false: it came when nobody waited for it any more"),
        Column("model", "text", "the model, as the provider named it (measured)"),
        Column("seconds", "number", "time to the reply (measured)"),
        Column("attempts", "integer", "how often it was sent (measured)"),
    ),
    rows,
)
