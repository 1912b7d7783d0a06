"""Endpoints: checking their addresses, and whether a local server listens."""

from __future__ import annotations

import asyncio
from ipaddress import ip_address
from urllib.parse import urlsplit

from kibitz.agents.models.failures import shown_url
from kibitz.agents.models.model import ModelError

KNOCK_SECONDS = 2.0
"""How long a local server may take to accept a connection."""


def check_url(url: str) -> str:
    """The address, if it is one.

    Raises:
        ModelError: It is no http or https address.
    """
    try:
        parts = urlsplit(url)
        valid = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        valid = False
    if not valid:
        # Not quoted: what is in the wrong place may be a key.
        raise ModelError("base_url is no http(s) address; write it like http://127.0.0.1:8000/v1")
    return url


def is_loopback(url: str) -> bool:
    """Whether the address is this machine's own."""
    host = urlsplit(url).hostname or ""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


async def require_listener(url: str, model: str) -> None:
    """Check that something accepts connections at a local address.

    Raises:
        ModelError: Nothing does.
    """
    parts = urlsplit(url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        async with asyncio.timeout(KNOCK_SECONDS):
            _, writer = await asyncio.open_connection(parts.hostname, port)
    except OSError:  # TimeoutError is one
        raise ModelError(f"model {model}: no server listens at {shown_url(url)}; start it or change base_url") from None
    writer.close()


def check_key(key: str, variable: str) -> str:
    """The key, if a header can carry it.

    Raises:
        ModelError: It cannot; the message names the variable and never the value.
    """
    if not key.isascii() or not key.isprintable() or " " in key:
        raise ModelError(
            f"the variable {variable} holds no key: it has blanks, line breaks or characters outside ASCII"
        )
    return key
