import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from kibitz.results.statistics.multiplicity import benjamini_hochberg, holm

# The 15 p-values of Benjamini and Hochberg (1995), section 3.2: their procedure rejects four, Bonferroni's three.
THROMBOLYSIS = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528,
                0.7590, 1.0000]  # fmt: skip


def test_benjamini_and_hochberg_s_own_example():
    found = benjamini_hochberg(THROMBOLYSIS)
    assert sum(p <= 0.05 for p in found) == 4
    # 15/1, 15/2, 15/3, 15/4 times p, none larger than a later one.
    assert found[:4] == pytest.approx([0.0015, 0.0030, 0.0095, 0.035625])


def test_holm_by_hand():
    # 4 x 0.01, 3 x 0.02 = 0.06, then 2 x 0.03 = 0.06, then 0.04, which may not fall below 0.06.
    assert holm([0.04, 0.01, 0.03, 0.02]) == pytest.approx([0.06, 0.04, 0.06, 0.06])
    assert holm([0.9, 0.6]) == [1.0, 1.0]
    assert sum(p <= 0.05 for p in holm(THROMBOLYSIS)) == 3


p_values = st.lists(st.floats(0, 1), max_size=20)


@given(p_values)
def test_benjamini_hochberg_is_scipy_s(ps):
    assert benjamini_hochberg(ps) == pytest.approx(list(stats.false_discovery_control(ps)) if ps else [])


@given(p_values)
def test_adjusted_p_values_keep_their_order_and_never_fall_below_the_plain_ones(ps):
    for adjust in (holm, benjamini_hochberg):
        found = adjust(ps)
        assert all(p <= a + 1e-15 and a <= 1 for p, a in zip(ps, found, strict=True))
        by_p = [a for _, a in sorted(zip(ps, found, strict=True))]
        assert by_p == sorted(by_p)
        # Equal p-values are adjusted alike, whatever their place.
        assert dict(zip(ps, found, strict=True)) == dict(zip(ps[::-1], found[::-1], strict=True))
    assert all(b <= h + 1e-12 for b, h in zip(benjamini_hochberg(ps), holm(ps), strict=True))


@pytest.mark.parametrize("adjust", [holm, benjamini_hochberg])
@pytest.mark.parametrize("p", [-0.1, 1.1, math.nan])
def test_what_is_no_p_value_is_refused(adjust, p):
    with pytest.raises(ValueError, match=r"no p-value, which lies in 0\.\.1"):
        adjust([0.5, p])
