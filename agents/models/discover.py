"""Which models could be entered: keys in the environment and servers on this machine. A key is never shown."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import msgspec

from kibitz.agents.models.replies import dict_of, list_of, text_of

LARGEST_LISTING = 512 * 1024
"""Bytes of a server's list of models that are read."""

KEYS: tuple[tuple[str, str, str, str], ...] = (
    ("OPENAI_API_KEY", "OpenAI", "openai:NAME", ""),
    ("ANTHROPIC_API_KEY", "Anthropic", "litellm:anthropic/NAME", ""),
    ("GEMINI_API_KEY", "Google Gemini", "litellm:gemini/NAME", ""),
    ("OPENROUTER_API_KEY", "OpenRouter", "openai:NAME", "https://openrouter.ai/api/v1"),
    ("MISTRAL_API_KEY", "Mistral", "openai:NAME", "https://api.mistral.ai/v1"),
    ("DEEPSEEK_API_KEY", "DeepSeek", "openai:NAME", "https://api.deepseek.com/v1"),
    ("GROQ_API_KEY", "Groq", "openai:NAME", "https://api.groq.com/openai/v1"),
    ("TOGETHER_API_KEY", "Together", "openai:NAME", "https://api.together.xyz/v1"),
    ("FIREWORKS_API_KEY", "Fireworks", "openai:NAME", "https://api.fireworks.ai/inference/v1"),
    ("XAI_API_KEY", "xAI", "openai:NAME", "https://api.x.ai/v1"),
    ("COHERE_API_KEY", "Cohere", "litellm:cohere_chat/NAME", ""),
    ("AZURE_API_KEY", "Azure", "litellm:azure/NAME", ""),
)
"""Variable, provider, model specification, and address where the specification does not imply it."""

SERVERS: tuple[tuple[str, int], ...] = (("Ollama", 11434), ("vLLM", 8000), ("llama.cpp", 8080), ("LM Studio", 1234))
"""Local servers by their usual ports; another server may stand there, so the name is a guess."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A way to enter a model.

    Attributes:
        kind: Whether a key or a local server was found.
        title: The provider, or what usually listens at that port.
        where: The variable's name, or the server's address.
        models: Names of models that a server lists (at most 20).
        agent: The ``--agent`` option that enters a model; ``NAME`` stands for a model's name where none is known.
    """

    kind: Literal["key", "server"]
    title: str
    where: str
    agent: str
    models: tuple[str, ...] = ()


def find_endpoints(environ: Mapping[str, str], timeout: float = 0.3) -> list[Endpoint]:
    """Keys that are set and local servers that answer, for programs without an event loop.

    Args:
        environ: The environment.
        timeout: Seconds that a server may take; all are asked at once.
    """
    return asyncio.run(endpoints(environ, timeout))


async def endpoints(
    environ: Mapping[str, str], seconds: float = 0.3, servers: tuple[tuple[str, int], ...] = SERVERS
) -> list[Endpoint]:
    """Keys that are set and local servers that answer; see ``find_endpoints``."""
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(_server(title, port, seconds)) for title, port in servers]
    return [*keys(environ), *(found for task in tasks if (found := task.result()) is not None)]


def keys(environ: Mapping[str, str]) -> list[Endpoint]:
    """Providers whose key is set; the variable is named, its value never looked at beyond being there."""
    found = []
    for variable, title, spec, base_url in KEYS:
        if environ.get(variable, "").strip():
            settings = f',base_url="{base_url}",api_key_env={variable}' if base_url else ""
            found.append(Endpoint("key", title, variable, f"""--agent 'llm:model="{spec}"{settings}'"""))
    return found


async def _server(title: str, port: int, seconds: float) -> Endpoint | None:
    try:
        async with asyncio.timeout(seconds):
            listing = await _get_models(port)
    except (OSError, ValueError):  # a time-out is an OSError; ValueError: no HTTP, or no list of models
        return None
    if listing is None:
        return None
    url = f"http://127.0.0.1:{port}/v1"
    name = listing[0] if listing else "NAME"
    return Endpoint("server", title, url, f"""--agent 'llm:model="openai:{name}",base_url="{url}"'""", listing)


async def _get_models(port: int) -> tuple[str, ...] | None:
    """The models that the server at a port of this machine lists; None if what answers is no such server."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=LARGEST_LISTING)
    try:
        # HTTP/1.0: the reply comes unchunked and ends with the connection, so that no client library is needed.
        writer.write(f"GET /v1/models HTTP/1.0\r\nHost: 127.0.0.1:{port}\r\nAccept: application/json\r\n\r\n".encode())
        await writer.drain()
        reply = bytearray()
        while (chunk := await reader.read(65536)) and len(reply) <= LARGEST_LISTING:
            reply += chunk
    finally:
        writer.close()
    head, _, body = bytes(reply).partition(b"\r\n\r\n")
    status = head.split(b" ", 2)
    if len(status) < 2 or not status[0].startswith(b"HTTP/") or status[1] != b"200":
        return None
    return _names(body)


def _names(body: bytes) -> tuple[str, ...] | None:
    try:
        data = dict_of(msgspec.json.decode(body)).get("data")
    except RecursionError:
        return None
    if not isinstance(data, list):
        return None
    names = (text_of(dict_of(item).get("id")) for item in list_of(data))
    # The names are printed and meant to be pasted into a shell: whatever could mean something there is left out.
    return tuple(name for name in names if _harmless(name))[:20]


def _harmless(name: str) -> bool:
    return 0 < len(name) <= 100 and all(c.isascii() and (c.isalnum() or c in "-_.:/@+") for c in name)
