"""The model from outside: options, identity, and what it refuses, without starting anything."""

from pathlib import Path

import pytest

from kibitz.agents.models.embedded import weights
from kibitz.agents.models.embedded.catalogue import SMOLLM2
from kibitz.agents.models.embedded.model import EmbeddedModel, _failure
from kibitz.agents.models.model import (
    ConnectionFailed,
    Image,
    Message,
    ModelError,
    ProviderError,
    RejectedRequest,
    Request,
    Tool,
)
from kibitz.games.options import OptionError

HELLO = (Message(role="user", text="hello"),)


def test_the_identity_names_bytes_and_settings():
    identity = EmbeddedModel().identity
    assert identity["name"] == "smollm2-135m-instruct"
    assert identity["sha256"] == SMOLLM2.requantised.sha256
    assert {"quantisation", "runtime", "threads", "batch", "ubatch", "reuse", "scoring", "grammar"} <= set(identity)
    assert identity["fast"] is False


@pytest.mark.parametrize(
    "options", [{"threads": 2}, {"context": 4096}, {"reuse": "none"}, {"scoring": "sequence"}, {"fast": True}]
)
def test_what_can_change_a_reply_changes_identity_and_share_key(options):
    changed, plain = EmbeddedModel(**options), EmbeddedModel()
    assert changed.identity != plain.identity
    assert changed.share_key != plain.share_key


def test_servers_and_port_change_neither():
    changed, plain = EmbeddedModel(servers=3, port=9000), EmbeddedModel()
    assert (changed.identity, changed.share_key) == (plain.identity, plain.share_key)
    assert changed.servers == 3


def test_names_and_options_are_checked():
    with pytest.raises(ModelError, match="is not known"):
        EmbeddedModel("gpt")
    with pytest.raises(OptionError, match="scoring"):
        EmbeddedModel(scoring="best")
    with pytest.raises(OptionError, match="unknown option 'slots'"):
        EmbeddedModel(slots=4)


def test_a_file_of_the_users_goes_by_its_name_and_bytes(tmp_path):
    file = tmp_path / "mine.gguf"
    file.write_bytes(b"GGUF and more")
    model = EmbeddedModel(path=str(file))
    assert (model.identity["name"], model.identity["sha256"]) == ("mine.gguf", weights.sha256_of(file))


async def test_it_must_be_open():
    with pytest.raises(ConnectionFailed, match="not open"):
        await EmbeddedModel().complete(Request(messages=HELLO), deadline=1)
    await EmbeddedModel().close()


async def test_offline_without_weights_is_one_sentence(tmp_path, monkeypatch):
    monkeypatch.setenv("KIBITZ_CACHE", str(tmp_path))
    monkeypatch.setenv("KIBITZ_OFFLINE", "1")
    with pytest.raises(ModelError, match="KIBITZ_OFFLINE is set"):
        await EmbeddedModel().open()


@pytest.mark.parametrize(
    "request_",
    [
        Request(messages=(Message(role="user", text="look", images=(Image("image/png", b"x"),)),)),
        Request(messages=HELLO, tools=(Tool("act", "acts", "{}"),)),
        Request(messages=HELLO, effort="high"),
        Request(messages=HELLO, n=0),
        Request(messages=()),
        Request(messages=(Message(role="user", text="half a character: \ud800"),)),
        Request(messages=HELLO, choices=("\udfff",)),
    ],
)
async def test_what_it_cannot_do_is_refused(request_, monkeypatch):
    model = EmbeddedModel()
    monkeypatch.setattr(model, "_pool", object())
    with pytest.raises(RejectedRequest):
        await model.complete(request_, deadline=1)


def test_failures_by_status():
    body = {"type": "exceed_context_size_error", "n_prompt_tokens": 6031, "n_ctx": 2048}
    assert "6031 tokens, more than the embedded model's context of 2048" in str(_failure(400, body))
    assert isinstance(_failure(400, {"message": "bad grammar"}), RejectedRequest)
    assert isinstance(_failure(500, "broken"), ProviderError)


@pytest.mark.parametrize("option", EmbeddedModel.declared, ids=lambda o: o.name)
def test_the_docs_have_every_option_and_its_default(option):
    text = (Path(__file__).parents[4] / "docs" / "embedded-model.md").read_text()
    shown = str(option.default).lower()
    assert any(line.startswith(f"| `{option.name}` |") and shown in line for line in text.splitlines())
