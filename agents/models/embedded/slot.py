"""Calls to one server's only slot, so made that a reply depends on its request alone.

A prompt is evaluated in two batches, the static prefix and the rest, and the bits of a reply depend on the split. So
the split is a pure function of the request: before each call the slot is restored from a file that holds the prefix and
nothing else, and the call goes on from there. What ran before, on this server or another, then leaves no trace. (With
the prefix cache simply left on, 19 of 30 replies differed after a change of order. Sending the prefix again before each
call is not enough either: its last token is evaluated anew, in a batch of one, and a longer shared prefix is kept.)

Slot files live in the server's private folder: a truncated one aborts the server, so none is ever shared or kept.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

from kibitz.agents.models.embedded.server import Server
from kibitz.agents.models.model import Message, ProviderError, follows

if TYPE_CHECKING:
    from openai import AsyncOpenAI

Json = Any
"""What JSON is parsed to."""

Reuse = Literal["restore", "none", "fast"]

MOST_SAVED = 256 * 1024 * 1024
"""Bytes of slot files a server keeps; the oldest go first, which costs time and changes nothing."""

_MARK = "kibitz-mark-6f1d0c"
_END_NAMES = ("<|im_end|>", "<|endoftext|>", "<|eot_id|>", "<end_of_turn>", "<|end|>", "</s>")
"""Tokens that end a reply in the model families at hand."""


class Slot:
    """The slot of one server. Not for concurrent use: whoever holds the server makes one call at a time."""

    def __init__(self, server: Server, reuse: Reuse) -> None:
        self.server = server
        self.reuse = reuse
        self._client: AsyncOpenAI | None = None
        self._generation = -1
        self._saved: OrderedDict[str, int] = OrderedDict()
        self._ends: tuple[int, ...] = ()

    async def ready(self) -> None:
        """Start the server if it does not run, and connect to it.

        Raises:
            ModelError: The server does not start.
        """
        if not self.server.alive:
            await self.server.start()
        if self._generation != self.server.generation:
            await self.disconnect()
            self._client = _connect(self.server)
            self._generation = self.server.generation
            self._saved.clear()

    async def disconnect(self) -> None:
        """Close the client."""
        client, self._client = self._client, None
        if client is not None:
            await client.close()

    @property
    def client(self) -> AsyncOpenAI:
        """The client of the server that runs now."""
        assert self._client is not None
        return self._client

    async def post(self, path: str, body: Mapping[str, object]) -> Json:
        """Send JSON to the server and return the JSON that comes back; errors are the SDK's."""
        return await self.client.post(path, body=dict(body), cast_to=object)

    async def begin(self, messages: Sequence[Message]) -> dict[str, object]:
        """Bring the slot into the state that belongs to the request; return the parameters of its first call."""
        held = _prefix_length(messages)
        if self.reuse == "fast":
            return {"cache_prompt": True, "id_slot": 0}
        if self.reuse == "none" or held == 0:
            return {"cache_prompt": False, "id_slot": 0}
        name = _digest(messages[:held], messages[held].role)
        if name not in self._saved:
            await self._save(name, messages[:held], messages[held].role)
        self._saved.move_to_end(name)
        await self.post("/slots/0?action=restore", {"filename": name})
        return {"cache_prompt": True, "id_slot": 0}

    async def _save(self, name: str, static: Sequence[Message], role: str) -> None:
        """Evaluate the static messages from nothing, and save the slot."""
        rendered = await self.render([*static, Message(role="user", text=_MARK)], role)
        prefix = rendered[: rendered.index(_MARK)]
        await self.post("/completion", {"prompt": prefix, "n_predict": 0, "cache_prompt": False, "id_slot": 0})
        saved = await self.post("/slots/0?action=save", {"filename": name})
        file = self.server.slots / name
        if file.stat().st_size != saved["n_written"]:
            raise ProviderError(f"the prompt's state could not be saved whole in {file.parent}: is the disk full?")
        self._saved[name] = saved["n_written"]
        while sum(self._saved.values()) > MOST_SAVED and len(self._saved) > 1:
            oldest, _ = self._saved.popitem(last=False)
            (self.server.slots / oldest).unlink(missing_ok=True)

    async def render(self, messages: Sequence[Message], last_role: str = "") -> str:
        """Return the prompt that the model's chat template makes of ``messages``."""
        plain = [{"role": message.role, "content": message.text} for message in messages]
        if last_role:
            plain[-1]["role"] = last_role
        rendered: str = (await self.post("/apply-template", {"messages": plain}))["prompt"]
        return rendered

    async def tokens(self, text: str, *, prompt: bool = False) -> tuple[int, ...]:
        """Return the tokens of ``text``; in a prompt the names of special tokens stand for these tokens."""
        body = {"content": text, "add_special": prompt, "parse_special": prompt}
        return tuple((await self.post("/tokenize", body))["tokens"])

    async def end_tokens(self) -> tuple[int, ...]:
        """Return the tokens that end a reply in this model."""
        if not self._ends:
            found: set[int] = set()
            props: Json = await self.client.get("/props", cast_to=object)
            for name in (*_END_NAMES, props.get("eos_token") or ""):
                body = {"content": name, "add_special": False, "parse_special": True}
                tokens = (await self.post("/tokenize", body))["tokens"] if name else []
                found.update(tokens if len(tokens) == 1 else [])
            self._ends = tuple(sorted(found))
        return self._ends


def _prefix_length(messages: Sequence[Message]) -> int:
    """Return how many leading messages are the prefix: the static ones, but never all."""
    count = 0
    while count < len(messages) - 1 and messages[count].static:
        count += 1
    return count


def _digest(static: Sequence[Message], role: str) -> str:
    digest = ""
    for message in static:
        digest = follows(digest, message)
    return hashlib.sha256(f"{digest}{role}".encode()).hexdigest()[:32]


def _connect(server: Server) -> AsyncOpenAI:
    from openai import AsyncOpenAI, DefaultAsyncHttpxClient

    return AsyncOpenAI(
        base_url=server.address,
        api_key=server.key,
        max_retries=0,
        timeout=None,  # the caller's deadline holds over several requests
        # Idle connections to this server were seen to break; and a proxy has no business on the loopback.
        default_headers={"Connection": "close"},
        http_client=DefaultAsyncHttpxClient(trust_env=False, timeout=None),
    )
