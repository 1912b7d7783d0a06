from pathlib import Path
from typing import Any

import msgspec
import pytest

from kibitz.results.journal import Journal
from kibitz.results.leaderboard import Names
from kibitz.results.records import MessageRecord
from kibitz.results.report import reel as reels
from kibitz.results.report.build import render
from kibitz.results.report.reel import Filming
from kibitz.results.rundata import RunData
from tests.results.report.conftest import drawing
from tests.results.report.unpacking import Page


def test_hostile_text_arrives_whole_in_the_replay(whole_run: Any, draw: Any) -> None:
    payload = "</script><script>alert('x')</script> & \"quotes\" \u2028 日本"
    episode = Page(render([whole_run(payload)], draw)).episode(0)
    move = episode["steps"][0]["seats"][0]
    assert (move["reply"], move["thought"], move["action"]) == (payload, payload, payload)
    assert [answer["given"] for answer in move["answers"]] == [payload, payload]
    assert [answer["verdict"] for answer in move["answers"]] == ["wrong", "malformed"]
    assert episode["steps"][1]["seats"][0]["complaints"] == [{"problem": "illegal", "reason": payload}]
    assert move["calls"][0]["messages"] == [("user", f"you see {payload}", [])]
    assert episode["ending"]["forfeit"] == [1, [0]]


def test_lone_surrogates_do_not_break_the_page(whole_run: Any, draw: Any) -> None:
    episode = Page(render([whole_run("half \ud800 of it")], draw)).episode(0)
    assert episode["steps"][0]["seats"][0]["reply"] == "half ? of it"


def test_strings_that_blocks_share_are_stored_once(builder: Any, draw: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kibitz.results.report.replays.BLOCK", 1)
    run = builder()
    for _ in range(3):
        unit = run.play("ann", "bob", reward=(1, -1))
        for seat in (0, 1, 0):
            run.move(unit, seat)
        run.call(unit, prompt="the same rules")
        run.call(unit, prompt=f"position {unit.index}", step=2)
    page = Page(render([run.data()], draw))
    assert [start for start, _ in page.index["blocks"]] == [0, 1, 2]
    shared = page.unpacked("shared-0")["strings"]
    assert shared.count("the same rules") == 1
    assert "the same rules" not in page.unpacked("block-1")["strings"]
    assert "position 1" in page.unpacked("block-1")["strings"]
    for number in range(3):
        steps = page.episode(number)["steps"]
        assert [step["svg"] for step in steps] == [drawing("", "", {}, {"to_move": mark}) for mark in "XOX"]
        assert steps[2]["seats"][0]["calls"][0]["messages"] == [("user", f"position {number}", [])]


def test_a_conversation_goes_on_from_call_to_call(builder: Any, draw: Any) -> None:
    run = builder()
    unit = run.play("ann", "bob", reward=(1, -1))
    for step in range(3):
        run.move(unit, 0)
        run.call(unit, step=step, prompt=f"turn {step}")
        before = run.talks[-2] if step else []
        run.talks[-1] = [*before, MessageRecord(role="user", text=f"turn {step}")]
    run.talks[-1] = run.talks[-1][1:]  # a window: the first one has left it
    block, _, _ = Page(render([run.data()], draw)).block(0)
    calls = [step["seats"][0]["calls"][0] for step in block["episodes"][0]["steps"]]
    assert [(call.get("kept", 0), len(call["sent"])) for call in calls] == [(0, 1), (1, 1), (0, 2)]
    episode = Page(render([run.data()], draw)).episode(0)
    said = [[text for _, text, _ in step["seats"][0]["calls"][0]["messages"]] for step in episode["steps"]]
    assert said == [["turn 0"], ["turn 0", "turn 1"], ["turn 1", "turn 2"]]


def test_huge_replies_are_cut_on_the_page(builder: Any, draw: Any) -> None:
    run = builder()
    run.move(run.play("ann", "bob", reward=(1, -1)), 0, reply="x" * 1_000_000)
    reply = Page(render([run.data()], draw)).episode(0)["steps"][0]["seats"][0]["reply"]
    assert len(reply) < 21_000
    assert "980,000 more characters" in reply


def test_unsafe_and_missing_pictures_are_left_out(builder: Any) -> None:
    run = builder()
    run.move(run.play("ann", "bob", reward=(1, -1)), 0)
    for svg in (None, "<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>"):
        block, _, _ = Page(render([run.data()], lambda *_, svg=svg: svg)).block(0)
        assert block["pictures"] == []


def test_a_call_of_a_step_that_was_never_finished_is_kept(builder: Any, draw: Any) -> None:
    run = builder()
    unit = run.play("ann", "bob", reward=(), status="failed", cause="timeout", message="no reply")
    run.call(unit, prompt="hello?")
    replay = Page(render([run.data()], draw)).episode(0)
    assert [(step, seat) for step, seat, _ in replay["loose"]] == [(0, 0)]


def test_the_list_is_a_table_up_to_a_limit(builder: Any, draw: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kibitz.results.report.episodes.ROWS", 3)
    run = builder()
    for _ in range(5):
        run.play("ann", "bob", reward=(1, -1))
    page = Page(render([run.data()], draw))
    assert page.html.count('<td class="left">ann won</td>') == 3
    assert "These are the first 3 episodes; scripts show 2 more." in page.html
    assert len(page.index["rows"]) == 5


@pytest.fixture
def journals(tmp_path: Path, builder: Any) -> list[Path]:
    """Two runs on disk, of five and of three episodes."""
    folders = []
    for name, episodes in (("one", 5), ("two", 3)):
        run = builder(name)
        for n in range(episodes):
            unit = run.play("ann", "bob", reward=(1, -1))
            run.move(unit, 0, reply=f"reply {n}")
            run.answer(unit, sub="wins")
            run.call(unit, prompt=f"prompt {n}")
        data = run.data()
        with Journal.create(tmp_path / name, data.info, data.units) as journal:
            for unit in data.units:
                for call in data.calls(unit.key):
                    talk = journal.put_talk(run.talks[call.context])
                    journal.put_call(msgspec.structs.replace(call, context=talk))
                for step in data.steps(unit.key):
                    journal.put_step(step, data.grades(unit.key))
                journal.put_episode(data.episodes[unit.key])
        folders.append(tmp_path / name)
    return folders


def test_processes_change_no_byte(journals: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reels, "SLICE", 2)
    monkeypatch.setattr(reels, "WORTH_IT", 1)
    opened = [Journal.read(folder) for folder in journals]
    runs = [RunData.of(journal) for journal in opened]
    found = []
    for processors in (1, 2):
        monkeypatch.setattr("os.cpu_count", lambda processors=processors: processors)
        with Filming(runs, Names(runs), drawing) as filming:
            found.append(filming.reel())
    for journal in opened:
        journal.close()
    assert found[0] == found[1]
    assert [start for start, _ in found[0].starts] == [0, 2, 4, 5, 7]
    assert [line.index for line in found[0].lines] == [0, 1, 2, 3, 4, 0, 1, 2]


def test_logs_of_a_part_of_a_run(journals: list[Path]) -> None:
    with Journal.read(journals[0]) as journal:
        run = RunData.of(journal)
        whole = list(journal.logs())
        assert whole == [run.log(unit) for unit in run.units]
        assert list(journal.logs(1, 2)) == whole[1:3]
        assert all(log.calls for log in whole)
