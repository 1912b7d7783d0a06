"""Charts: Vega specifications drawn to inline SVG when the page is built, so that they need no script to be seen.

Vega was chosen over the alternatives because its drawings hold presentation attributes only, which a strict policy
allows (matplotlib writes style attributes), and because it needs no browser (plotly does) and no script in the page
(pygal writes one). Colours are the page's own variables, so a chart follows the light and the dark scheme, and fonts
are the page's as well. Text is measured with the Liberation fonts that the library brings along: the same data give the
same bytes wherever the page is built.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any
from xml.etree import ElementTree as ET

from markupsafe import Markup

Spec = Mapping[str, Any]

WIDE, NARROW = 760, 350
"""Widths in pixels: on desks and on paper, and on phones, where a chart made smaller could not be read."""

MISSING = "Charts need the library vl-convert-python, which is not installed here; the tables have all numbers."

_SVG = "http://www.w3.org/2000/svg"
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
ET.register_namespace("", _SVG)

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
    # A lone surrogate, which a name may hold, has no UTF-8.
    plain = json.loads(json.dumps(whole, ensure_ascii=False).encode("utf-8", "replace"))
    return Markup(_tidy(vl_convert.vega_to_svg(plain, allowed_base_urls=[]), label))  # noqa: S704 - serialised below


def _tidy(svg: str, label: str) -> str:
    """The drawing as one image with a label; names of its marks become tooltips."""
    root = ET.fromstring(svg)  # noqa: S314 - drawn by the library a moment ago
    for element in root.iter():
        name = element.attrib.get("aria-label")
        for attribute in [key for key in element.attrib if key.startswith("aria-") or key in _NOISE]:
            del element.attrib[attribute]
        if name and element.get("class") is None:
            title = ET.Element(f"{{{_SVG}}}title")
            title.text = name
            element.insert(0, title)
        for attribute, value in element.attrib.items():
            element.set(attribute, _DECIMALS.sub(_shorter, value))
    _prune(root)
    del root.attrib["class"]
    root.set("role", "img")
    root.set("aria-label", label)
    return ET.tostring(root, encoding="unicode")


def _shorter(number: re.Match[str]) -> str:
    return f"{float(number[0]):.2f}".rstrip("0").rstrip(".")


def _prune(element: ET.Element) -> None:
    """Take away what draws nothing: empty frames and groups."""
    for child in list(element):
        _prune(child)
        empty = child.tag == f"{{{_SVG}}}g" and not len(child)
        if empty or child.get("class") in ("background", "foreground"):
            element.remove(child)
