"""Records: what happened, as data. The harness writes them, everything in ``results`` reads nothing else.

Deterministic fields are apart from measured ones (``Measured`` structs): the former are hashed into
``EpisodeRecord.digest``, the latter differ between two identical runs.

Records are trees. So the garbage collector, which looks for cycles, need not know them (``gc=False``): reading many of
them, and a run that holds many, is the quicker for it.
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec

Json = Any
EpisodeStatus = Literal["done", "failed"]
Verdict = Literal["right", "wrong", "malformed", "missing", "unknown"]


class Spent(msgspec.Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """Calls, tokens, dollars and simulated steps. ``unpriced`` counts calls whose price is unknown."""

    calls: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    usd: float = 0.0
    unpriced: int = 0
    simulated_steps: int = 0

    def __add__(self, other: Spent) -> Spent:
        """The sum of two spendings."""
        return Spent(
            calls=self.calls + other.calls,
            input_tokens=self.input_tokens + other.input_tokens,
            output_tokens=self.output_tokens + other.output_tokens,
            usd=self.usd + other.usd,
            unpriced=self.unpriced + other.unpriced,
            simulated_steps=self.simulated_steps + other.simulated_steps,
        )

    @property
    def unbilled(self) -> Spent:
        """The same without the bill, which depends on what a provider had cached and on whose prices are known."""
        return self if not self.usd and not self.unpriced else msgspec.structs.replace(self, usd=0.0, unpriced=0)

    @property
    def tokens(self) -> int:
        """Input and output tokens together."""
        return self.input_tokens + self.output_tokens


class GameInfo(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One game of a run, under its label (the id, or the id with its options where a suite plays it twice).

    Attributes:
        setting: Hash of id, version, all options that count, and data: results compare only where it is equal.
        attribution: Whom to name, and under which licence, wherever texts of the game's data are passed on.
    """

    label: str
    id: str
    version: str
    title: str
    seats: int
    payoff: str
    reward_range: tuple[float, float]
    options: dict[str, Json]
    setting: str
    subproblems: dict[str, str]
    """Question by subproblem id, in the order they are asked."""
    attribution: str = ""


class AgentInfo(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One agent of a run.

    Attributes:
        hash: Hash of everything that can change a decision.
        privilege: ``none``, ``sampled``, ``true`` (the true state) or ``truth`` (the truths themselves).
        answers: Whether questions were put to it.
    """

    name: str
    kind: str
    identity: dict[str, Json]
    hash: str
    privilege: str = "none"
    answers: bool = False


class RunInfo(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What a run is: everything needed to read, compare and repeat it.

    Attributes:
        protocol: The bad-output policy, asking and waves; ``protocol_hash`` is its hash.
        config: The resolved suite, as written to ``run.toml``.
        versions: Kibitz, Python, platform and libraries that matter.
        prices: What calls cost, by agent and role, as found when the run began.
        command: The command line.
        started: Wall-clock time in ISO 8601; measured, never hashed.
    """

    name: str
    seed: int
    protocol: dict[str, Json]
    protocol_hash: str
    games: dict[str, GameInfo]
    agents: dict[str, AgentInfo]
    config: dict[str, Json]
    config_hash: str
    versions: dict[str, str]
    command: list[str]
    started: str
    prices: dict[str, Json] = {}


class UnitRecord(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One episode to be played.

    Attributes:
        index: Place in the schedule; results are read in this order.
        key: Unique name, such as ``connect4/3/small,random``.
        game: Label of the game in the run.
        k: Number of the task or deal; equal k means the same environment seed.
        agents: Agent name by seat.
        pair: Name shared by the two mirrored episodes of a pair; the cluster of statistics.
        seed: Environment seed.
    """

    index: int
    key: str
    game: str
    task: str | None
    k: int
    agents: tuple[str, ...]
    pair: str
    seed: int


class CandidateRecord(msgspec.Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """A candidate action: how many replies proposed it, its scores, and a veto."""

    action: str
    replies: int = 0
    scores: dict[str, float] = {}
    veto: str = ""


class ComplaintRecord(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What was wrong with one reply."""

    problem: str
    reason: str


class SeatRecord(msgspec.Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """What one seat did in one step.

    Attributes:
        observation: The text that the seat saw.
        action: The action that was played.
        fallback: The declared fallback acted, because no reply gave a legal action.
        complaints: What was wrong with earlier replies of this step, the last one included if the fallback acted.
        reply: Text of the first reply of the chosen candidate.
        consistent: Whether the action is among those its own answers commit to; None where they say nothing.
        regret: How much the action falls short of the best one, None where unknown (``regret_unknown`` says why).
        regret_method: How the worth of actions was found: ``exact``, or an estimate such as ``depth 4``.
        effect: What the seat's previous action did.
        memo: What the agent keeps for its next turn.
    """

    seat: int
    agent: str
    observation: str
    action: str
    fallback: bool = False
    complaints: tuple[ComplaintRecord, ...] = ()
    reply: str = ""
    reasoning: str = ""
    greedy: str | None = None
    deliberated: bool = False
    candidates: tuple[CandidateRecord, ...] = ()
    consistent: bool | None = None
    regret: float | None = None
    regret_method: str = ""
    regret_unknown: str = ""
    effect: str = "ok"
    memo: str = ""
    spent: Spent = Spent()


class StepMeasured(msgspec.Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """What differs between two identical steps: each mover's own time in seconds, in the order of ``seats``."""

    seat_seconds: tuple[float, ...] = ()


class StepRecord(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One step of an episode: the position that was seen, what each mover did, the step's rewards by seat."""

    unit: str
    step: int
    position: Json
    seats: tuple[SeatRecord, ...]
    rewards: dict[int, float] = {}
    measured: StepMeasured = StepMeasured()


class GradeRecord(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One question asked, answered or not, beside its truth. Appended, never overwritten.

    Attributes:
        raw: The answer as written; None if none was given.
        parsed: The answer as read, canonical text; None if it could not be read or was not given.
        truth: The true answer, canonical text; None if it is unknown.
        note: Why the answer could not be read, or why the truth is unknown.
        f1: Partial credit, see ``kibitz.games.subproblem.Grade``.
        cell: Confusion cell ``tp``, ``tn``, ``fp``, ``fn``, ``mismatch``; None where the kind has none.
    """

    unit: str
    step: int
    seat: int
    agent: str
    subproblem: str
    about: str
    ask: str
    action: str | None
    raw: str | None
    parsed: str | None
    truth: str | None
    kind: str
    verdict: Verdict
    note: str = ""
    f1: float | None = None
    cell: str | None = None
    grader: str = ""


class CallMeasured(msgspec.Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """What differs between two identical calls."""

    seconds: float = 0.0
    request_id: str = ""
    model: str = ""
    fingerprint: str = ""
    attempts: int = 1


class CallRecord(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One call to a model, complete: what was sent (messages by digest) and what came back.

    The key is (unit, trial, step, seat, scope, i); ``request`` is the hash that checks it.

    Attributes:
        context: Where the conversation that was sent stands in this journal (``Journal.conversation``); in another run
            it may be another number.
        seen: Whether an agent got the reply. A reply that came when nobody waited for it any more was paid, so it is
            kept for the next time it is asked for; it is no part of the episode's digest.
    """

    unit: str
    trial: int
    step: int
    seat: int
    scope: str
    i: int
    agent: str
    role: str
    request: str
    parameters: dict[str, Json]
    context: int
    completion: Json
    seen: bool = True
    measured: CallMeasured = CallMeasured()


class MessageRecord(msgspec.Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """One message of a conversation; pictures are blobs by SHA-256."""

    role: str
    text: str
    images: tuple[str, ...] = ()
    static: bool = False


class EpisodeMeasured(msgspec.Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """What differs between two identical episodes: wall time by seat, in seconds."""

    seconds: float = 0.0
    seat_seconds: tuple[float, ...] = ()


class Forfeit(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The step of the first fallback, and the seats for which it acted then: several where they move at once."""

    step: int
    seats: tuple[int, ...]


class EpisodeRecord(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """How an episode ended.

    Attributes:
        status: ``failed`` episodes (a provider gave up, the harness broke) are not scored and stay resumable.
        cause: For failed ones, the row of the failure table; ``fault`` is whose fault that table says it is.
        blamed: Name of the agent whose code broke, if one's did.
        reward: Primary reward of each seat: the first fallback counts as a forfeit.
        played: Reward of each seat as the game ended with fallbacks playing on.
        forfeit: The first fallback, if there was one.
        trajectory: Digest of game setting, seed and actions: equal trajectories are one cluster.
        digest: Hash over all deterministic records of the episode; equal digests mean equal episodes.
    """

    unit: str
    status: EpisodeStatus
    cause: str = ""
    fault: str = ""
    message: str = ""
    blamed: str = ""
    reward: tuple[float, ...] = ()
    played: tuple[float, ...] = ()
    success: bool | None = None
    reason: str = ""
    raw: tuple[float, ...] | None = None
    steps: int = 0
    fallbacks: tuple[int, ...] = ()
    forfeit: Forfeit | None = None
    position: Json = None
    trajectory: str = ""
    digest: str = ""
    spent: tuple[Spent, ...] = ()
    measured: EpisodeMeasured = EpisodeMeasured()


class WaveRecord(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What an agent had learned when a wave of episodes was over.

    Attributes:
        wave: Number of the wave, from 0.
        state: Hash of the state after the wave.
        learned: Keys of the units whose episodes were folded in, in the order of the schedule.
    """

    wave: int
    agent: str
    state: str
    learned: tuple[str, ...]
