"""From the records of an episode to its replay, within the block that is being filled."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from kibitz.results.logs import EpisodeLog
from kibitz.results.records import (
    CallRecord,
    EpisodeRecord,
    GameInfo,
    GradeRecord,
    MessageRecord,
    RunInfo,
    SeatRecord,
    StepRecord,
)
from kibitz.results.report.pictures import Album, Json, Pieces
from kibitz.results.report.replaydata import (
    Answer,
    Block,
    Call,
    Candidate,
    Complaint,
    Ending,
    Message,
    Move,
    Replay,
    Step,
)
from kibitz.results.report.strings import Strings

LONGEST_TEXT = 20_000
"""Characters of one reply or prompt on the page; the journal holds all of it."""

BLOCK = 400_000
"""Characters of a block's own strings, about: it is unpacked as a whole when one of its episodes is opened."""

Place = tuple[int, int]
"""Step and seat."""


def clip(text: str) -> str:
    """The text, cut where it is too long for a page."""
    if len(text) <= LONGEST_TEXT:
        return text
    return text[:LONGEST_TEXT] + f"\n[cut here: {len(text) - LONGEST_TEXT:,} more characters are in the journal]"


class Writer:
    """Fills one block after another with replays of one run, whose conversations are read when they are needed."""

    def __init__(self, album: Album, info: RunInfo, conversation: Callable[[int], Sequence[MessageRecord]]) -> None:
        self._album, self._info, self._conversation = album, info, conversation
        self.images: dict[str, None] = {}
        """The pictures that were sent to models, by SHA-256, in the order in which they first were."""
        self._strings = Strings()
        self._episodes: list[Replay | None] = []
        self._messages: dict[Message, int] = {}
        self._pictures: dict[Pieces, int] = {}
        self._drawn: list[tuple[int, ...]] = []
        self._before: list[int] = []
        """The messages of the last call of the episode, since a conversation goes on from call to call."""

    @property
    def full(self) -> bool:
        """Whether the block is large enough."""
        return self._strings.size >= BLOCK or len(self._episodes) >= 1000

    @property
    def empty(self) -> bool:
        """Whether the block holds no episode."""
        return not self._episodes

    @property
    def shared(self) -> Sequence[str]:
        """The strings that several blocks use."""
        return self._strings.shared

    def take(self) -> Block:
        """The block; the next one begins."""
        block = Block(
            episodes=tuple(self._episodes),
            messages=tuple(self._messages),
            pictures=tuple(self._drawn),
            strings=tuple(self._strings.next_block()),
        )
        self._episodes, self._messages, self._pictures, self._drawn = [], {}, {}, []
        return block

    def put(self, log: EpisodeLog) -> None:
        """Put an episode into the block."""
        if not log.steps and log.ended is None and not log.calls:
            self._episodes.append(None)
            return
        game = self._info.games[log.unit.game]
        grades: dict[Place, list[GradeRecord]] = {}
        for grade in log.grades:
            grades.setdefault((grade.step, grade.seat), []).append(grade)
        calls: dict[Place, list[CallRecord]] = {}
        for call in log.calls:
            calls.setdefault((call.step, call.seat), []).append(call)
        self._before = []
        steps = tuple(self._step(game, step, grades, calls) for step in log.steps)
        loose = [(place, of) for place, of in sorted(calls.items()) if place[0] >= len(log.steps)]
        self._episodes.append(
            Replay(
                key=log.unit.key,
                seed=log.unit.seed,
                k=log.unit.k,
                pair=log.unit.pair if log.unit.pair != log.unit.key else "",
                steps=steps,
                ending=None if log.ended is None else self._ending(game, log.ended),
                loose=tuple((*place, self._call(call)) for place, of in loose for call in of),
            )
        )

    def _string(self, text: str) -> int | None:
        return self._strings.number(clip(text)) if text else None

    def _picture(self, game: GameInfo, position: Json) -> int | None:
        pieces = self._album.picture(game, position)
        if not pieces:
            return None
        if (found := self._pictures.get(pieces)) is not None:
            return found
        self._drawn.append(self._strings.numbers(pieces))
        self._pictures[pieces] = len(self._drawn) - 1
        return len(self._drawn) - 1

    def _step(
        self,
        game: GameInfo,
        step: StepRecord,
        grades: Mapping[Place, Sequence[GradeRecord]],
        calls: Mapping[Place, Sequence[CallRecord]],
    ) -> Step:
        times = step.measured.seat_seconds
        moves = []
        for number, move in enumerate(step.seats):
            place = (step.step, move.seat)
            of = tuple([self._call(call) for call in calls.get(place, ())])
            seconds = times[number] if number < len(times) else sum(call.seconds for call in of)
            moves.append(self._move(move, tuple(map(_answer, grades.get(place, ()))), of, seconds))
        return Step(seats=tuple(moves), picture=self._picture(game, step.position))

    def _move(self, move: SeatRecord, answers: tuple[Answer, ...], calls: tuple[Call, ...], seconds: float) -> Move:
        spent = move.spent
        return Move(
            seat=move.seat,
            action=clip(move.action),
            saw=self._string(move.observation),
            reply=self._string(move.reply),
            thought=self._string(move.reasoning),
            fallback=move.fallback,
            complaints=tuple(Complaint(problem=c.problem, reason=clip(c.reason)) for c in move.complaints),
            greedy=move.greedy,
            candidates=tuple(
                Candidate(action=clip(c.action), replies=c.replies, scores=c.scores, veto=clip(c.veto))
                for c in move.candidates
            ),
            consistent=move.consistent,
            regret=move.regret,
            method=move.regret_method,
            effect=move.effect,
            tokens=(spent.input_tokens, spent.output_tokens),
            usd=None if spent.unpriced else spent.usd,
            seconds=round(seconds, 4),
            answers=answers,
            calls=calls,
        )

    def _message(self, message: MessageRecord) -> int:
        self.images.update(dict.fromkeys(message.images))
        packed = Message(role=message.role, text=self._strings.number(clip(message.text)), images=message.images)
        return self._messages.setdefault(packed, len(self._messages))

    def _call(self, record: CallRecord) -> Call:
        """One call, behind the one before it; what a provider sent may lack any field."""
        before, sent = self._before, [self._message(message) for message in self._conversation(record.context)]
        kept = next(
            (n for n, (a, b) in enumerate(zip(before, sent, strict=False)) if a != b), min(len(before), len(sent))
        )
        self._before = sent
        choices = [choice for choice in record.completion.get("choices") or () if isinstance(choice, dict)]
        number = self._strings.number
        return Call(
            scope=record.scope,
            role=record.role,
            kept=kept,
            sent=tuple(sent[kept:]),
            replies=tuple(number(clip(str(choice.get("text", "")))) for choice in choices),
            thoughts=tuple(number(clip(str(choice["reasoning"]))) for choice in choices if choice.get("reasoning")),
            finish=tuple(name for choice in choices if (name := str(choice.get("finish", ""))) not in ("", "stop")),
            seconds=round(record.measured.seconds, 4),
            tokens=_usage(record.completion),
        )

    def _ending(self, game: GameInfo, ended: EpisodeRecord) -> Ending:
        return Ending(
            status=ended.status,
            cause=ended.cause,
            message=clip(ended.message),
            reason=ended.reason,
            reward=ended.reward,
            played=ended.played if ended.played != ended.reward else (),
            forfeit=None if ended.forfeit is None else (ended.forfeit.step, ended.forfeit.seats),
            digest=ended.digest,
            picture=self._picture(game, ended.position),
        )


def _answer(grade: GradeRecord) -> Answer:
    given = grade.parsed if grade.parsed is not None else grade.raw
    return Answer(
        id=grade.subproblem,
        verdict=grade.verdict if grade.truth is not None else "unknown",
        given=None if given is None else clip(given),
        truth=None if grade.truth is None else clip(grade.truth),
        action=grade.action,
        note=clip(grade.note),
    )


def _usage(completion: Any) -> tuple[int, int]:  # noqa: ANN401 - as a provider sent it
    usage = completion.get("usage")
    found = [usage.get(key) for key in ("input", "output")] if isinstance(usage, dict) else [0, 0]
    return (int(found[0] or 0), int(found[1] or 0)) if all(isinstance(n, int | None) for n in found) else (0, 0)
