"""Charts: Vega specifications drawn to inline SVG when the page is built, so that they need no script to be seen.

Vega was chosen over the alternatives because its drawings hold presentation attributes only, which a strict policy
allows (matplotlib writes style attributes), and because it needs no browser (plotly does) and no script in the page
(pygal writes one). Colours are the page's own variables, so a chart follows the light and the dark scheme, and fonts
are the page's as well. Text is measured with the Liberation fonts that the library brings along: the same data give the
same bytes wherever the page is built.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any
from xml.etree import ElementTree as ET

from markupsafe import Markup

Spec = Mapping[str, Any]

WIDE, NARROW = 760, 350
"""Widths in pixels: on desks and on paper, and on phones, where a chart made smaller could not be read."""

LONGEST = 500
"""Characters of a text in a chart."""

MISSING = "Charts need the library vl-convert-python, which is not installed here; the tables have all numbers."

_NAMESPACES = re.compile(r' xmlns(?::\w+)?="[^"]*"')
_CONFIG = {
    "font": "Liberation Sans",
    "axis": {
        "domain": False,
        "ticks": False,
        "labelColor": "var(--soft)",
        "labelFontSize": 12,
        "labelPadding": 6,
        "titleColor": "var(--soft)",
        "titleFontSize": 12,
        "titleFontWeight": "normal",
        "titlePadding": 8,
        "gridColor": "var(--line)",
    },
}
_UNDRAWABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML does not allow (XML 1.0, section 2.2), lone surrogates among it."""

_NOISE = ("role", "pointer-events", "font-family", "version")
_DECIMALS = re.compile(r"-?\d+\.\d{3,}(?:e-?\d+)?")


def both(spec: Callable[[int], Spec], label: str) -> Markup:
    """A chart for wide and one for narrow screens, of which styles show one.

    Args:
        spec: The Vega specification for a width in pixels.
        label: What the chart shows, for those who do not see it.
    """
    try:
        return Markup("").join(
            Markup('<div class="chart {}">{}</div>').format(name, drawn(spec(width), label))
            for name, width in (("wide", WIDE), ("narrow", NARROW))
        )
    except ImportError:
        return Markup('<p class="lead">{}</p>').format(MISSING)


def mark(kind: str, source: str, **channels: object) -> dict[str, Any]:
    """A Vega mark: one ``kind`` an item of ``source``; a channel is a value, or what Vega makes one from."""
    encoded = {name: value if isinstance(value, dict) else {"value": value} for name, value in channels.items()}
    return {"type": kind, "from": {"data": source}, "encode": {"enter": encoded}}


def drawn(spec: Spec, label: str) -> Markup:
    """A chart as an SVG element.

    Raises:
        ImportError: The library that draws is not installed.
        ValueError: The specification is wrong.
    """
    import vl_convert  # 0.4 s for the first chart: only who builds a report waits for it

    whole = {
        "$schema": "https://vega.github.io/schema/vega/v6.json",
        "background": None,
        "padding": 4,
        "config": _CONFIG,
        **spec,
    }
    svg = vl_convert.vega_to_svg(_drawable(whole), allowed_base_urls=[])
    return Markup(_tidy(svg, label))  # noqa: S704 - serialised below


def _drawable(value: object) -> Any:  # noqa: ANN401 - the shape of what it is given
    """The specification with texts that can be drawn: names may hold anything, and one NUL ends the whole process."""
    if isinstance(value, str):
        return _UNDRAWABLE.sub("\N{REPLACEMENT CHARACTER}", value[:LONGEST])
    if isinstance(value, Mapping):
        return {key: _drawable(item) for key, item in value.items()}
    return [_drawable(item) for item in value] if isinstance(value, list | tuple) else value


def _tidy(svg: str, label: str) -> str:
    """The drawing as one image with a label; names of its marks become tooltips."""
    # A drawing within a page needs no namespaces, and without them nothing in the page looks like an address.
    root = ET.fromstring(_NAMESPACES.sub("", svg))  # noqa: S314 - drawn by the library a moment ago
    for element in root.iter():
        name = element.attrib.get("aria-label")
        for attribute in [key for key in element.attrib if key.startswith("aria-") or key in _NOISE]:
            del element.attrib[attribute]
        if name and element.get("class") is None:
            title = ET.Element("title")
            title.text = name
            element.insert(0, title)
        for attribute, value in element.attrib.items():
            element.set(attribute, _DECIMALS.sub(_shorter, value))
    _prune(root)
    del root.attrib["class"]
    root.set("role", "img")
    root.set("aria-label", _UNDRAWABLE.sub("\N{REPLACEMENT CHARACTER}", label))
    return ET.tostring(root, encoding="unicode")


def _shorter(number: re.Match[str]) -> str:
    return f"{float(number[0]):.2f}".rstrip("0").rstrip(".")


def _prune(element: ET.Element) -> None:
    """Take away what draws nothing: empty frames and groups."""
    for child in list(element):
        _prune(child)
        empty = child.tag == "g" and not len(child)
        if empty or child.get("class") in ("background", "foreground"):
            element.remove(child)
