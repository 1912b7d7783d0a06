import asyncio
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from kibitz.harness.executors.failures import ChildCrashedError, ChildHungError
from kibitz.harness.executors.slot import Slot

posix = pytest.mark.skipif(os.name != "posix", reason="POSIX signals")

PROGRAM = """
import asyncio, sys
sys.path.insert(0, {plugin!r})
import traps
from kibitz.harness.executors.serving import Start
from kibitz.harness.executors.slot import Slot

async def main():
    slot = Slot(1.0, 0.5)
    await slot.ready()
    await slot.request("trap", "began", "open", Start(traps.Trap, {{"fault": {fault!r}, "at": 0}}, 0, None))
    print(slot.pid, flush=True)
    await slot.request("trap", "played a step", "settle", {{}}, {{0: "a"}})

asyncio.run(main())
"""


@posix
@pytest.mark.parametrize("fault", ["", "loop", "stuck"])
def test_after_kill_9_of_the_parent_no_process_is_left(fault, gone):
    plugin = str(Path(__file__).parent / "plugin")
    command = [sys.executable, "-P", "-c", PROGRAM.format(plugin=plugin, fault=fault)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        time.sleep(0.1)  # the step has begun, or begins after the parent's end: neither may leave anything
        parent.kill()
    assert gone(pid)


@pytest.fixture
async def slot():
    made = Slot(20.0)
    await made.ready()
    yield made
    if graves := made.kill():
        await asyncio.wait(graves, timeout=10)


async def test_requests_at_once_take_turns(slot, start):
    await slot.request("trap", "began", "open", start("trap"))
    answers = await asyncio.gather(*(slot.request("trap", "looked", "position") for _ in range(20)))
    assert all(answer == {"seed": 0, "said": []} for answer in answers)


async def test_who_waited_for_a_process_that_is_gone_is_told_the_same(slot, start):
    await slot.request("trap", "began", "open", start("trap", fault="exit", at=0))
    step = slot.request("trap", "played a step", "settle", {}, {0: "a"})
    found = await asyncio.gather(step, slot.request("trap", "looked", "views"), return_exceptions=True)
    assert [type(error) for error in found] == [ChildCrashedError] * 2
    assert "trap: has no process any more; trap: its process crashed (exit code 7)" in str(found[1])
    await slot.ready()
    with pytest.raises(AssertionError, match="no episode is open"):
        await slot.request("trap", "looked", "views")


@posix
async def test_what_a_process_has_started_ends_with_it(slot, start, gone):
    await slot.request("trap", "began", "open", start("trap", fault="offspring", at=0))
    with pytest.raises(ChildCrashedError, match=r"exit code 3.* it wrote last: started \d+$") as error:
        await slot.request("trap", "played a step", "settle", {}, {0: "a"})
    assert gone(int(str(error.value).rpartition(" ")[2]))


async def test_an_interpreter_that_does_not_start_is_told(monkeypatch, tmp_path):
    monkeypatch.setattr("kibitz.harness.executors.slot.SCRIPT", tmp_path / "nowhere.py")
    with pytest.raises(ChildCrashedError, match=r"the interpreter: its process crashed \(exit code 2\).*nowhere\.py"):
        await Slot(1.0).ready()
    monkeypatch.setattr(sys, "executable", str(tmp_path / "no-python"))
    with pytest.raises(ChildCrashedError, match="no process could be started: No such file"):
        await Slot(1.0).ready()


async def test_an_interpreter_that_hangs_at_the_start_is_told(monkeypatch, tmp_path):
    script = tmp_path / "slow.py"
    script.write_text("import time; time.sleep(60)")
    monkeypatch.setattr("kibitz.harness.executors.slot.SCRIPT", script)
    monkeypatch.setattr("kibitz.harness.executors.slot.START_WITHIN", 0.2)
    slot = Slot(1.0)
    with pytest.raises(ChildHungError, match=r"the interpreter: did not answer within 0\.2 s while it started"):
        await slot.ready()
    assert slot.pid is None


async def test_what_cannot_be_sent_is_said(slot, start):
    await slot.request("trap", "began", "open", start("trap", fault="secret", at=0))
    with pytest.raises(TypeError, match=r"cannot be sent between processes .*isolate = \"none\""):
        await slot.request("trap", "played a step", "settle", {}, {0: "a"})
    assert (await slot.request("trap", "looked", "position"))["said"] == ["a"]
