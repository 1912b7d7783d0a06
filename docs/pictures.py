"""The pictures of the docs: screenshots of a report's views in light and dark, and the one in the README.

Usage: python docs/pictures.py RUN [--out FOLDER] [--readme docs/report.png] [--step EPISODE/STEP]

RUN is a run's folder, such as ``kibitz run quickstart`` makes. Needs a browser (`kibitz doctor --fix`) and the test
extra, which brings Playwright. The README's picture shows the leaderboard in light above a replay in dark colours.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import sys
import tempfile
from pathlib import Path

from playwright.async_api import Browser, Page, async_playwright

from kibitz.harness.browsers import find_browser
from kibitz.harness.commands.report import write

DESK, PHONE = (1280, 900), (390, 844)
SCALE = 0.75
"""Of the README's picture: what is read on a page of text is about that wide."""
LARGEST = 300_000
"""Bytes of the README's picture."""

TILES = '<body style="margin:0;display:grid;gap:10px;padding:10px;background:#8b9096">{}</body>'


def main() -> int:
    """Make the pictures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run", type=Path)
    parser.add_argument("--out", type=Path, help="a folder for one picture of each view in each scheme")
    parser.add_argument("--readme", type=Path, help="the file of the README's picture")
    parser.add_argument(
        "--step", default="0/0", help="the replay to show: number of the episode and of the step, from 0"
    )
    args = parser.parse_args()
    found = find_browser()
    if found is None:
        print("no browser starts here; `kibitz doctor --fix` installs one", file=sys.stderr)
        return 3
    if args.out:
        args.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        report = write([args.run], Path(folder) / "report.html").resolve().as_uri()
        picture = asyncio.run(take(found.path, report, args.out, args.step, bool(args.readme)))
    if len(picture) > LARGEST:
        print(f"{args.readme}: {len(picture):,} bytes, more than {LARGEST:,}; show another --step", file=sys.stderr)
        return 1
    if args.readme:
        args.readme.write_bytes(picture)
    return 0


async def take(browser: Path | str, report: str, out: Path | None, step: str, whole: bool) -> bytes:
    """Take the views into ``out``, and give back the README's picture if ``whole`` asks for it."""
    picture = b""
    async with async_playwright() as playwright:
        running = await playwright.chromium.launch(executable_path=browser)
        if out is not None:
            await views(running, report, out, step, dark=False)
            await views(running, report, out, step, dark=True)
        if whole:
            picture = await readme(running, report, step)
        await running.close()
    return picture


async def views(browser: Browser, report: str, out: Path, step: str, dark: bool) -> None:
    """One picture a part of the page, of the replay, and of the page on a phone."""
    scheme = "dark" if dark else "light"
    page = await opened(browser, report, DESK, dark)
    await page.screenshot(path=out / f"{scheme}-top.png")
    for part in await page.query_selector_all("main > section"):
        await part.screenshot(path=out / f"{scheme}-{await part.get_attribute('id')}.png")
    page = await opened(browser, report, DESK, dark, replay(step))
    await page.locator("#replay").screenshot(path=out / f"{scheme}-replay.png")
    page = await opened(browser, report, PHONE, dark)
    await page.screenshot(path=out / f"{scheme}-phone.png")


async def readme(browser: Browser, report: str, step: str) -> bytes:
    """The top of the page in light above the replay in dark colours."""
    light = await (await opened(browser, report, DESK, False)).screenshot()
    page = await opened(browser, report, DESK, True, replay(step))
    panel = await page.locator("#replay").screenshot()
    tiles = [base64.b64encode(picture).decode("ascii") for picture in (light, panel)]
    width = round(DESK[0] * SCALE)
    images = "".join(f'<img src="data:image/png;base64,{tile}" width="{width}">' for tile in tiles)
    board = await browser.new_page(viewport={"width": width + 20, "height": 100})
    await board.set_content(TILES.format(images))
    return await board.screenshot(full_page=True)


def replay(step: str) -> str:
    """The address of a step within the page."""
    episode, _, place = step.partition("/")
    return f"episode={episode}&step={place or 0}"


async def opened(browser: Browser, report: str, size: tuple[int, int], dark: bool, fragment: str = "") -> Page:
    """The report in a window of its own, when all of it is drawn."""
    width, height = size
    context = await browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme="dark" if dark else "light",
        is_mobile=size == PHONE,
        reduced_motion="reduce",
    )
    page = await context.new_page()
    await page.goto(f"{report}#{fragment}")
    if fragment:
        await page.locator("#replay svg").first.wait_for()
    return page


if __name__ == "__main__":
    sys.exit(main())
