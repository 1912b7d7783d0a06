"""The wheel: everything that is tracked is in it, and it lives beside the SDK whose import name our folder has."""

import os
import subprocess
from importlib.metadata import distribution
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("games", "agents", "harness", "results")


def development_install():
    return "kibitz/games/game.py" not in {str(path).replace("\\", "/") for path in distribution("kibitz").files or ()}


def test_the_wheel_holds_every_tracked_file():
    if development_install():
        assert os.environ.get("CI") != "true", "CI tests the wheel, but kibitz is installed for development"
        pytest.skip("kibitz is installed for development; tox tests the wheel")
    listed = subprocess.run(["git", "ls-files", "-z", *ROOMS], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        assert os.environ.get("CI") != "true", f"CI runs in a git checkout: {listed.stderr}"
        pytest.skip("this is no git checkout")
    tracked = {f"kibitz/{name}" for name in listed.stdout.split("\0") if name and (ROOT / name).exists()}
    packed = {str(path).replace("\\", "/") for path in distribution("kibitz").files or ()}
    assert len(tracked) > 50
    assert tracked - packed == set()


def test_nothing_of_ours_is_importable_by_its_bare_name():
    packed = {str(path).replace("\\", "/").split("/")[0] for path in distribution("kibitz").files or ()}
    assert not packed & {"games", "harness", "results", "agents", "tests"}


def test_the_agents_sdk_and_our_agents_work_side_by_side():
    import kibitz.agents.registry

    try:
        import agents
    except ImportError:
        assert os.environ.get("CI") != "true", "CI has the extra 'test', which brings openai-agents"
        pytest.skip("openai-agents is not installed; the extra 'test' brings it")
    theirs = agents.Agent(name="SDK", instructions="Play.")
    ours = kibitz.agents.registry.make("random", {}, "ours")
    assert theirs.name == "SDK"
    assert ours.identity["kind"] == "random"
    assert Path(agents.__file__).parent.name == "agents"
    assert "kibitz" not in str(Path(agents.__file__).parent.parent.name)
    assert kibitz.agents.__name__ == "kibitz.agents"


def test_the_package_is_typed_and_versioned():
    import kibitz

    assert kibitz.__version__ == distribution("kibitz").version
    assert (Path(kibitz.__file__).parent / "py.typed").exists()


def test_the_command_is_installed():
    scripts = {point.name: point.value for point in distribution("kibitz").entry_points.select(group="console_scripts")}
    assert scripts == {"kibitz": "kibitz.harness.cli:main"}
