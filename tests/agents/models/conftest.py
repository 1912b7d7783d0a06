"""A stand-in provider on loopback that misbehaves to order, and models that are opened against it."""

import asyncio
import contextlib
import json
import socket
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from kibitz.agents.models.model import CallFailed, Completion, Message, Model, Request
from kibitz.agents.models.registry import make_model

CANARY = "sk-canary-0123456789abcdef"
Play = Callable[[asyncio.StreamWriter], Awaitable[None]]


@pytest.fixture(autouse=True)
def loopback_only(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Fails a test that connects to anything but this machine (the embedded model's tests may fetch its weights)."""
    if "embedded" in request.path.parts:
        return

    def guarded(connect: Callable[..., Any]) -> Callable[..., Any]:
        def check(sock: socket.socket, address: Any) -> Any:
            if not (isinstance(address, tuple) and str(address[0]).startswith(("127.", "::1"))):
                raise AssertionError(f"a test connects to {address!r}")
            return connect(sock, address)

        return check

    for name in ("connect", "connect_ex"):
        monkeypatch.setattr(socket.socket, name, guarded(getattr(socket.socket, name)))


@dataclass
class Provider:
    """Plays one prepared reply for each request, and keeps what was asked."""

    url: str = ""
    bodies: list[dict[str, Any]] = field(default_factory=list)
    heads: list[str] = field(default_factory=list)
    plays: list[Play] = field(default_factory=list)
    never: str = ""
    """A parameter that is refused in every request that has it."""

    def raw(self, body: bytes, status: int = 200, kind: str = "application/json", **headers: str) -> None:
        """Prepare a reply as it goes over the wire."""

        async def play(writer: asyncio.StreamWriter) -> None:
            lines = [f"HTTP/1.1 {status} X", f"content-type: {kind}", f"content-length: {len(body)}"]
            lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
            writer.write("\r\n".join([*lines, "connection: close", "", ""]).encode() + body)
            await writer.drain()

        self.plays.append(play)

    def json(self, body: object, status: int = 200, **headers: str) -> None:
        """Prepare a JSON reply."""
        self.raw(json.dumps(body).encode(), status, **headers)

    def chat(self, text: str | None = "hi", finish: str = "stop", **message: object) -> None:
        """Prepare a well-formed chat completion of one choice."""
        said = {"role": "assistant", "content": text, **message}
        usage = {"prompt_tokens": 7, "completion_tokens": 3, "total_tokens": 10}
        choices = [{"index": 0, "finish_reason": finish, "message": said}]
        self.json(
            {"id": "c1", "object": "chat.completion", "created": 1, "model": "m-1", "choices": choices, "usage": usage}
        )

    def refuse(self, message: str, param: str | None = None, code: str | None = None, status: int = 400) -> None:
        """Prepare an error in OpenAI's form."""
        self.json(
            {"error": {"message": message, "type": "invalid_request_error", "param": param, "code": code}}, status
        )

    def hang(self) -> None:
        """Prepare a reply that never comes."""

        async def play(writer: asyncio.StreamWriter) -> None:
            await asyncio.sleep(30)

        self.plays.append(play)

    def cut(self) -> None:
        """Prepare a reply that breaks off in the middle, with a reset."""

        async def play(writer: asyncio.StreamWriter) -> None:
            writer.write(
                b'HTTP/1.1 200 X\r\ncontent-type: application/json\r\ncontent-length: 999\r\n\r\n{"choices": ['
            )
            await writer.drain()
            linger = b"\x01\x00\x00\x00\x00\x00\x00\x00"
            writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)

        self.plays.append(play)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Read one request and play the next reply (the last one again when all are played)."""
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            length = next((int(s[15:]) for s in head.lower().splitlines() if s.startswith("content-length:")), 0)
            self.heads.append(head)
            self.bodies.append(json.loads(await reader.readexactly(length) or b"null"))
            if self.never and self.never in self.bodies[-1]:
                self.refuse(f"Unsupported parameter: '{self.never}'", self.never, "unsupported_parameter")
                await self.plays.pop()(writer)
                return
            await (self.plays.pop(0) if len(self.plays) > 1 else self.plays[0])(writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # a knock, or a client that left
        finally:
            writer.close()


@pytest.fixture
async def provider(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Provider]:
    """A provider on a free port of loopback; its key is the canary."""
    monkeypatch.setenv("OPENAI_API_KEY", CANARY)
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    made = Provider()
    running: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        running.add(task)
        with contextlib.suppress(asyncio.CancelledError):
            await made.serve(reader, writer)
        running.discard(task)

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    made.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
    yield made
    server.close()
    for task in running:
        task.cancel()
    await server.wait_closed()


@pytest.fixture
async def opened(provider: Provider) -> AsyncIterator[Callable[..., Awaitable[Model]]]:
    """Makes and opens models at the provider's address; all are closed at the end."""
    models: list[Model] = []

    async def make(spec: str = "openai:m", **options: object) -> Model:
        model = make_model(spec, {"base_url": provider.url, **options})
        await model.open()
        models.append(model)
        return model

    yield make
    for model in models:
        await model.close()


@pytest.fixture
def ask() -> Callable[..., Awaitable[Completion]]:
    """Asks a model for a completion of a short request with the given parameters."""

    async def complete(model: Model, *, deadline: float = 30.0, **parameters: Any) -> Completion:
        parameters.setdefault("messages", (Message("user", "hello"),))
        completion, _ = await model.complete(Request(**parameters), deadline=deadline)
        return completion

    return complete


@pytest.fixture
def failure(ask: Callable[..., Awaitable[Completion]]) -> Callable[..., Awaitable[CallFailed]]:
    """Asks a model, expects a failure, and checks that nothing of it shows the key."""

    async def fail(model: Model, **parameters: Any) -> CallFailed:
        with pytest.raises(CallFailed) as caught:
            await ask(model, **parameters)
        shown = "".join(traceback.format_exception(caught.value))
        assert CANARY not in shown
        assert len(str(caught.value)) <= 300
        return caught.value

    return fail


@pytest.fixture
def canary() -> str:
    """The key that must never be seen."""
    return CANARY
