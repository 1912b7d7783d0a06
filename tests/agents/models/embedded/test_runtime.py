"""Whether the inference library can run: processor flags, presence, cores."""

import pytest

from kibitz.agents.models.embedded import runtime


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("model name\t: x\nflags\t\t: fpu avx avx2 fma f16c\n", []),
        ("flags : fpu avx f16c\n", ["avx2", "fma"]),
        ("Features : neon\n", []),
        ("", []),
    ],
)
def test_missing_flags(text, missing):
    assert runtime.missing_flags(text) == missing


def test_an_old_processor_is_told_in_one_sentence(tmp_path, monkeypatch):
    (tmp_path / "cpuinfo").write_text("flags : fpu avx f16c\n")
    monkeypatch.setattr(runtime.platform, "machine", lambda: "x86_64")
    monkeypatch.setattr(runtime, "find_spec", lambda _name: object())
    assert "lacks AVX2, FMA" in runtime.problem(tmp_path / "cpuinfo")
    monkeypatch.setattr(runtime.platform, "machine", lambda: "aarch64")
    assert runtime.problem(tmp_path / "cpuinfo") == ""


def test_a_missing_library_is_told_with_the_way_out(monkeypatch):
    monkeypatch.setattr(runtime, "find_spec", lambda _name: None)
    assert "pip install xllamacpp" in runtime.problem()


@pytest.mark.parametrize(("cores", "servers"), [(1, 1), (2, 2), (64, 4)])
def test_one_server_a_core_at_most_four(monkeypatch, cores, servers):
    monkeypatch.setattr(runtime.os, "sched_getaffinity", lambda _pid: set(range(cores)), raising=False)
    assert runtime.automatic_servers() == servers
