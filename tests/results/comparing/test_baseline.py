from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kibitz.results.comparing.baseline import BaselineError, read_baseline, read_header, write_baseline
from kibitz.results.comparing.trials import Results, Trial

RESULTS = Results(
    source="runs/a",
    subject="ann",
    trials=(
        Trial(
            task="0/_,bob", group="g", cluster="0", course="way", block=0, scores={"outcome": 1.0, "legality": 2 / 3}
        ),
        Trial(task="0/bob,_", group="g", cluster="0", scores={"outcome": 0.0}, usd=0.1, tokens=12),
        Trial(task="1", group="h", scores={"answers.x": 0.25}),
        Trial(task="2", group="h", failed="agent_error", fault="agent"),
    ),
    scheduled=4,
    conditions={"seed": "0", "protocol.ask": "same"},
    identity={"hash": "h", "kind": "llm"},
)
VERSIONS = {"kibitz": "1", "python": "3.11", "platform": "Linux"}


def kept(tmp_path: Path, results: Results = RESULTS) -> Path:
    path = tmp_path / "b.jsonl"
    path.write_bytes(write_baseline(results, "suite", "1", VERSIONS))
    return path


def test_what_is_written_is_read(tmp_path: Path) -> None:
    path = kept(tmp_path)
    found = read_baseline(path)
    assert found == replace(RESULTS, source=str(path), planned={t.key: t.block for t in RESULTS.trials})
    header = read_header(path)
    assert (header.suite, header.agent, header.versions) == ("suite", "ann", {"kibitz": "1"})


@given(st.lists(st.floats(0, 1), min_size=1, max_size=5), st.text(max_size=8))
def test_every_digit_and_letter_survives(
    tmp_path_factory: pytest.TempPathFactory, scores: list[float], name: str
) -> None:
    trials = tuple(Trial(task=f"{name}{i}", scores={"outcome": score}) for i, score in enumerate(scores))
    sent = Results(source="s", subject=name, trials=trials, scheduled=len(trials))
    found = read_baseline(kept(tmp_path_factory.mktemp("baseline"), sent))
    assert (found.trials, found.subject) == (trials, name)


def test_the_same_results_give_the_same_bytes(tmp_path: Path) -> None:
    turned = replace(RESULTS, conditions=dict(reversed(list(RESULTS.conditions.items()))), source="elsewhere")
    slower = tuple(msgspec.structs.replace(trial, seconds=9.0) for trial in RESULTS.trials)
    assert write_baseline(replace(turned, trials=slower), "suite", "1", VERSIONS) == kept(tmp_path).read_bytes()


def test_300_episodes_take_less_than_60_kb() -> None:
    scores = {f"answers.subproblem{i}": 2 / 3 for i in range(2)} | {
        "outcome": 0.5,
        "legality": 6 / 7,
        "consistency": 1.0,
    }
    trials = tuple(
        Trial(
            task=f"{i}/_,minimax", group="connect4", cluster=str(i), course="f" * 64, block=i, scores=scores, tokens=999
        )
        for i in range(300)
    )
    results = replace(RESULTS, trials=trials, scheduled=300)
    assert len(write_baseline(results, "suite", "1", VERSIONS)) < 60_000


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (
            {"trials": (*RESULTS.trials, Trial(task="x", failed="timeout", fault="provider")), "scheduled": 5},
            r"1 trials of ann failed for reasons that are not the agent's \(1 timeout\); .*--resume --out runs/a",
        ),
        ({"scheduled": 6}, "only 4 of 6 trials of ann were played; .*--resume --out runs/a"),
        ({"trials": RESULTS.trials[3:], "scheduled": 1}, "no trial with a score"),
    ],
)
def test_what_cannot_be_a_baseline(changes: dict[str, object], said: str) -> None:
    with pytest.raises(BaselineError, match=said):
        write_baseline(replace(RESULTS, **changes), "suite", "1", VERSIONS)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (b"kibitz-baseline", b"other", "is no baseline file"),
        (b'"schema":1', b'"schema":2', "schema 2, and this Kibitz reads 1"),
        (b'"seed":"0"', b'"seed":"1"', "first line was changed"),
        (b"1.0]", b"0.5]", "lines are not those"),
        (b"\n[", b"\n<<<<<<< ours\n[", "lines are not those"),
        (b'"metrics"', b'"metric"', "is damaged"),
        (b"{", b"", "is no baseline file"),
    ],
)
def test_what_was_changed_by_hand_is_noticed(tmp_path: Path, old: bytes, new: bytes, said: str) -> None:
    path = kept(tmp_path)
    path.write_bytes(path.read_bytes().replace(old, new, 1))
    with pytest.raises(BaselineError, match=said):
        read_baseline(path)


def test_nothing_there(tmp_path: Path) -> None:
    with pytest.raises(BaselineError, match="cannot be read"):
        read_baseline(tmp_path / "none")
