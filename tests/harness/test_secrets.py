import io
import logging

import msgspec
import pytest

from kibitz.agents.models.failures import Secrets
from kibitz.agents.models.model import CallFailed, Choice, Completion, Measured, ModelError
from kibitz.harness.config import AgentConfig
from kibitz.harness.errors import BrokenError, ConfigError, UsageError
from kibitz.harness.secrets import hiding, secrets_of

AGENTS = [AgentConfig("a", "llm", {"api_key_env": "MINE"}), AgentConfig("b", "random")]


@pytest.mark.parametrize(
    ("name", "value", "secret"),
    [
        ("MINE", "named-in-the-suite", "named-in-the-suite"),
        ("MINE", " padded-value\n", "padded-value"),
        ("GROQ_API_KEY", "known-provider", "known-provider"),
        ("SOME_SERVICE_TOKEN", "says-what-it-is", "says-what-it-is"),
        ("AWS_ACCESS_KEY_ID", "says-what-it-is", "says-what-it-is"),
        ("https_proxy", "http://me:pass-word@proxy:3128", "pass-word"),
        ("https_proxy", "http://me:pass%2Fword@proxy:3128", "pass/word"),
        ("OPENAI_BASE_URL", "http://me:pass-word@host/v1", "bWU6cGFzcy13b3Jk"),
    ],
)
def test_what_is_a_secret(name, value, secret):
    assert secrets_of(AGENTS, {name: value}).hide(f"<{secret}>") == "<***>"


@pytest.mark.parametrize(
    ("name", "value"),
    [("HOME", "/home/somebody"), ("MONKEY", "chimpanzee"), ("SORT_KEY", "name"), ("PAGE", "https://example.com/@me")],
)
def test_what_is_none(name, value):
    assert secrets_of(AGENTS, {name: value}).hide(value) == value


def test_an_expected_error_keeps_its_class_and_loses_the_secret():
    with pytest.raises(ConfigError, match=r"^no \*\*\* here$"), hiding(Secrets(["s3cret"])):
        raise ConfigError("no s3cret here")
    with pytest.raises(ModelError, match=r"^no \*\*\* here$"), hiding(Secrets(["s3cret"])):
        raise ModelError("no s3cret here")


def test_an_expected_error_that_cannot_be_made_again_is_told_all_the_same():
    class OddError(CallFailed):
        def __init__(self, code, text):
            super().__init__(text)

    with pytest.raises(UsageError, match=r"^no \*\*\* here$"), hiding(Secrets(["s3cret"])):
        raise OddError(1, "no s3cret here")


def test_an_unexpected_error_becomes_its_traceback_without_the_secret():
    def breaks():
        try:
            raise KeyError("s3cret")
        except KeyError as error:
            raise RuntimeError("no luck") from error

    with pytest.raises(BrokenError) as caught, hiding(Secrets(["s3cret"])):
        breaks()
    assert caught.value.kind == "RuntimeError"
    assert "in breaks" in caught.value.trace
    assert "KeyError: '***'" in caught.value.trace
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


def test_an_error_without_a_secret_is_left_as_it_is():
    error = RuntimeError("no luck")
    with pytest.raises(RuntimeError) as caught, hiding(Secrets(["s3cret"])):
        raise error
    assert caught.value is error


def test_logs_lose_secrets_in_arguments_and_tracebacks():
    logger, stream = logging.Logger("some.library"), io.StringIO()
    logger.addHandler(logging.StreamHandler(stream))
    with hiding(Secrets(["s3cret"])):
        logger.warning("header: %s", "s3cret")
        try:
            raise KeyError("s3cret")
        except KeyError:
            logger.exception("broken")
    assert "header: ***" in stream.getvalue()
    assert "KeyError: '***'" in stream.getvalue()
    assert "s3cret" not in stream.getvalue()
    assert logging.getLogRecordFactory() is logging.LogRecord


@pytest.mark.parametrize("secret", ["a-long-secret", 'a-"long"-secret', "a\\long\\secret"])
def test_a_reply_loses_long_secrets_whatever_json_makes_of_them(secret):
    said = Completion(choices=(Choice(text=f"say {secret}!", reasoning=secret),))
    hidden = msgspec.json.decode(Secrets([secret]).hide_in_json(msgspec.json.encode(said)), type=Completion)
    assert hidden == Completion(choices=(Choice(text="say ***!", reasoning="***"),))


def test_a_reply_keeps_what_may_be_a_word():
    assert Secrets(["none"]).hide_in_json(b'{"text":"none"}') == b'{"text":"none"}'


def test_names_that_a_provider_gives_lose_secrets():
    measured = Measured(seconds=2.0, request_id="Bearer a-long-secret", model="m", fingerprint="a-long-secret")
    hidden = Secrets(["a-long-secret"]).hide_in(measured)
    assert hidden == Measured(seconds=2.0, request_id="Bearer ***", model="m", fingerprint="***")
