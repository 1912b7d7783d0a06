from dataclasses import replace
from random import Random

import pytest

from kibitz.agents.agent import Turn
from kibitz.agents.bots.lookahead import LookaheadError
from kibitz.agents.bots.oracle import OracleBot
from kibitz.harness.table import GameSimulator


@pytest.fixture
def solved(nim, monkeypatch):
    """Nim whose solution is known."""
    monkeypatch.setattr(type(nim), "oracle", lambda game, seat: "2")
    return nim


def test_it_is_a_reference_that_sees_the_true_state():
    assert (OracleBot().needs.privilege, OracleBot().needs.true_state) == ("true", True)
    needs = OracleBot(answers="truth").needs
    assert (needs.privilege, needs.true_state, needs.game) == ("truth", True, {"oracle"})


async def test_without_a_simulator_it_says_so(nim, seat_ctx):
    turn = Turn("nim", "", 0, 0, nim.observe(0))
    with pytest.raises(LookaheadError, match="oracle needs a simulator"):
        await OracleBot().act(turn, replace(seat_ctx(nim, 0, Random(0)), simulator=None))


def test_only_the_true_state_has_an_oracle(solved):
    assert GameSimulator(solved, lambda: None, True).fork().oracle(0) == "2"
    with pytest.raises(PermissionError, match="true state"):
        GameSimulator(solved, lambda: None, False).oracle(0)
