"""How many tokens a call may take, before it is sent: a likely number, and a bound that it should not exceed.

Only the provider can count them. Our prompts have 2.8 to 4.0 bytes a token with the tokenizer ``cl100k_base`` (games of
boards and of numbers, all forms of replies and ways of asking), a board alone as few as 1.6; a token of prose has 4.
"""

from __future__ import annotations

from dataclasses import dataclass

from kibitz.agents.models.model import Request

LIKELY_BYTES = 3.5
"""Bytes of UTF-8 a token in a whole prompt."""

FEWEST_BYTES, MOST_BYTES = 2, 4
"""Bytes a token that no whole prompt of ours goes below, or above."""

AROUND_A_MESSAGE = 16
"""Tokens that a provider may put around each message for its role; more than any is known to."""

LIKELY_IMAGE, LARGEST_IMAGE = 1000, 6000
"""Tokens of a picture."""


@dataclass(frozen=True, slots=True)
class Worst:
    """The most that a call, or several together, can take.

    Attributes:
        tokens: Input and output together.
        usd: US dollars; None where the price is unknown.
    """

    tokens: int
    usd: float | None = None

    def __add__(self, other: Worst) -> Worst:
        """Both together."""
        usd = None if self.usd is None or other.usd is None else self.usd + other.usd
        return Worst(self.tokens + other.tokens, usd)


def likely_input(request: Request) -> int:
    """Tokens of input that a request probably has."""
    return round(_bytes(request) / LIKELY_BYTES) + LIKELY_IMAGE * _images(request)


def least_input(request: Request) -> int:
    """Tokens of input that a request has at least, nearly always."""
    return _bytes(request) // MOST_BYTES


def most_input(request: Request) -> int:
    """A bound of a request's tokens of input. An endpoint without ``n`` is asked once for each sample."""
    around = AROUND_A_MESSAGE * len(request.messages)
    return request.n * (-(-_bytes(request) // FEWEST_BYTES) + around + LARGEST_IMAGE * _images(request))


def most_output(request: Request) -> int:
    """A bound of a request's tokens of output."""
    return request.n * request.max_tokens


def _bytes(request: Request) -> int:
    texts = [
        *(message.text for message in request.messages),
        *(part for tool in request.tools for part in (tool.name, tool.description, tool.schema)),
        *request.score,
        request.json_schema or "",
    ]
    return sum(len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass")) for text in texts)


def _images(request: Request) -> int:
    return sum(len(message.images) for message in request.messages)
