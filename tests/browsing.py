"""A real browser for tests: a page that may only load files, and whose every fault fails the test.

Tests with the fixture ``pages`` (or ``page`` for a single one) are ``async def``; they are marked ``once`` and put on
the loop of the browser as they are collected. It is the asynchronous interface of Playwright on pytest-asyncio's
session loop, because the synchronous one leaves a running loop in the thread, in which ``asyncio.run`` and every
asynchronous test then fail.
"""

from __future__ import annotations

import inspect
import os
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Dialog,
    Page,
    Request,
    WebError,
    async_playwright,
)

from kibitz.harness.browsers import find_browser

LOADED = re.compile(r"(file|data|blob|about):", re.IGNORECASE)

WIDE = (1280, 800)
PHONE = (390, 844)


class Pages:
    """Opens pages, and collects what goes wrong on them.

    Attributes:
        allowed: What the addresses of a server of the test begin with; pages may be loaded from there too.
        faults: Console errors and warnings of the page's policy, errors of scripts, dialogs, windows that open, and
            requests for anything but files and data; none of those requests leaves the browser. A test that expects
            some takes them out; what is left at its end fails it.
    """

    def __init__(self, browser: Browser) -> None:
        self.faults: list[str] = []
        self.allowed = ""
        self._browser = browser
        self._contexts: list[BrowserContext] = []

    async def open(
        self,
        path: Path | str = "about:blank",
        *,
        dark: bool = False,
        size: tuple[int, int] = WIDE,
        scripts: bool = True,
        fragment: str = "",
    ) -> Page:
        """A fresh page in a profile of its own.

        Args:
            path: A file (absolute), or an address.
            dark: Whether the reader prefers dark colours.
            size: Width and height of the window in CSS pixels; ``PHONE`` has fingers too.
            scripts: False for a browser in which scripts are off.
            fragment: What follows ``#`` in the address.
        """
        width, height = size
        context = await self._browser.new_context(
            color_scheme="dark" if dark else "light",
            viewport={"width": width, "height": height},
            has_touch=size == PHONE,
            is_mobile=size == PHONE,
            java_script_enabled=scripts,
            reduced_motion="reduce",
        )
        self._contexts.append(context)
        await context.route(lambda url: not self._loaded(url), lambda route: route.abort())
        context.on("request", self._request)
        context.on("console", self._console)
        context.on("weberror", self._error)
        context.on("dialog", self._dialog)
        page = await context.new_page()
        context.on("page", lambda other: self.faults.append(f"window opened: {other.url}"))
        page.on("websocket", lambda socket: self.faults.append(f"socket: {socket.url}"))
        page.on("crash", lambda _: self.faults.append("the page crashed"))
        address = path.as_uri() if isinstance(path, Path) else path
        await page.goto(f"{address}#{fragment}" if fragment else address)
        return page

    async def close(self) -> None:
        """Close all pages and fail for their faults."""
        while self._contexts:
            await self._contexts.pop().close()
        found, self.faults = self.faults, []
        assert not found, found

    def _loaded(self, url: str) -> bool:
        return LOADED.match(url) is not None or (self.allowed != "" and url.startswith(self.allowed))

    def _request(self, request: Request) -> None:
        if not self._loaded(request.url):
            self.faults.append(f"request: {request.url[:200]}")

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "assert"} or "Content Security Policy" in message.text:
            self.faults.append(f"console: {message.text[:500]}")

    def _error(self, error: WebError) -> None:
        self.faults.append(f"script: {error.error.message[:500]}")

    async def _dialog(self, dialog: Dialog) -> None:
        self.faults.append(f"dialog: {dialog.message[:200]}")
        await dialog.dismiss()


def mark(item: pytest.Item) -> None:
    """Mark a test that uses the browser: run once, and on the loop that the browser lives on."""
    if "browser" not in getattr(item, "fixturenames", ()):
        return
    item.add_marker(pytest.mark.once)
    if inspect.iscoroutinefunction(getattr(item, "function", None)):
        item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    """A headless browser of this machine, one for all tests of a process."""
    found = find_browser()
    if found is None:
        missing = "no Chromium or Chrome starts here; `kibitz doctor --fix` installs one"
        if os.environ.get("CI") == "true":
            pytest.fail(missing)
        pytest.skip(missing)
    async with async_playwright() as playwright:
        running = await playwright.chromium.launch(executable_path=found.path)
        yield running
        await running.close()


@pytest_asyncio.fixture(loop_scope="session")
async def pages(browser: Browser) -> AsyncIterator[Pages]:
    """Opens pages in the browser; fails the test at its end if anything went wrong on one."""
    opened = Pages(browser)
    yield opened
    await opened.close()


@pytest_asyncio.fixture(loop_scope="session")
async def page(pages: Pages) -> Page:
    """One empty page in light colours, 1280 by 800."""
    return await pages.open()
