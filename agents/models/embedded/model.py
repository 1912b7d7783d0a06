"""The embedded model: a small language model on this machine, behind the same protocol as any other.

A reply depends on its request alone: not on what was asked before, nor on how many ask at once, nor on the server that
answers (see ``slot``). That holds on one machine with one version of the inference library; both are recorded.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

import msgspec

from kibitz.agents.models.embedded import answers, catalogue, grammar, runtime, server, weights
from kibitz.agents.models.embedded.pool import Pool
from kibitz.agents.models.embedded.slot import Reuse, Slot
from kibitz.agents.models.failures import failure_class
from kibitz.agents.models.model import (
    CallFailed,
    CallTimeout,
    Capability,
    Completion,
    ConnectionFailed,
    Measured,
    ModelError,
    ProviderError,
    RejectedRequest,
    Request,
)
from kibitz.games.options import Option, resolve


class EmbeddedModel:
    """A model that runs in processes of its own beside the harness.

    Args:
        name: A name in the catalogue; empty for the default, or for the user's own file if ``path`` is given.
        options: Values by option name, see ``declared``.

    Raises:
        ModelError: There is no such model.
        OptionError: An option is unknown or not allowed.
    """

    declared: ClassVar[tuple[Option, ...]] = (
        Option("path", "", "GGUF file to run instead of one that is fetched"),
        Option("servers", 0, "server processes at most; 0: one a core, at most 4", low=0, high=64, inert=True),
        Option("threads", 1, "threads of each server; more than 1 collapses on a busy machine", low=1, high=256),
        Option("context", 2048, "longest prompt and reply together, in tokens", low=256, high=131072),
        Option("reuse", "restore", "how the static prompt is kept: restored exactly, or not", ("restore", "none")),
        Option("scoring", "trie", "what scores are, see the docs", ("trie", "sequence")),
        Option("fast", False, "leave the prompt cache on: replies depend on the order of calls"),
        Option(
            "port", 0, "port of the first server, the next ones follow; 0: free ones", low=0, high=65535, inert=True
        ),
    )
    provider: ClassVar[str] = "embedded"

    @property
    def at_once(self) -> int:
        """One call a server: one that waits here for a server would wait under its deadline."""
        return self.servers

    capabilities: ClassVar[frozenset[Capability]] = frozenset(
        ("n", "seed", "temperature", "stop", "json_schema", "choices", "score", "logprobs")
    )

    def __init__(self, name: str = "", **options: object) -> None:
        self.options = resolve("model embedded", self.declared, options)
        self._path = str(self.options["path"])
        self._entry = None if self._path and not name else catalogue.entry(name)
        self._weights: weights.Weights | None = None
        self._pool: Pool | None = None

    @property
    def name(self) -> str:
        """The name in the catalogue, or the user's file's name."""
        return self._entry.name if self._entry else Path(self._path).name

    @property
    def servers(self) -> int:
        """How many calls can run at once."""
        return int(self.options["servers"]) or runtime.automatic_servers()

    @property
    def reuse(self) -> Reuse:
        """How the evaluated prompt is used again."""
        if self.options["fast"]:
            return "fast"
        return "none" if self.options["reuse"] == "none" else "restore"

    @property
    def identity(self) -> Mapping[str, Any]:
        """Everything that can change a reply.

        The same before ``open`` as after it, but for the first ``open`` on a machine where converting the weights does
        not give the pinned bytes, which is reported. For a file of the user's it reads the file once.

        Raises:
            ModelError: The user's file cannot be read.
        """
        file = self._weights or self._planned()
        known: dict[str, Any] = {
            "backend": "embedded",
            "name": self.name,
            "sha256": file.sha256,
            "quantisation": file.quantisation,
            "runtime": f"xllamacpp {runtime.version()}",
            "threads": self.options["threads"],
            "context": self.options["context"],
            "batch": server.BATCH,
            "ubatch": server.UBATCH,
            "flash_attention": True,
            "kv": "f16",
            "reuse": self.reuse,
            "fast": self.options["fast"],
            "scoring": self.options["scoring"],
            "grammar": grammar.VERSION,
        }
        return {**known, "note": file.note} if file.note else known

    @property
    def share_key(self) -> str:
        """Equal for equal settings; the number of servers and the port make no difference to replies."""
        kept = {o.name: self.options[o.name] for o in self.declared if not o.inert}
        content = json.dumps([self._entry.name if self._entry else "", kept], sort_keys=True)
        return f"embedded/{hashlib.sha256(content.encode()).hexdigest()[:16]}"

    def _planned(self) -> weights.Weights:
        if self._path:
            self._weights = weights.own_file(self._path, self._entry)
            return self._weights
        assert self._entry is not None
        return weights.planned(self._entry, weights.cache_folder())

    async def open(self) -> None:
        """Find or fetch the weights and start the first server; more are started when calls have to wait.

        Raises:
            ModelError: The weights cannot be had, the library cannot run here, or the server does not start.
        """
        if self._pool is not None:
            return
        problem = await asyncio.to_thread(runtime.problem)
        if problem:
            raise ModelError(f"embedded model: {problem}")
        stop = threading.Event()
        try:
            self._weights = await asyncio.to_thread(self._prepare, stop)
        except asyncio.CancelledError:
            stop.set()
            raise
        pool = Pool([Slot(server.Server(self._settings(i)), self.reuse) for i in range(self.servers)])
        try:
            async with pool.slot() as slot:
                await slot.ready()
        except BaseException:
            await pool.close()
            raise
        self._pool = pool

    def _prepare(self, stop: threading.Event) -> weights.Weights:
        if self._path:
            return self._weights or weights.own_file(self._path, self._entry)
        assert self._entry is not None
        return weights.prepare(self._entry, stop=stop)

    def _settings(self, number: int) -> server.Settings:
        assert self._weights is not None
        port = int(self.options["port"])
        return server.Settings(
            model=self._weights.path,
            threads=int(self.options["threads"]),
            context=int(self.options["context"]),
            port=port + number if port else 0,
        )

    async def complete(self, request: Request, *, deadline: float) -> tuple[Completion, Measured]:
        """Answer one request within ``deadline`` seconds, counted from when a server is free for it.

        A server that died is started again, once in a call; the reply is the same.

        Raises:
            CallFailed: No completion came; the class names the cause.
        """
        if self._pool is None:
            raise ConnectionFailed("the embedded model is not open")
        _check(request)
        async with self._pool.slot() as slot:
            started = time.monotonic()
            try:
                async with asyncio.timeout(deadline):
                    completion = await self._answer(slot, request)
            except TimeoutError as error:
                # Ended rather than waited for: a server looks for hung-up callers only between batches of a prompt.
                slot.server.kill()
                raise CallTimeout(f"the embedded model gave no complete reply within {deadline:g} s") from error
            except asyncio.CancelledError:
                slot.server.kill()
                raise
            # It runs on the user's own machine: nobody sends a bill.
            free = msgspec.structs.replace(completion, usd=0.0)
            return free, Measured(seconds=time.monotonic() - started, model=self.name)

    async def _answer(self, slot: Slot, request: Request) -> Completion:
        import openai

        for last in (False, True):
            if self._pool is None:
                raise ConnectionFailed("the embedded model was closed during the call")
            try:
                await slot.ready()
                return await answers.answer(slot, request, str(self.options["scoring"]))
            except openai.APIStatusError as error:
                raise _failure(error.status_code, error.body) from error
            except openai.APIConnectionError as error:
                slot.server.kill()
                if last:
                    told = slot.server.last_line()
                    raise ConnectionFailed(f"the embedded server broke off twice in one call: {told}") from error
            except ModelError as error:
                raise ConnectionFailed(str(error)) from error
        raise AssertionError("unreachable")

    async def close(self) -> None:
        """Stop the servers; safe to call twice."""
        pool, self._pool = self._pool, None
        if pool is not None:
            await pool.close()


def _check(request: Request) -> None:
    """Refuse what this model cannot do, rather than leave it out.

    Raises:
        RejectedRequest: It asks for pictures, tools or an effort, or for no sample at all.
    """
    if any(message.images for message in request.messages):
        raise RejectedRequest("the embedded model sees no pictures")
    if request.tools or request.effort is not None:
        raise RejectedRequest("the embedded model has no tools and no reasoning effort")
    if not request.messages or request.n < 1 or request.max_tokens < 1:
        raise RejectedRequest("a request needs a message, n of at least 1 and max_tokens of at least 1")
    texts = (*(message.text for message in request.messages), *request.choices, *request.score, *request.stop)
    try:
        "".join(texts).encode()
    except UnicodeEncodeError as error:
        raise RejectedRequest(f"the request holds text that is not Unicode: {error.reason}") from error


def _failure(status: int, body: object) -> CallFailed:
    fields = body if isinstance(body, Mapping) else {}
    if fields.get("type") == "exceed_context_size_error":
        return RejectedRequest(
            f"the prompt has {fields.get('n_prompt_tokens')} tokens, more than the embedded model's context of"
            f" {fields.get('n_ctx')}; the option context=N makes room"
        )
    text = str(fields.get("message") or body)[:300]
    kind = failure_class(status) if 400 <= status < 500 else ProviderError
    return kind(f"the embedded server says {status}: {text}")
