"""Sending one call: a place under the provider's limits, the deadline, back-off and further attempts.

An infrastructure attempt is no attempt of the agent's: whatever happens here is one call to it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import msgspec

from kibitz.agents.models.failures import Secrets
from kibitz.agents.models.model import (
    CallFailed,
    CallTimeout,
    Completion,
    ConnectionFailed,
    Measured,
    Model,
    Overloaded,
    ProviderError,
    RateLimited,
    Request,
)
from kibitz.harness.clock import Clock
from kibitz.harness.limits import ProviderLimit, RetryPolicy, Verdict
from kibitz.harness.stopping import Gate
from kibitz.harness.tokens import most_input, most_output
from kibitz.harness.watch import Watch
from kibitz.results.failures import failure

NO_SECRETS = Secrets(())

GRACE = 0.5
"""Seconds: a client keeps its deadline itself, and one that goes on for so much longer is ended."""


class Sent(Protocol):
    """A call under way.

    Attributes:
        digest: The request hash; the back-off's jitter follows from it.
        awaited: Whether anybody still waits for the reply.
        task: The present one, if it is known.
    """

    request: Request
    digest: str
    awaited: bool
    task: asyncio.Task[Any] | None


@dataclass(frozen=True, slots=True)
class Line:
    """A model that is open for calls, under its provider's limit and the policy for its calls.

    Attributes:
        priced: Fills in what a completion cost, where it is known and not said.
    """

    model: Model
    limit: ProviderLimit
    policy: RetryPolicy
    priced: Callable[[Completion], Completion] = lambda completion: completion


class Delivered(msgspec.Struct, frozen=True):
    """A completion, as the journal will give it back, and as the bytes that the journal keeps."""

    completion: Completion
    data: bytes
    measured: Measured


class Courier:
    """Sends calls.

    Args:
        clock: Time.
        gate: Closed when nothing more is to be sent.
        watch: Ends calls whose deadline has passed.
        secrets: Taken out of replies: a provider may echo a key.
    """

    def __init__(self, clock: Clock, gate: Gate, watch: Watch | None = None, secrets: Secrets = NO_SECRETS) -> None:
        self._clock = clock
        self._gate = gate
        self._watch = watch or Watch()
        self._secrets = secrets
        self.in_flight = 0

    async def deliver(self, line: Line, call: Sent) -> Delivered:
        """Send a call until it is answered or has failed for good.

        Args:
            line: Where to.
            call: What is sent; what nobody waits for any more is not paid for again.

        Raises:
            CallFailed: It failed for good.
            RunStopping: The run stops before it was answered.
        """
        request, policy, attempt = call.request, line.policy, 0
        tokens = most_input(request) + most_output(request) if line.limit.counts_tokens else 0
        while True:
            try:
                delivered = await self._attempt(line, request, tokens, call.task)
            except CallFailed as failed:
                attempt += 1
                lasting = not failure(failed.cause).retry or attempt >= policy.attempts or not call.awaited
                if lasting or (failed.retry_after or 0.0) > policy.longest_retry_after:
                    raise
                await self._gate.sleep(policy.wait(attempt - 1, failed.retry_after, call.digest))
            else:
                if attempt:
                    measured = msgspec.structs.replace(delivered.measured, attempts=attempt + 1)
                    return Delivered(delivered.completion, delivered.data, measured)
                return delivered

    async def _attempt(self, line: Line, request: Request, tokens: int, task: asyncio.Task[Any] | None) -> Delivered:
        self._gate.check()
        await line.limit.enter(tokens, self._gate.sleep)
        verdict: Verdict = "failed"
        started, unused, seconds = self._clock.now(), tokens, 0.0
        window, deadline = line.limit.window, line.policy.deadline
        slow = self._watch.remind(window.patience, window.pass_on) if window.patience else None
        self.in_flight += 1
        try:
            with self._watch.guard(deadline + GRACE, task):
                completion, measured = await line.model.complete(request, deadline=deadline)
            delivered = _recordable(line.priced(completion), measured, self._secrets)
            usage, seconds = delivered.completion.usage, measured.seconds
            unused, verdict = tokens - usage.input - usage.output, "ok"
        except Exception as error:
            failed = _failed(error)
            verdict = "slow_down" if isinstance(failed, (RateLimited, Overloaded)) else "failed"
            if failed is error:
                raise
            raise failed from error
        finally:
            self.in_flight -= 1
            if slow is not None:
                slow.over()
            line.limit.leave(verdict, started, seconds, unused, stuck=slow is not None and slow.expired)
        return delivered


def _failed(error: Exception) -> CallFailed:
    """What a client raised, as the failure of its call: one that breaks on a strange reply must not end the run."""
    if isinstance(error, CallFailed):
        return error
    if isinstance(error, TimeoutError):
        return CallTimeout("the model client went on after its deadline")
    if isinstance(error, OSError):
        return ConnectionFailed(f"the connection broke ({type(error).__name__})")
    return ProviderError(f"the model client failed with {type(error).__name__}")


encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Completion).decode


def _recordable(completion: Completion, measured: Measured, secrets: Secrets) -> Delivered:
    """The completion as the journal gives it back, and as it keeps it: an agent first sees what it sees after a resume.

    Half a surrogate pair, which JSON can carry and UTF-8 cannot, becomes U+FFFD: a strange reply is still a reply, and
    a model that gives one must not lose its episodes.

    Raises:
        ProviderError: It cannot be recorded: it holds no text where text must be, or a number that is none.
    """
    try:
        try:
            data = encode(completion)
        except UnicodeEncodeError:
            data = encode(_mended(msgspec.to_builtins(completion)))
        data = secrets.hide_in_json(data)
        return Delivered(_decode(data), data, secrets.hide_in(measured))
    except (msgspec.MsgspecError, UnicodeEncodeError, TypeError) as error:
        raise ProviderError(f"the reply cannot be recorded ({type(error).__name__})") from error


def _mended(data: Any) -> Any:  # noqa: ANN401 - any JSON
    if isinstance(data, str):
        return data.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(data, dict):
        return {_mended(key): _mended(value) for key, value in data.items()}
    return [_mended(value) for value in data] if isinstance(data, (list, tuple)) else data
