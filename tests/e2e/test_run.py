import json
import sqlite3
from contextlib import closing

import pytest

from tests.e2e.conftest import board


def without_seconds(table):
    for row in table["rows"]:
        del row["seconds"], row["seconds_each"]
    return {key: value for key, value in table.items() if key != "runs"}


def test_a_run_ends_with_a_leaderboard_and_a_report(kibitz, suite, server, tmp_path):
    out, err = kibitz("run", suite, "--out", "r1")
    lines = out.splitlines()
    assert lines[-1] == "r1/report.html"
    assert "model" in out
    assert "Traceback" not in err
    assert (tmp_path / "r1" / "report.html").read_text().startswith("<!")
    table = board(kibitz, "r1")
    assert table["complete"] is True
    assert {row["game"] for row in table["rows"]} == {"tictactoe", "connect4", "numberline", "*"}
    verdict = json.loads(kibitz("verify", "r1", "--json")[0])
    assert (verdict["episodes"], verdict["equal"], verdict["resent"]) == (16, 16, [])


def test_every_question_asked_is_answered_or_a_recorded_error(forked, suite, tmp_path):
    forked("run", suite, "--out", "r1")
    with closing(sqlite3.connect(tmp_path / "r1" / "journal.sqlite")) as db:
        grades = [json.loads(record) for (record,) in db.execute("SELECT record FROM grade")]
    assert {grade["agent"] for grade in grades} == {"model", "random"}
    assert all(grade["truth"] is not None and grade["raw"] is not None for grade in grades)


def test_one_worker_and_eight_give_the_same_records(forked, suite, server):
    server.delay = 0.002
    forked("run", suite, "--out", "r1", "--concurrency", "1")
    forked("run", suite, "--out", "r2", "--concurrency", "8")
    verdict = json.loads(forked("verify", "r1", "--against", "r2", "--json")[0])
    assert (verdict["equal"], verdict["differing"], verdict["skipped"]) == (16, [], [])
    assert without_seconds(board(forked, "r1")) == without_seconds(board(forked, "r2"))


def test_a_difference_between_runs_is_found(forked, suite):
    forked("run", suite, "--out", "r1")
    suite.write_text(suite.read_text().replace('name = "small"', 'name = "small"\nseed = 1'))
    forked("run", suite, "--out", "r2")
    verdict = json.loads(forked("verify", "r1", "--against", "r2", "--json", code=5)[0])
    assert verdict["differing"]


def test_a_run_folder_that_is_there_is_refused_and_named(forked, suite):
    forked("run", suite, "--out", "r1")
    _, err = forked("run", suite, "--out", "r1", code=3)
    assert "--resume" in err
    assert "another --out" in err


def test_a_changed_suite_cannot_go_on_with_a_run(forked, suite):
    forked("run", suite, "--out", "r1")
    suite.write_text(suite.read_text().replace("opening_plies = 8", "opening_plies = 6"))
    _, err = forked("run", suite, "--out", "r1", "--resume", code=3)
    assert "opening_plies: was 8, is now 6" in err


def test_a_server_that_is_not_there_is_found_before_the_run(kibitz, suite, server, tmp_path):
    suite.write_text(suite.read_text().replace(server.url, "http://127.0.0.1:9/v1"))
    _, err = kibitz("run", suite, "--out", "r1", code=3)
    assert "no server listens at http://127.0.0.1:9/v1" in err
    assert not (tmp_path / "r1").exists()


def test_a_provider_that_says_no_leaves_a_run_that_can_go_on(kibitz, suite, server):
    server.status = 401
    _, err = kibitz("run", suite, "--out", "r1", "--game", "numberline", code=4)
    assert "3 of 6 episodes are done, failed: 3 unauthorized" in err
    assert "--resume" in err
    table = board(kibitz, "r1")
    assert (table["failures"], table["complete"]) == ({"unauthorized": 3}, False)
    server.status = 200
    kibitz("run", "--out", "r1", "--resume")
    assert board(kibitz, "r1")["complete"] is True


@pytest.mark.embedded
def test_the_embedded_model_plays_and_repeats_itself(kibitz, tmp_path):
    (tmp_path / "suite.toml").write_text(
        """
        name = "embedded"
        [agents.small]
        kind = "llm"
        model = "embedded"
        action_mode = "json"
        [[match]]
        game = "numberline"
        options = { high = 5 }
        pairs = 3
        """
    )
    kibitz("run", "suite.toml", "--out", "r1")
    kibitz("run", "suite.toml", "--out", "r2", "--concurrency", "1")
    verdict = json.loads(kibitz("verify", "r1", "--against", "r2", "--json")[0])
    assert (verdict["equal"], verdict["differing"]) == (3, [])
    (row,) = [row for row in board(kibitz, "r1")["rows"] if row["game"] == "numberline"]
    assert row["legality"]["mean"] == 1
