"""Text of other people, made safe for Markdown: a name must stay a name."""

from __future__ import annotations


def inert(text: str) -> str:
    """Text that Markdown shows as it is: an agent's name must not become a link, an image or a new column."""
    shown = " ".join(text.split())
    for mark in "\\|[]`*_!":
        shown = shown.replace(mark, "\\" + mark)
    return shown.replace("<", "&lt;").replace(">", "&gt;")


def quoted(text: str) -> str:
    """Text as a code span in a table or a list: where it stands nobody is mentioned, and nothing is linked."""
    shown = "".join(c if c.isprintable() else " " for c in text)
    return "`" + " ".join(shown.split()).replace("`", "'").replace("|", "\\|") + "`"


def sentence(text: str) -> str:
    """A sentence of ours with names of other people in it: nobody is mentioned, and no address becomes a link."""
    shown = "".join(c if c.isprintable() else " " for c in text)
    # A character without a width parts what would otherwise be taken for a mention, a reference or an address.
    for mark in ("@", "#", "://", "www."):
        shown = shown.replace(mark, mark[0] + "\u200b" + mark[1:])
    return inert(shown)
