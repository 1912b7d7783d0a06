"""An OpenAI-compatible server that answers at once, in a process of its own so that its CPU is nobody's.

Usage: python stub.py
Prints its port, and ends when stdin is closed. ``GET /seen`` tells how many completions it gave, and for how many bytes
of bodies.
"""

from __future__ import annotations

import asyncio
import json
import sys

from texts import reply

_COMPLETION = {
    "id": "chatcmpl-1",
    "object": "chat.completion",
    "created": 1,
    "model": "stub",
    "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": reply(0)}}],
    "usage": {"prompt_tokens": 100, "completion_tokens": 12, "total_tokens": 112},
}


def _http(data: object) -> bytes:
    body = json.dumps(data).encode()
    head = f"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
    return head.encode() + body


_ANSWER = _http(_COMPLETION)


class Connection(asyncio.Protocol):
    """One keep-alive connection; requests have a content-length, as the SDK's have."""

    seen = 0
    seen_bytes = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Start."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._data = b""

    def data_received(self, data: bytes) -> None:
        """Answer every request that is whole."""
        self._data += data
        while (end := self._data.find(b"\r\n\r\n")) >= 0:
            head = self._data[:end].lower()
            _, found, rest = head.partition(b"\r\ncontent-length:")
            length = int(rest.partition(b"\r\n")[0]) if found else 0
            if len(self._data) < end + 4 + length:
                return
            self._data = self._data[end + 4 + length :]
            self._transport.write(self._answer(head.startswith(b"get "), length))

    def _answer(self, asks: bool, length: int) -> bytes:
        if asks:
            return _http([Connection.seen, Connection.seen_bytes])
        Connection.seen += 1
        Connection.seen_bytes += length
        return _ANSWER


async def main() -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Connection, "127.0.0.1", 0, backlog=1024)
    async with server:
        print(server.sockets[0].getsockname()[1], flush=True)
        await loop.run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(main())
