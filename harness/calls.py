"""The way of one call: look it up in the journal, else send it, journal it, and only then show it.

An agent sees a completion only after the commit that holds it: after a kill no call that an agent has seen is lost or
paid again. Attempts of the transport (``kibitz.harness.delivery``) are inside one journaled call, no part of its key.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Iterable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

import msgspec

from kibitz.agents.meter import CallPlace
from kibitz.agents.models.model import CallFailed, Completion, Request, request_digest
from kibitz.harness.budget import RunBudget, worst_case
from kibitz.harness.delivery import Courier, Delivered, Line, encode
from kibitz.harness.prices import NO_PRICES, Prices
from kibitz.harness.seeds import digest
from kibitz.harness.threads import Openings, Threads
from kibitz.results.journal import Journal
from kibitz.results.records import CallMeasured, CallRecord

Called = Callable[[int, float | None], None]
"""Told the tokens and the dollars (None if the price is unknown) of each call that was answered."""


class CallNotRecordedError(Exception):
    """A re-run asked for a call that the journal does not hold, or with another request than recorded."""


class CallSite(msgspec.Struct, frozen=True):
    """Whose call it is; with the place inside the decision this is the call's key."""

    unit: str
    trial: int
    step: int
    seat: int
    agent: str


@dataclass(frozen=True, slots=True)
class Sending:
    """What a desk needs to send calls.

    Attributes:
        lines: Open models by agent and role.
        courier: Who sends.
        nursery: Owns calls that are made beside others, so that one that nobody waits for any more, because a call
            beside it failed, is still journaled when its reply comes: it is paid.
        called: Told what each call cost.
        openings: What conversations share.
        budget: Of the run and of its agents; None without limit.
        prices: For the worst case of a call in dollars.
        late: By unit, calls that were sent and that nobody waits for any more.
    """

    lines: Mapping[tuple[str, str], Line]
    courier: Courier
    nursery: asyncio.TaskGroup | None = None
    called: Called = lambda tokens, usd: None
    openings: Openings = field(default_factory=Openings)
    budget: RunBudget | None = None
    prices: Prices = NO_PRICES
    late: dict[str, set[asyncio.Task[Any]]] = field(default_factory=dict)

    async def replied(self, unit: str) -> None:
        """Return when the calls of an episode's earlier try have ended; each does within its own deadline.

        They are paid: an episode that is tried again while they are under way would send them a second time.
        """
        while late := self.late.get(unit):
            await asyncio.wait(late)

    def let_go(self, unit: str, task: asyncio.Task[Any]) -> None:
        """Note a call that was sent and that nobody waits for."""
        late = self.late.setdefault(unit, set())
        late.add(task)

        def ended(task: asyncio.Task[Any]) -> None:
            late.discard(task)
            if not late:
                self.late.pop(unit, None)

        task.add_done_callback(ended)

    async def within(self, budget: RunBudget, line: Line, call: _Call) -> Delivered:
        """Send a call within the budget.

        Raises:
            BudgetSpentError: It does not fit any more.
            CallFailed: It failed for good.
            RunStopping: The run stops.
        """
        agent = call.site.agent
        ticket = await budget.admit(agent, worst_case([call.request], self.prices.of(agent, call.role)))
        try:
            delivered = await self.courier.deliver(line, call)
        except BaseException:
            budget.release(ticket)
            raise
        usage = delivered.completion.usage
        budget.settle(ticket, usage.input + usage.output, delivered.completion.usd)
        return delivered


Key = tuple[int, int, int, str, int]

CALLING: ContextVar[tuple[CallSite, CallPlace] | None] = ContextVar("calling", default=None)
"""The call that is being made, for a model that answers by place: a replayed one."""


@dataclass(slots=True)
class Answered:
    """A call that was answered.

    Attributes:
        request: The request hash.
        seconds: How long the model took, without waiting for a place under the limits.
        seen: Whether an agent got the reply.
        record: The call's record, kept only while nobody has seen the reply.
    """

    request: str
    completion: Completion
    seconds: float
    seen: bool
    record: CallRecord | None = None


@dataclass(slots=True)
class _Call:
    """One call under way.

    Attributes:
        awaited: Whether somebody still waits for its reply.
        sent: Whether the model has it, or has answered it.
        task: The episode's, for a call that has no task of its own.
    """

    site: CallSite
    role: str
    key: Key
    request: Request
    parameters: dict[str, Any]
    digest: str
    context: int
    awaited: bool = True
    sent: bool = False
    task: asyncio.Task[Any] | None = None


class CallDesk:
    """Answers the calls of one episode, from the journal or from models.

    Args:
        journal: Where calls are written; None where no record is kept.
        recorded: The calls of the episode that the journal holds already.
        identities: Digest of what each model is, by agent and role; part of the request hash.
        sending: How calls are sent; None when nothing may be sent.
    """

    def __init__(
        self,
        journal: Journal | None,
        recorded: Iterable[CallRecord],
        identities: Mapping[tuple[str, str], str],
        sending: Sending | None = None,
    ) -> None:
        self._journal = journal
        self._known = {(r.trial, r.step, r.seat, r.scope, r.i): _recalled(r) for r in recorded}
        self._identities = identities
        self._sending = sending
        self._owner: asyncio.Task[Any] | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._threads = Threads(sending.openings if sending is not None else None)

    def belong_to(self, owner: asyncio.Task[Any] | None) -> None:
        """Say which task plays the episode."""
        self._owner = owner
        self._loop = None if owner is None else owner.get_loop()

    async def answer(self, site: CallSite, role: str, place: CallPlace, request: Request) -> Answered:
        """Answer ``request``; the completion is in the journal when this returns.

        Args:
            site: Whose call it is.
            role: Of the model.
            place: Where in the decision.
            request: What is asked.

        Raises:
            CallFailed: The call failed for good.
            BudgetSpentError: It does not fit into the budget of the run or of its agent any more.
            RunStopping: The run stops before the call was answered.
            CallNotRecordedError: The journal holds another request at this place, or nothing may be sent.
        """
        thread = self._threads.follow(site.seat, request.messages)
        parameters = request.parameters()
        asked = request_digest(self._identities[site.agent, role], parameters, thread.digest)
        scope = str(place)
        key = (site.trial, site.step, site.seat, scope, place.i)
        known = self._known.get(key)
        if known is not None:
            self._recall(known, site, asked)
            return known
        if self._sending is None or (line := self._sending.lines.get((site.agent, role))) is None:
            raise CallNotRecordedError(f"{site.unit} step {site.step}: the journal holds no such call")
        CALLING.set((site, place))
        # Before anything is waited for: a call beside this one would take the thread elsewhere.
        context = 0 if self._journal is None else self._threads.write(self._journal, thread)
        task = asyncio.current_task(self._loop)
        call = _Call(site, role, key, request, parameters, asked, context)
        # In the episode's own task nothing else is under way that could fail and leave this call behind.
        if self._sending.nursery is None or task is self._owner:
            call.task = task
            return await self._complete(self._sending, line, call)
        return await self._beside_others(self._sending, self._sending.nursery, line, call)

    def digest(self) -> str:
        """Digest of all calls whose replies were seen: requests and what was said."""
        seen = [(*key, known.request, _said(known.completion)) for key, known in self._known.items() if known.seen]
        return digest(sorted(seen))

    def _recall(self, known: Answered, site: CallSite, asked: str) -> None:
        if known.request != asked:
            raise CallNotRecordedError(f"{site.unit} step {site.step}: the agent now asks something else")
        if not known.seen:
            known.seen = True
            if self._journal is not None and known.record is not None:
                self._journal.put_seen(msgspec.structs.replace(known.record, seen=True))
            known.record = None

    async def _beside_others(self, sending: Sending, nursery: asyncio.TaskGroup, line: Line, call: _Call) -> Answered:
        async def outcome() -> Answered | Exception:
            # A failure is a value here: it is its caller's, and must not end the other calls of the run.
            try:
                return await self._complete(sending, line, call)
            except Exception as failure:
                return failure

        task = nursery.create_task(outcome())
        try:
            found = await asyncio.shield(task)
        except asyncio.CancelledError:
            call.awaited = False
            if call.sent:
                sending.let_go(call.site.unit, task)
            else:
                task.cancel()  # still before the provider's limits, or backing off: nothing of it is paid
            raise
        if isinstance(found, Exception):
            raise found
        return found

    async def _complete(self, sending: Sending, line: Line, call: _Call) -> Answered:
        budget = sending.budget
        try:
            if budget is None:
                delivered = await sending.courier.deliver(line, call)
            else:
                delivered = await sending.within(budget, line, call)
        except CallFailed as failed:
            failed.agent = call.site.agent
            raise
        completion = delivered.completion
        record = None
        if self._journal is not None:
            record = _record(call, delivered)
            tokens = completion.usage.input + completion.usage.output
            self._journal.put_call(record, tokens, completion.usd)
        known = Answered(
            call.digest, completion, delivered.measured.seconds, call.awaited, None if call.awaited else record
        )
        self._known[call.key] = known
        if self._journal is not None:
            await self._journal.committed()
        sending.called(completion.usage.input + completion.usage.output, completion.usd)
        return known


def _recalled(record: CallRecord) -> Answered:
    completion = msgspec.convert(record.completion, Completion)
    return Answered(record.request, completion, record.measured.seconds, record.seen, None if record.seen else record)


def _record(call: _Call, delivered: Delivered) -> CallRecord:
    site, measured = call.site, delivered.measured
    return CallRecord(
        unit=site.unit,
        trial=site.trial,
        step=site.step,
        seat=site.seat,
        scope=call.key[3],
        i=call.key[4],
        agent=site.agent,
        role=call.role,
        request=call.digest,
        parameters=call.parameters,
        context=call.context,
        completion=msgspec.Raw(delivered.data),
        seen=call.awaited,
        measured=CallMeasured(
            seconds=measured.seconds,
            request_id=measured.request_id,
            model=measured.model,
            fingerprint=measured.fingerprint,
            attempts=measured.attempts,
        ),
    )


def _said(completion: Completion) -> str:
    """Hash of what was said; how much of the prompt a provider had cached, and so the bill, is its own affair."""
    usage = completion.usage
    content = (
        completion.choices,
        (usage.input, usage.output, usage.reasoning),
        completion.scores,
        completion.score_rule,
        completion.dropped,
        completion.reasoning_items,
    )
    return hashlib.sha256(encode(content)).hexdigest()
