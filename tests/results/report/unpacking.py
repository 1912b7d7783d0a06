"""Reads a page's packed data as the script does."""

from __future__ import annotations

import base64
import json
import re
import zlib
from typing import Any


class Page:
    """The data of a page; ``episode`` is one with its strings put in."""

    def __init__(self, html: str) -> None:
        self.html = html
        self.elements: dict[str, str] = dict(re.findall(r'<script type="[^"]+" id="([^"]+)">([^<]*)</script>', html))
        self.index: Any = json.loads(self.elements["index"])

    def unpacked(self, name: str) -> Any:
        return json.loads(zlib.decompress(base64.b64decode(self.elements[name])))

    def block(self, number: int) -> tuple[Any, Any, int]:
        """The block of an episode, what its slice shares, and the episode's place in it."""
        place = max(n for n, (start, _) in enumerate(self.index["blocks"]) if start <= number)
        start, part = self.index["blocks"][place]
        return self.unpacked(f"block-{place}"), self.unpacked(f"shared-{part}"), number - start

    def episode(self, number: int) -> Any:
        block, shared, place = self.block(number)
        own, all_ = block["strings"], shared["strings"]

        def text(n: int) -> str:
            return str(own[-n - 1] if n < 0 else all_[n])

        def picture(n: int | None) -> str:
            return "" if n is None else f"<{'><'.join(text(piece) for piece in block['pictures'][n])}>"

        replay = block["episodes"][place]
        sent: list[int] = []
        for step in replay.get("steps", ()):
            step["svg"] = picture(step.get("picture"))
            for move in step["seats"]:
                for key in ("saw", "reply", "thought"):
                    if key in move:
                        move[key] = text(move[key])
                for call in move.get("calls", ()):
                    sent = sent[: call.get("kept", 0)] + call.get("sent", [])
                    messages = [block["messages"][n] for n in sent]
                    call["messages"] = [(one["role"], text(one["text"]), one.get("images", [])) for one in messages]
                    call["replies"] = [text(n) for n in call.get("replies", ())]
        return replay
