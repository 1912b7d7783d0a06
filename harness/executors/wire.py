"""What goes through the pipes of a child process: frames of pickled values, and exceptions that arrive as they were.

Pickle is right here and would be wrong anywhere else: the child runs code that this process would otherwise import and
run itself, so nobody gains a power by it that he does not have. Nothing that comes from a model or a network is ever
unpickled; texts of models are just strings inside.

Both sides import this module, so it imports nothing that is slow to load.
"""

from __future__ import annotations

import pickle
import struct
import traceback
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

from kibitz.harness.errors import first_cause

LONGEST_FRAME = 1 << 30
"""Bytes; a longer frame is a channel into which something else has written."""

LONGEST_TRACE = 8000
"""Characters of a child's traceback that are kept, its end."""

_HEADER = struct.Struct("!I")


class BrokenFrameError(Exception):
    """What came through the pipe is no frame."""


class UnsendableError(TypeError):
    """A value of the game or bot cannot be sent between processes."""


def frame(payload: bytes) -> bytes:
    """The bytes to send."""
    return _HEADER.pack(len(payload)) + payload


def packed(value: object) -> bytes:
    """A value as the payload of a frame.

    Raises:
        UnsendableError: Something in it cannot be pickled.
    """
    try:
        return pickle.dumps(value, pickle.HIGHEST_PROTOCOL)
    except Exception as error:
        raise UnsendableError(
            f"cannot be sent between processes ({type(error).__name__}: {error}); give plain data,"
            ' or play it in the same process with [execution] isolate = "none"'
        ) from error


def unpacked(payload: bytes) -> Any:  # noqa: ANN401 - whatever was packed
    """The value in a payload."""
    return pickle.loads(payload)  # noqa: S301 - see above


def read_frame(stream: BinaryIO) -> bytes | None:
    """Wait for the next payload; None at the end of the stream."""
    header = stream.read(_HEADER.size)
    if len(header) < _HEADER.size:
        return None
    (length,) = _HEADER.unpack(header)
    payload = stream.read(length)
    return payload if len(payload) == length else None


class Frames:
    """Puts frames together from pieces as they come."""

    def __init__(self) -> None:
        self._pieces = bytearray()

    def feed(self, piece: bytes) -> Iterator[bytes]:
        """The payloads that are whole now.

        Raises:
            BrokenFrameError: This is no frame.
        """
        self._pieces += piece
        while len(self._pieces) >= _HEADER.size:
            (length,) = _HEADER.unpack_from(self._pieces)
            if length > LONGEST_FRAME:
                raise BrokenFrameError(f"a frame of {length} bytes")
            end = _HEADER.size + length
            if len(self._pieces) < end:
                return
            payload = bytes(self._pieces[_HEADER.size : end])
            del self._pieces[:end]
            yield payload


@dataclass(frozen=True, slots=True)
class Raised:
    """An exception on its way: itself if it can be sent, else enough to make one that looks like it.

    Attributes:
        pickled: The exception; empty if it would not arrive as it was.
        name: Name of its class.
        text: What it says.
        builtin: The nearest of Python's own classes that it is one of.
        trace: Its traceback, for logs.
    """

    pickled: bytes
    name: str
    text: str
    builtin: type[Exception]
    trace: str

    @classmethod
    def of(cls, error: Exception) -> Raised:
        """What to send of ``error``."""
        trace = "".join(traceback.format_exception(error))[-LONGEST_TRACE:]
        cause = first_cause(error) if isinstance(error, ExceptionGroup) else error
        kind = type(cause)
        builtin = next(base for base in kind.__mro__ if base.__module__ == "builtins")
        try:
            pickled = pickle.dumps(cause)
            again = pickle.loads(pickled)  # noqa: S301 - our own
            same = type(again) is kind and str(again) == str(cause)
        except Exception:
            pickled, same = b"", False
        return cls(pickled if same else b"", kind.__name__, str(cause), builtin, trace)

    def error(self, where: str) -> Exception:
        """The exception to raise here, its traceback there kept as a note."""
        try:
            error: Exception = unpacked(self.pickled)
        except Exception:
            made = {"__init__": lambda self: None, "__str__": lambda _: self.text}
            error = type(self.name, (self.builtin,), made)()
        error.add_note(f"{where}:\n{self.trace}")
        return error
