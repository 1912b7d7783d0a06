import re
import subprocess
import sys
from importlib.metadata import EntryPoint
from types import SimpleNamespace

import pytest

from kibitz.agents.models import registry
from kibitz.agents.models.model import ModelError
from kibitz.agents.models.registry import installed, make_model, model_options, split_spec


def test_what_ships_is_installed():
    assert {"embedded", "openai", "litellm", "replay", "scripted"} <= set(installed())


@pytest.mark.parametrize(
    ("spec", "parts"),
    [
        ("embedded", ("embedded", "")),
        ("openai:gpt-x", ("openai", "gpt-x")),
        ("litellm:anthropic/claude-x", ("litellm", "anthropic/claude-x")),
        ("scripted:module:function", ("scripted", "module:function")),
        ("openai:llama3.2:1b", ("openai", "llama3.2:1b")),
    ],
)
def test_specifications(spec, parts):
    assert split_spec(spec) == parts


@pytest.mark.parametrize(
    ("spec", "options", "message"),
    [
        ("nonsense:x", {}, "unknown model back end 'nonsense'; installed: "),
        ("", {}, "unknown model back end ''; installed: "),
        ("openai", {}, "model 'openai' has no name; write openai:NAME"),
        ("litellm:", {}, "has no name; write litellm:PROVIDER/NAME"),
        ("replay", {}, "has no name; write replay:RUN"),
        ("scripted", {}, "has no name; write scripted:MODULE:FUNCTION"),
        ("openai:m", {"color": 1}, "model openai: unknown option 'color'; it has base_url, api_key_env, api, effort"),
        ("openai:m", {"api": "soap"}, "model openai: api = 'soap' is not one of chat, responses"),
        ("openai:m", {"base_url": 5}, "model openai: base_url = 5 is not a string"),
        ("litellm:a/b", {"api": "chat"}, "model litellm: unknown option 'api'"),
    ],
)
def test_mistakes_are_one_clear_sentence(spec, options, message):
    with pytest.raises(ModelError, match=re.escape(message)) as caught:
        make_model(spec, options)
    assert "\n" not in str(caught.value)


def test_options_are_known_without_making_the_model():
    assert "base_url" in [option.name for option in model_options("openai:m")]
    assert model_options("scripted:a:b") == ()


@pytest.mark.parametrize("value", ["no_such_module:Model", "json:JSONEncoder"])
def test_a_broken_plug_in_is_named(monkeypatch, value):
    point = EntryPoint("odd", value, registry.GROUP)
    monkeypatch.setattr(registry, "installed", lambda: {"odd": point})
    with pytest.raises(ModelError, match="model back end 'odd'"):
        make_model("odd:x", {})


def test_an_absent_extra_says_what_to_install():
    program = (
        "import sys, asyncio; sys.modules['litellm'] = None\n"
        "from kibitz.agents.models.registry import make_model\n"
        "model = make_model('litellm:anthropic/x', {})\n"
        "try: asyncio.run(model.open())\n"
        "except Exception as error: print(type(error).__name__, error)"
    )
    done = subprocess.run([sys.executable, "-P", "-c", program], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout == 'ModelError litellm is not installed; run: pip install "kibitz[litellm]"\n'


def test_a_class_that_lacks_a_part_of_the_contract_is_named(monkeypatch):
    class Half:
        declared = ()
        identity = share_key = provider = "half"
        capabilities = frozenset()

        def __init__(self, name):
            self.name = name

        async def complete(self, request, *, deadline): ...

    point = SimpleNamespace(value="half:Half", load=lambda: Half)
    monkeypatch.setattr(registry, "installed", lambda: {"half": point})
    with pytest.raises(ModelError, match=r"'half': its class has no at_once, open, close$"):
        make_model("half", {})
