import pytest

from kibitz.results.comparing import sides
from kibitz.results.comparing.ofrun import NoAgentError
from kibitz.results.comparing.sides import both_names, read_sides


@pytest.mark.parametrize(
    ("given", "names"),
    [
        (None, (None, None)),
        ("ann", ("ann", "ann")),
        ("ann:bob", ("ann", "bob")),
        ("m:1:m:2", ("m:1", "m:2")),
        ("a:b:c", ("a:b:c", "a:b:c")),
    ],
)
def test_one_name_or_two(given, names):
    assert both_names(given) == names


def test_a_side_is_not_compared_with_itself(make, monkeypatch, tmp_path):
    monkeypatch.setattr(sides, "read_results", lambda place, agent, *_: make.side(str(place), subject=agent))
    with pytest.raises(NoAgentError, match="ann would be compared with itself"):
        read_sides(tmp_path, tmp_path / "x" / "..", "ann")
    before, after = read_sides(tmp_path, tmp_path, "ann:bob")
    assert (before.subject, after.subject) == ("ann", "bob")
