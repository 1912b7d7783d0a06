"""One slot for one child process: started when needed, asked within a deadline, killed when it does not answer.

The standard library's process pools were considered: they cannot cancel what runs, and one killed worker breaks the
futures of all. Here a child belongs to one slot, a slot to one episode or decision at a time, and whatever happens to
the child concerns nobody else. There is no fork: a child is a new interpreter, started as any other program, so the
threads and open connections of this process do not matter.
"""

from __future__ import annotations

import asyncio
import os
import pickle
import signal
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from kibitz.harness.executors.environment import child_environment
from kibitz.harness.executors.failures import ChildCrashedError, ChildError, ChildHungError, ending, last_words
from kibitz.harness.executors.wire import BrokenFrameError, Frames, frame, packed, unpacked

START_WITHIN = 60.0
"""Seconds for a new interpreter to be ready; it takes a tenth of one, on a machine that has time for it."""

LAST_WORDS_WITHIN = 1.0
"""Seconds that a dying child has for telling where it was."""

ORPHANED_AFTER = 30.0
"""Seconds past the deadline after which a child whose parent has not killed it, being gone, ends itself."""

LONGEST_STDERR = 64 * 1024
"""Bytes kept of what a child writes, its end."""

SCRIPT = Path(__file__).with_name("child.py")


class Slot:
    """A place for one child process; not more than one request at a time, others wait for their turn.

    Args:
        deadline: Seconds that a request may take.
        orphaned_after: Seconds more after which the child ends itself, should nobody be left to kill it.
    """

    def __init__(self, deadline: float, orphaned_after: float = ORPHANED_AFTER) -> None:
        self._deadline = deadline
        self._alarm = deadline + orphaned_after
        self._child: _Child | None = None
        self._engaged: set[str] = set()
        self._failure: ChildError = ChildCrashedError("it was not started")
        self._turn = asyncio.Lock()
        self._dying: set[_Child] = set()

    @property
    def pid(self) -> int | None:
        """The id of the child process, None while there is none."""
        return None if self._child is None else self._child.pid

    async def ready(self) -> None:
        """Start a child if there is none, or the last one is gone.

        Raises:
            ChildError: It does not start.
        """
        if self._child is not None and self._child.alive:
            return
        self._bury()
        self._engaged = set()
        child = await self._launch()
        self._child = child
        child.send(pickle.dumps((list(sys.path), self._alarm)))
        await self._reply(child, "the interpreter", "started", START_WITHIN)

    async def engage(self, agents: Mapping[str, bytes]) -> None:
        """Give the child those of the pickled agents that it has not got yet."""
        if new := {name: pickled for name, pickled in agents.items() if name not in self._engaged}:
            await self.request(" and ".join(new), "was made", "engage", new)
            self._engaged |= set(new)

    async def request(self, who: str, doing: str, operation: str, *arguments: object) -> Any:  # noqa: ANN401
        """Ask the child for something and wait for its answer.

        Args:
            who: The game or bot whose code is to run, for messages.
            doing: What it does, for messages: "its process crashed while it ...".
            operation: A method of ``serving.Host``.
            arguments: Its arguments.

        Raises:
            ChildError: The child is gone, or did not answer in time and was killed.
            Exception: What the game or bot raised.
        """
        payload = packed((operation, arguments))
        async with self._turn:
            child = self._child
            if child is None:
                raise type(self._failure)(f"{who}: has no process any more; {self._failure}")
            child.send(payload)
            done, result = unpacked(await self._reply(child, who, doing, self._deadline))
        if done:
            return result
        raise result.error(f"in the process of {who}")

    async def _launch(self) -> _Child:
        options: dict[str, Any] = (
            {"creationflags": getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)}
            if os.name == "nt"
            else {"start_new_session": True}
        )
        command = (sys.executable, "-P", str(SCRIPT))
        loop = asyncio.get_running_loop()
        try:
            _, child = await loop.subprocess_exec(_Child, *command, env=child_environment(os.environ), **options)
        except OSError as error:
            raise ChildCrashedError(f"no process could be started: {error.strerror or error}") from error
        return child

    async def _reply(self, child: _Child, who: str, doing: str, deadline: float) -> bytes:
        try:
            async with asyncio.timeout(deadline):
                payload = await child.received()
        except TimeoutError:
            try:
                await child.abort()
            finally:
                self._bury()
            late = f"did not answer within {deadline:g} s while it {doing}; its process was killed{child.words()}"
            self._failure = ChildHungError(f"{who}: {late}")
            raise self._failure from None
        except BaseException:
            # Nobody waits for the answer any more, and the next one must not be taken for it.
            self._bury()
            raise
        if payload is None:
            try:
                await child.ended()
            finally:
                self._bury()
            how = f"its process crashed ({ending(child.code)}) while it {doing}{child.words()}"
            self._failure = ChildCrashedError(f"{who}: {how}")
            raise self._failure
        return payload

    def kill(self) -> list[asyncio.Future[None]]:
        """End the child at once, if there is one; returns what is done when all that is left of it is gone."""
        self._bury()
        return [child.buried for child in self._dying]

    def _bury(self) -> None:
        child, self._child = self._child, None
        self._dying = {one for one in self._dying if not one.buried.done()}
        if child is not None:
            child.kill()
            self._dying.add(child)


class _Child(asyncio.SubprocessProtocol):
    """What asyncio tells of one child process, and what can be done to it."""

    def __init__(self) -> None:
        self.buried: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        """Done when the process and its pipes are gone."""
        self._frames = Frames()
        self._reply: asyncio.Future[bytes | None] | None = None
        self._over = False
        self._killed = False
        self._stderr = bytearray()

    # -- what is done to it ----------------------------------------------------------------------------------------

    @property
    def alive(self) -> bool:
        return not self._over and self._transport.get_returncode() is None

    @property
    def pid(self) -> int:
        return self._transport.get_pid()

    @property
    def code(self) -> int | None:
        """The return code as ``subprocess`` gives it, None while the process runs."""
        return self._transport.get_returncode()

    def words(self) -> str:
        """What the process wrote last, as the end of a sentence."""
        said = last_words(bytes(self._stderr))
        return f"; it wrote last: {said}" if said else ""

    def send(self, payload: bytes) -> None:
        """Send a request; its reply is what ``received`` waits for."""
        self._reply = asyncio.get_running_loop().create_future()
        pipe = self._transport.get_pipe_transport(0)
        if self._over or pipe is None or pipe.is_closing():
            self._reply.set_result(None)
        else:
            pipe.write(frame(payload))  # type: ignore[attr-defined]

    async def received(self) -> bytes | None:
        """The reply; None if the child is gone before it has given one."""
        assert self._reply is not None
        return await self._reply

    async def abort(self) -> None:
        """Make the process tell where it is and end; it has a moment for it."""
        if os.name == "posix" and self.code is None:
            os.kill(self.pid, signal.SIGABRT)
            await self.ended()

    async def ended(self) -> None:
        """Wait a moment for the end of the process and its last words."""
        await asyncio.wait([self.buried], timeout=LAST_WORDS_WITHIN)

    def kill(self) -> None:
        """End the process with all that it has started; its pipes are closed when it has ended."""
        self._killed = True
        if os.name == "posix":
            # Not by the transport, which would look whether the process has ended and so take its return code away
            # from where asyncio waits for it.
            with suppress(ProcessLookupError, PermissionError):  # it has ended, and left nothing behind
                os.killpg(self.pid, signal.SIGKILL)
        elif self.code is None:
            self._transport.kill()
        if self.code is not None:
            self._transport.close()

    # -- what is told of it ----------------------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.SubprocessTransport)
        self._transport = transport

    def pipe_data_received(self, fd: int, data: bytes) -> None:
        if fd == 2:
            self._stderr += data
            del self._stderr[:-LONGEST_STDERR]
            return
        try:
            for payload in self._frames.feed(data):
                self._answer(payload)
        except BrokenFrameError:
            self._end()

    def pipe_connection_lost(self, fd: int, exc: Exception | None) -> None:
        if fd == 1:
            self._end()

    def process_exited(self) -> None:
        # Its last reply may still be in the pipe; and the pipe stays open if a process that it has started holds it.
        asyncio.get_running_loop().call_later(LAST_WORDS_WITHIN, self._end)
        if self._killed:
            self._transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        self._end()
        if not self.buried.done():
            self.buried.set_result(None)

    def _end(self) -> None:
        self._over = True
        self._answer(None)

    def _answer(self, payload: bytes | None) -> None:
        if self._reply is not None and not self._reply.done():
            self._reply.set_result(payload)
