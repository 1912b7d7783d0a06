"""The conversations of one episode as the journal and the request hash see them: each message once.

A request names its whole conversation again, and at turn 40 that is 80 messages. Hashing and storing them anew with
each call would cost more with every turn; so a conversation is a chain, and a call adds its new links only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kibitz.agents.models.model import Message, follows
from kibitz.results.journal import Journal
from kibitz.results.records import MessageRecord


@dataclass(slots=True)
class Link:
    """One message in its conversation.

    Attributes:
        digest: Of the conversation up to and including the message.
        piece: Number of the journal's piece that holds it; 0 until it is there.
        place: How many messages that piece has up to and including this one.
    """

    message: Message
    digest: str
    piece: int = 0
    place: int = 0


class Openings:
    """Pieces that hold the static part of conversations, by digest: one for all episodes of a run."""

    def __init__(self) -> None:
        self.known: dict[str, int] = {}


class Threads:
    """The latest conversation of each seat: the next one mostly goes on with it."""

    def __init__(self, openings: Openings | None = None) -> None:
        self._latest: dict[int, tuple[tuple[Message, ...], list[Link]]] = {}
        self._openings = openings or Openings()

    def follow(self, seat: int, messages: tuple[Message, ...]) -> list[Link]:
        """The links of a request's messages, those of the seat's latest conversation used again."""
        before, latest = self._latest.get(seat, ((), []))
        shared = len(before)
        if messages[:shared] != before:
            pairs = enumerate(zip(before, messages, strict=False))
            shared = next((n for n, (old, new) in pairs if old is not new and old != new), min(shared, len(messages)))
        links = latest[:shared]
        digest = links[-1].digest if links else ""
        for message in messages[shared:]:
            digest = follows(digest, message)
            links.append(Link(message, digest))
        self._latest[seat] = (messages, links)
        return links

    def write(self, journal: Journal, links: Sequence[Link]) -> int:
        """Put what is not in the journal yet; returns the number of the last piece, 0 for an empty conversation."""
        known = len(links)
        while known and not links[known - 1].piece:
            known -= 1
        if not known:
            known = self._open(journal, links)
        piece, place = (links[known - 1].piece, links[known - 1].place) if known else (0, 0)
        new = links[known:]
        if not links:
            return 0
        # Also without a new message: the same conversation, or a shorter one, may be sent again.
        piece = journal.put_talk([_record(journal, link.message) for link in new], piece, place)
        for place, link in enumerate(new, 1):
            link.piece, link.place = piece, place
        return piece

    def _open(self, journal: Journal, links: Sequence[Link]) -> int:
        """Put the static part, unless another episode did; returns its length."""
        static = 0
        while static < len(links) and links[static].message.static:
            static += 1
        if not static:
            return 0
        opening = links[:static]
        digest = opening[-1].digest
        if digest not in self._openings.known:
            records = [_record(journal, link.message) for link in opening]
            self._openings.known[digest] = journal.put_talk(records)
        for place, link in enumerate(opening, 1):
            link.piece, link.place = self._openings.known[digest], place
        return static


def _record(journal: Journal, message: Message) -> MessageRecord:
    for image in message.images:
        journal.put_blob(image.digest, image.media_type, image.data)
    return MessageRecord(
        role=message.role,
        text=message.text,
        images=tuple(image.digest for image in message.images),
        static=message.static,
    )
