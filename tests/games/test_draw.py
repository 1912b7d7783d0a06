from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kibitz.games.draw import box, cross, disc, label, line, picture, ring, tag

LETTERS = st.text(st.characters(min_codepoint=32, exclude_categories=("Cs", "Cc", "Cn")), max_size=30)


@given(LETTERS, LETTERS)
def test_any_text_is_escaped(title, text):
    root = ET.fromstring(picture(10, 10, title, label(1, 2, text), tag("g", label=text)))
    assert [element.tag.rpartition("}")[2] for element in root] == ["title", "text", "g"]
    assert (root[0].text or "", root[1].text or "") == (title, text)
    assert root[2].get("label") == text


@pytest.mark.parametrize(
    ("value", "written"), [(1.0, "1"), (1 / 3, "0.33"), (20, "20"), (-0.5, "-0.5"), ("a b", "a b")]
)
def test_numbers_are_short(value, written):
    assert tag("rect", x=value) == f'<rect x="{written}"/>'


def test_underscores_stand_for_hyphens():
    assert tag("line", stroke_width=2) == '<line stroke-width="2"/>'


def test_crosses_and_rings_differ_in_shape():
    assert cross(5, 5, 2).count("<line") == 2
    assert ring(5, 5, 2).count("<circle") == 1
    assert 'fill="none"' in ring(5, 5, 2)


def test_lines_and_letters_take_the_colour_of_the_page():
    assert 'stroke="currentColor"' in line(0, 0, 1, 1)
    assert 'fill="currentColor"' in label(0, 0, "a")
    assert 'fill="red"' in label(0, 0, "a", fill="red")


def test_shapes_have_their_measures():
    assert box(1, 2, 3, 4) == '<rect x="1" y="2" width="3" height="4" rx="8"/>'
    assert disc(1, 2, 3) == '<circle cx="1" cy="2" r="3"/>'
