import base64
import hashlib
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from kibitz.results.leaderboard import board
from kibitz.results.report.build import build_report, render

PAYLOADS = [
    "<script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    "<!--<script>",
    "-->",
    "]]>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<iframe src=javascript:alert(1)>",
    "<iframe srcdoc='<script>alert(1)</script>'>",
    '" onmouseover="alert(1)',
    "' onmouseover='alert(1)",
    '"><script>alert(1)</script>',
    "'><img src=x onerror=alert(1)>",
    "javascript:alert(1)",
    "<a href='javascript:alert(1)'>x</a>",
    "<base href=//evil.example>",
    "<meta http-equiv=refresh content='0;url=//evil.example'>",
    "<link rel=stylesheet href=//evil.example/x.css>",
    "<style>*{background:url(//evil.example)}</style>",
    "</style><script>alert(1)</script>",
    "</title><script>alert(1)</script>",
    "</textarea><script>alert(1)</script>",
    "<form action=//evil.example><input name=q>",
    "<object data=//evil.example></object>",
    "<details open ontoggle=alert(1)>",
    "{{ 7 * 7 }}{% raw %}",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "\u2028\u2029\x00\x1b[31m\ud800",
    "<math><mi xlink:href=javascript:alert(1)>",
    "`-alert(1)-`${alert(1)}",
    "<template><script>alert(1)</script></template>",
]


class Outline(HTMLParser):
    """The elements of a page with the names of their attributes; scripts by their contents."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, tuple[str, ...]]] = []
        self.links: list[str] = []
        self.raw: dict[str, list[tuple[dict[str, str | None], str]]] = {"script": [], "style": []}
        self._inside: tuple[str, dict[str, str | None]] | None = None
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, tuple(name for name, _ in attrs)))
        self.links += [value or "" for name, value in attrs if name in ("src", "href", "action", "data", "srcset")]
        if tag in self.raw:
            self._inside = (tag, dict(attrs))
            self.raw[tag].append((dict(attrs), ""))

    def handle_data(self, data: str) -> None:
        if self._inside:
            attributes, text = self.raw[self._inside[0]].pop()
            self.raw[self._inside[0]].append((attributes, text + data))

    def handle_endtag(self, tag: str) -> None:
        self._inside = None


@pytest.fixture(scope="module")
def harmless() -> dict[str, Any]:
    return {}


def test_the_same_run_gives_the_same_bytes(whole_run: Any, draw: Any, tmp_path: Path) -> None:
    for name in ("a.html", "b.html"):
        build_report([whole_run()], draw, tmp_path / name)
    assert (tmp_path / "a.html").read_bytes() == (tmp_path / "b.html").read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.html", "b.html"]


def test_nothing_comes_from_outside(whole_run: Any, draw: Any) -> None:
    page = render([whole_run()], draw)
    assert not re.search(r"https?://|//[a-z]+\.[a-z]", re.sub(r"// [^\n]*", "", page))
    assert all(link.startswith("#") for link in Outline(page).links)


def test_policy_allows_exactly_our_style_and_script(whole_run: Any, draw: Any) -> None:
    page = render([whole_run()], draw)
    outline = Outline(page)
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', page)
    assert policy
    (style,) = outline.raw["style"]
    scripts = [text for attributes, text in outline.raw["script"] if "type" not in attributes]
    assert len(scripts) == 1
    for text in (style[1], scripts[0]):
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"sha256-{digest}" in policy[1].replace("&#39;", "'")
    assert policy[1].startswith("default-src ")
    assert "unsafe" not in policy[1]
    names = {name for _, attributes in outline.elements for name in attributes}
    assert "style" not in names
    assert not any(name.startswith("on") for name in names)


@pytest.mark.once
@pytest.mark.parametrize("payload", PAYLOADS)
def test_hostile_text_stays_text(whole_run: Any, draw: Any, harmless: dict[str, Any], payload: str) -> None:
    if not harmless:
        harmless["outline"] = Outline(render([whole_run("plain")], draw)).elements
    page = render([whole_run(payload)], draw)
    assert Outline(page.encode("utf-8", "replace").decode()).elements == harmless["outline"]


def test_every_number_of_the_page_is_the_boards(whole_run: Any, draw: Any) -> None:
    run = whole_run()
    rows = {(row["agent"], row["game"]): row for row in json.loads(board([run]).to_json())["rows"]}
    found = 0
    for game, table in re.findall(
        r'<table class="board" data-game="([^"]+)">(.*?)</table>', render([run], draw), re.DOTALL
    ):
        for agent, row in re.findall(r'data-agent="([^"]+)">(.*?)</tr>', table, re.DOTALL):
            for value, key in re.findall(r'<data value="([^"]+)" data-key="([^"]+)">', row):
                expected: Any = rows[agent, game]
                for part in key.split("."):
                    expected = expected[part]
                assert float(value) == expected
                found += 1
    assert found > 50


def test_a_run_that_has_not_begun_can_be_shown(builder: Any, draw: Any) -> None:
    run = builder()
    run.unit("ann", "bob")
    page = render([run.data()], draw)
    assert "Incomplete: 0 of 1 episodes are scored." in page
    assert "not played" in page


def test_several_runs_on_one_page(builder: Any, draw: Any) -> None:
    one, two = builder("one"), builder("two")
    for run in (one, two):
        run.move(run.play("ann", "bob", reward=(1, -1)), 0)
    page = render([one.data(), two.data(seed=1)], draw)
    assert "<h1>one, two</h1>" in page
    assert page.count('type="application/octet-stream"') == 4
