"""Finding a browser: Chromium, Chrome or another of the family, on the PATH, at its usual places, or Playwright's own.

A file of that name need not be a browser: Ubuntu's package ``chromium-browser`` without snapd is a script that only
says what to install. So a browser counts as found when it has drawn an empty page.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

NAMES = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "microsoft-edge",
    "msedge",
)
"""What it is called on a PATH, in the order of preference."""

PLACES: Mapping[str, tuple[str, ...]] = {
    "linux": ("/usr/bin/chromium", "/usr/lib/chromium/chromium", "/opt/google/chrome/chrome", "/snap/bin/chromium"),
    "darwin": (
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
        "/Applications/Chromium.app/Contents/MacOS/Chromium",
        "~/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
        "~/Applications/Chromium.app/Contents/MacOS/Chromium",
        "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    ),
    "win32": (
        "$PROGRAMFILES/Google/Chrome/Application/chrome.exe",
        "$PROGRAMFILES(X86)/Google/Chrome/Application/chrome.exe",
        "$LOCALAPPDATA/Google/Chrome/Application/chrome.exe",
        "$LOCALAPPDATA/Chromium/Application/chrome.exe",
        "$PROGRAMFILES(X86)/Microsoft/Edge/Application/msedge.exe",
    ),
}
"""Where installers put it, by ``sys.platform``; ``$NAME`` at the start is a variable of the environment."""

_PLAYWRIGHT = (
    "chromium-*/chrome-linux*/chrome",
    "chromium-*/chrome-mac*/*.app/Contents/MacOS/*",
    "chromium-*/chrome-win*/chrome.exe",
    "chromium_headless_shell-*/chrome-*/chrome-headless-shell",
    "chromium_headless_shell-*/chrome-*/headless_shell",
    "chromium_headless_shell-*/chrome-*/*.exe",
)

_AGENT_PAGE = "data:text/html,<script>document.write(navigator.userAgent)</script>"

PATIENCE = 60.0
"""Seconds that a browser may take to draw an empty page; it takes about one."""


@dataclass(frozen=True, slots=True)
class Browser:
    """A browser that starts.

    Attributes:
        path: Its executable.
        version: As it names itself, such as ``150.0.0.0``.
    """

    path: Path
    version: str


def find_browser(environ: Mapping[str, str] = os.environ) -> Browser | None:
    """The first browser of this machine that starts; None if there is none. Takes about a second, and no network."""
    return next((found for path in candidates(environ) if (found := started(path)) is not None), None)


def candidates(environ: Mapping[str, str] = os.environ, platform: str = sys.platform) -> Iterator[Path]:
    """Files that may be browsers, each once, the preferred ones first.

    Args:
        environ: The environment; ``PATH`` and, for Playwright's own, ``PLAYWRIGHT_BROWSERS_PATH`` matter.
        platform: As ``sys.platform`` names it.
    """
    seen = set()
    for path in _places(environ, platform):
        if path not in seen and path.is_file():
            seen.add(path)
            yield path


def _places(environ: Mapping[str, str], platform: str) -> Iterator[Path]:
    for name in NAMES:
        if found := shutil.which(name, path=environ.get("PATH", "")):
            yield Path(found)
    for place in PLACES.get(platform, ()):
        if place.startswith("$"):
            variable, _, rest = place[1:].partition("/")
            if variable in environ:
                yield Path(environ[variable]) / rest
        else:
            yield Path(place).expanduser()
    folder = playwright_folder(environ, platform)
    if folder is not None:
        for pattern in _PLAYWRIGHT:
            yield from sorted(folder.glob(pattern), key=_revision, reverse=True)


def _revision(path: Path) -> tuple[int, str]:
    found = re.search(r"chromium\w*-(\d+)", path.as_posix())
    return (int(found[1]) if found else 0), str(path)


def playwright_folder(environ: Mapping[str, str] = os.environ, platform: str = sys.platform) -> Path | None:
    """Where ``playwright install`` puts its browsers; None if that is inside a package that is not installed."""
    given = environ.get("PLAYWRIGHT_BROWSERS_PATH", "")
    if given == "0":
        spec = find_spec("playwright")
        package = Path(spec.origin).parent if spec is not None and spec.origin else None
        return package / "driver" / "package" / ".local-browsers" if package else None
    if given:
        return Path(given)
    if platform == "win32":
        return Path(environ.get("LOCALAPPDATA") or Path.home() / "AppData/Local") / "ms-playwright"
    if platform == "darwin":
        return Path.home() / "Library/Caches/ms-playwright"
    return Path(environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "ms-playwright"


def started(path: Path) -> Browser | None:
    """Start a file as a headless browser on an empty page, and end it; None if it draws none."""
    # Without a sandbox: root has none, and nothing but our own empty page is shown.
    options = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--dump-dom", _AGENT_PAGE)
    try:
        done = subprocess.run(  # noqa: S603 - a browser of this machine, with fixed options
            [path, *options],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=PATIENCE,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    found = re.search(rb"(?:Headless)?Chrome/(\d[\d.]*)", done.stdout)
    return Browser(path, found[1].decode()) if found else None
