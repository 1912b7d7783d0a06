"""Keys and credentials are in nothing that a run leaves behind, whoever breaks, and however a provider echoes them."""

import base64
from urllib.parse import quote

import pytest

from tests.e2e.rows import records

KEY = "canary/Key+93f1=with:odd%chars"
TOKEN = "canary_token_0c8d"
USER, PASSWORD = "canary-user", "canary/password=52a7"
ENVIRON = {"CANARY": KEY, "LEAKY_TOKEN": TOKEN, "OPENAI_LOG": "debug"}
"""The first is known to be a key because the suite names the variable, the second because of its name. With the third,
the SDK logs all that it does to stderr."""

PLUGIN = """
import os

from kibitz.agents.agent import Bot
from kibitz.agents.models.model import CallFailed, ModelError
from kibitz.agents.models.scripted import ScriptedModel


class BrokenBot(Bot):
    kind = "broken"

    async def act(self, turn, ctx):
        try:
            raise KeyError(os.environ["LEAKY_TOKEN"])
        except KeyError as error:
            raise RuntimeError("no luck with " + os.environ["LEAKY_TOKEN"]) from error


class LeakyModel:
    name_is = "how it fails"
    declared = ()
    provider = "leaky"
    at_once = 1
    capabilities = ScriptedModel.capabilities
    priced_as = ""

    def __init__(self, name, **options):
        self.name = name
        self.identity = {"backend": "leaky", "name": name}
        self.share_key = "leaky:" + name

    async def open(self):
        if self.name == "refuses":
            raise ModelError("the model does not like " + os.environ["LEAKY_TOKEN"])
        if self.name == "breaks":
            raise RuntimeError("broken by " + os.environ["LEAKY_TOKEN"])

    async def complete(self, request, *, deadline):
        raise CallFailed("the provider does not like " + os.environ["LEAKY_TOKEN"])

    async def close(self):
        pass
"""


def forms(secret):
    """How a secret may be written."""
    return {secret, quote(secret), quote(secret, safe=""), base64.b64encode(secret.encode()).decode()}


CANARIES = sorted(forms(KEY) | forms(TOKEN) | forms(PASSWORD) | forms(f"{USER}:{PASSWORD}"))


def leaks(folder):
    """Which canaries are in which files under a folder: those of the run, both streams, tracebacks."""
    files = [path for path in folder.rglob("*") if path.is_file() and "plugin" not in path.parts]
    return [(path.name, canary) for path in files for canary in CANARIES if canary.encode() in path.read_bytes()]


@pytest.fixture
def plugin(tmp_path):
    """A package that is installed beside Kibitz: an agent and a model that break, and say the key when they do."""
    folder = tmp_path / "plugin"
    info = folder / "leaky-1.0.dist-info"
    info.mkdir(parents=True)
    (folder / "leaky.py").write_text(PLUGIN)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: leaky\nVersion: 1.0\n")
    points = "[kibitz.agents]\nbroken = leaky:BrokenBot\n[kibitz.models]\nleaky = leaky:LeakyModel\n"
    (info / "entry_points.txt").write_text(points)
    (tmp_path / "tmp").mkdir()
    return {**ENVIRON, "PYTHONPATH": str(folder), "TMPDIR": str(tmp_path / "tmp")}


def write_suite(tmp_path, *models):
    """A suite in which each of the models, and an agent that breaks, plays."""
    lines = ['name = "canary"', "[limits.openai]", "attempts = 2", "longest_wait = 0.01"]
    lines += ["[limits.leaky]", "attempts = 1", "[agents.broken]", 'kind = "broken"']
    for number, model in enumerate(models):
        lines += [f"[agents.model{number}]", 'kind = "llm"', 'action_mode = "json"', *model]
    lines += ["[[match]]", 'game = "numberline"', "options = { high = 3 }"]
    path = tmp_path / "suite.toml"
    path.write_text("\n".join(lines))
    return path


@pytest.fixture
def two_ways(tmp_path, server):
    """A suite with a model whose key is in a variable, and one whose credentials are in the address of a variable."""
    server.echo = True
    with_key = ['model = "openai:with-key"', f'base_url = "{server.url}"', 'api_key_env = "CANARY"']
    in_address = ['model = "openai:in-address"']
    path = write_suite(tmp_path, with_key, in_address, ['model = "leaky:sometimes"'])
    address = server.url.replace("//", f"//{USER}:{quote(PASSWORD, safe='')}@")
    return path, {"OPENAI_BASE_URL": address}


def both_came(server):
    """The server got both secrets, so that it could echo them."""
    basic = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
    return {arrival.authorization for arrival in server.arrivals} == {f"Bearer {KEY}", f"Basic {basic}"}


def test_replies_that_echo_the_key_are_recorded_without_it(kibitz, forked, plugin, two_ways, server, tmp_path):
    suite, environ = two_ways
    out, err = kibitz("run", suite, "--out", "run", code=4, **plugin, **environ)
    (tmp_path / "printed").write_text(out + err)
    assert both_came(server)
    assert "agent_error" in err
    assert "openai._base_client" in err
    assert leaks(tmp_path) == []
    assert "no luck with ***" in (tmp_path / "run" / "errors.log").read_text()
    found = records(tmp_path / "run")
    said = [call["completion"]["choices"][0] for call in found["calls"]]
    assert all(choice["text"].startswith(("Bearer *** {", "Basic *** {")) for choice in said)
    forked("run", "--resume", "--out", "run", code=4, **plugin, **environ)
    forked("verify", "run", **plugin)


def test_errors_that_echo_the_key_are_told_without_it(forked, plugin, two_ways, server, tmp_path):
    suite, environ = two_ways
    server.status = 500
    forked("run", suite, "--out", "run", code=4, **plugin, **environ)
    assert both_came(server)
    assert leaks(tmp_path) == []
    messages = {episode["message"] for episode in records(tmp_path / "run")["episodes"].values()}
    assert any("this came: Bearer ***" in message for message in messages)
    assert any("this came: Basic ***" in message for message in messages)
    assert any("the provider does not like ***" in message for message in messages)


@pytest.mark.parametrize(("how", "code", "said"), [("refuses", 3, "does not like ***"), ("breaks", 70, "RuntimeError")])
def test_a_model_that_cannot_be_opened_says_so_without_the_key(forked, plugin, tmp_path, how, code, said):
    suite = write_suite(tmp_path, [f'model = "leaky:{how}"'])
    _, err = forked("run", suite, "--out", "run", code=code, **plugin)
    assert said in err
    assert leaks(tmp_path) == []
    traces = [path.read_text() for path in (tmp_path / "tmp").iterdir()]
    assert all("broken by ***" in trace and "leaky.py" in trace for trace in traces)
    assert len(traces) == (how == "breaks")


def test_a_key_in_the_wrong_place_is_not_shown(forked, server, tmp_path):
    secret = "sk-0123456789abcdef-canary"
    (tmp_path / "s.toml").write_text(f'name = "s"\n[agents.a]\nkind = "llm"\napi_key = "{secret}"\n')
    spec = f"llm:model=openai:x,api_key_env={secret}"
    address = f'llm:model=openai:x,base_url="http://me:{secret}@127.0.0.1:1/v1"'
    for arguments in (["s.toml"], ["quickstart", "--agent", spec], ["quickstart", "--agent", address]):
        out, err = forked("run", *arguments, "--out", "run", code=3)
        assert secret not in out + err
    assert not (tmp_path / "run").exists()
