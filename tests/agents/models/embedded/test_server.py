"""The server process: ports, failures to start, and its end when nobody needs it any more."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from kibitz.agents.models.embedded import server as module
from kibitz.agents.models.embedded.server import Server, Settings, check_port
from kibitz.agents.models.model import ModelError


def test_a_port_that_is_taken_is_said_in_one_sentence():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(ModelError, match=f"port {port} cannot be used .*; choose another"):
            check_port(port)
    check_port(port)
    check_port(0)


async def test_a_file_that_is_no_model_is_said_and_leaves_nothing(tmp_path):
    broken = tmp_path / "broken.gguf"
    broken.write_bytes(b"GGUF" + b"\0" * 100)
    server = Server(Settings(broken))
    with pytest.raises(ModelError, match=r"the server did not start: .+"):
        await server.start()
    assert not server.alive
    await server.stop()
    assert not server.folder.exists()


async def test_a_start_that_hangs_is_ended(tmp_path, monkeypatch):
    (tmp_path / "child.py").write_text("import time; time.sleep(60)")
    monkeypatch.setattr(module, "__file__", str(tmp_path / "server.py"))
    monkeypatch.setattr(module, "READY_WITHIN", 0.3)
    server = Server(Settings(tmp_path / "none.gguf"))
    with pytest.raises(ModelError, match="did not start"):
        await server.start()
    await server.stop()


@pytest.mark.embedded
async def test_a_server_starts_stops_and_starts_again(real_weights):
    server = Server(Settings(real_weights))
    assert (server.alive, server.pid) == (False, 0)
    await server.start()
    first = server.pid, server.folder
    assert server.alive
    assert server.address.startswith("http://127.0.0.1:")
    server.kill()
    assert not server.alive
    await server.start()
    assert server.generation == 2
    assert not first[1].exists()
    await server.stop()
    await server.stop()
    assert not server.folder.exists()


PARENT = """
import asyncio, sys, time
from pathlib import Path
from kibitz.agents.models.embedded.server import Server, Settings

async def main():
    server = Server(Settings(Path(sys.argv[1])))
    await server.start()
    print(server.address, server.folder, flush=True)
    time.sleep(60)

asyncio.run(main())
"""


def listens(address):
    try:
        socket.create_connection(("127.0.0.1", int(address.rpartition(":")[2])), timeout=1).close()
    except OSError:
        return False
    return True


@pytest.mark.embedded
@pytest.mark.skipif(os.name != "posix", reason="kills with a POSIX signal")
def test_the_child_ends_when_its_parent_is_killed(real_weights):
    with subprocess.Popen([sys.executable, "-P", "-c", PARENT, str(real_weights)], stdout=subprocess.PIPE) as parent:
        address, folder = parent.stdout.readline().decode().split()
        assert listens(address)
        parent.send_signal(signal.SIGKILL)
    end = time.monotonic() + 5
    while (listens(address) or Path(folder).exists()) and time.monotonic() < end:
        time.sleep(0.02)
    assert not listens(address)
    assert not Path(folder).exists()
