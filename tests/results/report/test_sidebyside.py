import json
import re
from typing import Any

import pytest

from kibitz.results.comparing.diff import diff
from kibitz.results.comparing.ofrun import of_run
from kibitz.results.comparing.pairs import NotComparableError, pair
from kibitz.results.report.build import render
from kibitz.results.report.sidebyside import compare
from tests.results.report.unpacking import Page


def two(builder: Any) -> list[Any]:
    runs = []
    for name, lost in (("old", ()), ("new", (2, 5, 6))):
        run = builder(name)
        for n in range(9):
            unit = run.play("ann", "bob", reward=(-1, 1) if n in lost else (1, -1))
            run.move(unit, 0, consistent=n not in lost)
            run.answer(unit, "right" if n % 2 else "wrong")
        runs.append(run.data())
    return runs


def test_every_number_is_that_of_diff(builder: Any, draw: Any) -> None:
    runs = two(builder)
    html = render(runs, draw, compared=compare(runs, ["old", "new"], "ann"))
    expected: Any = diff(pair(of_run(runs[0], "old", "ann"), of_run(runs[1], "new", "ann"))).as_json()
    by_name = {change["metric"]: change for change in expected["changes"]}
    found = 0
    for name, row in re.findall(r'<tr data-name="([^"]+)">(.*?)</tr>', html, re.DOTALL):
        for value, key in re.findall(r'<data value="([^"]+)" data-key="([^"]+)">', row):
            want: Any = by_name[name]
            for part in key.split("."):
                want = want[part]
            assert float(value) == want
            found += 1
    assert found >= 9 * len(by_name) - 5
    table = re.findall(r'<table class="flips">(.*?)</table>', html, re.DOTALL)[0]
    flips = [
        (float(a), float(b))
        for a, b in re.findall(
            r'value="([^"]+)" data-key="before".*?value="([^"]+)" data-key="after"', table, re.DOTALL
        )
    ]
    assert flips == [(flip["before"], flip["after"]) for flip in expected["flips"]]
    assert len(flips) == 3


def test_each_flip_names_both_episodes(builder: Any, draw: Any) -> None:
    runs = two(builder)
    page = Page(render(runs, draw, compared=compare(runs, ["old", "new"], "ann")))
    found: Any = json.loads(page.elements["flips"])
    rows = page.index["rows"]
    for old, new in found["flips"]:
        assert rows[old][2] == rows[new][2]
        assert (page.index["texts"][rows[old][1]], page.index["texts"][rows[new][1]]) == ("old", "new")
    assert sorted(old for old, _ in found["flips"]) == [2, 5, 6]


def test_without_a_comparison_there_is_no_such_part(builder: Any, draw: Any) -> None:
    html = render(two(builder), draw)
    assert 'id="diff"' not in html
    assert 'id="flips"' not in html


def test_what_cannot_be_compared_is_refused(builder: Any) -> None:
    first, second = builder("old"), builder("new")
    first.play("ann", "bob", reward=(1, -1))
    second.play("ann", "bob", reward=(1, -1))
    with pytest.raises(NotComparableError, match="seed"):
        compare([first.data(), second.data(seed=1)], ["old", "new"], "ann")
