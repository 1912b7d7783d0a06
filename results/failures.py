"""The failure table: for each cause, whether it is tried again, whose fault it is, and whether the episode is scored.

Three levels. A *call* fails between us and a provider: it is sent again without costing the agent anything, and if that
does not help the episode stays unscored, counted among the failures, and resumable. A *reply* that gives no usable
action is the agent's own: it is told why and may try again (``protocol.retries``), and then the fallback acts, which
the primary outcome counts as a forfeit. An *episode* fails when code or a process breaks: unscored, counted, resumable.

Nothing here ever vanishes from a denominator: a board says how many episodes were planned, scored and failed, by cause.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Level = Literal["call", "reply", "episode"]
Fault = Literal["agent", "environment", "provider", "harness"]
Score = Literal["unscored", "forfeit"]


@dataclass(frozen=True, slots=True)
class Failure:
    """One row of the table.

    Attributes:
        retry: Whether the same may succeed when it is tried again: for a call, the call; for a reply, the turn with the
            complaint; for an episode, the episode from its recorded steps, once in a run.
        fault: Whose fault it is.
        score: What it does to the episode: ``unscored`` (counted among the failures, resumable), or ``forfeit`` (if no
            further reply is usable either, the fallback acts and the primary outcome counts a forfeit).
        meaning: What happened, and what to do about it.
    """

    cause: str
    level: Level
    retry: bool
    fault: Fault
    score: Score
    meaning: str


_ROWS = (
    Failure("rate_limited", "call", True, "provider", "unscored", "too many requests; lower rpm, tpm or in_flight"),
    Failure("provider_error", "call", True, "provider", "unscored", "the provider failed, or sent no completion"),
    Failure("overloaded", "call", True, "provider", "unscored", "the provider has no capacity now"),
    Failure("timeout", "call", True, "provider", "unscored", "no complete reply before the call's deadline"),
    Failure("connection", "call", True, "provider", "unscored", "no connection, or it broke off"),
    Failure("unauthorized", "call", False, "provider", "unscored", "the key is missing, wrong or without credit"),
    Failure("not_found", "call", False, "provider", "unscored", "no such model, endpoint or recorded reply"),
    Failure("rejected_request", "call", False, "provider", "unscored", "the request is refused as it stands"),
    Failure("empty", "reply", True, "agent", "forfeit", "the reply is empty"),
    Failure("refused", "reply", True, "agent", "forfeit", "the model, or its provider's filter, refused to answer"),
    Failure("truncated", "reply", True, "agent", "forfeit", "cut off at the token limit; raise max_tokens"),
    Failure(
        "truncated_by_reasoning", "reply", True, "agent", "forfeit",
        "reasoning used up all tokens before any reply; raise max_tokens or lower the effort",
    ),
    Failure("no_action", "reply", True, "agent", "forfeit", "the reply states no action"),
    Failure("illegal_action", "reply", True, "agent", "forfeit", "the stated action is not legal"),
    Failure("malformed_reply", "reply", True, "agent", "forfeit", "the reply is not of the form that was asked for"),
    Failure("over_budget", "reply", False, "agent", "forfeit", "the episode's or the step's budget is spent"),
    Failure("agent_error", "episode", False, "agent", "unscored", "the agent's code broke; see errors.log"),
    Failure("game_error", "episode", False, "environment", "unscored", "the game's code broke; see errors.log"),
    Failure("crashed", "episode", True, "environment", "unscored", "the process of a game or bot died"),
    Failure("hung", "episode", True, "environment", "unscored", "the process of a game or bot gave no answer in time"),
    Failure("diverged", "episode", False, "environment", "unscored", "recorded steps do not fit the game as it is now"),
    Failure("step_timeout", "episode", True, "harness", "unscored", "a step's deadline passed"),
    Failure("episode_timeout", "episode", True, "harness", "unscored", "the episode's deadline passed"),
    Failure("harness_error", "episode", False, "harness", "unscored", "Kibitz itself broke; see errors.log"),
)  # fmt: skip

FAILURES = {row.cause: row for row in _ROWS}
"""All causes, by name."""


def failure(cause: str) -> Failure:
    """The row of ``cause``; a cause of a plug-in's own is taken for a lasting failure of its provider."""
    return FAILURES.get(cause) or Failure(cause, "call", False, "provider", "unscored", "a cause of a plug-in's own")
