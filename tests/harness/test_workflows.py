"""The workflows of the page on CI: they are YAML, their commands are ours, and no key can reach a stranger's code."""

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import yaml

from kibitz.harness.cli import parser

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "ci.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```yaml\n# (\S+)\n(.*?)```", PAGE, re.DOTALL)
WORKFLOWS = {name: yaml.safe_load(text) for name, text in BLOCKS if name.startswith(".github/")}
GITLAB = {name: yaml.safe_load(text) for name, text in BLOCKS if not name.startswith(".github/")}
OWN = "github.event.pull_request.head.repo.full_name == github.repository"


def scripts(data: Any) -> list[str]:
    """All shell scripts in a workflow: values of ``run`` and ``script``."""
    if isinstance(data, list):
        return [script for item in data for script in scripts(item)]
    if not isinstance(data, dict):
        return []
    found = []
    for key, value in data.items():
        if key in ("run", "script"):
            found += value if isinstance(value, list) else [value]
        else:
            found += scripts(value)
    return found


def commands(script: str) -> list[list[str]]:
    """The kibitz commands in a shell script, those in ``$( )`` too."""
    lines = re.sub(r"\\\n", " ", script).splitlines()
    parts = [part for line in lines for part in re.split(r"\$\((?=kibitz)|\)$|\|\||&&|;", line)]
    return [shlex.split(part)[1:] for part in parts if part.strip().startswith("kibitz ")]


def test_the_page_has_all_workflows() -> None:
    assert [name.rsplit("/", 1)[-1] for name in WORKFLOWS] == ["kibitz.yml", "kibitz-forks.yml", "kibitz-nightly.yml"]
    assert list(GITLAB) == [".gitlab-ci.yml"]


def test_every_command_is_one_that_we_have(capsys: pytest.CaptureFixture[str]) -> None:
    found = [words for data in (WORKFLOWS, GITLAB) for script in scripts(data) for words in commands(script)]
    found += [words for block in re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL) for words in commands(block)]
    assert len(found) > 15
    for words in found:
        try:
            parser().parse_args(words)
        except SystemExit:
            pytest.fail(f"kibitz {shlex.join(words)}: {capsys.readouterr().err}")


@pytest.mark.parametrize("name", WORKFLOWS)
def test_keys_never_reach_a_fork(name: str) -> None:
    workflow = WORKFLOWS[name]
    events = workflow[True]  # YAML 1.1 reads "on" as true, as GitHub knows
    events = {events} if isinstance(events, str) else set(events)
    assert "pull_request_target" not in events
    assert "workflow_run" not in events
    assert workflow["permissions"] == {"contents": "read"}
    for job in workflow["jobs"].values():
        if "secrets." in str(job) and "pull_request" in events:
            assert OWN in job["if"] or job["if"] == "github.event_name == 'push'"
        writes = [what for what, right in job.get("permissions", {}).items() if right == "write"]
        assert not writes or OWN in job["if"]
        checkouts = [step for step in job["steps"] if step.get("uses", "").startswith("actions/checkout@")]
        assert checkouts
        assert all(step["with"]["persist-credentials"] is False for step in checkouts)


@pytest.mark.parametrize("name", WORKFLOWS)
def test_only_the_step_that_plays_has_the_key(name: str) -> None:
    for job in WORKFLOWS[name]["jobs"].values():
        assert "secrets." not in str({key: value for key, value in job.items() if key != "steps"})
        holders = [step for step in job["steps"] if "secrets." in str(step)]
        assert all("kibitz run " in step["run"] and "pip install" not in step["run"] for step in holders)


def test_no_push_ends_the_baseline_of_another() -> None:
    assert "|| github.sha" in WORKFLOWS[".github/workflows/kibitz.yml"]["concurrency"]["group"]


@pytest.mark.parametrize("name", WORKFLOWS)
def test_no_text_of_strangers_becomes_part_of_a_script(name: str) -> None:
    assert not [script for script in scripts(WORKFLOWS[name]) if "${{" in script]
