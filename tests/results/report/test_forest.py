from typing import Any

from kibitz.results.leaderboard import board
from kibitz.results.ratings.table import Anchor, Rating, RatingTable
from kibitz.results.report.forest import Forest, Line, _lanes, _rated, forest, spec
from kibitz.results.report.plot import WIDTH, elo, rating_bar, rating_scale

RATINGS = (
    Rating("ann", 1300.0, 1200.0, None, 8, 1, "a"),
    Rating("bob", 1250.0, 1150.0, 1350.0, 8, 1, "ab"),
    Rating("cat", 1100.0, 1050.0, 1190.0, 8, 3, "b"),
    Rating("random", 1000.0, 1000.0, 1000.0, 8, 4, "c"),
)


def table(*ratings: Rating) -> RatingTable:
    agents = tuple(rating.agent for rating in ratings)
    return RatingTable("connect4", ratings, {}, {}, (agents,), (Anchor(("random",), 1000.0, True),))


def test_tied_groups_of_more_than_one_agent_have_a_line(builder: Any) -> None:
    run = builder()
    run.play("ann", "bob", reward=(1, -1))
    plot = _rated(board([run.data()]), "connect4", table(*RATINGS))
    assert plot.groups == ((0, 1), (1, 2))
    assert plot.anchor == 1000.0
    assert plot.open
    assert "ann: 1300 (at least 1200), tied group a; 8 games" in plot.label


def test_what_is_drawn_stays_within_its_width() -> None:
    lines = tuple(Line(r.agent, r.value, r.low, r.high, False, r.group, "1", "") for r in RATINGS)
    tied = tuple((0, 3) for _ in range(40))
    for width, groups in ((350, ((0, 1), (1, 2))), (760, ((0, 1), (1, 2))), (350, tied)):
        made = spec(Forest("Rating", 1000.0, lines, groups), width)
        assert made["width"] > 60
        padding = made["padding"]
        assert made["width"] + padding["left"] + padding["right"] == width
        assert made["scales"][0]["domain"][0] < 1000 < 1350 < made["scales"][0]["domain"][1]


def test_groups_that_do_not_overlap_share_a_lane() -> None:
    lanes = {place["first"]: place["lane"] for place in _lanes([(0, 1), (1, 3), (2, 4), (4, 5)])}
    assert lanes == {0: 0, 1: 1, 2: 0, 4: 1}


def test_without_ratings_the_outcome_is_shown_best_first(builder: Any) -> None:
    run = builder(games=[builder.game("line", seats=1, payoff="single", reward_range=(0.0, 1.0))])
    run.play("bob", reward=(0.5,), game="line")
    run.play("ann", reward=(0.75,), game="line")
    plot = forest(board([run.data()]), "line")
    assert plot is not None
    assert [line.agent for line in plot.lines] == ["ann", "bob"]
    assert (plot.title, plot.groups) == ("Mean outcome", ())


def test_one_agent_needs_no_plot(builder: Any) -> None:
    run = builder(games=[builder.game("line", seats=1, payoff="single", reward_range=(0.0, 1.0))])
    run.play("ann", reward=(0.75,), game="line")
    assert forest(board([run.data()]), "line") is None


def test_bars_of_ratings_share_a_scale_and_run_to_its_end_where_nothing_bounds_them() -> None:
    scale = rating_scale(RATINGS)
    assert scale == (986.0, 1364.0)  # 1000..1350 with a margin of 4 %
    bars = [rating_bar(rating, scale) for rating in RATINGS]
    assert bars[0].high == WIDTH
    assert bars[1].low == round(WIDTH * (1150 - 986) / 378, 1)
    assert bars[3].low == bars[3].mean == bars[3].high
    assert rating_scale(()) is None


def test_a_rating_in_words() -> None:
    assert elo(Rating("a", 1200.4, 1100.0, 1300.0, 5, 1, "ab")) == "1200 [1100, 1300]"
    assert elo(Rating("a", 1200.0, 1100.0, None, 5)) == "1200 (at least 1100)"
    assert elo(Rating("a", 1200.0, None, 1300.0, 5)) == "1200 (at most 1300)"
    assert elo(Rating("a", 1200.0, None, None, 5)) == "1200 (without limits)"
    assert elo(Rating("random", 1000.0, 1000.0, 1000.0, 5)) == "1000"
