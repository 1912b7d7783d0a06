import re
from pathlib import Path
from types import SimpleNamespace

import pytest

from kibitz.agents.models import registry
from kibitz.agents.models.discover import SERVERS
from kibitz.agents.models.model import CallFailed, Message, Request
from kibitz.agents.models.registry import installed, make_model, model_options

PAGE = (Path(__file__).parents[3] / "docs" / "models.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("backend", sorted(set(installed()) & {"embedded", "openai", "litellm", "replay", "scripted"}))
def test_each_back_end_is_in_the_docs(backend):
    assert f'"{backend}:' in PAGE or f"={backend}" in PAGE


@pytest.mark.parametrize("option", [option.name for option in model_options("openai:m")])
def test_each_option_is_in_the_docs(option):
    assert f"| `{option}` |" in PAGE


def test_each_failure_and_local_server_is_in_the_docs():
    assert all(f"| `{failure.cause}` |" in PAGE for failure in CallFailed.__subclasses__())
    assert all(f"| {title} |" in PAGE and f":{port}/v1" in PAGE for title, port in SERVERS)


async def test_the_example_of_a_model_of_ones_own_works(monkeypatch):
    (code,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    names: dict[str, object] = {}
    exec(code, names)
    point = SimpleNamespace(name="parrot", value="docs", load=lambda: names["ParrotModel"])
    monkeypatch.setattr(registry, "installed", lambda: {"parrot": point})
    model = make_model("parrot:polly", {"times": 2})
    await model.open()
    completion, _ = await model.complete(Request(messages=(Message("user", "hi"),), n=2), deadline=1)
    await model.close()
    assert [choice.text for choice in completion.choices] == ["hihi", "hihi"]
