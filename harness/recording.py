"""What a run recorded of one model: its completions, and why a request is not among them.

A completion is found by the hash of its request. A provider may have answered equal requests differently (two episodes
begin alike), so the one that was given at the same place counts before any other: then an unchanged agent takes the
same course in every episode.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from kibitz.agents.models.failures import Secrets
from kibitz.agents.models.model import Message, Request
from kibitz.results.journal import Journal
from kibitz.results.records import CallRecord, MessageRecord, RunInfo

SHOWN = 90
"""Characters of a message that are shown, a third of them before what differs."""

Place = tuple[str, int, int, int, str, int]
"""Unit, trial, step, seat, scope and number: the key of a call within a run."""


def place_of(call: CallRecord) -> Place:
    """Where a call stands in its run."""
    return (call.unit, call.trial, call.step, call.seat, call.scope, call.i)


@dataclass(frozen=True)
class Recording:
    """The calls to one model of a run.

    Attributes:
        folder: The run.
        completions: By request hash: where it was given, and the completion as JSON.
        units: Units by the seed of a call in them.
    """

    folder: Path
    completions: Mapping[str, Sequence[tuple[Place, bytes]]] = field(repr=False)
    units: Mapping[int, frozenset[str]] = field(repr=False)

    @classmethod
    def load(cls, folder: Path, identity: Mapping[str, Any]) -> Recording:
        """Read the calls to the model of that identity.

        Raises:
            JournalError: The journal cannot be read.
        """
        completions: defaultdict[str, list[tuple[Place, bytes]]] = defaultdict(list)
        units: defaultdict[int, set[str]] = defaultdict(set)
        with Journal.read(folder) as journal:
            mine = {key for key, other in identities(journal.info).items() if other == identity}
            for call in journal.calls():
                if (call.agent, call.role) in mine:
                    completions[call.request].append((place_of(call), msgspec.json.encode(call.completion)))
                    units[call.parameters.get("seed", 0)].add(call.unit)
        return cls(folder, completions, {seed: frozenset(keys) for seed, keys in units.items()})

    def completion(self, request: str, place: Place | None) -> bytes | None:
        """The completion of a request: that which was given at ``place``, else the first; None if there is none."""
        found = self.completions.get(request, ())
        return next((data for where, data in found if where == place), found[0][1] if found else None)

    def explain(self, request: Request, place: Place | None) -> str:
        """Why there is no completion of ``request``: a clause that names what differs.

        Raises:
            JournalError: The journal cannot be read.
        """
        ending = f"it ends with {_quoted(request.messages[-1].text[-SHOWN:])}"
        with Journal.read(self.folder) as journal:
            calls = self._near(journal, request, place)
            near = next((call for call in calls if place_of(call) == place), None)
            if near is None and place is not None and (ended := _ended(journal, place[0])):
                return f"{ended}; {ending}"
            near = near or max(
                calls, key=lambda call: _alike(journal.conversation(call.context), request), default=None
            )
            if near is None:
                return f"nothing was asked there then: the episode takes another course, or the call is new; {ending}"
            then = journal.conversation(near.context)
        elsewhere = f"the nearest is in {near.unit}, step {near.step}: " if place_of(near) != place else ""
        changed = difference(then, request.messages), *_changed_parameters(near.parameters, request.parameters())
        return elsewhere + "; ".join(part for part in changed if part)

    def _near(self, journal: Journal, request: Request, place: Place | None) -> list[CallRecord]:
        """The recorded calls to compare with: that of the same place, and those of the same seed."""
        # Seeds follow from where in a game a call stands, without agents and opponents.
        units = self.units.get(request.seed or 0, frozenset()) | ({place[0]} if place is not None else set())
        return [
            call
            for unit in sorted(units)
            for call in journal.calls(unit)
            if place_of(call) == place or call.parameters.get("seed", 0) == request.seed
        ]


def identities(info: RunInfo) -> dict[tuple[str, str], Mapping[str, Any]]:
    """What the models of a run were, by agent and role."""
    return {
        (name, role): identity
        for name, agent in info.agents.items()
        for role, identity in dict(agent.identity.get("models") or {}).items()
    }


def _ended(journal: Journal, unit: str) -> str:
    """Why an episode of the recorded run has no calls beyond some place; empty if it was played to its end."""
    if unit not in {record.key for record in journal.units()}:
        return ""
    record = journal.episodes().get(unit)
    if record is None:
        return "that episode was not finished in the recorded run"
    if record.status == "failed":
        return f"that episode failed in the recorded run ({record.cause}), and a call that failed is not recorded"
    return ""


def _alike(then: Sequence[MessageRecord], request: Request) -> tuple[int, int]:
    """How many messages are the same, and how much of the first one that is not."""
    for number, (old, new) in enumerate(zip(then, request.messages, strict=False)):
        if not _same(old, new):
            return number, _common(old.text, new.text)
    return min(len(then), len(request.messages)), 0


def _same(old: MessageRecord, new: Message) -> bool:
    pictures = tuple(image.digest for image in new.images)
    return (old.role, old.text, old.static, old.images) == (new.role, new.text, new.static, pictures)


def _common(one: str, other: str) -> int:
    """Length of the common beginning."""
    shorter = min(len(one), len(other))
    return next((i for i in range(shorter) if one[i] != other[i]), shorter)


def difference(then: Sequence[MessageRecord], now: Sequence[Message]) -> str:
    """The first message that differs, shown around the place where it does; empty if none does."""
    for number, (old, new) in enumerate(zip(then, now, strict=False), 1):
        if _same(old, new):
            continue
        if (old.role, old.text) == (new.role, new.text):
            return f"message {number} ({old.role}) has other pictures, or is no longer part of the static prompt"
        if old.role != new.role:
            return f"message {number} was of the {old.role} and is now of the {new.role}"
        return f"message {number} ({old.role}) {_both(old.text, new.text)}"
    if len(then) == len(now):
        return ""
    count = f"there were {len(then)} messages and are now {len(now)}"
    more = now[len(then)].text if len(now) > len(then) else then[len(now)].text
    return f"{count}; the first more begins with {_quoted(more[:SHOWN])}"


def _changed_parameters(then: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    names = [name for name in sorted({*then, *now}) if then.get(name) != now.get(name)]
    return [f"{name} {_both(_value(then.get(name)), _value(now.get(name)))}" for name in names]


def _value(value: object) -> str:
    return "not set" if value is None else value if isinstance(value, str) else json.dumps(value)


def _both(then: str, now: str) -> str:
    """Two texts around the place where they begin to differ."""
    start = max(0, _common(then, now) - SHOWN // 3)
    before, after = (_quoted(text[start : start + SHOWN]) for text in (then, now))
    return f"was {before} and is now {after}" + (f" (from character {start + 1})" if start else "")


def _quoted(text: str) -> str:
    """Text of a prompt for a message: on one line, short, and without what looks like a key."""
    return f'"{Secrets([]).scrub(text, SHOWN)}"'
