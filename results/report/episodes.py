"""Episodes for the page: one line each for the list, and everything about one for its replay.

A replay travels as deflated JSON in base64, one block an episode, and is unpacked when it is opened, so that a page of
thousands of episodes opens at once. What several episodes share (the rules, the empty board) stands in one block.
"""

from __future__ import annotations

import base64
import hashlib
import json
import zlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from msgspec import to_builtins

from kibitz.results import figures
from kibitz.results.leaderboard import Names
from kibitz.results.records import (
    CallRecord,
    EpisodeRecord,
    GameInfo,
    GradeRecord,
    MessageRecord,
    SeatRecord,
    StepRecord,
    UnitRecord,
)
from kibitz.results.report.pictures import Album, Draw, Json
from kibitz.results.report.sections import Block, Section, Source
from kibitz.results.rundata import RunData
from kibitz.results.sample import Played

LONGEST_TEXT = 20_000
"""Characters of one reply or prompt on the page; the journal holds all of it."""

RESULTS = {1: "won", 0: "drawn", -1: "lost"}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the list of episodes; ``results`` are by seat: won, drawn, lost, or empty where not scored."""

    number: int
    run: str
    key: str
    game: str
    agents: tuple[str, ...]
    results: tuple[str, ...]
    result: str
    steps: int
    illegal: int
    inconsistent: int
    right: int
    asked: int
    tokens: str
    seconds: str


@dataclass(frozen=True, slots=True)
class Reel:
    """All episodes of a page: the list, a packed block each (empty if never played), and the packed shared block."""

    lines: tuple[Line, ...]
    blocks: tuple[str, ...]
    shared: str


def section(source: Source) -> Section:
    """The list of episodes, with their replays as packed data."""
    found = reel(source.runs, source.names, source.draw)
    packed = [(f"episode-{number}", block) for number, block in enumerate(found.blocks) if block]
    blocks = [Block(name, "application/octet-stream", text) for name, text in (("shared", found.shared), *packed)]
    index = Block("index", "application/json", _index(found.lines))
    return Section("episodes", "Episodes", "episodes.html.j2", {"lines": found.lines}, (index, *blocks))


def _index(lines: Sequence[Line]) -> str:
    """What the filters need, as JSON of which no character can end the element."""
    rows = [
        {
            "agents": line.agents,
            "game": line.game,
            "run": line.run,
            "key": line.key,
            "result": line.result,
            "results": line.results,
            "illegal": line.illegal,
            "inconsistent": line.inconsistent,
        }
        for line in lines
    ]
    text = json.dumps(rows, sort_keys=True, separators=(",", ":"))
    for character in "<>&":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


def reel(runs: Sequence[RunData], names: Names, draw: Draw) -> Reel:
    """Collect all scheduled episodes, in the order of runs and schedules."""
    album = Album(draw)
    lines: list[Line] = []
    replays: list[dict[str, Any] | None] = []
    for place, run in enumerate(runs):
        for unit in run.units:
            steps, grades = run.steps(unit.key), list(run.grades(unit.key))
            lines.append(_line(len(lines), run, place, names, unit, steps, grades))
            replays.append(_Replay(run, place, names, unit, album).data(steps, grades) if steps else None)
    shared = _share([replay for replay in replays if replay is not None], album.pictures)
    return Reel(tuple(lines), tuple("" if replay is None else pack(replay) for replay in replays), pack(shared))


def pack(value: Json) -> str:
    """JSON, deflated (zlib format), in base64."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    # A lone surrogate, which a broken reply may hold, has no UTF-8.
    return base64.b64encode(zlib.compress(text.encode("utf-8", "replace"), 9)).decode("ascii")


def clip(text: str) -> str:
    """The text, cut where it is too long for a page."""
    if len(text) <= LONGEST_TEXT:
        return text
    return text[:LONGEST_TEXT] + f"\n[cut here: {len(text) - LONGEST_TEXT:,} more characters are in the journal]"


def _line(
    number: int,
    run: RunData,
    place: int,
    names: Names,
    unit: UnitRecord,
    steps: Sequence[StepRecord],
    grades: Sequence[GradeRecord],
) -> Line:
    episode = run.episodes.get(unit.key)
    moves = [move for step in steps for move in step.seats]
    agents = tuple(names.agent(place, agent) for agent in unit.agents)
    results = _results(unit, episode)
    known = [grade for grade in grades if grade.truth is not None]
    return Line(
        number=number,
        run=names.runs[place],
        key=unit.key,
        game=names.game(place, unit.game),
        agents=agents,
        results=results,
        result=_result(episode, agents, results),
        steps=len(steps),
        illegal=sum(bool(move.complaints) or move.fallback for move in moves),
        inconsistent=sum(move.consistent is False for move in moves),
        right=sum(grade.verdict == "right" for grade in known),
        asked=len(known),
        tokens=figures.count(sum(move.spent.tokens for move in moves)),
        seconds=figures.duration(episode.measured.seconds) if episode is not None else figures.NOTHING,
    )


def _results(unit: UnitRecord, episode: EpisodeRecord | None) -> tuple[str, ...]:
    if episode is None or episode.status != "done":
        return ("",) * len(unit.agents)
    return tuple(RESULTS[Played("", unit, episode, seat).result] for seat in range(len(unit.agents)))


def _result(episode: EpisodeRecord | None, agents: Sequence[str], results: Sequence[str]) -> str:
    if episode is None:
        return "not played"
    if episode.status != "done":
        return f"failed: {episode.cause or 'unknown'}"
    if episode.success is None and len(agents) == 1:
        return episode.reason or "ended"
    if episode.success is not None:
        return {"won": "goal reached", "lost": "goal missed"}[results[0]]
    winners = [agent for agent, result in zip(agents, results, strict=True) if result == "won"]
    if not winners:
        return "draw" if "drawn" in results else "all lost"
    return f"{' and '.join(winners)} won"


class _Replay:
    """Builds the replay of one episode."""

    def __init__(self, run: RunData, place: int, names: Names, unit: UnitRecord, album: Album) -> None:
        self._run, self._place, self._names, self._unit, self._album = run, place, names, unit, album
        self._game: GameInfo = run.info.games[unit.game]
        self._calls: dict[tuple[int, int], list[CallRecord]] = {}
        for call in run.calls(unit.key):
            self._calls.setdefault((call.step, call.seat), []).append(call)
        contexts = {call.context for calls in self._calls.values() for call in calls}
        self._talks = {context: run.conversation(context) for context in sorted(contexts)}

    def data(self, steps: Sequence[StepRecord], grades: Sequence[GradeRecord]) -> dict[str, Any]:
        """Everything about the episode."""
        unit, episode = self._unit, self._run.episodes.get(self._unit.key)
        messages = {_name(m): m for talk in self._talks.values() for m in talk}
        by_place: dict[tuple[int, int], list[GradeRecord]] = {}
        for grade in grades:
            by_place.setdefault((grade.step, grade.seat), []).append(grade)
        pictures = [self._picture(step.position) for step in steps]
        return {
            "key": unit.key,
            "k": unit.k,
            "task": unit.task,
            "pair": unit.pair,
            "seed": unit.seed,
            "steps": [self._step(step, by_place, picture) for step, picture in zip(steps, pictures, strict=True)],
            "final": self._picture(episode.position) if episode is not None else "",
            "ending": None if episode is None else self._ending(episode),
            "messages": {
                digest: {"role": message.role, "text": clip(message.text), "images": len(message.images)}
                for digest, message in sorted(messages.items())
            },
            "pictures": {},
        }

    def _picture(self, position: Json) -> str:
        return self._album.picture(self._game.id, self._game.version, self._game.options, position)

    @staticmethod
    def _ending(episode: EpisodeRecord) -> dict[str, Json]:
        return {
            "status": episode.status,
            "cause": episode.cause,
            "message": clip(episode.message),
            "reason": episode.reason,
            "reward": list(episode.reward),
            "played": list(episode.played),
            "forfeit": None if episode.forfeit is None else to_builtins(episode.forfeit),
            "digest": episode.digest,
        }

    def _step(
        self, step: StepRecord, grades: Mapping[tuple[int, int], Sequence[GradeRecord]], picture: str
    ) -> dict[str, Json]:
        return {
            "picture": picture,
            "seats": [self._move(step.step, move, grades.get((step.step, move.seat), ())) for move in step.seats],
        }

    def _move(self, step: int, move: SeatRecord, grades: Sequence[GradeRecord]) -> dict[str, Json]:
        calls = self._calls.get((step, move.seat), [])
        return {
            "seat": move.seat,
            "agent": self._names.agent(self._place, move.agent),
            "observation": clip(move.observation),
            "action": clip(move.action),
            "fallback": move.fallback,
            "complaints": [{"problem": c.problem, "reason": clip(c.reason)} for c in move.complaints],
            "reply": clip(move.reply),
            "reasoning": clip(move.reasoning),
            "greedy": move.greedy,
            "candidates": [{"action": c.action, "replies": c.replies, "veto": c.veto} for c in move.candidates],
            "consistent": move.consistent,
            "regret": move.regret,
            "method": move.regret_method,
            "effect": move.effect,
            "tokens": [move.spent.input_tokens, move.spent.output_tokens],
            "usd": None if move.spent.unpriced else move.spent.usd,
            "seconds": round(sum(call.measured.seconds for call in calls), 3),
            "answers": [self._answer(grade) for grade in grades],
            "calls": [_call(call, self._talks[call.context]) for call in calls],
        }

    def _answer(self, grade: GradeRecord) -> dict[str, Json]:
        return {
            "id": grade.subproblem,
            "question": self._game.subproblems.get(grade.subproblem, grade.subproblem),
            "action": grade.action,
            "raw": None if grade.raw is None else clip(grade.raw),
            "parsed": grade.parsed,
            "truth": grade.truth,
            "verdict": grade.verdict if grade.truth is not None else "unknown",
            "note": clip(grade.note),
        }


def _name(message: MessageRecord) -> str:
    """What a message is known by in the page: replays share what is the same."""
    parts = "\0".join((message.role, message.text, *message.images))
    return hashlib.sha256(parts.encode("utf-8", "surrogatepass")).hexdigest()


def _call(call: CallRecord, talk: Sequence[MessageRecord]) -> dict[str, Json]:
    """One call; what a provider sent may lack any field."""
    choices = call.completion.get("choices") or ()
    texts = [choice.get("text", "") for choice in choices if isinstance(choice, dict)]
    thoughts = [choice["reasoning"] for choice in choices if isinstance(choice, dict) and choice.get("reasoning")]
    finish = [str(choice.get("finish", "")) for choice in choices if isinstance(choice, dict)]
    return {
        "scope": call.scope,
        "role": call.role,
        "messages": [_name(message) for message in talk],
        "texts": [clip(str(text)) for text in texts],
        "reasoning": [clip(str(text)) for text in thoughts],
        "finish": [name for name in finish if name not in ("", "stop")],
        "seconds": call.measured.seconds,
    }


def _share(replays: Sequence[dict[str, Any]], pictures: Mapping[str, str]) -> dict[str, Json]:
    """Move what two or more replays use into one block; leave in each replay what it alone uses."""
    drawn = [_pictures_of(replay) for replay in replays]
    message_uses = Counter(digest for replay in replays for digest in replay["messages"])
    picture_uses = Counter(name for names in drawn for name in names)
    shared: dict[str, Json] = {}
    for replay, names in zip(replays, drawn, strict=True):
        messages = replay["messages"]
        shared |= {digest: text for digest, text in messages.items() if message_uses[digest] > 1}
        replay["messages"] = {digest: text for digest, text in messages.items() if message_uses[digest] == 1}
        replay["pictures"] = {name: pictures[name] for name in sorted(names) if picture_uses[name] == 1}
    return {
        "messages": shared,
        "pictures": {name: pictures[name] for name, uses in sorted(picture_uses.items()) if uses > 1},
    }


def _pictures_of(replay: Mapping[str, Any]) -> set[str]:
    return {name for name in (*(step["picture"] for step in replay["steps"]), replay["final"]) if name}
