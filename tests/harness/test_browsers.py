"""Finding a browser, with scripts that stand for one."""

import sys
from pathlib import Path

import pytest

from kibitz.harness import browsers
from kibitz.harness.browsers import candidates, find_browser, playwright_folder, started

posix = pytest.mark.skipif(sys.platform == "win32", reason="shell scripts stand for programs")


def program(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


@pytest.fixture
def bare(monkeypatch):
    monkeypatch.setattr(browsers, "PLACES", {})


@posix
def test_the_first_that_starts_is_taken(bare, tmp_path):
    program(tmp_path / "chromium", "echo 'the chromium snap is not installed'; exit 1")
    program(tmp_path / "chromium-browser", "exit 0")
    chrome = program(tmp_path / "google-chrome", "echo Mozilla/5.0 Chrome/120.0.1")
    found = find_browser({"PATH": str(tmp_path), "PLAYWRIGHT_BROWSERS_PATH": str(tmp_path)})
    assert found == browsers.Browser(chrome, "120.0.1")


@posix
def test_what_hangs_or_cannot_run_is_no_browser(monkeypatch, tmp_path):
    monkeypatch.setattr(browsers, "PATIENCE", 0.05)
    assert started(program(tmp_path / "hangs", "exec sleep 5")) is None
    (tmp_path / "text").write_text("no program")
    assert started(tmp_path / "text") is None


@posix
def test_nothing_at_all_is_none(bare, tmp_path):
    assert find_browser({"PATH": str(tmp_path), "PLAYWRIGHT_BROWSERS_PATH": str(tmp_path)}) is None


@pytest.mark.parametrize(
    ("platform", "file"),
    [
        ("linux", "chrome-linux/chrome"),
        ("linux", "chrome-linux64/chrome"),
        ("linux", "chrome-linux-arm64/chrome"),
        ("darwin", "chrome-mac/Chromium.app/Contents/MacOS/Chromium"),
        ("darwin", "chrome-mac-arm64/Google Chrome for Testing.app/Contents/MacOS/Google Chrome for Testing"),
        ("win32", "chrome-win/chrome.exe"),
        ("win32", "chrome-win64/chrome.exe"),
    ],
)
def test_playwrights_own_is_found_the_newest_first(bare, tmp_path, platform, file):
    made = [program(tmp_path / folder / file, "") for folder in ("chromium-999", "chromium-1255")]
    shell = program(tmp_path / "chromium_headless_shell-1255/chrome-linux64/chrome-headless-shell", "")
    found = list(candidates({"PLAYWRIGHT_BROWSERS_PATH": str(tmp_path)}, platform))
    assert found == [made[1], made[0], shell]


def test_places_with_variables_are_looked_at_where_the_variable_is_set(tmp_path):
    chrome = program(tmp_path / "Google/Chrome/Application/chrome.exe", "")
    given = {"PROGRAMFILES": str(tmp_path), "PLAYWRIGHT_BROWSERS_PATH": str(tmp_path / "none")}
    assert list(candidates(given, "win32")) == [chrome]


@pytest.mark.parametrize(
    ("environ", "platform", "folder"),
    [
        ({}, "linux", Path.home() / ".cache/ms-playwright"),
        ({"XDG_CACHE_HOME": "/c"}, "linux", Path("/c/ms-playwright")),
        ({}, "darwin", Path.home() / "Library/Caches/ms-playwright"),
        ({"LOCALAPPDATA": "/l"}, "win32", Path("/l/ms-playwright")),
        ({"PLAYWRIGHT_BROWSERS_PATH": "/p"}, "linux", Path("/p")),
    ],
)
def test_where_playwright_keeps_its_browsers(environ, platform, folder):
    assert playwright_folder(environ, platform) == folder


def test_zero_means_inside_the_package():
    folder = playwright_folder({"PLAYWRIGHT_BROWSERS_PATH": "0"})
    assert folder is not None
    assert folder.parts[-4:] == ("playwright", "driver", "package", ".local-browsers")
