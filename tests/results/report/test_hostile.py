"""Two hundred hostile texts in each place that holds what others wrote: shown as text, and nothing of them runs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from kibitz.results.records import CandidateRecord, ComplaintRecord, MessageRecord
from kibitz.results.report.build import build_report
from kibitz.results.report.sidebyside import compare
from tests.browsing import Pages
from tests.results.report.conftest import drawing
from tests.results.report.payloads import PAYLOADS

STEPS = 10
EVERYTHING = "\n".join(PAYLOADS)


def parts(number: int) -> list[str]:
    """The payloads in so many groups, each joined: for places of which a run has few."""
    return ["\n".join(PAYLOADS[i::number]) for i in range(number)]


def drawn(game: str, version: str, options: Any, position: Any) -> str:
    """A drawing that hands on what the position says, as a careless plug-in would."""
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><text>{position["step"]}</text></svg>'


def hostile(builder: Any, name: str) -> Any:
    agents = [builder.agent(one, kind=one, identity={"models": one}) for one in parts(4)]
    games = [builder.game(f"g{i}{one}", title=one, subproblems={one: one, "q": one}) for i, one in enumerate(parts(4))]
    run = builder(name, games=games, agents=agents)
    names = [agent.name for agent in agents]
    for start in range(0, len(PAYLOADS), STEPS):
        label = games[start // STEPS % 4].label
        unit = run.play(names[0], names[start // STEPS % 3 + 1], reward=(1, -1) if name else (-1, 1), game=label, reason=PAYLOADS[start])
        for step, text in enumerate(PAYLOADS[start : start + STEPS]):
            run.move(
                unit,
                0,
                action=text,
                reply=text,
                reasoning=text,
                greedy=text,
                consistent=False,
                fallback=True,
                complaints=(ComplaintRecord(problem=text, reason=text),),
                candidates=(CandidateRecord(action=text, scores={text: 1.0}, veto=text), CandidateRecord(action="1")),
                regret=0.5,
                regret_method=text,
            )
            run.call(unit, step=step, prompt=text, reply=text)
            run.talks[-1] = [MessageRecord(role=text, text=text, images=(text,))]
            run.answer(unit, "wrong", step=step, raw=text, parsed=text, truth=text, note=text, action=text, sub="q")
            run.answer(unit, "malformed", step=step, raw=text, note=text, sub=text)
    for i, text in enumerate(parts(20)):
        label = games[i % 4].label
        run.play(names[0], names[1], reward=(), status="failed", cause=text, fault=text, message=text, game=label)
    return run.data(command=["kibitz", *PAYLOADS], versions={EVERYTHING: EVERYTHING}, config={EVERYTHING: EVERYTHING})


@pytest.fixture
def page(builder: Any, tmp_path: Path) -> Path:
    runs = [hostile(builder, f"{n}{EVERYTHING}") for n in "ab"]
    build_report(runs, drawing, tmp_path / "hostile.html", compared=compare(runs, [EVERYTHING, "b"], runs[0].units[0].agents[0]))
    return tmp_path / "hostile.html"


def shown(text: str) -> str:
    """A text as a page can hold it: UTF-8 has no lone surrogates."""
    return text.encode("utf-8", "replace").decode()


READ = """async ([episode, step]) => {
  const run = document.querySelector(".list td .sub").textContent;
  location.hash = new URLSearchParams({ run, episode, step });
  const there = () => document.querySelector("#replay .slide input")?.value === step
    && document.querySelector("#replay .about").textContent.includes(`episode ${episode} `);
  for (let i = 0; i < 400 && !there(); i++) await new Promise((done) => setTimeout(done, 5));
  const text = (selector) => [...document.querySelectorAll(`#replay ${selector}`)].map((node) => node.textContent);
  return {
    action: text(".move h4 code"), cells: text(".answers td"), badges: text(".badge"), candidates: text(".candidates td"),
    said: text(".move .said"),
  };
}"""


async def test_two_hundred_payloads_in_each_place_stay_text(page: Path, pages: Pages) -> None:
    assert len(PAYLOADS) >= 200
    tab = await pages.open(page)
    for number, text in enumerate(PAYLOADS):
        found = await tab.evaluate(READ, [str(number // STEPS), str(number % STEPS)])
        want = shown(text)
        assert found["action"] == [want]
        assert found["said"].count(want) >= 3  # reply, reasoning, and the message of the call
        assert found["cells"].count(want) >= 3  # answer, truth, and what could not be read
        assert any(want in badge for badge in found["badges"])
        assert any(want in cell for cell in found["candidates"])
    assert await tab.evaluate("window.pwned === undefined && Object.prototype.pwned === undefined")


async def test_names_errors_and_commands_stay_text(page: Path, pages: Pages) -> None:
    tab = await pages.open(page)
    body = await tab.evaluate("document.body.textContent")
    for text in PAYLOADS:
        # A parser of HTML makes line feeds of carriage returns, and leaves out NUL.
        assert shown(text).replace("\r", "\n").replace("\x00", "") in body.replace("\r", "\n").replace("\x00", ""), repr(text)
    assert await tab.evaluate("window.pwned === undefined")
    elements = await tab.evaluate("[...new Set([...document.querySelectorAll('*')].map((node) => node.localName))].sort().join()")
    assert not {"iframe", "object", "embed", "base", "link", "audio", "video", "marquee", "xss", "plaintext"} & set(elements.split(","))
    await tab.locator(".flips button").first.click()
    await tab.wait_for_selector("#both .halves .half")
    assert await tab.locator("#both .half").count() == 2
    await tab.evaluate("location.hash = ''")
    failed = tab.locator(".list tbody tr", has_text="failed:").first
    await failed.click()
    await tab.wait_for_selector("#replay .said")
    assert shown(PAYLOADS[0]) in await tab.locator("#replay").text_content()
