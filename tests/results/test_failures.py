import inspect
import typing
from pathlib import Path

from kibitz.agents import agent
from kibitz.agents.models import model
from kibitz.harness import runner
from kibitz.harness.executors.failures import ChildCrashedError, ChildHungError
from kibitz.results.failures import FAILURES, failure


def test_every_failed_call_has_its_row():
    causes = {cls.cause for _, cls in inspect.getmembers(model, inspect.isclass) if issubclass(cls, model.CallFailed)}
    assert causes == {cause for cause, row in FAILURES.items() if row.level == "call"}


def test_every_problem_of_a_reply_has_its_row():
    problems = set(typing.get_args(agent.Problem)) - {""}
    assert problems == {cause for cause, row in FAILURES.items() if row.level == "reply"}


def test_every_cause_of_a_failed_episode_has_its_row():
    causes = {*runner.CAUSES.values(), "step_timeout", "episode_timeout", "harness_error"}
    causes |= {ChildCrashedError.cause, ChildHungError.cause}
    assert causes == {cause for cause, row in FAILURES.items() if row.level == "episode"}


def test_only_what_the_agent_said_is_scored():
    assert {row.score for row in FAILURES.values() if row.level == "reply"} == {"forfeit"}
    assert {row.score for row in FAILURES.values() if row.level != "reply"} == {"unscored"}
    assert {row.fault for row in FAILURES.values() if row.level == "reply"} == {"agent"}


def test_a_plug_ins_own_cause_is_a_lasting_failure_of_its_provider():
    row = failure("quota_of_the_moon")
    assert (row.retry, row.fault, row.score) == (False, "provider", "unscored")


def test_the_docs_have_the_table():
    text = (Path(__file__).parents[2] / "docs" / "failures.md").read_text()
    for row in FAILURES.values():
        again = "yes" if row.retry else "no"
        assert f"| `{row.cause}` | {again} | {row.fault} | {row.score} | {row.meaning} |" in text, row.cause
