"""Where search indexes and nouns are kept on disk, by the hash of what they were made from."""

from __future__ import annotations

import os
from pathlib import Path


def folder() -> Path:
    """The folder ``shop`` in ``KIBITZ_CACHE``, else in the user's cache folder; it need not be there yet."""
    import platformdirs

    chosen = os.environ.get("KIBITZ_CACHE")
    return (Path(chosen) if chosen else platformdirs.user_cache_path("kibitz", appauthor=False)) / "shop"
