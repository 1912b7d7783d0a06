"""What the page knows about one episode: the shape of its packed data, which the script reads.

Strings that may be long or frequent are numbers into the strings of the block (``strings``). A field that is absent has
the value that stands here.
"""

from __future__ import annotations

import msgspec


class Answer(msgspec.Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """One question, what was answered, and what is true; ``verdict`` is ``unknown`` where nobody knows."""

    id: str
    verdict: str
    given: str | None = None
    truth: str | None = None
    action: str | None = None
    note: str = ""


class Candidate(msgspec.Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """An action that was considered; fields as in ``CandidateRecord``."""

    action: str
    replies: int = 0
    scores: dict[str, float] = {}
    veto: str = ""


class Complaint(msgspec.Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """What was wrong with an earlier reply."""

    problem: str
    reason: str = ""


class Call(msgspec.Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """One call of a model.

    Attributes:
        kept: How many messages are those of the episode's call before it, in the order of the data.
        sent: The messages behind those, by number within the block.
        replies: Strings, as ``thoughts``.
        tokens: Input and output.
    """

    scope: str
    role: str
    kept: int = 0
    sent: tuple[int, ...] = ()
    replies: tuple[int, ...] = ()
    thoughts: tuple[int, ...] = ()
    finish: tuple[str, ...] = ()
    seconds: float = 0.0
    tokens: tuple[int, int] = (0, 0)


class Move(msgspec.Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """What one seat did in one step; ``saw``, ``reply`` and ``thought`` are strings, others as in ``SeatRecord``."""

    seat: int
    action: str
    saw: int | None = None
    reply: int | None = None
    thought: int | None = None
    fallback: bool = False
    complaints: tuple[Complaint, ...] = ()
    greedy: str | None = None
    candidates: tuple[Candidate, ...] = ()
    consistent: bool | None = None
    regret: float | None = None
    method: str = ""
    effect: str = "ok"
    tokens: tuple[int, int] = (0, 0)
    usd: float | None = 0.0
    seconds: float = 0.0
    answers: tuple[Answer, ...] = ()
    calls: tuple[Call, ...] = ()


class Step(msgspec.Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """One step; ``picture`` is a number within the block."""

    seats: tuple[Move, ...]
    picture: int | None = None


class Ending(msgspec.Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """How an episode ended; ``forfeit`` is the step of the first fallback and the seats for which it acted."""

    status: str
    cause: str = ""
    message: str = ""
    reason: str = ""
    reward: tuple[float, ...] = ()
    played: tuple[float, ...] = ()
    forfeit: tuple[int, tuple[int, ...]] | None = None
    digest: str = ""
    picture: int | None = None


class Replay(msgspec.Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """One episode. ``loose`` are calls of a step that was never finished, each with that step and the seat."""

    key: str
    seed: int
    k: int = 0
    pair: str = ""
    steps: tuple[Step, ...] = ()
    ending: Ending | None = None
    loose: tuple[tuple[int, int, Call], ...] = ()


class Message(msgspec.Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """One message of a conversation; ``text`` is a string, ``images`` are SHA-256."""

    role: str
    text: int
    images: tuple[str, ...] = ()


class Block(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Consecutive episodes; None for one that was not begun. A picture is the numbers of its pieces."""

    episodes: tuple[Replay | None, ...]
    messages: tuple[Message, ...]
    pictures: tuple[tuple[int, ...], ...]
    strings: tuple[str, ...]


class Shared(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The strings that several blocks of one part of the page use."""

    strings: tuple[str, ...]
