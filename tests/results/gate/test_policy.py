from pathlib import Path

import pytest

from kibitz.results.gate.policy import Metric, Policy, PolicyError, parse_policy, read_policy

WHOLE = """
mode = "anytime"
alpha = 0.1
strict = true
graded = 0.8
clusters = 20
agents = ["small", "old:new"]
arms = ["protocol.ask"]
[metrics.outcome]
drop = 0.02
[metrics."answers.wins"]
family = "answers"
games = "each"
"""


def test_every_key(tmp_path: Path) -> None:
    (tmp_path / "gate.toml").write_text(WHOLE)
    assert read_policy(tmp_path / "gate.toml") == Policy(
        mode="anytime",
        alpha=0.1,
        strict=True,
        graded=0.8,
        clusters=20,
        agents=("small", "old:new"),
        arms=("protocol.ask",),
        metrics=(Metric("outcome", 0.02, "gate", "pooled"), Metric("answers.wins", 0.05, "answers", "each")),
    )


def test_an_empty_file_is_the_default(tmp_path: Path) -> None:
    (tmp_path / "gate.toml").write_text("")
    assert read_policy(tmp_path / "gate.toml") == Policy()


def test_all_mistakes_are_told_at_once() -> None:
    wrong = {
        "mode": "often",
        "alpha": 0.0,
        "clusters": 3,
        "metric": {},
        "agents": ["a", 3, ""],
        "metrics": {"answers.wins": {"dorp": 1, "drop": float("nan"), "games": "all"}, "outcome": {"drop": -0.1}},
    }
    with pytest.raises(PolicyError) as error:
        parse_policy(wrong, "gate.toml")
    assert str(error.value).split("; gate.toml: ") == [
        "gate.toml: mode = 'often' is not one of fixed, anytime",
        "alpha = 0.0 must be at least 1e-06",
        "clusters = 3 must be at least 10",
        "agents: entry 2 = 3 is not a string",
        "agents: entry 3 = '' is an empty name",
        "[metrics.\"answers.wins\"] drop = nan is not a finite number",
        "[metrics.\"answers.wins\"] games = 'all' is not one of pooled, each",
        "[metrics.\"answers.wins\"] unknown key 'dorp'; did you mean 'drop'?; there are: drop, family, games",
        "[metrics.outcome] drop = -0.1 must be at least 0",
        ("unknown key 'metric'; did you mean 'metrics'?; "
        "there are: mode, alpha, strict, graded, clusters, agents, arms, metrics"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"metrics": {}}, "metrics is empty; leave it out for the outcome alone"),
        ({"metrics": []}, "metrics = [] is not a table"),
        ({"metrics": {"outcome": 3}}, "[metrics.outcome] = 3 is not a table"),
        ({"metrics": {"outcome": {"drop": 1.0}}}, "[metrics.outcome] drop = 1.0 must be less than 1"),
        ({"metrics": {"outcome": {"family": "a b"}}}, "may hold letters, digits and . _ - only"),
        ({"strict": 1}, "strict = 1 is not true or false"),
        ({"alpha": True}, "alpha = True is not a number"),
        ({"arms": "protocol.ask"}, "arms = 'protocol.ask' is not a list"),
        ({"graded": 1.5}, "graded = 1.5 must be at most 1"),
        ({"mode": "x" * 200}, "x..."),
    ],
)
def test_what_is_wrong_is_said(data: dict[str, object], said: str) -> None:
    with pytest.raises(PolicyError) as error:
        parse_policy(data, "gate.toml")
    assert said in str(error.value)


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match="the policy cannot be read: No such file"):
        read_policy(tmp_path / "none.toml")
    (tmp_path / "bad.toml").write_text("mode =")
    with pytest.raises(PolicyError, match="is not valid TOML"):
        read_policy(tmp_path / "bad.toml")
    (tmp_path / "bytes.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(PolicyError, match="it is not UTF-8"):
        read_policy(tmp_path / "bytes.toml")
