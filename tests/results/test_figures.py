import pytest

from kibitz.results import figures
from kibitz.results.ratings.table import Rating
from kibitz.results.statistics.intervals import Interval


@pytest.mark.parametrize(
    ("value", "text"), [(0.5, "0.50"), (-0.004, "0.00"), (-0.3, "−0.30"), (None, "–"), (1, "1.00")]
)
def test_number(value: float | None, text: str) -> None:
    assert figures.number(value) == text


@pytest.mark.parametrize(("value", "text"), [(0.12, "+0.12"), (-0.12, "−0.12"), (0.001, "0.00"), (None, "–")])
def test_signed(value: float | None, text: str) -> None:
    assert figures.signed(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0%"), (0.001, "<1%"), (0.5, "50%"), (0.996, ">99%"), (1.0, "100%"), (0.994, "99%"), (None, "–")],
)
def test_percent(value: float | None, text: str) -> None:
    assert figures.percent(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, "unknown"), (0, "$0"), (0.00001, "<$0.0001"), (0.0123, "$0.0123"), (0.5, "$0.5"), (1234.5, "$1,234.50")],
)
def test_dollars(value: float | None, text: str) -> None:
    assert figures.dollars(value) == text


@pytest.mark.parametrize(
    ("value", "text"), [(0, "$0"), (0.001, "less than a cent"), (0.7597, "$0.76"), (3.6, "$4"), (1234.5, "$1,234")]
)
def test_estimated_dollars(value: float, text: str) -> None:
    assert figures.estimated_dollars(value) == text


@pytest.mark.parametrize(
    ("value", "text"), [(0, "0"), (1234, "1,234"), (9_999_999, "9,999,999"), (12_345_678, "12.3M")]
)
def test_count(value: int, text: str) -> None:
    assert figures.count(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0 s"), (0.42, "0.42 s"), (38.2, "38 s"), (119.6, "2 min"), (720, "12 min"), (12600, "3.5 h")],
)
def test_duration(value: float, text: str) -> None:
    assert figures.duration(value) == text


def test_interval() -> None:
    assert figures.interval(Interval(0.52, 0.311, 0.719, 9, 9)) == "0.52 [0.31, 0.72]"
    assert figures.interval(Interval()) == "–"


def test_episodes_and_record() -> None:
    assert (figures.episodes(20, 20), figures.episodes(20, 6)) == ("20", "20 (6 distinct)")
    assert figures.record(7, 1, 2) == "7–1–2"


@pytest.mark.parametrize(
    ("limits", "group", "expected"),
    [
        ((1100.2, 1393.7), "ab", "1247 [1100, 1394] ab"),
        ((1100.2, None), "", "1247 [1100, –]"),
        ((None, 1393.7), "c", "1247 [–, 1394] c"),
        ((1247.4, 1247.4), "a", "1247 a"),
    ],
)
def test_ratings(limits: tuple[float | None, float | None], group: str, expected: str) -> None:
    assert figures.rating(Rating("ann", 1247.4, *limits, games=8, group=group)) == expected
