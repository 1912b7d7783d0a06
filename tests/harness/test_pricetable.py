import json
from importlib.metadata import PackageNotFoundError
from importlib.util import find_spec

import pytest

from kibitz.agents.models.model import Usage
from kibitz.harness import pricetable
from kibitz.harness.pricetable import NoPrice, Price, Rates, Table, installed_table, look_up

PLAIN = Price("openai:m", (Rates(2.0, 10.0, 0.5),), "a test")
TIERED = Price("openai:m", (Rates(1.0, 10.0, 0.1), Rates(2.0, 15.0, 0.2, above=200_000)), "a test")
THINKING = Price("openai:m", (Rates(1.0, 10.0, 1.0, reasoning=30.0),), "a test")
COSTS = {"input_cost_per_token": 2.5e-06, "output_cost_per_token": 1e-05}
TABLE = Table(
    {
        "m": {**COSTS, "cache_read_input_token_cost": 1.25e-06, "litellm_provider": "openai"},
        "claude": {**COSTS, "litellm_provider": "anthropic"},
        "pro": {**COSTS, "litellm_provider": "vertex_ai-language-models"},
        "gemini/pro": {
            **COSTS,
            "litellm_provider": "gemini",
            "input_cost_per_token_above_200k_tokens": 5e-06,
            "output_cost_per_token_above_200k_tokens": 1.5e-05,
            "input_cost_per_token_above_200k_tokens_batches": 1e-06,
        },
        "dash/q": {
            "litellm_provider": "dash",
            "tiered_pricing": [{**COSTS, "range": [0, 256000.0]}, {**COSTS, "range": [256000.0, 1e6]}],
        },
        "free/m": {"input_cost_per_token": 0.0, "output_cost_per_token": 0.0, "litellm_provider": "free"},
        "fee/m": {**COSTS, "input_cost_per_request": 0.005, "litellm_provider": "fee"},
        "half/m": {"input_cost_per_token": 1e-06, "litellm_provider": "half"},
        "bad/m": {"input_cost_per_token": "much", "output_cost_per_token": True, "litellm_provider": "bad"},
    },
    "the table",
)


@pytest.mark.parametrize(
    ("price", "usage", "usd"),
    [
        (PLAIN, Usage(), 0.0),
        (PLAIN, Usage(input=1000, output=100), 0.003),
        (PLAIN, Usage(input=1000, output=100, cached=600), 0.0021),
        (PLAIN, Usage(input=1000, output=100, reasoning=80), 0.003),
        (PLAIN, Usage(input=10, output=0, cached=99), 0.000005),
        (TIERED, Usage(input=200_000, output=1000), 0.21),
        (TIERED, Usage(input=200_001, output=0), 0.400002),
        (TIERED, Usage(input=300_000, output=1000, cached=100_000), 0.435),
        (THINKING, Usage(input=0, output=1000, reasoning=400), 0.018),
    ],
)
def test_what_a_call_costs(price, usage, usd):
    assert price.cost(usage) == pytest.approx(usd)


@pytest.mark.parametrize("price", [PLAIN, TIERED, THINKING])
@pytest.mark.parametrize("tokens", [0, 1, 200_000, 200_001, 1_000_000])
def test_the_most_that_a_call_can_cost_is_never_less_than_what_it_costs(price, tokens):
    most = price.most(tokens, 1000)
    for part in (0, tokens // 2, tokens):
        usage = Usage(input=part, output=1000, cached=part // 3, reasoning=500)
        assert price.cost(usage) <= most + 1e-12


@pytest.mark.parametrize(
    ("name", "provider", "tiers"),
    [
        ("m", "openai", (Rates(2.5, 10.0, 1.25),)),
        ("m", "", (Rates(2.5, 10.0, 1.25),)),
        ("openai/m", "", (Rates(2.5, 10.0, 1.25),)),
        ("anthropic/claude", "", (Rates(2.5, 10.0, 2.5),)),
        ("vertex_ai/pro", "", (Rates(2.5, 10.0, 2.5),)),
        ("gemini/pro", "", (Rates(2.5, 10.0, 2.5), Rates(5.0, 15.0, 5.0, above=200_000))),
        ("dash/q", "", (Rates(2.5, 10.0, 2.5), Rates(2.5, 10.0, 2.5, above=256_000))),
    ],
)
def test_a_price_is_found(name, provider, tiers):
    found = look_up("x:m", name, provider, TABLE)
    assert isinstance(found, Price)
    assert (found.model, found.tiers) == ("x:m", tiers)
    assert found.source.startswith("the table: ")


@pytest.mark.parametrize(
    ("name", "provider", "said"),
    [
        ("n", "openai", "does not know it"),
        ("claude", "openai", "does not know it"),
        ("openrouter/openai/m", "", "does not know it"),
        ("other/claude", "", "does not know it"),
        ("free/m", "", "says 0 for 'free/m', which may stand for free or for unknown"),
        ("fee/m", "", "has no price a token"),
        ("half/m", "", "has no price a token"),
        ("bad/m", "", "has no price a token"),
    ],
)
def test_what_is_not_known_is_said(name, provider, said):
    found = look_up("x:m", name, provider, TABLE)
    assert isinstance(found, NoPrice)
    assert said in found.reason


@pytest.fixture
def installed(monkeypatch, tmp_path):
    """Puts a price table where LiteLLM has it; without content LiteLLM is not installed."""

    class Package:
        version = "9.9"

        def locate_file(self, path):
            return tmp_path / path

    def find(name):
        if not (tmp_path / "litellm").is_dir():
            raise PackageNotFoundError(name)
        return Package()

    def put(content):
        (tmp_path / pricetable.TABLE).parent.mkdir()
        (tmp_path / pricetable.TABLE).write_text(content)

    monkeypatch.setattr(pricetable, "distribution", find)
    installed_table.cache_clear()
    yield put
    installed_table.cache_clear()


def test_the_table_of_the_installed_package_is_read(installed):
    installed(json.dumps(TABLE.entries))
    found = look_up("openai:m", "m", "openai")
    assert isinstance(found, Price)
    assert found.source == "the price table of litellm 9.9: m"


@pytest.mark.parametrize(("content", "said"), [("{", "cannot be read"), ("[1]", "is no table")])
def test_a_table_that_is_none_is_said(installed, content, said):
    installed(content)
    found = look_up("openai:m", "m", "openai")
    assert isinstance(found, NoPrice)
    assert said in found.reason


def test_without_the_package_the_way_to_it_is_said(installed):
    found = look_up("openai:m", "m", "openai")
    assert isinstance(found, NoPrice)
    assert 'pip install "kibitz[litellm]"' in found.reason


@pytest.mark.skipif(find_spec("litellm") is None, reason="the litellm extra is not installed")
def test_the_real_table_has_prices():
    found = look_up("openai:gpt-4o", "gpt-4o", "openai")
    assert isinstance(found, Price)
    assert 0.1 < found.tiers[0].input < found.tiers[0].output < 100
