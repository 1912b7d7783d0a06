"""The list of episodes, the replay and two episodes side by side, as people use them."""

from __future__ import annotations

import hashlib
import struct
import zlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page, expect

from kibitz.results.records import CandidateRecord, MessageRecord
from kibitz.results.report.build import build_report
from kibitz.results.report.images import Images
from kibitz.results.report.sidebyside import compare
from tests.browsing import PHONE, Pages

ROW = ".list tbody tr"


def png(red: int) -> bytes:
    """A picture of one pixel."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)
    pixel = zlib.compress(bytes([0, red, 0, 0]))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixel) + chunk(b"IEND", b"")


def some_run(builder: Any, name: str = "one", lost: int = 0) -> Any:
    """Twelve episodes of two games; in the first ``lost`` ones ann plays on otherwise, and loses."""
    run = builder(name, games=[builder.game("chess", title="Chess"), builder.game("go", title="Go")])
    for n in range(12):
        reward = (-1, 1) if n < lost or n % 4 == 3 else (1, -1)
        unit = run.play("ann", "bob", reward=reward, game=("chess", "go")[n % 2])
        for step in range(4):
            other = step == 2 and n < lost
            seen = (
                CandidateRecord(action="1", replies=3, scores={"win": 0.75}),
                CandidateRecord(action="7", veto="loses"),
            )
            run.move(
                unit,
                step % 2,
                "9" if other else str(step),
                reply=f"reply {n}.{step}",
                consistent=step != 2,
                candidates=seen,
            )
            run.answer(unit, "right" if step else "wrong", step=step, seat=step % 2, truth="1,1")
    run.play("ann", "bob", reward=(), status="failed", cause="timeout", message="no reply came")
    return run


@pytest.fixture
def file(builder: Any, draw: Any, tmp_path: Path) -> Path:
    build_report([some_run(builder).data()], draw, tmp_path / "one.html")
    return tmp_path / "one.html"


@pytest.fixture
def both(builder: Any, draw: Any, tmp_path: Path) -> Path:
    runs = [some_run(builder, "old").data(), some_run(builder, "new", lost=2).data()]
    build_report(runs, draw, tmp_path / "both.html", compared=compare(runs, ["old", "new"], "ann"))
    return tmp_path / "both.html"


def fragment(page: Page) -> str:
    return page.url.partition("#")[2]


async def test_filters_are_part_of_the_address(file: Path, pages: Pages) -> None:
    page = await pages.open(file)
    await expect(page.locator("#count")).to_have_text("13 episodes")
    await page.select_option("select[name=game]", "go")
    await page.select_option("select[name=result]", "lost")
    await page.check("input[name=inconsistent]")
    await expect(page.locator("#count")).to_have_text("3 of 13 episodes")
    assert fragment(page) == "game=go&result=lost&inconsistent=true"
    again = await pages.open(file, fragment=fragment(page))
    await expect(again.locator("#count")).to_have_text("3 of 13 episodes")
    assert await again.locator("select[name=game]").input_value() == "go"
    await again.click("#filters button[type=reset]")
    await expect(again.locator("#count")).to_have_text("13 episodes")
    assert fragment(again) == ""


async def test_searching_sorting_and_causes(file: Path, pages: Pages) -> None:
    page = await pages.open(file)
    await page.fill("input[name=find]", "GO won")
    await expect(page.locator("#count")).to_have_text("6 of 13 episodes")
    await page.fill("input[name=find]", "")
    await page.select_option("select[name=cause]", "timeout")
    await expect(page.locator(ROW)).to_have_count(1)
    await page.select_option("select[name=cause]", "")
    await page.click(".list th[data-sort=number] button")
    await page.click(".list th[data-sort=number] button")
    await expect(page.locator(".list th[data-sort=number]")).to_have_attribute("aria-sort", "descending")
    await expect(page.locator(f"{ROW} td").first).to_have_text("12")
    assert fragment(page) == "sort=-number"


async def test_a_replay_by_keyboard(file: Path, pages: Pages) -> None:
    page = await pages.open(file)
    await page.focus(f"{ROW}:nth-child(2) a")
    await page.keyboard.press("Enter")
    await expect(page.locator("#replay h3")).to_have_text("go: ann v bob")
    await expect(page.locator("#replay .clock")).to_have_text("step 0 of 0–3")
    await expect(page.locator("#replay .answers tr.wrong .verdict")).to_have_text("✗ wrong")
    await expect(page.locator("#replay .picture svg")).to_have_count(1)
    await page.keyboard.press("ArrowRight")
    await page.keyboard.press("ArrowRight")
    await expect(page.locator("#replay .broke")).to_contain_text("Said it, did not do it.")
    await expect(page.locator("#replay .answers tr.right .verdict")).to_have_text("✓ right")
    await expect(page.locator("#replay .vetoed")).to_contain_text("✗ loses")
    assert fragment(page) == "episode=1&step=2"
    await page.keyboard.press("End")
    await expect(page.locator("#replay .detail")).to_contain_text("The end: four in a row")
    await expect(page.locator("#replay .detail")).to_contain_text("Rewards: ann 1, bob −1")
    await page.keyboard.press("Escape")
    await expect(page.locator("#replay")).to_be_hidden()
    assert fragment(page) == ""
    assert await page.evaluate("document.activeElement.textContent") == "1"


async def test_a_link_opens_the_step(file: Path, pages: Pages) -> None:
    page = await pages.open(file, fragment="game=chess&episode=2&step=1", dark=True)
    await expect(page.locator("#replay .said").first).to_have_text("reply 2.1")
    await expect(page.locator("#replay .moves [aria-current=step]")).to_have_attribute(
        "aria-label", "step 1: 1; 1 of 1 answers right"
    )
    await page.click("#replay button[aria-label='Next episode in the list']")
    await expect(page.locator("#replay .about")).to_contain_text("episode 4 ")
    assert fragment(page) == "game=chess&episode=4"


async def test_a_link_can_be_copied(file: Path, pages: Pages) -> None:
    page = await pages.open(file, fragment="episode=3&step=2")
    await page.click("#replay button:text('copy link')")
    await expect(page.locator("#replay button:text('copied')")).to_have_count(1)
    await page.fill("input[name=find]", "")
    await page.focus("input[name=find]")
    await page.keyboard.press("Control+V")
    assert (await page.input_value("input[name=find]")).endswith("one.html#episode=3&step=2")


async def test_a_failed_episode_says_why(file: Path, pages: Pages) -> None:
    page = await pages.open(file, fragment="episode=12")
    await expect(page.locator("#replay .detail")).to_contain_text("Failed: timeout")
    await expect(page.locator("#replay .detail")).to_contain_text("no reply came")


async def test_on_a_phone_words_of_answers_stay_whole(builder: Any, draw: Any, tmp_path: Path, pages: Pages) -> None:
    run = builder(
        games=[builder.game(subproblems={"opponent_moves_after": "A question that takes more than a line. " * 3})]
    )
    unit = run.play("ann", "bob", reward=(1, -1))
    run.move(unit, 0)
    run.answer(unit, "wrong", raw="Schwarzwald", parsed="Schwarzwald", truth="Nottingham", sub="opponent_moves_after")
    build_report([run.data()], draw, tmp_path / "phone.html")
    page = await pages.open(tmp_path / "phone.html", size=PHONE, fragment="episode=0")
    line = "(part) => part.getClientRects()[0].height / parseFloat(getComputedStyle(part).lineHeight)"
    for text in ("opponent_moves_after", "Schwarzwald", "Nottingham", "✗ wrong"):
        found = page.locator("#replay .answers").get_by_text(text, exact=True)
        assert await found.evaluate(line) < 1.9, text
    # Laid out as it is, it is still a table to those who listen.
    await expect(page.locator("#replay").get_by_role("cell", name="Nottingham")).to_have_count(1)
    await expect(page.locator("#replay").get_by_role("columnheader", name="truth")).to_have_count(1)


async def test_a_finger_steps_on(file: Path, pages: Pages) -> None:
    page = await pages.open(file, fragment="episode=0", size=PHONE)
    await expect(page.locator("#replay .clock")).to_have_text("step 0 of 0–3")
    await page.evaluate("""() => {
      const node = document.querySelector("#replay .picture");
      const touch = (x) => new Touch({ identifier: 1, target: node, clientX: x, clientY: 50 });
      node.dispatchEvent(new TouchEvent("touchstart", { touches: [touch(200)], changedTouches: [touch(200)] }));
      node.dispatchEvent(new TouchEvent("touchend", { touches: [], changedTouches: [touch(90)] }));
    }""")
    await expect(page.locator("#replay .clock")).to_have_text("step 1 of 0–3")
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")


async def test_two_runs_side_by_side(both: Path, pages: Pages) -> None:
    page = await pages.open(both)
    await expect(page.locator("#diff h3").first).to_have_text("2 flips in outcome: 2 worse, 0 better")
    await page.click(".flips tr:nth-child(2) button")
    await expect(page.locator("#both .about")).to_contain_text("the same for 2 steps")
    await expect(page.locator("#both .parting")).to_have_text("✗ Here they part: the first step that differs.")
    assert await page.locator("#both .half h4 code").all_text_contents() == ["2", "9"]
    assert "flip=1&at=2" in fragment(page)
    assert await page.locator("#both .moves button").all_text_contents() == [
        "0–1 the same",
        "2. 2 / 9",
        "3. 3 / 3",
        "end",
    ]
    await page.keyboard.press("ArrowLeft")
    await expect(page.locator("#both .parting")).to_have_text("Up to here both are the same.")
    await page.keyboard.press("Escape")
    await expect(page.locator("#both")).to_be_hidden()
    await page.check("input[name=flipped]")
    await expect(page.locator("#count")).to_have_text("4 of 26 episodes")
    again = await pages.open(both, fragment="flip=0&at=3", dark=True, size=PHONE)
    await expect(again.locator("#both .clock")).to_have_text("step 3")
    assert await again.evaluate("document.documentElement.scrollWidth <= innerWidth")


async def test_nothing_stands_in_the_way_of_a_screen_reader(both: Path, pages: Pages) -> None:
    for dark in (False, True):
        page = await pages.open(both, fragment="run=new&episode=1&step=2&flip=0", dark=dark)
        await expect(page.locator("#replay .broke")).to_have_count(1)
        await expect(page.locator("#both .half")).to_have_count(2)
        found = (await Axe().run(page)).response["violations"]
        assert [fault["id"] for fault in found if fault["impact"] in ("serious", "critical")] == []


@pytest.fixture
def looking(builder: Any) -> Any:
    """A run in which a model was shown two pictures, one of them twice, and one that is no picture."""
    run = builder("looking")
    blobs = {"aa": ("image/png", png(1)), "bb": ("image/png", png(2)), "cc": ("image/svg+xml", b"<svg/>")}
    unit = run.play("ann", "bob", reward=(1, -1))
    for step, names in enumerate((("aa",), ("aa", "bb"), ("cc", "dd"))):
        run.move(unit, 0)
        run.call(unit, step=step)
        run.talks[-1] = [MessageRecord(role="user", text="look", images=names)]
    return replace(run.data(), blob=blobs.get)


@pytest.mark.parametrize("folder", ["", "seen pictures"])
async def test_pictures_that_were_sent(looking: Any, draw: Any, tmp_path: Path, pages: Pages, folder: str) -> None:
    images = Images(tmp_path / folder, folder) if folder else Images()
    build_report([looking], draw, tmp_path / "looking.html", images)
    there = [(tmp_path / folder / name).is_file() for name in ("aa.png", "bb.png")]
    assert there == [bool(folder)] * 2
    assert (tmp_path / "looking.html").read_text("utf-8").count('id="image-') == (0 if folder else 2)
    page = await pages.open(tmp_path / "looking.html", fragment="episode=0&step=1")
    await page.locator("#replay .sight").nth(1).wait_for()
    loaded = "(image) => image.decode().then(() => image.naturalWidth)"
    seen = await page.locator("#replay .move > .sight").all()
    assert [await image.evaluate(loaded) for image in seen] == [1, 1]
    await page.keyboard.press("ArrowRight")
    await expect(page.locator("#replay .move > .meta").nth(1)).to_have_text(
        "A picture was sent here; it is of a kind that is not shown."
    )
    await expect(page.locator("#replay .move > .meta").nth(2)).to_have_text(
        "A picture was sent here; it is not in the journal."
    )


def test_pictures_have_a_limit(looking: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kibitz.results.report.images.ON_THE_PAGE", len(png(1)) + 5)
    images = Images()
    assert [images.name(looking, name) for name in ("aa", "bb", "aa")] == ["#image-aa", "-large", "#image-aa"]
    assert hashlib.sha256(png(1)).digest() != hashlib.sha256(png(2)).digest()
