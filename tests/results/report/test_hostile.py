"""Two hundred hostile texts in each place that holds what others wrote: shown as text, and nothing of them runs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from kibitz.results.records import CandidateRecord, ComplaintRecord, MessageRecord
from kibitz.results.report.build import build_report
from kibitz.results.report.sidebyside import compare
from tests.browsing import Pages
from tests.results.report.payloads import PAYLOADS

STEPS = 10
EVERYTHING = "\n".join(PAYLOADS)


def parts(number: int) -> list[str]:
    """The payloads in so many groups, each joined: for places of which a run has few."""
    return ["\n".join(PAYLOADS[i::number]) for i in range(number)]


def drawn(game: str, version: str, options: Any, position: Any) -> str:
    """A drawing with a text of its own."""
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><text>{position.get("step")}</text></svg>'


def said(builder: Any) -> Any:
    """Each payload in everything that an agent says and does, a step each."""
    questions = {"q": "Which?", **{text: text for text in PAYLOADS}}
    run = builder("said", games=[builder.game(subproblems=questions)])
    for start in range(0, len(PAYLOADS), STEPS):
        unit = run.play("ann", "bob", reward=(1, -1), reason=PAYLOADS[start])
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
    return run.data()


def named(builder: Any, name: str, reward: tuple[float, float]) -> Any:
    """All payloads in everything that has a name, in errors, and in how the run was made."""
    agents = [builder.agent(one, kind=one, identity={"models": one}) for one in parts(4)]
    games = [builder.game(f"g{i}{one}", title=one, subproblems={one: one, "q": one}) for i, one in enumerate(parts(2))]
    run = builder(name, games=games, agents=agents)
    names = [agent.name for agent in agents]
    for game in games:
        for i, other in enumerate(names[1:]):
            unit = run.play(names[0], other, reward=reward, game=game.label, reason=other)
            run.move(unit, i % 2)
            run.answer(unit, "wrong", seat=i % 2, sub="q")
    for text in parts(4):
        run.play(names[0], names[1], reward=(), status="failed", cause=text, fault=text, message=text)
    return run.data(command=["kibitz", *PAYLOADS], versions={EVERYTHING: EVERYTHING}, config={EVERYTHING: EVERYTHING})


def shown(text: str) -> str:
    """A text as a page can hold it: UTF-8 has no lone surrogates."""
    return text.encode("utf-8", "replace").decode()


READ = """async ([episode, step]) => {
  const there = () => document.querySelector("#replay .about")?.textContent.includes(`episode ${episode} `);
  if (!there()) location.hash = new URLSearchParams({ episode });
  for (let i = 0; i < 400 && !there(); i++) await new Promise((done) => setTimeout(done, 5));
  const slider = document.querySelector("#replay .slide input");
  slider.value = step;
  slider.dispatchEvent(new Event("input"));
  const text = (selector) => [...document.querySelectorAll(`#replay ${selector}`)].map((node) => node.textContent);
  return {
    action: text(".move h4 code"), cells: text(".answers td"), badges: text(".badge"), said: text(".move .said"),
    candidates: text(".candidates td"), parts: text(".answers .ask"),
  };
}"""

UNHARMED = "window.pwned === undefined && Object.prototype.pwned === undefined"


async def test_whatever_agents_say_stays_text(builder: Any, tmp_path: Path, pages: Pages) -> None:
    assert len(PAYLOADS) >= 200
    build_report([said(builder)], drawn, tmp_path / "said.html")
    tab = await pages.open(tmp_path / "said.html")
    for number, text in enumerate(PAYLOADS):
        found = await tab.evaluate(READ, [str(number // STEPS), str(number % STEPS)])
        want = shown(text)
        assert found["action"] == [want]
        assert found["said"].count(want) >= 3  # reply, reasoning, and the message of the call
        assert found["cells"].count(want) >= 3  # answer, truth, and what could not be read
        assert found["parts"] == ["q", want]
        assert any(want in badge for badge in found["badges"])
        assert any(want in cell for cell in found["candidates"])
    assert await tab.evaluate(UNHARMED)


async def test_names_errors_and_commands_stay_text(builder: Any, tmp_path: Path, pages: Pages) -> None:
    runs = [named(builder, f"a{EVERYTHING}", (1, -1)), named(builder, f"b{EVERYTHING}", (-1, 1))]
    compared = compare(runs, [EVERYTHING, "b"], runs[0].units[0].agents[0])
    build_report(runs, drawn, tmp_path / "named.html", compared=compared)
    tab = await pages.open(tmp_path / "named.html")

    # A parser of HTML makes line feeds of carriage returns, and leaves out NUL.
    def parsed(text: str) -> str:
        return text.replace("\r", "\n").replace("\x00", "")

    body = parsed(await tab.evaluate("document.body.textContent"))
    assert [text for text in PAYLOADS if parsed(shown(text)) not in body] == []
    names = await tab.evaluate("[...new Set([...document.querySelectorAll('*')].map((node) => node.localName))]")
    assert not {"iframe", "object", "embed", "base", "link", "audio", "video", "marquee", "xss", "plaintext"} & set(
        names
    )
    await tab.locator(".flips button").first.click()
    await tab.locator("#both .half").nth(1).wait_for()
    await tab.locator(".list tbody tr", has_text="failed:").first.click()
    await tab.locator("#replay .said").first.wait_for()
    assert shown(PAYLOADS[0]) in str(await tab.locator("#replay").text_content())
    assert await tab.evaluate(UNHARMED)
