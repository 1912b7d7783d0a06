import pytest


def test_the_ratio_is_the_median_of_ratios_within_rounds():
    from cost.measure import ratio_row

    # The second round met a busy machine: both sides took twice as long, and the ratio stands.
    row = ratio_row("x", "us", [20.0, 40.0, 30.0], [10.0, 20.0, 10.0], 2.5)
    assert (row.value, row.reference, row.ratio, row.passed) == (30.0, 10.0, 2.0, True)


@pytest.mark.parametrize(("target", "passed"), [(1.9, False), (2.0, True), (None, None)])
def test_a_target_bounds_the_ratio_from_above(target, passed):
    from cost.measure import ratio_row

    assert ratio_row("x", "us", [2.0], [1.0], target).passed is passed


@pytest.mark.parametrize(("target", "passed"), [(50, True), (51, False)])
def test_or_from_below_where_the_reference_is_the_dear_one(target, passed):
    from cost.measure import ratio_row

    row = ratio_row("x", "us", [2.0], [100.0], target, at_least=True)
    assert (row.ratio, row.passed) == (50.0, passed)


def test_contenders_work_in_turns_and_nobody_always_first():
    from cost.measure import in_rounds

    order = []

    def contender(name):
        order.append(name)
        return float(len(order))

    costs = in_rounds({name: lambda name=name: contender(name) for name in "ab"}, 2)
    assert order == ["a", "b", "b", "a"]
    assert costs == {"a": [1.0, 4.0], "b": [2.0, 3.0]}


def test_a_row_has_the_keys_of_the_format():
    from cost.measure import Row

    assert Row("a/b", 1.0, "us", passed=True).as_json() == {
        "name": "a/b", "value": 1.0, "unit": "us", "reference": None, "ratio": None, "target": None, "pass": True
    }  # fmt: skip


def test_what_was_not_measured_is_said():
    from cost.measure import Row

    assert str(Row("x", None, "us", note="nothing is installed")) == "x: not measured, nothing is installed"
