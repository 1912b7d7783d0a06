"""Whole runs: the command line in processes of its own, against a server on loopback."""

import itertools
import json
import multiprocessing
import os
import runpy
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.badserver import BadServer
from tests.e2e.rows import records

LAUNCHER = Path(__file__).with_name("launcher.py")
PRELOADED = (
    "__main__",
    "anyio._backends._asyncio",
    "httpcore",
    "httpcore2",
    "jinja2.sandbox",
    "kibitz.agents.bots.random_bot",
    "kibitz.agents.llm",
    "kibitz.agents.models.openai",
    "kibitz.harness.cli",
    "kibitz.harness.commands.run",
    "kibitz.harness.commands.verify",
    "kibitz.harness.orchestrator",
    "kibitz.harness.verify",
    "kibitz.results.report.build",
    "openai.resources.chat.completions",
    "rich.console",
)
"""What each process would import, imported once, in the process that all others are forks of; what is not there is left
out."""


@pytest.fixture
def server() -> Iterator[BadServer]:
    """A server that answers well until it is told otherwise."""
    made = BadServer()
    made.start()
    yield made
    made.stop()


SMALL = """
name = "small"
[agents.model]
kind = "llm"
model = "openai:stub"
base_url = "{url}"
action_mode = "json"
[agents.random]
kind = "random"
answers = "random"
[[match]]
game = "tictactoe"
options = {{ opening_plies = 2 }}
pairs = 3
[[match]]
game = "connect4"
options = {{ opening_plies = 8 }}
pairs = 2
[[match]]
game = "numberline"
pairs = 3
"""


@pytest.fixture
def suite(tmp_path: Path, server: BadServer) -> Path:
    """A small suite that plays the server against a bot in every game."""
    path = tmp_path / "suite.toml"
    path.write_text(SMALL.format(url=server.url))
    return path


def until(condition: Callable[[], object], seconds: float = 60.0) -> None:
    """Return when the condition holds; one that never does fails the test."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "what was waited for did not come"
        time.sleep(0.002)


class Kibitz:
    """The command line, run as a user runs it: in a process of its own, in an empty folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def start(self, *arguments: object, **environ: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-P", "-m", "kibitz.harness.cli", *map(str, arguments)]
        pipe, nothing = subprocess.PIPE, subprocess.DEVNULL
        env = {**os.environ, **environ}
        return subprocess.Popen(command, cwd=self.folder, env=env, stdout=pipe, stderr=pipe, stdin=nothing, text=True)

    def __call__(self, *arguments: object, code: int = 0, **environ: str) -> tuple[str, str]:
        process = self.start(*arguments, **environ)
        out, err = process.communicate(timeout=200)
        assert process.returncode == code, f"exit {process.returncode}\n{out}\n{err}"
        return out, err


@pytest.fixture
def kibitz(tmp_path: Path) -> Kibitz:
    """The command line as a user runs it."""
    return Kibitz(tmp_path)


class Launched:
    """A process of the launcher."""

    def __init__(self, process: Any, streams: Path) -> None:
        self.process = process
        self.streams = streams
        self.pid: int = process.pid

    @property
    def out(self) -> str:
        return (self.streams / "stdout").read_text()

    @property
    def err(self) -> str:
        return (self.streams / "stderr").read_text()

    def wait(self, seconds: float = 400.0) -> int:
        """The exit code; that of a process that a signal ended is negative."""
        self.process.join(seconds)
        assert self.process.exitcode is not None, f"the process goes on\n{self.err}"
        return int(self.process.exitcode)


class Forked:
    """The command line in forks of a process that has imported it: as real as any process, and quick to start."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        can_fork = "forkserver" in multiprocessing.get_all_start_methods()
        self._context: Any = multiprocessing.get_context("forkserver" if can_fork else "spawn")
        if can_fork:
            self._context.set_forkserver_preload(list(PRELOADED))
        self._numbers = itertools.count()
        self.started: list[Launched] = []

    def close(self) -> None:
        """Kill what is still running."""
        for launched in self.started:
            launched.process.kill()
            launched.process.join(10)
            launched.process.close()

    def start(self, *arguments: object, trouble: tuple[object, ...] = (), **environ: str) -> Launched:
        streams = self.folder / "streams" / str(next(self._numbers))
        streams.mkdir(parents=True)
        job = {"argv": [str(a) for a in arguments], "folder": str(self.folder), "environ": environ, "trouble": trouble}
        given = {"init_globals": {"JOB": job | {"streams": str(streams)}}, "run_name": "__kibitz__"}
        process = self._context.Process(target=runpy.run_path, args=(str(LAUNCHER),), kwargs=given)
        process.start()
        self.started.append(Launched(process, streams))
        return self.started[-1]

    def __call__(
        self, *arguments: object, code: int = 0, trouble: tuple[object, ...] = (), **environ: str
    ) -> tuple[str, str]:
        launched = self.start(*arguments, trouble=trouble, **environ)
        exited = launched.wait()
        assert exited == code, f"exit {exited}\n{launched.out}\n{launched.err}"
        return launched.out, launched.err

    def json(self, *arguments: object, code: int = 0) -> Any:
        """What a command prints as JSON."""
        return json.loads(self(*arguments, "--json", code=code)[0])


@pytest.fixture
def forked(tmp_path: Path) -> Iterator[Forked]:
    """The command line in processes that start quickly and can be made to suffer."""
    made = Forked(tmp_path)
    yield made
    made.close()


@dataclass(frozen=True)
class Whole:
    """A run of the small suite that nothing befell: its folder, what it recorded, and the calls that it took."""

    folder: Path
    records: Mapping[str, Any]
    calls: frozenset[int]


@pytest.fixture(scope="session")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Whole:
    """What every run of the small suite must come to: played once, against a server that answers well."""
    folder, server = tmp_path_factory.mktemp("whole"), BadServer()
    server.start()
    try:
        (folder / "suite.toml").write_text(SMALL.format(url=server.url))
        forked = Forked(folder)
        forked("run", "suite.toml", "--out", "run")
        forked.close()
    finally:
        server.stop()
    return Whole(folder / "run", records(folder / "run"), frozenset(server.calls))


def board(run: Callable[..., tuple[str, str]], folder: object) -> Mapping[str, Any]:
    """The leaderboard of a run."""
    found: Mapping[str, Any] = json.loads(run("board", folder, "--json")[0])
    return found
