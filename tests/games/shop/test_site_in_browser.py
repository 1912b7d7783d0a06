"""The shop's pages in a real browser: a goal is shopped by hand, without scripts, in every look."""

import pytest
from axe_playwright_python.base import AXE_FILE_PATH

from kibitz.games.shop.shop import WebShop
from kibitz.games.shop.site import Site
from tests.browsing import PHONE


def with_options():
    """The first goal with options, on which every kind of page is needed."""
    game = WebShop()
    for number in range(50):
        game.reset(number)
        if game._goal.options:
            return number
    raise AssertionError("there are goals with options")


async def clicked(page, action):
    if action.startswith("search["):
        await page.get_by_label("Search").fill(action[len("search[") : -1])
        await page.get_by_role("button", name="Search", exact=True).click()
    else:
        await page.locator(f"button[value={action!r}]").first.click()


@pytest.mark.parametrize("scripts", [True, False])
async def test_a_goal_is_shopped_to_reward_1(pages, scripts):
    game, seed = WebShop(), with_options()
    game.reset(seed)
    async with Site() as site:
        episode = site.open(seed=seed)
        pages.allowed = episode.url.removesuffix(f"{episode.token}/0")
        page = await pages.open(episode.url, scripts=scripts)
        while game.movers():
            action = game.oracle(0)
            game.step({0: action})
            await clicked(page, action)
        assert await page.get_by_text("Your score (0 to 1): 1", exact=True).is_visible()
        assert site.result(episode.token) == game.outcome()
        assert game.outcome().success


@pytest.mark.parametrize("dark", [False, True])
async def test_all_pages_can_be_used_by_everybody(pages, dark):
    """No page breaks a rule of axe, in light and dark, and none is wider than a phone."""
    game, seed = WebShop(), with_options()
    game.reset(seed)
    async with Site() as site:
        episode = site.open(seed=seed)
        pages.allowed = episode.url.removesuffix(f"{episode.token}/0")
        page = await pages.open(episode.url, dark=dark, size=PHONE)
        way = [game.oracle(0)]
        game.step({0: way[0]})
        way += [game.oracle(0), "click[features]", "click[< prev]", "click[buy now]"]
        for action in ("", *way):
            if action:
                await clicked(page, action)
            await page.evaluate(AXE_FILE_PATH.read_text())
            found = await page.evaluate("axe.run().then(all => all.violations.map(one => [one.id, one.help]))")
            assert found == [], action
            assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), action


async def test_going_back_does_not_undo(pages):
    async with Site() as site:
        episode = site.open(seed=0)
        pages.allowed = episode.url.removesuffix(f"{episode.token}/0")
        page = await pages.open(episode.url)
        await clicked(page, "search[lamp]")
        await page.go_back()
        assert await page.get_by_text("Page 1 of").is_visible()
        assert episode.steps == 1
