import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kibitz.results.statistics.intervals import (
    Interval,
    bounded_mean,
    equal_weights,
    grouped,
    mean_of_means,
    proportion,
    standard_error,
    unbounded_mean,
    wilson,
)
from kibitz.results.statistics.quantiles import student_t


@pytest.mark.parametrize(
    ("df", "level", "t"),
    [  # from printed tables of Student's t, two-sided
        (1, 0.95, 12.7062),
        (2, 0.95, 4.3027),
        (3, 0.95, 3.1824),
        (5, 0.95, 2.5706),
        (9, 0.95, 2.2622),
        (10, 0.95, 2.2281),
        (30, 0.95, 2.0423),
        (120, 0.95, 1.9799),
        (1, 0.99, 63.6567),
        (10, 0.99, 3.1693),
        (4, 0.90, 2.1318),
        (10**6, 0.95, 1.9600),
    ],
)
def test_student_t(df: int, level: float, t: float) -> None:
    assert student_t(df, level) == pytest.approx(t, abs=6e-5)


def test_student_t_without_freedom_is_infinite() -> None:
    assert student_t(0) == float("inf")


@pytest.mark.parametrize(("df", "level"), [(-1, 0.95), (3, 0.0), (3, 1.0)])
def test_student_t_refuses(df: int, level: float) -> None:
    with pytest.raises(ValueError, match="student_t needs"):
        student_t(df, level)


@pytest.mark.parametrize(
    ("right", "n", "low", "high"),
    [  # Wilson 1927, as in Newcombe 1998 and by hand
        (0, 10, 0.0, 0.2775),
        (10, 10, 0.7225, 1.0),
        (5, 10, 0.2366, 0.7634),
        (8, 10, 0.4902, 0.9433),
        (81, 263, 0.2553, 0.3662),
        (1, 1, 0.2065, 1.0),
        (0, 1, 0.0, 0.7935),
    ],
)
def test_proportion_is_wilson(right: int, n: int, low: float, high: float) -> None:
    found = proportion(grouped([True] * right + [False] * (n - right)))
    assert (found.low, found.high) == pytest.approx((low, high), abs=5e-5)
    assert (found.n, found.clusters) == (n, n)


@pytest.mark.parametrize(("share", "n"), [(-0.1, 5), (1.1, 5), (0.5, 0)])
def test_wilson_refuses(share: float, n: float) -> None:
    with pytest.raises(ValueError, match="wilson needs"):
        wilson(share, n)


def test_nothing_observed_gives_nothing() -> None:
    nothing = {"mean": None, "low": None, "high": None, "n": 0, "clusters": 0}
    assert proportion({}).as_json() == nothing
    assert bounded_mean({0.0: []}, -1, 1).as_json() == nothing
    assert mean_of_means([{}, {1.0: []}], 0, 1).as_json() == nothing
    assert equal_weights([Interval(), Interval()]).as_json() == nothing


def test_mean_is_students_t_in_the_score_form() -> None:
    # By hand: s = 0.1 sqrt(5), error 0.1, t_4 = 2.7764, z = 1.95996: an error of 0.141656 for z, so that
    # n = 0.4 * 0.6 / 0.141656^2 = 11.9602; z^2/n = 0.321194; centre (0.4 + 0.160597) / 1.321194 = 0.424311,
    # half 1.95996 * sqrt(0.0200664 + 0.0067138) / 1.321194 = 0.242767.
    values = [0.4, 0.4 + 0.1 * 10**0.5, 0.4 - 0.1 * 10**0.5, 0.4, 0.4]
    found = bounded_mean(grouped(values), 0.0, 1.0)
    assert (found.mean, found.low, found.high) == pytest.approx(
        (0.4, 0.424311 - 0.242767, 0.424311 + 0.242767), abs=1e-5
    )


def test_with_many_clusters_that_is_students_t() -> None:
    values = [0.5, 0.25, 0.75, 0.5] * 250  # s = 0.176865, error 0.00559295, t_999 = 1.96234
    found = bounded_mean(grouped(values), 0.0, 1.0)
    assert (found.low, found.high) == pytest.approx((0.5 - 0.0109753, 0.5 + 0.0109753), abs=5e-6)


def test_pairs_count_as_one_observation() -> None:
    # Four pairs at +-0.25 on -1..1: s = 0.288675, error 0.144338, t_3 = 3.182446, z = 1.959964: 0.234363 for z;
    # n = 0.25 * (2 / 0.234363)^2 = 18.2064; half the range is 1.959964 / sqrt(n + z^2) = 0.417419.
    found = bounded_mean(grouped([0.5, 0, 0.5, 0, -0.5, 0, -0.5, 0], [1, 1, 2, 2, 3, 3, 4, 4]), -1, 1)
    assert (found.low, found.high) == pytest.approx((-0.417419, 0.417419), abs=1e-5)
    assert (found.n, found.clusters) == (8, 4)


def test_few_clusters_are_marked() -> None:
    assert [bounded_mean(grouped([0.0, 1.0] * half), 0, 1).few for half in (0, 1, 4, 5)] == [False, True, True, False]


def test_the_same_game_twenty_times_is_one_observation() -> None:
    assert proportion({True: ["a"] * 20}).low == pytest.approx(0.2065, abs=5e-5)
    assert bounded_mean({0.0: ["a"] * 20}, -1, 1).low == pytest.approx(-0.7935, abs=5e-5)


def test_no_spread_is_not_certainty() -> None:
    drawn = bounded_mean(grouped([0.0] * 10), -1, 1)
    assert (drawn.low, drawn.high) == pytest.approx((-0.2775, 0.2775), abs=5e-5)
    assert bounded_mean(grouped([1.0] * 10), -1, 1).low == pytest.approx(2 * 0.7225 - 1, abs=1e-4)


def test_two_valued_data_is_wilson_on_its_own_scale() -> None:
    ends, share = bounded_mean(grouped([1, 1, -1, 1]), -1, 1), proportion(grouped([True, True, False, True]))
    assert share.low is not None
    assert ends.low == pytest.approx(2 * share.low - 1)


def test_dependence_widens_and_independence_does_not_narrow_much() -> None:
    alternating = [True, False] * 20
    by_cluster = proportion(grouped([True] * 20 + [False] * 20, [i // 4 for i in range(40)]))
    apart = proportion(grouped(alternating))
    assert by_cluster.low is not None
    assert apart.low is not None
    assert by_cluster.low < apart.low - 0.1


def test_mean_of_means_gives_each_question_the_same_weight() -> None:
    found = mean_of_means([{1: [1, 2, 3, 4]}, {0: [1, 2]}], 0, 1)
    assert found.mean == 0.5
    assert (found.n, found.clusters) == (6, 4)


def test_equal_weights_by_hand() -> None:
    # Half-widths 0.3 and 0.4 below, 0.0 and 0.6 above: sqrt(0.25)/2 and sqrt(0.36)/2.
    found = equal_weights([Interval(1.0, 0.7, 1.0, 10, 5), Interval(0.4, 0.0, 1.0, 4, 4), Interval()])
    assert (found.mean, found.low, found.high) == pytest.approx((0.7, 0.45, 1.0))
    assert (found.n, found.clusters) == (14, 9)


def test_one_sample_keeps_its_interval() -> None:
    alone = Interval(0.4, 0.1, 0.9, 4, 4)
    assert equal_weights([alone]).as_json() == alone.as_json()


def test_scaled_maps_the_range() -> None:
    assert Interval(0.75, 0.5, 1.0, 3, 3).scaled(0, 1) == Interval(0.5, 0.0, 1.0, 3, 3)


@pytest.mark.parametrize(("low", "high", "message"), [(0, 1, "2.0 is outside the range 0..1"), (1, 1, "empty")])
def test_refuses_what_cannot_be(low: float, high: float, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        bounded_mean({2.0: ["a"]}, low, high)
    with pytest.raises(ValueError, match=message):
        mean_of_means([{0.5: ["a"]}, {2.0: ["a"]}], low, high)


def test_observations_are_grouped_by_value() -> None:
    assert grouped([0.5, 1, 0.5], ["a", "b", "a"]) == {0.5: ["a", "a"], 1: ["b"]}
    assert grouped([0.5, 1, 0.5]) == {0.5: [0, 2], 1: [1]}
    with pytest.raises(ValueError, match="1 values but 2 cluster labels"):
        grouped([0.5], [1, 2])


def test_answers_over_subproblems_get_wilson_limits() -> None:
    """Nearly all right: the limits lean towards the middle, and stay inside the range without being cut."""
    found = mean_of_means([grouped([1.0] * 20), grouped([1.0] * 19 + [0.0])], 0, 1)
    assert found.mean == 0.975
    assert found.low is not None
    assert found.high is not None
    assert found.mean - found.low > 2 * (found.high - found.mean) > 0
    assert found.high < 1


def test_a_rare_question_widens_the_mean_over_subproblems() -> None:
    """Equal weights of unequal groups: the few answers of one of them decide, not the many of the other."""
    many, rare = grouped([float(i % 2) for i in range(100)]), grouped([0.0, 1.0, 0.0, 1.0], range(100, 104))
    few = mean_of_means([many, rare], 0, 1)
    assert few.low is not None
    assert few.high is not None
    assert few.high - few.low > 0.4  # 104 equal observations would give 0.19


clustered = st.lists(
    st.tuples(st.sampled_from([-1.0, -0.5, 0.0, 0.25, 1.0]), st.integers(0, 6)), min_size=1, max_size=40
)


@given(clustered)
def test_limits_hold_the_mean_and_stay_in_range(data: list[tuple[float, int]]) -> None:
    found = bounded_mean(grouped([v for v, _ in data], [c for _, c in data]), -1, 1)
    assert found.mean is not None
    assert found.low is not None
    assert found.high is not None
    assert -1 <= found.low <= found.mean <= found.high <= 1
    assert found.low < found.high
    assert 1 <= found.clusters <= found.n == len(data)


@given(clustered)
def test_order_does_not_matter(data: list[tuple[float, int]]) -> None:
    forth = bounded_mean(grouped([v for v, _ in data], [c for _, c in data]), -1, 1)
    back = bounded_mean(grouped([v for v, _ in data[::-1]], [c for _, c in data[::-1]]), -1, 1)
    assert forth == back


@given(st.lists(st.booleans(), min_size=1, max_size=60), st.integers(1, 5))
def test_wilson_is_mirrored(values: list[bool], size: int) -> None:
    clusters = [i // size for i in range(len(values))]
    one, other = proportion(grouped(values, clusters)), proportion(grouped([not v for v in values], clusters))
    assert one.low is not None
    assert other.high is not None
    assert one.low == pytest.approx(1 - other.high, abs=1e-9)


@given(st.integers(1, 200), st.floats(0.5, 0.999))
def test_student_t_is_wider_than_normal_and_monotone(df: int, level: float) -> None:
    assert student_t(df, level) > student_t(df + 1, level) > student_t(10**7, level) - 1e-6


def test_costs_by_hand() -> None:
    # Pairs of 2 and 4, 3 and 3, 6 and 6: means 3, 3, 6: error 1, t_2 = 4.302653: a factor of e^(4.302653 / 4).
    found = unbounded_mean(grouped([2, 4, 3, 3, 6, 6], [0, 0, 1, 1, 2, 2]))
    assert (found.mean, found.low, found.high) == pytest.approx((4.0, 4 / 2.931937, 4 * 2.931937), abs=1e-4)
    assert (found.n, found.clusters) == (6, 3)


def test_a_cost_that_never_varies_has_no_limits() -> None:
    same, alone = unbounded_mean({0.0: range(5)}), unbounded_mean(grouped([1.0, 3.0], [0, 0]))
    assert [(i.mean, i.low, i.high) for i in (same, alone)] == [(0.0, None, None), (2.0, None, None)]
    assert unbounded_mean({}) == Interval()
    both = equal_weights([same, Interval(1.0, 0.5, 2.0, 3, 3)])
    assert (both.mean, both.low, both.high) == (0.5, None, None)


@pytest.mark.parametrize("value", [-1.0, float("nan"), float("inf")])
def test_what_is_no_cost_is_refused(value: float) -> None:
    with pytest.raises(ValueError, match="is no quantity"):
        unbounded_mean({value: [0]})


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_what_is_no_number_is_refused(value: float) -> None:
    with pytest.raises(ValueError, match="outside the range"):
        bounded_mean({value: [0], 0.5: [1]}, 0, 1)


def test_clustered_error_by_hand() -> None:
    # Clusters of 3 and 1 around 0.5: ((0.5 + 0.5 - 0.5)^2 + 0.5^2) / 16 * 2 = 0.0625.
    assert standard_error(grouped([1.0, 1.0, 0.0, 0.0], [0, 0, 0, 1])) == pytest.approx(0.25)
    assert standard_error({}) == standard_error(grouped([1.0, 0.0], [0, 0])) == 0.0


@given(clustered, st.randoms(use_true_random=False))
def test_order_changes_no_digit(data: list[tuple[float, int]], draw: random.Random) -> None:
    mixed = [(v / 3, c) for v, c in data]
    once = bounded_mean(grouped([v for v, _ in mixed], [c for _, c in mixed]), -1, 1)
    draw.shuffle(mixed)
    assert bounded_mean(grouped([v for v, _ in mixed], [c for _, c in mixed]), -1, 1) == once
