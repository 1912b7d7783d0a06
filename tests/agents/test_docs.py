"""The pages about agents are true: their code runs, and they name every block and option there is."""

import re
import tomllib
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from kibitz.agents import registry
from kibitz.agents.agent import Ctx
from kibitz.agents.bots.random_bot import RandomBot
from kibitz.agents.llm import LLMAgent
from kibitz.agents.prompts.templates import block_names
from kibitz.games.options import OptionError
from kibitz.games.registry import make as make_game

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGE = (DOCS / "add-an-agent.md").read_text(encoding="utf-8")
PROMPTS = (DOCS / "prompts.md").read_text(encoding="utf-8")


@pytest.fixture
def plug_in(tmp_path, monkeypatch):
    """Put the page's files on the path, and register what they hold."""
    for name, code in re.findall(r"```python\n# (\w+\.py)\n(.*?)```", PAGE, re.DOTALL):
        (tmp_path / name).write_text(code, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    (toml,) = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    lines = {**tomllib.loads(toml)["project"]["entry-points"][registry.GROUP], "vote": "vote:VoteAgent"}
    points = {kind: EntryPoint(kind, value, registry.GROUP) for kind, value in lines.items()}
    monkeypatch.setattr(registry, "installed", lambda: points)


async def test_the_scripted_agent_plays(plug_in, contest):
    agent = registry.make("rotate", {"step": 2})
    assert agent.identity == {"kind": "rotate", "step": 2}
    assert len(await contest(make_game("tictactoe"), (agent, RandomBot()), 1)) == 2
    with pytest.raises(OptionError, match="step = 0 is outside"):
        registry.make("rotate", {"step": 0})


async def test_the_agent_with_a_model_votes(plug_in, turn, scripted):
    model = scripted(f"<action>{action}</action>" for action in ("1,0", "0,1", "0,1"))
    agent = registry.make("vote", {"model_instance": model, "model": "scripted:test"})
    decision = await agent.act(turn, Ctx(model.meter(), None))
    assert (decision.action, decision.greedy) == ("0,1", "1,0")
    assert [place for place, _ in model.sent] == [f"try0/vote{i}/greedy" for i in range(3)]
    assert (agent.identity["kind"], agent.identity["n"]) == ("vote", 3)


def test_every_block_and_option_is_described():
    named = set(re.findall(r"`(\w+)`", PROMPTS))
    assert set(block_names()) <= named
    assert {option.name for option in LLMAgent.declared} <= named
