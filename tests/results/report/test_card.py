import sys
from dataclasses import replace
from typing import Any
from xml.etree import ElementTree as ET

import msgspec
import pytest

from kibitz.results.records import Spent
from kibitz.results.report.card import NoStepError, can_draw, card, telling, to_png
from kibitz.results.report.cardtext import cut, drawable, width, wrapped
from tests.results.report.payloads import PAYLOADS

PLAIN = {"svg", "title", "rect", "path", "circle", "text", "line"}


def drawn(run: Any, draw: Any, step: int | None = None, **changes: Any) -> str:
    data = run.data()
    log = replace(data.log(data.units[0]), **changes)
    return card(data.info.games[log.unit.game], log, draw, step)


def texts(svg: str) -> list[str]:
    return [element.text or "" for element in ET.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")]


def test_what_was_said_what_was_true_and_what_was_done(builder: Any, draw: Any) -> None:
    run = builder()
    unit = run.play("ann", "bob", reward=(-1, 1))
    run.move(unit, 0, "4", reply="I drop into 4.", consistent=False)
    run.answer(unit, "wrong", parsed="3,1", truth="5,2")
    run.answer(unit, "right", sub="count", truth="7")
    svg = drawn(run, draw)
    found = texts(svg)
    for text in (
        "Kibitz",
        "ann",
        "Connect4 · seat 0 · lost against bob",
        "Said it, did not do it",
        "4",
        "wins",
        "3,1",
        "5,2",
        "7",
    ):
        assert text in found
    assert "I drop into 4." in found
    assert found[-2:] == ["episode 0: connect4/0/ann,bob, step 0", "kibitz report --episode"]
    assert '<rect width="9" height="9"/>' in svg


def test_whose_data_it_is_and_whether_a_goal_was_reached(builder: Any, draw: Any) -> None:
    game = builder.game("line", seats=1, payoff="single", reward_range=(0.0, 1.0), attribution="Them,\nCC BY-SA 4.0")
    run = builder(games=[game])
    run.move(run.play("ann", reward=(0.0,), success=False), 0)
    found = texts(drawn(run, draw))
    assert found[-1] == "Data: Them, CC BY-SA 4.0"
    assert "Line · seat 0 · goal missed" in found


def test_the_step_that_tells_most(builder: Any) -> None:
    run = builder()
    unit = run.play("ann", "bob", reward=(-1, 1))
    for seat in (0, 1, 0, 1):
        run.move(unit, seat)
    run.answer(unit, "wrong", step=1, seat=1)
    data = run.data()

    def told() -> tuple[int, int]:
        moment = telling(data.log(unit))
        return moment.step.step, moment.move.seat

    assert told() == (1, 1)
    run.answer(unit, "wrong", step=2)  # of the seat that lost
    assert told() == (2, 0)
    for change, step in (({"fallback": True}, 3), ({"consistent": False}, 1), ({"spent": Spent(calls=1)}, 0)):
        steps = run.steps[unit.key]
        steps[step] = msgspec.structs.replace(
            steps[step], seats=(msgspec.structs.replace(steps[step].seats[0], **change),)
        )
        assert told()[0] == step
    assert telling(data.log(unit), 2).step.step == 2


def test_steps_that_are_not_there(builder: Any) -> None:
    run = builder()
    unit = run.play("ann", "bob", reward=(-1, 1))
    with pytest.raises(NoStepError, match="no step was finished"):
        telling(run.data().log(unit))
    run.move(unit, 0)
    with pytest.raises(NoStepError, match=r"no step 1; the steps are 0\.\.0"):
        telling(run.data().log(unit), 1)


def test_hostile_text_stays_text(builder: Any) -> None:
    for text in (*PAYLOADS, "\n".join(PAYLOADS)):
        run = builder(agents=[builder.agent(text), builder.agent("bob")], games=[builder.game(text, title=text)])
        unit = run.play(text, "bob", reward=(-1, 1))
        run.move(unit, 0, text, reply=text)
        run.steps[unit.key] = [
            msgspec.structs.replace(step, seats=(msgspec.structs.replace(step.seats[0], observation=text),))
            for step in run.steps[unit.key]
        ]
        run.answer(unit, "wrong", parsed=text, truth=text, sub=text)
        svg = drawn(run, lambda *_: None)
        root = ET.fromstring(svg)
        assert {element.tag.rpartition("}")[2] for element in root.iter()} <= PLAIN
        assert not {
            key
            for element in root.iter()
            for key in element.attrib
            if key in ("href", "style", "src") or key[:2] == "on"
        }


def test_a_picture_of_the_right_size_and_the_same_bytes(builder: Any, draw: Any) -> None:
    run = builder()
    run.move(run.play("ann", "bob", reward=(-1, 1)), 0, reply="日本 \U0010fffd")
    svg = drawn(run, draw)
    png = to_png(svg)
    assert png == to_png(svg)
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    assert (int.from_bytes(png[16:20]), int.from_bytes(png[20:24])) == (1200, 630)
    assert [can_draw(char) for char in "aéЖ\U0010fffd"] == [True, True, True, False]


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("two\n lines\t here", "two lines here"),
        ("\u202egnp.exe", "<U+202E>gnp.exe"),
        ("a\x00b\ud800", "a<U+0000>b<U+D800>"),
        ("Z" + "\u0300" * 90, "Z\u0300\u0300"),
        ("日本", "日本"),
    ],
)
def test_what_cannot_be_seen_is_told(text: str, safe: str) -> None:
    assert drawable(text) == safe


def test_text_is_wrapped_and_cut() -> None:
    lines = wrapped("some words that go on and on, and a" + "n" * 200, 200, 18, 3)
    assert len(lines) == 3
    assert all(width(line, 18) <= 200 for line in lines)
    assert lines[0] == "some words that go"
    assert lines[-1].endswith("…")
    assert wrapped("one two", 200, 18, 3) == ["one two"]
    assert wrapped("", 200, 18, 3) == []
    assert cut("short", 200, 18) == "short"


def test_the_svg_file_needs_no_library(builder: Any, draw: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "vl_convert", None)
    run = builder()
    run.move(run.play("ann", "bob", reward=(-1, 1)), 0)
    svg = drawn(run, draw)
    with pytest.raises(RuntimeError, match="vl-convert-python"):
        to_png(svg)
