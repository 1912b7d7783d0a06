"""Models that answer from a run: ``replay:RUN`` gives the completions that the run's journal holds, without a network.

A request is found by its hash, computed with the identity of the model that answered then; the replayed model has that
very identity and can do what that model can, so an agent that is unchanged has the same hash as in the recorded run.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

import msgspec

from kibitz.agents import registry as agent_registry
from kibitz.agents.agent import Agent
from kibitz.agents.models.chat import CAPABILITIES
from kibitz.agents.models.model import (
    UNLIMITED,
    Capability,
    Completion,
    Measured,
    Model,
    ModelError,
    NotFound,
    Request,
    identity_digest,
)
from kibitz.games.options import Option, Value, resolve
from kibitz.harness.calls import CALLING
from kibitz.harness.recording import Place, Recording, identities
from kibitz.results.journal import Journal
from kibitz.results.records import RunInfo
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
        info = recorded_run(self.folder, self._where)
        agent, role = str(self.options["agent"]), str(self.options["role"])
        self._identity = recorded_identity(info, agent, role, self._where)
        self._capabilities = recorded_capabilities(info, self._identity)
        self._recording: Recording | None = None

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
        """Those of the recorded model: they decide how an agent asks."""
        return self._capabilities

    async def open(self) -> None:
        """Load the recorded completions.

        Raises:
            ModelError: The journal cannot be read.
        """
        if self._recording is None:
            try:
                self._recording = await asyncio.to_thread(Recording.load, self.folder, self._identity)
            except JournalError as error:
                raise ModelError(f"{self._where}: {error}") from error

    async def close(self) -> None:
        """Forget the completions; safe to call twice."""
        self._recording = None

    async def complete(self, request: Request, *, deadline: float) -> tuple[Completion, Measured]:
        """The recorded completion of ``request``.

        Raises:
            NotFound: The run holds no such request, or nothing readable as its completion.
        """
        if self._recording is None:
            raise RuntimeError(f"{self._where} is not open")
        who, place = _calling()
        data = self._recording.completion(request.digest(self._identity), place)
        if data is None:
            why = await asyncio.to_thread(self._recording.explain, request, place)
            raise NotFound(f"{who}{self._where} did not record this request: {why}")
        try:
            return msgspec.json.decode(data, type=Completion), Measured()
        except msgspec.ValidationError as error:
            raise NotFound(f"{self._where}: the recorded completion cannot be read ({error})") from error


def _calling() -> tuple[str, Place | None]:
    """Who makes the call, for messages, and where it stands; nothing for one that no episode makes."""
    calling = CALLING.get()
    if calling is None:
        return "", None
    site, place = calling
    return f"agent {site.agent}, step {site.step}: ", (site.unit, site.trial, site.step, site.seat, str(place), place.i)


def recorded_run(folder: Path, where: str) -> RunInfo:
    """What the run in ``folder`` is.

    Raises:
        ModelError: It cannot be read.
    """
    try:
        with Journal.read(folder) as journal:
            return journal.info
    except JournalError as error:
        raise ModelError(f"{where}: {error}") from error


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
    known = identities(info)
    found = {
        identity_digest(identity): identity
        for (name, part), identity in known.items()
        if agent in ("", name) and role in ("", part)
    }
    if len(found) == 1:
        return next(iter(found.values()))
    there = _listed(info)
    if not found:
        raise ModelError(f"{where}: no such model is recorded; {there}")
    raise ModelError(f"{where}: several models are recorded, choose one with agent= and role=; {there}")


def _listed(info: RunInfo) -> str:
    names = [f"{name} ({role})" for name, role in identities(info)]
    return f"the run's models are those of {', '.join(names)}" if names else "no agent of the run calls a model"


def recorded_capabilities(info: RunInfo, identity: Mapping[str, Any]) -> frozenset[Capability]:
    """What the recorded model could do; everything where its agent cannot be made here."""
    for (name, role), other in identities(info).items():
        options = dict(info.config.get("agents", {}).get(name, {}))
        if other == identity and "kind" in options:
            try:
                return agent_registry.make(options.pop("kind"), options, name).models[role].capabilities
            except Exception:  # noqa: S112 - a plug-in that is not here, or another version of it; nothing depends on it
                continue
    return CAPABILITIES | {"score"}


# -- a whole suite ---------------------------------------------------------------------------------------------------


def replayed(folder: Path, agents: Mapping[str, Agent]) -> dict[tuple[str, str], Model]:
    """The models of all agents, answering from a recorded run.

    Args:
        folder: The run.
        agents: The agents by name, as the suite makes them.

    Returns:
        By agent and role: the recorded model of the agent of that name, else the recorded model that is the same.

    Raises:
        ModelError: An agent has a model that the run did not record; all of them are in the message.
    """
    where = f"replay {folder}"
    info = recorded_run(folder, where)
    models: dict[tuple[str, str], Model] = {}
    misses = []
    for name, agent in agents.items():
        for role, model in agent.models.items():
            try:
                source = _source(info, name, role, model)
            except ModelError as error:
                misses.append(str(error))
                continue
            models[name, role] = ReplayModel(str(folder), agent=source[0], role=source[1])
    if misses:
        raise ModelError(f"{where}: {'; '.join(misses)}")
    return models


def _source(info: RunInfo, name: str, role: str, model: Model) -> tuple[str, str]:
    """The agent and role of the run whose model stands for ``model``."""
    known = identities(info)
    if (name, role) in known:
        if changed := _changes(known[name, role], model):
            raise ModelError(f"agent {name} ({role}) has another model than then: {changed}")
        return name, role
    same = next((key for key, identity in known.items() if not _changes(identity, model)), None)
    if same is None:
        raise ModelError(f"the model of agent {name} ({role}) is not recorded; {_listed(info)}")
    return same


def _changes(then: Mapping[str, Any], model: Model) -> str:
    """What somebody set otherwise; what a model finds out by itself (a file, a version) may be another here."""
    options = {option.name for option in getattr(model, "declared", ())}
    now = model.identity
    names = [key for key in now if (key in ("backend", "name") or key in options) and now[key] != then.get(key)]
    return ", ".join(f"{key} was {then.get(key)!r}, is now {now[key]!r}" for key in names)
