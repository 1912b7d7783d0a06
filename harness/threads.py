"""The conversations of one episode as the journal and the request hash see them: each message once.

A request names its whole conversation again, and at turn 40 that is 80 messages. Hashing and storing them anew with
each call would cost more with every turn; so a conversation is a chain, and a call adds its new messages only. What is
kept of the earlier ones is not even touched: with thousands of episodes in flight, looking at an object is what costs.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from kibitz.agents.models.model import Message, follows
from kibitz.results.journal import Journal
from kibitz.results.records import MessageRecord


class Openings:
    """Pieces that hold the static part of conversations, by digest: one for all episodes of a run."""

    def __init__(self) -> None:
        self.known: dict[str, int] = {}


@dataclass(slots=True)
class Thread:
    """The latest conversation of one seat.

    Attributes:
        digests: For each message, the digest of the conversation up to and including it.
        pieces: For each message that is in the journal, the number of the piece that holds it.
        places: How many messages that piece has up to and including it.
    """

    messages: tuple[Message, ...] = ()
    digests: list[str] = field(default_factory=list)
    pieces: list[int] = field(default_factory=list)
    places: list[int] = field(default_factory=list)

    def follow(self, messages: tuple[Message, ...]) -> None:
        """Make this the conversation, keeping what it has in common with the one before."""
        before, shared = self.messages, len(self.messages)
        if messages[:shared] != before:
            pairs = enumerate(zip(before, messages, strict=False))
            shared = next((n for n, (old, new) in pairs if old is not new and old != new), min(shared, len(messages)))
            for kept in (self.digests, self.pieces, self.places):
                del kept[shared:]
        digest = self.digests[-1] if self.digests else ""
        for message in messages[shared:]:
            digest = follows(digest, message)
            self.digests.append(digest)
        self.messages = messages

    @property
    def digest(self) -> str:
        """The digest of the whole conversation."""
        return self.digests[-1] if self.digests else ""


class Threads:
    """The conversations of an episode, by seat: the next one mostly goes on with the one before.

    Args:
        openings: What the conversations of a run share.
    """

    def __init__(self, openings: Openings | None = None) -> None:
        self._threads: dict[int, Thread] = {}
        self._openings = openings or Openings()

    def follow(self, seat: int, messages: tuple[Message, ...]) -> Thread:
        """The thread of a seat, once it is that of these messages."""
        thread = self._threads.get(seat)
        if thread is None:
            thread = self._threads[seat] = Thread()
        thread.follow(messages)
        return thread

    def write(self, journal: Journal, thread: Thread) -> int:
        """Put what is not in the journal yet; returns the number of the last piece, 0 for an empty conversation."""
        if not thread.messages:
            return 0
        if not thread.pieces:
            self._open(journal, thread)
        known = len(thread.pieces)
        piece, place = (thread.pieces[-1], thread.places[-1]) if known else (0, 0)
        new = thread.messages[known:]
        # Also without a new message: the same conversation, or a shorter one, may be sent again.
        piece = journal.put_talk([_record(journal, message) for message in new], piece, place)
        thread.pieces += [piece] * len(new)
        thread.places += range(1, len(new) + 1)
        return piece

    def _open(self, journal: Journal, thread: Thread) -> None:
        """Put the static part, unless another episode did."""
        static = 0
        while static < len(thread.messages) and thread.messages[static].static:
            static += 1
        if not static:
            return
        digest, known = thread.digests[static - 1], self._openings.known
        if digest not in known:
            known[digest] = journal.put_talk([_record(journal, message) for message in thread.messages[:static]])
        thread.pieces += [known[digest]] * static
        thread.places += range(1, static + 1)


def _record(journal: Journal, message: Message) -> MessageRecord:
    for image in message.images:
        journal.put_blob(image.digest, image.media_type, image.data)
    return MessageRecord(
        role=message.role,
        text=message.text,
        images=tuple(image.digest for image in message.images),
        static=message.static,
    )
