import pytest

from kibitz.results.report.pictures import Album, is_safe

NS = 'xmlns="http://www.w3.org/2000/svg"'


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


def test_each_position_is_drawn_once() -> None:
    drawn: list[object] = []

    def draw(game: str, version: str, options: object, position: object) -> str:
        drawn.append(position)
        return f"<svg {NS}/>"

    album = Album(draw)
    names = {album.picture("g", "1", {}, position) for position in ({"a": 1, "b": 2}, {"b": 2, "a": 1}, [1])}
    assert len(names) == len(album.pictures) == 1
    assert len(drawn) == 2
    assert album.picture("g", "1", {}, None) == ""
