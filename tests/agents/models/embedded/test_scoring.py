"""The token trie: where a choice is made, and what the probabilities add up to."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kibitz.agents.models.embedded.scoring import allowed, branching, build, log_probability, shares

ENDS = (0, 2)


def test_only_nodes_with_a_choice_are_asked():
    trie = build([(5, 6), (5, 7), (8,)])
    assert [path for path, _ in branching(trie)] == [(), (5,)]


def test_a_candidate_that_begins_another_competes_with_its_end():
    (path, node), *rest = branching(build([(5,), (5, 6)]))
    assert path == (5,)
    assert not rest
    assert allowed(node, ENDS) == [0, 2, 6]
    assert shares(node, {0: 0.1, 2: 0.2, 6: 0.3}, ENDS) == pytest.approx({6: math.log(0.5), None: math.log(0.5)})


def test_a_single_candidate_is_certain():
    assert not list(branching(build([(5, 6)])))
    assert log_probability((5, 6), {}) == 0.0


def test_probability_zero_is_refused():
    with pytest.raises(ValueError, match="probability 0"):
        shares(build([(1,), (3,)]), {1: 1.0, 3: 0.0}, ENDS)


CANDIDATES = st.lists(st.lists(st.integers(3, 6), min_size=1, max_size=4).map(tuple), min_size=1, unique=True)


@given(candidates=CANDIDATES, weight=st.integers(1, 50))
def test_the_candidates_probabilities_sum_to_one(candidates, weight):
    decided = {
        path: shares(node, {token: 1 + token * weight for token in allowed(node, ENDS)}, ENDS)
        for path, node in branching(build(candidates))
    }
    total = math.fsum(math.exp(log_probability(candidate, decided)) for candidate in candidates)
    assert total == pytest.approx(1.0)
