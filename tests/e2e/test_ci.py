"""The page about CI is true: its suite is recorded with a model, and replayed without one, by the commands it gives."""

import json
import re
from pathlib import Path

import pytest

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "ci.md").read_text(encoding="utf-8")
PAGE = PAGE[PAGE.index("## Without keys") :]
RECORD, REPLAY = (block.splitlines() for block in re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL))


@pytest.fixture
def recorded(kibitz, server, tmp_path):
    (suite,) = re.findall(r"```toml\n# ci/suite.toml\n(.*?)```", PAGE, re.DOTALL)
    (tmp_path / "ci").mkdir()
    (tmp_path / "ci" / "suite.toml").write_text(suite.replace("http://127.0.0.1:8000/v1", server.url))
    follow(kibitz, RECORD)
    return tmp_path / "ci" / "suite.toml"


def follow(kibitz, commands):
    for command in commands:
        name, *arguments = command.split()
        assert name == "kibitz"
        kibitz(*arguments)


def test_the_commands_of_the_page_record_and_replay(recorded, kibitz, server, tmp_path):
    for file in (tmp_path / "ci" / "recorded").iterdir():
        if file.name not in ("journal.sqlite", "run.toml"):  # which are all that is needed, says the page
            file.unlink()
    sent = server.sent
    assert sent
    follow(kibitz, REPLAY)
    assert server.sent == sent
    board = json.loads(kibitz("board", "runs/ci", "--json")[0])
    assert (board["complete"], board["replayed"]) == (True, ["ci"])


def test_a_changed_agent_is_told_what_it_asks_otherwise(recorded, kibitz, tmp_path):
    recorded.write_text(recorded.read_text().replace('action_mode = "json"', 'action_mode = "json"\nlegal = "hidden"'))
    _, err = kibitz("run", "ci/suite.toml", "--replay", "ci/recorded", "--out", "runs/ci", code=4)
    where = re.escape("model replay:")
    assert re.search(rf"agent mine, step [01]: {where}\S*ci/recorded did not record this request: ", err)
    assert re.search(r"message 2 \(user\) was \"[^\"]*Legal actions", err)
    _, err = kibitz("run", "--resume", "--out", "runs/ci", code=4)  # which calls no model either
    assert "did not record this request" in err
