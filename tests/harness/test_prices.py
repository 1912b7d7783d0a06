import json
from types import SimpleNamespace

import msgspec
import pytest

from kibitz.agents.models.model import Completion, Usage
from kibitz.agents.models.registry import make_model
from kibitz.harness import pricetable
from kibitz.harness.prices import FREE, NoPrice, Price, Prices, Rates, prices_of
from kibitz.harness.pricetable import Table

COSTS = {"input_cost_per_token": 2e-06, "output_cost_per_token": 8e-06}
TABLE = Table(
    {"m": {**COSTS, "litellm_provider": "openai"}, "claude": {**COSTS, "litellm_provider": "anthropic"}}, "the table"
)
SCRIPTED = "scripted:kibitz.agents.models.scripted:first_choice"
GIVEN = {"input": 3.0, "output": 9.0, "cached": 1.0}


@pytest.fixture(autouse=True)
def _table(monkeypatch):
    monkeypatch.setattr(pricetable, "installed_table", lambda: TABLE)
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)


def price(spec, given=None, environ=None, **options):
    models = {("a", "policy"): make_model(spec, options)}
    return prices_of(models, given or {}, environ or {}).models["a", "policy"]


def reason(spec, **more):
    found = price(spec, **more)
    assert isinstance(found, NoPrice)
    return found.reason


def rates(spec, **more):
    found = price(spec, **more)
    assert isinstance(found, Price)
    return found.tiers[0]


def test_what_the_suite_says_comes_first():
    for spec in ("openai:m", "openai:unheard-of", "litellm:anthropic/claude", SCRIPTED):
        assert rates(spec, given={spec: GIVEN}) == Rates(3.0, 9.0, 1.0)
    assert rates("openai:m", given={"openai:m": {"input": 3.0, "output": 9.0}}).cached == 3.0
    assert rates("embedded", given={"embedded": GIVEN}).output == 9.0
    assert rates("openai:m", given={"openai:m": GIVEN}, base_url="http://127.0.0.1:1/v1").input == 3.0


def test_then_the_table_is_asked():
    assert rates("openai:m") == Rates(2.0, 8.0, 2.0)
    assert rates("litellm:openai/m") == rates("litellm:anthropic/claude") == Rates(2.0, 8.0, 2.0)
    assert "does not know it" in reason("openai:unheard-of")


def test_a_model_behind_another_address_has_no_price(monkeypatch):
    assert "address" in reason("openai:m", base_url="http://127.0.0.1:8000/v1")
    assert "address" in reason("openai:m", base_url="https://api.openai.com.example.org/v1")
    assert "address" in reason("litellm:openai/m", base_url="http://127.0.0.1:8000/v1")
    assert "OPENAI_API_BASE" in reason("litellm:openai/m", environ={"OPENAI_API_BASE": "http://127.0.0.1:1"})
    assert "OPENAI_BASE_URL" in reason("litellm:m", environ={"OPENAI_BASE_URL": "http://127.0.0.1:1"})
    assert rates("openai:m", base_url="https://api.openai.com/v1/").input == 2.0
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:8000/v1")
    assert "address" in reason("openai:m")


def test_what_runs_here_costs_nothing_and_says_why():
    for spec in ("embedded", SCRIPTED):
        found = price(spec)
        assert isinstance(found, Price)
        assert found.cost(Usage(input=1000, output=1000)) == 0
        assert found.source.startswith("free: ")


def test_a_back_end_of_others_has_no_price():
    model = SimpleNamespace(identity={"name": "m"}, provider="theirs")
    found = prices_of({("a", "policy"): model}, {}, {}).unknown()
    assert found == {("a", "policy"): NoPrice("theirs:m", "no table has prices of theirs")}
    given = prices_of({("a", "policy"): model}, {"theirs:m": GIVEN}, {})
    assert given.unknown() == {}


KNOWN = Price("openai:m", (Rates(2.0, 8.0, 1.0), Rates(4.0, 16.0, 2.0, 20.0, above=200_000)), "a test", "openai")
PRICES = Prices({("a", "policy"): KNOWN, ("a", "critic"): NoPrice("x:y", "because"), ("b", "policy"): KNOWN})


def test_a_cost_is_filled_in_where_none_was_reported():
    usage = Usage(input=1000, output=100)
    assert PRICES.priced("a", "policy", Completion(usage=usage)).usd == pytest.approx(0.0028)
    assert PRICES.priced("a", "policy", Completion(usage=usage, usd=0.5)).usd == 0.5
    assert PRICES.priced("a", "critic", Completion(usage=usage)).usd is None
    assert PRICES.priced("nobody", "policy", Completion(usage=usage)).usd is None


def test_a_replayed_completion_stays_as_it_was():
    replayed = Prices({("a", "policy"): Price("replay of openai:m", (Rates(0, 0, 0),), FREE["replay"])})
    assert replayed.priced("a", "policy", Completion()).usd is None
    assert replayed.priced("a", "policy", Completion(usd=0.25)).usd == 0.25


def test_prices_are_kept_as_data_and_come_back():
    data = json.loads(json.dumps(PRICES.as_data()))
    assert Prices.from_data(data) == PRICES
    with pytest.raises(msgspec.ValidationError):
        Prices.from_data({"a": {"policy": {"model": 3}}})


def test_a_run_that_goes_on_keeps_its_prices():
    now = Prices(
        {
            ("a", "policy"): Price("openai:m", (Rates(9.0, 9.0, 9.0),), "another table"),
            ("a", "critic"): Price("x:y", (Rates(1.0, 1.0, 1.0),), "[prices] of the suite"),
            ("c", "policy"): NoPrice("z", "because"),
        }
    )
    kept = PRICES.before(now)
    assert (kept.models["a", "policy"], kept.models["b", "policy"]) == (KNOWN, KNOWN)
    assert kept.models["a", "critic"] == now.models["a", "critic"]
    assert set(kept.unknown()) == {("c", "policy")}
