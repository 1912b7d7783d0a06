"""An OpenAI-compatible server on loopback that misbehaves to order, and remembers every request.

What becomes of a request follows from its body and from how often that body came before, by a hash: a run against a bad
server is as reproducible as one against a good one. The server runs in a thread with a loop of its own; tests read its
counts, and hold or heal it, from outside.
"""

import asyncio
import contextlib
import hashlib
import json
import socket
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from types import MappingProxyType
from typing import Any

FAULTS: Mapping[str, float] = {
    "rate_limited": 0.10,
    "retry_after": 0.10,
    "server_error": 0.10,
    "hang": 0.05,
    "reset": 0.05,
    "broken_body": 0.05,
    "html_type": 0.02,
    "html_body": 0.02,
    "no_choices": 0.02,
    "refusal": 0.02,
    "filtered": 0.02,
    "reasoning_only": 0.02,
    "empty": 0.02,
    "too_large": 0.004,
    "large": 0.004,
}
"""Share of requests by fault; what is left is answered well."""

COMPLETIONS = frozenset({"", "html_type", "refusal", "filtered", "reasoning_only", "empty", "large"})
"""What a client takes for a reply: good ones, and those whose text is of no use."""

WAITS = ("0", "0.05", "date")
BROKEN = (b'{"choices": [{"message": {"content": "', b"data: nothing\n", b"\x80\xff", b"[1, 2]", b"")
LARGE = 3_900_000
TOO_LARGE = 5_000_000
"""Bytes of a reply below and above what the client reads (``replies.LARGEST_BODY``)."""


@dataclass(slots=True)
class Arrival:
    """One request.

    Attributes:
        body: SHA-256 of the body.
        call: The request's seed, which is different for each call of a run.
        attempt: How often the body had come before.
        fault: What becomes of it; empty for a good reply.
        tokens: What a reply states: tokens of the prompt, and of the completion.
        authorization: What the client sent as such.
    """

    body: str
    call: int
    attempt: int
    fault: str
    tokens: tuple[int, int]
    authorization: str


@dataclass
class BadServer:
    """The server.

    Attributes:
        faults: Share of requests by fault, see ``FAULTS``; empty: a good server.
        delay: Mean seconds before a reply.
        status: Status of every reply.
        headers: More headers of every reply.
        say: Makes the text of a good reply from the body of the request.
        echo: Put what the client sent as its authorization wherever a provider may write something.
        arrivals: All requests in the order in which they came.
        in_flight: Requests that came and are not answered.
        peak: Most of them at once.
    """

    faults: Mapping[str, float] = field(default_factory=dict)
    delay: float = 0.0
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    say: Callable[[bytes], str] = field(default_factory=lambda: answer)
    echo: bool = False
    arrivals: list[Arrival] = field(default_factory=list)
    in_flight: int = 0
    peak: int = 0
    url: str = ""

    def __post_init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="bad server")
        self._open = asyncio.Event()
        self._open.set()
        self._attempts: Counter[str] = Counter()
        self._connections: set[asyncio.Task[None]] = set()

    # -- from outside ----------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Listen on a free port; ``url`` is known when this returns."""
        listening = self._loop.run_until_complete(asyncio.start_server(self._connected, "127.0.0.1", 0))
        self._listening = listening
        self.url = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}/v1"
        self._thread.start()

    def stop(self) -> None:
        """Break all connections and end the thread."""
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    def hold(self) -> None:
        """Answer nothing until ``release``."""
        self._loop.call_soon_threadsafe(self._open.clear)

    def release(self) -> None:
        """Answer what was held, and whatever comes."""
        self._loop.call_soon_threadsafe(self._open.set)

    def forget(self) -> None:
        """Start counting anew."""
        self.arrivals = []
        self._attempts = Counter()
        self.peak = 0

    @property
    def sent(self) -> int:
        """Requests that came."""
        return len(self.arrivals)

    @property
    def bodies(self) -> Counter[str]:
        """How often each body came."""
        return Counter(arrival.body for arrival in list(self.arrivals))

    @property
    def calls(self) -> Counter[int]:
        """How often each call came."""
        return Counter(arrival.call for arrival in list(self.arrivals))

    # -- connections -----------------------------------------------------------------------------------------------

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()

    async def _end(self) -> None:
        self._listening.close()
        for task in self._connections:
            task.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._connections.add(task)
        try:
            # A knock, or a client that left (some tests kill it), ends the connection; nothing is wrong then.
            with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
                while await self._serve(reader, writer):
                    pass
        finally:
            self._connections.discard(task)
            writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Answer one request; returns whether the connection can be used again."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        body = await reader.readexactly(int(_header(head, "content-length")))
        arrival = self._note(head, body)
        self.in_flight += 1
        self.peak = max(self.peak, self.in_flight)
        try:
            await self._open.wait()
            if self.delay:
                await asyncio.sleep(self.delay * (0.5 + share(arrival.body, "delay")))
            if arrival.fault == "hang":
                await reader.read()  # ends when the client has given up
                return False
            writer.write(self._reply(arrival, body))
            await writer.drain()
        finally:
            self.in_flight -= 1
        if arrival.fault == "reset":
            writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, bytes([1, *[0] * 7]))
        return arrival.fault != "reset"

    def _note(self, head: str, body: bytes) -> Arrival:
        digest = hashlib.sha256(body).hexdigest()
        attempt = self._attempts[digest]
        self._attempts[digest] += 1
        self.arrivals.append(
            Arrival(
                body=digest,
                call=json.loads(body)["seed"],
                attempt=attempt,
                fault=self.fault(digest, attempt),
                tokens=usage(body),
                authorization=_header(head, "authorization"),
            )
        )
        return self.arrivals[-1]

    def fault(self, digest: str, attempt: int) -> str:
        """What becomes of a request."""
        place = share(digest, "fault", attempt)
        for fault, part in self.faults.items():
            place -= part
            if place < 0:
                return fault
        return ""

    # -- replies ---------------------------------------------------------------------------------------------------

    def _reply(self, arrival: Arrival, body: bytes) -> bytes:
        place = share(arrival.body, "kind", arrival.attempt)
        echo = arrival.authorization if self.echo else ""
        headers = {**self.headers, **({"x-request-id": echo} if echo else {})}
        if self.status != 200:
            error = {"message": f"this came: {echo}", "code": echo, "param": echo}
            return http(json.dumps({"error": error}).encode(), self.status, headers)
        match arrival.fault:
            case "rate_limited":
                return http(b'{"error": {"message": "slow down", "code": "rate_limit_exceeded"}}', 429)
            case "retry_after":
                return http(b'{"error": {"message": "slow down"}}', 429, {"retry-after": _wait(place)})
            case "server_error":
                return http(b"<h1>oops</h1>", (500, 502, 503)[int(place * 3)], {"content-type": "text/html"})
            case "reset":
                return http(completion(body, {"content": "x" * 2000}))[:-1000]
            case "broken_body":
                return http(BROKEN[int(place * len(BROKEN))])
            case "html_body":
                return http(b"<!doctype html><title>Sign in</title>")
            case "html_type":
                headers["content-type"] = "text/html"
        return http(self._completion(arrival.fault, body, echo), headers=headers)

    def _completion(self, fault: str, body: bytes, echo: str) -> bytes:
        match fault:
            case "no_choices":
                return completion(body, None)
            case "refusal":
                return completion(body, {"content": None, "refusal": "I will not play."})
            case "filtered":
                return completion(body, {"content": ""}, "content_filter")
            case "reasoning_only":
                return completion(body, {"content": "", "reasoning_content": "Hm. " * 50}, "length")
            case "empty":
                return completion(body, {"content": ""})
        more = {"padding": "x" * {"large": LARGE, "too_large": TOO_LARGE}.get(fault, 0)}
        if echo:
            message = {"content": f"{echo} {self.say(body)}", "reasoning_content": echo}
            return completion(body, message, **more, id=echo, model=echo, system_fingerprint=echo)
        return completion(body, {"content": self.say(body)}, **more)


def share(*parts: object) -> float:
    """A number from 0 to 1 that follows from the parts."""
    return int.from_bytes(hashlib.sha256(repr(parts).encode()).digest()[:7]) / 2**56


def answer(body: bytes, illegal: float = 0.0) -> str:
    """The text of a good reply: what the request's schema asks for; sometimes an action that is none."""
    schema = json.loads(body)["response_format"]["json_schema"]["schema"]
    digest = hashlib.sha256(body).hexdigest()
    if share(digest, "illegal") < illegal:
        return '{"action": "pass"}'
    return json.dumps(pick(schema, digest))


def pick(schema: Mapping[str, Any], digest: str) -> object:
    """An instance of the schema, chosen by the digest."""
    number = int(hashlib.sha256(f"{digest}{json.dumps(schema)}".encode()).hexdigest()[:8], 16)
    if "enum" in schema:
        return schema["enum"][number % len(schema["enum"])]
    match schema["type"]:
        case "object":
            return {key: pick(value, f"{digest}{key}") for key, value in schema["properties"].items()}
        case "array":
            members = schema["items"]["enum"]
            return [member for n, member in enumerate(members) if number >> n & 1 and n < 3]
        case "integer":
            return schema["minimum"] + number % (schema["maximum"] - schema["minimum"] + 1)
        case "boolean":
            return bool(number % 2)
    raise AssertionError(schema)


def usage(body: bytes) -> tuple[int, int]:
    """Tokens of prompt and completion that the server states for a request: a function of its body."""
    number = int(hashlib.sha256(body).hexdigest()[:8], 16)
    return 10 + number % 90, 1 + number % 7


def completion(body: bytes, message: Mapping[str, object] | None, finish: str = "stop", **more: str) -> bytes:
    """The body of a chat completion; without a message it has no choices."""
    choice = {"index": 0, "finish_reason": finish, "message": {"role": "assistant", **(message or {})}}
    into, out = usage(body)
    reply = {
        "id": "x",
        "object": "chat.completion",
        "created": 0,
        "model": "stub",
        "choices": [] if message is None else [choice],
        "usage": {"prompt_tokens": into, "completion_tokens": out, "total_tokens": into + out},
    }
    return json.dumps(reply | more).encode()


def http(body: bytes, status: int = 200, headers: Mapping[str, str] = MappingProxyType({})) -> bytes:
    """A reply as it goes over the wire."""
    told = {"content-type": "application/json", "content-length": str(len(body)), **headers}
    lines = [f"HTTP/1.1 {status} X", *(f"{name}: {value}" for name, value in told.items()), "", ""]
    return "\r\n".join(lines).encode() + body


def _header(head: str, name: str) -> str:
    found = (line.partition(":") for line in head.splitlines())
    return next((value.strip() for key, _, value in found if key.lower() == name), "")


def _wait(place: float) -> str:
    wait = WAITS[int(place * len(WAITS))]
    return format_datetime(datetime.now(UTC) + timedelta(seconds=1), usegmt=True) if wait == "date" else wait
