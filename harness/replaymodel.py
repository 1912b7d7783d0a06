"""Models that answer from a run: ``replay:RUN`` gives the completions that the run's journal holds, without a network.

A request is found by its hash, computed with the identity of the model that answered then; the replayed model has that
very identity, so an agent that is unchanged has the same hash as in the recorded run. Equal requests have equal seeds,
so their completions should be equal too; where a provider answered them differently, the first in the order of the
keys (unit, trial, step, seat, scope, number) is given each time.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, ClassVar

import msgspec

from kibitz.agents.models.chat import CAPABILITIES
from kibitz.agents.models.model import UNLIMITED, Capability, Completion, Measured, ModelError, NotFound, Request
from kibitz.games.options import Option, Value, resolve
from kibitz.results.journal import Journal
from kibitz.results.records import CallRecord, RunInfo
from kibitz.results.runfolder import JournalError


class ReplayModel:
    """A model of a recorded run."""

    name_is: ClassVar[str] = "RUN (the folder of a run)"
    declared: ClassVar[tuple[Option, ...]] = (
        Option("agent", "", "the agent of that run whose model is replayed; empty: any, if the run has one model only"),
        Option("role", "", "the role of the model within that agent; empty: any, if it has one model only"),
    )
    provider = "replay"
    at_once = UNLIMITED

    def __init__(self, name: str, **options: object) -> None:
        """Find the recorded model.

        Raises:
            OptionError: An option is unknown or its value is not allowed.
            ModelError: The folder holds no run, or no model of it, or several.
        """
        self.options: dict[str, Value] = resolve("model replay", self.declared, options)
        self.folder = Path(name)
        self._where = f"model replay:{name}"
        try:
            with Journal.read(self.folder) as journal:
                self._identity = recorded_identity(
                    journal.info, str(self.options["agent"]), str(self.options["role"]), self._where
                )
        except JournalError as error:
            raise ModelError(f"{self._where}: {error}") from error
        self._recorded: dict[str, dict[str, Any]] | None = None

    @property
    def identity(self) -> Mapping[str, Any]:
        """The identity of the recorded model."""
        return self._identity

    @property
    def share_key(self) -> str:
        """Equal for the same recorded model of the same run."""
        return f"replay:{self.folder.resolve()}:{json.dumps(self._identity, sort_keys=True)}"

    @property
    def capabilities(self) -> frozenset[Capability]:
        """Everything: what was not recorded is not found."""
        return CAPABILITIES | {"score"}

    async def open(self) -> None:
        """Load the recorded completions.

        Raises:
            ModelError: The journal cannot be read.
        """
        if self._recorded is None:
            try:
                self._recorded = await asyncio.to_thread(self._load)
            except JournalError as error:
                raise ModelError(f"{self._where}: {error}") from error

    async def close(self) -> None:
        """Forget the completions; safe to call twice."""
        self._recorded = None

    async def complete(self, request: Request, *, deadline: float) -> tuple[Completion, Measured]:
        """The recorded completion of ``request``.

        Raises:
            NotFound: The run holds no such request, or nothing readable as its completion.
        """
        if self._recorded is None:
            raise RuntimeError(f"{self._where} is not open")
        recorded = self._recorded.get(request.digest(self._identity))
        if recorded is None:
            raise NotFound(
                f"{self._where} did not record this request: the agent now asks something else than it did then"
            )
        try:
            return msgspec.convert(recorded, Completion), Measured()
        except msgspec.ValidationError as error:
            raise NotFound(f"{self._where}: the recorded completion cannot be read ({error})") from error

    def _load(self) -> dict[str, dict[str, Any]]:
        with Journal.read(self.folder) as journal:
            return completions(journal.calls())


def completions(calls: Iterable[CallRecord]) -> dict[str, dict[str, Any]]:
    """The recorded completions by request hash; of equal requests the first."""
    found: dict[str, dict[str, Any]] = {}
    for call in calls:
        found.setdefault(call.request, call.completion)
    return found


def recorded_identity(info: RunInfo, agent: str, role: str, where: str) -> Mapping[str, Any]:
    """The identity of the one model of a run that the agent's name and role single out.

    Args:
        info: What the run is.
        agent: Name of an agent, or empty for all.
        role: Role of a model within its agent, or empty for all.
        where: What is being made, for messages.

    Raises:
        ModelError: No model is singled out, or several that differ; the message lists them.
    """
    found: dict[str, Mapping[str, Any]] = {}
    names: list[str] = []
    for name, record in info.agents.items():
        for part, identity in dict(record.identity.get("models") or {}).items():
            names.append(f"{name} ({part})")
            if agent in ("", name) and role in ("", part):
                found[json.dumps(identity, sort_keys=True)] = identity
    if len(found) == 1:
        return next(iter(found.values()))
    there = f"the run's models are those of {', '.join(names)}" if names else "no agent of the run calls a model"
    if not found:
        raise ModelError(f"{where}: no such model is recorded; {there}")
    raise ModelError(f"{where}: several models are recorded, choose one with agent= and role=; {there}")
