"""The page's styles and script: readable files, a part of the page each, put together when a report is built."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from pathlib import Path

FOLDER = Path(__file__).parent / "assets"

STYLES = ("base", "charts", "leaderboard", "reasoning", "matrix", "cost", "provenance", "episodes", "replay", "both")
"""In the order in which later ones overrule earlier ones."""

SCRIPTS = ("elements", "theme", "details", "data", "moves", "list", "replay", "both", "start")
"""In the order in which they build on each other; they share one scope of their own."""


def style() -> str:
    """All styles."""
    return "\n".join((FOLDER / f"{name}.css").read_text("utf-8") for name in STYLES)


def script() -> str:
    """All of the script, in a function of its own so that it leaves no names behind."""
    parts = "\n".join((FOLDER / f"{name}.js").read_text("utf-8") for name in SCRIPTS)
    return f'"use strict";\n(() => {{\n{parts}}})();\n'


def policy(style: str, script: str, images: Sequence[str] = ("data:",)) -> str:
    """The content security policy: exactly this style and this script, ``images`` from there, else nothing."""
    return (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; img-src {' '.join(images)}; "
        "base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode("ascii")
