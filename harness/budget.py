"""Budgets: what may be spent, kept by reserving the worst case of a call before it is sent.

Budgets of the run and of an agent stop between calls: the episode stays unfinished, unscored and resumable, and no
decision is ever changed. A call is admitted when its worst case fits beside what was spent and what calls under way may
still spend. If it would fit once those have ended, it waits for them; if it cannot fit any more, ``BudgetSpentError``
ends it. So spending stays within the limit as long as worst cases are true, and nothing waits for ever, since a call
under way ends within its own deadline.

Budgets of an episode and of a step are arithmetic alone: what a seat has spent there, and whether a whole further stage
fits. Nothing waits, so the answer depends on nothing but the records, and a resumed run gives the same.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from kibitz.agents.models.model import Request
from kibitz.harness.errors import BudgetSpentError
from kibitz.harness.prices import Price, Prices
from kibitz.harness.settings import Amount
from kibitz.harness.tokens import Worst, most_input, most_output

CENT_DUST = 1e-9
"""Dollars: sums of floats may be off by less than this."""


@dataclass(frozen=True, slots=True)
class Paid:
    """What was paid: tokens, input and output together, and US dollars."""

    tokens: int = 0
    usd: float = 0.0

    def __add__(self, other: Paid) -> Paid:
        """Both together."""
        return Paid(self.tokens + other.tokens, self.usd + other.usd)


def worst_case(requests: Sequence[Request], price: Price | None) -> Worst:
    """The most that requests to one model can take together.

    Args:
        requests: What may be sent.
        price: Of the model; None if it is unknown.
    """
    tokens, usd = 0, 0.0
    for request in requests:
        inputs, outputs = most_input(request), most_output(request)
        tokens += inputs + outputs
        usd += price.most(inputs, outputs) if price is not None else 0.0
    return Worst(tokens, None if price is None else usd)


def fits(limit: Amount, spent: Paid, worst: Worst) -> bool:
    """Whether a worst case fits under a limit beside what was spent. An unknown price fits no limit in dollars."""
    if limit.tokens is not None and spent.tokens + worst.tokens > limit.tokens:
        return False
    return limit.usd is None or (worst.usd is not None and spent.usd + worst.usd <= limit.usd + CENT_DUST)


# -- of an episode and of a step ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class EpisodeBudget:
    """What a seat may spend in an episode and in one step of it."""

    episode: Amount
    step: Amount

    def __bool__(self) -> bool:
        """Whether anything is limited."""
        return bool(self.episode) or bool(self.step)

    def grant(self, worst: Worst, in_episode: Paid, in_step: Paid) -> bool:
        """Whether a whole stage may begin; if not, the greedy candidate acts.

        Args:
            worst: The most that the stage can take.
            in_episode: What the seat spent in the episode so far, this step included.
            in_step: What the seat spent in this step so far.
        """
        return fits(self.episode, in_episode, worst) and fits(self.step, in_step, worst)


NO_BUDGET = EpisodeBudget(Amount(), Amount())
"""Where nothing is limited."""


# -- of the run and of agents ------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Account:
    """One limit with what was spent and is reserved under it."""

    name: str
    key: str
    limit: Amount
    spent: Paid = field(default_factory=Paid)
    reserved: Paid = field(default_factory=Paid)
    under_way: int = 0

    def reserve(self, worst: Worst) -> None:
        self.reserved += Paid(worst.tokens, worst.usd or 0.0)
        self.under_way += 1

    def settle(self, worst: Worst, paid: Paid) -> None:
        self.spent += paid
        self.under_way -= 1
        left = Paid(self.reserved.tokens - worst.tokens, self.reserved.usd - (worst.usd or 0.0))
        # Without a call under way nothing is reserved: the dust of floats must not add up over a night.
        self.reserved = left if self.under_way else Paid()

    def has_room(self, worst: Worst) -> bool:
        return fits(self.limit, self.spent + self.reserved, worst)

    def may_have_room(self, worst: Worst) -> bool:
        """Whether there would be room if nothing that is under way cost anything."""
        return fits(self.limit, self.spent, worst)


@dataclass(slots=True)
class Ticket:
    """The right to send one call; given back with ``RunBudget.settle`` or ``release``."""

    agent: str
    worst: Worst
    open: bool = True


@dataclass(slots=True)
class _Waiter:
    number: int
    ticket: Ticket
    admitted: asyncio.Future[None]


class RunBudget:
    """The budgets of a run and of each agent.

    Args:
        run: The limit of all calls together.
        agent: The limit of each agent.
        spent: By agent, what was spent before (in a run that goes on).
    """

    def __init__(self, run: Amount, agent: Amount, spent: Mapping[str, Paid] | None = None) -> None:
        self._run = _Account("the run", "budget", run)
        self._limit = agent
        self._agents: dict[str, _Account] = {}
        self._waiting: dict[str, deque[_Waiter]] = {}
        self._arrivals = 0
        for name, before in (spent or {}).items():
            for account in self._accounts(name):
                account.spent += before

    @property
    def spent(self) -> Paid:
        """What was spent, earlier sessions included."""
        return self._run.spent

    @property
    def reserved(self) -> Paid:
        """What calls under way may still spend."""
        return self._run.reserved

    @property
    def waiting(self) -> int:
        """Calls that wait for room."""
        return sum(not waiter.admitted.done() for queue in self._waiting.values() for waiter in queue)

    async def admit(self, agent: str, worst: Worst) -> Ticket:
        """Reserve a call's worst case, waiting for calls under way if that may make room for it.

        Raises:
            BudgetSpentError: It cannot fit any more.
        """
        ticket = Ticket(agent, worst)
        self._refuse_hopeless(ticket)
        queue = self._waiting.setdefault(agent, deque())
        if not queue and self._reserve(ticket):
            return ticket
        waiter = _Waiter(self._arrivals, ticket, asyncio.get_running_loop().create_future())
        self._arrivals += 1
        queue.append(waiter)
        try:
            await waiter.admitted
        except asyncio.CancelledError:
            # Admitted and cancelled at once: the room goes to the next.
            if waiter.admitted.done() and not waiter.admitted.cancelled() and waiter.admitted.exception() is None:
                self.release(ticket)
            else:
                self._look_again()
            raise
        return ticket

    def settle(self, ticket: Ticket, tokens: int, usd: float | None) -> None:
        """Count what a call took, and let in who waits.

        Args:
            ticket: The call's ticket; it ends here.
            tokens: Input and output together.
            usd: US dollars; None counts as the worst case, since what is unknown is not free.

        Raises:
            ValueError: The ticket was given back before.
        """
        if not ticket.open:
            raise ValueError("this call was settled before")
        ticket.open = False
        paid = (ticket.worst.usd or 0.0) if usd is None else usd
        for account in self._accounts(ticket.agent):
            account.settle(ticket.worst, Paid(tokens, paid))
        self._look_again()

    def release(self, ticket: Ticket) -> None:
        """Give back a ticket whose call cost nothing: it failed, or was never sent.

        Raises:
            ValueError: The ticket was given back before.
        """
        self.settle(ticket, 0, 0.0)

    def _accounts(self, agent: str) -> tuple[_Account, _Account]:
        if agent not in self._agents:
            self._agents[agent] = _Account(f"agent {agent}", "budget.agent", self._limit)
        return self._run, self._agents[agent]

    def _reserve(self, ticket: Ticket) -> bool:
        accounts = self._accounts(ticket.agent)
        if not all(account.has_room(ticket.worst) for account in accounts):
            return False
        for account in accounts:
            account.reserve(ticket.worst)
        return True

    def _refuse_hopeless(self, ticket: Ticket) -> None:
        for account in self._accounts(ticket.agent):
            if not account.may_have_room(ticket.worst):
                whose = "" if account is self._run else ticket.agent
                raise BudgetSpentError(_sentence(account, ticket.worst), whose)

    def _look_again(self) -> None:
        """Let in or refuse those who wait, in the order of their coming within each agent."""
        while any(self._look_at_head(waiter) for waiter in sorted(self._heads(), key=lambda w: w.number)):
            continue

    def _heads(self) -> Iterator[_Waiter]:
        for queue in self._waiting.values():
            while queue and queue[0].admitted.done():
                queue.popleft()
            if queue:
                yield queue[0]

    def _look_at_head(self, waiter: _Waiter) -> bool:
        """Whether the head of a queue is done with, one way or the other."""
        try:
            self._refuse_hopeless(waiter.ticket)
        except BudgetSpentError as error:
            waiter.admitted.set_exception(error)
            return True
        if self._reserve(waiter.ticket):
            waiter.admitted.set_result(None)
            return True
        return False


def _sentence(account: _Account, worst: Worst) -> str:
    limit, spent = account.limit, account.spent
    if limit.tokens is not None and spent.tokens + worst.tokens > limit.tokens:
        key, option = "tokens", "--budget-tokens"
        said = f"{limit.tokens} tokens: {spent.tokens} are spent, and the next call may take {worst.tokens}"
    else:
        key, option = "usd", "--budget-usd"
        call = "has no known price" if worst.usd is None else f"may cost {worst.usd:.4f}"
        said = f"{limit.usd:g} US dollars: {spent.usd:.4f} are spent, and the next call {call}"
    way = f"[{account.key}] {key} in the suite"
    if account.key == "budget":
        way = f"{option} N or {way}"
    return f"{account.name} has a budget of {said}; give more with {way}"


def unpriced(prices: Prices) -> list[str]:
    """What keeps a run with a budget in dollars from starting: models whose price is unknown, one sentence a model."""
    return [
        f"agent {agent}: there is a budget in US dollars, and the price of its {role} model {found.model} is unknown"
        f' ({found.reason}); write it under [prices."{found.model}"] in the suite, or give a budget in tokens'
        for (agent, role), found in prices.unknown().items()
    ]
