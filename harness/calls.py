"""The way of one call: look it up in the journal, else send it within limits, retry, journal it, and only then show it.

An agent sees a completion only after the commit that holds it: after a kill no call that an agent has seen is lost or
paid again. Retries of transport live here, inside one journaled call; an infrastructure attempt is no part of the key.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from kibitz.agents.meter import CallPlace
from kibitz.agents.models.model import (
    CallFailed,
    CallTimeout,
    Completion,
    ConnectionFailed,
    Measured,
    Message,
    Model,
    ProviderError,
    Request,
)
from kibitz.harness.clock import Clock
from kibitz.harness.limits import ProviderLimit
from kibitz.harness.seeds import generator
from kibitz.results.journal import Journal
from kibitz.results.records import CallMeasured, CallRecord, MessageRecord

PATIENCE = 10
"""A client keeps its deadline itself, and may count from when a server is free; this many times that is too much."""

CHARACTERS_PER_TOKEN = 4
"""Rough, and only used to reserve a place under a tokens-per-minute limit before the true count is known."""


class CallNotRecordedError(Exception):
    """A re-run asked for a call that the journal does not hold, or with another request than recorded."""


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How often and how long to try: seconds, with exponential back-off and full jitter below the cap."""

    attempts: int = 5
    deadline: float = 300.0
    first_wait: float = 1.0
    longest_wait: float = 60.0

    def wait(self, attempt: int, retry_after: float | None, *seed: object) -> float:
        """Seconds before attempt ``attempt`` + 1; what the provider asked for is a lower bound up to the cap."""
        bound = min(self.longest_wait, self.first_wait * 2.0**attempt)
        jittered = bound * (0.5 + 0.5 * generator("retry", attempt, *seed).random())
        return max(jittered, min(retry_after or 0.0, self.longest_wait))


@dataclass(frozen=True, slots=True)
class CallSite:
    """Whose call it is; with the place inside the decision this is the call's key."""

    unit: str
    trial: int
    step: int
    seat: int
    agent: str


@dataclass(frozen=True, slots=True)
class Line:
    """A model that is open for calls, under its provider's limit."""

    model: Model
    limit: ProviderLimit


Key = tuple[int, int, int, str, int]


@dataclass(slots=True)
class _Call:
    """One call under way; ``awaited`` as long as somebody waits for its reply."""

    site: CallSite
    role: str
    place: CallPlace
    request: Request
    digest: str
    awaited: bool = True

    @property
    def key(self) -> Key:
        return (self.site.trial, self.site.step, self.site.seat, str(self.place), self.place.i)


class CallDesk:
    """Answers the calls of one episode, from the journal or from models.

    Args:
        journal: Where calls are written; None where no record is kept.
        recorded: The calls of the episode that the journal holds already.
        lines: Open models by agent and role; empty when nothing may be sent.
        identities: What each model is, by agent and role; part of the request hash.
        policy: Retries and deadlines.
        clock: Time.
        ended: Told the tokens of each call that was sent, and its cost where that is known.
        nursery: Owns the calls under way, so that one that nobody waits for any more, because a call beside it failed,
            is still journaled when its reply comes: it is paid. None ends a call with whoever waits for it.
    """

    def __init__(
        self,
        journal: Journal | None,
        recorded: Iterable[CallRecord],
        lines: Mapping[tuple[str, str], Line],
        identities: Mapping[tuple[str, str], Mapping[str, Any]],
        policy: RetryPolicy,
        clock: Clock,
        ended: Callable[[int, float | None], None] = lambda tokens, usd: None,
        nursery: asyncio.TaskGroup | None = None,
    ) -> None:
        self._journal = journal
        self.calls = {(r.trial, r.step, r.seat, r.scope, r.i): r for r in recorded}
        self._lines = lines
        self._identities = identities
        self._policy = policy
        self._clock = clock
        self._ended = ended
        self._nursery = nursery

    async def send(self, site: CallSite, role: str, place: CallPlace, request: Request) -> Completion:
        """Answer ``request``; the completion is in the journal when this returns.

        Raises:
            CallFailed: The call failed for good.
            CallNotRecordedError: The journal holds another request at this place, or nothing may be sent.
        """
        digest = request.digest(self._identities[site.agent, role])
        key: Key = (site.trial, site.step, site.seat, str(place), place.i)
        found = self.calls.get(key)
        if found is not None:
            if found.request != digest:
                raise CallNotRecordedError(f"{site.unit} step {site.step}: the agent now asks something else")
            if not found.seen:
                self.calls[key] = seen = msgspec.structs.replace(found, seen=True)
                if self._journal is not None:
                    self._journal.put_seen(seen)
            return msgspec.convert(found.completion, Completion)
        line = self._lines.get((site.agent, role))
        if line is None:
            raise CallNotRecordedError(f"{site.unit} step {site.step}: the journal holds no such call")
        call = _Call(site, role, place, request, digest)
        if self._nursery is None:
            return await self._complete(line, call)
        task = self._nursery.create_task(self._outcome(line, call))
        try:
            outcome = await asyncio.shield(task)
        except asyncio.CancelledError:
            call.awaited = False
            raise
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    async def _outcome(self, line: Line, call: _Call) -> Completion | Exception:
        """A failure is a value here: it is its caller's, and must not end the other calls of the run."""
        try:
            return await self._complete(line, call)
        except Exception as failure:
            return failure

    async def _complete(self, line: Line, call: _Call) -> Completion:
        completion, measured = await self._deliver(line, call)
        self.calls[call.key] = record = _record(call, completion, measured)
        if self._journal is not None:
            _write(self._journal, record, call.request)
            await self._journal.committed()
        self._ended(completion.usage.input + completion.usage.output, completion.usd)
        return completion

    def seconds(self, site: CallSite, place: CallPlace) -> float:
        """How long the model took for a call that was answered, without waiting for a place under the limits."""
        return self.calls[site.trial, site.step, site.seat, str(place), place.i].measured.seconds

    async def _deliver(self, line: Line, call: _Call) -> tuple[Completion, Measured]:
        request = call.request
        tokens = sum(len(m.text) for m in request.messages) // CHARACTERS_PER_TOKEN + request.max_tokens * request.n
        attempt = 0
        while True:
            try:
                async with line.limit.slot(tokens):
                    completion, measured = await self._attempt(line.model, request)
            except CallFailed as failure:
                attempt += 1
                # What nobody waits for any more is not paid for again.
                if not failure.retry or attempt >= self._policy.attempts or not call.awaited:
                    raise
                await self._clock.sleep(self._policy.wait(attempt - 1, failure.retry_after, call.digest))
            else:
                return completion, msgspec.structs.replace(measured, attempts=attempt + 1)

    async def _attempt(self, model: Model, request: Request) -> tuple[Completion, Measured]:
        try:
            async with asyncio.timeout(self._policy.deadline * PATIENCE):
                completion, measured = await model.complete(request, deadline=self._policy.deadline)
            return _recordable(completion), measured
        except (CallFailed, asyncio.CancelledError):
            raise
        except TimeoutError as error:
            raise CallTimeout("the model client went on long after its deadline") from error
        except OSError as error:
            raise ConnectionFailed(f"the connection broke ({type(error).__name__})") from error
        except Exception as error:
            # A client that breaks on a strange reply must not take the run with it.
            raise ProviderError(f"the model client failed with {type(error).__name__}") from error


def _record(call: _Call, completion: Completion, measured: Measured) -> CallRecord:
    site, place, request = call.site, call.place, call.request
    return CallRecord(
        unit=site.unit,
        trial=site.trial,
        step=site.step,
        seat=site.seat,
        scope=str(place),
        i=place.i,
        agent=site.agent,
        role=call.role,
        request=call.digest,
        parameters=request.parameters(),
        messages=tuple(message.digest for message in request.messages),
        completion=msgspec.to_builtins(completion),
        seen=call.awaited,
        measured=CallMeasured(
            seconds=measured.seconds,
            request_id=measured.request_id,
            model=measured.model,
            fingerprint=measured.fingerprint,
            attempts=measured.attempts,
        ),
    )


def _recordable(completion: Completion) -> Completion:
    """The completion as the journal will give it back: what an agent sees first is what it sees after a resume.

    Half a surrogate pair, which JSON can carry and UTF-8 cannot, becomes U+FFFD: a strange reply is still a reply, and
    a model that gives one must not lose its episodes.

    Raises:
        ProviderError: It cannot be recorded: it holds no text where text must be, or a number that is none.
    """
    try:
        try:
            data = msgspec.json.encode(completion)
        except UnicodeEncodeError:
            data = msgspec.json.encode(_mended(msgspec.to_builtins(completion)))
        return msgspec.json.decode(data, type=Completion)
    except (msgspec.MsgspecError, UnicodeEncodeError, TypeError) as error:
        raise ProviderError(f"the reply cannot be recorded ({type(error).__name__})") from error


def _mended(data: Any) -> Any:  # noqa: ANN401 - any JSON
    if isinstance(data, str):
        return data.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(data, dict):
        return {_mended(key): _mended(value) for key, value in data.items()}
    return [_mended(value) for value in data] if isinstance(data, (list, tuple)) else data


def _write(journal: Journal, record: CallRecord, request: Request) -> None:
    for message in request.messages:
        for image in message.images:
            journal.put_blob(image.digest, image.media_type, image.data)
    journal.put_call(record, map(_message_record, request.messages))


def _message_record(message: Message) -> MessageRecord:
    images = tuple(image.digest for image in message.images)
    return MessageRecord(
        digest=message.digest, role=message.role, text=message.text, images=images, static=message.static
    )
