"""Installing a browser: what would be run on this machine, and running exactly that.

The system's own package where we may install one (root on Debian); it is kept up to date with the system. Elsewhere,
and on Ubuntu, where the package of that name only points to a snap, the Chromium that Playwright downloads for itself.
"""

from __future__ import annotations

import os
import platform
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.util import find_spec

Command = tuple[str, ...]

FROM_DEBIAN: tuple[Command, ...] = (
    ("apt-get", "update"),
    ("apt-get", "install", "-y", "--no-install-recommends", "chromium"),
)
NO_WAY = "install Chromium or Chrome as your system does; or run pip install playwright, and kibitz doctor --fix again"


class InstallError(Exception):
    """A command that should have installed the browser could not be run, or failed."""


@dataclass(frozen=True, slots=True)
class Machine:
    """What decides how a browser can be installed.

    Attributes:
        distribution: ``ID`` and ``ID_LIKE`` of the Linux distribution, empty on other systems.
        root: Whether we may install packages of the system.
        apt: Whether there is ``apt-get``.
        playwright: Whether Playwright is installed beside us.
    """

    distribution: frozenset[str]
    root: bool
    apt: bool
    playwright: bool


def this_machine() -> Machine:
    """The machine that we are on."""
    try:
        release: Mapping[str, str] = platform.freedesktop_os_release()
    except OSError:
        release = {}
    return Machine(
        distribution=frozenset(f"{release.get('ID', '')} {release.get('ID_LIKE', '')}".split()),
        root=hasattr(os, "geteuid") and os.geteuid() == 0,
        apt=shutil.which("apt-get") is not None,
        playwright=find_spec("playwright") is not None,
    )


def commands_for(machine: Machine) -> tuple[Command, ...]:
    """What installs a browser on such a machine, to be run in this order; empty if we know no way (``NO_WAY``)."""
    debian, ubuntu = "debian" in machine.distribution, "ubuntu" in machine.distribution
    if debian and not ubuntu and machine.root and machine.apt:
        return FROM_DEBIAN
    if not machine.playwright:
        return ()
    # With root it also installs the libraries that the browser needs; without, these have to be there.
    libraries = ("--with-deps",) if machine.root and machine.apt else ()
    return ((sys.executable, "-m", "playwright", "install", *libraries, "chromium"),)


def written(command: Command) -> str:
    """The command as one would type it."""
    return shlex.join(command)


def run(command: Command, show: Callable[[str], None]) -> None:
    """Run one command, and show what it says line by line.

    Raises:
        InstallError: It cannot be started, or fails.
    """
    try:
        with subprocess.Popen(  # noqa: S603 - one of the commands above, which the user has agreed to
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            errors="replace",
        ) as process:
            for line in process.stdout or ():
                show(line.rstrip("\n"))
    except OSError as error:
        raise InstallError(f"{written(command)}: cannot be run ({error.strerror})") from error
    if process.returncode:
        raise InstallError(f"{written(command)}: failed with exit code {process.returncode}; what it said is above")
