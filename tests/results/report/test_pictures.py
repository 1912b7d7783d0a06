from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kibitz.results.report.pictures import Album, is_safe, joined
from tests.results.conftest import game

NS = 'xmlns="http://www.w3.org/2000/svg"'

PARTS = (
    "<g>", "</g>", "<rect/>", '<rect x="1"/>', "<text>a</text>", "<text>", "</text>", "</svg>", f"<svg {NS} x='1'>",
    "<title>b</title>", '<g fill="red">', "<script>", "</script>", "words", '<rect x="1" x="1"/>', "&amp;", "&x;",
    "]]>", "><",
)  # fmt: skip


@pytest.mark.parametrize(
    ("svg", "safe"),
    [
        (f'<svg {NS} viewBox="0 0 1 1"><title>a</title><g fill="red"><circle cx="1" cy="1" r="1"/></g></svg>', True),
        (f"<svg {NS}><text>&lt;script&gt;</text></svg>", True),
        (f"<svg {NS}><script>alert(1)</script></svg>", False),
        (f'<svg {NS} onload="alert(1)"/>', False),
        (f'<svg {NS}><a href="x"/></svg>', False),
        (f'<svg {NS}><image href="x"/></svg>', False),
        (f'<svg {NS}><use href="#x"/></svg>', False),
        (f'<svg {NS}><rect style="fill:red"/></svg>', False),
        (f'<svg {NS}><rect fill="URL(//evil)"/></svg>', False),
        (f"<svg {NS}><style>*{{}}</style></svg>", False),
        (f"<svg {NS}><foreignObject/></svg>", False),
        (f'<svg {NS} xmlns:x="http://www.w3.org/1999/xlink"><rect x:href="x"/></svg>', False),
        (f'<svg {NS}><b xmlns="http://www.w3.org/1999/xhtml"/></svg>', False),
        (f'<!DOCTYPE svg [<!ENTITY a "b">]><svg {NS}>&a;</svg>', False),
        (f"<?xml-stylesheet href='x'?><svg {NS}/>", False),
        (f"<svg {NS}><rect></svg>", False),
        ("<svg/>", False),
        ("<p>no</p>", False),
        (f"<svg {NS}>" + " " * 200_001 + "</svg>", False),
    ],
)
def test_only_plain_shapes_pass(svg: str, safe: bool) -> None:
    assert is_safe(svg) is safe


def test_each_position_is_drawn_once(builder: Any) -> None:
    drawn: list[object] = []

    def draw(game: str, version: str, options: object, position: object) -> str:
        drawn.append(position)
        return f'<svg {NS} width="1"><rect/></svg>'

    album, game = Album(draw), builder.game()
    found = {album.picture(game, position) for position in ({"a": 1, "b": 2}, {"b": 2, "a": 1}, [1])}
    assert [joined(pieces) for pieces in found] == [f'<svg {NS} width="1"><rect/></svg>']
    assert len(drawn) == 2
    assert album.picture(game, None) == ()


@pytest.mark.parametrize(
    ("inside", "shown"),
    [
        ('<rect width="1"/>', True),
        ("<title>a &lt; b &amp; c</title>", True),
        ('<g fill="red"><circle r="1"/><text x="1">two words</text></g>', True),
        ('<text x="1">one <tspan x="2">two</tspan> three</text>', True),
        ("<rect></rect>", True),
        ("<g><rect/></svg><svg></g>", False),
        ("</svg><svg>", False),
        ("<g>", False),
        ("</g>", False),
        ('<rect width="1" width="2"/>', False),
        ('<rect fill="url(#a)"/>', False),
        ('<rect onclick="alert(1)"/>', False),
        ('<svg onload="alert(1)"/>', False),
        ("<script>alert(1)</script>", False),
        ("<text><script>alert(1)</script></text>", False),
        ("<text>&evil;</text>", False),
        ("<text>a\x00b</text>", False),
        ('<rect fill="a<b"/>', False),
        ('<a href="javascript:alert(1)"/>', False),
        ('<rect xmlns="http://www.w3.org/1999/xhtml"/>', False),
        ("<rect/><!-- --><rect/>", False),
        ("<rect/>]]><rect/>", False),
    ],
)
def test_pieces_are_judged_as_the_whole_picture_is(builder: Any, inside: str, shown: bool) -> None:
    svg = f'<svg {NS} viewBox="0 0 1 1">{inside}</svg>'
    pieces = Album(lambda *_: svg).picture(builder.game(), {})
    assert is_safe(svg) is shown
    assert joined(pieces) == (svg if shown else "")


@given(st.lists(st.sampled_from(PARTS), max_size=8))
def test_quick_judgement_is_never_more_lenient(parts: list[str]) -> None:
    svg = f'<svg {NS} width="1">{"".join(parts)}</svg>'
    if joined(Album(lambda *_: svg).picture(game(), {})):
        assert is_safe(svg)
