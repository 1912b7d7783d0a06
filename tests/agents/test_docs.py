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
from kibitz.harness import orchestrator
from kibitz.harness.config import parse
from kibitz.harness.progress import SilentProgress
from kibitz.harness.verify import verify
from kibitz.results.journal import Journal

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
    lines = {
        **tomllib.loads(toml)["project"]["entry-points"][registry.GROUP],
        "vote": "vote:VoteAgent",
        "habit": "habit:HabitBot",
    }
    points = {kind: EntryPoint(kind, value, registry.GROUP) for kind, value in lines.items()}
    known = {**registry.installed(), **points}
    monkeypatch.setattr(registry, "installed", lambda: known)


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


async def learn(folder):
    data = {"agents": {"habit": {"kind": "habit"}}, "protocol": {"wave": 40}}
    suite = parse({"name": "s", **data, "match": [{"game": "numberline", "pairs": 400}]}, "s", None)
    with SilentProgress() as shown:
        return await orchestrator.run(suite, folder, resume=False, concurrency=8, progress=shown, command=["k"])


async def test_the_agent_that_learns_gets_better(plug_in, tmp_path):
    await learn(tmp_path / "run")
    with Journal.read(tmp_path / "run") as journal:
        assert [len(wave.learned) for wave in journal.waves()] == [40] * 10
        gained = [journal.episodes()[unit.key].reward[0] for unit in journal.units()]
    assert (sum(gained[:40]) <= 22, sum(gained[-40:]) >= 36) == (True, True)
    assert (await verify(tmp_path / "run"))["equal"] == 400


async def test_a_wave_that_is_not_whole_stops_the_learners_run(plug_in, tmp_path, monkeypatch):
    act = registry.load("habit").act

    async def breaks(self, turn, ctx):
        if turn.step == 12:
            raise KeyError("once")
        return await act(self, turn, ctx)

    monkeypatch.setattr(registry.load("habit"), "act", breaks)
    result = await learn(tmp_path / "run")
    assert "what habit learns depends on all of it" in result.stopped
    with Journal.read(tmp_path / "run") as journal:
        assert (journal.waves(), len(journal.episodes())) == ([], 40)


def test_every_block_and_option_is_described():
    named = set(re.findall(r"`(\w+)`", PROMPTS))
    assert set(block_names()) <= named
    assert {option.name for option in LLMAgent.declared} <= named
