"""Logs of Inspect: its own reader gives back what the run holds, and so does ours for results from elsewhere."""

import sys

import pytest

from kibitz.results.comparing.ofrun import of_run
from kibitz.results.export.destination import ExportError, MissingExtraError
from kibitz.results.export.inspectlogs import export_logs
from kibitz.results.outside.columns import ReadOptions
from kibitz.results.outside.inspectlog import read_inspect

pytestmark = pytest.mark.once


@pytest.fixture
def logs(tmp_path):
    from inspect_ai.log import read_eval_log

    def write(runs, **options):
        export_logs(runs, tmp_path / "out", **options)
        return {path.stem: read_eval_log(path) for path in sorted((tmp_path / "out").glob("*.eval"))}

    return write


def test_one_log_a_run_agent_and_game(run, logs):
    found = logs([run])
    assert list(found) == [
        "run-plain_ann-plain_connect4",
        "run-plain_ann-plain_line",
        "run-plain_bob_connect4",
        "run-plain_ref-plain_connect4",
    ]
    log = found["run-plain_ann-plain_connect4"]
    assert (log.eval.task, log.eval.model, log.eval.solver) == ("connect4", "kibitz/ann plain", "ann plain")
    # One of its three episodes was never played.
    assert (log.status, log.eval.dataset.samples, len(log.samples)) == ("cancelled", 3, 2)
    assert found["run-plain_ann-plain_line"].status == "success"
    assert len({log.eval.task_id for log in found.values()}) == len(found)


def test_scores_are_those_of_the_trials(run, logs):
    log = logs([run])["run-plain_ann-plain_connect4"]
    trials = {trial.task: trial for trial in of_run(run, "r", "ann plain").trials if trial.group == "connect4"}
    assert {sample.id for sample in log.samples} == set(trials)
    played, failed = log.samples
    assert {name: score.value for name, score in played.scores.items()} == trials[played.id].scores
    assert list(played.scores)[:2] == ["outcome", "intermediate"]
    assert (played.scores["outcome"].answer, played.scores["outcome"].metadata["reward"]) == ("lost", -1)
    assert played.scores["answers.wins"].explanation.splitlines()[0] == "step 0: wrong; said plain; true none"
    assert (failed.scores, failed.error.message) == (None, "timeout: plain")
    outcome = next(score for score in log.results.scores if score.name == "outcome")
    assert (outcome.metrics["mean"].value, outcome.scored_samples, outcome.unscored_samples) == (0.0, 1, 2)


def test_messages_usage_and_events(run, logs):
    log = logs([run], prompts=True)["run-plain_ann-plain_connect4"]
    sample = log.samples[0]
    assert [(message.role, message.text) for message in sample.messages[:2]] == [
        ("user", "a board"),
        ("assistant", "plain"),
    ]
    assert sample.messages[1].metadata["consistent"] is False
    model = [event for event in sample.events if event.event == "model"]
    assert [(event.input[0].text, event.output.completion) for event in model] == [("you see plain", "plain")]
    told = [event.data for event in sample.events if event.event == "info"]
    assert told[0]["answers"][0] == "wins: wrong; said plain; true none"
    assert sample.model_usage["kibitz/ann plain"].total_tokens == 15
    assert sample.model_usage["kibitz/ann plain"].total_cost == 0.01


def test_without_prompts_no_call_is_told(run, logs):
    log = logs([run])["run-plain_ann-plain_connect4"]
    assert {event.event for event in log.samples[0].events} == {"span_begin", "info", "span_end"}


def test_our_own_reader_finds_the_same_trials(run, logs, tmp_path):
    logs([run])
    (read,) = read_inspect(tmp_path / "out" / "run-plain_ann-plain_connect4.eval", ReadOptions(scorer="outcome"))
    trials = [trial for trial in of_run(run, "r", "ann plain").trials if trial.group == "connect4"]
    assert read.scheduled == 3
    assert [(one.task, one.scores.get("outcome")) for one in read.trials] == [
        (one.task, one.scores.get("outcome")) for one in trials
    ]


def test_names_that_look_alike_get_files_of_their_own(builder, logs):
    made = builder(agents=[builder.agent("a b"), builder.agent("a/b"), builder.agent("A:B")])
    made.play("a b", "a/b", reward=(1, -1))
    made.play("A:B", "a/b", reward=(0, 0))
    found = logs([made.data(), made.data()])
    assert {len(log.samples) for log in found.values()} == {1, 2}
    assert len(found) == 6
    assert len({name.lower() for name in found}) == 6


def test_hostile_text_comes_back_as_it_was(whole_run, logs):
    text = "<script>alert(1)</script>\x1b[31m\u202e [x](javascript:1) \x00 \ud83d"
    found = logs([whole_run(text)], prompts=True)
    sample = next(log.samples[0] for name, log in found.items() if "ann" in name and name.endswith("connect4"))
    assert sample.messages[1].text == text.replace("\ud83d", "\ufffd")
    assert next(iter(found.values())).eval.viewer.trust_content is False


def test_a_run_of_nothing_gives_no_log(empty, logs):
    assert logs([empty]) == {}


def test_a_run_without_a_beginning_is_refused(builder, tmp_path):
    made = builder()
    made.play("ann", "bob", reward=(1, -1))
    with pytest.raises(ExportError, match="'yesterday', which is no time"):
        export_logs([made.data(started="yesterday")], tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


def test_without_inspect_it_says_what_to_install(run, monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "inspect_ai.log", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'kibitz\[inspect\]'"):
        export_logs([run], tmp_path / "out")
