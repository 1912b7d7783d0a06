"""Pictures that were sent to models: each once on the page, by its hash, or in a folder beside it."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

from kibitz.results.rundata import RunData

ON_THE_PAGE = 20_000_000
"""Bytes of pictures in one page; those beyond it are left out, and said to be."""

_KINDS = {
    "image/png": (".png", (b"\x89PNG\r\n\x1a\n",)),
    "image/jpeg": (".jpg", (b"\xff\xd8\xff",)),
    "image/gif": (".gif", (b"GIF87a", b"GIF89a")),
    "image/webp": (".webp", (b"RIFF",)),
}
"""What a browser may be shown: the file's ending, and how such data begins."""

MISSING, LARGE, FOREIGN = "-missing", "-large", "-foreign"
"""Instead of a name, behind the hash: not in the journal; beyond the limit; of a kind that is not shown."""


class Images:
    """Keeps pictures while a page is made.

    Args:
        folder: Where pictures are written instead of into the page; there is no limit then.
        address: That folder as the page names it, relative to the page.
    """

    def __init__(self, folder: Path | None = None, address: str = "") -> None:
        self._folder, self._address = folder, address
        self._names: dict[str, str] = {}
        self._room = ON_THE_PAGE
        self.elements: list[tuple[str, str, str]] = []
        """The pictures of the page, in the order in which they were first used: element id, media type, base64."""

    @property
    def sources(self) -> Sequence[str]:
        """What the page's policy must let pictures come from."""
        return ("data:",) if self._folder is None else ("data:", "'self'", "file:")

    def name(self, run: RunData, digest: str) -> str:
        """Where a picture of the journal is, an element of the page or a file; or why it is nowhere."""
        if digest not in self._names:
            self._names[digest] = self._keep(run, digest)
        return self._names[digest]

    def _keep(self, run: RunData, digest: str) -> str:
        found = run.blob(digest)
        if found is None or not digest.isalnum():
            return MISSING
        kind, data = found
        ending, beginnings = _KINDS.get(kind, ("", ()))
        if not data.startswith(beginnings or (b"\0never",)):
            return FOREIGN
        if self._folder is not None:
            self._folder.mkdir(parents=True, exist_ok=True)
            (self._folder / f"{digest}{ending}").write_bytes(data)
            return f"{quote(self._address)}/{digest}{ending}"
        if len(data) > self._room:
            return LARGE
        self._room -= len(data)
        self.elements.append((f"image-{digest}", kind, base64.b64encode(data).decode("ascii")))
        return f"#image-{digest}"
