"""One inference server in a process of its own: started, watched, stopped.

More throughput comes from more of these processes, one thread each: parallel slots in one server gave none, and several
threads collapse on a busy machine.
"""

from __future__ import annotations

import asyncio
import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import weakref
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kibitz.agents.models.model import ModelError

READY_WITHIN = 120.0
"""Seconds for loading a model; the default takes less than one."""

STOP_WITHIN = 2.0

BATCH = 2048
UBATCH = 512
"""Fixed, because other batch sizes give other bits; both are part of the model's identity."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What a server runs: the file, threads, context size in tokens, and its port (0 takes a free one)."""

    model: Path
    threads: int = 1
    context: int = 2048
    port: int = 0


def check_port(port: int) -> None:
    """Check that a port of the user's can be had.

    Raises:
        ModelError: It is taken or not allowed.
    """
    if port == 0:
        return
    with socket.socket() as probe:
        if os.name == "posix":  # elsewhere this option would let two servers share the port
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except (OSError, OverflowError) as error:
            reason = getattr(error, "strerror", None) or error
            raise ModelError(
                f"embedded model: port {port} cannot be used ({reason}); choose another,"
                " or leave it out to take a free one"
            ) from error


@dataclass
class Server:
    """A server process. ``generation`` counts its starts: what was saved in an older one is gone."""

    settings: Settings
    address: str = ""
    key: str = ""
    generation: int = 0
    folder: Path = Path()
    _process: subprocess.Popen[bytes] | None = None
    _killed: bool = False
    _turn: threading.Lock = field(default_factory=threading.Lock)
    """Starts and stops run in threads that outlive a cancelled task; one at a time."""
    _cleanup: list[weakref.finalize[Any, Any]] = field(default_factory=list)

    @property
    def alive(self) -> bool:
        """Whether the process runs."""
        return self._process is not None and not self._killed and self._process.poll() is None

    @property
    def pid(self) -> int:
        """The process's id; 0 if it was never started."""
        return self._process.pid if self._process else 0

    @property
    def slots(self) -> Path:
        """The private folder in which this start of the server saves slots."""
        return self.folder / "slots"

    async def start(self) -> None:
        """Start the process and wait until it can answer. Stops one that ran before.

        Raises:
            ModelError: It did not come up; the message quotes the last line it wrote.
        """
        await self.stop()
        check_port(self.settings.port)
        self._killed = False
        try:
            await asyncio.to_thread(self._start)
        except BaseException:
            self.kill()
            raise

    def _start(self) -> None:
        with self._turn:
            self._launch()

    def _launch(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="kibitz-model-"))
        self.slots.mkdir()
        self._cleanup.append(weakref.finalize(self, shutil.rmtree, self.folder, ignore_errors=True))
        self.key = secrets.token_urlsafe(24)
        command = [sys.executable, "-P", str(Path(__file__).with_name("child.py"))]
        with (self.folder / "stderr.txt").open("wb") as errors:
            process = subprocess.Popen(  # noqa: S603
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, **_apart()
            )
        self._process = process
        if self._killed:  # meanwhile
            process.kill()
        self.generation += 1
        # Killing it ends the read below, whatever it hangs in.
        watchdog = threading.Timer(READY_WITHIN, process.kill)
        watchdog.daemon = True
        watchdog.start()
        try:
            self.address = self._handshake(process)
        finally:
            watchdog.cancel()

    def _handshake(self, process: subprocess.Popen[bytes]) -> str:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            process.stdin.write(json.dumps(self._message()).encode() + b"\n")
            process.stdin.flush()
            line = process.stdout.readline()
            address: str = json.loads(line)["address"]
        except (OSError, ValueError, KeyError) as error:
            raise ModelError(f"embedded model: the server did not start: {self.last_line()}") from error
        return address

    def _message(self) -> dict[str, object]:
        return {
            "model": str(self.settings.model.resolve()),
            "port": self.settings.port,
            "key": self.key,
            "folder": str(self.folder),
            "slots": str(self.slots) + os.sep,
            "context": self.settings.context,
            "batch": BATCH,
            "ubatch": UBATCH,
            "threads": self.settings.threads,
            "parent": os.getpid(),
        }

    def last_line(self) -> str:
        """Return the last line that the process wrote to stderr, or how it ended."""
        text = ""
        if (self.folder / "stderr.txt").is_file():
            text = (self.folder / "stderr.txt").read_text(errors="replace").strip()
        if text:
            return text.splitlines()[-1][:300]
        status = self._process.poll() if self._process else None
        return "it wrote nothing" if status is None else f"exit status {status}"

    def kill(self) -> None:
        """End the process at once, without waiting for it; the next start tidies up."""
        self._killed = True
        if self._process is not None and self._process.poll() is None:
            self._process.kill()

    async def stop(self) -> None:
        """End the process, wait for it, and remove its folder; safe to call twice."""
        if self._process is not None or self._killed:
            await asyncio.to_thread(self._stop)

    def _stop(self) -> None:
        with self._turn:
            process, self._process = self._process, None
            if process is not None:
                _end(process)
            while self._cleanup:
                self._cleanup.pop()()


def _end(process: subprocess.Popen[bytes]) -> None:
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        process.stdin.close()  # the child leaves at the end of its stdin
    except OSError:
        process.kill()
    try:
        process.wait(STOP_WITHIN)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    process.stdout.close()


def _apart() -> dict[str, Any]:
    """Popen arguments that keep Ctrl-C, which reaches a whole process group, from the child."""
    if os.name == "nt":
        return {"creationflags": getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)}
    return {"start_new_session": True}
