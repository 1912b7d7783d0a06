"""The page as people read it: with the eyes, with a screen reader, on a phone, on paper, with and without scripts."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page

from kibitz.results.records import Spent
from kibitz.results.report.build import build_report
from tests.browsing import PHONE, Pages

DOCS = Path(__file__).resolve().parents[3] / "docs"
LONG = "an-agent-with-a-very-long-name-and-nowhere-to-break-" * 4


@pytest.fixture(scope="module")
def pages_made(tmp_path_factory: Any) -> dict[str, Path]:
    """Pages by name, each made once."""
    return {"": tmp_path_factory.mktemp("pages")}


@pytest.fixture
def file(builder: Any, draw: Any, pages_made: dict[str, Path]) -> Path:
    """Nine agents in two games, with prices, questions, failures and one name that is too long."""
    if "crowd" not in pages_made:
        pages_made["crowd"] = pages_made[""] / "crowd.html"
        build_report([crowd(builder)], draw, pages_made["crowd"])
    return pages_made["crowd"]


def crowd(builder: Any) -> Any:
    names = [f"model-{i}" for i in range(7)] + [LONG, "random"]
    games = [builder.game(f"game{i}", title=f"Game{i}") for i in range(2)]
    run = builder("crowd", games=games, agents=[builder.agent(name) for name in names])
    for game in games:
        for i, one in enumerate(names):
            for k, other in enumerate(names[i + 1 :]):
                spent = tuple(Spent(calls=1, input_tokens=90, usd=0.02 * (i + 1) ** 3) for _ in (0, 1))
                unit = run.play(one, other, game=game.label, reward=(1, -1) if k % 3 else (-1, 1), spent=spent)
                run.answer(unit, "right" if (i + k) % 2 else "wrong", truth="none" if k % 2 else "1,1")
    run.play(names[0], names[1], game="game0", reward=(), status="failed", cause="timeout")
    return run.data()


@pytest.fixture
def everything(whole_run: Any, draw: Any, pages_made: dict[str, Path]) -> Path:
    """The small run with everything a report shows."""
    if "everything" not in pages_made:
        pages_made["everything"] = pages_made[""] / "everything.html"
        build_report([whole_run()], draw, pages_made["everything"])
    return pages_made["everything"]


async def faults(page: Page) -> list[str]:
    """Faults of accessibility that axe calls serious or critical."""
    found = await Axe().run(page)
    return [
        f"{fault['id']}: {node['html'][:200]}"
        for fault in found.response["violations"]
        if fault["impact"] in ("serious", "critical")
        for node in fault["nodes"][:3]
    ]


@pytest.mark.parametrize("dark", [False, True])
async def test_axe_finds_no_serious_fault(pages: Pages, file: Path, everything: Path, dark: bool) -> None:
    page = await pages.open(everything if dark else file, dark=dark)
    await page.evaluate("document.querySelectorAll('details').forEach((part) => { part.open = true; })")
    assert await faults(page) == []


@pytest.mark.parametrize("width", [360, 390, 768, 1280])
async def test_no_screen_is_too_narrow(pages: Pages, file: Path, everything: Path, width: int) -> None:
    for path in (file, everything):
        page = await pages.open(path, size=PHONE if width == 390 else (width, 800))
        assert await page.evaluate("document.documentElement.scrollWidth") <= width
        shown = await page.locator(".chart:visible").evaluate_all("all => all.map((chart) => chart.className)")
        assert set(shown) <= {"chart narrow" if width <= 768 else "chart wide"}
        # No figure of the leaderboard runs into the next column.
        wide = "all => all.filter((part) => part.scrollWidth > part.clientWidth).map((part) => part.textContent)"
        assert await page.locator(".board td:not(.left), .board thead th").evaluate_all(wide) == []


async def test_without_scripts_everything_but_the_replays_is_there(pages: Pages, file: Path) -> None:
    page = await pages.open(file, scripts=False)
    for part in ("leaderboard", "matrix", "reasoning", "cost", "episodes", "provenance"):
        assert await page.locator(f"#{part} table").first.is_visible()
    assert await page.locator("#leaderboard svg").first.is_visible()
    assert await page.locator("#theme").is_hidden()


async def test_the_button_chooses_colours_and_the_browser_keeps_them(pages: Pages, file: Path) -> None:
    page = await pages.open(file)
    ground = "getComputedStyle(document.body).backgroundColor"
    light = await page.evaluate(ground)
    await page.click("#theme")
    assert await page.evaluate(ground) == light
    await page.click("#theme")
    dark = await page.evaluate(ground)
    assert dark != light
    await page.reload()
    assert await page.evaluate(ground) == dark
    assert await page.text_content("#theme") == "Colours: dark"
    await page.click("#theme")
    assert await page.evaluate(ground) == light


async def test_what_the_system_says_is_followed(pages: Pages, file: Path) -> None:
    page = await pages.open(file, dark=True)
    assert await page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(20, 23, 26)"
    # Charts have the page's colours.
    ink = "getComputedStyle(document.querySelector('#leaderboard svg text')).fill"
    assert await page.evaluate(ink) != "rgb(0, 0, 0)"


async def test_details_show_for_pointers_and_keys(pages: Pages, file: Path) -> None:
    page = await pages.open(file)
    cell = page.locator(".matrix td[data-detail]").first
    await cell.hover()
    assert await page.locator(".tip").is_visible()
    assert "share of points" in await page.locator(".tip").inner_text()
    await page.mouse.move(0, 0)
    assert await page.locator(".tip").is_hidden()
    await cell.focus()
    first = await page.locator(".tip").inner_text()
    await page.keyboard.press("ArrowRight")
    assert await page.locator(".tip").inner_text() != first
    await page.keyboard.press("Escape")
    assert await page.locator(".tip").is_hidden()
    # One stop of the Tab key for each table.
    stops = await page.locator(".matrix").first.locator("td[tabindex='0']").count()
    assert stops == 1


async def test_on_paper_there_are_no_controls_and_nothing_is_cut(pages: Pages, file: Path) -> None:
    page = await pages.open(file, size=(1000, 1400), dark=True)
    await page.emulate_media(media="print")
    for control in ("nav", "#theme", "#filters", "#replay"):
        assert await page.locator(control).is_hidden()
    cut = "all => all.filter((part) => getComputedStyle(part).overflowX !== 'visible').length"
    assert await page.locator(".scroll").evaluate_all(cut) == 0
    assert await page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"


def made(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


async def test_the_pictures_of_the_docs(browser: Browser, everything: Path, tmp_path: Path) -> None:
    spec = importlib.util.spec_from_file_location("pictures", DOCS / "pictures.py")
    assert spec is not None
    assert spec.loader is not None
    pictures = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(pictures)
    await pictures.views(browser, everything.as_uri(), tmp_path, "0/0", dark=True)
    views = {"top", "leaderboard", "matrix", "reasoning", "episodes", "provenance", "replay", "phone"}
    assert made(tmp_path) == {f"dark-{view}.png" for view in views}
    assert (await pictures.readme(browser, everything.as_uri(), "0/0")).startswith(b"\x89PNG")


def test_the_picture_of_the_readme_is_small() -> None:
    assert 50_000 < (DOCS / "report.png").stat().st_size < 300_000
