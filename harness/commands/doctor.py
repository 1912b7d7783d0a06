"""``kibitz doctor``: what works here, and what to do about what does not. It works without a network."""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, distribution, version
from pathlib import Path
from typing import Literal
from urllib.parse import unquote, urlsplit
from urllib.request import url2pathname

from kibitz.harness.browsers import find_browser
from kibitz.harness.commands.output import columns, json_line, tame
from kibitz.harness.errors import DONE, USAGE, UsageError
from kibitz.harness.installing import NO_WAY, InstallError, Machine, commands_for, run, this_machine, written

State = Literal["ok", "note", "problem"]

LEAST_DISK = 1_000_000_000
"""Bytes that weights and runs need with room to spare."""

LIBRARIES = ("openai", "litellm", "xllamacpp", "gguf", "huggingface-hub", "msgspec", "pydantic")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at: ``problem`` keeps something from working, ``note`` is worth knowing."""

    name: str
    state: State
    text: str


def main(args: argparse.Namespace) -> int:
    """Print the findings; exits with 3 if something keeps Kibitz from working.

    Raises:
        UsageError: A browser was to be installed, and nobody could be asked or it does not start.
    """
    if args.yes and not args.fix:
        raise UsageError("--yes agrees to what --fix would run; give both")
    if args.fix:
        fix_browser(agreed=args.yes)
    findings = [finding for check in CHECKS for finding in check()]
    healthy = all(finding.state != "problem" for finding in findings)
    if args.json:
        print(json_line({"healthy": healthy, "findings": [asdict(finding) for finding in findings]}))
    else:
        print(tame(columns([(f"[{finding.state}]", finding.name, finding.text) for finding in findings])))
    return DONE if healthy else USAGE


def python() -> Iterable[Finding]:
    """The interpreter and the platform."""
    yield Finding("python", "ok", f"{platform.python_version()} on {platform.platform()}, {os.cpu_count()} cores")


def libraries() -> Iterable[Finding]:
    """Versions of what results can depend on."""
    found = []
    for name in LIBRARIES:
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            found.append(f"{name} not installed")
    yield Finding("libraries", "ok", ", ".join(found))


def installation() -> Iterable[Finding]:
    """Where Kibitz is imported from, and whether that is where it was installed from."""
    here = Path(__file__).resolve().parent.parent.parent
    try:
        dist = distribution("kibitz")
    except PackageNotFoundError:
        yield Finding("installation", "problem", f"imported from {here}, but not installed; run: pip install -e {here}")
        return
    checkout = editable_checkout(dist.read_text("direct_url.json"))
    if checkout is None:
        yield Finding("installation", "ok", f"kibitz {dist.version} in {here}")
    elif not checkout.is_dir() or checkout.resolve() != here:
        yield Finding(
            "installation",
            "problem",
            f"installed for development from {checkout}, but imported from {here}; the checkout was moved, "
            "run pip install -e . in it again",
        )
    else:
        yield Finding("installation", "ok", f"kibitz {dist.version}, for development from {checkout}")


def editable_checkout(direct_url: str | None) -> Path | None:
    """The folder of a development install, from its record; None for other installs."""
    try:
        data = json.loads(direct_url or "{}")
    except ValueError:
        return None
    if not data.get("dir_info", {}).get("editable"):
        return None
    return Path(url2pathname(unquote(urlsplit(data.get("url", "")).path)))


def command() -> Iterable[Finding]:
    """What the shell runs when somebody types ``kibitz``."""
    yield what_runs(shutil.which("kibitz"), Path(sysconfig.get_path("scripts")))


def what_runs(first: str | None, scripts: Path) -> Finding:
    """Judge the first ``kibitz`` on the PATH.

    Args:
        first: Its path, if there is one.
        scripts: The folder of this installation's commands.
    """
    ours = next((path for name in ("kibitz", "kibitz.exe") if (path := scripts / name).exists()), scripts / "kibitz")
    if first is None:
        return Finding("command", "note", f"no kibitz is on the PATH; run {ours}")
    if Path(first).resolve() == ours.resolve():
        return Finding("command", "ok", first)
    try:
        with Path(first).open("rb") as file:
            head = file.read(4096)
    except OSError:
        head = b""
    if b"kibitz.harness" in head:
        return Finding(
            "command", "note", f"kibitz on the PATH is another installation of Kibitz, {first}; this is {ours}"
        )
    return Finding(
        "command",
        "problem",
        f"another program called kibitz stands earlier on the PATH: {first} (Debian's expect ships one); run {ours}, "
        f"or put {scripts} first on the PATH",
    )


def inference() -> Iterable[Finding]:
    """Whether the embedded model's library can be loaded; tried in a process of its own, which it may take down."""
    from kibitz.agents.models.embedded import runtime

    problem = runtime.problem()
    if not problem:
        code = "import xllamacpp"
        try:
            done = subprocess.run(  # noqa: S603 - our own interpreter, a fixed text
                [sys.executable, "-c", code], capture_output=True, timeout=120, check=False, text=True
            )
        except subprocess.TimeoutExpired:
            problem = "xllamacpp does not load within 120 seconds"
        else:
            if done.returncode:
                last = (done.stderr.strip().splitlines() or [f"exit code {done.returncode}"])[-1]
                problem = f"xllamacpp cannot be loaded: {last}"
    ready = f"xllamacpp {runtime.version()} loads, {platform.machine()}"
    yield Finding("inference", "problem" if problem else "ok", problem or ready)


def weights() -> Iterable[Finding]:
    """Whether the embedded models are in the cache."""
    from kibitz.agents.models.embedded import catalogue
    from kibitz.agents.models.embedded import weights as store

    folder = store.cache_folder()
    for entry in catalogue.ENTRIES:
        found = store.find_weights(entry)
        size = entry.file.size / 1e6
        if found is not None:
            yield Finding("weights", "ok", f"{entry.name}: {found} (licence {entry.licence})")
        elif store.offline():
            text = f"{entry.name}: not in {folder}, and KIBITZ_OFFLINE keeps it from being fetched ({size:.0f} MB)"
            yield Finding("weights", "note", text)
        else:
            yield Finding("weights", "note", f"{entry.name}: not in {folder}; fetched on first use ({size:.0f} MB)")


def endpoints(environ: Mapping[str, str] = os.environ) -> Iterable[Finding]:
    """Keys that are set, by name, and local servers that answer."""
    from kibitz.agents.models.discover import find_endpoints

    found = find_endpoints(environ)
    for endpoint in found:
        models = f", models: {', '.join(endpoint.models)}" if endpoint.models else ""
        name = "key" if endpoint.kind == "key" else "server"
        yield Finding(name, "ok", f"{endpoint.title}: {endpoint.where}{models}; {endpoint.agent}")
    if not found:
        yield Finding("models", "note", "no provider's key is set, no local server answers; the embedded model remains")


def browser() -> Iterable[Finding]:
    """Whether there is a browser that starts, for games on web pages and pictures of episodes."""
    found = find_browser()
    missing = "no Chromium or Chrome starts; web pages and pictures need one, kibitz doctor --fix installs it"
    yield Finding("browser", "ok" if found else "note", f"{found.path} {found.version}" if found else missing)


def fix_browser(*, agreed: bool, machine: Machine | None = None) -> None:
    """Install a browser if none starts: say what would be run, ask, run it, and start the browser.

    Args:
        agreed: Whether the user has agreed before being asked.
        machine: Where; by default here.

    Raises:
        UsageError: There is nobody to ask, no way to install one, or it does not start afterwards.
    """
    if find_browser() is not None:
        say("a browser is here already; there is nothing to install")
        return
    commands = commands_for(machine or this_machine())
    if not commands:
        raise UsageError(f"no browser can be installed from here; {NO_WAY}")
    say("no browser starts here. To install one, this would be run:")
    for command in commands:
        say(f"    {written(command)}")
    if not agreed and not _agrees():
        say("nothing was changed")
        return
    try:
        for command in commands:
            say(f"running {written(command)}")
            run(command, say)
    except InstallError as error:
        raise UsageError(str(error)) from error
    found = find_browser()
    if found is None:
        raise UsageError("all of it was run, and still no browser starts; what the commands said is above")
    say(f"installed {found.path} {found.version}")


def _agrees() -> bool:
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise UsageError("nothing was changed: there is no terminal to ask in; --yes agrees beforehand")
    print("Run it? [y/N] ", end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().lower() in {"y", "yes"}


def say(text: str) -> None:
    """One line for people, apart from the findings."""
    print(tame(text), file=sys.stderr, flush=True)


def disk() -> Iterable[Finding]:
    """Room and rights in the cache folder and in the folder for runs."""
    from kibitz.agents.models.embedded.weights import cache_folder

    for name, folder in (("data folder", cache_folder().parent), ("runs", Path.cwd())):
        yield room(name, folder)


def room(name: str, folder: Path) -> Finding:
    """Judge the room in a folder, or where it would be made."""
    there = next(path for path in (folder, *folder.absolute().parents) if path.exists())
    free = shutil.disk_usage(there).free
    said = f"{folder}, {free / 1e9:.1f} GB free"
    if not os.access(there, os.W_OK):
        way_out = "set KIBITZ_CACHE to another" if name == "data folder" else "run elsewhere, or give --out"
        return Finding(name, "problem", f"{folder} cannot be written to; {way_out}")
    if free < LEAST_DISK:
        return Finding(name, "problem", f"{said}: less than {LEAST_DISK / 1e9:.0f} GB")
    return Finding(name, "ok", said)


CHECKS: tuple[Callable[[], Iterable[Finding]], ...] = (
    python,
    installation,
    command,
    libraries,
    inference,
    weights,
    endpoints,
    disk,
    browser,
)
