import re
import subprocess
import sys
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from kibitz.results.report import charts

PROGRAM = """
from kibitz.results.report import charts
spec = {"width": 99, "height": 33, "data": [{"name": "a", "values": [{"x": 1 / 3}, {"x": 7}]}],
        "marks": [charts.mark("symbol", "a", x={"field": "x"}, y=4, description={"field": "x"})]}
print(charts.drawn(spec, "two points"))
"""


def named(name: str) -> charts.Spec:
    text = charts.mark("text", "a", text={"field": "name"}, x=5, y=9, fill="var(--soft)", description={"field": "name"})
    return {"width": 90, "height": 30, "data": [{"name": "a", "values": [{"name": name}]}], "marks": [text]}


def test_a_chart_is_one_image_with_a_label_and_tooltips() -> None:
    svg = ET.fromstring(charts.drawn(named("ann & <bob>"), 'who "won"'))
    assert (svg.tag, svg.get("role"), svg.get("aria-label")) == ("svg", "img", 'who "won"')
    (text,) = svg.iter("text")
    assert text[0].tag == "title"
    assert "".join(text.itertext()) == "ann & <bob>" * 2
    assert text.get("fill") == "var(--soft)"


def test_a_chart_is_what_the_policy_of_the_page_allows() -> None:
    svg = charts.drawn(named("ann"), "")
    names = set(re.findall(r"[ ]([\w:-]+)=", svg))
    assert not names & {"style", "href", "id", "font-family"}
    assert not any(name.startswith(("on", "xmlns", "xlink")) for name in names)
    assert not re.search(r"<(script|style|image|use|a)\b|url\(", svg)


@pytest.mark.parametrize("name", ["a\0b", "\ud800", "\x1b[31m", "￾", "</text><script>", "x" * 100_000])
def test_no_name_can_break_a_chart(name: str) -> None:
    # A character that XML does not have would end the process within the library.
    svg = ET.fromstring(charts.drawn(named(name), name))
    assert len(list(svg.iter("text"))) == 1
    assert not list(svg.iter("script"))


def test_the_same_data_give_the_same_bytes_in_every_process() -> None:
    runs = [
        subprocess.run(
            [sys.executable, "-c", PROGRAM], capture_output=True, check=True, env={"PYTHONHASHSEED": seed, "HOME": "/"}
        )
        for seed in ("1", "2")
    ]
    assert runs[0].stdout == runs[1].stdout
    assert b"0.33" in runs[0].stdout


def test_without_the_library_the_page_says_so(monkeypatch: Any) -> None:
    monkeypatch.setitem(sys.modules, "vl_convert", None)
    assert charts.both(lambda _: {}, "label") == f'<p class="lead">{charts.MISSING}</p>'
