"""Every number of the page is one of ``board --json``: its value in full, and the same to the digits that are shown."""

import json
from collections import Counter
from html.parser import HTMLParser
from typing import Any

import pytest

from kibitz.results.leaderboard import board
from kibitz.results.records import Spent
from kibitz.results.report.build import render


class Numbers(HTMLParser):
    """The numbers of a page: where each stands in the JSON output, its value, and what people read."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[dict[str, str], str, str]] = []
        self.where: dict[str, str] = {}
        self._open = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = {name: value or "" for name, value in attrs}
        if tag in ("section", "table"):
            self.where = {}
        if tag in ("section", "table", "tr", "td"):
            names = ("data-game", "data-agent", "data-opponent")
            self.where |= {name[5:]: named[name] for name in names if name in named}
        if tag == "data":
            self._open = True
            self.found.append((self.where | {"key": named["data-key"]}, named["value"], ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "data":
            self._open = False

    def handle_data(self, data: str) -> None:
        if self._open:
            where, value, text = self.found[-1]
            self.found[-1] = (where, value, text + data)


def entry(output: Any, where: dict[str, str]) -> Any:
    """The object of the JSON output in which a number stands."""
    if "opponent" in where:
        (meeting,) = [
            meeting
            for meeting in output["matrices"][where["game"]]["meetings"]
            if (meeting["agent"], meeting["opponent"]) == (where["agent"], where["opponent"])
        ]
        return meeting
    if "agent" in where:
        (row,) = [row for row in output["rows"] if (row["agent"], row["game"]) == (where["agent"], where["game"])]
        return row
    return output


def as_shown(text: str, value: float) -> bool:
    """Whether a text is the value, to the digits that it has."""
    plain = text.replace("−", "-").replace(",", "").replace("$", "").strip()
    if plain in (">99%", "<1%"):
        return 0.99 < value < 1 if plain == ">99%" else 0 < value < 0.01
    number = float(plain.rstrip("%"))
    scale = 100 if plain.endswith("%") else 1
    digits = len(plain.rstrip("%").partition(".")[2])
    off: float = abs(number / scale - value)
    return off <= 0.500001 * 10.0**-digits / scale


@pytest.fixture
def runs(builder: Any, whole_run: Any) -> list[Any]:
    """One run with everything, and one with three agents that met often and had prices."""
    run = builder("meetings", agents=[builder.agent(name) for name in ("cat", "dog", "eel")])
    for k in range(12):
        spent = tuple(Spent(calls=1, input_tokens=100 * k + seat, usd=0.02 * k + 0.001 * seat) for seat in (0, 1))
        run.play("cat", "dog", reward=(1, -1) if k % 3 else (-1, 1), spent=spent)
        run.play("dog", "eel", reward=(1, -1) if k % 4 else (0, 0))
        run.play("eel", "cat", reward=(1, -1) if k % 5 == 0 else (-1, 1))
    return [whole_run(), run.data()]


def test_every_number_is_the_boards(runs: list[Any], draw: Any) -> None:
    for run in runs:
        output = json.loads(board([run]).to_json())
        kinds: Counter[str] = Counter()
        for where, value, text in Numbers(render([run], draw)).found:
            expected = entry(output, where)
            for part in where["key"].split("."):
                expected = expected[part]
            assert float(value) == expected, where
            if where["key"].endswith("lift.mean"):  # in points
                assert as_shown(text.strip("+±") + "%", float(value)), (where, value, text)
            elif where["key"] != "seconds":
                assert as_shown(text, float(value)), (where, value, text)
            kinds[where["key"].split(".")[0]] += 1
        if run is runs[1]:
            assert kinds["share"] == 6
            assert kinds["rating"] >= 7
            assert kinds["usd_each"] >= 7
        else:
            assert kinds["per_subproblem"] >= 3
            assert kinds["reasoning"] >= 1
            assert kinds["treatments"] >= 10
        assert kinds["outcome"] >= 9
        assert kinds["episodes"] >= 4


def test_a_number_that_is_not_shown_right_is_found() -> None:
    assert as_shown("0.12", 0.1249)
    assert as_shown("<1%", 0.004)
    assert not as_shown("0.12", 0.126)
    assert not as_shown("57%", 0.578)
    assert not as_shown("$0.02", 0.03)
