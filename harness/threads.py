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
        number: Its number in the journal; 0 until it is there.
    """

    message: Message
    digest: str
    number: int = 0


class Threads:
    """The latest conversation of each seat: the next one mostly goes on with it."""

    def __init__(self) -> None:
        self._latest: dict[int, list[Link]] = {}

    def follow(self, seat: int, messages: Sequence[Message]) -> list[Link]:
        """The links of a request's messages, those of the seat's latest conversation used again."""
        latest = self._latest.get(seat, [])
        shared = 0
        for link, message in zip(latest, messages, strict=False):
            if link.message is not message and link.message != message:
                break
            shared += 1
        links = latest[:shared]
        digest = links[-1].digest if links else ""
        for message in messages[shared:]:
            digest = follows(digest, message)
            links.append(Link(message, digest))
        self._latest[seat] = links
        return links


def write_messages(journal: Journal, links: Sequence[Link]) -> int:
    """Put the messages that are not in the journal yet; returns the number of the last one, 0 for none."""
    known = len(links)
    while known and not links[known - 1].number:
        known -= 1
    number = links[known - 1].number if known else 0
    for link in links[known:]:
        number = link.number = _put(journal, link.message, number)
    return number


def _put(journal: Journal, message: Message, parent: int) -> int:
    for image in message.images:
        journal.put_blob(image.digest, image.media_type, image.data)
    record = MessageRecord(
        digest=message.digest,
        role=message.role,
        text=message.text,
        images=tuple(image.digest for image in message.images),
        static=message.static,
    )
    return journal.put_message(record, parent)
