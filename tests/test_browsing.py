"""The browser fixture: it sees every fault, and leaves other tests of the same process alone."""

import asyncio

import pytest

from tests.browsing import PHONE


@pytest.fixture
def site(tmp_path):
    def write(body):
        path = tmp_path / "a page.html"
        path.write_text(f"<!doctype html><meta charset=utf-8><title>t</title><body>{body}</body>", encoding="utf-8")
        return path

    return write


async def test_a_page_is_drawn_in_light_and_dark_wide_and_narrow(pages, site):
    path = site("<style>@media (prefers-color-scheme: dark) {p {color: white}}</style><p>text")
    colours = []
    for dark in (False, True):
        page = await pages.open(path, dark=dark, size=PHONE, fragment="x=1")
        colours.append(await page.eval_on_selector("p", "p => getComputedStyle(p).color"))
        assert await page.evaluate("[innerWidth > 300, location.hash]") == [True, "#x=1"]
    assert colours == ["rgb(0, 0, 0)", "rgb(255, 255, 255)"]


async def test_without_scripts_none_runs(pages, site):
    page = await pages.open(site("<p>before</p><script>document.body.textContent = 'after'</script>"), scripts=False)
    assert await page.text_content("p") == "before"


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ("<script>console.error('red')</script>", "console: red"),
        ("<script>nowhere()</script>", "script: nowhere is not defined"),
        ("<script>alert(7)</script>", "dialog: 7"),
        ("<img src='http://127.0.0.1:9/a.png'>", "request: http://127.0.0.1:9/a.png"),
        ("<script>fetch('https://example.invalid/x').catch(() => 0)</script>", "request: https://example.invalid/x"),
        ("<script>new WebSocket('ws://127.0.0.1:9/s')</script>", "socket: ws://127.0.0.1:9/s"),
        ("<iframe src='file:///nowhere/at/all'></iframe><script>open('about:blank#up')</script>", "window opened"),
        (
            "<iframe srcdoc=\"<meta http-equiv=Content-Security-Policy content='img-src x:'><img src=b.png>\">",
            "console: ",
        ),
    ],
)
async def test_every_fault_fails_the_test(pages, site, body, fault):
    page = await pages.open(site(body))
    await page.wait_for_load_state("load")
    for _ in range(100):
        if any(found.startswith(fault) for found in pages.faults):
            break
        await asyncio.sleep(0.05)
    with pytest.raises(AssertionError) as failed:
        await pages.close()
    assert any(found.startswith(fault) for found in failed.value.args[0]), failed.value
    await pages.close()


def test_a_loop_of_ones_own_runs_beside_the_browser(browser):
    assert asyncio.run(asyncio.sleep(0, 5)) == 5


@pytest.mark.once
async def test_an_asynchronous_test_on_another_loop_runs_beside_the_browser():
    assert await asyncio.sleep(0, 5) == 5


async def test_the_browser_lives_on_after_other_loops(page):
    assert await page.evaluate("1 + 1") == 2
